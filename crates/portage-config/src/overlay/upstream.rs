//! Where upstream is, and what is tried with its sources.

use std::collections::BTreeMap;

use super::OverlayError;
use crate::manifest::Sums;
use crate::repository::{EbuildRepository, Package};
use crate::tree::Node;
use crate::vocab::{RelPath, Version};

/// What came of trying a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The source is not there.
    NoSource,
    /// It applies.
    Applies,
    /// It is in the source: taken back, it applies.
    IsIn,
    /// It does not: what patch(1) says.
    Fails(String),
}

/// Sources that patches are tried on. The library starts no programs: whoever calls it brings them.
pub trait Source {
    /// Tries a patch on the source that these archives hold, behind those that upstream applies. An archive that is not
    /// what its entry in the Manifest says is none.
    fn try_patch(
        &self,
        archives: &BTreeMap<String, Sums>,
        before: &[(String, Vec<u8>)],
        patch: &[u8],
    ) -> Tried;
}

/// No sources are at hand.
impl Source for () {
    fn try_patch(&self, _: &BTreeMap<String, Sums>, _: &[(String, Vec<u8>)], _: &[u8]) -> Tried {
        Tried::NoSource
    }
}

/// The patches that upstream's ebuild names, in their order, as far as their names are known; with `always`, without those
/// that it applies in a condition.
pub(super) fn patches(package: &Package, version: &Version, always: bool) -> Vec<(String, Vec<u8>)> {
    let Some((_, ebuild)) = package.ebuild(version) else { return Vec::new() };
    let ebuild = crate::ebuild::Ebuild::parse(ebuild);
    let names = ebuild.names(package.cpn.category(), package.cpn.package(), version);
    let file = |name: &str| {
        let path = RelPath::parse(name).ok()?;
        match package.files.get(&path) {
            Some(Node::File { bytes, .. }) => Some((name.to_owned(), bytes.0.clone())),
            _ => None,
        }
    };
    let found = if always { ebuild.patch_names_always(&names) } else { ebuild.patch_names(&names) };
    found.iter().filter_map(|name| file(name)).collect()
}

/// The commit that a repository's git folder is at, read from its files.
///
/// # Errors
/// When they cannot be read.
pub fn head(repository: &EbuildRepository) -> Result<Option<String>, OverlayError> {
    let read = |path: &str| -> Result<Option<String>, OverlayError> {
        Ok(match repository.root().read(&RelPath::parse(path)?)? {
            Some(Node::File { bytes, .. }) => Some(String::from_utf8_lossy(&bytes.0).trim().to_owned()),
            _ => None,
        })
    };
    let is_commit = |text: &String| text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let Some(head) = read(".git/HEAD")? else { return Ok(None) };
    let Some(name) = head.strip_prefix("ref: ") else { return Ok(Some(head).filter(is_commit)) };
    if RelPath::parse(name).is_err() {
        return Ok(None);
    }
    if let Some(commit) = read(&format!(".git/{name}"))? {
        return Ok(Some(commit).filter(is_commit));
    }
    let packed = read(".git/packed-refs")?.unwrap_or_default();
    let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
    Ok(lines.find(|(_, other)| *other == name).map(|(commit, _)| commit.to_owned()).filter(is_commit))
}
