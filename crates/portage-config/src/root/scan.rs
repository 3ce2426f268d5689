//! Reading a tree from a root.

use super::Root;
use crate::report::{Diagnostic, Key, Report, Spot};
use crate::tree::{F003, F004, Node, Tree};
use crate::vocab::RelPath;

impl Tree {
    /// Reads what is at these paths of a root; of a folder, all that is in it. Links are not followed, except
    /// on the way to a path. What cannot be read, and names that no spec can say, are reported.
    pub fn scan(root: &Root, paths: &[RelPath], report: &mut Report) -> Self {
        let mut tree = Self::new();
        let mut ahead: Vec<RelPath> = paths.to_vec();
        while let Some(path) = ahead.pop() {
            match root.read(&path) {
                Ok(None) => continue,
                Ok(Some(node)) => {
                    if let Node::Dir { .. } = node {
                        ahead.extend(below(root, &path, report));
                    }
                    tree.insert(path, node);
                }
                Err(error) => report.push(unreadable(&path, &error.source)),
            }
        }
        tree
    }
}

fn below(root: &Root, path: &RelPath, report: &mut Report) -> Vec<RelPath> {
    let names = match root.list(Some(path)) {
        Ok(names) => names.unwrap_or_default(),
        Err(error) => {
            report.push(unreadable(path, &error.source));
            Vec::new()
        }
    };
    let mut paths = Vec::new();
    for name in names {
        match name.to_str().and_then(|name| path.join(name).ok()) {
            Some(path) => paths.push(path),
            None => {
                let spot = Spot { path: Some(path.clone()), ..Spot::default() };
                let name = name.to_string_lossy().escape_default().to_string();
                report.push(
                    Diagnostic::new(&F004, spot, format!("the name `{name}` is no text"))
                        .help("rename or remove the file"),
                );
            }
        }
    }
    paths
}

/// A finding about a path that cannot be read.
pub(crate) fn unreadable(path: &RelPath, error: &std::io::Error) -> Diagnostic {
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
        symlink("/nowhere", portage.join("make.profile")).unwrap();
        fs::write(portage.join(OsStr::from_bytes(b"odd\xff")), "").unwrap();
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
                "etc/portage/make.profile",
                "etc/portage/package.use",
                "etc/portage/package.use/a"
            ]
        );
        let mut messages: Vec<_> = report.diagnostics.iter().map(|d| d.message.clone()).collect();
        messages.sort();
        assert_eq!(
            messages,
            ["`etc/portage/pipe` cannot be read: is a pipe, no file", "the name `odd\\u{fffd}` is no text"]
        );
    }
}
