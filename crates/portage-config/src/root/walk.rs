//! The way to a path inside a root.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::Root;
use crate::tree::Node;
use crate::vocab::RelPath;

/// An open folder and a name in it. The name is no link when links were to be followed.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) dir: OwnedFd,
    pub(super) name: Vec<u8>,
}

/// As the kernel allows.
const MAX_LINKS: usize = 40;

impl Root {
    /// Where a path is, resolved inside the root. What it names need not be there; its folder must.
    pub(super) fn place(&self, path: &RelPath, follow: bool) -> io::Result<Place> {
        if follow || self.by_hand {
            return self.by_hand(&path.to_bytes(), follow);
        }
        let path_bytes = path.to_bytes();
        let Some(slash) = path_bytes.iter().rposition(|byte| *byte == b'/') else {
            return Ok(Place { dir: self.fd.try_clone()?, name: path_bytes.into_owned() });
        };
        let (parent, name) = path_bytes.split_at(slash);
        let name = name.get(1..).unwrap_or_default().to_vec();
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(&self.fd, parent, flags, Mode::empty(), resolve) {
            Ok(dir) => Ok(Place { dir, name }),
            // Not there, forbidden by a filter, or disturbed by somebody who moves folders.
            Err(Errno::NOSYS | Errno::PERM | Errno::INVAL | Errno::AGAIN) => {
                self.by_hand(&path.to_bytes(), follow)
            }
            Err(e) => Err(e.into()),
        }
    }

    /// The path that a text leads to, as in a chroot: without `..`, and without links as far as there are any.
    /// `None` where links go round in a circle, and for the root itself.
    ///
    /// ```
    /// use portage_config::root::Root;
    /// let dir = tempfile::tempdir()?;
    /// std::os::unix::fs::symlink("/srv/../../data", dir.path().join("link"))?;
    /// let root = Root::open(dir.path())?;
    /// assert_eq!(root.resolve("link/etc").map(|path| path.to_string()).as_deref(), Some("data/etc"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(&self, path: &str) -> Option<RelPath> {
        let mut ahead: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let mut done: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(step) = ahead.pop() {
            match step.as_str() {
                "" | "." => continue,
                ".." => {
                    done.pop();
                    continue;
                }
                _ => done.push(step),
            }
            let here = RelPath::parse(&done.join("/")).ok()?;
            if let Ok(Some(Node::Symlink { target })) = self.read(&here) {
                links += 1;
                if links > MAX_LINKS {
                    return None;
                }
                done.pop();
                if target.starts_with('/') {
                    done.clear();
                }
                ahead.extend(target.split('/').rev().map(str::to_owned));
            }
        }
        RelPath::parse(&done.join("/")).ok()
    }

    fn by_hand(&self, path: &[u8], follow: bool) -> io::Result<Place> {
        let mut folders: Vec<OwnedFd> = Vec::new();
        let mut ahead = components(path);
        let mut links = 0;
        while let Some(name) = ahead.pop() {
            let top = folders.last().unwrap_or(&self.fd);
            if name == b".." {
                folders.pop();
                continue;
            }
            let last = ahead.is_empty();
            match rustix::fs::readlinkat(top, name.as_slice(), Vec::new()) {
                Ok(target) if !last || follow => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Errno::LOOP.into());
                    }
                    let target = target.into_bytes();
                    if target.starts_with(b"/") {
                        folders.clear();
                    }
                    ahead.extend(components(&target));
                }
                Ok(_) | Err(Errno::INVAL | Errno::NOENT) if last => {
                    return Ok(Place { dir: top.try_clone()?, name });
                }
                Ok(_) | Err(Errno::INVAL) => {
                    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                    folders.push(rustix::fs::openat(top, name.as_slice(), flags, Mode::empty())?);
                }
                Err(e) => return Err(e.into()),
            }
        }
        let dir = match folders.pop() {
            Some(dir) => dir,
            None => self.fd.try_clone()?,
        };
        Ok(Place { dir, name: b".".to_vec() })
    }
}

/// The components, the first one last.
fn components(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|b| *b == b'/').rev().filter(|c| !c.is_empty() && *c != b".").map(<[u8]>::to_vec).collect()
}
