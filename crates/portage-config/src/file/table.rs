//! The one table of kinds.

use super::{
    Kind, Place, accept, bashrc, color_map, cpio_list, distcc, dnsmasq, dracut, env, fstab, grub, hooks,
    inittab, iscsi, kernel_config, kernel_install, keywords, lists, make_conf, make_profile, mask, mdev,
    modules, nbd, package_env, package_use, patches, profile, profile_use, pxe, repos_conf, runlevel,
    sccache, sets, shell, systemd, tmpfiles, ugrd,
};
use std::borrow::Cow;

use crate::vocab::RelPath;

static KINDS: &[&Kind] = &[
    &make_conf::MAKE_CONF,
    &make_profile::MAKE_PROFILE,
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
    &bashrc::ENV_BASH,
    &bashrc::BASHRC,
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
    &keywords::PROFILE_PACKAGE_KEYWORDS,
    &profile::PROFILE_PACKAGES,
    &profile::PROFILE_PACKAGE_PROVIDED,
    &profile::PROFILE_SONAME_PROVIDED,
    &bashrc::PROFILE_PROFILE_BASHRC,
    &bashrc::PROFILE_PACKAGE_BASHRC,
    &bashrc::PROFILE_BASHRC,
    &profile::PROFILE_EAPI,
    &profile::PROFILE_PARENT,
    &profile::PROFILE_DEPRECATED,
    &profile::PROFILE_VIRTUALS,
    &make_profile::MAKE_PROFILE_EAPI,
    &make_profile::MAKE_PROFILE_PARENT,
    &make_profile::MAKE_PROFILE_MAKE_DEFAULTS,
    &make_profile::MAKE_PROFILE_PACKAGES,
    &make_profile::MAKE_PROFILE_PACKAGE_MASK,
    &make_profile::MAKE_PROFILE_PACKAGE_UNMASK,
    &make_profile::MAKE_PROFILE_PACKAGE_ACCEPT_KEYWORDS,
    &make_profile::MAKE_PROFILE_PACKAGE_KEYWORDS,
    &make_profile::MAKE_PROFILE_PACKAGE_USE,
    &make_profile::MAKE_PROFILE_PACKAGE_USE_MASK,
    &make_profile::MAKE_PROFILE_PACKAGE_USE_FORCE,
    &make_profile::MAKE_PROFILE_PACKAGE_USE_STABLE,
    &make_profile::MAKE_PROFILE_PACKAGE_USE_STABLE_MASK,
    &make_profile::MAKE_PROFILE_PACKAGE_USE_STABLE_FORCE,
    &make_profile::MAKE_PROFILE_USE_MASK,
    &make_profile::MAKE_PROFILE_USE_FORCE,
    &make_profile::MAKE_PROFILE_USE_STABLE_MASK,
    &make_profile::MAKE_PROFILE_USE_STABLE_FORCE,
    &make_profile::MAKE_PROFILE_PACKAGE_PROVIDED,
    &make_profile::MAKE_PROFILE_PACKAGE_BASHRC,
    &make_profile::MAKE_PROFILE_PROFILE_BASHRC,
    &make_profile::MAKE_PROFILE_SONAME_PROVIDED,
    &make_profile::MAKE_PROFILE_DEPRECATED,
    &make_profile::MAKE_PROFILE_VIRTUALS,
    &sets::SETS,
    &repos_conf::SETS_CONF,
    &sets::WORLD,
    &sets::WORLD_SETS,
    &lists::CATEGORIES,
    &lists::LICENSE_GROUPS,
    &lists::MIRRORS,
    &lists::ARCH_LIST,
    &modules::MODULES,
    &color_map::COLOR_MAP,
    &patches::PATCHES,
    &patches::SAVEDCONFIG,
    &hooks::POSTSYNC_D,
    &hooks::REPO_POSTSYNC_D,
    &ugrd::UGRD,
    &dracut::DRACUT_CONF,
    &dracut::DRACUT_CONF_D,
    &fstab::FSTAB,
    &sccache::SCCACHE_CLIENT,
    &sccache::SCCACHE_SCHEDULER,
    &sccache::SCCACHE_SERVER,
    &shell::CONF_D,
    &grub::DEFAULT_GRUB,
    &grub::GRUB_CFG,
    &shell::SH_ENV,
    &kernel_config::KERNEL_CONFIG,
    &cpio_list::CPIO_LIST,
    &kernel_install::INSTALL_CONF,
    &kernel_install::CMDLINE,
    &kernel_install::KERNEL_CMDLINE_D,
    &kernel_install::CMDLINE_D,
    &inittab::INITTAB,
    &runlevel::RUNLEVEL,
    &mdev::MDEV_CONF,
    &tmpfiles::TMPFILES,
    &systemd::SYSTEMD,
    &systemd::SYSTEMD_PRESET,
    &nbd::NBD_SERVER,
    &nbd::NBDTAB,
    &iscsi::INITIATOR_NAME,
    &dnsmasq::DNSMASQ,
    &dnsmasq::DNSMASQ_D,
    &pxe::PXELINUX,
    &pxe::IPXE,
    &distcc::DISTCC_HOSTS,
];

