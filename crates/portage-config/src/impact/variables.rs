//! Which variables and features change what is built.

/// Variables that an ebuild's build does not see, or that change how fast and where it is built, and not what comes of it
/// (`environ_filter` of Portage's special_env_vars.py; make.conf(5)).
const OTHERS: [&str; 52] = [
    "ARCH",
    "AUTOCLEAN",
    "CLEAN_DELAY",
    "COLLISION_IGNORE",
    "CONFIG_PROTECT",
    "CONFIG_PROTECT_MASK",
    "DISTDIR",
    "EGENCACHE_DEFAULT_OPTS",
    "ENV_UNSET",
    "FEATURES",
    "FETCH_WRAPPER",
    "GENTOO_MIRRORS",
    "INFOPATH",
    "IUSE_IMPLICIT",
    "LC_MESSAGES",
    "LDPATH",
    "LICENSE_GROUPS",
    "MAKEOPTS",
    "MANPATH",
    "NINJAOPTS",
    "NOCOLOR",
    "NO_COLOR",
    "O",
    "PATH",
    "PKGDIR",
    "PKG_INSTALL_MASK",
    "PORTDIR",
    "PORTDIR_OVERLAY",
    "PORT_LOGDIR",
    "PORT_LOGDIR_CLEAN",
    "PRELINK_PATH",
    "PRELINK_PATH_MASK",
    "PROFILE_ONLY_VARIABLES",
    "QUICKPKG_DEFAULT_OPTS",
    "ROOTPATH",
    "RPMDIR",
    "RUSTC_WRAPPER",
    "SYNC",
    "SYSROOT",
    "TERM",
    "TMPDIR",
    "UNINSTALL_IGNORE",
    "USE_EXPAND",
    "USE_EXPAND_HIDDEN",
    "USE_EXPAND_IMPLICIT",
    "USE_EXPAND_UNPREFIXED",
    "USE_ORDER",
    "USERLAND",
    "ALLOW_TEST",
    "CMAKE_BUILD_PARALLEL_LEVEL",
    "MAKEFLAGS",
    "NO_PROXY",
];

/// As [`OTHERS`], by the beginning of the name.
const FAMILIES: [&str; 12] = [
    "ACCEPT_",
    "BINPKG_",
    "CCACHE_",
    "DISTCC_",
    "EMERGE_",
    "FETCHCOMMAND",
    "PORTAGE_",
    "PYTHON_TARGETS_",
    "RESUMECOMMAND",
    "SCCACHE_",
    "USE_EXPAND_VALUES_",
    "_",
];

/// Whether another value of a variable may change what comes of a build.
pub(crate) fn matters(name: &str) -> bool {
    !OTHERS.contains(&name)
        && !FAMILIES.iter().any(|family| name.starts_with(family))
        && !name.to_ascii_lowercase().ends_with("_proxy")
}

/// Features that change what is installed (make.conf(5)).
const FEATURES: [&str; 12] = [
    "compressdebug",
    "dedupdebug",
    "fixlafiles",
    "installsources",
    "nodoc",
    "noinfo",
    "noman",
    "nostrip",
    "sfperms",
    "splitdebug",
    "suidctl",
    "xattr",
];

/// Whether a feature changes what is installed.
pub(super) fn is_built_in(feature: &str) -> bool {
    FEATURES.contains(&feature)
}

/// Variables that Portage writes down beside what it installs (`__dyn_install` of phase-functions.sh).
const WRITTEN: [&str; 12] = [
    "ASFLAGS",
    "CBUILD",
    "CC",
    "CFLAGS",
    "CHOST",
    "CTARGET",
    "CXX",
    "CXXFLAGS",
    "EXTRA_ECONF",
    "EXTRA_EINSTALL",
    "EXTRA_MAKE",
    "LDFLAGS",
];

/// Whether the database of installed packages knows it of each package.
pub(super) fn is_written(name: &str) -> bool {
    WRITTEN.contains(&name)
}
