//! Items: one a line.

use super::{Comment, pairwise, says};

/// A file of items, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Items {
    /// The comment at the head of the file.
    pub header: Vec<String>,
    /// The items.
    pub items: Vec<Item>,
}

/// One item: an atom, a flag, a path, with its prefix (`-`, `*`, `-*`) if it has one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// The item as written.
    pub text: String,
    /// Its comment.
    pub comment: Comment,
}

impl Items {
    pub(super) fn satisfied_by(&self, disk: &Self) -> bool {
        says(&disk.header, &self.header)
            && pairwise(&self.items, &disk.items, |a, b| a.text == b.text && a.comment.within(&b.comment))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn holds_secret(&self) -> bool {
        false
    }
}
