//! `overlay`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::os::unix::fs::symlink;

use common::Folder;

const EBUILD: &str = "EAPI=8\nSRC_URI=\"https://x.org/${P}.tar.gz\"\nSLOT=0\nKEYWORDS=\"~amd64\"\n";

/// An overlay with one package, `d` for distfiles, and no Manifest.
fn overlay() -> Folder {
    let folder = Folder::new(&[]);
    folder.run(&["overlay", "new", "o", "--name", "mine"]).expect(0);
    folder.write("o/profiles/categories", b"app-misc\n");
    folder.write("o/app-misc/hello/hello-1.0.ebuild", EBUILD.as_bytes());
    folder.write("d/hello-1.0.tar.gz", b"sources\n");
    folder
}

#[test]
fn a_new_overlay_is_made_once() {
    let folder = Folder::new(&[]);
    let run =
        folder.run(&["overlay", "new", "a/b", "--name", "mine", "--master", "x", "--master", "y"]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", "a/b: the overlay `mine`\n"));
    assert_eq!(folder.read("a/b/profiles/repo_name"), "mine\n");
    assert!(folder.read("a/b/metadata/layout.conf").starts_with("masters = x y\nthin-manifests = true\n"));
    let run = folder.run(&["overlay", "new", "a/b", "--name", "other"]).expect(2);
    assert!(run.err.contains("`a/b/metadata/layout.conf` is there already"), "{}", run.err);
    assert_eq!(folder.read("a/b/profiles/repo_name"), "mine\n");
    let run = folder.run(&["overlay", "new", "c", "--name", "x", "--master", "x"]).expect(2);
    assert!(run.err.contains("`x` cannot be its own master"), "{}", run.err);
    folder.run(&["overlay", "new", "g", "--name", "gentoo"]).expect(0);
    assert!(folder.read("g/metadata/layout.conf").starts_with("masters =\n"));
    folder.write("g/profiles/repo_name", b"DEFAULT\n");
    let run = folder.run(&["overlay", "add-to", ".", "--repo", "g"]).expect(2);
    assert!(run.err.contains("holds for all repositories"), "{}", run.err);
    for name in ["", "-x", "a b", "x-1", "a/b", "../x", "DEFAULT"] {
        let name = format!("--name={name}");
        folder.run(&["overlay", "new", "c", &name]).expect(2);
        assert!(!folder.join("c").exists(), "{name}");
    }
}

#[test]
fn manifests_are_written_and_verified() {
    let folder = overlay();
    let manifest = ["overlay", "manifest", "--repo", "o", "--distdir", "d"];
    let run = folder.run(&[&manifest[..], &["--dry-run"]].concat()).expect(1);
    assert_eq!(run.out, "app-misc/hello: would be written, 1 entry\n");
    assert!(!folder.join("o/app-misc/hello/Manifest").exists());
    let run = folder.run(&[&manifest[..], &["hello", "--format", "json"]].concat()).expect(0);
    insta::assert_snapshot!("manifest_json", run.out);
    assert_eq!(folder.run(&manifest).expect(0).err, "1 package, 1 as before\n");
    let verify = ["overlay", "verify", "--repo", "o/app-misc/hello", "--distdir", "d"];
    assert_eq!(folder.run(&verify).expect(0).err, "1 right, 0 wrong, 0 distfiles not there\n");
    folder.write("d/hello-1.0.tar.gz", b"sourceS\n");
    insta::assert_snapshot!("verify", folder.run(&verify).expect(1).all());
    insta::assert_snapshot!(
        "verify_json",
        folder
            .run(&[&verify[..], &["--format", "json"]].concat())
            .expect(1)
            .out
            .replace(folder.path().canonicalize().unwrap().to_str().unwrap(), "DIR")
    );
    let run = folder.run(&["overlay", "verify", "--repo", "o", "--distdir", "no/dist"]).expect(0);
    assert!(run.err.starts_with("`no/dist` is no folder: no distfile is there\n"), "{}", run.err);
    let run = folder.run(&manifest).expect(1);
    assert!(
        run.err.contains("error[O030 distfile-changed]") && run.out.contains("not written"),
        "{}",
        run.all()
    );
    folder.run(&[&manifest[..], &["--force"]].concat()).expect(0);
    folder.run(&verify).expect(0);
    // What is wrong with layout.conf hides no package that is named twice.
    folder.write("o/metadata/layout.conf", b"masters = gentoo\nthin-manifests = true\nodd\n");
    let run = folder.run(&[&verify[..], &["hello", "app-misc/hello"]].concat()).expect(1);
    assert!(run.err.contains("1 right, 0 wrong"), "{}", run.err);
    for (words, said) in [
        (&["no-such"][..], "the repository has no package `no-such`"),
        (&["--add", "x"], "--add goes with one package"),
        (&["hello", "--add", "../x"], "`../x` is no name of a distfile"),
    ] {
        let run = folder.run(&[&manifest[..], words].concat()).expect(2);
        assert!(run.err.contains(said), "{}", run.err);
    }
}

#[test]
fn findings_of_a_check_are_its_answer() {
    let folder = overlay();
    let check = ["overlay", "check", "--repo", "o", "--root", "none", "--no-pkgcheck"];
    insta::assert_snapshot!("check", folder.run(&check).expect(1).all());
    folder.run(&["overlay", "manifest", "--repo", "o", "--distdir", "d"]).expect(0);
    folder.run(&check).expect(0);
    folder.run(&[&check[..], &["--deny", "warnings"]].concat()).expect(1);
}

#[test]
fn what_pkgcheck_says_follows() {
    let folder = overlay();
    folder.run(&["overlay", "manifest", "--repo", "o", "--distdir", "d"]).expect(0);
    let script = "#!/bin/sh\necho \"$@\" > \"$0.words\"\n\
        echo '{\"app-misc\": {\"hello\": {\"1.0\": {\"_error\": {\"BadThing\": [\"is bad\"]}}}}}'\n";
    folder.write("bin/pkgcheck", script.as_bytes());
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.join("bin/pkgcheck"), permissions).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.join("bin").display());
    let check = ["overlay", "check", "--repo", "o", "--root", "none"];
    let run = folder.run_env(&check, &[("PATH", &path)]).expect(1);
    assert!(
        run.out.contains("error[C017 pkgcheck]: BadThing: is bad\n --> app-misc/hello/hello-1.0.ebuild"),
        "{}",
        run.out
    );
    assert!(folder.read("bin/pkgcheck.words").contains("--repo /"), "an absolute path");
    folder.write("bin/pkgcheck", b"#!/bin/sh\necho it is broken >&2\nexit 2\n");
    let run = folder.run_env(&check, &[("PATH", &path)]).expect(0);
    assert!(run.err.contains("pkgcheck gave no answer: it is broken"), "{}", run.err);
    let nowhere = folder.join("nowhere");
    let run = folder.run_env(&check, &[("PATH", nowhere.to_str().unwrap())]).expect(0);
    assert!(run.err.contains("pkgcheck is not installed"), "{}", run.err);
}

