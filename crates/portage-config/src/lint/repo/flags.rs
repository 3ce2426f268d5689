//! USE flags that a package does not have.

use std::collections::BTreeSet;

use super::known::{Known, Line, mean};
use crate::report::{Code, Report};
use crate::vocab::{ARCHES, UseToken, nearest};

/// A flag that no version has.
pub(crate) const L020: Code = Code::warning(
    "L020",
    "unknown-flag",
    "Portage keeps a flag that is not in the IUSE of the package, and says nothing: it has no effect.",
    "portage(5), package.use; seen: emerge reports nothing",
);

const KINDS: [&str; 7] = [
    "package.use",
    "profile/package.use",
    "profile/package.use.mask",
    "profile/package.use.force",
    "profile/package.use.stable",
    "profile/package.use.stable.mask",
    "profile/package.use.stable.force",
];

/// Prefixes of flags that every ebuild may ask for (IUSE_IMPLICIT, USE_EXPAND_IMPLICIT of profiles/base/make.defaults).
const IMPLICIT: [&str; 4] = ["elibc_", "kernel_", "userland_", "prefix"];

/// Whether every ebuild may ask for a flag.
pub(super) fn is_implicit(flag: &str) -> bool {
    ARCHES.contains(&flag) || IMPLICIT.iter().any(|prefix| flag.starts_with(prefix))
}

/// The flag that a word of a line is about; `prefix_*` is one that ends so.
pub(super) fn flag(line: &Line<'_>, word: &str) -> Option<String> {
    let flag = match UseToken::parse(word).ok()? {
        UseToken::Enable(flag) | UseToken::Disable(flag) => flag.to_owned(),
        UseToken::EnablePrefix(prefix) | UseToken::DisablePrefix(prefix) => format!("{prefix}*"),
        _ => return None,
    };
    Some(match line.group {
        Some(group) => format!("{}_{flag}", group.to_lowercase()),
        None => flag,
    })
}

pub(super) fn check(known: &Known<'_>, report: &mut Report) {
    for line in known.of(&KINDS) {
        let matching = known.matching(&line.atom);
        let mut all = BTreeSet::new();
        // Flags that an eclass brings are not known without a cache entry.
        let is_known = matching.iter().all(|found| match found.entry.iuse() {
            Some(flags) => {
                all.extend(flags.map(|(flag, _)| flag));
                true
            }
            None => false,
        });
        if !is_known || matching.is_empty() {
            continue;
        }
        for word in line.words {
            let Some(flag) = flag(line, word) else { continue };
            let there = match flag.strip_suffix('*') {
                Some(prefix) => all.iter().any(|known| known.starts_with(prefix)),
                None => all.contains(flag.as_str()) || is_implicit(&flag),
            };
            if there {
                continue;
            }
            let text = format!("`{}` has no flag `{flag}`", line.atom);
            let near = nearest(&flag, all.iter().copied());
            let group = line.group.map(|group| format!("{}_", group.to_lowercase()));
            let near =
                near.map(|near| group.as_deref().and_then(|group| near.strip_prefix(group)).unwrap_or(near));
            mean(report.file(line.path).word(&L020, line.key(), word, text), near);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::root;

    #[test]
    fn flags_are_those_of_the_versions() {
        let told = |atom, words| told(&machine(), &root().rules("etc/portage/package.use", &[(atom, words)]));
        assert_eq!(told("app-editors/vim", "luja"), ["L020 app-editors/vim luja: did you mean lua?"]);
        assert_eq!(told("app-editors/vim", "-nls lua vim-pager -* video_cards_* x86 elibc_musl"), [""; 0]);
        assert_eq!(told("=app-editors/vim-9999", "lua -nls"), ["L020 =app-editors/vim-9999 -nls: "]);
        assert_eq!(
            told("app-editors/nano", "python_targets_*"),
            ["L020 app-editors/nano python_targets_*: "]
        );
        assert_eq!(told("*/*", "luja"), [""; 0], "nobody knows of whom");
        let mask = root().rules("etc/portage/profile/package.use.mask", &[("app-editors/vim", "-nsl")]);
        assert_eq!(
            super::super::testing::told(&machine(), &mask),
            ["L020 app-editors/vim -nsl: did you mean nls?"]
        );
    }

    #[test]
    fn groups_are_prefixes() {
        let told = |words: &str| {
            let text = format!("app-editors/vim {words}\n");
            told(&machine(), &root().text("etc/portage/package.use", &text))
        };
        assert_eq!(told("VIDEO_CARDS: inetl"), ["L020 app-editors/vim inetl: did you mean intel?"]);
        assert_eq!(told("VIDEO_CARDS: -* intel"), [""; 0]);
    }

    #[test]
    fn what_an_eclass_brings_is_not_known() {
        let text = "EAPI=8\ninherit python-r1\nIUSE=a\nSLOT=0\nKEYWORDS=x86\n";
        let machine = machine().put("local/app-misc/mine/mine-1.ebuild", text);
        let rule = |atom| root().rules("etc/portage/package.use", &[(atom, "b")]);
        assert_eq!(told(&machine, &rule("app-misc/mine")), [""; 0]);
        let machine = machine.put("local/app-misc/own/own-1.ebuild", "EAPI=8\nIUSE=a\nSLOT=0\n");
        assert_eq!(told(&machine, &rule("app-misc/own")), ["L020 app-misc/own b: "]);
    }
}
