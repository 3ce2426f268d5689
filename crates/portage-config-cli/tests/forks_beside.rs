//! Forks and what lies beside them: other forks, ebuilds made by hand, sources that are not what they should be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

mod place;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use place::{Ebuild, FIX, PLAIN, Place, SOURCE};

/// A source whose folder is a link to another one, and members that lie above it.
#[test]
fn hostile_archives_and_patches_stay_in_their_folder() {
    let place = Place::new();
    let outside = place.0.path().join("outside");
    place.put("outside/main.c", SOURCE);
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    place.upstream("1.1", &Ebuild { rest: "PATCHES=( \"${FILESDIR}\"/up.patch )\n", ..PLAIN });
    place.put("up/app-misc/hello/files/up.patch", &FIX.replace("main.c", "out/main.c"));
    place.source("1.1", SOURCE);
    let source = place.0.path().join("src/hello-1.1");
    std::os::unix::fs::symlink(&outside, source.join("out")).unwrap();
    std::os::unix::fs::symlink("../../../outside", source.join("up")).unwrap();
    fs::remove_file(place.0.path().join("up/app-misc/hello/Manifest")).unwrap();
    place.archive("1.1");
    let (said, status) = place.update("--distdir dist");
    assert_eq!(status, 0, "{said}");
    assert_eq!(place.read("outside/main.c"), SOURCE);

    let tar = place.0.path().join("dist/hello-1.2.tar.gz");
    let done = Command::new("tar")
        .args(["czf", tar.to_str().unwrap(), "-P", "--transform", "s,^hello-1.1,../../evil,", "-C"])
        .arg(place.0.path().join("src"))
        .arg("hello-1.1")
        .status();
    assert!(done.unwrap().success());
    place.upstream("1.2", &PLAIN);
    place.put("up/app-misc/hello/Manifest", &place.entry("hello-1.2.tar.gz"));
    let (said, _) = place.update("--distdir dist");
    assert!(!Path::new("/evil").exists() && !place.has("evil"), "{said}");
    assert!(!std::env::temp_dir().join("evil").exists() && !std::env::temp_dir().join("../evil").exists());
}

const Q: &str = "--- a/q.c\n+++ b/q.c\n@@ -1 +1 @@\n-a\n+b\n";

impl Place {
    fn without_version(&self, version: &str) {
        fs::remove_file(self.0.path().join(format!("up/app-misc/hello/hello-{version}.ebuild"))).unwrap();
    }
}

#[test]
fn an_update_replaces_no_other_ebuild() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.upstream("1.1", &PLAIN);
    place.put("q.patch", Q);
    for (version, patch) in [("1.0", "fix.patch"), ("1.1", "q.patch")] {
        let (said, status) =
            place.run(&format!("fork =app-misc/hello-{version} --from ./up --repo local --patch {patch}"));
        assert_eq!(status, 0, "{said}");
    }
    assert_eq!(place.status("").1, 0);
    place.upstream("1.2", &PLAIN);
    let before = place.all();
    let (said, status) = place.update("--dry-run");
    let stays = "app-misc/hello-1.0-r100: app-misc/hello-1.2 goes to the fork app-misc/hello-1.1-r100; this one stays\n";
    assert!(status == 1 && said.starts_with(stays), "{said}");
    assert_eq!(place.all(), before);
    let (said, status) = place.update("=app-misc/hello-1.1");
    assert!(
        status == 2 && said.contains("the version is the fork's own: =app-misc/hello-1.0-r100"),
        "{said}"
    );
    let (said, status) = place.update("");
    assert!(status == 1 && said.starts_with(stays), "{said}");
    let ebuild = place.read("local/app-misc/hello/hello-1.2-r100.ebuild");
    assert!(ebuild.contains("q.patch") && !ebuild.contains("fix.patch"), "{ebuild}");
    assert!(place.read("local/app-misc/hello/hello-1.0-r100.ebuild").contains("fix.patch"));
    // One that was made by hand.
    place.upstream("1.3", &PLAIN);
    place.put("local/app-misc/hello/hello-1.3-r100.ebuild", "mine");
    let (said, status) = place.update("=app-misc/hello-1.2-r100");
    assert!(status == 2 && said.contains("hello-1.3-r100.ebuild` is in the overlay already"), "{said}");
    assert!(!said.contains("hello-1.0-r100"), "{said}");
    assert_eq!(place.read("local/app-misc/hello/hello-1.3-r100.ebuild"), "mine");
}

