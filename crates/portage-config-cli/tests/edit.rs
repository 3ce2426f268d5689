//! `edit`: what it prints, what it writes, and what it leaves alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::process::Command;

use common::Folder;

const USE: &str = "package.use: \"app-editors/vim\".add = \"lua\"";

fn machine() -> Folder {
    Folder::new(&[
        ("root/etc/portage/package.use/edit", "# scripts\napp-editors/vim   X   # why\n"),
        ("root/etc/portage/make.conf", "USE=\"ssl\n     -gtk\n     X\"\n"),
        ("root/etc/portage/repos.conf", "[x]\nsync-uri = https://me:pw@host/x\nauto-sync = yes\n"),
    ])
}

#[test]
fn it_shows_what_it_changes() {
    let folder = machine();
    let statements = [USE, "make.conf: USE.remove = \"-gtk\"", "repos.conf: x.auto-sync = false"];
    let args: Vec<&str> = ["edit", "--root", "root"].into_iter().chain(statements).collect();
    let dry: Vec<&str> = args.iter().copied().chain(["--dry-run"]).collect();
    let before = folder.list("root");
    let shown = folder.run(&dry).expect(0);
    assert_eq!(folder.list("root"), before);
    assert!(folder.read("root/etc/portage/make.conf").contains("-gtk"));
    let run = folder.run(&args).expect(0);
    assert_eq!(shown.out, run.out);
    assert!(!run.all().contains("pw"), "{}", run.all());
    insta::assert_snapshot!(run.all());
    assert_eq!(folder.read("root/etc/portage/make.conf"), "USE=\"ssl\n     X\"\n");
    let again = folder.run(&["edit", "--root", "root", USE, "make.conf: USE = \"ssl      X\""]).expect(0);
    assert!(
        again.err.contains("nothing to change") || again.err.contains("1 file changed"),
        "{}",
        again.all()
    );
    assert_eq!(folder.run(&["edit", "--root", "root", USE]).expect(0).err, "nothing to change\n");
}

#[test]
fn it_answers_programs() {
    let folder = machine();
    folder.write("root/etc/portage/package.use/z", b"=app-editors/vim-9 -lua\n");
    let run = folder.run(&["edit", "--root", "root", "--format", "json", USE]).expect(0);
    let answer = run.json();
    let edit = &answer["roots"][0]["edits"][0];
    assert_eq!(edit["path"], "etc/portage/package.use/edit");
    assert_eq!(edit["entry"], "app-editors/vim");
    assert_eq!(edit["meaning"][0]["before"], serde_json::json!(["X"]));
    assert_eq!(edit["meaning"][0]["after"], serde_json::json!(["X", "lua"]));
    assert_eq!(edit["effects"][0]["code"], "E011");
    assert_eq!(answer["roots"][0]["changes"][0]["op"], "update");
    assert_eq!(answer["diagnostics"][0]["path"], "etc/portage/package.use/z");
}

#[test]
fn all_mistakes_at_once_and_nothing_written() {
    let folder = machine();
    let run = folder
        .run(&[
            "edit",
            "--root",
            "root",
            USE,
            "package.use: \"a/b-1\" = \"x\"",
            "use.mask: x = true",
            "make.conf USE",
        ])
        .expect(2);
    insta::assert_snapshot!(run.all());
    assert_eq!(folder.read("root/etc/portage/package.use/edit"), "# scripts\napp-editors/vim   X   # why\n");
}

