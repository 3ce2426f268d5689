//! What a configuration wants, path by path.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::{EITHER, FILE};
use super::{Choices, Conflict, Item, Plan, PlanError, Reason, owned};
use crate::config::{Body, Bytes, Config, File, Own};
use crate::diff::{One, Op, Wanted, all, meaning};
use crate::file::{Grammar, Kind};
use crate::render;
use crate::report::{Diagnostic, Report, Spot};
use crate::root::{Root, RootError, unreadable};
use crate::state::{Manifest, Owned, State, StateError};
use crate::syntax;
use crate::template::Templates;
use crate::tree::{F006, Node};
use crate::vocab::RelPath;

/// A plan that is being made.
pub(super) struct Making<'a> {
    pub(super) config: &'a Config,
    pub(super) templates: &'a Templates,
    pub(super) root: &'a Root,
    pub(super) state: Option<&'a State>,
    pub(super) last: Option<&'a Manifest>,
    pub(super) choices: &'a Choices,
    pub(super) plan: Plan,
    /// Folders that were looked at already.
    pub(super) seen: BTreeSet<RelPath>,
    /// The owners of files that a group reads.
    pub(super) owners: BTreeMap<RelPath, (u32, u32)>,
    /// Files that stay where a folder is wanted.
    pub(super) blocked: BTreeSet<RelPath>,
    /// Whether all could be told.
    pub(super) whole: bool,
}

/// A change before somebody has chosen.
pub(super) struct Draft<'a> {
    pub(super) one: &'a One<'a>,
    pub(super) item: Item,
    /// Changes that go with it.
    pub(super) with: Vec<Item>,
    pub(super) conflict: Option<Conflict>,
    /// What was written last, for a merge.
    pub(super) base: Option<Vec<u8>>,
    /// What is there, for a merge.
    pub(super) theirs: Option<Vec<u8>>,
    pub(super) how: Owned,
    /// What is ours once it is done.
    pub(super) ours: Option<Node>,
}

