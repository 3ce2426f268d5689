//! What became of upstream since a fork was taken.

use std::collections::BTreeMap;

use super::fork::{is_live, slot};
use super::moves::Moves;
use super::record::Fork;
use super::upstream::{Source, Tried, patches};
use super::{OverlayError, patch};
use crate::ebuild::Ebuild;
use crate::report::Report;
use crate::repository::{EbuildRepository, Package};
use crate::root::Root;
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath, Version};

/// What became of a fork.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// Category and name in the overlay.
    pub cpn: Cpn,
    /// Its version there.
    pub version: Version,
    /// The version that was taken.
    pub from: Version,
    /// The repository it was taken from.
    pub repository: String,
    /// What became of upstream.
    pub state: State,
    /// The patches of the fork that upstream has.
    pub merged: Vec<Merged>,
    /// The fork's own ebuild is not there.
    pub missing: bool,
}

/// What became of upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// As it was taken, but for its keywords.
    Unchanged,
    /// The ebuild or its files are others, under the same version.
    Changed,
    /// There is a newer one.
    Moved {
        /// The package, where it has another name.
        cpn: Option<Cpn>,
        /// The newest version.
        version: Version,
        /// Only the revision is another.
        revision: bool,
        /// The slot, where it is another.
        slot: Option<String>,
    },
    /// All patches of the fork are in upstream's.
    Merged {
        /// The package, where it has another name.
        cpn: Option<Cpn>,
        /// The version that has them.
        version: Version,
    },
    /// The package, or all of its versions, went.
    Gone {
        /// Where it went, when that is not in the repository either.
        to: Option<Cpn>,
    },
}

impl State {
    /// `unchanged`, `changed`, `moved`, `merged`, `gone`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed => "changed",
            Self::Moved { .. } => "moved",
            Self::Merged { .. } => "merged",
            Self::Gone { .. } => "gone",
        }
    }
}

/// A patch that upstream has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Merged {
    /// Its name in the fork.
    pub patch: String,
    /// Upstream's source has it; else one of its patches.
    pub in_source: bool,
}

/// Upstream of a fork, as it is.
pub(super) struct Found {
    pub(super) cpn: Cpn,
    pub(super) package: Option<Package>,
    /// The version that an update takes.
    pub(super) version: Option<Version>,
}

/// What is asked again and again.
pub(super) struct Upstream<'a> {
    pub(super) repository: &'a EbuildRepository,
    moves: Moves,
    packages: BTreeMap<Cpn, Option<Package>>,
}

impl<'a> Upstream<'a> {
    pub(super) fn open(repository: &'a EbuildRepository) -> Result<Self, OverlayError> {
        Ok(Self { repository, moves: Moves::read(repository)?, packages: BTreeMap::new() })
    }

    fn package(&mut self, cpn: &Cpn, report: &mut Report) -> Result<Option<Package>, OverlayError> {
        if let Some(known) = self.packages.get(cpn) {
            return Ok(known.clone());
        }
        let package = self.repository.package(cpn, report)?.filter(|package| !package.ebuilds.is_empty());
        self.packages.insert(cpn.clone(), package.clone());
        Ok(package)
    }

    pub(super) fn of(&mut self, fork: &Fork, report: &mut Report) -> Result<Found, OverlayError> {
        let cpn = fork.upstream()?;
        let (cpn, package) = match self.package(&cpn, report)? {
            Some(package) => (cpn, Some(package)),
            None => match self.moves.of(&cpn) {
                Some(to) => {
                    let package = self.package(&to, report)?;
                    (to, package)
                }
                None => (cpn, None),
            },
        };
        let version = package.as_ref().and_then(|package| newest(fork, package));
        Ok(Found { cpn, package, version })
    }
}

/// The newest version in the slot of the fork, or of all where that slot is no more; live ones for a live one only.
fn newest(fork: &Fork, package: &Package) -> Option<Version> {
    let mine = slot(&fork.base, &package.cpn, &fork.from);
    let live = is_live(&fork.from);
    let fits = |version: &&Version| is_live(version) == live;
    let here = |version: &&Version| {
        let bytes = package.ebuild(version).map(|(_, bytes)| bytes).unwrap_or_default();
        let other = slot(bytes, &package.cpn, version);
        mine.is_none() || other.is_none() || mine == other
    };
    let mut all = package.ebuilds.keys().rev().filter(fits);
    let any = all.clone().next();
    all.find(here).or(any).cloned()
}

