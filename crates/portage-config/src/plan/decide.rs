//! What becomes of a change once somebody has chosen.

use super::choice::EITHER;
use super::want::{Draft, Making, Trouble};
use super::{Choice, Conflict, Item, Reason};
use crate::config::Bytes;
use crate::diff::Op;
use crate::merge;
use crate::state::Owned;
use crate::tree::Node;
use crate::vocab::RelPath;

impl Making<'_> {
    /// Does what was chosen.
    pub(super) fn decide(&mut self, draft: Draft<'_>) -> Result<(), Trouble> {
        let Draft { one, mut item, with, conflict, base, theirs, how, ours } = draft;
        let path = one.path.clone();
        let after = (how, ours);
        let Some(conflict) = conflict else {
            self.proceed(item, with, after);
            return Ok(());
        };
        let choice = self.choices.of(&path).filter(|choice| conflict.choices.contains(choice));
        match choice {
            None => self.undecided(item, &with, conflict),
            Some(Choice::KeepTheirs) => {
                item.conflict = Some(conflict);
                self.plan.kept.push(item);
                self.stay(&path, &with);
            }
            Some(Choice::TakeOurs) => self.proceed(item, with, after),
            Some(Choice::Merge) => {
                let (Some(Node::File { bytes, mode }), Some(theirs)) = (item.change.after.clone(), theirs)
                else {
                    self.undecided(item, &with, conflict);
                    return Ok(());
                };
                let wanted = match &after {
                    (Owned::Entries, Some(Node::File { bytes, .. })) => &bytes.0,
                    _ => &bytes.0,
                };
                let merged = merge::three_way(one.file.kind, base.as_deref(), wanted, &theirs)?;
                if !merged.conflicts.is_empty() {
                    let conflict = Conflict::about(Reason::Merge, EITHER, merged.conflicts, one.file);
                    self.undecided(item, &with, conflict);
                } else if merged.bytes == theirs && has_mode(&item, mode) {
                    self.plan.record.insert(path, after);
                } else {
                    let node = Node::File { bytes: Bytes(merged.bytes), mode };
                    let behind = item.at.is_some().then_some(Bytes(theirs));
                    item.change = one.change(Op::Update, item.change.before, Some(node), behind);
                    self.proceed(item, with, after);
                }
            }
            Some(Choice::ConfigProtect) => {
                self.as_before(&path);
                self.beside(item)?;
            }
        }
        Ok(())
    }

    fn undecided(&mut self, mut item: Item, with: &[Item], conflict: Conflict) {
        self.stay(&item.change.path, with);
        item.conflict = Some(conflict);
        self.plan.items.push(item);
    }

    /// A path stays as it is, and what would go with it.
    fn stay(&mut self, path: &RelPath, with: &[Item]) {
        self.as_before(path);
        with.iter().for_each(|item| self.as_before(&item.change.path));
    }

    fn proceed(&mut self, mut item: Item, with: Vec<Item>, after: (Owned, Option<Node>)) {
        let path = item.change.path.clone();
        item.owner = item.owner.or(self.owner(&path));
        if item.change.after.is_some() {
            self.plan.record.insert(path, after);
        }
        self.plan.items.push(item);
        self.plan.items.extend(with);
    }

    /// Leaves what is known of a path as it is.
    pub(super) fn as_before(&mut self, path: &RelPath) {
        if let Some(owned) = self.owned(path) {
            self.plan.record.insert(path.clone(), (owned, None));
        }
    }
}

/// Whether there is a file with this mode already where the change is made.
fn has_mode(item: &Item, wanted: u32) -> bool {
    item.before.as_ref().is_some_and(|found| matches!(found.node, Node::File { mode, .. } if mode == wanted))
}
