//! What holds for each language.

use libfuzzer_sys::arbitrary::Unstructured;
use portage_config::file::{Grammar, kinds};
use portage_config::model::Model;
use portage_config::report::Report;
use portage_config::syntax::{read, spans, write};
use portage_config::vocab::RelPath;

use crate::edits;

/// The bytes for people.
pub(crate) fn shown(text: &[u8]) -> String {
    text.escape_ascii().to_string()
}

/// Every finding lies in its text.
pub(crate) fn placed(report: &Report) {
    for found in &report.diagnostics {
        assert!(!found.message.is_empty(), "{found:?}");
        let Some(span) = found.spot.span else { continue };
        let source = report.sources.get(span.source).expect("a finding in no source");
        let end = source.text.len();
        // The end of a text counts as a place in it.
        let inside = span.start <= span.end && span.end <= end;
        assert!(inside && source.text.get(span.start..span.end).is_some(), "{found:?} {:?}", source.text);
        source.position(span.start);
    }
}

/// Reads a text; all findings lie in it, and the checks of all kinds of its language take it.
pub(crate) fn model(grammar: &Grammar, text: &[u8]) -> Model {
    let path = RelPath::parse("etc/portage/x").expect("a path");
    let mut report = Report::new();
    let model = read(grammar, text, &mut report.text(&path, text));
    for kind in kinds().iter().filter(|kind| kind.grammar == *grammar) {
        (kind.check)(&model, &mut report.text(&path, text));
    }
    placed(&report);
    model
}

/// What holds for a text alone.
pub(crate) fn text(grammar: &Grammar, text: &[u8]) {
    let said = model(grammar, text);
    let written = write(grammar, text, &said).unwrap_or_else(|refusal| panic!("{grammar:?}: {refusal:?}"));
    assert!(written == text, "{grammar:?} {} became {}", shown(text), shown(&written));
    places(grammar, text);
}

/// Places lie in the text, in order, one behind the other. Rules of one line have its place; in TOML a value lies in
/// its table.
fn places(grammar: &Grammar, text: &[u8]) {
    let nested = matches!(grammar, Grammar::Toml | Grammar::Rules(_));
    let all = spans(grammar, text);
    let mut last = 0..0;
    for (key, range) in &all {
        let place = || format!("{grammar:?} {key} {range:?} behind {last:?} in {}: {all:?}", shown(text));
        assert!(range.start < range.end && range.end <= text.len(), "{}", place());
        let inside = nested && range.end <= last.end;
        assert!(last.start <= range.start && (last.end <= range.start || inside), "{}", place());
        if !inside {
            last = range.clone();
        }
    }
}

/// What holds for a text that is changed: to what `other` says, and by edits.
pub(crate) fn changed(grammar: &Grammar, text: &[u8], other: &[u8], choices: &mut Unstructured<'_>) {
    let wanted = model(grammar, other);
    into(grammar, b"", &wanted);
    into(grammar, text, &wanted);
    let mut wanted_here = model(grammar, text);
    let bare = choices.arbitrary().unwrap_or(true);
    edits::edit(&mut wanted_here, &wanted, choices);
    into(grammar, b"", &wanted_here);
    into(grammar, text, &wanted_here);
    if bare {
        edits::strip(&mut wanted_here);
        if let Some(written) = into(grammar, text, &wanted_here) {
            keeps(grammar, text, &written);
        }
    }
}

/// What is written into a text is read back, and writing it again changes nothing.
fn into(grammar: &Grammar, text: &[u8], wanted: &Model) -> Option<Vec<u8>> {
    let written = write(grammar, text, wanted).ok()?;
    let again = model(grammar, &written);
    let told = || format!("{grammar:?}\n{wanted:#?}\nread: {again:#?}\n{}\n{}", shown(text), shown(&written));
    assert!(wanted.satisfied_by(&again), "other entries: {}", told());
    match write(grammar, &written, wanted) {
        Ok(twice) => assert!(twice == written, "written again: {}\n{}", shown(&twice), told()),
        Err(refusal) => panic!("refused when written again: {refusal:?} {}", told()),
    }
    self::text(grammar, &written);
    Some(written)
}

/// The lines of comment of a text are still there.
pub(crate) fn keeps(grammar: &Grammar, text: &[u8], written: &[u8]) {
    let taken: Vec<_> = spans(grammar, text).into_iter().map(|(_, range)| range).collect();
    let mut left: Vec<&[u8]> = lines(written).map(|(_, line)| line.trim_ascii()).collect();
    for (start, line) in lines(text) {
        let words = line.trim_ascii();
        let marked =
            words.starts_with(b"#") || (words.starts_with(b";") && matches!(grammar, Grammar::Ini(_)));
        let free = taken.iter().all(|range| start + line.len() <= range.start || range.end < start);
        if marked && free {
            let at = left.iter().position(|other| *other == words);
            let lost =
                || format!("{grammar:?}: lost `{}`: {}\n{}", shown(words), shown(text), shown(written));
            left.swap_remove(at.unwrap_or_else(|| panic!("{}", lost())));
        }
    }
}

/// Lines as the reader with the most ends of lines finds them.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    text.split(|byte| matches!(byte, b'\n' | b'\r')).map(move |line| {
        let at = start;
        start += line.len() + 1;
        (at, line)
    })
}
