//! `import`: what is written where, and what bad trees must not do to it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use common::{Folder, Run, as_root};

const CONF: &str = "# mine\nUSE=\"a b\"\n";
const REPO: &str = "[local]\nlocation = /x\nsync-uri = https://me:hunter2@example.org/x.git\n";

fn chmod(folder: &Folder, path: &str, mode: u32) {
    fs::set_permissions(folder.join(path), Permissions::from_mode(mode)).unwrap();
}

fn mode(folder: &Folder, path: &str) -> u32 {
    folder.join(path).symlink_metadata().unwrap().permissions().mode() & 0o7777
}

/// A small machine: entries, text, a file, a secret, a link.
fn machine() -> Folder {
    let folder = Folder::new(&[
        ("r/etc/portage/make.conf", CONF),
        ("r/etc/portage/package.use/x", "a/b c\na/b d\n"),
        ("r/etc/portage/bashrc", "true\n"),
        ("r/etc/portage/repos.conf/local.conf", REPO),
    ]);
    symlink("/var/db/repos/gentoo/profiles/x", folder.join("r/etc/portage/make.profile")).unwrap();
    for path in ["make.conf", "package.use/x", "bashrc"] {
        chmod(&folder, &format!("r/etc/portage/{path}"), 0o644);
    }
    for path in ["r/etc", "r/etc/portage", "r/etc/portage/package.use", "r/etc/portage/repos.conf"] {
        chmod(&folder, path, 0o755);
    }
    chmod(&folder, "r/etc/portage/repos.conf/local.conf", 0o600);
    folder
}

/// The names in the folder of the test, but for the machine's.
fn names(folder: &Folder) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name != "r")
        .collect();
    names.sort();
    names
}

/// That the import says each byte of the machine's files again.
#[track_caller]
fn comes_back(folder: &Folder, spec: &str) {
    let run = folder.run(&["diff", spec, "--root", "r"]);
    assert_eq!(run.status, 0, "{}", run.all());
}

#[test]
fn the_spec_and_the_folders_beside_it() {
    let folder = machine();
    let run = folder.run(&["import", "--root", "r", "-o", "desk.toml"]).expect(0);
    assert_eq!(run.out, "");
    assert!(run.err.contains("F020") && run.err.contains("F022"), "{}", run.err);
    assert_eq!(names(&folder), ["desk.d", "desk.secrets", "desk.toml"]);
    assert_eq!(folder.list("desk.d"), ["etc/portage/bashrc 0644"]);
    assert_eq!(folder.read("desk.d/etc/portage/bashrc"), "true\n");
    assert_eq!(folder.list("desk.secrets"), ["local-conf-sync-uri 0600"]);
    assert_eq!(folder.read("desk.secrets/local-conf-sync-uri"), "me:hunter2\n");
    // What was not for everybody is in the spec.
    assert_eq!(
        [mode(&folder, "desk.toml"), mode(&folder, "desk.d"), mode(&folder, "desk.secrets")],
        [0o600, 0o700, 0o700]
    );
    insta::assert_snapshot!("spec", folder.read("desk.toml"));
    comes_back(&folder, "desk.toml");

    folder.run(&["render", "desk.toml", "--out", "o"]).expect(0);
    assert_eq!(folder.read("o/etc/portage/repos.conf/local.conf"), REPO);
    assert_eq!(folder.list("o"), folder.list("r"));
}

#[test]
fn what_everybody_could_read_stays_readable() {
    let folder = Folder::new(&[("r/etc/portage/make.conf", CONF), ("r/etc/portage/bashrc", "true\n")]);
    for path in ["make.conf", "bashrc"] {
        chmod(&folder, &format!("r/etc/portage/{path}"), 0o644);
    }
    folder.run(&["import", "--root", "r", "-o", "a.toml"]).expect(0);
    assert_eq!([mode(&folder, "a.toml"), mode(&folder, "a.d")], [0o644, 0o755]);
    assert_eq!(names(&folder), ["a.d", "a.toml"]);
}

