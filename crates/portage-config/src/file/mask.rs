//! Masks of packages: portage(5), package.mask and package.unmask.

use super::{Grammar, ItemWords, ItemsDialect, Kind, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::Atom;
use crate::vocab::Dialect;

/// Packages that must not be installed: one atom a line, portage(5).
pub static PACKAGE_MASK: Kind = Kind {
    name: "package.mask",
    about: "Packages that must not be installed: one atom a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.mask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::User), whole_line: true }),
    template: Some("etc/portage/package.mask.j2"),
    mode: 0o644,
    check,
};

/// Packages that are not masked whatever masks them: one atom a line, portage(5).
pub static PACKAGE_UNMASK: Kind = Kind {
    name: "package.unmask",
    about: "Packages that are not masked whatever masks them: one atom a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.unmask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::User), whole_line: true }),
    template: Some("etc/portage/package.unmask.j2"),
    mode: 0o644,
    check,
};

/// Packages that the user's profile masks: one atom a line, no wildcards, portage(5).
pub static PROFILE_PACKAGE_MASK: Kind = Kind {
    name: "profile/package.mask",
    about: "Packages that the user's profile masks: one atom a line, no wildcards, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.mask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::UserProfile), whole_line: true }),
    template: Some("etc/portage/profile/package.mask.j2"),
    mode: 0o644,
    check,
};

/// Packages that the user's profile unmasks: one atom a line, no wildcards, portage(5).
pub static PROFILE_PACKAGE_UNMASK: Kind = Kind {
    name: "profile/package.unmask",
    about: "Packages that the user's profile unmasks: one atom a line, no wildcards, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.unmask"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::UserProfile), whole_line: true }),
    template: Some("etc/portage/profile/package.unmask.j2"),
    mode: 0o644,
    check,
};

/// `cat/pkg[flag]` in a mask.
pub(crate) const L109: Code = Code::error(
    "L109",
    "use-in-mask",
    "Portage accepts USE flags behind an atom here and ignores them: the package is meant whatever its flags are.",
    "lib/portage/package/ebuild/_config/MaskManager.py",
);

pub(super) fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    for item in &items.items {
        let text = item.text.strip_prefix('-').unwrap_or(&item.text);
        let Ok(atom) = Atom::parse(text, Dialect::User) else { continue };
        if atom.use_deps().is_some() {
            findings
                .at(&L109, Key::of(&item.text), format!("the USE flags of `{}` are ignored", item.text))
                .set_help(format!(
                    "write {}, or switch the flag off in package.use",
                    text.split('[').next().unwrap_or(text)
                ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, items};

    #[test]
    fn flags_of_a_mask_are_ignored() {
        assert_eq!(codes("etc/portage/package.mask", items(&["a/b[x]"])), ["L109"]);
        assert_eq!(codes("etc/portage/package.unmask", items(&["a/b[x]"])), ["L109"]);
        assert_eq!(codes("etc/portage/package.mask", items(&[">=a/b-7.1", "*/*::local", "-a/c"])), [""; 0]);
    }
}
