//! Profiles of ::gentoo that fit a machine.

use std::sync::LazyLock;

static TABLE: &str = include_str!("../../data/profiles.tsv");

/// Where the profiles of ::gentoo lie.
pub(super) const FOLDER: &str = "/var/db/repos/gentoo/profiles/";

/// A profile of ::gentoo, without those for desktops, hardened systems and a split /usr; profiles/profiles.desc.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// The keyword of its architecture.
    pub arch: &'static str,
    /// Its path below `profiles/`.
    pub path: &'static str,
    /// `stable`, `dev` or `exp`.
    pub status: &'static str,
}

static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        Profile { arch: next(), path: next(), status: next() }
    };
    TABLE.lines().skip(1).map(row).collect()
});

/// The profiles that a target can take.
pub fn profiles() -> &'static [Profile] {
    &ALL
}

/// The profile below `base` for a C library and an init.
pub(super) fn choose(base: &str, musl: bool, systemd: bool) -> Option<&'static Profile> {
    let path = format!("{base}{}{}", if musl { "/musl" } else { "" }, if systemd { "/systemd" } else { "" },);
    ALL.iter().find(|profile| profile.path == path)
}
