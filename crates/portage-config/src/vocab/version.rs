//! Versions and their order.
//!
//! PMS 3.2 and 3.3; Portage's `versions.py` (`ver_regexp`, `vercmp`).

use std::cmp::Ordering;
use std::fmt;

/// The operator of an atom (PMS 8.2.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`, also of `=cat/pkg-1*`
    Equal,
    /// `~`: this version, any revision
    Approximate,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Operator {
    /// As written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "=",
            Self::Approximate => "~",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
        }
    }

    /// The operator a text starts with.
    pub(super) const fn prefix(text: &[u8]) -> Option<Self> {
        Some(match text {
            [b'>', b'=', ..] => Self::GreaterOrEqual,
            [b'<', b'=', ..] => Self::LessOrEqual,
            [b'>', ..] => Self::Greater,
            [b'<', ..] => Self::Less,
            [b'=', ..] => Self::Equal,
            [b'~', ..] => Self::Approximate,
            _ => return None,
        })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A version: `1.2.3b_alpha4-r5`.
///
/// Ordered, and equal, as PMS 3.3 says: `1.0` equals `1.0-r0` and precedes `1.0.0`. It prints as it was read.
///
/// ```
/// use portage_config::vocab::Version;
/// let version = |text| Version::parse(text).unwrap();
/// assert!(version("1.0_rc1") < version("1.0"));
/// assert!(version("1.9") < version("1.10"));
/// assert_eq!(version("1.0"), version("1.0-r0"));
/// assert_eq!(version("1.0-r00").to_string(), "1.0-r00");
/// ```
#[derive(Clone)]
pub struct Version(Box<str>);

impl Version {
    /// Reads a version; nothing if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        is_version(text).then(|| Self(text.into()))
    }

    /// The text as it was read.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The version without its revision: what `~` compares.
    pub fn without_revision(&self) -> &str {
        split_revision(&self.0).0
    }

    /// The revision; zero if none is written.
    pub fn revision(&self) -> Revision<'_> {
        Revision(split_revision(&self.0).1)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({})", self.0)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        order(&self.0, &other.0)
    }
}

/// The revision of a version: the digits behind `-r`.
#[derive(Clone, Copy, Debug)]
pub struct Revision<'a>(&'a str);

impl Revision<'_> {
    /// The digits; empty if no revision is written.
    pub const fn digits(&self) -> &str {
        self.0
    }

    /// Whether it is zero, written or not.
    pub fn is_zero(&self) -> bool {
        self.0.bytes().all(|b| b == b'0')
    }
}

impl PartialEq for Revision<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Revision<'_> {}

impl PartialOrd for Revision<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Revision<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        integers(self.0, other.0)
    }
}

/// The order of two versions; nothing if one of them is none.
///
/// ```
/// use portage_config::vocab::compare_versions;
/// use std::cmp::Ordering;
/// assert_eq!(compare_versions("1.02", "1.1"), Some(Ordering::Less));
/// assert_eq!(compare_versions("1.0", "one"), None);
/// ```
pub fn compare_versions(left: &str, right: &str) -> Option<Ordering> {
    (is_version(left) && is_version(right)).then(|| order(left, right))
}

/// Whether a text is a version, with or without a revision.
pub fn is_version(text: &str) -> bool {
    is_base(split_revision(text).0)
}

/// Splits `portage-3.0.60-r1` before the version at its end; nothing if there is none, or no name before it.
pub(super) fn split_version(name: &str) -> Option<(&str, &str)> {
    let (before, last) = name.rsplit_once('-')?;
    if is_base(last) {
        return (!before.is_empty()).then_some((before, last));
    }
    let digits = last.strip_prefix('r')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (package, base) = before.rsplit_once('-')?;
    let version = name.get(package.len() + 1..)?;
    (is_base(base) && !package.is_empty()).then_some((package, version))
}

/// The version and the digits of its revision, which may be missing.
fn split_revision(version: &str) -> (&str, &str) {
    match version.rsplit_once("-r") {
        Some((base, digits)) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            (base, digits)
        }
        _ => (version, ""),
    }
}

/// The suffixes in their order; no suffix stands between `_rc` and `_p`.
const SUFFIXES: [&str; 5] = ["alpha", "beta", "pre", "rc", "p"];

/// Takes the next suffix off a text that starts with `_`: its rank, its digits, the rest.
fn suffix(text: &str) -> Option<(usize, &str, &str)> {
    let text = text.strip_prefix('_')?;
    // `_pre` before `_p`
    let (rank, rest) =
        SUFFIXES.iter().enumerate().find_map(|(i, name)| Some((i, text.strip_prefix(name)?)))?;
    let (number, rest) = digits(rest);
    Some((rank, number, rest))
}

