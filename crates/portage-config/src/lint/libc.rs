//! The C library and link-time optimisation.

use super::context::Context;
use crate::report::{Code, Report};
use crate::vocab::CompilerFlags;

/// LTO for the C library.
pub(crate) const L003: Code = Code::hint(
    "L003",
    "lto-libc",
    "The ebuilds of the C libraries filter -flto by themselves today; older ones did not, and such a library does not start.",
    "sys-libs/glibc, sys-libs/musl; flag-o-matic.eclass, filter-lto",
);

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let lto = |flags: &str| CompilerFlags::parse(flags).lto() == Some(true);
    if !lto(context.make_conf.get("CFLAGS").unwrap_or_default()) {
        return;
    }
    let package = if context.is_musl() { "sys-libs/musl" } else { "sys-libs/glibc" };
    let overridden = context
        .package_env(package)
        .is_some_and(|effective| !lto(effective.get("CFLAGS").unwrap_or_default()));
    if !overridden && let Some((path, key)) = context.written("CFLAGS", "-flto") {
        report
            .file(&path)
            .word(&L003, key, "-flto", format!("`-flto` holds for `{package}` as well"))
            .set_help(format!("name {package} in package.env, with a file that sets CFLAGS without it"));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{Root, codes, root};

    fn lto() -> Root {
        let flags = [("CFLAGS", "-O2 -flto"), ("CXXFLAGS", "${CFLAGS}"), ("USE", "lto")];
        root().vars("etc/portage/make.conf", &flags)
    }

    #[test]
    fn the_c_library_is_built_without() {
        assert_eq!(codes(&lto()), ["L003"]);
        let env = |value| {
            lto()
                .vars("etc/portage/env/no-lto.conf", &[("CFLAGS", value)])
                .rules("etc/portage/package.env/glibc", &[("sys-libs/glibc", "no-lto.conf")])
        };
        assert_eq!(codes(&env("-O2")), [""; 0]);
        assert_eq!(codes(&env("${CFLAGS} -fno-lto")), [""; 0]);
        assert_eq!(codes(&env("${CFLAGS} -g")), ["L003"]);
    }

    #[test]
    fn the_library_of_the_profile_counts() {
        let musl = lto()
            .link("etc/portage/make.profile", "/var/db/repos/gentoo/profiles/default/linux/amd64/23.0/musl")
            .vars("etc/portage/env/x/no-lto.conf", &[("CFLAGS", "-O2")]);
        assert_eq!(codes(&musl), ["L003"]);
        let named = musl.rules("etc/portage/package.env/musl", &[("sys-libs/musl", "x/no-lto.conf")]);
        assert_eq!(codes(&named), [""; 0]);
    }
}
