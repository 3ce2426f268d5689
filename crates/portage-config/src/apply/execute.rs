//! The steps themselves.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::root::{Found, New, Root, RootError, Step};
use crate::state::After;
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

/// A change of one place.
#[derive(Debug)]
pub(super) struct Job {
    /// Which change of the manifest it is.
    pub(super) at: usize,
    pub(super) path: RelPath,
    pub(super) before: Option<Found>,
    pub(super) after: Option<After>,
    /// A file whose attributes it gets, in the folder where copies are kept.
    pub(super) like: Option<RelPath>,
}

impl Job {
    /// Whether something that is no folder takes the place of a folder, with all that is in it.
    fn is_over_folder(&self) -> bool {
        matches!(self.before, Some(Found { node: Node::Dir { .. }, .. }))
            && self.after.as_ref().is_some_and(|after| !matches!(after.node, Node::Dir { .. }))
    }

    /// Whether a folder takes the place of something else.
    fn is_over_file(&self) -> bool {
        matches!(self.before, Some(Found { node: Node::File { .. } | Node::Symlink { .. }, .. }))
            && self.after.as_ref().is_some_and(|after| matches!(after.node, Node::Dir { .. }))
    }

    /// The mode and owner that change, where nothing else does.
    fn mark(&self) -> Option<(u32, Option<(u32, u32)>)> {
        let (before, after) = (self.before.as_ref()?, self.after.as_ref()?);
        match (&before.node, &after.node) {
            (Node::File { bytes: a, .. }, Node::File { bytes: b, mode }) if a == b => {
                Some((*mode, after.owner))
            }
            (Node::Dir { .. }, Node::Dir { mode }) => Some((*mode, after.owner)),
            _ => None,
        }
    }
}

/// What was done, in order. Dropped before it is kept, it is taken back, the last first.
#[derive(Debug, Default)]
pub(super) struct Steps<'a>(Vec<Step<'a>>);

impl Steps<'_> {
    /// Removes what was there.
    ///
    /// # Errors
    /// When some of it is left beside its place. All is kept all the same.
    pub(super) fn keep(mut self) -> Result<(), RootError> {
        self.0.drain(..).map(Step::keep).fold(Ok(()), Result::and)
    }

    fn undo(&mut self) -> Result<(), RootError> {
        let mut undone = Ok(());
        while let Some(step) = self.0.pop() {
            undone = undone.and(step.undo());
        }
        undone
    }
}

impl Drop for Steps<'_> {
    fn drop(&mut self) {
        let _ = self.undo();
    }
}

/// Why it was not done.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: RootError,
    /// Why not all that was done before could be taken back.
    pub(super) undo: Option<RootError>,
}

/// The work, as it goes on.
#[derive(Debug, Default)]
struct Work<'a> {
    done: Steps<'a>,
    ready: VecDeque<Step<'a>>,
    takes: VecDeque<Step<'a>>,
    files: VecDeque<Mark<'a>>,
    folders: VecDeque<Mark<'a>>,
}

/// Another mode and another owner.
#[derive(Debug)]
struct Mark<'a> {
    step: Step<'a>,
    mode: u32,
    owner: Option<(u32, u32)>,
}

/// The name beside a place of the n-th change of a generation. Portage reads no names that begin with a dot.
pub(super) fn temp(generation: u64, at: usize) -> String {
    format!(".portage-config-{generation}-{at}")
}

/// Does all of it, or nothing.
pub(super) fn all<'a>(
    root: &Root,
    kept: &Root,
    jobs: &'a [Job],
    generation: u64,
    sync: bool,
) -> Result<Steps<'a>, Failed> {
    let mut work = Work::default();
    match work.all(root, kept, jobs, generation, sync) {
        Ok(()) => Ok(work.done),
        Err(error) => {
            let mut undone = Ok(());
            while let Some(step) = work.ready.pop_back() {
                undone = undone.and(step.undo());
            }
            Err(Failed { error, undo: undone.and(work.done.undo()).err() })
        }
    }
}

impl<'a> Work<'a> {
    fn all(
        &mut self,
        root: &Root,
        kept: &Root,
        jobs: &'a [Job],
        generation: u64,
        sync: bool,
    ) -> Result<(), RootError> {
        // Many files are synced together.
        let one_by_one = sync && jobs.len() < 16;
        self.prepare(root, kept, jobs, generation, one_by_one)?;
        if sync && !one_by_one {
            root.flush_folders(&parents(jobs))?;
        }
        let marks = self.files.iter().chain(&self.folders).map(|mark| &mark.step);
        self.ready.iter().chain(&self.takes).chain(marks).try_for_each(Step::check)?;
        while let Some(mut step) = self.ready.pop_front() {
            let done = step.commit();
            self.done.0.push(step);
            done?;
        }
        self.mark(true)?;
        while let Some(mut step) = self.takes.pop_back() {
            let done = step.take();
            self.done.0.push(step);
            done?;
        }
        // A folder may lose the right to enter it: folders after all that is in them, the inner ones first.
        self.mark(false)?;
        if one_by_one {
            for folder in parents(jobs) {
                root.sync_folder(folder.as_ref())?;
            }
        } else if sync {
            root.flush_folders(&parents(jobs))?;
        }
        Ok(())
    }

