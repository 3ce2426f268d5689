use proptest::prelude::*;
use proptest::sample::select;

use crate::file::{Grammar, PairsDialect};
use crate::model::{Comment, Model, Pair, Pairs};
use crate::syntax::tiles::laws;
use crate::syntax::write;

const KERNEL: Grammar = Grammar::Pairs(PairsDialect::KernelConfig);
const PRESET: Grammar = Grammar::Pairs(PairsDialect::Preset);

const MODULES: Grammar = Grammar::Pairs(PairsDialect::KeyValue);
const ASSIGN: Grammar = Grammar::Pairs(PairsDialect::Assign);
const TABLE: Grammar = Grammar::Pairs(PairsDialect::Columns { name: 0, most: 4, quotes: false });
const SECOND: Grammar = Grammar::Pairs(PairsDialect::Columns { name: 1, most: usize::MAX, quotes: false });
const QUOTES: Grammar = Grammar::Pairs(PairsDialect::Columns { name: 1, most: 7, quotes: true });
const COLORS: Grammar = Grammar::Pairs(PairsDialect::ColorMap);

fn pairs(grammar: &Grammar, text: &[u8]) -> Pairs {
    match laws::model(grammar, text) {
        Model::Pairs(pairs) => pairs,
        other => panic!("{other:?}"),
    }
}

fn short(grammar: &Grammar, text: &str) -> Vec<String> {
    let pairs = pairs(grammar, text.as_bytes()).pairs;
    pairs.iter().map(|pair| format!("{}: {}", pair.key, pair.value.reveal())).collect()
}

fn written(grammar: &Grammar, text: &str, wanted: &str) -> String {
    let model = Model::Pairs(pairs(grammar, wanted.as_bytes()));
    String::from_utf8(laws::writes(grammar, text.as_bytes(), &model).unwrap()).unwrap()
}

#[test]
fn kernel_options() {
    let text = "# a comment\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=n\nCONFIG_D=\"a \\\" b\"\nCONFIG_E=0x1F\n\
                CONFIG_F=-3\nCONFIG_G=m \nCONFIG_64BIT=y\r\n";
    assert_eq!(
        short(&KERNEL, text),
        [
            "CONFIG_A: y",
            "CONFIG_B: n",
            "CONFIG_C: n",
            "CONFIG_D: \"a \\\" b\"",
            "CONFIG_E: 0x1F",
            "CONFIG_F: -3",
            "CONFIG_G: m",
            "CONFIG_64BIT: y"
        ]
    );
    let told = |text| laws::told(&KERNEL, "usr/src/x.config", text);
    assert_eq!(
        told(
            "CONFIG_A=yes\nCONFIG_B\n CONFIG_C=y\nB=y\nCONFIG_D=\"a\nCONFIG_E=\"a\" b\nCONFIG_=y\nCONFIG_F="
        )
        .len(),
        8
    );
    assert_eq!(told("#CONFIG_A is not set\n# CONFIG_A is not set \n# CONFIG_A=y\n"), [""; 0], "comments");
}

#[test]
fn kernel_options_are_written() {
    let text = "# why\nCONFIG_A=y\n\n# CONFIG_B is not set\nCONFIG_C=n\n";
    assert_eq!(
        written(&KERNEL, text, "CONFIG_A=n\nCONFIG_B=y\nCONFIG_C=n\n"),
        "# why\n# CONFIG_A is not set\n\nCONFIG_B=y\nCONFIG_C=n\n"
    );
    assert_eq!(written(&KERNEL, "", "CONFIG_A=n\nCONFIG_B=\"x\""), "# CONFIG_A is not set\nCONFIG_B=\"x\"\n");
}

