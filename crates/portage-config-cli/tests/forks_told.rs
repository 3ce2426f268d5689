//! Forks that are given up, taken onto a named version, or cannot be told; and what programs learn of forks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

mod place;

use std::fs;
use std::os::unix::fs::symlink;

use place::{Ebuild, FIX, PLAIN, Place, SOURCE};

const RENAME: &str =
    "diff --git a/main.c b/hello.c\nsimilarity index 100%\nrename from main.c\nrename to hello.c\n";
const MODE: &str = "diff --git a/main.c b/main.c\nold mode 100644\nnew mode 100755\n";

impl Place {
    fn drop(&self, more: &str) -> (String, i32) {
        self.run(&format!("drop --repo local {more}"))
    }

    /// What programs learn, without what differs from run to run.
    fn json(&self, command: &str) -> String {
        let (said, _) = self.run(&format!("{command} --repo local --format json"));
        said.replace(self.0.path().to_str().unwrap(), "DIR")
    }
}

#[test]
fn a_fork_that_is_given_up_leaves_nothing_of_its_own() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.source("1.0", SOURCE);
    let empty = place.all();
    place.fork("--patch fix.patch");
    let before = place.all();
    let (said, status) = place.drop("app-misc/hello --dry-run");
    assert_eq!((status, place.all()), (0, before), "{said}");
    assert_eq!(place.drop("hello").0, said);
    insta::assert_snapshot!(said, @r"
    app-misc/hello-1.0-r100: the fork goes
      - app-misc/hello/Manifest
      - app-misc/hello/files/fix.patch
      - app-misc/hello/files/hello.initd
      - app-misc/hello/hello-1.0-r100.ebuild
      - app-misc/hello/metadata.xml
      - metadata/forks/app-misc/hello-1.0-r100/
    ");
    assert_eq!(place.all(), empty);
    assert!(!place.has("local/app-misc") && !place.has("local/metadata/forks"));
    let (said, status) = place.drop("hello");
    assert!(status == 2 && said.contains("no package `hello`"), "{said}");
    place.put("local/app-misc/own/own-1.ebuild", "EAPI=8\n");
    let (said, status) = place.drop("own");
    assert!(status == 2 && said.contains("own is no fork"), "{said}");
}

#[test]
fn what_others_use_stays() {
    let place = Place::new();
    for version in ["1.0", "1.1"] {
        place.upstream(version, &PLAIN);
        place.source(version, SOURCE);
        let (said, status) =
            place.run(&format!("fork =app-misc/hello-{version} --from ./up --repo local --keyword ~x86"));
        assert_eq!(status, 0, "{said}");
    }
    place.put("local/app-misc/hello/hello-0.9.ebuild", &PLAIN.text().replace("amd64", ""));
    place.put("local/app-misc/hello/README", "mine\n");
    let both = place.drop("app-misc/hello --dry-run").0;
    let (said, status) = place.drop("=app-misc/hello-1.0-r100");
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("  + app-misc/hello/Manifest\n") && !said.contains("hello.initd"), "{said}");
    let manifest = place.read("local/app-misc/hello/Manifest");
    assert!(manifest.starts_with("DIST hello-1.1.tar.gz") && manifest.lines().count() == 1, "{manifest}");
    fs::remove_file(place.0.path().join("local/app-misc/hello/hello-0.9.ebuild")).unwrap();
    let (said, status) = place.drop("=app-misc/hello-1.1-r100");
    assert!(status == 0 && said.contains("app-misc/hello/README stays: no fork brought it"), "{said}");
    assert!(said.contains("  - app-misc/hello/files/hello.initd\n"), "{said}");
    // Together: of what one of two needs nothing is left then.
    assert!(both.contains("  - app-misc/hello/Manifest\n") && !both.contains("hello.initd"), "{both}");
    assert!(place.has("local/app-misc/hello/README") && !place.has("local/app-misc/hello/files"));
}

#[test]
fn what_was_changed_by_hand_is_not_given_up_unasked() {
    for name in ["hello-1.0-r100.ebuild", "files/hello.initd", "files/fix.patch", "metadata.xml"] {
        let place = Place::new();
        place.upstream("1.0", &PLAIN);
        place.fork("--patch fix.patch");
        let path = format!("local/app-misc/hello/{name}");
        place.put(&path, &format!("{}\n", place.read(&path)));
        let before = place.all();
        for more in ["", "--dry-run"] {
            let (said, status) = place.drop(&format!("hello {more}"));
            assert!(
                status == 2 && said.contains(&format!("changed by hand: `app-misc/hello/{name}`")),
                "{said}"
            );
            assert_eq!(place.all(), before);
        }
        assert_eq!(place.drop("hello --force").1, 0);
        assert!(!place.has("local/app-misc") && !place.has("local/metadata/forks"));
    }
}

