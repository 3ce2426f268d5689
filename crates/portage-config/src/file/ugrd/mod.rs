//! ugrd's configuration: the initramfs generator sys-kernel/ugrd, version 2.
//!
//! The tables of its modules and parameters are those of ugrd 2.2.0, and of `net.nbd`, the module of sys-kernel/ugrd-nbd in
//! the ebuild repository of this project. A module of one's own (`local.nbd`, below
//! `/var/lib/ugrd`) may register parameters that no table knows: tables of unknown names are allowed then.

mod check;
mod codes;
mod nested;
mod table;

#[cfg(test)]
mod tests;

pub use check::musl;
pub(crate) use codes::CODES;
pub use table::{
    Module, NestedKey, Parameter, Type, closure, module, modules, nested, parameter, parameters,
};

use super::{Grammar, Kind, Place};

/// `etc/ugrd/config.toml`, and further files beside it for `ugrd -c`.
pub static UGRD: Kind = Kind {
    name: "ugrd",
    about: "What ugrd puts into an initramfs, and what its init does: modules, mounts, consoles; \
            https://github.com/desultory/ugrd, docs/configuration.md.",
    place: Place::Ending("etc/ugrd", &[".toml"]),
    grammar: Grammar::Toml,
    template: Some("etc/ugrd/config.toml.j2"),
    mode: 0o644,
    check: check::check,
};
