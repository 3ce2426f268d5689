//! Renders `cases/*/spec.toml` and holds the trees against their snapshots.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use portage_config::config::Body;
use portage_config::file::kinds;
use portage_config::render::render;
use portage_config::report::Report;
use portage_config::spec::{Disk, Options, Resolved, load};
use portage_config::template::Templates;
use portage_config::tree::{Node, Tree};

#[test]
fn cases() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(cases).unwrap() {
        let folder = entry.unwrap().path();
        if folder.join("spec.toml").is_file() {
            count += 1;
            wrong.extend(case(&folder));
        }
    }
    assert!(count > 0, "no cases");
    assert!(wrong.is_empty(), "these snapshots differ, or belong to nothing any more: {wrong:#?}");
}

/// The case `every-kind` shows how a new file of each kind looks.
#[test]
fn every_kind_has_a_snapshot() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/every-kind");
    let mut report = Report::new();
    let spec = folder.join("spec.toml");
    let resolved = load(spec.to_str().unwrap(), &Options::new(&Disk), &mut report).unwrap();
    let listing = fs::read_to_string(folder.join("tree.snap")).unwrap_or_default();
    let mut shown = BTreeSet::new();
    for (number, root) in resolved.roots.iter().enumerate() {
        let prefix = place(&resolved, number);
        for (path, file) in &root.config.files {
            let snapshot = folder.join(format!("out/{prefix}{path}.snap"));
            let link =
                matches!(file.body, Body::Link(_)) && listing.contains(&format!("link {prefix}{path} "));
            if snapshot.is_file() || link {
                shown.extend(file.kind.map(|kind| kind.name));
            }
        }
    }
    let missing: Vec<_> = kinds().iter().map(|kind| kind.name).filter(|name| !shown.contains(name)).collect();
    assert!(missing.is_empty(), "kinds without a snapshot: {missing:?}");
}

/// Gives the files of a folder the modes that git means: the rest depends on who checked it out.
fn set_modes(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        let found = entry.metadata().unwrap().permissions().mode() & 0o7777;
        let mode = if kind.is_dir() || found & 0o100 != 0 { 0o755 } else { 0o644 };
        if !kind.is_symlink() && found != mode {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode)).unwrap();
        }
        if kind.is_dir() {
            set_modes(&entry.path());
        }
    }
}

/// Renders one case; returns the snapshots that are wrong.
fn case(folder: &Path) -> Vec<PathBuf> {
    set_modes(folder);
    let mut shots = Snapshots { folder, seen: BTreeSet::new(), wrong: Vec::new() };
    let mut report = Report::new();
    let options = Options::new(&Disk);
    let spec = folder.join("spec.toml");
    let resolved = load(spec.to_str().unwrap(), &options, &mut report);
    let mut listing = String::new();
    if let Some(resolved) = &resolved {
        for (number, root) in resolved.roots.iter().enumerate() {
            let prefix = place(resolved, number);
            match render(&root.config, &Templates::builtin(), &mut report) {
                Some(tree) => files(&prefix, &tree, &mut listing, &mut shots),
                None => writeln!(listing, "{prefix} is not rendered").unwrap(),
            }
        }
    }
    shots.check("tree", &listing);
    shots.check("report", &findings(&report, folder));
    shots.finish()
}

/// Where a root's tree lies in the output: by its name, or inside its host.
fn place(resolved: &Resolved, number: usize) -> String {
    let root = &resolved.roots[number];
    match (&root.at, &root.name) {
        (Some((host, at)), _) => {
            let host = resolved.roots.iter().position(|r| r.name.as_ref() == Some(host)).unwrap();
            format!("{}{at}/", place(resolved, host))
        }
        (None, Some(name)) => format!("{name}/"),
        (None, None) => String::new(),
    }
}

fn files(prefix: &str, tree: &Tree, listing: &mut String, shots: &mut Snapshots<'_>) {
    let overlay = Path::new(env!("CARGO_MANIFEST_DIR")).join("../overlay");
    for (path, node) in &tree.nodes {
        match node {
            Node::File { bytes, mode } => {
                writeln!(listing, "{mode:04o} {prefix}{path}").unwrap();
                // The repository that comes with the library is held against itself.
                match path.below("var/db/repos/portage-config") {
                    Some(own) => assert_eq!(bytes.0, fs::read(overlay.join(own)).unwrap(), "{own}"),
                    None => shots.check(&format!("out/{prefix}{path}"), &String::from_utf8_lossy(&bytes.0)),
                }
            }
            Node::Dir { mode } => writeln!(listing, "{mode:04o} {prefix}{path}/").unwrap(),
            Node::Symlink { target } => writeln!(listing, "link {prefix}{path} -> {target}").unwrap(),
        }
    }
}

/// What was reported, one finding a line, without the place of this folder.
fn findings(report: &Report, folder: &Path) -> String {
    let mut lines: Vec<String> = report
        .diagnostics
        .iter()
        .map(|d| format!("{:?} {} {}: {}", d.severity, d.code.id, d.code.name, d.message))
        .collect();
    lines.sort();
    lines.join("\n").replace(folder.to_str().unwrap(), "CASE")
}

/// The snapshots of one case, each at the path of what it shows.
struct Snapshots<'a> {
    folder: &'a Path,
    seen: BTreeSet<PathBuf>,
    wrong: Vec<PathBuf>,
}

impl Snapshots<'_> {
    fn check(&mut self, name: &str, content: &str) {
        let path = self.folder.join(format!("{name}.snap"));
        let file = Path::new(name).file_name().unwrap().to_str().unwrap();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let same =
            catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(file, content))));
        if same.is_err() {
            self.wrong.push(path.clone());
        }
        self.seen.insert(path);
    }

    /// The wrong ones, and those that nothing asked for.
    fn finish(mut self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "snap") && !self.seen.contains(&path) {
                    self.wrong.push(path);
                }
            }
        }
        self.wrong
    }
}
