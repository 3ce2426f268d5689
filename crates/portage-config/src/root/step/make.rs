//! Making files, links and folders under a name, and removing what is under one.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::super::attributes;
use super::New;
use crate::tree::Node;
use crate::vocab::unescape;

pub(super) fn make(dir: &OwnedFd, temp: &str, new: &New<'_>) -> io::Result<()> {
    match write_new(dir, temp.as_bytes(), new, true) {
        Err(e) if e.raw_os_error() == Some(Errno::EXIST.raw_os_error()) => {
            // What a run left there that was cut off before anything was put in its place.
            remove_all(dir, temp.as_bytes())?;
            write_new(dir, temp.as_bytes(), new, true)
        }
        other => other,
    }
}

pub(super) fn write_new(dir: &OwnedFd, name: &[u8], new: &New<'_>, strict: bool) -> io::Result<()> {
    let (bytes, mode) = match new.node {
        Node::Dir { .. } => return make_folder(dir, name, new),
        Node::Symlink { target } => return Ok(rustix::fs::symlinkat(unescape(target), dir, name)?),
        Node::File { bytes, mode } => (bytes, *mode),
    };
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(dir, name, flags, Mode::from_raw_mode(0o600))?;
    let mut file = File::from(fd);
    let mut write = || -> io::Result<()> {
        file.write_all(&bytes.0)?;
        if let Some(owner) = new.owner {
            let given = attributes::give(&file, owner);
            if strict {
                given?;
            }
        }
        if let Some(like) = new.like {
            match attributes::copy(like, &file) {
                // A copy for ourselves may lie where there are no such attributes.
                Err(e) if !strict && e.raw_os_error() == Some(Errno::NOTSUP.raw_os_error()) => {}
                other => other?,
            }
        }
        // Last: giving a file away takes bits of its mode, and an access list is narrowed by the mode.
        rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))?;
        if let Some(modified) = new.modified {
            attributes::date(&file, modified)?;
        }
        if new.sync {
            file.sync_all()?;
        }
        Ok(())
    };
    let written = write();
    if written.is_err() {
        let _ = rustix::fs::unlinkat(dir, name, AtFlags::empty());
    }
    written
}

pub(super) fn make_folder(dir: &OwnedFd, name: &[u8], new: &New<'_>) -> io::Result<()> {
    rustix::fs::mkdirat(dir, name, Mode::from_raw_mode(0o700))?;
    let finish = || -> io::Result<()> {
        let fd = open_folder(dir, name)?;
        if let Some(owner) = new.owner {
            attributes::give(fd.as_fd(), owner)?;
        }
        if let Node::Dir { mode } = new.node {
            rustix::fs::fchmod(&fd, Mode::from_raw_mode(*mode))?;
        }
        Ok(())
    };
    let finished = finish();
    if finished.is_err() {
        let _ = rustix::fs::unlinkat(dir, name, AtFlags::REMOVEDIR);
    }
    finished
}

pub(super) fn open_folder(dir: &OwnedFd, name: &[u8]) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(dir, name, flags, Mode::empty())?)
}

/// Removes a name, and all below it where it is a folder. Nothing there is as good.
pub(super) fn remove_all(dir: &OwnedFd, name: &[u8]) -> io::Result<()> {
    match rustix::fs::unlinkat(dir, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => return Ok(()),
        Err(Errno::ISDIR | Errno::PERM) => {}
        Err(e) => return Err(e.into()),
    }
    let folder = open_folder(dir, name)?;
    for entry in rustix::fs::Dir::read_from(&folder)? {
        let entry = entry?;
        let inner = entry.file_name().to_bytes();
        if inner != b"." && inner != b".." {
            remove_all(&folder, inner)?;
        }
    }
    Ok(rustix::fs::unlinkat(dir, name, AtFlags::REMOVEDIR)?)
}
