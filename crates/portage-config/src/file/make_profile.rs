//! A profile in /etc: portage(5), make.profile as a folder. The formats are those of a profile in a repository; atoms
//! have neither wildcards nor `::repo`.

use super::{
    Grammar, Groups, ItemWords, ItemsDialect, Kind, Place, RuleWords, RulesDialect, VarsDialect, make_conf,
};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::Dialect;

/// The profile: a link to its folder in a repository, or a folder that is one, portage(5).
pub static MAKE_PROFILE: Kind = Kind {
    name: "make.profile",
    about: "The profile: a link to its folder in a repository, or a folder that is one, portage(5).",
    place: Place::Link("etc/portage/make.profile"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: super::nothing_to_check,
};

/// The EAPI of a profile in /etc: one line; without it EAPI 0 holds, portage(5).
pub static MAKE_PROFILE_EAPI: Kind = Kind {
    name: "make.profile/eapi",
    about: "The EAPI of a profile in /etc: one line; without it EAPI 0 holds, portage(5).",
    place: Place::File("etc/portage/make.profile/eapi"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Line, whole_line: true }),
    template: Some("etc/portage/make.profile/eapi.j2"),
    mode: 0o644,
    check: super::profile::check_eapi,
};

/// The profiles that a profile in /etc is made of: a path or REPO:PATH a line, the last one is the strongest, portage(5).
pub static MAKE_PROFILE_PARENT: Kind = Kind {
    name: "make.profile/parent",
    about: "The profiles that a profile in /etc is made of: a path or REPO:PATH a line, the last one is the strongest, portage(5).",
    place: Place::File("etc/portage/make.profile/parent"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Parents, whole_line: true }),
    template: Some("etc/portage/make.profile/parent.j2"),
    mode: 0o644,
    check: check_parent,
};

/// The variables of a profile in /etc, weaker than make.conf, portage(5).
pub static MAKE_PROFILE_MAKE_DEFAULTS: Kind = Kind {
    name: "make.profile/make.defaults",
    about: "The variables of a profile in /etc, weaker than make.conf, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/make.defaults"),
    grammar: Grammar::Vars(VarsDialect::Getconfig),
    template: Some("etc/portage/make.profile/make.defaults.j2"),
    mode: 0o644,
    check: |model, findings| make_conf::check(model, make_conf::In::Profile, findings),
};

/// The system set (`*cat/pkg`) and the profile set (`cat/pkg`) of a profile in /etc, portage(5).
pub static MAKE_PROFILE_PACKAGES: Kind = Kind {
    name: "make.profile/packages",
    about: "The system set (`*cat/pkg`) and the profile set (`cat/pkg`) of a profile in /etc, portage(5).",
    place: Place::File("etc/portage/make.profile/packages"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::Profile), whole_line: true }),
    template: Some("etc/portage/make.profile/packages.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// Packages that a profile in /etc masks: one atom a line, no wildcards, portage(5).
pub static MAKE_PROFILE_PACKAGE_MASK: Kind = Kind {
    name: "make.profile/package.mask",
    about: "Packages that a profile in /etc masks: one atom a line, no wildcards, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.mask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::Profile), whole_line: true }),
    template: Some("etc/portage/make.profile/package.mask.j2"),
    mode: 0o644,
    check: super::mask::check,
};

/// Packages that a profile in /etc unmasks: one atom a line, no wildcards, portage(5).
pub static MAKE_PROFILE_PACKAGE_UNMASK: Kind = Kind {
    name: "make.profile/package.unmask",
    about: "Packages that a profile in /etc unmasks: one atom a line, no wildcards, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.unmask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::Profile), whole_line: true }),
    template: Some("etc/portage/make.profile/package.unmask.j2"),
    mode: 0o644,
    check: super::mask::check,
};

/// Keywords that a profile in /etc accepts for some packages, portage(5).
pub static MAKE_PROFILE_PACKAGE_ACCEPT_KEYWORDS: Kind = Kind {
    name: "make.profile/package.accept_keywords",
    about: "Keywords that a profile in /etc accepts for some packages, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.accept_keywords"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::ProfileUse),
        words: RuleWords::Keywords,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.accept_keywords.j2"),
    mode: 0o644,
    check: super::keywords::check,
};