#[test]
fn the_command_line() {
    let folder = machine();
    for args in [
        vec!["edit"],
        vec!["edit", "--root", "root"],
        vec!["edit", "x.toml"],
        vec!["edit", "--root", "root", "x.toml", USE],
        vec!["edit", "x.toml", USE, "--file", "package.use/x"],
        vec!["edit", "--root", "nowhere", USE],
        vec!["edit", "nowhere.toml", USE],
        vec!["edit", "preset:i486-glibc-systemd", USE],
        vec!["edit", "--root", "root", "--file", "make.conf", USE],
        vec!["edit", "--root", "root", "--file", "package.use/.x", USE],
    ] {
        folder.run(&args).expect(2);
    }
    folder.run(&["edit", "--root", "root", "--file", "package.use/desk", USE]).expect(0);
    assert_eq!(folder.read("root/etc/portage/package.use/desk"), "app-editors/vim lua\n");
    for (args, message, help) in [
        (vec![USE], "neither --root nor a spec is given", "`edit --root DIR STATEMENT…`"),
        (
            vec!["--root", "root", "package.uze: \"a/b\" = \"x\""],
            "no known kind",
            "did you mean `package.use`?",
        ),
        (
            vec!["--root", "root", "etc/portage/package.use/x: \"a/b\" = \"x\""],
            "no known kind",
            "`package.use/x`?",
        ),
        (vec!["--root", "root", "/etc/hosts: \"a/b\" = \"x\""], "no known kind", "docs/kinds.md"),
        (
            vec!["--root", "root", "package.use: a/b = \"x\""],
            "unquoted key",
            "in quotes: `\"app-editors/vim\"`",
        ),
        (vec!["--root", "root", "package.mask: \"a/b\""], "key with no value", "the value `true`"),
    ] {
        let run = folder.run(&[&["edit"][..], &args].concat()).expect(2);
        assert!(run.err.contains(message) && run.err.contains(help), "{}", run.err);
    }
}

