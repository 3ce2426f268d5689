//! Reading a tree from a root.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use super::{Root, read_all, special};
use crate::config::Bytes;
use crate::report::{Diagnostic, Key, Report, Spot};
use crate::tree::{F003, F004, Node, Tree};
use crate::vocab::{RelPath, escape};

impl Tree {
    /// Reads what is at these paths of a root; of a folder, all that is in it. Links are not followed, except
    /// on the way to a path. What cannot be read, and names that no text can show, are reported.
    pub fn scan(root: &Root, paths: &[RelPath], report: &mut Report) -> Self {
        let mut tree = Self::new();
        let mut ahead: Vec<RelPath> = Vec::new();
        for path in paths {
            match root.read(path) {
                Ok(None) => {}
                Ok(Some(node)) => {
                    if let Node::Dir { .. } = node {
                        ahead.push(path.clone());
                    }
                    tree.insert(path.clone(), node);
                }
                Err(error) => report.push(unreadable(path, &error.source)),
            }
        }
        while let Some(folder) = ahead.pop() {
            let (fd, entries) = match root.entries(&folder) {
                Ok(found) => found,
                Err(error) => {
                    report.push(unreadable(&folder, &error));
                    continue;
                }
            };
            for (name, kind) in entries {
                let Ok(path) = folder.join(&escape(&name)) else { continue };
                report.diagnostics.extend(odd_name(&path, &name));
                match node(fd.as_fd(), &name, kind) {
                    Ok(node) => {
                        if let Node::Dir { .. } = node {
                            ahead.push(path.clone());
                        }
                        tree.insert(path, node);
                    }
                    // Gone since the folder was read.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => report.push(unreadable(&path, &error)),
                }
            }
        }
        tree
    }
}

/// The names in a folder, each with what the folder says it is.
type Entries = Vec<(Vec<u8>, FileType)>;

impl Root {
    /// Opens a folder to be read, with the names in it, in no order, each with what the folder says it is.
    fn entries(&self, path: &RelPath) -> io::Result<(OwnedFd, Entries)> {
        let place = self.place(path, false)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&place.dir, place.name.as_slice(), flags, Mode::empty())?;
        let entries = entries(fd.as_fd())?;
        Ok((fd, entries))
    }

    /// All that is in a folder and the folders in it, those aside, without what it holds. What cannot be listed is left
    /// out.
    pub(crate) fn names_below(&self, folder: &RelPath) -> Vec<RelPath> {
        let mut all = Vec::new();
        let mut ahead = vec![folder.clone()];
        while let Some(folder) = ahead.pop() {
            let Ok((fd, entries)) = self.entries(&folder) else { continue };
            for (name, kind) in entries {
                let Ok(path) = folder.join(&escape(&name)) else { continue };
                let kind = match kind {
                    FileType::Unknown => {
                        let stat = rustix::fs::statat(&fd, name.as_slice(), AtFlags::SYMLINK_NOFOLLOW);
                        stat.map_or(kind, |stat| FileType::from_raw_mode(stat.st_mode))
                    }
                    known => known,
                };
                match kind {
                    FileType::Directory => ahead.push(path),
                    FileType::RegularFile | FileType::Symlink => all.push(path),
                    _ => {}
                }
            }
        }
        all
    }
}

/// The names in a folder, in no order, each with what the folder says it is.
fn entries(folder: BorrowedFd<'_>) -> io::Result<Entries> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push((name.to_vec(), entry.file_type()));
        }
    }
    Ok(names)
}

/// What a name in an open folder is. What the folder says is a file is opened first, and asked then.
fn node(folder: BorrowedFd<'_>, name: &[u8], kind: FileType) -> io::Result<Node> {
    if kind == FileType::RegularFile {
        return file(folder, name);
    }
    let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => file(folder, name),
        FileType::Directory => Ok(Node::Dir { mode: stat.st_mode & 0o7777 }),
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(folder, name, Vec::new())?;
            Ok(Node::Symlink { target: escape(target.as_bytes()) })
        }
        other => Err(special(other)),
    }
}

fn file(folder: BorrowedFd<'_>, name: &[u8]) -> io::Result<Node> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(folder, name, flags, Mode::empty())?;
    // It may have been replaced in between.
    let stat = rustix::fs::fstat(&fd)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            let bytes = Bytes(read_all(fd, stat.st_size)?);
            Ok(Node::File { bytes, mode: stat.st_mode & 0o7777 })
        }
        other => Err(special(other)),
    }
}

/// A finding about a name that no text can show.
pub(super) fn odd_name(path: &RelPath, name: &[u8]) -> Option<Diagnostic> {
    let shown = path.name();
    let spot = Spot { path: Some(path.clone()), ..Spot::default() };
    (shown.as_bytes() != name).then(|| {
        Diagnostic::new(&F004, spot, format!("no text can show the name `{shown}`")).help("rename the file")
    })
}

/// A finding about a path that cannot be read.
pub(crate) fn unreadable(path: &RelPath, error: &io::Error) -> Diagnostic {
    let spot = Spot { path: Some(path.clone()), key: Key::file(), word: None, span: None };
    Diagnostic::new(&F003, spot, format!("`{path}` cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_scan_reads_all_and_reports_what_it_cannot() {
        let dir = tempfile::tempdir().unwrap();
        let portage = dir.path().join("etc/portage");
        fs::create_dir_all(portage.join("package.use")).unwrap();
        fs::write(portage.join("package.use/a"), "x/y z\n").unwrap();
        symlink(OsStr::from_bytes(b"/now\xffhere"), portage.join("make.profile")).unwrap();
        fs::write(portage.join(OsStr::from_bytes(b"odd\xff")), "odd\n").unwrap();
        fs::create_dir(portage.join("a\nb")).unwrap();
        fs::write(portage.join("a\nb/c"), "").unwrap();
        assert!(std::process::Command::new("mkfifo").arg(portage.join("pipe")).status().unwrap().success());
        let mut report = Report::new();
        let root = Root::open(dir.path()).unwrap();
        let paths = ["etc/portage", "etc/fstab"].map(|p| RelPath::parse(p).unwrap());
        let tree = Tree::scan(&root, &paths, &mut report);
        let names: Vec<_> = tree.nodes.keys().map(RelPath::as_str).collect();
        assert_eq!(
            names,
            [
                "etc/portage",
                r"etc/portage/a\x0ab",
                r"etc/portage/a\x0ab/c",
                "etc/portage/make.profile",
                r"etc/portage/odd\xff",
                "etc/portage/package.use",
                "etc/portage/package.use/a"
            ]
        );
        let mut messages: Vec<_> = report.diagnostics.iter().map(|d| d.message.clone()).collect();
        messages.sort();
        assert_eq!(
            messages,
            [
                "`etc/portage/pipe` cannot be read: is a pipe, no file",
                r"no text can show the name `a\x0ab`",
                r"no text can show the name `odd\xff`",
            ]
        );
        // Written elsewhere, it is the same tree.
        let copy = tempfile::tempdir().unwrap();
        tree.write_to(copy.path(), false).unwrap();
        assert_eq!(Tree::scan(&Root::open(copy.path()).unwrap(), &paths, &mut Report::new()), tree);
    }
}
