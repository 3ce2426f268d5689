//! Spelling a value.

use super::chars::Chars;
use super::expand::{expand, is_reference};
use super::lex::Lexer;
use crate::report::Key;
use crate::syntax::Refusal;
use crate::vocab::{Piece, Word};

/// A value as it stands behind `NAME=`, quotes included.
///
/// The plain spelling (`\"`, `\$`, `\\`) is taken where a shell reads the same; where Portage needs another one,
/// that. What is returned reads back as the value.
///
/// ```
/// use portage_config::syntax::getconfig::quote;
/// use portage_config::vocab::Word;
/// assert_eq!(quote(&Word::literal(r#"curl "${URI}""#))?, r#""curl \"\${URI}\"""#);
/// assert_eq!(quote(&Word::parse("${CFLAGS} -g")?)?, r#""${CFLAGS} -g""#);
/// assert!(quote(&Word::literal("two\nlines")).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the language cannot say the value: a newline, a carriage return, a NUL, or a reference behind an odd
/// number of apostrophes (Portage expands nothing there). The entry is left to the caller.
pub fn quote(word: &Word) -> Result<String, Refusal> {
    refuse(word)?;
    [plain(word), exact(word)]
        .into_iter()
        .find(|text| reads_as(text, word))
        .ok_or_else(|| Refusal::new(Key::file(), "the make.conf language cannot say this value"))
}

/// The path of `source`, quotes included.
///
/// # Errors
/// As [`quote`]; and for an empty path, or one that starts with a double quote.
pub(super) fn quote_path(word: &Word) -> Result<String, Refusal> {
    refuse(word)?;
    if word.is_empty() {
        return Err(Refusal::new(Key::file(), "`source` needs a path"));
    }
    if matches!(word.pieces().first(), Some(Piece::Literal(text)) if text.starts_with('"')) {
        return Err(Refusal::new(Key::file(), "a path cannot start with a double quote"));
    }
    // Only a value must not be the word `source` itself.
    let reads = |text: &String| token(text).is_some_and(|t| means(&t, word));
    [plain(word), exact(word)]
        .into_iter()
        .find(reads)
        .ok_or_else(|| Refusal::new(Key::file(), "the make.conf language cannot say this path"))
}

fn refuse(word: &Word) -> Result<(), Refusal> {
    let refusal = |message: &str| Err(Refusal::new(Key::file(), message));
    let (mut single, mut double, mut escaped) = (false, false, false);
    for piece in word.pieces() {
        match piece {
            Piece::Reference(name) if !is_reference(name) => {
                return refusal("a reference must name a variable");
            }
            Piece::Reference(_) if single => {
                return refusal("a reference behind an odd number of apostrophes is not expanded");
            }
            Piece::Reference(_) => escaped = false,
            Piece::Literal(text) => {
                for c in text.chars() {
                    match c {
                        '\0' => return refusal("a value cannot hold a NUL"),
                        '\r' => return refusal("a carriage return is read as a line break"),
                        '\n' if !single => return refusal("a line break in a value is read as a blank"),
                        '\'' if !double && !escaped => single = !single,
                        '"' if !single && !escaped => double = !double,
                        _ => {}
                    }
                    escaped = c == '\\' && !single;
                }
            }
        }
    }
    Ok(())
}

/// As a shell has it between double quotes.
fn plain(word: &Word) -> String {
    let mut out = String::from("\"");
    for piece in word.pieces() {
        match piece {
            Piece::Reference(name) => {
                out.push_str("${");
                out.push_str(name);
                out.push('}');
            }
            Piece::Literal(text) => {
                let mut chars = text.chars().peekable();
                while let Some(c) = chars.next() {
                    let escape = match c {
                        '$' | '"' => true,
                        '\\' => match chars.peek() {
                            Some(next) => matches!(next, '\\' | '$' | '"' | '`' | '\n'),
                            None => true,
                        },
                        _ => false,
                    };
                    if escape {
                        out.push('\\');
                    }
                    out.push(c);
                }
            }
        }
    }
    out.push('"');
    out
}

/// As Portage alone reads it: first the text that `varexpand` must see, then the quotes that `shlex` takes off.
fn exact(word: &Word) -> String {
    let mut seen = String::new();
    let (mut single, mut double) = (false, false);
    let mut pieces = word.pieces().iter().peekable();
    while let Some(piece) = pieces.next() {
        let text = match piece {
            Piece::Reference(name) => {
                seen.push_str("${");
                seen.push_str(name);
                seen.push('}');
                continue;
            }
            Piece::Literal(text) => text,
        };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\'' if !double => single = !single,
                '"' if !single => double = !double,
                _ => {}
            }
            match c {
                _ if single && c != '\'' => seen.push(c),
                '$' => seen.push_str("\\$"),
                '\\' => match chars.peek().copied() {
                    // Neither is taken for a quote or a reference then.
                    Some(next @ ('\'' | '"' | '$')) => {
                        chars.next();
                        seen.push_str("\\\\");
                        seen.push(next);
                    }
                    Some('\\' | '\n') => seen.push_str("\\\\"),
                    Some(_) => seen.push('\\'),
                    // `\\` would take the `$` of a reference with it; a joined line stands between them.
                    None if pieces.peek().is_some() => seen.push_str("\\\\\\\n"),
                    None => seen.push('\\'),
                },
                c => seen.push(c),
            }
        }
    }
    if seen == "source" {
        // The word alone would read a file; joined lines are taken apart only afterwards.
        seen.push_str("\\\n");
    }
    let mut out = String::from("\"");
    let mut chars = seen.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' if matches!(chars.peek(), None | Some('\\' | '"')) => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The one token that a text is.
pub(super) fn token(text: &str) -> Option<String> {
    let mut input = Chars::file(text.as_bytes());
    let mut lexer = Lexer::new();
    let token = lexer.read(&mut input).ok()??;
    let alone = !lexer.has_pushed_back() && lexer.read(&mut input) == Ok(None) && !token.cut;
    (alone && token.range == (0..text.len())).then_some(token.text)
}

fn means(token: &str, word: &Word) -> bool {
    let found = expand(token);
    found.emptied.is_none() && found.word.pieces() == word.pieces()
}

fn reads_as(text: &str, word: &Word) -> bool {
    token(text).is_some_and(|token| token != "source" && means(&token, word))
}
