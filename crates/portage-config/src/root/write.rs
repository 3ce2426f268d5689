//! Writing a tree into a folder.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Root, RootError, Staged};
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
    /// All files are written under other names first, then put in their places. Modes do not depend on the
    /// umask, no link is followed.
    ///
    /// # Errors
    /// When something is in the way, or the folder cannot be written. Nothing was changed then, unless the last
    /// step, the renaming itself, failed.
    pub fn write_to(&self, dir: impl AsRef<Path>, force: bool) -> Result<(), TreeError> {
        let dir = dir.as_ref();
        let clashes = self.clashes();
        if !clashes.is_empty() {
            return Err(TreeError::Clash(clashes.into_iter().map(|c| c.below).collect()));
        }
        let io = |path: &Path, e: io::Error| TreeError::Io(RootError::new(path.to_string_lossy(), e));
        let missing: Vec<&Path> = dir
            .ancestors()
            .take_while(|p| !p.as_os_str().is_empty() && fs::symlink_metadata(p).is_err())
            .collect();
        if missing.is_empty() {
            self.check(dir, force)?;
        }
        for folder in missing.iter().rev() {
            fs::create_dir(folder)
                .and_then(|()| fs::set_permissions(folder, fs::Permissions::from_mode(0o755)))
                .map_err(|e| io(folder, e))?;
        }
        let written = Root::open(dir).map_err(TreeError::Io).and_then(|root| self.fill(&root));
        if written.is_err() {
            for made in missing {
                // Only empty folders go.
                let _ = fs::remove_dir(made);
            }
        }
        written.map_err(|e| match e {
            TreeError::Io(e) => TreeError::Io(RootError::new(dir.join(&e.path).to_string_lossy(), e.source)),
            e => e,
        })
    }

    /// The folders, listed or not.
    fn folders(&self) -> BTreeSet<RelPath> {
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

    fn check(&self, dir: &Path, force: bool) -> Result<(), TreeError> {
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
                // What is of no use to the tree need not be readable.
                let ours = self.nodes.contains_key(&path) || folders.contains(&path);
                let found = match root.read(&path) {
                    Ok(Some(found)) => found,
                    Ok(None) => continue,
                    Err(e) if ours && force => return Err(e.into()),
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
        if !stuck.is_empty() {
            stuck.sort();
            return Err(TreeError::InTheWay { dir: dir.to_owned(), paths: stuck, force: false });
        }
        if !force && !others.is_empty() {
            others.sort();
            return Err(TreeError::InTheWay { dir: dir.to_owned(), paths: others, force: true });
        }
        Ok(())
    }

    fn fill(&self, root: &Root) -> Result<(), TreeError> {
        let mut made = Vec::new();
        let staged = self.stage(root, &mut made);
        let staged = match staged {
            Ok(staged) => staged,
            Err(error) => {
                for path in made.iter().rev() {
                    let _ = root.remove(path);
                }
                return Err(error.into());
            }
        };
        for staged in staged {
            staged.commit()?;
        }
        // The innermost first: a folder may lose the right to enter it.
        for (path, node) in self.nodes.iter().rev() {
            if let Node::Dir { mode } = node {
                root.set_mode(path, *mode)?;
            }
        }
        Ok(())
    }

    fn stage(&self, root: &Root, made: &mut Vec<RelPath>) -> Result<Vec<Staged>, RootError> {
        for folder in self.folders() {
            made.extend(root.make_dirs(&folder)?);
        }
        let files = self.nodes.iter().filter(|(_, node)| !matches!(node, Node::Dir { .. }));
        files.map(|(path, node)| root.stage(path, node)).collect()
    }
}

#[cfg(test)]
mod tests;
