use proptest::prelude::*;

use super::*;
use crate::file::IniDialect::{ConfigParser, KeyFile, Systemd};
use crate::model::{Comment, IniKey, IniSection};
use crate::report::Report;
use crate::vocab::{RelPath, Text};

fn read_all(dialect: IniDialect, text: &[u8]) -> (Ini, Vec<&'static str>) {
    let path = RelPath::parse("etc/portage/repos.conf").unwrap();
    let mut report = Report::new();
    let ini = read(dialect, text, &mut report.text(&path, text));
    (ini, report.diagnostics.iter().map(|d| d.code.id).collect())
}

fn ini(sections: &[(&str, &[(&str, &str)])]) -> Ini {
    let keys = |keys: &[(&str, &str)]| {
        let key = |(key, value): &(&str, &str)| IniKey {
            key: (*key).to_owned(),
            value: Text::from(*value),
            comment: Comment::default(),
        };
        keys.iter().map(key).collect()
    };
    let section = |(name, k): &(&str, &[(&str, &str)])| IniSection {
        name: (*name).into(),
        keys: keys(k),
        ..Default::default()
    };
    Ini { header: Vec::new(), sections: sections.iter().map(section).collect() }
}

fn edit(dialect: IniDialect, text: &str, change: impl FnOnce(&mut Ini)) -> String {
    let mut model = read_all(dialect, text.as_bytes()).0;
    change(&mut model);
    String::from_utf8(write(dialect, text.as_bytes(), &model).unwrap()).unwrap()
}

const REPOS: &str = "\
# the tree\n\n[DEFAULT]\nmain-repo = gentoo\n\n# from the mirror\n[gentoo]\nLocation=/var/db/repos/gentoo\n\
sync-uri = rsync://a\n    rsync://b\n# weekly\nauto-sync : no\n\n; the end\n";

#[test]
fn a_text_is_taken_apart() {
    let (model, codes) = read_all(ConfigParser, REPOS.as_bytes());
    assert_eq!(codes, [""; 0]);
    assert_eq!(model.header, [" the tree"]);
    assert_eq!(model.sections[1].comment.above, [" from the mirror"]);
    assert_eq!(model.get("gentoo", "location").unwrap().value.reveal(), "/var/db/repos/gentoo");
    assert_eq!(model.get("gentoo", "sync-uri").unwrap().value.reveal(), "rsync://a\nrsync://b");
    assert_eq!(model.get("gentoo", "auto-sync").unwrap().comment.above, [" weekly"]);
}

#[test]
fn mistakes_are_named() {
    for (text, expected) in [
        ("[a]\nx = 5%\n", vec!["P101"]),
        ("[a]\nx = %(x\n", vec!["P101"]),
        ("[a]\nx = 5%%\ny = %(ROOT)s%(x)s\n", vec![]),
        ("[a]\nx=1\n[a]\ny=1\n", vec!["P102"]),
        ("[DEFAULT]\nx=1\n[DEFAULT]\ny=1\n", vec![]),
        ("[a]\nx=1\nX=2\n", vec!["P103"]),
        ("[a]\nalone\n", vec!["P104"]),
        ("[a]\n = 1\n", vec!["P104"]),
        ("x=1\ny=2\n[a]\n", vec!["P105"]),
        ("\u{feff}[a]\nx=1\n", vec!["P106"]),
        ("[a]\nx=1\n y=2\n", vec!["P107"]),
        ("[a]\nx=https://a\n  https://b\n", vec![]),
        ("[a]\nx=%(nosuch)s\n", vec!["P108"]),
        ("[a]\nx=%(x)s\n", vec!["P109"]),
        ("[a]\nx=%(y)s\ny=%(x)s\n", vec!["P109", "P109"]),
    ] {
        assert_eq!(read_all(ConfigParser, text.as_bytes()).1, expected, "{text:?}");
    }
    for (text, expected) in [
        ("[Unit]\nA=5%\nA=\nA=b \\\n# c\n  d\n", vec![]),
        ("[Unit\n", vec!["P110"]),
        ("A=1\n[Unit]\nalone\n", vec!["P111", "P111"]),
    ] {
        assert_eq!(read_all(Systemd, text.as_bytes()).1, expected, "{text:?}");
    }
    let long: String = (0..5000).map(|n| format!("k{n} = %(k{})s\n", n + 1)).collect();
    assert!(read_all(ConfigParser, format!("[a]\n{long}").as_bytes()).1.contains(&"P109"));
}

