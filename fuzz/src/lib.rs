//! The laws of the library on any bytes.
//!
//! An input is `TEXT`, `TEXT ff EDITS` or `TEXT ff OTHER ff EDITS`: a file, another file of the same language whose
//! entries may be put into the first, and bytes that choose what is changed. So a plain file is a seed, and a
//! dictionary of the language works.
#![expect(clippy::missing_panics_doc, reason = "a broken law is a panic")]

mod edits;
mod input;
mod laws;
pub mod spec;
pub mod update;
pub mod vocab;

pub use input::Input;

use libfuzzer_sys::arbitrary::Unstructured;
use portage_config::file::{Grammar, VarsDialect, kinds};
use portage_config::syntax::{getconfig, sh};

/// The grammars of all kinds, each once.
fn grammars(wanted: impl Fn(&Grammar) -> bool) -> Vec<Grammar> {
    let mut found: Vec<Grammar> = Vec::new();
    for kind in kinds() {
        if wanted(&kind.grammar) && !found.contains(&kind.grammar) {
            found.push(kind.grammar);
        }
    }
    found
}

/// The laws of these languages: without edits in the input those of a text alone, in all dialects; with edits, those
/// of a changed text in the dialect that they choose.
pub fn grammar(wanted: impl Fn(&Grammar) -> bool, data: &[u8]) {
    let input = Input::of(data);
    let all = grammars(wanted);
    if input.edits.is_empty() {
        for grammar in &all {
            laws::text(grammar, input.text);
        }
    }
    let mut edits = Unstructured::new(input.edits);
    if let Ok(grammar) = edits.choose(&all) {
        laws::text(grammar, input.text);
        laws::changed(grammar, input.text, input.other, &mut edits);
    }
}

/// make.conf's language: its laws, and that the strict reader says the same as the tolerant one.
pub fn getconfig(data: &[u8]) {
    grammar(|g| *g == Grammar::Vars(VarsDialect::Getconfig), data);
    let text = Input::of(data).text;
    let document = getconfig::Document::parse(text);
    assert_eq!(document.bytes(), text, "the pieces are not the text");
    let mut sourced = false;
    let none = |_: &str| {
        sourced = true;
        None
    };
    if let Ok(set) = getconfig::evaluate(text, &|_| None, &mut { none })
        && !sourced
    {
        let mut expected: Vec<(String, String)> = Vec::new();
        for assign in document.vars().assigns() {
            let known = |name: &str| expected.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
            let value = assign.value.expand(known);
            match expected.iter_mut().find(|(name, _)| *name == assign.name) {
                Some((_, old)) => *old = value,
                None => expected.push((assign.name.clone(), value)),
            }
        }
        assert_eq!(set, expected, "the strict reader and the tolerant one differ");
    }
    for assign in document.vars().assigns() {
        if let Ok(quoted) = getconfig::quote(&assign.value) {
            let again = getconfig::Document::parse(format!("A={quoted}\n").as_bytes()).vars();
            assert_eq!(again.get("A").map(|a| &a.value), Some(&assign.value), "{quoted}");
        }
    }
}

/// A shell's language: its laws, and that what is quoted is read.
pub fn shell(data: &[u8]) {
    grammar(|g| matches!(g, Grammar::Vars(VarsDialect::Shell { .. })), data);
    let text = Input::of(data).text;
    let document = sh::Document::parse(text);
    assert_eq!(document.bytes(), text, "the pieces are not the text");
    for assign in document.vars().assigns() {
        if let Ok(quoted) = sh::quote(&assign.value) {
            let again = sh::Document::parse(format!("A={quoted}\n").as_bytes()).vars();
            assert_eq!(again.get("A").map(|a| &a.value), Some(&assign.value), "{quoted}");
        }
    }
}
