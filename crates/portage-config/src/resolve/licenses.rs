//! Licences and their groups: Portage's `LicenseManager`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::files::LineId;
use super::lists::list_folders;
use super::machine::Machine;
use super::nodes::is_skipped;

/// The groups of licences, of all repositories and /etc/portage.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups(BTreeMap<Box<str>, Vec<(Box<str>, LineId)>>);

impl Groups {
    pub(super) fn read(machine: &Machine, skip: Option<LineId>) -> Self {
        let mut groups = Self::default();
        for folder in list_folders(machine) {
            let Some(text) = machine.files.text(&format!("{folder}/license_groups")) else { continue };
            for (line, words) in text.said() {
                let at = text.at(*line);
                let Some((name, words)) = words.split_first().filter(|(_, words)| !words.is_empty()) else {
                    continue;
                };
                if !is_skipped(skip, at) {
                    let group = groups.0.entry(name.clone()).or_default();
                    group.extend(words.iter().map(|word| (word.clone(), at)));
                }
            }
        }
        groups
    }

    /// The lines of all groups.
    pub(super) fn lines(&self) -> impl Iterator<Item = LineId> {
        self.0.values().flatten().map(|(_, at)| *at)
    }

    /// A word of ACCEPT_LICENSE or package.license, with the licences of its group in its place.
    pub(super) fn expand(&self, word: &str) -> Vec<Expanded> {
        let (minus, name) = match word.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, word),
        };
        let Some(group) = name.strip_prefix('@') else {
            return vec![Expanded { word: word.into(), via: Vec::new() }];
        };
        let mut found = Vec::new();
        self.members(group, &mut HashSet::new(), &mut Vec::new(), &mut found);
        if minus {
            found.iter_mut().for_each(|member| member.word = format!("-{}", member.word).into());
        }
        found
    }

    fn members(
        &self,
        group: &str,
        entered: &mut HashSet<String>,
        via: &mut Vec<LineId>,
        found: &mut Vec<Expanded>,
    ) {
        let own = self.0.get(group).filter(|_| entered.insert(group.to_owned()));
        let Some(own) = own else {
            found.push(Expanded { word: format!("@{group}").into(), via: via.clone() });
            return;
        };
        let mut seen = BTreeSet::new();
        for (member, at) in own {
            if member.starts_with('-') || !seen.insert(member) {
                continue;
            }
            via.push(*at);
            match member.strip_prefix('@') {
                Some(group) => self.members(group, entered, via, found),
                None => found.push(Expanded { word: member.clone(), via: via.clone() }),
            }
            via.pop();
        }
    }
}

/// A word, and the lines of the groups it comes from.
#[derive(Clone, Debug)]
pub(super) struct Expanded {
    pub(super) word: Box<str>,
    pub(super) via: Vec<LineId>,
}
