//! The way back to an earlier generation.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::{EITHER, FILE};
use super::over::{content, same};
use super::past::{op, unnamed};
use super::want::Trouble;
use super::{Choice, Choices, Conflict, Item, Plan, PlanError, Reason};
use crate::config::Bytes;
use crate::diff::{One, Op};
use crate::file;
use crate::merge;
use crate::render;
use crate::report::Report;
use crate::root::{Found, Root, unreadable};
use crate::state::{Manifest, Meta, Owned, Side, State, What};
use crate::template::Templates;
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

/// What is known of a path that changed since.
struct Since<'a> {
    /// The first generation that changed it, and what was there.
    first: (u64, Option<&'a Meta>),
    /// The last one, and what it left there.
    last: (u64, Option<&'a Meta>),
}

impl Plan {
    /// What has to be done so that a root is as a generation left it; 0 is how it was before the first. What was changed
    /// by somebody else since is a conflict, where it would be lost.
    ///
    /// # Errors
    /// When the generations since then are not all kept, or something cannot be read.
    pub fn back(
        generation: u64,
        root: &Root,
        choices: &Choices,
        report: &mut Report,
    ) -> Result<Self, PlanError> {
        let state = State::open(root)?.ok_or(PlanError::NoGeneration(generation))?;
        let all = state.generations()?;
        let newest = all.last().copied().unwrap_or_default();
        let kept = |number: &u64| all.binary_search(number).is_ok();
        if generation > newest || !(generation.max(1)..=newest).all(|number| kept(&number)) {
            return Err(PlanError::NoGeneration(generation));
        }
        let mut later = Vec::new();
        for number in generation.saturating_add(1)..=newest {
            later.push(state.manifest(number)?.ok_or(PlanError::NoGeneration(number))?);
        }
        let left = match generation {
            0 => Manifest::default(),
            number => state.manifest(number)?.ok_or(PlanError::NoGeneration(number))?,
        };
        let mut plan =
            Self { interrupted: state.pending()?.is_some(), last: state.last_owned()?, ..Self::default() };
        plan.secret = later.iter().chain([&left]).flat_map(|m| m.secret.iter().cloned()).collect();
        for (path, how) in left.owned {
            let old = match how {
                Owned::Whole | Owned::Entries => first_base(&state, &later, &path)?,
                Owned::Once | Owned::Folder => None,
            };
            plan.record.insert(path, (how, old));
        }
        let templates = Templates::builtin();
        let back = Back { state: &state, root, templates: &templates, choices };
        let mut whole = true;
        for (path, since) in since(&later) {
            match back.path(path, &since, &mut plan) {
                Ok(()) => continue,
                Err(Trouble::State(error)) => return Err(error.into()),
                Err(Trouble::Root(error)) => report.push(unreadable(path, &error.source)),
                Err(Trouble::Render(error)) => report.push(render::diagnostic(path, &error)),
            }
            whole = false;
        }
        back.above(&mut plan)?;
        back.over_folders(&mut plan, report)?;
        back.folders(&mut plan)?;
        plan.sorted(root);
        if whole { Ok(plan) } else { Err(PlanError::Reported) }
    }
}

fn since(later: &[Manifest]) -> BTreeMap<&RelPath, Since<'_>> {
    let mut all: BTreeMap<&RelPath, Since<'_>> = BTreeMap::new();
    for manifest in later {
        for change in &manifest.changes {
            let (before, after) = (change.before.as_ref(), change.after.as_ref());
            let number = manifest.generation;
            all.entry(&change.path)
                .and_modify(|since| since.last = (number, after))
                .or_insert(Since { first: (number, before), last: (number, after) });
        }
    }
    all
}

/// What was ours at a path before the first of these generations changed that.
fn first_base(state: &State, later: &[Manifest], path: &RelPath) -> Result<Option<Node>, PlanError> {
    for manifest in later {
        if let Some(node) = state.base(Some(manifest.generation), Side::Base, path)? {
            return Ok(Some(node));
        }
    }
    Ok(None)
}

