//! Differences between what a root holds and what a configuration wants.
//!
//! A difference has a text (what `diff -u` would show) and a meaning (which entries differ, and how). Files that
//! already say what they should cost only their reading: no template runs.

mod between;
mod compare;
mod hidden;
#[cfg(test)]
mod laws;
mod relate;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod walk;
mod wanted;

use serde::Serialize;

pub use between::{Rendered, between};
pub use compare::{diff, over};
pub(crate) use hidden::Hidden;
pub(crate) use wanted::{One, Wanted, all};

pub use crate::meaning::{Happened, Meaning, meaning};
use crate::tree::Node;
use crate::vocab::RelPath;
pub use relate::relate;

/// One difference.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The path, from the root.
    pub path: RelPath,
    /// What would be done.
    pub op: Op,
    /// The file's kind, if it is a known one.
    pub kind: Option<&'static str>,
    /// What is there, if anything.
    pub before: Option<Node>,
    /// What would be there.
    pub after: Option<Node>,
    /// What it means.
    pub meaning: Vec<Meaning>,
    /// What no text about it may show.
    pub(crate) hidden: Hidden,
}

impl Change {
    /// A change of which nothing is known but its nodes.
    pub fn new(path: RelPath, op: Op, before: Option<Node>, after: Option<Node>) -> Self {
        Self { path, op, kind: None, before, after, meaning: Vec::new(), hidden: Hidden::default() }
    }

    /// Hides all words of it: what is there was secret once, and nobody says any more where.
    pub fn hide(&mut self) {
        self.hidden = Hidden::All;
        self.meaning.iter_mut().for_each(Meaning::hide);
    }

    /// What programs get of it, `conflict` being whatever stands against it.
    pub fn view<C: Serialize>(&self, conflict: Option<C>) -> ChangeView<'_, C> {
        let node = self.after.as_ref().or(self.before.as_ref()).map_or("file", Node::type_name);
        ChangeView { path: &self.path, op: self.op, node, kind: self.kind, conflict, meaning: &self.meaning }
    }
}

/// A change as programs get it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ChangeView<'a, C> {
    /// The path, from the root.
    pub path: &'a RelPath,
    /// What would be done.
    pub op: Op,
    /// `file`, `dir` or `symlink`: what would be there, or what goes.
    pub node: &'static str,
    /// The file's kind, if it is a known one.
    pub kind: Option<&'static str>,
    /// What stands against it.
    pub conflict: Option<C>,
    /// What it means.
    pub meaning: &'a [Meaning],
}

/// What would be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Op {
    /// A file is made.
    Create,
    /// A file's content changes.
    Update,
    /// A file goes.
    Remove,
    /// A folder is made.
    Mkdir,
    /// A link is made or changed.
    Symlink,
    /// Only the mode changes.
    Chmod,
}