/// The digits a text starts with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Whether a text is a version without revision.
fn is_base(text: &str) -> bool {
    let (first, mut rest) = digits(text);
    if first.is_empty() {
        return false;
    }
    while let Some(after) = rest.strip_prefix('.') {
        let (number, more) = digits(after);
        if number.is_empty() {
            return false;
        }
        rest = more;
    }
    rest = letter(rest).1;
    while let Some((_, _, more)) = suffix(rest) {
        rest = more;
    }
    rest.is_empty()
}

/// The letter a text starts with, and the rest.
fn letter(text: &str) -> (Option<u8>, &str) {
    match text.as_bytes().first() {
        Some(byte) if byte.is_ascii_lowercase() => (Some(*byte), text.get(1..).unwrap_or_default()),
        _ => (None, text),
    }
}

/// Compares digits as numbers of any size.
fn integers(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Compares the numbers behind a dot: with a leading zero in either, as decimal fractions (PMS algorithm 3.3).
fn fractions(left: &str, right: &str) -> Ordering {
    if left.starts_with('0') || right.starts_with('0') {
        left.trim_end_matches('0').cmp(right.trim_end_matches('0'))
    } else {
        integers(left, right)
    }
}

/// The order of two texts that are versions.
fn order(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    let ((left, left_revision), (right, right_revision)) = (split_revision(left), split_revision(right));
    let ((a, mut left), (b, mut right)) = (digits(left), digits(right));
    let mut result = integers(a, b);
    loop {
        let (l, r) = (left.strip_prefix('.'), right.strip_prefix('.'));
        result = result.then_with(|| l.is_some().cmp(&r.is_some()));
        if l.is_none() && r.is_none() {
            break;
        }
        let ((a, more), (b, others)) = (digits(l.unwrap_or(left)), digits(r.unwrap_or(right)));
        result = result.then_with(|| fractions(a, b));
        if result.is_ne() {
            return result;
        }
        (left, right) = (more, others);
    }
    let ((a, mut left), (b, mut right)) = (letter(left), letter(right));
    result = result.then_with(|| a.cmp(&b));
    while result.is_eq() {
        let (l, r) = (suffix(left), suffix(right));
        result = match (&l, &r) {
            (None, None) => break,
            (Some((a, n, _)), Some((b, m, _))) => a.cmp(b).then_with(|| integers(n, m)),
            (Some((a, ..)), None) if *a == SUFFIXES.len() - 1 => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (None, Some((b, ..))) if *b == SUFFIXES.len() - 1 => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
        };
        (left, right) = (l.map_or("", |s| s.2), r.map_or("", |s| s.2));
    }
    result.then_with(|| integers(left_revision, right_revision))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VERSION: &str =
        r"[01]{1,2}(\.[0-2]{1,3}){0,3}[ab]?(_(alpha|beta|pre|rc|p)[01]{0,2}){0,2}(-r[01]{1,2})?";

    #[test]
    fn parts() {
        let version = Version::parse("1.0_p1-r012").unwrap();
        assert_eq!(version.without_revision(), "1.0_p1");
        assert_eq!(version.revision().digits(), "012");
        assert!(version.revision() > Version::parse("1.0-r3").unwrap().revision());
        assert!(Version::parse("1.0-r00").unwrap().revision().is_zero());
        assert!(Version::parse("1.0_p1-r").is_none());
        assert_eq!(split_version("gtk+-3.0-r1"), Some(("gtk+", "3.0-r1")));
        assert_eq!(split_version("-3.0"), None);
        assert_eq!(split_version("pkg-r1"), None);
    }

    proptest! {
        /// Enough for sorting.
        #[test]
        fn order_is_total(a in VERSION, b in VERSION, c in VERSION) {
            let [a, b, c] = [a, b, c].map(|text| {
                let version = Version::parse(&text).unwrap();
                assert_eq!(version.to_string(), text);
                version
            });
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert!(a > b || b > c || a <= c, "{a} {b} {c}");
            prop_assert_eq!(a.cmp(&a), Ordering::Equal);
        }

        #[test]
        fn any_text_is_safe(a in any::<String>(), b in "[0-9a._pr-]{0,8}") {
            let _ = (compare_versions(&a, &b), split_version(&a), split_version(&b));
            prop_assert_eq!(Version::parse(&b).is_some(), compare_versions(&b, "1").is_some());
        }
    }
}
