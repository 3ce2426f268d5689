//! The group that reads a file with a secret.

use super::want::{Making, Trouble};
use crate::diff::{One, Op, Wanted};
use crate::render;
use crate::root::Found;
use crate::tree::Node;
use crate::vocab::RelPath;

impl Making<'_> {
    /// Gives a file with a secret to the group that has to read it. Where there is no such group, or it may not be
    /// given to it, nobody but the owner reads the file.
    pub(super) fn readable(&mut self, one: &One<'_>, wanted: &mut Wanted) -> Result<(), Trouble> {
        if one.file.mode.is_some() || !render::holds_secret(one.file) {
            return Ok(());
        }
        let render::Reader::Group(name) = render::reader(one.file) else { return Ok(()) };
        let place = self.root.resolve(one.path.as_str()).unwrap_or_else(|| one.path.clone());
        let found = self.root.find(&place)?;
        let group = self.root.group_id(name)?;
        let user = rustix::process::geteuid();
        let mine = found.as_ref().is_some_and(|found| Some(found.owner.1) == group);
        let Some(group) = group.filter(|_| mine || user.is_root()) else {
            if let Some(Node::File { mode, .. }) = &mut wanted.after {
                *mode &= !0o070;
            }
            self.settle(wanted);
            return Ok(());
        };
        let owner = (found.as_ref().map_or(user.as_raw(), |found| found.owner.0), group);
        if found.as_ref().is_some_and(|found| found.owner == owner) && wanted.op.is_none() {
            return Ok(());
        }
        if wanted.op.is_none() {
            let (Some(Found { node, .. }), Some(Node::File { .. })) = (&found, &wanted.found) else {
                return Ok(());
            };
            wanted.op = Some(Op::Chmod);
            wanted.after = Some(node.clone());
        }
        self.owners.insert(one.path.clone(), owner);
        Ok(())
    }

    /// A change of the mode that comes to nothing is none.
    fn settle(&self, wanted: &mut Wanted) {
        if wanted.op == Some(Op::Chmod) && wanted.after == wanted.found {
            wanted.op = None;
            wanted.after = None;
        }
    }

    /// The owner that a path is to have, if it is not whoever has or makes it.
    pub(super) fn owner(&self, path: &RelPath) -> Option<(u32, u32)> {
        self.owners.get(path).copied()
    }
}
