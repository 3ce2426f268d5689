//! Words that a reader does not know.

use crate::report::{Code, Findings, Key};
use crate::vocab::nearest;

/// Reports `word` with the nearest of the words that are known; what to do where none is near.
pub(super) fn unknown<'k>(
    findings: &mut Findings<'_>,
    code: &'static Code,
    (key, word): (Key, &str),
    message: String,
    known: impl IntoIterator<Item = &'k str>,
    otherwise: &str,
) {
    let near = nearest(word, known);
    let help = near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean {near}?"));
    findings.at(code, key, message).set_help(help);
}

/// Whether a text is a mode: three or four octal digits.
pub(super) fn is_mode(text: &str) -> bool {
    (3..=5).contains(&text.len()) && text.chars().all(|c| ('0'..='7').contains(&c))
}

/// Whether a text is a whole number.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 12 && text.chars().all(|c| c.is_ascii_digit())
}
