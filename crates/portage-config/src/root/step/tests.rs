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

fn idle<'a>(root: &Root, path: &str) -> Step<'a> {
    root.idle(&rel(path), root.find(&rel(path)).unwrap().unwrap(), format!(".temp-{}", path.len())).unwrap()
}

#[test]
fn what_is_taken_away_comes_back_until_it_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (root, place) = (Root::open(dir.path()).unwrap(), dir.path().join("a"));
    fs::write(&place, "old\n").unwrap();
    let mut step = idle(&root, "a");
    step.take().unwrap();
    assert!(!place.exists());
    step.undo().unwrap();
    assert_eq!(fs::read_to_string(&place).unwrap(), "old\n");
    // Dropped, it comes back, too.
    let mut step = idle(&root, "a");
    step.take().unwrap();
    drop(step);
    assert_eq!(names(dir.path()), ["a"]);
    // Where somebody put something in the meantime, both stay.
    let mut step = idle(&root, "a");
    step.take().unwrap();
    fs::write(&place, "mine\n").unwrap();
    step.undo().unwrap_err();
    assert_eq!(fs::read_to_string(&place).unwrap(), "mine\n");
    assert_eq!(names(dir.path()), [".temp-1", "a"]);
    fs::remove_file(dir.path().join(".temp-1")).unwrap();
    let mut step = idle(&root, "a");
    step.take().unwrap();
    step.keep().unwrap();
    assert!(names(dir.path()).is_empty());
}

#[test]
fn what_is_not_as_it_was_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (root, place) = (Root::open(dir.path()).unwrap(), dir.path().join("a"));
    let node = file("new\n");
    let changes: [fn(&Path); 5] = [
        |at| fs::write(at, "mine\n").unwrap(),
        |at| fs::set_permissions(at, fs::Permissions::from_mode(0o600)).unwrap(),
        |at| fs::remove_file(at).unwrap(),
        |at| fs::remove_file(at).and_then(|()| symlink("nowhere", at)).unwrap(),
        |at| fs::remove_file(at).and_then(|()| fs::create_dir(at)).unwrap(),
    ];
    for change in changes {
        fs::write(&place, "old\n").unwrap();
        let (mut take, mut put, mut mark) = (idle(&root, "a"), ready(&root, "a", &node), idle(&root, "a"));
        change(&place);
        let now = root.find(&rel("a")).unwrap().map(|found| found.node);
        for error in [take.take(), put.commit(), mark.mark(0o640, None)].map(Result::unwrap_err) {
            assert_eq!(error.to_string(), "`a`: somebody else changed it in the meantime");
        }
        drop((take, put, mark));
        assert_eq!(root.find(&rel("a")).unwrap().map(|found| found.node), now);
        assert!(names(dir.path()).iter().all(|name| name == "a"));
        root.remove_all(&rel("a")).unwrap();
    }
}

#[test]
fn a_folder_goes_with_what_other_steps_took_from_it_and_with_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (root, place) = (Root::open(dir.path()).unwrap(), dir.path().join("a"));
    for mine in [false, true] {
        fs::create_dir(&place).unwrap();
        fs::write(place.join("x"), "old\n").unwrap();
        let (mut outer, mut inner) = (idle(&root, "a"), idle(&root, "a/x"));
        inner.take().unwrap();
        if mine {
            fs::write(place.join("mine"), "mine\n").unwrap();
            assert!(outer.take().unwrap_err().to_string().contains("not empty"));
            outer.undo().unwrap();
            inner.undo().unwrap();
            assert_eq!(names(&place), ["mine", "x"]);
        } else {
            outer.take().unwrap();
            assert!(!place.exists());
            // The last one first.
            outer.undo().unwrap();
            inner.undo().unwrap();
            assert_eq!(names(&place), ["x"]);
            let (mut outer, mut inner) = (idle(&root, "a"), idle(&root, "a/x"));
            inner.take().unwrap();
            outer.take().unwrap();
            inner.keep().unwrap();
            outer.keep().unwrap();
            assert!(names(dir.path()).is_empty());
        }
    }
}

#[test]
fn a_file_takes_the_place_of_a_folder_that_holds_what_it_held() {
    let dir = tempfile::tempdir().unwrap();
    let (root, place) = (Root::open(dir.path()).unwrap(), dir.path().join("a"));
    let (node, inner) = (file("new\n"), file("inner\n"));
    fs::create_dir(&place).unwrap();
    fs::write(place.join("x"), "inner\n").unwrap();
    fs::set_permissions(place.join("x"), fs::Permissions::from_mode(0o644)).unwrap();
    let holding = |inner: &Node| {
        let mut inside = Tree::new();
        inside.insert(rel("x"), inner.clone());
        ready(&root, "a", &node).holding(inside)
    };
    holding(&file("other\n")).commit().unwrap_err();
    assert_eq!(names(dir.path()), ["a"]);
    let mut step = holding(&inner);
    step.commit().unwrap();
    assert_eq!(fs::read_to_string(&place).unwrap(), "new\n");
    step.undo().unwrap();
    assert_eq!(fs::read_to_string(place.join("x")).unwrap(), "inner\n");
    let mut step = holding(&inner);
    step.commit().unwrap();
    step.keep().unwrap();
    assert_eq!(names(dir.path()), ["a"]);
}

#[test]
fn what_is_to_be_there_is_there_with_its_time_and_attributes() {
    let dir = tempfile::tempdir_in("/var/tmp").unwrap();
    let root = Root::open(dir.path()).unwrap();
    let like = dir.path().join("like");
    fs::write(&like, "old\n").unwrap();
    let like = File::open(&like).unwrap();
    rustix::fs::fsetxattr(&like, "user.note", b"mine", rustix::fs::XattrFlags::empty()).unwrap();
    let node = file("new\n");
    let new = New { modified: Some((1, 5)), like: Some(&like), sync: true, ..new(&node) };
    let mut step = root.ready(&rel("a"), &new, &node, None, ".temp".into()).unwrap();
    step.commit().unwrap();
    step.keep().unwrap();
    let there = File::open(dir.path().join("a")).unwrap();
    let about = there.metadata().unwrap();
    assert_eq!((about.mtime(), about.mtime_nsec(), about.mode() & 0o7777), (1, 5, 0o644));
    let mut value = [0; 8];
    let length = rustix::fs::fgetxattr(&there, "user.note", &mut value).unwrap();
    assert_eq!(&value[..length], b"mine");
}
