//! Entries inside of entries: sections and tables.

use std::cell::RefCell;

use super::list::{Both, Lists, Three, Unpaired, merge};
use super::words::{self, Style};
use crate::file::IniDialect;
use crate::model::{Comment, Entry, Ini, IniKey, IniSection, Table, TomlValue};
use crate::report::Key;
use crate::vocab::Text;

pub(super) fn ini(
    dialect: IniDialect,
    [base, ours, theirs]: [&Ini; 3],
    conflicts: &RefCell<Vec<Key>>,
) -> Result<Vec<IniSection>, Unpaired> {
    let sections = Sections { dialect, conflicts };
    Ok(merge(&sections, &base.sections, &ours.sections, &theirs.sections)?.into_entries())
}

struct Sections<'c> {
    dialect: IniDialect,
    conflicts: &'c RefCell<Vec<Key>>,
}

impl Lists for Sections<'_> {
    type Entry = IniSection;
    type Id = String;

    fn id(&self, section: &IniSection) -> String {
        section.name.clone()
    }

    fn same(&self, a: &IniSection, b: &IniSection) -> bool {
        let key = |k: &IniKey| (k.key.clone(), k.value.reveal().to_owned());
        a.keys.iter().map(key).eq(b.keys.iter().map(key))
    }

    fn comment<'e>(&self, section: &'e mut IniSection) -> Option<&'e mut Comment> {
        Some(&mut section.comment)
    }

    fn is_deep(&self, sides: &Three<&IniSection>) -> bool {
        sides.base.len() < 2 && sides.ours.len() < 2 && sides.theirs.len() < 2
    }

    fn both(&self, sides: &Three<&IniSection>) -> Both<IniSection> {
        if !self.is_deep(sides) {
            return Both::Unpaired;
        }
        let (base, ours, theirs) = (sides.base.first(), sides.ours.first(), sides.theirs.first());
        let Some(section) = theirs.or(ours) else { return Both::Merged(Vec::new(), None) };
        let keys = |section: Option<&&IniSection>| section.map(|s| s.keys.clone()).unwrap_or_default();
        let lists = Keys { section: &section.name, dialect: self.dialect, conflicts: self.conflicts };
        let Ok(merged) = merge(&lists, &keys(base), &keys(ours), &keys(theirs)) else {
            return Both::Unpaired;
        };
        let keys = merged.into_entries();
        let gone = base.is_some() && (ours.is_none() || theirs.is_none()) && keys.is_empty();
        let section = (!gone).then(|| IniSection { keys, ..(*section).clone() });
        match theirs {
            Some(_) => Both::Merged(vec![section], None),
            None => Both::Merged(Vec::new(), section),
        }
    }

    fn conflict(&self, section: &IniSection) {
        self.conflicts.borrow_mut().push(Key::of(&section.name));
    }
}

struct Keys<'c> {
    section: &'c str,
    dialect: IniDialect,
    conflicts: &'c RefCell<Vec<Key>>,
}

impl Lists for Keys<'_> {
    type Entry = IniKey;
    type Id = String;

    fn id(&self, key: &IniKey) -> String {
        match self.dialect {
            IniDialect::ConfigParser => key.key.to_lowercase(),
            IniDialect::Systemd | IniDialect::KeyFile => key.key.clone(),
        }
    }

    fn same(&self, a: &IniKey, b: &IniKey) -> bool {
        a.value.reveal() == b.value.reveal()
    }

    fn comment<'e>(&self, key: &'e mut IniKey) -> Option<&'e mut Comment> {
        Some(&mut key.comment)
    }

    fn conflict(&self, key: &IniKey) {
        self.conflicts.borrow_mut().push(Key::of(self.section).then(self.id(key)));
    }
}

pub(super) fn toml(
    [base, ours, theirs]: [&Table; 3],
    above: &Key,
    conflicts: &RefCell<Vec<Key>>,
) -> Result<Vec<Entry>, Unpaired> {
    let lists = Entries { above, conflicts };
    Ok(merge(&lists, &base.entries, &ours.entries, &theirs.entries)?.into_entries())
}

struct Entries<'c> {
    above: &'c Key,
    conflicts: &'c RefCell<Vec<Key>>,
}

impl Lists for Entries<'_> {
    type Entry = Entry;
    type Id = String;

    fn id(&self, entry: &Entry) -> String {
        entry.key.clone()
    }

    fn same(&self, a: &Entry, b: &Entry) -> bool {
        a.value.satisfied_by(&b.value)
    }

    fn comment<'e>(&self, entry: &'e mut Entry) -> Option<&'e mut Comment> {
        Some(&mut entry.comment)
    }

    fn is_deep(&self, sides: &Three<&Entry>) -> bool {
        [&sides.base, &sides.ours, &sides.theirs]
            .iter()
            .all(|side| side.iter().all(|entry| matches!(entry.value, TomlValue::Table(_))))
    }

    fn both(&self, sides: &Three<&Entry>) -> Both<Entry> {
        if !self.is_deep(sides) {
            return super::list::paired(self, sides);
        }
        let (base, ours, theirs) = (sides.base.first(), sides.ours.first(), sides.theirs.first());
        let Some(entry) = theirs.or(ours) else { return Both::Merged(Vec::new(), None) };
        let table = |entry: Option<&&Entry>| match entry.map(|entry| &entry.value) {
            Some(TomlValue::Table(table)) => table.clone(),
            _ => Table::default(),
        };
        let all = [&table(base), &table(ours), &table(theirs)];
        let Ok(entries) = toml(all, &self.above.then(&entry.key), self.conflicts) else {
            return Both::Unpaired;
        };
        let gone = base.is_some() && (ours.is_none() || theirs.is_none()) && entries.is_empty();
        let value = TomlValue::Table(Table { header: Vec::new(), entries });
        let entry = (!gone).then(|| Entry { value, ..(*entry).clone() });
        match theirs {
            Some(_) => Both::Merged(vec![entry], None),
            None => Both::Merged(Vec::new(), entry),
        }
    }

    fn one(&self, base: &Entry, ours: &Entry, theirs: &Entry) -> Option<Entry> {
        let [base, ours, list] = [base, ours, theirs].map(|entry| strings(&entry.value));
        let words = words::merged(Style::Plain, &base?, &ours?, &list?)?;
        let values = words.into_iter().map(|(_, word)| TomlValue::String(Text::from(word))).collect();
        Some(Entry { value: TomlValue::Array(values), ..theirs.clone() })
    }

    fn conflict(&self, entry: &Entry) {
        self.conflicts.borrow_mut().push(self.above.then(&entry.key));
    }
}

/// A list of strings.
fn strings(value: &TomlValue) -> Option<Vec<String>> {
    let TomlValue::Array(values) = value else { return None };
    let string = |value: &TomlValue| match value {
        TomlValue::String(text) => Some(text.reveal().to_owned()),
        _ => None,
    };
    values.iter().map(string).collect()
}
