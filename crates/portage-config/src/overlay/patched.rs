//! What becomes of the patches of a fork under another version of upstream.

use super::patch::Held;
use super::record::Fork;
use super::upstream::{Source, Tried, patches};
use super::{OverlayError, distfiles, patch};
use crate::repository::{EbuildRepository, Package};
use crate::root::Root;
use crate::tree::Node;
use crate::vocab::{RelPath, Version};

/// What becomes of a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Upstream's patches have it.
    In,
    /// Upstream's source has it.
    InSource,
    /// It applies to the source.
    Applies,
    /// It does not: what patch(1) says.
    Fails(String),
    /// The source is not at hand.
    Untried,
    /// It changes names, modes or bytes, and whether upstream has that nobody can tell.
    Unknown,
}

/// A patch that a fork adds, as it is.
pub(super) struct Own {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) fate: Fate,
}

/// The patches of a fork under a version of upstream, in their order.
pub(super) fn own_patches(
    fork: &Fork,
    repository: &EbuildRepository,
    package: &Package,
    version: &Version,
    overlay: &Root,
    sources: &dyn Source,
) -> Result<Vec<Own>, OverlayError> {
    let theirs = patches(package, version, true);
    let archives = distfiles::archives(repository, package, version)?;
    let mut before = patches(package, version, false);
    let mut all = Vec::new();
    for name in &fork.origin.patches {
        let path = RelPath::parse(&format!("{}/files/{name}", fork.cpn))?;
        let Some(Node::File { bytes, .. }) = overlay.read_through(&path)? else {
            let what = "this patch of the fork is missing".to_owned();
            return Err(OverlayError::Record { path: path.to_string(), what });
        };
        let bytes = bytes.0;
        let fate = match patch::held(&bytes, theirs.iter().map(|(_, bytes)| bytes.as_slice())) {
            Held::Yes => Fate::In,
            held => match sources.try_patch(&archives, &before, &bytes) {
                Tried::IsIn if patch::shows(&bytes) => Fate::InSource,
                Tried::IsIn => Fate::Unknown,
                Tried::Applies => Fate::Applies,
                Tried::Fails(said) => Fate::Fails(said),
                Tried::NoSource if held == Held::Unknown => Fate::Unknown,
                Tried::NoSource => Fate::Untried,
            },
        };
        if !matches!(fate, Fate::In | Fate::InSource) {
            before.push((name.clone(), bytes.clone()));
        }
        all.push(Own { name: name.clone(), bytes, fate });
    }
    Ok(all)
}
