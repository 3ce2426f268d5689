//! The one table of kinds.

use super::{
    Kind, Place, accept, dracut, env, fstab, kernel_config, keywords, lists, make_conf, mask, package_env,
    package_use, profile, profile_use, repos_conf, sets, shell, systemd, ugrd,
};
use crate::vocab::RelPath;

static KINDS: &[&Kind] = &[
    &make_conf::MAKE_CONF,
    &repos_conf::REPOS_CONF,
    &repos_conf::BINREPOS_CONF,
    &package_use::PACKAGE_USE,
    &keywords::PACKAGE_ACCEPT_KEYWORDS,
    &keywords::PACKAGE_KEYWORDS,
    &mask::PACKAGE_MASK,
    &mask::PACKAGE_UNMASK,
    &accept::PACKAGE_LICENSE,
    &accept::PACKAGE_PROPERTIES,
    &accept::PACKAGE_ACCEPT_RESTRICT,
    &package_env::PACKAGE_ENV,
    &env::ENV,
    &make_conf::MAKE_DEFAULTS,
    &profile_use::PROFILE_PACKAGE_USE,
    &profile_use::PROFILE_PACKAGE_USE_MASK,
    &profile_use::PROFILE_PACKAGE_USE_FORCE,
    &profile_use::PROFILE_PACKAGE_USE_STABLE,
    &profile_use::PROFILE_PACKAGE_USE_STABLE_MASK,
    &profile_use::PROFILE_PACKAGE_USE_STABLE_FORCE,
    &profile_use::PROFILE_USE_MASK,
    &profile_use::PROFILE_USE_FORCE,
    &profile_use::PROFILE_USE_STABLE_MASK,
    &profile_use::PROFILE_USE_STABLE_FORCE,
    &mask::PROFILE_PACKAGE_MASK,
    &mask::PROFILE_PACKAGE_UNMASK,
    &keywords::PROFILE_PACKAGE_ACCEPT_KEYWORDS,
    &profile::PROFILE_PACKAGES,
    &profile::PROFILE_PACKAGE_PROVIDED,
    &sets::SETS,
    &repos_conf::SETS_CONF,
    &sets::WORLD,
    &sets::WORLD_SETS,
    &lists::CATEGORIES,
    &lists::LICENSE_GROUPS,
    &lists::MIRRORS,
    &ugrd::UGRD,
    &dracut::DRACUT_CONF,
    &dracut::DRACUT_CONF_D,
    &fstab::FSTAB,
    &shell::CONF_D,
    &shell::DEFAULT_GRUB,
    &shell::SH_ENV,
    &kernel_config::KERNEL_CONFIG,
    &systemd::SYSTEMD,
    &systemd::SYSTEMD_PRESET,
];

/// Paths below `etc/portage` that Portage knows and that hold no entries: links, folders, scripts, and files that
/// are only carried. [`find`] does not return them, [`nearest`](super::nearest) knows them.
pub const PLAIN: &[&str] = &[
    "make.profile",
    "bashrc",
    "bashrc.d",
    "arch.list",
    "color.map",
    "modules",
    "patches",
    "savedconfig",
    "gnupg",
    "hooks",
    "bin",
    "postsync.d",
    "repo.postsync.d",
    "conf-update.d",
    "conf-update-session.d",
    "suidctl.conf",
    "repo.sync.d",
    "profile/eapi",
    "profile/parent",
    "profile/bashrc",
    "profile/profile.bashrc",
    "profile/package.bashrc",
    "profile/package.keywords",
    "profile/soname.provided",
    "profile/virtuals",
    "profile/deprecated",
];

/// All kinds, in the order in which a person reads a configuration.
pub fn kinds() -> &'static [&'static Kind] {
    KINDS
}

/// The kind of that name.
///
/// ```
/// assert_eq!(portage_config::file::named("package.use").map(|kind| kind.mode), Some(0o644));
/// assert!(portage_config::file::named("package.uses").is_none());
/// ```
pub fn named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// The kind of the file at `path` (from the root): that of the longest known path that is the file or a folder
/// above it.
///
/// Files that Portage's walk leaves out (see [`read_by_portage`]) are of no kind.
///
/// ```
/// use portage_config::{file, vocab::RelPath};
/// let kind = |path: &str| file::find(&RelPath::parse(path).unwrap()).map(|kind| kind.name);
/// assert_eq!(kind("etc/portage/package.use/desktop"), Some("package.use"));
/// assert_eq!(kind("etc/portage/package.use.mask/desktop"), None);
/// assert_eq!(kind("etc/portage/package.use/.desktop"), None);
/// ```
pub fn find(path: &RelPath) -> Option<&'static Kind> {
    let path = path.as_str();
    KINDS
        .iter()
        .copied()
        .filter_map(|kind| Some((claim(kind.place, path)?, kind)))
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

