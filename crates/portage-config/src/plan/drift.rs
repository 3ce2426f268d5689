//! What somebody changed since it was written.

use std::collections::BTreeSet;

use serde::Serialize;

use super::past::{op, unnamed};
use super::want::Trouble;
use crate::config::{Bytes, Own};
use crate::diff::{Change, One};
use crate::file::{self, Grammar};
use crate::render;
use crate::report::Report;
use crate::root::{Root, unreadable};
use crate::state::{FOLDER, Owned, State, StateError};
use crate::syntax;
use crate::template::Templates;
use crate::tree::Node;
use crate::vocab::RelPath;

/// A path of ours that is not as it was written last.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Drift {
    /// How it is ours.
    pub owned: Owned,
    /// What became of it.
    pub how: Drifted,
    /// From what was written last to what is there, and what that means. Of a file that others may not read all words
    /// are hidden.
    pub change: Change,
}

/// What became of a path of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Drifted {
    /// Its entries were changed; or its bytes, where its kind has no entries; or where a link leads to.
    Edited,
    /// It is gone.
    Removed,
    /// Only its mode was changed.
    Mode,
    /// Something else is there: a folder, a link that leads to no file, a file in the place of a link.
    Replaced,
    /// Its text was changed, and no entry of it: comments, blanks, order that means nothing.
    Layout,
}

impl Drifted {
    /// Its name: `edited`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Removed => "removed",
            Self::Mode => "mode",
            Self::Replaced => "replaced",
            Self::Layout => "layout",
        }
    }

    /// Whether what it says is another thing than what was written: all but [`Drifted::Layout`].
    pub fn matters(self) -> bool {
        self != Self::Layout
    }
}

/// The paths of a root that are ours and not as they were written last, by path; none where nothing was ever applied.
///
/// Of a file that is shared only our entries count. Files that were made once and folders are somebody else's since.
/// What a link leads to is compared through it, without its mode. Paths of a run that was cut off are left out: the next
/// run tells what became of them. Nothing is written, and paths that cannot be read are reported.
///
/// # Errors
/// When the state of the root cannot be read or understood.
///
/// ```
/// use portage_config::apply::Options;
/// use portage_config::config::{Config, File};
/// use portage_config::plan::{Choices, Drifted, Plan, drift};
/// use portage_config::state::{About, Guard};
/// use portage_config::{file, report::Report, root::Root, syntax, template::Templates, vocab::RelPath};
///
/// let dir = tempfile::tempdir()?;
/// let (root, mut report) = (Root::open(dir.path())?, Report::new());
/// assert!(drift(&root, &mut report)?.is_empty());
///
/// let path = RelPath::parse("etc/portage/make.conf")?;
/// let kind = file::find(&path).ok_or("no such kind")?;
/// let wanted = syntax::read(&kind.grammar, b"USE=\"nbd\"\n", &mut report.file(&path));
/// let config = Config { files: [(path, File::model_of(kind, wanted))].into() };
/// let plan = Plan::new(&config, &Templates::builtin(), &root, &Choices::default(), &mut report)?;
/// plan.apply(&root, &mut Guard::take(&root, false)?, &About::default(), &Options::default())?;
/// assert!(drift(&root, &mut report)?.is_empty());
///
/// std::fs::write(dir.path().join("etc/portage/make.conf"), "USE=\"nbd -X\"\n")?;
/// let found = drift(&root, &mut report)?;
/// assert_eq!(found[0].how, Drifted::Edited);
/// assert_eq!(found[0].change.meaning[0].key, "USE");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn drift(root: &Root, report: &mut Report) -> Result<Vec<Drift>, StateError> {
    let Some(state) = State::open(root)? else { return Ok(Vec::new()) };
    let last = state.last_owned()?.unwrap_or_default();
    let pending: BTreeSet<RelPath> =
        state.pending()?.into_iter().flat_map(|run| run.changes).map(|change| change.path).collect();
    let look = Look {
        root,
        state: &state,
        templates: &Templates::builtin(),
        pending: &pending,
        secret: &last.secret,
    };
    let mut all = Vec::new();
    for (path, owned) in last.owned {
        match look.path(&path, owned) {
            Ok(found) => all.extend(found),
            Err(Trouble::Root(error) | Trouble::State(StateError::Io(error))) => {
                report.push(unreadable(&path, &error.source));
            }
            Err(Trouble::State(error)) => return Err(error),
            Err(Trouble::Render(error)) => report.push(render::diagnostic(&path, &error)),
        }
    }
    Ok(all)
}

