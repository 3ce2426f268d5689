//! Writing down what a run is about to do, and that it did.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use super::{FOLDER, Guard, Manifest, State, StateError, outer, rel};
use crate::root::{Found, New, Root, RootError};
use crate::tree::Node;
use crate::vocab::RelPath;

/// A change as it is written down: its sides with their contents.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) path: &'a RelPath,
    pub(crate) before: Option<&'a Found>,
    pub(crate) after: Option<&'a After>,
    /// The file whose attributes it gets, if not those of what was there.
    pub(crate) like: Option<&'a RelPath>,
}

/// What a change puts in a place.
#[derive(Clone, Debug)]
pub(crate) struct After {
    pub(crate) node: Node,
    pub(crate) owner: Option<(u32, u32)>,
    pub(crate) modified: Option<(i64, u32)>,
}

/// What is written down before anything is done.
#[derive(Debug)]
pub(crate) struct Journal<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) entries: Vec<Entry<'a>>,
    /// What is in `applied/` afterwards, where that changes; `None`: nothing.
    pub(crate) applied: BTreeMap<&'a RelPath, Option<&'a Node>>,
}

/// Writes below a folder, making the folders on the way.
struct Copies<'a> {
    root: &'a Root,
    made: BTreeSet<RelPath>,
    sync: bool,
}

impl Copies<'_> {
    fn folders(&mut self, path: &RelPath) -> Result<(), RootError> {
        let Some(parent) = path.parent() else { return Ok(()) };
        if !self.made.contains(&parent) {
            self.root.make_dirs(&parent, &mut Vec::new())?;
            self.made.extend(parent.ancestors());
            self.made.insert(parent);
        }
        Ok(())
    }

    fn put(&mut self, path: &str, after: &After, like: Option<&File>) -> Result<(), RootError> {
        let path = rel(path)?;
        self.folders(&path)?;
        let (owner, modified) = (after.owner, after.modified);
        match &after.node {
            Node::Dir { .. } => self.root.make_dirs(&path, &mut Vec::new()),
            node => self.root.put(&path, &New { node, owner, modified, like, sync: self.sync }, false),
        }
    }
}

impl State {
    /// The state of a root, made where there is none. With `sync` it survives a power cut.
    pub(crate) fn create(root: &Root, guard: &mut Guard, sync: bool) -> Result<Self, StateError> {
        let folder = rel(FOLDER)?;
        let mut made = Vec::new();
        root.make_dirs(&folder, &mut made)?;
        for folder in made.iter().filter(|_| sync) {
            root.sync_folder(folder.parent().as_ref())?;
        }
        let lock = rel(&format!("{FOLDER}/lock"))?;
        root.make_dirs(&lock, &mut Vec::new())?;
        // Who may read it may hold it.
        if matches!(root.read_through(&lock)?, Some(Node::Dir { mode }) if mode != 0o700) {
            root.set_mode(&lock, 0o700)?;
        }
        guard.hold(root)?;
        match Self::open(root)? {
            Some(state) => Ok(state),
            None => Err(StateError::Io(RootError::new(FOLDER, std::io::ErrorKind::NotFound))),
        }
    }

    /// Whether a run was cut off before it changed anything, or after all was done.
    pub(crate) fn is_untidy(&self) -> Result<bool, StateError> {
        Ok(self.folder.find(&rel("pending.new")?).map_err(outer)?.is_some())
    }

    /// Removes what such a run left.
    pub(crate) fn tidy(&self) -> Result<(), StateError> {
        self.folder.remove_all(&rel("pending.new")?).map_err(outer)
    }

    /// Writes down what is about to be done: from here on it can be finished, and taken back.
    pub(crate) fn begin(&self, root: &Root, journal: &Journal<'_>, sync: bool) -> Result<(), StateError> {
        self.tidy()?;
        let written = self.write(root, journal, sync);
        if written.is_err() {
            let _ = self.tidy();
        }
        written
    }

