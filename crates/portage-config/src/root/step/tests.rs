use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::*;
use crate::config::Bytes;

fn rel(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

fn file(text: &str) -> Node {
    Node::File { bytes: Bytes(text.into()), mode: 0o644 }
}

fn new(node: &Node) -> New<'_> {
    New { node, owner: None, modified: None, like: None, sync: false }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn ready<'a>(root: &Root, path: &str, node: &'a Node) -> Step<'a> {
    let path = rel(path);
    root.ready(&path, &new(node), node, root.find(&path).unwrap(), ".temp".into()).unwrap()
}

#[test]
fn what_somebody_put_in_the_place_of_a_new_file_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (root, place) = (Root::open(dir.path()).unwrap(), dir.path().join("a"));
    let node = file("new\n");
    for is_dir in [false, true] {
        let mut step = ready(&root, "a", &node);
        step.commit().unwrap();
        fs::remove_file(&place).unwrap();
        if is_dir {
            fs::create_dir(&place).unwrap();
            fs::write(place.join("mine"), "mine\n").unwrap();
        } else {
            fs::write(&place, "mine\n").unwrap();
        }
        let error = step.undo().unwrap_err();
        assert_eq!(error.to_string(), "`a`: somebody else changed it in the meantime");
        let mine = if is_dir { place.join("mine") } else { place.clone() };
        assert_eq!(fs::read_to_string(mine).unwrap(), "mine\n");
        assert_eq!(names(dir.path()), ["a"]);
        fs::remove_file(&place).or_else(|_| fs::remove_dir_all(&place)).unwrap();
    }
    // What is as it was put goes; what is gone already is as good.
    let mut step = ready(&root, "a", &node);
    step.commit().unwrap();
    step.undo().unwrap();
    assert!(names(dir.path()).is_empty());
    let mut step = ready(&root, "a", &node);
    step.commit().unwrap();
    fs::remove_file(&place).unwrap();
    step.undo().unwrap();
    assert!(names(dir.path()).is_empty());
}

#[test]
fn what_somebody_put_in_the_place_of_an_update_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (root, place) = (Root::open(dir.path()).unwrap(), dir.path().join("a"));
    fs::write(&place, "old\n").unwrap();
    let node = file("new\n");
    let mut step = ready(&root, "a", &node);
    step.commit().unwrap();
    fs::write(&place, "mine\n").unwrap();
    step.undo().unwrap_err();
    assert_eq!(fs::read_to_string(&place).unwrap(), "mine\n");
    // Removed in between, the old one comes back.
    fs::remove_file(dir.path().join(".temp")).unwrap();
    let mut step = ready(&root, "a", &node);
    step.commit().unwrap();
    fs::remove_file(&place).unwrap();
    step.undo().unwrap();
    assert_eq!(fs::read_to_string(&place).unwrap(), "mine\n");
    assert_eq!(names(dir.path()), ["a"]);
}

#[test]
fn a_folder_that_was_filled_since_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (root, place) = (Root::open(dir.path()).unwrap(), dir.path().join("a"));
    fs::write(&place, "old\n").unwrap();
    let (node, inner) = (Node::Dir { mode: 0o755 }, file("inner\n"));
    for mine in [false, true] {
        let step = ready(&root, "a", &node);
        step.inner().unwrap().put(&rel("x"), &new(&inner), true).unwrap();
        let mut filled = Tree::new();
        filled.insert(rel("x"), inner.clone());
        let mut step = step.filled(filled);
        step.commit().unwrap();
        if mine {
            fs::write(place.join("mine"), "mine\n").unwrap();
            step.undo().unwrap_err();
            assert_eq!(names(&place), ["mine", "x"]);
        } else {
            step.undo().unwrap();
            assert_eq!(fs::read_to_string(&place).unwrap(), "old\n");
            assert_eq!(names(dir.path()), ["a"]);
        }
    }
}

#[test]
fn another_mode_is_taken_back_where_it_is_still_the_same_file() {
    let dir = tempfile::tempdir().unwrap();
    let (root, place) = (Root::open(dir.path()).unwrap(), dir.path().join("a"));
    fs::write(&place, "old\n").unwrap();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).unwrap();
    let mode = || fs::metadata(&place).unwrap().mode() & 0o7777;
    let step = || root.idle(&rel("a"), root.find(&rel("a")).unwrap().unwrap(), ".temp".into()).unwrap();
    let mut one = step();
    one.mark(0o644, None).unwrap();
    assert_eq!(mode(), 0o644);
    one.undo().unwrap();
    assert_eq!(mode(), 0o600);
    let mut one = step();
    one.mark(0o644, None).unwrap();
    fs::write(&place, "mine\n").unwrap();
    one.undo().unwrap_err();
    assert_eq!(mode(), 0o644);
}

#[test]
fn a_folder_is_there_with_its_mode() {
    let dir = tempfile::tempdir().unwrap();
    let root = Root::open(dir.path()).unwrap();
    let node = Node::Dir { mode: 0o1755 };
    let step = root.new_folder(&rel("a"), &new(&node), ".temp".into()).unwrap();
    assert_eq!(fs::metadata(dir.path().join("a")).unwrap().mode() & 0o7777, 0o1755);
    assert_eq!(names(dir.path()), ["a"]);
    let error = root.new_folder(&rel("a"), &new(&node), ".temp".into()).unwrap_err();
    assert_eq!(error.to_string(), "`a`: somebody else changed it in the meantime");
    step.undo().unwrap();
    assert!(names(dir.path()).is_empty());
}

#[test]
fn what_was_moved_aside_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let root = Root::open(dir.path()).unwrap();
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    put(".temp", "new\n");
    put(".temp-old", "old\n");
    root.sweep(&rel("a"), ".temp").unwrap();
    assert_eq!(fs::read_to_string(dir.path().join("a")).unwrap(), "old\n");
    assert_eq!(names(dir.path()), ["a"]);
    put(".temp-old", "older\n");
    symlink("nowhere", dir.path().join(".temp")).unwrap();
    root.sweep(&rel("a"), ".temp").unwrap();
    assert_eq!(fs::read_to_string(dir.path().join("a")).unwrap(), "old\n");
    assert_eq!(names(dir.path()), ["a"]);
}
