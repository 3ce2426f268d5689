//! Entries whose order counts.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::words::Manner;
use super::{Differing, With};
use crate::report::Key;
use crate::vocab::{Atom, Operator, Specificity, compare_versions};

/// The places of the entries of some files, as far as they may count.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    /// Entries of which some may meet, from the first to the last.
    groups: IndexMap<String, Vec<Placed>>,
}

#[derive(Clone, Debug)]
struct Placed {
    key: Key,
    place: (usize, usize),
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Atom(Box<Atom>, Vec<String>, Manner),
    /// A pattern of units and what is done with them.
    Unit(String, Vec<String>),
    Mount(String),
    /// Its place among all others counts.
    Always,
}

impl Order {
    /// The places of rules: an atom with what it comes to. `apart`: `*/*` alone is no rule but part of make.conf.
    ///
    /// Among the patterns, Portage keeps those of one package name together, where the first of them stands
    /// (`ExtendedAtomDict`).
    pub(super) fn of_atoms(rules: Vec<(Atom, Vec<String>)>, manner: Manner, apart: bool) -> Self {
        let mut order = Self::default();
        let mut names: HashMap<String, usize> = HashMap::new();
        for (place, (atom, words)) in rules.into_iter().enumerate() {
            let is_wild = atom.is_wildcard();
            let first = match is_wild {
                true => *names.entry(atom.cpn().to_owned()).or_insert(place),
                false => place,
            };
            if words.is_empty() || (apart && atom.as_str() == "*/*") {
                continue;
            }
            let group = if is_wild { "*".to_owned() } else { atom.cpn().to_owned() };
            let key = Key::of(atom.as_str());
            order.put(group, key, (first, place), What::Atom(Box::new(atom), words, manner));
        }
        order.groups.values_mut().for_each(|group| group.sort_by_key(|placed| placed.place));
        order
    }

    /// The places of the lines of a systemd preset.
    pub(super) fn of_units<'a>(units: impl IntoIterator<Item = (&'a Key, &'a Vec<String>)>) -> Self {
        let mut order = Self::default();
        for (place, (key, values)) in units.into_iter().enumerate() {
            order.put(String::new(), key.clone(), (place, 0), What::Unit(key.to_string(), values.clone()));
        }
        order
    }

    /// The places of mounts.
    pub(super) fn of_mounts(targets: impl IntoIterator<Item = (Key, String)>) -> Self {
        let mut order = Self::default();
        for (place, (key, target)) in targets.into_iter().enumerate() {
            order.put(String::new(), key, (place, 0), What::Mount(target));
        }
        order
    }

    /// The places of entries that all depend on those above them.
    pub(super) fn of_all(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut order = Self::default();
        for (place, key) in keys.into_iter().enumerate() {
            order.put(String::new(), key, (place, 0), What::Always);
        }
        order
    }

    fn put(&mut self, group: String, key: Key, place: (usize, usize), what: What) {
        self.groups.entry(group).or_default().push(Placed { key, place, what });
    }

    /// Adds the entries that have changed places where it counts.
    pub(super) fn against(&self, after: &Self, differing: &mut Differing) {
        for (name, after) in &after.groups {
            let Some(before) = self.groups.get(name) else { continue };
            flips(before, after, differing);
        }
    }
}

fn flips(before: &[Placed], after: &[Placed], differing: &mut Differing) {
    let old: HashMap<&Key, usize> = before.iter().enumerate().map(|(at, placed)| (&placed.key, at)).collect();
    let common: Vec<(usize, &Placed)> =
        after.iter().filter_map(|placed| Some((*old.get(&placed.key)?, placed))).collect();
    if common.is_sorted_by_key(|(at, _)| *at) {
        return;
    }
    for (at, (then, first)) in common.iter().enumerate() {
        for (was, second) in common.iter().skip(at + 1) {
            if was > then || !first.what.meets(&second.what) {
                continue;
            }
            let new = |other: &Placed, is_first| With { other: Some(other.key.clone()), is_first };
            let with = differing.entry(first.key.clone()).or_insert_with(|| new(second, true));
            with.is_first = true;
            differing.entry(second.key.clone()).or_insert_with(|| new(first, false));
        }
    }
}

impl What {
    /// Whether the order of two entries counts.
    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Atom(a, mine, manner), Self::Atom(b, its, _)) => {
                a.specificity() == b.specificity()
                    && !closest_wins(a, b)
                    && manner.clash(mine, its)
                    && a.overlaps(b)
            }
            (Self::Unit(a, does), Self::Unit(b, other)) => does != other && patterns_meet(a, b),
            (Self::Mount(a), Self::Mount(b)) => lies_in(a, b) || lies_in(b, a),
            (Self::Always, Self::Always) => true,
            _ => false,
        }
    }
}

/// Whether the version that is closer to the package decides, not the order: two ranges to the same side
/// (`best_match_to_list`).
fn closest_wins(a: &Atom, b: &Atom) -> bool {
    let is_upper = |atom: &Atom| {
        atom.operator().map(|operator| matches!(operator, Operator::Less | Operator::LessOrEqual))
    };
    let (Some(mine), Some(its)) = (a.version(), b.version()) else { return false };
    a.specificity() == Specificity::Range
        && is_upper(a) == is_upper(b)
        && compare_versions(mine, its).is_none_or(std::cmp::Ordering::is_ne)
}

/// Whether a unit may fit both patterns of fnmatch(3).
fn patterns_meet(a: &str, b: &str) -> bool {
    let is_pattern = |text: &str| text.contains(['*', '?', '[']);
    let head = |text: &str| text.split(['*', '?', '[']).next().unwrap_or_default().to_owned();
    let (start, other) = (head(a), head(b));
    match (is_pattern(a), is_pattern(b)) {
        (false, false) => a == b,
        (true, false) => b.starts_with(&start),
        (false, true) => a.starts_with(&other),
        (true, true) => start.starts_with(&other) || other.starts_with(&start),
    }
}

fn lies_in(inner: &str, outer: &str) -> bool {
    let outer = outer.trim_end_matches('/');
    inner.starts_with('/')
        && inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/') || rest.is_empty())
}
