//! Writing inside a root: first beside the place, then by one rename.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, FileType, Gid, Mode, OFlags, RenameFlags, Uid};
use rustix::io::Errno;

use super::walk::Place;
use super::{Root, RootError, present};
use crate::tree::Node;
use crate::vocab::{RelPath, unescape};

/// A file or link that is written under another name beside its place. Dropped, it is gone, and what it took the
/// place of is back, unless it was said to be kept.
#[derive(Debug)]
pub(crate) struct Staged {
    dir: Arc<OwnedFd>,
    temp: String,
    name: Vec<u8>,
    path: RelPath,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Under the other name.
    Beside,
    /// In its place, where nothing was.
    New,
    /// In its place; what was there is under the other name.
    Swapped,
    /// In its place, for good.
    Kept,
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
    /// there are added to `made`, outermost first.
    ///
    /// # Errors
    /// When something else is in the way, or may not be written.
    pub(crate) fn make_dirs(&self, path: &RelPath, made: &mut Vec<RelPath>) -> Result<(), RootError> {
        for folder in path.ancestors().iter().chain([path]) {
            if self.make_dir(folder).map_err(|e| RootError::new(folder.as_str(), e))? {
                made.push(folder.clone());
            }
        }
        Ok(())
    }

    /// Device and number of the folder that a path leads to, and the name in it: the same for two paths that
    /// links make one.
    ///
    /// # Errors
    /// When the folder is not there.
    pub(crate) fn whereabouts(&self, path: &RelPath) -> Result<(u64, u64, Vec<u8>), RootError> {
        let find = || -> io::Result<_> {
            let place = self.place(path, false)?;
            let stat = rustix::fs::fstat(&place.dir)?;
            Ok((stat.st_dev, stat.st_ino, place.name))
        };
        find().map_err(|e| RootError::new(path.as_str(), e))
    }

    /// Sets the permission bits of what is at a path; links are not followed.
    ///
    /// # Errors
    /// When nothing is there, or it is a link, or belongs to somebody else.
    pub(crate) fn set_mode(&self, path: &RelPath, mode: u32) -> Result<(), RootError> {
        self.place(path, false)
            .and_then(|place| chmod(&place, mode))
            .map_err(|e| RootError::new(path.as_str(), e))
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
        loop {
            let temp = temp();
            match create(&place.dir, &temp, node) {
                Err(Errno::EXIST) => {}
                Err(e) => return Err(e.into()),
                Ok(fd) => {
                    let staged = Staged {
                        dir: place.dir,
                        temp,
                        name: place.name,
                        path: path.clone(),
                        state: State::Beside,
                    };
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
        let made = chmod(&place, 0o755);
        if made.is_err() {
            let _ = rustix::fs::unlinkat(&place.dir, place.name.as_slice(), AtFlags::REMOVEDIR);
        }
        made.map(|()| true)
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

fn chmod(place: &Place, mode: u32) -> io::Result<()> {
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

/// A name that nobody else takes, and this process only once.
pub(crate) fn temp() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!(".portage-config-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

pub(super) fn create(dir: &OwnedFd, temp: &str, node: &Node) -> rustix::io::Result<Option<OwnedFd>> {
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
    /// What lies under the name `temp` in a folder, and is to be `name` there.
    pub(super) fn new(dir: Arc<OwnedFd>, temp: String, name: Vec<u8>, path: RelPath) -> Self {
        Self { dir, temp, name, path, state: State::Beside }
    }

    /// The path it is for.
    pub(super) fn path(&self) -> &RelPath {
        &self.path
    }

    /// Puts it in its place, in one step. What was there comes back when this is dropped.
    ///
    /// # Errors
    /// When a folder is in the way, or the place may not be written.
    pub(crate) fn commit(&mut self) -> Result<(), RootError> {
        self.put().map_err(|e| RootError::new(self.path.as_str(), e))
    }

    /// Keeps it in its place.
    pub(crate) fn keep(mut self) {
        if let State::Swapped = self.state {
            self.unlink_temp();
        }
        self.state = State::Kept;
    }

    fn put(&mut self) -> rustix::io::Result<()> {
        match self.rename(RenameFlags::NOREPLACE) {
            Ok(()) => {
                self.state = State::New;
                return Ok(());
            }
            Err(Errno::EXIST | Errno::INVAL | Errno::NOSYS) => {}
            Err(e) => return Err(e),
        }
        let there = rustix::fs::statat(&self.dir, self.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW);
        if there.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory) {
            return Err(Errno::ISDIR);
        }
        self.state = match self.rename(RenameFlags::EXCHANGE) {
            Ok(()) => State::Swapped,
            // A file system that cannot: what was there is gone for good.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOENT) => {
                self.rename(RenameFlags::empty())?;
                State::Kept
            }
            Err(e) => return Err(e),
        };
        Ok(())
    }

    /// Renames it, with conditions.
    pub(super) fn rename(&self, flags: RenameFlags) -> rustix::io::Result<()> {
        let (temp, name) = (self.temp.as_str(), self.name.as_slice());
        if flags.is_empty() {
            return rustix::fs::renameat(&self.dir, temp, &self.dir, name);
        }
        rustix::fs::renameat_with(&self.dir, temp, &self.dir, name, flags)
    }

    fn unlink_temp(&self) {
        let _ = rustix::fs::unlinkat(&self.dir, self.temp.as_str(), AtFlags::empty());
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        match self.state {
            State::Kept => {}
            State::Beside => self.unlink_temp(),
            State::New => {
                let _ = rustix::fs::unlinkat(&self.dir, self.name.as_slice(), AtFlags::empty());
            }
            State::Swapped => {
                if self.rename(RenameFlags::EXCHANGE).is_ok() {
                    self.unlink_temp();
                }
            }
        }
    }
}
