//! A fork: an ebuild with its files, taken over and changed.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{self, Origin, blake2b, digest, readable, same};
use super::upstream::head;
use super::{OverlayError, distfiles, patch};
use crate::config::Bytes;
use crate::ebuild::{Ebuild, EditError};
use crate::report::Report;
use crate::repository::{Changes, EbuildRepository, LayoutConf, Metadata, Package};
use crate::tree::Node;
use crate::vocab::{Atom, Cpn, Dialect, Operator, RelPath, Version};

/// A patch to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Its file name.
    pub name: String,
    /// Its text.
    pub bytes: Vec<u8>,
}

/// What is to be forked, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wanted {
    /// Which package; of the versions that it allows, the newest.
    pub atom: Atom,
    /// What is added to `PATCHES`.
    pub patches: Vec<Patch>,
    /// What `KEYWORDS` is set to.
    pub keywords: Option<String>,
    /// Live versions (`9999`) count, too. They do without it where the atom names one with `=` or `~`.
    pub live: bool,
}

impl Wanted {
    /// A fork without changes.
    pub fn new(atom: Atom) -> Self {
        Self { atom, patches: Vec::new(), keywords: None, live: false }
    }
}

/// A fork that can be written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Forked {
    /// Category and name.
    pub cpn: Cpn,
    /// The version that was taken.
    pub from: Version,
    /// The version it has in the overlay.
    pub version: Version,
    /// What is to be written into the overlay.
    pub changes: Changes,
    /// Files below /etc/portage/patches would do: nothing but patches is asked for, and the ebuild applies those.
    pub user_patches: bool,
    /// The paths below `files/` that were taken.
    pub files: Vec<String>,
    /// The distfiles in the Manifest.
    pub distfiles: Vec<String>,
}

/// Takes an ebuild into an overlay.
///
/// * The version is the newest that the atom allows; live ones count where they are asked for.
/// * Of `files/` goes along what the ebuild names; all of it where only bash can tell what that is.
/// * The revision is upstream's and a hundred more, so that the fork goes before each revision that upstream makes of the
///   same version, and an update tells of those ([`super::status`]).
/// * The Manifest gets the distfiles of that version where `metadata/md5-cache` says them, else all of the package's.
///
/// # Errors
/// When there is none, it cannot be changed in a way that is known to work, or the overlay has something else in its place.
pub fn fork(
    from: &EbuildRepository,
    overlay: &EbuildRepository,
    wanted: &Wanted,
    report: &mut Report,
) -> Result<Forked, OverlayError> {
    make(from, Some(overlay), head(from)?, wanted, report)
}

/// As [`fork`], for an overlay that has nothing yet, with thin Manifests. The record says no commit of upstream's git
/// folder, so that the same ebuild gives the same fork.
///
/// # Errors
/// As [`fork`].
pub fn fork_alone(
    from: &EbuildRepository,
    wanted: &Wanted,
    report: &mut Report,
) -> Result<Forked, OverlayError> {
    make(from, None, None, wanted, report)
}

