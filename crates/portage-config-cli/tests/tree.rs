//! A folder of real files as a layer, on a disk.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};

use common::{Folder, Run};

const SPEC: &str = "\
spec = 1
extends = [{ tree = \"./portage\", at = \"/etc/portage\" }]

[make.conf]
USE.add = \"wifi\"
";
const CONF: &[u8] = b"# mine\nCFLAGS=\"-O2\"\nUSE=\"nbd\"   # one\n";

fn mode(folder: &Folder, path: &str, mode: u32) {
    fs::set_permissions(folder.join(path), Permissions::from_mode(mode)).unwrap();
}

/// A repository of `/etc/portage`, modes not left to the umask.
fn folder() -> Folder {
    let folder = Folder::new(&[("host.toml", SPEC)]);
    let files: &[(&str, &[u8], u32)] = &[
        ("make.conf", CONF, 0o644),
        ("package.use/desktop", b"# both\na/b  x \xff\r\nc/d y\n", 0o644),
        ("package.use/.gitkeep", b"", 0o644),
        ("package.use/private", b"a/b z\n", 0o640),
        ("bashrc", b"if true; then :; fi\n", 0o644),
        ("env/a/b", b"post_install() { :; }\n", 0o644),
        ("postsync.d/hook", b"#!/bin/sh\n", 0o755),
        ("patches/a/b/x.patch", b"\0\xfe", 0o444),
        (".gitignore", b"*~\n", 0o644),
        (".git/config", b"[core]\n", 0o644),
    ];
    for (path, bytes, bits) in files {
        folder.write(&format!("portage/{path}"), bytes);
        mode(&folder, &format!("portage/{path}"), *bits);
    }
    for (path, bits) in
        [("sets", 0o755), ("savedconfig", 0o750), ("package.use", 0o755), ("package.env", 0o755)]
    {
        fs::create_dir_all(folder.join(&format!("portage/{path}"))).unwrap();
        mode(&folder, &format!("portage/{path}"), bits);
    }
    symlink("/var/db/repos/gentoo/profiles/x", folder.join("portage/make.profile")).unwrap();
    symlink("package.use", folder.join("portage/package.mask")).unwrap();
    folder
}

#[test]
fn the_tree_is_rendered_as_it_is() {
    let folder = folder();
    folder.run(&["render", "host.toml", "--out", "out"]).expect(0);
    assert_eq!(
        folder.list("out/etc/portage"),
        [
            ".gitignore 0644",
            "bashrc 0644",
            "env/a/b 0644",
            "make.conf 0644",
            "make.profile -> /var/db/repos/gentoo/profiles/x",
            "package.mask -> package.use",
            "package.use/.gitkeep 0644",
            "package.use/desktop 0644",
            "package.use/private 0640",
            "patches/a/b/x.patch 0444",
            "postsync.d/hook 0755",
        ]
    );
    for path in ["package.use/desktop", "package.use/private", "patches/a/b/x.patch", "env/a/b"] {
        let read = |below: &str| fs::read(folder.join(&format!("{below}/{path}"))).unwrap();
        assert_eq!(read("out/etc/portage"), read("portage"), "{path}");
    }
    for (path, bits) in [("sets", 0o755), ("package.env", 0o755), ("savedconfig", 0o750), ("", 0o755)] {
        let found = folder.join(&format!("out/etc/portage/{path}")).metadata().unwrap();
        assert_eq!((found.is_dir(), found.mode() & 0o7777), (true, bits), "{path}");
    }
    let conf = String::from_utf8_lossy(CONF).replace("nbd", "nbd wifi");
    assert_eq!(folder.read("out/etc/portage/make.conf"), conf);
    folder.run(&["render", "host.toml", "--tar", "a.tar"]).expect(0);
}

#[test]
fn diff_knows_the_tree() {
    let folder = folder();
    folder.run(&["render", "host.toml", "--out", "out"]).expect(0);
    assert_eq!(folder.run(&["diff", "host.toml", "--root", "out"]).expect(0).out, "");
    folder.write("out/etc/portage/bashrc", b"other\n");
    mode(&folder, "out/etc/portage/package.use/private", 0o644);
    fs::remove_file(folder.join("out/etc/portage/package.mask")).unwrap();
    let run = folder.run(&["diff", "host.toml", "--root", "out", "--format", "json"]).expect(1).json();
    let changes = run["roots"][0]["changes"].as_array().unwrap();
    let changes: Vec<_> = changes
        .iter()
        .map(|change| (change["path"].as_str().unwrap(), change["op"].as_str().unwrap()))
        .collect();
    assert_eq!(
        changes,
        [
            ("etc/portage/bashrc", "update"),
            ("etc/portage/package.mask", "symlink"),
            ("etc/portage/package.use/private", "chmod"),
        ]
    );
}

#[test]
fn show_says_which_file_and_line() {
    let folder = folder();
    let out = folder.run(&["show", "host.toml"]).expect(0).out;
    insta::assert_snapshot!("show_tree", out);
    assert!(out.parse::<toml_edit::DocumentMut>().is_ok(), "{out}");
    let json = folder.run(&["show", "host.toml", "make.conf", "--format", "json"]).expect(0).json();
    assert_eq!(json["layers"], serde_json::json!(["host.toml", "tree:./portage"]));
    let file = &json["roots"][0]["files"][0];
    assert_eq!(file["text"], String::from_utf8_lossy(CONF).replace("nbd", "nbd wifi"));
    let entries = file["entries"].as_array().unwrap();
    let from: Vec<String> = entries
        .iter()
        .flat_map(|entry| entry["from"].as_array().unwrap().iter().map(move |from| (entry, from)))
        .map(|(entry, from)| {
            format!("{} {} {} {}", entry["key"][0], from["layer"], from["path"], from["line"])
        })
        .collect();
    assert_eq!(
        from,
        [
            r#""CFLAGS" "tree:./portage" "portage/make.conf" 2"#,
            r#""USE" "tree:./portage" "portage/make.conf" 3"#,
            r#""USE" "host.toml" "host.toml" 5"#,
        ]
    );
}

#[test]
fn findings_are_shown_in_the_files_of_the_tree() {
    let folder = folder();
    fs::remove_dir(folder.join("portage/package.env")).unwrap();
    folder.write("portage/package.env", b"# \xff\na/b gone.conf\na/b a/b\n");
    folder.write("portage/package.use/private", b"a/b x\nsaid/twice\nc/d [\n");
    folder.write("portage/make.conf", b"ACCEPT_KEYWORD=\"x86\"\nif true\n");
    folder.write("portage/package.mask2", b"");
    let run = folder.run(&["check", "host.toml"]).expect(1);
    insta::assert_snapshot!("check_tree", run.out);
}

#[test]
fn what_cannot_be_read_is_reported_and_the_rest_is_read() {
    let folder = folder();
    assert!(Command::new("mkfifo").arg(folder.join("portage/pipe")).status().unwrap().success());
    symlink("loop-b", folder.join("portage/loop-a")).unwrap();
    symlink("loop-a", folder.join("portage/loop-b")).unwrap();
    folder.run(&["render", "host.toml", "--out", "out"]).expect(2);
    let run = folder.run(&["check", "host.toml"]).expect(1);
    assert!(
        run.out.contains("error[F003 unreadable-path]: `portage/pipe` cannot be read: is a pipe"),
        "{}",
        run.out
    );
    assert!(run.out.contains("host.toml:2:12"), "{}", run.out);
    assert!(!run.out.contains("loop"), "a link is carried as it is: {}", run.out);
}

#[test]
fn a_folder_that_is_none() {
    let folder = Folder::new(&[("host.toml", SPEC)]);
    let check = |what: &str| {
        for command in
            [&["check", "host.toml"][..], &["show", "host.toml"], &["render", "host.toml", "--out", "o"]]
        {
            let run = folder.run(command).expect(2);
            let message = format!("error[S003 unreadable]: the folder `./portage` cannot be read: {what}");
            assert!(run.all().contains(&message) && run.all().contains("host.toml:2:12"), "{}", run.all());
        }
    };
    check("No such file");
    folder.write("portage", b"a file");
    check("Not a directory");
    fs::remove_file(folder.join("portage")).unwrap();
    symlink("portage", folder.join("portage")).unwrap();
    check("Too many levels of symbolic links");
    fs::remove_file(folder.join("portage")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("portage")).status().unwrap().success());
    check("Not a directory");
    fs::remove_file(folder.join("portage")).unwrap();
    symlink("real", folder.join("portage")).unwrap();
    folder.write("real/make.conf", CONF);
    folder.run(&["check", "host.toml"]).expect(0);
}

#[test]
fn the_folder_may_be_that_of_the_spec() {
    let folder = Folder::new(&[]);
    folder.write("etc/make.conf", CONF);
    folder.write("etc/host.toml", b"spec = 1\nextends = [{ tree = \".\", at = \"/etc/portage\" }]\n");
    let out = folder.run(&["show", "etc/host.toml", "make.conf"]).expect(0).out;
    assert!(out.contains("# etc/make.conf:1"), "{out}");
    let here = portage_config_in(&folder, "etc", &["show", "host.toml", "make.conf"]).expect(0).out;
    assert!(here.contains("# make.conf:1"), "{here}");
}

#[test]
fn others_may_not_read_all_of_it() {
    let folder = folder();
    mode(&folder, "", 0o755);
    mode(&folder, "portage/bashrc", 0);
    mode(&folder, "portage/savedconfig", 0);
    let run = as_nobody(&folder, &["check", "host.toml"]).expect(1);
    for path in ["portage/bashrc", "portage/savedconfig"] {
        let message = format!("`{path}` cannot be read: Permission denied");
        assert!(run.out.contains(&message), "{}", run.all());
    }
    mode(&folder, "portage", 0);
    let run = as_nobody(&folder, &["check", "host.toml"]).expect(2);
    assert!(run.err.contains("the folder `./portage` cannot be read: Permission denied"), "{}", run.all());
    mode(&folder, "portage", 0o555);
    mode(&folder, "portage/bashrc", 0o444);
    mode(&folder, "portage/package.use/private", 0o444);
    mode(&folder, "portage/savedconfig", 0o555);
    as_nobody(&folder, &["check", "host.toml"]).expect(0);
    mode(&folder, "portage", 0o755);
}

#[test]
fn what_is_read_only_stays_so() {
    let folder = folder();
    let read_only = |bits| {
        for below in ["portage", "out/etc/portage"] {
            mode(&folder, &format!("{below}/patches/a/b"), bits);
        }
    };
    mode(&folder, "portage/patches/a/b", 0o555);
    folder.run(&["render", "host.toml", "--out", "out"]).expect(0);
    for (path, bits) in [("patches/a/b", 0o555), ("patches/a/b/x.patch", 0o444)] {
        let found = folder.join(&format!("out/etc/portage/{path}")).metadata().unwrap().mode();
        assert_eq!(found & 0o7777, bits, "{path}");
    }
    folder.run(&["diff", "host.toml", "--root", "out"]).expect(0);
    read_only(0o755);
}

#[test]
fn names_that_are_no_text_do_not_stop_it() {
    let folder = folder();
    folder.write("portage/package.use/x", b"");
    fs::write(folder.join("portage/package.use").join(OsStr::from_bytes(b"odd\xff")), "").unwrap();
    fs::write(folder.join("portage").join(OsStr::from_bytes(b"odd\xff")), "").unwrap();
    let run = folder.run(&["check", "host.toml"]);
    assert!(run.status <= 1 && run.all().contains("odd"), "{}", run.all());
}

fn portage_config_in(folder: &Folder, below: &str, args: &[&str]) -> Run {
    let mut command = common::command();
    command.current_dir(folder.join(below)).args(args).stdin(Stdio::null()).output().unwrap().into()
}

/// Runs the command without the rights of the superuser.
fn as_nobody(folder: &Folder, args: &[&str]) -> Run {
    if folder.path().metadata().unwrap().uid() != 0 {
        return folder.run(args);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_portage-config")]);
    command.current_dir(folder.path()).args(args).stdin(Stdio::null()).output().unwrap().into()
}