#[test]
fn one_text_goes_to_standard_output() {
    let folder = machine();
    let run = folder.run(&["import", "--root", "r", "make.conf", "package.use/"]).expect(0);
    assert_eq!(run.out, folder.run(&["import", "--root", "r", "-o", "-", "make.conf", "package.use"]).out);
    folder.write("one.toml", &run.bytes);
    comes_back(&folder, "one.toml");
    assert!(
        run.out.contains("[make.conf]\n") && run.out.contains("text = '''\na/b c\na/b d\n'''"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("repos.conf") && !run.out.contains("make.profile"), "{}", run.out);
    assert_eq!(names(&folder), ["one.toml"]);

    for path in ["bashrc", "repos.conf"] {
        let run = folder.run(&["import", "--root", "r", path]).expect(2);
        assert!(run.out.is_empty() && run.err.contains("write `-o NAME.toml`"), "{}", run.all());
    }
    for args in
        [&["import", "--root", "r"][..], &["import", "--root", "r", "-o", "x.toml", "--format", "json"]]
    {
        assert!(!folder.run(args).all().contains("hunter2"));
    }
}

#[test]
fn the_answer_for_programs() {
    let folder = machine();
    let run = folder.run(&["import", "--root", "r", "-o", "desk.toml", "--format", "json"]).expect(0);
    assert!(!run.all().contains("hunter2"), "{}", run.all());
    insta::assert_snapshot!("json", serde_json::to_string_pretty(&run.json()).unwrap());
}

#[test]
fn paths_that_are_asked_for() {
    let folder = machine();
    folder.write("r/etc/fstab", b"LABEL=x / ext4 rw 0 1\n");
    chmod(&folder, "r/etc/fstab", 0o644);
    let run = folder.run(&["import", "--root", "r", "/etc/fstab"]).expect(0);
    assert_eq!(
        run.out,
        "spec = 1\n\n[\"/etc/fstab\"]\n\"/\" = { source = \"LABEL=x\", type = \"ext4\", options = \"rw\", pass = 1 }\n"
    );
    // One is there and one is not: the spec is written, and it is not all that was wanted.
    let run = folder.run(&["import", "--root", "r", "/etc/fstab", "package.ues", "-o", "a.toml"]).expect(1);
    assert!(run.err.contains("nothing is at `/etc/portage/package.ues`"), "{}", run.err);
    assert_eq!(names(&folder), ["a.toml"]);
    for path in ["../x", "/", "", "a//b", "/etc/../x"] {
        let run = folder.run(&["import", "--root", "r", "-o", "b.toml", path]).expect(2);
        assert!(run.err.contains("C001"), "{path}: {}", run.err);
    }
    let run = folder.run(&["import", "--root", "r", "package.ues"]).expect(2);
    assert!(run.err.contains("nothing is at"), "{}", run.err);
    assert_eq!(names(&folder), ["a.toml"]);
}

#[test]
fn no_machine_no_spec() {
    let folder = Folder::new(&[("file", ""), ("empty/etc/other", "")]);
    for (root, word) in [
        ("none", "cannot open the root"),
        ("file", "cannot open the root"),
        ("empty", "holds no configuration"),
    ] {
        let run = folder.run(&["import", "--root", root, "-o", "a.toml"]).expect(2);
        assert!(run.err.contains(word) && run.out.is_empty(), "{}", run.all());
    }
    folder.run(&["import", "-o", "a.toml"]).expect(2);
    assert_eq!(names(&folder), ["empty", "file"]);
    // A folder without files is a configuration: none of it is lost.
    fs::create_dir_all(folder.join("bare/etc/portage/sets")).unwrap();
    chmod(&folder, "bare/etc/portage", 0o755);
    chmod(&folder, "bare/etc/portage/sets", 0o755);
    let run = folder.run(&["import", "--root", "bare"]).expect(0);
    assert_eq!(run.out, "spec = 1\n\n[file.\"sets\"]\ndir = true\n");
}

#[test]
fn what_is_there_stays() {
    let folder = machine();
    let import = |more: &[&str]| folder.run(&[&["import", "--root", "r", "-o", "a.toml"], more].concat());
    folder.write("a.toml", b"mine");
    let run = import(&[]).expect(2);
    assert!(run.err.contains("`a.toml` exists") && run.err.contains("--force"), "{}", run.err);
    assert_eq!(names(&folder), ["a.toml"]);
    for (there, other) in [("a.d", "a.secrets"), ("a.secrets", "a.d")] {
        folder.write(&format!("{there}/mine"), b"mine");
        for more in [&[][..], &["--force"]] {
            import(more).expect(2);
            assert_eq!(folder.read("a.toml"), "mine");
            assert_eq!(
                folder.list(there),
                ["mine 0644"].map(|name| {
                    name.replace("0644", &format!("{:04o}", mode(&folder, &format!("{there}/mine"))))
                })
            );
            assert!(!folder.join(other).exists(), "{other} is left over");
        }
        fs::remove_dir_all(folder.join(there)).unwrap();
    }
    import(&["--force"]).expect(0);
    comes_back(&folder, "a.toml");
    // The same again: the folders hold what they should.
    import(&["--force"]).expect(0);
    assert_eq!(names(&folder), ["a.d", "a.secrets", "a.toml"]);
}

#[test]
fn links_stay_links() {
    let folder = machine();
    folder.write("outside/secret", b"a/b s3cret\n");
    let outside = folder.join("outside");
    let at = |name: &str| folder.join(&format!("r/etc/portage/package.use/{name}"));
    symlink(".", at("loop")).unwrap();
    symlink("..", at("up")).unwrap();
    symlink("self", at("self")).unwrap();
    symlink(outside.join("secret"), at("file")).unwrap();
    symlink("../../../../outside", at("folder")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink(OsStr::from_bytes(b"odd\xff\n@{x}"), at("odd")).unwrap();
    let run = folder.run(&["import", "--root", "r", "-o", "a.toml"]).expect(0);
    assert!(!run.all().contains("s3cret") && !folder.read("a.toml").contains("s3cret"));
    assert_eq!(folder.list("a.d"), ["etc/portage/bashrc 0644"]);
    comes_back(&folder, "a.toml");
    folder.run(&["render", "a.toml", "--out", "o"]).expect(0);
    assert_eq!(folder.list("o"), folder.list("r"));
    let odd = fs::read_link(folder.join("o/etc/portage/package.use/odd")).unwrap();
    assert_eq!(odd.as_os_str().as_bytes(), b"odd\xff\n@{x}");
    assert_eq!(folder.list("outside").len(), 1);

    // A folder that is a link is no folder to look into, and one on the way out of the root is not taken.
    symlink(&outside, folder.join("r/etc/portage/package.mask")).unwrap();
    let run = folder.run(&["import", "--root", "r", "package.mask"]).expect(0);
    assert!(run.out.ends_with(&format!("link = \"{}\"\n", outside.display())), "{}", run.out);
    let run = folder.run(&["import", "--root", "r", "package.mask/secret"]);
    assert!(run.status > 0 && !run.all().contains("s3cret"), "{}", run.all());
}

#[test]
fn what_is_no_file_is_said_and_the_rest_is_written() {
    let folder = machine();
    let at = |name: &str| folder.join(&format!("r/etc/portage/package.use/{name}"));
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    let device = Command::new("mknod").arg(at("device")).args(["c", "1", "5"]).output().unwrap();
    let run = folder.run(&["import", "--root", "r", "-o", "a.toml"]).expect(1);
    assert!(run.err.contains("package.use/pipe` cannot be read: is a pipe"), "{}", run.err);
    assert!(run.err.contains("package.use/socket` cannot be read: is a socket"), "{}", run.err);
    assert_eq!(run.err.contains("package.use/device` cannot be read: is a device"), device.status.success());
    for name in ["pipe", "socket", "device"] {
        let _ = fs::remove_file(at(name));
    }
    comes_back(&folder, "a.toml");
}

#[test]
fn names_that_are_hard_to_type() {
    let folder = machine();
    let names: [&[u8]; 9] = [
        b"with blank",
        b"new\nline",
        b"\xff\xfe",
        b"quo\"te'",
        b"esc\x1b[31m",
        b"back\\slash",
        b"@{x}",
        b"\\xff",
        "caf\u{e9}\u{202e}".as_bytes(),
    ];
    for name in names {
        for (below, bytes) in
            [("package.use", b"a/b  c\n".as_slice()), ("patches", b"\0\xff"), ("sets", b"a/b\na/b\n")]
        {
            let path = folder.join(&format!("r/etc/portage/{below}")).join(OsStr::from_bytes(name));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    let run = folder.run(&["import", "--root", "r", "-o", "a.toml"]).expect(0);
    assert!(!run.bytes.contains(&0x1b) && !run.err.contains('\u{1b}'), "{}", run.err);
    comes_back(&folder, "a.toml");
    folder.run(&["render", "a.toml", "--out", "o"]).expect(0);
    assert_eq!(folder.list("o"), folder.list("r"));
    for name in names {
        for below in ["patches", "sets"] {
            let read = |root: &str| {
                let path = folder.join(&format!("{root}/etc/portage/{below}")).join(OsStr::from_bytes(name));
                fs::read(path).unwrap()
            };
            assert_eq!(read("o"), read("r"), "{}", String::from_utf8_lossy(name));
        }
    }
    let strange = Path::new(OsStr::from_bytes(b"\xff.toml"));
    let mut command = common::command();
    command.current_dir(folder.path()).args(["import", "--root", "r", "-o"]).arg(strange);
    let run = Run::from(command.output().unwrap()).expect(2);
    assert!(run.err.contains("is no name for a spec"), "{}", run.err);
}

#[test]
fn secrets_are_never_shown() {
    let uri = "https://u:hunter2@h/";
    let folder = Folder::new(&[]);
    for (name, text) in [
        ("portage/make.conf", format!("A=\"{uri} \nUSE=\"x\"\nfoo {uri} x\n")),
        ("portage/package.use/a", format!("{uri}x y\na/b {uri}\n")),
        ("portage/package.mask/a", format!("{uri}\n{uri}\n")),
        ("portage/package.license", format!("a/b {uri}\na/b {uri}\n")),
        ("portage/package.accept_keywords", format!("a/b {uri}\n")),
        ("portage/repos.conf/a", format!("<<<<<<< {uri}\n[a]\nsync-uri = {uri}\nsync-uri = {uri}x\n{uri}\n")),
        ("portage/repos.conf/b", format!("[b]\nsync-uri = {uri}\n")),
        ("portage/binrepos.conf", "[a]\nsync-uri = https://u:%(x)hunter2@h/\n".to_owned()),
        ("portage/mirrors", format!("local {uri} {uri}\n{uri} {uri}\n")),
        ("portage/env/x", format!("http_proxy={uri}\nhttp_proxy=\"{uri}\"\n")),
        ("portage/sets/a", format!("{uri}\n")),
        ("portage/modules", format!("a {uri}\n")),
        ("portage/color.map", format!("a={uri}\n= {uri}\n")),
        ("portage/bashrc", format!("export A={uri}\n")),
        ("ugrd/config.toml", format!("x = \"{uri}\n")),
        ("default/grub", format!("G=\"{uri} $(x)\"\nG+={uri};;\n")),
        (
            "fstab",
            "//h/s /s cifs rw,password=hunter2\n//h/s /s cifs rw,password=hunter2 0 0 x\n//h/s /s cifs pass=hunter2 k l\n"
                .to_owned(),
        ),
    ] {
        folder.write(&format!("r/etc/{name}"), text.as_bytes());
    }
    for more in
        [&[][..], &["--format", "json"], &["-v"], &["-o", "a.toml"], &["-o", "b.toml", "--format", "json"]]
    {
        let run = folder.run(&[&["import", "--root", "r"], more].concat());
        assert!(!run.all().contains("hunter2"), "{more:?}: {}", run.all());
    }
    assert!(!folder.read("a.toml").contains("hunter2"), "{}", folder.read("a.toml"));
    assert_eq!([mode(&folder, "a.d"), mode(&folder, "a.secrets")], [0o700, 0o700]);
    assert_eq!(folder.list("a.secrets"), ["b-sync-uri 0600"]);
    let run = folder.run(&["diff", "a.toml", "--root", "r"]);
    assert!(run.status == 0 && !run.all().contains("hunter2"), "{}", run.all());
}

#[test]
fn a_file_that_may_not_be_read() {
    let folder = machine();
    chmod(&folder, "", 0o777);
    chmod(&folder, "r", 0o755);
    folder.write("r/etc/portage/patches/a/b.patch", b"s3cret\n");
    chmod(&folder, "r/etc/portage/patches", 0o700);
    let script = "cp \"$1\" ./command; chmod 755 command
        setpriv --reuid=65534 --regid=65534 --clear-groups ./command import --root r -o a.toml; echo $?";
    let run = as_root(&folder, script);
    assert_eq!(run.out, "1\n", "{run:?}");
    for path in ["repos.conf/local.conf", "patches"] {
        assert!(
            run.err.contains(&format!("etc/portage/{path}` cannot be read: Permission denied")),
            "{run:?}"
        );
    }
    let spec = folder.read("a.toml");
    assert!(spec.contains("[make.conf]") && !spec.contains("local.conf"), "{spec}");
    assert_eq!(folder.read("a.d/etc/portage/bashrc"), "true\n");
}

#[test]
fn a_folder_that_cannot_be_written() {
    let folder = machine();
    fs::create_dir(folder.join("t")).unwrap();
    let script = "mount -t tmpfs -o ro none t; \"$1\" import --root r -o t/a.toml; echo $?; ls -A t
        \"$1\" import --root r -o none/a.toml; echo $?; ls -d none 2>/dev/null";
    let run = as_root(&folder, script);
    assert_eq!(run.out, "2\n2\n", "{run:?}");
    assert!(run.err.contains("Read-only file system") && run.err.contains("No such file"), "{run:?}");
}

#[test]
fn a_full_disk_holds_all_or_nothing() {
    let folder = machine();
    fs::create_dir(folder.join("t")).unwrap();
    // More than a page each: the folder of files, or the spec behind it, does not fit.
    folder.write("r/etc/portage/patches/a/b.patch", &b"x\n".repeat(40_000));
    let flags: String = (0..9_000).map(|i| format!("a/p{i}b c\n")).collect();
    folder.write("r/etc/portage/package.use/big", flags.as_bytes());
    let script = "for k in 4 16 64 100 112 128 160 200 240; do
        mount -t tmpfs -o size=${k}k none t; echo old > t/a.toml
        \"$1\" import --root r -o t/a.toml --force 2> err; echo $? $(ls -A t) $(head -c 4 t/a.toml); cat err >&2
        umount t; done; mount -t tmpfs -o size=2m none t; \"$1\" import --root r -o t/a.toml; echo $?";
    let run = as_root(&folder, script);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 10, "{run:?}");
    for line in &lines[..9] {
        assert_eq!(*line, "2 a.toml old", "{run:?}");
    }
    assert_eq!(lines[9], "0", "{run:?}");
    assert!(run.err.contains("No space left on device"), "{run:?}");
}
