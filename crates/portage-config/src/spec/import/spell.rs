//! TOML as a person writes it.

use std::borrow::Cow;

use crate::file::{self, Place};
use crate::spec::header;
use crate::syntax::toml::{format_key, string};
use crate::vocab::RelPath;

/// Longer lines are broken.
pub(super) const WIDTH: usize = 100;

/// A string whose `@{` is no parameter.
pub(super) fn literal(text: &str) -> Cow<'_, str> {
    match text.as_bytes().contains(&b'@') {
        true => Cow::Owned(text.replace("@{", "@@{")),
        false => Cow::Borrowed(text),
    }
}

/// A value on one line.
pub(super) fn value(text: &str) -> String {
    string(&literal(text))
}

/// A key.
pub(super) fn key(text: &str) -> String {
    format_key(&literal(text))
}

/// The header of a section of entries, brackets left out: `make.conf` where TOML may split it, quoted otherwise.
pub(super) fn section(path: &RelPath) -> String {
    let header = header::header(path);
    if header.contains('/') {
        return value(&header);
    }
    let plain = file::kinds().iter().any(|kind| match kind.place {
        Place::File(at) | Place::FileOrFolder(at) => at.strip_prefix("etc/portage/") == Some(&header),
        _ => false,
    });
    if plain { header } else { value(&header) }
}

/// The header of a file's attributes, as a line.
pub(super) fn file_header(path: &RelPath) -> String {
    format!("[file.{}]\n", value(&header::header(path)))
}

/// The line of a mode.
pub(super) fn mode(mode: u32) -> String {
    format!("mode = 0o{mode:03o}\n")
}

/// Whether a line of a comment can stand in TOML.
pub(super) fn is_comment(line: &str) -> bool {
    !line.contains(|c: char| c.is_ascii_control() && c != '\t')
}

/// A text as a line of a comment: control characters are spelled out.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// Adds the lines of a comment.
pub(super) fn comment(out: &mut String, lines: &[String]) {
    for line in lines {
        out.push('#');
        out.push_str(line);
        out.push('\n');
    }
}

/// A whole text between three quotes; every byte of it comes back.
pub(super) fn block(text: &str) -> String {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains("'''") && !text.ends_with('\'') && !text.contains(odd) {
        return format!("'''\n{text}'''");
    }
    let mut out = "\"\"\"\n".to_owned();
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push_str("\"\"\"");
    out
}

/// The value of a variable, where a line break is a blank: a long one gets several lines, first where the blanks
/// tell that there were some.
pub(super) fn wrapped(text: &str) -> String {
    let control = |c: char| c.is_control();
    if text.len() <= WIDTH || !text.contains(' ') || text.contains(control) || text.contains("'''") {
        return value(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut column = 0;
    let mut rest = text;
    while let Some(at) = rest.find(' ') {
        let (word, after) = rest.split_at(at);
        out.push_str(word);
        column += word.len();
        let after = after.get(1..).unwrap_or_default();
        let next = after.len() - after.trim_start_matches(' ').len();
        let word = next + after.get(next..).and_then(|r| r.split(' ').next()).map_or(0, str::len);
        if next > 0 || column + 1 + word > WIDTH {
            out.push('\n');
            column = 0;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(after.get(..next).unwrap_or_default());
        column += next;
        rest = after.get(next..).unwrap_or_default();
    }
    out.push_str(rest);
    block(&literal(&out))
}
