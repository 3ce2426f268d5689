//! A tree as a tar file: the same bytes for the same tree.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;
use tar::{Builder, EntryType, Header};

/// The number of the group portage on Gentoo: acct-group/portage.
const PORTAGE: u64 = 250;

/// The tree as a GNU tar file: sorted, everything root's, no times; folders above the nodes are in it.
///
/// Files with a group in `groups` are that group's, by its name, which is what counts when they are unpacked on a
/// machine that has it.
pub(crate) fn tar(tree: &Tree, groups: &BTreeMap<RelPath, &'static str>) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    let mut folders = BTreeSet::new();
    for (path, node) in &tree.nodes {
        for folder in path.ancestors() {
            if !tree.nodes.contains_key(&folder) && folders.insert(folder.clone()) {
                append(&mut builder, &folder, &Node::Dir { mode: 0o755 }, None)?;
            }
        }
        append(&mut builder, path, node, groups.get(path).copied())?;
    }
    builder.into_inner()
}

/// The path as the file system knows it.
fn name(path: &RelPath) -> PathBuf {
    PathBuf::from(OsString::from_vec(path.to_bytes().into_owned()))
}

fn append(
    builder: &mut Builder<Vec<u8>>,
    path: &RelPath,
    node: &Node,
    group: Option<&str>,
) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_uid(0);
    header.set_gid(if group == Some("portage") { PORTAGE } else { 0 });
    header.set_mtime(0);
    header.set_username("root")?;
    header.set_groupname(group.unwrap_or("root"))?;
    header.set_size(0);
    match node {
        Node::File { bytes, mode } => {
            header.set_entry_type(EntryType::Regular);
            header.set_mode(*mode);
            header.set_size(bytes.0.len() as u64);
            builder.append_data(&mut header, name(path), bytes.0.as_slice())
        }
        Node::Dir { mode } => {
            header.set_entry_type(EntryType::Directory);
            header.set_mode(*mode);
            builder.append_data(&mut header, name(path).join(""), io::empty())
        }
        Node::Symlink { .. } => {
            let target = PathBuf::from(OsString::from_vec(node.target_bytes().unwrap_or_default()));
            header.set_entry_type(EntryType::Symlink);
            header.set_mode(0o777);
            // The target stays as it is written: `append_link` would turn `a//b` into `a/b`.
            if header.set_link_name_literal(target.as_os_str().as_bytes()).is_ok() {
                builder.append_data(&mut header, name(path), io::empty())
            } else {
                builder.append_link(&mut header, name(path), target)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portage_config::config::Bytes;

    fn tree() -> Tree {
        let mut tree = Tree::default();
        let path = |path: &str| RelPath::parse(path).unwrap();
        let long = format!("etc/portage/patches/{}/x.patch", "a".repeat(150));
        for (name, mode) in [("etc/portage/make.conf", 0o644), ("etc/secret", 0o600), (&long, 0o644)] {
            tree.nodes.insert(path(name), Node::File { bytes: Bytes(name.as_bytes().to_vec()), mode });
        }
        let link = |target: &str| Node::Symlink { target: target.to_owned() };
        tree.nodes.insert(path("etc/portage/make.profile"), link("../..//profiles/./x"));
        tree.nodes.insert(path("etc/long"), link(&"b/".repeat(100)));
        tree.nodes.insert(path("etc/portage/package.use"), Node::Dir { mode: 0o700 });
        tree
    }

    #[test]
    fn what_is_in_the_tree_is_in_the_tar() {
        let bytes = tar(&tree(), &BTreeMap::new()).unwrap();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut found = Vec::new();
        for entry in archive.entries().unwrap() {
            let entry = entry.unwrap();
            let header = entry.header();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, 0));
            assert_eq!(header.username().unwrap(), Some("root"));
            let link = entry.link_name_bytes().map(|l| String::from_utf8_lossy(&l).into_owned());
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            found.push((path, header.mode().unwrap(), link, header.size().unwrap()));
        }
        let find = |name: &str| found.iter().find(|f| f.0 == name).cloned().unwrap();
        assert_eq!(find("etc/secret").1, 0o600);
        assert_eq!(find("etc/portage/package.use/").1, 0o700);
        assert_eq!(find("etc/portage/make.profile").2.as_deref(), Some("../..//profiles/./x"));
        assert_eq!(find("etc/long").2, Some("b/".repeat(100)));
        assert_eq!(find("etc/portage/make.conf").3, 21);
        assert_eq!(found[0].0, "etc/", "folders first");
        assert_eq!(found.iter().filter(|f| f.0 == "etc/portage/").count(), 1);
        let mut names: Vec<_> = found.iter().map(|f| camino::Utf8PathBuf::from(&f.0)).collect();
        names.sort();
        assert_eq!(names, found.iter().map(|f| camino::Utf8PathBuf::from(&f.0)).collect::<Vec<_>>());
    }

    #[test]
    fn the_same_tree_gives_the_same_bytes() {
        assert_eq!(tar(&tree(), &BTreeMap::new()).unwrap(), tar(&tree(), &BTreeMap::new()).unwrap());
    }
}
