//! What the user's profile says of the system set: portage(5), packages and package.provided.

use super::{Grammar, ItemWords, ItemsDialect, Kind, Place};
use crate::vocab::Dialect;

/// The system set (`*cat/pkg`) and the profile set (`cat/pkg`) of the user's profile; Portage fails on a folder, portage(5).
pub static PROFILE_PACKAGES: Kind = Kind {
    name: "profile/packages",
    about: "The system set (`*cat/pkg`) and the profile set (`cat/pkg`) of the user's profile; Portage fails on a folder, portage(5).",
    place: Place::File("etc/portage/profile/packages"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::UserProfile), whole_line: true }),
    template: "etc/portage/profile/packages.j2",
    mode: 0o644,
    check: super::nothing_to_check,
};

/// Versions that Portage takes for installed although it did not install them, portage(5).
pub static PROFILE_PACKAGE_PROVIDED: Kind = Kind {
    name: "profile/package.provided",
    about: "Versions that Portage takes for installed although it did not install them, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.provided"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Versions, whole_line: true }),
    template: "etc/portage/profile/package.provided.j2",
    mode: 0o644,
    check: super::nothing_to_check,
};
