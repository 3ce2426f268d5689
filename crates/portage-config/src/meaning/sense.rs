//! What the reader of files makes of them, entry by entry.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::order::Order;
use super::said::said;
use super::words::Manner;
use super::{Differing, With, vars};
use crate::file::{
    Grammar, Groups, IniDialect, ItemWords, ItemsDialect, PairsDialect, RuleWords, RulesDialect,
};
use crate::model::{Model, Rules};
use crate::report::Key;
use crate::vocab::{Atom, Dialect, UseToken};

/// What files come to that are read one behind the other. Two are equal where no reader can tell the files apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sense {
    entries: IndexMap<Key, Vec<String>>,
    order: Order,
}

impl Sense {
    /// What files of a kind come to, in reading order.
    pub(crate) fn of<'a>(grammar: &Grammar, files: impl IntoIterator<Item = &'a Model>) -> Self {
        let files: Vec<&Model> = files.into_iter().collect();
        match grammar {
            Grammar::Rules(dialect) => rules(dialect, &files),
            Grammar::Items(dialect) => items(dialect, &files),
            Grammar::Vars(dialect) => {
                let vars = files.iter().filter_map(|model| match model {
                    Model::Vars(vars) => Some(vars),
                    _ => None,
                });
                let portage = matches!(dialect, crate::file::VarsDialect::Getconfig);
                let entries = vars::values(vars, portage);
                let order = Order::of_all(entries.keys().filter(|key| key.0.len() > 1).cloned());
                Self { entries, order }
            }
            _ => values(grammar, &files),
        }
    }

    /// The entries of which the reader makes something else.
    pub(crate) fn against(&self, after: &Self) -> Differing {
        let mut differing = Differing::new();
        for (key, old) in &self.entries {
            if after.entries.get(key) != Some(old) {
                differing.insert(key.clone(), With { other: None, is_first: true });
            }
        }
        for key in after.entries.keys().filter(|key| !self.entries.contains_key(*key)) {
            differing.insert(key.clone(), With { other: None, is_first: true });
        }
        self.order.against(&after.order, &mut differing);
        differing
    }
}

/// The entry that a key belongs to: the groups of an atom are one.
pub(crate) fn key(grammar: &Grammar, key: &Key) -> Key {
    match (grammar, key.0.split_first()) {
        (Grammar::Rules(_), Some((atom, [_, ..]))) => Key::of(atom),
        _ => key.clone(),
    }
}

/// Whether the words of one entry come to the same.
pub(super) fn alike(grammar: &Grammar, a: &[String], b: &[String]) -> bool {
    match grammar {
        Grammar::Rules(dialect) => {
            let manner = manner(dialect);
            manner.reduce(a) == manner.reduce(b)
        }
        _ => a == b,
    }
}

/// Whether an entry with these words does nothing.
pub(super) fn is_nothing(grammar: &Grammar, words: &[String]) -> bool {
    matches!(grammar, Grammar::Rules(dialect) if words.is_empty() && !says_without_words(dialect))
}

/// The entries whose difference follows from those that were told.
pub(super) fn explained(
    grammar: &Grammar,
    before: Option<&Model>,
    after: Option<&Model>,
    told: &HashSet<Key>,
) -> HashSet<Key> {
    match grammar {
        Grammar::Vars(_) => vars::explained(before, after, told),
        // A line that takes another away, or does so no longer.
        Grammar::Items(dialect) => {
            let all = |model: Option<&Model>| model.map(|model| said(grammar, model)).unwrap_or_default();
            let is_told = |key: &&Key| {
                told.iter().any(|told| takes(&told.to_string(), &key.to_string(), of_repos(dialect)))
            };
            all(before).keys().chain(all(after).keys()).filter(is_told).cloned().collect()
        }
        _ => HashSet::new(),
    }
}

fn manner(dialect: &RulesDialect) -> Manner {
    match dialect.words {
        RuleWords::Use | RuleWords::ProfileUse | RuleWords::Keywords => Manner::Flags,
        RuleWords::Licenses => Manner::Accepted,
        RuleWords::Any if dialect.atoms.is_some() => Manner::Accepted,
        RuleWords::Any | RuleWords::EnvFiles | RuleWords::BashrcFiles => Manner::Exact,
    }
}

/// Whether an atom alone says something: in package.accept_keywords, the testing keywords.
fn says_without_words(dialect: &RulesDialect) -> bool {
    dialect.words == RuleWords::Keywords && dialect.atoms == Some(Dialect::UserUse)
}

