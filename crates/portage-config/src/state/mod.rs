//! What is remembered of a root: what was written there last, and how to take it back.
//!
//! It lies in `var/lib/portage-config` of that root, as plain files:
//!
//! | | |
//! |---|---|
//! | `applied/` | what is ours, as it was written last, by path. Of a file that is shared, our entries |
//! | `generations/N/manifest.toml` | what the N-th run did, with modes, owners, times; what was ours after it |
//! | `generations/N/before/`, `after/` | the files that it replaced or removed, and what it wrote |
//! | `generations/N/base/` | what it had in `applied/` for these paths |
//! | `pending/` | the same of a run that is going on, or was cut off |
//! | `lock/` | an empty folder that a run holds with flock(2) |
//!
//! A file keeps its mode and its owner in there, so nobody reads a copy who may not read the file.

mod journal;
mod manifest;
#[cfg(test)]
mod tests;

pub(crate) use journal::{After, Entry, Journal};
pub use manifest::{About, Changed, Manifest, Meta, Owned, What};

use crate::root::{Lock, Root, RootError};
use crate::tree::Node;
use crate::vocab::RelPath;

/// Where the state of a root lies in it.
pub const FOLDER: &str = "var/lib/portage-config";

/// What is wrong with the state of a root.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It cannot be read or written.
    #[error("{0}")]
    Io(#[from] RootError),
    /// A file of it is not what was written there.
    #[error("`{path}` cannot be understood: {message}")]
    Corrupt {
        /// The path, from the root.
        path: String,
        /// What is wrong with it.
        message: String,
    },
}

/// A side of a change, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// What was there.
    Before,
    /// What is there since.
    After,
    /// What had been written there before that, by us.
    Base,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Base => "base",
        }
    }
}

/// The state of a root that has one.
#[derive(Debug)]
pub struct State {
    pub(crate) folder: Root,
}

pub(crate) fn rel(path: &str) -> Result<RelPath, RootError> {
    RelPath::parse(path).map_err(|e| RootError::new(path, std::io::Error::other(e.to_string())))
}

/// An error with the path as it is from the root, not from the folder of the state.
fn outer(error: RootError) -> StateError {
    let path = if error.path == "." { FOLDER.to_owned() } else { format!("{FOLDER}/{}", error.path) };
    StateError::Io(RootError::new(path, error.source))
}

impl State {
    /// Opens the state of a root; `None` where nothing was ever applied.
    ///
    /// # Errors
    /// When it may not be entered.
    pub fn open(root: &Root) -> Result<Option<Self>, StateError> {
        Ok(root.within(&rel(FOLDER)?)?.map(|folder| Self { folder }))
    }

