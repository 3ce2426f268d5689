//! Files that are shared: our entries among somebody else's.

use super::choice::FILE;
use super::want::{Draft, Making, Trouble, bytes_of, says_the_same};
use super::{Conflict, Item, Reason};
use crate::config::{Body, Bytes, Own};
use crate::diff::{One, Op, Wanted};
use crate::file::Kind;
use crate::merge;
use crate::render;
use crate::state::Owned;
use crate::tree::Node;

impl Making<'_> {
    pub(super) fn entries(&mut self, one: &One<'_>, wanted: Wanted) -> Result<(), Trouble> {
        let (Body::Model(model), Some(kind)) = (&one.file.body, one.file.kind) else {
            return self.file(one, wanted);
        };
        let (theirs, mode, at) = match (&wanted.found, self.root.read_through(one.path)?) {
            (Some(Node::Symlink { .. }), Some(Node::File { bytes, mode })) => {
                (bytes.0, mode, self.root.resolve(one.path.as_str()))
            }
            (Some(Node::File { bytes, mode }), _) => (bytes.0.clone(), *mode, None),
            _ => {
                // Nothing is there, or no file: as if all of it were ours.
                return self.file(one, wanted).and_then(|()| self.part(one, kind, model));
            }
        };
        let part = render::create(kind, model, self.templates)?;
        let base = match self.owned(one.path) {
            // What was all ours is ours still.
            Some(Owned::Entries | Owned::Whole) => self.base(one.path)?.and_then(bytes_of),
            _ => None,
        };
        let merged = match &base {
            Some(base) => merge::three_way(Some(kind), Some(base), &part, &theirs)?,
            None => merge::Merged { bytes: theirs.clone(), conflicts: Vec::new() },
        };
        let after = render::update(kind, model, Own::Entries, &merged.bytes)?;
        let mut against = merged.conflicts;
        let fights = if base.is_some() {
            !against.is_empty()
                || !says_the_same(kind, one.path, &Bytes(merged.bytes.clone()), &Bytes(after.clone()))
        } else if after != theirs {
            against = merge::three_way(Some(kind), None, &part, &theirs)?.conflicts;
            !against.is_empty()
        } else {
            false
        };
        let new_mode = match &wanted.after {
            Some(Node::File { mode, .. }) => *mode,
            _ => mode,
        };
        let ours = Some(Node::File { bytes: Bytes(part), mode: new_mode });
        if after == theirs && new_mode == mode {
            self.plan.record.insert(one.path.clone(), (Owned::Entries, ours));
            return Ok(());
        }
        let reason = if base.is_some() { Reason::Edited } else { Reason::NotOurs };
        let conflict = fights.then(|| Conflict::about(reason, FILE, against, one.file));
        let before = self.root.find(at.as_ref().unwrap_or(one.path))?;
        let behind = at.is_some().then(|| Bytes(theirs.clone()));
        let op = if after == theirs { Op::Chmod } else { Op::Update };
        let node = Node::File { bytes: Bytes(after), mode: new_mode };
        let mut item = Item::new(one.change(op, wanted.found, Some(node), behind), before);
        item.at = at;
        let draft = Draft {
            one,
            item,
            with: Vec::new(),
            conflict,
            base,
            theirs: Some(theirs),
            how: Owned::Entries,
            ours,
        };
        self.decide(draft)
    }

    /// What is ours of a shared file that is made: our entries.
    fn part(
        &mut self,
        one: &One<'_>,
        kind: &'static Kind,
        model: &crate::model::Model,
    ) -> Result<(), Trouble> {
        if let Some((how, Some(Node::File { mode, .. }))) = self.plan.record.get(one.path)
            && *how == Owned::Entries
        {
            let node = Node::File { bytes: Bytes(render::create(kind, model, self.templates)?), mode: *mode };
            self.plan.record.insert(one.path.clone(), (Owned::Entries, Some(node)));
        }
        Ok(())
    }
}
