//! Names: categories, packages, repositories, sets.

use std::fmt;
use std::ops::Range;

use super::version::split_version;

/// `[A-Za-z0-9_]`.
pub(super) const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// `[A-Za-z0-9+_.-]`: categories and slots.
pub(super) const fn is_category_byte(byte: u8) -> bool {
    is_word_byte(byte) || matches!(byte, b'+' | b'.' | b'-')
}

/// `[A-Za-z0-9+_-]`: packages.
pub(super) const fn is_package_byte(byte: u8) -> bool {
    is_word_byte(byte) || matches!(byte, b'+' | b'-')
}

pub(super) fn starts_with_word(text: &str) -> bool {
    text.bytes().next().is_some_and(is_word_byte)
}

/// Whether a text is the name of a category (PMS 3.1.1): letters, digits, `+_.-`, and no `+`, `.` or `-` at the
/// start.
pub fn is_category(text: &str) -> bool {
    starts_with_word(text) && text.bytes().all(is_category_byte)
}

/// Whether a text is the name of a package (PMS 3.1.2): letters, digits, `+_-`, no `+` or `-` at the start, and
/// nothing at the end that reads as a version.
///
/// ```
/// use portage_config::vocab::is_package_name;
/// assert!(is_package_name("gtk+"));
/// assert!(is_package_name("font-adobe-100dpi"));
/// assert!(!is_package_name("foo-1"));
/// ```
pub fn is_package_name(text: &str) -> bool {
    starts_with_word(text) && text.bytes().all(is_package_byte) && split_version(text).is_none()
}

/// Whether a text is the name of an ebuild repository as Portage reads `::repo` (`_repo_name`): letters, digits,
/// `_-`, no `-` at the start. (PMS 3.1.5 also forbids an end that reads as a version.)
pub fn is_repo_name(text: &str) -> bool {
    starts_with_word(text) && text.bytes().all(|b| is_word_byte(b) || b == b'-')
}

/// Whether a text names a package set, without its `@`: a path below `sets/`, hence anything without blanks.
pub fn is_set_name(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// A category and a package with a version: `sys-apps/portage-3.0.60-r1`.
///
/// What package.provided takes (Portage's `catpkgsplit`).
///
/// ```
/// use portage_config::vocab::Cpv;
/// let cpv = Cpv::parse("sys-apps/portage-3.0.60-r1")?;
/// assert_eq!((cpv.category(), cpv.package(), cpv.version()), ("sys-apps", "portage", "3.0.60-r1"));
/// assert!(Cpv::parse("sys-apps/portage").is_err());
/// # Ok::<(), portage_config::vocab::CpvError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cpv {
    text: Box<str>,
    slash: usize,
    dash: usize,
}

/// Why a text is no category, package and version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` {kind}")]
#[non_exhaustive]
pub struct CpvError {
    /// The text.
    pub input: String,
    /// The offending bytes of it.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub kind: CpvErrorKind,
}

/// What is wrong with a category, package and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CpvErrorKind {
    /// `=cat/pkg-1`.
    #[error("has an operator; here the version stands alone")]
    Operator,
    /// `pkg-1`.
    #[error("has no category")]
    NoCategory,
    /// `c@t/pkg-1`.
    #[error("has no valid category")]
    BadCategory,
    /// `cat/pkg`.
    #[error("has no version")]
    NoVersion,
    /// `cat/p@kg-1`, `cat/pkg-1-2`.
    #[error("has no valid package name")]
    BadPackage,
}

impl Cpv {
    /// Reads a category, package and version.
    ///
    /// # Errors
    /// When one of the three is missing or invalid.
    pub fn parse(input: &str) -> Result<Self, CpvError> {
        let error = |span, kind| Err(CpvError { input: input.to_owned(), span, kind });
        let operator = input.len() - input.trim_start_matches(['=', '<', '>', '~']).len();
        if operator > 0 {
            return error(0..operator, CpvErrorKind::Operator);
        }
        let Some((category, name)) = input.split_once('/') else {
            return error(0..input.len(), CpvErrorKind::NoCategory);
        };
        if !is_category(category) {
            return error(0..category.len(), CpvErrorKind::BadCategory);
        }
        let start = category.len() + 1;
        let Some((package, _)) = split_version(name) else {
            return error(start..input.len(), CpvErrorKind::NoVersion);
        };
        if !is_package_name(package) {
            return error(start..start + package.len(), CpvErrorKind::BadPackage);
        }
        Ok(Self { slash: category.len(), dash: start + package.len(), text: input.into() })
    }

    /// The text as it was read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The category.
    pub fn category(&self) -> &str {
        self.text.get(..self.slash).unwrap_or_default()
    }

    /// The package's name.
    pub fn package(&self) -> &str {
        self.text.get(self.slash + 1..self.dash).unwrap_or_default()
    }

    /// Category and package.
    pub fn cpn(&self) -> &str {
        self.text.get(..self.dash).unwrap_or_default()
    }

    /// The version with its revision.
    pub fn version(&self) -> &str {
        self.text.get(self.dash + 1..).unwrap_or_default()
    }
}

impl fmt::Display for Cpv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
