use super::*;
use crate::file::{Grammar, ItemWords, ItemsDialect};
use crate::model::{Comment, Item, Items, Model};
use crate::syntax::tiles::laws;
use crate::syntax::{spans, write};
use crate::vocab::Dialect;

const MASK: ItemsDialect = ItemsDialect { words: ItemWords::Atoms(Dialect::User), whole_line: true };
const PACKAGES: ItemsDialect =
    ItemsDialect { words: ItemWords::Atoms(Dialect::UserProfile), whole_line: true };
const SET: ItemsDialect = ItemsDialect { words: ItemWords::Atoms(Dialect::Set), whole_line: false };
const FLAGS: ItemsDialect = ItemsDialect { words: ItemWords::Flags, whole_line: true };
const PROVIDED: ItemsDialect = ItemsDialect { words: ItemWords::Versions, whole_line: true };
const ANY: ItemsDialect = ItemsDialect { words: ItemWords::Any, whole_line: true };
const SETTING: ItemsDialect = ItemsDialect { words: ItemWords::Setting, whole_line: true };
const ALL: [ItemsDialect; 6] = [MASK, PACKAGES, SET, FLAGS, PROVIDED, ANY];

fn items(dialect: ItemsDialect, text: &str) -> Items {
    match laws::model(&Grammar::Items(dialect), text.as_bytes()) {
        Model::Items(items) => items,
        other => panic!("{other:?}"),
    }
}

fn short(dialect: ItemsDialect, text: &str) -> Vec<String> {
    items(dialect, text).items.into_iter().map(|item| item.text).collect()
}

fn written(dialect: ItemsDialect, text: &str, wanted: &str) -> String {
    let model = Model::Items(items(dialect, wanted));
    String::from_utf8(laws::writes(&Grammar::Items(dialect), text.as_bytes(), &model).unwrap()).unwrap()
}

#[test]
fn items_are_lines_or_first_words() {
    assert_eq!(
        short(MASK, " a/b # x\na/b foo\n-a/c\n-*\n*/*::guru\n*a/b\n"),
        ["a/b", "-a/c", "*/*::guru", "*a/b"]
    );
    assert_eq!(short(PACKAGES, "*a/b\n-*a/c\n-*\n*/*\na/b\n--a/b\n"), ["*a/b", "-*a/c", "-*", "a/b"]);
    assert_eq!(
        short(SET, "a/b junk # x\n@other\n-a/b\n*/*\n>=a/b-1[x]\n@\n"),
        ["a/b", "@other", ">=a/b-1[x]"]
    );
    assert_eq!(short(FLAGS, "x\n-x\n-*\nx y\nx # z\n"), ["x", "-x", "x"]);
    assert_eq!(short(PROVIDED, "a/b-1.0\n=a/b-1\na/b\n-a/b-2\n"), ["a/b-1.0", "-a/b-2"]);
    assert_eq!(short(ANY, "a \t b#c #d\n=======\n"), ["a b#c"]);
}

#[test]
fn settings_are_lines_as_they_are() {
    let text = "# c\n\n ::wait:/x  y # z\n#a\n-b\t\n";
    assert_eq!(short(SETTING, text), ["::wait:/x  y # z", "-b"]);
    assert_eq!(
        written(SETTING, text, "-b\nc=d\n::wait:/x  y # z\n"),
        "# c\n\n-b\nc=d\n ::wait:/x  y # z\n#a\n"
    );
    for bad in ["", " a", "#a", "a\nb"] {
        let item = Item { text: bad.to_owned(), comment: Comment::default() };
        let model = Model::Items(Items { header: vec![], items: vec![item] });
        assert!(write(&Grammar::Items(SETTING), b"", &model).is_err(), "{bad:?}");
    }
    let behind = Comment { above: vec![], behind: Some("x".to_owned()) };
    let model =
        Model::Items(Items { header: vec![], items: vec![Item { text: "a".to_owned(), comment: behind }] });
    assert!(write(&Grammar::Items(SETTING), b"", &model).is_err(), "no comment behind a line");
}

#[test]
fn what_portage_ignores_is_told() {
    let told = |dialect, path, text| laws::told(&Grammar::Items(dialect), path, text);
    assert_eq!(
        told(MASK, "etc/portage/package.mask", "a/b foo # x\n-a/b-1\n!a/b\n"),
        [
            "P020 `a/b foo`: `a/b foo` is taken as one atom: Portage ignores the line",
            "P020 `1`: `a/b-1` has a version but no operator",
            "P021 `!a/b`: the mark of the blocker `!a/b` is ignored",
        ]
    );
    assert_eq!(told(PACKAGES, "etc/portage/profile/packages", "*a/b\n-*\n"), [""; 0]);
    assert_eq!(
        told(PACKAGES, "etc/portage/profile/package.mask", "*a/b\n-*\n"),
        [
            "P020 `*a/b`: `*a/b` is no atom: Portage ignores the line",
            "P020 `-*`: `-*` is no atom: Portage ignores the line"
        ]
    );
    assert_eq!(
        told(SET, "etc/portage/sets/x", "a/b c d #e\n"),
        ["P026 `c d`: `c` and what follows is ignored"]
    );
    assert_eq!(
        told(FLAGS, "etc/portage/profile/use.mask", "x y\n"),
        ["P027 `x y`: `x y` is no USE flag: Portage ignores it"]
    );
}

