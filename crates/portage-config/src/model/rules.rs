//! Rules: an atom and words a line.

use super::{Comment, pairwise, says};

/// A file of rules, in order.
///
/// Order is kept because the consumer's answer depends on it twice: words of the *same* atom add up in reading
/// order (the last wins), and among different atoms of equal specificity the *first* read wins
/// (`ordered_by_atom_specificity` in Portage's `_config/helper.py`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// The comment at the head of the file.
    pub header: Vec<String>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// One rule. A line with USE_EXPAND groups (`a/b x VIDEO_CARDS: intel`) is one rule per group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// The atom, or the name where the kind has names (license groups, mirrors).
    pub key: String,
    /// `VIDEO_CARDS` where the words stand behind `VIDEO_CARDS:`, as written.
    pub group: Option<String>,
    /// The words, as written.
    pub words: Vec<String>,
    /// Its comment.
    pub comment: Comment,
}

impl Rules {
    pub(super) fn satisfied_by(&self, disk: &Self) -> bool {
        says(&disk.header, &self.header)
            && pairwise(&self.rules, &disk.rules, |a, b| a.same(b) && a.comment.within(&b.comment))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(super) fn holds_secret(&self) -> bool {
        false
    }
}

impl Rule {
    /// Whether both say the same, comments aside. The case of a group's name means nothing.
    pub fn same(&self, other: &Self) -> bool {
        let group = match (&self.group, &other.group) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            (None, None) => true,
            _ => false,
        };
        group && self.key == other.key && self.words == other.words
    }
}
