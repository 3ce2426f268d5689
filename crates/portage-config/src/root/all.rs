//! Reading a whole folder.

use std::io;
use std::os::unix::ffi::OsStrExt;

use super::{Root, scan};
use crate::report::Report;
use crate::tree::Tree;
use crate::vocab::RelPath;

impl Tree {
    /// Reads all that is in a folder, as [`Tree::scan`] does. `.git` at its top is left out: that is the history of
    /// the files and no part of them.
    ///
    /// # Errors
    /// When the folder itself cannot be read.
    pub fn scan_all(root: &Root, report: &mut Report) -> io::Result<Self> {
        let mut paths = Vec::new();
        for name in root.list(None).map_err(|error| error.source)?.unwrap_or_default() {
            // The system gives no other names.
            let Ok(path) = RelPath::from_bytes(name.as_bytes()) else { continue };
            if path.as_str() == ".git" {
                continue;
            }
            report.diagnostics.extend(scan::odd_name(&path, name.as_bytes()));
            paths.push(path);
        }
        Ok(Self::scan(root, &paths, report))
    }
}