fn make(
    from: &EbuildRepository,
    overlay: Option<&EbuildRepository>,
    commit: Option<String>,
    wanted: &Wanted,
    report: &mut Report,
) -> Result<Forked, OverlayError> {
    let (package, version) = choose(from, wanted, report)?;
    let there = match overlay {
        Some(overlay) => overlay.package(&package.cpn, report)?,
        None => None,
    };
    let thin = LayoutConf { thin_manifests: true, ..LayoutConf::default() };
    let layout = overlay.map_or(&thin, EbuildRepository::layout);
    let ours = revised(&version)?;
    if there.as_ref().is_some_and(|there| there.ebuild(&ours).is_some()) {
        return Err(OverlayError::Exists(format!("{}/{}", package.cpn, package.cpn.ebuild(&ours))));
    }
    distinct(wanted.patches.iter().map(|patch| patch.name.clone()))?;
    let taken = Taken::of(from, &package, &version)?;
    let (mut changes, mut added) = (Changes::default(), BTreeMap::new());
    let names: Vec<&str> = wanted.patches.iter().map(|patch| patch.name.as_str()).collect();
    let file = package.cpn.ebuild(&version);
    let ebuild = edited(&taken.ebuild, &names, wanted.keywords.as_deref())
        .map_err(|source| OverlayError::Edit { ebuild: file.clone(), source })?;
    for (path, node) in &taken.files {
        put(&mut changes, there.as_ref(), &package.cpn, path, node.clone())?;
    }
    for patch in &wanted.patches {
        if let Some(target) = patch::leads_out(&patch.bytes) {
            return Err(OverlayError::LeadsOut { patch: patch.name.clone(), target });
        }
        if taken.files.contains_key(&patch.name) {
            return Err(OverlayError::Exists(format!("{}/files/{}", package.cpn, patch.name)));
        }
        let node = Node::File { bytes: Bytes(patch.bytes.clone()), mode: 0o644 };
        added.insert(format!("files/{}", patch.name), digest(&node));
        put(&mut changes, there.as_ref(), &package.cpn, &patch.name, node)?;
    }
    changes.file(&format!("{}/{}", package.cpn, package.cpn.ebuild(&ours)), ebuild)?;
    if there.as_ref().is_none_or(|there| there.metadata.is_none()) {
        let text = package.metadata.clone().unwrap_or_else(|| Metadata::default().to_xml().into_bytes());
        added.insert("metadata.xml".to_owned(), blake2b(&text));
        changes.file(&format!("{}/metadata.xml", package.cpn), text)?;
    }
    let dist = distfiles::needed(from, &package, &version)?;
    let origin = Origin {
        repository: from.name().unwrap_or_default().to_owned(),
        commit,
        package: package.cpn.to_string(),
        version: version.to_string(),
        keywords: wanted.keywords.clone(),
        patches: wanted.patches.iter().map(|patch| patch.name.clone()).collect(),
        distfiles: dist.keys().cloned().collect(),
        taken: taken.digests(&package.cpn, &version),
        added,
    };
    record::write(&package.cpn, &ours, &origin, &taken.nodes(&package.cpn, &version), &mut changes)?;
    distfiles::manifest(layout, &package.cpn, there.as_ref(), &mut changes, dist, &[])?;
    let prepare = Ebuild::parse(&taken.ebuild).prepare();
    let user_patches = wanted.keywords.is_none() && !wanted.patches.is_empty() && prepare.user;
    Ok(Forked {
        cpn: package.cpn,
        from: version,
        version: ours,
        changes,
        user_patches,
        files: taken.files.into_keys().collect(),
        distfiles: origin.distfiles,
    })
}

/// The same patches as files of a machine, below `etc/portage/patches`, where Portage applies them to any ebuild.
///
/// The folder is that of the package, or of the version and slot that the atom names.
///
/// # Errors
/// When the ebuild that the atom leads to does not apply such patches.
pub fn user_patches(
    from: &EbuildRepository,
    wanted: &Wanted,
    report: &mut Report,
) -> Result<Changes, OverlayError> {
    let (package, version) = choose(from, wanted, report)?;
    let ebuild = package.ebuild(&version).map(|(_, bytes)| Ebuild::parse(bytes));
    if !ebuild.is_some_and(|ebuild| ebuild.prepare().user) {
        return Err(OverlayError::NoUserPatches(package.cpn.ebuild(&version)));
    }
    distinct(wanted.patches.iter().map(user_name))?;
    let mut folder = package.cpn.to_string();
    match wanted.atom.operator() {
        Some(Operator::Equal) if !wanted.atom.glob() => {
            let revision = version.revision();
            let digits = if revision.digits().is_empty() { "0" } else { revision.digits() };
            folder = format!("{folder}-{}-r{digits}", version.without_revision());
        }
        Some(Operator::Approximate) => folder = format!("{folder}-{}", version.without_revision()),
        _ => {}
    }
    if let Some(slot) = wanted.atom.slot() {
        folder = format!("{folder}:{slot}");
    }
    let mut changes = Changes::default();
    for patch in &wanted.patches {
        if let Some(target) = patch::leads_out(&patch.bytes) {
            return Err(OverlayError::LeadsOut { patch: patch.name.clone(), target });
        }
        let name = user_name(patch);
        changes.file(&format!("etc/portage/patches/{folder}/{name}"), patch.bytes.clone())?;
    }
    Ok(changes)
}

