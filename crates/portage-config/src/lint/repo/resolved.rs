//! The machine that a configuration makes of the repositories, as the resolver asks it.

use super::chain::place;
use crate::config::{Body, Bytes, Config};
use crate::lint::context::Context;
use crate::repository::{Configured, Found, Repositories};
use crate::resolve::{Files, Machine, Package, Repo};
use crate::root::{Root, RootError};
use crate::syntax;
use crate::tree::{Node, Tree};

/// The files of a configuration as they would be written. What cannot be written is told elsewhere, and left out here.
fn tree(config: &Config) -> Tree {
    let mut tree = Tree::default();
    for (path, file) in &config.files {
        let bytes = match (&file.body, file.kind) {
            (Body::Text(bytes), _) => bytes.clone(),
            (Body::Model(model), Some(kind)) => match syntax::write(&kind.grammar, b"", model) {
                Ok(bytes) => Bytes(bytes),
                Err(_) => continue,
            },
            (Body::Link(target), _) => {
                tree.nodes.insert(path.clone(), Node::Symlink { target: target.clone() });
                continue;
            }
            (Body::Dir, _) => {
                tree.nodes.insert(path.clone(), Node::Dir { mode: 0o755 });
                continue;
            }
            _ => continue,
        };
        tree.nodes.insert(path.clone(), Node::File { bytes, mode: 0o644 });
    }
    tree
}

/// The folders of repositories that make.profile names, with the repository that each means.
fn named<'a>(context: &Context<'_>, repos: &'a Repositories) -> Vec<(String, &'a Configured)> {
    let links = context.profile().map(|(_, target)| target);
    let targets = links.into_iter().chain(context.items("make.profile/parent").map(|(_, parent)| parent));
    let mut found = Vec::new();
    for target in targets {
        let Some((location, _)) = target.split_once("/profiles/") else { continue };
        let plain: Vec<&str> = location.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
        if let Some((repo, _)) = place(repos, target) {
            found.push((format!("/{}", plain.join("/")), repo));
        }
    }
    found
}

/// The machine of a configuration.
pub(super) fn machine(context: &Context<'_>, repos: &Repositories) -> Result<Machine, RootError> {
    let named = named(context, repos);
    let mut files = Files::new(None);
    let mut locations = Vec::new();
    for repo in repos.iter() {
        // A repository that is given by hand stands where the profile is looked for.
        let other = named.iter().rev().find(|(_, named)| named.name == repo.name);
        let location = other.map_or(repo.location.as_str(), |(location, _)| location).to_owned();
        files = files.mounted(&location, Root::open(repo.repository.root().dir())?);
        locations.push(location);
    }
    let files = files.with(&tree(context.config), []);
    let place = |name: &str| repos.iter().position(|repo| repo.name == name);
    let all = repos.iter().zip(&locations).map(|(repo, location)| {
        let masters = repo.masters.iter().filter_map(|name| place(name)).collect();
        Repo::new(&files, &repo.name, location, masters)
    });
    let all: Vec<Repo> = all.collect();
    let main = repos.main().and_then(|main| place(&main.name));
    Ok(Machine::new(files, all, main))
}

/// A version as the resolver sees it; `None` where it is not known what its ebuild says.
pub(super) fn package(cpn: &str, found: &Found<'_>) -> Option<Package> {
    found.entry.is_complete().then(|| Package::of(cpn, found))
}
