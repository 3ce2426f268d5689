//! What an interrupted run left.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;

use super::ApplyError;
use super::execute::{self, Failed, Job, temp};
use crate::root::{Found, Root};
use crate::state::{After, Changed, Guard, Manifest, Meta, Side, State, StateError, What, rel};
use crate::tree::Node;
use crate::vocab::RelPath;

/// What was found of a run that was cut off, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// The generation that it was to become.
    pub generation: u64,
    /// How many paths it had changed.
    pub done: usize,
    /// How many were changed now: to finish it, or to take it back.
    pub now: usize,
    /// Paths that somebody has changed since: they were left alone.
    pub left: Vec<RelPath>,
}

/// Finishes a run that was cut off; `None` where there is none. What somebody changed since stays as it is.
///
/// # Errors
/// When the state cannot be understood, or the system refuses; what was written down stays then.
pub fn recover(root: &Root, guard: &mut Guard, sync: bool) -> Result<Option<Recovered>, ApplyError> {
    let Some((state, manifest)) = pending(root, guard)? else { return Ok(None) };
    let mut found = Recovered { generation: manifest.generation, done: 0, now: 0, left: Vec::new() };
    let mut jobs = Vec::new();
    for (at, change) in manifest.changes.iter().enumerate() {
        match stands(root, &state, change)? {
            Stands::After => found.done += 1,
            Stands::Other => found.left.push(change.path.clone()),
            Stands::Before(now) | Stands::Between(now) => {
                let after = change.after.as_ref().map(|meta| -> Result<_, StateError> {
                    let node = state.side(None, Side::After, &change.path, meta)?;
                    let owner = change.before.as_ref().map(|_| meta.owner);
                    Ok(After { node, owner, modified: meta.modified })
                });
                let like = copy(Side::After, change)?;
                let (path, after) = (change.path.clone(), after.transpose()?);
                jobs.push(Job { at, path, before: now, after, like });
            }
        }
    }
    leave(root, &mut jobs, &mut found);
    found.now = jobs.len();
    execute::all(root, &state.folder, &jobs, manifest.generation, sync)
        .map_err(failed)?
        .keep()
        .map_err(|e| ApplyError::Unrecorded(e.into()))?;
    state.finish(&manifest, sync)?;
    Ok(Some(found))
}

/// Takes back a run that was cut off; `None` where there is none. What somebody changed since stays as it is.
///
/// # Errors
/// As [`recover`].
pub fn undo(root: &Root, guard: &mut Guard, sync: bool) -> Result<Option<Recovered>, ApplyError> {
    let Some((state, manifest)) = pending(root, guard)? else { return Ok(None) };
    let mut found = Recovered { generation: manifest.generation, done: 0, now: 0, left: Vec::new() };
    let mut jobs = Vec::new();
    for (at, change) in manifest.changes.iter().enumerate() {
        match stands(root, &state, change)? {
            Stands::Before(_) => {}
            Stands::Other => found.left.push(change.path.clone()),
            Stands::After | Stands::Between(_) => {
                found.done += 1;
                let like = copy(Side::Before, change)?;
                let after = change.before.as_ref().map(|meta| -> Result<_, StateError> {
                    let node = state.side(None, Side::Before, &change.path, meta)?;
                    Ok(After { node, owner: Some(meta.owner), modified: meta.modified })
                });
                let before = root.find(&change.path)?;
                jobs.push(Job { at, path: change.path.clone(), before, after: after.transpose()?, like });
            }
        }
    }
    leave(root, &mut jobs, &mut found);
    found.now = jobs.len();
    let undone = execute::all(root, &state.folder, &jobs, manifest.generation, sync).map_err(failed)?.keep();
    undone.map_err(ApplyError::Root)?;
    state.unsettle(&manifest)?;
    state.forget()?;
    Ok(Some(found))
}

/// What was written down stays: the next run tries again.
fn failed(failed: Failed) -> ApplyError {
    match failed.undo {
        None => ApplyError::Root(failed.error),
        Some(undo) => ApplyError::Half { error: failed.error, undo: undo.into() },
    }
}

