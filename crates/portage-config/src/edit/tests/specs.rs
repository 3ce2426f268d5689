use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::*;

fn changed(text: &str, statements: &[&str]) -> Result<String, Vec<String>> {
    let files = BTreeMap::from([(Utf8PathBuf::from("x.toml"), text.as_bytes().to_vec())]);
    let mut report = Report::new();
    match spec("x.toml", &files, statements, &mut report) {
        Some(edited) => Ok(edited.after),
        None => Err(report.diagnostics.into_iter().map(|found| found.message).collect()),
    }
}

#[test]
fn entries_of_a_spec_change_where_they_stand() {
    for (before, statement, after) in [
        (
            "[make.conf]\nUSE = \"a  b\" # why\n",
            "make.conf: USE.add = \"c\"",
            "[make.conf]\nUSE = \"a  b c\" # why\n",
        ),
        (
            "[make.conf]\nUSE = '''\na\n-b\n'''\n",
            "make.conf: USE.add = \"b\"",
            "[make.conf]\nUSE = '''\na\nb\n'''\n",
        ),
        (
            "[make.conf]\nUSE = [\n  \"a\", # x\n  \"b\",\n]\n",
            "make.conf: USE.add = \"c\"",
            "[make.conf]\nUSE = [\n  \"a\", # x\n  \"b\",\n  \"c\",\n]\n",
        ),
        ("[make.conf]\nUSE.add = \"a\"\n", "make.conf: USE.add = \"c\"", "[make.conf]\nUSE.add = \"a c\"\n"),
        (
            "[make.conf]\nUSE.add = \"a\"\n",
            "make.conf: USE.remove = \"c\"",
            "[make.conf]\nUSE.add = \"a\"\nUSE.remove = \"c\"\n",
        ),
        (
            "[make.conf]\nUSE.add = \"a b\"\n",
            "make.conf: USE.remove = \"b\"",
            "[make.conf]\nUSE.add = \"a\"\n",
        ),
        (
            "[make.conf]\n# c\nMAKEOPTS = { jobs = 8, load-average = 9 }\n",
            "make.conf: MAKEOPTS.jobs = 4",
            "[make.conf]\n# c\nMAKEOPTS = { jobs = 4, load-average = 9 }\n",
        ),
        (
            "[\"package.use/a\"]\n\"a/b\" = \"x VIDEO_CARDS: y\"\n\n[make.conf]\nA = \"1\"\n",
            "package.use: \"a/b\".add = \"z\"",
            "[\"package.use/a\"]\n\"a/b\" = \"x z VIDEO_CARDS: y\"\n\n[make.conf]\nA = \"1\"\n",
        ),
        (
            "[\"package.use/a\"]\n\"a/b\" = \"x\" # y\n\n# of make.conf\n[make.conf]\nA = \"1\"\n",
            "package.use/b: \"c/d\".add = \"z\"",
            "[\"package.use/a\"]\n\"a/b\" = \"x\" # y\n\n[\"package.use/b\"]\n\"c/d\".add = \"z\"\n\n# of make.conf\n[make.conf]\nA = \"1\"\n",
        ),
        (
            "[make.conf]\nA = \"1\"\n\n# of x\n[root.x.make.conf]\nB = \"1\"",
            "package.mask: \"c/d\" = true",
            "[make.conf]\nA = \"1\"\n\n[\"package.mask/portage-config\"]\n\"c/d\" = true\n\n# of x\n[root.x.make.conf]\nB = \"1\"",
        ),
        (
            "[make.conf]\nA = \"1\"",
            "/etc/fstab: \"/\" = { source = \"LABEL=r\", type = \"ext4\" }",
            "[make.conf]\nA = \"1\"\n\n[\"/etc/fstab\"]\n\"/\" = { source = \"LABEL=r\", type = \"ext4\" }\n",
        ),
        (
            "[repos.conf.gentoo]\nlocation = \"/x\"\n",
            "repos.conf: gentoo.auto-sync = false",
            "[repos.conf.gentoo]\nlocation = \"/x\"\nauto-sync = false\n",
        ),
        ("[make.conf]\nA = \"1\"\nB = \"2\"\n", "make.conf: A.remove = true", "[make.conf]\nB = \"2\"\n"),
        ("[make.conf]\nA = \"1\"\n", "make.conf: USE = \"@{x}\" # y", "E"),
        (
            "[make.conf]\nA = \"1\"\n[param]\nx = \"1\"\n",
            "make.conf: USE = \"@{x}\"",
            "[make.conf]\nA = \"1\"\nUSE = \"@{x}\"\n[param]\nx = \"1\"\n",
        ),
        ("[make.conf]\nA = \"1\"\n", "make.conf: A = \"$(x)\"", "E"),
        (
            "[\"package.use/a\"]\n\"a/b\" = \"x\"\n[\"package.use/b\"]\n\"a/b\" = \"x\"\n",
            "package.use: \"a/b\".add = \"z\"",
            "E",
        ),
    ] {
        let (before, after) = (format!("spec = 1\n\n{before}"), format!("spec = 1\n\n{after}"));
        let found = changed(&before, &[statement]);
        if after.ends_with("\nE") {
            assert!(found.is_err(), "{statement}: {found:?}");
        } else {
            assert_eq!(found.as_deref(), Ok(after.as_str()), "{before:?} {statement}");
        }
    }
}

