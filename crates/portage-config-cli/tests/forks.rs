//! Forks over the history of a package of our own, each step of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const FIX: &str = "--- a/main.c\n+++ b/main.c\n@@ -1,4 +1,4 @@\n int main(void)\n {\n-\tputs(\"hi\");\n+\tputs(\"hello\");\n }\n";
const SOURCE: &str = "int main(void)\n{\n\tputs(\"hi\");\n}\n";

/// A repository, an overlay and distfiles in a folder that goes.
struct Place(TempDir);

/// What an ebuild says.
struct Ebuild<'a> {
    eapi: &'a str,
    slot: &'a str,
    rest: &'a str,
}

const PLAIN: Ebuild<'_> = Ebuild { eapi: "8", slot: "0", rest: "" };

impl Ebuild<'_> {
    fn text(&self) -> String {
        let Self { eapi, slot, rest } = self;
        format!(
            "# Copyright\n\nEAPI={eapi}\n\nDESCRIPTION=\"Says hello\"\nHOMEPAGE=\"https://example.org\"\n\
             SRC_URI=\"https://example.org/${{P}}.tar.gz\"\n\nLICENSE=\"MIT\"\nSLOT=\"{slot}\"\nKEYWORDS=\"amd64\"\n\
             \n{rest}\nsrc_install() {{\n\tnewinitd \"${{FILESDIR}}\"/hello.initd hello\n}}\n"
        )
    }
}

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.put("up/profiles/repo_name", "gentoo\n");
        place.put("up/metadata/layout.conf", "masters =\n");
        place.put("up/app-misc/hello/files/hello.initd", "#!/sbin/openrc-run\ncommand=hello\n");
        place.put("up/app-misc/hello/metadata.xml", "<pkgmetadata/>\n");
        place.put("fix.patch", FIX);
        place.put(".dist", "");
        let (said, status) = place.run("new local --name local");
        assert_eq!(status, 0, "{said}");
        place
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn has(&self, path: &str) -> bool {
        self.0.path().join(path).exists()
    }

    fn upstream(&self, version: &str, ebuild: &Ebuild<'_>) {
        self.put(&format!("up/app-misc/hello/hello-{version}.ebuild"), &ebuild.text());
    }

    /// A distfile with an entry in the Manifest and in the cache.
    fn source(&self, version: &str, main: &str) {
        let folder = self.0.path().join(format!("src/hello-{version}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("main.c"), main).unwrap();
        self.archive(version);
    }

    fn archive(&self, version: &str) {
        let dist = self.0.path().join("dist");
        fs::create_dir_all(&dist).unwrap();
        let name = format!("hello-{version}.tar.gz");
        let (to, from) = (dist.join(&name), self.0.path().join("src"));
        let folder = format!("hello-{version}");
        let tar = Command::new("tar").arg("czf").arg(to).arg("-C").arg(from).arg(folder).status();
        assert!(tar.unwrap().success());
        let zero = "0".repeat(128);
        let manifest = self.0.path().join("up/app-misc/hello/Manifest");
        let mut text = fs::read_to_string(&manifest).unwrap_or_default();
        text.push_str(&format!("DIST {name} 1 BLAKE2B {zero} SHA512 {zero}\n"));
        fs::write(manifest, text).unwrap();
        let cache = format!("up/metadata/md5-cache/app-misc/hello-{version}");
        self.put(&cache, &format!("EAPI=8\nSRC_URI=https://example.org/{name}\n"));
    }

    /// Runs `overlay` in the folder: what it says, and its status.
    fn run(&self, args: &str) -> (String, i32) {
        let output = Command::new(env!("CARGO_BIN_EXE_portage-config"))
            .arg("overlay")
            .args(args.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (String::from_utf8(text).unwrap(), output.status.code().unwrap())
    }

    fn fork(&self, more: &str) {
        let (said, status) = self.run(&format!("fork app-misc/hello --from ./up --repo local {more}"));
        assert_eq!(status, 0, "{said}");
    }

    fn status(&self, more: &str) -> (String, i32) {
        self.run(&format!("status --from ./up --repo local {more}"))
    }

    fn update(&self, more: &str) -> (String, i32) {
        self.run(&format!("update --from ./up --repo local {more}"))
    }

    /// All files of the overlay with their texts.
    fn all(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        let mut open = vec![self.0.path().join("local")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    all.push((path.to_string_lossy().into_owned(), fs::read(path).unwrap()));
                }
            }
        }
        all.sort();
        all
    }
}

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
    place.put("up/app-misc/hello/Manifest", &format!("DIST hello-1.2.tar.gz 1 SHA512 {}\n", "0".repeat(128)));
    let (said, _) = place.update("--distdir dist");
    assert!(!Path::new("/evil").exists() && !place.has("evil"), "{said}");
    assert!(!std::env::temp_dir().join("evil").exists() && !std::env::temp_dir().join("../evil").exists());
}
