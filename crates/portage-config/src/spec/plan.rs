//! Who speaks of a root, and in which order.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::LayerId;
use super::header::Part;

/// The layers that speak of a root, in order, each with the part of it that does.
pub(super) type Plan = Vec<(LayerId, Turn)>;

/// Which part of a layer speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// What it says of all roots.
    Shared,
    /// What it says of the root at hand.
    Root,
    /// What this variant of it says of all roots.
    Variant(usize),
    /// What this variant of it says of the root at hand.
    VariantRoot(usize),
}

impl Turn {
    /// The part of a layer whose turn it is.
    pub(super) fn part<'p>(self, layer: &'p Part, root: Option<&str>) -> Option<&'p Part> {
        let of_root = |part: &'p Part| {
            part.roots.iter().find(|(name, ..)| Some(name.as_str()) == root).map(|(_, _, part)| part)
        };
        let variant = |index: usize| layer.variants.get(index).map(|(_, _, part)| part);
        match self {
            Self::Shared => Some(layer),
            Self::Root => of_root(layer),
            Self::Variant(index) => variant(index),
            Self::VariantRoot(index) => variant(index).and_then(of_root),
        }
    }
}

/// A path without `.` and, as far as they can be taken back, `..`.
pub(super) fn normal(path: &Utf8Path) -> String {
    let mut out = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other.as_str()),
        }
    }
    out.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_path_has_one_spelling() {
        for (path, wanted) in [
            ("./a.toml", "a.toml"),
            ("a/../b.toml", "b.toml"),
            ("../a.toml", "../a.toml"),
            ("../../a/./b/../c.toml", "../../a/c.toml"),
            ("/a/../b", "/b"),
        ] {
            assert_eq!(normal(Utf8Path::new(path)), wanted);
        }
    }
}
