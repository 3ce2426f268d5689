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

fn put(root: &Root, path: &RelPath, node: &Node) {
    let mut staged = root.stage(path, node).unwrap();
    staged.commit().unwrap();
    staged.keep();
}

fn made(root: &Root, path: &str) -> Result<Vec<RelPath>, RootError> {
    let mut made = Vec::new();
    root.make_dirs(&rel(path), &mut made).map(|()| made)
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
        let (mut a, mut b) =
            (root.stage(&path, &node).unwrap(), root.stage(&rel("srv/conf/b"), &node).unwrap());
        assert_eq!(root.list(Some(&rel("srv/conf"))).unwrap().unwrap().len(), 3);
        a.commit().unwrap();
        b.commit().unwrap();
        assert_eq!(root.read(&path).unwrap(), Some(node.clone()));
        drop((a, b));
        assert_eq!(root.list(Some(&rel("srv/conf"))).unwrap().unwrap(), ["file"]);
        assert_eq!(fs::read(dir.join("srv/conf/file")).unwrap(), b"conf");
        put(root, &path, &node);
        put(root, &rel("srv/conf/b"), &node);
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
        put(root, &rel("etc/up/planted"), &node);
        assert!(!base.path().join("planted").exists());
        assert!(root.remove(&rel("planted")).unwrap());
        assert!(made(root, "etc/out/x").is_err(), "the link's target has no folder to lie in");
        assert!(!Path::new("/outside").exists());
        assert_eq!(made(root, "a/b/c").unwrap(), [rel("a"), rel("a/b"), rel("a/b/c")]);
        assert!(made(root, "a/b/c").unwrap().is_empty());
        assert!(made(root, "secret/x").is_err());
        for path in ["a/b/c", "a/b", "a"] {
            assert!(root.remove(&rel(path)).unwrap());
        }
        assert!(root.remove(&rel("srv")).is_err(), "not empty");
        assert!(root.set_mode(&rel("etc/up"), 0o700).is_err());
    });
}

#[test]
fn links_are_resolved_as_in_a_chroot() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("usr")).unwrap();
    std::fs::create_dir_all(dir.path().join("a")).unwrap();
    for (link, target) in [("usr/target", "/srv/x"), ("srv", "../../data"), ("loop", "loop"), ("a/b", "../c")]
    {
        std::os::unix::fs::symlink(target, dir.path().join(link)).unwrap();
    }
    let root = Root::open(dir.path()).unwrap();
    let resolved = |path: &str| root.resolve(path).map(|path| path.to_string());
    assert_eq!(resolved("usr/target/etc").as_deref(), Some("data/x/etc"));
    assert_eq!(resolved("/a/./b/d").as_deref(), Some("c/d"));
    assert_eq!(resolved("usr/i486").as_deref(), Some("usr/i486"));
    assert_eq!(resolved("loop/x"), None);
    assert_eq!(resolved("../.."), None);
}