/// The name that Portage looks for in /etc/portage/patches.
fn user_name(patch: &Patch) -> String {
    let known = patch.name.ends_with(".patch") || patch.name.ends_with(".diff");
    if known { patch.name.clone() } else { format!("{}.patch", patch.name) }
}

fn distinct(names: impl Iterator<Item = String>) -> Result<(), OverlayError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if let Some(twice) = seen.replace(name) {
            return Err(OverlayError::SameName(twice));
        }
    }
    Ok(())
}

/// Whether an atom matches an ebuild of a repository.
pub(super) fn covers(atom: &Atom, cpn: &Cpn, version: &Version, ebuild: &[u8], repo: Option<&str>) -> bool {
    let mut one = format!("={cpn}-{version}");
    if atom.slot().is_some() {
        let slot = whole_slot(ebuild, cpn, version).unwrap_or_default();
        // Without a sub-slot it is the slot itself (PMS 7.2).
        let slot = if slot.contains('/') { slot } else { format!("{slot}/{slot}") };
        one = format!("{one}:{slot}");
    }
    if let (Some(_), Some(repo)) = (atom.repo(), repo) {
        one = format!("{one}::{repo}");
    }
    Atom::parse(&one, Dialect::User).is_ok_and(|one| atom.covers(&one))
}

/// The newest version that an atom allows.
fn choose(
    from: &EbuildRepository,
    wanted: &Wanted,
    report: &mut Report,
) -> Result<(Package, Version), OverlayError> {
    let none = || OverlayError::NoMatch {
        atom: wanted.atom.as_str().to_owned(),
        repository: from.name().unwrap_or_default().to_owned(),
    };
    let cpn = Cpn::parse(wanted.atom.cpn()).map_err(|_| none())?;
    let package = from.package(&cpn, report)?.ok_or_else(none)?;
    let named = matches!(wanted.atom.operator(), Some(Operator::Equal | Operator::Approximate));
    let fits = |(version, bytes): &(&Version, &Vec<u8>)| {
        let live = wanted.live || named || !is_live(version);
        live && covers(&wanted.atom, &cpn, version, bytes, from.name())
    };
    let version = package.ebuilds.iter().rfind(fits).map(|(version, _)| version.clone());
    let version = version.ok_or_else(none)?;
    Ok((package, version))
}

/// `9999`, or a part of that form: what is fetched anew each time.
pub(super) fn is_live(version: &Version) -> bool {
    let mut parts = version.without_revision().split(|c: char| !c.is_ascii_digit());
    parts.any(|part| part.len() >= 4 && part.bytes().all(|b| b == b'9'))
}

/// The slot that an ebuild says, where its text alone does.
pub(super) fn slot(ebuild: &[u8], cpn: &Cpn, version: &Version) -> Option<String> {
    whole_slot(ebuild, cpn, version)?.split('/').next().map(str::to_owned)
}

/// With its sub-slot.
fn whole_slot(ebuild: &[u8], cpn: &Cpn, version: &Version) -> Option<String> {
    let ebuild = Ebuild::parse(ebuild);
    let names = ebuild.names(cpn.category(), cpn.package(), version);
    ebuild.slot().or_else(|| names.get("SLOT").cloned())
}

/// The version of a fork: the revision is upstream's and a hundred more.
pub(super) fn revised(version: &Version) -> Result<Version, OverlayError> {
    let none = || OverlayError::NoRoom(version.to_string());
    let revision = version.revision();
    let number: u32 = match revision.digits() {
        "" => 0,
        digits => digits.parse().map_err(|_| none())?,
    };
    let more = number.checked_add(100).ok_or_else(none)?;
    Version::parse(&format!("{}-r{more}", version.without_revision())).ok_or_else(none)
}

