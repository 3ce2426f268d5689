//! Texts and values as property tests draw them: from the constructs that readers get wrong, not only tame ones.

use proptest::prelude::*;

use crate::model::{Assign, Comment, Source, Statement, Vars};
use crate::vocab::{Piece, Word};

/// Pieces of files, in any order.
pub(crate) const FRAGMENTS: &[&str] = &[
    "A",
    "B",
    "CFLAGS",
    "=",
    "=",
    "+=",
    "\"",
    "\"",
    "'",
    "\\",
    "\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "#",
    "# don't\n",
    "export ",
    "source ",
    "source x\n",
    ". x",
    "$",
    "${",
    "}",
    "$A",
    "${A}",
    "$(nproc)",
    "${A:-b}",
    "\\$",
    "\\\\",
    "\\\n",
    "\\\"",
    "`",
    ";",
    "(",
    ")",
    "-march=native",
    "é",
    "\u{feff}",
    "\u{a0}",
    "a b",
    "A=\"x\"\n",
    "B='$A'\n",
    "A=\"a \\\n  b\"\n",
    "export A=x B=y\n",
    "A=b#c\n",
    "# above\nA=\"1\" # behind\n",
    "\n\n",
    "\u{0}",
    "[",
    "~",
    "*",
    "A=\n",
    "if true; then\n",
    "fi\n",
    "<<E\n",
    "E\n",
    "{",
    "A=1; B=2\n",
    "$'",
    "$\"",
    "&& ",
    "|| ",
    "!",
    "A+=1\n",
];

/// Any text of fragments, sometimes with bytes that are no UTF-8.
pub(crate) fn text() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        20 => prop::sample::select(FRAGMENTS).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..3),
    ];
    prop::collection::vec(fragment, 0..14).prop_map(|parts| parts.concat())
}

/// Any value.
pub(crate) fn word() -> impl Strategy<Value = Word> {
    let piece = prop_oneof![
        4 => "[ab \\\\\\\\$$'\"`!#{}=é~*%.\t;&]{0,6}".prop_map(Piece::Literal),
        1 => prop::sample::select(&["source", "\n", "\r", "\\", "it's", "-O2 -pipe", "\u{85}"][..])
            .prop_map(|text| Piece::Literal(text.to_owned())),
        2 => "[A-Z_][A-Z0-9_]{0,2}".prop_map(Piece::Reference),
    ];
    prop::collection::vec(piece, 0..5).prop_map(Word::from_pieces)
}

/// Any comment.
pub(crate) fn comment() -> impl Strategy<Value = Comment> {
    let line = "[ a#'\"\\\\]{0,4}";
    (prop::collection::vec(line, 0..3), prop::option::of(line))
        .prop_map(|(above, behind)| Comment { above, behind })
}

/// Any model without what no file of variables says.
pub(crate) fn vars(append: bool, sources: bool) -> impl Strategy<Value = Vars> {
    let assign = ("[ABC]", any::<bool>(), word(), comment()).prop_map(move |(name, plus, value, comment)| {
        Statement::Assign(Assign { name, append: append && plus, value, comment })
    });
    let source = (word(), comment()).prop_map(|(path, comment)| Statement::Source(Source { path, comment }));
    let statement = prop_oneof![6 => assign, u32::from(sources) => source];
    (prop::collection::vec("[ a#]{0,3}", 0..3), prop::collection::vec(statement, 0..6))
        .prop_map(|(header, statements)| Vars { header, statements })
}
