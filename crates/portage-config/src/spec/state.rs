//! What is known of a file while its layers speak.

use super::form;
use super::merge::{Dirty, Slots};
use super::origin::FileOrigins;
use crate::config::Own;
use crate::file::Kind;
use crate::report::Report;
use crate::syntax;
use crate::vocab::{RelPath, Text};

/// What the layers said of one file so far.
#[derive(Default)]
pub(super) struct State {
    pub(super) base: Base,
    pub(super) slots: Slots,
    /// Whether `slots` does not yet say what the base says.
    pub(super) unread: bool,
    /// The entries that layers said after a text.
    pub(super) dirty: Dirty,
    pub(super) header: Vec<String>,
    pub(super) own: Option<Own>,
    pub(super) mode: Option<u32>,
    pub(super) origins: FileOrigins,
}

#[derive(Default)]
pub(super) enum Base {
    /// Only attributes.
    #[default]
    Nothing,
    Entries,
    Text(Text),
    /// A file of a folder, and its mode where that is not the usual one.
    Bytes(Vec<u8>, Option<u32>),
    Link(String),
    Dir,
    Absent,
    HandsOff,
}

impl State {
    /// Makes ready for entries: they are written into a text or a file of a folder, and replace anything else.
    pub(super) fn take_entries(&mut self, kind: &'static Kind, path: &RelPath) {
        match &self.base {
            Base::Entries | Base::Text(_) => {}
            Base::Bytes(bytes, _) => {
                if std::mem::take(&mut self.unread) {
                    let model = syntax::read(&kind.grammar, bytes, &mut Report::new().file(path));
                    self.slots = form::slots(kind, &model);
                }
            }
            _ => {
                self.base = Base::Entries;
                self.slots = Slots::new();
            }
        }
    }

    /// Whether entries are edits of what is there already.
    pub(super) fn is_edited(&self) -> bool {
        matches!(self.base, Base::Text(_) | Base::Bytes(..))
    }

    /// Whether a layer wrote a secret into a text.
    pub(super) fn got_secret(&self) -> bool {
        self.dirty.keys().any(|name| self.slots.get(name).is_some_and(|slot| slot.holds_secret()))
    }
}
