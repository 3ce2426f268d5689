//! What is said of forks.

use portage_config::overlay::{Becomes, Dropped, Forked, State, Status, Updated};
use serde::Serialize;

/// A fork.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Fork {
    /// Category and name in the overlay.
    pub(crate) package: String,
    /// Its version there.
    pub(crate) version: String,
    /// The upstream version that was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repository: Option<String>,
    /// `forked`; `unchanged`, `changed`, `moved`, `merged`, `gone`; `current`, `updated`, `taken`, `dropped`, `conflict`.
    pub(crate) state: &'static str,
    /// The upstream version that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upstream: Option<String>,
    /// The name that the package has upstream, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) renamed: Option<String>,
    /// The slot, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) slot: Option<String>,
    /// The version that an update gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) becomes: Option<String>,
    /// Its patches that upstream has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) merged: Vec<String>,
    /// Its patches that apply to the new source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) applied: Vec<String>,
    /// Its patches that were not tried, as the new source is not at hand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) untried: Vec<String>,
    /// Its patches of which nobody can tell whether upstream has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unknown: Vec<String>,
    /// The fork that takes the version, as an atom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    /// What was changed by hand and goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) edited: Vec<String>,
    /// What stays in the folder of a package without ebuilds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) left: Vec<String>,
    /// What the fork lacks of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) missing: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) conflicts: Vec<Conflict>,
}

/// What an update could not settle.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Conflict {
    /// The file to look at, in the overlay.
    pub(crate) path: String,
    pub(crate) why: String,
}

impl Fork {
    pub(crate) fn forked(forked: &Forked, repository: Option<&str>) -> Self {
        Self {
            package: forked.cpn.to_string(),
            version: forked.version.to_string(),
            from: Some(forked.from.to_string()),
            repository: repository.map(str::to_owned),
            state: "forked",
            ..Self::default()
        }
    }

    pub(crate) fn status(status: &Status) -> Self {
        let mut fork = Self {
            package: status.cpn.to_string(),
            version: status.version.to_string(),
            from: Some(status.from.to_string()),
            repository: Some(status.repository.clone()),
            state: status.state.name(),
            merged: status.merged.iter().map(|merged| merged.patch.clone()).collect(),
            untried: status.untried.clone(),
            unknown: status.unknown.clone(),
            missing: status.missing.clone(),
            ..Self::default()
        };
        match &status.state {
            State::Moved { cpn, version, slot, .. } => {
                fork.upstream = Some(version.to_string());
                fork.renamed = cpn.as_ref().map(ToString::to_string);
                fork.slot.clone_from(slot);
            }
            State::Merged { cpn, version } => {
                fork.upstream = Some(version.to_string());
                fork.renamed = cpn.as_ref().map(ToString::to_string);
            }
            State::Gone { to, newest } => {
                fork.upstream = newest.as_ref().map(ToString::to_string);
                fork.renamed = to.as_ref().map(ToString::to_string);
            }
            _ => {}
        }
        fork
    }

    pub(crate) fn updated(updated: &Updated) -> Self {
        let mut fork = Self {
            package: updated.cpn.to_string(),
            version: updated.version.to_string(),
            merged: updated.merged.clone(),
            applied: updated.applied.clone(),
            untried: updated.untried.clone(),
            unknown: updated.unknown.clone(),
            ..Self::default()
        };
        fork.state = match &updated.outcome {
            Becomes::Current => "current",
            Becomes::Dropped => "dropped",
            Becomes::Gone => "gone",
            Becomes::Onto { cpn, from, version } => {
                fork.upstream = Some(from.to_string());
                fork.becomes = Some(version.to_string());
                fork.renamed = Some(cpn.to_string()).filter(|cpn| *cpn != fork.package);
                "updated"
            }
            Becomes::Taken { cpn, from, by: (other, version) } => {
                fork.upstream = Some(from.to_string());
                fork.renamed = Some(cpn.to_string()).filter(|cpn| *cpn != fork.package);
                fork.by = Some(format!("={other}-{version}"));
                "taken"
            }
            Becomes::Conflict(all) => {
                let one = |(path, why): &(String, String)| Conflict { path: path.clone(), why: why.clone() };
                fork.conflicts = all.iter().map(one).collect();
                "conflict"
            }
            _ => "unknown",
        };
        fork
    }

    pub(crate) fn dropped(dropped: &Dropped) -> Self {
        Self {
            package: dropped.cpn.to_string(),
            version: dropped.version.to_string(),
            state: "dropped",
            edited: dropped.edited.iter().map(ToString::to_string).collect(),
            left: dropped.left.iter().map(ToString::to_string).collect(),
            ..Self::default()
        }
    }
}
