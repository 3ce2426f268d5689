//! Keywords that are accepted for nothing.

use super::known::{KEYWORDS, Known};
use crate::file::keywords::L017;
use crate::report::{Code, Report};
use crate::repository::Field;
use crate::vocab::{ARCHES, AcceptKeyword, Keywords, Operator};

/// Keywords for what is accepted already.
pub(crate) const L215: Code = Code::hint(
    "L215",
    "idle-keyword",
    "The versions that the line is about are accepted without it: it can go.",
    "lib/portage/package/ebuild/_config/KeywordsManager.py",
);

/// A keyword of another architecture.
pub(crate) const L230: Code = Code::warning(
    "L230",
    "foreign-keyword",
    "A keyword accepts the versions that carry it. One of another architecture accepts nothing here that the own one leaves out, unless a version has been tested there alone.",
    "lib/portage/package/ebuild/_config/KeywordsManager.py, _getMissingKeywords",
);

/// Versions without keywords want `**`.
pub(super) fn check(known: &Known<'_>, report: &mut Report) {
    for line in known.of(&KEYWORDS) {
        // What a version says by its number is told without repositories.
        if line.atom.version().is_some_and(|version| version.contains("9999")) {
            continue;
        }
        let matching = known.matching(&line.atom);
        let none = |keywords: Option<&str>| keywords.is_some_and(|keywords| keywords.trim().is_empty());
        let all = !matching.is_empty() && matching.iter().all(|found| none(found.entry.get(Field::Keywords)));
        if all && !line.words.iter().any(|word| word == "**") {
            report
                .file(line.path)
                .at(
                    &L017,
                    line.key(),
                    format!("no version of `{}` has keywords that a word here could match", line.atom),
                )
                .set_help("write **");
        }
    }
}

/// Keywords of another architecture, which accept nothing here. Where a version has no others, they accept it.
fn check_foreign(known: &Known<'_>, arch: &str, report: &mut Report) {
    for line in known.of(&KEYWORDS) {
        let matching = known.matching(&line.atom);
        let keywords: Option<Vec<&str>> =
            matching.iter().map(|found| found.entry.get(Field::Keywords)).collect();
        let Some(keywords) = keywords.filter(|keywords| !keywords.is_empty()) else { continue };
        for word in line.words {
            let Ok(AcceptKeyword {
                removes: false,
                keywords: Keywords::Stable(other) | Keywords::Testing(other),
            }) = AcceptKeyword::parse(word)
            else {
                continue;
            };
            let others: Vec<&str> =
                line.words.iter().filter(|other| *other != word).map(String::as_str).collect();
            let with = [others.as_slice(), &[word]].concat();
            let accepts =
                |words: &[&str]| keywords.iter().filter(|keywords| known.accepts(keywords, words)).count();
            if other == arch || !ARCHES.contains(&other) || accepts(&with) > accepts(&others) {
                continue;
            }
            let text = format!("`{word}` accepts no version of `{}` that `{arch}` does not have", line.atom);
            let own = word.replace(other, arch);
            let helps = accepts(&[&others[..], &[own.as_str()]].concat()) > accepts(&others);
            let help = if helps { format!("write {own}") } else { "take it out".to_owned() };
            report.file(line.path).word(&L230, line.key(), word, text).set_help(help);
        }
    }
}

