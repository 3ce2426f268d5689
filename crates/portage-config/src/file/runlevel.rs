//! Which services OpenRC starts in which runlevel: rc-update(8).

use super::{Grammar, Kind, Place, nothing_to_check};

/// A service of a runlevel: a link `etc/runlevels/LEVEL/SERVICE` to `/etc/init.d/SERVICE`, rc-update(8).
pub static RUNLEVEL: Kind = Kind {
    name: "runlevel",
    about: "A service of a runlevel: a link `etc/runlevels/LEVEL/SERVICE` to `/etc/init.d/SERVICE`, said with `link`; rc-update(8), \
            openrc(8).",
    place: Place::Folder("etc/runlevels"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: nothing_to_check,
};
