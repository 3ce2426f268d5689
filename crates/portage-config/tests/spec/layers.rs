//! Layers: one rule.

use super::common::{file, layers, load, load_with, path, specs, text};
use portage_config::config::Body;
use portage_config::spec::Effect;

/// What the file reads as when `top` extends `base`; both speak of `header`.
fn over(header: &str, base: &str, top: &str) -> String {
    let base = format!("['{header}']\n{base}\n");
    let top = format!("extends = ['base.toml']\n['{header}']\n{top}\n");
    let loaded = layers(&[("main.toml", &top), ("base.toml", &base)]);
    text(loaded.good(), header)
}

#[test]
fn tables_merge_and_anything_else_replaces() {
    assert_eq!(over("make.conf", "A = '1'\nB = '2'", "A = '3'\nC = '4'"), "A=\"3\"\nB=\"2\"\nC=\"4\"\n");
    let rule = "'a/b' = 'x VIDEO_CARDS: y'";
    assert_eq!(over("package.use/x", rule, "'a/b' = 'z'"), "a/b z\n", "a string replaces groups, too");
    assert_eq!(over("package.use/x", rule, "'a/b' = { USE = 'z' }"), "a/b z\na/b VIDEO_CARDS: y\n");
    assert_eq!(over("package.use/x", rule, "'a/b'.VIDEO_CARDS = 'z'"), "a/b x\na/b VIDEO_CARDS: z\n");
    assert_eq!(
        over("repos.conf/x.conf", "g.location = '/x'\ng.priority = 1", "g.priority = 2"),
        "[g]\nlocation = /x\npriority = 2\n"
    );
    assert_eq!(
        over("/etc/fstab", "'/' = { source = 'x', type = 'ext4', pass = 1 }", "'/'.type = 'xfs'"),
        "x / xfs defaults 0 1\n"
    );
    assert_eq!(
        over("make.conf", "MAKEOPTS = '-j8 -l8 -k'", "MAKEOPTS.jobs = 4"),
        "MAKEOPTS=\"-j4 -l8 -k\"\n"
    );
    assert_eq!(
        over("make.conf", "MAKEOPTS = { literal = '-j8 -k' }", "MAKEOPTS.jobs = 4"),
        "MAKEOPTS=\"-j4 -k\"\n"
    );
}

#[test]
fn add_and_remove_edit_words() {
    for (base, top, wanted) in [
        ("USE = 'a b a'", "USE.add = 'c a'", "a b a c a"),
        ("USE = 'a b a'", "USE.remove = 'a'", "b"),
        ("USE = 'a -kde'", "USE.remove = ['-kde']", "a"),
        ("USE = 'a b'", "USE.add = 'a'\nUSE.remove = 'a'", "b a"),
        ("CFLAGS = 'x'", "USE.add = 'a'", "a"),
    ] {
        let said = over("make.conf", base, top);
        assert!(said.contains(&format!("USE=\"{wanted}\"\n")), "{said}");
    }
    assert_eq!(
        over("package.use/x", "'a/b' = 'x'", "'a/b'.add = 'y VIDEO_CARDS: z'"),
        "a/b x y\na/b VIDEO_CARDS: z\n"
    );
    assert_eq!(
        over("package.use/x", "'a/b' = 'x y'", "'a/b' = { add = 'z', remove = 'x', VIDEO_CARDS = 'i' }"),
        "a/b y z\na/b VIDEO_CARDS: i\n"
    );
    assert_eq!(over("package.env/x", "'a/b' = 'x y'", "'a/b'.remove = 'x'"), "a/b y\n");
    assert_eq!(over("package.use/x", "'a/b' = 'x'", "'a/b'.remove = 'x'"), "", "no words, no rule");
    assert_eq!(
        over(
            "/etc/fstab",
            "'/' = { source = 'x', type = 'y', options = 'a,b' }",
            "'/'.options = { add = 'c', remove = 'a' }"
        ),
        "x / y b,c 0 0\n"
    );
    assert_eq!(
        over("make.conf", "MAKEOPTS = '-j8 -k'", "MAKEOPTS.add = '-s'\nMAKEOPTS.remove = '-k'"),
        "MAKEOPTS=\"-j8 -s\"\n"
    );
    assert_eq!(over("repos.conf/x.conf", "g.x = 'a b'", "g.x.add = 'c'"), "[g]\nx = a b c\n");
}

