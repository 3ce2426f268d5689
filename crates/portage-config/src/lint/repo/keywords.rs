//! Keywords that are accepted for nothing.

use super::known::{KEYWORDS, Known};
use crate::file::keywords::L017;
use crate::report::{Code, Report};
use crate::repository::Field;
use crate::vocab::{AcceptKeyword, Operator};

/// Keywords for what is accepted already.
pub(crate) const L215: Code = Code::hint(
    "L215",
    "idle-keyword",
    "The versions that the line is about are accepted without it: it can go.",
    "lib/portage/package/ebuild/_config/KeywordsManager.py",
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

/// Lines that change nothing.
pub(super) fn check_idle(known: &Known<'_>, report: &mut Report) {
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
