//! Rendering over what is there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::type_complexity,
    reason = "a test that fails says so"
)]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use common::{Folder, Run, as_root, specs};

const SPEC: &str = r#"spec = 1
[make.conf]
USE = "a b"
CFLAGS = "-O2"
["package.use/x"]
"a/b" = "c d"
["/etc/fstab"]
"/" = { source = "LABEL=r", type = "ext4" }
[file."/etc/fstab"]
own = "entries"
["package.mask/once"]
"a/b" = true
[file."package.mask/once"]
own = "once"
[file."/etc/motd"]
text = "hello\n"
[file."make.profile"]
link = "/profile"
[file."package.mask/gone"]
own = "absent"
"#;

/// What is there before, which says much of it in another layout.
fn there() -> Folder {
    let folder = Folder::new(&[
        ("a.toml", SPEC),
        ("o/etc/portage/make.conf", "# mine\nUSE='a b'\n\nCFLAGS=-O3 # fast\n"),
        ("o/etc/portage/package.use/x", "# why\n  a/b   c\td\n"),
        ("o/etc/portage/package.use/other", "x/y z\n"),
        ("o/etc/fstab", "proc /proc proc defaults 0 0\n"),
        ("o/etc/portage/package.mask/once", "x/y\n"),
        ("o/etc/portage/package.mask/gone", "x/y\n"),
        ("o/etc/motd", "hello\n"),
    ]);
    symlink("/profile", folder.join("o/etc/portage/make.profile")).unwrap();
    folder
}

