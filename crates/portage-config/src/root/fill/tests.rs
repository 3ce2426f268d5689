use std::os::unix::fs::{MetadataExt, symlink};
use std::time::{Duration, SystemTime};

use super::*;
use crate::config::Bytes;

fn rel(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

fn file(text: &str, mode: u32) -> Node {
    Node::File { bytes: Bytes(text.as_bytes().to_vec()), mode }
}

fn tree(nodes: &[(&str, Node)]) -> Tree {
    Tree { nodes: nodes.iter().map(|(path, node)| (rel(path), node.clone())).collect() }
}

/// Everything below a folder with what changes when it is written: number, times, mode.
fn state(dir: &Path) -> Vec<(PathBuf, u64, i64, i64, u32)> {
    let mut all = Vec::new();
    let mut ahead = vec![dir.to_owned()];
    while let Some(path) = ahead.pop() {
        let meta = path.symlink_metadata().unwrap();
        all.push((path.clone(), meta.ino(), meta.mtime_nsec(), meta.ctime_nsec(), meta.mode()));
        if meta.is_dir() {
            ahead.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    all.sort();
    all
}

#[test]
fn what_is_as_wanted_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = tree(&[
        ("a/same", file("x", 0o640)),
        ("a/link", Node::Symlink { target: "/nowhere".into() }),
        ("a/dir", Node::Dir { mode: 0o750 }),
        ("b/change", file("x", 0o644)),
        ("c/mode", file("x", 0o600)),
    ]);
    wanted.write_to(dir.path(), false).unwrap();
    let old = fs::FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
    for name in ["a/same", "c/mode"] {
        fs::File::open(dir.path().join(name)).unwrap().set_times(old).unwrap();
    }
    let before = state(dir.path());
    for force in [false, true] {
        wanted.write_to(dir.path(), force).unwrap();
        assert_eq!(state(dir.path()), before);
    }
    let mut other = wanted.clone();
    other.insert(rel("b/change"), file("y", 0o644));
    other.insert(rel("c/mode"), file("x", 0o644));
    other.write_to(dir.path(), true).unwrap();
    let changed: Vec<_> = state(dir.path()).into_iter().filter(|one| !before.contains(one)).collect();
    let paths: Vec<_> = changed.iter().map(|one| one.0.strip_prefix(dir.path()).unwrap()).collect();
    assert_eq!(paths, [Path::new("b"), Path::new("b/change"), Path::new("c/mode")]);
    let mode = dir.path().join("c/mode").metadata().unwrap();
    assert_eq!((mode.mtime(), mode.mode() & 0o777), (1, 0o644), "the same file with another mode");
    assert_eq!(fs::read_dir(dir.path().join("b")).unwrap().count(), 1, "nothing is left of the old one");
}

#[test]
fn links_to_folders_are_followed_inside() {
    let base = tempfile::tempdir().unwrap();
    let dir = base.path().join("root");
    fs::create_dir_all(dir.join("srv/portage")).unwrap();
    fs::create_dir(dir.join("etc")).unwrap();
    symlink("/srv/portage", dir.join("etc/portage")).unwrap();
    let wanted = tree(&[("etc/portage/make.conf", file("x", 0o644)), ("etc/portage/a/b", file("y", 0o644))]);
    assert!(matches!(wanted.write_to(&dir, false), Err(TreeError::InTheWay { force: false, .. })));
    wanted.write_to(&dir, true).unwrap();
    assert_eq!(fs::read(dir.join("srv/portage/make.conf")).unwrap(), b"x");
    assert_eq!(fs::read(dir.join("srv/portage/a/b")).unwrap(), b"y");
    assert!(dir.join("etc/portage").is_symlink());
    let mut listed = wanted.clone();
    listed.insert(rel("etc/portage"), Node::Dir { mode: 0o755 });
    assert!(matches!(listed.write_to(&dir, true), Err(TreeError::InTheWay { force: false, .. })));

    let mut twice = wanted.clone();
    twice.insert(rel("srv/portage/make.conf"), file("x", 0o644));
    twice.write_to(&dir, true).unwrap();
    twice.insert(rel("srv/portage/make.conf"), file("other", 0o644));
    let error = twice.write_to(&dir, true).unwrap_err().to_string();
    assert!(
        error.ends_with("srv/portage/make.conf` are one file there, behind a link, and are to differ"),
        "{error}"
    );
    assert_eq!(fs::read(dir.join("srv/portage/make.conf")).unwrap(), b"x");
}

#[test]
fn what_was_put_in_its_place_is_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("old"), "old").unwrap();
    fs::write(at("mode"), "mode").unwrap();
    fs::set_permissions(at("mode"), fs::Permissions::from_mode(0o644)).unwrap();
    symlink("old", at("link")).unwrap();
    let before = |names: &[&str]| -> Vec<String> {
        let mut all: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        all.sort();
        assert_eq!(all, names);
        all
    };
    let wanted = tree(&[
        ("deep/new", file("new", 0o644)),
        ("link", file("no link", 0o644)),
        ("mode", file("mode", 0o600)),
        ("new", file("new", 0o644)),
        ("old", file("new", 0o644)),
    ]);
    let mut ready = Ready::open(dir.path()).unwrap();
    ready.stage(&wanted, &mut HashMap::new()).unwrap();
    ready.put().unwrap();
    assert_eq!(fs::read(at("old")).unwrap(), b"new");
    assert_eq!(fs::read(at("link")).unwrap(), b"no link");
    assert_eq!(fs::read(at("deep/new")).unwrap(), b"new");
    assert_eq!(at("mode").metadata().unwrap().mode() & 0o777, 0o600);
    drop(ready);
    before(&["link", "mode", "old"]);
    assert_eq!(fs::read(at("old")).unwrap(), b"old");
    assert_eq!(fs::read_link(at("link")).unwrap(), Path::new("old"));
    assert_eq!(at("mode").metadata().unwrap().mode() & 0o777, 0o644);

    wanted.write_to(dir.path(), true).unwrap();
    before(&["deep", "link", "mode", "new", "old"]);
}

#[test]
fn all_trees_or_none() {
    let base = tempfile::tempdir().unwrap();
    let (host, inside) = (base.path().join("host"), base.path().join("host/usr/cross"));
    let good = tree(&[("etc/x", file("x", 0o644)), ("usr/y", file("y", 0o644))]);
    // A name that no file system takes, found only while writing.
    let bad = tree(&[(&format!("etc/{}", "x".repeat(300)), file("x", 0o644))]);
    write_all(&[(&host, &good), (&inside, &bad)], false).unwrap_err();
    assert!(!host.exists());
    write_all(&[(&host, &good), (&inside, &good)], false).unwrap();
    assert_eq!(fs::read(inside.join("etc/x")).unwrap(), b"x");
}
