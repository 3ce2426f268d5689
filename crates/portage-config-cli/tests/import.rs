//! `import`: what it writes where, and what it says of mistakes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::os::unix::fs::MetadataExt;

use common::Folder;

fn machine() -> Folder {
    Folder::new(&[
        ("root/etc/portage/make.conf", "USE=\"ssl\"\n"),
        ("root/etc/portage/package.use/desk", "a/b x\n# once more\na/c y\na/b -x\n"),
        ("root/etc/portage/repos.conf/a.conf", "[a]\nsync-uri = https://me:hunter22@host/a\n"),
        ("root/etc/portage/patches/a/b/x.patch", "--- a\n"),
        ("root/etc/fstab", "/dev/sda1 / ext4 rw 0 1\n"),
    ])
}

fn import<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["import", "--root", "root"][..], more].concat()
}

#[test]
fn a_spec_and_the_folders_beside_it() {
    let folder = machine();
    let run = folder.run(&import(&["-o", "out.toml"])).expect(0);
    assert!(!run.all().contains("hunter22"), "{}", run.all());
    assert!(run.err.contains("5 files: 3 as entries, 1 as text, 1 in out.d/\n"), "{}", run.err);
    assert_eq!(folder.read("out.d/etc/portage/patches/a/b/x.patch"), "--- a\n");
    let secret = "a-conf-sync-uri";
    assert_eq!(folder.list("out.secrets"), [format!("{secret} 0600")]);
    assert_eq!(folder.read(&format!("out.secrets/{secret}")), "me:hunter22\n");
    let mode = |path: &str| folder.join(path).metadata().unwrap().mode() & 0o777;
    assert_eq!((mode("out.toml"), mode("out.d"), mode("out.secrets")), (0o644, 0o700, 0o700));
    folder.run(&["diff", "out.toml", "--root", "root"]).expect(0);

    let spec = folder.read("out.toml");
    folder.run(&import(&["-o", "out.toml"])).expect(2);
    folder.run(&import(&["-o", "out.toml", "--force"])).expect(0);
    assert_eq!(folder.read("out.toml"), spec);
    // What lies in the folders stays what it is, also with --force.
    folder.write("root/etc/portage/patches/a/b/x.patch", b"--- b\n");
    let run = folder.run(&import(&["-o", "out.toml", "--force"])).expect(2);
    assert!(run.err.contains("`etc/portage/patches/a/b/x.patch`"), "{}", run.err);
    assert_eq!(folder.read("out.d/etc/portage/patches/a/b/x.patch"), "--- a\n");
}

#[test]
fn paths_that_are_not_there_are_said() {
    let folder = machine();
    let run = folder.run(&import(&["make.conf", "package.uze", "/etc/fstab"])).expect(1);
    assert!(run.err.contains("nothing is at `/etc/portage/package.uze`"), "{}", run.err);
    assert!(run.err.contains("did you mean `package.use`?"), "{}", run.err);
    assert!(run.out.contains("[make.conf]") && run.out.contains("[\"/etc/fstab\"]"), "{}", run.out);
    let run = folder.run(&import(&["etc/portage/make.conf"])).expect(2);
    assert!(run.err.contains("did you mean `/etc/portage/make.conf`?"), "{}", run.err);
    assert_eq!(run.out, "");
    let run = folder.run(&import(&["package.mask"])).expect(2);
    assert!(!run.err.contains("did you mean"), "{}", run.err);
}

#[test]
fn a_link_in_the_place_of_the_whole_folder() {
    let folder = machine();
    std::fs::create_dir_all(folder.join("root/srv")).unwrap();
    std::fs::rename(folder.join("root/etc/portage"), folder.join("root/srv/portage")).unwrap();
    std::os::unix::fs::symlink("/srv/portage", folder.join("root/etc/portage")).unwrap();
    let run = folder.run(&import(&["-o", "out.toml"])).expect(0);
    assert!(run.err.contains("`/etc/portage` is a link: read from `/srv/portage`"), "{}", run.err);
    assert!(folder.read("out.toml").contains("[make.conf]\nUSE = \"ssl\"\n"), "{}", folder.read("out.toml"));
    folder.run(&["diff", "out.toml", "--root", "root"]).expect(0);
    let before = folder.join("root/etc/portage").symlink_metadata().unwrap().mtime_nsec();
    folder
        .run(&["render", "out.toml", "--out", "root", "--force", "--allow-world-readable-secrets"])
        .expect(0);
    assert_eq!(folder.join("root/etc/portage").symlink_metadata().unwrap().mtime_nsec(), before);
    folder.run(&["render", "out.toml", "--out", "afresh", "--allow-world-readable-secrets"]).expect(0);
    assert_eq!(folder.read("afresh/etc/portage/make.conf"), "USE=\"ssl\"\n");
}

#[test]
fn where_a_spec_cannot_be() {
    let folder = machine();
    for (out, message) in
        [("x.d", "is no name for a spec"), ("root", "is a folder"), ("no/such/x.toml", "no/such")]
    {
        let run = folder.run(&import(&["make.conf", "-o", out])).expect(2);
        assert!(run.err.contains(message), "{}", run.err);
    }
    let run = folder.run(&import(&[])).expect(2);
    assert!(run.err.contains("1 file and 1 secret lie beside the spec"), "{}", run.err);
    assert_eq!(run.out, "");
    let run = folder.run(&["import", "--root", "root/etc/portage"]).expect(2);
    assert!(run.err.contains("name the machine's `/`"), "{}", run.err);
    assert_eq!(folder.list("."), machine().list("."));
}
