//! Keywords that are accepted for some packages: portage(5), package.accept_keywords.

use super::{Grammar, Groups, Kind, Place, RuleWords, RulesDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key, Mend};
use crate::vocab::Dialect;
use crate::vocab::{ARCHES, AcceptKeyword, Atom, Keywords, RelPath, is_arch, nearest};

/// Keywords that are accepted for some packages: an atom and keywords a line, portage(5).
pub static PACKAGE_ACCEPT_KEYWORDS: Kind = Kind {
    name: "package.accept_keywords",
    about: "Keywords that are accepted for some packages: an atom and keywords a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.accept_keywords"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserUse),
        words: RuleWords::Keywords,
        groups: Groups::None,
    }),
    template: Some("etc/portage/package.accept_keywords.j2"),
    mode: 0o644,
    check,
};

/// The deprecated name of package.accept_keywords, read before it, portage(5).
pub static PACKAGE_KEYWORDS: Kind = Kind {
    name: "package.keywords",
    about: "The deprecated name of package.accept_keywords, read before it, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.keywords"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserUse),
        words: RuleWords::Keywords,
        groups: Groups::None,
    }),
    template: Some("etc/portage/package.keywords.j2"),
    mode: 0o644,
    check: check_deprecated,
};

/// Keywords that the user's profile accepts for some packages, portage(5).
pub static PROFILE_PACKAGE_ACCEPT_KEYWORDS: Kind = Kind {
    name: "profile/package.accept_keywords",
    about: "Keywords that the user's profile accepts for some packages, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.accept_keywords"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserProfileAcceptKeywords),
        words: RuleWords::Keywords,
        groups: Groups::None,
    }),
    template: Some("etc/portage/profile/package.accept_keywords.j2"),
    mode: 0o644,
    check,
};

/// Keywords that the user's profile gives to some packages, as if their ebuilds had them; `-*` takes all away, portage(5).
pub static PROFILE_PACKAGE_KEYWORDS: Kind = Kind {
    name: "profile/package.keywords",
    about: "Keywords that the user's profile gives to some packages, as if their ebuilds had them; `-*` takes all away, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.keywords"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserProfileKeywords),
        words: RuleWords::Keywords,
        groups: Groups::None,
    }),
    template: Some("etc/portage/profile/package.keywords.j2"),
    mode: 0o644,
    check: check_given,
};

/// A live version without `**`.
pub(crate) const L017: Code = Code::error(
    "L017",
    "live-without-stars",
    "Live ebuilds have no keywords at all, and only `**` accepts a version without keywords: it stays masked.",
    "lib/portage/package/ebuild/_config/KeywordsManager.py; GLEP 72",
);

/// `**` for all versions.
pub(crate) const L019: Code = Code::hint(
    "L019",
    "stars-for-all-versions",
    "`**` accepts every version of the package, also releases that nobody has marked for this machine yet.",
    "portage(5), package.accept_keywords",
);

/// A keyword that no architecture has.
pub(crate) const L107: Code = Code::warning(
    "L107",
    "unknown-keyword",
    "Portage compares the word with the keywords of the ebuild and says nothing when none is equal.",
    "lib/portage/package/ebuild/_config/KeywordsManager.py; profiles/arch.list",
);

/// package.keywords.
pub(crate) const L126: Code = Code::warning(
    "L126",
    "package-keywords",
    "The file is still read, before package.accept_keywords, and emerge warns of its name.",
    "portage(5), package.keywords",
);

fn renamed(path: &RelPath) -> Option<Mend> {
    let rest = path.below("etc/portage/package.keywords")?;
    let new = RelPath::parse("etc/portage/package.accept_keywords").ok()?;
    Some(Mend::Path(if rest.is_empty() { new } else { new.join(rest).ok()? }))
}

fn check_deprecated(model: &Model, findings: &mut Findings<'_>) {
    let path = findings.path().clone();
    findings
        .at(&L126, Key::file(), "`package.keywords` is the deprecated name")
        .set_help("rename it to package.accept_keywords")
        .mend = renamed(&path);
    check(model, findings);
}