#[test]
fn a_machine_gets_a_section() {
    let folder = overlay();
    folder.write("m/etc/portage/make.conf", b"");
    let add = ["overlay", "add-to", "m", "--repo", "o"];
    let run = folder.run(&add).expect(2);
    assert!(run.err.contains("`o` does not lie in `m`"), "{}", run.err);
    let add = [&add[..], &["--location", "/var/db/repos/mine", "--priority", "-5", "--masters"]].concat();
    folder.run(&[&add[..], &["--dry-run"]].concat()).expect(0);
    assert!(!folder.join("m/etc/portage/repos.conf").exists());
    folder.run(&add).expect(0);
    assert_eq!(
        folder.read("m/etc/portage/repos.conf/mine.conf"),
        "[mine]\nlocation = /var/db/repos/mine\nmasters = gentoo\npriority = -5\nauto-sync = no\n"
    );
    assert_eq!(folder.run(&add).expect(0).err, "nothing to change\n");
    // Where the section stands already it is changed there, and nothing else.
    let other = "# mine\n[x]\nlocation = /x\n[mine]\nlocation = /old\n";
    folder.write("n/etc/portage/repos.conf/all.conf", other.as_bytes());
    let add = ["overlay", "add-to", "n", "--repo", "o", "--location", "/new"];
    folder.run(&add).expect(0);
    let expected = "# mine\n[x]\nlocation = /x\n[mine]\nlocation = /new\nauto-sync = no\n";
    assert_eq!(folder.read("n/etc/portage/repos.conf/all.conf"), expected);
}

#[test]
fn the_section_is_found_where_portage_finds_it() {
    let folder = overlay();
    let add = ["overlay", "add-to", "m", "--repo", "o", "--location", "/new"];
    // Deep in folders, behind a link that leads on inside the machine; others do not count.
    folder.write("m/srv/site/deep/all", b"[x]\nlocation = /x\n[mine] ; main\nlocation = /old\n");
    folder.write("m/etc/portage/repos.conf/old~", b"[mine]\nlocation = /old\n");
    folder.write("m/etc/portage/repos.conf/.git/x", b"[mine]\nlocation = /old\n");
    symlink("/srv/site", folder.join("m/etc/portage/repos.conf/site")).unwrap();
    folder.run(&add).expect(0);
    assert!(!folder.join("m/etc/portage/repos.conf/mine.conf").exists());
    assert_eq!(
        folder.read("m/srv/site/deep/all"),
        "[x]\nlocation = /x\n[mine] ; main\nlocation = /new\nauto-sync = no\n"
    );
    // Of several files the one that decides.
    folder.write("m/etc/portage/repos.conf/zz.conf", b"[mine]\nlocation = /late\n");
    folder.run(&add).expect(0);
    assert_eq!(folder.read("m/etc/portage/repos.conf/zz.conf"), "[mine]\nlocation = /new\n");
    // A link out of the machine is none in it.
    folder.write("outside", b"[mine]\nlocation = /old\n");
    std::fs::create_dir_all(folder.join("n/etc/portage/repos.conf")).unwrap();
    symlink(folder.join("outside"), folder.join("n/etc/portage/repos.conf/all")).unwrap();
    folder.run(&["overlay", "add-to", "n", "--repo", "o", "--location", "/new"]).expect(0);
    assert_eq!(
        folder.read("n/etc/portage/repos.conf/mine.conf"),
        "[mine]\nlocation = /new\nauto-sync = no\n"
    );
    assert_eq!(folder.read("outside"), "[mine]\nlocation = /old\n");
    // What makes Portage throw all of it away is said.
    folder.write("n/etc/portage/repos.conf/bad", b"[x]\nno value\n");
    let run = folder.run(&["overlay", "add-to", "n", "--repo", "o", "--location", "/newer"]).expect(0);
    assert!(run.err.contains("E017") && run.err.contains("repos.conf/bad:2"), "{}", run.err);
    std::fs::remove_dir_all(folder.join("n/etc/portage/repos.conf")).unwrap();
    symlink("nowhere", folder.join("n/etc/portage/repos.conf")).unwrap();
    let run = folder.run(&["overlay", "add-to", "n", "--repo", "o", "--location", "/new"]).expect(2);
    assert!(run.err.contains("is a link to `nowhere`"), "{}", run.err);
}