fn rules(dialect: &RulesDialect, files: &[&Model]) -> Sense {
    let mut lines: IndexMap<&str, Vec<String>> = IndexMap::new();
    for Rules { rules, .. } in files.iter().filter_map(|model| match model {
        Model::Rules(rules) => Some(rules),
        _ => None,
    }) {
        for rule in rules {
            let words = lines.entry(&rule.key).or_default();
            let group = rule.group.as_deref().filter(|_| dialect.groups != Groups::None);
            words.extend(rule.words.iter().map(|word| match group {
                Some(_) => UseToken::lenient(word).kept(group).unwrap_or_else(|| word.clone()),
                None => word.clone(),
            }));
        }
    }
    let manner = manner(dialect);
    let mut entries = IndexMap::with_capacity(lines.len());
    let mut atoms = Vec::new();
    for (key, words) in lines {
        let words = manner.reduce(&words);
        if let Some(Ok(atom)) = dialect.atoms.map(|dialect| Atom::parse(key, dialect)) {
            atoms.push((atom, words.clone()));
        }
        if !words.is_empty() || says_without_words(dialect) {
            entries.insert(Key::of(key), words);
        }
    }
    let apart =
        !matches!(dialect.words, RuleWords::Keywords | RuleWords::ProfileUse | RuleWords::BashrcFiles);
    Sense { entries, order: Order::of_atoms(atoms, manner, apart) }
}

/// Whether a line with a minus takes another away, as `stack_lists` of Portage does; in masks also from single
/// repositories.
fn takes(line: &str, other: &str, repos: bool) -> bool {
    line.strip_prefix('-').is_some_and(|name| {
        let bare = other.split_once("::").map(|(bare, _)| bare).filter(|_| repos && !name.contains("::"));
        name == "*" || name == other || bare == Some(name)
    })
}

/// Whether a line `-cat/pkg` takes also `cat/pkg::repo` away: in the masks of the user.
fn of_repos(dialect: &ItemsDialect) -> bool {
    matches!(dialect.words, ItemWords::Atoms(Dialect::User))
}

/// The entry whose place beside this one counts: the line that an item takes away or that takes it away, a variable
/// that another one refers to.
pub(super) fn counterpart(grammar: &Grammar, key: &Key, model: Option<&Model>) -> Option<Key> {
    let name = key.to_string();
    match (grammar, model) {
        (Grammar::Items(dialect), _) if dialect.whole_line => {
            Some(Key::of(name.strip_prefix('-').map_or_else(|| format!("-{name}"), str::to_owned)))
        }
        (_, Some(Model::Vars(vars))) => {
            let is_set = |other: &&str| vars.get(other).is_some();
            vars.get(&name)?.value.references().find(is_set).map(Key::of)
        }
        _ => None,
    }
}

fn items(dialect: &ItemsDialect, files: &[&Model]) -> Sense {
    let lines = files.iter().filter_map(|model| match model {
        Model::Items(items) => Some(items.items.iter().map(|item| item.text.as_str())),
        _ => None,
    });
    let mut entries: IndexMap<Key, Vec<String>> = IndexMap::new();
    if matches!(dialect.words, ItemWords::Parents | ItemWords::Line | ItemWords::Joined | ItemWords::Setting)
    {
        for line in lines.flatten() {
            entries.entry(Key::of(line)).or_default().push(String::new());
        }
        let order = Order::of_all(entries.keys().cloned());
        return Sense { entries, order };
    }
    let repos = of_repos(dialect);
    let mut left: IndexMap<&str, ()> = IndexMap::new();
    for line in lines.flatten() {
        if line.starts_with('-') && dialect.whole_line {
            left.retain(|other, ()| !takes(line, other, repos));
            if line != "-*" && left.contains_key("-*") {
                continue;
            }
        } else {
            // Whatever was taken away before: this stands.
            left.shift_remove(format!("-{line}").as_str());
        }
        left.insert(line, ());
    }
    entries.extend(left.into_keys().map(|line| (Key::of(line), Vec::new())));
    Sense { entries, order: Order::default() }
}

/// The shapes whose entries stand for themselves.
fn values(grammar: &Grammar, files: &[&Model]) -> Sense {
    let mut entries: IndexMap<Key, Vec<String>> = IndexMap::new();
    for model in files {
        for (key, said) in said(grammar, model) {
            let all = entries.entry(key).or_default();
            match grammar {
                Grammar::Ini(IniDialect::ConfigParser) => *all = said.raw,
                Grammar::Ini(IniDialect::KeyFile) => *all = said.raw.into_iter().last().into_iter().collect(),
                // An empty value forgets those above it.
                Grammar::Ini(_) => {
                    all.extend(said.raw);
                    if let Some(last) = all.iter().rposition(String::is_empty) {
                        all.drain(..last);
                    }
                }
                Grammar::Pairs(PairsDialect::Preset) => {
                    all.extend(said.raw);
                    all.truncate(1);
                }
                Grammar::Pairs(_) => *all = said.raw.into_iter().last().into_iter().collect(),
                _ => all.extend(said.raw),
            }
        }
    }
    let order = match grammar {
        Grammar::Pairs(PairsDialect::Preset) => Order::of_units(&entries),
        // The first rule that fits holds, and a folder comes before what lies in it.
        Grammar::Pairs(PairsDialect::Columns { .. }) => Order::of_all(entries.keys().cloned()),
        Grammar::Fstab => Order::of_mounts(entries.keys().map(|key| (key.clone(), key.to_string()))),
        _ => Order::default(),
    };
    Sense { entries, order }
}
