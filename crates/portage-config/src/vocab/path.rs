//! Paths below a root.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use camino::Utf8Path;
use serde::{Serialize, Serializer};

/// A path below a root: never absolute, without `.`, `..` and empty components.
///
/// Bytes that no text can show, control characters and what is not UTF-8, are written `\xHH`, so that every name
/// of a file system has exactly one spelling. A backslash stands for itself unless such an escape would follow
/// from it; then it is `\x5c`.
///
/// Ordered as Portage walks folders (`_recursive_file_list`): by component, and in a component by code point,
/// bytes that are not UTF-8 being those that Python puts in their place.
///
/// ```
/// use portage_config::vocab::RelPath;
/// let path = RelPath::parse("etc/portage/make.conf")?;
/// assert_eq!(path.as_str(), "etc/portage/make.conf");
/// assert!(RelPath::parse("etc/../shadow").is_err());
/// let odd = RelPath::from_bytes(b"etc/portage/package.use/caf\xe9")?;
/// assert_eq!(odd.as_str(), r"etc/portage/package.use/caf\xe9");
/// assert_eq!(RelPath::parse(odd.as_str())?.to_bytes().as_ref(), b"etc/portage/package.use/caf\xe9");
/// # Ok::<(), portage_config::vocab::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelPath(
    String,
    /// Whether it holds a backslash: it is compared in another way then.
    bool,
);

/// Why a text is no path below a root.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` {kind}")]
#[non_exhaustive]
pub struct PathError {
    /// The text.
    pub input: String,
    /// What is wrong with it.
    pub kind: PathErrorKind,
}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// Nothing was written.
    #[error("is empty")]
    Empty,
    /// It starts with a slash.
    #[error("starts with a slash")]
    Absolute,
    /// A component is `..`.
    #[error("holds `..`, which would leave its folder")]
    Parent,
    /// A component is `.`.
    #[error("holds `.` as a component")]
    Current,
    /// Two slashes in a row, or one at the end.
    #[error("holds an empty component")]
    Slash,
    /// A byte that no path can hold, or a control character that is not written as `\xHH`.
    #[error("holds a control character")]
    Control,
}

impl RelPath {
    /// Reads a path below a root.
    ///
    /// # Errors
    /// When it is empty, absolute, or holds `.`, `..`, an empty component or a control character.
    pub fn parse(input: &str) -> Result<Self, PathError> {
        let kind = if input.is_empty() {
            PathErrorKind::Empty
        } else if input.starts_with('/') {
            PathErrorKind::Absolute
        } else if input.split('/').any(|c| c == "..") {
            PathErrorKind::Parent
        } else if input.split('/').any(|c| c == ".") {
            PathErrorKind::Current
        } else if input.split('/').any(str::is_empty) {
            PathErrorKind::Slash
        } else if input.chars().any(char::is_control) || input.contains(r"\x00") {
            PathErrorKind::Control
        } else if input.contains(r"\x") {
            return Ok(Self::new(escape(&unescape(input))));
        } else {
            return Ok(Self::new(input.to_owned()));
        };
        Err(PathError { input: input.to_owned(), kind })
    }

    fn new(text: String) -> Self {
        let odd = text.contains('\\');
        Self(text, odd)
    }

    /// The path of these bytes, as a file system gives them.
    ///
    /// # Errors
    /// As [`RelPath::parse`]; control characters are no mistake here.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PathError> {
        Self::parse(&escape(bytes))
    }

    /// The bytes that the file system knows the path by.
    pub fn to_bytes(&self) -> Cow<'_, [u8]> {
        if self.0.contains(r"\x") { Cow::Owned(unescape(&self.0)) } else { Cow::Borrowed(self.0.as_bytes()) }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path.
    pub fn as_path(&self) -> &Utf8Path {
        Utf8Path::new(&self.0)
    }

    /// The last component.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The folder, if it is not the root itself.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(folder, _)| Self::new(folder.to_owned()))
    }

    /// All folders above, outermost first.
    pub fn ancestors(&self) -> Vec<Self> {
        self.0
            .match_indices('/')
            .filter_map(|(at, _)| self.0.get(..at))
            .map(|p| Self::new(p.to_owned()))
            .collect()
    }

    /// What is left of the path below `folder`, if it lies there.
    pub fn below(&self, folder: &str) -> Option<&str> {
        let rest = self.0.strip_prefix(folder)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// A path below this one.
    ///
    /// # Errors
    /// As [`RelPath::parse`].
    pub fn join(&self, rest: &str) -> Result<Self, PathError> {
        let rest = Self::parse(rest)?;
        Ok(Self(format!("{}/{}", self.0, rest.0), self.1 || rest.1))
    }
}

/// Whether a byte is one that `\xHH` stands for: none that a text can show, but for the backslash.
fn is_escaped(byte: u8) -> bool {
    byte.is_ascii_control() || !byte.is_ascii() || byte == b'\\'
}

/// The byte at the start of `bytes` that is written as an escape.
fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'\\', b'x', high @ (b'0'..=b'9' | b'a'..=b'f'), low @ (b'0'..=b'9' | b'a'..=b'f'), ..] = bytes
    else {
        return None;
    };
    let digit = |c: u8| if c.is_ascii_digit() { c - b'0' } else { c - b'a' + 10 };
    Some(digit(*high) * 16 + digit(*low)).filter(|byte| is_escaped(*byte))
}

