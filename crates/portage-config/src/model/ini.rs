//! Sections of keys.

use super::{Comment, pairwise, says};
use crate::vocab::Text;

/// A file of sections, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ini {
    /// The comment at the head of the file.
    pub header: Vec<String>,
    /// The sections.
    pub sections: Vec<IniSection>,
}

/// One section.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IniSection {
    /// The name between the brackets.
    pub name: String,
    /// Its keys.
    pub keys: Vec<IniKey>,
    /// Its comment.
    pub comment: Comment,
}

/// One key. A list in a language that repeats keys is one key each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IniKey {
    /// The name, as written.
    pub key: String,
    /// The value in the file's own spelling (`%%`, `%(ROOT)s`), lines of a continued value joined by newlines.
    pub value: Text,
    /// Its comment.
    pub comment: Comment,
}

impl Ini {
    /// The last value of a key of a section. Keys are compared without regard to case.
    pub fn get(&self, section: &str, key: &str) -> Option<&IniKey> {
        self.sections
            .iter()
            .rev()
            .filter(|s| s.name == section)
            .find_map(|s| s.keys.iter().rev().find(|k| k.key.eq_ignore_ascii_case(key)))
    }

    /// The language has no comments behind a key: such a one is satisfied by a last line above.
    pub(crate) fn satisfied_by(&self, disk: &Self) -> bool {
        fn within(a: &Comment, b: &Comment) -> bool {
            let lines = |c: &Comment| c.above.iter().chain(&c.behind).cloned().collect::<Vec<_>>();
            a.is_empty() || says(&lines(b), &lines(a))
        }
        let keys = |a: &IniKey, b: &IniKey| {
            a.key == b.key && a.value.reveal() == b.value.reveal() && within(&a.comment, &b.comment)
        };
        says(&disk.header, &self.header)
            && pairwise(&self.sections, &disk.sections, |a, b| {
                a.name == b.name && within(&a.comment, &b.comment) && pairwise(&a.keys, &b.keys, keys)
            })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    pub(super) fn holds_secret(&self) -> bool {
        self.sections.iter().flat_map(|s| &s.keys).any(|k| k.value.holds_secret())
    }
}
