//! Fields of a row.

use std::borrow::Cow;
use std::ops::Range;

use crate::report::Key;
use crate::syntax::Refusal;
use crate::syntax::tiles::part;

/// Writes a text as one field: blanks, tabs, newlines, backslashes and `#` as octal escapes.
///
/// # Errors
/// When it is empty or holds a NUL: no field can say that.
pub(crate) fn escape(text: &str) -> Result<String, Refusal> {
    if text.is_empty() {
        return Err(Refusal::new(Key::file(), "a field cannot be empty"));
    }
    if text.contains('\0') {
        return Err(Refusal::new(Key::file(), "a field cannot hold a NUL"));
    }
    let mut field = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' => field.push_str("\\040"),
            '\t' => field.push_str("\\011"),
            '\n' => field.push_str("\\012"),
            '\r' => field.push_str("\\015"),
            '\\' => field.push_str("\\134"),
            '#' => field.push_str("\\043"),
            c => field.push(c),
        }
    }
    Ok(field)
}

/// The text of a field, its escapes resolved.
pub(super) fn unescape(field: &[u8]) -> String {
    let mut text = Cow::Borrowed(field);
    if field.contains(&b'\\') {
        let mut bytes = Vec::with_capacity(field.len());
        let mut rest = field;
        while let Some((first, after)) = rest.split_first() {
            match rest {
                [b'\\', a @ b'0'..=b'7', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                    let octal = |digit: &u8| u32::from(digit - b'0');
                    // Three digits can say more than a byte holds; the upper bit is lost, as in libmount.
                    bytes.push((octal(a) * 64 + octal(b) * 8 + octal(c)) as u8);
                    rest = after;
                }
                _ => {
                    bytes.push(*first);
                    rest = after;
                }
            }
        }
        // A NUL ends what a C program sees.
        bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
        text = Cow::Owned(bytes);
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// The fields of a row: ranges of `text`.
pub(super) fn fields(text: &[u8], range: &Range<usize>) -> Vec<Range<usize>> {
    let mut fields = Vec::with_capacity(6);
    let mut start = None;
    for (i, byte) in part(text, range.clone()).iter().enumerate() {
        let at = range.start + i;
        match (matches!(byte, b' ' | b'\t'), start) {
            (true, Some(from)) => {
                fields.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    fields.extend(start.map(|from| from..range.end));
    fields
}

/// Options at their commas. A comma between double quotes or behind a backslash separates nothing, and empty options
/// are none (`ul_optstr_next` of libmount).
pub(super) fn options(text: &str) -> Vec<&str> {
    let mut options = Vec::new();
    let mut from = 0;
    let mut quoted = false;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted && (before != '\\' || from == at) => {
                options.push(text.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    options.push(text.get(from..).unwrap_or_default());
    options.retain(|option| !option.is_empty());
    options
}
