//! Filling folders with trees: all is made ready first, then put in its place.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Root, RootError, Staged, TreeError};
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

/// Writes each tree into its folder, as [`Tree::write_to`] does, and none of them when one of them cannot be
/// written. The folders may lie inside each other.
///
/// # Errors
/// As [`Tree::write_to`].
///
/// ```
/// use portage_config::{config::Bytes, root, tree::{Node, Tree}, vocab::RelPath};
/// let dir = tempfile::tempdir()?;
/// let mut tree = Tree::new();
/// let file = Node::File { bytes: Bytes(b"USE=\"nbd\"\n".to_vec()), mode: 0o644 };
/// tree.insert(RelPath::parse("etc/portage/make.conf")?, file);
/// let (host, cross) = (dir.path().join("host"), dir.path().join("host/usr/i486-pc-linux-gnu"));
/// root::write_all(&[(&host, &tree), (&cross, &tree)], false)?;
/// assert!(cross.join("etc/portage/make.conf").exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_all<P: AsRef<Path>>(parts: &[(P, &Tree)], force: bool) -> Result<(), TreeError> {
    for (dir, tree) in parts {
        let dir = dir.as_ref();
        let clashes = tree.clashes();
        if !clashes.is_empty() {
            return Err(TreeError::Clash(clashes.into_iter().map(|c| c.below).collect()));
        }
        if fs::symlink_metadata(dir).is_err() {
            continue;
        }
        if force {
            tree.check_over(dir)?;
        } else {
            tree.check(dir)?;
        }
    }
    let mut ready = Vec::new();
    let put = put(parts, &mut ready);
    if put.is_err() {
        // The last one first: it may lie inside an earlier one.
        while ready.pop().is_some() {}
        return put;
    }
    ready.into_iter().try_for_each(Ready::finish)
}

fn put<'a, P: AsRef<Path>>(parts: &'a [(P, &Tree)], ready: &mut Vec<Ready<'a>>) -> Result<(), TreeError> {
    let mut seen = HashMap::new();
    for (dir, tree) in parts {
        let mut one = Ready::open(dir.as_ref())?;
        let staged = one.stage(tree, &mut seen);
        ready.push(one);
        staged?;
    }
    ready.iter_mut().try_for_each(Ready::put)
}

/// Folders that were made. Dropped, those that are empty are gone.
struct New(Vec<PathBuf>);

impl New {
    /// Makes a folder and those above it.
    fn make(dir: &Path) -> Result<Self, TreeError> {
        let missing: Vec<&Path> = dir
            .ancestors()
            .take_while(|p| !p.as_os_str().is_empty() && fs::symlink_metadata(p).is_err())
            .collect();
        let mut new = Self(Vec::new());
        for folder in missing.iter().rev() {
            let error = |e| TreeError::Io(RootError::new(folder.to_string_lossy(), e));
            fs::create_dir(folder).map_err(error)?;
            new.0.push(folder.to_path_buf());
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).map_err(error)?;
        }
        Ok(new)
    }
}

impl Drop for New {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Where files are, whatever their paths: what is to be there, and a path of it.
type Seen<'a> = HashMap<(u64, u64, Vec<u8>), (&'a Node, String)>;

/// A tree that is ready to be put in its place. Dropped before it is finished, it is gone, and all is as it was.
struct Ready<'a> {
    dir: &'a Path,
    root: Root,
    made: Vec<RelPath>,
    staged: Vec<Staged>,
    /// Files and folders that are there and whose mode changes: the old one and the new one.
    modes: Vec<(RelPath, u32, u32)>,
    /// Those whose mode was changed: the old one.
    changed: Vec<(RelPath, u32)>,
    /// The folder itself and those above it. The last field: it goes last.
    new: New,
}

impl<'a> Ready<'a> {
    fn open(dir: &'a Path) -> Result<Self, TreeError> {
        let new = New::make(dir)?;
        let root = Root::open(dir)?;
        Ok(Self {
            dir,
            root,
            made: Vec::new(),
            staged: Vec::new(),
            modes: Vec::new(),
            changed: Vec::new(),
            new,
        })
    }

    fn error(&self, error: RootError) -> TreeError {
        TreeError::Io(RootError::new(self.dir.join(&error.path).to_string_lossy(), error.source))
    }

    fn stage<'t>(&mut self, tree: &'t Tree, seen: &mut Seen<'t>) -> Result<(), TreeError> {
        for folder in tree.folders() {
            let made = self.root.make_dirs(&folder, &mut self.made);
            made.map_err(|e| self.error(e))?;
        }
        for (path, node) in &tree.nodes {
            let found = self.root.read(path).map_err(|e| self.error(e))?;
            if let Node::Dir { mode } = node {
                if let Some(Node::Dir { mode: old }) = found
                    && old != *mode
                {
                    self.modes.push((path.clone(), old, *mode));
                }
                continue;
            }
            let shown = self.dir.join(path.as_str()).to_string_lossy().into_owned();
            let at = self.root.whereabouts(path).map_err(|e| self.error(e))?;
            if let Some((other, name)) = seen.get(&at) {
                if *other != node {
                    return Err(TreeError::SamePlace(vec![name.clone(), shown]));
                }
                continue;
            }
            seen.insert(at, (node, shown));
            match (&found, node) {
                (Some(found), node) if found == node => {}
                (Some(Node::File { bytes: there, mode: old }), Node::File { bytes, mode })
                    if there == bytes =>
                {
                    self.modes.push((path.clone(), *old, *mode));
                }
                _ => {
                    let staged = self.root.stage(path, node).map_err(|e| self.error(e))?;
                    self.staged.push(staged);
                }
            }
        }
        Ok(())
    }

    /// Puts all in its place, in a way that can be taken back.
    fn put(&mut self) -> Result<(), TreeError> {
        for (path, old, mode) in &self.modes {
            // A folder has to stay open until all is done in it.
            self.root.set_mode(path, mode | (old & 0o700)).map_err(|e| self.error(e))?;
            self.changed.push((path.clone(), *old));
        }
        for at in 0..self.staged.len() {
            let committed = self.staged.get_mut(at).map_or(Ok(()), Staged::commit);
            committed.map_err(|e| self.error(e))?;
        }
        Ok(())
    }

    /// Keeps what was put, and sets the last modes, the innermost first: a folder may lose the right to enter it.
    fn finish(mut self) -> Result<(), TreeError> {
        self.changed.clear();
        self.made.clear();
        self.new.0.clear();
        for staged in self.staged.drain(..) {
            staged.keep();
        }
        for (path, old, mode) in self.modes.iter().rev() {
            if mode | (old & 0o700) != *mode {
                self.root.set_mode(path, *mode).map_err(|e| self.error(e))?;
            }
        }
        Ok(())
    }
}

impl Drop for Ready<'_> {
    fn drop(&mut self) {
        while self.staged.pop().is_some() {}
        for (path, old) in self.changed.drain(..).rev() {
            let _ = self.root.set_mode(&path, old);
        }
        for path in self.made.drain(..).rev() {
            let _ = self.root.remove(&path);
        }
    }
}

#[cfg(test)]
mod tests;
