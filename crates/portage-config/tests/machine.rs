//! A machine made of a root, a tree that is not written yet, and repositories.
#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

use std::path::Path;

use portage_config::config::Bytes;
use portage_config::repository::{Given, ReposConf, Repositories};
use portage_config::resolve::{Files, Machine, Package};
use portage_config::root::Root;
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;

fn put(top: &Path, path: &str, text: &str) {
    let path = top.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn repository(top: &Path, name: &str, flags: &str) {
    put(top, "profiles/repo_name", &format!("{name}\n"));
    put(top, "profiles/base/make.defaults", &format!("USE=\"{flags}\"\n"));
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new();
    for (path, text) in files {
        let node = Node::File { bytes: Bytes((*text).into()), mode: 0o644 };
        tree.insert(RelPath::parse(path).unwrap(), node);
    }
    tree
}

fn on(machine: &Machine) -> Vec<String> {
    let get = |name: &str| (name == "IUSE").then(|| "conf given laid root".to_owned());
    let package = Package::new("a/b", "1", Some("gentoo"), get);
    let settings = machine.settings(None).unwrap();
    assert_eq!(settings.profile_error(), None);
    settings.about(&package).unwrap().enabled().into_iter().collect()
}

/// A machine whose repositories lie where a link leads to.
fn machine(top: &Path) {
    repository(&top.join("data/repos/gentoo"), "gentoo", "root");
    std::fs::create_dir_all(top.join("var/db")).unwrap();
    std::os::unix::fs::symlink("/data/repos", top.join("var/db/repos")).unwrap();
    put(top, "etc/portage/make.conf", "USE=\"conf\"\n");
    let profile = "../../var/db/repos/gentoo/profiles/base";
    std::os::unix::fs::symlink(profile, top.join("etc/portage/make.profile")).unwrap();
}

fn given(top: &Path, given: &[Given]) -> Repositories {
    let root = Root::open(top).unwrap();
    Repositories::open(&ReposConf::read(&root), Some(&root), given).unwrap()
}

#[test]
fn a_tree_lies_over_the_root() {
    let dir = tempfile::tempdir().unwrap();
    machine(dir.path());
    let repositories = given(dir.path(), &[]);
    let root = || Some(Root::open(dir.path()).unwrap());
    assert_eq!(on(&Machine::of(root(), None, [], &repositories)), ["conf", "root"]);
    let over = tree(&[("etc/portage/package.use", "a/b laid\n")]);
    assert_eq!(on(&Machine::of(root(), Some(&over), [], &repositories)), ["conf", "laid", "root"]);
    let absent = RelPath::parse("etc/portage/make.conf").unwrap();
    assert_eq!(on(&Machine::of(root(), Some(&over), [absent], &repositories)), ["laid", "root"]);
}

#[test]
fn a_repository_that_is_given_takes_the_place_of_that_of_the_machine() {
    let dir = tempfile::tempdir().unwrap();
    machine(dir.path());
    let other = tempfile::tempdir().unwrap();
    repository(other.path(), "gentoo", "given");
    let repositories = given(dir.path(), &[Given::new(None, other.path())]);
    let root = Root::open(dir.path()).unwrap();
    let machine = Machine::of(Some(root), None, [], &repositories);
    assert_eq!(on(&machine), ["conf", "given"]);
    assert_eq!(machine.main().unwrap().location, "/data/repos/gentoo");
}

#[test]
fn repos_conf_of_the_tree_says_where_a_repository_that_is_given_lies() {
    let other = tempfile::tempdir().unwrap();
    repository(other.path(), "gentoo", "given");
    let mut over = tree(&[("etc/portage/repos.conf/x", "[gentoo]\nlocation = /srv/tree\n")]);
    let target = "../../srv/tree/profiles/base".to_owned();
    over.insert(RelPath::parse("etc/portage/make.profile").unwrap(), Node::Symlink { target });
    let conf = Files::new(None).with(&over, []).repos_conf();
    assert_eq!(conf.get("gentoo", "location").unwrap().as_deref(), Some("/srv/tree"));
    let repositories = Repositories::open(&conf, None, &[Given::new(None, other.path())]).unwrap();
    assert_eq!(on(&Machine::of(None, Some(&over), [], &repositories)), ["given"]);
}
