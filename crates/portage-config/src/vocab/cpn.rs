//! A category and a package.

use std::fmt;

use super::name::{is_category, is_package_name};
use super::version::Version;

/// A category and a package, without a version: `sys-apps/portage` (PMS 3.1).
///
/// ```
/// use portage_config::vocab::Cpn;
/// let cpn = Cpn::parse("sys-apps/portage")?;
/// assert_eq!((cpn.category(), cpn.package()), ("sys-apps", "portage"));
/// assert_eq!(cpn.version_of("portage-3.0.60-r1.ebuild").map(|v| v.to_string()).as_deref(), Some("3.0.60-r1"));
/// assert!(Cpn::parse("sys-apps/portage-3").is_err() && cpn.version_of("repoman-3.ebuild").is_none());
/// # Ok::<(), portage_config::vocab::CpnError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cpn {
    category: Box<str>,
    package: Box<str>,
}

/// Why a text is no category and package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is no category and package, as in `sys-apps/portage`")]
#[non_exhaustive]
pub struct CpnError {
    /// The text.
    pub input: String,
}

impl Cpn {
    /// Reads a category and a package.
    ///
    /// # Errors
    /// When one of the two is missing or invalid.
    pub fn parse(input: &str) -> Result<Self, CpnError> {
        match input.split_once('/') {
            Some((category, package)) if is_category(category) && is_package_name(package) => {
                Ok(Self { category: category.into(), package: package.into() })
            }
            _ => Err(CpnError { input: input.to_owned() }),
        }
    }

    /// The category.
    pub fn category(&self) -> &str {
        &self.category
    }

    /// The package's name.
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version that the name of one of its ebuilds says; nothing where it is the name of another file.
    pub fn version_of(&self, file: &str) -> Option<Version> {
        let version = file.strip_prefix(&*self.package)?.strip_prefix('-')?.strip_suffix(".ebuild")?;
        Version::parse(version)
    }

    /// The name of the ebuild of a version: `portage-3.0.60-r1.ebuild`.
    pub fn ebuild(&self, version: &Version) -> String {
        format!("{}-{version}.ebuild", self.package)
    }
}

impl fmt::Display for Cpn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.category, self.package)
    }
}