#[test]
fn comments_in_a_list_stay_with_their_words() {
    for (before, statement, after) in [
        (
            "[\n  \"a\",  # 1\n  \"b\",  # 2\n  \"c\",  # 3\n]",
            "remove = \"b\"",
            "[\n  \"a\",  # 1\n  \"c\",  # 3\n]",
        ),
        ("[\n  \"a\",  # 1\n  \"b\",  # 2\n]", "remove = \"b\"", "[\n  \"a\",  # 1\n]"),
        ("[\n  \"a\",  # 1\n  \"b\"  # 2\n]", "remove = \"b\"", "[\n  \"a\"  # 1\n]"),
        ("[\n  \"a\",\n  \"b\"\n]", "remove = \"b\"", "[\n  \"a\"\n]"),
        (
            "[ # all\n  \"a\",  # 1\n  # two\n  \"b\",  # 2\n]",
            "remove = \"a\"",
            "[ # all\n  # two\n  \"b\",  # 2\n]",
        ),
        ("[\"a\", \"b\", \"c\"]", "remove = \"a\"", "[\"b\", \"c\"]"),
        ("[\"a\", \"b\"]", "remove = \"b\"", "[\"a\"]"),
        ("[\"a\",  # 1\n  \"b\",\n]", "remove = \"b\"", "[\"a\",  # 1\n]"),
        ("[\n  \"a\",  # 1\n]", "add = \"c\"", "[\n  \"a\",  # 1\n  \"c\",\n]"),
        ("[\n  \"a\"  # 1\n]", "add = \"c\"", "[\n  \"a\",  # 1\n  \"c\"\n]"),
        ("[\n  # one\n  \"a\"\n]", "add = \"c\"", "[\n  # one\n  \"a\",\n  \"c\"\n]"),
        ("[\n  \"a\",\n  # \"x\",\n]", "add = \"c\"", "[\n  \"a\",\n  \"c\",\n  # \"x\",\n]"),
        ("[\"a\"]", "add = \"c\"", "[\"a\", \"c\"]"),
    ] {
        let spec = |list: &str| format!("spec = 1\n[make.conf]\nUSE = {list}  # all\n");
        let changed = changed(&spec(before), &[&format!("make.conf: USE.{statement}")]);
        assert_eq!(changed.unwrap(), spec(after), "{before} {statement}");
    }
}

