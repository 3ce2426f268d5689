//! Changes of a repository: all of them, or none.

use std::collections::{BTreeMap, BTreeSet};

use rustix::io::Errno;

use crate::root::{Root, RootError, temp};
use crate::tree::Node;
use crate::vocab::RelPath;

/// What is to be at some paths of a repository; `None` where nothing is to be.
///
/// ```
/// use portage_config::{config::Bytes, repository::Changes, root::Root, tree::Node, vocab::RelPath};
/// let dir = tempfile::tempdir()?;
/// std::fs::create_dir(dir.path().join("old"))?;
/// std::fs::write(dir.path().join("old/file"), "x")?;
/// let mut changes = Changes::default();
/// changes.file("profiles/repo_name", b"local\n".to_vec())?;
/// changes.remove("old/file")?;
/// changes.write(&Root::open(dir.path())?)?;
/// assert_eq!(std::fs::read(dir.path().join("profiles/repo_name"))?, b"local\n");
/// assert!(!dir.path().join("old").exists(), "a folder with nothing left in it goes, too");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The paths, from the folder of the repository.
    pub nodes: BTreeMap<RelPath, Option<Node>>,
}

impl Changes {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A file with mode 0o644.
    ///
    /// # Errors
    /// When the text is no path below a root.
    pub fn file(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), crate::vocab::PathError> {
        let node = Node::File { bytes: crate::config::Bytes(bytes), mode: 0o644 };
        self.nodes.insert(RelPath::parse(path)?, Some(node));
        Ok(())
    }

    /// Nothing is to be at a path.
    ///
    /// # Errors
    /// When the text is no path below a root.
    pub fn remove(&mut self, path: &str) -> Result<(), crate::vocab::PathError> {
        self.nodes.insert(RelPath::parse(path)?, None);
        Ok(())
    }

    /// Those of the changes that are not so already in a repository.
    ///
    /// # Errors
    /// When what is there cannot be read.
    pub fn against(&self, root: &Root) -> Result<Self, RootError> {
        let mut nodes = BTreeMap::new();
        for (path, node) in &self.nodes {
            if root.read(path)? != *node {
                nodes.insert(path.clone(), node.clone());
            }
        }
        Ok(Self { nodes })
    }

    /// Makes them: every file is written beside its place, then put there by a rename, and what is to go is removed last.
    /// When one fails, what was done is taken back. Links on the way are resolved inside the root; a link at the end of a
    /// path is replaced. Folders that the removals leave empty go, too.
    ///
    /// # Errors
    /// When something cannot be written or removed, or a folder is in the place of a file.
    pub fn write(&self, root: &Root) -> Result<(), RootError> {
        let mut made = Made { root, folders: Vec::new() };
        let mut staged = Vec::new();
        for (path, node) in &self.nodes {
            let Some(node) = node else { continue };
            if let Node::Dir { .. } = node {
                root.make_dirs(path, &mut made.folders)?;
                continue;
            }
            let there = root.read(path)?;
            if there.as_ref() == Some(node) {
                continue;
            }
            if let Some(Node::Dir { .. }) = there {
                return Err(RootError::new(path.as_str(), Errno::ISDIR));
            }
            if let Some(folder) = path.parent() {
                root.make_dirs(&folder, &mut made.folders)?;
            }
            staged.push(root.stage(path, node)?);
        }
        let mut taken = Vec::new();
        for path in self.gone() {
            let Some(found) = root.find(path)? else { continue };
            if let Node::Dir { .. } = found.node {
                if root.list(Some(path))?.is_some_and(|names| !names.is_empty()) {
                    return Err(RootError::new(path.as_str(), Errno::NOTEMPTY));
                }
                continue;
            }
            taken.push(root.idle(path, found, temp())?);
        }
        staged.iter_mut().try_for_each(|staged| staged.commit())?;
        taken.iter_mut().try_for_each(|step| step.take())?;
        // From here on all is in its place.
        made.folders.clear();
        staged.into_iter().for_each(|staged| staged.keep());
        taken.into_iter().try_for_each(|step| step.keep())?;
        self.prune(root);
        Ok(())
    }

