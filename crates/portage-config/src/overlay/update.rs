//! A fork is taken onto the new upstream.

use std::collections::{BTreeMap, BTreeSet};

use similar::TextMerge;

use super::distfiles::manifest;
use super::fork::{Taken, edited, revised};
use super::record::{self, Fork, Origin, folder};
use super::status::{Upstream, merged_patches, own_patches};
use super::upstream::{Source, Tried, head, patches};
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
    /// Upstream has all of it, so it goes.
    Dropped,
    /// Upstream is gone, so there is nothing to take it onto.
    Gone,
    /// What both sides changed, or what does not apply: each with the file to look at.
    Conflict(Vec<(String, String)>),
}

/// Takes a fork onto the newest version of upstream.
///
/// What the fork was made with (patches, keywords) is done again to the new ebuild; what somebody changed by hand besides
/// is merged by lines, with the ebuild as it was taken as the base. Patches that upstream has are left out; the others are
/// tried on the new source where it is at hand.
///
/// Where that does not go without a doubt, nothing of the fork is touched: what both sides want stands, marked, in
/// `metadata/forks/CATEGORY/PN-PVR/conflict/`. A file there in which no mark is left is what the next update takes.
///
/// # Errors
/// When a repository cannot be read, or the new ebuild cannot be forked.
pub fn update(
    fork: &Fork,
    forks: &[Fork],
    from: &EbuildRepository,
    overlay: &EbuildRepository,
    sources: &dyn Source,
    report: &mut Report,
) -> Result<Updated, OverlayError> {
    let mut upstream = Upstream::open(from)?;
    let found = upstream.of(fork, report)?;
    let mut updated = Updated {
        cpn: fork.cpn.clone(),
        version: fork.version.clone(),
        outcome: Becomes::Gone,
        merged: Vec::new(),
        applied: Vec::new(),
        changes: Changes::default(),
    };
    let (Some(package), Some(version)) = (found.package, found.version) else { return Ok(updated) };
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
    let merged = merged_patches(fork, from, &package, &version, overlay.root(), sources)?;
    updated.merged = merged.into_iter().map(|merged| merged.patch).collect();
    let dist = distfiles::needed(from, &package, &version)?;
    let names: Vec<String> = dist.keys().cloned().collect();
    let mut before = patches(&package, &version);
    let all = own_patches(fork, overlay.root())?;
    let mut rest = Vec::new();
    for (name, bytes) in all.iter().filter(|(name, _)| !updated.merged.contains(name)) {
        match sources.try_patch(&names, &before, bytes) {
            Tried::Fails(said) => run.rejected(name, &said)?,
            Tried::Applies => updated.applied.push(name.clone()),
            Tried::NoSource | Tried::IsIn => {}
        }
        before.push((name.clone(), bytes.clone()));
        rest.push(name.as_str());
    }
    let hand = run.by_hand(ours);
    if rest.is_empty() && fork.origin.keywords.is_none() && !hand && !fork.origin.patches.is_empty() {
        updated.outcome = Becomes::Dropped;
        run.leave(forks)?;
        let gone = run.distfiles(forks);
        manifest(overlay.layout(), &fork.cpn, Some(&there), &mut run.changes, BTreeMap::new(), &gone)?;
        run.leave_package()?;
        updated.changes = run.changes;
        return Ok(updated);
    }
    let ebuild = run.ebuild(ours, &taken.ebuild, &rest)?;
    let mut files = run.files(&taken)?;
    for (name, bytes) in all.iter().filter(|(name, _)| rest.contains(&name.as_str())) {
        files.insert(name.clone(), Node::File { bytes: Bytes(bytes.clone()), mode: 0o644 });
    }
    if !run.conflicts.is_empty() {
        updated.outcome = Becomes::Conflict(run.conflicts);
        updated.changes = run.changes;
        return Ok(updated);
    }
    let ours = revised(&version)?;
    let cpn = package.cpn.clone();
    // The old one first: what both have is written again below.
    let kept = run.leave(forks)?;
    for (path, node) in files {
        let other = there.files.get(&RelPath::parse(&path)?);
        if cpn == fork.cpn && kept.contains(&path) && other.is_some_and(|other| *other != node) {
            return Err(OverlayError::Exists(format!("{cpn}/files/{path}")));
        }
        run.changes.nodes.insert(RelPath::parse(&format!("{cpn}/files/{path}"))?, Some(node));
    }
    run.changes.file(&format!("{cpn}/{}", cpn.ebuild(&ours)), ebuild)?;
    let target = if cpn == fork.cpn { Some(there.clone()) } else { overlay.package(&cpn, report)? };
    if target.as_ref().is_none_or(|target| target.metadata.is_none()) {
        let text = package.metadata.clone().or_else(|| there.metadata.clone());
        let text = text.unwrap_or_else(|| Metadata::default().to_xml().into_bytes());
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
    };
    record::write(&cpn, &ours, &origin, &taken.nodes(&cpn, &version), &mut run.changes)?;
    let gone = run.distfiles(forks);
    if cpn == fork.cpn {
        manifest(overlay.layout(), &cpn, Some(&there), &mut run.changes, dist, &gone)?;
    } else {
        manifest(overlay.layout(), &fork.cpn, Some(&there), &mut run.changes, BTreeMap::new(), &gone)?;
        run.leave_package()?;
        manifest(overlay.layout(), &cpn, target.as_ref(), &mut run.changes, dist, &[])?;
    }
    updated.outcome = Becomes::Onto { cpn, from: version, version: ours };
    updated.changes = run.changes;
    Ok(updated)
}

