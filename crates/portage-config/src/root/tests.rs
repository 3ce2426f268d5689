use std::fs;
use std::os::unix::fs::symlink;

use super::*;

fn rel(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

/// Both ways of resolving must answer alike.
fn both(dir: &Path, check: impl Fn(&Root)) {
    let mut root = Root::open(dir).unwrap();
    check(&root);
    root.by_hand = true;
    check(&root);
}

fn text(node: Result<Option<Node>, RootError>) -> Option<String> {
    match node.unwrap()? {
        Node::File { bytes, .. } => Some(String::from_utf8(bytes.0).unwrap()),
        other => panic!("{other:?}"),
    }
}

/// `base/root` is the root, `base/secret` lies outside.
fn fixture() -> tempfile::TempDir {
    let base = tempfile::tempdir().unwrap();
    let root = base.path().join("root");
    fs::create_dir_all(root.join("etc/portage")).unwrap();
    fs::create_dir_all(root.join("srv/conf")).unwrap();
    fs::write(base.path().join("secret"), "outside").unwrap();
    fs::write(root.join("secret"), "inside").unwrap();
    fs::write(root.join("srv/conf/file"), "conf").unwrap();
    base
}

#[test]
fn links_are_resolved_inside() {
    let base = fixture();
    let dir = base.path().join("root");
    for (target, link) in [
        ("/srv/conf", "etc/portage/absolute"),
        ("../../srv/conf", "etc/portage/relative"),
        ("../../../../../srv/conf", "etc/portage/above"),
        ("absolute/../../srv/./conf//", "etc/portage/through"),
        ("/secret", "escape-absolute"),
        ("../secret", "escape-relative"),
        ("../../../../../../secret", "etc/portage/escape-deep"),
        ("/", "etc/portage/top"),
        ("loop-b", "loop-a"),
        ("loop-a", "loop-b"),
        ("nowhere", "dangling"),
    ] {
        symlink(target, dir.join(link)).unwrap();
    }
    both(&dir, |root| {
        for link in ["absolute", "relative", "above"] {
            let path = rel(&format!("etc/portage/{link}/file"));
            assert_eq!(text(root.read(&path)).as_deref(), Some("conf"), "{path}");
        }
        assert_eq!(text(root.read(&rel("etc/portage/through/file"))).as_deref(), Some("conf"));
        assert_eq!(text(root.read(&rel("etc/portage/top/secret"))).as_deref(), Some("inside"));
        for link in ["escape-absolute", "escape-relative", "etc/portage/escape-deep"] {
            assert_eq!(text(root.read_through(&rel(link))).as_deref(), Some("inside"), "{link}");
            assert!(matches!(root.read(&rel(link)), Ok(Some(Node::Symlink { .. }))), "{link}");
        }
        assert!(root.read_through(&rel("loop-a")).is_err());
        assert!(root.read(&rel("loop-a/x")).is_err());
        assert!(root.read_through(&rel("dangling")).unwrap().is_none());
        assert!(root.read(&rel("dangling/x")).unwrap().is_none());
        let top = root.read_through(&rel("etc/portage/top")).unwrap();
        assert!(matches!(top, Some(Node::Dir { .. })), "{top:?}");
    });
}

#[test]
fn what_is_not_there_is_none() {
    let base = fixture();
    both(&base.path().join("root"), |root| {
        for path in ["nothing", "no/thing", "secret/below", "secret/below/deep"] {
            assert!(root.read(&rel(path)).unwrap().is_none(), "{path}");
            assert!(root.read_through(&rel(path)).unwrap().is_none(), "{path}");
            assert!(root.list(Some(&rel(path))).unwrap().is_none(), "{path}");
        }
        assert!(root.list(Some(&rel("secret"))).unwrap().is_none());
        assert_eq!(root.list(None).unwrap().unwrap(), ["etc", "secret", "srv"]);
        assert_eq!(root.list(Some(&rel("srv/conf"))).unwrap().unwrap(), ["file"]);
    });
}

#[test]
fn pipes_are_named_and_not_opened() {
    let base = fixture();
    let dir = base.path().join("root");
    let status = std::process::Command::new("mkfifo").arg(dir.join("pipe")).status().unwrap();
    assert!(status.success());
    both(&dir, |root| {
        let error = root.read(&rel("pipe")).unwrap_err();
        assert_eq!(error.to_string(), "`pipe`: is a pipe, no file");
    });
}

#[test]
fn a_root_that_is_none_is_named() {
    let error = Root::open("/nonexistent/root").unwrap_err();
    assert!(error.to_string().starts_with("`/nonexistent/root`: "), "{error}");
    assert!(Root::open("/dev/null").is_err());
}

#[test]
fn what_is_staged_appears_at_once_or_not_at_all() {
    let base = fixture();
    let dir = base.path().join("root");
    both(&dir, |root| {
        let path = rel("srv/conf/file");
        let node = Node::File { bytes: Bytes(b"new".to_vec()), mode: 0o640 };
        drop(root.stage(&path, &node).unwrap());
        assert_eq!(root.list(Some(&rel("srv/conf"))).unwrap().unwrap(), ["file"]);
        let (a, b) = (root.stage(&path, &node).unwrap(), root.stage(&rel("srv/conf/b"), &node).unwrap());
        assert_eq!(root.list(Some(&rel("srv/conf"))).unwrap().unwrap().len(), 3);
        a.commit().unwrap();
        b.commit().unwrap();
        assert_eq!(root.read(&path).unwrap(), Some(node));
        assert!(root.remove(&rel("srv/conf/b")).unwrap());
        assert!(!root.remove(&rel("srv/conf/b")).unwrap());
        fs::write(dir.join("srv/conf/file"), "conf").unwrap();
    });
}

#[test]
fn nothing_is_written_outside() {
    let base = fixture();
    let dir = base.path().join("root");
    symlink("../../..", dir.join("etc/up")).unwrap();
    symlink("/outside/deep", dir.join("etc/out")).unwrap();
    both(&dir, |root| {
        let node = Node::File { bytes: Bytes(b"x".to_vec()), mode: 0o644 };
        root.stage(&rel("etc/up/planted"), &node).unwrap().commit().unwrap();
        assert!(!base.path().join("planted").exists());
        assert!(root.remove(&rel("planted")).unwrap());
        assert!(root.make_dirs(&rel("etc/out/x")).is_err(), "the link's target has no folder to lie in");
        assert!(!Path::new("/outside").exists());
        assert_eq!(root.make_dirs(&rel("a/b/c")).unwrap(), [rel("a"), rel("a/b"), rel("a/b/c")]);
        assert!(root.make_dirs(&rel("a/b/c")).unwrap().is_empty());
        assert!(root.make_dirs(&rel("secret/x")).is_err());
        for path in ["a/b/c", "a/b", "a"] {
            assert!(root.remove(&rel(path)).unwrap());
        }
        assert!(root.remove(&rel("srv")).is_err(), "not empty");
        assert!(root.set_mode(&rel("etc/up"), 0o700).is_err());
    });
}
