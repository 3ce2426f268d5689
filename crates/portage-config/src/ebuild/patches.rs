//! Whether `PATCHES` is applied at all, and who says it last.

use std::collections::BTreeSet;

use super::Ebuild;
use super::parsed::{Assigned, Value};

/// What `src_prepare` does with patches, as far as the ebuild says it itself.
///
/// The default of EAPI 6 and later applies `PATCHES` and then what the user put into /etc/portage/patches (PMS 9.1.4);
/// an ebuild that has a `src_prepare` of its own has to call it, or an eclass's, or do both itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prepare {
    /// `PATCHES` is applied.
    pub patches: bool,
    /// The user's patches are applied.
    pub user: bool,
    /// The line of the ebuild's own `src_prepare`.
    pub line: Option<usize>,
}

impl Ebuild {
    /// What becomes of `PATCHES` and of the user's patches.
    ///
    /// Before EAPI 6 it is an eclass that applies `PATCHES`, if any does: that one is taken to be there where the ebuild
    /// sets the variable and inherits something.
    pub fn prepare(&self) -> Prepare {
        let own: Vec<usize> = self.own_functions("src_prepare");
        let line = own.first().and_then(|number| self.parsed.functions.get(*number));
        let line = line.map(|function| self.line(function.all.start));
        if self.eapi_number().is_some_and(|eapi| eapi < 6) {
            let patches = self.assigned("PATCHES").next().is_some() && !self.inherit().is_empty();
            return Prepare { patches, user: false, line };
        }
        if own.is_empty() {
            return Prepare { patches: true, user: true, line };
        }
        let (mut patches, mut user) = (false, false);
        for function in self.reached("src_prepare") {
            for words in self.calls(function) {
                let mut words = words.iter().map(|word| self.slice(word));
                let name = words.next().unwrap_or_default();
                let default = name == b"default" || name.ends_with(b"_src_prepare");
                let default = default || name.ends_with(b"_python_prepare_all");
                patches |= default || matches!(name, b"eapply" | b"epatch") && words.any(names_patches);
                user |= default || name == b"eapply_user" || name == b"epatch_user";
            }
        }
        Prepare { patches, user, line }
    }

    /// The functions that run whatever a condition gives: phases, and what they call outside of conditions.
    pub(super) fn always_run(&self) -> BTreeSet<usize> {
        let phases = ["src_unpack", "src_prepare", "src_configure", "src_compile", "python_prepare_all"];
        phases.into_iter().flat_map(|phase| self.run_by(phase, false)).collect()
    }

    /// A command that takes `PATCHES` back: in a function, or behind a byte.
    pub(super) fn unsets_patches(&self, behind: usize) -> Option<usize> {
        let at = |called: &super::parsed::Called| {
            let words = self.parsed.words.get(called.words.clone()).unwrap_or_default();
            let (first, rest) = words.split_first()?;
            let unsets =
                self.slice(first) == b"unset" && rest.iter().any(|word| names_patches(self.slice(word)));
            (unsets && (called.function.is_some() || first.start > behind)).then_some(first.start)
        };
        self.parsed.called.iter().find_map(at)
    }

    fn own_functions(&self, name: &str) -> Vec<usize> {
        let all = self.parsed.functions.iter().enumerate();
        all.filter(|(_, function)| self.slice(&function.name) == name.as_bytes()).map(|(at, _)| at).collect()
    }

    /// The commands of a function.
    fn calls(&self, function: usize) -> impl Iterator<Item = &[std::ops::Range<usize>]> {
        let of = self.parsed.called.iter().filter(move |called| called.function == Some(function));
        of.map(|called| self.parsed.words.get(called.words.clone()).unwrap_or_default())
    }

    /// The functions of the ebuild that run when one of them does.
    pub(super) fn reached(&self, name: &str) -> BTreeSet<usize> {
        self.run_by(name, true)
    }

    /// As [`Ebuild::reached`]; without `perhaps`, calls in conditions do not count.
    fn run_by(&self, name: &str, perhaps: bool) -> BTreeSet<usize> {
        let mut open = self.own_functions(name);
        let mut seen = BTreeSet::new();
        let mut by_name = std::collections::BTreeMap::<&[u8], Vec<usize>>::new();
        for (at, function) in self.parsed.functions.iter().enumerate() {
            by_name.entry(self.slice(&function.name)).or_default().push(at);
        }
        let mut calls = vec![Vec::new(); self.parsed.functions.len()];
        for called in self.parsed.called.iter().filter(|called| perhaps || !called.nested) {
            if let Some(calls) = called.function.and_then(|function| calls.get_mut(function)) {
                calls.push(called.words.clone());
            }
        }
        while let Some(function) = open.pop() {
            if !seen.insert(function) {
                continue;
            }
            for words in calls.get(function).into_iter().flatten() {
                // Also `multilib_foreach_abi my_prepare`.
                for word in self.parsed.words.get(words.clone()).unwrap_or_default() {
                    if let Some(called) = by_name.get(self.slice(word)) {
                        open.extend(called.iter().filter(|at| !seen.contains(at)));
                    }
                }
            }
        }
        seen
    }

    /// Assignments to `PATCHES` in functions that throw away what was said outside of them.
    pub(super) fn overwriting(&self) -> Vec<&Assigned> {
        let plain =
            |assigned: &&Assigned| assigned.function.is_some() && !assigned.append && !assigned.indexed;
        self.assigned("PATCHES").filter(plain).collect()
    }

    /// Assignments to `PATCHES` outside of functions.
    pub(super) fn outside(&self) -> Vec<&Assigned> {
        self.assigned("PATCHES").filter(|assigned| assigned.function.is_none()).collect()
    }

    /// Whether one of these is written as an array, or as one word.
    pub(super) fn is_array(assigned: &Assigned) -> bool {
        matches!(assigned.value, Value::Array { .. })
    }
}

/// Whether a word names `PATCHES`, and not `DEB_PATCHES` or the like.
fn names_patches(word: &[u8]) -> bool {
    let is_name = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let mut parts = word.windows(7).enumerate();
    parts.any(|(at, part)| {
        let before = at.checked_sub(1).and_then(|at| word.get(at));
        part == b"PATCHES" && !is_name(before) && !is_name(word.get(at + 7))
    })
}