#[test]
fn forks_that_share_a_file_say_so() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.upstream("1.1", &PLAIN);
    for version in ["1.0", "1.1"] {
        let (said, status) =
            place.run(&format!("fork =app-misc/hello-{version} --from ./up --repo local --keyword ~x86"));
        assert_eq!(status, 0, "{said}");
    }
    place.upstream("1.2", &PLAIN);
    place.put("up/app-misc/hello/files/hello.initd", "new\n");
    let before = place.all();
    let (said, status) = place.update("=app-misc/hello-1.0-r100");
    assert!(status == 2 && said.contains("which hello-1.1-r100 needs as it is: there, give"), "{said}");
    assert_eq!(place.all(), before);
    // The way out.
    let other = "local/app-misc/hello/hello-1.1-r100.ebuild";
    place.put(other, &place.read(other).replace("hello.initd", "hello-1.1.initd"));
    let files = place.0.path().join("local/app-misc/hello/files");
    fs::copy(files.join("hello.initd"), files.join("hello-1.1.initd")).unwrap();
    let (said, status) = place.update("=app-misc/hello-1.0-r100");
    assert_eq!(status, 0, "{said}");
    assert_eq!(place.read("local/app-misc/hello/files/hello.initd"), "new\n");
}

#[test]
fn a_fork_goes_only_where_nothing_of_it_is_left() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    let rest = "PATCHES=( \"${FILESDIR}\"/up.patch )\n";
    place.put("up/app-misc/hello/files/up.patch", FIX);
    // In a condition it is not there always.
    place.upstream("1.1", &Ebuild { rest: &format!("if use x; then\n{rest}fi\n"), ..PLAIN });
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  moved      1.0 -> 1.1\n");
    place.upstream("1.1", &Ebuild { rest, ..PLAIN });
    let patch = place.0.path().join("local/app-misc/hello/files/fix.patch");
    fs::remove_file(&patch).unwrap();
    let (said, status) = place.update("");
    assert!(status == 2 && said.contains("files/fix.patch`: this patch of the fork is missing"), "{said}");
    let (said, status) = place.status("");
    assert!(status == 1 && said.contains("app-misc/hello/files/fix.patch is missing"), "{said}");
    fs::write(&patch, FIX).unwrap();
    place.put("local/app-misc/hello/files/hello.initd", "mine\n");
    assert_eq!(place.update("").1, 0);
    assert_eq!(place.read("local/app-misc/hello/files/hello.initd"), "mine\n");
    assert!(place.has("local/app-misc/hello/hello-1.1-r100.ebuild"));
}

#[test]
fn older_versions_and_those_without_keywords_are_no_news() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.upstream("0.9", &PLAIN);
    place.fork("--patch fix.patch");
    place.put("up/app-misc/hello/hello-1.1.ebuild", &PLAIN.text().replace("amd64", ""));
    assert_eq!(place.status("").1, 0);
    place.upstream("1.0.1", &PLAIN);
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  moved      1.0 -> 1.0.1\n");
    ["1.0", "1.0.1", "1.1"].into_iter().for_each(|version| place.without_version(version));
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  gone       1.0 is gone; the newest is 0.9\n");
    assert_eq!(place.update("").1, 1);
    assert!(place.has("local/app-misc/hello/hello-1.0-r100.ebuild"));
}

