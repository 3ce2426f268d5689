//! Ebuild repositories: what they hold, and changes of them.
//!
//! Reads what PMS 4 describes: `profiles/repo_name`, `profiles/eapi`, `metadata/layout.conf`, categories, and
//! packages with their ebuilds, `files/`, Manifest and metadata.xml. Nothing of it is ever executed.

mod cache;
mod changes;
mod codes;
mod conf;
mod known;
mod layout;
mod metadata;
mod package;
mod set;
mod survey;
mod updates;

use std::sync::OnceLock;

use crate::report::{Key, Report};
use crate::root::{Root, RootError};
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath, is_category};

pub use cache::{CacheEntry, Field};
pub use changes::Changes;
pub(crate) use codes::{CODES, O024};
pub use conf::{ReposConf, ReposConfError};
pub use layout::{LayoutConf, UseManifests};
pub use metadata::{Maintainer, MaintainerType, Metadata, Upstream};
pub use package::Package;
pub(crate) use package::leads_out;
pub use set::{Configured, Found, Given, Missing, Repositories, Why};
pub use survey::{Stray, Survey};
pub use updates::{Applied, Update, Updates};

use codes::{O022, O025};

/// Folders at the top of a repository that are no categories, whatever their names.
const RESERVED: [&str; 10] = [
    "profiles",
    "metadata",
    "eclass",
    "licenses",
    "scripts",
    "distfiles",
    "packages",
    "local",
    "sets",
    "CVS",
];

/// An ebuild repository that is open (PMS 4).
///
/// ```
/// use portage_config::{report::Report, repository::EbuildRepository, root::Root, vocab::Cpn};
/// let dir = tempfile::tempdir()?;
/// let put = |path: &str, text: &str| {
///     let path = dir.path().join(path);
///     std::fs::create_dir_all(path.parent().unwrap()).and_then(|()| std::fs::write(path, text))
/// };
/// put("profiles/repo_name", "local\n")?;
/// put("metadata/layout.conf", "masters = gentoo\nthin-manifests = true\n")?;
/// put("app-misc/hello/hello-1.0.ebuild", "EAPI=8\n")?;
/// let mut report = Report::new();
/// let repository = EbuildRepository::open(Root::open(dir.path())?, &mut report)?;
/// assert_eq!(repository.name(), Some("local"));
/// assert!(repository.layout().thin_manifests);
/// let hello = Cpn::parse("app-misc/hello")?;
/// assert_eq!(repository.packages()?, [hello.clone()]);
/// let package = repository.package(&hello, &mut report)?.ok_or("no package")?;
/// assert_eq!(package.ebuilds.len(), 1);
/// assert!(!report.has_errors());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EbuildRepository {
    root: Root,
    name: Option<String>,
    eapi: Option<String>,
    layout: LayoutConf,
    near: OnceLock<Option<Root>>,
}

impl EbuildRepository {
    /// Reads what a repository says of itself. What is missing or wrong in it is reported, and is no error.
    ///
    /// # Errors
    /// When one of these files cannot be read.
    pub fn open(root: Root, report: &mut Report) -> Result<Self, RootError> {
        let first = |path| -> Result<Option<String>, RootError> {
            Ok(text(&root, path)?.and_then(|bytes| first_line(&bytes)))
        };
        let (name, eapi) = (first(REPO_NAME)?, first(EAPI)?);
        if let (Some(name), Ok(path)) = (&name, RelPath::parse(REPO_NAME))
            && !crate::vocab::is_repo_name(name)
        {
            report.file(&path).at(&O022, Key::file(), format!("`{name}` is no name of a repository"));
        }
        let layout = match (text(&root, LAYOUT)?, RelPath::parse(LAYOUT)) {
            (Some(bytes), Ok(path)) => LayoutConf::read(&bytes, &mut report.text(&path, &bytes)),
            _ => LayoutConf::default(),
        };
        Ok(Self { root, name, eapi, layout, near: OnceLock::new() })
    }

    /// The folder it lies in.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The name in layout.conf (`repo-name`), which goes before the one in `profiles/repo_name`; the text as it was read.
    pub fn name(&self) -> Option<&str> {
        self.layout.repo_name.as_deref().or(self.name.as_deref())
    }

