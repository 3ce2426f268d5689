//! The packages that a change is about.

use super::installed::{Installed, Unreadable};
use crate::each::each;
use crate::repository::Repositories;
use crate::resolve::Package;
use crate::root::Root;
use crate::tree::Node;
use crate::vocab::{Atom, Candidate, Dialect, RelPath, Version};

/// A package version, and how it is installed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Subject {
    /// The version as its repository describes it; as the database of installed packages does where none has it any more.
    pub package: Package,
    /// Whether a repository has it: otherwise it cannot be built again.
    pub is_there: bool,
    /// How it is installed.
    pub installed: Option<Installed>,
}

impl Subject {
    /// An installed version as its repository describes it; where that one does not have it, the repository that goes before
    /// the others.
    pub fn of(installed: Installed, repositories: &Repositories) -> Self {
        let own = installed.repo.as_deref().and_then(|name| repositories.get(name));
        let others = repositories.iter().rev();
        let found = Version::parse(&installed.version).and_then(|version| {
            own.into_iter().chain(others).find_map(|repo| {
                let entry = repo.repository.cached_entry(&installed.cpn, &version).ok()??;
                Some((repo.name.as_str(), entry))
            })
        });
        let package = match &found {
            Some((name, entry)) => {
                let cpn = installed.cpn.to_string();
                let get = |name: &str| entry.named(name).map(str::to_owned).or_else(|| installed.get(name));
                Package::new(&cpn, &installed.version, Some(name), get)
            }
            None => installed.package(),
        };
        Self { package, is_there: found.is_some(), installed: Some(installed) }
    }

    /// All of these.
    pub fn of_all(installed: Vec<Installed>, repositories: &Repositories) -> Vec<Self> {
        each(&installed, |one| Self::of(one.clone(), repositories))
    }
}

/// All versions of all repositories, in the order of their names; what cannot be read is left out.
pub fn all(repositories: &Repositories) -> Vec<Subject> {
    let found = each(repositories.packages(), |cpn| {
        let name = cpn.to_string();
        let versions = repositories.package(cpn).unwrap_or_default();
        let subject = |found: &crate::repository::Found<'_>| Subject {
            package: Package::of(&name, found),
            is_there: true,
            installed: None,
        };
        versions.iter().rev().map(subject).collect::<Vec<_>>()
    });
    found.into_iter().flatten().collect()
}

/// What somebody asked for by name: `var/lib/portage/world` and `world_sets`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct World {
    /// The atoms of world, and of the sets of /etc/portage/sets that world_sets names.
    pub atoms: Vec<Atom>,
    /// Sets that are no files of /etc/portage/sets.
    pub other_sets: Vec<String>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Reads what is in world on a machine.
///
/// ```
/// use portage_config::{impact, root::Root};
/// let dir = tempfile::tempdir()?;
/// std::fs::create_dir_all(dir.path().join("var/lib/portage"))?;
/// std::fs::write(dir.path().join("var/lib/portage/world"), "app-misc/hello\ndev-lang/python:3.12\n")?;
/// let world = impact::world(&Root::open(dir.path())?);
/// assert_eq!(world.atoms.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn world(root: &Root) -> World {
    let mut world = World::default();
    for line in world.lines(root, "var/lib/portage/world") {
        world.add(&line);
    }
    for line in world.lines(root, "var/lib/portage/world_sets") {
        let name = line.trim_start_matches('@');
        let path = format!("etc/portage/sets/{name}");
        let is_set = RelPath::parse(&path)
            .is_ok_and(|path| matches!(root.read_through(&path), Ok(Some(Node::File { .. }))));
        if is_set {
            for line in world.lines(root, &path) {
                world.add(&line);
            }
        } else {
            world.other_sets.push(name.to_owned());
        }
    }
    world
}

impl World {
    /// Whether an atom matches it.
    pub fn has(&self, installed: &Installed) -> bool {
        let cpn = installed.cpn.to_string();
        let mut about = None;
        self.atoms.iter().filter(|atom| atom.cpn() == cpn).any(|atom| {
            let slot = about.get_or_insert_with(|| installed.get("SLOT").unwrap_or_default());
            let (slot, sub_slot) = slot.split_once('/').unwrap_or((slot, slot));
            atom.matches(&Candidate {
                cpn: &cpn,
                version: &installed.version,
                slot: Some(slot),
                sub_slot: Some(sub_slot),
                repo: installed.repo.as_deref(),
            })
        })
    }

    fn lines(&mut self, root: &Root, path: &str) -> Vec<String> {
        let Ok(path) = RelPath::parse(path) else { return Vec::new() };
        match root.read_through(&path) {
            Ok(Some(Node::File { bytes, .. })) => {
                let text = String::from_utf8_lossy(&bytes.0);
                let lines = text.lines().map(str::trim);
                lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
            }
            Ok(_) => Vec::new(),
            Err(error) => {
                self.unreadable.push(Unreadable { path: format!("/{path}"), why: error.source.to_string() });
                Vec::new()
            }
        }
    }

    fn add(&mut self, line: &str) {
        if line.starts_with('@') {
            self.other_sets.push(line.trim_start_matches('@').to_owned());
        } else if let Ok(atom) = Atom::parse(line, Dialect::World) {
            self.atoms.push(atom);
        }
    }
}
