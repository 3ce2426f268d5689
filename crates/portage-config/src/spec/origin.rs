//! Where entries come from.

use std::collections::{BTreeMap, HashMap};

use crate::report::{Key, Span};
use crate::vocab::RelPath;

/// Names a layer within a resolved spec: its index in [`super::Resolved::layers`].
pub type LayerId = usize;

/// For each file, who said what of it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Origins {
    /// By path from the root.
    pub files: BTreeMap<RelPath, FileOrigins>,
}

/// Who said what of one file.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct FileOrigins {
    /// Who spoke of the file as a whole, in order: `[file]`, an empty section, the first section.
    pub file: Vec<Touch>,
    /// Who touched each entry, in order.
    pub entries: HashMap<Key, Vec<Touch>>,
}

/// One layer touching one entry.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Touch {
    /// The layer.
    pub layer: LayerId,
    /// Where it says so.
    pub span: Span,
    /// What that did.
    pub effect: Effect,
    /// The words, for people: secrets hidden.
    pub text: String,
}

/// What a layer did to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Gave it this value, whatever it was before.
    Set,
    /// Added words.
    Add,
    /// Took words out.
    Remove,
    /// Took the entry away.
    Drop,
}
