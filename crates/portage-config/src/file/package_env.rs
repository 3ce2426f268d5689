//! package.env: files of variables for some packages, portage(5).

use super::{Grammar, Groups, Kind, Place, RuleWords, RulesDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::Dialect;

/// Files below env/ that hold for some packages: an atom and paths a line, portage(5).
pub static PACKAGE_ENV: Kind = Kind {
    name: "package.env",
    about: "Files below env/ that hold for some packages: an atom and paths a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/package.env"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::User),
        words: RuleWords::EnvFiles,
        groups: Groups::None,
    }),
    template: Some("etc/portage/package.env.j2"),
    mode: 0o644,
    check,
};

/// A path that leaves env/.
pub(crate) const L110: Code = Code::warning(
    "L110",
    "env-outside",
    "Portage joins the word to /etc/portage/env and reads whatever lies there, also outside of it; such a file is not part of the configuration.",
    "lib/portage/package/ebuild/config.py, _grab_pkg_env",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Rules(rules) = model else { return };
    for rule in &rules.rules {
        for word in &rule.words {
            if word.starts_with('/') || word.split('/').any(|part| matches!(part, "" | "." | "..")) {
                findings
                    .word(&L110, Key::of(&rule.key), word, format!("`{word}` is no path below env/"))
                    .set_help("put the file below env/ and name it by its path there");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, rules};

    #[test]
    fn files_lie_below_env() {
        const PATH: &str = "etc/portage/package.env";
        for bad in ["../x", "/etc/x", "a//b", "./x"] {
            assert_eq!(codes(PATH, rules(&[("a/b", bad)])), ["L110"], "{bad}");
        }
        assert_eq!(codes(PATH, rules(&[("a/b", "no-lto.conf sub/x..y")])), [""; 0]);
    }
}
