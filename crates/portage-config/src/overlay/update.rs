//! A fork is taken onto the new upstream.

use std::collections::{BTreeMap, BTreeSet};

use super::distfiles::manifest;
use super::fork::{Taken, edited, revised};
use super::patched::{Fate, Own, own_patches};
use super::record::{self, Fork, Origin, blake2b, folder, readable, same};
use super::settle::{marked, merge, raw};
use super::status::Upstream;
use super::upstream::{Source, head};
use super::{OverlayError, distfiles};
use crate::config::Bytes;
use crate::ebuild::{Ebuild, EditError};
use crate::report::Report;
use crate::repository::{Changes, EbuildRepository, Metadata, Package};
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath, Version};

/// What an update comes to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Updated {
    /// Category and name of the fork.
    pub cpn: Cpn,
    /// Its version.
    pub version: Version,
    /// What is done with it.
    pub outcome: Becomes,
    /// The patches that upstream has, which the new fork does without.
    pub merged: Vec<String>,
    /// The patches that were tried on the new source and apply.
    pub applied: Vec<String>,
    /// The patches that were not tried, as the new source is not at hand.
    pub untried: Vec<String>,
    /// The patches of which nobody can tell whether upstream has them: they stay.
    pub unknown: Vec<String>,
    /// What is to be written into the overlay; of a conflict, what is needed to settle it.
    pub changes: Changes,
}

/// What is done with a fork.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Becomes {
    /// Upstream is as it was.
    Current,
    /// It goes onto this version, under this name.
    Onto {
        /// Category and name.
        cpn: Cpn,
        /// Upstream's version.
        from: Version,
        /// The fork's.
        version: Version,
    },
    /// The version goes to another fork, so this one stays.
    Taken {
        /// Category and name.
        cpn: Cpn,
        /// Upstream's version.
        from: Version,
        /// Category and name of the other fork, and its version.
        by: (Cpn, Version),
    },
    /// Upstream has all of it, so it goes.
    Dropped,
    /// Upstream is gone, so there is nothing to take it onto.
    Gone,
    /// What both sides changed, or what does not apply: each with the file to look at.
    Conflict(Vec<(String, String)>),
}

impl Updated {
    pub(super) fn new(fork: &Fork, outcome: Becomes) -> Self {
        Self {
            cpn: fork.cpn.clone(),
            version: fork.version.clone(),
            outcome,
            merged: Vec::new(),
            applied: Vec::new(),
            untried: Vec::new(),
            unknown: Vec::new(),
            changes: Changes::default(),
        }
    }
}

