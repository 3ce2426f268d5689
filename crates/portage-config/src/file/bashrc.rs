//! Bash that ebuild.sh sources: portage(5), bashrc, env/CATEGORY/PACKAGE, profile.bashrc and package.bashrc.

use super::{Grammar, Groups, Kind, Place, RuleWords, RulesDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::Dialect;

/// Bash that is sourced in every phase of every package; a folder of that name is ignored, portage(5).
pub static BASHRC: Kind = Kind {
    name: "bashrc",
    about: "Bash that is sourced in every phase of every package; a folder of that name is ignored, portage(5).",
    place: Place::File("etc/portage/bashrc"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check,
};

/// Bash that is sourced in every phase of one package: a text at env/CATEGORY/PACKAGE that no line of package.env names, portage(5).
pub static ENV_BASH: Kind = Kind {
    name: "env-bash",
    about: "Bash that is sourced in every phase of one package: a text at env/CATEGORY/PACKAGE that no line of package.env names, portage(5).",
    place: Place::Named,
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check,
};

/// The user profile's bash for every package, sourced before bashrc, portage(5).
pub static PROFILE_PROFILE_BASHRC: Kind = Kind {
    name: "profile/profile.bashrc",
    about: "The user profile's bash for every package, sourced before bashrc, portage(5).",
    place: Place::File("etc/portage/profile/profile.bashrc"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check,
};

/// Bash for the packages whose line in profile/package.bashrc names the file, portage(5).
pub static PROFILE_BASHRC: Kind = Kind {
    name: "profile/bashrc",
    about: "Bash for the packages whose line in profile/package.bashrc names the file, portage(5).",
    place: Place::Folder("etc/portage/profile/bashrc"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check,
};

/// Files below profile/bashrc/ that are sourced for some packages: an atom and paths a line, portage(5).
pub static PROFILE_PACKAGE_BASHRC: Kind = Kind {
    name: "profile/package.bashrc",
    about: "Files below profile/bashrc/ that are sourced for some packages: an atom and paths a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.bashrc"),
    grammar: Grammar::Rules(RulesDialect {
        atoms: Some(Dialect::User),
        words: RuleWords::BashrcFiles,
        groups: Groups::None,
    }),
    template: Some("etc/portage/profile/package.bashrc.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// A flag that is appended where it is appended again in the next phase.
pub(crate) const L134: Code = Code::warning(
    "L134",
    "flags-accumulate",
    "The file is sourced in every phase, and the variables are saved between phases: what it appends is there once \
     more each time.",
    "portage(5), bashrc; bin/ebuild.sh, __source_all_bashrcs",
);

pub(super) fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Opaque(opaque) = model else { return };
    let text = opaque.text();
    // Whoever looks at the phase knows of the phases.
    if text.contains("EBUILD_PHASE") {
        return;
    }
    let mut told: Vec<&str> = Vec::new();
    let mut function = false;
    for line in text.lines() {
        function = match function {
            true => !line.starts_with('}'),
            false => {
                let head = line.trim_end();
                (head.contains("()") || head.starts_with("function ")) && !head.ends_with('}')
            }
        };
        if function {
            continue;
        }
        if let Some(name) = appended(line.trim_start())
            && !told.contains(&name)
        {
            told.push(name);
            findings
                .word(&L134, Key::file(), name, format!("`{name}` grows by the same words in each phase"))
                .set_help("name the file in package.env, or test `${EBUILD_PHASE}` before the line");
        }
    }
}

/// The variable of flags that a line of bash appends to.
fn appended(line: &str) -> Option<&str> {
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let at = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let (name, rest) = line.split_at(at);
    if !name.ends_with("FLAGS") {
        return None;
    }
    let own = |value: &str| {
        value.contains(&format!("${{{name}}}"))
            || value.split('$').skip(1).any(|rest| {
                rest.strip_prefix(name)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
            })
    };
    (rest.starts_with("+=") || rest.strip_prefix('=').is_some_and(own)).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, opaque};

    #[test]
    fn flags_that_grow_in_each_phase() {
        for (text, found) in [
            ("CFLAGS+=\" -g\"\n", true),
            ("export LDFLAGS=\"${LDFLAGS} -Wl,-O1\"\n", true),
            ("if x; then\n    CXXFLAGS=\"$CXXFLAGS -g\"\nfi\n", true),
            ("CFLAGS=\"-g ${CXXFLAGS}\"\nLDFLAGS=$LDFLAGS_EXTRA\n", false),
            ("pre_src_configure() {\n    CFLAGS+=\" -g\"\n}\n", false),
            ("[[ ${EBUILD_PHASE} == setup ]] && CFLAGS+=\" -g\"\nCFLAGS+=\" -g\"\n", false),
            ("# CFLAGS+=\" -g\"\necho hello\n", false),
        ] {
            let codes = codes("etc/portage/bashrc", opaque(text));
            assert_eq!(codes, Vec::from_iter(found.then_some("L134")), "{text}");
        }
    }
}
