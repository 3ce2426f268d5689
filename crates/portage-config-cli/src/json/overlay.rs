//! What is said of an ebuild repository.

use camino::Utf8Path;
use portage_config::overlay::Outcome;
use portage_config::repository::Changes;
use serde::Serialize;

/// An ebuild repository, and what a command of `overlay` did with it.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Overlay {
    pub(crate) dir: String,
    /// Its name, where it has one.
    pub(crate) name: Option<String>,
    /// What was written and removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<Vec<Written>>,
    /// What came of Manifests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) manifests: Option<Vec<Manifest>>,
    /// Files, and whether they are what their entries say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<Vec<Verified>>,
    /// Forks, and what became of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forks: Option<Vec<super::Fork>>,
}

/// What came of the Manifest of a package.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Manifest {
    pub(crate) package: String,
    /// `same`, `written`, `removed`, `failed`, `unused`.
    pub(crate) result: &'static str,
    pub(crate) entries: usize,
    pub(crate) kept: Vec<String>,
    pub(crate) dropped: Vec<String>,
}

impl Manifest {
    pub(crate) fn of(one: &portage_config::overlay::Manifested) -> Self {
        let result = match one.outcome {
            Outcome::Same => "same",
            Outcome::Written => "written",
            Outcome::Removed => "removed",
            Outcome::Failed => "failed",
            Outcome::Unused => "unused",
        };
        let (package, entries) = (one.cpn.to_string(), one.entries);
        Self { package, result, entries, kept: one.kept.clone(), dropped: one.dropped.clone() }
    }
}

/// A file that a Manifest lists, or should.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Verified {
    pub(crate) package: String,
    /// `DIST`, `EBUILD`, `AUX`, `MISC`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) found: &'static str,
}

impl Verified {
    pub(crate) fn of(one: &portage_config::overlay::Verified) -> Self {
        let (package, kind) = (one.cpn.to_string(), one.kind.to_string());
        Self { package, kind, name: one.name.clone(), found: one.found.name() }
    }
}

/// A path that was written or removed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Written {
    pub(crate) path: String,
    /// `write`, `remove`.
    pub(crate) op: &'static str,
}

impl Overlay {
    pub(crate) fn of(dir: &Utf8Path, name: Option<&str>) -> Self {
        Self { dir: dir.to_string(), name: name.map(str::to_owned), ..Self::default() }
    }

    pub(crate) fn changes(changes: &Changes) -> Vec<Written> {
        let one = |(path, node): (&portage_config::vocab::RelPath, &Option<_>)| Written {
            path: path.to_string(),
            op: if node.is_some() { "write" } else { "remove" },
        };
        changes.nodes.iter().map(one).collect()
    }
}
