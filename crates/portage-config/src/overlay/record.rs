//! What is written down of a fork: `metadata/forks/CATEGORY/PN-PVR/`.
//!
//! `origin.toml` says where it came from; `base/` holds the ebuild and the files as they were taken, which is what
//! changes of both sides are compared with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::OverlayError;
use super::codes::O056;
use super::fork::covers;
use crate::report::{Key, Report};
use crate::repository::{Changes, EbuildRepository};
use crate::root::{Root, unreadable};
use crate::tree::Node;
use crate::vocab::{Atom, Cpn, Cpv, RelPath, Version};

/// Where a fork came from: `origin.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Origin {
    /// The name of the repository.
    pub repository: String,
    /// The commit its git folder was at, where it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commit: Option<String>,
    /// Category and name of the package there.
    pub package: String,
    /// Its version and revision there.
    pub version: String,
    /// The keywords that were set.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keywords: Option<String>,
    /// The names of the patches that were added, in `files/`.
    #[serde(default)]
    pub patches: Vec<String>,
    /// The distfiles that it needs.
    #[serde(default)]
    pub distfiles: Vec<String>,
    /// BLAKE2B of what was taken, by its path in the package.
    pub taken: BTreeMap<String, String>,
    /// BLAKE2B of what was written besides the ebuild and what was taken (patches, metadata.xml), by its path in the package.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub added: BTreeMap<String, String>,
}

/// A fork of an overlay, as it was written down.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fork {
    /// Category and name in the overlay.
    pub cpn: Cpn,
    /// Its version there.
    pub version: Version,
    /// Where it came from.
    pub origin: Origin,
    /// The ebuild as it was taken.
    pub base: Vec<u8>,
    /// The version that was taken.
    pub from: Version,
}

pub(super) const FORKS: &str = "metadata/forks";

/// The folder of a fork's record.
pub(super) fn folder(cpn: &Cpn, version: &Version) -> String {
    format!("{FORKS}/{}/{}-{version}", cpn.category(), cpn.package())
}

impl Fork {
    /// What was taken to be `files/PATH`.
    pub(super) fn file(&self, root: &Root, path: &str) -> Result<Option<Node>, OverlayError> {
        let path = RelPath::parse(&format!("{}/base/files/{path}", folder(&self.cpn, &self.version)))?;
        Ok(root.read(&path)?)
    }

    /// The paths below `files/` that were taken.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.origin.taken.keys().filter_map(|path| path.strip_prefix("files/"))
    }

    /// Whether an atom matches it, by its version in the overlay.
    pub fn is(&self, atom: &Atom) -> bool {
        covers(atom, &self.cpn, &self.version, &self.base, atom.repo())
    }

    /// Category and name upstream.
    pub(super) fn upstream(&self) -> Result<Cpn, OverlayError> {
        let path = format!("{}/origin.toml", folder(&self.cpn, &self.version));
        Cpn::parse(&self.origin.package).map_err(|e| OverlayError::Record { path, what: e.to_string() })
    }

    /// All paths of its record.
    pub(super) fn remove(&self, changes: &mut Changes) -> Result<(), OverlayError> {
        let folder = folder(&self.cpn, &self.version);
        changes.remove(&format!("{folder}/origin.toml"))?;
        for path in self.origin.taken.keys() {
            changes.remove(&format!("{folder}/base/{path}"))?;
        }
        Ok(())
    }
}

/// Writes a record down.
pub(super) fn write(
    cpn: &Cpn,
    version: &Version,
    origin: &Origin,
    taken: &BTreeMap<String, Node>,
    changes: &mut Changes,
) -> Result<(), OverlayError> {
    let folder = folder(cpn, version);
    let text = toml::to_string(origin)
        .map_err(|e| OverlayError::Record { path: format!("{folder}/origin.toml"), what: e.to_string() })?;
    changes.file(&format!("{folder}/origin.toml"), text.into_bytes())?;
    for (path, node) in taken {
        changes.nodes.insert(RelPath::parse(&format!("{folder}/base/{path}"))?, Some(node.clone()));
    }
    Ok(())
}

