use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::config::Bytes;
use crate::report::Report;

fn rel(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

fn sample() -> Tree {
    let mut tree = Tree::new();
    let file = |text: &str, mode| Node::File { bytes: Bytes(text.as_bytes().to_vec()), mode };
    tree.insert(rel("etc/portage/make.conf"), file("USE=\"x\"\n", 0o644));
    tree.insert(rel("etc/portage/make.profile"), Node::Symlink { target: "/outside".into() });
    tree.insert(rel("etc/secret"), file("token", 0o600));
    tree.insert(rel("etc/hook"), file("#!/bin/sh\n", 0o755));
    tree.insert(rel("usr/empty"), Node::Dir { mode: 0o750 });
    tree
}

fn read(dir: &Path) -> Tree {
    let root = Root::open(dir).unwrap();
    let names = root.list(None).unwrap().unwrap();
    let paths: Vec<_> = names.iter().map(|n| rel(n.to_str().unwrap())).collect();
    let mut report = Report::new();
    let tree = Tree::scan(&root, &paths, &mut report);
    assert!(report.diagnostics.is_empty(), "{report:?}");
    tree
}

/// The tree with its folders named, as a scan gives it.
fn whole(tree: &Tree) -> Tree {
    let mut whole = tree.clone();
    for folder in tree.folders() {
        whole.nodes.entry(folder).or_insert(Node::Dir { mode: 0o755 });
    }
    whole
}

fn in_the_way(error: TreeError) -> Vec<String> {
    match error {
        TreeError::InTheWay { paths, .. } => paths,
        other => panic!("{other}"),
    }
}

#[test]
fn a_tree_is_written_as_it_is() {
    let base = tempfile::tempdir().unwrap();
    let dir = base.path().join("new/deep");
    sample().write_to(&dir, false).unwrap();
    assert_eq!(read(&dir), whole(&sample()));
    sample().write_to(&dir, false).expect("the same again");
    let empty = base.path().join("empty");
    fs::create_dir(&empty).unwrap();
    sample().write_to(&empty, false).unwrap();
    assert_eq!(read(&empty), whole(&sample()));
}

#[test]
fn other_files_are_named_and_stay() {
    let base = tempfile::tempdir().unwrap();
    fs::create_dir_all(base.path().join("etc")).unwrap();
    fs::write(base.path().join("etc/mine"), "mine").unwrap();
    fs::write(base.path().join("etc/secret"), "other").unwrap();
    let error = sample().write_to(base.path(), false).unwrap_err();
    assert_eq!(in_the_way(error), ["etc/mine", "etc/secret"]);
    assert!(!base.path().join("etc/portage").exists(), "nothing is written");
    sample().write_to(base.path(), true).unwrap();
    assert_eq!(fs::read(base.path().join("etc/mine")).unwrap(), b"mine");
    assert_eq!(fs::read(base.path().join("etc/secret")).unwrap(), b"token");
}

#[test]
fn links_in_the_way_are_never_followed() {
    let base = tempfile::tempdir().unwrap();
    let (dir, outside) = (base.path().join("dir"), base.path().join("outside"));
    fs::create_dir_all(&outside).unwrap();
    fs::create_dir_all(dir.join("etc")).unwrap();
    fs::write(outside.join("file"), "kept").unwrap();
    symlink(outside.join("file"), dir.join("etc/secret")).unwrap();
    assert_eq!(in_the_way(sample().write_to(&dir, false).unwrap_err()), ["etc/secret"]);
    sample().write_to(&dir, true).unwrap();
    assert_eq!(fs::read(outside.join("file")).unwrap(), b"kept");
    assert_eq!(fs::read(dir.join("etc/secret")).unwrap(), b"token");

    fs::remove_dir_all(dir.join("etc")).unwrap();
    symlink(&outside, dir.join("etc")).unwrap();
    for force in [false, true] {
        assert_eq!(in_the_way(sample().write_to(&dir, force).unwrap_err()), ["etc"]);
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_never_removed() {
    let base = tempfile::tempdir().unwrap();
    fs::create_dir_all(base.path().join("etc/secret")).unwrap();
    for force in [false, true] {
        let error = sample().write_to(base.path(), force).unwrap_err();
        assert!(error.to_string().ends_with("`etc/secret`; it would have to be removed first"), "{error}");
    }
    assert!(!base.path().join("etc/hook").exists());
}

#[test]
fn a_target_that_cannot_be_written_is_named() {
    let error = sample().write_to("/proc/portage-config", false).unwrap_err();
    assert!(error.to_string().starts_with("`/proc/portage-config"), "{error}");
    let error = sample().write_to("/dev/null", false).unwrap_err();
    assert!(error.to_string().starts_with("`/dev/null`: "), "{error}");
    let error = sample().write_to("/dev/null/x", false).unwrap_err();
    assert!(error.to_string().starts_with("`/dev/null/x`: "), "{error}");
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let base = tempfile::tempdir().unwrap();
    let dir = base.path().join("a/b");
    let mut tree = sample();
    // A name that no file system takes, found only while writing.
    tree.insert(rel(&format!("usr/{}", "x".repeat(300))), Node::Dir { mode: 0o755 });
    let error = tree.write_to(&dir, false).unwrap_err();
    assert!(error.to_string().contains("/usr/xxx"), "{error}");
    assert!(!base.path().join("a").exists());
    fs::create_dir_all(&dir).unwrap();
    assert!(tree.write_to(&dir, false).is_err());
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
}

#[test]
fn modes_do_not_depend_on_the_umask() {
    // The umask belongs to the process: each is tried in a process of its own, which runs the test below.
    for umask in ["000", "022", "077", "777"] {
        let base = tempfile::tempdir().unwrap();
        let run = std::process::Command::new("sh")
            .arg("-c")
            .arg("umask \"$1\"; shift; exec \"$@\"")
            .args(["sh", umask])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "root::write::tests::written_by_a_child", "--quiet"])
            .env("PORTAGE_CONFIG_TEST_DIR", base.path())
            .output()
            .unwrap();
        assert!(run.status.success(), "{run:?}");
        let mode = |path: &str| base.path().join(path).metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(
            [
                "out",
                "out/etc",
                "out/etc/portage",
                "out/etc/portage/make.conf",
                "out/etc/secret",
                "out/etc/hook",
                "out/usr/empty"
            ]
            .map(mode),
            [0o755, 0o755, 0o755, 0o644, 0o600, 0o755, 0o750],
            "umask {umask}"
        );
    }
}

/// Does its work as a child of `modes_do_not_depend_on_the_umask`, with the umask that was set for it.
#[test]
fn written_by_a_child() {
    let Some(base) = std::env::var_os("PORTAGE_CONFIG_TEST_DIR") else { return };
    sample().write_to(PathBuf::from(base).join("out"), false).unwrap();
}