impl Making<'_> {
    pub(super) fn all(&mut self, report: &mut Report) -> Result<(), PlanError> {
        self.whole &= render::clashes(self.config, report);
        let (config, templates, root) = (self.config, self.templates, self.root);
        for (one, wanted, found) in all(config, templates, root) {
            report.diagnostics.extend(found.diagnostics);
            self.make(&one, wanted, report)?;
        }
        let gone = self.gone();
        self.leave_files(&gone, report)?;
        self.autounmask(report)?;
        self.leave_folders(&gone, report)?;
        self.below_blocked();
        self.unnamed(report);
        self.same_places(report);
        Ok(())
    }

    pub(super) fn one(&mut self, one: &One<'_>, report: &mut Report) -> Result<(), PlanError> {
        let wanted = one.wanted(report);
        self.make(one, wanted, report)
    }

    fn make(&mut self, one: &One<'_>, wanted: Option<Wanted>, report: &mut Report) -> Result<(), PlanError> {
        let Some(mut wanted) = wanted else {
            self.whole = false;
            return Ok(());
        };
        let readable = self.readable(one, &mut wanted);
        self.told(one.path, readable, report)?;
        let made = match (&one.file.body, one.file.own) {
            (Body::HandsOff, _) => Ok(()),
            // No file: a folder, as there are files below it.
            (Body::Absent, _) if self.has_below(one.path) => Ok(()),
            (Body::Dir, _) => self.dir(one, wanted),
            (Body::Model(_), Own::Entries) => self.entries(one, wanted),
            _ => self.file(one, wanted),
        };
        self.told(one.path, made, report)
    }

    /// Reports what went wrong with a path alone.
    pub(super) fn told(
        &mut self,
        path: &RelPath,
        made: Result<(), Trouble>,
        report: &mut Report,
    ) -> Result<(), PlanError> {
        match made {
            Ok(()) => return Ok(()),
            Err(Trouble::State(error)) => return Err(error.into()),
            Err(Trouble::Root(error)) => report.push(unreadable(path, &error.source)),
            Err(Trouble::Render(error)) => report.push(render::diagnostic(path, &error)),
        }
        self.whole = false;
        Ok(())
    }

    /// How a path is ours so far.
    pub(super) fn owned(&self, path: &RelPath) -> Option<Owned> {
        self.last.and_then(|last| last.owned.get(path)).copied()
    }

    /// What was written last at a path.
    pub(super) fn base(&self, path: &RelPath) -> Result<Option<Node>, StateError> {
        match (self.state, self.owned(path)) {
            (Some(state), Some(Owned::Whole | Owned::Entries)) => state.applied(path),
            _ => Ok(None),
        }
    }

    /// Whether something is wanted below a path.
    fn has_below(&self, path: &RelPath) -> bool {
        self.config.files.iter().any(|(other, file)| {
            !matches!(file.body, Body::Absent | Body::HandsOff)
                && other.below(path.as_str()).is_some_and(|rest| !rest.is_empty())
        })
    }

    fn dir(&mut self, one: &One<'_>, wanted: Wanted) -> Result<(), Trouble> {
        let was = self.owned(one.path) == Some(Owned::Folder);
        match (wanted.op, &wanted.found) {
            (None, _) => {
                if was {
                    self.plan.record.insert(one.path.clone(), (Owned::Folder, None));
                }
                return Ok(());
            }
            (Some(Op::Mkdir), Some(Node::File { .. })) => return self.over_file(one.path),
            _ => {}
        }
        self.above(one.path)?;
        let before = self.root.find(one.path)?;
        let conflict = match &wanted.found {
            Some(Node::Symlink { .. }) => Some(Conflict::new(Reason::Link, EITHER)),
            _ => None,
        };
        let op = wanted.op.unwrap_or(Op::Mkdir);
        let made = was || op == Op::Mkdir;
        let item = Item::new(one.change(op, wanted.found, wanted.after, None), before);
        self.decide(Draft {
            one,
            item,
            with: Vec::new(),
            conflict,
            base: None,
            theirs: None,
            how: Owned::Folder,
            ours: None,
        })?;
        if !made {
            self.plan.record.remove(one.path);
        }
        Ok(())
    }

    pub(super) fn file(&mut self, one: &One<'_>, wanted: Wanted) -> Result<(), Trouble> {
        let Wanted { op, found, after, behind, told } = wanted;
        let how = owned(one.file.own);
        let Some(op) = op else {
            let (Some(found), false) = (found, matches!(one.file.body, Body::Absent)) else { return Ok(()) };
            let node = match (&found, &one.file.body) {
                _ if how == Owned::Once => None,
                (Node::Symlink { .. }, Body::Model(_) | Body::Text(_)) => self.root.read_through(one.path)?,
                _ => Some(found),
            };
            self.plan.record.insert(one.path.clone(), (how, node));
            return Ok(());
        };
        let base = if how == Owned::Once { None } else { self.base(one.path)? };
        if found.is_none() {
            self.above(one.path)?;
        }
        let mut at = None;
        let is_content = matches!(one.file.body, Body::Model(_) | Body::Text(_));
        let conflict = match (&found, &behind) {
            (Some(Node::Symlink { .. }), Some(bytes)) if is_content => {
                at = self.root.resolve(one.path.as_str());
                let now = Node::File { bytes: bytes.clone(), mode: mode_of(after.as_ref()) };
                self.drift(one, op, Some(&now), base.as_ref())
            }
            (Some(Node::Symlink { .. }), None) if is_content => {
                let ours = base.is_some() && base == found;
                (!ours).then(|| Conflict::new(Reason::Link, EITHER))
            }
            _ => self.drift(one, op, found.as_ref(), base.as_ref()),
        };
        let place = at.as_ref().unwrap_or(one.path);
        let before = self.root.find(place)?;
        let theirs = match (&behind, &found) {
            (Some(bytes), _) | (None, Some(Node::File { bytes, .. })) => Some(bytes.0.clone()),
            _ => None,
        };
        let is_folder = matches!(found, Some(Node::Dir { .. }));
        let ours = after.clone();
        let change = match told {
            told @ Some(_) => one.change_told(op, found, after, told),
            None => one.change(op, found, after, behind),
        };
        let mut item = Item::new(change, before);
        item.at = at;
        let mut draft =
            Draft { one, item, with: Vec::new(), conflict, base: base.and_then(bytes_of), theirs, how, ours };
        if is_folder {
            self.over_folder(&mut draft)?;
        }
        self.decide(draft)
    }

    /// Whether what is there is somebody else's work.
    fn drift(&self, one: &One<'_>, op: Op, now: Option<&Node>, base: Option<&Node>) -> Option<Conflict> {
        let files = |node: &Node| matches!(node, Node::File { .. });
        let choices = match now {
            Some(now) if files(now) && op == Op::Update => FILE,
            _ => EITHER,
        };
        let reason = match (now, base) {
            (None, None) => return None,
            (None, Some(_)) => Reason::Removed,
            (Some(_), None) if op == Op::Chmod => return None,
            (Some(_), None) => Reason::NotOurs,
            (Some(now), Some(base)) if self.alike(one.file, one.path, now, base) => {
                if op == Op::Chmod && mode_of(Some(now)) != mode_of(Some(base)) {
                    Reason::Mode
                } else {
                    return None;
                }
            }
            (Some(_), Some(_)) => Reason::Edited,
        };
        Some(Conflict::new(reason, choices))
    }

    /// Whether two nodes say the same, where the file is changed entry by entry; else whether they are the same.
    fn alike(&self, file: &File, path: &RelPath, a: &Node, b: &Node) -> bool {
        match (a, b) {
            (Node::File { bytes: a, .. }, Node::File { bytes: b, .. }) => {
                a == b
                    || matches!(file.body, Body::Model(_))
                        && file.kind.is_some_and(|kind| says_the_same(kind, path, a, b))
            }
            (a, b) => a == b,
        }
    }

    /// Paths that links make one.
    fn same_places(&mut self, report: &mut Report) {
        let mut seen: BTreeSet<(u64, u64, Vec<u8>)> = BTreeSet::new();
        for item in &self.plan.items {
            let twice = match &item.at {
                Some(at) => self.config.files.contains_key(at),
                None => false,
            };
            let Ok(whereabouts) = self.root.whereabouts(item.place()) else { continue };
            if !seen.insert(whereabouts) || twice {
                let path = &item.change.path;
                let spot = Spot { path: Some(path.clone()), ..Spot::default() };
                let message = format!("`{path}` is another path of the same file, behind a link");
                let help = "leave out one of the two, or remove the link";
                report.push(Diagnostic::new(&F006, spot, message).help(help));
                self.whole = false;
            }
        }
    }
}