    fn write(&self, root: &Root, journal: &Journal<'_>, sync: bool) -> Result<(), StateError> {
        let private = |node: &Node| matches!(node, Node::File { mode, .. } if mode & 0o004 == 0);
        let before = journal.entries.iter().filter_map(|e| e.before).map(|found| &found.node);
        let after = journal.entries.iter().filter_map(|e| e.after).map(|after| &after.node);
        let is_private = before.chain(after).chain(journal.applied.values().flatten().copied()).any(private);
        self.folder.make_dirs(&rel("pending.new")?, &mut Vec::new()).map_err(outer)?;
        if is_private || !journal.manifest.secret.is_empty() {
            self.folder.set_mode(&rel("pending.new")?, 0o700).map_err(outer)?;
        }
        // Many files are synced together.
        let one_by_one = sync && journal.entries.len() < 16;
        let near = self.folder.near().map_err(outer)?;
        let root = &root.near()?;
        let mut copies = Copies { root: &near, made: BTreeSet::new(), sync: one_by_one };
        for entry in &journal.entries {
            let (path, before, after) = (entry.path, entry.before, entry.after);
            let like = match before {
                Some(Found { node: Node::File { .. }, .. }) => root.open_file(path)?,
                _ => None,
            };
            if let Some(found) = before {
                let (node, owner, modified) = (found.node.clone(), Some(found.owner), Some(found.modified));
                let found = &After { node, owner, modified };
                copies.put(&format!("pending.new/before/{path}"), found, like.as_ref()).map_err(outer)?;
            }
            if let Some(found) = after {
                let kept = match entry.like {
                    Some(copy) => near.open_file(copy).map_err(outer)?,
                    None => None,
                };
                let like = kept.as_ref().or(like.as_ref());
                copies.put(&format!("pending.new/after/{path}"), found, like).map_err(outer)?;
            }
        }
        let written: BTreeMap<&RelPath, &Node> =
            journal.entries.iter().filter_map(|e| Some((e.path, &e.after?.node))).collect();
        let has_applied = self.folder.identity(&rel("applied")?).is_some();
        for (path, node) in &journal.applied {
            let was = rel(&format!("applied/{path}"))?;
            if has_applied
                && (self.folder.identity(&was).is_some() || near.read(&was).map_err(outer)?.is_some())
            {
                let to = rel(&format!("pending.new/base/{path}"))?;
                copies.folders(&to).map_err(outer)?;
                twice(&near, &was, &to, one_by_one).map_err(outer)?;
            }
            if let Some(node) = node {
                let to = rel(&format!("pending.new/applied/{path}"))?;
                copies.folders(&to).map_err(outer)?;
                // Most often it is what is written.
                if written.get(path) == Some(node) {
                    let from = rel(&format!("pending.new/after/{path}"))?;
                    twice(&near, &from, &to, one_by_one).map_err(outer)?;
                    continue;
                }
                let new = New { node, owner: None, modified: None, like: None, sync: one_by_one };
                copies.root.put(&to, &new, false).map_err(outer)?;
            }
        }
        let text = journal.manifest.to_text().map_err(|message| StateError::Corrupt {
            path: format!("{FOLDER}/pending.new/manifest.toml"),
            message,
        })?;
        let node = Node::File { bytes: crate::config::Bytes(text.into_bytes()), mode: 0o644 };
        let new = New { node: &node, owner: None, modified: None, like: None, sync };
        copies.root.put(&rel("pending.new/manifest.toml")?, &new, false).map_err(outer)?;
        let folders: Vec<RelPath> = copies.made.into_iter().collect();
        if sync && one_by_one {
            for folder in folders.iter().rev() {
                self.folder.sync_folder(Some(folder)).map_err(outer)?;
            }
            self.folder.sync_folder(Some(&rel("pending.new")?)).map_err(outer)?;
        } else if sync {
            self.folder.flush().map_err(outer)?;
        }
        self.folder.rename(&rel("pending.new")?, &rel("pending")?).map_err(outer)?;
        if sync {
            self.folder.sync_folder(None).map_err(outer)?;
        }
        Ok(())
    }

    /// Says that what was written down is done: it becomes a generation. What a run did that was cut off here is done
    /// by the next.
    pub(crate) fn finish(&self, manifest: &Manifest, sync: bool) -> Result<(), StateError> {
        let touched = self.settle(manifest).map_err(outer)?;
        if sync && touched.len() < 16 {
            for folder in &touched {
                self.folder.sync_folder(Some(folder)).map_err(outer)?;
            }
            self.folder.sync_folder(None).map_err(outer)?;
        } else if sync {
            self.folder.flush().map_err(outer)?;
        }
        let generations = rel("generations")?;
        self.folder.make_dirs(&generations, &mut Vec::new()).map_err(outer)?;
        let mut to = rel(&format!("generations/{}", manifest.generation))?;
        // The generations were out of sight when the run began, and are there again.
        if self.folder.find(&to).map_err(outer)?.is_some() {
            let last = self.generations()?.last().copied().unwrap_or_default();
            to = rel(&format!("generations/{}", last.saturating_add(1)))?;
        }
        self.folder.rename(&rel("pending")?, &to).map_err(outer)?;
        if sync {
            self.folder.sync_folder(Some(&generations)).map_err(outer)?;
            self.folder.sync_folder(None).map_err(outer)?;
        }
        Ok(())
    }

    /// Puts what is ours now into `applied/`, and takes out what is not. The folders in which names changed.
    pub(super) fn settle(&self, manifest: &Manifest) -> Result<BTreeSet<RelPath>, RootError> {
        for folder in [rel("pending/applied")?, rel("applied")?] {
            let is_open = matches!(self.folder.read(&folder)?, Some(Node::Dir { mode }) if mode != 0o700);
            if is_open && !manifest.secret.is_empty() {
                self.folder.set_mode(&folder, 0o700)?;
            }
        }
        let mut touched = self.move_applied("pending/applied")?;
        self.folder.remove_all(&rel("pending/applied")?)?;
        let old = self.last_owned().ok().flatten().map(|last| last.owned).unwrap_or_default();
        for path in old.keys().filter(|path| !manifest.owned.contains_key(*path)) {
            self.take_out(path)?;
            touched.extend(rel(&format!("applied/{path}"))?.ancestors());
        }
        Ok(touched)
    }