/// How much of a path a place claims; `None`: the path does not lie there.
fn claim(place: Place, path: &str) -> Option<usize> {
    let (base, fits) = match place {
        Place::File(base) => (base, path == base),
        Place::FileOrFolder(base) => (base, path == base || below(path, base).is_some_and(walked)),
        Place::Folder("etc/portage/sets") => (
            "etc/portage/sets",
            below(path, "etc/portage/sets").is_some_and(|rest| walked(rest) && !rest.ends_with(".metadata")),
        ),
        Place::Folder(base) => (base, below(path, base).is_some()),
        Place::Ending(base, endings) => (
            base,
            below(path, base).is_some_and(|rest| {
                let name = rest.rsplit('/').next().unwrap_or(rest);
                endings.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
            }),
        ),
        Place::Named => return None,
    };
    fits.then_some(base.len())
}

/// What is left of a path below a folder.
pub(super) fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// Whether Portage's walk through a folder reads a file of this name: not when it begins with a dot or ends in `~`
/// (`_recursive_basename_filter`). Folders of version control systems are passed over as well, see
/// [`entered_by_portage`].
pub fn read_by_portage(name: &str) -> bool {
    !(name.starts_with('.') || name.ends_with('~'))
}

/// Whether Portage's walk enters a folder of this name (`_recursive_file_list`, `VCS_DIRS`).
pub fn entered_by_portage(name: &str) -> bool {
    read_by_portage(name) && !matches!(name, "CVS" | "RCS" | "SCCS")
}

/// Whether Portage's walk comes to a file at this path below the folder that it walks through.
fn walked(rest: &str) -> bool {
    let (folders, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    read_by_portage(name) && folders.split('/').all(entered_by_portage)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn kind(path: &str) -> Option<&'static str> {
        find(&RelPath::parse(path).unwrap()).map(|kind| kind.name)
    }

    #[test]
    fn the_longest_known_path_decides() {
        for (path, name) in [
            ("etc/portage/make.conf", Some("make.conf")),
            ("etc/portage/make.conf/10-flags", Some("make.conf")),
            ("etc/portage/make.confs", None),
            ("etc/portage/make.profile", None),
            ("etc/portage/package.use", Some("package.use")),
            ("etc/portage/package.use/a/b/c", Some("package.use")),
            ("etc/portage/package.use/.hidden", None),
            ("etc/portage/package.use/._cfg0000_x", None),
            ("etc/portage/package.use/x~", None),
            ("etc/portage/package.use/.git/config", None),
            ("etc/portage/package.use/x.bak", Some("package.use")),
            ("etc/portage/package.use.mask", None),
            ("etc/portage/profile/package.use.mask/x", Some("profile/package.use.mask")),
            ("etc/portage/profile/package.use", Some("profile/package.use")),
            ("etc/portage/profile/packages/x", None),
            ("etc/portage/profile/parent", None),
            ("etc/portage/categories", Some("categories")),
            ("etc/portage/categories/x", None),
            ("etc/portage/env", None),
            ("etc/portage/env/no-lto.conf", Some("env")),
            ("etc/portage/sets/desk/top", Some("sets")),
            ("etc/portage/sets/desk.metadata", None),
            ("etc/portage/sets.conf", Some("sets.conf")),
            ("etc/portage/patches/a/b/x.patch", None),
            ("etc/fstab", Some("fstab")),
            ("etc/fstab/x", None),
            ("etc/conf.d/net", Some("conf.d")),
            ("etc/default/grub", Some("default-grub")),
            ("etc/systemd/system-preset/10-486.preset", Some("systemd-preset")),
            ("etc/systemd/system-preset/.preset", None),
            ("etc/systemd/system.conf.d/10-slow-cpu.conf", Some("systemd")),
            ("etc/systemd/system/sshd-keygen@.service.d/10-keygen.conf", Some("systemd")),
            ("etc/systemd/system/x.timer", Some("systemd")),
            ("etc/systemd/system/README", None),
            ("var/lib/portage/world", Some("world")),
            ("usr/src/kernel.config", None),
        ] {
            assert_eq!(kind(path), name, "{path}");
        }
    }

    #[test]
    fn each_kind_has_its_own_name_place_and_template() {
        let names: BTreeSet<_> = kinds().iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), kinds().len());
        let templates: BTreeSet<_> = kinds().iter().map(|kind| kind.template).collect();
        assert_eq!(templates.len(), kinds().len());
        for kind in kinds() {
            assert_eq!(named(kind.name), Some(*kind));
            assert!(kind.template.ends_with(".j2"), "{}", kind.name);
            assert!(kind.about.ends_with('.'), "{}", kind.name);
            let same = |other: &&&Kind| other.place == kind.place && kind.place != Place::Named;
            assert!(kinds().iter().filter(same).count() <= 1, "{}", kind.name);
        }
    }

    #[test]
    fn every_place_is_found_again() {
        for kind in kinds() {
            let path = match kind.place {
                Place::File(base) | Place::FileOrFolder(base) => base.to_owned(),
                Place::Folder(base) => format!("{base}/x"),
                Place::Ending(base, endings) => format!("{base}/x{}", endings[0]),
                Place::Named => continue,
            };
            assert_eq!(find(&RelPath::parse(&path).unwrap()), Some(*kind), "{path}");
        }
    }
}
