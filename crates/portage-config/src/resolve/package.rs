//! A version of a package, as a repository or the database of installed packages describes it.

use super::profiles::is_supported;
use crate::repository::Found;
use crate::vocab::{Candidate, is_slot};

/// A version of a package, as `metadata/md5-cache` describes it: what an ebuild says after bash has read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Package {
    /// Category and package.
    pub cpn: String,
    /// The version with its revision.
    pub version: String,
    /// The slot.
    pub slot: String,
    /// The sub-slot; the slot where none is said.
    pub subslot: String,
    /// The ebuild repository.
    pub repo: Option<String>,
    /// EAPI.
    pub eapi: String,
    /// IUSE: the flags in their order, with the default where one is said.
    pub iuse: Vec<(String, Option<bool>)>,
    /// KEYWORDS.
    pub keywords: String,
    /// LICENSE.
    pub license: String,
    /// PROPERTIES.
    pub properties: String,
    /// RESTRICT.
    pub restrict: String,
    /// REQUIRED_USE.
    pub required_use: String,
    /// SLOT, where it is none that the EAPI knows: Portage takes it for `0`.
    pub(super) wrong_slot: Option<String>,
}

impl Package {
    /// A package of which `get` knows the metadata by their names: `IUSE`, `KEYWORDS`, …
    ///
    /// ```
    /// use portage_config::resolve::Package;
    /// let said = |name: &str| match name {
    ///     "EAPI" => Some("8".to_owned()),
    ///     "SLOT" => Some("2/2.1".to_owned()),
    ///     "IUSE" => Some("+nls -doc test".to_owned()),
    ///     _ => None,
    /// };
    /// let package = Package::new("app-misc/hello", "2.12-r1", Some("gentoo"), said);
    /// assert_eq!((package.slot.as_str(), package.subslot.as_str()), ("2", "2.1"));
    /// assert_eq!(package.iuse.first(), Some(&("nls".to_owned(), Some(true))));
    /// ```
    pub fn new(cpn: &str, version: &str, repo: Option<&str>, get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name| get(name).unwrap_or_default();
        let said = get("SLOT");
        let eapi = Some(get("EAPI")).filter(|eapi| !eapi.is_empty()).unwrap_or_else(|| "0".to_owned());
        let parts = said.split_once('/');
        let knows_parts = eapi.parse().is_ok_and(|eapi: u32| eapi >= 5) || !is_supported(&eapi);
        let fits = match parts {
            _ if said.is_empty() => true,
            Some((slot, subslot)) => knows_parts && is_slot(slot) && is_slot(subslot),
            None => is_slot(&said),
        };
        let wrong_slot = (!fits).then(|| said.clone());
        let (slot, subslot) = match parts {
            _ if !fits => ("0".to_owned(), "0".to_owned()),
            Some((slot, subslot)) => (slot.to_owned(), subslot.to_owned()),
            None => (said.clone(), said),
        };
        let iuse = get("IUSE");
        let iuse = iuse.split_whitespace().map(|word| {
            let default = match word.chars().next() {
                Some('+') => Some(true),
                Some('-') => Some(false),
                _ => None,
            };
            (word.trim_start_matches(['+', '-']).to_owned(), default)
        });
        Self {
            cpn: cpn.to_owned(),
            version: version.to_owned(),
            repo: repo.map(str::to_owned),
            iuse: iuse.collect(),
            slot,
            subslot,
            eapi,
            keywords: get("KEYWORDS"),
            license: get("LICENSE"),
            properties: get("PROPERTIES"),
            restrict: get("RESTRICT"),
            required_use: get("REQUIRED_USE"),
            wrong_slot,
        }
    }

    /// A package as a repository describes it.
    pub fn of(cpn: &str, found: &Found<'_>) -> Self {
        let get = |name: &str| found.entry.named(name).map(str::to_owned);
        Self::new(cpn, found.version.as_str(), Some(&found.repo.name), get)
    }

    /// What atoms look at.
    pub fn candidate(&self) -> Candidate<'_> {
        Candidate {
            cpn: &self.cpn,
            version: &self.version,
            slot: Some(&self.slot),
            sub_slot: Some(&self.subslot),
            repo: self.repo.as_deref(),
        }
    }

    pub(super) fn eapi_number(&self) -> u32 {
        self.eapi.parse().unwrap_or_default()
    }

    /// `app-misc/hello-2.12-r1::gentoo`.
    pub fn to_text(&self) -> String {
        match &self.repo {
            Some(repo) => format!("{}-{}::{repo}", self.cpn, self.version),
            None => format!("{}-{}", self.cpn, self.version),
        }
    }
}
