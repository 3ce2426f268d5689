//! Forks over the history of a package of our own, each step of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

mod place;

use std::fs;

use place::{Ebuild, FIX, PLAIN, Place, SOURCE};

#[test]
fn a_fork_is_upstream_and_what_was_asked_for() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.upstream("1.0-r2", &PLAIN);
    place.upstream("9999", &PLAIN);
    place.put("up/app-misc/hello/files/other.patch", "x");
    place.source("1.0-r2", SOURCE);
    place.source("0.9", SOURCE);
    place.put("up/.git/HEAD", "ref: refs/heads/master\n");
    place.put("up/.git/packed-refs", "# x\n0123456789012345678901234567890123456789 refs/heads/master\n");
    let (said, status) = place
        .run("fork app-misc/hello --from ./up --repo local --patch fix.patch --keyword ~x86 --keyword ~arm");
    assert_eq!(status, 0, "{said}");
    insta::assert_snapshot!(said, @r"
    app-misc/hello-1.0-r102 from app-misc/hello-1.0-r2
      + app-misc/hello/Manifest
      + app-misc/hello/files/fix.patch
      + app-misc/hello/files/hello.initd
      + app-misc/hello/hello-1.0-r102.ebuild
      + app-misc/hello/metadata.xml
    ");
    let wanted = PLAIN
        .text()
        .replace("\"amd64\"", "\"~x86 ~arm\"")
        .replace("\n\n\nsrc_install", "\n\nPATCHES=(\n\t\"${FILESDIR}\"/fix.patch\n)\n\n\nsrc_install");
    assert_eq!(place.read("local/app-misc/hello/hello-1.0-r102.ebuild"), wanted);
    let manifest = place.read("local/app-misc/hello/Manifest");
    assert!(manifest.starts_with("DIST hello-1.0-r2.tar.gz") && manifest.lines().count() == 1, "{manifest}");
    assert_eq!(place.read("local/app-misc/hello/metadata.xml"), "<pkgmetadata/>\n");
    let origin = place.read("local/metadata/forks/app-misc/hello-1.0-r102/origin.toml");
    assert!(origin.contains("commit = \"0123456789012345678901234567890123456789\""), "{origin}");
    assert_eq!(place.status(""), ("app-misc/hello-1.0-r102  unchanged  as 1.0-r2\n".to_owned(), 0));
    let (said, status) = place.run("fork app-misc/hello --from ./up --repo local");
    assert!(status == 2 && said.contains("is in the overlay already"), "{said}");
}

#[test]
fn a_machine_says_where_upstream_is() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    let location = "/repos/gentoo";
    place.put("root/etc/portage/repos.conf/gentoo.conf", &format!("[gentoo]\nlocation = {location}\n"));
    fs::create_dir_all(place.0.path().join("root/repos")).unwrap();
    std::os::unix::fs::symlink(place.0.path().join("up"), place.0.path().join("root/repos/gentoo")).unwrap();
    let (said, status) =
        place.run("fork app-misc/hello --from gentoo --root root --repo local --keyword ~x86");
    assert_eq!(status, 0, "{said}");
    assert_eq!(place.run("status --root root --repo local").1, 0);
    let (said, status) = place.run("fork app-misc/hello --from guru --root root --repo local");
    assert!(status == 2 && said.contains("has no repository `guru`"), "{said}");
}

#[test]
fn a_revision_is_followed() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch --keyword ~x86");
    place.upstream("1.0-r1", &Ebuild { rest: "RDEPEND=\"dev-libs/a\"\n", ..PLAIN });
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  moved      1.0 -> 1.0-r1, a revision\n");
    assert_eq!(place.status("").1, 1);
    let before = place.all();
    assert_eq!(place.update("--dry-run").1, 0);
    assert_eq!(place.all(), before);
    let (said, status) = place.update("");
    assert_eq!(status, 0, "{said}");
    let ebuild = place.read("local/app-misc/hello/hello-1.0-r101.ebuild");
    assert!(
        ebuild.contains("RDEPEND=\"dev-libs/a\"")
            && ebuild.contains("/fix.patch")
            && ebuild.contains("\"~x86\"")
    );
    assert!(!place.has("local/app-misc/hello/hello-1.0-r100.ebuild"));
    assert!(!place.has("local/metadata/forks/app-misc/hello-1.0-r100"));
    assert_eq!(place.status("").1, 0);
}

