//! Hashing the files of packages: all of them at once, so that no thread is idle.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::files::Files;
use super::sources::distfiles;
use crate::manifest::{Algorithm, Kind, Manifest, Source, Sums, hash};
use crate::report::{Key, Report};
use crate::repository::EbuildRepository;
use crate::root::{Root, RootError};
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath};

/// What is known of a package before its files are hashed.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) cpn: Cpn,
    /// Where its Manifest is, or is to be.
    pub(super) path: RelPath,
    pub(super) bytes: Option<Vec<u8>>,
    /// Its permission bits, also where it is yet to be made.
    pub(super) mode: u32,
    pub(super) manifest: Manifest,
    pub(super) files: Files,
    /// The distfiles that its ebuilds need; `None` where only bash could say.
    pub(super) needed: Option<BTreeSet<String>>,
    /// Those that the text of its ebuilds shows.
    pub(super) shown: BTreeSet<String>,
    /// Distfiles that are no files, or cannot be looked at.
    pub(super) odd: BTreeSet<String>,
}

/// A file that is hashed: which package, and what it is to it.
pub(super) type Name = (usize, Kind, String);

/// The files of some packages of a repository, found but not hashed.
#[derive(Debug)]
pub struct Work<'a> {
    pub(super) repository: &'a EbuildRepository,
    pub(super) packages: Vec<Gathered>,
    jobs: Vec<(Name, Place, u64)>,
    pub(super) algorithms: Vec<Algorithm>,
}

#[derive(Debug)]
enum Place {
    Repository(RelPath),
    Distfile(PathBuf),
}

/// Which distfiles are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Want<'a> {
    /// Those that have an entry.
    Listed,
    /// Those that are needed, as far as that is known, and these.
    Needed(&'a [String]),
}

impl<'a> Work<'a> {
    pub(super) fn gather(
        repository: &'a EbuildRepository,
        packages: &[Cpn],
        distdir: Option<&Path>,
        want: Want<'_>,
        report: &mut Report,
    ) -> Result<Self, RootError> {
        let mut work = Self { repository, packages: Vec::new(), jobs: Vec::new(), algorithms: Vec::new() };
        for cpn in packages {
            let mut gathered = gather(repository.root(), cpn, report)?;
            let at = work.packages.len();
            if !repository.layout().thin_manifests {
                for listed in &gathered.files.listed {
                    let name = (at, listed.kind.clone(), listed.name.clone());
                    work.jobs.push((name, Place::Repository(listed.path.clone()), listed.size));
                }
            }
            let listed = || gathered.manifest.of(&Kind::Dist).map(|(name, _)| name.to_owned());
            let names: BTreeSet<String> = match (want, &gathered.needed) {
                (Want::Needed(added), Some(needed)) => needed.iter().chain(added).cloned().collect(),
                (Want::Needed(added), None) => listed().chain(added.iter().cloned()).collect(),
                (Want::Listed, _) => listed().collect(),
            };
            for name in names {
                let Some(path) = distdir.map(|dir| dir.join(&name)) else { continue };
                let why = match std::fs::metadata(&path) {
                    Ok(stat) if stat.is_file() => {
                        work.jobs.push(((at, Kind::Dist, name), Place::Distfile(path), stat.len()));
                        continue;
                    }
                    Ok(_) => "it is no file".to_owned(),
                    Err(error)
                        if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
                    {
                        continue;
                    }
                    Err(error) => error.to_string(),
                };
                let text = format!("the distfile `{name}` cannot be hashed: {why}");
                report.file(&gathered.path).at(&super::codes::O037, Key::file(), text);
                gathered.odd.insert(name);
            }
            work.packages.push(gathered);
        }
        Ok(work)
    }

    /// How many bytes are hashed.
    pub fn bytes(&self) -> u64 {
        self.jobs.iter().fold(0u64, |sum, (_, _, size)| sum.saturating_add(*size))
    }

    /// Hashes all. What cannot be read is an error.
    pub(super) fn hash(
        &self,
        threads: usize,
        progress: &(dyn Fn(u64) + Sync),
    ) -> BTreeMap<Name, Result<Sums, RootError>> {
        let root = self.repository.root();
        let sources: Vec<Source<'_>> = (self.jobs.iter())
            .map(|(_, place, size)| {
                Source::new(*size, move || -> io::Result<Box<dyn Read + Send>> {
                    let file = match place {
                        Place::Repository(path) => root.open_through(path)?.ok_or(io::ErrorKind::NotFound)?,
                        Place::Distfile(path) => std::fs::File::open(path)?,
                    };
                    Ok(Box::new(file))
                })
            })
            .collect();
        let sums = hash(&sources, &self.algorithms, threads, progress);
        (self.jobs.iter().zip(sums))
            .map(|((name, place, _), sums)| {
                let path = match place {
                    Place::Repository(path) => path.to_string(),
                    Place::Distfile(path) => path.to_string_lossy().into_owned(),
                };
                (name.clone(), sums.map_err(|error| RootError::new(path, error)))
            })
            .collect()
    }
}

fn gather(root: &Root, cpn: &Cpn, report: &mut Report) -> Result<Gathered, RootError> {
    let missing = |_| RootError::new(cpn.to_string(), io::Error::from(io::ErrorKind::InvalidInput));
    let folder = RelPath::parse(&cpn.to_string()).map_err(missing)?;
    let path = folder.join("Manifest").map_err(missing)?;
    let mut files = Files::of(root, cpn);
    let (bytes, mode) = match root.read_through(&path) {
        Ok(Some(Node::File { bytes, mode })) => (Some(bytes.0), mode),
        Ok(None) => (None, 0o644),
        Ok(Some(_)) => {
            files.refused.push((path.clone(), "is no file".to_owned()));
            (None, 0o644)
        }
        Err(error) => {
            files.unreadable(path.clone(), &error);
            (None, 0o644)
        }
    };
    let text = bytes.as_deref().unwrap_or_default();
    let manifest = Manifest::read(text, &mut report.text(&path, text));
    let (mut known_all, mut shown) = (true, BTreeSet::new());
    let ebuilds = files.listed.iter().filter(|listed| listed.kind == Kind::Ebuild);
    let read: Vec<_> = ebuilds.map(|listed| (listed.path.clone(), root.read_through(&listed.path))).collect();
    for (path, read) in read {
        let known = match (cpn.version_of(path.name()), read) {
            (Some(version), Ok(Some(Node::File { bytes, .. }))) => distfiles(cpn, &version, &bytes.0),
            (_, Err(error)) => {
                files.unreadable(path, &error);
                None
            }
            _ => None,
        };
        known_all &= known.is_some();
        shown.extend(known.unwrap_or_default());
    }
    for (path, why) in &files.refused {
        report.file(path).at(&super::codes::O037, Key::file(), format!("`{path}` {why}"));
    }
    let needed = known_all.then(|| shown.clone());
    let (cpn, odd) = (cpn.clone(), BTreeSet::new());
    Ok(Gathered { cpn, path, bytes, mode, manifest, files, needed, shown, odd })
}