/// Names below `etc/portage` that are of no kind and no mistake: other programs' files, and folders of programs that
/// are only carried. [`nearest`](super::nearest) knows them.
pub const PLAIN: &[&str] = &[
    "bashrc.d",
    "gnupg",
    "hooks",
    "bin",
    "conf-update.d",
    "conf-update-session.d",
    "suidctl.conf",
    "repo.sync.d",
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
    let path = moved(path.as_str());
    let path = path.as_ref();
    KINDS
        .iter()
        .copied()
        .filter_map(|kind| Some((claim(kind.place, path)?, kind)))
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

/// The path below `etc/portage` of a file in the place that it had before there was `/etc/portage`: Portage reads
/// `/etc/make.conf` and `/etc/make.profile` still.
fn moved(path: &str) -> Cow<'_, str> {
    let is = |name: &str| path == name || below(path, name).is_some();
    match path.strip_prefix("etc/") {
        Some(rest) if is("etc/make.conf") || is("etc/make.profile") => format!("etc/portage/{rest}").into(),
        _ => path.into(),
    }
}

/// How much of a path a place claims; `None`: the path does not lie there.
fn claim(place: Place, path: &str) -> Option<usize> {
    let (base, fits) = match place {
        Place::File(base) | Place::Link(base) => (base, path == base),
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
    use crate::file::Grammar;

    fn kind(path: &str) -> Option<&'static str> {
        find(&RelPath::parse(path).unwrap()).map(|kind| kind.name)
    }

    #[test]
    fn the_longest_known_path_decides() {
        for (path, name) in [
            ("etc/portage/make.conf", Some("make.conf")),
            ("etc/portage/make.conf/10-flags", Some("make.conf")),
            ("etc/portage/make.confs", None),
            ("etc/portage/make.profile", Some("make.profile")),
            ("etc/portage/make.profile/parent", Some("make.profile/parent")),
            ("etc/portage/make.profile/package.use/x", Some("make.profile/package.use")),
            ("etc/portage/make.profile/package.env", None),
            ("etc/make.conf", Some("make.conf")),
            ("etc/make.conf/x", Some("make.conf")),
            ("etc/make.confs", None),
            ("etc/make.profile/eapi", Some("make.profile/eapi")),
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
            ("etc/portage/profile/parent", Some("profile/parent")),
            ("etc/portage/categories", Some("categories")),
            ("etc/portage/categories/x", None),
            ("etc/portage/env", None),
            ("etc/portage/env/no-lto.conf", Some("env")),
            ("etc/portage/sets/desk/top", Some("sets")),
            ("etc/portage/sets/desk.metadata", None),
            ("etc/portage/sets.conf", Some("sets.conf")),
            ("etc/portage/patches/a/b/x.patch", Some("patches")),
            ("etc/portage/bashrc", Some("bashrc")),
            ("etc/portage/bashrc/x", None),
            ("etc/portage/postsync.d/x", Some("postsync.d")),
            ("etc/portage/postsync.d/.x", None),
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
        let templates: Vec<_> = kinds().iter().filter_map(|kind| kind.template).collect();
        assert_eq!(templates.len(), templates.iter().collect::<BTreeSet<_>>().len());
        for kind in kinds() {
            assert_eq!(named(kind.name), Some(*kind));
            assert!(kind.template.is_none_or(|template| template.ends_with(".j2")), "{}", kind.name);
            assert_eq!(kind.template.is_none(), kind.grammar == Grammar::Opaque, "{}", kind.name);
            assert!(kind.about.ends_with('.'), "{}", kind.name);
            let same = |other: &&&Kind| other.place == kind.place && kind.place != Place::Named;
            assert!(kinds().iter().filter(same).count() <= 1, "{}", kind.name);
        }
    }

    #[test]
    fn every_place_is_found_again() {
        for kind in kinds() {
            let path = match kind.place {
                Place::File(base) | Place::FileOrFolder(base) | Place::Link(base) => base.to_owned(),
                Place::Folder(base) => format!("{base}/x"),
                Place::Ending(base, endings) => format!("{base}/x{}", endings[0]),
                Place::Named => continue,
            };
            assert_eq!(find(&RelPath::parse(&path).unwrap()), Some(*kind), "{path}");
        }
    }
}