/// Why one path could not be told.
pub(super) enum Trouble {
    State(StateError),
    Root(RootError),
    Render(crate::template::RenderError),
}

impl From<StateError> for Trouble {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

impl From<RootError> for Trouble {
    fn from(error: RootError) -> Self {
        Self::Root(error)
    }
}

impl From<crate::template::RenderError> for Trouble {
    fn from(error: crate::template::RenderError) -> Self {
        Self::Render(error)
    }
}

/// Whether two texts of a kind have the same entries.
pub(super) fn says_the_same(kind: &'static Kind, path: &RelPath, a: &Bytes, b: &Bytes) -> bool {
    if a == b {
        return true;
    }
    if matches!(kind.grammar, Grammar::Opaque) {
        return false;
    }
    let read = |text: &Bytes| syntax::read(&kind.grammar, &text.0, &mut Report::new().file(path));
    meaning(&kind.grammar, Some(&read(a)), Some(&read(b))).is_empty()
}

pub(super) fn bytes_of(node: Node) -> Option<Vec<u8>> {
    match node {
        Node::File { bytes, .. } => Some(bytes.0),
        _ => None,
    }
}

fn mode_of(node: Option<&Node>) -> u32 {
    match node {
        Some(Node::File { mode, .. } | Node::Dir { mode }) => *mode,
        _ => 0o644,
    }
}
