//! Doing what a plan says: written down first, then done in steps that can be taken back.
//!
//! The order is always the same. What was there and what is to be there is copied into the state of the root and is on
//! the disk before anything changes. New files are written beside their places; each place is compared with what the
//! plan was made for; each change is one rename; removals come last. Where a step fails, those before it are taken back.
//! Where the run is cut off, the next one finds what was written down, and [`recover`] finishes it or [`undo`] takes it
//! back.

mod execute;
mod recover;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use recover::{Recovered, recover, undo};

use crate::plan::{Item, Plan};
use crate::root::{Root, RootError};
use crate::state::{
    About, After, Changed, Entry, Guard, Journal, Manifest, Meta, Owned, State, StateError, What,
};
use crate::tree::Node;
use crate::vocab::RelPath;
use execute::{Failed, Job};

/// How a plan is done.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether each step waits for the disk, so that a power cut loses nothing.
    pub sync: bool,
    /// How many generations are kept.
    pub keep: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { sync: true, keep: 50 }
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The generation that it is.
    pub generation: u64,
    /// How many paths changed.
    pub changes: usize,
}

/// Why a plan was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// Somebody has to choose first. Nothing was changed.
    #[error("{} not decided", match .0.as_slice() { [one] => format!("a conflict at `{one}` is"), more => format!("{} conflicts are", more.len()) })]
    Conflicts(Vec<RelPath>),
    /// A run was cut off and has to be finished or taken back first. Nothing was changed.
    #[error("an earlier run was cut off and is not finished")]
    Interrupted,
    /// The state of the root cannot be used. Nothing was changed.
    #[error("{0}")]
    State(#[from] StateError),
    /// A step failed. What was done before it was taken back.
    #[error("{0}")]
    Root(#[from] RootError),
    /// A step failed, and not all of what was done before could be taken back. It is written down: the next run finishes
    /// it, or takes it back.
    #[error(
        "{error}; what was done before could not be taken back: {undo}; `apply` finishes it, `rollback` takes it back"
    )]
    Half {
        /// Why the step failed.
        error: RootError,
        /// Why it could not be taken back.
        undo: StateError,
    },
    /// All was done, and could not be written down: the next run does.
    #[error("all was written, but not that it was: {0}; the next run writes it down")]
    Unrecorded(StateError),
    /// All was done and written down; old generations could not be removed. The next run does.
    #[error("all was written, but an old generation could not be removed: {0}")]
    Kept(StateError),
}

impl Plan {
    /// Does what the plan says; `None` where there is nothing to do: nothing is written then. The guard is that of the
    /// root for which the plan was made.
    ///
    /// # Errors
    /// When there is a conflict left, when something else is there than was planned for, or the system refuses.
    pub fn apply(
        &self,
        root: &Root,
        guard: &mut Guard,
        about: &About,
        options: &Options,
    ) -> Result<Option<Applied>, ApplyError> {
        let conflicts: Vec<RelPath> = self.conflicts().map(|(path, _)| path.clone()).collect();
        if !conflicts.is_empty() {
            return Err(ApplyError::Conflicts(conflicts));
        }
        if self.is_empty() {
            return Ok(None);
        }
        let state = State::create(root, guard, options.sync)?;
        if state.pending()?.is_some() {
            return Err(ApplyError::Interrupted);
        }
        let number = state.generations()?.last().copied().unwrap_or_default().saturating_add(1);
        let jobs: Vec<Job> = self.items.iter().enumerate().map(|(at, item)| job(at, item)).collect();
        let touched: BTreeSet<&RelPath> =
            self.items.iter().flat_map(|item| [&item.change.path, item.place()]).collect();
        let held = |path: &&RelPath| self.record.contains_key(*path) || touched.contains(*path);
        let manifest = Manifest {
            generation: number,
            about: about.clone(),
            changes: jobs.iter().map(changed).collect(),
            secret: self.secret.iter().filter(held).cloned().collect(),
            owned: self.record.iter().map(|(path, (how, _))| (path.clone(), *how)).collect(),
        };
        let applied = self.applied(&state)?;
        let entries = jobs.iter().map(|job| Entry {
            path: &job.path,
            before: job.before.as_ref(),
            after: job.after.as_ref(),
            like: job.like.as_ref(),
        });
        let journal = Journal { manifest: &manifest, entries: entries.collect(), applied };
        state.begin(root, &journal, options.sync)?;
        match execute::all(root, &state.folder, &jobs, number, options.sync) {
            Ok(steps) => steps.keep().map_err(|e| ApplyError::Unrecorded(e.into()))?,
            Err(Failed { error, undo }) => {
                let undone = undo.map_or_else(|| state.forget(), |e| Err(e.into()));
                return Err(match undone {
                    Ok(()) => ApplyError::Root(error),
                    Err(undo) => ApplyError::Half { error, undo },
                });
            }
        }
        state.finish(&manifest, options.sync).map_err(ApplyError::Unrecorded)?;
        state.prune(options.keep).map_err(ApplyError::Kept)?;
        Ok(Some(Applied { generation: number, changes: jobs.len() }))
    }

    /// What changes in what is written down as ours.
    fn applied(&self, state: &State) -> Result<BTreeMap<&RelPath, Option<&Node>>, StateError> {
        let mut applied = BTreeMap::new();
        for (path, (how, node)) in &self.record {
            match (how, node) {
                (Owned::Whole | Owned::Entries, Some(node)) => {
                    let is_known = self.last.as_ref().is_some_and(|last| last.owned.contains_key(path));
                    if !is_known || state.applied(path)?.as_ref() != Some(node) {
                        applied.insert(path, Some(node));
                    }
                }
                (Owned::Whole | Owned::Entries, None) => {}
                (Owned::Once | Owned::Folder, _) => {}
            }
        }
        let last = self.last.iter().flat_map(|last| &last.owned);
        let has_copy = |how: &Owned| matches!(how, Owned::Whole | Owned::Entries);
        for (path, _) in last.filter(|(path, how)| {
            has_copy(how) && !self.record.get(*path).is_some_and(|(how, _)| has_copy(how))
        }) {
            applied.insert(path, None);
        }
        Ok(applied)
    }
}

fn job(at: usize, item: &Item) -> Job {
    let after = item.change.after.clone().map(|node| {
        let owner = item.owner.or(match (&item.before, &node) {
            (Some(found), Node::File { .. } | Node::Dir { .. }) => Some(found.owner),
            _ => None,
        });
        After { node, owner, modified: item.modified }
    });
    Job { at, path: item.place().clone(), before: item.before.clone(), after, like: item.copy.clone() }
}

fn changed(job: &Job) -> Changed {
    let after = job.after.as_ref().map(|after| {
        let what = match &after.node {
            Node::File { mode, .. } => What::File(*mode),
            Node::Dir { mode } => What::Dir(*mode),
            Node::Symlink { target } => What::Symlink(target.clone()),
        };
        let own = || (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Meta { what, owner: after.owner.unwrap_or_else(own), modified: after.modified }
    });
    Changed { path: job.path.clone(), before: job.before.as_ref().map(Meta::of), after }
}
