//! What is accepted of some packages: their licenses, properties and restrictions, portage(5).

use super::rule_words::check_contradictions;
use super::{Grammar, Groups, Kind, Place, RuleWords, RulesDialect};
use crate::model::Model;
use crate::report::Findings;
use crate::vocab::Dialect;

/// Licenses that are accepted for some packages: an atom and licenses a line, portage(5).
pub static PACKAGE_LICENSE: Kind = Kind {
    name: "package.license",
    about: "Licenses that are accepted for some packages: an atom and licenses a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.license"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::User),
        words: RuleWords::Licenses,
        groups: Groups::None,
    }),
    template: Some("etc/portage/package.license.j2"),
    mode: 0o644,
    check,
};

/// PROPERTIES that are accepted for some packages: an atom and words a line, portage(5).
pub static PACKAGE_PROPERTIES: Kind = Kind {
    name: "package.properties",
    about: "PROPERTIES that are accepted for some packages: an atom and words a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.properties"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::User),
        words: RuleWords::Any,
        groups: Groups::None,
    }),
    template: Some("etc/portage/package.properties.j2"),
    mode: 0o644,
    check,
};

/// RESTRICT words that are accepted for some packages: an atom and words a line, portage(5).
pub static PACKAGE_ACCEPT_RESTRICT: Kind = Kind {
    name: "package.accept_restrict",
    about: "RESTRICT words that are accepted for some packages: an atom and words a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.accept_restrict"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::User),
        words: RuleWords::Any,
        groups: Groups::None,
    }),
    template: Some("etc/portage/package.accept_restrict.j2"),
    mode: 0o644,
    check,
};

fn check(model: &Model, findings: &mut Findings<'_>) {
    if let Model::Rules(rules) = model {
        check_contradictions(rules, findings);
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, rules};

    #[test]
    fn one_atom_says_one_thing() {
        const PATH: &str = "etc/portage/package.license";
        assert_eq!(codes(PATH, rules(&[("a/b", "MIT -MIT")])), ["L108"]);
        assert_eq!(codes(PATH, rules(&[("a/b", "MIT -BSD"), ("c/d", "-MIT")])), [""; 0]);
    }
}
