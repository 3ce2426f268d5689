//! What is about one package alone: its lines in the files of rules, its repositories and its ebuild.

use super::about::About;
use super::depend;
use super::events::{Events, Source};
use super::nodes::{Switches, Tables, is_skipped};
use super::settings::LayerName;
use super::tables::{Rules, Star};
use super::vars::{Refused, is_incremental, last};

/// Names that an ebuild sets itself, so that no file of package.env may.
const METADATA: [&str; 20] = [
    "BDEPEND",
    "CATEGORY",
    "DEFINED_PHASES",
    "DEPEND",
    "DESCRIPTION",
    "EAPI",
    "HOMEPAGE",
    "IDEPEND",
    "INHERITED",
    "IUSE",
    "KEYWORDS",
    "LICENSE",
    "PDEPEND",
    "PF",
    "PKGUSE",
    "PROPERTIES",
    "RDEPEND",
    "REQUIRED_USE",
    "RESTRICT",
    "SLOT",
];

impl<'s> About<'s> {
    pub(super) fn top(&self, repo: usize) -> Option<&'s Tables> {
        self.settings.machine.top().get(repo)
    }

    /// package.use.mask and the like.
    pub(super) fn read_switches(&mut self) {
        for (pick, masks) in
            [((|tables| &tables.mask) as fn(&Tables) -> &Switches, true), (|tables| &tables.force, false)]
        {
            let mut events = Events::default();
            let tops = (0u16..).zip(self.repos.clone()).map(|(part, repo)| (0, part, self.top(repo)));
            let nodes = (0u16..).zip(&self.settings.tables).map(|(part, tables)| (1, part, Some(&**tables)));
            for (layer, part, tables) in tops.chain(nodes) {
                let Some(place) = tables.map(pick) else { continue };
                for (rules, step, stable) in [(&place.package, 2, false), (&place.package_stable, 3, true)] {
                    if stable && !self.stable {
                        continue;
                    }
                    for rule in self.matching(rules) {
                        let source = Source::new(layer, part, step).at(rule.at);
                        rule.words.iter().for_each(|word| events.push_flag(word, &source));
                    }
                }
            }
            if masks {
                self.masked = events;
            } else {
                self.forced = events;
            }
        }
    }

    /// package.env, and the variables of the repositories.
    pub(super) fn read_env(&mut self) -> Result<(), Refused> {
        let settings = self.settings;
        let rules = self.matching_own(&settings.machine.own().env, Star::TakenFirst);
        let files: Vec<_> =
            rules.iter().flat_map(|rule| rule.words.iter().map(|word| (&**word, rule.at))).collect();
        self.env = settings.package_env(&files, &METADATA)?;
        for layer in self.repos.iter().filter_map(|repo| settings.repo_defaults.get(*repo)) {
            for (name, values) in layer {
                let held = self.repo_env.entry(name.clone()).or_default();
                if !is_incremental(name) {
                    held.clear();
                }
                held.extend(values.iter().cloned());
            }
        }
        let features = self.incremental("FEATURES");
        self.features = features;
        if self.features.contains("unknown-features-filter") {
            self.features.retain(|name| crate::vocab::feature(name).is_some());
        }
        Ok(())
    }

    /// The words of package.use, of the ebuild, of FEATURES and of the repositories.
    pub(super) fn read_words(&mut self) {
        let settings = self.settings;
        let mut own = Events::default();
        for (rank, layer) in (0u16..).zip(settings.use_order.iter().copied()) {
            match layer {
                LayerName::Repo => self.words_of_repos(&mut own, rank),
                LayerName::Features if self.features.contains("test") => {
                    own.push("test", &Source::new(rank, 0, 0));
                }
                LayerName::Ebuild => {
                    for (flag, default) in &self.package.iuse {
                        match default {
                            Some(true) => own.push(flag, &Source::new(rank, 0, 0)),
                            Some(false) => own.push(&format!("-{flag}"), &Source::new(rank, 0, 0)),
                            None => {}
                        }
                    }
                }
                LayerName::Defaults => {
                    for (part, tables) in (1u16..).zip(&settings.tables) {
                        self.push_rules(&mut own, &tables.package_use, &Source::new(rank, part, 2));
                        if self.stable {
                            self.push_rules(
                                &mut own,
                                &tables.package_use_stable,
                                &Source::new(rank, part, 3),
                            );
                        }
                    }
                }
                LayerName::Package => {
                    settings.push_layer(&mut own, &self.env, rank, 1);
                    for rule in self.matching_own(&settings.machine.own().package_use, Star::Taken) {
                        let source = Source::new(rank, 1, 1).at(rule.at);
                        rule.words.iter().for_each(|word| own.push(word, &source));
                    }
                }
                _ => {}
            }
        }
        self.own = own;
        if self.features.contains("test") && self.restricts_test() {
            // As if IUSE had `-test`.
            for (rank, layer) in (0u16..).zip(settings.use_order.iter().copied()) {
                if layer == LayerName::Ebuild {
                    self.own.push("-test", &Source::new(rank, 1, 0));
                }
            }
        }
    }

    fn push_rules(&self, own: &mut Events, rules: &Rules, source: &Source) {
        for rule in self.matching(rules) {
            let source = source.at(rule.at);
            rule.words.iter().for_each(|word| own.push(word, &source));
        }
    }

    fn words_of_repos(&self, own: &mut Events, rank: u16) {
        let settings = self.settings;
        for name in &settings.expand.unprefixed {
            let Some(value) = last(&self.repo_env, name) else { continue };
            let source = Source::new(rank, 0, 0).of(value);
            value.words().for_each(|word| own.push_flag(word, &source));
        }
        for (part, repo) in (1u16..).zip(self.repos.iter().copied()) {
            let layer = settings.repo_defaults.get(repo);
            if let Some(value) = layer.and_then(|layer| last(layer, "USE")) {
                let source = Source::new(rank, part, 1).of(value);
                value.words().for_each(|word| own.push(word, &source));
            }
            let Some(tables) = self.top(repo) else { continue };
            for item in tables.use_stable.iter().filter(|item| self.stable && !is_skipped(self.skip, item.at))
            {
                own.push(&item.text, &Source::new(rank, part, 2).at(item.at));
            }
            self.push_rules(own, &tables.package_use, &Source::new(rank, part, 3));
            if self.stable {
                self.push_rules(own, &tables.package_use_stable, &Source::new(rank, part, 4));
            }
        }
        settings.push_expanded(own, &self.repo_env, rank, u16::MAX);
    }

    /// Whether RESTRICT takes the tests away, and ALLOW_TEST does not bring them back.
    pub(super) fn restricts_test(&self) -> bool {
        let on = |flag: &str| self.has(flag) && self.is_on(flag);
        let (Some(properties), Some(restrict)) =
            (depend::parse(&self.package.properties), depend::parse(&self.package.restrict))
        else {
            return false;
        };
        let (mut has, mut all) = (Vec::new(), Vec::new());
        depend::words(&properties, &on, &mut has);
        depend::words(&restrict, &on, &mut all);
        let allowed = self.variable("ALLOW_TEST").unwrap_or_default();
        let allows = |word: &str| allowed.split_whitespace().any(|other| other == word);
        let is_allowed = allows("all")
            || (has.contains(&"test_network") && allows("network"))
            || (has.contains(&"test_privileged") && allows("privileged"));
        all.contains(&"test") && !is_allowed
    }
}
