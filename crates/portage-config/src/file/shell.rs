//! Files that sh or bash sources: OpenRC's conf.d, environments of cross builds.

use super::{Grammar, Kind, Place, VarsDialect};

/// Settings of an OpenRC service: variables that sh reads, openrc-run(8).
pub static CONF_D: Kind = Kind {
    name: "conf.d",
    about: "Settings of an OpenRC service: variables that sh reads, openrc-run(8).",
    place: Place::Folder("etc/conf.d"),
    grammar: Grammar::Vars(VarsDialect::Shell { export: false }),
    template: Some("etc/conf.d.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// An environment to be sourced before emerge: exported variables, said with `as`.
pub static SH_ENV: Kind = Kind {
    name: "sh-env",
    about: "An environment to be sourced before emerge: exported variables, said with `as`.",
    place: Place::Named,
    grammar: Grammar::Vars(VarsDialect::Shell { export: true }),
    template: Some("sh-env.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};
