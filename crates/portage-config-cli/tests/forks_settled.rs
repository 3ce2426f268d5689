//! Updates that somebody has a part in: changes by hand, conflicts, and what settles them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

mod place;

use std::fs;

use place::{Ebuild, PLAIN, Place, SOURCE};

#[test]
fn what_was_changed_by_hand_is_merged() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch --keyword ~x86");
    let path = "local/app-misc/hello/hello-1.0-r100.ebuild";
    let ebuild = place.read(path).replace("Says hello", "Says hello here");
    place.put(path, &ebuild);
    let initd = "#!/sbin/openrc-run\ncommand=hello\ncommand_args=-v\n";
    place.put("local/app-misc/hello/files/hello.initd", initd);
    place.upstream("1.1", &Ebuild { rest: "RDEPEND=\"dev-libs/a\"\n", ..PLAIN });
    let (said, status) = place.update("");
    assert_eq!(status, 0, "{said}");
    let ebuild = place.read("local/app-misc/hello/hello-1.1-r100.ebuild");
    assert!(
        ebuild.contains("hello here") && ebuild.contains("RDEPEND") && ebuild.contains("\"~x86\""),
        "{ebuild}"
    );
    assert_eq!(place.read("local/app-misc/hello/files/hello.initd"), initd);
}

#[test]
fn a_conflict_changes_nothing_until_it_is_settled() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--patch fix.patch");
    let path = "local/app-misc/hello/hello-1.0-r100.ebuild";
    let ebuild = place.read(path).replace("Says hello", "Says hello here");
    place.put(path, &ebuild);
    place.put("up/app-misc/hello/hello-1.1.ebuild", &PLAIN.text().replace("Says hello", "Greets"));
    let before = place.all();
    let (said, status) = place.update("");
    insta::assert_snapshot!(said, @r"
    app-misc/hello-1.0-r100: conflict
      metadata/forks/app-misc/hello-1.0-r100/conflict/hello-1.1-r100.ebuild: both sides changed the same lines
    ");
    assert_eq!(status, 1);
    let conflict = "local/metadata/forks/app-misc/hello-1.0-r100/conflict/hello-1.1-r100.ebuild";
    let marked = place.read(conflict);
    assert!(
        marked.contains("<<<<<<<") && marked.contains("Says hello here") && marked.contains("Greets"),
        "{marked}"
    );
    let after: Vec<_> = place.all().into_iter().filter(|(path, _)| !path.contains("/conflict/")).collect();
    assert_eq!(after, before);
    // As long as it is not settled it is one.
    assert_eq!(place.update("").1, 1);
    place.put(conflict, &PLAIN.text().replace("Says hello", "Greets here"));
    let (said, status) = place.update("");
    assert_eq!(status, 0, "{said}");
    assert!(place.read("local/app-misc/hello/hello-1.1-r100.ebuild").contains("Greets here"));
    assert!(!place.has("local/metadata/forks/app-misc/hello-1.0-r100"));
}

#[test]
fn a_patch_that_does_not_apply_is_a_conflict() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.source("1.0", SOURCE);
    place.fork("--patch fix.patch");
    place.upstream("1.1", &PLAIN);
    place.source("1.1", "int main(int argc, char **argv)\n{\n\treturn greet(argv[1]);\n}\n");
    let before = place.all();
    let (said, status) = place.update("--distdir dist");
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("app-misc/hello/files/fix.patch: it does not apply to the new source"), "{said}");
    let after: Vec<_> = place.all().into_iter().filter(|(path, _)| !path.contains("/conflict/")).collect();
    assert_eq!(after, before);
    assert!(
        place.read("local/metadata/forks/app-misc/hello-1.0-r100/conflict/fix.patch.log").contains("FAILED")
    );
    // Made anew, it goes on.
    let anew = "--- a/main.c\n+++ b/main.c\n@@ -2,3 +2,3 @@\n {\n-\treturn greet(argv[1]);\n+\treturn greet(\"hello\");\n }\n";
    place.put("local/app-misc/hello/files/fix.patch", anew);
    let (said, status) = place.update("--distdir dist");
    assert_eq!(status, 0, "{said}");
    assert_eq!(place.read("local/app-misc/hello/files/fix.patch"), anew);
    assert!(!place.has("local/metadata/forks/app-misc/hello-1.0-r100"));
}

