//! What a difference means: the entries that differ.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::Serialize;

use crate::file::{Grammar, IniDialect, RuleWords};
use crate::model::{Model, Statement, Table, TomlValue};
use crate::report::Key;
use crate::vocab::{Text, Word};

/// One entry that differs, in the kind's own words.
///
/// Serialized, a secret one has no words at all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meaning {
    /// The entry: `sys-libs/glibc`, `USE`, `gentoo.location`.
    pub key: String,
    /// The words before; `None`: the entry was not there.
    pub before: Option<Vec<String>>,
    /// The words after; `None`: the entry is gone.
    pub after: Option<Vec<String>>,
    /// Whether the words are hidden.
    pub secret: bool,
}

impl Serialize for Meaning {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        if self.secret {
            let mut map = serializer.serialize_struct("Meaning", 2)?;
            map.serialize_field("key", &self.key)?;
            map.serialize_field("secret", &true)?;
            return map.end();
        }
        let mut map = serializer.serialize_struct("Meaning", 3)?;
        map.serialize_field("key", &self.key)?;
        map.serialize_field("before", &self.before)?;
        map.serialize_field("after", &self.after)?;
        map.end()
    }
}

/// What one entry says, all its places in the file taken together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// What it is compared by.
    pub(crate) raw: Vec<String>,
    /// The words for people.
    shown: Vec<String>,
    pub(crate) secret: bool,
}

impl Said {
    fn add_text(&mut self, text: &Text) {
        self.raw.push(text.reveal().to_owned());
        self.shown.push(text.shown().into_owned());
        self.secret |= text.holds_secret();
    }

    fn add_plain(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.raw.push(text.clone());
        self.shown.push(text);
    }

    fn add_word(&mut self, word: &Word) {
        self.raw.push(word.spell());
        self.shown.push(word.shown());
        self.secret |= word.is_secret() || Text::from(word.spell()).holds_secret();
    }
}

/// The entries by which two models of a kind differ. What means nothing to the reader of the file is no difference:
/// comments, layout, the order of different entries, the order of flags.
///
/// A value that is secret on one side is hidden on both.
pub fn meaning(grammar: &Grammar, before: Option<&Model>, after: Option<&Model>) -> Vec<Meaning> {
    let read = |model: Option<&Model>| model.map(|m| said(grammar, m)).unwrap_or_default();
    let (before, after) = (read(before), read(after));
    let mut all = Vec::new();
    for (key, old) in &before {
        let new = after.get(key);
        if new.is_none_or(|new| !alike(grammar, old, new)) {
            all.push(entry(key, Some(old), new));
        }
    }
    for (key, new) in &after {
        if !before.contains_key(key) {
            all.push(entry(key, None, Some(new)));
        }
    }
    all
}

fn entry(key: &Key, before: Option<&Said>, after: Option<&Said>) -> Meaning {
    let secret = before.is_some_and(|s| s.secret) || after.is_some_and(|s| s.secret);
    let words = |said: &Said| if secret { vec!["***".to_owned()] } else { said.shown.clone() };
    let (mut before, mut after) = (before.map(words), after.map(words));
    if !secret {
        // Values of variables are shown word by word, unless only the blanks between them differ.
        let split = |words: &Option<Vec<String>>| -> Option<Vec<String>> {
            words.as_ref().map(|w| w.iter().flat_map(|w| w.split_whitespace()).map(str::to_owned).collect())
        };
        let (a, b) = (split(&before), split(&after));
        if a != b {
            (before, after) = (a, b);
        }
    }
    Meaning { key: key.to_string(), before, after, secret }
}

/// Whether both mean the same.
fn alike(grammar: &Grammar, a: &Said, b: &Said) -> bool {
    if a.raw == b.raw {
        return true;
    }
    match grammar {
        Grammar::Rules(dialect)
            if !matches!(dialect.words, RuleWords::EnvFiles | RuleWords::BashrcFiles | RuleWords::Any) =>
        {
            flags(&a.raw).is_some_and(|a| flags(&b.raw) == Some(a))
        }
        _ => false,
    }
}

/// The last word on each flag, in any order; `None` where the order counts: `-*` takes away what stands before it.
fn flags(words: &[String]) -> Option<Vec<&str>> {
    let mut last: IndexMap<&str, &str> = IndexMap::new();
    for word in words {
        if word == "-*" {
            return None;
        }
        last.insert(word.strip_prefix('-').unwrap_or(word), word);
    }
    let mut words: Vec<&str> = last.into_values().collect();
    words.sort_unstable();
    Some(words)
}

