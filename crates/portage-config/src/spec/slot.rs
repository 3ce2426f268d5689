//! Entries while layers are merged.

use indexmap::IndexMap;

use crate::model::{Comment, TomlValue};
use crate::vocab::Text;

/// The entries of a file, or the parts of an entry, as merged so far.
pub(super) type Slots = IndexMap<String, Slot>;

/// The part of a rule that is in no group. A rule that has no other part is [`Value::Words`].
pub(super) const PLAIN: &str = "USE";

/// An entry as merged so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub value: Value,
    pub comment: Comment,
}

impl Slot {
    /// Whether a part of the value is a secret.
    pub(super) fn holds_secret(&self) -> bool {
        fn toml(value: &TomlValue) -> bool {
            match value {
                TomlValue::String(text) => text.is_secret(),
                TomlValue::Array(list) => list.iter().any(toml),
                TomlValue::Table(table) => table.entries.iter().any(|entry| toml(&entry.value)),
                _ => false,
            }
        }
        match &self.value {
            Value::Present => false,
            Value::Words(words) => words.iter().any(Text::is_secret),
            Value::Text(text) => text.is_secret(),
            Value::Toml(value) => toml(value),
            Value::Parts(parts) => parts.values().any(Self::holds_secret),
        }
    }
}

/// The value of an entry, taken apart as far as its kind goes.
#[derive(Clone, Debug, Default)]
pub(super) enum Value {
    /// The entry without anything behind it.
    #[default]
    Present,
    /// Words.
    Words(Vec<Text>),
    /// One string in the file's own spelling.
    Text(Text),
    /// A value of a file that is TOML itself; never a table.
    Toml(TomlValue),
    /// Named parts: groups of a rule, keys of a section, fields of a mount, keys of a table.
    Parts(Slots),
}

/// Makes every text of the entries a secret.
pub(super) fn hide(slots: &mut Slots) {
    fn toml(value: &mut TomlValue) {
        match value {
            TomlValue::String(text) => *text = Text::secret(text.reveal()),
            TomlValue::Array(list) => list.iter_mut().for_each(toml),
            TomlValue::Table(table) => table.entries.iter_mut().for_each(|entry| toml(&mut entry.value)),
            _ => {}
        }
    }
    for slot in slots.values_mut() {
        match &mut slot.value {
            Value::Words(words) => words.iter_mut().for_each(|word| *word = Text::secret(word.reveal())),
            Value::Text(text) => *text = Text::secret(text.reveal()),
            Value::Toml(value) => toml(value),
            Value::Parts(parts) => hide(parts),
            Value::Present => {}
        }
    }
}

/// Words for people.
pub(super) fn shown_words<'w>(words: impl Iterator<Item = &'w Text>) -> String {
    let mut all = String::new();
    for (at, word) in words.enumerate() {
        if at > 0 {
            all.push(' ');
        }
        all.push_str(&word.shown());
    }
    all
}

/// A value for people.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Present => String::new(),
        Value::Words(words) => shown_words(words.iter()),
        Value::Text(text) => text.shown().into_owned(),
        Value::Toml(value) => toml_shown(value),
        Value::Parts(parts) => {
            let inner: Vec<String> =
                parts.iter().map(|(name, slot)| format!("{name} = {}", shown(&slot.value))).collect();
            format!("{{ {} }}", inner.join(", "))
        }
    }
}

/// A value of a TOML file for people.
pub(super) fn toml_shown(value: &TomlValue) -> String {
    match value {
        TomlValue::String(text) => format!("\"{}\"", text.shown()),
        TomlValue::Integer(number) => number.to_string(),
        TomlValue::Float(number) => number.to_string(),
        TomlValue::Boolean(value) => value.to_string(),
        TomlValue::Datetime(text) => text.clone(),
        TomlValue::Array(list) => {
            format!("[{}]", list.iter().map(toml_shown).collect::<Vec<_>>().join(", "))
        }
        TomlValue::Table(table) => {
            let inner: Vec<String> =
                table.entries.iter().map(|e| format!("{} = {}", e.key, toml_shown(&e.value))).collect();
            format!("{{ {} }}", inner.join(", "))
        }
    }
}
