//! Masked packages: Portage's `MaskManager`.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::files::LineId;
use super::nodes::is_skipped;
use super::settings::Settings;
use super::tables::AtomItem;
use crate::vocab::{Atom, Candidate, Dialect};

/// An atom that masks or unmasks, and the line that says it.
#[derive(Clone, Debug)]
pub(super) struct MaskLine {
    pub(super) atom: Atom,
    pub(super) at: LineId,
}

/// What is masked and what is not, by package; patterns by themselves.
#[derive(Debug, Default)]
pub(super) struct Masks {
    pub(super) masks: Lines,
    pub(super) unmasks: Lines,
    /// Lines that took a mask away, with the text of the mask.
    pub(super) removed: Vec<(Atom, LineId, LineId)>,
}

#[derive(Debug, Default)]
pub(super) struct Lines {
    by_cpn: HashMap<Box<str>, Vec<MaskLine>>,
    /// By the pattern, in the order of the first lines: `ExtendedAtomDict`.
    patterns: IndexMap<Box<str>, Vec<MaskLine>>,
}

impl Lines {
    fn push(&mut self, line: MaskLine) {
        let cpn = line.atom.cpn().into();
        if line.atom.cpn().contains('*') {
            self.patterns.entry(cpn).or_default().push(line);
        } else {
            self.by_cpn.entry(cpn).or_default().push(line);
        }
    }

    /// Those that match, in Portage's order.
    pub(super) fn matching<'a>(&'a self, package: &Candidate<'_>) -> Vec<&'a MaskLine> {
        let own = self.by_cpn.get(package.cpn).into_iter().flatten();
        own.chain(self.patterns.values().flatten()).filter(|line| line.atom.matches(package)).collect()
    }
}

/// Atoms by their text, with the line that says each.
type Stack = IndexMap<Box<str>, (Atom, LineId)>;

/// `stack_lists`: `-atom` takes an earlier one of the same text away, with `lax` also one with a repository.
fn stack<'a>(
    stack: &mut Stack,
    items: impl IntoIterator<Item = &'a AtomItem>,
    lax: bool,
    removed: &mut Vec<(Atom, LineId, LineId)>,
) {
    for item in items {
        let text = item.atom.as_str();
        if !item.removes {
            stack.insert(text.into(), (item.atom.clone(), item.at));
            continue;
        }
        let gone: Vec<Box<str>> = if lax && !text.contains("::") {
            stack
                .iter()
                .filter(|(_, (atom, _))| without_repo(atom) == text)
                .map(|(key, _)| key.clone())
                .collect()
        } else {
            vec![text.into()]
        };
        for key in gone {
            if let Some((atom, at)) = stack.shift_remove(&key) {
                removed.push((atom, at, item.at));
            }
        }
    }
}

fn without_repo(atom: &Atom) -> String {
    match atom.repo() {
        Some(repo) => atom.as_str().replacen(&format!("::{repo}"), "", 1),
        None => atom.as_str().to_owned(),
    }
}

/// The atom in a repository: `append_repo`.
fn in_repo(atom: &Atom, repo: &str) -> Option<Atom> {
    if atom.repo().is_some() {
        return Some(atom.clone());
    }
    let text = match atom.as_str().split_once('[') {
        Some((before, deps)) => format!("{before}::{repo}[{deps}"),
        None => format!("{}::{repo}", atom.as_str()),
    };
    Atom::parse(&text, Dialect::User).ok()
}

impl Masks {
    /// Those of all packages, or of one.
    pub(super) fn new(settings: &Settings<'_>, skip: Option<LineId>, cpn: Option<&str>) -> Self {
        Self::stacked(settings, skip, cpn, true)
    }

    /// With those of /etc/portage, or without.
    fn stacked(settings: &Settings<'_>, skip: Option<LineId>, cpn: Option<&str>, with_own: bool) -> Self {
        let machine = settings.machine;
        let is_about = |atom: &Atom| cpn.is_none_or(|cpn| atom.cpn() == cpn || atom.cpn().contains('*'));
        let kept = |item: &&AtomItem| !is_skipped(skip, item.at) && is_about(&item.atom);
        let top = machine.top();
        let mut removed = Vec::new();
        let mut masks = Stack::new();
        let mut unmasks = Stack::new();
        for (repo, tables) in machine.repos.iter().zip(top) {
            let own = || tables.package_mask.iter().filter(kept);
            // What a repository takes from its masters is stacked for each of them by itself.
            let mut lines = Stack::new();
            for master in repo.masters.iter().filter_map(|master| top.get(*master)) {
                let mut one = Stack::new();
                stack(&mut one, master.package_mask.iter().filter(kept), false, &mut removed);
                stack(&mut one, own(), false, &mut removed);
                lines.extend(one);
            }
            if repo.masters.is_empty() {
                stack(&mut lines, own(), false, &mut removed);
            }
            let insert = |into: &mut Stack, lines: Stack| {
                for (_, (atom, at)) in lines {
                    if let Some(atom) = in_repo(&atom, &repo.name) {
                        into.insert(atom.as_str().into(), (atom, at));
                    }
                }
            };
            insert(&mut masks, lines);
            let mut lines = Stack::new();
            stack(&mut lines, tables.package_unmask.iter().filter(kept), false, &mut removed);
            insert(&mut unmasks, lines);
        }
        let mut of_profiles = (Stack::new(), Stack::new());
        for tables in &settings.tables {
            stack(&mut of_profiles.0, tables.package_mask.iter().filter(kept), false, &mut removed);
            stack(&mut of_profiles.1, tables.package_unmask.iter().filter(kept), false, &mut removed);
        }
        masks.extend(of_profiles.0);
        unmasks.extend(of_profiles.1);
        if with_own {
            let own = machine.own();
            stack(&mut masks, own.mask.iter().filter(kept), true, &mut removed);
            stack(&mut unmasks, own.unmask.iter().filter(kept), true, &mut removed);
        }
        let mut all = Self { removed, ..Self::default() };
        for (_, (atom, at)) in masks {
            all.masks.push(MaskLine { atom, at });
        }
        for (_, (atom, at)) in unmasks {
            all.unmasks.push(MaskLine { atom, at });
        }
        all
    }
}

impl Settings<'_> {
    /// What package.mask of repositories and profiles masks, whatever package.mask and package.unmask of /etc/portage say. What a
    /// repository masks names it.
    pub(crate) fn given_masks(&self) -> Vec<Atom> {
        let all = Masks::stacked(self, self.skip, None, false).masks;
        all.by_cpn
            .into_values()
            .flatten()
            .chain(all.patterns.into_values().flatten())
            .map(|line| line.atom)
            .collect()
    }
}
