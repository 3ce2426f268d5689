use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::*;
use crate::root::Root;

struct Machine(tempfile::TempDir);

impl Machine {
    fn new(files: &[(&str, &str)]) -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(machine.at("etc/portage")).unwrap();
        for (name, text) in files {
            fs::create_dir_all(machine.at(name).parent().unwrap()).unwrap();
            fs::write(machine.at(name), text).unwrap();
        }
        machine
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn plan(&self, statements: &[&str]) -> Result<Edits, Vec<String>> {
        let mut report = Report::new();
        let edits = root(&Root::open(self.0.path()).unwrap(), statements, &Options::default(), &mut report);
        edits.ok_or_else(|| report.diagnostics.into_iter().map(|found| found.message).collect())
    }

    fn edit(&self, statements: &[&str]) -> Edits {
        let edits = self.plan(statements).unwrap();
        edits.write(&Root::open(self.0.path()).unwrap()).unwrap();
        edits
    }

    fn names(&self) -> Vec<String> {
        let mut all = Vec::new();
        names(self.0.path(), "", &mut all);
        all.sort();
        all
    }
}

fn names(folder: &Path, prefix: &str, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            names(&entry.path(), &format!("{name}/"), all);
        }
        all.push(name);
    }
}

#[test]
fn the_file_that_decides_is_changed() {
    let machine = Machine::new(&[
        ("etc/portage/package.use/a", "a/b x\nc/d y\n"),
        ("etc/portage/package.use/b/z", "a/b z\n"),
        ("etc/portage/package.use/.git/c", "a/b w\n"),
        ("etc/portage/package.use/d~", "a/b w\n"),
        ("etc/portage/repos.conf/a.conf", "[gentoo]\nlocation = /x\n"),
        ("etc/portage/repos.conf/b.conf", "[gentoo]\nauto-sync = yes\n"),
        ("etc/portage/make.conf/1", "USE=\"a\"\n"),
        ("etc/portage/make.conf/2", "CFLAGS=\"-O2\"\n"),
    ]);
    let edits = machine.edit(&[
        "package.use: \"a/b\".add = \"v\"",
        "package.use: \"c/d\".add = \"v\"",
        "package.use: \"a/b\".remove = \"x\"",
        "package.use: \"e/f\" = \"v\"",
        "repos.conf: gentoo.location = \"/y\"",
        "repos.conf: gentoo.auto-sync = false",
        "make.conf: USE.add = \"b\"",
        "package.mask: \"a/b\" = true",
    ]);
    assert_eq!(machine.read("etc/portage/package.use/a"), "c/d y v\n");
    assert_eq!(machine.read("etc/portage/package.use/b/z"), "a/b z v\n");
    assert_eq!(machine.read("etc/portage/package.use/portage-config"), "e/f v\n");
    assert_eq!(machine.read("etc/portage/repos.conf/a.conf"), "[gentoo]\nlocation = /y\n");
    assert_eq!(machine.read("etc/portage/repos.conf/b.conf"), "[gentoo]\nauto-sync = no\n");
    assert_eq!(machine.read("etc/portage/make.conf/1"), "USE=\"a b\"\n");
    assert_eq!(machine.read("etc/portage/package.mask/portage-config"), "a/b\n");
    assert_eq!(edits.edited.len(), 8);
    assert!(machine.names().iter().all(|name| !name.contains("/.portage-config")));
}

#[test]
fn where_nothing_is_yet() {
    let machine = Machine::new(&[]);
    machine.edit(&[
        "package.use: \"a/b\" = \"x\"",
        "make.conf: USE = \"x\"",
        "package.use/desk: \"c/d\" = \"y\"",
    ]);
    assert_eq!(machine.read("etc/portage/package.use/portage-config"), "a/b x\n");
    assert_eq!(machine.read("etc/portage/package.use/desk"), "c/d y\n");
    assert_eq!(machine.read("etc/portage/make.conf"), "USE=\"x\"\n");
}

#[test]
fn links_are_written_through_and_stay_inside() {
    let machine = Machine::new(&[("home/dots/use", "a/b x\n"), ("data/flags", "USE=\"a\"\n")]);
    symlink("../../home/dots/use", machine.at("etc/portage/package.use")).unwrap();
    symlink("/data/flags", machine.at("etc/portage/make.conf")).unwrap();
    machine.edit(&["package.use: \"a/b\".add = \"y\"", "make.conf: USE.add = \"b\""]);
    assert!(machine.at("etc/portage/package.use").symlink_metadata().unwrap().is_symlink());
    assert_eq!(machine.read("home/dots/use"), "a/b x y\n");
    assert_eq!(machine.read("data/flags"), "USE=\"a b\"\n");
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("mask"), "a/b\n").unwrap();
    symlink(outside.path().join("mask"), machine.at("etc/portage/package.mask")).unwrap();
    symlink("package.license", machine.at("etc/portage/package.license")).unwrap();
    assert!(machine.plan(&["package.mask: \"c/d\" = true"]).is_err());
    assert!(machine.plan(&["package.license: \"c/d\" = \"MIT\""]).is_err());
    assert_eq!(fs::read_to_string(outside.path().join("mask")).unwrap(), "a/b\n");
    // One file under two names.
    std::fs::create_dir(machine.at("etc/portage/env")).unwrap();
    symlink("../make.conf", machine.at("etc/portage/env/x")).unwrap();
    let both = machine.plan(&["make.conf: USE.add = \"c\"", "env/x: CFLAGS.add = \"d\""]);
    assert!(both.is_err(), "{both:?}");
}

