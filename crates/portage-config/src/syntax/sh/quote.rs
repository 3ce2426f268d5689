//! Spelling a value.

use super::parse::{is_name, parse};
use crate::report::Key;
use crate::syntax::Refusal;
use crate::vocab::{Piece, Word};

/// A value as it stands behind `NAME=`, between double quotes, blanks at its ends included.
///
/// What is returned reads back as the value, here and in a shell.
///
/// ```
/// use portage_config::syntax::sh::quote;
/// use portage_config::vocab::Word;
/// assert_eq!(quote(&Word::literal(" a b "))?, r#"" a b ""#);
/// assert_eq!(quote(&Word::literal("`id` $HOME"))?, r#""\`id\` \$HOME""#);
/// assert_eq!(quote(&Word::parse("${A} -g")?)?, r#""${A} -g""#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the value holds a NUL, or a reference that is no name. The entry is left to the caller.
pub fn quote(word: &Word) -> Result<String, Refusal> {
    let mut out = String::from("\"");
    for piece in word.pieces() {
        match piece {
            Piece::Reference(name) if !is_name(name.as_bytes()) => {
                return Err(Refusal::new(Key::file(), "a reference must name a variable"));
            }
            Piece::Reference(name) => {
                out.push_str("${");
                out.push_str(name);
                out.push('}');
            }
            Piece::Literal(text) if text.contains('\0') => {
                return Err(Refusal::new(Key::file(), "a value cannot hold a NUL"));
            }
            Piece::Literal(text) => {
                let mut chars = text.chars().peekable();
                while let Some(c) = chars.next() {
                    let escape = match c {
                        '$' | '"' | '`' => true,
                        '\\' => matches!(chars.peek(), None | Some('\\' | '$' | '"' | '`' | '\n' | '\x7f')),
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
    if value(&out).is_some_and(|read| read.pieces() == word.pieces()) {
        return Ok(out);
    }
    Err(Refusal::new(Key::file(), "the value does not read back as it is"))
}

/// The value that a text is, alone behind a name.
pub(super) fn value(text: &str) -> Option<Word> {
    let line = format!("A={text}");
    let (document, _) = parse(line.as_bytes());
    let mut entries = document.entries();
    let (_, entry) = entries.next()?;
    let crate::model::Statement::Assign(assign) = &entry.statement else { return None };
    (document.tiles.len() == 1 && entry.value == (2..line.len())).then(|| assign.value.clone())
}
