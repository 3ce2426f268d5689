use proptest::prelude::*;

use super::*;
use crate::model::{Comment, Entry, TomlValue};
use crate::report::Report;
use crate::vocab::RelPath;

fn read_all(text: &[u8]) -> (Table, Vec<(&'static str, usize)>) {
    let path = RelPath::parse("etc/ugrd/config.toml").unwrap();
    let mut report = Report::new();
    let table = read(text, &mut report.text(&path, text));
    let codes = report.diagnostics.iter().map(|d| (d.code.id, d.spot.span.map_or(0, |s| s.start))).collect();
    (table, codes)
}

fn model(text: &str) -> Table {
    let (table, codes) = read_all(text.as_bytes());
    assert_eq!(codes, [], "{text}");
    table
}

/// The text brought to what another text says.
fn turned(text: &str, other: &str) -> String {
    let written = write(text.as_bytes(), &model(other)).unwrap();
    String::from_utf8(written).unwrap()
}

const UGRD: &str = "# seed\n\nmodules = [\n  \"ugrd.fs.fakeudev\", # dm\n  \"local.nbd\",\n]\n\n# 486\n\
    find_libgcc = false  # no gcc\nhostonly = false\n\n# the root\n[mounts.root]\nuuid = \"x\"\noptions = [ \"ro\" ]\n";

#[test]
fn values_and_comments_are_read() {
    let table = model(UGRD);
    assert_eq!(table.header, [" seed"]);
    assert_eq!(
        table.entries[1].comment,
        Comment { above: vec![" 486".into()], behind: Some(" no gcc".into()) }
    );
    let TomlValue::Table(mounts) = &table.entries[3].value else { panic!() };
    assert_eq!(mounts.entries[0].comment.above, [" the root"]);
    let all = spans(UGRD.as_bytes());
    let of = |path: &[&str]| {
        let key = Key(path.iter().map(|p| (*p).to_owned()).collect());
        UGRD.get(all.iter().find(|(k, _)| *k == key).unwrap().1.clone()).unwrap()
    };
    assert_eq!(of(&["find_libgcc"]), "find_libgcc = false");
    assert_eq!(of(&["mounts", "root"]), "[mounts.root]");
    assert_eq!(of(&["mounts", "root", "uuid"]), "uuid = \"x\"");
}

#[test]
fn mistakes_have_places() {
    assert_eq!(read_all(b"a = 1\nb = \nc = =\n").1, [("P121", 10), ("P121", 15)]);
    assert_eq!(read_all(b"a = 1\na = 2\n").1, [("P121", 6)]);
    assert_eq!(read_all(b"a = \"\xff\"\n").1, [("P121", 5)]);
    for newer in ["a = {\n b = 1 }\n", "a = { b = 1, }\n", "a = [\"\\e\"]\n", "a = 07:32\n"] {
        assert_eq!(read_all(newer.as_bytes()).1, [("P122", newer.find(['{', '"', '0']).unwrap())], "{newer}");
    }
}

#[test]
fn only_what_differs_is_written() {
    let wanted = UGRD
        .replace("  \"local.nbd\",\n", "  \"local.nbd\",\n  \"ugrd.base.debug\",\n")
        .replace("hostonly = false\n", "hostonly = true\nno_kmod = true\n")
        .replace("uuid = \"x\"", "uuid = \"y\"")
        + "\n[console.ttyS0]\nbaud = 19200\n";
    assert_eq!(turned(UGRD, &wanted), wanted);
    assert_eq!(turned(UGRD, &UGRD.replace("  \"local.nbd\",\n", "")), UGRD.replace("  \"local.nbd\",\n", ""));
    let less = UGRD.replace("uuid = \"x\"\n", "").replace("hostonly = false\n", "");
    assert_eq!(turned(UGRD, &less), less);
}

#[test]
fn a_top_level_key_never_lands_below_a_header() {
    assert_eq!(turned("[a]\nb = 1\n", "x = 1\n[a]\nb = 1\n"), "x = 1\n\n[a]\nb = 1\n");
    assert_eq!(turned("# of a\n[a]\nb = 1\n", "x = 1\n[a]\nb = 1\n"), "x = 1\n\n# of a\n[a]\nb = 1\n");
    assert_eq!(turned("# file\n", "x = 1\n"), "# file\n\nx = 1\n");
}

#[test]
fn odd_layouts_are_kept() {
    for (text, wanted, expected) in [
        ("a.b = 1\n", "a.b = 1\na.c = 2\n", "a.b = 1\na.c = 2\n"),
        ("[a.b]\nx = 1\n", "[a]\ny = 1\n[a.b]\nx = 1\n", "[a.b]\nx = 1\n\n[a]\ny = 1\n"),
        ("a = { b = 1 }\n", "a = { b = 2, c = 3 }\n", "a = { b = 2, c = 3 }\n"),
        (
            "[[a]]\nb = 1\n[[a]]\nb = 2\n",
            "[[a]]\nb = 1\n[a.c]\n[[a]]\nb = 3\n",
            "[[a]]\nb = 1\n\n[a.c]\n[[a]]\nb = 3\n",
        ),
        ("[[a]]\nb = 1\n", "[[a]]\nb = 1\n[[a]]\nb = 2\n", "[[a]]\nb = 1\n\n[[a]]\nb = 2\n"),
        ("x = 0x1F\r\ny = 1", "x = 31\ny = 2\n", "x = 0x1F\r\ny = 2"),
        ("[a]\nb = 1 # why\n", "[a]\n", "[a]\n# why\n\n"),
        ("[a]\nb = 1\n[c]\n", "a = 1\n[c]\n", "a = 1\n\n[c]\n"),
        ("b.c = 2\n", "[b]\n", "\n[b]\n"),
        (" a.b . c = 1\n", "a.b.c = 1\na.d = 2\n", " a.b . c = 1\n a.d = 2\n"),
        ("a = [ 1, 2 ]\n", "a = []\n", "a = []\n"),
    ] {
        assert_eq!(turned(text, wanted), expected, "{text:?}");
    }
}

#[test]
fn sections_are_for_templates() {
    let table = model("[b]\nc = { d = 1 }\n[b.e]\n[[f]]\ng = 'a\"b'\n");
    let mut all = sections(&table);
    let headers: Vec<_> = all.iter().map(|s| s.header.clone().unwrap()).collect();
    assert_eq!(headers, ["[b.c]", "[b.e]", "[[f]]"]);
    assert_eq!(all.remove(2).keys[0].value, "'a\"b'");
    assert_eq!(format_key("a b"), "\"a b\"");
    assert_eq!(format::format_value(&TomlValue::String("a\u{1b}\n\u{7f}".into())), "\"a\\u001B\\n\\u007F\"");
}

#[test]
fn what_cannot_be_said_is_refused() {
    let with =
        |value, comment| Table { header: vec![], entries: vec![Entry { key: "k".into(), value, comment }] };
    for text in ["07:32", "yesterday", ""] {
        assert!(write(b"", &with(TomlValue::Datetime(text.into()), Comment::default())).is_err());
    }
    let comment = Comment { above: vec!["a\nb".into()], behind: None };
    assert!(write(b"", &with(TomlValue::Integer(1), comment)).is_err());
    assert!(write(b"a = \n", &with(TomlValue::Integer(1), Comment::default())).is_err());
}

fn value() -> impl Strategy<Value = TomlValue> {
    let leaf = prop_oneof![
        "[a-c \"'\\\\\n\té\u{1b}\u{7f}#]{0,4}".prop_map(|s| TomlValue::String(s.into())),
        any::<i64>().prop_map(TomlValue::Integer),
        any::<f64>().prop_map(TomlValue::Float),
        any::<bool>().prop_map(TomlValue::Boolean),
        prop::sample::select(vec!["1979-05-27", "07:32:00", "1979-05-27 07:32:00Z"])
            .prop_map(|s| TomlValue::Datetime(s.into())),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(TomlValue::Array),
            table_of(inner).prop_map(TomlValue::Table),
        ]
    })
}

