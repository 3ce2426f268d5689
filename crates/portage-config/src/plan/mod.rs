//! A plan: what has to be done so that a root holds what a configuration wants, and what stands against it.
//!
//! It is made of three trees: what is there, what is wanted, and what was written last ([`crate::state`]). What is there
//! and is not what was written last is somebody's work: where the plan would touch it there is a [`Conflict`], and
//! nothing is done until somebody has chosen.
//!
//! ```
//! use portage_config::{apply::Options, config::{Body, Config, File}, file, plan::{Choice, Choices, Plan},
//!     report::Report, root::Root, state::{About, Guard}, template::Templates, vocab::RelPath};
//! let dir = tempfile::tempdir()?;
//! std::fs::create_dir(dir.path().join("etc"))?;
//! std::fs::write(dir.path().join("etc/motd"), "by hand\n")?;
//! let path = RelPath::parse("etc/motd")?;
//! let wanted = File::new(file::find(&path), Body::Text(portage_config::config::Bytes(b"hello\n".to_vec())));
//! let config = Config { files: [(path.clone(), wanted)].into() };
//!
//! let (root, templates, mut report) = (Root::open(dir.path())?, Templates::builtin(), Report::new());
//! let mut guard = Guard::take(&root, true)?;
//! let plan = Plan::new(&config, &templates, &root, &Choices::default(), &mut report)?;
//! assert_eq!(plan.conflicts().count(), 1);
//! // Somebody has chosen.
//! let choices = Choices { all: Some(Choice::TakeOurs), ..Choices::default() };
//! let plan = Plan::new(&config, &templates, &root, &choices, &mut report)?;
//! let done = plan.apply(&root, &mut guard, &About::default(), &Options::default())?.ok_or("nothing to do")?;
//! assert_eq!(std::fs::read_to_string(dir.path().join("etc/motd"))?, "hello\n");
//!
//! let back = Plan::back(done.generation - 1, &root, &Choices::default(), &mut report)?;
//! back.apply(&root, &mut guard, &About::default(), &Options::default())?;
//! assert_eq!(std::fs::read_to_string(dir.path().join("etc/motd"))?, "by hand\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod back;
mod choice;
mod decide;
mod drift;
mod folder;
mod leave;
mod over;
mod owner;
mod past;
mod shared;
mod want;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use choice::{Choice, Choices, Conflict, Reason};
pub use drift::{Drift, Drifted, drift};
pub use past::{done, since};

use crate::config::{Config, Own};
use crate::diff::{self, Change};
use crate::render;
use crate::report::Report;
use crate::root::{Found, Root};
use crate::state::{Manifest, Owned, State, StateError};
use crate::template::Templates;
use crate::tree::Node;
use crate::vocab::RelPath;

/// What has to be done, as data.
#[derive(Debug, Default)]
pub struct Plan {
    /// The changes, by path; those with a conflict that nobody has decided among them.
    pub items: Vec<Item>,
    /// What would have changed and does not: theirs is kept.
    pub kept: Vec<Item>,
    /// Whether a run was cut off and has to be finished first.
    pub interrupted: bool,
    /// What is ours afterwards, with what is there then; `None`: as it was written down last.
    pub(crate) record: BTreeMap<RelPath, (Owned, Option<Node>)>,
    /// What is ours so far.
    pub(crate) last: Option<Manifest>,
    /// The paths that hold a secret, or held one.
    pub(crate) secret: BTreeSet<RelPath>,
}

/// One change of a plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Item {
    /// What changes, and what it means.
    pub change: Change,
    /// Where it is done, if not at the path itself: a link there is written through.
    pub at: Option<RelPath>,
    /// What stands against it.
    pub conflict: Option<Conflict>,
    /// What is there, with its owner.
    pub(crate) before: Option<Found>,
    /// The owner it gets, if another.
    pub(crate) owner: Option<(u32, u32)>,
    /// The time it gets back.
    pub(crate) modified: Option<(i64, u32)>,
    /// The file whose attributes it gets back: a copy that is kept.
    pub(crate) copy: Option<RelPath>,
}

impl Item {
    pub(crate) fn new(change: Change, before: Option<Found>) -> Self {
        Self { change, at: None, conflict: None, before, owner: None, modified: None, copy: None }
    }

    /// The path at which it is done.
    pub fn place(&self) -> &RelPath {
        self.at.as_ref().unwrap_or(&self.change.path)
    }
}

/// Why there is no plan. What is wrong with single files is in the report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Files that cannot be read, rendered or told apart: see the report.
    #[error("what is to be done cannot be told")]
    Reported,
    /// What is remembered of the root cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// There is no such generation to go back to.
    #[error("generation {0} is not kept")]
    NoGeneration(u64),
}