/// The copy of a file, which has the attributes of the file.
fn copy(side: Side, change: &Changed) -> Result<Option<RelPath>, ApplyError> {
    let (meta, folder) = match side {
        Side::Before => (&change.before, "before"),
        _ => (&change.after, "after"),
    };
    match meta {
        Some(Meta { what: What::File(_), .. }) => {
            Ok(Some(rel(&format!("pending/{folder}/{}", change.path))?))
        }
        _ => Ok(None),
    }
}

/// A folder that somebody put something into stays, with all that is in it.
fn leave(root: &Root, jobs: &mut Vec<Job>, found: &mut Recovered) {
    let goes = |job: &Job| {
        matches!(job.before, Some(Found { node: Node::Dir { .. }, .. }))
            && !matches!(job.after, Some(After { node: Node::Dir { .. }, .. }))
    };
    let mut going: BTreeSet<RelPath> = jobs.iter().map(|job| job.path.clone()).collect();
    let mut stay = BTreeSet::new();
    let folders: BTreeSet<RelPath> =
        jobs.iter().filter(|job| goes(job)).map(|job| job.path.clone()).collect();
    // The inner ones first: one that stays keeps those above it.
    for folder in folders.into_iter().rev() {
        let names = root.list(Some(&folder)).ok().flatten().unwrap_or_default();
        let known = |name: &std::ffi::OsString| {
            let path = RelPath::from_bytes(name.as_bytes()).and_then(|name| folder.join(name.as_str()));
            path.is_ok_and(|path| going.contains(&path))
        };
        if !names.iter().all(known) {
            going.remove(&folder);
            stay.insert(folder);
        }
    }
    // Something was to take its place: then nothing in it goes either.
    let whole: Vec<RelPath> = jobs
        .iter()
        .filter(|job| job.after.is_some() && stay.contains(&job.path))
        .map(|j| j.path.clone())
        .collect();
    jobs.retain(|job| {
        !stay.contains(&job.path) && !job.path.ancestors().iter().any(|above| whole.contains(above))
    });
    found.left.extend(whole);
}

/// What was written down of a run that was cut off. What it left beside the places is removed.
fn pending(root: &Root, guard: &mut Guard) -> Result<Option<(State, Manifest)>, ApplyError> {
    let Some(state) = State::open(root)? else { return Ok(None) };
    let Some(manifest) = state.pending()? else {
        if state.is_untidy()? {
            guard.hold(root)?;
            state.tidy()?;
        }
        return Ok(None);
    };
    guard.hold(root)?;
    for (at, change) in manifest.changes.iter().enumerate() {
        root.sweep(&change.path, &temp(manifest.generation, at))?;
    }
    Ok(Some((state, manifest)))
}

/// How far a change came.
enum Stands {
    Before(Option<Found>),
    /// The mode or the owner is not what it is to be.
    Between(Option<Found>),
    After,
    Other,
}

fn stands(root: &Root, state: &State, change: &Changed) -> Result<Stands, ApplyError> {
    let now = root.find(&change.path)?;
    let side = |side: Side, meta: &Option<Meta>| -> Result<Option<Node>, StateError> {
        meta.as_ref().map(|meta| state.side(None, side, &change.path, meta)).transpose()
    };
    let (before, after) = (side(Side::Before, &change.before)?, side(Side::After, &change.after)?);
    let (Some(found), node) = (&now, now.as_ref().map(|found| found.node.clone())) else {
        return Ok(match (before, after) {
            (_, None) => Stands::After,
            (None, _) => Stands::Before(None),
            _ => Stands::Other,
        });
    };
    // Only where the owner changes it tells anything: a file system may give another one than was asked for.
    let owners = match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.owner != after.owner => Some((before.owner, after.owner)),
        _ => None,
    };
    Ok(match &node {
        node if *node == after && owners.is_none_or(|(_, after)| found.owner == after) => Stands::After,
        node if *node == before && owners.is_none_or(|(before, _)| found.owner == before) => {
            Stands::Before(now)
        }
        node if owners.is_some() && (*node == after || *node == before) => Stands::Between(now),
        Some(Node::Dir { mode }) if before.is_none() => match after {
            Some(Node::Dir { mode: wanted }) if wanted | 0o700 == *mode => Stands::Between(now),
            _ => Stands::Other,
        },
        _ => Stands::Other,
    })
}
