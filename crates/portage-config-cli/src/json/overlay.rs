//! What is said of an ebuild repository.

use camino::Utf8Path;
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
