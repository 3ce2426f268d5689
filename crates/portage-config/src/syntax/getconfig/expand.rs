//! What a token means: `varexpand` of lib/portage/util/__init__.py.
//!
//! It runs on the text that [`super::lex`] took the quotes from, so that single quotes stop nothing; but quote
//! characters that are part of the value count, and between two `'` nothing is expanded.

use crate::vocab::{Piece, Word};

/// What a token means.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Expanded {
    /// The value; empty where `emptied` says why.
    pub(super) word: Word,
    /// Portage complains on stderr and makes the whole value empty.
    pub(super) emptied: Option<Emptied>,
    /// A name that would be expanded if there were no `'` before it.
    pub(super) shadowed: Option<String>,
}

/// Why a value becomes empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Emptied {
    /// `$(…)`, `$@`, `$ `, `${}`: bad substitution. The text is what stands there.
    Substitution(String),
    /// `${NAME:-x}`, `${NAME`: Portage looks for `}` right behind the name. The text is what stands there.
    Brace(String),
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether `name` can stand in `${…}`.
pub(super) fn is_reference(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name)
}

/// The start of a text, for a message.
pub(super) fn excerpt(text: &str) -> String {
    let text = text.trim();
    let line = text.split('\n').next().unwrap_or_default();
    // Only what can be shown needs masking, but credentials may reach beyond the cut.
    let start: String = line.chars().take(400).collect();
    let start = crate::vocab::mask(&start).into_owned();
    if start.chars().count() <= 32 && line.len() == text.len() {
        return start;
    }
    start.chars().take(32).chain(['…']).collect()
}

pub(super) fn expand(token: &str) -> Expanded {
    let mut found = Expanded::default();
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let (mut single, mut double) = (false, false);
    let mut rest = token;
    while let Some(c) = rest.chars().next() {
        let here = rest;
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\'' if !double => {
                single = !single;
                literal.push(c);
            }
            '"' if !single => {
                double = !double;
                literal.push(c);
            }
            '$' if single => {
                let name = rest.strip_prefix('{').unwrap_or(rest);
                let end = name.find(|c| !is_name(c)).unwrap_or(name.len());
                if end > 0 && found.shadowed.is_none() {
                    found.shadowed = name.get(..end).map(str::to_owned);
                }
                literal.push(c);
            }
            '\n' if !single => literal.push(' '),
            '\\' if !single => {
                let Some(next) = rest.chars().next() else {
                    literal.push('\\');
                    break;
                };
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
                match next {
                    '$' => literal.push('$'),
                    '\n' => {}
                    '\\' => {
                        literal.push('\\');
                        // Portage calls this "bug-for-bug compatible": the next one is neither quote nor `$`.
                        if let Some(taken @ ('\'' | '"' | '$')) = rest.chars().next() {
                            literal.push(taken);
                            rest = rest.get(1..).unwrap_or_default();
                        }
                    }
                    other => {
                        literal.push('\\');
                        literal.push(other);
                    }
                }
            }
            '$' if rest.is_empty() => literal.push('$'),
            '$' => {
                let braced = rest.strip_prefix('{');
                let name = braced.unwrap_or(rest);
                let end = name.find(|c| !is_name(c)).unwrap_or(name.len());
                let (name, behind) = name.split_at_checked(end).unwrap_or_default();
                rest = match (braced, behind.strip_prefix('}')) {
                    (None, _) => behind,
                    (Some(_), Some(behind)) => behind,
                    (Some(_), None) => {
                        return Expanded { emptied: Some(Emptied::Brace(excerpt(here))), ..found.cleared() };
                    }
                };
                if name.is_empty() {
                    let emptied = Some(Emptied::Substitution(excerpt(here)));
                    return Expanded { emptied, ..found.cleared() };
                }
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                pieces.push(Piece::Reference(name.to_owned()));
            }
            c => literal.push(c),
        }
    }
    pieces.push(Piece::Literal(literal));
    found.word = Word::from_pieces(pieces);
    found
}

impl Expanded {
    fn cleared(self) -> Self {
        Self { shadowed: None, ..self }
    }
}
