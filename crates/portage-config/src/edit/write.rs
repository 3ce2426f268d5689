//! Writing what was edited: all files, or none.

use super::Edits;
use crate::diff::Change;
use crate::root::{Replacement, Root, RootError};
use crate::tree::Node;
use crate::vocab::RelPath;

impl Edits {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Writes the files that change. Each is written beside its place first, with the owner, the group, the mode and the
    /// extended attributes of the old one, and then put there; links are written through. A file that somebody else
    /// changed since it was read is left alone.
    ///
    /// # Errors
    /// When a file cannot be written, or has changed. Nothing has been written then.
    pub fn write(&self, root: &Root) -> Result<(), RootError> {
        let mut made = Vec::new();
        let written = self.put(root, &mut made);
        if written.is_err() {
            for folder in made.iter().rev() {
                let _ = root.remove(folder);
            }
        }
        written
    }

    fn put(&self, root: &Root, made: &mut Vec<RelPath>) -> Result<(), RootError> {
        let mut ready: Vec<(&Change, Replacement)> = Vec::new();
        for change in &self.files {
            if let (None, Some(folder)) = (&change.before, change.path.parent()) {
                // Those that were made before one could not be are taken away again, too.
                for folder in folder.ancestors().iter().chain([&folder]) {
                    root.make_dirs(folder, made)?;
                }
            }
            let (before, after, mode) = sides(change);
            ready.push((change, root.replace(&change.path, before, after, mode)?));
        }
        for (_, replacement) in &ready {
            replacement.check()?;
        }
        let mut done: Vec<&Change> = Vec::new();
        for (change, replacement) in ready {
            if let Err(error) = replacement.commit() {
                done.iter().rev().for_each(|change| back(root, change));
                return Err(error);
            }
            done.push(change);
        }
        Ok(())
    }
}

/// What a file holds, what it is to hold, and its mode.
fn sides(change: &Change) -> (Option<&[u8]>, &[u8], u32) {
    let before = match &change.before {
        Some(Node::File { bytes, .. }) => Some(bytes.0.as_slice()),
        _ => None,
    };
    match &change.after {
        Some(Node::File { bytes, mode }) => (before, &bytes.0, *mode),
        _ => (before, &[], 0o644),
    }
}

/// Takes a change back, as far as that is possible.
fn back(root: &Root, change: &Change) {
    let (before, after, mode) = sides(change);
    match before {
        Some(before) => {
            let _ = root.replace(&change.path, Some(after), before, mode).and_then(Replacement::commit);
        }
        None => {
            let _ = root.remove(&change.path);
        }
    }
}
