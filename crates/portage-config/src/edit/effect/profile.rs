//! The profile: make.profile and its parents, as far as they are in the root.

use crate::file;
use crate::model::Model;
use crate::report::Report;
use crate::root::Root;
use crate::syntax;
use crate::tree::Node;
use crate::vocab::RelPath;

/// More folders than any profile has.
const MOST: usize = 512;

/// The folders of the profile, parents first, `etc/portage/profile` last (`LocationsManager._addProfile`).
pub(super) fn chain(root: &Root) -> Vec<RelPath> {
    let mut all = Vec::new();
    let places = ["etc/portage/make.profile", "etc/make.profile"];
    let first = places.iter().find_map(|place| root.resolve(place).filter(|path| is_folder(root, path)));
    if let Some(folder) = first {
        let repositories = repositories(root);
        let mut way = Vec::new();
        add(root, &folder, &repositories, &mut way, &mut all);
    }
    all.extend(RelPath::parse("etc/portage/profile"));
    all
}

fn is_folder(root: &Root, path: &RelPath) -> bool {
    matches!(root.read_through(path), Ok(Some(Node::Dir { .. })))
}

fn add(
    root: &Root,
    folder: &RelPath,
    repositories: &[(String, String)],
    way: &mut Vec<RelPath>,
    all: &mut Vec<RelPath>,
) {
    if way.contains(folder) || all.len() >= MOST {
        return;
    }
    way.push(folder.clone());
    let parents = folder.join("parent").ok().and_then(|path| root.read_through(&path).ok().flatten());
    if let Some(Node::File { bytes, .. }) = parents {
        for line in String::from_utf8_lossy(&bytes.0).lines() {
            let words: Vec<&str> =
                line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
            let parent = words.join(" ");
            let path = match parent.split_once(':') {
                _ if parent.is_empty() => continue,
                Some(("", rest)) => repository(folder).map(|own| format!("{own}/profiles/{rest}")),
                Some((name, rest)) => repositories
                    .iter()
                    .rev()
                    .find(|(known, _)| known == name)
                    .map(|(_, location)| format!("{location}/profiles/{rest}")),
                None if parent.starts_with('/') => Some(parent),
                None => Some(format!("{folder}/{parent}")),
            };
            let path = path.and_then(|path| root.resolve(&path)).filter(|path| is_folder(root, path));
            if let Some(path) = path {
                add(root, &path, repositories, way, all);
            }
        }
    }
    way.pop();
    // What two parents have in common is read once for each of them, and says the same each time.
    all.push(folder.clone());
}

/// The ebuild repository that a folder of a profile lies in.
fn repository(folder: &RelPath) -> Option<&str> {
    let (own, _) = folder.as_str().rsplit_once("/profiles/")?;
    Some(own)
}

/// The names of repositories and where they lie.
fn repositories(root: &Root) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let Some(kind) = file::named("repos.conf") else { return all };
    for place in ["usr/share/portage/config/repos.conf", "etc/portage/repos.conf"] {
        let Ok(place) = RelPath::parse(place) else { continue };
        for file in crate::diff::walk::files(root, &place, &mut Report::new()) {
            let model = syntax::read(&kind.grammar, &file.bytes, &mut Report::new().file(&file.path));
            let Model::Ini(ini) = model else { continue };
            for section in ini.sections {
                if let Some(key) = section.keys.iter().find(|key| key.key == "location") {
                    all.push((section.name.clone(), key.value.reveal().to_owned()));
                }
            }
        }
    }
    all
}
