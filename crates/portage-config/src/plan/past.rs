//! What generations did, and what differs from how they left a root.

use std::collections::BTreeSet;

use super::{Choices, Plan, PlanError, drift};
use crate::config::{Body, File};
use crate::diff::{self, Change, Happened, One, Op};
use crate::file;
use crate::report::Report;
use crate::root::{Root, unreadable};
use crate::state::{Manifest, Meta, Side, State, StateError};
use crate::template::Templates;
use crate::tree::Node;
use crate::vocab::RelPath;

/// What a generation changed in a root, by path, as its copies tell: from what was there to what it left.
///
/// Of a file that others may not read all words are hidden. Copies that cannot be read are reported.
///
/// # Errors
/// When the generation is not kept, or its manifest cannot be understood.
pub fn done(generation: u64, root: &Root, report: &mut Report) -> Result<Vec<Change>, PlanError> {
    let none = || PlanError::NoGeneration(generation);
    let state = State::open(root)?.ok_or_else(none)?;
    let manifest = state.manifest(generation)?.ok_or_else(none)?;
    let templates = Templates::builtin();
    let mut all = Vec::new();
    for change in &manifest.changes {
        let path = &change.path;
        let side = |side, meta: &Option<Meta>| {
            meta.as_ref().map(|meta| state.side(Some(generation), side, path, meta)).transpose()
        };
        let sides =
            side(Side::Before, &change.before).and_then(|b| Ok((b, side(Side::After, &change.after)?)));
        match sides {
            Ok((before, after)) => {
                let file = unnamed(path, [before.as_ref(), after.as_ref()], &manifest.secret);
                let one = One { path, file: &file, templates: &templates, root };
                let op = op(before.as_ref(), after.as_ref());
                all.push(one.change(op, before, after, None));
            }
            Err(StateError::Io(error)) => report.push(unreadable(path, &error.source)),
            Err(error) => return Err(error.into()),
        }
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

/// What would have to change so that a root is as a generation left it, by path; 0 is how it was before the first. That
/// is what [`Plan::back`] would do, and what [`drift`] finds of what no later generation changed. Nothing is written.
///
/// # Errors
/// As [`Plan::back`].
pub fn since(generation: u64, root: &Root, report: &mut Report) -> Result<Vec<Change>, PlanError> {
    let plan = Plan::back(generation, root, &Choices::default(), report)?;
    let mut all: Vec<Change> = plan.items.into_iter().map(|item| item.change).collect();
    let Some(state) = State::open(root)? else { return Ok(all) };
    let owned = state.manifest(generation)?.map(|manifest| manifest.owned).unwrap_or_default();
    let mut later: BTreeSet<RelPath> = BTreeSet::new();
    for number in state.generations()?.into_iter().filter(|number| *number > generation) {
        let changes = |manifest: Manifest| manifest.changes.into_iter().map(|change| change.path);
        later.extend(state.manifest(number)?.into_iter().flat_map(changes));
    }
    let drifted = drift(root, report)?.into_iter();
    let drifted = drifted.filter(|drift| drift.how.matters()).map(|drift| drift.change);
    all.extend(drifted.filter(|c| owned.contains_key(&c.path) && !later.contains(&c.path)).map(turned));
    all.sort_by(|a, b| a.path.cmp(&b.path));
    diff::relate(&mut all, root);
    Ok(all)
}

/// A change the other way round.
fn turned(mut change: Change) -> Change {
    change.op = op(change.after.as_ref(), change.before.as_ref());
    std::mem::swap(&mut change.before, &mut change.after);
    for meaning in &mut change.meaning {
        std::mem::swap(&mut meaning.before, &mut meaning.after);
        meaning.happened = match std::mem::replace(&mut meaning.happened, Happened::Changed) {
            Happened::Added => Happened::Removed,
            Happened::Removed => Happened::Added,
            Happened::MovedTo(path) => Happened::MovedFrom(path),
            Happened::MovedFrom(path) => Happened::MovedTo(path),
            other => other,
        };
    }
    change
}

/// What is done where one takes the place of the other.
pub(super) fn op(before: Option<&Node>, after: Option<&Node>) -> Op {
    match (before, after) {
        (_, None) => Op::Remove,
        (Some(Node::Dir { .. }), Some(Node::Dir { .. })) => Op::Chmod,
        (Some(Node::File { bytes: a, .. }), Some(Node::File { bytes: b, .. })) if a == b => Op::Chmod,
        (_, Some(Node::Dir { .. })) => Op::Mkdir,
        (_, Some(Node::Symlink { .. })) => Op::Symlink,
        (None, Some(Node::File { .. })) => Op::Create,
        (Some(_), Some(Node::File { .. })) => Op::Update,
    }
}

/// A file of which no configuration speaks. One that others may not read may hold a secret that only a spec knows of.
pub(super) fn unnamed(path: &RelPath, sides: [Option<&Node>; 2], secret: &BTreeSet<RelPath>) -> File {
    let mut file = File::new(file::find(path), Body::Absent);
    let private = |node: &&Node| matches!(node, Node::File { mode, .. } if mode & 0o004 == 0);
    file.secret = secret.contains(path) || sides.iter().flatten().any(private);
    file
}
