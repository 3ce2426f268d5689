//! Which distfiles an ebuild needs.

use std::collections::{BTreeMap, BTreeSet};

use super::OverlayError;
use crate::manifest::{Kind, Manifest, Sums};
use crate::report::Report;
use crate::repository::{EbuildRepository, Package};
use crate::tree::Node;
use crate::vocab::{RelPath, Version};

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
        let names = uris.map(names).unwrap_or_default();
        all.retain(|name, _| names.contains(name.as_str()));
    }
    Ok(all)
}

/// The names in an expanded `SRC_URI` (PMS 7.3.2): what stands behind `->`, or the end of the address.
fn names(uris: &str) -> BTreeSet<&str> {
    let words: Vec<&str> = uris.split_whitespace().collect();
    let mut names = BTreeSet::new();
    let mut at = words.iter().peekable();
    while let Some(word) = at.next() {
        if matches!(*word, "(" | ")" | "||") || word.ends_with('?') {
            continue;
        }
        if at.peek() == Some(&&"->") {
            at.next();
            names.extend(at.next().copied());
        } else {
            names.extend(word.rsplit('/').next());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_names_the_file() {
        let found = names("https://a/b.tar.gz x? ( !y? ( mirror://c/d -> e.tar.xz ) ) f");
        assert_eq!(found, ["b.tar.gz", "e.tar.xz", "f"].into());
    }
}