#[test]
fn a_conflict_goes_with_its_fork_unless_somebody_worked_on_it() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--keyword ~x86");
    let initd = "local/app-misc/hello/files/hello.initd";
    let taken = place.read(initd);
    place.put(initd, "mine\n");
    place.put("up/app-misc/hello/files/hello.initd", "theirs\n");
    assert_eq!(place.update("").1, 1);
    place.put(initd, &taken);
    let conflict = "metadata/forks/app-misc/hello-1.0-r100/conflict/files/hello.initd";
    assert_eq!(place.drop("hello --dry-run").1, 0);
    place.put(&format!("local/{conflict}"), "settled\n");
    let (said, status) = place.drop("hello");
    assert!(status == 2 && said.contains(conflict), "{said}");
    assert_eq!(place.drop("hello --force").1, 0);
    assert!(!place.has("local/metadata/forks"));
}

#[test]
fn a_record_is_enough_to_give_a_fork_up() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    fs::remove_dir_all(place.0.path().join("local/app-misc")).unwrap();
    assert!(place.status("hello").0.contains("is missing"));
    let (said, status) = place.drop("hello");
    assert_eq!(status, 0, "{said}");
    assert!(!place.has("local/metadata/forks"));
}

#[test]
fn a_version_can_be_named() {
    let place = Place::new();
    for version in ["1.0", "1.1", "2.0"] {
        place.upstream(version, &PLAIN);
    }
    place.fork("--patch fix.patch");
    assert!(place.has("local/app-misc/hello/hello-2.0-r100.ebuild"));
    let (said, status) = place.update("hello --to 1.1");
    assert_eq!(status, 0, "{said}");
    assert!(said.starts_with("app-misc/hello-2.0-r100 -> app-misc/hello-1.1-r100\n"), "{said}");
    assert!(place.read("local/app-misc/hello/hello-1.1-r100.ebuild").contains("fix.patch"));
    let (said, status) = place.update("hello --to 1.1");
    assert!(status == 0 && said.contains("upstream is as it was"), "{said}");
    for (more, expected) in [
        ("hello --to 3", "no ebuild in `gentoo` matches `=app-misc/hello-3`"),
        ("hello --to x", "`x` is no version"),
        ("--to 1.0", "required arguments"),
    ] {
        let (said, status) = place.update(more);
        assert!(status == 2 && said.contains(expected), "{said}");
    }
    let (said, status) = place.run("fork =app-misc/hello-1.0 --from ./up --repo local --keyword ~x86");
    assert_eq!(status, 0, "{said}");
    let (said, status) = place.update("hello --to 2.0");
    assert!(status == 2 && said.contains("--to goes with one fork"), "{said}");
    let (said, status) = place.update("=app-misc/hello-1.0-r100 --to 1.1");
    assert!(status == 2 && said.contains("is in the overlay already"), "{said}");
}

#[test]
fn of_forks_that_want_one_version_the_one_that_fits_takes_it() {
    // The fork of 1.1 would win, if its patch applied.
    let place = Place::new();
    place.put("q.patch", "--- a/main.c\n+++ b/main.c\n@@ -1,2 +1,2 @@\n-int main(void)\n+int main()\n {\n");
    for (version, patch) in [("1.0", "fix.patch"), ("1.1", "q.patch")] {
        place.upstream(version, &PLAIN);
        let (said, status) =
            place.run(&format!("fork =app-misc/hello-{version} --from ./up --repo local --patch {patch}"));
        assert_eq!(status, 0, "{said}");
    }
    place.upstream("1.2", &PLAIN);
    place.source("1.2", &SOURCE.replace("int main(void)", "void start(int n)"));
    let (said, status) = place.update("--distdir dist --dry-run");
    let stays = "app-misc/hello-1.1-r100: app-misc/hello-1.2 goes to the fork app-misc/hello-1.0-r100; this one stays\n";
    assert!(status == 1 && said.contains(stays), "{said}");
    assert!(
        said.starts_with("app-misc/hello-1.0-r100 -> app-misc/hello-1.2-r100\n  fix.patch applies\n"),
        "{said}"
    );
    let json = place.json("update --from ./up --distdir dist");
    insta::assert_snapshot!("update_taken_json", json);
    assert!(place.read("local/app-misc/hello/hello-1.2-r100.ebuild").contains("fix.patch"));
    // One that is named takes it whatever the others want.
    place.upstream("1.3", &PLAIN);
    assert_eq!(place.update("=app-misc/hello-1.1-r100").1, 0);
    assert!(place.read("local/app-misc/hello/hello-1.3-r100.ebuild").contains("q.patch"));
}

