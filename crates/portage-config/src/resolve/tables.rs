//! Files of lines: rules that begin with an atom, and lists.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::files::{Files, LineId, Text};
use crate::vocab::{Atom, Candidate, Dialect, Operator, compare_versions, is_use_flag};

/// A line of a file of rules.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) atom: Atom,
    pub(super) at: LineId,
    pub(super) words: Vec<Box<str>>,
}

/// The rules of one or several files, which add up: `grabdict_package`.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    normal: HashMap<Box<str>, Vec<usize>>,
    /// Those of patterns, by pattern in the order of their first lines.
    extended: Vec<(Box<str>, Vec<usize>)>,
}

/// What the words of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// As they stand.
    Plain,
    /// `NAME:` begins a group, to the end of the line.
    Grouped,
    /// `NAME:` begins a group, to the end of all lines of the atom; words that are no flags are dropped.
    Leaking,
    /// Words that are no flags are dropped.
    Flags,
}

/// How a file of rules is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style<'a> {
    pub(super) dialect: Dialect,
    /// The EAPI of the profile, where it has one.
    pub(super) eapi: Option<&'a str>,
    pub(super) words: Words,
    /// Whether atoms may name a repository although there is an EAPI.
    pub(super) repos: bool,
}

/// Whether an EAPI knows what an atom says.
fn eapi_takes(atom: &Atom, eapi: Option<&str>) -> bool {
    let Some(eapi) = eapi.and_then(|eapi| eapi.parse::<u32>().ok()) else { return true };
    (eapi >= 1 || atom.slot().is_none())
        && (eapi >= 5 || (atom.subslot().is_none() && atom.slot_operator().is_none()))
        && (eapi >= 2 || (atom.use_deps().is_none() && atom.blocker() != Some(crate::vocab::Blocker::Strong)))
        && (eapi >= 4 || !atom.use_deps().is_some_and(|deps| deps.contains('(')))
}

/// What becomes of the lines of `*/*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Star {
    /// They are lines as others.
    Kept,
    /// They are part of make.conf's layer. What else is said of all packages stands where their first line did.
    Taken,
    /// They are taken out before anything else is looked at.
    TakenFirst,
}

impl Rules {
    /// Reads files that Portage reads one after the other.
    pub(super) fn read(texts: &[Arc<Text>], style: Style<'_>) -> Self {
        let mut table = Self::default();
        let mut groups: HashMap<Box<str>, String> = HashMap::new();
        for text in texts {
            for (number, words) in text.said() {
                let Some((key, words)) = words.split_first() else { continue };
                let Ok(atom) = Atom::parse(key, style.dialect) else { continue };
                // Wildcards are known to every EAPI, repositories to none.
                let is_odd = style.eapi.is_some() && !style.repos && atom.repo().is_some();
                if is_odd || !eapi_takes(&atom, style.eapi) {
                    continue;
                }
                let mut own = String::new();
                let group = match style.words {
                    Words::Leaking => groups.entry(key.clone()).or_default(),
                    _ => &mut own,
                };
                let words = words.iter().filter_map(|word| flag(word, style.words, group)).collect();
                table.push(Rule { atom, at: text.at(*number), words });
            }
        }
        table
    }

    fn push(&mut self, rule: Rule) {
        let (index, cpn) = (self.rules.len(), rule.atom.cpn());
        if cpn.contains('*') {
            match self.extended.iter_mut().find(|(pattern, _)| **pattern == *cpn) {
                Some((_, all)) => all.push(index),
                None => self.extended.push((cpn.into(), vec![index])),
            }
        } else {
            self.normal.entry(cpn.into()).or_default().push(index);
        }
        self.rules.push(rule);
    }

    /// All rules, in the order of the lines.
    pub(super) fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// The lines that name a package, and those of patterns that match its name, whatever its version.
    pub(super) fn about(&self, cpn: &str) -> Vec<LineId> {
        let name = Candidate { cpn, version: "0", slot: None, sub_slot: None, repo: None };
        let fits = |pattern: &str| Atom::parse(pattern, Dialect::User).is_ok_and(|atom| atom.matches(&name));
        let own = self.normal.get(cpn).into_iter().flatten();
        let others = self.extended.iter().filter(|(pattern, _)| fits(pattern)).flat_map(|(_, all)| all);
        own.chain(others).filter_map(|index| self.rules.get(*index)).map(|rule| rule.at).collect()
    }