#[test]
fn ends_of_lines_stay() {
    let text = "\u{feff}spec = 1\r\n[make.conf]\r\nUSE = \"a\"\r\nX = \"\"\"\r\nx\ny\"\"\"\n# end";
    let statements = ["make.conf: USE.add = \"c\"", "make.conf: Y = \"z\"", "package.mask: \"a/b\" = true"];
    let expected = "\u{feff}spec = 1\r\n[make.conf]\r\nUSE = \"a c\"\r\nX = \"\"\"\r\nx\ny\"\"\"\n";
    let edited = changed(text, &statements).unwrap();
    assert!(edited.starts_with(expected), "{edited:?}");
    assert!(edited.contains("# end"), "{edited:?}");
    assert_eq!(changed(text, &[]).unwrap(), text);
    let all = "spec = 1\r\n[make.conf]\r\nUSE = \"a\"\r\n";
    assert_eq!(
        changed(all, &statements).unwrap(),
        "spec = 1\r\n[make.conf]\r\nUSE = \"a c\"\r\nY = \"z\"\r\n\r\n[\"package.mask/portage-config\"]\r\n\"a/b\" = true\r\n"
    );
}

#[test]
fn a_spec_above_a_folder_is_checked_as_any_other() {
    let files = BTreeMap::from([
        (Utf8PathBuf::from("x.toml"), b"spec = 1\nextends = [{ tree = \"d\" }]\n".to_vec()),
        (Utf8PathBuf::from("d/etc/portage/make.conf"), b"USE=\"a\"\n".to_vec()),
    ]);
    let mut report = Report::new();
    let edited = spec("x.toml", &files, &["make.conf: X = \"@{nobody}\""], &mut report);
    assert!(edited.is_none());
    let messages: Vec<&str> = report.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(messages, ["the spec would be wrong then: no layer declares the parameter `nobody`"]);
}

#[test]
fn comments_that_belong_to_no_entry_stay() {
    let head = "spec = 1\n\n[make.conf]\n";
    for (before, name, after) in [
        ("# free\n\n# about\nA = \"1\"\n# b\nB = \"2\"\n", "A", "# free\n\n# b\nB = \"2\"\n"),
        (
            "A = \"1\" # a\n\n# free\n\n# more\n\n# b\nB = \"2\" # x\n",
            "B",
            "A = \"1\" # a\n\n# free\n\n# more\n",
        ),
        ("# free\n\nA = \"1\"\n\n[package.mask]\n", "A", "# free\n\n[package.mask]\n"),
        ("# about\nA = \"1\"\nB = \"2\"\n", "A", "B = \"2\"\n"),
        ("A = \"1\"\n\nB = \"2\"\n", "B", "A = \"1\"\n"),
    ] {
        let statement = format!("make.conf: {name}.remove = true");
        let changed = changed(&format!("{head}{before}"), &[&statement]).unwrap();
        assert_eq!(changed, format!("{head}{after}"), "{before}");
    }
}

#[test]
fn folders_below_a_spec_are_read_before_it_is_judged() {
    let spec = "spec = 1\nextends = [{ tree = \"x.d\", at = \"/\" }]\n[file.\"package.use/a\"]\ntext = \"a/b x\\n\"\n";
    let files = BTreeMap::from([
        (Utf8PathBuf::from("x.toml"), spec.as_bytes().to_vec()),
        (Utf8PathBuf::from("x.d/etc/portage/patches/a/b/x.patch"), b"--- a\n".to_vec()),
    ]);
    let mut report = Report::new();
    assert!(
        super::super::spec("x.toml", &files, &["package.use/a: \"a/b\".add = \"y\""], &mut report).is_none()
    );
    let messages: Vec<&str> = report.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(
        messages,
        ["the spec would be wrong then: `package.use/a` has entries here, and `[file]` says all of it"]
    );
    let edited =
        super::super::spec("x.toml", &files, &["package.use/b: \"a/b\" = \"y\""], &mut Report::new());
    assert!(edited.is_some_and(|edited| edited.after.contains("[\"package.use/b\"]\n\"a/b\" = \"y\"\n")));
}
