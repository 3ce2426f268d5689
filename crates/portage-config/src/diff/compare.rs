//! Comparing a root with a configuration, file by file.

use std::collections::{BTreeSet, HashSet};

use super::hidden::Side;
use super::{Change, Hidden, Op, meaning};
use crate::config::{Body, Bytes, Config, File, Own};
use crate::file::Kind;
use crate::meaning::said;
use crate::model::Model;
use crate::render;
use crate::report::Report;
use crate::root::{Root, unreadable};
use crate::syntax;
use crate::template::{RenderError, Templates};
use crate::tree::Node;
use crate::vocab::RelPath;

/// What has to change in a root so that it holds what a configuration wants, by path. What cannot be read or
/// rendered is reported.
///
/// A file that is reached through a link at the end of its path is compared through it; one that has to change
/// takes the link's place. The mode of a file that is there is compared where the configuration says one, where
/// the file holds a secret (nobody else may read it) and where its kind is a program.
pub fn diff(config: &Config, templates: &Templates, root: &Root, report: &mut Report) -> Vec<Change> {
    render::clashes(config, report);
    let mut changes = Vec::new();
    let mut seen = BTreeSet::new();
    for (path, file) in &config.files {
        if let Body::HandsOff = file.body {
            continue;
        }
        let found = match root.read(path) {
            Ok(found) => found,
            Err(error) => {
                report.push(unreadable(path, &error.source));
                continue;
            }
        };
        let one = One { path, file, templates, root };
        match one.compare(found, report) {
            Ok(None) => {}
            Ok(Some(change)) => {
                if change.before.is_none() {
                    in_the_way(config, root, path, &mut seen, &mut changes);
                }
                changes.push(change);
            }
            Err(error) => report.push(render::diagnostic(path, &error)),
        }
    }
    changes
}

/// Files that are where a folder has to be.
fn in_the_way(
    config: &Config,
    root: &Root,
    path: &RelPath,
    seen: &mut BTreeSet<RelPath>,
    changes: &mut Vec<Change>,
) {
    for above in path.ancestors() {
        if !seen.insert(above.clone()) || config.files.contains_key(&above) {
            continue;
        }
        if let Ok(Some(Node::File { .. })) = root.read_through(&above)
            && let Ok(before) = root.read(&above)
        {
            changes.push(Change::new(above, Op::Mkdir, before, Some(Node::Dir { mode: 0o755 })));
        }
    }
}

struct One<'a> {
    path: &'a RelPath,
    file: &'a File,
    templates: &'a Templates,
    root: &'a Root,
}

