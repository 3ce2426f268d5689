use super::*;
use crate::file::{Grammar, Groups, RuleWords, RulesDialect};
use crate::model::{Comment, Model, Rule, Rules};
use crate::syntax::tiles::laws::{self, Edit};
use crate::syntax::{spans, write};
use crate::vocab::Dialect;

const USE: RulesDialect =
    RulesDialect { atoms: Some(Dialect::UserUse), words: RuleWords::Use, groups: Groups::Line };
const PROFILE: RulesDialect =
    RulesDialect { atoms: Some(Dialect::UserProfileUse), words: RuleWords::ProfileUse, groups: Groups::Leak };
const KEYWORDS: RulesDialect =
    RulesDialect { atoms: Some(Dialect::UserUse), words: RuleWords::Keywords, groups: Groups::None };
const MIRRORS: RulesDialect = RulesDialect { atoms: None, words: RuleWords::Any, groups: Groups::None };
const ALL: [RulesDialect; 4] = [USE, PROFILE, KEYWORDS, MIRRORS];

fn rules(dialect: RulesDialect, text: &str) -> Rules {
    match laws::model(&Grammar::Rules(dialect), text.as_bytes()) {
        Model::Rules(rules) => rules,
        other => panic!("{other:?}"),
    }
}

fn short(dialect: RulesDialect, text: &str) -> Vec<String> {
    let show = |rule: &Rule| {
        let group = rule.group.as_ref().map(|group| format!(" {group}:")).unwrap_or_default();
        format!("{}{group} {:?}", rule.key, rule.words)
    };
    rules(dialect, text).rules.iter().map(show).collect()
}

/// The text after the rules of `wanted` (as a text) were written into it.
fn written(dialect: RulesDialect, text: &str, wanted: &str) -> String {
    let model = Model::Rules(rules(dialect, wanted));
    String::from_utf8(laws::writes(&Grammar::Rules(dialect), text.as_bytes(), &model).unwrap()).unwrap()
}

#[test]
fn words_and_groups() {
    assert_eq!(
        short(USE, "a/b x VIDEO_CARDS: -* intel L10N: de # why\na/b\na/c\u{a0}a#b #c\r\na/c L10N:\n"),
        [
            "a/b [\"x\"]",
            "a/b VIDEO_CARDS: [\"-*\", \"intel\"]",
            "a/b L10N: [\"de\"]",
            "a/b []",
            "a/c [\"a#b\"]",
            "a/c L10N: []"
        ]
    );
    assert_eq!(short(KEYWORDS, "a/b VIDEO_CARDS: x"), ["a/b [\"VIDEO_CARDS:\", \"x\"]"]);
    assert_eq!(short(MIRRORS, "local /x /y\ngentoo\n"), ["local [\"/x\", \"/y\"]"]);
}

#[test]
fn comments_belong_to_what_they_touch() {
    let read = rules(USE, "# head\n#two\n\n# lone\n\n#  why\n# b\na/b x  #  behind \n# tail\n");
    assert_eq!(read.header, [" head", "two"]);
    let [rule] = read.rules.as_slice() else { panic!() };
    assert_eq!(rule.comment.above, ["  why", " b"]);
    assert_eq!(rule.comment.behind.as_deref(), Some("  behind "));
    assert_eq!(rules(USE, "# why\na/b").header, [""; 0]);
    assert_eq!(rules(USE, "# only").header, [" only"]);
}

#[test]
fn what_portage_ignores_is_told() {
    let told = |dialect, text| laws::told(&Grammar::Rules(dialect), "etc/portage/package.use/x", text);
    assert_eq!(told(USE, "a/b x -y VIDEO_CARDS: -* intel python_targets_*\n*/* -*\n"), [""; 0]);
    assert_eq!(
        told(USE, "a/b-1.0 x\n\n a/b[x] y\nb x ?"),
        [
            "P020 `1.0`: `a/b-1.0` has a version but no operator",
            "P020 `[x]`: `a/b[x]` has USE deps, which this file does not take",
            "P020 `b`: `b` has no category",
        ]
    );
    assert_eq!(
        told(USE, "<<<<<<< HEAD\n!a/b x\n=======\n\u{feff}a/b y\n"),
        [
            "P025 `<<<<<<<`: `<<<<<<<` was left by a merge: the lines of both sides are read",
            "P021 `!a/b`: the mark of the blocker `!a/b` is ignored",
            "P025 `=======`: `=======` was left by a merge: the lines of both sides are read",
            "P020 `\u{feff}`: `\u{feff}a/b` has a category that starts with `\u{feff}`",
        ]
    );
    assert_eq!(
        told(USE, "a/b ok qt5, \\\na/b : x VIDEO_CARDS:radeon"),
        [
            "P022 `,`: `qt5,` has a comma in it: flags are separated by blanks: Portage keeps it, and it never matches",
            "P022 `\\`: `\\` has `\\` in it: Portage keeps it, and it never matches",
            "P022 `:`: `:` is no USE_EXPAND group: the words behind it match nothing",
            "P022 `:`: `VIDEO_CARDS:radeon` has no blank behind the colon, so Portage takes all of it for one flag: \
             Portage keeps it, and it never matches",
        ]
    );
    assert_eq!(
        told(PROFILE, "a/b -* x L10N: de\n"),
        [
            "P023 `*`: `-*` has a star, which files of a profile do not take: Portage ignores it",
            "P024 `L10N:`: the group `L10N:` goes on in later lines of `a/b`",
        ]
    );
    assert_eq!(told(MIRRORS, "gentoo # x"), ["P028 `gentoo`: `gentoo` has no words: Portage drops the line"]);
}

