//! USE flags.

use std::fmt;
use std::ops::Range;

/// Whether a text is a USE flag (PMS 3.1.4, Portage's `_get_useflag_re`): letters, digits, `+_@-`, and a letter or
/// digit at the start.
///
/// ```
/// use portage_config::vocab::is_use_flag;
/// assert!(is_use_flag("python_targets_python3_13"));
/// assert!(!is_use_flag("-X"));
/// ```
pub fn is_use_flag(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'_' | b'@' | b'-'))
}

/// A word of package.use or `USE`.
///
/// Portage checks nothing in package.use (`UseManager._parse_user_files_to_extatomdict`): [`UseToken::lenient`]
/// reads what it keeps, [`UseToken::parse`] refuses what cannot be meant.
///
/// ```
/// use portage_config::vocab::UseToken;
/// assert_eq!(UseToken::parse("-X")?, UseToken::Disable("X"));
/// assert_eq!(UseToken::parse("VIDEO_CARDS:")?, UseToken::Group("VIDEO_CARDS"));
/// assert_eq!(UseToken::parse("-l10n_*")?, UseToken::DisablePrefix("l10n_"));
/// assert!(UseToken::parse("X#Y").is_err());
/// assert_eq!(UseToken::lenient("X#Y"), UseToken::Enable("X#Y"));
/// # Ok::<(), portage_config::vocab::UseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UseToken<'a> {
    /// `flag`
    Enable(&'a str),
    /// `-flag`
    Disable(&'a str),
    /// `video_cards_*`: all flags of the package that start so; holds `video_cards_`.
    EnablePrefix(&'a str),
    /// `-video_cards_*`
    DisablePrefix(&'a str),
    /// `*`: all flags of the group. It has a meaning only behind [`UseToken::Group`].
    EnableAll,
    /// `-*`: no flag, not even those that the ebuild switches on; behind [`UseToken::Group`] none of the group.
    DisableAll,
    /// `VIDEO_CARDS:`: the words behind it, to the end of the line, are values of this USE_EXPAND variable. Holds
    /// the name as written, in any case, without the colon.
    Group(&'a str),
}

/// Why a word is no USE flag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` {kind}")]
#[non_exhaustive]
pub struct UseError {
    /// The text.
    pub input: String,
    /// The offending bytes of it.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub kind: UseErrorKind,
}

/// What is wrong with a USE flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum UseErrorKind {
    /// Nothing, or only `-`.
    #[error("names no flag")]
    Empty,
    /// `+flag`: that is for the IUSE of ebuilds.
    #[error("starts with `+`, which only an ebuild's IUSE may")]
    Plus,
    /// `!flag`: that is for dependencies.
    #[error("starts with `!`, which only dependencies may")]
    Bang,
    /// `--flag`.
    #[error("starts with two dashes")]
    TwoDashes,
    /// `VIDEO_CARDS:intel`: one useless flag to Portage.
    #[error("has no blank behind the colon, so Portage takes all of it for one flag")]
    GroupWithoutBlank,
    /// `VIDEO-CARDS:`, `:`.
    #[error("is not the name of a USE_EXPAND variable")]
    BadGroup,
    /// `a b`.
    #[error("has a blank in it")]
    Blank,
    /// `a#b`: a comment starts only at a word of its own.
    #[error("has `#` in it, which starts a comment only behind a blank")]
    Hash,
    /// `a,b`.
    #[error("has a comma in it: flags are separated by blanks")]
    Comma,
    /// `"a"`.
    #[error("has a quote in it: Portage knows no quotes here")]
    Quote,
    /// `-*`, `*` and `prefix_*` in a profile.
    #[error("has a star, which files of a profile do not take")]
    Star,
    /// Any other.
    #[error("has `{0}` in it")]
    BadCharacter(char),
}

impl UseError {
    /// What to write instead, where that is known.
    pub fn help(&self) -> Option<String> {
        let before = self.input.get(..self.span.start).unwrap_or_default();
        let after = self.input.get(self.span.end..).unwrap_or_default();
        Some(match self.kind {
            UseErrorKind::Plus => format!("write `{before}{after}`"),
            UseErrorKind::Bang | UseErrorKind::TwoDashes => format!("write `-{after}`"),
            UseErrorKind::GroupWithoutBlank => format!("write `{before}: {after}`"),
            UseErrorKind::Hash => format!("write `{before} #{after}`"),
            UseErrorKind::Comma => {
                let words: Vec<_> = self.input.split(',').filter(|word| !word.is_empty()).collect();
                format!("write `{}`", words.join(" "))
            }
            UseErrorKind::Quote => format!("write `{}`", self.input.replace(['"', '\''], "")),
            _ => return None,
        })
    }
}

impl<'a> UseToken<'a> {
    /// Reads a word of package.use as Portage does: anything is kept.
    pub fn lenient(text: &'a str) -> Self {
        if let Some(group) = text.strip_suffix(':') {
            return Self::Group(group);
        }
        let off = text.strip_prefix('-');
        let name = off.unwrap_or(text);
        let prefix = name.strip_suffix('*').filter(|prefix| prefix.ends_with('_'));
        match (off.is_some(), name, prefix) {
            (true, "*", _) => Self::DisableAll,
            (false, "*", _) => Self::EnableAll,
            (true, _, Some(prefix)) => Self::DisablePrefix(prefix),
            (false, _, Some(prefix)) => Self::EnablePrefix(prefix),
            (true, name, None) => Self::Disable(name),
            (false, name, None) => Self::Enable(name),
        }
    }

    /// Reads a word of package.use that means something.
    ///
    /// # Errors
    /// When Portage would keep it as a flag that no package can have.
    pub fn parse(text: &'a str) -> Result<Self, UseError> {
        let token = Self::lenient(text);
        let (name, start) = match token {
            Self::EnableAll | Self::DisableAll => return Ok(token),
            Self::Group(group) => {
                return if is_group(group) { Ok(token) } else { Err(bad_group(text, group)) };
            }
            Self::Enable(name) | Self::EnablePrefix(name) => (name, 0),
            Self::Disable(name) | Self::DisablePrefix(name) => (name, 1),
        };
        if is_use_flag(name) { Ok(token) } else { Err(bad_flag(text, name, start)) }
    }

    /// Reads a word of `profile/package.use*`: `flag`, `-flag`, and a group. Portage drops any other with
    /// `Invalid USE flag`.
    ///
    /// # Errors
    /// As [`UseToken::parse`], and for stars.
    pub fn parse_profile(text: &'a str) -> Result<Self, UseError> {
        match Self::parse(text)? {
            token @ (Self::Enable(_) | Self::Disable(_) | Self::Group(_)) => Ok(token),
            _ => Err(UseError {
                input: text.to_owned(),
                span: text.len() - 1..text.len(),
                kind: UseErrorKind::Star,
            }),
        }
    }

    /// Reads a line of `profile/use.mask` and `profile/use.force`: `flag` or `-flag`.
    ///
    /// # Errors
    /// As [`UseToken::parse_profile`], and for groups.
    pub fn parse_flag(text: &'a str) -> Result<Self, UseError> {
        match Self::parse_profile(text)? {
            Self::Group(_) => Err(UseError {
                input: text.to_owned(),
                span: text.len() - 1..text.len(),
                kind: UseErrorKind::BadCharacter(':'),
            }),
            token => Ok(token),
        }
    }

    /// The word as Portage keeps it: behind `VIDEO_CARDS:`, `-intel` is `-video_cards_intel`. A group keeps nothing
    /// itself.
    pub fn kept(&self, group: Option<&str>) -> Option<String> {
        if matches!(self, Self::Group(_)) {
            return None;
        }
        let word = self.to_string();
        let Some(group) = group else { return Some(word) };
        let group = group.to_lowercase();
        Some(match word.strip_prefix('-') {
            Some(name) => format!("-{group}_{name}"),
            None => format!("{group}_{word}"),
        })
    }
}

impl fmt::Display for UseToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enable(name) => f.write_str(name),
            Self::Disable(name) => write!(f, "-{name}"),
            Self::EnablePrefix(prefix) => write!(f, "{prefix}*"),
            Self::DisablePrefix(prefix) => write!(f, "-{prefix}*"),
            Self::EnableAll => f.write_str("*"),
            Self::DisableAll => f.write_str("-*"),
            Self::Group(group) => write!(f, "{group}:"),
        }
    }
}

