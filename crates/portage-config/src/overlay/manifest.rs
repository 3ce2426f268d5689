//! Manifests of an overlay, written.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::codes::{O030, O031, O032, O036};
use super::sums::{Want, Work};
use crate::config::Bytes;
use crate::manifest::{Algorithm, Kind, Manifest, Sums};
use crate::report::{Key, Report, Severity};
use crate::repository::{Changes, EbuildRepository, UseManifests};
use crate::root::RootError;
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath};

/// What came of the Manifest of a package.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Manifested {
    /// The package.
    pub cpn: Cpn,
    /// What is to be done.
    pub outcome: Outcome,
    /// How many entries it has.
    pub entries: usize,
    /// Distfiles that are not there, and whose entries were kept.
    pub kept: Vec<String>,
    /// Distfiles that no ebuild needs, and whose entries go.
    pub dropped: Vec<String>,
}

/// What is to be done with a Manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it should be.
    Same,
    /// It is written.
    Written,
    /// It is removed: with thin Manifests a package without distfiles has none.
    Removed,
    /// It cannot be made; the report says why.
    Failed,
    /// The repository is configured to have none.
    Unused,
}

/// How Manifests are made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options<'a> {
    /// The folder of distfiles.
    pub distdir: Option<&'a Path>,
    /// Distfiles that get an entry, besides those that the text of an ebuild shows.
    pub add: &'a [String],
    /// Whether a distfile that is not what its entry says gets a new one.
    pub force: bool,
}

impl<'a> Options<'a> {
    /// Distfiles in this folder, and nothing else.
    pub fn new(distdir: Option<&'a Path>) -> Self {
        Self { distdir, add: &[], force: false }
    }
}

/// Finds what the Manifests of packages are made of, without hashing it. What is wrong with the Manifests that are there
/// is reported; lines that nobody can read are warnings, as they go.
///
/// # Errors
/// When something cannot be read.
pub fn gather<'a>(
    repository: &'a EbuildRepository,
    packages: &[Cpn],
    options: &Options<'_>,
    report: &mut Report,
) -> Result<Work<'a>, RootError> {
    let layout = repository.layout();
    let none = layout.use_manifests == UseManifests::False;
    let packages = if none { &[] } else { packages };
    let known = report.diagnostics.len();
    let mut work = Work::gather(repository, packages, options.distdir, Want::Needed(options.add), report)?;
    // A new Manifest has no such lines any more. The digits of an entry that is kept stay as they are.
    let lines = report.diagnostics.iter_mut().skip(known);
    for diagnostic in lines.filter(|d| ["O001", "O002", "O003", "O004"].contains(&d.code.id)) {
        diagnostic.severity = Severity::Warning;
    }
    work.algorithms = layout.manifest_hashes.iter().filter_map(|name| Algorithm::parse(name)).collect();
    let written = |name: &&String| work.algorithms.iter().any(|algorithm| algorithm.name() == name.as_str());
    let mut wrong: Vec<String> = (layout.manifest_required_hashes.iter())
        .filter(|name| !written(name))
        .map(|name| match Algorithm::parse(name) {
            Some(_) => format!("the hash `{name}` is required, and not in `manifest-hashes`"),
            None => format!("the hash `{name}` is required, and not computed here"),
        })
        .collect();
    if work.algorithms.is_empty() {
        wrong.push("none of `manifest-hashes` is computed here: an entry would have no hash".to_owned());
    }
    if none || wrong.is_empty() {
        return Ok(work);
    }
    let path = RelPath::parse("metadata/layout.conf").map_err(|error| {
        RootError::new("metadata/layout.conf", io::Error::new(io::ErrorKind::InvalidInput, error))
    })?;
    for text in wrong {
        report
            .file(&path)
            .at(&O032, Key::file(), text)
            .set_help("BLAKE2B, SHA512 and SHA256 are computed; Portage's defaults are the first two");
    }
    let error = io::Error::new(io::ErrorKind::Unsupported, "names hashes that are not written");
    Err(RootError::new(path.as_str(), error))
}

