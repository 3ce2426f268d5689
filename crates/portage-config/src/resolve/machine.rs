//! A machine as a root, a tree that is not written yet and repositories make it.

use camino::Utf8Path;

use super::files::Files;
use super::profiles::Repo;
use super::settings::Machine;
use crate::repository::{Configured, ReposConf, Repositories};
use crate::root::Root;
use crate::tree::Tree;
use crate::vocab::RelPath;

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