#[test]
fn presets() {
    let text =
        "# c\n; c\nenable a.service\n  disable\tb*\nignore c.socket\nenable getty@.service  tty1 tty2\n";
    assert_eq!(
        short(&PRESET, text),
        ["a.service: enable", "b*: disable", "c.socket: ignore", "getty@.service: enable tty1 tty2"]
    );
    assert_eq!(
        laws::told(
            &PRESET,
            "etc/systemd/system-preset/x.preset",
            "enable a\nenable a.service # x\ndisable\nmask b.service"
        ),
        [
            "P031 `enable a`: `a` has no ending: it matches no unit",
            "P030 `enable a.service # x`: `enable a.service # x` has words behind the unit: only `enable` of a template \
             takes instances",
            "P030 `disable`: `disable` names no unit",
            "P030 `mask b.service`: `mask b.service` starts with none of `enable`, `disable`, `ignore`",
        ]
    );
    assert_eq!(
        written(&PRESET, text, "disable a.service\nenable getty@.service tty3"),
        "# c\n; c\ndisable a.service\nenable getty@.service tty3\n"
    );
}

#[test]
fn modules() {
    let text = "# c\n\n a.b = c = d # e\nx=\n\u{a0}y =z\n";
    assert_eq!(short(&MODULES, text), ["a.b: c = d # e", "x: ", "y: z"]);
    assert_eq!(written(&MODULES, text, "x = 1\ny = z\n"), "# c\n\nx = 1\n\u{a0}y =z\n");
    assert_eq!(
        laws::told(&MODULES, "etc/portage/modules", "a b\n= c\na = b\n"),
        [
            "P030 `a b`: the line `a b` is no `KEY = VALUE`",
            "P030 `= c`: the line `= c` has no key before its `=`"
        ]
    );
}

#[test]
fn words_between_blanks() {
    let text = "# c\n\n nbd0\t192.0.2.1  rootfs port=1\nx\n# why\nnull root:root 666 @echo  a\n";
    assert_eq!(short(&TABLE, text), ["nbd0: 192.0.2.1 rootfs port=1", "x: ", "null: root:root 666 @echo  a"]);
    assert_eq!(
        written(&TABLE, text, "nbd0 192.0.2.1 rootfs port=1\nnull root:root 600\n"),
        "# c\n\n nbd0\t192.0.2.1  rootfs port=1\n# why\nnull root:root 600\n"
    );
    assert_eq!(short(&SECOND, "dir  /dev 0755\nd /x\n"), ["/dev: dir 0755", "/x: d"]);
    assert_eq!(written(&SECOND, "", "dir  /dev 0755\nd /x\n"), "dir /dev 0755\nd /x\n");
    assert_eq!(laws::told(&SECOND, "etc/tmpfiles.d/x.conf", "d\n"), ["P030 `d`: `d` has too few words"]);
}

#[test]
fn words_in_quotes() {
    let text = "d \"/run/a b\"  0755 'x y'\n\"d\" /run/c\\ d\nf /run/e 0644 - - - \"x  y\" z\n";
    assert_eq!(
        short(&QUOTES, text),
        ["\"/run/a b\": d 0755 'x y'", "/run/c\\ d: \"d\"", "/run/e: f 0644 - - - \"x  y\" z"]
    );
    assert_eq!(written(&QUOTES, text, &text.replace("0755", "0700")), text.replace("  0755", " 0700"));
    assert_eq!(
        laws::told(&QUOTES, "etc/tmpfiles.d/x.conf", "d \"/run/a b 0755\n"),
        ["P030 `d \"/run/a b 0755`: `d \\\"/run/a b 0755` has a quote that is not closed"]
    );
}

#[test]
fn assignments_without_blanks() {
    assert_eq!(short(&ASSIGN, "# c\nA=b:c\n"), ["A: b:c"]);
    assert_eq!(written(&ASSIGN, "A = x\n", "A=b\nC=d\n"), "A=b\nC=d\n");
}

#[test]
fn colors() {
    let text = "# c\nGOOD = green # why\n'BAD'=\"bold red\"\nWARN=''\n";
    assert_eq!(short(&COLORS, text), ["GOOD: green", "BAD: bold red", "WARN: "]);
    assert_eq!(
        written(&COLORS, text, "GOOD=red\nBAD=bold red\nWARN=\"\"\nERR=01m\n"),
        "# c\nGOOD=red # why\n'BAD'=\"bold red\"\nWARN=''\nERR=01m\n"
    );
    let told = |text| laws::told(&COLORS, "etc/portage/color.map", text);
    assert_eq!(told(text), [""; 0]);
    assert_eq!(
        told("GOOD=green"),
        ["P033 `GOOD=green`: the file does not end in a line break: `n` is cut off"]
    );
    assert_eq!(told("GOOD=green # x"), [""; 0], "the comment is cut off");
    let two = "GOOD=a\nBAD\nERR=b\n# c\n";
    assert_eq!(short(&COLORS, two), ["GOOD: a"]);
    assert_eq!(
        told(two),
        [
            "P032 `BAD`: the line `BAD` has not exactly one `=`: Portage reads neither it nor what stands below"
        ]
    );
    assert_eq!(told("GOOD=\n").len(), 1);
}

