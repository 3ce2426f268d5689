//! A machine as a root, a tree that is not written yet and repositories make it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use camino::Utf8Path;

use super::files::{Files, LineId};
use super::nodes::{self, Own, Tables};
use super::profiles::{Node, Repo};
use super::settings::Settings;
use super::vars::Refused;
use crate::repository::{Configured, ReposConf, Repositories};
use crate::root::Root;
use crate::tree::Tree;
use crate::vocab::RelPath;

/// A machine, as far as Portage looks at it.
#[derive(Debug)]
pub struct Machine {
    pub(super) files: Files,
    /// The one of the lowest priority first.
    pub(super) repos: Vec<Repo>,
    /// The place of the main repository.
    pub(super) main: Option<usize>,
    pub(super) environment: BTreeMap<String, String>,
    /// PORTAGE_CONFIGROOT, without the slash at its end.
    pub(super) config_root: String,
    pub(super) profile: Option<String>,
    tables: Mutex<BTreeMap<String, Arc<Tables>>>,
    own: OnceLock<Own>,
    top: OnceLock<Vec<Tables>>,
}

impl Machine {
    /// A machine with these files and repositories, the one of the lowest priority first.
    pub fn new(files: Files, repos: Vec<Repo>, main: Option<usize>) -> Self {
        Self {
            files,
            repos,
            main,
            environment: BTreeMap::new(),
            config_root: String::new(),
            profile: None,
            tables: Mutex::default(),
            own: OnceLock::new(),
            top: OnceLock::new(),
        }
    }

    /// Variables of the calling environment: they go before all files.
    #[must_use]
    pub fn with_environment(mut self, environment: BTreeMap<String, String>) -> Self {
        self.environment = environment;
        self
    }

    /// This profile in the place of make.profile.
    #[must_use]
    pub fn with_profile(mut self, path: &str) -> Self {
        self.profile = Some(path.to_owned());
        self
    }

    /// The `etc/portage` of this folder in the place of that of the machine: PORTAGE_CONFIGROOT.
    #[must_use]
    pub fn with_config_root(mut self, path: &str) -> Self {
        path.trim_end_matches('/').clone_into(&mut self.config_root);
        self
    }

    /// The folder of the user's files: `/etc/portage`.
    pub fn config(&self) -> String {
        format!("{}/etc/portage", self.config_root)
    }

    /// The files.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The repositories, the one of the lowest priority first.
    pub fn repos(&self) -> &[Repo] {
        &self.repos
    }

    /// The main repository.
    pub fn main(&self) -> Option<&Repo> {
        self.repos.get(self.main?)
    }

    pub(super) fn own(&self) -> &Own {
        self.own.get_or_init(|| nodes::own(&self.files, &self.config()))
    }

    /// What the top of each repository's `profiles/` says.
    pub(super) fn top(&self) -> &[Tables] {
        self.top.get_or_init(|| self.repos.iter().map(|repo| nodes::of_repo(&self.files, repo)).collect())
    }

    pub(super) fn node(&self, node: &Node) -> Arc<Tables> {
        let lock = || self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        // An eapi that is left out reads the same files in another way.
        let key = format!("{} {:?}", node.path, node.eapi);
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let read = Arc::new(nodes::of_node(&self.files, node));
        lock().insert(key, read.clone());
        read
    }

    /// What holds on this machine; without one line, where `skip` names it.
    ///
    /// # Errors
    /// When a file of variables is one that Portage refuses.
    pub fn settings(&self, skip: Option<LineId>) -> Result<Settings<'_>, Refused> {
        Settings::new(self, skip)
    }
}

impl Files {
    /// repos.conf, as [`ReposConf::read`], with what is laid over the machine.
    pub fn repos_conf(&self) -> ReposConf {
        let packaged = self.walk("/usr/share/portage/config/repos.conf", true);
        let mut conf = if packaged.is_empty() { ReposConf::packaged() } else { ReposConf::default() };
        for text in packaged.into_iter().chain(self.walk("/etc/portage/repos.conf", true)) {
            conf.add_text(text.path.trim_start_matches('/'), &text.bytes);
        }
        conf
    }
}