#[test]
fn systemd_joins_lines_and_repeats_keys() {
    let (model, _) =
        read_all(Systemd, b"[Service]\nExecStart=\nExecStart=/bin/a \\\n# why\n  b\n[Service]\nA=1\n");
    assert_eq!(
        model,
        ini(&[("Service", &[("ExecStart", ""), ("ExecStart", "/bin/a    b")]), ("Service", &[("A", "1")])])
    );
}

#[test]
fn only_what_differs_is_written() {
    let changed = edit(ConfigParser, REPOS, |m| {
        m.sections[1].keys[0].value = "/srv/gentoo".into();
        m.sections[1].keys.remove(1);
        m.sections[1].keys.extend(ini(&[("", &[("priority", "50")])]).sections[0].keys.clone());
        m.sections.push(ini(&[("local", &[("location", "/srv/local")])]).sections[0].clone());
    });
    assert_eq!(
        changed,
        "# the tree\n\n[DEFAULT]\nmain-repo = gentoo\n\n# from the mirror\n[gentoo]\nLocation=/srv/gentoo\n\
         # weekly\nauto-sync : no\npriority = 50\n\n; the end\n\n[local]\nlocation = /srv/local\n"
    );
    let text = "[Service]\nA=1\nA=2\nA=3";
    assert_eq!(edit(Systemd, text, |m| drop(m.sections[0].keys.remove(1))), "[Service]\nA=1\nA=3");
    assert_eq!(
        edit(Systemd, text, |m| m.sections[0].keys[2].comment.behind = Some(" why".into())),
        "[Service]\nA=1\nA=2\n# why\nA=3"
    );
    assert_eq!(
        edit(ConfigParser, "[a]\r\nx =\r\n", |m| m.sections[0].keys[0].value = "1".into()),
        "[a]\r\nx = 1\r\n"
    );
}

#[test]
fn a_new_file_is_plain() {
    let mut model =
        ini(&[("DEFAULT", &[("main-repo", "gentoo")]), ("gentoo", &[("a", "b\n\nc"), ("d", "")])]);
    model.header = vec![" mine".into()];
    model.sections[1].keys[0].comment.above = vec![" why".into()];
    let text = write(ConfigParser, b"", &model).unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        "# mine\n\n[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\n# why\na = b\n\n    c\nd =\n"
    );
}

#[test]
fn what_cannot_be_said_is_refused() {
    for (name, key, value) in [
        ("a\nb", "k", "v"),
        ("", "k", "v"),
        ("a", "k=", "v"),
        ("a", "[k", "v"),
        ("a", "#k", "v"),
        ("a", " k", "v"),
        ("a", "k", " v"),
        ("a", "k", "v\n# no"),
        ("a", "k", "v\n"),
        ("a", "k", "5%"),
        ("a", "k", "a\rb"),
    ] {
        assert!(write(ConfigParser, b"", &ini(&[(name, &[(key, value)])])).is_err(), "{name} {key} {value}");
    }
    assert!(write(ConfigParser, b"", &ini(&[("a", &[("k", "1"), ("K", "2")])])).is_err());
    assert!(write(ConfigParser, b"[a]\n", &ini(&[("a", &[]), ("a", &[])])).is_err());
    assert!(write(Systemd, b"", &ini(&[("a", &[("k", "v\\")])])).is_err());
    assert!(write(Systemd, b"", &ini(&[("a", &[("k", "v\\\\"), ("k", "50%")])])).is_ok());
}

#[test]
fn spans_name_sections_and_keys() {
    let text = REPOS.as_bytes();
    let all = spans(ConfigParser, text);
    let (_, range) = all.iter().find(|(key, _)| *key == Key::of("gentoo").then("sync-uri")).unwrap();
    assert_eq!(&text[range.clone()], b"sync-uri = rsync://a\n    rsync://b");
    let (_, range) = all.iter().find(|(key, _)| *key == Key::of("gentoo")).unwrap();
    assert_eq!(&text[range.clone()], b"[gentoo]");
}

fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"[a]",
        b"[b]",
        b"[DEFAULT]",
        b"x",
        b"y",
        b"=",
        b":",
        b" ",
        b"  ",
        b"\t",
        b"\n",
        b"\n",
        b"\n",
        b"\r\n",
        b"#",
        b"; c",
        b"\\",
        b"v",
        b"%",
        b"%%",
        b"%(x)s",
        b"]",
        b"[",
        b"\xff",
        "é\u{a0}".as_bytes(),
        b"k = v\n",
        b"\x1c",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..40).prop_map(|p| p.concat())
}

