//! The lines of a file.

use std::ops::Range;

use super::skip::{Reach, skip};
use crate::model::{Assign, Statement};
use crate::syntax::vars::{Document, Entry, Kind, Tile};
use crate::vocab::{Piece, Word};

/// An unknown piece of a file.
#[derive(Clone, Debug)]
pub(super) struct Unknown {
    pub(super) range: Range<usize>,
    pub(super) reach: Reach,
}

fn newline(text: &[u8]) -> Option<usize> {
    (text.first() == Some(&b'\n')).then_some(1)
}

pub(super) fn is_name(name: &[u8]) -> bool {
    name.first().is_some_and(|b| !b.is_ascii_digit())
        && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// Takes a file apart.
pub(super) fn parse(text: &[u8]) -> (Document<'_>, Vec<Unknown>) {
    let mut tiles = Vec::new();
    let mut unknown = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if let Some((entries, end)) = line(text, at) {
            tiles.extend(entries);
            at = end;
            continue;
        }
        let blanks = text.get(at..).unwrap_or_default().iter().take_while(|b| is_blank(**b)).count();
        let start = at + blanks;
        let (end, reach) = skip(text, start);
        let end = end.max(start + 1).min(text.len());
        unknown.push(Unknown { range: start..end, reach });
        tiles.push(Tile { range: start..end, kind: Kind::Unknown });
        at = end;
        if text.get(at) == Some(&b'\n') {
            at += 1;
        }
    }
    (Document::new(text, tiles, newline), unknown)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// A line of assignments, and where the next one starts; `None` if there is anything else on it.
fn line(text: &[u8], start: usize) -> Option<(Vec<Tile>, usize)> {
    let mut entries = Vec::new();
    let mut at = start;
    let mut separate = true;
    loop {
        at += text.get(at..)?.iter().take_while(|b| is_blank(**b)).count();
        match text.get(at) {
            None => return Some((entries, at)),
            Some(b'\n') => return Some((entries, at + 1)),
            Some(b'#') => {
                let rest = text.get(at..)?;
                let end = rest.iter().position(|b| *b == b'\n').map_or(text.len(), |n| at + n + 1);
                return Some((entries, end)).filter(|_| !rest.get(..end - at).is_some_and(has_nul));
            }
            Some(_) => {}
        }
        // Two assignments without `;` are one command to a shell.
        if !separate {
            return None;
        }
        let (tile, closed) = assignment(text, at)?;
        separate = closed;
        at = tile.range.end;
        entries.push(tile);
    }
}

fn has_nul(text: &[u8]) -> bool {
    text.contains(&0)
}

/// An assignment, and whether a `;` closes it.
fn assignment(text: &[u8], start: usize) -> Option<(Tile, bool)> {
    let mut at = start;
    let rest = text.get(at..)?;
    let export = rest.starts_with(b"export") && rest.get(6).is_some_and(|b| is_blank(*b));
    if export {
        at += 6;
        at += text.get(at..)?.iter().take_while(|b| is_blank(**b)).count();
    }
    let rest = text.get(at..)?;
    let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let name = rest.get(..length).filter(|name| is_name(name))?;
    let append = rest.get(length) == Some(&b'+');
    let equals = length + usize::from(append);
    if rest.get(equals) != Some(&b'=') {
        return None;
    }
    let value = at + equals + 1;
    let (word, end) = word(text, value, export)?;
    let mut behind = end;
    behind += text.get(end..)?.iter().take_while(|b| is_blank(**b)).count();
    let tile_end = match text.get(behind) {
        Some(b';') if text.get(behind + 1) != Some(&b';') => behind + 1,
        Some(b';') => return None,
        _ => end,
    };
    let name = String::from_utf8_lossy(name).into_owned();
    let statement = Statement::Assign(Assign { name, append, value: word, ..Assign::default() });
    let entry = Entry { statement, value: value..end };
    let closed = tile_end > end;
    Some((Tile { range: start..tile_end, kind: Kind::Entry(Box::new(entry)) }, closed))
}

/// What a value is made of, as it is read.
#[derive(Default)]
struct Value {
    pieces: Vec<Piece>,
    literal: Vec<u8>,
}

impl Value {
    fn flush(&mut self) {
        let literal = std::mem::take(&mut self.literal);
        self.pieces.push(Piece::Literal(String::from_utf8_lossy(&literal).into_owned()));
    }

    /// A `$` at `at`: how many bytes belong to it, or `None` if a shell does more than put a variable there.
    fn dollar(&mut self, text: &[u8], at: usize, quoted: bool) -> Option<usize> {
        let rest = text.get(at + 1..)?;
        let (open, close) = if rest.first() == Some(&b'{') { (1, 1) } else { (0, 0) };
        let name = rest.get(open..)?;
        let length = name.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let name = name.get(..length)?;
        if length == 0 && open == 0 {
            return match rest.first() {
                // These are names to a shell, or start something.
                Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' | b'(' | b'[') => None,
                Some(b'"' | b'\'') if !quoted => None,
                // A joined line might bring a name.
                Some(b'\\') => None,
                _ => {
                    self.literal.push(b'$');
                    Some(1)
                }
            };
        }
        if !is_name(name) || open == 1 && rest.get(open + length) != Some(&b'}') {
            return None;
        }
        // `$A[1]` is `$A` and text; `$A` and a joined line may go on.
        if open == 0 && rest.get(length) == Some(&b'\\') && rest.get(length + 1) == Some(&b'\n') {
            return None;
        }
        self.flush();
        self.pieces.push(Piece::Reference(String::from_utf8_lossy(name).into_owned()));
        Some(1 + open + length + close)
    }
}

/// A value, and where it ends.
fn word(text: &[u8], start: usize, export: bool) -> Option<(Word, usize)> {
    let mut value = Value::default();
    let mut at = start;
    let mut tilde = true;
    loop {
        let byte = text.get(at).copied();
        let may_expand = std::mem::take(&mut tilde);
        match byte {
            None | Some(b' ' | b'\t' | b'\n' | b';') => {
                value.flush();
                return Some((Word::from_pieces(value.pieces), at));
            }
            Some(b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b'`' | 0) => return None,
            Some(b'~') if may_expand => return None,
            Some(b'{') if export => return None,
            Some(b'\'') => {
                let inner = text.get(at + 1..)?;
                let length = inner.iter().position(|b| *b == b'\'')?;
                let inner = inner.get(..length).filter(|inner| !has_nul(inner))?;
                value.literal.extend_from_slice(inner);
                at += length + 2;
            }
            Some(b'"') => at = double(text, at + 1, &mut value)?,
            Some(b'\\') => {
                match *text.get(at + 1)? {
                    b'\n' => tilde = may_expand,
                    0 => return None,
                    other => value.literal.push(other),
                }
                at += 2;
            }
            Some(b'$') => at += value.dollar(text, at, false)?,
            Some(other) => {
                tilde = matches!(other, b':' | b'=');
                value.literal.push(other);
                at += 1;
            }
        }
    }
}

/// What stands between double quotes, up to behind the closing one.
fn double(text: &[u8], start: usize, value: &mut Value) -> Option<usize> {
    let mut at = start;
    loop {
        match *text.get(at)? {
            b'"' => return Some(at + 1),
            b'`' | 0 => return None,
            b'\\' => {
                let next = *text.get(at + 1)?;
                match next {
                    b'\n' => {}
                    b'$' | b'`' | b'"' | b'\\' => value.literal.push(next),
                    0 => return None,
                    other => value.literal.extend([b'\\', other]),
                }
                at += 2;
            }
            b'$' => at += value.dollar(text, at, true)?,
            other => {
                value.literal.push(other);
                at += 1;
            }
        }
    }
}