    /// The lines whose atom matches, the weakest first: `ordered_by_atom_specificity`. Several lines of one atom
    /// stand together.
    pub(super) fn matching<'a>(
        &'a self,
        package: &Candidate<'_>,
        skip: Option<LineId>,
        star: Star,
    ) -> Vec<&'a Rule> {
        let is_star = |rule: &Rule| rule.atom.as_str() == "*/*";
        let except = |rule: &Rule| skip == Some(rule.at) || (star != Star::Kept && is_star(rule));
        let mut groups: Vec<Vec<&Rule>> = Vec::new();
        if let Some(own) = self.normal.get(package.cpn) {
            self.collect(own, package, &except, &mut groups);
        }
        if !self.extended.is_empty() {
            let mut found: Vec<(usize, Vec<Vec<&Rule>>)> = Vec::new();
            for (_, indices) in &self.extended {
                let mut own = Vec::new();
                self.collect(indices, package, &except, &mut own);
                let is_there =
                    |rule: &Rule| skip != Some(rule.at) && !(star == Star::TakenFirst && is_star(rule));
                let first = indices.iter().find(|index| self.rules.get(**index).is_some_and(is_there));
                if let Some(first) = first.filter(|_| !own.is_empty()) {
                    found.push((*first, own));
                }
            }
            found.sort_by_key(|(first, _)| *first);
            groups.extend(found.into_iter().flat_map(|(_, own)| own));
        }
        ordered(groups, package.version)
    }

    /// The matching rules among these, those of one atom together, in the order of their first lines.
    fn collect<'a>(
        &'a self,
        indices: &[usize],
        package: &Candidate<'_>,
        except: &impl Fn(&Rule) -> bool,
        groups: &mut Vec<Vec<&'a Rule>>,
    ) {
        let start = groups.len();
        for rule in indices.iter().filter_map(|index| self.rules.get(*index)) {
            if except(rule) || !rule.atom.matches(package) {
                continue;
            }
            let same = |group: &&mut Vec<&Rule>| group.first().is_some_and(|first| first.atom == rule.atom);
            match groups.iter_mut().skip(start).find(same) {
                Some(group) => group.push(rule),
                None => groups.push(vec![rule]),
            }
        }
    }
}

/// A word of a file of flags, with the prefix of its group. `None` where it is no flag, or begins a group.
fn flag(word: &str, words: Words, group: &mut String) -> Option<Box<str>> {
    let (minus, name) = match word.strip_prefix('-') {
        Some(name) => ("-", name),
        None => ("", word),
    };
    match words {
        Words::Plain => return Some(word.into()),
        Words::Grouped | Words::Leaking => {
            if let Some(name) = word.strip_suffix(':') {
                *group = format!("{}_", name.to_lowercase());
                return None;
            }
        }
        Words::Flags => {}
    }
    if words != Words::Grouped && !is_use_flag(&format!("{group}{name}")) {
        return None;
    }
    Some(format!("{minus}{group}{name}").into())
}

/// Weakest first; of equals the one that was read first is the strongest: `best_match_to_list`.
fn ordered<'a>(mut left: Vec<Vec<&'a Rule>>, version: &str) -> Vec<&'a Rule> {
    let mut found: Vec<Vec<&Rule>> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let mut best: Option<(usize, i32)> = None;
        for (index, atom) in left.iter().enumerate().filter_map(|(i, group)| Some((i, &group.first()?.atom)))
        {
            let held = best.and_then(|(at, _)| Some(&left.get(at)?.first()?.atom));
            best = better(atom, index, best, held, version);
        }
        let Some((best, _)) = best else { break };
        found.push(left.remove(best));
    }
    found.reverse();
    found.concat()
}