/// An ebuild with what a fork adds to it.
pub(super) fn edited(ebuild: &[u8], patches: &[&str], keywords: Option<&str>) -> Result<Vec<u8>, EditError> {
    let mut bytes = ebuild.to_vec();
    if !patches.is_empty() {
        bytes = Ebuild::parse(&bytes).add_patches(patches)?;
    }
    if let Some(keywords) = keywords {
        bytes = Ebuild::parse(&bytes).set_keywords(keywords)?;
    }
    Ok(bytes)
}

/// What is taken of a package.
pub(super) struct Taken {
    pub(super) ebuild: Vec<u8>,
    /// By their paths below `files/`.
    pub(super) files: BTreeMap<String, Node>,
}

impl Taken {
    pub(super) fn of(
        from: &EbuildRepository,
        package: &Package,
        version: &Version,
    ) -> Result<Self, OverlayError> {
        let cpn = &package.cpn;
        let bytes = package.ebuild(version).map(|(_, bytes)| bytes.to_vec());
        let bytes = bytes.ok_or_else(|| OverlayError::NoMatch {
            atom: format!("={cpn}-{version}"),
            repository: from.name().unwrap_or_default().to_owned(),
        })?;
        let ebuild = Ebuild::parse(&bytes);
        steady(&ebuild, cpn.ebuild(version))?;
        for eclass in ebuild.inherit() {
            let Ok(path) = RelPath::parse(&format!("eclass/{eclass}.eclass")) else { continue };
            if let Some(Node::File { bytes, .. }) = from.root().read_through(&path)? {
                steady(&Ebuild::parse(&bytes.0), path.to_string())?;
            }
        }
        let named = ebuild.files(&ebuild.names(cpn.category(), cpn.package(), version));
        let mut files = BTreeMap::new();
        for (path, node) in &package.files {
            if !named.as_ref().is_none_or(|named| is_named(named, path)) {
                continue;
            }
            if let Node::Symlink { target } = node
                && (target.starts_with('/') || target.split('/').any(|part| part == ".."))
            {
                return Err(OverlayError::Link(format!("{cpn}/files/{path}")));
            }
            files.insert(path.as_str().to_owned(), readable(node));
        }
        Ok(Self { ebuild: bytes, files })
    }

    /// All of it, by its paths in the package.
    pub(super) fn nodes(&self, cpn: &Cpn, version: &Version) -> BTreeMap<String, Node> {
        let ebuild = Node::File { bytes: Bytes(self.ebuild.clone()), mode: 0o644 };
        let files = self.files.iter().map(|(path, node)| (format!("files/{path}"), node.clone()));
        files.chain([(cpn.ebuild(version), ebuild)]).collect()
    }

    pub(super) fn digests(&self, cpn: &Cpn, version: &Version) -> BTreeMap<String, String> {
        self.nodes(cpn, version).iter().map(|(path, node)| (path.clone(), digest(node))).collect()
    }
}

/// Whether a file is among those that are named, or in a folder that is.
pub(super) fn is_named(named: &BTreeSet<String>, path: &RelPath) -> bool {
    named.contains(path.as_str()) || path.ancestors().iter().any(|folder| named.contains(folder.as_str()))
}

/// Refuses what is named after the revision.
fn steady(text: &Ebuild, name: String) -> Result<(), OverlayError> {
    match text.names_revision().first() {
        Some((line, variable)) => {
            Err(OverlayError::Revision { ebuild: name, line: *line, variable: (*variable).to_owned() })
        }
        None => Ok(()),
    }
}

/// Puts a file into `files/`; one that is there with another content stays, and is told of.
fn put(
    changes: &mut Changes,
    there: Option<&Package>,
    cpn: &Cpn,
    path: &str,
    node: Node,
) -> Result<(), OverlayError> {
    let short = RelPath::parse(path)?;
    match there.and_then(|there| there.files.get(&short)) {
        Some(other) if same(Some(other), Some(&node)) => return Ok(()),
        Some(_) => return Err(OverlayError::Exists(format!("{cpn}/files/{path}"))),
        None => {}
    }
    changes.nodes.insert(RelPath::parse(&format!("{cpn}/files/{path}"))?, Some(node));
    Ok(())
}
