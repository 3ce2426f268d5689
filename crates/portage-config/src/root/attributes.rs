//! Owners, modes, times and extended attributes of files that are written.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::fs::{Gid, Timespec, Timestamps, UTIME_OMIT, Uid, XattrFlags};
use rustix::io::Errno;

/// Gives a new file to an owner, unless it is theirs.
pub(super) fn give(new: impl AsFd, owner: (u32, u32)) -> io::Result<()> {
    let made = rustix::fs::fstat(&new)?;
    if (made.st_uid, made.st_gid) == owner {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(owner.0), Gid::from_raw(owner.1));
    rustix::fs::fchown(new, Some(user), Some(group)).map_err(|e| {
        let error = io::Error::from(e);
        io::Error::new(error.kind(), format!("the owner of the file would be lost: {error}"))
    })
}

/// Sets the time of the last change.
pub(super) fn date(new: impl AsFd, modified: (i64, u32)) -> io::Result<()> {
    let times = Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        last_modification: Timespec { tv_sec: modified.0, tv_nsec: modified.1.into() },
    };
    Ok(rustix::fs::futimens(new, &times)?)
}

/// Copies the extended attributes of a file to a new one.
pub(super) fn copy(old: &File, new: &File) -> io::Result<()> {
    let mut names = Vec::new();
    match list(old, &mut names) {
        Ok(()) => {}
        Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(()),
        Err(e) => return Err(e.into()),
    }
    for name in names.split(|b| *b == 0).filter(|name| !name.is_empty()) {
        // Checksums of the content: the system makes its own.
        if name == b"security.ima" || name == b"security.evm" {
            continue;
        }
        let mut value = vec![0; rustix::fs::fgetxattr_query(old, name)?];
        if !value.is_empty() {
            let length = rustix::fs::fgetxattr(old, name, value.as_mut_slice())?;
            value.truncate(length);
        }
        match rustix::fs::fsetxattr(new, name, &value, XattrFlags::empty()) {
            // What the system itself gives to a new file is not ours to set.
            Err(Errno::PERM | Errno::NOTSUP)
                if !name.starts_with(b"user.") && !name.starts_with(b"system.") => {}
            other => other?,
        }
    }
    Ok(())
}

fn list(file: &File, names: &mut Vec<u8>) -> rustix::io::Result<()> {
    names.resize(rustix::fs::flistxattr_query(file)?, 0);
    if !names.is_empty() {
        let length = rustix::fs::flistxattr(file, names.as_mut_slice())?;
        names.truncate(length);
    }
    Ok(())
}
