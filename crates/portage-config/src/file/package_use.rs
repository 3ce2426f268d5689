//! package.use: USE flags for some packages, portage(5).

use super::rule_words::check_contradictions;
use super::{Grammar, Groups, Kind, Place, RuleWords, RulesDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::Dialect;
use crate::vocab::variable;

/// USE flags for some packages: an atom and flags a line, portage(5).
pub static PACKAGE_USE: Kind = Kind {
    name: "package.use",
    about: "USE flags for some packages: an atom and flags a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.use"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::UserUse),
        words: RuleWords::Use,
        groups: Groups::Line,
    }),
    template: Some("etc/portage/package.use.j2"),
    mode: 0o644,
    check,
};

/// A group without its colon.
pub(crate) const L117: Code = Code::error(
    "L117",
    "group-without-colon",
    "Portage keeps any word as the name of a flag, without a message: only a colon makes it a group, and no package has a flag of this name.",
    "lib/portage/package/ebuild/_config/UseManager.py",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Rules(rules) = model else { return };
    for rule in &rules.rules {
        for word in &rule.words {
            if rule.group.is_none() && variable(word).is_some_and(|known| known.use_expand) {
                findings
                    .word(
                        &L117,
                        Key::of(&rule.key),
                        word,
                        format!("`{word}` is the name of a group, and lacks its colon"),
                    )
                    .set_help(format!("write {word}: with a blank behind it"));
            }
        }
    }
    check_contradictions(rules, findings);
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, rules};

    const PATH: &str = "etc/portage/package.use/x";

    #[test]
    fn groups_have_a_colon() {
        assert_eq!(codes(PATH, rules(&[("a/b", "X VIDEO_CARDS intel")])), ["L117"]);
        assert_eq!(
            codes(PATH, rules(&[("a/b", "X -gtk -* python_targets_*"), ("a/b", "VIDEO_CARDS: -* intel")])),
            [""; 0]
        );
    }

    #[test]
    fn one_atom_says_one_thing() {
        assert_eq!(codes(PATH, rules(&[("a/b", "X"), ("c/d", "-X"), ("a/b", "-X")])), ["L108"]);
        assert_eq!(codes(PATH, rules(&[("a/b", "X -X")])), ["L108"]);
        assert_eq!(codes(PATH, rules(&[("a/b", "X"), ("a/b", "Y"), ("a/b", "L10N: de -X")])), [""; 0]);
        assert_eq!(codes(PATH, rules(&[("a/b", "-* X")])), [""; 0]);
    }
}