#[test]
fn modes_of_a_clone_are_no_news() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    let path = place.0.path().join("up/app-misc/hello/files/hello.initd");
    for (mode, expected) in [(0o600, 0), (0o664, 0), (0o755, 1)] {
        let _ = fs::remove_dir_all(place.0.path().join("local/app-misc"));
        let _ = fs::remove_dir_all(place.0.path().join("local/metadata/forks"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        place.fork("--patch fix.patch");
        let own = place.0.path().join("local/app-misc/hello/files/hello.initd");
        assert_eq!(fs::metadata(own).unwrap().permissions().mode() & 0o777, 0o644);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(place.status("").1, expected, "{mode:o}");
    }
}

#[test]
fn only_sources_that_are_known_are_tried() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    place.upstream("1.1", &PLAIN);
    place.source("1.1", &SOURCE.replace("hi", "hello"));
    place.source("0.9", SOURCE);
    let cache = place.0.path().join("up/metadata/md5-cache");
    fs::remove_dir_all(&cache).unwrap();
    // The text of the ebuild shows which it is.
    let merged = "app-misc/hello-1.0-r100  merged     1.1 has all patches\n";
    let untried = "app-misc/hello-1.0-r100  moved      1.0 -> 1.1; fix.patch was not tried: no source\n";
    assert_eq!(place.status("--distdir dist").0, merged);
    place.upstream("1.1", &Ebuild { rest: "inherit x\n", ..PLAIN });
    assert_eq!(place.status("--distdir dist").0, untried);
    let manifest = "up/app-misc/hello/Manifest";
    place.put(manifest, &place.entry("hello-1.1.tar.gz"));
    assert_eq!(place.status("--distdir dist").0, merged);
    place.put(manifest, &place.entry("hello-1.1.tar.gz").replace("SHA512 ", "SHA512 00"));
    assert_eq!(place.status("--distdir dist").0, untried);
    let (said, status) = place.update("--distdir dist");
    assert!(status == 0 && said.contains("  fix.patch was not tried: no source\n"), "{said}");
}

#[test]
fn full_manifests_have_the_hashes_of_layout_conf() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.put("local/metadata/layout.conf", "masters = gentoo\nmanifest-hashes = SHA256\n");
    place.fork("--patch fix.patch");
    let manifest = place.read("local/app-misc/hello/Manifest");
    assert_eq!(manifest.lines().filter(|line| line.contains(" SHA256 ")).count(), 4, "{manifest}");
}

#[test]
fn what_is_no_repository_is_said_and_the_others_are_shown() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    fs::create_dir_all(place.0.path().join("empty")).unwrap();
    let (said, status) = place.run("status --from ./empty --repo local");
    assert!(
        status == 2 && said.contains("`./empty` is no ebuild repository") && !said.contains("gone"),
        "{said}"
    );
    // A name is one of repos.conf before it is a folder.
    place.put("root/etc/portage/repos.conf", "[gentoo]\nlocation = /repo\n[guru]\nlocation = /none\n");
    fs::rename(place.0.path().join("up"), place.0.path().join("root/repo")).unwrap();
    fs::create_dir_all(place.0.path().join("gentoo")).unwrap();
    assert_eq!(place.run("status --from gentoo --root root --repo local").1, 0);
    // Another fork, of a repository that nobody knows.
    let record = "local/metadata/forks/app-misc/hello-1.0-r100";
    let origin = place.read(&format!("{record}/origin.toml")).replace("\"gentoo\"", "\"gone\"");
    place.put("local/metadata/forks/app-misc/other-1-r100/origin.toml", &origin);
    place.put("local/metadata/forks/app-misc/other-1-r100/base/hello-1.0.ebuild", "");
    let (said, status) = place.run("status --root root --repo local");
    assert!(status == 2 && said.contains("has no repository `gone`"), "{said}");
    assert!(said.contains("app-misc/hello-1.0-r100  unchanged"), "{said}");
}

#[test]
fn atoms_and_names_of_patches_are_read_whole() {
    let place = Place::new();
    place.upstream("1.0", &Ebuild { slot: "0/5", ..PLAIN });
    place.put("two/fix.patch", Q);
    fs::create_dir(place.0.path().join("root")).unwrap();
    for (atom, expected) in [
        ("app-misc/hello:0/5", 0),
        ("app-misc/hello::gentoo", 0),
        ("app-misc/hello:0/6", 2),
        ("app-misc/hello::guru", 2),
    ] {
        let (said, status) = place.run(&format!("fork {atom} --from ./up --repo local --dry-run"));
        assert_eq!(status, expected, "{atom}: {said}");
    }
    place.put("fix", FIX);
    for more in [
        "--patch two/fix.patch",
        "--patch two/fix.patch --as-user-patch --root root",
        "--patch fix --as-user-patch --root root",
    ] {
        let (said, status) =
            place.run(&format!("fork app-misc/hello --from ./up --repo local --patch fix.patch {more}"));
        assert!(status == 2 && said.contains("two patches are named `fix.patch`"), "{said}");
    }
    assert!(!place.has("local/app-misc") && !place.has("root/etc"));
}