#[test]
fn a_new_text() {
    let model = Rules {
        header: vec![" head".into()],
        rules: vec![
            Rule {
                key: "a/b".into(),
                words: vec!["x".into(), "-y".into()],
                comment: Comment { above: vec![" why".into(), String::new()], behind: Some(" so".into()) },
                ..Rule::default()
            },
            Rule {
                key: "a/b".into(),
                group: Some("L10N".into()),
                words: vec!["de".into()],
                ..Rule::default()
            },
            Rule { key: "*/*".into(), ..Rule::default() },
        ],
    };
    let text = write(&Grammar::Rules(USE), b"", &Model::Rules(model)).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "# head\n\n# why\n#\na/b x -y  # so\na/b L10N: de\n*/*\n");
}

#[test]
fn only_what_differs_changes() {
    let text = "# head\n\n# why\na/b\tx   y  # so\n\n# lone\n<<<<<<<\n  a/c  z\na/d q";
    for (wanted, result) in [
        ("a/b x z y\na/c z\na/d q", text.replace("x   y", "x z   y")),
        ("a/b y\na/c z\na/d q", text.replace("x   y", "  y").replace("\t  ", "   ")),
        ("a/b w y\na/c z\na/d q", text.replace("x ", "w ")),
        ("a/b x y\na/d q", text.replace("  a/c  z\n", "")),
        ("a/b x y\na/c z", text.replace("a/d q", "")),
        ("a/b x y\na/c z\na/d q\na/e", format!("{text}\na/e\n")),
        ("a/b x y\nn/n\na/c z\na/d q", text.replace("# so\n", "# so\nn/n\n")),
        ("a/c z\na/d q", text.replace("a/b\tx   y  # so\n", "")),
        ("a/b x y # no\na/c z # new\na/d q", text.replace("# so", "# no").replace("z\n", "z  # new\n")),
        ("# other\na/b x y\na/c z\na/d q", text.replace("# why", "# other")),
        ("a/b x y\na/c z\n#1\n# 2\na/d q", text.replace("a/d", "#1\n# 2\na/d")),
        ("# h2\n\na/b x y\na/c z\na/d q", text.replace("# head", "# h2")),
    ] {
        assert_eq!(written(USE, text, wanted), result, "{wanted}");
    }
}

#[test]
fn a_comment_that_stays_does_not_change_its_entry() {
    assert_eq!(written(USE, "# a\na/a\n# b\na/b\n", "a/b"), "# a\n\n# b\na/b\n");
    assert_eq!(written(USE, "# a\na/a\na/b\n", "a/b"), "# a\n\na/b\n");
    assert_eq!(written(USE, "# only", "a/b"), "# only\n\na/b\n");
    assert_eq!(written(USE, "a/a\n# tail", "b/b"), "# tail\n\nb/b\n");
    assert_eq!(written(USE, "a/a\r\n", "# h\n\na/a\nb/b"), "# h\r\n\r\na/a\r\nb/b\r\n");
}

#[test]
fn lines_of_several_groups() {
    let text = "# why\na/b  x L10N: de VIDEO_CARDS: intel # so\n";
    assert_eq!(written(USE, text, "a/b x l10n: de video_cards: intel"), text);
    assert_eq!(
        written(USE, text, "a/b x L10N: de fr VIDEO_CARDS: intel\nn/n"),
        "# why\na/b  x L10N: de fr VIDEO_CARDS: intel # so\nn/n\n"
    );
    assert_eq!(written(USE, text, "a/b L10N: de"), "# why\na/b L10N: de # so\n");
    assert_eq!(written(USE, text, "a/b x L10N: de\nn/n\na/b VIDEO_CARDS: intel").lines().count(), 5);
}