/// The forks of an overlay, by category, name and version. A record that cannot be read, or does not say what it has to,
/// is reported, and the others are given.
pub fn forks(overlay: &EbuildRepository, report: &mut Report) -> Vec<Fork> {
    let root = overlay.root();
    let mut all = Vec::new();
    let Ok(top) = RelPath::parse(FORKS) else { return all };
    for (category, folder) in folders(root, &top, report) {
        for (name, folder) in folders(root, &folder, report) {
            match read(root, &category, &name, &folder) {
                Ok(fork) => all.extend(fork),
                Err(error) => unknown(&folder, &error, report),
            }
        }
    }
    all.sort_by(|a, b| (&a.cpn, &a.version).cmp(&(&b.cpn, &b.version)));
    all
}

/// Says why nothing is known of the fork whose record lies here.
pub(super) fn unknown(folder: &RelPath, error: &OverlayError, report: &mut Report) {
    let path = folder.join("origin.toml").unwrap_or_else(|_| folder.clone());
    report.file(&path).at(&O056, Key::file(), error.to_string());
}

fn read(root: &Root, category: &str, name: &str, folder: &RelPath) -> Result<Option<Fork>, OverlayError> {
    let path = folder.join("origin.toml")?;
    let wrong = |what: String| OverlayError::Record { path: path.to_string(), what };
    let Some(Node::File { bytes, .. }) = root.read(&path)? else { return Ok(None) };
    let text = std::str::from_utf8(&bytes.0).map_err(|e| wrong(e.to_string()))?;
    let origin: Origin = toml::from_str(text).map_err(|e| wrong(e.message().to_owned()))?;
    let cpv = Cpv::parse(&format!("{category}/{name}")).map_err(|e| wrong(e.to_string()))?;
    let cpn = Cpn::parse(cpv.cpn()).map_err(|e| wrong(e.to_string()))?;
    let version = Version::parse(cpv.version()).ok_or_else(|| wrong("no version".to_owned()))?;
    let from = Version::parse(&origin.version)
        .ok_or_else(|| wrong(format!("`{}` is no version", origin.version)))?;
    let upstream = Cpn::parse(&origin.package).map_err(|e| wrong(e.to_string()))?;
    let mut paths = origin.taken.keys().chain(&origin.patches).chain(origin.added.keys());
    if let Some(bad) = paths.find(|path| RelPath::parse(path).is_err()) {
        return Err(wrong(format!("`{bad}` is no path in a package")));
    }
    let base = RelPath::parse(&format!("{folder}/base/{}", upstream.ebuild(&from)))?;
    let Some(Node::File { bytes, .. }) = root.read(&base)? else {
        return Err(OverlayError::Record { path: base.to_string(), what: "it is missing".to_owned() });
    };
    Ok(Some(Fork { cpn, version, origin, base: bytes.0, from }))
}

/// The names in a folder that paths can be made of.
fn folders(root: &Root, path: &RelPath, report: &mut Report) -> Vec<(String, RelPath)> {
    let names = root.list(Some(path)).unwrap_or_else(|error| {
        report.push(unreadable(path, &error.source));
        None
    });
    let names = names.unwrap_or_default().into_iter().filter_map(|name| name.into_string().ok());
    names.filter_map(|name| path.join(&name).ok().map(|path| (name, path))).collect()
}

/// Whether two are the same: bytes and the execute bit, which is what git keeps. The rest depends on somebody's umask.
pub(super) fn same(one: Option<&Node>, other: Option<&Node>) -> bool {
    match (one, other) {
        (Some(Node::File { bytes, mode }), Some(Node::File { bytes: others, mode: other })) => {
            bytes == others && mode & 0o100 == other & 0o100
        }
        (one, other) => one == other,
    }
}

/// A file that all may read.
pub(super) fn readable(node: &Node) -> Node {
    match node {
        Node::File { bytes, mode } => {
            let mode = if mode & 0o100 == 0 { 0o644 } else { 0o755 };
            Node::File { bytes: bytes.clone(), mode }
        }
        node => node.clone(),
    }
}

/// BLAKE2B of a file, or of a link's target.
pub(super) fn digest(node: &Node) -> String {
    match node {
        Node::File { bytes, .. } => blake2b(&bytes.0),
        node => blake2b(&node.target_bytes().unwrap_or_default()),
    }
}

pub(super) fn blake2b(bytes: &[u8]) -> String {
    blake2b_simd::blake2b(bytes).to_hex().to_string()
}
