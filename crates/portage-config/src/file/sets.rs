//! Sets of packages: portage(5), sets, world and world_sets.

use super::{Grammar, ItemWords, ItemsDialect, Kind, Place};
use crate::vocab::Dialect;

/// A set of packages of one's own: an atom or `@set` a line; its name is the path below sets/, portage(5).
pub static SETS: Kind = Kind {
    name: "sets",
    about: "A set of packages of one's own: an atom or `@set` a line; its name is the path below sets/, portage(5).",
    place: Place::Folder("etc/portage/sets"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::Set), whole_line: false }),
    template: Some("etc/portage/sets.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// The packages that were asked for by name: one atom a line, written by emerge as well, portage(5).
pub static WORLD: Kind = Kind {
    name: "world",
    about: "The packages that were asked for by name: one atom a line, written by emerge as well, portage(5).",
    place: Place::File("var/lib/portage/world"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::World), whole_line: false }),
    template: Some("var/lib/portage/world.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// The sets that were asked for by name: one `@set` a line, written by emerge as well, portage(5).
pub static WORLD_SETS: Kind = Kind {
    name: "world_sets",
    about: "The sets that were asked for by name: one `@set` a line, written by emerge as well, portage(5).",
    place: Place::File("var/lib/portage/world_sets"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Any, whole_line: false }),
    template: Some("var/lib/portage/world_sets.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};