impl One<'_> {
    fn compare(&self, found: Option<Node>, report: &mut Report) -> Result<Option<Change>, RenderError> {
        let file = self.file;
        let path = || self.path.clone();
        if file.own == Own::Once && found.is_some() {
            return Ok(None);
        }
        match (&file.body, &found) {
            (Body::HandsOff, _) | (Body::Absent, None) => Ok(None),
            (Body::Absent, Some(_)) => Ok(Some(self.change(Op::Remove, found, None, None))),
            (Body::Link(target), _) => {
                let after = Node::Symlink { target: target.clone() };
                let same = found.as_ref() == Some(&after);
                Ok((!same).then(|| Change::new(path(), Op::Symlink, found, Some(after))))
            }
            (Body::Dir, Some(Node::Dir { mode })) => {
                let wanted = file.mode.unwrap_or(*mode);
                let after = Node::Dir { mode: wanted };
                Ok((wanted != *mode).then(|| Change::new(path(), Op::Chmod, found, Some(after))))
            }
            (Body::Dir, _) => {
                if let (Some(Node::Symlink { .. }), Ok(Some(Node::Dir { .. }))) =
                    (&found, self.root.read_through(self.path))
                {
                    return Ok(None);
                }
                let after = Node::Dir { mode: file.mode.unwrap_or(0o755) };
                Ok(Some(Change::new(path(), Op::Mkdir, found, Some(after))))
            }
            (Body::Model(_) | Body::Text(_), Some(Node::File { bytes, mode })) => {
                let (after, wanted) = (self.content(Some(&bytes.0))?, self.mode_over(*mode));
                let op = match (after == bytes.0, wanted == *mode) {
                    (true, true) => return Ok(None),
                    (true, false) => Op::Chmod,
                    (false, _) => Op::Update,
                };
                let after = Node::File { bytes: Bytes(after), mode: wanted };
                Ok(Some(self.change(op, found, Some(after), None)))
            }
            (Body::Model(_) | Body::Text(_), Some(Node::Symlink { .. })) => {
                let behind = match self.root.read_through(self.path) {
                    Ok(Some(Node::File { bytes, mode })) => Some((bytes, mode)),
                    Ok(_) => None,
                    Err(error) => {
                        report.push(unreadable(self.path, &error.source));
                        return Ok(None);
                    }
                };
                let Some((bytes, mode)) = behind else {
                    return self.create(Op::Update, found);
                };
                let (after, wanted) = (self.content(Some(&bytes.0))?, self.mode_over(mode));
                if after == bytes.0 && wanted == mode {
                    return Ok(None);
                }
                let after = Node::File { bytes: Bytes(after), mode: wanted };
                Ok(Some(self.change(Op::Update, found, Some(after), Some(bytes))))
            }
            (Body::Model(_) | Body::Text(_), Some(Node::Dir { .. })) => self.create(Op::Update, found),
            (Body::Model(_) | Body::Text(_), None) => self.create(Op::Create, found),
        }
    }

    fn create(&self, op: Op, found: Option<Node>) -> Result<Option<Change>, RenderError> {
        let after = render::node(self.file, self.templates)?;
        Ok(Some(self.change(op, found, after, None)))
    }

    fn content(&self, current: Option<&[u8]>) -> Result<Vec<u8>, RenderError> {
        match (&self.file.body, self.file.kind, current) {
            (Body::Model(model), Some(kind), Some(current)) => {
                render::update(kind, model, self.file.own, current)
            }
            _ => match render::node(self.file, self.templates)? {
                Some(Node::File { bytes, .. }) => Ok(bytes.0),
                _ => Ok(Vec::new()),
            },
        }
    }

    /// The mode that a file with this one is to have.
    fn mode_over(&self, mode: u32) -> u32 {
        match self.file.mode {
            Some(wanted) => wanted,
            None if render::holds_secret(self.file) => {
                if mode & 0o077 == 0 {
                    mode
                } else {
                    0o600
                }
            }
            None => self.file.kind.map(|kind| kind.mode).filter(|mode| mode & 0o111 != 0).unwrap_or(mode),
        }
    }

    /// A change of a file, with what it means. `behind`: the bytes behind a link that is there.
    fn change(&self, op: Op, found: Option<Node>, after: Option<Node>, behind: Option<Bytes>) -> Change {
        let mut change = Change::new(self.path.clone(), op, found, after);
        let Some(kind) = self.file.kind else {
            if self.file.secret {
                change.hidden = Hidden::All;
            }
            return change;
        };
        change.kind = Some(kind.name);
        let read = |bytes: &[u8]| syntax::read(&kind.grammar, bytes, &mut Report::new().file(self.path));
        let before = match (&change.before, &behind) {
            (_, Some(bytes)) | (Some(Node::File { bytes, .. }), None) => {
                Some((bytes.0.as_slice(), read(&bytes.0)))
            }
            _ => None,
        };
        let after = match &change.after {
            Some(Node::File { bytes, .. }) => Some((bytes.0.as_slice(), read(&bytes.0))),
            _ => None,
        };
        let wanted = match &self.file.body {
            Body::Model(model) => Some(model),
            _ => None,
        };
        (change.meaning, change.hidden) = self.explain(kind, wanted, before, after);
        change
    }

    fn explain(
        &self,
        kind: &Kind,
        wanted: Option<&Model>,
        before: Option<(&[u8], Model)>,
        after: Option<(&[u8], Model)>,
    ) -> (Vec<super::Meaning>, Hidden) {
        let sides: Vec<Side<'_>> =
            [&before, &after].into_iter().flatten().map(|(text, model)| Side { text, model }).collect();
        let hidden = match wanted {
            // A parameter filled into a text: only its reader knows where.
            None if self.file.secret => Hidden::All,
            _ => Hidden::of(kind, wanted, &sides),
        };
        let mut meaning = meaning(&kind.grammar, before.as_ref().map(|b| &b.1), after.as_ref().map(|a| &a.1));
        let secret: HashSet<String> = match wanted {
            Some(model) if model.holds_secret() => {
                let all = said(&kind.grammar, model).into_iter();
                all.filter(|(_, said)| said.secret).map(|(key, _)| key.to_string()).collect()
            }
            _ => HashSet::new(),
        };
        for entry in &mut meaning {
            if matches!(hidden, Hidden::All) || secret.contains(&entry.key) {
                entry.secret = true;
                for words in [&mut entry.before, &mut entry.after].into_iter().flatten() {
                    *words = vec!["***".to_owned()];
                }
            }
        }
        (meaning, hidden)
    }
}
