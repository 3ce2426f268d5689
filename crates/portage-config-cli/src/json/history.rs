//! What was done to a machine, and what became of it.

use portage_config::state::Manifest;
use serde::Serialize;

use super::Meaning;
use crate::secrets::Secrets;

/// What one run did, and why.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Generation {
    pub(crate) generation: u64,
    pub(crate) what: String,
    pub(crate) time: String,
    pub(crate) spec: Option<String>,
    pub(crate) root: Option<String>,
    pub(crate) variants: Vec<String>,
    pub(crate) program: String,
    pub(crate) counts: Counts,
}

/// How many paths a run changed.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Counts {
    pub(crate) created: usize,
    pub(crate) updated: usize,
    pub(crate) removed: usize,
}

/// How many paths are ours.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Owned {
    pub(crate) whole: usize,
    pub(crate) entries: usize,
    pub(crate) once: usize,
    pub(crate) folder: usize,
}

/// A run that is not done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pending {
    pub(crate) running: bool,
    pub(crate) run: Generation,
}

/// A path that is not as it was written.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Drift {
    pub(crate) path: String,
    pub(crate) how: &'static str,
    pub(crate) own: portage_config::state::Owned,
    pub(crate) kind: Option<&'static str>,
    pub(crate) meaning: Vec<Meaning>,
}

impl Generation {
    pub(crate) fn of(manifest: &Manifest) -> Self {
        let about = manifest.about.clone();
        Self {
            generation: manifest.generation,
            what: about.what,
            time: about.time,
            spec: about.spec,
            root: about.root,
            variants: about.variants,
            program: about.program,
            counts: Counts::of(manifest),
        }
    }
}

impl Counts {
    pub(crate) fn of(manifest: &Manifest) -> Self {
        let mut counts = Self::default();
        for change in &manifest.changes {
            match (&change.before, &change.after) {
                (None, _) => counts.created += 1,
                (Some(_), Some(_)) => counts.updated += 1,
                (Some(_), None) => counts.removed += 1,
            }
        }
        counts
    }
}

impl Drift {
    pub(crate) fn of(drift: &portage_config::plan::Drift, secrets: &Secrets) -> Self {
        let change = &drift.change;
        Self {
            path: change.path.to_string(),
            how: drift.how.name(),
            own: drift.owned,
            kind: change.kind,
            meaning: change.meaning.iter().map(|m| crate::changes::meant(m, secrets)).collect(),
        }
    }
}