/// Keywords that a profile in /etc gives to some packages, as if their ebuilds had them, portage(5).
pub static MAKE_PROFILE_PACKAGE_KEYWORDS: Kind = Kind {
    name: "make.profile/package.keywords",
    about: "Keywords that a profile in /etc gives to some packages, as if their ebuilds had them, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.keywords"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::ProfileUse),
        words: RuleWords::Keywords,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.keywords.j2"),
    mode: 0o644,
    check: super::keywords::check_given,
};

/// USE flags of a profile in /etc for some packages, weaker than make.conf, portage(5).
pub static MAKE_PROFILE_PACKAGE_USE: Kind = Kind {
    name: "make.profile/package.use",
    about: "USE flags of a profile in /etc for some packages, weaker than make.conf, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.use"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::ProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.use.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// USE flags that a profile in /etc masks for some packages, portage(5).
pub static MAKE_PROFILE_PACKAGE_USE_MASK: Kind = Kind {
    name: "make.profile/package.use.mask",
    about: "USE flags that a profile in /etc masks for some packages, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.use.mask"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::ProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.use.mask.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// USE flags that a profile in /etc forces for some packages, portage(5).
pub static MAKE_PROFILE_PACKAGE_USE_FORCE: Kind = Kind {
    name: "make.profile/package.use.force",
    about: "USE flags that a profile in /etc forces for some packages, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.use.force"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::ProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.use.force.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// As make.profile/package.use, for packages that only a stable keyword makes visible; EAPI 9, portage(5).
pub static MAKE_PROFILE_PACKAGE_USE_STABLE: Kind = Kind {
    name: "make.profile/package.use.stable",
    about: "As make.profile/package.use, for packages that only a stable keyword makes visible; EAPI 9, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.use.stable"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::ProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.use.stable.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// As make.profile/package.use.mask, for packages that only a stable keyword makes visible, portage(5).
pub static MAKE_PROFILE_PACKAGE_USE_STABLE_MASK: Kind = Kind {
    name: "make.profile/package.use.stable.mask",
    about: "As make.profile/package.use.mask, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.use.stable.mask"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::ProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.use.stable.mask.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// As make.profile/package.use.force, for packages that only a stable keyword makes visible, portage(5).
pub static MAKE_PROFILE_PACKAGE_USE_STABLE_FORCE: Kind = Kind {
    name: "make.profile/package.use.stable.force",
    about: "As make.profile/package.use.force, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.use.stable.force"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::ProfileUse),
        words: RuleWords::ProfileUse,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.use.stable.force.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// USE flags that a profile in /etc masks for all packages: one flag a line, portage(5).
pub static MAKE_PROFILE_USE_MASK: Kind = Kind {
    name: "make.profile/use.mask",
    about: "USE flags that a profile in /etc masks for all packages: one flag a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/use.mask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Flags, whole_line: true }),
    template: Some("etc/portage/make.profile/use.mask.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// USE flags that a profile in /etc forces for all packages: one flag a line, portage(5).
pub static MAKE_PROFILE_USE_FORCE: Kind = Kind {
    name: "make.profile/use.force",
    about: "USE flags that a profile in /etc forces for all packages: one flag a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/use.force"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Flags, whole_line: true }),
    template: Some("etc/portage/make.profile/use.force.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// As make.profile/use.mask, for packages that only a stable keyword makes visible, portage(5).
pub static MAKE_PROFILE_USE_STABLE_MASK: Kind = Kind {
    name: "make.profile/use.stable.mask",
    about: "As make.profile/use.mask, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/use.stable.mask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Flags, whole_line: true }),
    template: Some("etc/portage/make.profile/use.stable.mask.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// As make.profile/use.force, for packages that only a stable keyword makes visible, portage(5).
pub static MAKE_PROFILE_USE_STABLE_FORCE: Kind = Kind {
    name: "make.profile/use.stable.force",
    about: "As make.profile/use.force, for packages that only a stable keyword makes visible, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/use.stable.force"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Flags, whole_line: true }),
    template: Some("etc/portage/make.profile/use.stable.force.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// Versions that Portage takes for installed; not from EAPI 7 on, portage(5).
pub static MAKE_PROFILE_PACKAGE_PROVIDED: Kind = Kind {
    name: "make.profile/package.provided",
    about: "Versions that Portage takes for installed; not from EAPI 7 on, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.provided"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Versions, whole_line: true }),
    template: Some("etc/portage/make.profile/package.provided.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// Bash for some packages; not read in a profile that is in no repository, portage(5).
pub static MAKE_PROFILE_PACKAGE_BASHRC: Kind = Kind {
    name: "make.profile/package.bashrc",
    about: "Bash for some packages; not read in a profile that is in no repository, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/package.bashrc"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::Profile),
        words: RuleWords::BashrcFiles,
        groups: Groups::None,
    }),
    template: Some("etc/portage/make.profile/package.bashrc.j2"),
    mode: 0o644,
    check: super::profile::check_ignored,
};

/// Bash for every package of a profile in /etc, sourced before bashrc, portage(5).
pub static MAKE_PROFILE_PROFILE_BASHRC: Kind = Kind {
    name: "make.profile/profile.bashrc",
    about: "Bash for every package of a profile in /etc, sourced before bashrc, portage(5).",
    place: Place::File("etc/portage/make.profile/profile.bashrc"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: super::bashrc::check,
};

/// Shared libraries that are there although Portage did not install them: a multilib category and sonames a line, portage(5).
pub static MAKE_PROFILE_SONAME_PROVIDED: Kind = Kind {
    name: "make.profile/soname.provided",
    about: "Shared libraries that are there although Portage did not install them: a multilib category and sonames a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/make.profile/soname.provided"),
    grammar: Grammar::Rules(RulesDialect { atoms: None, words: RuleWords::Any, groups: Groups::None }),
    template: Some("etc/portage/make.profile/soname.provided.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// Says that a profile in /etc is not to be used: the profile to use instead, and how to get there, portage(5).
pub static MAKE_PROFILE_DEPRECATED: Kind = Kind {
    name: "make.profile/deprecated",
    about: "Says that a profile in /etc is not to be used: the profile to use instead, and how to get there, portage(5).",
    place: Place::File("etc/portage/make.profile/deprecated"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: super::nothing_to_check,
};

/// The default packages of old-style virtuals: read with a message, and ignored, portage(5).
pub static MAKE_PROFILE_VIRTUALS: Kind = Kind {
    name: "make.profile/virtuals",
    about: "The default packages of old-style virtuals: read with a message, and ignored, portage(5).",
    place: Place::File("etc/portage/make.profile/virtuals"),
    grammar: Grammar::Rules(RulesDialect { atoms: None, words: RuleWords::Any, groups: Groups::None }),
    template: Some("etc/portage/make.profile/virtuals.j2"),
    mode: 0o644,
    check: super::profile::check_ignored,
};

/// A file without parents.
pub(crate) const L141: Code = Code::error(
    "L141",
    "bad-parent",
    "A parent that is not found, or a file without any, leaves Portage without a profile.",
    "lib/portage/package/ebuild/_config/LocationsManager.py, _addProfile",
);

fn check_parent(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    if items.items.is_empty() {
        findings
            .at(&L141, Key::file(), "the file names no parent")
            .set_help("name a profile, such as `gentoo:default/linux/amd64/23.0`, or take the file out");
    }
    for item in items.items.iter().filter(|item| item.text.starts_with(':')) {
        findings
            .at(&L141, Key::of(&item.text), format!("`{}` names no repository", item.text))
            .set_help(format!("write gentoo{}", item.text));
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, items};

    #[test]
    fn parents_are_named() {
        let of = |lines: &[&str]| codes("etc/portage/make.profile/parent", items(lines));
        assert_eq!(of(&["gentoo:default/linux/x86/23.0", "../x", "/var/db/x"]), [""; 0]);
        assert_eq!(of(&[":default/linux/x86/23.0"]), ["L141"]);
        assert_eq!(of(&[]), ["L141"]);
    }
}
