//! One change inside a root, in two stages: made ready beside its place, then put there in a way that can be taken
//! back until it is kept.

mod change;
mod make;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fs::File;
use std::io;

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::found::Found;
use super::walk::Place;
use super::{Root, RootError, present};
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;
use make::{make, remove_all, write_new};

/// What is to be at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct New<'a> {
    pub(crate) node: &'a Node,
    /// Its user and group, where they are not those of whoever writes.
    pub(crate) owner: Option<(u32, u32)>,
    /// The time of its last change, where it is not the present.
    pub(crate) modified: Option<(i64, u32)>,
    /// A file whose extended attributes it gets.
    pub(crate) like: Option<&'a File>,
    /// Whether it has to be on the disk before it is put in its place.
    pub(crate) sync: bool,
}

/// A change of one place. Dropped before it is kept, all is as it was.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    place: Place,
    temp: String,
    path: RelPath,
    before: Option<Found>,
    /// What is put there.
    after: Option<Cow<'a, Node>>,
    /// What a folder holds that goes.
    inside: Option<Tree>,
    /// What a folder holds that comes.
    filled: Option<Tree>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The new one is beside the place.
    Ready,
    /// Nothing was done.
    Idle,
    /// In its place, where nothing was.
    New,
    /// In its place; what was there is beside it.
    Swapped,
    /// Nothing is in the place; what was there is beside it.
    Taken,
    /// Mode and owner are others.
    Marked,
    /// For good.
    Kept,
}

