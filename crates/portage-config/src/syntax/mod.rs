//! Lossless grammars: a document is a list of tiles whose texts add up to the file.
//!
//! Two laws hold for each: writing what was read changes no byte, and reading what was written gives the model
//! back. The grammars know nothing of what Portage makes of a file; they know how it takes it apart.

pub mod columns;
pub mod getconfig;
pub mod ini;
pub mod lines;
pub mod pairs;
pub mod sh;
mod tiles;
pub mod toml;
mod vars;
pub(crate) mod words;

use std::ops::Range;
use std::sync::LazyLock;

use crate::file::{Grammar, VarsDialect};
use crate::model::{Bytes, Model, Opaque};
use crate::report::{Code, Findings, Key};
use crate::vocab::Word;

/// Why a model cannot be said in a file's language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Refusal {
    /// The entry.
    pub key: Key,
    /// A lower-case fragment: what cannot be said, and why.
    pub message: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(key: Key, message: impl Into<String>) -> Self {
        Self { key, message: message.into() }
    }
}

/// Reads a file. What cannot be read is reported with its place, and kept by [`write()`].
pub fn read(grammar: &Grammar, text: &[u8], findings: &mut Findings<'_>) -> Model {
    let mut model = match grammar {
        Grammar::Rules(dialect) => Model::Rules(lines::read_rules(dialect, text, findings)),
        Grammar::Items(dialect) => Model::Items(lines::read_items(dialect, text, findings)),
        Grammar::Vars(VarsDialect::Getconfig) => Model::Vars(getconfig::read(text, findings)),
        Grammar::Vars(VarsDialect::Shell { .. }) => Model::Vars(sh::read(text, findings)),
        Grammar::Ini(dialect) => Model::Ini(ini::read(*dialect, text, findings)),
        Grammar::Pairs(dialect) => Model::Pairs(pairs::read(*dialect, text, findings)),
        Grammar::Fstab => Model::Fstab(columns::read(text, findings)),
        Grammar::Toml => Model::Table(toml::read(text, findings)),
        Grammar::Opaque => Model::Opaque(Opaque { bytes: Bytes(text.to_vec()) }),
    };
    model.mark_secrets();
    model
}

/// Writes a model into an existing text: entries that are as wanted stay byte for byte, comments and lines that
/// cannot be read stay, the others are changed, inserted and taken out. Into an empty text it writes them all,
/// with their comments.
///
/// # Errors
/// When the language cannot say a value, or the model is of another shape than the grammar.
pub fn write(grammar: &Grammar, text: &[u8], model: &Model) -> Result<Vec<u8>, Refusal> {
    match (grammar, model) {
        (Grammar::Rules(dialect), Model::Rules(model)) => lines::write_rules(dialect, text, model),
        (Grammar::Items(dialect), Model::Items(model)) => lines::write_items(dialect, text, model),
        (Grammar::Vars(VarsDialect::Getconfig), Model::Vars(model)) => getconfig::write(text, model),
        (Grammar::Vars(VarsDialect::Shell { export }), Model::Vars(model)) => sh::write(*export, text, model),
        (Grammar::Ini(dialect), Model::Ini(model)) => ini::write(*dialect, text, model),
        (Grammar::Pairs(dialect), Model::Pairs(model)) => pairs::write(*dialect, text, model),
        (Grammar::Fstab, Model::Fstab(model)) => columns::write(text, model),
        (Grammar::Toml, Model::Table(model)) => toml::write(text, model),
        (Grammar::Opaque, Model::Opaque(model)) => Ok(model.bytes.0.clone()),
        _ => Err(Refusal::new(Key::file(), "the entries are of another shape than the file")),
    }
}

/// The value of a text's assignment of that number, with the words of `wanted` and the blanks and line breaks that
/// stand there now; `None` where its spelling does not allow that.
pub(crate) fn laid_out(grammar: &Grammar, text: &[u8], number: usize, wanted: &Word) -> Option<Word> {
    match grammar {
        Grammar::Vars(VarsDialect::Getconfig) => getconfig::laid_out(text, number, wanted),
        Grammar::Vars(VarsDialect::Shell { .. }) => sh::laid_out(text, number, wanted),
        _ => None,
    }
}

/// Where each entry stands in a text: its key and its bytes, in reading order. Files without entries have none.
pub fn spans(grammar: &Grammar, text: &[u8]) -> Vec<(Key, Range<usize>)> {
    match grammar {
        Grammar::Rules(dialect) => lines::rule_spans(dialect, text),
        Grammar::Items(dialect) => lines::item_spans(dialect, text),
        Grammar::Vars(VarsDialect::Getconfig) => getconfig::spans(text),
        Grammar::Vars(VarsDialect::Shell { .. }) => sh::spans(text),
        Grammar::Ini(dialect) => ini::spans(*dialect, text),
        Grammar::Pairs(dialect) => pairs::spans(*dialect, text),
        Grammar::Fstab => columns::spans(text),
        Grammar::Toml => toml::spans(text),
        Grammar::Opaque => Vec::new(),
    }
}

/// All codes of this module, by their number.
pub(crate) static CODES: LazyLock<Vec<&'static Code>> = LazyLock::new(|| {
    let mut codes =
        [lines::CODES, pairs::CODES, columns::CODES, getconfig::CODES, sh::CODES, ini::CODES, toml::CODES]
            .concat();
    codes.sort_by_key(|code| code.id);
    codes
});