    /// Takes back what [`State::settle`] did, as far as it came.
    pub(crate) fn unsettle(&self, manifest: &Manifest) -> Result<(), StateError> {
        let old = self.last_owned()?.map(|last| last.owned).unwrap_or_default();
        for path in manifest.owned.keys().filter(|path| !old.contains_key(*path)) {
            self.take_out(path).map_err(outer)?;
        }
        self.move_applied("pending/base").map_err(outer).map(drop)
    }

    /// Puts the files of a folder of the run that is going on into `applied/`. The folders of those files.
    fn move_applied(&self, folder: &str) -> Result<BTreeSet<RelPath>, RootError> {
        let (pending, applied) = (rel(folder)?, rel("applied")?);
        let mut names = Vec::new();
        if self.folder.read(&applied)?.is_none() && self.folder.read(&pending)?.is_some() {
            self.folder.rename(&pending, &applied)?;
        } else if self.folder.list(Some(&pending))?.is_some() {
            let tree = crate::tree::Tree::scan(&self.folder, &[pending], &mut crate::report::Report::new());
            names = tree.nodes.into_iter().filter(|(_, node)| !matches!(node, Node::Dir { .. })).collect();
        }
        let mut made = BTreeSet::new();
        for (from, _) in &names {
            let Some(path) = from.below(folder) else { continue };
            let to = rel(&format!("applied/{path}"))?;
            if let Some(folder) = to.parent().filter(|folder| made.insert(folder.clone())) {
                self.clear(&folder)?;
                self.folder.make_dirs(&folder, &mut Vec::new())?;
            }
            if let Some(Node::Dir { .. }) = self.folder.read(&to)? {
                self.folder.remove_all(&to)?;
            }
            self.folder.rename(from, &to)?;
        }
        let above: Vec<RelPath> = made.iter().flat_map(RelPath::ancestors).collect();
        made.extend(above);
        Ok(made)
    }

    /// Takes a path out of `applied/`, and the folders that are empty then.
    fn take_out(&self, path: &RelPath) -> Result<(), RootError> {
        let path = rel(&format!("applied/{path}"))?;
        match self.folder.read(&path)? {
            None | Some(Node::Dir { .. }) => {}
            Some(_) => drop(self.folder.remove(&path)?),
        }
        for folder in path.ancestors().iter().rev().filter(|folder| folder.as_str() != "applied") {
            let is_folder = matches!(self.folder.read(folder)?, Some(Node::Dir { .. }));
            if !is_folder || self.folder.remove(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Removes files that are where a folder has to be.
    fn clear(&self, folder: &RelPath) -> Result<(), RootError> {
        for above in folder.ancestors().iter().chain([folder]) {
            match self.folder.read(above)? {
                None | Some(Node::Dir { .. }) => {}
                Some(_) => drop(self.folder.remove(above)?),
            }
        }
        Ok(())
    }

    /// Forgets what was written down: nothing of it was done, or all of it was taken back.
    pub(crate) fn forget(&self) -> Result<(), StateError> {
        let (pending, new) = (rel("pending")?, rel("pending.new")?);
        self.tidy()?;
        self.folder.rename(&pending, &new).map_err(outer)?;
        // It is forgotten; what is left of it is removed by the next run.
        let _ = self.tidy();
        Ok(())
    }

    /// Removes the oldest generations but `keep`; the last one stays.
    pub(crate) fn prune(&self, keep: usize) -> Result<(), StateError> {
        let all = self.generations()?;
        let count = all.len().saturating_sub(keep.max(1));
        for number in all.into_iter().take(count) {
            let (from, to) = (rel(&format!("generations/{number}"))?, rel("pending.new")?);
            // Half of a generation is never seen.
            self.tidy()?;
            self.folder.rename(&from, &to).map_err(outer)?;
            self.tidy()?;
        }
        Ok(())
    }
}

/// Gives a file a second name, or makes a copy where files have one name only.
fn twice(folder: &Root, from: &RelPath, to: &RelPath, sync: bool) -> Result<(), RootError> {
    if folder.link(from, to).is_ok() {
        return Ok(());
    }
    match folder.find(from)? {
        Some(found) if !matches!(found.node, Node::Dir { .. }) => {
            let (owner, modified) = (Some(found.owner), Some(found.modified));
            let like = folder.open_file(from).ok().flatten();
            let new = New { node: &found.node, owner, modified, like: like.as_ref(), sync };
            folder.put(to, &new, false)
        }
        _ => Ok(()),
    }
}
