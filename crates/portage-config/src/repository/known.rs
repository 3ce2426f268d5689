//! What a repository holds, and what is known of it without running an ebuild.

use std::os::unix::ffi::OsStrExt;

use super::{CacheEntry, EbuildRepository, Field};
use crate::ebuild::{Ebuild, Said};
use crate::root::{Root, RootError};
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath, Version};

/// Variables that eclasses add to (PMS 10.2), and those that only the ebuild sets as a rule.
const INHERITED: [Field; 10] = [
    Field::Bdepend,
    Field::Depend,
    Field::Idepend,
    Field::Iuse,
    Field::Pdepend,
    Field::Properties,
    Field::Rdepend,
    Field::RequiredUse,
    Field::Restrict,
    Field::SrcUri,
];
const OWN: [Field; 5] = [Field::Description, Field::Homepage, Field::Keywords, Field::License, Field::Slot];

impl EbuildRepository {
    /// The names of all packages, sorted: the folders of its categories, as Portage takes them (`portdbapi.cp_all`). What is
    /// in them is not looked at; a folder may hold no ebuild.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn cached_packages(&self) -> Result<Vec<Cpn>, RootError> {
        let mut all = Vec::new();
        for category in self.categories()? {
            let Ok(folder) = RelPath::parse(&category) else { continue };
            for name in self.root.list(Some(&folder))?.unwrap_or_default() {
                let name = name.to_str().map(|name| format!("{category}/{name}"));
                all.extend(name.and_then(|name| Cpn::parse(&name).ok()));
            }
        }
        all.sort();
        Ok(all)
    }

    /// The versions of a package, by their ebuilds, sorted; none where the package is not there.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn cached(&self, cpn: &Cpn) -> Result<Vec<Version>, RootError> {
        let Ok(folder) = RelPath::parse(&cpn.to_string()) else { return Ok(Vec::new()) };
        let names = self.root.list(Some(&folder))?.unwrap_or_default();
        let mut all: Vec<Version> = names
            .iter()
            .filter_map(|name| cpn.version_of(std::str::from_utf8(name.as_bytes()).ok()?))
            .collect();
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// What is known of a version: its entry in `metadata/md5-cache`, and where there is none what the text of its ebuild
    /// says in so many words. `None` where there is no ebuild either. The entry is believed: whether the ebuild changed
    /// since it was made is not asked.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn cached_entry(&self, cpn: &Cpn, version: &Version) -> Result<Option<CacheEntry>, RootError> {
        let formats = &self.layout.cache_formats;
        if formats.is_empty() || formats.iter().any(|format| format.eq_ignore_ascii_case("md5-dict")) {
            let name = format!("metadata/md5-cache/{cpn}-{version}");
            if let Some(entry) = self.bytes(&name)?.and_then(|bytes| CacheEntry::parse(&bytes)) {
                return Ok(Some(entry));
            }
        }
        let text = self.bytes(&format!("{cpn}/{}", cpn.ebuild(version)))?;
        Ok(text.map(|text| said(&Ebuild::parse(&text), cpn, version)))
    }

    /// The bytes of a file. Folders stay open for the next one of them.
    fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, RootError> {
        let Ok(path) = RelPath::parse(path) else { return Ok(None) };
        let near = self.near.get_or_init(|| self.root.near().ok());
        let root: &Root = near.as_ref().unwrap_or(&self.root);
        Ok(match root.read(&path)? {
            Some(Node::File { bytes, .. }) => Some(bytes.0),
            Some(Node::Symlink { .. }) => super::text(&self.root, path.as_str())?,
            _ => None,
        })
    }
}

/// What a text says without being run.
fn said(ebuild: &Ebuild, cpn: &Cpn, version: &Version) -> CacheEntry {
    let names = ebuild.names(cpn.category(), cpn.package(), version);
    let inherited = ebuild.inherit();
    let mut values =
        vec![(Field::Eapi, Some(ebuild.eapi().to_owned())), (Field::Inherit, Some(inherited.join(" ")))];
    let value = |field: Field| match ebuild.said(field.name(), &names) {
        Said::Value(value) => Some(value.split_whitespace().collect::<Vec<_>>().join(" ")),
        Said::Nothing if inherited.is_empty() => Some(String::new()),
        _ => None,
    };
    values.extend(OWN.map(|field| (field, value(field))));
    values.extend(INHERITED.map(|field| (field, inherited.is_empty().then(|| value(field)).flatten())));
    CacheEntry::of(&values)
}