#[test]
fn a_repository_lies_where_the_machine_sees_it() {
    let folder = overlay();
    std::fs::create_dir_all(folder.join("m/srv")).unwrap();
    std::fs::create_dir_all(folder.join("m/var/db/repos")).unwrap();
    folder.run(&["overlay", "new", "m/srv/mine", "--name", "mine"]).expect(0);
    symlink("/srv/mine", folder.join("m/var/db/repos/mine")).unwrap();
    folder.run(&["overlay", "add-to", "m", "--repo", "m/var/db/repos/mine"]).expect(0);
    let expected = "[mine]\nlocation = /srv/mine\nauto-sync = no\n";
    assert_eq!(folder.read("m/etc/portage/repos.conf/mine.conf"), expected);
    // One that lies elsewhere, by a link out of the machine.
    symlink(folder.join("o"), folder.join("m/var/db/repos/out")).unwrap();
    let run = folder.run(&["overlay", "add-to", "m", "--repo", "m/var/db/repos/out"]).expect(2);
    assert!(run.err.contains("cannot read the repository `m/"), "{}", run.err);
}

#[test]
fn an_overlay_does_without_masters_and_is_shown_first() {
    let folder = Folder::new(&[]);
    let new = ["overlay", "new", "a/b", "--name", "mine"];
    let run = folder.run(&[&new[..], &["--dry-run"]].concat()).expect(0);
    assert_eq!(run.out, "  + metadata/layout.conf\n  + profiles/eapi\n  + profiles/repo_name\n");
    assert_eq!(run.err, "a/b: would be the overlay `mine`\n");
    assert!(!folder.join("a").exists());
    folder.run(&[&new[..], &["--no-master"]].concat()).expect(0);
    assert!(folder.read("a/b/metadata/layout.conf").starts_with("masters =\n"));
    let run = folder.run(&[&new[..], &["--dry-run"]].concat()).expect(2);
    assert!(run.err.contains("is there already"), "{}", run.err);
    folder.run(&["overlay", "new", "c", "--name", "x", "--no-master", "--master", "y"]).expect(2);
}

#[test]
fn what_portage_does_not_see_is_said_and_hides_nothing() {
    let folder = overlay();
    folder.run(&["overlay", "manifest", "--repo", "o", "--distdir", "d"]).expect(0);
    folder.write("o/tools/hello/hello-1.0.ebuild", EBUILD.as_bytes());
    folder.write("o/+odd/hello/hello-1.0.ebuild", EBUILD.as_bytes());
    folder.write("o/app-misc/bye-1/bye-1-2.ebuild", EBUILD.as_bytes());
    folder.write("o/docs/hello/README", b"no ebuild\n");
    symlink("app-loop", folder.join("o/app-loop")).unwrap();
    symlink("loop", folder.join("o/app-misc/loop")).unwrap();
    symlink("loop", folder.join("o/app-misc/hello/loop")).unwrap();
    symlink("arch.list", folder.join("o/profiles/arch.list")).unwrap();
    let check = ["overlay", "check", "--repo", "o", "--root", "none", "--no-pkgcheck"];
    insta::assert_snapshot!("check_unseen", folder.run(&check).expect(1).all());
    // Who asks for one package hears of that one.
    let run = folder.run(&[&check[..], &["hello"]].concat()).expect(1);
    assert!(!run.out.contains("tools") && !run.out.contains("app-loop"), "{}", run.out);
    let run = folder.run(&["overlay", "verify", "--repo", "o", "--distdir", "d"]).expect(1);
    assert!(
        run.err.contains("1 right, 0 wrong") && run.err.contains("`app-loop` cannot be read"),
        "{}",
        run.err
    );
    std::fs::remove_file(folder.join("o/app-misc/hello/loop")).unwrap();
    let run = folder.run(&["overlay", "manifest", "--repo", "o", "--distdir", "d"]).expect(1);
    assert!(run.err.contains("1 package, 1 as before"), "{}", run.err);
}
