use super::*;

#[test]
fn rules_change_word_by_word() {
    for (before, statement, after) in [
        // A comment behind the words, and groups.
        ("a/b ssl # needed by minion\n", r#""a/b".add = "ldap""#, "a/b ssl ldap # needed by minion\n"),
        (
            "a/b ssl PYTHON_TARGETS: python3_11 -python3_12\n",
            r#""a/b".add = "ldap""#,
            "a/b ssl ldap PYTHON_TARGETS: python3_11 -python3_12\n",
        ),
        (
            "a/b ssl PYTHON_TARGETS: python3_11\n",
            r#""a/b".PYTHON_TARGETS.add = "python3_13""#,
            "a/b ssl PYTHON_TARGETS: python3_11 python3_13\n",
        ),
        (
            "a/b ssl PYTHON_TARGETS: python3_11 python3_12\n",
            r#""a/b".remove = "PYTHON_TARGETS: python3_11""#,
            "a/b ssl PYTHON_TARGETS: python3_12\n",
        ),
        // Atoms are what they are written as.
        ("a/foobar bar\na/foo bar\n", r#""a/foobar" = "-bar""#, "a/foobar -bar\na/foo bar\n"),
        ("a/foobar bar\na/foo bar\n", r#""a/foo" = "-bar""#, "a/foobar bar\na/foo -bar\n"),
        ("a/foo:0 qt\na/foo:2 ssl\n", r#""a/foo:0".add = "ssl""#, "a/foo:0 qt ssl\na/foo:2 ssl\n"),
        ("*/* ssl\na/b::r x\n", r#""a/b".add = "y""#, "*/* ssl\na/b::r x\na/b y\n"),
        // The last line has no end.
        ("a/b ssl", r#""c/d" = "ldap""#, "a/b ssl\nc/d ldap\n"),
        ("a/b ssl", r#""a/b".add = "ldap""#, "a/b ssl ldap"),
        ("x/y z\na/b ssl", r#""x/y".remove = true"#, "a/b ssl"),
        // Blank lines, comments and indentation.
        (
            "# head\n\n  a/b   ssl\t-x   # why\n# tail",
            r#""a/b".remove = "-x""#,
            "# head\n\n  a/b   ssl   # why\n# tail",
        ),
        ("\n#a/b qt\n", r#""a/b" = "qt""#, "\n#a/b qt\n\na/b qt\n"),
        ("a/b x\r\nc/d y\r\n", r#""c/d".add = "z""#, "a/b x\r\nc/d y z\r\n"),
        // What is said already, in whatever order.
        ("a/b  y x\n", r#""a/b".add = "x y""#, "a/b  y x\n"),
        ("a/b -x y\n", r#""a/b".add = "x""#, "a/b y x\n"),
        ("a/b x -* y\n", r#""a/b".add = "x""#, "a/b x -* y x\n"),
        ("a/b x\na/b y\n", r#""a/b".add = "z""#, "a/b x\na/b y z\n"),
        ("a/b x\n", r#""a/b".remove = "x""#, ""),
    ] {
        assert_eq!(edit(before, &[&format!("package.use: {statement}")]), after, "{before:?} {statement}");
    }
}

#[test]
fn items_come_and_go() {
    assert_eq!(edit("# why\na/b # x\n", &["package.mask: \">=a/b-2\" = true"]), "# why\na/b # x\n>=a/b-2\n");
    assert_eq!(edit("a/b\nc/d\n", &["package.mask: \"a/b\".remove = true"]), "c/d\n");
    assert_eq!(edit("a/b", &["package.mask: \"a/b\" = true"]), "a/b");
}

#[test]
fn words_of_variables_change_where_they_stand() {
    for (before, statement, after) in [
        (
            "USE=\"ssl\n     qt  -gtk\n     # X\n\"\n",
            "USE.remove = \"-gtk\"",
            "USE=\"ssl\n     qt\n     # X\n\"\n",
        ),
        ("USE=\"ssl\n     qt\"\n", "USE.add = \"X\"", "USE=\"ssl\n     qt X\"\n"),
        ("USE=\"\n  ssl\n  qt\n\"\n", "USE.add = \"X\"", "USE=\"\n  ssl\n  qt X\n\"\n"),
        ("USE=\"\n  ssl\n  qt\n\"\n", "USE.remove = \"ssl\"", "USE=\"\n  qt\n\"\n"),
        ("USE=\"a \\\n  b \\\n  c\"\n", "USE.remove = \"b\"", "USE=\"a \\\n  c\"\n"),
        ("USE=\"a \\\n  b \\\n\"\n", "USE.add = \"c\"", "USE=\"a \\\n  b c \\\n\"\n"),
        ("USE='a  b'\n", "USE.add = \"c\"", "USE='a  b c'\n"),
        ("USE=a # x\n", "USE.add = \"c\"", "USE=\"a c\" # x\n"),
        ("USE=\"openssl ssl sslv3\"\n", "USE.remove = \"ssl\"", "USE=\"openssl sslv3\"\n"),
        ("USE=\"-gtk x\"\n", "USE.add = \"gtk\"", "USE=\"x gtk\"\n"),
        ("USE=\"x\"\n", "USE.add = \"x\"", "USE=\"x\"\n"),
        ("USE_EXPAND_HIDDEN=\"A\"\nUSE=\"x\"\n", "USE.add = \"y\"", "USE_EXPAND_HIDDEN=\"A\"\nUSE=\"x y\"\n"),
        ("FEATURES=\"ccache\" # speed\n", "FEATURES.add = \"test\"", "FEATURES=\"ccache test\" # speed\n"),
        ("MAKEOPTS=\"-j8  -l9\"", "MAKEOPTS.jobs = 4", "MAKEOPTS=\"-j4  -l9\""),
        ("USE=\"a\"\nUSE=\"${USE} b\"\n", "USE.add = \"c\"", "USE=\"a\"\nUSE=\"${USE} b c\"\n"),
        ("export USE=\"a\"\n", "USE.add = \"c\"", "export USE=\"a c\"\n"),
        ("A=1 USE=\"a\" B=2\n", "USE.add = \"c\"", "A=1 USE=\"a c\" B=2\n"),
        ("CFLAGS=\"-O2\"", "USE = \"x\"", "CFLAGS=\"-O2\"\nUSE=\"x\"\n"),
        (
            "EMERGE_DEFAULT_OPTS=\"--exclude a\"\n",
            "EMERGE_DEFAULT_OPTS.add = \"--exclude b\"",
            "EMERGE_DEFAULT_OPTS=\"--exclude a --exclude b\"\n",
        ),
        (
            "CFLAGS=\"-O2 -pipe\"\n",
            "CFLAGS = { literal = '-O2 -DN=\"x y\"' }",
            "CFLAGS=\"-O2 -DN=\\\"x y\\\"\"\n",
        ),
    ] {
        assert_eq!(edit(before, &[&format!("make.conf: {statement}")]), after, "{before:?} {statement}");
    }
}

#[test]
fn other_languages() {
    let repos = "[DEFAULT]\nmain-repo = gentoo\n\n# ours\n[gentoo]\nlocation = /x\nauto-sync = yes\nextra =\n    --a\n\t# in between\n    --b  --c\n";
    assert_eq!(
        edit(repos, &["repos.conf: gentoo.auto-sync = false"]),
        repos.replace("auto-sync = yes", "auto-sync = no")
    );
    assert_eq!(
        edit(repos, &["repos.conf: gentoo.extra.add = \"--d\""]),
        repos.replace("--b  --c", "--b  --c --d")
    );
    let fstab = "# <fs>\n/dev/sda1\t/\text4   defaults\t0 1\nUUID=1  none swap sw 0 0";
    assert_eq!(
        edit(fstab, &["/etc/fstab: \"/\".options.add = \"noatime\""]),
        fstab.replace("defaults", "defaults,noatime")
    );
    let ugrd = "# x\nmodules = [\n  \"a\", # first\n  \"b\"\n]\nhostonly   =  true\n";
    let path = "etc/ugrd/config.toml";
    assert_eq!(
        edited(path, ugrd, &["/etc/ugrd/config.toml: hostonly = false"]).unwrap(),
        ugrd.replace("true", "false")
    );
}

#[test]
fn lines_that_nobody_can_read_stay() {
    let before = "USE+=\"x\"\nA=\"1\"\n";
    assert_eq!(edit(before, &["make.conf: A = \"2\""]), "USE+=\"x\"\nA=\"2\"\n");
}

#[test]
fn mistakes_are_reported_all_at_once() {
    let statements = [
        "package.use: \"a/b-1\" = \"x\"",
        "package.use: \"a/b\".add = \"-\"",
        "package.use \"a/b\" = \"x\"",
        "package.use: \"a/b\" = ",
        "package.use: \"a/b\" = \"x\"\n\"c/d\" = \"y\"",
        "package.use.mask: \"a/b\" = \"x\"",
        "use.mask: x = true",
        "package.use: \"a/b\" = \"MASK:\"",
        "../x: A = \"1\"",
    ];
    let messages = edited("etc/portage/package.use", "", &statements).unwrap_err();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn places_are_those_of_the_statement() {
    let mut report = Report::new();
    let path = RelPath::parse("etc/portage/package.use").unwrap();
    assert!(text(&path, b"", &["\"package.use/x\": \"a/b\" = \"?x\""], &mut report).is_none());
    let found = report.diagnostics.pop().unwrap();
    let span = found.spot.span.unwrap();
    let source = report.sources.get(span.source).unwrap();
    assert_eq!(source.text.get(span.start..span.end), Some("\"?x\""));
}
