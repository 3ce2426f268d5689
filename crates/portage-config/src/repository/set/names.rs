//! The names of all packages.

use std::collections::BTreeSet;

use super::Configured;
use crate::vocab::{Cpn, nearest};

#[derive(Debug)]
pub(super) struct Names {
    all: Vec<Cpn>,
}

impl Names {
    pub(super) fn of(repositories: &[Configured]) -> Self {
        let lists = repositories.iter().map(|repo| repo.repository.cached_packages().unwrap_or_default());
        let mut all: Vec<Cpn> = lists.flatten().collect();
        all.sort();
        all.dedup();
        Self { all }
    }

    pub(super) fn packages(&self) -> &[Cpn] {
        &self.all
    }

    pub(super) fn nearest(&self, name: &str) -> Option<String> {
        let (category, package) = name.split_once('/').unwrap_or(("", name));
        let categories: BTreeSet<&str> = self.all.iter().map(Cpn::category).collect();
        let elsewhere: Vec<&Cpn> = self.all.iter().filter(|cpn| cpn.package() == package).collect();
        if let Some(meant) = nearest(category, elsewhere.iter().map(|cpn| cpn.category())) {
            return Some(format!("{meant}/{package}"));
        }
        if let [only] = elsewhere.as_slice() {
            return Some(only.to_string());
        }
        let own = nearest(category, categories)?;
        let inside = self.all.iter().filter(|cpn| cpn.category() == own).map(Cpn::package);
        nearest(package, inside).map(|meant| format!("{own}/{meant}"))
    }
}

/// Words of which `-word` takes one back, and `-*` all (`stack_lists`).
pub(super) fn stacked(words: &[String]) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for word in words {
        match word.strip_prefix('-') {
            Some("*") => all.clear(),
            Some(word) => all.retain(|other| *other != word),
            None => all.push(word),
        }
    }
    all
}