#[test]
fn specs_keep_their_layout() {
    let text = "# ours\nspec = 1\n\n[param.key]\nsecret = true\nvalue = \"hunter22\"\n\n[make.conf]  # of all\nUSE = 'a  b' # why\nFETCH = \"x\"\n";
    let folder = Folder::new(&[("x.toml", text)]);
    std::fs::set_permissions(folder.join("x.toml"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("x.toml", folder.join("link.toml")).unwrap();
    let run = folder
        .run(&["edit", "link.toml", "make.conf: USE.add = \"c\"", "package.mask: \"a/b\" = true"])
        .expect(0);
    assert!(!run.all().contains("hunter22"), "{}", run.all());
    insta::assert_snapshot!(run.all());
    let wanted = text.replace("'a  b'", "'a  b c'") + "\n[\"package.mask/portage-config\"]\n\"a/b\" = true\n";
    assert_eq!(folder.read("x.toml"), wanted);
    assert!(folder.join("link.toml").symlink_metadata().unwrap().is_symlink());
    assert_eq!(folder.join("x.toml").metadata().unwrap().mode() & 0o777, 0o640);
    let bad = folder.run(&["edit", "x.toml", "make.conf: USE = \"@{nothing}\""]).expect(2);
    assert!(bad.err.contains("@{nothing}") || bad.err.contains("`nothing`"), "{}", bad.all());
    assert_eq!(folder.read("x.toml"), wanted);
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A shell that runs the command in the folder; the command is `$PC`.
fn shell(folder: &Folder, wrapper: &[&str], script: &str) -> std::process::Output {
    let (program, args) = wrapper.split_first().unwrap();
    Command::new(program)
        .args(args)
        .args(["sh", "-c", script])
        .current_dir(folder.path())
        .env("PC", env!("CARGO_BIN_EXE_portage-config"))
        .env("STATEMENT", USE)
        .output()
        .unwrap()
}

#[test]
fn a_folder_that_may_not_be_written() {
    let folder = machine();
    let use_folder = folder.join("root/etc/portage/package.use");
    std::fs::set_permissions(use_folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let before = folder.list("root");
    let script = "cp \"$PC\" /dev/null && \"$PC\" edit --root root \"$STATEMENT\"; test $? = 2";
    // Root may write everywhere.
    let wrapper: &[&str] =
        if is_root() { &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { &["env"] };
    let output = shell(&folder, wrapper, script);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(folder.list("root"), before);
    assert!(output.status.success() && err.contains("ermission denied"), "{err}");
}

#[test]
fn an_owner_that_cannot_be_kept() {
    assert!(is_root(), "this test gives files away: run it as root");
    let folder = machine();
    let use_folder = folder.join("root/etc/portage/package.use");
    std::fs::set_permissions(use_folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    chown(folder.join("root/etc/portage/package.use/edit"), Some(250), Some(250)).unwrap();
    let wrapper = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let before = folder.list("root");
    let output = shell(&folder, &wrapper, "\"$PC\" edit --root root \"$STATEMENT\"; test $? = 2");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && err.contains("owner"), "{err}");
    assert_eq!(folder.list("root"), before);
    assert_eq!(folder.read("root/etc/portage/package.use/edit"), "# scripts\napp-editors/vim   X   # why\n");
}

/// In a mount namespace of its own, where the system allows one.
const MOUNTS: [&str; 4] = ["unshare", "--map-root-user", "--user", "--mount"];

fn mounts() -> &'static [&'static str] {
    if is_root() { &["unshare", "--mount"] } else { &MOUNTS }
}

#[test]
fn a_file_system_that_is_read_only() {
    let folder = machine();
    let script = "mkdir mnt && mount -t tmpfs none mnt && cp -r root mnt && mount -o remount,ro mnt || exit 99
        \"$PC\" edit --root mnt/root \"$STATEMENT\"; test $? = 2 || exit 1
        test \"$(ls -A mnt/root/etc/portage/package.use)\" = edit && cmp root/etc/portage/package.use/edit mnt/root/etc/portage/package.use/edit";
    let output = shell(&folder, mounts(), script);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && err.contains("ead-only"), "{:?} {err}", output.status);
}

#[test]
fn a_disk_that_is_full() {
    let folder = machine();
    let script = "mkdir mnt && mount -t tmpfs -o size=64k,nr_inodes=99 none mnt && cp -r root mnt || exit 99
        head -c 8000 /dev/zero | tr '\\0' '#' >> mnt/root/etc/portage/package.use/edit; echo >> mnt/root/etc/portage/package.use/edit
        cp mnt/root/etc/portage/package.use/edit kept
        cat /dev/zero > mnt/fill 2> /dev/null
        \"$PC\" edit --root mnt/root \"$STATEMENT\" 'package.mask: \"a/b\" = true'; test $? = 2 || exit 1
        test \"$(ls -A mnt/root/etc/portage/package.use)\" = edit && cmp kept mnt/root/etc/portage/package.use/edit || exit 2
        test \"$(ls -A mnt/root/etc/portage)\" = \"$(ls -A root/etc/portage)\"";
    let output = shell(&folder, mounts(), script);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && err.contains("No space left"), "{:?} {err}", output.status);
}

#[test]
fn links_do_not_lead_out() {
    let folder = machine();
    folder.write("secret", b"app-editors/vim x\n");
    folder.write("root/real/use", b"app-editors/vim X\n");
    let portage = folder.join("root/etc/portage");
    std::fs::remove_dir_all(portage.join("package.use")).unwrap();
    for (target, status) in [
        ("../../../secret".to_owned(), 2),
        (folder.join("secret").to_str().unwrap().to_owned(), 2),
        ("package.use".to_owned(), 2),
        ("/proc/self/environ".to_owned(), 2),
        ("../../../../../../real/use".to_owned(), 0),
    ] {
        symlink(&target, portage.join("package.use")).unwrap();
        folder.run(&["edit", "--root", "root", USE]).expect(status);
        assert!(portage.join("package.use").symlink_metadata().unwrap().is_symlink(), "{target}");
        assert_eq!(folder.read("secret"), "app-editors/vim x\n", "{target}");
        std::fs::remove_file(portage.join("package.use")).unwrap();
    }
    assert_eq!(folder.read("root/real/use"), "app-editors/vim X lua\n");
}
