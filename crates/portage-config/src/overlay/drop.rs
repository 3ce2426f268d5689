//! Forks are given up.

use std::collections::{BTreeMap, BTreeSet};

use super::OverlayError;
use super::distfiles::manifest;
use super::record::{Fork, blake2b, digest, folder, same};
use super::settle::{self, noted};
use super::update::Run;
use crate::report::Report;
use crate::repository::{Changes, EbuildRepository, Package};
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath};

/// What giving up a fork comes to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Dropped {
    /// Category and name of the fork.
    pub cpn: Cpn,
    /// Its version.
    pub version: crate::vocab::Version,
    /// What goes and was changed by hand, as far as the record shows it.
    pub edited: Vec<RelPath>,
    /// What stays in the folder of the package although no ebuild does: no fork brought it.
    pub left: Vec<RelPath>,
    /// What is to be removed, and the Manifest as it is then.
    pub changes: Changes,
}

/// Gives up forks, one after the other: their ebuilds, the files that no other ebuild names, the distfiles in the Manifest
/// that nothing else needs, and their records. `forks` are all of the overlay.
///
/// # Errors
/// When the overlay cannot be read.
pub fn drop_forks(
    dropped: &[Fork],
    forks: &[Fork],
    overlay: &EbuildRepository,
    report: &mut Report,
) -> Result<Vec<Dropped>, OverlayError> {
    let mut packages: BTreeMap<Cpn, Package> = BTreeMap::new();
    let mut forks = forks.to_vec();
    let mut all = Vec::new();
    for fork in dropped {
        let there = match packages.remove(&fork.cpn) {
            Some(there) => there,
            None => overlay.package(&fork.cpn, report)?.unwrap_or_else(|| Package::empty(&fork.cpn)),
        };
        let one = one(fork, &forks, &there, overlay)?;
        forks.retain(|other| (&other.cpn, &other.version) != (&fork.cpn, &fork.version));
        packages.insert(fork.cpn.clone(), after(there, &one.changes));
        all.push(one);
    }
    Ok(all)
}

fn one(
    fork: &Fork,
    forks: &[Fork],
    there: &Package,
    overlay: &EbuildRepository,
) -> Result<Dropped, OverlayError> {
    let mut run = Run {
        fork,
        there,
        overlay,
        new: &fork.cpn,
        onto: fork.version.clone(),
        conflicts: Vec::new(),
        changes: Changes::default(),
    };
    run.leave(forks)?;
    let gone = run.distfiles(forks);
    manifest(overlay.layout(), &fork.cpn, Some(there), &mut run.changes, BTreeMap::new(), &gone)?;
    run.leave_package()?;
    let edited = run.edited()?;
    let changes = run.changes.against(overlay.root())?;
    let edited = edited.into_iter().filter(|path| changes.nodes.contains_key(path)).collect();
    let rest = after(there.clone(), &changes);
    let mut left = Vec::new();
    if rest.ebuilds.is_empty() {
        let files = rest.files.keys().map(|path| format!("files/{path}"));
        for name in files.chain(rest.others.keys().map(ToString::to_string)) {
            left.push(RelPath::parse(&format!("{}/{name}", fork.cpn))?);
        }
    }
    Ok(Dropped { cpn: fork.cpn.clone(), version: fork.version.clone(), edited, left, changes })
}

/// A package as changes leave it.
fn after(mut package: Package, changes: &Changes) -> Package {
    for (path, node) in &changes.nodes {
        let Some(name) = path.below(&package.cpn.to_string()) else { continue };
        match (name, node) {
            ("Manifest", Some(Node::File { bytes, .. })) => package.manifest = Some(bytes.0.clone()),
            ("Manifest", _) => package.manifest = None,
            ("metadata.xml", None) => package.metadata = None,
            (name, None) => {
                if let Some(version) = package.cpn.version_of(name) {
                    package.ebuilds.remove(&version);
                }
                if let Some(path) = name.strip_prefix("files/").and_then(|name| RelPath::parse(name).ok()) {
                    package.files.remove(&path);
                }
            }
            _ => {}
        }
    }
    package
}

impl Run<'_> {
    /// What somebody changed of the fork: its ebuild, the files that were taken or added, what a conflict left.
    fn edited(&self) -> Result<BTreeSet<RelPath>, OverlayError> {
        let fork = self.fork;
        let mut all = BTreeSet::new();
        let mut add = |name: &str| -> Result<(), OverlayError> {
            all.insert(RelPath::parse(&format!("{}/{name}", fork.cpn))?);
            Ok(())
        };
        if let Some((_, ours)) = self.there.ebuild(&fork.version)
            && self.base().map_or(true, |base| base != ours)
        {
            add(&fork.cpn.ebuild(&fork.version))?;
        }
        for path in fork.files() {
            let ours = self.there.files.get(&RelPath::parse(path)?);
            if ours.is_some() && !same(fork.file(self.overlay.root(), path)?.as_ref(), ours) {
                add(&format!("files/{path}"))?;
            }
        }
        for (name, known) in &fork.origin.added {
            let now = match name.strip_prefix("files/") {
                Some(path) => self.there.files.get(&RelPath::parse(path)?).map(digest),
                None => self.there.metadata.as_deref().map(blake2b),
            };
            if now.is_some_and(|now| now != *known) {
                add(name)?;
            }
        }
        let conflict = format!("{}/conflict", folder(&fork.cpn, &fork.version));
        for path in self.changes.nodes.keys() {
            let Some(name) = path.below(&conflict) else { continue };
            if name.starts_with(".digests/") {
                continue;
            }
            let is_log = fork.origin.patches.iter().any(|patch| name == format!("{patch}.log"));
            let Some(Node::File { bytes, .. }) = self.overlay.root().read(path)? else { continue };
            let (_, written) = noted(self.overlay.root(), &format!("{conflict}/.digests/{name}"))?;
            if !is_log && written != settle::digest(&[&bytes.0]) {
                all.insert(path.clone());
            }
        }
        Ok(all)
    }
}
