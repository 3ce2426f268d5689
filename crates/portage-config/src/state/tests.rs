//! A state that was left in its middle.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::*;
use crate::config::Bytes;

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

fn state(dir: &Path) -> (Root, Guard, State) {
    let root = Root::open(dir).unwrap();
    let mut guard = Guard::take(&root, false).unwrap();
    let state = State::create(&root, &mut guard, false).unwrap();
    (root, guard, state)
}

/// Writes down that something becomes ours, and is not any more.
fn begun(root: &Root, state: &State, number: u64, ours: &[(&str, &str)], gone: &[&str]) -> Manifest {
    let manifest = Manifest {
        generation: number,
        owned: ours.iter().map(|(at, _)| (path(at), Owned::Whole)).collect(),
        ..Manifest::default()
    };
    let nodes: Vec<(RelPath, Node)> = (ours.iter())
        .map(|(at, text)| (path(at), Node::File { bytes: Bytes((*text).into()), mode: 0o644 }))
        .collect();
    let gone: Vec<RelPath> = gone.iter().map(|at| path(at)).collect();
    let mut applied: BTreeMap<&RelPath, Option<&Node>> =
        nodes.iter().map(|(at, node)| (at, Some(node))).collect();
    applied.extend(gone.iter().map(|at| (at, None)));
    let journal = Journal { manifest: &manifest, entries: Vec::new(), applied };
    state.begin(root, &journal, false).unwrap();
    manifest
}

fn applied(dir: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut ahead = vec![dir.join(FOLDER).join("applied")];
    while let Some(folder) = ahead.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => ahead.push(path),
                false => all.push(format!(
                    "{} {}",
                    path.strip_prefix(dir.join(FOLDER).join("applied")).unwrap().display(),
                    fs::read_to_string(&path).unwrap()
                )),
            }
        }
    }
    all.sort();
    all
}

#[test]
fn what_was_ours_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let (root, _guard, state) = state(dir.path());
    let first = begun(&root, &state, 1, &[("etc/a", "1"), ("etc/b", "1"), ("etc/c", "1")], &[]);
    state.finish(&first, false).unwrap();
    assert_eq!(applied(dir.path()), ["etc/a 1", "etc/b 1", "etc/c 1"]);
    // A file becomes a folder, and another is ours no more.
    let second = begun(&root, &state, 2, &[("etc/a", "2"), ("etc/b/x", "2")], &["etc/b", "etc/c"]);
    let before = applied(dir.path());
    state.settle(&second).unwrap();
    assert_eq!(applied(dir.path()), ["etc/a 2", "etc/b/x 2"]);
    state.unsettle(&second).unwrap();
    assert_eq!(applied(dir.path()), before);
    state.unsettle(&second).unwrap();
    state.forget().unwrap();
    assert_eq!(applied(dir.path()), before);
    assert!(state.pending().unwrap().is_none() && !state.is_untidy().unwrap());
}

#[test]
fn a_generation_takes_the_place_of_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let (root, _guard, state) = state(dir.path());
    for number in [1, 1, 2] {
        let manifest = begun(&root, &state, number, &[("etc/a", "1")], &[]);
        state.finish(&manifest, false).unwrap();
    }
    assert_eq!(state.generations().unwrap(), [1, 2, 3]);
    assert!(state.pending().unwrap().is_none());
}

#[test]
fn what_cannot_be_understood_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let (root, _guard, state) = state(dir.path());
    begun(&root, &state, 1, &[("etc/a", "1")], &[]);
    let manifest = dir.path().join(FOLDER).join("pending/manifest.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    for (text, message) in [
        (Some("generation ="), "cannot be understood: "),
        (
            Some("format = 2\nfuture = true\n"),
            "it is of format 2, written by another version; this one reads 1",
        ),
        (None, "it is missing"),
    ] {
        fs::remove_file(&manifest).unwrap();
        if let Some(text) = text {
            fs::write(&manifest, text).unwrap();
        }
        let error = state.pending().unwrap_err().to_string();
        assert!(
            error.contains(message) && error.contains("remove `var/lib/portage-config/pending`"),
            "{error}"
        );
        fs::write(&manifest, text.map_or("", |_| "x")).unwrap();
    }
    fs::write(&manifest, text).unwrap();
    assert_eq!(state.pending().unwrap().unwrap().generation, 1);
}

#[test]
fn half_of_a_generation_is_removed_by_the_next_run() {
    let dir = tempfile::tempdir().unwrap();
    let (root, mut guard, state) = state(dir.path());
    fs::create_dir_all(dir.path().join(FOLDER).join("pending.new/before/etc")).unwrap();
    assert!(state.is_untidy().unwrap());
    assert!(crate::state::State::open(&root).unwrap().unwrap().pending().unwrap().is_none());
    state.tidy().unwrap();
    assert!(!state.is_untidy().unwrap());
    guard.hold(&root).unwrap();
}

#[test]
fn the_lock_is_nobody_elses() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let lock = dir.path().join(FOLDER).join("lock");
    fs::create_dir_all(&lock).unwrap();
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o755)).unwrap();
    let _state = state(dir.path());
    assert_eq!(fs::metadata(&lock).unwrap().permissions().mode() & 0o777, 0o700);
}