    fn mark(&mut self, files: bool) -> Result<(), RootError> {
        let marks = if files { &mut self.files } else { &mut self.folders };
        while let Some(Mark { mut step, mode, owner }) = marks.pop_back() {
            let done = step.mark(mode, owner);
            self.done.0.push(step);
            done?;
        }
        Ok(())
    }

    /// Makes all ready beside its place. Folders that are new are made at once.
    fn prepare(
        &mut self,
        root: &Root,
        kept: &Root,
        jobs: &'a [Job],
        generation: u64,
        sync: bool,
    ) -> Result<(), RootError> {
        // All that lies in a folder needs it open until it is kept: once for all of it.
        let root = &root.near()?;
        let mut order: Vec<&Job> = jobs.iter().collect();
        order.sort_by(|a, b| a.path.cmp(&b.path));
        let over: BTreeSet<&RelPath> =
            jobs.iter().filter(|job| job.is_over_folder()).map(|job| &job.path).collect();
        let swallowed = |path: &RelPath| path.ancestors().iter().any(|above| over.contains(above));
        // Folders that take the place of files, and how to get into them before they are there.
        let mut inner: BTreeMap<&RelPath, Root> = BTreeMap::new();
        for job in order {
            if swallowed(&job.path) && job.after.is_none() {
                continue;
            }
            let name = temp(generation, job.at);
            if let (Some((mode, owner)), Some(before)) = (job.mark(), &job.before) {
                let is_folder = matches!(before.node, Node::Dir { .. });
                let step = root.idle(&job.path, before.clone(), name)?;
                let marks = if is_folder { &mut self.folders } else { &mut self.files };
                marks.push_back(Mark { step, mode, owner });
                continue;
            }
            let Some(after) = &job.after else {
                if let Some(before) = &job.before {
                    self.takes.push_back(root.idle(&job.path, before.clone(), name)?);
                }
                continue;
            };
            let like = match (&job.like, &job.before) {
                (Some(like), _) => kept.open_file(like)?,
                (None, Some(Found { node: Node::File { .. }, .. })) => root.open_file(&job.path)?,
                _ => None,
            };
            let (owner, modified) = (after.owner, after.modified);
            let new = New { node: &after.node, owner, modified, like: like.as_ref(), sync };
            let inside = job.path.ancestors().iter().rev().find_map(|above| {
                let rest = job.path.below(above.as_str())?;
                Some((inner.get(above)?, RelPath::parse(rest).ok()?))
            });
            if let Some((folder, rest)) = inside {
                folder.put(&rest, &new, true)?;
                continue;
            }
            match (&job.before, &after.node) {
                (None, Node::Dir { mode }) if mode & 0o700 == 0o700 => {
                    self.done.0.push(root.new_folder(&job.path, &new, name)?);
                }
                (None, Node::Dir { mode }) => {
                    // Whoever makes it has to get into it first.
                    let open = Node::Dir { mode: mode | 0o700 };
                    let new = New { node: &open, ..new };
                    self.done.0.push(root.new_folder(&job.path, &new, name.clone())?);
                    if let Some(found) = root.find(&job.path)? {
                        let step = root.idle(&job.path, found, name)?;
                        self.folders.push_back(Mark { step, mode: *mode, owner: None });
                    }
                }
                (before, _) => {
                    let mut step = root.ready(&job.path, &new, &after.node, before.clone(), name)?;
                    if job.is_over_file() {
                        step = step.filled(tree(&job.path, jobs, |job| Some(&job.after.as_ref()?.node)));
                        inner.insert(&job.path, step.inner()?);
                    } else if job.is_over_folder() {
                        step = step.holding(tree(&job.path, jobs, |job| Some(&job.before.as_ref()?.node)));
                    }
                    self.ready.push_back(step);
                }
            }
        }
        Ok(())
    }
}

/// What a folder holds on one side, from the folder.
fn tree(path: &RelPath, jobs: &[Job], side: impl Fn(&Job) -> Option<&Node>) -> Tree {
    let mut tree = Tree::new();
    for job in jobs {
        let rest = job.path.below(path.as_str()).filter(|rest| !rest.is_empty());
        if let (Some(rest), Some(node)) = (rest.and_then(|rest| RelPath::parse(rest).ok()), side(job)) {
            tree.insert(rest, node.clone());
        }
    }
    tree
}

/// The folders in which names change; `None`: the root.
fn parents(jobs: &[Job]) -> BTreeSet<Option<RelPath>> {
    jobs.iter().map(|job| job.path.parent()).collect()
}
