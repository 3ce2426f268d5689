//! A machine's root: every path and link is resolved inside it, as in a chroot.
//!
//! The kernel does it where it can (`openat2` with `RESOLVE_IN_ROOT`, Linux 5.6); a walk over the components
//! that follows each link by hand does it where it cannot.

mod all;
mod attributes;
mod files;
mod fill;
mod found;
mod ids;
mod look;
mod replace;
mod scan;
mod stage;
mod step;
#[cfg(test)]
mod tests;
mod walk;
mod write;

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

pub(crate) use files::{Text, files};
pub use fill::write_all;
pub use found::Found;
pub(crate) use found::Lock;
pub(crate) use look::Look;
pub(crate) use replace::Replacement;
pub(crate) use scan::unreadable;
pub(crate) use stage::{Staged, temp};
pub(crate) use step::{New, Step};
use walk::Place;
pub use write::TreeError;

use crate::config::Bytes;
use crate::tree::Node;
use crate::vocab::{RelPath, escape};

/// A folder that is a machine's `/`: no path and no link leads out of it.
///
/// ```
/// use portage_config::{root::Root, tree::Node, vocab::RelPath};
/// let dir = tempfile::tempdir()?;
/// std::fs::write(dir.path().join("fstab"), "# empty\n")?;
/// std::os::unix::fs::symlink("/fstab", dir.path().join("link"))?;
/// let root = Root::open(dir.path())?;
/// // `link` points to the fstab of this root, not to that of the running system.
/// let node = root.read_through(&RelPath::parse("link")?)?;
/// assert!(matches!(node, Some(Node::File { bytes, .. }) if bytes.0 == b"# empty\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Root {
    fd: OwnedFd,
    dir: PathBuf,
    by_hand: bool,
    near: Option<walk::Near>,
}

/// What went wrong with a path.
#[derive(Debug, thiserror::Error)]
#[error("`{path}`: {source}")]
#[non_exhaustive]
pub struct RootError {
    /// The path, from the root; the root's own path where it is about the root.
    pub path: String,
    /// What the system says.
    pub source: io::Error,
}

impl RootError {
    /// An error about a path.
    pub fn new(path: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Self { path: path.into(), source: source.into() }
    }
}

impl From<RootError> for io::Error {
    fn from(error: RootError) -> Self {
        Self::new(error.source.kind(), error.to_string())
    }
}

impl Root {
    /// Opens a folder as a root.
    ///
    /// # Errors
    /// When it is not there, is no folder, or may not be entered.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, RootError> {
        let dir = dir.as_ref();
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(CWD, dir, flags, Mode::empty())
            .map_err(|e| RootError::new(dir.to_string_lossy(), e))?;
        Ok(Self { fd, dir: dir.to_owned(), by_hand: false, near: None })
    }

    /// The folder, as it was given.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What is at a path; `None` when nothing is. A link at the end of the path is not followed.
    ///
    /// # Errors
    /// When it cannot be read, or is neither a file, a folder nor a link: pipes, sockets and devices are not
    /// opened.
    pub fn read(&self, path: &RelPath) -> Result<Option<Node>, RootError> {
        self.node(path, false).map_err(|e| RootError::new(path.as_str(), e))
    }

    /// As [`Root::read`], but a link at the end of the path is followed, too, inside the root.
    ///
    /// # Errors
    /// As [`Root::read`], and when links go round in a circle.
    pub fn read_through(&self, path: &RelPath) -> Result<Option<Node>, RootError> {
        self.node(path, true).map_err(|e| RootError::new(path.as_str(), e))
    }

    /// The names in a folder, sorted by bytes; `None` when there is no folder at the path.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn list(&self, path: Option<&RelPath>) -> Result<Option<Vec<OsString>>, RootError> {
        self.names(path).map_err(|e| RootError::new(path.map_or(".", RelPath::as_str), e))
    }

    fn names(&self, path: Option<&RelPath>) -> io::Result<Option<Vec<OsString>>> {
        let fd = match path.and_then(|path| self.folder(path)) {
            Some(fd) => fd,
            None => {
                let Some(place) = present(match path {
                    Some(path) => self.place(path, true),
                    None => self.fd.try_clone().map(|fd| Place::new(fd, b".".to_vec())),
                })?
                else {
                    return Ok(None);
                };
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let opened = rustix::fs::openat(&place.dir, place.name.as_slice(), flags, Mode::empty());
                let Some(fd) = present(opened.map_err(io::Error::from))? else { return Ok(None) };
                fd
            }
        };
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::new(fd)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        names.sort();
        Ok(Some(names))
    }

    fn node(&self, path: &RelPath, follow: bool) -> io::Result<Option<Node>> {
        let Some(place) = present(self.place(path, follow))? else {
            return Ok(None);
        };
        let stat = rustix::fs::statat(&place.dir, place.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW);
        let Some(stat) = present(stat.map_err(io::Error::from))? else {
            return Ok(None);
        };
        let mode = stat.st_mode & 0o7777;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => place.file().map(Some),
            FileType::Directory => Ok(Some(Node::Dir { mode })),
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(&place.dir, place.name.as_slice(), Vec::new())?;
                Ok(Some(Node::Symlink { target: escape(target.as_bytes()) }))
            }
            other => Err(special(other)),
        }
    }
}

impl Place {
    /// Reads the file; its type is asked again of the open file, for it may have been replaced.
    fn file(&self) -> io::Result<Node> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.dir, self.name.as_slice(), flags, Mode::empty())?;
        let stat = rustix::fs::fstat(&fd)?;
        let kind = FileType::from_raw_mode(stat.st_mode);
        if kind != FileType::RegularFile {
            return Err(special(kind));
        }
        let bytes = read_all(fd, stat.st_size)?;
        Ok(Node::File { bytes: Bytes(bytes), mode: stat.st_mode & 0o7777 })
    }
}

/// All bytes of an open file that had this size a moment ago.
fn read_all(fd: OwnedFd, size: i64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more, so that the end shows without growing. A wrong size only costs time.
    let mut more = usize::try_from(size).unwrap_or_default().saturating_add(1);
    loop {
        bytes.try_reserve(more).map_err(|_| io::ErrorKind::OutOfMemory)?;
        match rustix::io::read(&fd, rustix::buffer::spare_capacity(&mut bytes)) {
            Ok(0) => break,
            Ok(_) => more = if bytes.len() == bytes.capacity() { 4096.max(bytes.len()) } else { 1 },
            Err(Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(bytes)
}

/// Nothing at a path is an answer, not an error: also where a file stands in the place of a folder.
fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(e) if e.raw_os_error() == Some(Errno::NOENT.raw_os_error()) => Ok(None),
        Err(e) if e.raw_os_error() == Some(Errno::NOTDIR.raw_os_error()) => Ok(None),
        Err(e) => Err(e),
    }
}

fn special(kind: FileType) -> io::Error {
    let name = match kind {
        FileType::Fifo => "a pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        _ => "of an unknown type",
    };
    io::Error::new(io::ErrorKind::InvalidInput, format!("is {name}, no file"))
}
