//! `diff` as people and programs get it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

mod common;

use common::{Folder, command};

const SPEC: &str = r#"
spec = 1
["make.conf"]
USE = "ssl"
CFLAGS = "-O2 -flto"
CHOST = "i486-pc-linux-gnu"
PORTAGE_NICENESS = "19"
GENTOO_MIRRORS = "https://me:s3cret@example.org/"
["package.env"]
"sys-libs/glibc" = "no-lto.conf"
["package.use/one"]
"app/a" = "x"
"*/b" = "-y"
"app/*" = "y"
["package.use/two"]
"app/moved" = "z"
["package.license"]
"app/a" = "MIT -BSD"
["package.mask"]
"app/new" = true
["package.accept_keywords"]
"app/a" = true
["repos.conf/local.conf".local]
location = "/var/db/repos/local"
priority = "10"
["/etc/ugrd/config.toml"]
modules = ["ugrd.fs.btrfs", "ugrd.kmod.usb"]
hostonly = false
[file."package.use/gone"]
own = "absent"
"#;

const ROOT: &[(&str, &str)] = &[
    (
        "etc/portage/make.conf",
        "CHOST=\"i686-pc-linux-gnu\"\nUSE=\"-gtk ssl\"\nCFLAGS=\"-O2\"\nPORTAGE_NICENESS=\"10\"\n\
         GENTOO_MIRRORS=\"https://me:0ther@example.org/\"\n",
    ),
    ("etc/portage/package.use/one", "app/a x\napp/* y\n*/b -y\napp/moved z\n"),
    ("etc/portage/package.use/gone", "app/gone q\n"),
    ("etc/portage/package.license", "app/a -BSD MIT\n"),
    ("etc/portage/package.mask", "app/old\n"),
    ("etc/portage/repos.conf/local.conf", "[local]\npriority = 5\nlocation = /var/db/repos/local\n"),
    ("etc/ugrd/config.toml", "hostonly = true\nmodules = [\"ugrd.kmod.usb\", \"ugrd.fs.ext4\"]\n"),
];

fn folder() -> Folder {
    let folder = Folder::new(&[("a.toml", SPEC)]);
    for (path, text) in ROOT {
        folder.write(&format!("root/{path}"), text.as_bytes());
    }
    folder
}

#[test]
fn entries_are_told_in_the_words_of_their_kinds() {
    let run = folder().run(&["diff", "a.toml", "--root", "root", "--meaning"]).expect(1);
    insta::assert_snapshot!("meaning", run.out);
    assert_eq!(run.err, "");
}

#[test]
fn programs_are_told_what_happened() {
    let run = folder().run(&["diff", "a.toml", "--root", "root", "--format", "json"]).expect(1).json();
    let changes = run["roots"][0]["changes"].as_array().unwrap();
    let of = |path: &str, key: &str| {
        let change = changes.iter().find(|change| change["path"] == path).unwrap();
        let meaning = change["meaning"].as_array().unwrap();
        meaning.iter().find(|meaning| meaning["key"] == key).unwrap().clone()
    };
    let moved = of("etc/portage/package.use/two", "app/moved");
    assert_eq!((&moved["happened"], &moved["same"]), (&"moved".into(), &true.into()));
    assert_eq!(moved["from"], "etc/portage/package.use/one");
    assert_eq!(of("etc/portage/package.use/one", "app/moved")["to"], "etc/portage/package.use/two");
    let reordered = of("etc/portage/package.use/one", "*/b");
    assert_eq!((&reordered["happened"], &reordered["with"]), (&"reordered".into(), &"app/*".into()));
    assert_eq!(reordered["same"], false);
    let secret = of("etc/portage/make.conf", "GENTOO_MIRRORS");
    assert!(secret["secret"] == true && secret["before"].is_null() && secret["after"].is_null());
}

#[test]
fn equal_is_quiet() {
    let folder = folder();
    folder.run(&["render", "a.toml", "--out", "out", "--allow-world-readable-secrets"]).expect(0);
    let run = folder.run(&["diff", "a.toml", "--root", "out"]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
    let run = folder.run(&["diff", "a.toml", "--root", "out", "--pager"]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
}

#[test]
fn the_pager_is_the_users_and_only_used_when_asked_for() {
    let folder = folder();
    let run = |pager: &str, args: &[&str]| {
        let mut command = command();
        command.current_dir(folder.path()).env("PAGER", pager).args(["diff", "a.toml", "--root", "root"]);
        let output = command.args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let plain = run("sed s/^/paged:/", &[]);
    assert!(plain.0.starts_with("5 files") && !plain.0.contains("paged:"), "{}", plain.0);
    let paged = run("sed s/^/paged:/", &["--pager"]);
    assert_eq!(paged.0.replace("paged:", ""), plain.0);
    assert!(paged.0.lines().all(|line| line.starts_with("paged:")));
    assert!(run("cat", &["--pager", "--color", "always"]).0.contains("\u{1b}["));
    assert_eq!(run("true", &["--pager"]), (String::new(), String::new()), "nobody has to read all of it");
    assert_eq!(run("/nowhere/pager 2>/dev/null", &["--pager"]).0, plain.0);
    assert!(!run("sed s/^/paged:/", &["--pager", "--format", "json"]).0.contains("paged:"));
}