#[test]
fn keywords_alone_are_no_news() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    place.put("up/app-misc/hello/hello-1.0.ebuild", &PLAIN.text().replace("amd64", "amd64 ~x86"));
    assert_eq!(place.status("").1, 0);
    place.put("up/app-misc/hello/hello-1.0.ebuild", &PLAIN.text().replace("MIT", "ISC"));
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  changed    1.0 holds something else\n");
    assert_eq!(place.update("").1, 0);
    assert!(place.read("local/app-misc/hello/hello-1.0-r100.ebuild").contains("ISC"));
    assert_eq!(place.status("").1, 0);
}

#[test]
fn upstream_gets_patches_of_its_own() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.source("1.0", SOURCE);
    place.fork("--patch fix.patch");
    let rest = "PATCHES=(\n\t\"${FILESDIR}\"/${P}-gcc.patch\n)\n";
    place.upstream("1.1", &Ebuild { rest, ..PLAIN });
    place.put(
        "up/app-misc/hello/files/hello-1.1-gcc.patch",
        "--- a/main.c\n+++ b/main.c\n@@ -1 +1,2 @@\n+#include <stdio.h>\n int main(void)\n",
    );
    place.source("1.1", SOURCE);
    let (said, status) = place.update("--distdir dist");
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("  fix.patch applies\n"), "{said}");
    let ebuild = place.read("local/app-misc/hello/hello-1.1-r100.ebuild");
    assert!(ebuild.contains("\t\"${FILESDIR}\"/${P}-gcc.patch\n\t\"${FILESDIR}\"/fix.patch\n)"), "{ebuild}");
    assert!(place.has("local/app-misc/hello/files/hello-1.1-gcc.patch"));
    let manifest = place.read("local/app-misc/hello/Manifest");
    assert!(manifest.starts_with("DIST hello-1.1.tar.gz") && manifest.lines().count() == 1, "{manifest}");
}

#[test]
fn a_patch_that_upstream_has_is_left_out() {
    // Under another name, at another place of the file.
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.put("two.patch", "--- a/b.c\n+++ b/b.c\n@@ -1 +1 @@\n-a\n+b\n");
    place.fork("--patch fix.patch --patch two.patch");
    let rest = "PATCHES=( \"${FILESDIR}\"/hello-greet.patch )\n";
    place.upstream("1.1", &Ebuild { rest, ..PLAIN });
    place.put("up/app-misc/hello/files/hello-greet.patch", &FIX.replace("-1,4 +1,4", "-11,4 +12,4"));
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  moved      1.0 -> 1.1; fix.patch is in\n");
    let (said, status) = place.update("");
    assert_eq!(status, 0, "{said}");
    let ebuild = place.read("local/app-misc/hello/hello-1.1-r100.ebuild");
    assert!(ebuild.contains("( \"${FILESDIR}\"/hello-greet.patch \"${FILESDIR}\"/two.patch )"), "{ebuild}");
    assert!(!place.has("local/app-misc/hello/files/fix.patch"));
}

#[test]
fn a_fork_that_upstream_has_all_of_goes() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.source("1.0", SOURCE);
    place.fork("--patch fix.patch");
    place.upstream("1.1", &PLAIN);
    place.source("1.1", &SOURCE.replace("hi", "hello"));
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  moved      1.0 -> 1.1\n");
    assert_eq!(place.status("--distdir dist").0, "app-misc/hello-1.0-r100  merged     1.1 has all patches\n");
    let (said, status) = place.update("--distdir dist");
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("the fork goes"), "{said}");
    assert!(!place.has("local/app-misc") && !place.has("local/metadata/forks"));
}

#[test]
fn the_slot_is_kept_where_it_is_still_there() {
    let place = Place::new();
    place.upstream("1.0", &Ebuild { slot: "1", ..PLAIN });
    place.fork("--keyword ~x86");
    place.upstream("2.0", &Ebuild { slot: "2", ..PLAIN });
    assert_eq!(place.status("").1, 0);
    place.upstream("1.1", &Ebuild { slot: "1", ..PLAIN });
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  moved      1.0 -> 1.1\n");
    for old in ["1.0", "1.1"] {
        fs::remove_file(place.0.path().join(format!("up/app-misc/hello/hello-{old}.ebuild"))).unwrap();
    }
    assert_eq!(place.status("").0, "app-misc/hello-1.0-r100  moved      1.0 -> 2.0; the slot is 2\n");
    assert_eq!(place.update("").1, 0);
    assert!(place.has("local/app-misc/hello/hello-2.0-r100.ebuild"));
}