impl Root {
    /// Makes a node ready beside its place; `after` is that node. A folder is made there with nothing in it, see
    /// [`Step::inner`].
    ///
    /// # Errors
    /// When the folder is missing or cannot be written, the disk is full, or the owner cannot be given.
    pub(crate) fn ready<'a>(
        &self,
        path: &RelPath,
        new: &New<'_>,
        after: &'a Node,
        before: Option<Found>,
        temp: String,
    ) -> Result<Step<'a>, RootError> {
        let ready = || -> io::Result<Step<'a>> {
            let place = self.place(path, false)?;
            make(&place.dir, &temp, new)?;
            Ok(Step::new(place, temp, path, before, Some(Cow::Borrowed(after)), State::Ready))
        };
        ready().map_err(|e| RootError::new(path.as_str(), e))
    }

    /// A change that needs nothing beside the place: a removal, or another mode.
    ///
    /// # Errors
    /// When its folder is not there.
    pub(crate) fn idle<'a>(
        &self,
        path: &RelPath,
        before: Found,
        temp: String,
    ) -> Result<Step<'a>, RootError> {
        let place = self.place(path, false).map_err(|e| RootError::new(path.as_str(), e))?;
        Ok(Step::new(place, temp, path, Some(before), None, State::Idle))
    }

    /// Makes a folder where nothing is. It is there at once with its mode and its owner.
    ///
    /// # Errors
    /// When something is there, or the folder above it may not be written.
    pub(crate) fn new_folder<'a>(
        &self,
        path: &RelPath,
        new: &New<'_>,
        temp: String,
    ) -> Result<Step<'a>, RootError> {
        let ready = || -> io::Result<Step<'a>> {
            let place = self.place(path, false)?;
            make(&place.dir, &temp, new)?;
            Ok(Step::new(place, temp, path, None, Some(Cow::Owned(new.node.clone())), State::Ready))
        };
        let mut step = ready().map_err(|e| RootError::new(path.as_str(), e))?;
        step.commit()?;
        Ok(step)
    }

    /// Opens a file to copy its extended attributes from.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn open_file(&self, path: &RelPath) -> Result<Option<File>, RootError> {
        let open = || -> io::Result<Option<File>> {
            let Some(place) = present(self.place(path, false))? else { return Ok(None) };
            Ok(place.open()?.map(|(file, _)| file))
        };
        open().map_err(|e| RootError::new(path.as_str(), e))
    }

    /// Removes what an interrupted run left beside a place; what it had moved aside comes back, where nothing is.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(crate) fn sweep(&self, path: &RelPath, temp: &str) -> Result<(), RootError> {
        let sweep = || -> io::Result<()> {
            let Some(place) = present(self.place(path, false))? else { return Ok(()) };
            let (dir, name, spare) = (&place.dir, place.name.as_slice(), change::spare(temp));
            let is = |name: &[u8]| -> io::Result<bool> {
                let stat = rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW);
                Ok(present(stat.map_err(io::Error::from))?.is_some())
            };
            if is(spare.as_bytes())? && !is(name)? {
                rustix::fs::renameat(dir, spare.as_str(), dir, name)?;
            }
            remove_all(dir, spare.as_bytes())?;
            remove_all(dir, temp.as_bytes())
        };
        sweep().map_err(|e| RootError::new(path.as_str(), e))
    }

    /// Removes a folder with all that is in it; links are not followed.
    ///
    /// # Errors
    /// When something in it cannot be removed.
    pub(crate) fn remove_all(&self, path: &RelPath) -> Result<(), RootError> {
        let remove = || match present(self.place(path, false))? {
            Some(place) => remove_all(&place.dir, &place.name),
            None => Ok(()),
        };
        remove().map_err(|e| RootError::new(path.as_str(), e))
    }

    /// Gives a path another name in the root, in place of what has that name, if it is no folder.
    ///
    /// # Errors
    /// When it is not there or a folder is in the way.
    pub(crate) fn rename(&self, from: &RelPath, to: &RelPath) -> Result<(), RootError> {
        let rename = || -> io::Result<()> {
            let (a, b) = (self.place(from, false)?, self.place(to, false)?);
            Ok(rustix::fs::renameat(&a.dir, a.name.as_slice(), &b.dir, b.name.as_slice())?)
        };
        rename().map_err(|e| RootError::new(from.as_str(), e))
    }

    /// Gives a file a second name where nothing is.
    ///
    /// # Errors
    /// Where the file system cannot, or the name is taken.
    pub(crate) fn link(&self, from: &RelPath, to: &RelPath) -> Result<(), RootError> {
        let link = || -> io::Result<()> {
            let (a, b) = (self.place(from, false)?, self.place(to, false)?);
            let flags = AtFlags::empty();
            Ok(rustix::fs::linkat(&a.dir, a.name.as_slice(), &b.dir, b.name.as_slice(), flags)?)
        };
        link().map_err(|e| RootError::new(from.as_str(), e))
    }

    /// Sees to it that the names in a folder survive a power cut.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub(crate) fn sync_folder(&self, path: Option<&RelPath>) -> Result<(), RootError> {
        let sync = || -> io::Result<()> {
            let place = match path {
                Some(path) => match present(self.place(path, true))? {
                    Some(place) => place,
                    None => return Ok(()),
                },
                None => Place::new(self.fd.try_clone()?, b".".to_vec()),
            };
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            match rustix::fs::openat(&place.dir, place.name.as_slice(), flags, Mode::empty()) {
                Ok(fd) => Ok(rustix::fs::fsync(fd)?),
                Err(Errno::NOENT | Errno::NOTDIR) => Ok(()),
                Err(e) => Err(e.into()),
            }
        };
        sync().map_err(|e| RootError::new(path.map_or(".", RelPath::as_str), e))
    }

    /// Writes a node where nothing is, in a folder that is there. With `strict` it has the owner and the attributes that
    /// it is to have; a copy for ourselves has them as far as that is allowed.
    ///
    /// # Errors
    /// When something is there, or it cannot be written.
    pub(crate) fn put(&self, path: &RelPath, new: &New<'_>, strict: bool) -> Result<(), RootError> {
        let put = || -> io::Result<()> {
            let place = self.place(path, false)?;
            write_new(&place.dir, &place.name, new, strict)
        };
        put().map_err(|e| RootError::new(path.as_str(), e))
    }
}
