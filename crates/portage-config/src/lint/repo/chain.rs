//! The folders of the profile, as far as they lie in the repositories.

use crate::file::{Effective, Grammar, VarsDialect};
use crate::lint::context::Context;
use crate::model::Model;
use crate::report::Report;
use crate::repository::{Configured, Repositories};
use crate::root::files;
use crate::syntax;
use crate::vocab::RelPath;

/// More folders than any profile has.
const MOST: usize = 512;

/// Parents of parents that no profile has.
const DEEPEST: usize = 64;

/// A folder of the profile: where it is below the repository.
pub(super) struct Node<'a> {
    pub(super) repo: &'a Configured,
    pub(super) folder: RelPath,
}

/// The profile.
#[derive(Default)]
pub(super) struct Chain<'a> {
    /// Parents first.
    pub(super) nodes: Vec<Node<'a>>,
    /// What make.profile names in a repository, and where it is named.
    pub(super) named: Vec<(RelPath, Named<'a>)>,
    /// make.defaults of all folders.
    pub(super) defaults: Effective,
}

/// What make.profile names.
pub(super) struct Named<'a> {
    pub(super) repo: &'a Configured,
    /// The path below `profiles/`.
    pub(super) path: String,
    pub(super) is_there: bool,
}

impl<'a> Chain<'a> {
    pub(super) fn of(context: &Context<'_>, repos: &'a Repositories) -> Self {
        let mut chain = Self::default();
        let mut starts = Vec::new();
        if let Some((at, target)) = context.profile() {
            starts.extend(place(repos, target).map(|(repo, path)| (at, repo, path)));
        }
        for (at, parent) in context.items("make.profile/parent") {
            let found = match parent.split_once(':') {
                Some((name, path)) => repos.get(name).map(|repo| (repo, path.to_owned())),
                None => place(repos, parent),
            };
            starts.extend(found.map(|(repo, path)| (at.clone(), repo, path)));
        }
        for (at, repo, path) in starts {
            let folder = RelPath::parse(&format!("profiles/{path}")).ok();
            let folder = folder
                .filter(|folder| repo.repository.root().list(Some(folder)).is_ok_and(|all| all.is_some()));
            if let Some(folder) = &folder {
                chain.add(repos, repo, folder, &mut Vec::new());
            }
            chain.named.push((at, Named { repo, path, is_there: folder.is_some() }));
        }
        for node in &chain.nodes {
            for (path, bytes) in node.files("make.defaults") {
                let grammar = Grammar::Vars(VarsDialect::Getconfig);
                if let Model::Vars(vars) =
                    syntax::read(&grammar, &bytes, &mut Report::new().text(&path, &bytes))
                {
                    chain.defaults.apply(&vars);
                }
            }
        }
        chain
    }

    fn add(
        &mut self,
        repos: &'a Repositories,
        repo: &'a Configured,
        folder: &RelPath,
        way: &mut Vec<(String, RelPath)>,
    ) {
        let own = (repo.name.clone(), folder.clone());
        if way.contains(&own) || way.len() >= DEEPEST || self.nodes.len() >= MOST {
            return;
        }
        way.push(own);
        let node = Node { repo, folder: folder.clone() };
        for line in node.lines("parent") {
            let found = match line.split_once(':') {
                Some(("", path)) => Some((repo, format!("profiles/{path}"))),
                Some((name, path)) => repos.get(name).map(|repo| (repo, format!("profiles/{path}"))),
                None if line.starts_with('/') => {
                    place(repos, &line).map(|(repo, path)| (repo, format!("profiles/{path}")))
                }
                None => Some((repo, format!("{folder}/{line}"))),
            };
            let Some((repo, path)) = found else { continue };
            let Some(folder) = repo.repository.root().resolve(&path) else { continue };
            if repo.repository.root().list(Some(&folder)).is_ok_and(|all| all.is_some()) {
                self.add(repos, repo, &folder, way);
            }
        }
        way.pop();
        self.nodes.push(node);
    }
}

impl Node<'_> {
    /// The files at a name of the folder.
    pub(super) fn files(&self, name: &str) -> Vec<(RelPath, Vec<u8>)> {
        below(self.repo, &format!("{}/{name}", self.folder))
    }

    /// The lines of a file, without comments.
    pub(super) fn lines(&self, name: &str) -> Vec<String> {
        lines(self.repo, &format!("{}/{name}", self.folder))
    }
}

fn below(repo: &Configured, path: &str) -> Vec<(RelPath, Vec<u8>)> {
    let Ok(path) = RelPath::parse(path) else { return Vec::new() };
    let found = files(repo.repository.root(), &path, &mut Report::new());
    found.into_iter().map(|file| (file.path, file.bytes)).collect()
}

/// The lines of a file of a repository, or of all files of a folder; without comments and what is blank.
pub(super) fn lines(repo: &Configured, path: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (_, bytes) in below(repo, path) {
        let text = String::from_utf8_lossy(&bytes);
        for line in text.lines() {
            let words: Vec<&str> =
                line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
            if !words.is_empty() {
                all.push(words.join(" "));
            }
        }
    }
    all
}

/// The repository that a path leads into, and the path below its `profiles/`.
pub(super) fn place<'a>(repos: &'a Repositories, target: &str) -> Option<(&'a Configured, String)> {
    let (location, path) = target.split_once("/profiles/")?;
    let plain = |path: &str| {
        path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<Vec<_>>().join("/")
    };
    let (location, path) = (plain(location), plain(path));
    let is_there = |repo: &&Configured| plain(repo.location.as_str()) == location;
    let last = location.rsplit('/').next().unwrap_or_default();
    let named = || if last == "portage" { repos.main() } else { repos.get(last) };
    repos.iter().find(is_there).or_else(named).map(|repo| (repo, path))
}