/// Takes a fork onto the newest version of upstream, or onto the one that `to` names, newer or not.
///
/// What the fork was made with (patches, keywords) is done again to the new ebuild; what somebody changed by hand besides
/// is merged by lines, with the ebuild as it was taken as the base. Patches that upstream has are left out; the others are
/// tried on the new source where it is at hand.
///
/// Where that does not go without a doubt, nothing of the fork is touched: what both sides want stands, marked, in
/// `metadata/forks/CATEGORY/PN-PVR/conflict/`. A file there in which no mark is left is what the next update takes.
///
/// # Errors
/// When a repository cannot be read, upstream has no such version, or the new ebuild cannot be forked.
pub fn update(
    fork: &Fork,
    forks: &[Fork],
    to: Option<&Version>,
    from: &EbuildRepository,
    overlay: &EbuildRepository,
    sources: &dyn Source,
    report: &mut Report,
) -> Result<Updated, OverlayError> {
    let mut upstream = Upstream::open(from)?;
    let found = upstream.of(fork, forks, report)?;
    let mut updated = Updated::new(fork, Becomes::Gone);
    let Some(package) = found.package else { return Ok(updated) };
    let version = match to {
        Some(to) => {
            let named = package.ebuild(to).map(|(version, _)| version.clone());
            Some(named.ok_or_else(|| OverlayError::NoMatch {
                atom: format!("={}-{to}", package.cpn),
                repository: from.name().unwrap_or_default().to_owned(),
            })?)
        }
        None => found.version,
    };
    let Some(version) = version else { return Ok(updated) };
    let Some(there) = overlay.package(&fork.cpn, report)? else {
        let what = "the ebuild of this fork is missing".to_owned();
        return Err(OverlayError::Record { path: folder(&fork.cpn, &fork.version), what });
    };
    let Some((_, ours)) = there.ebuild(&fork.version) else {
        let what = "the ebuild of this fork is missing".to_owned();
        return Err(OverlayError::Record { path: folder(&fork.cpn, &fork.version), what });
    };
    let taken = Taken::of(from, &package, &version)?;
    let mut run = Run {
        fork,
        there: &there,
        overlay,
        new: &package.cpn,
        onto: version.clone(),
        conflicts: Vec::new(),
        changes: Changes::default(),
    };
    if package.cpn.to_string() == fork.origin.package && version == fork.from && run.is_as_taken(&taken)? {
        updated.outcome = Becomes::Current;
        return Ok(updated);
    }
    let dist = distfiles::needed(from, &package, &version)?;
    let names: Vec<String> = dist.keys().cloned().collect();
    let mut all = own_patches(fork, from, &package, &version, overlay.root(), sources)?;
    for Own { name, fate, .. } in &all {
        match fate {
            Fate::In | Fate::InSource => updated.merged.push(name.clone()),
            Fate::Applies => updated.applied.push(name.clone()),
            Fate::Untried => updated.untried.push(name.clone()),
            Fate::Unknown => updated.unknown.push(name.clone()),
            Fate::Fails(said) => run.rejected(name, said)?,
        }
    }
    all.retain(|own| !matches!(own.fate, Fate::In | Fate::InSource));
    let rest: Vec<&str> = all.iter().map(|own| own.name.as_str()).collect();
    let hand = run.by_hand(ours)?;
    if rest.is_empty() && fork.origin.keywords.is_none() && !hand && !fork.origin.patches.is_empty() {
        updated.outcome = Becomes::Dropped;
        run.leave(forks)?;
        let gone = run.distfiles(forks);
        manifest(overlay.layout(), &fork.cpn, Some(&there), &mut run.changes, BTreeMap::new(), &gone)?;
        run.leave_package()?;
        updated.changes = run.changes;
        return Ok(updated);
    }
    let becomes = revised(&version)?;
    let cpn = package.cpn.clone();
    let target = if cpn == fork.cpn { Some(there.clone()) } else { overlay.package(&cpn, report)? };
    if (&cpn, &becomes) != (&fork.cpn, &fork.version) {
        let is_there = target.as_ref().is_some_and(|target| target.ebuild(&becomes).is_some());
        if is_there || forks.iter().any(|other| (&other.cpn, &other.version) == (&cpn, &becomes)) {
            return Err(OverlayError::Exists(format!("{cpn}/{}", cpn.ebuild(&becomes))));
        }
    }
    let ebuild = run.ebuild(ours, &taken.ebuild, &rest)?;
    let mut files = run.files(&taken)?;
    for Own { name, bytes, .. } in &all {
        files.insert(name.clone(), Node::File { bytes: Bytes(bytes.clone()), mode: 0o644 });
    }
    if !run.conflicts.is_empty() {
        updated.outcome = Becomes::Conflict(run.conflicts);
        updated.changes = run.changes;
        return Ok(updated);
    }
    let mut added = fork.origin.added.clone();
    added.retain(|path, _| match path.strip_prefix("files/") {
        Some(name) => rest.contains(&name),
        None => cpn == fork.cpn,
    });
    // The old one first: what both have is written again below.
    let users = run.leave(forks)?;
    for (path, node) in files {
        let other = target.as_ref().and_then(|target| target.files.get(&RelPath::parse(&path).ok()?));
        if other.is_some_and(|other| !same(Some(other), Some(&node))) {
            let path = format!("{cpn}/files/{path}");
            match users.get(&path) {
                Some(with) => return Err(OverlayError::Shared { path, with: with.clone() }),
                None if run.is_own(&path) => {}
                None => return Err(OverlayError::Exists(path)),
            }
        }
        run.changes.nodes.insert(RelPath::parse(&format!("{cpn}/files/{path}"))?, Some(node));
    }
    run.changes.file(&format!("{cpn}/{}", cpn.ebuild(&becomes)), ebuild)?;
    if target.as_ref().is_none_or(|target| target.metadata.is_none()) {
        let text = package.metadata.clone().or_else(|| there.metadata.clone());
        let text = text.unwrap_or_else(|| Metadata::default().to_xml().into_bytes());
        added.insert("metadata.xml".to_owned(), blake2b(&text));
        run.changes.file(&format!("{cpn}/metadata.xml"), text)?;
    }
    let origin = Origin {
        repository: from.name().unwrap_or_default().to_owned(),
        commit: head(from)?,
        package: cpn.to_string(),
        version: version.to_string(),
        keywords: fork.origin.keywords.clone(),
        patches: rest.iter().map(|name| (*name).to_owned()).collect(),
        distfiles: names,
        taken: taken.digests(&cpn, &version),
        added,
    };
    record::write(&cpn, &becomes, &origin, &taken.nodes(&cpn, &version), &mut run.changes)?;
    let gone = run.distfiles(forks);
    if cpn == fork.cpn {
        manifest(overlay.layout(), &cpn, Some(&there), &mut run.changes, dist, &gone)?;
    } else {
        manifest(overlay.layout(), &fork.cpn, Some(&there), &mut run.changes, BTreeMap::new(), &gone)?;
        run.leave_package()?;
        manifest(overlay.layout(), &cpn, target.as_ref(), &mut run.changes, dist, &[])?;
    }
    updated.outcome = Becomes::Onto { cpn, from: version, version: becomes };
    updated.changes = run.changes;
    Ok(updated)
}

