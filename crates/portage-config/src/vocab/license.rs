//! Licenses and license groups.
//!
//! GLEP 23, PMS 7.3.2 and 4.4.4; portage(5), package.license and license_groups; Portage's `LicenseManager`.

use std::fmt;
use std::ops::Range;

/// Whether a text is the name of a license (a file of `licenses/`): letters, digits, `+_.-`, and no `+`, `.` or
/// `-` at the start.
pub fn is_license(text: &str) -> bool {
    super::name::is_category(text)
}

/// A word of ACCEPT_LICENSE or package.license.
///
/// ```
/// use portage_config::vocab::LicenseToken;
/// assert_eq!(LicenseToken::parse("-@EULA")?, LicenseToken::RejectGroup("EULA"));
/// assert_eq!(LicenseToken::parse("*")?, LicenseToken::All);
/// assert!(LicenseToken::parse("@").is_err());
/// # Ok::<(), portage_config::vocab::LicenseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LicenseToken<'a> {
    /// `MIT`
    Accept(&'a str),
    /// `-MIT`
    Reject(&'a str),
    /// `@FREE`
    AcceptGroup(&'a str),
    /// `-@EULA`
    RejectGroup(&'a str),
    /// `*`
    All,
    /// `-*`
    None,
}

/// Why a word is no license.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` {kind}")]
#[non_exhaustive]
pub struct LicenseError {
    /// The text.
    pub input: String,
    /// The offending bytes of it.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub kind: LicenseErrorKind,
}

/// What is wrong with a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum LicenseErrorKind {
    /// Nothing, or only `-` or `@`.
    #[error("names no license")]
    Empty,
    /// `@-EULA`.
    #[error("has its `-` behind the `@`")]
    Order,
    /// `MIT,BSD`.
    #[error("has `{0}` where the name of a license cannot")]
    BadCharacter(char),
}

impl<'a> LicenseToken<'a> {
    /// Reads a word of ACCEPT_LICENSE. Whether the license exists is for the repositories to say.
    ///
    /// # Errors
    /// When no license or group can have that name. Portage keeps such a word; it never matches.
    pub fn parse(text: &'a str) -> Result<Self, LicenseError> {
        let rejects = text.starts_with('-');
        let word = text.strip_prefix('-').unwrap_or(text);
        if word == "*" {
            return Ok(if rejects { Self::None } else { Self::All });
        }
        let group = word.starts_with('@');
        let name = word.strip_prefix('@').unwrap_or(word);
        if !is_license(name) {
            let start = text.len() - name.len();
            let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '.' | '-');
            let bad =
                name.char_indices().find(|(at, c)| !legal(*c) || (*at == 0 && matches!(c, '+' | '.' | '-')));
            let (span, kind) = match bad {
                None => (0..text.len(), LicenseErrorKind::Empty),
                Some((0, '-')) if group && !rejects => (0..start + 1, LicenseErrorKind::Order),
                Some((at, c)) => (start + at..start + at + c.len_utf8(), LicenseErrorKind::BadCharacter(c)),
            };
            return Err(LicenseError { input: text.to_owned(), span, kind });
        }
        Ok(match (rejects, group) {
            (false, false) => Self::Accept(name),
            (true, false) => Self::Reject(name),
            (false, true) => Self::AcceptGroup(name),
            (true, true) => Self::RejectGroup(name),
        })
    }

    /// The group it names, without `@`.
    pub const fn group(&self) -> Option<&'a str> {
        match self {
            Self::AcceptGroup(name) | Self::RejectGroup(name) => Some(name),
            _ => None,
        }
    }
}

impl LicenseError {
    /// What to write instead, where that is known.
    pub fn help(&self) -> Option<String> {
        let after = self.input.get(self.span.end..)?;
        (self.kind == LicenseErrorKind::Order).then(|| format!("write `-@{after}`"))
    }
}

impl fmt::Display for LicenseToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept(name) => f.write_str(name),
            Self::Reject(name) => write!(f, "-{name}"),
            Self::AcceptGroup(name) => write!(f, "@{name}"),
            Self::RejectGroup(name) => write!(f, "-@{name}"),
            Self::All => f.write_str("*"),
            Self::None => f.write_str("-*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mistakes() {
        for (text, message, help) in [
            ("", "`` names no license", None),
            ("-@", "`-@` names no license", None),
            ("@-EULA", "`@-EULA` has its `-` behind the `@`", Some("write `-@EULA`")),
            ("MIT,BSD", "`MIT,BSD` has `,` where the name of a license cannot", None),
            ("+MIT", "`+MIT` has `+` where the name of a license cannot", None),
        ] {
            let error = LicenseToken::parse(text).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(error.help().as_deref(), help);
        }
    }

    proptest! {
        #[test]
        fn words_print_as_read(text in "[-@+*]{0,2}([A-Z0-9*ä,_.-]{0,6}|\\PC*)") {
            match LicenseToken::parse(&text) {
                Ok(word) => prop_assert_eq!(word.to_string(), text),
                Err(error) => {
                    prop_assert!(text.get(error.span.clone()).is_some());
                    let _ = error.help();
                }
            }
        }
    }
}
