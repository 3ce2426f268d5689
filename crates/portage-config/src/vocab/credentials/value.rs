//! Where a value ends: quotes, and what stands for a value that is elsewhere.

use std::ops::Range;

/// A quote that opens, as it is written in a text that may itself stand in quotes: `"`, `'`, `\"`, `\\\"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    escapes: usize,
    mark: u8,
}

impl Quote {
    /// The quote at a place of a text, and the place behind it.
    pub(super) fn at(text: &str, at: usize) -> Option<(Self, usize)> {
        let rest = text.as_bytes().get(at..)?;
        let escapes = rest.iter().take_while(|byte| **byte == b'\\').count();
        let mark = *rest.get(escapes)?;
        matches!(mark, b'"' | b'\'').then_some((Self { escapes, mark }, at + escapes + 1))
    }

    /// The quote right before a place.
    pub(super) fn before(text: &str, at: usize) -> Option<Self> {
        let mark = *text.as_bytes().get(at.checked_sub(1)?)?;
        let before = text.as_bytes().get(..at - 1)?;
        let escapes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
        matches!(mark, b'"' | b'\'').then_some(Self { escapes, mark })
    }

    /// Where it closes; the end of the line where it does not.
    pub(super) fn close(self, text: &str, from: usize) -> usize {
        let bytes = text.as_bytes();
        let mut escapes = 0;
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            match *byte {
                b'\\' => escapes += 1,
                mark if mark == self.mark && (escapes == self.escapes || mark == b'\'') => {
                    return at - escapes.min(self.escapes);
                }
                b'\n' => return at,
                _ => escapes = 0,
            }
            if *byte == self.mark {
                escapes = 0;
            }
        }
        text.len()
    }
}

/// The word at a place, without its quotes. `ends` says what ends one that has none.
pub(super) fn word(text: &str, at: usize, ends: impl Fn(char) -> bool) -> Range<usize> {
    if let Some((quote, start)) = Quote::at(text, at) {
        return start..quote.close(text, start);
    }
    let rest = text.get(at..).unwrap_or_default();
    let word = rest.find(ends).and_then(|end| rest.get(..end)).unwrap_or(rest);
    // `\"` ends it as well; a backslash elsewhere is part of it.
    let quoted = rest.get(word.len()..).is_some_and(|rest| rest.starts_with(['"', '\'']));
    at..at + if quoted { word.trim_end_matches('\\') } else { word }.len()
}

/// What ends a word of a command line.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`')
}

/// The place behind blanks, on the same line.
pub(super) fn behind_blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start_matches([' ', '\t']).len()
}

/// Whether a text is made of references alone: parameters of a spec, variables, names that Portage fills in.
pub(super) fn is_reference(text: &str) -> bool {
    let mut rest = text;
    let mut any = false;
    while !rest.is_empty() {
        let inner = rest.strip_prefix("@{").or_else(|| rest.strip_prefix("${")).or_else(|| {
            // As a value of a variable spells a reference that is none of Portage's.
            rest.strip_prefix("\\${")
        });
        let Some((name, behind)) = inner.and_then(|inner| inner.split_once('}')) else { return false };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            return false;
        }
        any = true;
        rest = behind;
    }
    any
}