/// The Manifests of packages, byte for byte as `ebuild … manifest` writes them.
///
/// Entries of distfiles that are not there are kept. Those of distfiles that no ebuild needs go, as far as the text of
/// all ebuilds of the package shows what they need, see [`super::distfiles`]; where it does not, all are kept. A distfile
/// that is not what its entry says is reported, and its Manifest is not written, unless that is forced.
pub fn manifest(
    work: &Work<'_>,
    options: &Options<'_>,
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
    report: &mut Report,
) -> (Changes, Vec<Manifested>) {
    let mut sums = work.hash(threads, progress);
    let layout = work.repository.layout();
    let (mut changes, mut all) = (Changes::default(), Vec::new());
    for (at, package) in work.packages.iter().enumerate() {
        let mut failed = !package.files.refused.is_empty() || !package.odd.is_empty();
        let mut manifest = Manifest::default();
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        let mut own = sums.split_off(&(at, Kind::Aux, String::new()));
        sums = own.split_off(&(at + 1, Kind::Aux, String::new()));
        let old = |name: &str| package.manifest.get(&Kind::Dist, name);
        for ((_, kind, name), sums) in own {
            match sums {
                Ok(sums) => {
                    if kind == Kind::Dist
                        && !options.force
                        && let Some(old) = old(&name)
                        && let Some(what) = differs(old, &sums)
                    {
                        failed = true;
                        let text = format!("the distfile `{name}` has another {what} than its entry says");
                        report.file(&package.path).at(&O030, Key::file(), text).set_help(
                            "fetch it again; a new entry is written with --force, after looking at what changed",
                        );
                    }
                    manifest.insert(kind, name, sums);
                }
                Err(error) => {
                    failed = true;
                    report.push(crate::root::unreadable(&package.path, &error.into()));
                }
            }
        }
        let complete =
            |sums: &Sums| layout.manifest_required_hashes.iter().all(|hash| sums.hashes.contains_key(hash));
        let mut wanted: BTreeSet<&str> = match &package.needed {
            Some(needed) => needed.iter().map(String::as_str).collect(),
            None => package.manifest.of(&Kind::Dist).map(|(name, _)| name).collect(),
        };
        wanted.extend(options.add.iter().map(String::as_str));
        for name in wanted {
            if manifest.get(&Kind::Dist, name).is_some() {
                continue;
            }
            match old(name) {
                Some(sums) if complete(sums) => {
                    manifest.insert(Kind::Dist, name, sums.clone());
                    kept.push(name.to_owned());
                }
                old => {
                    failed = true;
                    let why = if old.is_some() { "an entry without all hashes" } else { "no entry" };
                    let text = format!("the distfile `{name}` is not there, and has {why}");
                    report.file(&package.path).at(&O031, Key::file(), text).set_help("fetch it into DISTDIR");
                }
            }
        }
        for (name, _) in package.manifest.of(&Kind::Dist) {
            if manifest.get(&Kind::Dist, name).is_none() {
                dropped.push(name.to_owned());
            }
        }
        if package.needed.is_none() {
            let text = format!(
                "which distfiles `{}` needs its text does not show: all entries are kept",
                package.cpn
            );
            report.file(&package.path).at(&O036, Key::file(), text);
        }
        let text = manifest.to_text().into_bytes();
        let nothing =
            text.is_empty() && (layout.thin_manifests || layout.use_manifests != UseManifests::Strict);
        let outcome = match (&package.bytes, nothing) {
            _ if failed => Outcome::Failed,
            (None, true) => Outcome::Same,
            (Some(_), true) => {
                changes.nodes.insert(package.path.clone(), None);
                Outcome::Removed
            }
            (Some(bytes), false) if *bytes == text => Outcome::Same,
            (_, false) => {
                let node = Node::File { bytes: Bytes(text), mode: package.mode };
                changes.nodes.insert(package.path.clone(), Some(node));
                Outcome::Written
            }
        };
        let (cpn, entries) = (package.cpn.clone(), manifest.entries.len());
        all.push(Manifested { cpn, outcome, entries, kept, dropped });
    }
    (changes, all)
}

/// What differs between two sums of one file: its size, or the first hash that both have.
pub(super) fn differs(old: &Sums, new: &Sums) -> Option<String> {
    if old.size != new.size {
        return Some("size".to_owned());
    }
    let differs = |(name, value): &(&String, &String)| {
        new.hashes.get(*name).is_some_and(|new| !new.eq_ignore_ascii_case(value))
    };
    old.hashes.iter().find(differs).map(|(name, _)| name.clone())
}
