//! `check` of a machine's files, and `check --fix`: the finding is gone, and nothing else has changed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use common::Folder;

/// A machine with these files.
fn machine(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new(&[]);
    for (path, text) in files {
        folder.write(&format!("root/{path}"), text.as_bytes());
    }
    folder
}

fn codes(folder: &Folder, args: &[&str]) -> Vec<String> {
    let json = folder.run(&[&["check"], args, &["--format", "json"]].concat()).json();
    let all = json["diagnostics"].as_array().unwrap().iter();
    all.map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

/// All files of the machine with their texts.
fn texts(folder: &Folder) -> Vec<(String, String)> {
    let files = folder.list("root").into_iter().filter(|line| !line.contains("->"));
    let names = files.map(|line| line.rsplit_once(' ').unwrap().0.to_owned());
    let mut all: Vec<_> = names.map(|name| (name.clone(), folder.read(&format!("root/{name}")))).collect();
    all.sort();
    all
}

const MAKE: &str = "etc/portage/make.conf";
const KEYWORDS: &str = "etc/portage/package.accept_keywords/x";

#[test]
fn a_machine_is_mended() {
    for (code, path, before, after) in [
        (
            "L101",
            MAKE,
            "# a\nACCEPT_KEYWORD=\"~x86\"  # b\nX=1\n",
            "# a\nACCEPT_KEYWORDS=\"~x86\"  # b\nX=1\n",
        ),
        ("L101", MAKE, "USEE=a\nA=b\nUSEE=\"${USEE} c\"", "USEE=a\nA=b\nUSEE=\"${USEE} c\""),
        ("L031", MAKE, "FEATURES=\"news\n  -buildpgk\" # no\n", "FEATURES=\"news\n  -buildpkg\" # no\n"),
        ("L104", MAKE, "USE=\"a  +lto\tb\"\n", "USE=\"a  lto\tb\"\n"),
        ("L123", MAKE, "MAKEOPTS='8 -l9'\n", "MAKEOPTS='-j8 -l9'\n"),
        ("L037", MAKE, "PKG_CONFIG_SYSROOT=/x", "PKG_CONFIG_SYSROOT_DIR=/x"),
        ("L045", MAKE, "\tPORT_LOGDIR=/x\r\n", "\tPORTAGE_LOGDIR=/x\r\n"),
        (
            "L001",
            MAKE,
            "COMMON=\"-O2 -Wl,-z,now -pipe\"\nCFLAGS=\"${COMMON}\"\nCXXFLAGS=\"${COMMON}\"\nLDFLAGS=\"${LDFLAGS} -s\"\n",
            "COMMON=\"-O2 -pipe\"\nCFLAGS=\"${COMMON}\"\nCXXFLAGS=\"${COMMON}\"\nLDFLAGS=\"${LDFLAGS} -s -Wl,-z,now\"\n",
        ),
        ("L017", KEYWORDS, "# x\n=a/b-9999   ~x86 # y\n", "# x\n=a/b-9999   ~x86 ** # y\n"),
        ("L017", KEYWORDS, "=a/b-9999\n", "=a/b-9999 **\n"),
        (
            "L018",
            KEYWORDS,
            "=sys-kernel/ugrd-9999 **\n=dev-python/pycpio-9999 **\n",
            "=sys-kernel/ugrd-9999 **\n=dev-python/pycpio-9999 **\n=dev-python/zenlib-9999 **\n",
        ),
        ("L107", KEYWORDS, "a/b ~amd46 x86\n", "a/b ~amd64 x86\n"),
        (
            "L080",
            "etc/fstab",
            "UUID=0A1B2C3D-0000-4000-8000-0123456789AB\t/\text4\tdefaults 0 1\n",
            "UUID=0a1b2c3d-0000-4000-8000-0123456789ab\t/\text4\tdefaults 0 1\n",
        ),
    ] {
        let folder = machine(&[(path, before), ("etc/portage/package.mask/other", "a/c  # kept\n")]);
        let old = texts(&folder);
        if before == after {
            folder.run(&["check", "--root", "root", "--fix"]);
            assert_eq!(texts(&folder), old, "{code}: nobody can say what is meant");
            continue;
        }
        assert!(codes(&folder, &["--root", "root"]).contains(&code.to_owned()), "{code} is there");
        let dry = folder.run(&["check", "--root", "root", "--fix", "--dry-run"]);
        assert_eq!(texts(&folder), old, "{code}: nothing is written");
        let wet = folder.run(&["check", "--root", "root", "--fix"]);
        assert_eq!(dry.out, wet.out, "{code}");
        assert!(dry.out.contains(&format!("--- a/{path}\n+++ b/{path}\n")), "{code}: {}", dry.out);
        let expected = [(path, after), ("etc/portage/package.mask/other", "a/c  # kept\n")];
        let mut expected = expected.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec();
        expected.sort();
        assert_eq!(texts(&folder), expected, "{code}: {}", wet.all());
        assert!(!codes(&folder, &["--root", "root"]).contains(&code.to_owned()), "{code} is gone");
        let again = folder.run(&["check", "--root", "root", "--fix"]);
        assert_eq!(texts(&folder), expected, "{code}: {}", again.all());
        assert!(again.err.contains("0 findings mended"), "{code}: {}", again.all());
    }
}

#[test]
fn files_go_where_they_are_read() {
    for (code, from, to) in [
        ("L016", "etc/portage/package.use.mask", "etc/portage/profile/package.use.mask"),
        ("L016", "etc/portage/package.uses/x", "etc/portage/package.use/x"),
        ("L126", "etc/portage/package.keywords/x", "etc/portage/package.accept_keywords/x"),
        ("L120", "etc/portage/package.use/y.bak", "etc/portage/package.use/.y.bak"),
    ] {
        let words = if code == "L126" { "a/b ~x86\n" } else { "a/b x\n" };
        let folder = machine(&[(from, words), ("etc/portage/package.use/y", "a/c y\n")]);
        assert!(codes(&folder, &["--root", "root"]).contains(&code.to_owned()), "{code} is there");
        let run = folder.run(&["check", "--root", "root", "--fix"]);
        let mut expected = vec![
            (to.to_owned(), words.to_owned()),
            ("etc/portage/package.use/y".to_owned(), "a/c y\n".to_owned()),
        ];
        expected.sort();
        assert_eq!(texts(&folder), expected, "{}", run.all());
        assert!(!codes(&folder, &["--root", "root"]).contains(&code.to_owned()), "{code} is gone");
        if from.contains("package.uses/") {
            assert!(!folder.join("root").join(from).parent().unwrap().exists(), "no empty folder is left");
        }
    }
    let both = [("etc/portage/package.uses/x", "a/b x\n"), ("etc/portage/package.use/x", "a/b y\n")];
    let folder = machine(&both);
    let old = texts(&folder);
    let run = folder.run(&["check", "--root", "root", "--fix"]).expect(1);
    assert_eq!(texts(&folder), old, "where something is already, nothing is put: {}", run.all());
    let alone = machine(&[("etc/portage/package.use/y.bak", "a/b x\n")]);
    let old = texts(&alone);
    alone.run(&["check", "--root", "root", "--fix"]);
    assert_eq!(texts(&alone), old, "the only copy may be what is meant");
}

#[test]
fn what_stands_in_the_way_of_one_mend_does_not_of_others() {
    // Beside USE another USE would be the one that counts.
    let folder = machine(&[(MAKE, "ACCEPT_KEYWORDS=x86\nACCEPT_KEYWORD=\"~x86\"\nFEATURES=buildpgk\n")]);
    let run = folder.run(&["check", "--root", "root", "--fix"]).expect(1);
    let text = folder.read(&format!("root/{MAKE}"));
    assert_eq!(text, "ACCEPT_KEYWORDS=x86\nACCEPT_KEYWORD=\"~x86\"\nFEATURES=buildpkg\n");
    assert!(run.out.contains("error[L101 ") && run.err.contains("mended: L031 "), "{}", run.all());
}

#[test]
fn a_spec_is_mended() {
    let spec = "\
spec = 1
extends = [\"below.toml\"]

[make.conf]
# what for
ACCEPT_KEYWORD = \"~x86\"   # kept
FEATURES = \"buildpgk\"
MAKEOPTS = \"8\"
CFLAGS = \"-O2 -Wl,-z,now\"
CXXFLAGS = \"${CFLAGS}\"

[\"package.accept_keywords/x\"]
\"=a/b-9999\" = \"~x86\"
\"a/c\" = \"~amd46\"
";
    let below = "spec = 1\n[\"package.accept_keywords/y\"]\n\"=a/d-9999\" = \"~x86\"\n";
    let folder = Folder::new(&[("./s.toml", spec), ("below.toml", below)]);
    let dry = folder.run(&["check", "./s.toml", "--fix", "--dry-run"]).expect(1);
    assert_eq!(folder.read("s.toml"), spec);
    insta::assert_snapshot!("spec", dry.all());
    let json = folder.run(&["check", "s.toml", "--format", "json"]).json();
    let fixes: Vec<usize> =
        json["diagnostics"].as_array().unwrap().iter().map(|d| d["fix"].as_array().unwrap().len()).collect();
    assert!(fixes.contains(&1) && fixes.contains(&0), "{json}");
    let json = folder.run(&["check", "s.toml", "--fix", "--format", "json"]).expect(1).json();
    assert_eq!(json["fixed"][0]["path"], "s.toml", "{json}");
    let after = folder.read("s.toml");
    assert_eq!(folder.read("below.toml"), below, "what is extended is somebody else's");
    let left = codes(&folder, &["s.toml"]);
    assert_eq!(left, ["L017"], "{after}");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let changed: Vec<_> = lines(&after).into_iter().filter(|line| !lines(spec).contains(line)).collect();
    insta::assert_snapshot!(changed.join("\n"), @r#"
    ACCEPT_KEYWORDS = "~x86"   # kept
    FEATURES = "buildpkg"
    MAKEOPTS = "-j8"
    CFLAGS = "-O2"
    LDFLAGS = "${LDFLAGS} -Wl,-z,now"
    "=a/b-9999" = "~x86 **"
    "a/c" = "~amd64"
    "#);
}

#[test]
fn a_machine_is_checked_as_it_is() {
    let folder = machine(&[
        (MAKE, "# x\nFEATURES=\"buildpgk\"\nMAKEOPTS=\"-j8\nUSE=x\n"),
        ("etc/portage/package.use/x", "a/b x\n\na/b -x y\nnonsense\n"),
        ("etc/portage/repos.conf", "[local]\nsync-uri = https://me:hunter2@host/\n"),
    ]);
    let run = folder.run(&["check", "--root", "root"]).expect(1);
    assert!(!run.all().contains("hunter2"), "{}", run.all());
    insta::assert_snapshot!("root", run.all());
    assert_eq!(folder.run(&["check", "--config-root", "root"]).expect(1).out, run.out);
    folder.run(&["check", "--root", "none"]).expect(2);
    std::fs::create_dir(folder.join("empty")).unwrap();
    let run = folder.run(&["check", "--root", "empty"]).expect(2);
    assert!(run.err.contains("holds no configuration"), "{}", run.all());
    folder.run(&["check"]).expect(2);
}

#[test]
fn a_link_in_the_place_of_the_folder_is_followed() {
    let folder = machine(&[("home/me/portage/make.conf", "FEATURES=buildpgk\n")]);
    std::fs::create_dir(folder.join("root/etc")).unwrap();
    std::os::unix::fs::symlink("/home/me/portage", folder.join("root/etc/portage")).unwrap();
    assert_eq!(codes(&folder, &["--root", "root"]), ["L031"]);
    folder.run(&["check", "--root", "root", "--fix"]).expect(0);
    assert_eq!(folder.read("root/home/me/portage/make.conf"), "FEATURES=buildpkg\n");
    assert!(folder.join("root/etc/portage").is_symlink());
}
