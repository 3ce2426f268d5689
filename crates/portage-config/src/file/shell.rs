//! Files that sh or bash sources: OpenRC's conf.d, environments of cross builds.

use super::unknown::unknown;
use super::{Grammar, Kind, Place, VarsDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

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
    check: check_cross,
};

/// An environment of a cross build that does not hold together.
pub(crate) const L198: Code = Code::error(
    "L198",
    "bad-cross-environment",
    "With ROOT in one place and PORTAGE_CONFIGROOT or SYSROOT in another the settings of one system build another one; Portage ends \
     where SYSROOT is neither / nor ROOT.",
    "lib/portage/package/ebuild/config.py; PMS, SYSROOT; pkg-config(1)",
);

/// The variables of a cross build that are easily written wrong.
const CROSS: [&str; 11] = [
    "CBUILD",
    "CHOST",
    "CTARGET",
    "PKG_CONFIG",
    "PKG_CONFIG_LIBDIR",
    "PKG_CONFIG_PATH",
    "PKG_CONFIG_SYSROOT_DIR",
    "PORTAGE_CONFIGROOT",
    "QT_HOST_PATH",
    "ROOT",
    "SYSROOT",
];

fn check_cross(model: &Model, findings: &mut Findings<'_>) {
    let Model::Vars(vars) = model else { return };
    for assign in vars.assigns() {
        let name = assign.name.as_str();
        let like = name.starts_with("PKG_CONFIG_SYSROOT")
            || (name.ends_with("ROOT") && name.starts_with("PORTAGE_"));
        if like && !CROSS.contains(&name) {
            let message = format!("nobody reads `{name}`");
            unknown(findings, &L198, (Key::of(name), name), message, CROSS, "take it out");
        }
    }
    let of = |name: &str| {
        let value = vars.get(name)?.value.plain()?;
        Some(if value == "/" { value } else { value.trim_end_matches('/') })
    };
    let Some(root) = of("ROOT").filter(|root| !root.is_empty()) else { return };
    if let Some(sysroot) =
        of("SYSROOT").filter(|sysroot| *sysroot != root && *sysroot != "/" && !sysroot.is_empty())
    {
        findings
            .at(&L198, Key::of("SYSROOT"), format!("`SYSROOT` is `{sysroot}`, and `ROOT` is `{root}`"))
            .set_help(format!("write {root}, or / for a build against this system"));
    }
    if let Some(config) = of("PORTAGE_CONFIGROOT").filter(|config| *config != root && *config != "/") {
        findings
            .at(
                &L198,
                Key::of("PORTAGE_CONFIGROOT"),
                format!("`PORTAGE_CONFIGROOT` is `{config}`, and `ROOT` is `{root}`"),
            )
            .set_help(format!("write {root}"));
    }
    let sysroot = of("SYSROOT").unwrap_or("/");
    if let Some(dir) = of("PKG_CONFIG_SYSROOT_DIR").filter(|dir| *dir != sysroot && *dir != root) {
        findings
            .at(
                &L198,
                Key::of("PKG_CONFIG_SYSROOT_DIR"),
                format!("`PKG_CONFIG_SYSROOT_DIR` is `{dir}`, and `ROOT` is `{root}`"),
            )
            .set_help(format!("write {root}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes_of, vars};
    use crate::vocab::RelPath;

    #[test]
    fn cross_environments_hold_together() {
        let path = RelPath::parse("usr/local/share/cross.env").unwrap();
        let of = |assigns: &[(&str, &str)]| codes_of(&super::SH_ENV, &path, vars(assigns));
        let root = ("ROOT", "/usr/x");
        assert_eq!(of(&[root, ("SYSROOT", "/usr/x/"), ("PORTAGE_CONFIGROOT", "/usr/x")]), [""; 0]);
        assert_eq!(of(&[root, ("SYSROOT", "/"), ("PKG_CONFIG_SYSROOT_DIR", "/usr/x")]), [""; 0]);
        assert_eq!(of(&[("CROSS_COMPILE", "x-")]), [""; 0]);
        assert_eq!(of(&[root, ("SYSROOT", "/usr/y")]), ["L198"]);
        assert_eq!(of(&[root, ("PORTAGE_CONFIGROOT", "/usr/y")]), ["L198"]);
        assert_eq!(of(&[root, ("PKG_CONFIG_SYSROOT_DIR", "/usr/y")]), ["L198"]);
        assert_eq!(of(&[("PKG_CONFIG_SYSROOT", "/usr/y")]), ["L198"]);
        assert_eq!(of(&[("PORTAGE_CONFIG_ROOT", "/usr/y")]), ["L198"]);
    }
}