#[test]
fn what_portage_cuts_off_a_color_stays_cut_off() {
    assert_eq!(short(&COLORS, "BAD=red\nGOOD=green"), ["BAD: red", "GOOD: gree"]);
    assert_eq!(written(&COLORS, "BAD=red\nGOOD=greené", "BAD=blue\nGOOD=green\n"), "BAD=blue\nGOOD=green\n");
    assert_eq!(written(&COLORS, "BAD=red\n# c", "BAD=blue\n"), "BAD=blue\n# c\n");
    let model = Model::Pairs(pairs(&COLORS, b"GOOD=b\n"));
    assert!(write(&COLORS, b"GOOD=a\nBAD\n", &model).is_err(), "what would be written is not read");
}

#[test]
fn what_cannot_be_said_is_refused() {
    for (grammar, key, value) in [
        (KERNEL, "CONFIG_A", "yes"),
        (KERNEL, "CONFIG_A", "\"a\nb\""),
        (KERNEL, "CONFIG_A", "\"a"),
        (KERNEL, "CONFIG_A", "\"a\\\""),
        (KERNEL, "A", "y"),
        (KERNEL, "CONFIG_A B", "y"),
        (PRESET, "a b", "enable"),
        (PRESET, "", "enable"),
        (PRESET, "a", "mask"),
        (PRESET, "a.service", "enable x"),
        (PRESET, "a\nenable b", "enable"),
        (MODULES, "a=b", "c"),
        (MODULES, " a", "c"),
        (MODULES, "", "c"),
        (MODULES, "#a", "c"),
        (MODULES, "a", "c\nd"),
        (MODULES, "a", " c"),
        (TABLE, "a b", "c"),
        (TABLE, "#a", "c"),
        (TABLE, "", "c"),
        (TABLE, "a", "b  c"),
        (SECOND, "/a", ""),
        (SECOND, "/a", "#d 0755"),
        (SECOND, "/a", "d\nx"),
        (QUOTES, "/a b", "d"),
        (QUOTES, "\"/a b", "d"),
        (COLORS, "a", "b=c"),
        (COLORS, "a", "#b"),
        (COLORS, "a", "b\n"),
        (COLORS, "", "b"),
    ] {
        let pair = Pair { key: key.into(), value: value.into(), comment: Comment::default() };
        let model = Model::Pairs(Pairs { header: vec![], pairs: vec![pair] });
        assert!(write(&grammar, b"", &model).is_err(), "{key} {value}");
    }
    let pair = |comment| Pair { key: "CONFIG_A".into(), value: "y".into(), comment };
    for comment in [
        Comment { above: vec![" CONFIG_B is not set".into()], behind: None },
        Comment { above: vec![], behind: Some("x".into()) },
    ] {
        let model = Model::Pairs(Pairs { header: vec![], pairs: vec![pair(comment)] });
        assert!(write(&KERNEL, b"", &model).is_err());
    }
}

fn lines() -> impl Strategy<Value = Vec<u8>> {
    let odd =
        select(vec![&b"# \xff"[..], b"CONFIG_A=\"\xff\"", b"enable \xfe.service", b"\0", b"enable a\0b"]);
    let found = select(vec![
        "",
        " ",
        "# why",
        "#",
        "; why",
        "CONFIG_A=y",
        "CONFIG_A=m ",
        "# CONFIG_A is not set",
        "CONFIG_B=n",
        "# CONFIG_B is not set ",
        "CONFIG_C=\"a # b\"",
        " CONFIG_A=y",
        "CONFIG_A=yes",
        "junk",
        "enable a.service",
        " disable b*",
        "enable g@.service x y",
        "enable a b",
        "ignore",
        "a = b",
        "b=",
        " c = d = e # f",
        "GOOD=green  # why",
        "BAD='bold red'",
    ]);
    prop_oneof![6 => found.prop_map(|line| line.as_bytes().to_vec()), 1 => odd.prop_map(<[u8]>::to_vec)]
}