fn model() -> impl Strategy<Value = Ini> {
    let comment =
        prop::collection::vec("[ a#;é]{0,4}", 0..3).prop_map(|above| Comment { above, behind: None });
    let key = ("[a-cX]{1,2}", "[a%=;#é \n\\\\]{0,5}", comment.clone())
        .prop_map(|(key, value, comment)| IniKey { key, value: value.into(), comment });
    let section = ("[ab \\]]{1,3}", prop::collection::vec(key, 0..4), comment.clone())
        .prop_map(|(name, keys, comment)| IniSection { name, keys, comment });
    (comment, prop::collection::vec(section, 0..4))
        .prop_map(|(header, sections)| Ini { header: header.above, sections })
}

#[test]
fn key_files_of_glib() {
    let text = b"# c\n[generic]\n\tuser = nbd\n\n[rootfs]\nexportname = /a=b\\\n; no comment\njunk\n";
    let (model, codes) = read_all(KeyFile, text);
    assert_eq!(model.get("generic", "user").unwrap().value.reveal(), "nbd");
    assert_eq!(model.get("rootfs", "exportname").unwrap().value.reveal(), "/a=b\\");
    assert_eq!(codes, ["P112", "P112"]);
    let wanted = ini(&[("generic", &[("user", "root")]), ("rootfs", &[("exportname", "/x"), ("flush", "")])]);
    let written = write(KeyFile, b"[generic]\n\tuser = nbd\n\n[rootfs]\nexportname=/y\n", &wanted).unwrap();
    assert_eq!(
        String::from_utf8(written).unwrap(),
        "[generic]\n\tuser = root\n\n[rootfs]\nexportname=/x\nflush =\n"
    );
    for (section, key, value) in
        [("a]b", "k", "v"), ("a", "k=l", "v"), ("a", "#k", "v"), ("a", "k", "v\nw"), ("a", "k", " v")]
    {
        assert!(write(KeyFile, b"", &ini(&[(section, &[(key, value)])])).is_err(), "{section} {key} {value}");
    }
}

proptest! {
    #[test]
    fn tiles_are_the_text(text in fragment()) {
        for dialect in [ConfigParser, Systemd, KeyFile] {
            let doc = super::doc::Doc::parse(dialect, &text);
            let bytes: Vec<u8> = doc.tiles.iter().flat_map(|t| text[t.range.clone()].to_vec()).collect();
            prop_assert_eq!(&bytes, &text);
        }
    }

    #[test]
    fn writing_what_was_read_changes_no_byte(text in fragment()) {
        for dialect in [ConfigParser, Systemd, KeyFile] {
            let model = read_all(dialect, &text).0;
            prop_assert_eq!(&write(dialect, &text, &model).unwrap(), &text);
            spans(dialect, &text);
        }
    }

    #[test]
    fn reading_what_was_written_gives_the_model(model in model()) {
        for dialect in [ConfigParser, Systemd, KeyFile] {
            if let Ok(text) = write(dialect, b"", &model) {
                let (read, codes) = read_all(dialect, &text);
                prop_assert_eq!(&read, &model);
                prop_assert!(!codes.iter().any(|c| ["P101", "P102", "P103", "P104", "P105"].contains(c)));
            }
        }
    }

    #[test]
    fn updates_keep_comments_and_hold(text in fragment(), model in model()) {
        for dialect in [ConfigParser, Systemd, KeyFile] {
            if let Ok(new) = write(dialect, &text, &model) {
                prop_assert!(model.satisfied_by(&read_all(dialect, &new).0));
                let mut words: Vec<String> = comments(dialect, &new);
                for word in comments(dialect, &text) {
                    let at = words.iter().position(|w| *w == word);
                    prop_assert!(at.is_some(), "lost {:?} in {:?}", word, String::from_utf8_lossy(&new));
                    words.remove(at.unwrap());
                }
            }
        }
    }

    #[test]
    fn one_changed_value_is_always_sayable(
        text in fragment(), pick in any::<prop::sample::Index>(), value in "[a-z/:]{0,6}"
    ) {
        let (mut model, codes) = read_all(ConfigParser, &text);
        let mut keys: Vec<&mut IniKey> = model.sections.iter_mut().flat_map(|s| &mut s.keys).collect();
        if !keys.is_empty() && codes.is_empty() {
            let count = keys.len();
            keys[pick.index(count)].value = value.into();
            prop_assert!(write(ConfigParser, &text, &model).is_ok());
        }
    }
}

fn comments(dialect: IniDialect, text: &[u8]) -> Vec<String> {
    let doc = super::doc::Doc::parse(dialect, text);
    doc.comments(0..doc.tiles.len())
}
