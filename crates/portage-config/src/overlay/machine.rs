//! Repositories in a machine's repos.conf.

use std::os::unix::ffi::OsStrExt;

use super::OverlayError;
use crate::file::{Grammar, IniDialect, entered_by_portage, read_by_portage};
use crate::model::{Ini, Model};
use crate::report::Report;
use crate::root::{Look, Root};
use crate::syntax;
use crate::tree::Node;
use crate::vocab::RelPath;

/// Where a machine's own repos.conf is.
const OWN: &str = "etc/portage/repos.conf";

/// The folder of a repository, by its name in a machine's repos.conf.
///
/// # Errors
/// When that cannot be read.
pub fn locate(machine: &Root, name: &str) -> Result<Option<String>, OverlayError> {
    let mut found = None;
    for top in ["usr/share/portage/config/repos.conf", OWN] {
        for ini in files(machine, top)? {
            found = ini.get(name, "location").map(|key| key.value.reveal().trim().to_owned()).or(found);
        }
    }
    Ok(found.or_else(|| (name == "gentoo").then(|| "/var/db/repos/gentoo".to_owned())))
}

/// The file of its own that the section of a repository gets, as [`crate::edit`] takes it: `None` where the section stands
/// somewhere already, or repos.conf is no folder and cannot become one.
///
/// Sections are found as Portage finds them: in all files below repos.conf that it reads, by configparser's grammar, links
/// followed inside the root.
///
/// # Errors
/// When a file cannot be read.
///
/// ```
/// use portage_config::{overlay::own_file, root::Root};
/// let dir = tempfile::tempdir()?;
/// let deep = dir.path().join("etc/portage/repos.conf/site/more");
/// std::fs::create_dir_all(&deep)?;
/// std::fs::write(deep.join("all"), "[other]\nlocation = /o\n[local] rest\nlocation = /l\n")?;
/// std::fs::write(deep.join("old~"), "[mine]\n")?;
/// let machine = Root::open(dir.path())?;
/// assert_eq!(own_file(&machine, "local")?, None);
/// assert_eq!(own_file(&machine, "mine")?.as_deref(), Some("repos.conf/mine.conf"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn own_file(machine: &Root, name: &str) -> Result<Option<String>, OverlayError> {
    let path = RelPath::parse(OWN)?;
    let has_room = match machine.read_through(&path)? {
        Some(Node::Dir { .. }) => true,
        Some(_) => false,
        // A link that leads nowhere is in the way.
        None => machine.read(&path)?.is_none(),
    };
    let stands = |ini: &Ini| ini.sections.iter().any(|section| section.name == name);
    Ok((has_room && !files(machine, OWN)?.iter().any(stands)).then(|| format!("repos.conf/{name}.conf")))
}

/// The files at a place, in the order in which Portage reads them.
fn files(machine: &Root, top: &str) -> Result<Vec<Ini>, OverlayError> {
    let mut files = Vec::new();
    walk(machine, &RelPath::parse(top)?, 0, &mut files)?;
    let read = |(path, bytes): (RelPath, Vec<u8>)| {
        let grammar = Grammar::Ini(IniDialect::ConfigParser);
        match syntax::read(&grammar, &bytes, &mut Report::new().text(&path, &bytes)) {
            Model::Ini(ini) => Some(ini),
            _ => None,
        }
    };
    Ok(files.into_iter().filter_map(read).collect())
}

fn walk(
    root: &Root,
    path: &RelPath,
    depth: usize,
    files: &mut Vec<(RelPath, Vec<u8>)>,
) -> Result<(), OverlayError> {
    match root.look(path, true) {
        Ok(Some(Look::File(_))) => {
            if let Some(Node::File { bytes, .. }) = root.read_through(path)? {
                files.push((path.clone(), bytes.0));
            }
        }
        Ok(Some(Look::Dir)) if depth < 16 => {
            for name in root.list(Some(path))?.unwrap_or_default() {
                let Some(inner) = RelPath::from_bytes(name.as_bytes()).ok() else { continue };
                let inner = path.join(inner.as_str())?;
                let is_folder = matches!(root.look(&inner, true), Ok(Some(Look::Dir)));
                let name = inner.name();
                if if is_folder { entered_by_portage(name) } else { read_by_portage(name) } {
                    walk(root, &inner, depth + 1, files)?;
                }
            }
        }
        // Portage passes over links that lead nowhere or to themselves, pipes and sockets.
        _ => {}
    }
    Ok(())
}