    fn gone(&self) -> impl Iterator<Item = &RelPath> {
        self.nodes.iter().filter(|(_, node)| node.is_none()).map(|(path, _)| path)
    }

    /// Removes the folders that the removals left empty, the innermost first.
    fn prune(&self, root: &Root) {
        let mut folders: BTreeSet<RelPath> = self.gone().flat_map(RelPath::ancestors).collect();
        folders.extend(self.gone().cloned());
        for folder in folders.iter().rev() {
            if root.list(Some(folder)).is_ok_and(|names| names.is_some_and(|names| names.is_empty())) {
                // One that is in use stays.
                let _ = root.remove(folder);
            }
        }
    }
}

/// Folders that were made. Dropped, those that are still listed are gone.
struct Made<'a> {
    root: &'a Root,
    folders: Vec<RelPath>,
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        for folder in self.folders.iter().rev() {
            let _ = self.root.remove(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Bytes;

    fn names(dir: &std::path::Path) -> Vec<String> {
        let root = Root::open(dir).unwrap();
        let mut all = Vec::new();
        let mut ahead = vec![None];
        while let Some(folder) = ahead.pop() {
            for name in root.list(folder.as_ref()).unwrap().unwrap() {
                let name = name.to_str().unwrap().to_owned();
                let path = match &folder {
                    Some(folder) => RelPath::join(folder, &name).unwrap(),
                    None => RelPath::parse(&name).unwrap(),
                };
                if let Some(Node::Dir { .. }) = root.read(&path).unwrap() {
                    ahead.push(Some(path.clone()));
                }
                all.push(path.to_string());
            }
        }
        all.sort();
        all
    }

    #[test]
    fn what_fails_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("b/full")).unwrap();
        std::fs::write(dir.path().join("b/full/x"), "x").unwrap();
        std::fs::write(dir.path().join("b/old"), "old").unwrap();
        std::fs::write(dir.path().join("b/gone"), "gone").unwrap();
        let before = names(dir.path());
        let root = Root::open(dir.path()).unwrap();
        let mut changes = Changes::default();
        changes.file("a/new/file", b"new".to_vec()).unwrap();
        changes.file("b/old", b"new".to_vec()).unwrap();
        changes.remove("b/gone").unwrap();
        for bad in ["b/full", "b/old/below"] {
            for node in [None, Some(Node::File { bytes: Bytes(b"y".to_vec()), mode: 0o644 })] {
                let mut changes = changes.clone();
                let is_nothing = bad == "b/old/below" && node.is_none();
                changes.nodes.insert(RelPath::parse(bad).unwrap(), node);
                if is_nothing {
                    continue;
                }
                changes.write(&root).unwrap_err();
                assert_eq!(names(dir.path()), before, "{bad}");
                assert_eq!(std::fs::read(dir.path().join("b/old")).unwrap(), b"old");
            }
        }
        changes.write(&root).unwrap();
        assert_eq!(std::fs::read(dir.path().join("b/old")).unwrap(), b"new");
        assert!(!dir.path().join("b/gone").exists() && dir.path().join("a/new/file").exists());
        assert!(changes.against(&root).unwrap().is_empty());
    }

    #[test]
    fn nothing_is_written_outside() {
        let outside = tempfile::tempdir().unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), dir.path().join("link")).unwrap();
        std::fs::write(outside.path().join("file"), "theirs").unwrap();
        std::os::unix::fs::symlink(outside.path().join("file"), dir.path().join("end")).unwrap();
        let root = Root::open(dir.path()).unwrap();
        let mut changes = Changes::default();
        changes.file("link/file", b"x".to_vec()).unwrap();
        let _ = changes.write(&root);
        let mut changes = Changes::default();
        changes.file("end", b"x".to_vec()).unwrap();
        changes.write(&root).unwrap();
        assert_eq!(std::fs::read(outside.path().join("file")).unwrap(), b"theirs");
        assert_eq!(names(outside.path()), ["file"]);
    }
}
