//! Nested tables: files whose own language is TOML.

use super::{Comment, pairwise, says};
use crate::vocab::Text;

/// A TOML document, keys in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The comment at the head of the file.
    pub header: Vec<String>,
    /// The keys of the document, or of a table inside it (whose `header` is empty).
    pub entries: Vec<Entry>,
}

/// A key of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: TomlValue,
    /// Its comment.
    pub comment: Comment,
}

/// A value of a TOML document.
#[derive(Clone, Debug, PartialEq)]
pub enum TomlValue {
    /// A string.
    String(Text),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A boolean.
    Boolean(bool),
    /// A date, a time or both, as written.
    Datetime(String),
    /// A list.
    Array(Vec<TomlValue>),
    /// A table.
    Table(Table),
}

impl TomlValue {
    /// The name of its type, as TOML calls it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::String(_) => "string",
            Self::Integer(_) => "integer",
            Self::Float(_) => "float",
            Self::Boolean(_) => "boolean",
            Self::Datetime(_) => "datetime",
            Self::Array(_) => "array",
            Self::Table(_) => "table",
        }
    }

    pub(crate) fn satisfied_by(&self, disk: &Self) -> bool {
        match (self, disk) {
            (Self::String(a), Self::String(b)) => a.reveal() == b.reveal(),
            (Self::Array(a), Self::Array(b)) => pairwise(a, b, Self::satisfied_by),
            (Self::Table(a), Self::Table(b)) => a.satisfied_by(b),
            (Self::Float(a), Self::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
            (a, b) => a == b,
        }
    }

    fn holds_secret(&self) -> bool {
        match self {
            Self::String(text) => text.holds_secret(),
            Self::Array(values) => values.iter().any(Self::holds_secret),
            Self::Table(table) => table.holds_secret(),
            _ => false,
        }
    }
}

impl Table {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&TomlValue> {
        self.entries.iter().find(|e| e.key == key).map(|e| &e.value)
    }

    /// The order of keys means nothing in TOML.
    pub(crate) fn satisfied_by(&self, disk: &Self) -> bool {
        says(&disk.header, &self.header)
            && self.entries.len() == disk.entries.len()
            && self.entries.iter().enumerate().all(|(index, a)| {
                disk.entries
                    .get(index)
                    .into_iter()
                    .chain(&disk.entries)
                    .find(|b| b.key == a.key)
                    .is_some_and(|b| a.value.satisfied_by(&b.value) && a.comment.within(&b.comment))
            })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn holds_secret(&self) -> bool {
        self.entries.iter().any(|e| e.value.holds_secret())
    }
}
