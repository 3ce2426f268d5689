//! The packages of a repository, and what holds ebuilds without being one.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;

use super::{EbuildRepository, RESERVED};
use crate::report::Report;
use crate::root::{RootError, unreadable};
use crate::vocab::{Cpn, RelPath, is_category};

/// What was found in a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Survey {
    /// The packages, sorted: see [`EbuildRepository::packages`].
    pub packages: Vec<Cpn>,
    /// Folders that hold ebuilds, and that Portage does not look into.
    pub strays: Vec<Stray>,
}

/// A folder with ebuilds that Portage does not see.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stray {
    /// Packages lie in it, and it is no category: it has a name of none, or one that nobody lists.
    Category(RelPath),
    /// It lies in a category, and its name is none of a package.
    Package(RelPath),
}

impl EbuildRepository {
    /// Looks through the folders. What cannot be read, a link that leads to itself among it, is reported, and all else is
    /// found.
    ///
    /// ```
    /// use portage_config::{report::Report, repository::EbuildRepository, root::Root};
    /// let dir = tempfile::tempdir()?;
    /// for name in ["app-misc/hello", "app-misc/bye-1", "tools/hello"] {
    ///     std::fs::create_dir_all(dir.path().join(name))?;
    ///     std::fs::write(dir.path().join(name).join("hello-1.ebuild"), "EAPI=8\n")?;
    /// }
    /// std::os::unix::fs::symlink("app-odd", dir.path().join("app-odd"))?;
    /// let mut report = Report::new();
    /// let repository = EbuildRepository::open(Root::open(dir.path())?, &mut report)?;
    /// let survey = repository.survey(&mut report);
    /// assert_eq!((survey.packages.len(), survey.strays.len()), (1, 2));
    /// assert!(report.diagnostics[0].message.starts_with("`app-odd` cannot be read"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn survey(&self, report: &mut Report) -> Survey {
        let mut survey = Survey::default();
        let walked = self.walk(Some(&mut survey.strays), &mut |path, error| {
            report.push(unreadable(path, &error.source));
            Ok(())
        });
        survey.packages = walked.unwrap_or_default();
        survey
    }

    /// The packages; `fail` decides what becomes of that which cannot be read.
    pub(super) fn walk(
        &self,
        mut strays: Option<&mut Vec<Stray>>,
        fail: &mut dyn FnMut(&RelPath, RootError) -> Result<(), RootError>,
    ) -> Result<Vec<Cpn>, RootError> {
        let top = RelPath::parse("profiles/categories");
        let listed = match (self.words("categories"), top) {
            (Ok(words), _) => words.unwrap_or_default(),
            (Err(error), Ok(path)) => {
                fail(&path, error)?;
                Vec::new()
            }
            (Err(error), Err(_)) => return Err(error),
        };
        let mut packages = Vec::new();
        for name in self.root.list(None)?.unwrap_or_default() {
            let Some(folder) = path(None, &name) else { continue };
            let name = folder.name().to_owned();
            let shaped = name.contains('-') || name == "virtual" || listed.contains(&name);
            let seen = shaped && is_category(&name);
            if name.starts_with('.') || RESERVED.contains(&name.as_str()) || !seen && strays.is_none() {
                continue;
            }
            let inside = match self.root.list(Some(&folder)) {
                Ok(inside) => inside.unwrap_or_default(),
                // What is not meant to hold packages is nobody's business.
                Err(error) if !seen && error.source.kind() == io::ErrorKind::PermissionDenied => continue,
                Err(error) => {
                    fail(&folder, error)?;
                    continue;
                }
            };
            let mut has_ebuilds = false;
            for inner in inside {
                let Some(package) = path(Some(&folder), &inner) else { continue };
                let cpn = Cpn::parse(package.as_str()).ok().filter(|_| seen);
                if package.name().starts_with('.') || cpn.is_none() && strays.is_none() {
                    continue;
                }
                let names = match self.root.list(Some(&package)) {
                    Ok(names) => names.unwrap_or_default(),
                    Err(_) if !seen => continue,
                    Err(error) => {
                        fail(&package, error)?;
                        continue;
                    }
                };
                if !names.iter().any(|name| name.as_bytes().ends_with(b".ebuild")) {
                    continue;
                }
                match (cpn, &mut strays) {
                    (Some(cpn), _) => packages.push(cpn),
                    (None, Some(strays)) if seen => strays.push(Stray::Package(package)),
                    _ => has_ebuilds = true,
                }
            }
            if let Some(strays) = strays.as_mut().filter(|_| has_ebuilds) {
                strays.push(Stray::Category(folder));
            }
        }
        Ok(packages)
    }
}

/// The path of a name in a folder, in the spelling of paths where it is no text.
fn path(folder: Option<&RelPath>, name: &OsString) -> Option<RelPath> {
    let name = RelPath::from_bytes(name.as_bytes()).ok()?;
    match folder {
        Some(folder) => folder.join(name.as_str()).ok(),
        None => Some(name),
    }
}
