mod items;
mod rules;

use proptest::prelude::*;
use proptest::sample::select;

/// Atoms that package.use takes.
fn atoms() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a/b",
        "a/c",
        "a/b:2",
        "=a/b-1.0-r1",
        "*/*",
        "a/*::guru",
        "!a/b",
        ">=sys-libs/glibc-2",
        "a-b/c+d",
    ])
}

/// Blanks between words.
fn blanks() -> impl Strategy<Value = &'static str> {
    select(vec![" ", " ", "  ", "\t", "\t\t ", "\u{a0}", "\u{2028}", "\x0c", "\x1f", "\x1c", "\u{3000}"])
}

/// Lines as they are found, good and bad.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let word = select(vec![
        "x",
        "-x",
        "y",
        "VIDEO_CARDS:",
        "video_cards:",
        "L10N:",
        "intel",
        "-*",
        "?",
        "qt5,",
        "$VAR",
        "\\",
        "a#b",
        "VIDEO_CARDS:radeon",
        ":",
        "~amd64",
        "**",
        "no-lto.conf",
        "a/b",
        "\u{feff}",
        "#",
        "# why",
        "#x:",
    ]);
    let entry = (prop::option::of(blanks()), atoms(), prop::collection::vec((blanks(), word), 0..6))
        .prop_map(|(indent, atom, words)| {
            let mut line = indent.unwrap_or_default().to_owned();
            line.push_str(atom);
            for (blank, word) in words {
                line.push_str(blank);
                line.push_str(word);
            }
            line.into_bytes()
        });
    let odd = select(vec![
        "",
        "",
        " ",
        "\t\u{a0}",
        "# why",
        "#why",
        "  # indented",
        "#",
        "# a/b x",
        "<<<<<<< HEAD",
        "=======",
        ">>>>>>> theirs",
        "if [ -f x ]; then",
        "no-category",
        "a/b-1.0",
        "a/b[x] y",
        "\u{feff}a/b x",
        "=a/b-1*:2 x",
        "\u{feff}# bom",
        "local https://x/ https://y/",
        "EULA",
    ])
    .prop_map(|line| line.as_bytes().to_vec());
    let bytes =
        select(vec![&b"a/b \xff x"[..], b"# \xfe", b"\xff", b"a/c x\xc3 y", b"a/b x\ry z", b"a/b\0 \0"])
            .prop_map(<[u8]>::to_vec);
    prop_oneof![5 => entry, 3 => odd, 1 => bytes]
}
