//! Live packages whose dependencies are live too.

use super::context::Context;
use crate::file::keywords;
use crate::report::{Code, Key, Report};
use crate::vocab::{Atom, Dialect};

/// `**` for a live package alone.
pub(crate) const L018: Code = Code::error(
    "L018",
    "live-dependencies",
    "A live package may need others that are live only (ugrd-9999: zenlib-9999 and pycpio-9999). They stay masked without `**`: nothing can be installed.",
    "sys-kernel/ugrd, RDEPEND; GLEP 72",
);

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let accepts = |cpn: &str| {
        context.rules_for("package.accept_keywords", cpn).into_iter().find(|(_, rule)| {
            let live = Atom::parse(&rule.key, Dialect::UserUse)
                .is_ok_and(|atom| atom.version().is_none_or(|version| version.contains("9999")));
            live && rule.words.iter().any(|word| word == "**")
        })
    };
    let Some((path, rule)) = accepts("sys-kernel/ugrd") else { return };
    for needed in ["dev-python/zenlib", "dev-python/pycpio"] {
        if accepts(needed).is_none() {
            report
                .file(path)
                .word(
                    &L018,
                    Key::of(&rule.key),
                    "**",
                    format!("`{}` needs `{needed}` of the same day", rule.key),
                )
                .set_help(format!("write ={needed}-9999 ** as well"))
                .set_mend(keywords::edit(path, &format!("={needed}-9999"), " = \"**\""));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    #[test]
    fn all_three_are_accepted() {
        let keywords = |rules: &[(&str, &str)]| {
            let all = codes(&root().rules("etc/portage/package.accept_keywords/ugrd", rules));
            all.into_iter().filter(|code| *code == "L018").count()
        };
        let (ugrd, zenlib, pycpio) =
            (("=sys-kernel/ugrd-9999", "**"), ("=dev-python/zenlib-9999", "**"), ("dev-python/pycpio", "**"));
        assert_eq!(keywords(&[ugrd]), 2);
        assert_eq!(keywords(&[ugrd, zenlib]), 1);
        assert_eq!(keywords(&[ugrd, zenlib, pycpio]), 0);
        assert_eq!(keywords(&[("sys-kernel/ugrd", "~x86")]), 0);
    }
}
