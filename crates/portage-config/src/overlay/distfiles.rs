//! Which distfiles an ebuild needs, and the Manifest of a package with a fork.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use super::{OverlayError, sources};
use crate::manifest::{Algorithm, Kind, Manifest, Source, Sums, hash};
use crate::report::Report;
use crate::repository::{Changes, EbuildRepository, LayoutConf, Package};
use crate::root::RootError;
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath, Version};

/// The entries of distfiles in a Manifest.
pub(super) fn entries(package: &Package) -> Result<BTreeMap<String, Sums>, OverlayError> {
    let Some(text) = &package.manifest else { return Ok(BTreeMap::new()) };
    let path = RelPath::parse(&format!("{}/Manifest", package.cpn))?;
    let mut report = Report::new();
    let manifest = Manifest::read(text, &mut report.text(&path, text));
    Ok(manifest.of(&Kind::Dist).map(|(name, sums)| (name.to_owned(), sums.clone())).collect())
}

/// The names of the distfiles of a version: from `metadata/md5-cache`, where Portage wrote down what bash made of
/// `SRC_URI`, or from the text of the ebuild, where that shows them.
fn known(
    repository: &EbuildRepository,
    package: &Package,
    version: &Version,
) -> Result<Option<BTreeSet<String>>, OverlayError> {
    let cache = format!("metadata/md5-cache/{}-{version}", package.cpn);
    if let Some(Node::File { bytes, .. }) = repository.root().read_through(&RelPath::parse(&cache)?)? {
        let text = String::from_utf8_lossy(&bytes.0);
        let uris = text.lines().find_map(|line| line.strip_prefix("SRC_URI="));
        return Ok(sources::names(uris.unwrap_or_default()));
    }
    let ebuild = package.ebuild(version);
    Ok(ebuild.and_then(|(_, bytes)| sources::distfiles(&package.cpn, version, bytes)))
}

/// What tar(1) unpacks by itself.
const ENDS: [&str; 8] = [".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tgz", ".tbz2", ".txz"];

/// The archives that hold the source of a version: none where only bash can tell which of several it is.
pub(super) fn archives(
    repository: &EbuildRepository,
    package: &Package,
    version: &Version,
) -> Result<BTreeMap<String, Sums>, OverlayError> {
    let known = known(repository, package, version)?;
    let mut all = entries(package)?;
    all.retain(|name, _| ENDS.iter().any(|end| name.ends_with(end)) && !name.contains('/'));
    match known {
        Some(names) => all.retain(|name, _| names.contains(name)),
        None if all.len() > 1 => all.clear(),
        None => {}
    }
    Ok(all)
}

/// The entries of the distfiles of a version; of all that the package has where only bash can tell.
pub(super) fn needed(
    repository: &EbuildRepository,
    package: &Package,
    version: &Version,
) -> Result<BTreeMap<String, Sums>, OverlayError> {
    let mut all = entries(package)?;
    if let Some(names) = known(repository, package, version)? {
        all.retain(|name, _| names.contains(name));
    }
    Ok(all)
}

/// The Manifest of a package as it is after these changes: distfiles that are there stay, those of a fork come, and those
/// of one that goes go where no other fork needs them.
pub(super) fn manifest(
    layout: &LayoutConf,
    cpn: &Cpn,
    there: Option<&Package>,
    changes: &mut Changes,
    dist: BTreeMap<String, Sums>,
    without: &[String],
) -> Result<(), OverlayError> {
    let mut all = there.map_or_else(|| Ok(BTreeMap::new()), entries)?;
    all.retain(|name, _| !without.contains(name));
    all.extend(dist);
    let mut manifest = Manifest::default();
    for (name, sums) in all {
        manifest.insert(Kind::Dist, name, sums);
    }
    if !layout.thin_manifests {
        full(layout, cpn, there, changes, &mut manifest)?;
    }
    let text = manifest.to_text();
    let path = format!("{cpn}/Manifest");
    match (text.is_empty(), there.and_then(|there| there.manifest.as_ref())) {
        (true, Some(_)) => changes.remove(&path)?,
        (true, None) => {}
        (false, _) => changes.file(&path, text.into_bytes())?,
    }
    Ok(())
}

/// Adds the ebuilds, files and what lies beside them.
fn full(
    layout: &LayoutConf,
    cpn: &Cpn,
    there: Option<&Package>,
    changes: &Changes,
    manifest: &mut Manifest,
) -> Result<(), OverlayError> {
    let mut nodes: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    if let Some(there) = there {
        nodes.extend(there.ebuilds.iter().map(|(version, bytes)| (cpn.ebuild(version), bytes.clone())));
        nodes.extend(there.metadata.iter().map(|bytes| ("metadata.xml".to_owned(), bytes.clone())));
        let files = there.files.iter().map(|(path, node)| (format!("files/{path}"), node));
        let others = there.others.iter().map(|(path, node)| (path.as_str().to_owned(), node));
        for (path, node) in files.chain(others) {
            if let Node::File { bytes, .. } = node {
                nodes.insert(path, bytes.0.clone());
            }
        }
    }
    for (path, node) in &changes.nodes {
        let Some(path) = path.below(&cpn.to_string()) else { continue };
        match node {
            Some(Node::File { bytes, .. }) => nodes.insert(path.to_owned(), bytes.0.clone()),
            _ => nodes.remove(path),
        };
    }
    nodes.remove("Manifest");
    let mut algorithms = Vec::new();
    for name in &layout.manifest_hashes {
        match Algorithm::parse(name) {
            Some(algorithm) => algorithms.push(algorithm),
            None if layout.manifest_required_hashes.contains(name) => {
                return Err(OverlayError::Hash(name.clone()));
            }
            None => {}
        }
    }
    let sources: Vec<Source<'_>> = (nodes.values())
        .map(|bytes| Source::new(bytes.len() as u64, || Ok(Box::new(Cursor::new(bytes.clone())))))
        .collect();
    let all = hash(&sources, &algorithms, 1, &|_| {});
    for (path, sums) in nodes.keys().zip(all) {
        let (kind, name) = match path.strip_prefix("files/") {
            Some(name) => (Kind::Aux, name.to_owned()),
            None if path.ends_with(".ebuild") => (Kind::Ebuild, path.clone()),
            None => (Kind::Misc, path.clone()),
        };
        let sums = sums.map_err(|error| RootError::new(format!("{cpn}/{path}"), error))?;
        manifest.insert(kind, name, sums);
    }
    Ok(())
}