/// Keywords that are given to a package: those of the architectures.
pub(super) fn check_given(model: &Model, findings: &mut Findings<'_>) {
    let Model::Rules(rules) = model else { return };
    for rule in &rules.rules {
        for word in &rule.words {
            let Ok(keyword) = AcceptKeyword::parse(word) else { continue };
            if let Keywords::Stable(arch) | Keywords::Testing(arch) = keyword.keywords
                && !is_arch(arch)
            {
                unknown(&rule.key, word, arch, findings);
            }
        }
    }
}

fn unknown(key: &str, word: &str, arch: &str, findings: &mut Findings<'_>) {
    let message = format!("no architecture has the keyword `{arch}`");
    let found = findings.word(&L107, Key::of(key), word, message);
    if let Some(near) = nearest(arch, ARCHES.iter().copied()) {
        let word = word.replace(arch, near);
        found.set_help(format!("did you mean {word}?")).set_mend(Mend::Word(word));
    }
}

/// A statement about an entry of a file; `does` is what stands behind its name.
pub(crate) fn edit(path: &RelPath, entry: &str, does: &str) -> Mend {
    Mend::Edit(vec![format!("\"/{path}\": \"{entry}\"{does}")])
}

pub(super) fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Rules(rules) = model else { return };
    for rule in &rules.rules {
        let key = || Key::of(&rule.key);
        let mut all = false;
        for word in &rule.words {
            let Ok(keyword) = AcceptKeyword::parse(word) else { continue };
            let arch = match keyword.keywords {
                Keywords::Any => {
                    all = !keyword.removes;
                    continue;
                }
                Keywords::Stable(arch) | Keywords::Testing(arch) => arch,
                _ => continue,
            };
            if !is_arch(arch) {
                unknown(&rule.key, word, arch, findings);
            }
        }
        let Ok(atom) = Atom::parse(&rule.key, Dialect::UserUse) else { continue };
        match atom.version() {
            Some(version) if version.contains("9999") && !all => {
                let stars = edit(findings.path(), &rule.key, ".add = \"**\"");
                findings
                    .at(&L017, key(), format!("`{}` has no keywords that a word here could match", rule.key))
                    .set_help("write **")
                    .set_mend(stars);
            }
            // A slot is as good as a version: it keeps the next one out.
            None if all && !atom.is_wildcard() && atom.slot().is_none() => {
                let repo = atom.repo().map(|repo| format!("::{repo}")).unwrap_or_default();
                findings
                    .word(&L019, key(), "**", format!("`**` holds for every version of `{}`", rule.key))
                    .set_help(format!("write ={}-9999{repo} **", atom.cpn()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, rules};

    const PATH: &str = "etc/portage/package.accept_keywords/x";

    #[test]
    fn live_versions_want_two_stars() {
        assert_eq!(codes(PATH, rules(&[("=sys-kernel/ugrd-9999", "~x86")])), ["L017"]);
        assert_eq!(codes(PATH, rules(&[("=sys-kernel/ugrd-9999", "")])), ["L017"]);
        assert_eq!(codes(PATH, rules(&[("=sys-kernel/ugrd-9999", "**")])), [""; 0]);
        assert_eq!(codes(PATH, rules(&[("=sys-kernel/ugrd-2.2.0", "~x86")])), [""; 0]);
    }

    #[test]
    fn two_stars_want_a_version() {
        assert_eq!(codes(PATH, rules(&[("sys-kernel/ugrd", "**")])), ["L019"]);
        assert_eq!(codes(PATH, rules(&[("sys-kernel/ugrd::local", "**")])), ["L019"]);
        assert_eq!(codes(PATH, rules(&[("sys-kernel/ugrd", "-**")])), [""; 0]);
        assert_eq!(codes(PATH, rules(&[("dev-java/openjdk:23", "**")])), [""; 0]);
        assert_eq!(codes(PATH, rules(&[("*/*::local", "**")])), [""; 0]);
    }

    #[test]
    fn keywords_are_those_of_architectures() {
        assert_eq!(codes(PATH, rules(&[("a/b", "~i486")])), ["L107"]);
        assert_eq!(codes(PATH, rules(&[("a/b", "~x86 -~x86 * ~* amd64")])), [""; 0]);
        assert_eq!(codes("etc/portage/profile/package.keywords", rules(&[("a/b", "x87 -* x86")])), ["L107"]);
        assert_eq!(codes("etc/portage/package.keywords", rules(&[("a/b", "~x86")])), ["L126"]);
    }
}