/// An update that is being made.
pub(super) struct Run<'a> {
    pub(super) fork: &'a Fork,
    pub(super) there: &'a Package,
    pub(super) overlay: &'a EbuildRepository,
    pub(super) new: &'a Cpn,
    pub(super) onto: Version,
    pub(super) conflicts: Vec<(String, String)>,
    pub(super) changes: Changes,
}

impl Run<'_> {
    fn is_as_taken(&self, taken: &Taken) -> Result<bool, OverlayError> {
        let files: BTreeSet<&str> = self.fork.files().collect();
        if taken.ebuild != self.fork.base || files != taken.files.keys().map(String::as_str).collect() {
            return Ok(false);
        }
        for (path, node) in &taken.files {
            if !same(self.fork.file(self.overlay.root(), path)?.as_ref(), Some(node)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The base with all that the fork was made with.
    pub(super) fn base(&self) -> Result<Vec<u8>, EditError> {
        let names: Vec<&str> = self.fork.origin.patches.iter().map(String::as_str).collect();
        edited(&self.fork.base, &names, self.fork.origin.keywords.as_deref())
    }

    /// Whether somebody changed the fork's ebuild, or the files that were taken.
    fn by_hand(&self, ours: &[u8]) -> Result<bool, OverlayError> {
        for path in self.fork.files() {
            let base = self.fork.file(self.overlay.root(), path)?;
            if !same(base.as_ref(), self.there.files.get(&RelPath::parse(path)?)) {
                return Ok(true);
            }
        }
        Ok(self.base().map_or(true, |base| base != ours))
    }

    /// The new ebuild.
    fn ebuild(&mut self, ours: &[u8], theirs: &[u8], patches: &[&str]) -> Result<Vec<u8>, OverlayError> {
        let name = self.new.ebuild(&revised(&self.onto)?);
        let done = edited(theirs, patches, self.fork.origin.keywords.as_deref());
        let (base, theirs) = match (self.base(), done) {
            (Ok(base), Ok(done)) if base == ours => return Ok(done),
            (Ok(base), Ok(done)) => (base, done),
            // Done by hand then, or not to be done to this one.
            (_, Err(error)) => {
                let merged = marked(merge(&self.fork.base, ours, theirs).0, &error);
                let sides = [&self.fork.base, ours, theirs];
                let settled = self.conflict(&name, sides, merged, &error.to_string())?;
                return Ok(settled.unwrap_or_default());
            }
            (Err(_), Ok(_)) => (self.fork.base.clone(), theirs.to_vec()),
        };
        let (merged, clean) = merge(&base, ours, &theirs);
        let sides = [base.as_slice(), ours, theirs.as_slice()];
        let settled = if !clean {
            self.conflict(&name, sides, merged, "both sides changed the same lines")?
        } else if let Some(problem) = Ebuild::parse(&merged).problem() {
            self.conflict(&name, sides, marked(merged, &problem), &format!("merged, {problem}"))?
        } else {
            Some(merged)
        };
        Ok(settled.unwrap_or_default())
    }

    /// The files of the new one, those that the fork adds aside.
    fn files(&mut self, taken: &Taken) -> Result<BTreeMap<String, Node>, OverlayError> {
        let mut all = taken.files.clone();
        let paths: Vec<String> = self.fork.files().map(str::to_owned).collect();
        for path in paths {
            let base = self.fork.file(self.overlay.root(), &path)?;
            let ours = self.there.files.get(&RelPath::parse(&path)?).cloned();
            if same(base.as_ref(), ours.as_ref()) {
                continue;
            }
            let theirs = taken.files.get(&path).cloned();
            if same(theirs.as_ref(), base.as_ref()) {
                match ours {
                    Some(node) => all.insert(path, readable(&node)),
                    None => all.remove(&path),
                };
                continue;
            }
            if same(theirs.as_ref(), ours.as_ref()) {
                continue;
            }
            let (ours, theirs) = match (ours, theirs) {
                (Some(ours), Some(theirs)) => (ours, theirs),
                // Ours was changed, and upstream does without it.
                (Some(node), None) => {
                    all.insert(path, readable(&node));
                    continue;
                }
                (None, _) => continue,
            };
            let name = format!("files/{path}");
            let sides = [base.as_ref().map(raw).unwrap_or_default(), raw(&ours), raw(&theirs)];
            let [one, two, three] = &sides;
            let parts = [one.as_slice(), two.as_slice(), three.as_slice()];
            let (text, mode) = match (&base, &ours, &theirs) {
                (Some(Node::File { .. }), Node::File { mode, .. }, Node::File { .. }) => {
                    match merge(one, two, three) {
                        (text, true) => (Some(text), *mode),
                        (text, false) => {
                            (self.conflict(&name, parts, text, "both sides changed the same lines")?, *mode)
                        }
                    }
                }
                _ => {
                    let text = marked(
                        three.clone(),
                        &format!("{} here, and {} upstream", described(&ours), described(&theirs)),
                    );
                    (self.conflict(&name, parts, text, "both sides changed it, and one is a link")?, 0o644)
                }
            };
            let Some(text) = text else { continue };
            let node = readable(&Node::File { bytes: Bytes(text), mode });
            all.insert(path, node);
        }
        Ok(all)
    }

    fn rejected(&mut self, name: &str, said: &str) -> Result<(), OverlayError> {
        let path = format!("{}/files/{name}", self.fork.cpn);
        let folder = folder(&self.fork.cpn, &self.fork.version);
        self.changes
            .file(&format!("{folder}/conflict/{name}.log"), format!("{}\n", said.trim_end()).into_bytes())?;
        self.conflicts.push((path, "it does not apply to the new source".to_owned()));
        Ok(())
    }
}

/// A link, or a file.
fn described(node: &Node) -> String {
    match node {
        Node::Symlink { target } => format!("a link to {target}"),
        _ => "a file".to_owned(),
    }
}
