//! Whether files are what Manifests say.

use std::collections::BTreeSet;
use std::path::Path;

use super::codes::{O032, O033, O034, O035, O053};
use super::manifest::differs;
use super::sums::{Want, Work};
use crate::manifest::{Algorithm, Kind};
use crate::report::{Key, Report};
use crate::repository::{EbuildRepository, UseManifests};
use crate::root::RootError;
use crate::vocab::Cpn;

/// What is known of a file that a Manifest lists, or should.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verified {
    /// The package.
    pub cpn: Cpn,
    /// What it is to its package.
    pub kind: Kind,
    /// Its name in the Manifest.
    pub name: String,
    /// What was found.
    pub found: Found,
}

/// What was found of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// Size and hashes are those of its entry.
    Right,
    /// Size or hash are others.
    Wrong,
    /// A distfile that is not there, which nobody needs before it is installed.
    Absent,
    /// A file of the package that is not there.
    Gone,
    /// A file, or a distfile that an ebuild needs, without an entry.
    Unlisted,
    /// None of the hashes of its entry is computed here.
    NotComputed,
    /// It cannot be read.
    Unreadable,
}

impl Found {
    /// Whether the answer is no.
    pub fn is_wrong(self) -> bool {
        !matches!(self, Self::Right | Self::Absent)
    }

    /// `right`, `wrong`, `absent`, …
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Absent => "absent",
            Self::Gone => "gone",
            Self::Unlisted => "unlisted",
            Self::NotComputed => "not-computed",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Finds the files that the Manifests of packages list, without hashing them.
///
/// # Errors
/// When something cannot be read.
pub fn listed<'a>(
    repository: &'a EbuildRepository,
    packages: &[Cpn],
    distdir: Option<&Path>,
    report: &mut Report,
) -> Result<Work<'a>, RootError> {
    let mut work = Work::gather(repository, packages, distdir, Want::Listed, report)?;
    let sums = work.packages.iter().flat_map(|package| package.manifest.entries.values());
    let names: BTreeSet<&String> = sums.flat_map(|sums| sums.hashes.keys()).collect();
    work.algorithms = names.into_iter().filter_map(|name| Algorithm::parse(name)).collect();
    Ok(work)
}

/// Compares the distfiles that are there with their entries; where Manifests are full, all files of the packages, too.
pub fn verify(
    work: &Work<'_>,
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
    report: &mut Report,
) -> Vec<Verified> {
    let layout = work.repository.layout();
    let mut sums = work.hash(threads, progress);
    let mut all = Vec::new();
    for (at, package) in work.packages.iter().enumerate() {
        let mut listed = BTreeSet::new();
        for ((kind, name), entry) in &package.manifest.entries {
            if layout.thin_manifests && *kind != Kind::Dist || matches!(kind, Kind::Other(_)) {
                continue;
            }
            listed.insert((kind.clone(), name.clone()));
            let mut say = |code, text: String| {
                report.file(&package.path).at(code, Key(vec![format!("{kind} {name}")]), text);
            };
            let required = layout.manifest_required_hashes.iter();
            for hash in required.filter(|hash| !entry.hashes.contains_key(*hash)) {
                say(&O053, format!("the entry of `{name}` has no {hash}"));
            }
            let found = match sums.remove(&(at, kind.clone(), name.clone())) {
                None if *kind == Kind::Dist && package.odd.contains(name) => Found::Unreadable,
                None if *kind == Kind::Dist => Found::Absent,
                None => {
                    say(&O035, format!("`{name}` is listed, and not there"));
                    Found::Gone
                }
                Some(Err(error)) => {
                    report.push(crate::root::unreadable(&package.path, &error.into()));
                    Found::Unreadable
                }
                Some(Ok(sums)) => match differs(entry, &sums) {
                    Some(what) => {
                        say(&O033, format!("`{name}` has another {what} than its entry says"));
                        Found::Wrong
                    }
                    None if !entry.hashes.keys().any(|hash| sums.hashes.contains_key(hash)) => {
                        say(&O032, format!("no hash of `{name}` is computed here"));
                        Found::NotComputed
                    }
                    None => Found::Right,
                },
            };
            all.push(Verified { cpn: package.cpn.clone(), kind: kind.clone(), name: name.clone(), found });
        }
        let without = |name: &&String| !listed.contains(&(Kind::Dist, (*name).clone()));
        for name in package.shown.iter().filter(without) {
            if layout.use_manifests == UseManifests::False {
                break;
            }
            let text = format!("the distfile `{name}` has no entry");
            report
                .file(&package.path)
                .at(&O053, Key::file(), text)
                .set_help(format!("`portage-config overlay manifest {}` writes it", package.cpn));
            let (cpn, kind, name) = (package.cpn.clone(), Kind::Dist, name.clone());
            all.push(Verified { cpn, kind, name, found: Found::Unlisted });
        }
        if layout.thin_manifests || layout.use_manifests != UseManifests::Strict {
            continue;
        }
        for file in &package.files.listed {
            if !listed.contains(&(file.kind.clone(), file.name.clone())) {
                let text = format!("`{}` has no entry in the Manifest", file.path);
                report.file(&package.path).at(&O034, Key::file(), text);
                let (cpn, kind, name) = (package.cpn.clone(), file.kind.clone(), file.name.clone());
                all.push(Verified { cpn, kind, name, found: Found::Unlisted });
            }
        }
    }
    all
}