struct Back<'a> {
    state: &'a State,
    root: &'a Root,
    templates: &'a Templates,
    choices: &'a Choices,
}

impl Back<'_> {
    fn path(&self, path: &RelPath, since: &Since<'_>, plan: &mut Plan) -> Result<(), Trouble> {
        let (number, before) = since.first;
        let wanted =
            before.map(|meta| self.state.side(Some(number), Side::Before, path, meta)).transpose()?;
        let (last, after) = since.last;
        let left = after.map(|meta| self.state.side(Some(last), Side::After, path, meta)).transpose()?;
        let found = self.root.find(path)?;
        let now = found.as_ref().map(|found| &found.node);
        if now == wanted.as_ref() {
            return Ok(());
        }
        let op = op(now, wanted.as_ref());
        let kind = file::find(path);
        let nothing = unnamed(path, [now, wanted.as_ref()], &plan.secret);
        let one = One { path, file: &nothing, templates: self.templates, root: self.root };
        let conflict = match (now, &left) {
            (now, left) if now == left.as_ref() => None,
            (None, _) => Some((Reason::Removed, EITHER)),
            (Some(Node::Dir { .. }), None | Some(Node::Dir { .. })) => None,
            (Some(now), Some(left)) if same(now, left) => Some((Reason::Mode, EITHER)),
            (Some(Node::File { .. }), Some(Node::File { .. }))
                if matches!(wanted, Some(Node::File { .. })) =>
            {
                Some((Reason::Edited, FILE))
            }
            _ => Some((Reason::Edited, EITHER)),
        };
        let mut item = Item::new(one.change(op, now.cloned(), wanted.clone(), None), found.clone());
        if let Some(meta) = before {
            item.owner = Some(meta.owner);
            item.modified = meta.modified;
            if let What::File(_) = meta.what {
                item.copy = crate::state::rel(&format!("generations/{number}/before/{path}")).ok();
            }
        }
        let Some((reason, choices)) = conflict else {
            plan.items.push(item);
            return Ok(());
        };
        let mut conflict = Conflict::new(reason, choices);
        match self.choices.of(path).filter(|choice| choices.contains(choice)) {
            Some(Choice::TakeOurs) => plan.items.push(item),
            Some(Choice::KeepTheirs | Choice::ConfigProtect) => {
                item.conflict = Some(conflict);
                plan.kept.push(item);
            }
            Some(Choice::Merge) => {
                let bytes = |node: Option<&Node>| node.and_then(content).map(|bytes| bytes.0.clone());
                let (base, ours, theirs) = (bytes(left.as_ref()), bytes(wanted.as_ref()), bytes(now));
                let (Some(ours), Some(theirs)) = (ours, theirs) else { return Ok(()) };
                let merged = merge::three_way(kind, base.as_deref(), &ours, &theirs)?;
                if !merged.conflicts.is_empty() {
                    conflict = Conflict { entries: merged.conflicts, ..Conflict::new(Reason::Merge, EITHER) };
                    item.conflict = Some(conflict);
                } else if merged.bytes == theirs {
                    return Ok(());
                } else if let Some(Node::File { mode, .. }) = now {
                    let node = Node::File { bytes: Bytes(merged.bytes), mode: *mode };
                    item.change = one.change(Op::Update, now.cloned(), Some(node), None);
                    item.modified = None;
                    item.owner = found.as_ref().map(|found| found.owner);
                    item.copy = None;
                }
                plan.items.push(item);
            }
            None => {
                item.conflict = Some(conflict);
                plan.items.push(item);
            }
        }
        Ok(())
    }

    /// Folders that somebody removed since, and what was put in their places.
    fn above(&self, plan: &mut Plan) -> Result<(), PlanError> {
        let outer = crate::state::StateError::from;
        let made = |item: &&Item| item.change.after.is_some();
        let needed: BTreeSet<RelPath> =
            plan.items.iter().filter(made).flat_map(|item| item.change.path.ancestors()).collect();
        let planned: BTreeSet<RelPath> = plan.items.iter().map(|item| item.change.path.clone()).collect();
        for path in needed.into_iter().filter(|path| !planned.contains(path)) {
            if let Some(Node::Dir { .. }) = self.root.read_through(&path).map_err(outer)? {
                continue;
            }
            let found = self.root.find(&path).map_err(outer)?;
            let node = Some(Node::Dir { mode: 0o755 });
            let file = unnamed(&path, [found.as_ref().map(|found| &found.node), None], &plan.secret);
            let one = One { path: &path, file: &file, templates: self.templates, root: self.root };
            let change = one.change(Op::Mkdir, found.as_ref().map(|found| found.node.clone()), node, None);
            let mut item = Item::new(change, found);
            if item.before.is_some() && self.choices.of(&path) != Some(Choice::TakeOurs) {
                item.conflict = Some(Conflict::new(Reason::Edited, &[Choice::TakeOurs]));
            }
            plan.items.push(item);
        }
        Ok(())
    }

    /// Folders whose place something else takes again, and what somebody put into them since.
    fn over_folders(&self, plan: &mut Plan, report: &mut Report) -> Result<(), PlanError> {
        let mut gone = Vec::new();
        for at in 0..plan.items.len() {
            let Some(item) = plan.items.get_mut(at) else { continue };
            let is_folder = matches!(item.before, Some(Found { node: Node::Dir { .. }, .. }));
            if !is_folder || matches!(item.change.after, None | Some(Node::Dir { .. })) {
                continue;
            }
            let path = item.change.path.clone();
            let mut tree = Tree::scan(self.root, std::slice::from_ref(&path), report);
            tree.nodes.remove(&path);
            let known: BTreeSet<&RelPath> = plan.items.iter().map(|item| &item.change.path).collect();
            let extra: Vec<RelPath> = tree.nodes.into_keys().filter(|path| !known.contains(path)).collect();
            if extra.is_empty() {
                continue;
            }
            if self.choices.of(&path) != Some(Choice::TakeOurs) {
                if let Some(item) = plan.items.get_mut(at) {
                    item.conflict = Some(Conflict::new(Reason::Folder, &[Choice::TakeOurs]));
                }
                continue;
            }
            for path in extra {
                let found = self.root.find(&path).map_err(crate::state::StateError::from)?;
                let nothing = unnamed(&path, [found.as_ref().map(|found| &found.node), None], &plan.secret);
                let one = One { path: &path, file: &nothing, templates: self.templates, root: self.root };
                let node = found.as_ref().map(|found| found.node.clone());
                gone.push(Item::new(one.change(Op::Remove, node, None, None), found));
            }
        }
        plan.items.extend(gone);
        Ok(())
    }

    /// Folders that were made stay where somebody put something into them.
    fn folders(&self, plan: &mut Plan) -> Result<(), PlanError> {
        let mut going: BTreeSet<RelPath> = (plan.items.iter())
            .filter(|item| item.change.after.is_none() && item.conflict.is_none())
            .map(|item| item.change.path.clone())
            .collect();
        // The inner ones first: one that stays keeps those above it.
        let all: Vec<RelPath> = (plan.items.iter())
            .filter(|item| item.change.after.is_none())
            .filter(|item| matches!(item.before, Some(Found { node: Node::Dir { .. }, .. })))
            .map(|item| item.change.path.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .rev()
            .collect();
        let mut stays = BTreeSet::new();
        for path in all {
            let names = self.root.list(Some(&path)).map_err(crate::state::StateError::from)?;
            let goes = names.unwrap_or_default().iter().all(|name| {
                let inner = name.to_str().and_then(|name| path.join(name).ok());
                inner.is_some_and(|inner| going.contains(&inner))
            });
            if !goes {
                going.remove(&path);
                stays.insert(path);
            }
        }
        plan.items.retain(|item| !stays.contains(&item.change.path));
        Ok(())
    }
}
