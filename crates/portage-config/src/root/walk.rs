//! The way to a path inside a root.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};

use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::{Root, RootError};
use crate::tree::Node;
use crate::vocab::RelPath;

/// An open folder and a name in it. The name is no link when links were to be followed.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) dir: Arc<OwnedFd>,
    pub(super) name: Vec<u8>,
}

impl Place {
    pub(super) fn new(dir: OwnedFd, name: Vec<u8>) -> Self {
        Self { dir: Arc::new(dir), name }
    }
}

/// Folders that are open already, by path.
pub(super) type Near = Mutex<HashMap<Vec<u8>, Arc<OwnedFd>>>;

/// How many folders are kept open at most, for those who need no more than the last few.
const NEAR: usize = 64;

/// As the kernel allows.
const MAX_LINKS: usize = 40;

impl Root {
    /// Where a path is, resolved inside the root. What it names need not be there; its folder must.
    pub(super) fn place(&self, path: &RelPath, follow: bool) -> io::Result<Place> {
        let path_bytes = path.to_bytes();
        if follow {
            return self.by_hand(&path_bytes, true);
        }
        let slash = path_bytes.iter().rposition(|byte| *byte == b'/');
        let (parent, name) = path_bytes.split_at(slash.unwrap_or_default());
        let name = name.get(usize::from(slash.is_some())..).unwrap_or_default();
        let Some(near) = &self.near else { return self.place_in(parent, name) };
        if let Some(dir) = near.lock().ok().and_then(|near| near.get(parent).cloned()) {
            return Ok(Place { dir, name: name.to_vec() });
        }
        let place = self.place_in(parent, name)?;
        if let Ok(mut near) = near.lock() {
            if near.len() >= NEAR {
                near.clear();
            }
            near.insert(parent.to_vec(), Arc::clone(&place.dir));
        }
        Ok(place)
    }

    /// The same root, which opens a folder once and keeps it open for all that is in it: for work during which no folder
    /// gets another name. Who moves one meanwhile, or puts a link in its place, does not lead astray what follows.
    pub(crate) fn near(&self) -> Result<Self, RootError> {
        let fd = self.fd.try_clone().map_err(|e| RootError::new(".", e))?;
        Ok(Self { fd, dir: self.dir.clone(), by_hand: self.by_hand, near: Some(Near::default()) })
    }

    /// A folder, opened in one step; `None` where that cannot be done, whatever the reason.
    pub(super) fn folder(&self, path: &RelPath) -> Option<OwnedFd> {
        if self.by_hand {
            return None;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        rustix::fs::openat2(&self.fd, path.to_bytes().as_ref(), flags, Mode::empty(), resolve).ok()
    }

    fn place_in(&self, parent: &[u8], name: &[u8]) -> io::Result<Place> {
        if parent.is_empty() {
            return Ok(Place::new(self.fd.try_clone()?, name.to_vec()));
        }
        let whole = || [parent, b"/", name].concat();
        if self.by_hand {
            return self.by_hand(&whole(), false);
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(&self.fd, parent, flags, Mode::empty(), resolve) {
            Ok(dir) => Ok(Place::new(dir, name.to_vec())),
            // Not there, forbidden by a filter, or disturbed by somebody who moves folders.
            Err(Errno::NOSYS | Errno::PERM | Errno::INVAL | Errno::AGAIN) => self.by_hand(&whole(), false),
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
                    return Ok(Place::new(top.try_clone()?, name));
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
        Ok(Place::new(dir, b".".to_vec()))
    }
}

/// The components, the first one last.
fn components(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|b| *b == b'/').rev().filter(|c| !c.is_empty() && *c != b".").map(<[u8]>::to_vec).collect()
}