#[test]
fn what_was_settled_holds_for_the_same_texts_only() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--keyword ~x86");
    let path = "local/app-misc/hello/hello-1.0-r100.ebuild";
    let initd = "local/app-misc/hello/files/hello.initd";
    place.put(path, &place.read(path).replace("Says hello", "Says hello here"));
    place.put(initd, "#!/sbin/openrc-run\ncommand=mine\n");
    place.put("up/app-misc/hello/files/hello.initd", "#!/sbin/openrc-run\ncommand=theirs\n");
    let theirs = |what: &str| {
        place.put("up/app-misc/hello/hello-1.1.ebuild", &PLAIN.text().replace("Says hello", what));
    };
    theirs("Greets");
    assert_eq!(place.update("").1, 1);
    let conflict = "local/metadata/forks/app-misc/hello-1.0-r100/conflict";
    let (ebuild, file) =
        (format!("{conflict}/hello-1.1-r100.ebuild"), format!("{conflict}/files/hello.initd"));
    // Half of it is settled: that half stays.
    let half = place.read(&ebuild).replace("Greets", "Greets you");
    place.put(&ebuild, &half);
    assert_eq!(place.update("").1, 1);
    assert_eq!(place.read(&ebuild), half);
    // What is settled was so for another upstream.
    let settled = PLAIN.text().replace("Says hello", "Greets here\n=======");
    place.put(&ebuild, &settled);
    place.put(&file, "#!/sbin/openrc-run\ncommand=both\n");
    theirs("Waves");
    let (said, status) = place.update("");
    assert!(status == 1 && said.contains("is of another version, and is not written over"), "{said}");
    assert_eq!(place.read(&ebuild), settled);
    theirs("Greets");
    let (said, status) = place.update("");
    assert_eq!(status, 0, "{said}");
    assert_eq!(place.read("local/app-misc/hello/hello-1.1-r100.ebuild"), settled);
    assert!(place.read(initd).contains("both") && !place.has("local/metadata/forks/app-misc/hello-1.0-r100"));
}

#[test]
fn what_nobody_touched_follows_upstream() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--keyword ~x86");
    let path = "local/app-misc/hello/hello-1.0-r100.ebuild";
    place.put(path, &place.read(path).replace("Says hello", "Says hello here"));
    let conflict = "local/metadata/forks/app-misc/hello-1.0-r100/conflict/hello-1.1-r100.ebuild";
    for what in ["Greets", "Waves"] {
        place.put("up/app-misc/hello/hello-1.1.ebuild", &PLAIN.text().replace("Says hello", what));
        assert_eq!(place.update("").1, 1);
        assert!(place.read(conflict).contains(what));
    }
}

#[test]
fn a_link_against_a_file_is_written_down() {
    let place = Place::new();
    place.upstream("1.0", &PLAIN);
    place.fork("--keyword ~x86");
    let own = place.0.path().join("local/app-misc/hello/files/hello.initd");
    fs::remove_file(&own).unwrap();
    std::os::unix::fs::symlink("other", &own).unwrap();
    place.put("up/app-misc/hello/files/hello.initd", "theirs\n");
    assert_eq!(place.update("").1, 1);
    let text = place.read("local/metadata/forks/app-misc/hello-1.0-r100/conflict/files/hello.initd");
    assert!(text.starts_with("<<<<<<< a link to other here") && text.ends_with("theirs\n"), "{text}");
    assert_eq!(place.update("").1, 1);
}