#[test]
fn what_is_not_there_cannot_be_removed() {
    for (header, base, top, under, help) in [
        ("make.conf", "USE = 'wifi kde'", "USE.remove = 'wify'", "'wify'", "did you mean `wifi`?"),
        ("make.conf", "USE = 'wifi'", "CFLAGS.remove = '-g'", "'-g'", ""),
        ("make.conf", "USE = 'wifi'", "MAKEOPTS.remove = '-k'", "'-k'", ""),
        ("make.conf", "CFLAGS = 'x'", "CFLAG.remove = true", "CFLAG", "did you mean `CFLAGS`?"),
        (
            "package.use/x",
            "'app-editors/vim' = 'x'",
            "'app-editors/vi'.remove = true",
            "'app-editors/vi'",
            "did you mean `app-editors/vim`?",
        ),
        ("profile/package.use/x", "'a/b' = 'x'", "'c/d'.remove = 'x'", "'x'", ""),
        ("package.mask/x", "'a/b' = true", "'a/c'.remove = true", "'a/c'", "did you mean `a/b`?"),
    ] {
        let base = format!("['{header}']\n{base}\n");
        let top = format!("extends = ['base.toml']\n['{header}']\n{top}\n");
        let loaded = layers(&[("main.toml", &top), ("base.toml", &base)]);
        let (code, text_under, said) = loaded.one();
        assert_eq!((code, text_under.as_str(), said.as_str()), ("S012", under, help), "{top}");
        let alone = layers(&[("main.toml", &base)]);
        assert_eq!(text(loaded.root(), header), text(alone.good(), header), "{top}");
    }
}

#[test]
fn remove_true_drops_the_entry() {
    assert_eq!(over("make.conf", "A = '1'\nB = '2'", "A.remove = true"), "B=\"2\"\n");
    assert_eq!(over("package.use/x", "'a/b' = 'x'\n'c/d' = 'y'", "'a/b'.remove = true"), "c/d y\n");
    assert_eq!(
        over("package.use/x", "'a/b' = 'x VIDEO_CARDS: y'", "'a/b'.VIDEO_CARDS.remove = true"),
        "a/b x\n"
    );
    assert_eq!(over("package.mask/x", "'a/b' = true\n'c/d' = true", "'a/b'.remove = true"), "c/d\n");
    assert_eq!(over("repos.conf/x.conf", "g.x = 'a'\nh.y = 'b'", "g.remove = true"), "[h]\ny = b\n");
    assert_eq!(
        over("/etc/fstab", "'/' = { source = 'x', type = 'y' }\ns.source = 'z'", "'/'.remove = true"),
        "z none swap sw 0 0\n"
    );
    assert_eq!(
        over("make.conf", "MAKEOPTS = '-j8 -l8'", "MAKEOPTS.jobs.remove = true"),
        "MAKEOPTS=\"-l8\"\n"
    );
    let loaded = load("[make.conf]\nUSE = { remove = true, add = 'x' }");
    assert_eq!(loaded.places(), [("S008", "true".to_owned())]);
}

#[test]
fn a_replaced_entry_keeps_its_place() {
    assert_eq!(
        over("package.mask/x", "'a/a' = true\n'b/b' = true", "'c/c' = true\n'a/a' = true"),
        "a/a\nb/b\nc/c\n"
    );
    assert_eq!(over("make.conf", "A = '1'\nB = '2'", "C = '3'\nA = '4'"), "A=\"4\"\nB=\"2\"\nC=\"3\"\n");
}

#[test]
fn layers_speak_depth_first_left_to_right_each_once() {
    let conf = |extends: &str, word: &str| format!("{extends}[make.conf]\nUSE.add = '{word}'\n");
    let loaded = layers(&[
        ("main.toml", &conf("extends = ['./l/a.toml', 'l/../l/b.toml', 'base.toml']\n", "main")),
        ("l/a.toml", &conf("extends = ['../base.toml']\n", "a")),
        ("l/b.toml", &conf("extends = ['../base.toml', 'a.toml']\n", "b")),
        ("base.toml", &conf("", "base")),
    ]);
    assert_eq!(text(loaded.good(), "make.conf"), "USE=\"base a b main\"\n");
    let touches = &loaded.root().origins.files[&path("make.conf")].entries;
    let all: Vec<_> = touches.values().next().unwrap().iter().map(|t| (t.text.as_str(), t.effect)).collect();
    assert_eq!(all, ["base", "a", "b", "main"].map(|word| (word, Effect::Add)));
}

