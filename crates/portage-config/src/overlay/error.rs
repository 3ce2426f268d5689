//! Why an overlay's part cannot be made.

use crate::ebuild::EditError;
use crate::root::RootError;
use crate::vocab::PathError;

/// What stands against a fork.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// A path cannot be read.
    #[error("cannot read {0}")]
    Root(#[from] RootError),
    /// A name that no path can hold.
    #[error(transparent)]
    Path(#[from] PathError),
    /// No ebuild of such a name.
    #[error("no ebuild in `{repository}` matches `{atom}`")]
    NoMatch {
        /// What was looked for.
        atom: String,
        /// Where.
        repository: String,
    },
    /// The ebuild cannot be changed.
    #[error("`{ebuild}`, {source}")]
    Edit {
        /// The file's name.
        ebuild: String,
        /// Why.
        source: EditError,
    },
    /// Another revision would be another package.
    #[error("`{ebuild}`, line {line}: what it says depends on `{variable}`, which is another one in a fork")]
    Revision {
        /// The file's name.
        ebuild: String,
        /// The line.
        line: usize,
        /// `PR`, `PVR` or `PF`.
        variable: String,
    },
    /// A revision without room above it.
    #[error("`{0}` has a revision that leaves no room for another")]
    NoRoom(String),
    /// It is there already.
    #[error("`{0}` is in the overlay already")]
    Exists(String),
    /// Two patches of one name.
    #[error("two patches are named `{0}`: each needs a name of its own")]
    SameName(String),
    /// A file in `files/` that others need as it is.
    #[error(
        "upstream has another `{path}`, which {} needs as it is: there, give the file another name, in `files/` and in the ebuild",
        with.join(" and ")
    )]
    Shared {
        /// The file.
        path: String,
        /// The ebuilds.
        with: Vec<String>,
    },
    /// A hash that layout.conf requires.
    #[error("metadata/layout.conf requires the hash `{0}`, which is not computed here")]
    Hash(String),
    /// A link in `files/`.
    #[error("`{0}` is a link that leads out of its folder")]
    Link(String),
    /// A patch that writes elsewhere.
    #[error("the patch `{patch}` is for `{target}`, which lies outside of the source")]
    LeadsOut {
        /// Its name.
        patch: String,
        /// What it is for.
        target: String,
    },
    /// A record that cannot be read.
    #[error("`{path}`: {what}")]
    Record {
        /// The file.
        path: String,
        /// Why.
        what: String,
    },
    /// User patches are not applied.
    #[error("`{0}` does not apply what lies in /etc/portage/patches")]
    NoUserPatches(String),
}
