//! Words of a rule: whether Portage can make anything of them.

use std::ops::Range;

use super::codes::{FLAG, USELESS};
use crate::file::RuleWords;
use crate::report::Code;
use crate::vocab::{AcceptKeyword, LicenseToken, UseError, UseErrorKind, UseToken, is_use_flag};

/// What is wrong with a word.
pub(super) struct Bad {
    pub(super) code: &'static Code,
    /// The bytes of the word that are at fault.
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

const NEVER: &str = "Portage keeps it, and it never matches";

/// Whether a text can be the name of a USE_EXPAND group.
pub(super) fn is_group(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What is wrong with a word, `group` being the USE_EXPAND group it stands in.
pub(super) fn vet(words: RuleWords, group: Option<&str>, word: &str) -> Option<Bad> {
    let (span, error, help) = match words {
        RuleWords::Use => return flag(group, word),
        RuleWords::ProfileUse => return profile_flag(group, word),
        RuleWords::Any => return None,
        RuleWords::EnvFiles => return path_below("env/", word),
        RuleWords::BashrcFiles => return path_below("profile/bashrc/", word),
        RuleWords::Keywords => {
            let error = AcceptKeyword::parse(word).err()?;
            (error.span.clone(), error.to_string(), error.help())
        }
        RuleWords::Licenses => {
            let error = LicenseToken::parse(word).err()?;
            (error.span.clone(), error.to_string(), error.help())
        }
    };
    let help = help.or_else(|| anywhere(word));
    Some(Bad { code: &USELESS, span, message: format!("{error}: {NEVER}"), help })
}

/// What people take these lines for.
fn anywhere(word: &str) -> Option<String> {
    let help = if word == "\\" {
        "a line does not go on in the next one: write the atom again"
    } else if word.contains('$') {
        "variables are not expanded here: write the words themselves"
    } else if word.contains('/') {
        "each atom needs a line of its own"
    } else if word.ends_with(',') {
        "words are separated by blanks"
    } else {
        return None;
    };
    Some(help.to_owned())
}

/// Whether a word behind a group's name becomes a flag.
fn expands(group: &str, word: &str) -> bool {
    let name = word.strip_prefix('-').unwrap_or(word);
    !name.is_empty() && UseToken::lenient(name).kept(Some(group)).is_some_and(|flag| is_use_flag(&flag))
}

fn flag(group: Option<&str>, word: &str) -> Option<Bad> {
    let (span, message, help) = match (UseToken::parse(word), group) {
        (Ok(UseToken::EnableAll), None) => {
            let help = "name the flags; `*` stands behind the name of a group".to_owned();
            (0..word.len(), format!("`{word}` is no USE flag"), Some(help))
        }
        // Where groups are none a colon is part of the word.
        (Ok(UseToken::Group(_)), _) => (0..word.len(), format!("`{word}` is no USE flag"), None),
        (Ok(_), _) => return None,
        (Err(_), Some(group)) if expands(group, word) => return None,
        (Err(error), _) => (error.span.clone(), error.to_string(), use_help(&error)),
    };
    Some(Bad { code: &USELESS, span, message: format!("{message}: {NEVER}"), help })
}

fn profile_flag(group: Option<&str>, word: &str) -> Option<Bad> {
    let error = match UseToken::parse_flag(word) {
        Ok(_) => return None,
        Err(_) if group.is_some_and(|group| expands(group, word)) => return None,
        Err(error) => error,
    };
    let help = use_help(&error);
    Some(Bad { code: &FLAG, span: error.span.clone(), message: format!("{error}: Portage ignores it"), help })
}

fn use_help(error: &UseError) -> Option<String> {
    match error.kind {
        UseErrorKind::Star => Some("name each flag".to_owned()),
        _ => anywhere(&error.input).or_else(|| error.help()),
    }
}

fn path_below(folder: &str, word: &str) -> Option<Bad> {
    let help = if word.contains('$') {
        "variables are not expanded here: write the path".to_owned()
    } else if word.contains(['"', '\'', '\\']) {
        "quotes and backslashes are part of the path here".to_owned()
    } else if word.ends_with('/') {
        format!("name a file below `{folder}`")
    } else {
        return None;
    };
    let message = format!("`{word}` is hardly the path of a file");
    Some(Bad { code: &USELESS, span: 0..word.len(), message, help: Some(help) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(words: RuleWords, group: Option<&str>, word: &str) -> Option<(String, Option<String>)> {
        vet(words, group, word).map(|bad| {
            assert!(word.get(bad.span).is_some(), "{word}");
            (bad.message, bad.help)
        })
    }

    #[test]
    fn flags() {
        for word in ["x", "-x", "-*", "python_targets_*", "-python_targets_*", "3dnow", "a+b", "a@b", "X_y-z"]
        {
            assert_eq!(bad(RuleWords::Use, None, word), None);
        }
        for word in
            ["?", "qt5,", "$VAR", "\\", "VIDEO_CARDS:radeon", "*", "a#b", "+x", "--x", "a/b", "_x", "-"]
        {
            assert!(bad(RuleWords::Use, None, word).unwrap().0.contains(word));
        }
        let help = |word| bad(RuleWords::Use, None, word).unwrap().1.unwrap();
        assert_eq!(help("VIDEO_CARDS:radeon"), "write `VIDEO_CARDS: radeon`");
        assert_eq!(help("\\"), "a line does not go on in the next one: write the atom again");
        for word in ["*", "-*", "intel", "-intel", "_x"] {
            assert_eq!(bad(RuleWords::Use, Some("VIDEO_CARDS"), word), None);
        }
        assert!(bad(RuleWords::Use, Some("VIDEO_CARDS"), "a,").is_some());
    }

    #[test]
    fn flags_of_a_profile() {
        for word in ["x", "-x"] {
            assert_eq!(bad(RuleWords::ProfileUse, None, word), None);
        }
        for word in ["-*", "*", "a_*", "x,", "+x", "x:"] {
            assert!(bad(RuleWords::ProfileUse, None, word).unwrap().0.ends_with("Portage ignores it"));
        }
        assert_eq!(bad(RuleWords::ProfileUse, Some("L10N"), "-_x"), None);
        assert!(bad(RuleWords::ProfileUse, Some("L10N"), "-*").is_some());
    }

    #[test]
    fn other_words() {
        for word in ["**", "*", "~*", "-*", "-~*", "~x86", "-~amd64", "amd64", "~ppc-macos", "x64_macos"] {
            assert_eq!(bad(RuleWords::Keywords, None, word), None);
        }
        for word in ["~", "~amd64,", "\"~amd64\"", "=cat/pkg-1", "~~x86", "--x86"] {
            assert!(bad(RuleWords::Keywords, None, word).is_some(), "{word}");
        }
        for word in ["*", "-*", "@FREE", "-@EULA", "GPL-2+", "BSD.x", "all-rights-reserved"] {
            assert_eq!(bad(RuleWords::Licenses, None, word), None);
        }
        for word in ["@", "GPL,", "||", "@@X", "-"] {
            assert!(bad(RuleWords::Licenses, None, word).is_some(), "{word}");
        }
        assert_eq!(bad(RuleWords::EnvFiles, None, "../lto/no.conf"), None);
        assert!(bad(RuleWords::EnvFiles, None, "\"no.conf\"").is_some());
    }
}