/// What a model says, by entry.
pub(crate) fn said(grammar: &Grammar, model: &Model) -> IndexMap<Key, Said> {
    let mut all: IndexMap<Key, Said> = IndexMap::new();
    match model {
        Model::Rules(rules) => {
            for rule in &rules.rules {
                let key = Key::of(&rule.key);
                let key = match &rule.group {
                    Some(group) => key.then(group.to_uppercase()),
                    None => key,
                };
                let said = all.entry(key).or_default();
                rule.words.iter().for_each(|word| said.add_plain(word));
            }
        }
        Model::Items(items) => {
            for item in &items.items {
                all.entry(Key::of(&item.text)).or_default();
            }
        }
        Model::Vars(vars) => {
            for statement in &vars.statements {
                match statement {
                    Statement::Source(source) => {
                        all.entry(Key::of("source").then(source.path.shown())).or_default();
                    }
                    Statement::Assign(assign) => {
                        let said = all.entry(Key::of(&assign.name)).or_default();
                        if !assign.append {
                            *said = Said { secret: said.secret, ..Said::default() };
                        }
                        said.add_word(&assign.value);
                    }
                }
            }
        }
        Model::Ini(ini) => {
            for section in &ini.sections {
                let top = Key::of(&section.name);
                all.entry(top.clone()).or_default();
                for key in &section.keys {
                    let name = match grammar {
                        Grammar::Ini(IniDialect::ConfigParser) => Cow::Owned(key.key.to_lowercase()),
                        _ => Cow::Borrowed(&key.key),
                    };
                    all.entry(top.then(name.as_str())).or_default().add_text(&key.value);
                }
            }
        }
        Model::Pairs(pairs) => {
            for pair in &pairs.pairs {
                all.entry(Key::of(&pair.key)).or_default().add_text(&pair.value);
            }
        }
        Model::Fstab(fstab) => {
            for mount in &fstab.mounts {
                let key = if mount.target.starts_with('/') {
                    Key::of(&mount.target)
                } else {
                    Key::of(&mount.target).then(mount.source.shown())
                };
                let said = all.entry(key).or_default();
                said.add_text(&mount.source);
                said.add_plain(&mount.fstype);
                mount.options.iter().for_each(|option| said.add_text(option));
                said.add_plain(mount.dump.to_string());
                said.add_plain(mount.pass.to_string());
            }
        }
        Model::Table(table) => nested(table, &Key::file(), &mut all),
        // No entry that could differ: the difference is the text's.
        Model::Opaque(_) => {}
    }
    all
}

fn nested(table: &Table, above: &Key, all: &mut IndexMap<Key, Said>) {
    for entry in &table.entries {
        let key = above.then(&entry.key);
        match &entry.value {
            TomlValue::Table(table) if !table.entries.is_empty() => nested(table, &key, all),
            value => scalar(value, all.entry(key).or_default()),
        }
    }
}

fn scalar(value: &TomlValue, said: &mut Said) {
    match value {
        TomlValue::String(text) => said.add_text(text),
        TomlValue::Integer(n) => said.add_plain(n.to_string()),
        TomlValue::Float(n) => said.add_plain(n.to_string()),
        TomlValue::Boolean(b) => said.add_plain(b.to_string()),
        TomlValue::Datetime(text) => said.add_plain(text),
        TomlValue::Array(values) => values.iter().for_each(|value| scalar(value, said)),
        TomlValue::Table(table) => {
            for entry in &table.entries {
                said.add_plain(format!("{} =", entry.key));
                scalar(&entry.value, said);
            }
        }
    }
}

/// The first thing in which a text that was read back is not the model, in words; without secrets.
pub(crate) fn first_difference(grammar: &Grammar, wanted: &Model, back: &Model) -> String {
    let strict = |model| said(grammar, model);
    let (a, b) = (strict(wanted), strict(back));
    let words = |said: &Said, secret: bool| match (secret, said.shown.as_slice()) {
        (true, _) => "a secret".to_owned(),
        (false, words) if words.iter().all(String::is_empty) => "nothing".to_owned(),
        (false, words) => format!("`{}`", words.join(" ").escape_debug()),
    };
    for (key, wanted) in &a {
        match b.get(key) {
            None => return format!("`{key}` is missing"),
            Some(found) if found.raw != wanted.raw => {
                let secret = wanted.secret || found.secret;
                return format!("`{key}` says {}, not {}", words(found, secret), words(wanted, secret));
            }
            Some(_) => {}
        }
    }
    if let Some(key) = b.keys().find(|key| !a.contains_key(*key)) {
        return format!("`{key}` is too much");
    }
    if !wanted.header().is_empty() && wanted.header() != back.header() {
        return "the comment at the head is another".to_owned();
    }
    "the order or the number of the entries is another, or a comment".to_owned()
}