impl Plan {
    /// What has to be done so that a root holds what a configuration wants.
    ///
    /// A folder of a kind that emerge writes into (`package.use`, see `emerge(1)`, `--autounmask-write`) gets a file of
    /// its own to write to, `zz-autounmask`, where its last file would otherwise be one of ours.
    ///
    /// # Errors
    /// When something cannot be read or rendered, which is reported, or the state of the root cannot be used.
    pub fn new(
        config: &Config,
        templates: &Templates,
        root: &Root,
        choices: &Choices,
        report: &mut Report,
    ) -> Result<Self, PlanError> {
        let state = State::open(root)?;
        let (last, interrupted) = match &state {
            Some(state) => (state.last_owned()?, state.pending()?.is_some()),
            None => (None, false),
        };
        let near = root.near().map_err(StateError::from)?;
        let mut making = want::Making {
            config,
            templates,
            root: &near,
            state: state.as_ref(),
            last: last.as_ref(),
            choices,
            plan: Self { interrupted, ..Self::default() },
            seen: BTreeSet::new(),
            owners: BTreeMap::new(),
            blocked: BTreeSet::new(),
            whole: true,
        };
        making.all(report)?;
        let whole = making.whole;
        let mut plan = making.plan;
        let held = config.files.iter().filter(|(_, file)| render::holds_secret(file));
        plan.secret.extend(held.map(|(path, _)| path.clone()));
        plan.secret.extend(last.iter().flat_map(|last| last.secret.iter().cloned()));
        let behind = plan.items.iter().filter(|item| plan.secret.contains(&item.change.path));
        plan.secret.extend(behind.filter_map(|item| item.at.clone()).collect::<Vec<_>>());
        if let Some(last) = &last {
            let items = plan.items.iter_mut().chain(&mut plan.kept);
            hide_held(items.map(|item| &mut item.change), config, last);
        }
        plan.last = last;
        plan.sorted(root);
        if whole { Ok(plan) } else { Err(PlanError::Reported) }
    }

    /// By path, and each change knowing of the others.
    fn sorted(&mut self, root: &Root) {
        self.items.sort_by(|a, b| a.change.path.cmp(&b.change.path));
        let mut changes: Vec<Change> = (self.items.iter_mut())
            .map(|item| {
                let rest = Change::new(item.change.path.clone(), item.change.op, None, None);
                std::mem::replace(&mut item.change, rest)
            })
            .collect();
        diff::relate(&mut changes, root);
        for (item, change) in self.items.iter_mut().zip(changes) {
            item.change = change;
        }
    }

    /// Whether nothing is to be done. What would be kept does not count.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && !self.forgets()
    }

    /// What stands against it, and nobody has decided.
    pub fn conflicts(&self) -> impl Iterator<Item = (&RelPath, &Conflict)> {
        self.items.iter().filter_map(|item| Some((&item.change.path, item.conflict.as_ref()?)))
    }

    /// The plan as a list of what is done, for people.
    pub fn display(&self) -> impl fmt::Display + '_ {
        Listed(self)
    }

    /// Whether a path that was ours is not any more, or in another way, though nothing of it changes.
    fn forgets(&self) -> bool {
        let owned = self.last.as_ref().map(|last| &last.owned);
        owned.is_some_and(|owned| {
            owned.iter().any(|(path, how)| match how {
                Owned::Whole | Owned::Entries => self.record.get(path).is_none_or(|(now, _)| now != how),
                _ => false,
            })
        })
    }
}

/// Hides the words of changes of files that held a secret when they were written, and of which a configuration does not
/// say so any more: where the secret stands is known to nobody then.
pub fn hide_held<'a>(changes: impl IntoIterator<Item = &'a mut Change>, config: &Config, last: &Manifest) {
    for change in changes {
        let says_so = || config.files.get(&change.path).is_some_and(render::holds_secret);
        if last.secret.contains(&change.path) && !says_so() {
            change.hide();
        }
    }
}

struct Listed<'a>(&'a Plan);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (items, word) in [(&self.0.items, ""), (&self.0.kept, "keep ")] {
            for item in items {
                let path = &item.change.path;
                let op = match word {
                    "" => format!("{:?} ", item.change.op).to_lowercase(),
                    word => word.to_owned(),
                };
                write!(f, "{op}{path}")?;
                if let Some(at) = &item.at {
                    write!(f, " (at {at})")?;
                }
                match &item.conflict {
                    Some(conflict) if word.is_empty() => writeln!(f, ": {conflict}")?,
                    _ => writeln!(f)?,
                }
            }
        }
        Ok(())
    }
}

/// Whose a file of a configuration is once it is there.
pub(crate) fn owned(own: Own) -> Owned {
    match own {
        Own::Whole => Owned::Whole,
        Own::Entries => Owned::Entries,
        Own::Once => Owned::Once,
    }
}