#[test]
fn what_cannot_be_said_is_refused() {
    let rule = |key: &str, group: Option<&str>, words: &[&str]| Rule {
        key: key.into(),
        group: group.map(str::to_owned),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        comment: Comment::default(),
    };
    let with = |comment: Comment| Rule { comment, ..rule("a/b", None, &["x"]) };
    for (dialect, bad) in [
        (USE, rule("a/b", None, &["x y"])),
        (USE, rule("a/b", None, &[""])),
        (USE, rule("a/b", None, &["#x"])),
        (USE, rule("a/b", None, &["x\u{2028}y"])),
        (USE, rule("a/b", None, &["L10N:"])),
        (USE, rule("", None, &["x"])),
        (USE, rule("#a/b", None, &["x"])),
        (USE, rule("a/b-1", None, &["x"])),
        (USE, rule("a/b", Some(""), &["x"])),
        (USE, rule("a/b", Some("A B"), &["x"])),
        (USE, rule("a/b", Some("#A"), &["x"])),
        (USE, rule("a/b", Some("$A"), &["x"])),
        (PROFILE, rule("a/b", Some("L10N"), &["de"])),
        (KEYWORDS, rule("a/b", Some("L10N"), &["de"])),
        (MIRRORS, rule("gentoo", None, &[])),
        (MIRRORS, rule("=======", None, &["x"])),
        (USE, with(Comment { above: vec!["x\n*/* y".into()], behind: None })),
        (USE, with(Comment { above: vec!["x\r*/* y".into()], behind: None })),
        (USE, with(Comment { above: vec![], behind: Some("x\n*/* y".into()) })),
    ] {
        let model = Model::Rules(Rules { header: vec![], rules: vec![bad.clone()] });
        assert!(write(&Grammar::Rules(dialect), b"a/b x\n", &model).is_err(), "{bad:?}");
    }
    let leak = rules(PROFILE, "a/b L10N: de\na/b x\n");
    let mut model = leak.clone();
    assert!(write(&Grammar::Rules(PROFILE), b"a/b L10N: de\na/b x\n", &Model::Rules(leak)).is_ok());
    model.rules[1].words.push("y".into());
    assert!(write(&Grammar::Rules(PROFILE), b"a/b L10N: de\na/b x\n", &Model::Rules(model)).is_err());
}

#[test]
fn spans_are_lines() {
    let text = "# c\n a/b x # y\r\n\nbad\na/c L10N: de";
    let found = spans(&Grammar::Rules(USE), text.as_bytes());
    let shown: Vec<_> =
        found.iter().map(|(key, range)| format!("{key}={}", text.get(range.clone()).unwrap())).collect();
    assert_eq!(shown, ["a/b= a/b x # y", "a/c=a/c L10N: de"]);
}

#[test]
fn a_long_line_takes_no_time() {
    let mut text = b"a/b".to_vec();
    text.extend(b" x".repeat(500_000));
    laws::lossless(&Grammar::Rules(USE), &text);
}

fn rule(dialect: RulesDialect) -> impl Strategy<Value = Rule> + Clone {
    let group = match dialect.groups {
        Groups::Line => prop::option::weighted(0.3, select(vec!["VIDEO_CARDS", "l10n"])).boxed(),
        _ => Just(None).boxed(),
    };
    let word = select(vec!["x", "-x", "y", "z", "intel", "a#b", "qt5,"]);
    let least = usize::from(dialect.atoms.is_none());
    let comment = laws::comment(true);
    (atoms(), group, prop::collection::vec(word, least..4), comment)
        .prop_map(|(key, group, words, comment)| Rule {
            key: key.to_owned(),
            group: group.map(str::to_owned),
            words: words.into_iter().map(str::to_owned).collect(),
            comment,
        })
        .boxed()
}

fn change(old: &mut Rule, new: Rule) {
    if new.words.len().is_multiple_of(2) {
        old.words = new.words;
    } else {
        *old = new;
    }
}

proptest! {
    #[test]
    fn any_bytes_are_kept(text in prop::collection::vec(any::<u8>(), 0..200)) {
        for dialect in ALL {
            laws::lossless(&Grammar::Rules(dialect), &text);
        }
    }

    #[test]
    fn found_texts_are_kept(text in laws::text_of(line())) {
        for dialect in ALL {
            laws::lossless(&Grammar::Rules(dialect), &text);
        }
    }

    #[test]
    fn what_is_written_is_read(
        text in laws::text_of(line()),
        header in prop::collection::vec(laws::comment_words(), 0..3),
        fresh in prop::collection::vec(rule(USE), 0..8),
    ) {
        let model = Model::Rules(Rules { header, rules: fresh });
        laws::writes(&Grammar::Rules(USE), &text, &model).unwrap();
        laws::writes(&Grammar::Rules(USE), b"", &model).unwrap();
    }

    #[test]
    fn what_is_edited_is_read(
        text in laws::text_of(line()),
        (dialect, edits) in select(ALL.to_vec()).prop_flat_map(|d| (Just(d), laws::edits(rule(d)))),
        (bare, header) in (any::<bool>(), prop::collection::vec(laws::comment_words(), 0..2)),
    ) {
        let Model::Rules(mut rules) = laws::model(&Grammar::Rules(dialect), &text) else { panic!() };
        let edits: Vec<Edit<Rule>> = edits;
        laws::edit(&mut rules.rules, edits, change);
        if bare {
            rules.header.clear();
            rules.rules.iter_mut().for_each(|rule| rule.comment = Comment::default());
        } else if !header.is_empty() {
            rules.header = header;
        }
        // A group in a text may be too odd to be written again.
        if let Ok(written) = laws::writes(&Grammar::Rules(dialect), &text, &Model::Rules(rules)) && bare {
            laws::keeps(&text, &written, |line| line.trim_start().starts_with('#') || line.starts_with('<'));
        }
    }
}
