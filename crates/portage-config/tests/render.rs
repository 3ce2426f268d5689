//! Real configurations: rendering a file over itself changes no byte, rendering it afresh says the same.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use std::path::Path;

use portage_config::config::Own;
use portage_config::file;
use portage_config::render::{create, update};
use portage_config::report::{Report, Severity};
use portage_config::syntax;
use portage_config::template::Templates;
use portage_config::vocab::RelPath;

fn walk(dir: &Path, files: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap()).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => walk(&entry.path(), files),
            kind if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}

/// The path from the root of the tree that a file lies in.
fn within(path: &Path) -> Option<RelPath> {
    let path = path.to_str()?;
    let at = ["/etc/", "/var/lib/portage/"].iter().filter_map(|top| path.find(top)).min()?;
    RelPath::parse(path.get(at + 1..)?).ok()
}

#[test]
fn real_files_survive() {
    let Some(corpus) = std::env::var_os("PORTAGE_CORPUS") else {
        println!("left out without PORTAGE_CORPUS: real_files_survive");
        return;
    };
    let templates = Templates::builtin();
    let mut files = Vec::new();
    walk(Path::new(&corpus), &mut files);
    let (mut known, mut fresh, mut refused, mut faults) = (0, 0, Vec::new(), Vec::new());
    for full in files {
        let Some(path) = within(&full) else { continue };
        let Some(kind) = file::find(&path) else { continue };
        let bytes = std::fs::read(&full).unwrap();
        let mut report = Report::new();
        let model = syntax::read(&kind.grammar, &bytes, &mut report.file(&path));
        let clean = !report.has(Severity::Warning);
        known += 1;
        match update(kind, &model, Own::Whole, &bytes) {
            Ok(same) if same == bytes => {}
            Ok(_) => faults.push(format!("{}: changed when rendered over itself", full.display())),
            Err(error) => faults.push(format!("{}: over itself: {error}", full.display())),
        }
        match create(kind, &model, &templates) {
            Ok(_) => fresh += 1,
            Err(error) if clean => faults.push(format!("{}: afresh: {error}", full.display())),
            Err(error) => refused.push(format!("{}: {error}", full.display())),
        }
    }
    println!("{known} files of a known kind, {fresh} rendered afresh, {} refused:", refused.len());
    println!("{}", refused.join("\n"));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(known > 0, "no file of a known kind");
}
