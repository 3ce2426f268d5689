//! Keywords: which architectures' packages are accepted.
//!
//! GLEP 53, PMS 7.3.3; portage(5), package.accept_keywords; Portage's `config.validate` and `KeywordsManager`.

use std::fmt;
use std::ops::Range;

/// The keywords of Gentoo's architectures (`profiles/arch.list` of the gentoo repository).
pub const ARCHES: [&str; 24] = [
    "alpha",
    "amd64",
    "arm",
    "arm64",
    "hppa",
    "loong",
    "m68k",
    "mips",
    "ppc",
    "ppc64",
    "riscv",
    "s390",
    "sparc",
    "x86", // prefix:
    "amd64-linux",
    "arm-linux",
    "arm64-linux",
    "ppc64-linux",
    "riscv-linux",
    "x86-linux",
    "arm64-macos",
    "x86-macos",
    "x64-macos",
    "x64-solaris",
];

/// Whether a text is the keyword of an architecture of the gentoo repository. Others may bring their own.
pub fn is_arch(text: &str) -> bool {
    ARCHES.contains(&text)
}

/// A word of ACCEPT_KEYWORDS or package.accept_keywords.
///
/// ```
/// use portage_config::vocab::{AcceptKeyword, Keywords};
/// let word = AcceptKeyword::parse("-~x86")?;
/// assert!(word.removes);
/// assert_eq!(word.keywords, Keywords::Testing("x86"));
/// assert_eq!(AcceptKeyword::parse("**")?.keywords, Keywords::Any);
/// # Ok::<(), portage_config::vocab::KeywordError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AcceptKeyword<'a> {
    /// Whether it takes back what was accepted before: a `-` in front. `-*` takes back everything.
    pub removes: bool,
    /// What it is about.
    pub keywords: Keywords<'a>,
}

/// What a word of ACCEPT_KEYWORDS is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keywords<'a> {
    /// `amd64`: packages stable there.
    Stable(&'a str),
    /// `~amd64`: packages in testing there.
    Testing(&'a str),
    /// `*`: packages stable anywhere.
    AnyStable,
    /// `~*`: packages in testing anywhere.
    AnyTesting,
    /// `**`: every package, also one without keywords (`9999`).
    Any,
}

/// Why a word is no keyword.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` {kind}")]
#[non_exhaustive]
pub struct KeywordError {
    /// The text.
    pub input: String,
    /// The offending bytes of it.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub kind: KeywordErrorKind,
}

/// What is wrong with a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum KeywordErrorKind {
    /// Nothing, or only `~` or `-`.
    #[error("names no architecture")]
    Empty,
    /// `~-x86`.
    #[error("has its `-` behind the `~`")]
    Order,
    /// `+x86`, `~~x86`, `x86*`.
    #[error("has `{0}` where an architecture's name cannot")]
    BadCharacter(char),
}

impl<'a> AcceptKeyword<'a> {
    /// Reads a word of ACCEPT_KEYWORDS. Whether the architecture exists is for [`is_arch`] to say, and for the
    /// `arch.list` of repositories and of `/etc/portage`.
    ///
    /// # Errors
    /// When it can name no architecture.
    pub fn parse(text: &'a str) -> Result<Self, KeywordError> {
        let removes = text.starts_with('-');
        let word = text.strip_prefix('-').unwrap_or(text);
        let keywords = match word {
            "*" => Keywords::AnyStable,
            "~*" => Keywords::AnyTesting,
            "**" => Keywords::Any,
            _ => {
                let arch = word.strip_prefix('~').unwrap_or(word);
                let start = text.len() - arch.len();
                let error = |span, kind| Err(KeywordError { input: text.to_owned(), span, kind });
                let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
                match arch.chars().next() {
                    None => return error(0..text.len(), KeywordErrorKind::Empty),
                    Some('-') if !removes && start > 0 => {
                        return error(0..start + 1, KeywordErrorKind::Order);
                    }
                    Some(c) if !legal(c) => {
                        return error(start..start + c.len_utf8(), KeywordErrorKind::BadCharacter(c));
                    }
                    Some(_) => {}
                }
                if let Some((at, c)) = arch.char_indices().find(|(_, c)| !legal(*c) && *c != '-') {
                    return error(start + at..start + at + c.len_utf8(), KeywordErrorKind::BadCharacter(c));
                }
                if arch.len() == word.len() { Keywords::Stable(arch) } else { Keywords::Testing(arch) }
            }
        };
        Ok(Self { removes, keywords })
    }