fn table_of(value: impl Strategy<Value = TomlValue>) -> impl Strategy<Value = Table> {
    prop::collection::btree_map("[a-c]{1,2}|[a .]{0,2}", value, 0..4).prop_map(|map| Table {
        header: Vec::new(),
        entries: map
            .into_iter()
            .map(|(key, value)| Entry { key, value, comment: Comment::default() })
            .collect(),
    })
}

/// A table whose keys and headers have comments, where a file can hold them.
fn document() -> impl Strategy<Value = Table> {
    let lines = || prop::collection::vec("[ a#é]{0,4}", 0..3);
    let comment =
        (lines(), prop::option::of("[ a#é]{0,4}")).prop_map(|(above, behind)| Comment { above, behind });
    (lines(), table_of(value()), prop::collection::vec(comment, 4)).prop_map(
        |(header, mut table, comments)| {
            table.header = header;
            for (entry, comment) in table.entries.iter_mut().zip(comments) {
                entry.comment = comment;
            }
            table
        },
    )
}

/// Text of lines that often fit together.
fn layout() -> impl Strategy<Value = String> {
    let lines = vec![
        "a = 1\n",
        "b.c = 2\n",
        "b.d = [1, 2]\n",
        "[b]\n",
        "[b.e]\n",
        "[[f]]\n",
        "[f.g]\n",
        "c = { d = 1, e = 2 }\n",
        "# x\n",
        "\n",
        "  a = [ # y\n 1,\n # z\n 2 ]  # w\n",
        "[a]# v\n",
        "c = 1 # u\r\n",
        "\"a b\" = '''\n# t'''\n",
        "[c.\"b\" . a]\n",
        "d = \"\"\"\\\n \"\"\"\n",
        "\u{feff}",
        "= ",
    ];
    prop::collection::vec(prop::sample::select(lines), 0..8).prop_map(|l| l.concat())
}

