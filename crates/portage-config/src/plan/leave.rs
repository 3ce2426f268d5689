//! What is ours and is not named any more.

use std::collections::BTreeSet;

use super::choice::{EITHER, MERGE};
use super::over::{content, same};
use super::want::{Making, Trouble};
use super::{Choice, Conflict, Item, PlanError, Reason};
use crate::config::{Body, Bytes, File};
use crate::diff::{One, Op};
use crate::file;
use crate::merge;
use crate::report::Report;
use crate::state::Owned;
use crate::tree::Node;
use crate::vocab::RelPath;

impl Making<'_> {
    /// What is ours and not named any more.
    pub(super) fn gone(&self) -> Vec<(RelPath, Owned)> {
        let Some(last) = self.last else { return Vec::new() };
        let touched: BTreeSet<&RelPath> =
            self.plan.items.iter().chain(&self.plan.kept).map(|item| &item.change.path).collect();
        let all = last.owned.iter().map(|(path, how)| (path.clone(), *how));
        all.filter(|(path, _)| {
            let known = touched.contains(path) || self.plan.record.contains_key(path);
            !known && !self.config.files.contains_key(path)
        })
        .collect()
    }

    pub(super) fn leave_files(
        &mut self,
        gone: &[(RelPath, Owned)],
        report: &mut Report,
    ) -> Result<(), PlanError> {
        for (path, how) in gone {
            let left = match how {
                Owned::Whole => self.leave_file(path),
                Owned::Entries => self.leave_entries(path),
                Owned::Once | Owned::Folder => continue,
            };
            self.told(path, left, report)?;
        }
        Ok(())
    }

    pub(super) fn leave_folders(
        &mut self,
        gone: &[(RelPath, Owned)],
        report: &mut Report,
    ) -> Result<(), PlanError> {
        // Inner folders first: those above may be empty then.
        for (path, _) in gone.iter().rev().filter(|(_, how)| *how == Owned::Folder) {
            let left = self.leave_folder(path);
            self.told(path, left, report)?;
        }
        Ok(())
    }

    fn leave_file(&mut self, path: &RelPath) -> Result<(), Trouble> {
        let Some(found) = self.root.find(path)? else { return Ok(()) };
        if let Node::Dir { .. } = found.node {
            return Ok(());
        }
        let base = self.base(path)?;
        let as_left = base.is_some_and(|base| same(&base, &found.node));
        let nothing = self.absent(path);
        let one = One { path, file: &nothing, templates: self.templates, root: self.root };
        let mut item = Item::new(one.change(Op::Remove, Some(found.node.clone()), None, None), Some(found));
        if as_left {
            self.plan.items.push(item);
            return Ok(());
        }
        let conflict = Conflict::new(Reason::Edited, EITHER);
        match self.choices.of(path) {
            Some(Choice::TakeOurs) => self.plan.items.push(item),
            // As Portage keeps a protected file that somebody edited when its package goes.
            Some(Choice::KeepTheirs | Choice::ConfigProtect) => {
                item.conflict = Some(conflict);
                self.plan.kept.push(item);
            }
            Some(Choice::Merge) | None => {
                item.conflict = Some(conflict);
                self.plan.items.push(item);
                self.as_before(path);
            }
        }
        Ok(())
    }

    /// A file that the spec does not name, or no more.
    pub(super) fn absent(&self, path: &RelPath) -> File {
        let mut file = File::new(file::find(path), Body::Absent);
        file.secret = self.held_secret(path);
        file
    }

    /// Whether a file held a secret when it was written.
    pub(super) fn held_secret(&self, path: &RelPath) -> bool {
        self.last.is_some_and(|last| last.secret.contains(path))
    }

    /// Takes our entries out of somebody's file.
    fn leave_entries(&mut self, path: &RelPath) -> Result<(), Trouble> {
        let kind = file::find(path);
        let at = match self.root.read(path)? {
            Some(Node::Symlink { .. }) => self.root.resolve(path.as_str()),
            _ => None,
        };
        let place = at.clone().unwrap_or_else(|| path.clone());
        let (Some(found), Some(base_node)) = (self.root.find(&place)?, self.base(path)?) else {
            return Ok(());
        };
        let (Some(theirs), Some(base)) = (content(&found.node), content(&base_node)) else { return Ok(()) };
        let merged = merge::take_back(kind, &base.0, &theirs.0)?;
        if merged.bytes == theirs.0 && merged.conflicts.is_empty() {
            return Ok(());
        }
        let node = match &found.node {
            Node::File { mode, .. } => Node::File { bytes: Bytes(merged.bytes), mode: *mode },
            other => other.clone(),
        };
        let nothing = self.absent(path);
        let one = One { path, file: &nothing, templates: self.templates, root: self.root };
        let change = one.change(Op::Update, Some(found.node.clone()), Some(node), None);
        let mut item = Item::new(change, Some(found));
        item.at = at;
        let choice = self.choices.of(path);
        // What somebody changed is not ours any more: it stays either way.
        if merged.conflicts.is_empty() || matches!(choice, Some(Choice::Merge | Choice::TakeOurs)) {
            if item.change.before != item.change.after {
                self.plan.items.push(item);
            }
            return Ok(());
        }
        let mut entries = merged.conflicts;
        if is_private(&base_node) || item.before.as_ref().is_some_and(|found| is_private(&found.node)) {
            entries.iter_mut().for_each(merge::Conflict::hide);
        }
        item.conflict = Some(Conflict { entries, ..Conflict::new(Reason::Edited, MERGE) });
        match choice {
            Some(Choice::KeepTheirs | Choice::ConfigProtect) => self.plan.kept.push(item),
            _ => {
                self.plan.items.push(item);
                self.as_before(path);
            }
        }
        Ok(())
    }

    /// A folder that was made and that nothing is left in.
    fn leave_folder(&mut self, path: &RelPath) -> Result<(), Trouble> {
        let needed = |other: &RelPath| other.below(path.as_str()).is_some_and(|rest| !rest.is_empty());
        if self.plan.record.keys().any(needed) {
            self.plan.record.insert(path.clone(), (Owned::Folder, None));
            return Ok(());
        }
        let Some(found) = self.root.find(path)?.filter(|found| matches!(found.node, Node::Dir { .. })) else {
            return Ok(());
        };
        let goes = |name: &std::ffi::OsString| {
            let Some(path) = name.to_str().and_then(|name| path.join(name).ok()) else { return false };
            self.plan
                .items
                .iter()
                .any(|i| i.change.path == path && i.change.after.is_none() && i.conflict.is_none())
        };
        if self.root.list(Some(path))?.unwrap_or_default().iter().all(goes) {
            let nothing = File::new(None, Body::Absent);
            let one = One { path, file: &nothing, templates: self.templates, root: self.root };
            let change = one.change(Op::Remove, Some(found.node.clone()), None, None);
            self.plan.items.push(Item::new(change, Some(found)));
        }
        Ok(())
    }
}

/// Whether not all may read a file.
fn is_private(node: &Node) -> bool {
    matches!(node, Node::File { mode, .. } if mode & 0o004 == 0)
}
