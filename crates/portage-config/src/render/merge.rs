//! Entries that hold among others that are somebody else's.

use std::collections::HashMap;
use std::hash::Hash;

use crate::model::{Comment, Entry, Ini, IniKey, IniSection, Model, Mount, Statement, Table, TomlValue};

/// The model of a file in which our entries hold and the others stay. An entry that is there takes over our words
/// in its place, a new one goes to the end. Comments that are there stay where ours say nothing.
pub(super) fn merged(ours: &Model, there: &Model) -> Model {
    if there.is_empty() && there.header().is_empty() {
        return ours.clone();
    }
    let mut all = there.clone();
    match (ours, &mut all) {
        (Model::Rules(ours), Model::Rules(all)) => {
            let group = |g: &Option<String>| g.as_ref().map(|g| g.to_uppercase());
            entries(&ours.rules, &mut all.rules, |r| (r.key.clone(), group(&r.group)), |r| &mut r.comment);
        }
        (Model::Items(ours), Model::Items(all)) => {
            entries(&ours.items, &mut all.items, |i| i.text.clone(), |i| &mut i.comment);
        }
        (Model::Vars(ours), Model::Vars(all)) => {
            let key = |s: &Statement| match s {
                Statement::Assign(assign) => (true, assign.name.clone()),
                Statement::Source(source) => (false, source.path.spell()),
            };
            entries(&ours.statements, &mut all.statements, key, comment_of);
        }
        (Model::Ini(ours), Model::Ini(all)) => {
            sections(ours, all);
        }
        (Model::Pairs(ours), Model::Pairs(all)) => {
            entries(&ours.pairs, &mut all.pairs, |p| p.key.clone(), |p| &mut p.comment);
        }
        (Model::Fstab(ours), Model::Fstab(all)) => {
            // Swap space has no mount point: there it is the source that tells rows apart.
            let key = |m: &Mount| match m.target.starts_with('/') {
                true => m.target.clone(),
                false => format!("{} {}", m.target, m.source.reveal()),
            };
            entries(&ours.mounts, &mut all.mounts, key, |m| &mut m.comment);
        }
        (Model::Table(ours), Model::Table(all)) => table(ours, all),
        (ours, all) => *all = ours.clone(),
    }
    all
}

fn comment_of(statement: &mut Statement) -> &mut Comment {
    match statement {
        Statement::Assign(assign) => &mut assign.comment,
        Statement::Source(source) => &mut source.comment,
    }
}

/// Puts our sections among those that are there. Of several of one name the n-th last of ours is the n-th last that
/// is there, and further ones of ours come before the first.
fn sections(ours: &Ini, all: &mut Ini) {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, section) in all.sections.iter().enumerate() {
        places.entry(section.name.clone()).or_default().push(at);
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for section in &ours.sections {
        *counts.entry(&section.name).or_default() += 1;
    }
    let mut new: Vec<(usize, IniSection)> = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for section in &ours.sections {
        let number = seen.entry(&section.name).or_default();
        let place = places.get(&section.name).map(Vec::as_slice).unwrap_or_default();
        let count = counts.get(section.name.as_str()).copied().unwrap_or_default();
        let more = count.saturating_sub(place.len());
        let there = match number.checked_sub(more) {
            Some(kept) => place.get(place.len().saturating_sub(count - more) + kept),
            None => None,
        };
        *number += 1;
        match there.and_then(|at| all.sections.get_mut(*at)) {
            Some(there) => {
                let key = |k: &IniKey| k.key.to_ascii_lowercase();
                entries(&section.keys, &mut there.keys, key, |k| &mut k.comment);
                take_over(&section.comment, &mut there.comment);
            }
            None => new.push((place.first().copied().unwrap_or(all.sections.len()), section.clone())),
        }
    }
    // From the end, so that the places before stay what they are; those of one place keep their order.
    for (at, section) in new.into_iter().rev() {
        all.sections.insert(at, section);
    }
}

/// Puts our entries among those that are there. Of several with our key the places from the last on are kept:
/// the last one holds for the reader.
fn entries<T: Clone, K: Hash + Eq>(
    ours: &[T],
    all: &mut Vec<T>,
    key: impl Fn(&T) -> K,
    comment: impl Fn(&mut T) -> &mut Comment,
) {
    let mut wanted: HashMap<K, Vec<T>> = HashMap::new();
    for entry in ours {
        wanted.entry(key(entry)).or_default().push(entry.clone());
    }
    let mut left: HashMap<K, usize> = HashMap::new();
    for there in all.iter() {
        *left.entry(key(there)).or_default() += 1;
    }
    // From the end: the n-th last of ours replaces the n-th last that is there. Further ones that are there go,
    // further ones of ours come before the first that is there: their order is part of what they say.
    let mut kept = Vec::with_capacity(all.len());
    for mut there in std::mem::take(all).into_iter().rev() {
        match wanted.get_mut(&key(&there)) {
            None => kept.push(there),
            Some(mine) => {
                if let Some(mut ours) = mine.pop() {
                    let old = std::mem::take(comment(&mut there));
                    let new = comment(&mut ours);
                    let wanted = std::mem::replace(new, old);
                    take_over(&wanted, new);
                    kept.push(ours);
                }
                let left = left.entry(key(&there)).or_default();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    kept.extend(std::mem::take(mine).into_iter().rev());
                }
            }
        }
    }
    kept.reverse();
    *all = kept;
    for entry in ours {
        if let Some(rest) = wanted.remove(&key(entry)) {
            all.extend(rest);
        }
    }
}

fn take_over(ours: &Comment, there: &mut Comment) {
    if !ours.above.is_empty() {
        there.above.clone_from(&ours.above);
    }
    if ours.behind.is_some() {
        there.behind.clone_from(&ours.behind);
    }
}

fn table(ours: &Table, all: &mut Table) {
    let mut places: HashMap<String, usize> =
        all.entries.iter().enumerate().rev().map(|(at, there)| (there.key.clone(), at)).collect();
    for entry in &ours.entries {
        let next = all.entries.len();
        let at = *places.entry(entry.key.clone()).or_insert(next);
        let Some(there) = all.entries.get_mut(at) else {
            all.entries.push(entry.clone());
            continue;
        };
        let Entry { value, comment, .. } = there;
        match (&entry.value, value) {
            (TomlValue::Table(ours), TomlValue::Table(all)) => table(ours, all),
            (ours, value) => *value = ours.clone(),
        }
        take_over(&entry.comment, comment);
    }
}
