//! No secret is in anything that is printed about a machine that specs are applied to, and none of it lies open.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::{Folder, Run};

const SPEC: &str = r##"spec = 1

[param.token]
secret = true
env = "TEST_TOKEN"

[param.word]
secret = true
file = "keys/word"

[make.conf]
USE = "nbd"
NOTE = "@{word}"
https_proxy = "http://me:proxy-hunter05@proxy:3128"
FETCHCOMMAND = "curl --header 'X-Token: @{token}' -o \"\\${DISTDIR}/\\${FILE}\" \"\\${URI}\""

["binrepos.conf/host.conf"]
host.sync-uri = "https://me:uri-hunter04@example.org/"

["/etc/sccache/server.toml"]
scheduler_auth.token = "@{token}"

["/etc/sccache/client.toml"]
dist.auth = { type = "token", token = "toml-hunter07" }

["/etc/fstab"]
"/srv" = { source = "//h/s", type = "cifs", options = ["rw", "password=mount-hunter06"] }

[file."/etc/conf.d/fetch"]
text = "export WORD=\"@{word}\"\nexport AUTH_TOKEN=\"text-hunter09\"\n"
fill = true
"##;

const ENV: [(&str, &str); 2] = [("TEST_TOKEN", "env-hunter01"), ("RUST_BACKTRACE", "1")];

const LOOKS: [&[&str]; 3] = [&["-v"], &["--format", "json", "-v"], &["--color", "always"]];

fn folder() -> Folder {
    Folder::new(&[
        ("s.toml", SPEC),
        ("keys/word", "file-hunter02\n"),
        (
            "m/etc/portage/make.conf",
            "USE=\"gtk\"\nNOTE=\"none\"\nhttps_proxy=\"http://me:old-hunter10@old:1\"\nAPI_TOKEN=\"var-hunter11\"\n",
        ),
        ("m/etc/fstab", "//h/s /srv cifs rw,password=old-hunter12 0 0\n"),
        ("m/etc/sccache/client.toml", "[dist.auth]\ntype = \"token\"\ntoken = \"old-hunter13\"\n"),
        ("m/etc/group", "portage::250:\n"),
    ])
}

/// Runs a command in each look; all but the last of them must write nothing.
fn each(folder: &Folder, args: &[&str], status: i32) {
    for look in LOOKS {
        one(folder, &[args, look].concat(), status);
    }
}

fn one(folder: &Folder, args: &[&str], status: i32) -> Run {
    let run = folder.run_env(args, &ENV).expect(status);
    // What stands behind the dash is enough to know a secret by.
    assert!(!run.all().contains("hunter"), "{args:?} shows a secret:\n{}", run.all());
    assert!(!run.all().contains("panicked"), "{args:?}: {}", run.all());
    run
}

fn files(dir: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.symlink_metadata().unwrap().is_dir() {
            files(&path, all);
        } else {
            all.push(path);
        }
    }
}

/// Files of the machine's state that hold a secret and that somebody else can get at.
fn open(folder: &Folder) -> Vec<PathBuf> {
    let top = folder.join("m");
    let mut all = Vec::new();
    files(&top.join("var/lib/portage-config"), &mut all);
    let closed = |path: &Path| {
        path.ancestors().take_while(|path| **path != *top).any(|path| {
            let mode = path.metadata().unwrap().permissions().mode();
            mode & if path.is_dir() { 0o001 } else { 0o004 } == 0
        })
    };
    all.retain(|path| {
        std::fs::read_to_string(path).is_ok_and(|text| text.contains("hunter")) && !closed(path)
    });
    all.iter().map(|path| path.strip_prefix(&top).unwrap().to_owned()).collect()
}

