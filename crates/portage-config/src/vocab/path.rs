//! Paths below a root.

use std::borrow::Borrow;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Serialize, Serializer};

/// A path below a root: never absolute, without `.`, `..` and empty components.
///
/// Ordered by component, as Portage walks folders: `a/z` comes before `a-x`.
///
/// ```
/// use portage_config::vocab::RelPath;
/// let path = RelPath::parse("etc/portage/make.conf")?;
/// assert_eq!(path.as_str(), "etc/portage/make.conf");
/// assert!(RelPath::parse("etc/../shadow").is_err());
/// # Ok::<(), portage_config::vocab::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelPath(Utf8PathBuf);

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
    /// A byte that no path can hold, or a control character.
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
        } else if input.chars().any(char::is_control) {
            PathErrorKind::Control
        } else {
            return Ok(Self(Utf8PathBuf::from(input)));
        };
        Err(PathError { input: input.to_owned(), kind })
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The path.
    pub fn as_path(&self) -> &Utf8Path {
        &self.0
    }

    /// The last component.
    pub fn name(&self) -> &str {
        self.0.file_name().unwrap_or_default()
    }

    /// The folder, if it is not the root itself.
    pub fn parent(&self) -> Option<Self> {
        let parent = self.0.parent()?;
        (!parent.as_str().is_empty()).then(|| Self(parent.to_owned()))
    }

    /// All folders above, outermost first.
    pub fn ancestors(&self) -> Vec<Self> {
        let mut all: Vec<Self> = std::iter::successors(self.parent(), Self::parent).collect();
        all.reverse();
        all
    }

    /// What is left of the path below `folder`, if it lies there.
    pub fn below(&self, folder: &str) -> Option<&str> {
        self.0.strip_prefix(folder).ok().map(Utf8Path::as_str)
    }

    /// A path below this one.
    ///
    /// # Errors
    /// As [`RelPath::parse`].
    pub fn join(&self, rest: &str) -> Result<Self, PathError> {
        let rest = Self::parse(rest)?;
        Ok(Self(self.0.join(rest.0)))
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Borrow<Utf8Path> for RelPath {
    fn borrow(&self) -> &Utf8Path {
        &self.0
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
