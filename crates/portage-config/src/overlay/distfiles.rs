//! Which distfiles an ebuild needs, and the Manifest of a package with a fork.

use std::collections::BTreeMap;

use sha2::Digest as _;

use super::{OverlayError, sources};
use crate::manifest::{Kind, Manifest, Sums};
use crate::report::Report;
use crate::repository::{Changes, EbuildRepository, LayoutConf, Package};
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

/// The distfiles of a version: from `metadata/md5-cache`, where Portage wrote down what bash made of `SRC_URI`; all of
/// the package's without it.
pub(super) fn needed(
    repository: &EbuildRepository,
    package: &Package,
    version: &Version,
) -> Result<BTreeMap<String, Sums>, OverlayError> {
    let mut all = entries(package)?;
    let cache = format!("metadata/md5-cache/{}-{version}", package.cpn);
    if let Some(Node::File { bytes, .. }) = repository.root().read_through(&RelPath::parse(&cache)?)? {
        let text = String::from_utf8_lossy(&bytes.0);
        let uris = text.lines().find_map(|line| line.strip_prefix("SRC_URI="));
        if let Some(names) = sources::names(uris.unwrap_or_default()) {
            all.retain(|name, _| names.contains(name));
        }
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
    let names = &layout.manifest_hashes;
    for (path, bytes) in nodes {
        let (kind, name) = match path.strip_prefix("files/") {
            Some(name) => (Kind::Aux, name.to_owned()),
            None if path == "Manifest" => continue,
            None if path.ends_with(".ebuild") => (Kind::Ebuild, path),
            None => (Kind::Misc, path),
        };
        manifest.insert(kind, name, sums(&bytes, names));
    }
    Ok(())
}

/// Size and hashes, of those that layout.conf names the two that Portage writes by default.
fn sums(bytes: &[u8], names: &[String]) -> Sums {
    let hash = |name: &String| match name.as_str() {
        "BLAKE2B" => Some(blake2b_simd::blake2b(bytes).to_hex().to_string()),
        "SHA512" => Some(sha2::Sha512::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()),
        _ => None,
    };
    let hashes = names.iter().filter_map(|name| Some((name.clone(), hash(name)?))).collect();
    Sums { size: bytes.len() as u64, hashes }
}
