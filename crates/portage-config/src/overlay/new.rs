//! A new overlay.

use crate::repository::Changes;
use crate::vocab::{PathError, is_repo_name};

/// What a new overlay is to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct New {
    /// Its name, see [`is_repo_name`].
    pub name: String,
    /// The repositories whose eclasses, profiles and categories it uses.
    pub masters: Vec<String>,
    /// Whether Manifests list distfiles only, as where git sees to the rest.
    pub thin: bool,
}

impl New {
    /// An overlay of ::gentoo with thin Manifests, without a master where that is its own name; `None` when the name is
    /// none: `DEFAULT` is the section of repos.conf that holds for all repositories.
    pub fn named(name: &str) -> Option<Self> {
        let is_name = is_repo_name(name) && !ends_as_version(name) && name != "DEFAULT";
        let masters = if name == "gentoo" { Vec::new() } else { vec!["gentoo".to_owned()] };
        is_name.then(|| Self { name: name.to_owned(), masters, thin: true })
    }
}

/// PMS 3.1.5: no name of a repository ends in what reads as a version.
fn ends_as_version(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, last)| crate::vocab::is_version(last))
}

/// The files of a new overlay (PMS 4, portage(5)).
///
/// ```
/// use portage_config::overlay::{New, new};
/// let changes = new(&New::named("local").ok_or("no name")?)?;
/// let paths: Vec<_> = changes.nodes.keys().map(|path| path.as_str()).collect();
/// assert_eq!(paths, ["metadata/layout.conf", "profiles/eapi", "profiles/repo_name"]);
/// assert!(New::named("local-1").is_none() && New::named("DEFAULT").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// None that these paths could have.
pub fn new(new: &New) -> Result<Changes, PathError> {
    let mut changes = Changes::default();
    changes.file("profiles/repo_name", format!("{}\n", new.name).into_bytes())?;
    changes.file("profiles/eapi", b"8\n".to_vec())?;
    let masters = new.masters.join(" ");
    let layout = format!(
        "masters ={}{masters}\nthin-manifests = {}\nsign-manifests = false\nmanifest-hashes = BLAKE2B SHA512\n\
         cache-formats = md5-dict\nprofile-formats = portage-2\n",
        if masters.is_empty() { "" } else { " " },
        new.thin,
    );
    changes.file("metadata/layout.conf", layout.into_bytes())?;
    Ok(changes)
}