/// The bytes of a name or a link's target that [`escape`] spelled.
pub(crate) fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match escaped(rest) {
            Some(byte) => {
                bytes.push(byte);
                rest = rest.get(4..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

/// A name or a link's target as text: `\xHH` for what no text can show.
pub(crate) fn escape(bytes: &[u8]) -> String {
    use fmt::Write;
    let mut text = String::with_capacity(bytes.len());
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let rest = bytes.get(at..).unwrap_or_default();
            at += c.len_utf8();
            if c.is_control() {
                let mut buffer = [0; 4];
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(text, r"\x{byte:02x}");
                }
            } else if c == '\\' && escaped(rest).is_some() {
                text.push_str(r"\x5c");
            } else {
                text.push(c);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, r"\x{byte:02x}");
        }
        at += chunk.invalid().len();
    }
    text
}

/// The code points by which Python sorts a name: a byte that is not UTF-8 is `U+DC00` and the byte.
fn code_points(name: &str) -> Vec<u32> {
    let mut points = Vec::new();
    for chunk in unescape(name).utf8_chunks() {
        points.extend(chunk.valid().chars().map(u32::from));
        points.extend(chunk.invalid().iter().map(|byte| 0xdc00 + u32::from(*byte)));
    }
    points
}

/// How many bytes both begin with. Most paths of a configuration begin with the same folders.
fn common(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 8;
    let steps = a.chunks_exact(STEP).zip(b.chunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    let rest = a.get(steps..).unwrap_or_default().iter().zip(b.get(steps..).unwrap_or_default());
    steps + rest.take_while(|(a, b)| a == b).count()
}

impl Ord for RelPath {
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, others) = (self.0.as_bytes(), other.0.as_bytes());
        if self.1 || other.1 {
            let names = |path: &Self| path.0.split('/').map(code_points).collect::<Vec<_>>();
            return names(self).cmp(&names(other));
        }
        let same = common(own, others);
        // As by component: no name holds a byte below the one that stands for the slash here.
        let key = |byte: &u8| if *byte == b'/' { 0 } else { *byte };
        own.get(same).map(key).cmp(&others.get(same).map(key))
    }
}

impl PartialOrd for RelPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RelPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    #[test]
    fn odd_names_have_one_spelling() {
        for (bytes, text) in [
            (&b"a\xff"[..], r"a\xff"),
            (b"a\nb", r"a\x0ab"),
            ("caf\u{e9}".as_bytes(), "caf\u{e9}"),
            ("\u{85}".as_bytes(), r"\xc2\x85"),
            (br"dev-disk\x2dby.swap", r"dev-disk\x2dby.swap"),
            (br"a\xff", r"a\x5cxff"),
            (br"a\x5cxff", r"a\x5cx5cxff"),
            (br"a\b", r"a\b"),
        ] {
            let path = RelPath::from_bytes(bytes).unwrap();
            assert_eq!((path.as_str(), path.to_bytes().as_ref()), (text, bytes));
            assert_eq!(RelPath::parse(text).unwrap(), path);
        }
        assert_eq!(RelPath::parse(r"caf\xc3\xa9").unwrap(), RelPath::parse("caf\u{e9}").unwrap());
        assert!(RelPath::parse(r"a\x00").is_err());
        assert!(RelPath::from_bytes(b"a\0").is_err());
    }

    #[test]
    fn odd_names_stand_where_python_sorts_them() {
        let names: [&[u8]; 6] = [b"a\nb", b"a", b"z", b"\xff", "\u{e9}".as_bytes(), "\u{fffd}".as_bytes()];
        let mut all = names.map(|name| RelPath::from_bytes(name).unwrap());
        all.sort();
        let sorted = all.iter().map(|path| path.as_str()).collect::<Vec<_>>();
        assert_eq!(sorted, ["a", r"a\x0ab", "z", "\u{e9}", r"\xff", "\u{fffd}"]);
    }

    proptest! {
        #[test]
        fn names_are_in_the_order_of_python(
            a in prop::collection::vec(select(&[b'a', b'z', b'/', b'\\', 0xff, b'\n', b'x', b'f', 0xc3, 0xa9]), 1..6),
            b in prop::collection::vec(select(&[b'a', b'z', b'/', b'\\', 0xff, b'\n', b'x', b'f', 0xc3, 0xa9]), 1..6),
        ) {
            let (Ok(a), Ok(b)) = (RelPath::from_bytes(&a), RelPath::from_bytes(&b)) else { return Ok(()) };
            let names = |path: &RelPath| path.0.split('/').map(code_points).collect::<Vec<_>>();
            prop_assert_eq!(a.cmp(&b), names(&a).cmp(&names(&b)));
        }

        #[test]
        fn every_name_comes_back(bytes in prop::collection::vec(
            prop_oneof![Just(b'\\'), Just(b'x'), Just(b'f'), Just(b'5'), Just(b'c'), 1..=255u8], 1..12,
        )) {
            prop_assume!(!bytes.contains(&b'/') && bytes != b"." && bytes != b"..");
            let path = RelPath::from_bytes(&bytes).unwrap();
            prop_assert_eq!(path.to_bytes().into_owned(), bytes);
            prop_assert_eq!(RelPath::parse(path.as_str()).unwrap(), path);
        }
    }

    #[test]
    fn order_is_by_component() {
        let mut all: Vec<_> =
            ["b", "a/foo.conf", "a+", "B"].iter().map(|p| RelPath::parse(p).unwrap()).collect();
        all.sort();
        let names: Vec<_> = all.iter().map(RelPath::as_str).collect();
        assert_eq!(names, ["B", "a/foo.conf", "a+", "b"]);
    }

    #[test]
    fn nothing_leaves_the_root() {
        for bad in ["", "/x", "..", "a/../b", "a/./b", "a//b", "a/", "a\0b", "a\nb"] {
            assert!(RelPath::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            RelPath::parse("a/b/c").unwrap().ancestors().iter().map(RelPath::as_str).collect::<Vec<_>>(),
            ["a", "a/b"]
        );
    }
}