/// Lines that change nothing.
pub(super) fn check_idle(known: &Known<'_>, report: &mut Report) {
    if let Some(arch) = known.arch() {
        check_foreign(known, arch, report);
    }
    for line in known.of(&KEYWORDS) {
        // A line without a version, or with a lowest one, is about versions to come as well.
        if matches!(line.atom.operator(), None | Some(Operator::Greater | Operator::GreaterOrEqual)) {
            continue;
        }
        let adds = |word: &String| AcceptKeyword::parse(word).is_ok_and(|word| !word.removes);
        let matching = known.matching(&line.atom);
        let accepted = matching.iter().all(|found| {
            let keywords = found.entry.get(Field::Keywords);
            keywords.is_some_and(|keywords| known.accepts(keywords, &[]))
        });
        let taken_back = || {
            matching.iter().any(|found| {
                known.accepted_for(line.atom.cpn(), found).iter().any(|word| word.starts_with('-'))
            })
        };
        if accepted && !matching.is_empty() && line.words.iter().all(adds) && !taken_back() {
            let text = format!("`{}` is accepted without this line", line.atom);
            report.file(line.path).at(&L215, line.key(), text).set_help("take the line out");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::{Root, root};

    fn x86() -> Root {
        root().link("etc/portage/make.profile", "../../var/db/repos/gentoo/profiles/default/linux/x86")
    }

    fn keywords(rules: &[(&str, &str)]) -> Vec<String> {
        told(&machine(), &x86().rules("etc/portage/package.accept_keywords", rules))
    }

    #[test]
    fn versions_without_keywords_want_two_stars() {
        assert_eq!(keywords(&[("app-misc/live", "~x86")]), ["L017 app-misc/live: write **"]);
        assert_eq!(keywords(&[("app-misc/live", "**"), ("app-editors/vim", "~x86")]), [""; 0]);
        assert_eq!(keywords(&[("=app-misc/live-9999", "~x86")]), [""; 0], "told without repositories");
    }

    #[test]
    fn keywords_are_those_of_the_machine() {
        assert_eq!(keywords(&[("app-misc/c", "~arm64")]), ["L230 app-misc/c ~arm64: take it out"]);
        let other = machine().version("gentoo", "app-misc/new-1", "KEYWORDS=~x86 ~amd64\n");
        let other = other.version("gentoo", "app-misc/far-1", "KEYWORDS=~arm64\n");
        let keywords = |atom: &str, words: &str| {
            told(&other, &x86().rules("etc/portage/package.accept_keywords", &[(atom, words)]))
        };
        assert_eq!(keywords("app-misc/new", "~arm64"), ["L230 app-misc/new ~arm64: write ~x86"]);
        assert_eq!(keywords("app-misc/new", "~amd64"), [""; 0], "it is accepted by that");
        assert_eq!(keywords("app-misc/far", "~arm64"), [""; 0], "it was tested there alone");
        assert_eq!(keywords("app-misc/far", "arm64"), ["L230 app-misc/far arm64: take it out"]);
        assert_eq!(keywords("app-misc/new", "~x86 -arm64"), [""; 0]);
    }

    #[test]
    fn what_is_stable_needs_no_keyword() {
        assert_eq!(
            keywords(&[("=app-editors/vim-9.0", "~x86")]),
            ["L215 =app-editors/vim-9.0: take the line out"]
        );
        assert_eq!(
            keywords(&[("=app-editors/vim-9.0", "")]),
            ["L215 =app-editors/vim-9.0: take the line out"]
        );
        for rules in [
            &[("=app-editors/vim-9.1-r1", "~x86")][..],
            &[("app-editors/nano", "~x86")],
            &[(">=app-editors/nano-7", "~x86")],
            &[("=app-editors/vim-9.0", "-x86")],
            &[("app-editors/*", "-*"), ("=app-editors/vim-9.0", "x86")],
        ] {
            assert_eq!(keywords(rules), [""; 0], "{rules:?}");
        }
        let rule = |root: Root| {
            root.rules("etc/portage/package.accept_keywords", &[("=app-editors/vim-9.1-r1", "~x86")])
        };
        let testing = |root: Root| rule(root.vars("etc/portage/make.conf", &[("ACCEPT_KEYWORDS", "~x86")]));
        assert_eq!(told(&machine(), &testing(x86())), ["L215 =app-editors/vim-9.1-r1: take the line out"]);
        assert_eq!(told(&machine(), &testing(root())), [""; 0], "no profile says what else is accepted");
    }
}
