//! The laws of all grammars of lines, for their tests.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::model::{Comment, Model};
use crate::report::{Diagnostic, Report};
use crate::syntax::{Refusal, read, write};
use crate::vocab::RelPath;

/// Reads a text and keeps what was found.
pub(in crate::syntax) fn reported(
    grammar: &crate::file::Grammar,
    path: &str,
    text: &[u8],
) -> (Model, Vec<Diagnostic>) {
    let mut report = Report::new();
    let path = RelPath::parse(path).unwrap();
    let model = read(grammar, text, &mut report.text(&path, text));
    (model, report.diagnostics)
}

/// The findings as `CODE word-of-the-text: message`.
pub(in crate::syntax) fn told(grammar: &crate::file::Grammar, path: &str, text: &str) -> Vec<String> {
    let found = reported(grammar, path, text.as_bytes()).1;
    let shown = |d: &Diagnostic| {
        let span = d.spot.span.unwrap();
        format!("{} `{}`: {}", d.code.id, text.get(span.start..span.end).unwrap(), d.message)
    };
    found.iter().map(shown).collect()
}

/// Reads a text.
pub(in crate::syntax) fn model(grammar: &crate::file::Grammar, text: &[u8]) -> Model {
    reported(grammar, "etc/portage/x", text).0
}

/// What holds for a text alone.
pub(in crate::syntax) fn lossless(grammar: &crate::file::Grammar, text: &[u8]) {
    let written = write(grammar, text, &model(grammar, text)).unwrap();
    assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(text));
    assert_eq!(written, text);
}

/// What holds for a text and a model written into it.
pub(in crate::syntax) fn writes(
    grammar: &crate::file::Grammar,
    text: &[u8],
    wanted: &Model,
) -> Result<Vec<u8>, Refusal> {
    let written = write(grammar, text, wanted)?;
    let again = model(grammar, &written);
    let shown = || {
        format!(
            "{wanted:#?}\n{again:#?}\n{}\n--\n{}",
            String::from_utf8_lossy(text),
            String::from_utf8_lossy(&written)
        )
    };
    assert!(wanted.satisfied_by(&again), "{}", shown());
    assert_eq!(write(grammar, &written, wanted).unwrap(), written, "{}", shown());
    Ok(written)
}

/// Lines that hold nothing but these words, in order, may be found again in `text`.
pub(in crate::syntax) fn keeps(text: &[u8], written: &[u8], kept: impl Fn(&str) -> bool) {
    let lines = |text: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(text).replace("\r\n", "\n").replace('\r', "\n");
        text.split('\n').filter(|line| kept(line)).map(str::to_owned).collect()
    };
    let (before, after) = (lines(text), lines(written));
    let mut rest = after.iter();
    for line in &before {
        assert!(rest.any(|other| other == line), "{line:?} is lost: {before:#?} {after:#?}");
    }
}

/// One line of a comment.
pub(in crate::syntax) fn comment_words() -> impl Strategy<Value = String> {
    select(vec!["", "why", " indented", "# more", "required by x", "a/b x", "é\u{a0}\u{2028}", "trailing "])
        .prop_map(str::to_owned)
}

/// A comment.
pub(in crate::syntax) fn comment(behind: bool) -> impl Strategy<Value = Comment> {
    let above = prop::collection::vec(comment_words(), 0..3);
    (above, prop::option::weighted(0.3, comment_words()))
        .prop_map(move |(above, words)| Comment { above, behind: words.filter(|_| behind) })
}

/// A text of these lines with any terminators.
pub(in crate::syntax) fn text_of(lines: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let end = prop_oneof![8 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n")];
    let last = prop_oneof![3 => Just("\n"), 1 => Just("")];
    (prop::collection::vec((lines, end), 0..12), last).prop_map(|(lines, last)| {
        let mut text = Vec::new();
        let count = lines.len();
        for (i, (line, end)) in lines.into_iter().enumerate() {
            text.extend(line);
            text.extend(if i + 1 == count { last } else { end }.bytes());
        }
        text
    })
}

/// An edit of a list.
#[derive(Clone, Debug)]
pub(in crate::syntax) enum Edit<E> {
    Remove(Index),
    Insert(Index, E),
    Replace(Index, E),
    Swap(Index, Index),
}

/// Edits of a list.
pub(in crate::syntax) fn edits<E: Clone + std::fmt::Debug>(
    entry: impl Strategy<Value = E> + Clone,
) -> impl Strategy<Value = Vec<Edit<E>>> {
    let index = any::<Index>;
    prop::collection::vec(
        prop_oneof![
            index().prop_map(Edit::Remove),
            (index(), entry.clone()).prop_map(|(at, entry)| Edit::Insert(at, entry)),
            (index(), entry).prop_map(|(at, entry)| Edit::Replace(at, entry)),
            (index(), index()).prop_map(|(a, b)| Edit::Swap(a, b)),
        ],
        0..6,
    )
}

/// Makes the edits; `change` makes a new entry of an old one and of another.
pub(in crate::syntax) fn edit<E>(entries: &mut Vec<E>, edits: Vec<Edit<E>>, change: impl Fn(&mut E, E)) {
    for edit in edits {
        let count = entries.len();
        match edit {
            Edit::Insert(at, entry) => entries.insert(at.index(count + 1), entry),
            _ if count == 0 => {}
            Edit::Remove(at) => drop(entries.remove(at.index(count))),
            Edit::Replace(at, entry) => change(&mut entries[at.index(count)], entry),
            Edit::Swap(a, b) => entries.swap(a.index(count), b.index(count)),
        }
    }
}
