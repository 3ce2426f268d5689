//! Values of variables: characters and references to other variables.

use std::fmt;
use std::ops::Range;

/// A piece of a [`Word`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// The characters themselves.
    Literal(String),
    /// `${NAME}`: the value of a variable at this place.
    Reference(String),
}

/// The value of a variable as a file spells it: characters and references.
///
/// It is read by one rule, *what stands between the quotes in the file, quoting aside*: `${NAME}` and `$NAME` are
/// references, `\$` a dollar, `\\` a backslash, `\"` a quote, a newline a blank, any other backslash itself.
/// Whether a file's own language can say it is decided by the writers in [`crate::syntax`].
///
/// ```
/// use portage_config::vocab::{Piece, Word};
/// let word = Word::parse(r"${COMMON_FLAGS} -g")?;
/// assert_eq!(word.spell(), "${COMMON_FLAGS} -g");
/// assert_eq!(Word::parse(r"\${URI}")?.pieces(), [Piece::Literal("${URI}".into())]);
/// # Ok::<(), portage_config::vocab::WordError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Word {
    pieces: Vec<Piece>,
    secret: bool,
}

/// Why a text is no value of a variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
#[non_exhaustive]
pub struct WordError {
    /// The offending bytes of the text.
    pub range: Range<usize>,
    /// What is wrong.
    pub kind: WordErrorKind,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordErrorKind {
    /// `$(…)`, `$((…))`, `$@`, `$ `: Portage makes the whole value empty.
    #[error("`$` is not followed by a variable's name: Portage would make the whole value empty")]
    BadSubstitution,
    /// `${NAME:-x}`, `${NAME/x/y}`, `${#NAME}`, an unclosed brace: Portage makes the whole value empty.
    #[error("only `${{NAME}}` is known: Portage would make the whole value empty")]
    BadExpansion,
}

impl Word {
    /// A value without references: the characters themselves.
    pub fn literal(text: impl Into<String>) -> Self {
        let text = text.into();
        let pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Literal(text)] };
        Self { pieces, secret: false }
    }

    /// A value of these pieces; neighbouring literals are joined, empty ones dropped.
    pub fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (_, Piece::Literal(text)) if text.is_empty() => {}
                (Some(Piece::Literal(last)), Piece::Literal(text)) => last.push_str(&text),
                (_, piece) => joined.push(piece),
            }
        }
        Self { pieces: joined, secret: false }
    }

    /// Reads a value by the rule above.
    ///
    /// # Errors
    /// Where Portage would make the value empty: `$(…)`, `${NAME:-x}`.
    pub fn parse(text: &str) -> Result<Self, WordError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text.char_indices().peekable();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        while let Some((at, c)) = rest.next() {
            match (c, rest.peek().map(|(_, next)| *next)) {
                ('\\', Some(next @ ('$' | '\\' | '"'))) => {
                    literal.push(next);
                    rest.next();
                }
                ('\n', _) => literal.push(' '),
                ('$', None) => literal.push('$'),
                ('$', Some('{')) => {
                    let inner = text.get(at + 2..).unwrap_or_default();
                    let name = inner.split('}').next().unwrap_or_default();
                    let whole = at..at + 3 + name.len();
                    if name.is_empty() || !name.chars().all(is_name) || whole.end > text.len() {
                        let range = at..whole.end.min(text.len());
                        return Err(WordError { range, kind: WordErrorKind::BadExpansion });
                    }
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    pieces.push(Piece::Reference(name.to_owned()));
                    while rest.next_if(|(i, _)| *i < whole.end).is_some() {}
                }
                ('$', Some(next)) if is_name(next) => {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    let mut name = String::new();
                    while let Some((_, c)) = rest.next_if(|(_, c)| is_name(*c)) {
                        name.push(c);
                    }
                    pieces.push(Piece::Reference(name));
                }
                ('$', Some(next)) => {
                    let range = at..at + 1 + next.len_utf8();
                    return Err(WordError { range, kind: WordErrorKind::BadSubstitution });
                }
                (c, _) => literal.push(c),
            }
        }
        pieces.push(Piece::Literal(literal));
        Ok(Self::from_pieces(pieces))
    }

    /// The value spelled so that [`Word::parse`] reads it back: what stands between double quotes in a file.
    ///
    /// For the writers of files; people get [`Word::shown`].
    pub fn spell(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => {
                    let mut rest = text.chars().peekable();
                    while let Some(c) = rest.next() {
                        let escape = match c {
                            '$' => true,
                            '\\' => matches!(rest.peek(), None | Some('\\' | '$' | '"')),
                            _ => false,
                        };
                        if escape {
                            out.push('\\');
                        }
                        out.push(c);
                    }
                }
                Piece::Reference(name) => {
                    out.push_str("${");
                    out.push_str(name);
                    out.push('}');
                }
            }
        }
        out
    }

    /// The pieces.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The names it refers to, in order.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// The characters, if there is no reference.
    pub fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The value with each reference replaced by what `lookup` knows, or by nothing.
    pub fn expand(&self, lookup: impl Fn(&str) -> Option<String>) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.clone(),
                Piece::Reference(name) => lookup(name).unwrap_or_default(),
            })
            .collect()
    }

    /// Whether the value is empty.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Marks the value as one that nobody but the reader of the file may see.
    #[must_use]
    pub fn into_secret(mut self, secret: bool) -> Self {
        self.secret |= secret;
        self
    }

    /// Whether all of it is secret.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// The value without its secrets, for people.
    pub fn shown(&self) -> String {
        if self.secret { super::HIDDEN.to_owned() } else { super::mask(&self.spell()).into_owned() }
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown())
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => write!(f, "{:?}", super::mask(text)),
            Self::Reference(name) => write!(f, "${{{name}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_references() {
        let word = Word::parse("a \\$b ${C}$D-\\\\ \\n \\\"\n$").unwrap();
        assert_eq!(
            word.pieces(),
            [
                Piece::Literal("a $b ".into()),
                Piece::Reference("C".into()),
                Piece::Reference("D".into()),
                Piece::Literal("-\\ \\n \" $".into())
            ]
        );
    }

    #[test]
    fn what_portage_would_empty_is_refused() {
        for (text, range) in [
            ("x $(nproc)", 2..4),
            ("${A:-b}", 0..7),
            ("${#A}", 0..5),
            ("${A", 0..3),
            ("${}", 0..3),
            ("a $ b", 2..4),
            ("$@", 0..2),
        ] {
            assert_eq!(Word::parse(text).unwrap_err().range, range, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_value_is_read_as_it_is_spelled(
            pieces in prop::collection::vec(prop_oneof![
                "[ab \\\\$'\"`#{}é\t]{0,6}".prop_map(Piece::Literal),
                "[A-Z_][A-Z0-9_]{0,3}".prop_map(Piece::Reference),
            ], 0..6)
        ) {
            let word = Word::from_pieces(pieces);
            prop_assert_eq!(Word::parse(&word.spell()).unwrap(), word);
        }
    }
}
