//! USE flags that the user's profile sets, masks and forces: portage(5), profile.

use super::rule_words::check_contradictions;
use super::{Grammar, Groups, ItemWords, ItemsDialect, Kind, Place, RuleWords, RulesDialect};
use crate::model::Model;
use crate::report::Findings;
use crate::vocab::Dialect;

/// USE flags of the user's profile for some packages, weaker than make.conf, portage(5).
pub static PROFILE_PACKAGE_USE: Kind = Kind {
    name: "profile/package.use",
    about: "USE flags of the user's profile for some packages, weaker than make.conf, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.use"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::Leak,
    }),
    template: Some("etc/portage/profile/package.use.j2"),
    mode: 0o644,
    check,
};

/// USE flags that cannot be enabled for some packages; `-flag` lifts a mask, portage(5).
pub static PROFILE_PACKAGE_USE_MASK: Kind = Kind {
    name: "profile/package.use.mask",
    about: "USE flags that cannot be enabled for some packages; `-flag` lifts a mask, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.use.mask"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::Leak,
    }),
    template: Some("etc/portage/profile/package.use.mask.j2"),
    mode: 0o644,
    check,
};

/// USE flags that cannot be disabled for some packages; `-flag` lifts the force, portage(5).
pub static PROFILE_PACKAGE_USE_FORCE: Kind = Kind {
    name: "profile/package.use.force",
    about: "USE flags that cannot be disabled for some packages; `-flag` lifts the force, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.use.force"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::Leak,
    }),
    template: Some("etc/portage/profile/package.use.force.j2"),
    mode: 0o644,
    check,
};

/// As profile/package.use, for packages that only a stable keyword makes visible, portage(5).
pub static PROFILE_PACKAGE_USE_STABLE: Kind = Kind {
    name: "profile/package.use.stable",
    about: "As profile/package.use, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.use.stable"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::Leak,
    }),
    template: Some("etc/portage/profile/package.use.stable.j2"),
    mode: 0o644,
    check,
};

/// As profile/package.use.mask, for packages that only a stable keyword makes visible, portage(5).
pub static PROFILE_PACKAGE_USE_STABLE_MASK: Kind = Kind {
    name: "profile/package.use.stable.mask",
    about: "As profile/package.use.mask, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.use.stable.mask"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::Leak,
    }),
    template: Some("etc/portage/profile/package.use.stable.mask.j2"),
    mode: 0o644,
    check,
};

/// As profile/package.use.force, for packages that only a stable keyword makes visible, portage(5).
pub static PROFILE_PACKAGE_USE_STABLE_FORCE: Kind = Kind {
    name: "profile/package.use.stable.force",
    about: "As profile/package.use.force, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.use.stable.force"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::Leak,
    }),
    template: Some("etc/portage/profile/package.use.stable.force.j2"),
    mode: 0o644,
    check,
};

/// USE flags that cannot be enabled for any package: one flag a line, portage(5).
pub static PROFILE_USE_MASK: Kind = Kind {
    name: "profile/use.mask",
    about: "USE flags that cannot be enabled for any package: one flag a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/use.mask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Flags, whole_line: true }),
    template: Some("etc/portage/profile/use.mask.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// USE flags that cannot be disabled for any package: one flag a line, portage(5).
pub static PROFILE_USE_FORCE: Kind = Kind {
    name: "profile/use.force",
    about: "USE flags that cannot be disabled for any package: one flag a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/use.force"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Flags, whole_line: true }),
    template: Some("etc/portage/profile/use.force.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// As profile/use.mask, for packages that only a stable keyword makes visible, portage(5).
pub static PROFILE_USE_STABLE_MASK: Kind = Kind {
    name: "profile/use.stable.mask",
    about: "As profile/use.mask, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/use.stable.mask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Flags, whole_line: true }),
    template: Some("etc/portage/profile/use.stable.mask.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// As profile/use.force, for packages that only a stable keyword makes visible, portage(5).
pub static PROFILE_USE_STABLE_FORCE: Kind = Kind {
    name: "profile/use.stable.force",
    about: "As profile/use.force, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/use.stable.force"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Flags, whole_line: true }),
    template: Some("etc/portage/profile/use.stable.force.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
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
        const PATH: &str = "etc/portage/profile/package.use.mask/x";
        assert_eq!(codes(PATH, rules(&[("a/b", "x"), ("a/b", "-x")])), ["L108"]);
        assert_eq!(codes(PATH, rules(&[("a/b", "-ugrd"), ("c/d", "ugrd")])), [""; 0]);
    }
}
