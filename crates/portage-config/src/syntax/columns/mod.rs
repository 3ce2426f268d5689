//! Columns: fstab(5), read as libmount reads it.
//!
//! ```text
//! file    = { line }
//! line    = [ blanks ] ( row | comment | nothing ) newline
//! row     = source blanks target blanks type [ blanks options [ blanks dump [ blanks pass ] ] ] [ rest ]
//! field   = { char | "\" digit digit digit }, the digits octal
//! options = option { "," option }, a comma between double quotes or behind a backslash being part of the option
//! comment = "#" to the end of the line, as the first character that is no blank
//! rest    = anything
//! blanks  = blanks and tabs
//! ```
//!
//! Quotes mean nothing to the row itself, and a comment has no place behind its fields. What stands behind the sixth
//! is ignored by the readers, and reported.

mod field;
mod lens;

use std::ops::Range;

use super::Refusal;
use super::tiles::{self, Document, told};
use crate::model::Fstab;
use crate::report::{Code, Findings, Key};
use lens::MountLens;

pub(crate) use field::escape;

/// A row that cannot be read.
const ROW: Code = Code::error(
    "P040",
    "invalid-row",
    "mount(8) and findmnt(8) say `parse error at line N -- ignored`: the file system is not mounted.",
    "fstab(5), libmount/src/tab_parse.c",
);

/// Words behind the sixth field.
const EXTRA: Code = Code::warning(
    "P041",
    "extra-fields",
    "A row has six fields; libmount ignores what follows, other readers may not.",
    "fstab(5)",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[&ROW, &EXTRA];

/// Reads an fstab, see [`super::read`].
///
/// Escapes are resolved. A row needs source, target and type; without options the list is empty, and the two numbers
/// are 0 where they are absent.
pub fn read(text: &[u8], findings: &mut Findings<'_>) -> Fstab {
    let document = Document::read(&MountLens::default(), text, &mut told(findings));
    Fstab { header: document.header(), mounts: document.into_entries() }
}

/// Writes mounts into a text, see [`super::write`]. In a row that changes only the changed fields are written anew.
/// The rows of a new text have their columns padded.
///
/// # Errors
/// When a field is empty or holds a NUL, when an option holds a comma outside quotes, when a row with numbers has no
/// options, and when a row has a comment behind it, which the language does not know.
pub fn write(text: &[u8], model: &Fstab) -> Result<Vec<u8>, Refusal> {
    tiles::write(&MountLens::padding(&model.mounts), text, &model.header, &model.mounts)
}

/// The line of each mount, see [`super::spans`].
///
/// A mount is named by its target. Swap space has none: the first is named `swap`, further ones by their source.
pub fn spans(text: &[u8]) -> Vec<(Key, Range<usize>)> {
    let document = Document::read(&MountLens::default(), text, &mut |_| {});
    let mut first = true;
    let lines = document.spans();
    let entries = document.into_entries();
    entries
        .iter()
        .zip(lines)
        .map(|(mount, (key, line))| {
            let is_first = mount.is_swap() && std::mem::take(&mut first);
            (if is_first { Key::of("swap") } else { key }, line)
        })
        .collect()
}

#[cfg(test)]
mod tests;