/// Lines that color.map's reader goes on after.
fn color_lines() -> impl Strategy<Value = Vec<u8>> {
    select(vec![
        &b""[..],
        b" ",
        b"# why",
        b"GOOD=green",
        b" GOOD = 'bold red'  # why",
        b"BAD=\"\"#",
        b"WARN=01;32m",
        b"WARN=\xff\xff",
        b"A=b # c = d",
    ])
    .prop_map(<[u8]>::to_vec)
}

fn pair(grammar: Grammar) -> impl Strategy<Value = Pair> + Clone {
    let entry = match grammar {
        KERNEL => {
            select(vec![("CONFIG_A", "y"), ("CONFIG_A", "n"), ("CONFIG_B", "\"x\""), ("CONFIG_C", "0x1")])
        }
        PRESET => select(vec![("a.service", "enable"), ("b*", "disable"), ("g@.service", "enable x")]),
        MODULES => select(vec![("a", "b"), ("b", ""), ("c d", "= e # f")]),
        ASSIGN => select(vec![("a", "b"), ("b", ""), ("c d", "= e # f")]),
        TABLE => select(vec![("a[0-9]", "x:y 660"), ("b", ""), ("c", "x y @z  # f")]),
        QUOTES => {
            select(vec![("\"/a b\"", "d 0755 'x y'"), ("/b", "\"d\""), ("/c\\ d", "f 0644 - - - x  'y")])
        }
        SECOND => select(vec![("/a", "dir 0755 0 0"), ("/b", "d"), ("/c", "file x y z # f")]),
        _ => select(vec![("GOOD", "green"), ("BAD", ""), ("WARN", " x "), ("ERR", "'y")]),
    };
    (entry, laws::comment(grammar == COLORS))
        .prop_map(|((key, value), comment)| Pair { key: key.into(), value: value.into(), comment })
        .boxed()
}

fn grammar() -> impl Strategy<Value = Grammar> {
    select(vec![KERNEL, PRESET, MODULES, ASSIGN, TABLE, SECOND, QUOTES])
}

proptest! {
    #[test]
    fn any_bytes_are_kept(text in prop::collection::vec(any::<u8>(), 0..200)) {
        laws::lossless(&KERNEL, &text);
        laws::lossless(&PRESET, &text);
        laws::lossless(&MODULES, &text);
        laws::lossless(&TABLE, &text);
        laws::lossless(&SECOND, &text);
        laws::lossless(&QUOTES, &text);
        laws::lossless(&COLORS, &text);
    }

    #[test]
    fn lines_of_any_language_are_kept(text in laws::text_of(lines())) {
        for grammar in [KERNEL, PRESET, MODULES, COLORS, ASSIGN, TABLE, SECOND, QUOTES] {
            laws::lossless(&grammar, &text);
        }
    }

    #[test]
    fn edited_colors_are_read(text in laws::text_of(color_lines()), edits in laws::edits(pair(COLORS))) {
        laws::lossless(&COLORS, &text);
        let mut pairs = pairs(&COLORS, &text);
        laws::edit(&mut pairs.pairs, edits, |old, new| *old = new);
        // A value of odd bytes at the end of the text is cut off in the middle of a character.
        if text.is_ascii() {
            laws::writes(&COLORS, &text, &Model::Pairs(pairs)).unwrap();
        }
    }

    #[test]
    fn what_is_edited_is_read(
        text in laws::text_of(lines()),
        (grammar, edits) in grammar().prop_flat_map(|grammar| (Just(grammar), laws::edits(pair(grammar)))),
    ) {
        laws::lossless(&grammar, &text);
        let mut pairs = pairs(&grammar, &text);
        laws::edit(&mut pairs.pairs, edits, |old, new| *old = new);
        laws::writes(&grammar, &text, &Model::Pairs(pairs)).unwrap();
    }
}