#[test]
fn cycles_are_errors() {
    let loaded = layers(&[("main.toml", "extends = ['a.toml']\n"), ("a.toml", "extends = ['main.toml']\n")]);
    assert!(loaded.resolved.is_none());
    assert_eq!(
        loaded.findings(),
        ["S004 `'main.toml'` the layers extend each other: `main.toml` extends `a.toml` extends `main.toml`"]
    );
    let loaded = load("extends = ['main.toml']");
    assert_eq!(loaded.places(), [("S004", "'main.toml'".to_owned())]);
    let files = specs(&[("main.toml", "extends = ['a.toml']\n"), ("a.toml", "extends = ['./main.toml']\n")]);
    let mut report = portage_config::report::Report::new();
    let options = portage_config::spec::Options::new(&files);
    assert!(portage_config::spec::load("./main.toml", &options, &mut report).is_none());
    assert_eq!(report.diagnostics.len(), 1);
}

#[test]
fn the_cycle_is_shown_where_it_closes() {
    let loaded = layers(&[
        ("main.toml", "extends = ['good.toml', 'a.toml']\n"),
        ("good.toml", ""),
        ("a.toml", "extends = ['good.toml', 'main.toml']\n"),
    ]);
    assert_eq!(loaded.places(), [("S004", "'main.toml'".to_owned())]);
}

#[test]
fn missing_layers_are_all_reported() {
    let loaded = load("extends = ['gone.toml', 'preset:i486-glibc-systmd', 3, { tree = 'x' }, '']");
    assert!(loaded.resolved.is_none());
    let places: Vec<_> = loaded.places();
    assert_eq!(
        places,
        [
            ("S003", "'gone.toml'".to_owned()),
            ("S003", "'preset:i486-glibc-systmd'".to_owned()),
            ("S008", "3".to_owned()),
            ("S003", "{ tree = 'x' }".to_owned()),
            ("S008", "''".to_owned()),
        ]
    );
    assert_eq!(
        loaded.report.diagnostics[1].help.as_deref(),
        Some("did you mean `preset:i486-glibc-systemd`?")
    );
}

#[test]
fn a_preset_is_a_layer() {
    let files =
        specs(&[("main.toml", "extends = ['preset:i486-glibc-systemd']\n[make.conf]\nUSE.add = 'x'")]);
    let loaded = load_with(&files, |options| options.examples = true);
    assert!(text(loaded.good(), "make.conf").contains("-nls x\""));
}

#[test]
fn own_absent_and_later_content() {
    let base = "['package.use/x']\n'a/b' = 'c'\n";
    let gone = "extends = ['base.toml']\n[file.'package.use/x']\nown = 'absent'\n";
    let loaded = layers(&[("main.toml", gone), ("base.toml", base)]);
    assert_eq!(file(loaded.good(), "package.use/x").body, Body::Absent);
    let back = "extends = ['gone.toml']\n['package.use/x']\n'd/e' = 'f'\n";
    let loaded = layers(&[("main.toml", back), ("gone.toml", gone), ("base.toml", base)]);
    assert_eq!(text(loaded.good(), "package.use/x"), "d/e f\n");
}

#[test]
fn variables_stand_behind_those_they_refer_to() {
    assert_eq!(
        over("make.conf", "CFLAGS = '-O2 ${EXTRA}'\nLDFLAGS = '${LDFLAGS} x'", "EXTRA = 'y'"),
        "EXTRA=\"y\"\nCFLAGS=\"-O2 ${EXTRA}\"\nLDFLAGS=\"${LDFLAGS} x\"\n"
    );
    let loaded = load("[make.conf]\nA = '${B}'\nB = '${A}'\n");
    assert_eq!(loaded.places().iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["S018"]);
}

#[test]
fn toml_lists_are_edited_by_element() {
    let header = "/etc/ugrd/config.toml";
    let said = over(header, "modules = ['a', 'b']", "modules.add = ['c']\nmodules.remove = 'a'");
    assert_eq!(said, "modules = [\"b\", \"c\"]\n");
    let said = over(header, "mounts.root.type = 'ext4'", "mounts.root.uuid = 'x'");
    assert_eq!(said, "[mounts.root]\ntype = \"ext4\"\nuuid = \"x\"\n");
    assert_eq!(over(header, "a.b = 1", "a.b.remove = true"), "[a]\n");
}