fn is_group(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn bad_group(text: &str, group: &str) -> UseError {
    UseError { input: text.to_owned(), span: 0..group.len(), kind: UseErrorKind::BadGroup }
}

fn bad_flag(text: &str, name: &str, start: usize) -> UseError {
    let bad = |(_, c): &(usize, char)| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '_' | '@' | '-'));
    let (at, c) = name.char_indices().find(bad).or_else(|| name.char_indices().next()).unwrap_or_default();
    let (mut at, mut end) = (start + at, start + at + c.len_utf8());
    let kind = match c {
        _ if name.is_empty() => {
            (at, end) = (0, text.len());
            UseErrorKind::Empty
        }
        _ if name.starts_with('+') => {
            (at, end) = (start, start + 1);
            UseErrorKind::Plus
        }
        _ if name.starts_with('!') => {
            (at, end) = (0, start + 1);
            UseErrorKind::Bang
        }
        _ if start > 0 && name.starts_with('-') => {
            (at, end) = (0, 2);
            UseErrorKind::TwoDashes
        }
        ':' if name.get(..at - start).is_some_and(is_group) => UseErrorKind::GroupWithoutBlank,
        '#' => UseErrorKind::Hash,
        ',' => UseErrorKind::Comma,
        '"' | '\'' => UseErrorKind::Quote,
        c if c.is_whitespace() => UseErrorKind::Blank,
        c => UseErrorKind::BadCharacter(c),
    };
    UseError { input: text.to_owned(), span: at..end, kind }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The message and the help for each mistake.
    #[test]
    fn mistakes() {
        for (text, message, help) in [
            ("", "`` names no flag", None),
            ("-", "`-` names no flag", None),
            ("+X", "`+X` starts with `+`, which only an ebuild's IUSE may", Some("write `X`")),
            ("-+X", "`-+X` starts with `+`, which only an ebuild's IUSE may", Some("write `-X`")),
            ("!X", "`!X` starts with `!`, which only dependencies may", Some("write `-X`")),
            ("--X", "`--X` starts with two dashes", Some("write `-X`")),
            (
                "VIDEO_CARDS:intel",
                "`VIDEO_CARDS:intel` has no blank behind the colon, so Portage takes all of it for one flag",
                Some("write `VIDEO_CARDS: intel`"),
            ),
            ("VIDEO-CARDS:", "`VIDEO-CARDS:` is not the name of a USE_EXPAND variable", None),
            ("a b", "`a b` has a blank in it", None),
            ("a#b", "`a#b` has `#` in it, which starts a comment only behind a blank", Some("write `a #b`")),
            ("a,b,", "`a,b,` has a comma in it: flags are separated by blanks", Some("write `a b`")),
            ("\"X\"", "`\"X\"` has a quote in it: Portage knows no quotes here", Some("write `X`")),
            ("a?", "`a?` has `?` in it", None),
            ("_x", "`_x` has `_` in it", None),
            ("-\u{e4}", "`-\u{e4}` has `\u{e4}` in it", None),
        ] {
            let error = UseToken::parse(text).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(error.help().as_deref(), help);
        }
        assert_eq!(UseToken::parse_profile("-*").unwrap_err().kind, UseErrorKind::Star);
        assert_eq!(UseToken::parse_profile("l10n_*").unwrap_err().kind, UseErrorKind::Star);
        assert!(UseToken::parse_flag("L10N:").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_kept(text in any::<String>()) {
            prop_assert_eq!(UseToken::lenient(&text).to_string(), &*text);
            match UseToken::parse(&text) {
                Ok(token) => prop_assert_eq!(token.to_string(), text),
                Err(error) => prop_assert!(text.get(error.span).is_some()),
            }
        }

        #[test]
        fn near_flags_are_kept(text in r#"[-+!]{0,2}[aX_1*:,#"ä ]{0,5}[:*]?"#) {
            prop_assert_eq!(UseToken::lenient(&text).to_string(), &*text);
            match UseToken::parse(&text) {
                Ok(token) => prop_assert_eq!(token, UseToken::lenient(&text)),
                Err(error) => {
                    prop_assert!(text.get(error.span.clone()).is_some());
                    let _ = error.help();
                }
            }
        }
    }
}
