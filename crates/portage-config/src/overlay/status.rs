//! What became of upstream since a fork was taken.

use std::collections::BTreeMap;

use super::OverlayError;
use super::fork::{is_live, slot};
use super::moves::Moves;
use super::patched::{Fate, Own, own_patches};
use super::record::{self, Fork, same};
use super::upstream::Source;
use crate::ebuild::{Ebuild, Written};
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
    /// What the fork lacks of its own in the overlay: its ebuild, its patches.
    pub missing: Vec<String>,
    /// The patches of the fork that were not tried on the new source, as it is not at hand.
    pub untried: Vec<String>,
    /// The patches of the fork of which nobody can tell whether upstream has them: they change names, modes or bytes.
    pub unknown: Vec<String>,
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
    /// The package went, or all versions but older ones.
    Gone {
        /// Where it went, when that is not in the repository either.
        to: Option<Cpn>,
        /// The newest version that is there, which is older.
        newest: Option<Version>,
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

    /// Of a fork; `forks` are all of the overlay.
    pub(super) fn of(
        &mut self,
        fork: &Fork,
        forks: &[Fork],
        report: &mut Report,
    ) -> Result<Found, OverlayError> {
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
        let version = package.as_ref().and_then(|package| newest(fork, forks, package));
        Ok(Found { cpn, package, version })
    }
}

/// The newest version in the slot of the fork, or of all where that slot is no more; live ones for a live one only, none
/// that is older, and none that another fork was taken from. One without keywords only where the fork's had none, or
/// there is no other.
fn newest(fork: &Fork, forks: &[Fork], package: &Package) -> Option<Version> {
    let mine = slot(&fork.base, &package.cpn, &fork.from);
    let live = is_live(&fork.from);
    let is_other = |other: &Fork| {
        let same = (&other.origin.repository, &other.origin.package)
            == (&fork.origin.repository, &fork.origin.package);
        same && (&other.cpn, &other.version) != (&fork.cpn, &fork.version)
    };
    let others: Vec<&Version> =
        forks.iter().filter(|other| is_other(other)).map(|other| &other.from).collect();
    let fits = |version: &&Version| {
        let taken = |other: &&Version| other.without_revision() == version.without_revision();
        let own = version.without_revision() == fork.from.without_revision();
        is_live(version) == live && **version >= fork.from && (own || !others.iter().any(taken))
    };
    let keyworded = has_keywords(&fork.base);
    let known = |version: &&Version| {
        !keyworded || package.ebuild(version).is_some_and(|(_, bytes)| has_keywords(bytes))
    };
    let here = |version: &&Version| {
        let bytes = package.ebuild(version).map(|(_, bytes)| bytes).unwrap_or_default();
        let other = slot(bytes, &package.cpn, version);
        mine.is_none() || other.is_none() || mine == other
    };
    let all = || package.ebuilds.keys().rev().filter(fits);
    let found = all().find(|version| here(version) && known(version)).or_else(|| all().find(here));
    found.or_else(|| all().find(known)).or_else(|| all().next()).cloned()
}

/// Whether an ebuild says keywords, empty ones aside.
fn has_keywords(ebuild: &[u8]) -> bool {
    let ebuild = Ebuild::parse(ebuild);
    let said = ebuild.variable("KEYWORDS");
    said.iter().any(|one| !matches!(one.value, Written::Word(b"" | b"\"\"" | b"''")))
}

/// What became of each fork that is wanted; `forks` are all of the overlay.
///
/// `sources` tries patches on the new sources; `()` has none. A fork of which that cannot be told is reported, and is not
/// in the answer.
///
/// # Errors
/// When upstream cannot be read.
pub fn status(
    wanted: &[Fork],
    forks: &[Fork],
    from: &EbuildRepository,
    overlay: &EbuildRepository,
    sources: &dyn Source,
    report: &mut Report,
) -> Result<Vec<Status>, OverlayError> {
    let mut upstream = Upstream::open(from)?;
    let mut all = Vec::with_capacity(wanted.len());
    for fork in wanted {
        // What is odd in upstream's packages is upstream's business.
        let mut theirs = Report::new();
        match one(fork, forks, &mut upstream, overlay.root(), sources, &mut theirs) {
            Ok(status) => all.push(status),
            Err(error) => {
                record::unknown(&RelPath::parse(&record::folder(&fork.cpn, &fork.version))?, &error, report);
            }
        }
    }
    Ok(all)
}

fn one(
    fork: &Fork,
    forks: &[Fork],
    upstream: &mut Upstream<'_>,
    overlay: &Root,
    sources: &dyn Source,
    report: &mut Report,
) -> Result<Status, OverlayError> {
    let found = upstream.of(fork, forks, report)?;
    let mut missing = Vec::new();
    let patches = fork.origin.patches.iter().map(|name| format!("files/{name}"));
    for name in patches.chain([fork.cpn.ebuild(&fork.version)]) {
        let path = RelPath::parse(&format!("{}/{name}", fork.cpn))?;
        if !matches!(overlay.read_through(&path)?, Some(Node::File { .. })) {
            missing.push(path.to_string());
        }
    }
    let other = Some(found.cpn.clone()).filter(|cpn| cpn.to_string() != fork.origin.package);
    let (mut merged, mut untried, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let state = match (&found.package, &found.version) {
        (Some(package), Some(version)) => {
            let same = other.is_none() && *version == fork.from;
            let changed = !same || is_changed(fork, package, version, overlay)?;
            if changed && missing.is_empty() {
                let fates = own_patches(fork, upstream.repository, package, version, overlay, sources)?;
                for Own { name, fate, .. } in fates {
                    match fate {
                        Fate::In | Fate::InSource => {
                            merged.push(Merged { patch: name, in_source: fate == Fate::InSource });
                        }
                        Fate::Untried => untried.push(name),
                        Fate::Unknown => unknown.push(name),
                        Fate::Applies | Fate::Fails(_) => {}
                    }
                }
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
        (package, _) => {
            let versions = package.iter().flat_map(|package| package.ebuilds.keys().rev());
            let newest = versions.filter(|version| !is_live(version)).max().cloned();
            State::Gone { to: other, newest }
        }
    };
    Ok(Status {
        cpn: fork.cpn.clone(),
        version: fork.version.clone(),
        from: fork.from.clone(),
        repository: fork.origin.repository.clone(),
        state,
        merged,
        missing,
        untried,
        unknown,
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
        if !same(package.files.get(&RelPath::parse(path)?), fork.file(overlay, path)?.as_ref()) {
            return Ok(true);
        }
    }
    Ok(false)
}
