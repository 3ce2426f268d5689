//! Where a folder takes the place of a file, or a file that of a folder; folders on the way; what is written beside.

use super::choice::{EITHER, MERGE};
use super::want::{Draft, Making, Trouble};
use super::{Choice, Conflict, Item, Reason};
use crate::config::{Body, Bytes, File};
use crate::diff::{Change, One, Op};
use crate::file::{self, Grammar, Place};
use crate::render;
use crate::report::{Report, Severity};
use crate::root::{Found, RootError};
use crate::state::Owned;
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

impl Making<'_> {
    /// Folders that are missing above a path, and files that stand where one has to be.
    pub(super) fn above(&mut self, path: &RelPath) -> Result<(), Trouble> {
        for above in path.ancestors() {
            let is_named = |file: &File| matches!(file.body, Body::Dir);
            if self.config.files.get(&above).is_some_and(is_named) || !self.seen.insert(above.clone()) {
                continue;
            }
            match self.root.read_through(&above)? {
                Some(Node::Dir { .. }) => {}
                // The state of the root lies there, and makes them.
                None if crate::state::FOLDER.starts_with(&format!("{above}/")) => {}
                None if self.root.read(&above)?.is_none() => {
                    let node = Some(Node::Dir { mode: 0o755 });
                    let item = Item::new(Change::new(above.clone(), Op::Mkdir, None, node), None);
                    self.plan.record.insert(above, (Owned::Folder, None));
                    self.plan.items.push(item);
                }
                _ => self.over_file(&above)?,
            }
        }
        Ok(())
    }

    /// A folder takes the place of a file. What the file says stays in force: where it is not ours, it becomes the first
    /// file of the folder.
    pub(super) fn over_file(&mut self, path: &RelPath) -> Result<(), Trouble> {
        let before = self.root.find(path)?;
        let now = self.root.read_through(path).ok().flatten();
        let base = self.base(path)?;
        let kind = file::find(path);
        let ours = match (&before, &base) {
            (Some(found), Some(base)) => same(&found.node, base),
            _ => false,
        };
        let node = Some(Node::Dir { mode: 0o755 });
        let nothing = self.absent(path);
        let one = One { path, file: &nothing, templates: self.templates, root: self.root };
        let shown = one.change(Op::Mkdir, before.as_ref().map(|found| found.node.clone()), node, None);
        let mut item = Item::new(shown, before.clone());
        let may_move = kind.is_some_and(|kind| {
            matches!(kind.place, Place::FileOrFolder(_)) && !matches!(kind.grammar, Grammar::Opaque)
        });
        let (Some(found), false) = (before, ours) else {
            self.plan.record.insert(path.clone(), (Owned::Folder, None));
            self.plan.items.push(item);
            return Ok(());
        };
        match now {
            Some(Node::File { .. }) if may_move => {
                let mut name = format!("00-{}", path.name());
                let first = loop {
                    let first = path
                        .join(&name)
                        .map_err(|e| RootError::new(path.as_str(), std::io::Error::other(e.to_string())))?;
                    if !self.config.files.contains_key(&first) {
                        break first;
                    }
                    name.insert(0, '0');
                };
                // A link leads to the same file as before, from one folder further down.
                let node = match &found.node {
                    Node::Symlink { target } if !target.starts_with('/') => {
                        Node::Symlink { target: format!("../{target}") }
                    }
                    node => node.clone(),
                };
                let mut kept = Item::new(Change::new(first, Op::Create, None, Some(node)), None);
                kept.change.kind = kind.map(|kind| kind.name);
                if self.held_secret(path) {
                    self.plan.secret.insert(kept.change.path.clone());
                }
                kept.owner = Some(found.owner);
                kept.modified = Some(found.modified);
                self.plan.record.insert(path.clone(), (Owned::Folder, None));
                self.plan.items.push(item);
                self.plan.items.push(kept);
            }
            _ => {
                let reason = if base.is_some() { Reason::Edited } else { Reason::NotOurs };
                match self.choices.of(path) {
                    Some(Choice::TakeOurs) => {
                        self.plan.record.insert(path.clone(), (Owned::Folder, None));
                        self.plan.items.push(item);
                    }
                    choice => {
                        item.conflict = Some(Conflict::new(reason, EITHER));
                        self.as_before(path);
                        if choice == Some(Choice::KeepTheirs) {
                            self.blocked.insert(path.clone());
                            self.plan.kept.push(item);
                        } else {
                            self.plan.items.push(item);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// What cannot be where a file stays.
    pub(super) fn below_blocked(&mut self) {
        let blocked = std::mem::take(&mut self.blocked);
        let is_below = |path: &RelPath| path.ancestors().iter().any(|above| blocked.contains(above));
        let items = std::mem::take(&mut self.plan.items);
        let (below, items) = items.into_iter().partition(|item| is_below(&item.change.path));
        self.plan.items = items;
        for mut item in below {
            let path = item.change.path.clone();
            self.plan.record.remove(&path);
            self.as_before(&path);
            item.conflict = Some(Conflict::new(Reason::NotOurs, EITHER));
            self.plan.kept.push(item);
        }
    }

    /// A file or a link takes the place of a folder.
    pub(super) fn over_folder(&mut self, draft: &mut Draft<'_>) -> Result<(), Trouble> {
        let path = draft.one.path;
        let mut report = Report::new();
        let mut tree = Tree::scan(self.root, std::slice::from_ref(path), &mut report);
        if let Some(problem) = report.diagnostics.iter().find(|d| d.severity == Severity::Error) {
            let error = std::io::Error::other(problem.message.clone());
            return Err(RootError::new(path.as_str(), error).into());
        }
        tree.nodes.remove(path);
        let (mut foreign, mut text, mut base) = (false, Vec::new(), None);
        let mut is_text = true;
        let mut gone = Vec::new();
        for (below, node) in tree.nodes {
            let ours = match (&node, self.owned(&below)) {
                (Node::Dir { .. }, Some(Owned::Folder)) => true,
                (Node::File { bytes, .. }, Some(Owned::Once)) => bytes.0.is_empty(),
                (node, Some(Owned::Whole)) => self.base(&below)?.is_some_and(|base| same(&base, node)),
                _ => false,
            };
            foreign |= !ours;
            let is_read = below.as_path().components().all(|c| !c.as_str().starts_with('.'))
                && !below.name().ends_with('~');
            let behind = match &node {
                Node::Symlink { .. } => self.root.read_through(&below)?,
                node => Some(node.clone()),
            };
            match (&node, behind) {
                (_, Some(Node::File { bytes, .. })) if !ours && is_read => {
                    append(&mut text, &bytes.0);
                    if let Some(written) = self.base(&below)?.as_ref().and_then(content) {
                        append(base.get_or_insert_default(), &written.0);
                    }
                }
                // What is in it is not looked at.
                (Node::Symlink { .. }, Some(Node::Dir { .. })) if is_read => is_text = false,
                _ => {}
            }
            let kind = file::find(&below);
            let nothing = File::new(kind, Body::Absent);
            let one = One { path: &below, file: &nothing, templates: self.templates, root: self.root };
            let found = self.root.find(&below)?;
            gone.push(Item::new(one.change(Op::Remove, Some(node), None, None), found));
        }
        let by_entries = draft.one.file.kind.is_some_and(|kind| !matches!(kind.grammar, Grammar::Opaque))
            && is_text
            && matches!(draft.one.file.body, Body::Model(_) | Body::Text(_));
        // An empty folder is in nobody's way, unless it came where we had written, or is what is to go.
        let is_drift = self.base(path)?.is_some() || draft.item.change.op == Op::Remove;
        draft.conflict = match self.owned(path) {
            _ if foreign => Some(Conflict::new(Reason::Folder, if by_entries { MERGE } else { EITHER })),
            Some(Owned::Folder) => None,
            _ if is_drift => Some(Conflict::new(Reason::Edited, EITHER)),
            _ => None,
        };
        draft.theirs = Some(text);
        draft.base = base;
        draft.with = gone;
        Ok(())
    }

    /// Writes what is wanted beside what is there, for dispatch-conf and etc-update.
    pub(super) fn beside(&mut self, item: Item) -> Result<(), Trouble> {
        let place = item.place().clone();
        let Some(Node::File { bytes, .. }) = &item.change.after else { return Ok(()) };
        let folder = place.parent();
        let names = self.root.list(folder.as_ref())?.unwrap_or_default();
        let number = |name: &str| {
            let rest = name.strip_prefix("._cfg")?;
            let (digits, rest) = rest.split_at_checked(4)?;
            (rest.strip_prefix('_')? == place.name()).then(|| digits.parse::<u32>().ok())?
        };
        let last = names.iter().filter_map(|name| number(name.to_str()?)).max();
        let path = |number: u32| {
            let name = format!("._cfg{number:04}_{}", place.name());
            let path = match &folder {
                Some(folder) => folder.join(&name),
                None => RelPath::parse(&name),
            };
            path.map_err(|e| RootError::new(name, std::io::Error::other(e.to_string())))
        };
        if let Some(last) = last
            && matches!(self.root.read(&path(last)?)?, Some(Node::File { bytes: there, .. }) if there == *bytes)
        {
            return Ok(());
        }
        let next = last.map_or(0, |last| last + 1);
        if next > 9999 {
            let full = std::io::Error::other("there are too many proposals for it already");
            return Err(RootError::new(place.as_str(), full).into());
        }
        let mut change = item.change;
        let holds = self.config.files.get(&change.path).is_some_and(render::holds_secret);
        let holds = holds || self.held_secret(&change.path);
        change.path = path(next)?;
        if holds {
            self.plan.secret.insert(change.path.clone());
        }
        change.op = Op::Create;
        change.before = None;
        let mut new = Item::new(change, None);
        new.owner = item.before.as_ref().map(|found: &Found| found.owner);
        self.plan.items.push(new);
        Ok(())
    }
}

fn append(text: &mut Vec<u8>, more: &[u8]) {
    text.extend_from_slice(more);
    if !more.is_empty() && !more.ends_with(b"\n") {
        text.push(b'\n');
    }
}

/// Whether two nodes hold the same, whatever their modes.
pub(super) fn same(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::File { bytes: a, .. }, Node::File { bytes: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

/// The bytes of a file.
pub(super) fn content(node: &Node) -> Option<&Bytes> {
    match node {
        Node::File { bytes, .. } => Some(bytes),
        _ => None,
    }
}
