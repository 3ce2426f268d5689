//! TOML: files whose own language it is (ugrd, sccache).
//!
//! The grammar is that of <https://toml.io>. The text is parsed by `toml_edit` for its places; changes are made in the text itself, so every byte that no
//! change is about stays as it was. TOML 1.1 is read, TOML 1.0 is written: the readers of these files know no more.

mod array;
mod format;
mod read;
mod write;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub(crate) use format::{TomlKey, format_key, sections, string};

use super::Refusal;
use crate::model::Table;
use crate::report::{Code, Findings, Key};

/// See [`super::read`]. A file that is no TOML is reported with all its mistakes, and reads as empty.
pub fn read(text: &[u8], findings: &mut Findings<'_>) -> Table {
    read::read(text, findings)
}

/// See [`super::write`].
///
/// # Errors
/// When the text is no TOML, or TOML cannot say a value or a comment.
pub fn write(text: &[u8], model: &Table) -> Result<Vec<u8>, Refusal> {
    write::write(text, model)
}

/// See [`super::spans`]. A key is its whole path; a table is its header.
pub fn spans(text: &[u8]) -> Vec<(Key, Range<usize>)> {
    read::Doc::parse(text).map(|doc| doc.spans()).unwrap_or_default()
}

/// A text that is no TOML.
pub(crate) static P121: Code = Code::error(
    "P121",
    "toml-syntax",
    "A TOML reader refuses the whole file for one mistake.",
    "https://toml.io/en/v1.0.0",
);

/// TOML 1.1 in a file whose reader knows 1.0.
pub(crate) static P122: Code = Code::error(
    "P122",
    "toml-1.1",
    "ugrd reads its configuration with Python's tomllib, sccache with a TOML 1.0 reader. Line breaks or a trailing \
     comma in inline tables, `\\e` and `\\x` in strings and times without seconds are TOML 1.1: the whole file is \
     refused.",
    "Python tomllib; https://toml.io/en/v1.1.0",
);

/// A byte order mark.
pub(crate) static P123: Code = Code::error(
    "P123",
    "toml-bom",
    "tomllib takes a byte order mark for a key, and refuses the whole file.",
    "Python tomllib; https://toml.io/en/v1.0.0",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[&P121, &P122, &P123];
