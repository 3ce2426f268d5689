//! The files of a repository, and those of some of its packages.

use std::collections::BTreeSet;

use super::super::Files;
use super::super::builtin;
use super::super::code;
use super::super::folder::Folder;
use super::super::header;
use super::super::source::at;
use super::{Said, Utf8Path, Value};
use crate::config::Bytes;
use crate::report::{Report, Span};
use crate::repository;
use crate::tree::{Node, Tree};
use crate::vocab::{RelPath, is_category, is_package_name, is_version};

/// Folders of a repository that are no categories (PMS 4.1).
const OWN: [&str; 5] = ["eclass", "licenses", "metadata", "profiles", "scripts"];

/// Folders of `metadata/` with a file or folder for each package version, below its category.
const PER_VERSION: [&str; 2] = ["metadata/md5-cache", "metadata/forks"];

/// The files of the repository, as a layer's folder.
pub(super) fn load(
    name: &str,
    said: &Said,
    place: &(String, Span),
    files: &dyn Files,
    report: &mut Report,
) -> Option<Folder> {
    let (mut tree, from) = match &said.tree {
        Some(value) => (read(value, files, report)?, value.path().into_string()),
        None if name == builtin::NAME => (builtin::tree(), format!("repository:{name}")),
        None => {
            at(report, &code::S008, said.span, format!("`[overlay.{name}]` does not say what is in it"))
                .set_help("write `tree = \"FOLDER\"`: the folder of the repository, from the spec's own");
            return None;
        }
    };
    let bytes = |wanted: &str| match tree.nodes.iter().find(|(path, _)| path.as_str() == wanted) {
        Some((_, Node::File { bytes, .. })) => Some(bytes.0.as_slice()),
        _ => None,
    };
    let own =
        repository::name_of(bytes(repository::LAYOUT), bytes(repository::REPO_NAME)).unwrap_or_default();
    if own != name {
        let span = said.tree.as_ref().map_or(said.span, |value| value.span);
        let message = match own.as_str() {
            "" => format!("`{from}` has no profiles/repo_name: Portage would not know it as `{name}`"),
            own => format!("`{from}` is the ebuild repository `{own}`, not `{name}`"),
        };
        at(report, &code::S010, span, message);
    }
    if let Some(packages) = &said.packages {
        choose(&mut tree, packages, &from, report);
    }
    Some(Folder::new(Some(place.clone()), tree, Utf8Path::new(&from), report))
}

fn read(value: &Value, files: &dyn Files, report: &mut Report) -> Option<Tree> {
    let path = value.path();
    let mut inside = Report::new();
    match files.tree(&path, &mut inside) {
        Ok(tree) => {
            super::super::folder::place_all(inside, &path, value.span, report);
            Some(tree)
        }
        Err(error) => {
            let message = format!("the folder `{path}` cannot be read: {error}");
            at(report, &code::S003, value.span, message)
                .set_help("the path of a folder is relative to the spec that names it");
            None
        }
    }
}

/// Leaves out the packages that are not wanted.
fn choose(tree: &mut Tree, packages: &[Value], from: &str, report: &mut Report) {
    let there: BTreeSet<String> = tree.nodes.keys().filter_map(package).collect();
    for value in packages.iter().filter(|value| !there.contains(&value.text)) {
        let message = format!("`{from}` has no package `{}`", value.text);
        let near = header::nearest(&value.text, there.iter().map(String::as_str));
        at(report, &code::S005, value.span, message).help =
            near.map(|near| format!("did you mean `{near}`?"));
    }
    let wanted: BTreeSet<&str> = packages.iter().map(|value| value.text.as_str()).collect();
    let categories: BTreeSet<&str> = wanted.iter().filter_map(|name| Some(name.split_once('/')?.0)).collect();
    tree.nodes.retain(|path, _| {
        let Some((first, rest)) = path.as_str().split_once('/') else {
            return !is_category_folder(path.as_str()) || categories.contains(path.as_str());
        };
        if !is_category_folder(first) {
            return is_of(path, &wanted);
        }
        let name = rest.split('/').next().unwrap_or_default();
        // A file of the category itself: metadata.xml.
        let own = !rest.contains('/') && !there.contains(&format!("{first}/{name}"));
        wanted.contains(format!("{first}/{name}").as_str()) || own && categories.contains(first)
    });
}

/// The package that a path lies in.
fn package(path: &RelPath) -> Option<String> {
    let mut parts = path.as_str().split('/');
    let (category, name) = (parts.next()?, parts.next()?);
    // A folder with something in it: no file of the category.
    parts.next()?;
    (is_category_folder(category) && is_package_name(name)).then(|| format!("{category}/{name}"))
}

fn is_category_folder(name: &str) -> bool {
    is_category(name) && !OWN.contains(&name)
}

/// Whether what lies beside the packages belongs to one that is wanted, or to none.
fn is_of(path: &RelPath, wanted: &BTreeSet<&str>) -> bool {
    let Some(rest) = PER_VERSION.iter().find_map(|folder| path.below(folder)) else { return true };
    let mut parts = rest.split('/');
    let (Some(category), version) = (parts.next(), parts.next()) else { return true };
    wanted.iter().any(|name| {
        name.split_once('/').is_some_and(|(of, name)| {
            let same = |text: &str| {
                text.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')).is_some_and(is_version)
            };
            of == category && version.is_none_or(same)
        })
    })
}

/// The files of a repository in memory, as those of a folder.
pub(in super::super) fn from_table(table: &[(&str, &[u8])]) -> Tree {
    let mut tree = Tree::new();
    for (path, bytes) in table {
        if let Ok(path) = RelPath::parse(path) {
            tree.insert(path, Node::File { bytes: Bytes(bytes.to_vec()), mode: 0o644 });
        }
    }
    tree
}