#[test]
fn nothing_about_a_machine_shows_a_secret() {
    let folder = folder();
    let apply = ["apply", "s.toml", "--root", "m"];
    let with = |more: &[&'static str]| [&apply[..], more].concat();
    let allow = "--allow-world-readable-secrets";
    // Refused, in conflict, shown, each with what is there.
    each(&folder, &with(&["--yes"]), 2);
    each(&folder, &with(&["-n", allow]), 2);
    for choice in ["--take-ours", "--keep-theirs", "--config-protect"] {
        each(&folder, &with(&["-n", allow, choice]), 1);
    }
    each(&folder, &with(&["-n", allow, "--merge"]), 2);
    one(&folder, &with(&["--yes", allow, "--take-ours"]), 0);
    assert!(folder.read("m/etc/portage/make.conf").contains("env-hunter01"));
    for args in [&["status"][..], &["history"], &["history", "1", "--text"], &["diff", "s.toml"]] {
        each(&folder, &[args, &["--root", "m"]].concat(), 0);
    }
    // Somebody changes each of them; no spec knows of these.
    for name in ["portage/make.conf", "fstab", "sccache/client.toml", "sccache/server.toml", "conf.d/fetch"] {
        let path = format!("m/etc/{name}");
        let text = folder.read(&path).replace("-hunter", "-new-hunter");
        folder.write(&path, text.as_bytes());
    }
    folder.run_env(&["diff", "s.toml", "--root", "m"], &ENV).expect(1);
    for args in [
        &["status"][..],
        &["diff", "s.toml"],
        &["diff", "--generation", "1"],
        &["diff", "--generation", "0"],
        &["rollback", "0", "-n", "--take-ours"],
    ] {
        each(&folder, &[args, &["--root", "m"]].concat(), 1);
    }
    each(&folder, &["rollback", "0", "--root", "m", "-n", "--merge"], 2);
    each(&folder, &["rollback", "0", "--root", "m", "--yes"], 2);
    // The spec says others, too, and names fewer files.
    folder.write("s.toml", SPEC.replace("-hunter0", "-other-hunter0").as_bytes());
    for choice in ["--take-ours", "--keep-theirs", "--config-protect"] {
        each(&folder, &with(&["-n", allow, choice]), 1);
    }
    each(&folder, &with(&["-n", allow]), 2);
    each(&folder, &with(&["-n", allow, "--merge"]), 2);
    folder.write("s.toml", SPEC.split("[\"binrepos").next().unwrap().as_bytes());
    each(&folder, &with(&["-n", allow, "--take-ours"]), 1);
    one(&folder, &with(&["--yes", allow, "--config-protect"]), 0);
    folder.write("s.toml", b"spec = 1\n[make.conf]\nUSE = \"x\"\nNOTE = \"y\"\n");
    each(&folder, &with(&["-n", "--take-ours"]), 1);
    one(&folder, &with(&["--yes", "--take-ours"]), 0);
    for args in [&["history"][..], &["history", "2", "--text"], &["history", "3", "--text"], &["status"]] {
        each(&folder, &[args, &["--root", "m"]].concat(), 0);
    }
    each(&folder, &["diff", "--generation", "1", "--root", "m"], 1);
    each(&folder, &["rollback", "1", "--root", "m", "-n", "--take-ours"], 1);
    one(&folder, &["rollback", "1", "--root", "m", "--yes", "--take-ours"], 0);
    each(&folder, &["history", "4", "--text", "--root", "m"], 0);
    assert_eq!(open(&folder), Vec::<PathBuf>::new());
    // A manifest that nobody can read any more.
    let manifest = "m/var/lib/portage-config/generations/4/manifest.toml";
    let text = folder.read(manifest);
    folder.write(manifest, text.replace("[owned]", "[owned\nx = \"@hunter\"").as_bytes());
    for args in [&["status"][..], &["history"], &["rollback", "-n"]] {
        each(&folder, &[args, &["--root", "m"]].concat(), 2);
    }
}

#[test]
fn each_file_is_for_its_reader() {
    let folder = folder();
    let args = ["apply", "s.toml", "--root", "m", "--yes", "--take-ours", "--allow-world-readable-secrets"];
    one(&folder, &args, 0);
    let mode = |path: &str| folder.join(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("m/etc/sccache/server.toml"), 0o600);
    assert_eq!(mode("m/etc/portage/make.conf"), 0o644);
    assert_eq!(mode("m/var/lib/portage-config/generations/1"), 0o700);
    assert_eq!(mode("m/var/lib/portage-config/applied/etc/sccache/server.toml"), 0o600);
    assert_eq!(open(&folder), Vec::<PathBuf>::new());
}