#[test]
fn only_what_differs_changes() {
    let text = "# why\n  >=a/b-1  # so\n\n# other\na/c junk\nbad";
    assert_eq!(written(SET, text, ">=a/b-2\na/c"), text.replace("b-1", "b-2"));
    assert_eq!(written(SET, text, ">=a/b-1\na/d\na/c"), text.replace("# so\n", "# so\na/d\n"));
    assert_eq!(written(SET, text, "a/c"), text.replace("  >=a/b-1  # so\n", ""));
    assert_eq!(written(MASK, "# why\na/b\n", "# why\na/c"), "# why\na/c\n");
}

#[test]
fn what_cannot_be_said_is_refused() {
    for (dialect, bad) in [
        (MASK, "a/b foo"),
        (MASK, ""),
        (MASK, "a/b-1"),
        (SET, "-a/b"),
        (SET, "@a b"),
        (FLAGS, "-*"),
        (PROVIDED, "a/b"),
        (ANY, "a  b"),
        (ANY, "a #b"),
        (ANY, " a"),
        (ANY, "a\nb"),
        (ANY, "#a"),
    ] {
        let item = Item { text: bad.into(), comment: Comment::default() };
        let model = Model::Items(Items { header: vec![], items: vec![item] });
        assert!(write(&Grammar::Items(dialect), b"", &model).is_err(), "{bad:?}");
    }
}

#[test]
fn empty_lines_between_joined_ones_mean_nothing() {
    const JOINED: ItemsDialect = ItemsDialect { words: ItemWords::Joined, whole_line: true };
    let text = "root=/dev/sda1  ro\n\n \nquiet\n";
    assert_eq!(laws::told(&Grammar::Items(JOINED), "etc/kernel/cmdline", text), [""; 0]);
    assert_eq!(short(JOINED, text), ["root=/dev/sda1 ro", "quiet"]);
    const LINE: ItemsDialect = ItemsDialect { words: ItemWords::Line, whole_line: true };
    assert_eq!(laws::told(&Grammar::Items(LINE), "etc/portage/profile/eapi", "8\n\n").len(), 1);
}

#[test]
fn spans_are_lines() {
    let found = spans(&Grammar::Items(MASK), b"# x\n-a/b # y\n");
    assert_eq!(found, [(crate::report::Key::of("-a/b"), 4..12)]);
}

fn item(dialect: ItemsDialect) -> impl Strategy<Value = Item> + Clone {
    let text = match dialect.words {
        ItemWords::Atoms(Dialect::Set) => select(vec!["a/b", ">=a/b-1", ">=a/b-2", "@x", "a/c[x]"]),
        ItemWords::Atoms(Dialect::User) => select(vec!["a/b", ">=a/b-1", "-a/b", "*/*", "!a/b"]),
        ItemWords::Atoms(_) => select(vec!["a/b", "*a/b", "-*a/b", "-*", "=a/b-1"]),
        ItemWords::Flags => select(vec!["x", "-x", "y"]),
        ItemWords::Versions => select(vec!["a/b-1", "a/b-2", "-a/b-2"]),
        ItemWords::Any | ItemWords::Parents => select(vec!["a", "a b", "b#c", "-a"]),
        ItemWords::Setting => select(vec!["::wait:/x  y", "a=b # c", "-x"]),
        ItemWords::Line | ItemWords::Joined => select(vec!["8", "# 8", "a b", "#"]),
    };
    (text, laws::comment(true)).prop_map(|(text, comment)| Item { text: text.to_owned(), comment }).boxed()
}

proptest! {
    #[test]
    fn any_bytes_are_kept(text in prop::collection::vec(any::<u8>(), 0..200)) {
        for dialect in ALL.into_iter().chain([SETTING]) {
            laws::lossless(&Grammar::Items(dialect), &text);
        }
    }

    #[test]
    fn found_texts_are_kept(text in laws::text_of(line())) {
        for dialect in ALL.into_iter().chain([SETTING]) {
            laws::lossless(&Grammar::Items(dialect), &text);
        }
    }

    #[test]
    fn what_is_edited_is_read(
        text in laws::text_of(line()),
        (dialect, edits) in select(ALL.to_vec()).prop_flat_map(|d| (Just(d), laws::edits(item(d)))),
        bare in any::<bool>(),
    ) {
        let Model::Items(mut items) = laws::model(&Grammar::Items(dialect), &text) else { panic!() };
        laws::edit(&mut items.items, edits, |old, new| *old = new);
        if bare {
            items.header.clear();
            items.items.iter_mut().for_each(|item| item.comment = Comment::default());
        }
        let written = laws::writes(&Grammar::Items(dialect), &text, &Model::Items(items)).unwrap();
        if bare {
            laws::keeps(&text, &written, |line| line.trim_start().starts_with('#') || line.starts_with('<'));
        }
    }
}
