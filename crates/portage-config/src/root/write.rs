//! Writing a tree into a folder.

use std::collections::BTreeSet;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Root, RootError, write_all};
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

/// Why a tree was not written. Nothing of it was.
#[derive(Debug)]
#[non_exhaustive]
pub enum TreeError {
    /// The tree holds something below a file or a link: these paths.
    Clash(Vec<RelPath>),
    /// The folder holds something that the tree does not: these paths.
    InTheWay {
        /// The folder.
        dir: PathBuf,
        /// What is there, from the folder, spelled as [`RelPath`] does.
        paths: Vec<String>,
        /// Whether writing all the same would help.
        force: bool,
    },
    /// Links make one file of several paths, which are to differ: these paths.
    SamePlace(Vec<String>),
    /// The system refuses.
    Io(RootError),
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, paths: &mut dyn Iterator<Item = &str>| {
            for (i, path) in paths.enumerate() {
                match i {
                    0 => write!(f, "`{path}`")?,
                    1..8 => write!(f, ", `{path}`")?,
                    8 => f.write_str(", …")?,
                    _ => {}
                }
            }
            Ok(())
        };
        match self {
            Self::Clash(paths) => {
                list(f, &mut paths.iter().map(RelPath::as_str))?;
                f.write_str(" cannot be written: a file or a link of the tree is in the place of a folder")
            }
            Self::InTheWay { dir, paths, force } => {
                write!(f, "`{}` holds what the tree does not: ", dir.display())?;
                list(f, &mut paths.iter().map(String::as_str))?;
                if !force {
                    f.write_str("; it would have to be removed first")?;
                }
                Ok(())
            }
            Self::SamePlace(paths) => {
                list(f, &mut paths.iter().map(String::as_str))?;
                f.write_str(" are one file there, behind a link, and are to differ")
            }
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TreeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => error.source.get_ref().map(|e| e as _),
            _ => None,
        }
    }
}

impl From<RootError> for TreeError {
    fn from(error: RootError) -> Self {
        Self::Io(error)
    }
}

impl Tree {
    /// Writes the tree into a folder that is not there, empty, or holds nothing but paths and bytes of this
    /// tree. With `force` other files stay, and those at the tree's own paths are replaced; folders are never
    /// removed.
    ///
    /// All files are written under other names first, then put in their places; one that is there already as
    /// wanted is not touched, and of one whose bytes are there only the mode is changed. Modes do not depend on the
    /// umask. A link is replaced, never written through; with `force` one that stands for a folder on the way is
    /// followed, inside the folder that is written to.
    ///
    /// # Errors
    /// When something is in the way, or the folder cannot be written. What was changed by then is changed back.
    pub fn write_to(&self, dir: impl AsRef<Path>, force: bool) -> Result<(), TreeError> {
        write_all(&[(dir.as_ref(), self)], force)
    }

    /// The folders, listed or not.
    pub(super) fn folders(&self) -> BTreeSet<RelPath> {
        let listed = self.nodes.iter().filter(|(_, node)| matches!(node, Node::Dir { .. }));
        let mut all: BTreeSet<RelPath> = listed.map(|(path, _)| path.clone()).collect();
        for path in self.nodes.keys() {
            let mut folder = path.parent();
            while let Some(path) = folder {
                folder = path.parent();
                if !all.insert(path) {
                    break;
                }
            }
        }
        all
    }

    /// That nothing at the tree's own paths would have to be removed.
    pub(super) fn check_over(&self, dir: &Path) -> Result<(), TreeError> {
        let root = Root::open(dir)?;
        let mut stuck = Vec::new();
        for folder in self.folders() {
            let through = || matches!(root.read_through(&folder), Ok(Some(Node::Dir { .. })));
            match root.read(&folder)? {
                None | Some(Node::Dir { .. }) => {}
                Some(Node::Symlink { .. }) if !self.nodes.contains_key(&folder) && through() => {}
                Some(_) => stuck.push(folder.to_string()),
            }
        }
        for (path, node) in &self.nodes {
            if !matches!(node, Node::Dir { .. }) && matches!(root.read(path)?, Some(Node::Dir { .. })) {
                stuck.push(path.to_string());
            }
        }
        if stuck.is_empty() {
            return Ok(());
        }
        stuck.sort();
        Err(TreeError::InTheWay { dir: dir.to_owned(), paths: stuck, force: false })
    }

    /// That the folder holds nothing but what is in the tree.
    pub(super) fn check(&self, dir: &Path) -> Result<(), TreeError> {
        let root = Root::open(dir)?;
        let folders = self.folders();
        let mut stuck = Vec::new();
        let mut others = Vec::new();
        let mut ahead: Vec<Option<RelPath>> = vec![None];
        while let Some(folder) = ahead.pop() {
            for name in root.list(folder.as_ref())?.unwrap_or_default() {
                let name = RelPath::from_bytes(name.as_bytes());
                let path = name.and_then(|name| match &folder {
                    Some(folder) => folder.join(name.as_str()),
                    None => Ok(name),
                });
                // The system gives no other names.
                let Ok(path) = path else { continue };
                let shown = path.to_string();
                let found = match root.read(&path) {
                    Ok(Some(found)) => found,
                    Ok(None) => continue,
                    Err(_) => {
                        others.push(shown);
                        continue;
                    }
                };
                match (self.nodes.get(&path), &found) {
                    (_, Node::Dir { .. }) if folders.contains(&path) => ahead.push(Some(path)),
                    (Some(Node::File { bytes, .. }), Node::File { bytes: there, .. }) if bytes == there => {}
                    (Some(wanted @ Node::Symlink { .. }), found) if wanted == found => {}
                    (Some(_), Node::Dir { .. }) => stuck.push(shown),
                    _ if folders.contains(&path) => stuck.push(shown),
                    _ => others.push(shown),
                }
            }
        }
        stuck.sort();
        others.sort();
        match (stuck.is_empty(), others.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(TreeError::InTheWay { dir: dir.to_owned(), paths: others, force: true }),
            (false, _) => Err(TreeError::InTheWay { dir: dir.to_owned(), paths: stuck, force: false }),
        }
    }
}

#[cfg(test)]
mod tests;
