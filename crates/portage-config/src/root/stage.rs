//! Writing inside a root: first beside the place, then by one rename.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, FileType, Gid, Mode, OFlags, Uid};
use rustix::io::Errno;

use super::{Root, RootError, present};
use crate::tree::Node;
use crate::vocab::{RelPath, unescape};

/// A file or link that is written under another name beside its place. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Staged {
    dir: OwnedFd,
    temp: String,
    name: Vec<u8>,
    path: RelPath,
    done: bool,
}

impl Root {
    /// Writes a file or a link under another name beside its place, in a folder that is there. A file that
    /// replaces another takes over its owner, as far as that is allowed.
    ///
    /// # Errors
    /// When the folder is missing or cannot be written, or the node is a folder.
    pub(crate) fn stage(&self, path: &RelPath, node: &Node) -> Result<Staged, RootError> {
        self.staged(path, node).map_err(|e| RootError::new(path.as_str(), e))
    }

    /// Makes a folder, and those above it, with mode 0o755 whatever the umask is. The folders that were not
    /// there are returned, outermost first.
    ///
    /// # Errors
    /// When something else is in the way, or may not be written.
    pub(crate) fn make_dirs(&self, path: &RelPath) -> Result<Vec<RelPath>, RootError> {
        let mut made = Vec::new();
        for folder in path.ancestors().iter().chain([path]) {
            if self.make_dir(folder).map_err(|e| RootError::new(folder.as_str(), e))? {
                made.push(folder.clone());
            }
        }
        Ok(made)
    }

    /// Sets the permission bits of what is at a path; links are not followed.
    ///
    /// # Errors
    /// When nothing is there, or it is a link, or belongs to somebody else.
    pub(crate) fn set_mode(&self, path: &RelPath, mode: u32) -> Result<(), RootError> {
        self.chmod(path, mode).map_err(|e| RootError::new(path.as_str(), e))
    }

    /// Removes a file, a link or an empty folder. Whether something was there.
    ///
    /// # Errors
    /// When a folder is not empty, or it may not be removed.
    pub(crate) fn remove(&self, path: &RelPath) -> Result<bool, RootError> {
        self.unlink(path).map_err(|e| RootError::new(path.as_str(), e))
    }

    fn staged(&self, path: &RelPath, node: &Node) -> io::Result<Staged> {
        let place = self.place(path, false)?;
        let old = rustix::fs::statat(&place.dir, place.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW);
        let owner = match present(old.map_err(io::Error::from))? {
            Some(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => {
                Some((stat.st_uid, stat.st_gid))
            }
            _ => None,
        };
        let mut number = 0_u32;
        loop {
            let temp = format!(".portage-config-{}-{number}", std::process::id());
            match create(&place.dir, &temp, node) {
                Err(Errno::EXIST) => number += 1,
                Err(e) => return Err(e.into()),
                Ok(fd) => {
                    let staged =
                        Staged { dir: place.dir, temp, name: place.name, path: path.clone(), done: false };
                    if let (Some(fd), Node::File { bytes, mode }) = (fd, node) {
                        let mut file = File::from(fd);
                        file.write_all(&bytes.0)?;
                        if let Some((uid, gid)) = owner {
                            // Only root may give a file away; for others it stays theirs.
                            let _ =
                                rustix::fs::fchown(&file, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)));
                        }
                        rustix::fs::fchmod(&file, Mode::from_raw_mode(*mode))?;
                        file.sync_all()?;
                    }
                    return Ok(staged);
                }
            }
        }
    }

    fn make_dir(&self, path: &RelPath) -> io::Result<bool> {
        let place = self.place(path, true)?;
        match rustix::fs::mkdirat(&place.dir, place.name.as_slice(), Mode::from_raw_mode(0o755)) {
            Ok(()) => {}
            Err(Errno::EXIST) => {
                let stat = rustix::fs::statat(&place.dir, place.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW)?;
                return match FileType::from_raw_mode(stat.st_mode) {
                    FileType::Directory => Ok(false),
                    _ => Err(Errno::NOTDIR.into()),
                };
            }
            Err(e) => return Err(e.into()),
        }
        self.chmod(path, 0o755)?;
        Ok(true)
    }

    fn chmod(&self, path: &RelPath, mode: u32) -> io::Result<()> {
        let place = self.place(path, false)?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match rustix::fs::openat(&place.dir, place.name.as_slice(), flags, Mode::empty()) {
            Ok(fd) => rustix::fs::fchmod(&fd, Mode::from_raw_mode(mode))?,
            // The owner of a file that he may not read may still change its mode.
            Err(Errno::ACCESS) => {
                let stat = rustix::fs::statat(&place.dir, place.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW)?;
                if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink {
                    return Err(Errno::LOOP.into());
                }
                let mode = Mode::from_raw_mode(mode);
                rustix::fs::chmodat(&place.dir, place.name.as_slice(), mode, AtFlags::empty())?;
            }
            Err(e) => return Err(e.into()),
        }
        Ok(())
    }

    fn unlink(&self, path: &RelPath) -> io::Result<bool> {
        let Some(place) = present(self.place(path, false))? else {
            return Ok(false);
        };
        match rustix::fs::unlinkat(&place.dir, place.name.as_slice(), AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(Errno::ISDIR | Errno::PERM) => {
                rustix::fs::unlinkat(&place.dir, place.name.as_slice(), AtFlags::REMOVEDIR)?;
                Ok(true)
            }
            Err(e) => Err(e.into()),
        }
    }
}

fn create(dir: &OwnedFd, temp: &str, node: &Node) -> rustix::io::Result<Option<OwnedFd>> {
    match node {
        Node::File { .. } => {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            rustix::fs::openat(dir, temp, flags, Mode::from_raw_mode(0o600)).map(Some)
        }
        Node::Symlink { target } => rustix::fs::symlinkat(unescape(target), dir, temp).map(|()| None),
        Node::Dir { .. } => Err(Errno::ISDIR),
    }
}

impl Staged {
    /// Puts it in its place, in one step. What was there, if it was no folder, is gone.
    ///
    /// # Errors
    /// When a folder is in the way.
    pub(crate) fn commit(mut self) -> Result<(), RootError> {
        rustix::fs::renameat(&self.dir, self.temp.as_str(), &self.dir, self.name.as_slice())
            .map_err(|e| RootError::new(self.path.as_str(), e))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.done {
            let _ = rustix::fs::unlinkat(&self.dir, self.temp.as_str(), AtFlags::empty());
        }
    }
}