#[test]
fn a_fork_of_the_slot_goes_before_one_whose_slot_is_gone() {
    let place = Place::new();
    for (version, slot) in [("1.0", "2"), ("2.0", "1")] {
        place.upstream(version, &Ebuild { slot, ..PLAIN });
        let (said, status) =
            place.run(&format!("fork =app-misc/hello-{version} --from ./up --repo local --keyword ~x86"));
        assert_eq!(status, 0, "{said}");
        fs::remove_file(place.0.path().join(format!("up/app-misc/hello/hello-{version}.ebuild"))).unwrap();
    }
    place.upstream("3.0", &Ebuild { slot: "2", ..PLAIN });
    let (said, status) = place.update("");
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("app-misc/hello-1.0-r100 -> app-misc/hello-3.0-r100\n"), "{said}");
    assert!(
        said.contains("hello-2.0-r100: app-misc/hello-3.0 goes to the fork app-misc/hello-1.0-r100"),
        "{said}"
    );
}

#[test]
fn what_is_no_text_is_not_guessed() {
    for (patch, applied, merged) in [(RENAME, "moved", "merged"), (MODE, "moved", "moved")] {
        let place = Place::new();
        place.put("odd.patch", patch);
        place.upstream("1.0", &PLAIN);
        place.fork("--patch odd.patch");
        place.upstream("1.1", &PLAIN);
        let (said, _) = place.status("");
        assert!(said.contains("moved") && said.contains("unknown whether odd.patch is in"), "{said}");
        place.source("1.1", SOURCE);
        let (said, _) = place.status("--distdir dist");
        assert!(said.contains(applied), "{said}");
        assert_eq!(said.contains("unknown whether odd.patch"), patch == MODE, "{said}");
        let folder = place.0.path().join("src/hello-1.1");
        if patch == RENAME {
            fs::rename(folder.join("main.c"), folder.join("hello.c")).unwrap();
            fs::remove_file(place.0.path().join("up/app-misc/hello/Manifest")).unwrap();
            place.archive("1.1");
        }
        let (said, _) = place.status("--distdir dist");
        assert!(said.contains(merged), "{said}");
        let (said, _) = place.update("--dry-run");
        assert!(said.contains("  odd.patch stays: unknown whether upstream has it"), "{said}");
    }
}

#[test]
fn one_record_that_cannot_be_read_hides_no_other() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    let records = place.0.path().join("local/metadata/forks");
    place.put("local/metadata/forks/app-misc/bad-1/origin.toml", "odd = true\n");
    symlink("loop", records.join("loop")).unwrap();
    symlink("loop", place.0.path().join("local/app-loop")).unwrap();
    symlink("app-loop", place.0.path().join("local/app-loop2")).unwrap();
    fs::remove_file(place.0.path().join("local/app-loop")).unwrap();
    symlink("app-loop2", place.0.path().join("local/app-loop")).unwrap();
    let (said, status) = place.status("");
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("app-misc/hello-1.0-r100  unchanged  as 1.0\n"), "{said}");
    for (code, path) in [
        ("O056", "metadata/forks/app-misc/bad-1/origin.toml"),
        ("F003", "metadata/forks/loop"),
        ("F003", "app-loop"),
    ] {
        assert!(said.contains(&format!("error[{code}")) && said.contains(&format!(" --> {path}")), "{said}");
    }
    let (said, status) = place.update("");
    assert!(status == 1 && said.contains("app-misc/hello-1.0-r100: upstream is as it was\n"), "{said}");
}

#[test]
fn programs_learn_of_forks() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.put("odd.patch", RENAME);
    insta::assert_snapshot!(
        "fork_json",
        place.json("fork app-misc/hello --from ./up --patch fix.patch --patch odd.patch")
    );
    place.upstream("1.1", &Ebuild { rest: "PATCHES=( \"${FILESDIR}\"/up.patch )\n", ..PLAIN });
    place.put("up/app-misc/hello/files/up.patch", FIX);
    insta::assert_snapshot!("status_json", place.json("status --from ./up"));
    insta::assert_snapshot!("update_json", place.json("update --from ./up"));
    insta::assert_snapshot!("drop_json", place.json("drop app-misc/hello"));
}
