//! What a path is, without what it holds.

use std::fs::File;
use std::io;

use rustix::fs::{AtFlags, FileType};

use super::{Root, RootError, present};
use crate::vocab::{RelPath, escape};

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// A file of so many bytes.
    File(u64),
    /// A folder.
    Dir,
    /// A link, and its target.
    Link(String),
    /// A pipe, a socket, a device.
    Other,
}

impl Root {
    /// What is at a path; with `follow` what a link at its end leads to, inside the root. `None` when nothing is.
    ///
    /// # Errors
    /// When it cannot be looked at, or links go round in a circle.
    pub(crate) fn look(&self, path: &RelPath, follow: bool) -> Result<Option<Look>, RootError> {
        let look = || -> io::Result<Option<Look>> {
            let Some(place) = present(self.place(path, follow))? else { return Ok(None) };
            let stat = rustix::fs::statat(&place.dir, place.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW);
            let Some(stat) = present(stat.map_err(io::Error::from))? else { return Ok(None) };
            Ok(Some(match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => Look::File(u64::try_from(stat.st_size).unwrap_or_default()),
                FileType::Directory => Look::Dir,
                FileType::Symlink => {
                    let target = rustix::fs::readlinkat(&place.dir, place.name.as_slice(), Vec::new())?;
                    Look::Link(escape(target.as_bytes()))
                }
                _ => Look::Other,
            }))
        };
        look().map_err(|e| RootError::new(path.as_str(), e))
    }

    /// Opens a file to be read; links are followed, inside the root. `None` when nothing is there.
    ///
    /// # Errors
    /// When it cannot be read, or is no file.
    pub(crate) fn open_through(&self, path: &RelPath) -> Result<Option<File>, RootError> {
        let open = || -> io::Result<Option<File>> {
            let Some(place) = present(self.place(path, true))? else { return Ok(None) };
            Ok(place.open()?.map(|(file, _)| file))
        };
        open().map_err(|e| RootError::new(path.as_str(), e))
    }
}