    /// The architecture it names.
    pub const fn arch(&self) -> Option<&'a str> {
        match self.keywords {
            Keywords::Stable(arch) | Keywords::Testing(arch) => Some(arch),
            _ => None,
        }
    }
}

/// Whether a package with these KEYWORDS is visible where these words are accepted, one after the other.
///
/// The answer of Portage's `KeywordsManager.getMissingKeywords`. `*` and `~*` do not reach packages without
/// keywords; only `**` does.
///
/// ```
/// use portage_config::vocab::accepts_keywords;
/// assert!(accepts_keywords(["x86", "~x86"], "amd64 ~x86"));
/// assert!(!accepts_keywords(["x86", "~x86", "-~x86"], "amd64 ~x86"));
/// assert!(!accepts_keywords(["*", "~*"], ""));
/// assert!(accepts_keywords(["**"], ""));
/// ```
pub fn accepts_keywords<'a>(accepted: impl IntoIterator<Item = &'a str>, keywords: &str) -> bool {
    let mut words: Vec<&str> = Vec::new();
    for word in accepted {
        match word.strip_prefix('-') {
            Some("*") => words.clear(),
            Some(word) => words.retain(|other| *other != word),
            None => words.push(word),
        }
    }
    let mut own: Vec<&str> = Vec::new();
    for word in keywords.split_ascii_whitespace() {
        match word.strip_prefix('-') {
            Some(word) => own.retain(|other| *other != word),
            None => own.push(word),
        }
    }
    words.contains(&"**")
        || own.iter().any(|keyword| match keyword.strip_prefix('~') {
            _ if *keyword == "*" || words.contains(keyword) => true,
            Some("*") => words.iter().any(|word| word.starts_with('~')),
            Some(_) => words.contains(&"~*"),
            None => words.contains(&"*"),
        })
}

impl KeywordError {
    /// What to write instead, where that is known.
    pub fn help(&self) -> Option<String> {
        let after = self.input.get(self.span.end..)?;
        (self.kind == KeywordErrorKind::Order).then(|| format!("write `-~{after}`"))
    }
}

impl fmt::Display for AcceptKeyword<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.removes { "-" } else { "" })?;
        match self.keywords {
            Keywords::Stable(arch) => f.write_str(arch),
            Keywords::Testing(arch) => write!(f, "~{arch}"),
            Keywords::AnyStable => f.write_str("*"),
            Keywords::AnyTesting => f.write_str("~*"),
            Keywords::Any => f.write_str("**"),
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
            ("", "`` names no architecture", None),
            ("~", "`~` names no architecture", None),
            ("~-x86", "`~-x86` has its `-` behind the `~`", Some("write `-~x86`")),
            ("+x86", "`+x86` has `+` where an architecture's name cannot", None),
            ("~~x86", "`~~x86` has `~` where an architecture's name cannot", None),
            ("x86,", "`x86,` has `,` where an architecture's name cannot", None),
        ] {
            let error = AcceptKeyword::parse(text).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(error.help().as_deref(), help);
        }
    }

    proptest! {
        #[test]
        fn words_print_as_read(text in "[-~+]{0,2}([a-z*ä,_-]{0,6}|\\PC*)") {
            match AcceptKeyword::parse(&text) {
                Ok(word) => prop_assert_eq!(word.to_string(), text),
                Err(error) => {
                    prop_assert!(text.get(error.span.clone()).is_some());
                    let _ = error.help();
                }
            }
        }
    }
}