/// An update that is being made.
struct Run<'a> {
    fork: &'a Fork,
    there: &'a Package,
    overlay: &'a EbuildRepository,
    new: &'a Cpn,
    onto: Version,
    conflicts: Vec<(String, String)>,
    changes: Changes,
}

impl Run<'_> {
    fn is_as_taken(&self, taken: &Taken) -> Result<bool, OverlayError> {
        let files: BTreeSet<&str> = self.fork.files().collect();
        if taken.ebuild != self.fork.base || files != taken.files.keys().map(String::as_str).collect() {
            return Ok(false);
        }
        for (path, node) in &taken.files {
            if self.fork.file(self.overlay.root(), path)?.as_ref() != Some(node) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The base with all that the fork was made with.
    fn base(&self) -> Result<Vec<u8>, EditError> {
        let names: Vec<&str> = self.fork.origin.patches.iter().map(String::as_str).collect();
        edited(&self.fork.base, &names, self.fork.origin.keywords.as_deref())
    }

    /// Whether somebody changed the fork's ebuild.
    fn by_hand(&self, ours: &[u8]) -> bool {
        self.base().map_or(true, |base| base != ours)
    }

    /// The new ebuild.
    fn ebuild(&mut self, ours: &[u8], theirs: &[u8], patches: &[&str]) -> Result<Vec<u8>, OverlayError> {
        let name = self.new.ebuild(&revised(&self.onto)?);
        if let Some(settled) = self.settled(&name)? {
            return Ok(settled);
        }
        let done = edited(theirs, patches, self.fork.origin.keywords.as_deref());
        let (base, theirs) = match (self.base(), done) {
            (Ok(base), Ok(done)) if base == ours => return Ok(done),
            (Ok(base), Ok(done)) => (base, done),
            // Done by hand then, or not to be done to this one.
            (_, Err(error)) => {
                let merged = merge(&self.fork.base, ours, theirs).0;
                self.conflict(&name, marked(merged, &error), format!("{error}"))?;
                return Ok(Vec::new());
            }
            (Err(_), Ok(_)) => (self.fork.base.clone(), theirs.to_vec()),
        };
        let (merged, clean) = merge(&base, ours, &theirs);
        if !clean {
            self.conflict(&name, merged, "both sides changed the same lines".to_owned())?;
            return Ok(Vec::new());
        }
        if let Some(problem) = Ebuild::parse(&merged).problem() {
            self.conflict(&name, merged, format!("merged, {problem}"))?;
            return Ok(Vec::new());
        }
        Ok(merged)
    }

    /// The files of the new one, those that the fork adds aside.
    fn files(&mut self, taken: &Taken) -> Result<BTreeMap<String, Node>, OverlayError> {
        let mut all = taken.files.clone();
        let paths: Vec<String> = self.fork.files().map(str::to_owned).collect();
        for path in paths {
            let base = self.fork.file(self.overlay.root(), &path)?;
            let ours = self.there.files.get(&RelPath::parse(&path)?).cloned();
            if base == ours {
                continue;
            }
            let theirs = taken.files.get(&path).cloned();
            if theirs == base {
                match ours {
                    Some(node) => all.insert(path, node),
                    None => all.remove(&path),
                };
                continue;
            }
            let settled = self.settled(&format!("files/{path}"))?;
            let node = match (settled, base, ours, theirs) {
                (Some(bytes), ..) => Node::File { bytes: Bytes(bytes), mode: 0o644 },
                (
                    None,
                    Some(Node::File { bytes: base, .. }),
                    Some(Node::File { bytes: ours, mode }),
                    Some(Node::File { bytes: theirs, .. }),
                ) => {
                    let (bytes, clean) = merge(&base.0, &ours.0, &theirs.0);
                    if !clean {
                        let why = "both sides changed the same lines".to_owned();
                        self.conflict(&format!("files/{path}"), bytes, why)?;
                        continue;
                    }
                    Node::File { bytes: Bytes(bytes), mode }
                }
                // Ours was changed, and upstream does without it.
                (None, _, Some(node), None) => node,
                (None, _, None, _) => continue,
                (None, _, Some(_), Some(_)) => {
                    let why = "one side has a link where the other has a file".to_owned();
                    self.conflict(&format!("files/{path}"), Vec::new(), why)?;
                    continue;
                }
            };
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

    fn conflict(&mut self, name: &str, text: Vec<u8>, why: String) -> Result<(), OverlayError> {
        let path = format!("{}/conflict/{name}", folder(&self.fork.cpn, &self.fork.version));
        self.changes.file(&path, text)?;
        self.conflicts.push((path, why));
        Ok(())
    }

    /// What somebody made of a conflict.
    fn settled(&self, name: &str) -> Result<Option<Vec<u8>>, OverlayError> {
        let path = format!("{}/conflict/{name}", folder(&self.fork.cpn, &self.fork.version));
        let Some(Node::File { bytes, .. }) = self.overlay.root().read(&RelPath::parse(&path)?)? else {
            return Ok(None);
        };
        let marks: [&[u8]; 3] = [b"<<<<<<<", b"=======", b">>>>>>>"];
        let marked =
            bytes.0.split(|b| *b == b'\n').any(|line| marks.iter().any(|mark| line.starts_with(mark)));
        Ok(Some(bytes.0).filter(|_| !marked))
    }

    /// The fork goes: its ebuild, its record, and the files that nothing else in the package names. Gives those that
    /// something else names.
    fn leave(&mut self, forks: &[Fork]) -> Result<BTreeSet<String>, OverlayError> {
        let fork = self.fork;
        self.changes.nodes.clear();
        self.changes.remove(&format!("{}/{}", fork.cpn, fork.cpn.ebuild(&fork.version)))?;
        fork.remove(&mut self.changes)?;
        let conflict = RelPath::parse(&format!("{}/conflict", folder(&fork.cpn, &fork.version)))?;
        for (top, below) in [(conflict.clone(), ""), (conflict.join("files")?, "files/")] {
            for name in self.overlay.root().list(Some(&top))?.unwrap_or_default() {
                let path = conflict.join(&format!("{below}{}", name.to_string_lossy()))?;
                if !matches!(self.overlay.root().read(&path)?, Some(Node::Dir { .. }) | None) {
                    self.changes.nodes.insert(path, None);
                }
            }
        }
        let mut kept = BTreeSet::new();
        for (version, bytes) in self.there.ebuilds.iter().filter(|(version, _)| **version != fork.version) {
            let ebuild = Ebuild::parse(bytes);
            match ebuild.files(&ebuild.names(fork.cpn.category(), fork.cpn.package(), version)) {
                Some(named) => kept.extend(named),
                None => kept.extend(self.there.files.keys().map(|path| path.as_str().to_owned())),
            }
        }
        for other in forks.iter().filter(|other| other.cpn == fork.cpn && other.version != fork.version) {
            kept.extend(other.files().map(str::to_owned));
            kept.extend(other.origin.patches.iter().cloned());
        }
        let mine = fork.files().chain(fork.origin.patches.iter().map(String::as_str));
        for path in mine.filter(|path| !kept.contains(*path)) {
            self.changes.remove(&format!("{}/files/{path}", fork.cpn))?;
        }
        Ok(kept)
    }

    /// With its last ebuild a package goes.
    fn leave_package(&mut self) -> Result<(), OverlayError> {
        if self.there.ebuilds.len() == 1 {
            for name in ["metadata.xml", "Manifest"] {
                self.changes.remove(&format!("{}/{name}", self.fork.cpn))?;
            }
        }
        Ok(())
    }

    /// The distfiles that nothing else needs, where that is written down of all else.
    fn distfiles(&self, forks: &[Fork]) -> Vec<String> {
        let others =
            || forks.iter().filter(|other| other.cpn == self.fork.cpn && other.version != self.fork.version);
        if others().count() + 1 != self.there.ebuilds.len() {
            return Vec::new();
        }
        let kept: BTreeSet<&String> = others().flat_map(|other| &other.origin.distfiles).collect();
        self.fork.origin.distfiles.iter().filter(|name| !kept.contains(name)).cloned().collect()
    }
}

/// Merges by lines; the text, with marks where both sides changed the same, and whether there are none.
fn merge(base: &[u8], ours: &[u8], theirs: &[u8]) -> (Vec<u8>, bool) {
    let (Ok(base), Ok(one), Ok(other)) =
        (std::str::from_utf8(base), std::str::from_utf8(ours), std::str::from_utf8(theirs))
    else {
        let whole: [&[u8]; 7] =
            [b"<<<<<<< ours\n", ours, b"\n=======\n", theirs, b"\n>>>>>>> theirs\n", b"", b""];
        return match () {
            () if ours == theirs || base == ours => (theirs.to_vec(), true),
            () if base == theirs => (ours.to_vec(), true),
            () => (whole.concat(), false),
        };
    };
    let merged = TextMerge::from_lines(base, one, other);
    (merged.to_string().into_bytes(), !merged.is_conflicted())
}

/// A text that says at its head what is to be done to it.
fn marked(text: Vec<u8>, error: &EditError) -> Vec<u8> {
    [
        format!("<<<<<<< {error}\n=======\n>>>>>>> remove these three lines when it is done\n").into_bytes(),
        text,
    ]
    .concat()
}
