//! What a model says, entry by entry, as it is written.

use std::borrow::Cow;

use indexmap::IndexMap;

use crate::file::{Grammar, IniDialect};
use crate::model::{Model, Statement, Table, TomlValue};
use crate::report::Key;
use crate::vocab::{Text, Word};

/// What one entry says, all its places in the file taken together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// What it is compared by.
    pub(crate) raw: Vec<String>,
    /// The words for people.
    pub(super) shown: Vec<String>,
    pub(crate) secret: bool,
}

impl Said {
    /// The words for people, values of variables taken apart.
    pub(crate) fn words(&self) -> Vec<String> {
        self.shown.iter().flat_map(|words| words.split_whitespace()).map(str::to_owned).collect()
    }

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
