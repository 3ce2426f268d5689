//! Files of variables that package.env names: portage(5), package.env.

use std::collections::HashSet;

use super::make_conf::{self, In};
use super::{Grammar, Kind, Place, VarsDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// Variables for the packages whose line in package.env names the file: Portage's own language, not bash,
/// portage(5).
pub static ENV: Kind = Kind {
    name: "env",
    about: "Variables for the packages whose line in package.env names the file: Portage's own language, not bash, portage(5).",
    place: Place::Folder("etc/portage/env"),
    grammar: Grammar::Vars(VarsDialect::Getconfig),
    template: Some("etc/portage/env.j2"),
    mode: 0o644,
    check,
};

/// The files below `env/` that a package.env names.
pub(crate) fn named(package_env: Model) -> impl Iterator<Item = String> {
    let rules = match package_env {
        Model::Rules(rules) => rules.rules,
        _ => Vec::new(),
    };
    rules.into_iter().flat_map(|rule| rule.words)
}

/// Whether a file at this path below `env/` is bash: it lies at CATEGORY/PACKAGE, and no package.env names it.
pub(crate) fn is_bash(below: &str, named: &HashSet<String>) -> bool {
    below.matches('/').count() == 1 && !named.contains(below)
}

/// What has no effect, or an odd one, for single packages.
pub(crate) const L116: Code = Code::error(
    "L116",
    "not-per-package",
    "ACCEPT_KEYWORDS for a single package makes no version visible. Portage decides whether a package is stable, and so whether stable masks hold, \
     by the ACCEPT_KEYWORDS of the package that it looked at before. ACCEPT_LICENSE leaks to other packages, whichever is looked at first.",
    "lib/portage/package/ebuild/config.py, _grab_pkg_env and setcpv; KeywordsManager.py, isStable",
);

/// COMMON_FLAGS alone.
pub(crate) const L124: Code = Code::warning(
    "L124",
    "common-flags-alone",
    "make.conf has expanded CFLAGS before the file is read: COMMON_FLAGS alone changes no flag.",
    "lib/portage/package/ebuild/config.py, _grab_pkg_env",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    make_conf::check(model, In::Env, findings);
    let Model::Vars(vars) = model else { return };
    for (name, instead) in
        [("ACCEPT_KEYWORDS", "package.accept_keywords"), ("ACCEPT_LICENSE", "package.license")]
    {
        if vars.get(name).is_some() {
            findings
                .at(&L116, Key::of(name), format!("`{name}` does not hold for single packages"))
                .set_help(format!("write a line of {instead}"));
        }
    }
    let used = vars.assigns().any(|assign| assign.value.references().any(|name| name == "COMMON_FLAGS"));
    if vars.get("COMMON_FLAGS").is_some() && !used {
        findings
            .at(&L124, Key::of("COMMON_FLAGS"), "`COMMON_FLAGS` is set, and no variable here uses it")
            .set_help("set CFLAGS and CXXFLAGS as well, to ${COMMON_FLAGS}");
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, vars};

    const PATH: &str = "etc/portage/env/no-lto.conf";

    #[test]
    fn what_holds_for_all_packages_only() {
        assert_eq!(codes(PATH, vars(&[("ACCEPT_KEYWORDS", "~x86")])), ["L116"]);
        assert_eq!(codes(PATH, vars(&[("ACCEPT_LICENSE", "*")])), ["L116"]);
        assert_eq!(codes(PATH, vars(&[("FEATURES", "-sandbox"), ("MAKEOPTS", "-j1")])), [""; 0]);
    }

    #[test]
    fn common_flags_alone_do_nothing() {
        assert_eq!(codes(PATH, vars(&[("COMMON_FLAGS", "-O1")])), ["L124"]);
        assert_eq!(codes(PATH, vars(&[("COMMON_FLAGS", "-O1"), ("CFLAGS", "${COMMON_FLAGS}")])), [""; 0]);
    }
}
