//! What goes with a fork, and what stays for others.

use std::collections::{BTreeMap, BTreeSet};

use super::fork::is_named;
use super::record::{Fork, folder};
use super::update::Run;
use super::{OverlayError, sources};
use crate::ebuild::Ebuild;
use crate::tree::Node;
use crate::vocab::RelPath;

impl Run<'_> {
    /// The fork goes: its ebuild, its record, and the files that nothing else in the package names. Gives the files that
    /// other ebuilds name, with those.
    pub(super) fn leave(&mut self, forks: &[Fork]) -> Result<BTreeMap<String, Vec<String>>, OverlayError> {
        let fork = self.fork;
        self.changes.nodes.clear();
        self.changes.remove(&format!("{}/{}", fork.cpn, fork.cpn.ebuild(&fork.version)))?;
        fork.remove(&mut self.changes)?;
        let record = folder(&fork.cpn, &fork.version);
        let mut open = vec![RelPath::parse(&format!("{record}/conflict"))?];
        while let Some(folder) = open.pop() {
            for name in self.overlay.root().list(Some(&folder))?.unwrap_or_default() {
                let Some(path) = name.to_str().and_then(|name| folder.join(name).ok()) else { continue };
                match self.overlay.root().read(&path)? {
                    Some(Node::Dir { .. }) => open.push(path),
                    Some(_) => {
                        self.changes.nodes.insert(path, None);
                    }
                    None => {}
                }
            }
        }
        let mut users = BTreeMap::<String, Vec<String>>::new();
        for (version, bytes) in self.there.ebuilds.iter().filter(|(version, _)| **version != fork.version) {
            let ebuild = Ebuild::parse(bytes);
            let named = ebuild.files(&ebuild.names(fork.cpn.category(), fork.cpn.package(), version));
            for path in self.there.files.keys() {
                if named.as_ref().is_none_or(|named| is_named(named, path)) {
                    let ebuild = format!("{}-{version}", fork.cpn.package());
                    users.entry(format!("{}/files/{path}", fork.cpn)).or_default().push(ebuild);
                }
            }
        }
        let others = || forks.iter().filter(|other| other.cpn == fork.cpn && other.version != fork.version);
        let kept: BTreeSet<&str> = others()
            .flat_map(|other| other.files().chain(other.origin.patches.iter().map(String::as_str)))
            .collect();
        let mine = fork.files().chain(fork.origin.patches.iter().map(String::as_str));
        for name in mine.filter(|name| !kept.contains(*name)) {
            let path = format!("{}/files/{name}", fork.cpn);
            if !users.contains_key(&path) {
                self.changes.remove(&path)?;
            }
        }
        Ok(users)
    }

    /// Whether a file came with the fork.
    pub(super) fn is_own(&self, path: &str) -> bool {
        let name = path.strip_prefix(&format!("{}/files/", self.fork.cpn));
        name.is_some_and(|name| {
            self.fork.files().any(|own| own == name) || self.fork.origin.patches.iter().any(|own| own == name)
        })
    }

    /// With its last ebuild a package goes.
    pub(super) fn leave_package(&mut self) -> Result<(), OverlayError> {
        if self.there.ebuilds.keys().all(|version| *version == self.fork.version) {
            for (name, is_there) in
                [("metadata.xml", self.there.metadata.is_some()), ("Manifest", self.there.manifest.is_some())]
            {
                let path = RelPath::parse(&format!("{}/{name}", self.fork.cpn))?;
                self.changes.nodes.remove(&path);
                if is_there {
                    self.changes.nodes.insert(path, None);
                }
            }
        }
        Ok(())
    }

    /// The distfiles that nothing else needs, where the records and texts of all else show what that needs.
    pub(super) fn distfiles(&self, forks: &[Fork]) -> Vec<String> {
        let mut kept = BTreeSet::new();
        for (version, bytes) in
            self.there.ebuilds.iter().filter(|(version, _)| **version != self.fork.version)
        {
            let fork = forks.iter().find(|other| other.cpn == self.fork.cpn && other.version == *version);
            match fork.map(|fork| fork.origin.distfiles.iter().cloned().collect()) {
                Some(names) => kept.extend::<BTreeSet<String>>(names),
                None => match sources::distfiles(&self.fork.cpn, version, bytes) {
                    Some(names) => kept.extend(names),
                    None => return Vec::new(),
                },
            }
        }
        self.fork.origin.distfiles.iter().filter(|name| !kept.contains(*name)).cloned().collect()
    }
}