/// All comments, wherever they stand.
fn comments(text: &str) -> Vec<String> {
    let mut all = array::comments(text);
    all.sort();
    all
}

proptest! {
    #[test]
    fn any_bytes_are_kept(text in prop::collection::vec(any::<u8>(), 0..40)) {
        let (model, _) = read_all(&text);
        prop_assert_eq!(write(&text, &model).unwrap(), text);
    }

    #[test]
    fn writing_what_was_read_changes_no_byte(text in layout()) {
        let (model, _) = read_all(text.as_bytes());
        prop_assert_eq!(write(text.as_bytes(), &model).unwrap(), text.as_bytes());
        spans(text.as_bytes());
    }

    #[test]
    fn reading_what_was_written_gives_the_model(model in document()) {
        let text = write(b"", &model).unwrap();
        let (read, codes) = read_all(&text);
        prop_assert!(codes.is_empty(), "{:?} {}", codes, String::from_utf8_lossy(&text));
        prop_assert!(model.satisfied_by(&read) && read.satisfied_by(&model), "{}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn updates_keep_comments_and_hold(text in layout(), model in document()) {
        if read_all(text.as_bytes()).1.is_empty() && let Ok(new) = write(text.as_bytes(), &model) {
            let (read, codes) = read_all(&new);
            prop_assert!(codes.is_empty() && model.satisfied_by(&read));
            let mut left = comments(std::str::from_utf8(&new).unwrap());
            for word in comments(&text) {
                let at = left.iter().position(|w| *w == word);
                prop_assert!(at.is_some(), "lost {:?} in {:?}", word, String::from_utf8_lossy(&new));
                left.remove(at.unwrap());
            }
        }
    }

    #[test]
    fn one_text_can_always_become_another(text in layout(), other in layout()) {
        let ((_, faults), (mut wanted, others)) = (read_all(text.as_bytes()), read_all(other.as_bytes()));
        if faults.is_empty() && others.is_empty() {
            bare(&mut wanted);
            let written = write(text.as_bytes(), &wanted);
            prop_assert!(written.is_ok(), "{:?} to {:?}", text, wanted);
        }
    }
}

fn bare(table: &mut Table) {
    table.header.clear();
    for entry in &mut table.entries {
        entry.comment = Comment::default();
        match &mut entry.value {
            TomlValue::Table(table) => bare(table),
            TomlValue::Array(values) => {
                for value in values {
                    if let TomlValue::Table(table) = value {
                        bare(table);
                    }
                }
            }
            _ => {}
        }
    }
}