/// The better of two, as `best_match_to_list` goes through its list: the rank of the best so far stays with it.
fn better(
    atom: &Atom,
    index: usize,
    best: Option<(usize, i32)>,
    held: Option<&Atom>,
    version: &str,
) -> Option<(usize, i32)> {
    let rank = best.map_or(-99, |(_, rank)| rank);
    if atom.is_wildcard() {
        let own = match (atom.operator(), atom.slot()) {
            (Some(_), _) => 0,
            (None, Some(_)) => -1,
            (None, None) => -2,
        };
        return if rank < own { Some((index, own)) } else { best };
    }
    let own = match atom.operator() {
        Some(Operator::Equal) if atom.glob() => 4,
        Some(Operator::Equal) => 6,
        Some(Operator::Approximate) => 5,
        Some(_) => 2,
        None => 1,
    };
    let best = if atom.slot().is_some() && rank < 3 { Some((index, 3)) } else { best };
    let rank = best.map_or(-99, |(_, rank)| rank);
    if own > rank {
        return Some((index, own));
    }
    if own == 2 && rank == 2 && held.is_some_and(|held| closer(atom, held, version)) {
        return Some((index, rank));
    }
    best
}

/// Whether the version of a range lies closer to the package than that of the one that is held.
fn closer(atom: &Atom, held: &Atom, version: &str) -> bool {
    let (Some(own), Some(held)) = (atom.version(), held.version()) else { return false };
    if held == version || held == own {
        return false;
    }
    if own == version {
        return true;
    }
    let order = |a: &str, b: &str| compare_versions(a, b).unwrap_or(Ordering::Equal);
    // The three are sorted, stably; where the package stands at an end, the one in the middle is the closer.
    let mut all = [(0, held), (1, version), (2, own)];
    all.sort_by(|(_, a), (_, b)| order(a, b));
    let [(first, _), (middle, _), (last, _)] = all;
    (first == 1 || last == 1) && middle == 2
}

/// A line of a list: its words, joined by blanks.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) text: Box<str>,
    pub(super) at: LineId,
}

/// The lines of files of items: `grabfile`.
pub(super) fn items(texts: &[Arc<Text>]) -> Vec<Item> {
    let lines = texts.iter().flat_map(|text| text.said().iter().map(move |line| (text, line)));
    lines.map(|(text, (number, words))| Item { text: words.join(" ").into(), at: text.at(*number) }).collect()
}

/// A file of flags, `-flag` among them.
pub(super) fn flags(texts: &[Arc<Text>]) -> Vec<Item> {
    let mut all = items(texts);
    all.retain(|item| is_use_flag(item.text.strip_prefix('-').unwrap_or(&item.text)));
    all
}

/// A line of package.mask and the like: an atom, or one that is taken away.
#[derive(Clone, Debug)]
pub(super) struct AtomItem {
    pub(super) atom: Atom,
    pub(super) removes: bool,
    pub(super) at: LineId,
}

/// The lines of a file of atoms: `grabfile_package`.
pub(super) fn atoms(texts: &[Arc<Text>], dialect: Dialect, eapi: Option<&str>) -> Vec<AtomItem> {
    let read = |item: Item| {
        let (removes, text) = match item.text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, &*item.text),
        };
        let atom = Atom::parse(text, dialect).ok().filter(|atom| eapi_takes(atom, eapi))?;
        Some(AtomItem { atom, removes, at: item.at })
    };
    items(texts).into_iter().filter_map(read).collect()
}

/// The lines of a profile's `packages`, with the signs before the atoms.
pub(super) fn packages(texts: &[Arc<Text>], dialect: Dialect, eapi: Option<&str>) -> Vec<Item> {
    let mut all = items(texts);
    all.retain(|item| {
        let text = item.text.strip_prefix('-').unwrap_or(&item.text);
        let atom = Atom::parse(text.strip_prefix('*').unwrap_or(text), dialect);
        &*item.text == "-*" || atom.is_ok_and(|atom| eapi_takes(&atom, eapi))
    });
    all
}

/// The lines of a file that is there, in a folder of many names.
pub(super) fn texts(files: &Files, folder: &str, name: &str, recursive: bool) -> Vec<Arc<Text>> {
    if files.list(folder).binary_search_by(|other| other.as_str().cmp(name)).is_err() {
        return Vec::new();
    }
    files.walk(&format!("{folder}/{name}"), recursive)
}
