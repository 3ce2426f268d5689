use std::os::unix::fs::symlink;

use super::*;
use crate::root::Root;

/// What is said of statements about a root of these files: code, place, message.
fn effects(files: &[(&str, &str)], statements: &[&str]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match text.strip_prefix("-> ") {
            Some(target) => symlink(target, path).unwrap(),
            None => std::fs::write(path, text).unwrap(),
        }
    }
    let mut report = Report::new();
    let found = root(&Root::open(dir.path()).unwrap(), statements, &Options::default(), &mut report);
    found.unwrap_or_else(|| panic!("{:?}", report.diagnostics));
    let all = report.diagnostics.iter().map(|found| {
        let place = found.spot.span.and_then(|span| {
            let source = report.sources.get(span.source)?;
            let words = source.text.get(span.start..span.end)?;
            Some(format!(
                "{}:{} {words}",
                source.name.strip_prefix("etc/portage/").unwrap_or(&source.name),
                source.position(span.start).0
            ))
        });
        format!("{} at {}", found.code.id, place.unwrap_or_default())
    });
    all.collect()
}

#[test]
fn closer_atoms_win() {
    let on = "package.use: \"a/b\".add = \"x\"";
    let file = |text| ("etc/portage/package.use", text);
    for (text, wanted) in [
        ("=a/b-1 -x\n", vec!["E011 at package.use:1 -x"]),
        (">=a/b-1 -x\na/c -x\n", vec!["E011 at package.use:1 -x"]),
        ("*/* -x\na/* -x\n", vec![]),
        ("a/b::r -x\n", vec!["E011 at package.use:1 -x"]),
        ("a/b y\na/b::r -x\n", vec![]),
        ("a/b x -x\n", vec![]),
        ("a/b x\na/b -* y\n", vec![]),
        ("=a/b-1 x\n", vec![]),
        ("=a/b-1 -*\n", vec!["E011 at package.use:1 -*"]),
    ] {
        assert_eq!(effects(&[file(text)], &[on]), wanted, "{text}");
    }
    let wide = "package.use: \"a/*\".add = \"x\"";
    assert_eq!(effects(&[file("*/b -x\na/* y\n")], &[wide]), ["E011 at package.use:1 -x"]);
    assert_eq!(effects(&[file("*/*::r y\n*/* -x\na/* y\n")], &[wide]), [""; 0]);
    let one = "package.use: \"a/b::r\".add = \"x\"";
    assert_eq!(effects(&[file("a/b -x\na/b::r y\n")], &[one]), ["E010 at package.use:1 -x"]);
    assert_eq!(effects(&[file("a/b::r y\na/b -x\n")], &[one]), [""; 0]);
    let range = "package.use: \">=a/b-2\".add = \"x\"";
    assert_eq!(
        effects(&[file("a/b:0 -x\n>=a/b-1 -x\n")], &[range]),
        ["E011 at package.use:1 -x", "E011 at package.use:2 -x"]
    );
    let group = "package.use: \"a/b\".VIDEO_CARDS.add = \"intel\"";
    assert_eq!(effects(&[file("a/b:0 VIDEO_CARDS: -intel\n")], &[group]), ["E011 at package.use:1 -intel"]);
    let keyword = "package.accept_keywords: \"a/b\" = \"~x86\"";
    assert_eq!(
        effects(&[("etc/portage/package.accept_keywords/z", "=a/b-1 -~x86\n")], &[keyword]),
        ["E011 at package.accept_keywords/z:1 -~x86"]
    );
}

#[test]
fn later_words_and_other_places() {
    let folder = [("etc/portage/package.use/a", "a/b x\n"), ("etc/portage/package.use/z", "a/b -x\n")];
    assert_eq!(effects(&folder, &["package.use/a: \"a/b\" = \"x\""]), ["E012 at package.use/z:1 -x"]);
    let twice = [("etc/portage/package.mask/a", "a/b\n"), ("etc/portage/package.mask/z", "a/b\n")];
    assert_eq!(effects(&twice, &["package.mask: \"a/b\".remove = true"]), ["E013 at package.mask/a:1 a/b"]);
    let lifted = [("etc/portage/package.unmask", "a/*\n=c/d-1\n")];
    let both = ["package.mask: \"a/b\" = true", "package.mask: \"c/d\" = true"];
    assert_eq!(effects(&lifted, &both), ["E010 at package.unmask:1 a/*", "E011 at package.unmask:2 =c/d-1"]);
}

