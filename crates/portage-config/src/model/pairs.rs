//! Names and values, one pair a line.

use super::{Comment, pairwise, says};
use crate::vocab::Text;

/// A file of pairs, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    /// The comment at the head of the file.
    pub header: Vec<String>,
    /// The pairs.
    pub pairs: Vec<Pair>,
}

/// One pair: `CONFIG_SMP` and `n`, `rngd.service` and `enable`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    /// The name.
    pub key: String,
    /// The value, in the file's own spelling.
    pub value: Text,
    /// Its comment.
    pub comment: Comment,
}

impl Pairs {
    pub(super) fn satisfied_by(&self, disk: &Self) -> bool {
        says(&disk.header, &self.header)
            && pairwise(&self.pairs, &disk.pairs, |a, b| {
                a.key == b.key && a.value.reveal() == b.value.reveal() && a.comment.within(&b.comment)
            })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub(super) fn holds_secret(&self) -> bool {
        self.pairs.iter().any(|pair| pair.value.holds_secret())
    }
}