    /// The name in `profiles/repo_name`.
    pub fn name_in_profiles(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The EAPI of `profiles/`: `profiles/eapi`, 0 without that file (PMS 5.2.2).
    pub fn eapi(&self) -> &str {
        self.eapi.as_deref().unwrap_or("0")
    }

    /// layout.conf.
    pub fn layout(&self) -> &LayoutConf {
        &self.layout
    }

    /// The lines of `profiles/profiles.desc`: architecture, path below `profiles/`, and status (PMS 4.4.2).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn profiles(&self) -> Result<Vec<(String, String, String)>, RootError> {
        let Some(bytes) = text(&self.root, "profiles/profiles.desc")? else { return Ok(Vec::new()) };
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter_map(|line| {
            let mut words = line.split('#').next()?.split_whitespace().map(str::to_owned);
            Some((words.next()?, words.next()?, words.next()?))
        });
        Ok(lines.collect())
    }

    /// The words of a file below `profiles/`, one a line: `arch.list`, `categories`. `None` where it is not there.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn words(&self, file: &str) -> Result<Option<Vec<String>>, RootError> {
        let Some(bytes) = text(&self.root, &format!("profiles/{file}"))? else { return Ok(None) };
        let text = String::from_utf8_lossy(&bytes);
        let words = text.lines().filter_map(|line| line.split('#').next().map(str::trim));
        Ok(Some(words.filter(|word| !word.is_empty()).map(str::to_owned).collect()))
    }

    /// The categories, sorted: folders that `profiles/categories` lists, and others whose name has the shape of one, a
    /// hyphen in it or `virtual`; those of an overlay may be listed by its master alone.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn categories(&self) -> Result<Vec<String>, RootError> {
        let listed = self.words("categories")?.unwrap_or_default();
        let mut found = Vec::new();
        for name in self.root.list(None)?.unwrap_or_default() {
            let Some(name) = name.to_str() else { continue };
            let shaped = name.contains('-') || name == "virtual" || listed.iter().any(|other| other == name);
            if !shaped || !is_category(name) || RESERVED.contains(&name) {
                continue;
            }
            let Ok(path) = RelPath::parse(name) else { continue };
            if let Some(Node::Dir { .. }) = self.root.read_through(&path)? {
                found.push(name.to_owned());
            }
        }
        Ok(found)
    }

    /// The packages, sorted: folders in a category that hold an ebuild.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn packages(&self) -> Result<Vec<Cpn>, RootError> {
        self.walk(None, &mut |_, error| Err(error))
    }

    /// One package, read whole; `None` when nothing is there. Files that are too odd to be read are reported.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn package(&self, cpn: &Cpn, report: &mut Report) -> Result<Option<Package>, RootError> {
        let Ok(path) = RelPath::parse(&cpn.to_string()) else { return Ok(None) };
        match self.root.read_through(&path)? {
            Some(Node::Dir { .. }) => Package::read(&self.root, cpn, &path, report).map(Some),
            Some(_) => {
                report.file(&path).at(&O025, Key::file(), format!("`{cpn}` is a file, and no package"));
                Ok(None)
            }
            None => Ok(None),
        }
    }
}

pub(crate) const REPO_NAME: &str = "profiles/repo_name";
const EAPI: &str = "profiles/eapi";
pub(crate) const LAYOUT: &str = "metadata/layout.conf";

/// The name of a repository, see [`EbuildRepository::name`], by the bytes of layout.conf and of `profiles/repo_name`.
pub(crate) fn name_of(layout: Option<&[u8]>, repo_name: Option<&[u8]>) -> Option<String> {
    let said = layout.zip(RelPath::parse(LAYOUT).ok()).and_then(|(bytes, path)| {
        let mut report = Report::new();
        LayoutConf::read(bytes, &mut report.text(&path, bytes)).repo_name
    });
    said.or_else(|| first_line(repo_name?))
}

/// The first line that says something.
fn first_line(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    line.map(str::to_owned)
}

/// The bytes of a file of the repository, links inside it followed.
fn text(root: &Root, path: &str) -> Result<Option<Vec<u8>>, RootError> {
    let Ok(path) = RelPath::parse(path) else { return Ok(None) };
    Ok(match root.read_through(&path)? {
        Some(Node::File { bytes, .. }) => Some(bytes.0),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
