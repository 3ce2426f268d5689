//! Replacing the content of one file, and nothing else of it.

use std::fs::File;
use std::io::{self, Write};

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;

use super::stage::{Staged, create, temp};
use super::walk::Place;
use super::{Root, RootError, attributes};
use crate::config::Bytes;
use crate::tree::Node;
use crate::vocab::RelPath;

/// A new content that is written beside the file it is for. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Replacement {
    staged: Staged,
    place: Place,
    before: Option<Vec<u8>>,
}

impl Root {
    /// Writes what a file is to hold under another name beside it. A link at the end of the path is followed, inside
    /// the root. The owner, the group, the mode and the extended attributes are those of the file; a file that is
    /// not there yet gets `mode`.
    ///
    /// `before` is what the file holds; [`Replacement::commit`] sees to it that it still does.
    ///
    /// # Errors
    /// When the folder cannot be written, the disk is full, or the new file cannot be given to the owner of the old.
    pub(crate) fn replace(
        &self,
        path: &RelPath,
        before: Option<&[u8]>,
        after: &[u8],
        mode: u32,
    ) -> Result<Replacement, RootError> {
        self.replaced(path, before, after, mode).map_err(|e| RootError::new(path.as_str(), e))
    }

    fn replaced(
        &self,
        path: &RelPath,
        before: Option<&[u8]>,
        after: &[u8],
        mode: u32,
    ) -> io::Result<Replacement> {
        let place = self.place(path, true)?;
        let name = place.name.clone();
        let old = place.open()?;
        let (temp, fd) = loop {
            let temp = temp();
            let node = Node::File { bytes: Bytes::default(), mode };
            match create(&place.dir, &temp, &node) {
                Err(Errno::EXIST) => {}
                Err(e) => return Err(e.into()),
                Ok(Some(fd)) => break (temp, fd),
                Ok(None) => return Err(Errno::INVAL.into()),
            }
        };
        let staged = Staged::new(std::sync::Arc::clone(&place.dir), temp, name, path.clone());
        let mut file = File::from(fd);
        file.write_all(after)?;
        match &old {
            Some((old, stat)) => take_over(old, stat, &file)?,
            None => rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))?,
        }
        file.sync_all()?;
        Ok(Replacement { staged, place, before: before.map(<[u8]>::to_vec) })
    }
}

/// Gives a new file the owner, the mode and the attributes of the old one.
fn take_over(old: &File, stat: &Stat, new: &File) -> io::Result<()> {
    attributes::give(new, (stat.st_uid, stat.st_gid))?;
    rustix::fs::fchmod(new, Mode::from_raw_mode(stat.st_mode & 0o7777))?;
    attributes::copy(old, new)
}

impl Replacement {
    /// Whether the file still holds what it held.
    ///
    /// # Errors
    /// When it does not, or cannot be read.
    pub(crate) fn check(&self) -> Result<(), RootError> {
        let held = self.held().map_err(|e| RootError::new(self.staged.path().as_str(), e))?;
        if held == self.before {
            return Ok(());
        }
        let changed = io::Error::new(io::ErrorKind::WouldBlock, "somebody else changed it in the meantime");
        Err(RootError::new(self.staged.path().as_str(), changed))
    }

    fn held(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(match self.place.open()? {
            Some(_) => match self.place.file()? {
                Node::File { bytes, .. } => Some(bytes.0),
                _ => None,
            },
            None => None,
        })
    }

    /// Puts it in its place, in one step.
    ///
    /// # Errors
    /// When the file holds something else by now, or the folder may not be written.
    pub(crate) fn commit(mut self) -> Result<(), RootError> {
        self.check()?;
        let path = self.staged.path().clone();
        if self.before.is_none() {
            // A file that came in the meantime stays.
            match self.staged.rename(RenameFlags::NOREPLACE) {
                Err(Errno::INVAL | Errno::NOSYS) => self.staged.commit()?,
                Err(e) => return Err(RootError::new(path.as_str(), e)),
                Ok(()) => {}
            }
        } else {
            self.staged.commit()?;
        }
        self.staged.keep();
        // The name is there; that it survives a power cut is more than a failure could take back.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        if let Ok(dir) = rustix::fs::openat(&self.place.dir, ".", flags, Mode::empty()) {
            let _ = rustix::fs::fsync(dir);
        }
        Ok(())
    }
}

impl Root {
    /// What tells a file or folder from others, links followed; `None` where nothing is.
    pub(crate) fn identity(&self, path: &RelPath) -> Option<(u64, u64)> {
        let place = self.place(path, true).ok()?;
        let stat = rustix::fs::statat(&place.dir, place.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some((stat.st_dev, stat.st_ino))
    }
}