    /// The numbers of the generations that are kept, from the oldest.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn generations(&self) -> Result<Vec<u64>, StateError> {
        let names = self.folder.list(Some(&rel("generations")?)).map_err(outer)?.unwrap_or_default();
        let mut all: Vec<u64> =
            names.iter().filter_map(|name| name.to_str()?.parse().ok()).filter(|n| *n > 0).collect();
        all.sort_unstable();
        Ok(all)
    }

    /// The manifest of a generation; `None` where there is no such generation.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn manifest(&self, generation: u64) -> Result<Option<Manifest>, StateError> {
        self.read_manifest(&format!("generations/{generation}"), Manifest::parse)
    }

    /// The manifest of the last generation.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn last(&self) -> Result<Option<Manifest>, StateError> {
        self.last_by(Manifest::parse)
    }

    /// The same without its changes: what is ours.
    pub(crate) fn last_owned(&self) -> Result<Option<Manifest>, StateError> {
        self.last_by(Manifest::parse_owned)
    }

    fn last_by(&self, parse: fn(&str) -> Result<Manifest, String>) -> Result<Option<Manifest>, StateError> {
        match self.generations()?.last() {
            Some(number) => match self.read_manifest(&format!("generations/{number}"), parse)? {
                Some(manifest) => Ok(Some(manifest)),
                None => {
                    let path = format!("{FOLDER}/generations/{number}/manifest.toml");
                    Err(StateError::Corrupt { path, message: "it is missing".to_owned() })
                }
            },
            None => Ok(None),
        }
    }

    /// The manifest of a run that was cut off, or goes on.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn pending(&self) -> Result<Option<Manifest>, StateError> {
        let missing = || StateError::Corrupt {
            path: format!("{FOLDER}/pending/manifest.toml"),
            message: "it is missing".to_owned(),
        };
        let read = match self.read_manifest("pending", Manifest::parse) {
            Ok(None) if self.folder.find(&rel("pending")?).map_err(outer)?.is_some() => Err(missing()),
            other => other,
        };
        read.map_err(|error| match error {
            StateError::Corrupt { path, message } => {
                let message = format!(
                    "{message}. It says what a run did that was cut off; nothing is changed without it. Put right by \
                     hand what is half done, from `before` and `after` beside it, and remove `{FOLDER}/pending`"
                );
                StateError::Corrupt { path, message }
            }
            other => other,
        })
    }

    fn read_manifest(
        &self,
        folder: &str,
        parse: fn(&str) -> Result<Manifest, String>,
    ) -> Result<Option<Manifest>, StateError> {
        let path = rel(&format!("{folder}/manifest.toml"))?;
        let corrupt = |message: String| StateError::Corrupt { path: format!("{FOLDER}/{path}"), message };
        match self.folder.read(&path).map_err(outer)? {
            None => Ok(None),
            Some(Node::File { bytes, .. }) => {
                let text = String::from_utf8(bytes.0).map_err(|e| corrupt(e.to_string()))?;
                parse(&text).map(Some).map_err(corrupt)
            }
            Some(_) => Err(corrupt("it is no file".to_owned())),
        }
    }

    /// What was written last at a path.
    pub(crate) fn applied(&self, path: &RelPath) -> Result<Option<Node>, StateError> {
        self.folder.read(&rel(&format!("applied/{path}"))?).map_err(outer)
    }

    /// A side of a change of a generation, or of the run that is going on (`pending`).
    pub(crate) fn side(
        &self,
        generation: Option<u64>,
        side: Side,
        path: &RelPath,
        meta: &Meta,
    ) -> Result<Node, StateError> {
        let bytes = match &meta.what {
            What::Dir(mode) => return Ok(Node::Dir { mode: *mode }),
            What::Symlink(target) => return Ok(Node::Symlink { target: target.clone() }),
            What::File(_) => self.base(generation, side, path)?,
        };
        match (bytes, &meta.what) {
            (Some(Node::File { bytes, .. }), What::File(mode)) => Ok(Node::File { bytes, mode: *mode }),
            _ => {
                let path = format!("{FOLDER}/{}", copy(generation, side, path));
                Err(StateError::Corrupt { path, message: "it is missing".to_owned() })
            }
        }
    }

    /// What lies in a folder of a generation at a path.
    pub(crate) fn base(
        &self,
        generation: Option<u64>,
        side: Side,
        path: &RelPath,
    ) -> Result<Option<Node>, StateError> {
        self.folder.read(&rel(&copy(generation, side, path))?).map_err(outer)
    }
}

/// Where a copy lies in the folder of the state.
fn copy(generation: Option<u64>, side: Side, path: &RelPath) -> String {
    let side = side.name();
    match generation {
        Some(number) => format!("generations/{number}/{side}/{path}"),
        None => format!("pending/{side}/{path}"),
    }
}

/// Keeps other runs away from a root for as long as it lives.
///
/// The folder `lock` of the state is held, or the root itself as long as there is no state: nothing has to be written
/// for it.
#[derive(Debug)]
pub struct Guard {
    root: Option<Lock>,
    state: Option<Lock>,
}

impl Guard {
    /// Takes a root. `wait`: until another run has ended.
    ///
    /// # Errors
    /// When the root cannot be read; `WouldBlock` when another run has it.
    pub fn take(root: &Root, wait: bool) -> Result<Self, StateError> {
        let path = rel(&format!("{FOLDER}/lock"))?;
        loop {
            if root.identity(&path).is_some() {
                return Ok(Self { root: None, state: Some(root.lock(Some(&path), wait)?) });
            }
            let lock = root.lock(None, wait)?;
            // Another run may have made it while this one waited.
            if root.identity(&path).is_none() {
                return Ok(Self { root: Some(lock), state: None });
            }
        }
    }

    /// Holds the folder of the state as well, now that it is there.
    pub(crate) fn hold(&mut self, root: &Root) -> Result<(), StateError> {
        if self.state.is_none() {
            // A run that came between the folder and this does nothing as long as it holds the folder alone.
            self.state = Some(root.lock(Some(&rel(&format!("{FOLDER}/lock"))?), true)?);
            self.root = None;
        }
        Ok(())
    }
}
