//! A package: its ebuilds and what lies beside them.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::codes::{O023, O024, O025, O026};
use crate::report::{Key, Report};
use crate::root::{Root, RootError, unreadable};
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath, Version};

/// A package of a repository (PMS 4.3).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Package {
    /// Category and name.
    pub cpn: Cpn,
    /// The bytes of each ebuild, by version; of two that are the same version the one whose name comes first.
    pub ebuilds: BTreeMap<Version, Vec<u8>>,
    /// What lies in `files/`, the folders aside, by the path below it. Links are links, whatever they lead to.
    pub files: BTreeMap<RelPath, Node>,
    /// The bytes of the Manifest.
    pub manifest: Option<Vec<u8>>,
    /// The bytes of metadata.xml.
    pub metadata: Option<Vec<u8>>,
    /// All else in the folder of the package, ebuilds of no or another version among it.
    pub others: BTreeMap<RelPath, Node>,
}

impl Package {
    /// The ebuild of a version, and its version as the file name spells it.
    pub fn ebuild(&self, version: &Version) -> Option<(&Version, &[u8])> {
        self.ebuilds.get_key_value(version).map(|(version, bytes)| (version, bytes.as_slice()))
    }

    /// One that holds nothing.
    pub(crate) fn empty(cpn: &Cpn) -> Self {
        Self {
            cpn: cpn.clone(),
            ebuilds: BTreeMap::new(),
            files: BTreeMap::new(),
            manifest: None,
            metadata: None,
            others: BTreeMap::new(),
        }
    }

    pub(super) fn read(
        root: &Root,
        cpn: &Cpn,
        folder: &RelPath,
        report: &mut Report,
    ) -> Result<Self, RootError> {
        let mut package = Self::empty(cpn);
        for name in root.list(Some(folder))?.unwrap_or_default() {
            let Some((path, short)) = path(folder, None, &name, report) else { continue };
            let node = match root.read(&path) {
                Ok(Some(node)) => node,
                Ok(None) => continue,
                Err(error) => {
                    report.push(unreadable(&path, &error.source));
                    continue;
                }
            };
            if short.as_str() == "files" {
                match node {
                    Node::Dir { .. } => package.walk(root, &path, report)?,
                    node => {
                        report.file(&path).at(&O025, Key::file(), "`files` is no folder");
                        package.others.insert(short, node);
                    }
                }
                continue;
            }
            package.take(root, &path, short, node, report);
        }
        Ok(package)
    }

    /// Takes up what lies in the folder of the package.
    fn take(&mut self, root: &Root, path: &RelPath, short: RelPath, node: Node, report: &mut Report) {
        // Portage reads what a link leads to.
        let read = match &node {
            Node::Symlink { .. } if leads_out(path, &node) => {
                report.file(path).at(
                    &O026,
                    Key::file(),
                    format!("the link `{short}` leads out of the repository"),
                );
                None
            }
            Node::Symlink { .. } => root.read_through(path).unwrap_or_else(|error| {
                report.push(unreadable(path, &error.source));
                None
            }),
            node => Some(node.clone()),
        };
        let bytes = match read {
            Some(Node::File { bytes, .. }) => bytes.0,
            _ => {
                self.others.insert(short, node);
                return;
            }
        };
        match (short.as_str(), self.cpn.version_of(short.as_str())) {
            ("Manifest", _) => self.manifest = Some(bytes),
            ("metadata.xml", _) => self.metadata = Some(bytes),
            (name, Some(version)) => match self.ebuilds.get_key_value(&version) {
                Some((other, _)) => {
                    let text = format!("`{name}` is the same version as `{}`", self.cpn.ebuild(other));
                    report.file(path).at(&O023, Key::file(), text);
                    self.others.insert(short, node);
                }
                None => {
                    self.ebuilds.insert(version, bytes);
                }
            },
            (name, None) => {
                if name.ends_with(".ebuild") && !name.starts_with('.') {
                    let text = format!("`{name}` is no ebuild of `{}`", self.cpn);
                    report
                        .file(path)
                        .at(&O024, Key::file(), text)
                        .set_help(format!("ebuilds here are named `{}-VERSION.ebuild`", self.cpn.package()));
                }
                self.others.insert(short, node);
            }
        }
    }

    /// Takes up what lies in `files/`.
    fn walk(&mut self, root: &Root, files: &RelPath, report: &mut Report) -> Result<(), RootError> {
        let mut ahead: Vec<(RelPath, Option<RelPath>)> = vec![(files.clone(), None)];
        while let Some((folder, below)) = ahead.pop() {
            for name in root.list(Some(&folder))?.unwrap_or_default() {
                let Some((path, short)) = path(&folder, below.as_ref(), &name, report) else { continue };
                match root.read(&path) {
                    Ok(Some(Node::Dir { .. })) => ahead.push((path, Some(short))),
                    Ok(Some(node)) => {
                        if leads_out(&path, &node) {
                            let text = format!("the link `files/{short}` leads out of the repository");
                            report.file(&path).at(&O026, Key::file(), text);
                        }
                        self.files.insert(short, node);
                    }
                    Ok(None) => {}
                    Err(error) => report.push(unreadable(&path, &error.source)),
                }
            }
        }
        Ok(())
    }
}

/// The path of a name in a folder, from the root and from `below`; what no text can show is reported.
fn path(
    folder: &RelPath,
    below: Option<&RelPath>,
    name: &OsString,
    report: &mut Report,
) -> Option<(RelPath, RelPath)> {
    use std::os::unix::ffi::OsStrExt;
    let short = RelPath::from_bytes(name.as_bytes()).ok()?;
    let path = folder.join(short.as_str()).ok()?;
    if short.as_str().as_bytes() != name.as_bytes() {
        report.file(&path).at(&O024, Key::file(), format!("no text can show the name `{short}`"));
    }
    let short = match below {
        Some(below) => below.join(short.as_str()).ok()?,
        None => short,
    };
    Some((path, short))
}

/// Whether what stands at a path of a repository is a link that leads out of it, by its words.
pub(crate) fn leads_out(path: &RelPath, node: &Node) -> bool {
    let Node::Symlink { target } = node else { return false };
    if target.starts_with('/') {
        return true;
    }
    let mut depth = path.ancestors().len();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_out_by_its_words() {
        let at = RelPath::parse("a-b/c/files/x").unwrap();
        for (target, out) in [
            ("y", false),
            ("../../../d-e/f", false),
            ("../../../../etc/passwd", true),
            ("/etc/passwd", true),
            ("./y/../../../../../z", true),
            ("", false),
        ] {
            assert_eq!(leads_out(&at, &Node::Symlink { target: target.into() }), out, "{target}");
        }
    }
}