struct Look<'a> {
    root: &'a Root,
    state: &'a State,
    templates: &'a Templates,
    pending: &'a BTreeSet<RelPath>,
    secret: &'a BTreeSet<RelPath>,
}

impl Look<'_> {
    fn path(&self, path: &RelPath, owned: Owned) -> Result<Option<Drift>, Trouble> {
        if matches!(owned, Owned::Once | Owned::Folder) || self.pending.contains(path) {
            return Ok(None);
        }
        let Some(base) = self.state.applied(path)? else {
            let path = format!("{FOLDER}/applied/{path}");
            return Err(StateError::Corrupt { path, message: "it is missing".to_owned() }.into());
        };
        let mut now = self.root.read(path)?;
        let mut through = false;
        if let (Node::File { .. }, Some(Node::Symlink { .. })) = (&base, &now) {
            if self.root.resolve(path.as_str()).is_some_and(|place| self.pending.contains(&place)) {
                return Ok(None);
            }
            if let Some(file @ Node::File { .. }) = self.root.read_through(path)? {
                (now, through) = (Some(file), true);
            }
        }
        match owned {
            Owned::Entries => self.entries(path, base, now),
            _ => Ok(self.whole(path, base, now, through)),
        }
    }

    fn whole(&self, path: &RelPath, base: Node, now: Option<Node>, through: bool) -> Option<Drift> {
        if now.as_ref() == Some(&base) {
            return None;
        }
        let change = self.change(path, base, now);
        let how = match (&change.before, &change.after) {
            (_, None) => Drifted::Removed,
            (Some(Node::File { bytes: a, mode: was }), Some(Node::File { bytes: b, mode: is })) => {
                let by_entries = file::find(path).is_some_and(|k| !matches!(k.grammar, Grammar::Opaque));
                let same = a == b || by_entries && change.meaning.is_empty();
                match (same, was == is || through) {
                    (false, _) => Drifted::Edited,
                    (true, false) => Drifted::Mode,
                    (true, true) if a == b => return None,
                    (true, true) => Drifted::Layout,
                }
            }
            (Some(Node::Symlink { .. }), Some(Node::Symlink { .. })) => Drifted::Edited,
            _ => Drifted::Replaced,
        };
        Some(Drift { owned: Owned::Whole, how, change })
    }

    fn entries(&self, path: &RelPath, base: Node, now: Option<Node>) -> Result<Option<Drift>, Trouble> {
        let drift = |how, change| Some(Drift { owned: Owned::Entries, how, change });
        let (Some(Node::File { bytes: theirs, mode }), Node::File { bytes: ours, .. }, Some(kind)) =
            (&now, &base, file::find(path))
        else {
            let how = if now.is_none() { Drifted::Removed } else { Drifted::Replaced };
            return Ok(drift(how, self.change(path, base, now)));
        };
        let model = syntax::read(&kind.grammar, &ours.0, &mut Report::new().file(path));
        let whole = render::update(kind, &model, Own::Entries, &theirs.0)?;
        if whole == theirs.0 {
            return Ok(None);
        }
        let whole = Node::File { bytes: Bytes(whole), mode: *mode };
        let change = self.change(path, whole, now);
        // A comment of ours is gone.
        Ok(if change.meaning.is_empty() { None } else { drift(Drifted::Edited, change) })
    }

    fn change(&self, path: &RelPath, base: Node, now: Option<Node>) -> Change {
        let file = unnamed(path, [Some(&base), now.as_ref()], self.secret);
        let one = One { path, file: &file, templates: self.templates, root: self.root };
        let op = op(Some(&base), now.as_ref());
        one.change(op, Some(base), now, None)
    }
}
