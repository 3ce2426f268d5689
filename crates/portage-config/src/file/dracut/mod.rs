//! dracut's configuration: dracut.conf(5).
//!
//! Its files are sourced by bash. Settings are variables: lists grow with `+=` and blanks inside the quotes, the
//! others are set with `=`.

mod check;
mod table;

#[cfg(test)]
mod tests;

pub(crate) use check::CODES;
pub use table::{Parameter, Type, parameter, parameters};

use super::{Grammar, Kind, Place, VarsDialect};

/// `etc/dracut.conf`, read before the folder.
pub static DRACUT_CONF: Kind = Kind {
    name: "dracut.conf",
    about: "What dracut puts into an initramfs, dracut.conf(5): the file that is read first.",
    place: Place::File("etc/dracut.conf"),
    grammar: Grammar::Vars(VarsDialect::Shell { export: false }),
    template: Some("etc/dracut.conf.j2"),
    mode: 0o644,
    check: check::check,
};

/// `etc/dracut.conf.d/*.conf`, read in order of their names.
pub static DRACUT_CONF_D: Kind = Kind {
    name: "dracut.conf.d",
    about: "What dracut puts into an initramfs, dracut.conf(5): files that are read in order of their names.",
    place: Place::Ending("etc/dracut.conf.d", &[".conf"]),
    grammar: Grammar::Vars(VarsDialect::Shell { export: false }),
    template: Some("etc/dracut.conf.d.j2"),
    mode: 0o644,
    check: check::check,
};
