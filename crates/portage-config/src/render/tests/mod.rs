mod kinds;

use super::*;
use crate::file::named;
use crate::model::{Comment, Ini, IniKey, IniSection};

fn rel(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

fn note(above: &[&str], behind: Option<&str>) -> Comment {
    Comment { above: above.iter().map(|l| (*l).to_owned()).collect(), behind: behind.map(str::to_owned) }
}

fn key(key: &str, value: &str) -> IniKey {
    IniKey { key: key.into(), value: value.into(), comment: Comment::default() }
}

fn gentoo() -> Ini {
    let mut gentoo = IniSection {
        name: "gentoo".into(),
        keys: vec![key("location", "/var/db/repos/gentoo"), key("auto-sync", "no")],
        comment: note(&[" the main one"], None),
    };
    gentoo.keys[1].comment = note(&[" by hand"], Some(" for now"));
    let default = IniSection {
        name: "DEFAULT".into(),
        keys: vec![key("main-repo", "gentoo")],
        ..IniSection::default()
    };
    Ini { header: vec![" repositories".into()], sections: vec![default, gentoo] }
}

fn text(bytes: Result<Vec<u8>, RenderError>) -> String {
    String::from_utf8(bytes.unwrap()).unwrap()
}

#[test]
fn groups_end_with_their_line_in_package_use_alone() {
    for (name, expected) in
        [("package.use", "a/b L10N: de\na/b x\n"), ("profile/package.use", "a/b l10n_de\na/b x\n")]
    {
        let kind = named(name).unwrap();
        let model = syntax::read(&kind.grammar, b"a/b L10N: de\na/b x\n", &mut Report::new().file(&rel("x")));
        assert_eq!(text(create(kind, &model, &Templates::builtin())), expected);
    }
}

#[test]
fn sections_in_a_new_file() {
    let kind = named("repos.conf").unwrap();
    let text = text(create(kind, &Model::Ini(gentoo()), &Templates::builtin()));
    insta::assert_snapshot!(text, @r"
    # repositories

    [DEFAULT]
    main-repo = gentoo

    # the main one
    [gentoo]
    location = /var/db/repos/gentoo
    # by hand
    # for now
    auto-sync = no
    ");
    assert_eq!(text.as_bytes(), update(kind, &Model::Ini(gentoo()), Own::Whole, text.as_bytes()).unwrap());
}

/// What a template may try, and what the gate says.
#[test]
fn hostile_templates_are_refused() {
    let honest = Templates::source("etc/portage/repos.conf.j2").unwrap();
    let kind = named("repos.conf").unwrap();
    let try_it = |source: String| {
        let mut templates = Templates::builtin();
        templates.add("etc/portage/repos.conf.j2", source)?;
        create(kind, &Model::Ini(gentoo()), &templates)
    };
    assert!(try_it(honest.to_owned()).is_ok());
    let changed = |from: &str, to: &str| {
        let source = honest.replace(from, to);
        assert_ne!(source, honest, "{from}");
        source
    };
    let all = [
        format!("{honest}\n[evil]\nlocation = /x\n"),
        format!("{honest}sync-uri = rsync://evil\n"),
        format!("{honest}nonsense\n"),
        format!("nonsense\n{honest}"),
        changed("{{ key.value }}", "{{ key.value }}x"),
        changed("{{ key.value }}", ""),
        changed("[{{ section.name }}]", "[x{{ section.name }}]"),
        changed("{% for section in sections %}", "{% for section in sections[1:] %}"),
        changed("{% for section in sections %}", "{% for section in sections[::-1] %}"),
        changed("#{{ line }}", ""),
        String::new(),
    ]
    .map(|source| {
        try_it(source)
            .expect_err("must be refused")
            .to_string()
            .replace("template `etc/portage/repos.conf.j2`: ", "")
    })
    .join("\n");
    insta::assert_snapshot!(all, @r"
    does not read back as the model it was rendered from: `evil` is too much
    does not read back as the model it was rendered from: `gentoo.sync-uri` is too much
    adds what its reader refuses: `nonsense` is no `key = value`
    does not read back as the model it was rendered from: the comment at the head is another
    does not read back as the model it was rendered from: `DEFAULT.main-repo` says `gentoox`, not `gentoo`
    does not read back as the model it was rendered from: `DEFAULT.main-repo` says nothing, not `gentoo`
    does not read back as the model it was rendered from: `DEFAULT` is missing
    does not read back as the model it was rendered from: `DEFAULT` is missing
    does not read back as the model it was rendered from: the order or the number of the entries is another, or a comment
    does not read back as the model it was rendered from: the comment at the head is another
    does not read back as the model it was rendered from: `DEFAULT` is missing
    ");
}

#[test]
fn values_that_would_leave_their_line_are_refused() {
    let kind = named("repos.conf").unwrap();
    for value in ["a\n[evil]", "a\nb = c", "a\r[evil]", "a\0", "x\n\n# y", "100%"] {
        let mut model = gentoo();
        model.sections[1].keys[0].value = value.into();
        let created = create(kind, &Model::Ini(model.clone()), &Templates::builtin());
        if let Ok(bytes) = created {
            let back = syntax::read(&kind.grammar, &bytes, &mut Report::new().file(&rel("x")));
            assert!(settle::settled(kind, &Model::Ini(model)).satisfied_by(&back), "{value:?}");
        }
    }
    let mut model = gentoo();
    model.sections[1].keys[1].comment = note(&[" a\nsync-uri = evil"], None);
    assert!(create(kind, &Model::Ini(model), &Templates::builtin()).is_err());
}

#[test]
fn a_file_that_says_it_already_stays_as_it_is() {
    let kind = named("repos.conf").unwrap();
    let odd = b"; mine\n[DEFAULT]\nmain-repo: gentoo\n\n\n[gentoo]\nLOCATION=/var/db/repos/gentoo\n  \n";
    let back = syntax::read(&kind.grammar, odd, &mut Report::new().file(&rel("x")));
    assert_eq!(update(kind, &back, Own::Whole, odd).unwrap(), odd);
    assert_eq!(update(kind, &Model::Ini(gentoo()), Own::Once, b"[x]\n").unwrap(), b"[x]\n");
    let changed =
        text(update(kind, &Model::Ini(gentoo()), Own::Whole, b"[gentoo]\n# mine\nlocation: /old\n"));
    assert!(changed.contains("# mine\nlocation: /var/db/repos/gentoo\n"), "{changed}");
}

#[test]
fn entries_hold_among_others() {
    let kind = named("repos.conf").unwrap();
    let ours = Ini {
        header: vec![" ours".into()],
        sections: vec![IniSection {
            name: "gentoo".into(),
            keys: vec![key("auto-sync", "no")],
            ..IniSection::default()
        }],
    };
    let there = b"# theirs\n\n[gentoo]\nlocation = /g\nAuto-Sync = yes\n\n[other]\nlocation = /o\n";
    let changed = text(update(kind, &Model::Ini(ours.clone()), Own::Entries, there));
    insta::assert_snapshot!(changed, @r"
    # theirs

    [gentoo]
    location = /g
    auto-sync = no

    [other]
    location = /o
    ");
    let again = update(kind, &Model::Ini(ours), Own::Entries, changed.as_bytes()).unwrap();
    assert_eq!(again, changed.as_bytes());
}

fn config(files: Vec<(&str, File)>) -> Config {
    Config { files: files.into_iter().map(|(path, file)| (rel(path), file)).collect() }
}

fn ini_file() -> File {
    File::model_of(named("repos.conf").unwrap(), Model::Ini(gentoo()))
}

fn sccache(kind: &str, text: &str) -> File {
    File::new(named(kind), Body::Text(crate::config::Bytes(text.into())))
}

#[test]
fn a_tree_of_all_bodies_and_modes() {
    let mut secret = gentoo();
    secret.sections[1].keys.push(key("sync-uri", "https://me:hunter2@example.org/gentoo.git"));
    let mut moded = ini_file();
    moded.mode = Some(0o640);
    let mut filled = File::new(None, Body::Text(crate::config::Bytes(b"token\n".to_vec())));
    filled.secret = true;
    let config = config(vec![
        ("etc/a", File::new(None, Body::Text(crate::config::Bytes(b"\xff\r\n".to_vec())))),
        ("etc/b", filled),
        ("etc/c", File::new(None, Body::Dir)),
        ("etc/c/d", File::new(None, Body::Link("../x".into()))),
        ("etc/e", File::new(None, Body::Absent)),
        ("etc/f", File::new(None, Body::HandsOff)),
        ("etc/portage/repos.conf/a", moded),
        ("etc/portage/repos.conf/b", File::model_of(named("repos.conf").unwrap(), Model::Ini(secret))),
        ("etc/sccache/client.toml", sccache("sccache.client", "[dist.auth]\ntoken = \"x\"\n")),
        ("etc/sccache/scheduler.toml", sccache("sccache.scheduler", "[client_auth]\ntoken = \"x\"\n")),
    ]);
    let mut report = Report::new();
    let tree = render(&config, &Templates::builtin(), &mut report).unwrap();
    let heads: Vec<String> =
        tree.to_text().lines().filter(|l| l.starts_with("etc")).map(str::to_owned).collect();
    assert_eq!(
        heads,
        [
            "etc/a 0644",
            "etc/b 0600",
            "etc/c/ 0755",
            "etc/c/d -> ../x",
            "etc/portage/repos.conf/a 0640",
            "etc/portage/repos.conf/b 0644",
            "etc/sccache/client.toml 0640",
            "etc/sccache/scheduler.toml 0600"
        ]
    );
    assert!(report.diagnostics.is_empty());
}

#[test]
fn all_mistakes_are_reported_and_nothing_is_returned() {
    let mut bad = gentoo();
    bad.sections[1].name = "a]\nb".into();
    let bad = File::model_of(named("repos.conf").unwrap(), Model::Ini(bad));
    let config = config(vec![
        ("etc/link", File::new(None, Body::Link("/".into()))),
        ("etc/link/below", File::new(None, Body::Dir)),
        ("etc/portage/repos.conf", ini_file()),
        ("etc/portage/repos.conf/a", bad),
        ("etc/z", File::new(None, Body::Model(Model::Ini(gentoo())))),
    ]);
    let mut report = Report::new();
    assert!(render(&config, &Templates::builtin(), &mut report).is_none());
    let messages: Vec<_> =
        report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect();
    insta::assert_snapshot!(messages.join("\n"), @r"
    F002 `etc/link/below` cannot be written: `etc/link` is a link
    F001 `etc/portage/repos.conf/a` cannot be written: `etc/portage/repos.conf` is a file
    F005 a text holds a control character
    F005 entries of no known kind of file
    ");
}

#[test]
fn a_comment_above_a_line_that_ends_the_reading_is_no_header() {
    let kind = named("make.conf").unwrap();
    let wanted = syntax::read(&kind.grammar, b"# note\n\nUSE=\"a\"\n", &mut Report::new().file(&rel("x")));
    for current in [&b"# note\n\0\n"[..], b"# note\n\n\0\n", b"# note\n=\n", b"# note\nA=\"", b"\0\n# note\n"]
    {
        let once = update(kind, &wanted, Own::Whole, current).unwrap();
        assert!(
            once.starts_with(b"# note\n") && once.windows(7).any(|part| part == b"USE=\"a\""),
            "{once:?}"
        );
        assert_eq!(update(kind, &wanted, Own::Whole, &once).unwrap(), once);
    }
}