impl Machine {
    /// A machine with the files of a root, over them those of a tree and without those that are to be absent. A repository
    /// that was given by hand lies where repos.conf says that the repository of its name is: profiles are found there.
    ///
    /// ```
    /// use portage_config::repository::{Given, Repositories, ReposConf};
    /// use portage_config::resolve::{Machine, Package};
    /// use portage_config::{config::Bytes, tree::{Node, Tree}, vocab::RelPath};
    /// let dir = tempfile::tempdir()?;
    /// for (path, text) in [
    ///     ("profiles/repo_name", "gentoo\n"),
    ///     ("profiles/base/make.defaults", "USE=\"nls\"\n"),
    /// ] {
    ///     let path = dir.path().join(path);
    ///     std::fs::create_dir_all(path.parent().unwrap()).and_then(|()| std::fs::write(path, text))?;
    /// }
    /// let repositories = Repositories::open(&ReposConf::packaged(), None, &[Given::new(None, dir.path())])?;
    /// let mut tree = Tree::new();
    /// let target = "/var/db/repos/gentoo/profiles/base".to_owned();
    /// tree.insert(RelPath::parse("etc/portage/make.profile")?, Node::Symlink { target });
    /// let machine = Machine::of(None, Some(&tree), [], &repositories);
    /// let package = Package::new("a/b", "1", Some("gentoo"), |name| (name == "IUSE").then(|| "X nls".to_owned()));
    /// let settings = machine.settings(None)?;
    /// let about = settings.about(&package)?;
    /// assert!(about.is_on("nls") && !about.is_on("X"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(
        root: Option<Root>,
        config: Option<&Tree>,
        absent: impl IntoIterator<Item = RelPath>,
        repositories: &Repositories,
    ) -> Self {
        let mut files = Files::new(root);
        files = match config {
            Some(tree) => files.with(tree, absent),
            None => files.with(&Tree::new(), absent),
        };
        let conf = files.repos_conf();
        let mut places = Vec::new();
        for repo in repositories.iter() {
            let said = conf.get(&repo.name, "location").ok().flatten().filter(|said| said.starts_with('/'));
            let place = said.unwrap_or_else(|| files.place_of(repo));
            if !files.is_at(&place, repo) {
                let place = files.real_place(&place);
                if let Ok(own) = Root::open(repo.repository.root().dir()) {
                    files = files.mounted(&place, own);
                }
            }
            places.push(place);
        }
        let index = |wanted: &Configured| repositories.iter().position(|repo| repo.name == wanted.name);
        let repos = repositories.iter().zip(&places).map(|(repo, place)| {
            let masters = repositories.masters(repo).filter_map(index).collect();
            Repo::new(&files, &repo.name, place, masters)
        });
        let repos = repos.collect();
        Self::new(files, repos, repositories.main().and_then(index))
    }
}

impl Files {
    /// Where a repository lies that no section of repos.conf is named after.
    fn place_of(&self, repo: &Configured) -> String {
        let is_given = repo.location == Utf8Path::new(&*repo.repository.root().dir().to_string_lossy());
        if repo.location.is_absolute() && (!is_given || self.is_at(repo.location.as_str(), repo)) {
            repo.location.to_string()
        } else {
            format!("/var/db/repos/{}", repo.name)
        }
    }

    /// Whether the folder of a repository is what the machine has at a path.
    fn is_at(&self, place: &str, repo: &Configured) -> bool {
        let real = self.real(place);
        let here = real.as_deref().and_then(|real| self.below(real)).and_then(|(root, inner)| {
            let inner = inner?;
            Some(root.dir().join(inner.as_path()))
        });
        here.as_deref() == Some(repo.repository.root().dir())
    }

    /// A path of which the folders that are there are no links.
    fn real_place(&self, place: &str) -> String {
        if let Some(real) = self.real(place) {
            return real;
        }
        match place.trim_end_matches('/').rsplit_once('/') {
            Some((folder, name)) if !folder.is_empty() => {
                format!("{}/{name}", self.real_place(folder).trim_end_matches('/'))
            }
            _ => place.to_owned(),
        }
    }
}
