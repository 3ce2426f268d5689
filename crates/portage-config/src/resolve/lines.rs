//! The lines without which an answer could be another one.

use std::collections::BTreeSet;

use super::about::About;
use super::explain::Subject;
use super::files::LineId;
use super::settings::LAYERS;
use super::tables::Rules;
use super::vars::{Layer, Value};

/// Variables that say which flags there are, and which layers go before which.
const STRUCTURE: [&str; 10] = [
    "ARCH",
    "IUSE_IMPLICIT",
    "PROFILE_ONLY_VARIABLES",
    "USE_EXPAND",
    "USE_EXPAND_HIDDEN",
    "USE_EXPAND_IMPLICIT",
    "USE_EXPAND_UNPREFIXED",
    "USE_ORDER",
    "CHOST",
    "ACCEPT_CHOSTS",
];

type Lines = BTreeSet<LineId>;

fn of_value(value: &Value, lines: &mut Lines) {
    lines.extend(value.at);
    lines.extend(value.via.iter());
}

impl About<'_> {
    /// All lines that may have a part in an answer: those that have none are among them, none that has is missing.
    pub(super) fn lines(&self, subject: &Subject) -> Lines {
        let settings = self.settings;
        let mut lines: Lines = settings.nodes.iter().filter_map(|node| node.from).collect();
        for name in STRUCTURE {
            self.of_variable(name, &mut lines);
        }
        for name in &settings.expand.unprefixed {
            self.of_variable(&format!("USE_EXPAND_VALUES_{name}"), &mut lines);
        }
        self.of_keywords(&mut lines);
        match subject {
            Subject::Flag(flag) => self.of_flag(flag, &mut lines),
            Subject::Variable(name) => {
                let expanded = settings.expand.names.iter().any(|other| other == name);
                if expanded || name == "USE" {
                    let prefix = if expanded { format!("{}_", name.to_lowercase()) } else { String::new() };
                    let flags = self.package.iuse.iter().filter(|(flag, _)| flag.starts_with(&prefix));
                    flags.for_each(|(flag, _)| self.of_flag(flag, &mut lines));
                }
                self.of_variable(name, &mut lines);
                self.of_rules(&settings.machine.own().env, &mut lines);
            }
            Subject::Visible => self.of_visibility(&mut lines),
        }
        lines
    }

    /// The lines about the package, and those that come first of their pattern.
    fn of_rules(&self, rules: &Rules, lines: &mut Lines) {
        lines.extend(rules.about(&self.package.cpn));
    }

    fn of_variable(&self, name: &str, lines: &mut Lines) {
        for (layer, _) in &LAYERS {
            self.values(*layer, name).iter().for_each(|value| of_value(value, lines));
        }
        let mut of_layer =
            |layer: &Layer| layer.get(name).into_iter().flatten().for_each(|v| of_value(v, lines));
        self.settings.make_defaults.iter().for_each(&mut of_layer);
        self.settings.repo_defaults.iter().for_each(&mut of_layer);
    }

    fn of_flag(&self, flag: &str, lines: &mut Lines) {
        let settings = self.settings;
        let mut flags = vec![flag.to_owned()];
        for name in &settings.expand.names {
            let prefix = format!("{}_", name.to_lowercase());
            if flag.starts_with(&prefix) {
                flags.push(format!("{prefix}*"));
                self.of_variable(name, lines);
                self.of_variable(&format!("USE_EXPAND_VALUES_{name}"), lines);
            }
        }
        for flag in &flags {
            let said = [self.said(flag), self.switched(flag, true), self.switched(flag, false)];
            for event in said.into_iter().flatten().map(|said| said.event) {
                lines.extend(event.at);
                lines.extend(event.via.iter());
            }
            lines.extend(settings.stable_lines(flag));
        }
        let own = settings.machine.own();
        self.of_rules(&own.package_use, lines);
        self.of_rules(&own.env, lines);
        let tops = settings.machine.top().iter();
        for tables in tops.chain(settings.tables.iter().map(|tables| &**tables)) {
            for rules in [
                &tables.package_use,
                &tables.package_use_stable,
                &tables.mask.package,
                &tables.mask.package_stable,
                &tables.force.package,
                &tables.force.package_stable,
            ] {
                self.of_rules(rules, lines);
            }
        }
        if flag == "test" {
            self.of_variable("FEATURES", lines);
            self.of_variable("ALLOW_TEST", lines);
            let asked = self.asked_by_restrict();
            asked.iter().filter(|other| *other != "test").for_each(|flag| self.of_flag(flag, lines));
        }
    }

    fn of_keywords(&self, lines: &mut Lines) {
        self.of_variable("ACCEPT_KEYWORDS", lines);
        self.of_rules(&self.settings.machine.own().accept_keywords, lines);
        for tables in &self.settings.tables {
            self.of_rules(&tables.accept_keywords, lines);
            self.of_rules(&tables.keywords, lines);
        }
    }

    fn of_visibility(&self, lines: &mut Lines) {
        let settings = self.settings;
        let own = settings.machine.own();
        for (name, rules) in [
            ("ACCEPT_LICENSE", &own.license),
            ("ACCEPT_PROPERTIES", &own.properties),
            ("ACCEPT_RESTRICT", &own.restrict),
        ] {
            self.of_variable(name, lines);
            self.of_rules(rules, lines);
        }
        self.of_rules(&own.env, lines);
        settings.tables.iter().for_each(|tables| self.of_rules(&tables.license, lines));
        for accepted in self.accepted_licenses() {
            lines.extend(accepted.via);
        }
        lines.extend(settings.groups.lines());
        let tops = settings.machine.top().iter();
        let all = tops.chain(settings.tables.iter().map(|tables| &**tables));
        let items = all.flat_map(|tables| tables.package_mask.iter().chain(&tables.package_unmask));
        for item in items.chain(&own.mask).chain(&own.unmask) {
            if item.atom.cpn().contains('*') || item.atom.cpn() == self.package.cpn {
                lines.insert(item.at);
            }
        }
        for flag in self.asked_by_all() {
            self.of_flag(&flag, lines);
        }
    }
}