fn old(path: &Path) {
    let times = fs::FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000));
    fs::File::open(path).unwrap().set_times(times).unwrap();
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// All below a folder: content, and whatever writing would change.
fn state(folder: &Path) -> Vec<(PathBuf, Vec<u8>, (i64, i64, i64), u32)> {
    let mut all = Vec::new();
    let mut ahead = vec![folder.to_owned()];
    while let Some(path) = ahead.pop() {
        let meta = path.symlink_metadata().unwrap();
        let bytes = if meta.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        all.push((path.clone(), bytes, (meta.mtime(), meta.ctime(), meta.ctime_nsec()), meta.mode()));
        if meta.is_dir() {
            ahead.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    all.sort();
    all
}

fn over(folder: &Folder, spec: &str) -> Run {
    folder.run(&["render", spec, "--out", "o", "--force"])
}

#[test]
fn only_what_differs_changes() {
    let folder = there();
    for name in ["make.conf", "package.use/x", "package.use", "package.mask/once", "make.conf"] {
        old(&folder.join(&format!("o/etc/portage/{name}")));
    }
    chmod(&folder.join("o/etc/portage/make.conf"), 0o640);
    let diff = folder.run(&["diff", "a.toml", "--root", "o", "--format", "json"]).expect(1).json();
    let shown: Vec<&str> = diff["roots"][0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["path"].as_str().unwrap())
        .collect();
    let before = state(&folder.join("o"));
    over(&folder, "a.toml").expect(0);
    let after = state(&folder.join("o"));
    let changed: Vec<String> = after
        .iter()
        .filter(|one| !before.contains(one) && !one.0.is_dir())
        .map(|one| one.0.strip_prefix(folder.join("o")).unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(changed, ["etc/fstab", "etc/portage/make.conf"]);
    let gone = "etc/portage/package.mask/gone";
    assert_eq!(shown.iter().copied().filter(|path| *path != gone).collect::<Vec<_>>(), changed);
    let unchanged_folder = folder.join("o/etc/portage/package.use").metadata().unwrap();
    assert_eq!(unchanged_folder.mtime(), 1_000_000);

    assert_eq!(folder.read("o/etc/portage/make.conf"), "# mine\nUSE='a b'\n\nCFLAGS=\"-O2\" # fast\n");
    assert_eq!(folder.join("o/etc/portage/make.conf").metadata().unwrap().mode() & 0o777, 0o640);
    assert!(folder.read("o/etc/fstab").starts_with("proc /proc proc defaults 0 0\nLABEL=r"));
    assert_eq!(folder.read("o/etc/portage/package.mask/once"), "x/y\n");
    let left = folder.run(&["diff", "a.toml", "--root", "o"]).expect(1);
    assert!(
        left.out.starts_with(&format!("1 file to remove; 1 entry removed\n\nremove {gone}\n")),
        "{}",
        left.all()
    );
    let again = state(&folder.join("o"));
    over(&folder, "a.toml").expect(0);
    assert_eq!(state(&folder.join("o")), again);
}

#[test]
fn links_are_handled_as_diff_does() {
    let folder = Folder::new(&[
        ("a.toml", "spec = 1\n[\"package.use/x\"]\n\"a/b\" = \"c\"\n[\"package.use/y\"]\n\"a/b\" = \"c\"\n"),
        ("o/srv/same", "# there\na/b  c\n"),
        ("o/srv/other", "# there\na/b d\n"),
        ("outside", "a/b d\n"),
    ]);
    let dir = folder.join("o/etc/portage/package.use");
    fs::create_dir_all(&dir).unwrap();
    symlink("/srv/same", dir.join("x")).unwrap();
    symlink("../../../srv/other", dir.join("y")).unwrap();
    over(&folder, "a.toml").expect(0);
    assert!(dir.join("x").is_symlink(), "what is behind it says the same");
    assert_eq!(folder.read("o/etc/portage/package.use/y"), "# there\na/b c\n");
    assert!(!dir.join("y").is_symlink());
    assert_eq!(folder.read("o/srv/other"), "# there\na/b d\n");

    // To the system this link leads out of the folder.
    fs::remove_file(dir.join("y")).unwrap();
    symlink(folder.join("outside"), dir.join("y")).unwrap();
    over(&folder, "a.toml").expect(0);
    assert_eq!(folder.read("outside"), "a/b d\n");
    assert_eq!(folder.read("o/etc/portage/package.use/y"), "a/b c\n");
    folder.run(&["diff", "a.toml", "--root", "o"]).expect(0);

    // A link for a folder is followed inside the folder that is written to, or not at all.
    fs::rename(&dir, folder.join("o/srv/use")).unwrap();
    symlink("/srv/use", &dir).unwrap();
    folder.write("o/srv/use/y", b"a/b d\n");
    over(&folder, "a.toml").expect(0);
    assert_eq!(folder.read("o/srv/use/y"), "a/b c\n");
    fs::remove_file(&dir).unwrap();
    fs::create_dir(folder.join("away")).unwrap();
    symlink(folder.join("away"), &dir).unwrap();
    let run = over(&folder, "a.toml").expect(2);
    assert!(run.err.contains("`etc/portage/package.use`; it would have to be removed"), "{}", run.err);
    assert_eq!(fs::read_dir(folder.join("away")).unwrap().count(), 0);
}

#[test]
fn each_root_lies_in_its_own() {
    let folder = specs::folder();
    folder.run(&["render", "roots.toml", "--out", "o"]).expect(0);
    let cross = "o/host/usr/i486-pc-linux-gnu/etc/portage/make.conf";
    folder.write(cross, b"# mine\nUSE='x' # why\nCHOST='i486-pc-linux-gnu'\n");
    // Inside the machine, not inside the folder of all machines.
    fs::create_dir_all(folder.join("o/host/srv")).unwrap();
    fs::rename(folder.join("o/host/etc/portage"), folder.join("o/host/srv/portage")).unwrap();
    symlink("/srv/portage", folder.join("o/host/etc/portage")).unwrap();
    folder.write("o/host/srv/portage/make.conf", b"# mine\n");
    over(&folder, "roots.toml").expect(0);
    assert_eq!(folder.read(cross), "# mine\nUSE='nbd' # why\nCHOST='i486-pc-linux-gnu'\n");
    assert!(folder.read("o/host/srv/portage/make.conf").starts_with("# mine\n"));
    let roots = ["--root", "host=o/host", "--root", "iso=o/iso"];
    folder.run(&[&["diff", "roots.toml"][..], &roots].concat()).expect(0);

    // Where the host has a link, the root inside it lies behind it.
    fs::rename(folder.join("o/host/usr/i486-pc-linux-gnu"), folder.join("o/host/srv/cross")).unwrap();
    symlink("../srv/cross", folder.join("o/host/usr/i486-pc-linux-gnu")).unwrap();
    folder.write("o/host/srv/cross/etc/portage/make.conf", b"");
    over(&folder, "roots.toml").expect(0);
    assert!(folder.read("o/host/srv/cross/etc/portage/make.conf").contains("i486"));
    folder.run(&[&["diff", "roots.toml"][..], &roots].concat()).expect(0);

    // The folder of a machine is none that a link leads to.
    fs::rename(folder.join("o/iso"), folder.join("away")).unwrap();
    folder.write("away/etc/portage/make.conf", b"USE=x\n");
    symlink("../away", folder.join("o/iso")).unwrap();
    over(&folder, "roots.toml").expect(2);
    assert_eq!(folder.read("away/etc/portage/make.conf"), "USE=x\n");
}

#[test]
fn a_secret_closes_its_file() {
    let folder = specs::folder();
    let text =
        "[\"/etc/sccache/NAME.toml\"]\npublic_addr = \"192.0.2.1:1\"\nscheduler_auth.token = \"hunter2\"\n";
    let text = format!("spec = 1\n{}{}", text.replace("NAME", "server"), text.replace("NAME", "client"));
    folder.write("sccache.toml", text.as_bytes());
    folder.run(&["render", "sccache.toml", "--out", "o"]).expect(0);
    for (name, modes) in [
        ("server", [(0o644, 0o600), (0o400, 0o400), (0o600, 0o600)]),
        // Whose group can read it was given to that group; another one cannot be given to it here.
        ("client", [(0o644, 0o600), (0o640, 0o640), (0o600, 0o600)]),
    ] {
        let conf = folder.join(&format!("o/etc/sccache/{name}.toml"));
        assert_eq!(conf.metadata().unwrap().mode() & 0o777, 0o600);
        for (mode, after) in modes {
            chmod(&conf, mode);
            old(&conf);
            over(&folder, "sccache.toml").expect(0);
            let meta = conf.metadata().unwrap();
            assert_eq!((meta.mode() & 0o777, meta.mtime()), (after, 1_000_000), "{name} {mode:o}");
        }
    }
}

#[test]
fn what_cannot_be_done_is_not_begun() {
    let folder = there();
    folder.write("b.toml", format!("{SPEC}[\"package.use/x/below\"]\n\"a/b\" = \"c\"\n").as_bytes());
    folder.write("c.toml", SPEC.replace("package.use/x", "package.use/other/below").as_bytes());
    fs::remove_file(folder.join("o/etc/portage/package.use/x")).unwrap();
    let before = state(&folder.join("o"));
    for (spec, word) in [("b.toml", "S019"), ("c.toml", "would have to be removed first")] {
        let run = over(&folder, spec).expect(2);
        assert!(run.err.contains(word), "{}", run.err);
        assert_eq!(state(&folder.join("o")), before);
    }
    std::os::unix::net::UnixListener::bind(folder.join("o/etc/portage/package.use/x")).unwrap();
    let before = state(&folder.join("o"));
    let run = over(&folder, "a.toml").expect(2);
    assert!(run.err.contains("F003") && run.err.contains("is a socket"), "{}", run.err);
    assert_eq!(state(&folder.join("o")), before);
}

#[test]
fn a_file_system_that_cannot_be_written() {
    let folder = there();
    let script = "mount -t tmpfs none o; mkdir -p o/etc/portage o/usr; echo 'USE=x' > o/etc/portage/make.conf\n\
        mount -o remount,ro o; set +e; \"$1\" render a.toml --out o --force; echo $?; cat o/etc/portage/make.conf\n\
        mount -o remount,rw o; \"$1\" render a.toml --out o --force; mount -o remount,ro o\n\
        \"$1\" render a.toml --out o --force; echo $?; ls -A o/etc/portage\n";
    let run = as_root(&folder, &format!("set -e\n{script}"));
    assert_eq!(
        run.out, "2\nUSE=x\n0\nmake.conf\nmake.profile\npackage.mask\npackage.use\n",
        "what is as wanted needs no writing: {run:?}"
    );
    assert!(run.err.contains("Read-only file system"), "{run:?}");
}

#[test]
fn a_place_that_cannot_be_taken_leaves_the_others_as_they_were() {
    let folder = there();
    // A file that something is mounted on can be read, and not be replaced.
    let script = "mount --bind o/etc/portage/make.conf o/etc/portage/make.conf; set +e\n\
        \"$1\" render a.toml --out o --force; echo $?";
    let before = fs::read(folder.join("o/etc/fstab")).unwrap();
    let list = folder.list("o");
    let run = as_root(&folder, &format!("set -e\n{script}"));
    assert_eq!(run.out, "2\n", "{run:?}");
    assert_eq!(fs::read(folder.join("o/etc/fstab")).unwrap(), before);
    assert_eq!(folder.list("o"), list);
}

#[test]
fn what_belongs_to_somebody_else_is_refused_as_a_whole() {
    let folder = there();
    chmod(folder.path(), 0o755);
    // A folder that anybody may write beside one that nobody may.
    chmod(&folder.join("o/etc"), 0o777);
    let script = "cp \"$1\" ./command; chmod 755 command; set +e\n\
        setpriv --reuid 65534 --regid 65534 --clear-groups ./command render a.toml --out o --force; echo $?";
    let before = state(&folder.join("o"));
    let run = as_root(&folder, &format!("set -e\n{script}"));
    assert_eq!(run.out, "2\n", "{run:?}");
    assert!(run.err.contains("Permission denied") && run.err.contains("o/etc/portage/make.conf"), "{run:?}");
    let kept = |all: Vec<(PathBuf, Vec<u8>, (i64, i64, i64), u32)>| -> Vec<_> {
        all.into_iter().map(|(path, bytes, _, mode)| (path, bytes, mode)).collect()
    };
    assert_eq!(kept(state(&folder.join("o"))), kept(before));
}
