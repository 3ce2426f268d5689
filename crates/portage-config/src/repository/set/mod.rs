//! The repositories of a machine, in Portage's order.

mod names;
mod open;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use camino::Utf8PathBuf;

use super::{CacheEntry, EbuildRepository, ReposConfError};
use crate::root::RootError;
use crate::vocab::{Atom, Candidate, Cpn, Version};
use names::Names;

/// A repository that is given by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Given {
    /// Its name; without one, that which it gives itself.
    pub name: Option<String>,
    /// Its folder, as the running system names it.
    pub dir: PathBuf,
}

impl Given {
    /// A repository in a folder.
    pub fn new(name: Option<&str>, dir: impl Into<PathBuf>) -> Self {
        Self { name: name.map(str::to_owned), dir: dir.into() }
    }
}

/// A repository that Portage would use.
#[derive(Debug)]
#[non_exhaustive]
pub struct Configured {
    /// Its name.
    pub name: String,
    /// Where it is: as repos.conf says, from the machine's root; or the folder that was given.
    pub location: Utf8PathBuf,
    /// Its priority: -1000 for the main repository where nothing is said.
    pub priority: Option<i64>,
    /// Whether nothing fetches it: repos.conf says no `sync-type` and no `sync-uri`.
    pub is_local: bool,
    /// Its other names: those of layout.conf, then those of repos.conf.
    pub aliases: Vec<String>,
    /// The names of its masters: those of repos.conf, else those of layout.conf, else the main repository.
    pub masters: Vec<String>,
    /// Names in `masters` that no repository has. They are not among `masters`.
    pub missing_masters: Vec<String>,
    /// Its files.
    pub repository: EbuildRepository,
}

/// A repository that is not there, or not as repos.conf says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// The section of repos.conf.
    pub name: String,
    /// What it says of the place.
    pub location: Option<String>,
    /// What is wrong.
    pub why: Why,
}

/// Why a repository of repos.conf is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// The section has no `location`.
    #[error("its section of repos.conf has no location")]
    NoLocation,
    /// There is no such folder.
    #[error("there is no such folder")]
    NotThere,
    /// The folder gives itself another name; Portage drops the section.
    #[error("it calls itself `{0}`")]
    OtherName(String),
    /// The folder cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

/// A version of a package, where it is, and what is known of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found<'a> {
    /// The repository.
    pub repo: &'a Configured,
    /// The version, as the name of its ebuild spells it.
    pub version: Version,
    /// What is known of it, see [`EbuildRepository::cached_entry`].
    pub entry: CacheEntry,
}

impl Found<'_> {
    /// Whether an atom matches it; `cpn` is the name of the package.
    pub fn is(&self, cpn: &str, atom: &Atom) -> bool {
        atom.matches(&Candidate {
            cpn,
            version: self.version.as_str(),
            slot: self.entry.slot(),
            sub_slot: self.entry.sub_slot(),
            repo: Some(&self.repo.name),
        })
    }
}

/// The repositories of a machine (portage(5), repos.conf; `RepoConfigLoader` in Portage's `repository/config.py`).
///
/// ```
/// use portage_config::{repository::{Given, Repositories, ReposConf}, root::Root, vocab::Cpn};
/// let dir = tempfile::tempdir()?;
/// for (path, text) in [
///     ("gentoo/profiles/repo_name", "gentoo\n"),
///     ("gentoo/metadata/md5-cache/app-misc/hello-1.0", "EAPI=8\nSLOT=0\n"),
///     ("gentoo/app-misc/hello/hello-1.0.ebuild", "EAPI=8\n"),
/// ] {
///     let path = dir.path().join(path);
///     std::fs::create_dir_all(path.parent().unwrap()).and_then(|()| std::fs::write(path, text))?;
/// }
/// let given = [Given::new(None, dir.path().join("gentoo"))];
/// let repositories = Repositories::open(&ReposConf::packaged(), None, &given)?;
/// let main = repositories.main().ok_or("no main repository")?;
/// assert_eq!((main.name.as_str(), main.priority), ("gentoo", Some(-1000)));
/// let hello = Cpn::parse("app-misc/hello")?;
/// assert_eq!(repositories.versions(&hello)?.len(), 1);
/// assert_eq!(repositories.nearest("app-misc/helo").as_deref(), Some("app-misc/hello"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Repositories {
    /// The last goes before the others.
    all: Vec<Configured>,
    /// By every name, aliases among them.
    by_name: BTreeMap<String, usize>,
    main: Option<usize>,
    missing: Vec<Missing>,
    broken: Option<ReposConfError>,
    names: OnceLock<Names>,
}

impl Repositories {
    /// All of them, the one that goes before the others last.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Configured> + ExactSizeIterator {
        self.all.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The repository of a name or an alias.
    pub fn get(&self, name: &str) -> Option<&Configured> {
        self.all.get(*self.by_name.get(name)?)
    }

    /// The main repository.
    pub fn main(&self) -> Option<&Configured> {
        self.all.get(self.main?)
    }

    /// The masters of a repository, in order.
    pub fn masters<'a>(&'a self, of: &'a Configured) -> impl Iterator<Item = &'a Configured> {
        of.masters.iter().filter_map(|name| self.get(name))
    }

    /// Those that repos.conf names and that are not there.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Why Portage throws repos.conf away, where it does.
    pub fn broken(&self) -> Option<&ReposConfError> {
        self.broken.as_ref()
    }

    /// The versions of a package in all repositories: the one that goes before the others first, and in each the newest first.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn versions(&self, cpn: &Cpn) -> Result<Vec<(&Configured, Version)>, RootError> {
        let mut all = Vec::new();
        for repo in self.all.iter().rev() {
            all.extend(repo.repository.cached(cpn)?.into_iter().rev().map(|version| (repo, version)));
        }
        Ok(all)
    }

    /// The versions of a package and what is known of each, in the order of [`Repositories::versions`].
    ///
    /// # Errors
    /// When a folder or a file cannot be read.
    pub fn package(&self, cpn: &Cpn) -> Result<Vec<Found<'_>>, RootError> {
        let mut all = Vec::new();
        for (repo, version) in self.versions(cpn)? {
            let entry = repo.repository.cached_entry(cpn, &version)?.unwrap_or_default();
            all.push(Found { repo, version, entry });
        }
        Ok(all)
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(&self.all))
    }

    /// The names of all packages, sorted. Read once; a repository that cannot be read adds none.
    pub fn packages(&self) -> &[Cpn] {
        self.names().packages()
    }

    /// Whether a repository has a package of that name.
    pub fn has(&self, cpn: &Cpn) -> bool {
        self.packages().binary_search(cpn).is_ok()
    }

    /// The package that a name was most likely meant to be: of the same name in another category, or of a name or category
    /// that is close ([`crate::vocab::nearest`]).
    pub fn nearest(&self, name: &str) -> Option<String> {
        self.names().nearest(name)
    }
}