#[test]
fn a_package_is_followed_to_its_new_name() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    let up = place.0.path().join("up");
    fs::create_dir_all(up.join("sys-apps")).unwrap();
    fs::rename(up.join("app-misc/hello"), up.join("sys-apps/greet")).unwrap();
    fs::rename(up.join("sys-apps/greet/hello-1.0.ebuild"), up.join("sys-apps/greet/greet-1.0.ebuild"))
        .unwrap();
    assert_eq!(place.status(""), ("app-misc/hello-1.0-r100  gone       1.0 is gone\n".to_owned(), 1));
    assert_eq!(place.update("").1, 1);
    place.put("up/profiles/updates/4Q-2023", "move app-misc/hello sys-apps/greeter\n");
    place.put(
        "up/profiles/updates/1Q-2024",
        "move sys-apps/greeter sys-apps/greet\nslotmove app-misc/x 0 1\n",
    );
    assert_eq!(
        place.status("").0,
        "app-misc/hello-1.0-r100  moved      1.0 -> 1.0, a revision; the package is sys-apps/greet\n"
    );
    assert_eq!(place.update("").1, 0);
    assert!(
        place.has("local/sys-apps/greet/greet-1.0-r100.ebuild")
            && place.has("local/sys-apps/greet/files/fix.patch")
    );
    assert!(!place.has("local/app-misc"));
    assert_eq!(place.status("").1, 0);
}

#[test]
fn an_older_eapi_becomes_a_newer_one() {
    let place = Place::new();
    place.upstream("1.0", &Ebuild { eapi: "7", ..PLAIN });
    place.fork("--patch fix.patch");
    place.upstream("1.1", &PLAIN);
    assert_eq!(place.update("").1, 0);
    let ebuild = place.read("local/app-misc/hello/hello-1.1-r100.ebuild");
    assert!(ebuild.contains("EAPI=8") && ebuild.contains("/fix.patch"));
}

#[test]
fn user_patches_do_without_a_fork() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    fs::create_dir(place.0.path().join("root")).unwrap();
    let fork = "--from ./up --repo local --patch fix.patch";
    let (said, status) = place.run(&format!("fork app-misc/hello --dry-run {fork}"));
    assert!(status == 0 && said.contains("no fork is needed"), "{said}");
    for (atom, folder) in [
        ("app-misc/hello", "hello"),
        ("=app-misc/hello-1.0:0", "hello-1.0-r0:0"),
        ("~app-misc/hello-1.0", "hello-1.0"),
    ] {
        let (said, status) = place.run(&format!("fork {atom} {fork} --as-user-patch --root root"));
        assert_eq!(status, 0, "{said}");
        assert_eq!(place.read(&format!("root/etc/portage/patches/app-misc/{folder}/fix.patch")), FIX);
    }
    assert!(!place.has("local/app-misc"));
    place.put("fix.patch", &FIX.replace("hello", "hallo"));
    let (said, status) = place.run(&format!("fork app-misc/hello {fork} --as-user-patch --root root"));
    assert!(status == 2 && said.contains("is there, and another patch"), "{said}");
    place.upstream("1.0", &Ebuild { eapi: "5", ..PLAIN });
    let (said, status) = place.run(&format!("fork app-misc/hello {fork} --as-user-patch --root root"));
    assert!(status == 2 && said.contains("does not apply what lies in /etc/portage/patches"), "{said}");
}

#[test]
fn what_would_do_nothing_or_reach_out_is_refused() {
    let place = Place::new();
    let refused = |said: &str, more: &str| {
        let (text, status) = place.run(&format!("fork app-misc/hello --from ./up --repo local {more}"));
        assert!(status == 2 && text.contains(said), "{text}");
        assert!(!place.has("local/app-misc"));
    };
    place.upstream("1.0", &Ebuild { rest: "src_prepare() {\n\teapply_user\n}\n", ..PLAIN });
    refused("PATCHES has no effect", "--patch fix.patch");
    place.upstream("1.0", &Ebuild { rest: "S=\"${WORKDIR}/${PF}\"\n", ..PLAIN });
    refused("depends on `PF`", "");
    place.upstream("1.0", &PLAIN);
    place.put("out.patch", "--- a/x\n+++ b/../../x\n@@ -1 +1 @@\n-a\n+b\n");
    refused("lies outside of the source", "--patch out.patch");
    let link = place.0.path().join("up/app-misc/hello/files/hello.initd");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
    refused("is a link that leads out", "");
}