/// What became of each fork.
///
/// `sources` tries patches on the new sources; `()` has none.
///
/// # Errors
/// When a repository cannot be read.
pub fn status(
    forks: &[Fork],
    from: &EbuildRepository,
    overlay: &EbuildRepository,
    sources: &dyn Source,
    report: &mut Report,
) -> Result<Vec<Status>, OverlayError> {
    let mut upstream = Upstream::open(from)?;
    let mut all = Vec::with_capacity(forks.len());
    for fork in forks {
        all.push(one(fork, &mut upstream, overlay.root(), sources, report)?);
    }
    Ok(all)
}

fn one(
    fork: &Fork,
    upstream: &mut Upstream<'_>,
    overlay: &Root,
    sources: &dyn Source,
    report: &mut Report,
) -> Result<Status, OverlayError> {
    let found = upstream.of(fork, report)?;
    let path = RelPath::parse(&format!("{}/{}", fork.cpn, fork.cpn.ebuild(&fork.version)))?;
    let missing = overlay.read(&path)?.is_none();
    let other = Some(found.cpn.clone()).filter(|cpn| cpn.to_string() != fork.origin.package);
    let mut merged = Vec::new();
    let state = match (&found.package, &found.version) {
        (Some(package), Some(version)) => {
            let same = other.is_none() && *version == fork.from;
            let changed = !same || is_changed(fork, package, version, overlay)?;
            if changed {
                merged = merged_patches(fork, upstream.repository, package, version, overlay, sources)?;
            }
            let all = !fork.origin.patches.is_empty() && merged.len() == fork.origin.patches.len();
            if all {
                State::Merged { cpn: other, version: version.clone() }
            } else if !same {
                let now = package.ebuild(version).and_then(|(_, bytes)| slot(bytes, &package.cpn, version));
                let then = slot(&fork.base, &fork.cpn, &fork.from);
                State::Moved {
                    cpn: other,
                    revision: version.without_revision() == fork.from.without_revision(),
                    slot: now.filter(|now| then.is_some_and(|then| then != *now)),
                    version: version.clone(),
                }
            } else if changed {
                State::Changed
            } else {
                State::Unchanged
            }
        }
        _ => State::Gone { to: other },
    };
    Ok(Status {
        cpn: fork.cpn.clone(),
        version: fork.version.clone(),
        from: fork.from.clone(),
        repository: fork.origin.repository.clone(),
        state,
        merged,
        missing,
    })
}

/// Whether the same version holds something else than was taken, its keywords aside.
fn is_changed(
    fork: &Fork,
    package: &Package,
    version: &Version,
    overlay: &Root,
) -> Result<bool, OverlayError> {
    let now = package.ebuild(version).map(|(_, bytes)| bytes).unwrap_or_default();
    let without = |bytes: &[u8]| Ebuild::parse(bytes).without_keywords();
    if now != fork.base && without(now) != without(&fork.base) {
        return Ok(true);
    }
    for path in fork.files() {
        if package.files.get(&RelPath::parse(path)?) != fork.file(overlay, path)?.as_ref() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The patches of a fork that a version of upstream has.
pub(super) fn merged_patches(
    fork: &Fork,
    repository: &EbuildRepository,
    package: &Package,
    version: &Version,
    overlay: &Root,
    sources: &dyn Source,
) -> Result<Vec<Merged>, OverlayError> {
    let theirs = patches(package, version);
    let mut before = theirs.clone();
    let mut merged = Vec::new();
    for (name, bytes) in own_patches(fork, overlay)? {
        if patch::is_in(&bytes, theirs.iter().map(|(_, bytes)| bytes.as_slice())) {
            merged.push(Merged { patch: name, in_source: false });
            continue;
        }
        let distfiles = super::distfiles::needed(repository, package, version)?;
        let distfiles: Vec<String> = distfiles.into_keys().collect();
        if sources.try_patch(&distfiles, &before, &bytes) == Tried::IsIn {
            merged.push(Merged { patch: name, in_source: true });
        } else {
            before.push((name, bytes));
        }
    }
    Ok(merged)
}

/// The patches that a fork adds, as they are.
pub(super) fn own_patches(fork: &Fork, overlay: &Root) -> Result<Vec<(String, Vec<u8>)>, OverlayError> {
    let mut all = Vec::new();
    for name in &fork.origin.patches {
        if let Some(Node::File { bytes, .. }) =
            overlay.read(&RelPath::parse(&format!("{}/files/{name}", fork.cpn))?)?
        {
            all.push((name.clone(), bytes.0));
        }
    }
    Ok(all)
}
