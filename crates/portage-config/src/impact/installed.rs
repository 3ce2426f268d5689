//! The database of installed packages, `var/db/pkg` (PMS, "VDB"; Portage's `vardbapi`).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::resolve::Package;
use crate::root::Root;
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath, is_category, is_version};

/// Where it lies.
const PLACE: &str = "var/db/pkg";

/// A package that is installed.
#[derive(Clone, Debug)]
pub struct Installed {
    /// Category and package.
    pub cpn: Cpn,
    /// The version with its revision.
    pub version: String,
    /// The ebuild repository that it is from.
    pub repo: Option<String>,
    /// The flags of its IUSE.
    pub iuse: BTreeSet<String>,
    /// The flags that it was built with: USE.
    pub enabled: BTreeSet<String>,
    category: Arc<Root>,
    folder: RelPath,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {why}")]
#[non_exhaustive]
pub struct Unreadable {
    /// The path, from the machine's root.
    pub path: String,
    /// What is wrong.
    pub why: String,
}

/// The packages that are installed on a machine, sorted by their names, and what could not be read of them.
///
/// ```
/// use portage_config::{impact, root::Root};
/// let dir = tempfile::tempdir()?;
/// let folder = dir.path().join("var/db/pkg/app-misc/hello-2.12-r1");
/// std::fs::create_dir_all(&folder)?;
/// for (name, text) in [("EAPI", "8\n"), ("SLOT", "0\n"), ("IUSE", "+nls doc\n"), ("USE", "amd64 nls\n")] {
///     std::fs::write(folder.join(name), text)?;
/// }
/// let (found, unreadable) = impact::installed(&Root::open(dir.path())?);
/// let hello = found.first().ok_or("nothing")?;
/// assert_eq!((hello.cpn.package(), hello.version.as_str()), ("hello", "2.12-r1"));
/// assert!(hello.iuse.contains("doc") && !hello.enabled.contains("doc"));
/// assert!(unreadable.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn installed(root: &Root) -> (Vec<Installed>, Vec<Unreadable>) {
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    let Some(place) = root.resolve(PLACE) else { return (found, unreadable) };
    let mut wrong = |path: String, why: String| unreadable.push(Unreadable { path: format!("/{path}"), why });
    let mut open = Vec::new();
    match root.list(Some(&place)) {
        Ok(names) => {
            for name in names.unwrap_or_default() {
                let Some(name) = name.to_str().filter(|name| is_category(name)) else { continue };
                let path = format!("{PLACE}/{name}");
                let Some(inner) = root.resolve(&path) else { continue };
                let category = match Root::open(root.dir().join(inner.as_path())) {
                    Ok(category) => category,
                    Err(error) if is_no_folder(&error.source) => continue,
                    Err(error) => {
                        wrong(path, error.source.to_string());
                        continue;
                    }
                };
                match category.list(None) {
                    Ok(folders) => open.push((name.to_owned(), Arc::new(category), folders)),
                    Err(error) => wrong(path, error.source.to_string()),
                }
            }
        }
        Err(error) => wrong(PLACE.to_owned(), error.source.to_string()),
    }
    let mut places = Vec::new();
    for (name, category, folders) in &open {
        for folder in folders.iter().flatten() {
            let Some(folder) = folder.to_str() else {
                wrong(
                    format!("{PLACE}/{name}/{}", folder.to_string_lossy()),
                    "no text can show it".to_owned(),
                );
                continue;
            };
            // What is being merged, and what Portage has locked.
            if folder.starts_with(['-', '.']) || folder.ends_with(".portage_lockfile") {
                continue;
            }
            places.push((name.as_str(), category, folder));
        }
    }
    let read = crate::each::each(&places, |(name, category, folder)| read(name, category, folder));
    for ((name, _, folder), result) in places.iter().zip(read) {
        match result {
            Ok(one) => found.push(one),
            Err(why) => wrong(format!("{PLACE}/{name}/{folder}"), why),
        }
    }
    found.sort_by(|a, b| (&a.cpn, &a.version).cmp(&(&b.cpn, &b.version)));
    (found, unreadable)
}

fn is_no_folder(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::NotADirectory
}

fn read(category: &str, root: &Arc<Root>, folder: &str) -> Result<Installed, String> {
    let (cpn, version) =
        split(category, folder).ok_or_else(|| "the name is that of no package version".to_owned())?;
    let path = RelPath::parse(folder).map_err(|error| error.to_string())?;
    let get = |name: &str| value(root, &path, name);
    let words = |text: Option<String>| -> BTreeSet<String> {
        text.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    };
    let iuse = words(get("IUSE")?).into_iter();
    let enabled = words(get("USE")?);
    let repo = get("repository")?.filter(|name| !name.is_empty());
    if get("SLOT")?.is_none() {
        return Err("it has no SLOT".to_owned());
    }
    Ok(Installed {
        iuse: iuse.map(|word| word.trim_start_matches(['+', '-']).to_owned()).collect(),
        enabled,
        repo,
        version,
        cpn,
        category: root.clone(),
        folder: path,
    })
}

/// What a file of a package says, without the blanks at its ends. `None` where it is not there.
fn value(root: &Root, folder: &RelPath, name: &str) -> Result<Option<String>, String> {
    let path = folder.join(name).map_err(|error| error.to_string())?;
    match root.read_through(&path) {
        Ok(Some(Node::File { bytes, .. })) => Ok(Some(String::from_utf8_lossy(&bytes.0).trim().to_owned())),
        Ok(_) => Ok(None),
        Err(error) => Err(format!("{name}: {}", error.source)),
    }
}

/// Name and version.
fn split(category: &str, folder: &str) -> Option<(Cpn, String)> {
    folder.match_indices('-').find_map(|(at, _)| {
        let (name, version) = (folder.get(..at)?, folder.get(at + 1..)?);
        let cpn = is_version(version).then(|| Cpn::parse(&format!("{category}/{name}")).ok())??;
        Some((cpn, version.to_owned()))
    })
}

impl Installed {
    /// What the database says of a variable: `KEYWORDS`, `CFLAGS`, … `None` where it says nothing, or cannot be read.
    pub fn get(&self, name: &str) -> Option<String> {
        value(&self.category, &self.folder, name).ok().flatten()
    }

    /// What it was when it was built.
    pub fn package(&self) -> Package {
        Package::new(&self.cpn.to_string(), &self.version, self.repo.as_deref(), |name| self.get(name))
    }
}
