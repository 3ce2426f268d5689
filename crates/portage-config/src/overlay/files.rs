//! The files of a package that a full Manifest lists.

use std::ffi::OsString;

use crate::manifest::Kind;
use crate::repository::leads_out;
use crate::root::{Look, Root, RootError};
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath, is_package_name};

/// What lies in the folder of a package.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Those that a full Manifest lists.
    pub(super) listed: Vec<Listed>,
    /// What is listed but cannot be hashed, and why.
    pub(super) refused: Vec<(RelPath, String)>,
}

/// A file that a full Manifest lists.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) kind: Kind,
    /// In the Manifest.
    pub(super) name: String,
    pub(super) path: RelPath,
    pub(super) size: u64,
}

impl Files {
    /// As Portage lists them (`_update_thick_pkgdir`): names that begin with a dot, hold odd characters or lie below
    /// `CVS` are passed over; links to files count as files, links to folders do not.
    pub(super) fn of(root: &Root, cpn: &Cpn) -> Self {
        let mut files = Self::default();
        let Ok(folder) = RelPath::parse(&cpn.to_string()) else { return files };
        for name in files.names(root, &folder) {
            let Some(name) = name.to_str() else { continue };
            let Ok(path) = folder.join(name) else { continue };
            if name == "files" {
                files.below(root, &path);
                continue;
            }
            if name.starts_with('.') || name == "Manifest" {
                continue;
            }
            if name.ends_with(".ebuild") {
                let is_own = cpn.version_of(name).is_some() && is_package_name(cpn.package());
                match is_own {
                    true => files.add(root, Kind::Ebuild, name.to_owned(), path),
                    false => files.refuse(path, "is no ebuild of its folder"),
                }
            } else if is_plain(name) {
                files.add(root, Kind::Misc, name.to_owned(), path);
            }
        }
        files
    }

    /// The names in a folder; that it cannot be read is kept.
    fn names(&mut self, root: &Root, folder: &RelPath) -> Vec<OsString> {
        match root.list(Some(folder)) {
            Ok(names) => names.unwrap_or_default(),
            Err(error) => {
                self.unreadable(folder.clone(), &error);
                Vec::new()
            }
        }
    }

    pub(super) fn unreadable(&mut self, path: RelPath, error: &RootError) {
        self.refused.push((path, format!("cannot be read: {}", error.source)));
    }

    fn refuse(&mut self, path: RelPath, why: &str) {
        self.refused.push((path, why.to_owned()));
    }

    fn below(&mut self, root: &Root, files: &RelPath) {
        if !matches!(root.look(files, false), Ok(Some(Look::Dir))) {
            return;
        }
        let mut ahead = vec![files.clone()];
        while let Some(folder) = ahead.pop() {
            for name in self.names(root, &folder) {
                let Some(name) = name.to_str() else { continue };
                if !is_plain(name) || name.starts_with('.') || name == "CVS" {
                    continue;
                }
                let Ok(path) = folder.join(name) else { continue };
                if matches!(root.look(&path, false), Ok(Some(Look::Dir))) {
                    ahead.push(path);
                    continue;
                }
                let short = path.below(files.as_str()).unwrap_or_default().to_owned();
                if !short.starts_with("digest-") {
                    self.add(root, Kind::Aux, short, path);
                }
            }
        }
    }

    fn add(&mut self, root: &Root, kind: Kind, name: String, path: RelPath) {
        let look = match root.look(&path, false) {
            Ok(Some(Look::Link(target))) if leads_out(&path, &Node::Symlink { target: target.clone() }) => {
                return self.refuse(path, "is a link that leads out of the repository");
            }
            Ok(Some(Look::Link(_))) => root.look(&path, true),
            look => look,
        };
        match look {
            Ok(Some(Look::File(size))) => self.listed.push(Listed { kind, name, path, size }),
            Ok(Some(Look::Dir)) => {}
            Ok(Some(Look::Link(_) | Look::Other)) => self.refuse(path, "is no file"),
            Ok(None) => self.refuse(path, "is a link that leads nowhere"),
            Err(error) => self.unreadable(path, &error),
        }
    }
}

/// `_find_invalid_path_char` in Portage's repository/config.py.
pub(super) fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+/".contains(&byte))
}
