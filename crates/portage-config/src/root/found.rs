//! What is at a path, with what the system knows of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, FlockOperation, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::walk::Place;
use super::{Root, RootError, present, special};
use crate::config::Bytes;
use crate::tree::Node;
use crate::vocab::{RelPath, escape};

/// A node of a root with its owner and its time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found {
    /// What it is.
    pub node: Node,
    /// The numbers of its user and its group.
    pub owner: (u32, u32),
    /// When its content changed last: seconds and nanoseconds since 1970.
    pub modified: (i64, u32),
}

impl Found {
    /// Whether another is the same but for its time: what a change was planned for.
    pub fn is_still(&self, other: &Self) -> bool {
        self.node == other.node && self.owner == other.owner
    }

    pub(super) fn of(node: Node, stat: &Stat) -> Self {
        let nanos = u32::try_from(stat.st_mtime_nsec).unwrap_or_default();
        Self { node, owner: (stat.st_uid, stat.st_gid), modified: (stat.st_mtime, nanos) }
    }
}

impl Root {
    /// What is at a path, with its owner and its time; `None` when nothing is. A link at its end is not followed.
    ///
    /// # Errors
    /// As [`Root::read`].
    pub fn find(&self, path: &RelPath) -> Result<Option<Found>, RootError> {
        let find = || match present(self.place(path, false))? {
            Some(place) => found(&place.dir, &place.name),
            None => Ok(None),
        };
        find().map_err(|e| RootError::new(path.as_str(), e))
    }

    /// A folder inside the root as a root of its own: links in it do not lead out of it. `None` when it is not there.
    ///
    /// # Errors
    /// When it may not be entered, or is no folder.
    pub(crate) fn within(&self, path: &RelPath) -> Result<Option<Self>, RootError> {
        let open = || -> io::Result<Option<OwnedFd>> {
            let Some(place) = present(self.place(path, true))? else { return Ok(None) };
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            match rustix::fs::openat(&place.dir, place.name.as_slice(), flags, Mode::empty()) {
                Ok(fd) => Ok(Some(fd)),
                Err(Errno::NOENT) => Ok(None),
                Err(e) => Err(e.into()),
            }
        };
        let fd = open().map_err(|e| RootError::new(path.as_str(), e))?;
        Ok(fd.map(|fd| Self { fd, dir: self.dir.join(path.as_str()), by_hand: self.by_hand, near: None }))
    }

    /// Opens a folder of the root, or the root itself, for others to be kept away: see [`Lock`].
    ///
    /// # Errors
    /// When it is not there or may not be read; `WouldBlock` when somebody else holds it and `wait` is not said.
    pub(crate) fn lock(&self, path: Option<&RelPath>, wait: bool) -> Result<Lock, RootError> {
        let shown = path.map_or(".", RelPath::as_str);
        let lock = || -> io::Result<Lock> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let fd = match path {
                Some(path) => {
                    let place = self.place(path, true)?;
                    rustix::fs::openat(&place.dir, place.name.as_slice(), flags, Mode::empty())?
                }
                None => rustix::fs::openat(&self.fd, ".", flags, Mode::empty())?,
            };
            let how = match wait {
                true => FlockOperation::LockExclusive,
                false => FlockOperation::NonBlockingLockExclusive,
            };
            loop {
                match rustix::fs::flock(&fd, how) {
                    Ok(()) => return Ok(Lock { fd }),
                    Err(Errno::INTR) => {}
                    Err(e) => return Err(e.into()),
                }
            }
        };
        lock().map_err(|e| RootError::new(shown, e))
    }

    /// Writes all that was changed below the root to the disk.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub(crate) fn flush(&self) -> Result<(), RootError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::openat(&self.fd, ".", flags, Mode::empty())
            .and_then(|fd| rustix::fs::syncfs(fd.as_fd()))
            .map_err(|e| RootError::new(".", e))
    }
}

impl Root {
    /// Writes all that was changed on the file systems of these folders to the disk; `None` is the root itself.
    ///
    /// # Errors
    /// When a disk does not take it.
    pub(crate) fn flush_folders(&self, folders: &BTreeSet<Option<RelPath>>) -> Result<(), RootError> {
        let mut seen = BTreeSet::new();
        for folder in folders {
            let Some(root) = (match folder {
                Some(folder) => match self.within(folder) {
                    // Not there yet: what is to be there lies beside it.
                    Err(e) if e.source.raw_os_error() == Some(Errno::NOTDIR.raw_os_error()) => continue,
                    other => other?,
                },
                None => Some(Self {
                    fd: self.fd.try_clone().map_err(|e| RootError::new(".", e))?,
                    dir: self.dir.clone(),
                    by_hand: self.by_hand,
                    near: None,
                }),
            }) else {
                continue;
            };
            let stat = rustix::fs::fstat(&root.fd).map_err(|e| RootError::new(".", e))?;
            if seen.insert(stat.st_dev) {
                root.flush()?;
            }
        }
        Ok(())
    }
}

/// flock(2) of a folder, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    fd: OwnedFd,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A process that another thread is about to start holds all that is open until it runs its program.
        let _ = rustix::fs::flock(&self.fd, FlockOperation::Unlock);
    }
}

/// What a name in an open folder is.
pub(super) fn found(dir: &OwnedFd, name: &[u8]) -> io::Result<Option<Found>> {
    let stat = rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW);
    let Some(stat) = present(stat.map_err(io::Error::from))? else { return Ok(None) };
    let node = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            let Some((file, stat)) = open(dir, name)? else { return Ok(None) };
            let bytes = super::read_all(OwnedFd::from(file), stat.st_size)?;
            return Ok(Some(Found::of(
                Node::File { bytes: Bytes(bytes), mode: stat.st_mode & 0o7777 },
                &stat,
            )));
        }
        FileType::Directory => Node::Dir { mode: stat.st_mode & 0o7777 },
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(dir, name, Vec::new())?;
            Node::Symlink { target: escape(target.as_bytes()) }
        }
        other => return Err(special(other)),
    };
    Ok(Some(Found::of(node, &stat)))
}

impl Place {
    /// The file at the place, with what is known of it.
    pub(super) fn open(&self) -> io::Result<Option<(File, Stat)>> {
        open(&self.dir, &self.name)
    }
}

fn open(dir: &OwnedFd, name: &[u8]) -> io::Result<Option<(File, Stat)>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let opened = rustix::fs::openat(dir, name, flags, Mode::empty());
    let Some(fd) = present(opened.map_err(io::Error::from))? else { return Ok(None) };
    let stat = rustix::fs::fstat(&fd)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok(Some((File::from(fd), stat))),
        FileType::Directory => Err(Errno::ISDIR.into()),
        other => Err(special(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_free_once_it_is_dropped_whoever_has_it_open() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::open(dir.path()).unwrap();
        let lock = root.lock(None, false).unwrap();
        let _copy = lock.fd.try_clone().unwrap();
        assert!(root.lock(None, false).is_err());
        drop(lock);
        root.lock(None, false).unwrap();
    }
}
