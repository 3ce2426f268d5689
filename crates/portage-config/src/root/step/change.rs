//! Doing a step, and taking it back.

use std::borrow::Cow;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::super::found::{Found, found};
use super::super::walk::Place;
use super::super::{Root, RootError, attributes};
use super::make::{open_folder, remove_all, write_new};
use super::{New, State, Step};
use crate::report::Report;
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::WouldBlock, "somebody else changed it in the meantime")
}

/// Where what was at a place lies while both names are exchanged by hand.
pub(super) fn spare(temp: &str) -> String {
    format!("{temp}-old")
}

/// Whether an error says that the file system cannot rename so.
fn cannot(error: Errno) -> bool {
    matches!(error, Errno::INVAL | Errno::NOSYS | Errno::NOTSUP)
}

impl<'a> Step<'a> {
    pub(super) fn new(
        place: Place,
        temp: String,
        path: &RelPath,
        before: Option<Found>,
        after: Option<Cow<'a, Node>>,
        state: State,
    ) -> Self {
        Self { place, temp, path: path.clone(), before, after, inside: None, filled: None, state }
    }

    /// The folder that is made ready, to be filled.
    ///
    /// # Errors
    /// When it is no folder.
    pub(crate) fn inner(&self) -> Result<Root, RootError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.place.dir, self.temp.as_str(), flags, Mode::empty())
            .map_err(|e| RootError::new(self.path.as_str(), e))?;
        Ok(Root { fd, dir: self.path.as_str().into(), by_hand: false, near: None })
    }

    /// What a folder that goes has to hold still.
    pub(crate) fn holding(mut self, inside: Tree) -> Self {
        self.inside = Some(inside);
        self
    }

    /// What a folder that comes is filled with.
    pub(crate) fn filled(mut self, filled: Tree) -> Self {
        self.filled = Some(filled);
        self
    }

    /// That what is at the place is still what it was.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn check(&self) -> Result<(), RootError> {
        let check = || self.compare(found(&self.place.dir, &self.place.name)?, &self.place.name);
        check().map_err(|e| self.error(e))
    }

    fn error(&self, error: impl Into<io::Error>) -> RootError {
        RootError::new(self.path.as_str(), error)
    }

    /// Compares what was found under a name with what has to be there.
    fn compare(&self, found: Option<Found>, name: &[u8]) -> io::Result<()> {
        let same = match (&self.before, &found) {
            (None, None) => true,
            (Some(before), Some(found)) => before.is_still(found),
            _ => false,
        };
        match &self.inside {
            _ if !same => Err(changed()),
            Some(inside) => self.holds(name, inside),
            None => Ok(()),
        }
    }

    /// That a folder holds this and nothing else.
    fn holds(&self, name: &[u8], tree: &Tree) -> io::Result<()> {
        let fd = open_folder(&self.place.dir, name)?;
        let root = Root { fd, dir: "".into(), by_hand: false, near: None };
        let mut report = Report::new();
        let names = root.list(None)?.unwrap_or_default();
        let paths: Vec<RelPath> =
            names.iter().filter_map(|name| RelPath::from_bytes(name.as_bytes()).ok()).collect();
        if Tree::scan(&root, &paths, &mut report) != *tree || report.has_errors() {
            return Err(changed());
        }
        Ok(())
    }

    /// That what is under a name is what this step put there.
    fn is_ours(&self, name: &[u8]) -> io::Result<()> {
        let found = found(&self.place.dir, name)?;
        match (found.as_ref().map(|found| &found.node), self.after.as_deref()) {
            (Some(Node::Dir { .. }), Some(Node::Dir { .. })) => {
                self.holds(name, self.filled.as_ref().unwrap_or(&Tree::new()))
            }
            (Some(now), Some(after)) if now == after => Ok(()),
            _ => Err(changed()),
        }
    }

    /// Puts the new one in its place, in one step.
    ///
    /// # Errors
    /// When something else is there than was, or the place may not be written.
    pub(crate) fn commit(&mut self) -> Result<(), RootError> {
        self.check()?;
        self.exchange().map_err(|e| self.error(e))
    }

    fn exchange(&mut self) -> io::Result<()> {
        let (dir, temp, name) = (&self.place.dir, self.temp.as_str(), self.place.name.as_slice());
        if self.before.is_none() {
            match self.rename(RenameFlags::NOREPLACE) {
                Err(Errno::EXIST) => return Err(changed()),
                // A folder takes the place of nothing but an empty one.
                Err(e) if cannot(e) && matches!(self.after.as_deref(), Some(Node::Dir { .. })) => {
                    self.rename(RenameFlags::empty())?;
                }
                Err(e) if cannot(e) => match rustix::fs::linkat(dir, temp, dir, name, AtFlags::empty()) {
                    Ok(()) => {
                        self.state = State::New;
                        rustix::fs::unlinkat(dir, temp, AtFlags::empty())?;
                    }
                    Err(Errno::EXIST) => return Err(changed()),
                    Err(_) => self.rename(RenameFlags::empty())?,
                },
                other => other?,
            }
            self.state = State::New;
            return Ok(());
        }
        self.swap()?;
        self.state = State::Swapped;
        self.compare(found(&self.place.dir, self.temp.as_bytes())?, self.temp.as_bytes())
    }

    fn swap(&self) -> io::Result<()> {
        match self.rename(RenameFlags::EXCHANGE) {
            Err(Errno::NOENT) => Err(changed()),
            Err(e) if cannot(e) => self.swap_by_hand(),
            other => Ok(other?),
        }
    }

    /// Exchanges both names where the file system cannot do it at once. The name of a file is never without a file; that
    /// of a folder is for a moment, and [`Root::sweep`] knows what to do then.
    fn swap_by_hand(&self) -> io::Result<()> {
        let (dir, name, temp) = (&self.place.dir, self.place.name.as_slice(), self.temp.as_str());
        let spare = spare(temp);
        remove_all(dir, spare.as_bytes())?;
        let is_dir = |name: &[u8]| {
            rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)
                .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
        };
        if is_dir(name) || is_dir(temp.as_bytes()) {
            rustix::fs::renameat(dir, name, dir, spare.as_str())?;
        } else if rustix::fs::linkat(dir, name, dir, spare.as_str(), AtFlags::empty()).is_err() {
            self.copy(name, spare.as_bytes())?;
        }
        if let Err(e) = rustix::fs::renameat(dir, temp, dir, name) {
            let _ = rustix::fs::renameat(dir, spare.as_str(), dir, name);
            return Err(e.into());
        }
        Ok(rustix::fs::renameat(dir, spare.as_str(), dir, temp)?)
    }

    /// Copies a file or a link, where files have one name only.
    fn copy(&self, from: &[u8], to: &[u8]) -> io::Result<()> {
        let dir = &self.place.dir;
        let Some(Found { node, owner, modified }) = found(dir, from)? else { return Err(changed()) };
        let place = Place { dir: dir.clone(), name: from.to_vec() };
        let like = match node {
            Node::File { .. } => place.open()?.map(|(file, _)| file),
            _ => None,
        };
        let (owner, modified) = (Some(owner), Some(modified));
        write_new(dir, to, &New { node: &node, owner, modified, like: like.as_ref(), sync: false }, true)
    }

    /// Takes away what is at the place; of folders only those in which other steps took away all there was.
    ///
    /// # Errors
    /// When something else is there than was, or it may not be removed.
    pub(crate) fn take(&mut self) -> Result<(), RootError> {
        self.check()?;
        let (dir, name) = (&self.place.dir, self.place.name.as_slice());
        rustix::fs::renameat(dir, name, dir, self.temp.as_str()).map_err(|e| self.error(e))?;
        self.state = State::Taken;
        let found = found(&self.place.dir, self.temp.as_bytes());
        let same = found.and_then(|found| self.compare(found, self.temp.as_bytes()));
        same.and_then(|()| self.is_left()).map_err(|e| self.error(e))
    }

    /// That a folder that is taken away holds nothing but what other steps took away in it.
    fn is_left(&self) -> io::Result<()> {
        if !matches!(&self.before, Some(Found { node: Node::Dir { .. }, .. })) {
            return Ok(());
        }
        let ours = self.temp.trim_end_matches(|c: char| c.is_ascii_digit()).as_bytes();
        for entry in rustix::fs::Dir::read_from(open_folder(&self.place.dir, self.temp.as_bytes())?)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." && !name.starts_with(ours) {
                return Err(Errno::NOTEMPTY.into());
            }
        }
        Ok(())
    }

    /// Gives what is at the place another mode and another owner.
    ///
    /// # Errors
    /// When something else is there than was, or it is somebody else's.
    pub(crate) fn mark(&mut self, mode: u32, owner: Option<(u32, u32)>) -> Result<(), RootError> {
        self.check()?;
        self.state = State::Marked;
        self.set(mode, owner).map_err(|e| self.error(e))
    }

    fn set(&self, mode: u32, owner: Option<(u32, u32)>) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.place.dir, self.place.name.as_slice(), flags, Mode::empty())?;
        if let Some(owner) = owner {
            attributes::give(fd.as_fd(), owner)?;
        }
        Ok(rustix::fs::fchmod(&fd, Mode::from_raw_mode(mode))?)
    }

    /// Keeps what was done.
    ///
    /// # Errors
    /// When what was there cannot be removed from beside the place.
    pub(crate) fn keep(mut self) -> Result<(), RootError> {
        let state = std::mem::replace(&mut self.state, State::Kept);
        match state {
            State::Swapped | State::Taken => {
                remove_all(&self.place.dir, self.temp.as_bytes()).map_err(|e| self.error(e))
            }
            _ => Ok(()),
        }
    }

    fn rename(&self, flags: RenameFlags) -> rustix::io::Result<()> {
        let (dir, temp, name) = (&self.place.dir, self.temp.as_str(), self.place.name.as_slice());
        if flags.is_empty() {
            return rustix::fs::renameat(dir, temp, dir, name);
        }
        rustix::fs::renameat_with(dir, temp, dir, name, flags)
    }

    /// Takes back what was done.
    ///
    /// # Errors
    /// When that is not possible: the system refuses, or somebody else changed what was put there. Theirs stays.
    pub(crate) fn undo(mut self) -> Result<(), RootError> {
        let undone = self.take_back();
        self.state = State::Kept;
        undone.map_err(|e| self.error(e))
    }

    fn take_back(&self) -> io::Result<()> {
        let (dir, name) = (&self.place.dir, self.place.name.as_slice());
        let temp = self.temp.as_bytes();
        match &self.state {
            State::Idle | State::Kept => Ok(()),
            State::Ready => remove_all(dir, temp),
            State::New if matches!(self.after.as_deref(), Some(Node::Dir { .. })) => {
                match rustix::fs::unlinkat(dir, name, AtFlags::REMOVEDIR) {
                    Ok(()) | Err(Errno::NOENT) => Ok(()),
                    Err(e) => Err(e.into()),
                }
            }
            State::New => {
                remove_all(dir, temp)?;
                // Moved aside first: what is looked at is what is removed.
                match rustix::fs::renameat(dir, name, dir, self.temp.as_str()) {
                    Err(Errno::NOENT) => return Ok(()),
                    other => other?,
                }
                if let Err(e) = self.is_ours(temp) {
                    self.rename(RenameFlags::NOREPLACE)?;
                    return Err(e);
                }
                remove_all(dir, temp)
            }
            State::Swapped => {
                if found(dir, name)?.is_none() {
                    return Ok(self.rename(RenameFlags::NOREPLACE)?);
                }
                self.swap()?;
                if let Err(e) = self.is_ours(temp) {
                    self.swap()?;
                    return Err(e);
                }
                remove_all(dir, temp)
            }
            State::Taken => match self.rename(RenameFlags::NOREPLACE) {
                Err(e) if cannot(e) && found(dir, name)?.is_none() => Ok(self.rename(RenameFlags::empty())?),
                other => Ok(other?),
            },
            State::Marked => {
                let now = found(dir, name)?;
                match (&self.before, now.as_ref().map(|now| &now.node)) {
                    (Some(before), Some(now)) => match (&before.node, now) {
                        (Node::File { bytes: a, mode }, Node::File { bytes: b, .. }) if a == b => {
                            self.set(*mode, Some(before.owner))
                        }
                        (Node::Dir { mode }, Node::Dir { .. }) => self.set(*mode, Some(before.owner)),
                        _ => Err(changed()),
                    },
                    _ => Err(changed()),
                }
            }
        }
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        let _ = self.take_back();
    }
}