#[test]
fn owner_mode_attributes_and_time_stay() {
    let machine = Machine::new(&[("etc/portage/make.conf", "USE=\"a\"\n")]);
    let path = machine.at("etc/portage/make.conf");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let has_attributes =
        rustix::fs::setxattr(&path, "user.origin", b"hand", rustix::fs::XattrFlags::empty()).is_ok();
    let is_root =
        rustix::fs::chown(&path, Some(rustix::fs::Uid::from_raw(250)), Some(rustix::fs::Gid::from_raw(250)))
            .is_ok();
    let before = path.metadata().unwrap();
    machine.edit(&["make.conf: USE.add = \"a\""]);
    let same = path.metadata().unwrap();
    assert_eq!((before.ino(), before.mtime_nsec()), (same.ino(), same.mtime_nsec()));
    machine.edit(&["make.conf: USE.add = \"b\""]);
    let after = path.metadata().unwrap();
    assert_eq!(after.mode() & 0o7777, 0o640);
    assert_eq!((before.uid(), before.gid()), (after.uid(), after.gid()));
    assert!(!is_root || after.uid() == 250);
    if has_attributes {
        let mut value = [0; 8];
        let length = rustix::fs::getxattr(&path, "user.origin", &mut value).unwrap();
        assert_eq!(&value[..length], b"hand");
    }
}

#[test]
fn what_somebody_else_changed_is_left_alone() {
    let machine =
        Machine::new(&[("etc/portage/make.conf", "USE=\"a\"\n"), ("etc/portage/package.mask", "a/b\n")]);
    let edits = machine
        .plan(&["package.mask: \"c/d\" = true", "make.conf: USE.add = \"b\"", "package.use: \"a/b\" = \"x\""])
        .unwrap();
    fs::write(machine.at("etc/portage/make.conf"), "USE=\"z\"\n").unwrap();
    let names = machine.names();
    assert!(edits.write(&Root::open(machine.0.path()).unwrap()).is_err());
    assert_eq!(machine.read("etc/portage/make.conf"), "USE=\"z\"\n");
    assert_eq!(machine.read("etc/portage/package.mask"), "a/b\n");
    assert_eq!(machine.names(), names, "nothing new is left");
}

#[test]
fn what_cannot_be_is_refused() {
    let machine = Machine::new(&[
        ("etc/portage/package.use", "a/b x\n"),
        ("etc/portage/env/x", ""),
        ("etc/portage/package.mask/x", ""),
    ]);
    symlink("nowhere", machine.at("etc/portage/package.license")).unwrap();
    let statements = [
        "package.use/desk: \"a/b\" = \"x\"",
        "package.mask/.x: \"a/b\" = true",
        "package.license: \"a/b\" = \"MIT\"",
        "package.use.force: \"a/b\" = \"x\"",
    ];
    insta::assert_snapshot!(machine.plan(&statements).unwrap_err().join("\n"));
}

#[test]
fn a_new_file_with_credentials_is_its_owners_alone() {
    let machine = Machine::new(&[("etc/portage/repos.conf", "[a]\nlocation = /a\n")]);
    let edits = machine.edit(&[
        "/etc/sccache/server.toml: scheduler_auth.token = \"hunter2\"",
        "package.use: \"a/b\" = \"c\"",
    ]);
    let mode = |name: &str| fs::metadata(machine.at(name)).unwrap().mode() & 0o7777;
    assert_eq!(mode("etc/sccache/server.toml"), 0o600);
    assert_eq!(mode("etc/portage/package.use/portage-config"), 0o644);
    assert_eq!(edits.files.len(), 2);
    let uri = "repos.conf: a.sync-uri = \"https://me:hunter2@host/\"";
    assert_eq!(
        machine.plan(&[uri]).unwrap_err(),
        ["`a.sync-uri` holds a secret, and everybody can read the file"]
    );
    let (root_of, mut report) = (Root::open(machine.0.path()).unwrap(), Report::new());
    let options = Options { exposed: true, ..Options::default() };
    let edits = root(&root_of, &[uri], &options, &mut report).unwrap();
    edits.write(&root_of).unwrap();
    assert_eq!(mode("etc/portage/repos.conf"), 0o644, "the mode of a file that is there stays");
}