#[test]
fn variables_that_are_assigned_later() {
    let folder = [
        ("etc/portage/make.conf/1", "USE=\"a\"\nA=\"x\"\n"),
        ("etc/portage/make.conf/2", "A=\"y\"\nUSE=\"${USE} b\"\n"),
    ];
    assert_eq!(effects(&folder, &["make.conf/1: A = \"z\""]), ["E016 at make.conf/2:1 A=\"y\""]);
    assert_eq!(effects(&folder, &["make.conf/1: USE.add = \"z\""]), [""; 0]);
    assert_eq!(effects(&folder, &["make.conf: A = \"z\""]), [""; 0]);
    let global = [("etc/portage/make.conf", ""), ("etc/portage/package.use", "*/* -x\n")];
    assert_eq!(effects(&global, &["make.conf: USE = \"x y\""]), ["E010 at package.use:1 -x"]);
}

#[test]
fn masks_and_forces_along_the_profile() {
    let tree = [
        ("etc/portage/make.profile", "-> ../../var/db/repos/gentoo/profiles/default/x86"),
        ("var/db/repos/gentoo/profiles/default/x86/parent", "../../base\nother:extra\n"),
        ("var/db/repos/gentoo/profiles/base/use.mask", "# why\nbad\nlifted\n"),
        ("var/db/repos/gentoo/profiles/base/use.force", "must\nbad\n"),
        ("var/db/repos/gentoo/profiles/default/x86/use.mask", "-lifted\n"),
        ("etc/portage/repos.conf", "[other]\nlocation = /opt/other\n"),
        ("opt/other/profiles/extra/package.use.mask", "a/b some\n=c/d-1 some\n"),
        ("opt/other/profiles/extra/package.use.stable.force", "a/b calm\n"),
        ("etc/portage/profile/package.use.mask", "a/c bad\na/b -some\n"),
        ("etc/portage/package.use", ""),
    ];
    for (statement, wanted) in [
        ("package.use: \"a/b\" = \"bad\"", vec!["E014 at var/db/repos/gentoo/profiles/base/use.mask:2 bad"]),
        ("package.use: \"a/b\" = \"-bad\"", vec![]),
        (
            "package.use: \"a/b\" = \"-must\"",
            vec!["E015 at var/db/repos/gentoo/profiles/base/use.force:1 must"],
        ),
        ("package.use: \"a/b\" = \"must\"", vec![]),
        ("package.use: \"a/b\" = \"lifted\"", vec![]),
        ("package.use: \"a/b\" = \"some\"", vec![]),
        ("package.use: \"c/d\" = \"some\"", vec!["E014 at opt/other/profiles/extra/package.use.mask:2 some"]),
        (
            "package.use: \"a/b\" = \"-calm\"",
            vec!["E015 at opt/other/profiles/extra/package.use.stable.force:1 calm"],
        ),
        (
            "make.conf: USE = \"bad lifted some\"",
            vec!["E014 at var/db/repos/gentoo/profiles/base/use.mask:2 bad"],
        ),
    ] {
        assert_eq!(effects(&tree, &[statement]), wanted, "{statement}");
    }
}

#[test]
fn of_a_key_in_several_files_the_last_one_holds() {
    let files = [
        ("etc/portage/repos.conf/a", "[x]\nlocation = /x\nauto-sync = no\n"),
        ("etc/portage/repos.conf/b/c", "[y]\nlocation = /y\n[x]\nlocation = /late\nsync-uri = u\n"),
    ];
    for (statement, wanted) in [
        ("repos.conf/a: x.location = \"/n\"", vec!["E016 at repos.conf/b/c:4 location = /late"]),
        ("repos.conf/a: x.auto-sync = true", vec![]),
        ("repos.conf/b/c: x.location = \"/n\"", vec![]),
        ("repos.conf: x.location = \"/n\"", vec![]),
        ("repos.conf/a: y.location = \"/n\"", vec!["E016 at repos.conf/b/c:2 location = /y"]),
        ("repos.conf/a: x.remove = true", vec!["E013 at repos.conf/b/c:3 [x]"]),
    ] {
        assert_eq!(effects(&files, &[statement]), wanted, "{statement}");
    }
    let large = [files[0], ("etc/portage/repos.conf/b", "[x]\nLOCATION = /late\n")];
    let found = effects(&large, &["repos.conf/a: x.location = \"/n\""]);
    assert_eq!(found, ["E016 at repos.conf/b:2 LOCATION = /late"]);
    let bad = [files[0], ("etc/portage/repos.conf/b", "[x]\nlocation = 100%\n")];
    let found = effects(&bad, &["repos.conf/a: x.auto-sync = true"]);
    assert!(matches!(found.as_slice(), [one] if one.starts_with("E017 at repos.conf/b:2")), "{found:?}");
}
