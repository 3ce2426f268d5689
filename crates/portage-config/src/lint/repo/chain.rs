//! The profile of a configuration, as the resolver reads it in the repositories.

use std::collections::BTreeMap;

use super::resolved;
use crate::lint::context::Context;
use crate::report::Report;
use crate::repository::{Configured, Repositories};
use crate::resolve::{Machine, Settings};
use crate::root::{RootError, files};
use crate::vocab::{Atom, RelPath};

/// The variables of profiles that rules ask.
const VARIABLES: [&str; 3] = ["ACCEPT_KEYWORDS", "ACCEPT_LICENSE", "ARCH"];

/// The profile.
pub(super) struct Chain<'a> {
    /// What make.profile names in a repository, and where it is named.
    pub(super) named: Vec<(RelPath, Named<'a>)>,
    /// The machine, or why there is none.
    pub(super) machine: Result<Machine, String>,
    /// make.defaults of all folders.
    pub(super) defaults: Defaults,
    /// What repositories and profiles mask.
    pub(super) masks: Vec<Atom>,
    /// Why the profile is not known.
    pub(super) error: Option<String>,
}

/// Variables of profiles.
#[derive(Default)]
pub(super) struct Defaults(BTreeMap<&'static str, String>);

impl Defaults {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// What make.profile names.
pub(super) struct Named<'a> {
    pub(super) repo: &'a Configured,
    /// The path below `profiles/`.
    pub(super) path: String,
    pub(super) is_there: bool,
}

impl<'a> Chain<'a> {
    pub(super) fn of(context: &Context<'_>, repos: &'a Repositories) -> Result<Self, RootError> {
        let named = named(context, repos);
        let machine = match named.iter().any(|(_, named)| named.is_there) {
            true => Ok(resolved::machine(context, repos)?),
            false => Err("the profile is in none of the repositories".to_owned()),
        };
        let mut chain =
            Self { named, machine, defaults: Defaults::default(), masks: Vec::new(), error: None };
        match chain.settings() {
            Ok(settings) => {
                let said = VARIABLES.into_iter().filter_map(|name| Some((name, settings.of_profiles(name)?)));
                let (defaults, masks) = (Defaults(said.collect()), settings.given_masks());
                drop(settings);
                (chain.defaults, chain.masks) = (defaults, masks);
            }
            Err(why) => chain.error = Some(why),
        }
        Ok(chain)
    }

    /// What Portage makes of the configuration; an error says why that is not known.
    pub(super) fn settings(&self) -> Result<Settings<'_>, String> {
        let machine = self.machine.as_ref().map_err(String::clone)?;
        let settings =
            machine.settings(None).map_err(|_| "Portage refuses a file of variables".to_owned())?;
        match settings.profile_error() {
            Some(error) => Err(error.to_string()),
            None => Ok(settings),
        }
    }
}

/// What make.profile names in the repositories.
fn named<'a>(context: &Context<'_>, repos: &'a Repositories) -> Vec<(RelPath, Named<'a>)> {
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
    let is_there = |repo: &Configured, path: &str| {
        let folder = RelPath::parse(&format!("profiles/{path}"));
        folder.is_ok_and(|folder| repo.repository.root().list(Some(&folder)).is_ok_and(|all| all.is_some()))
    };
    let all = starts.into_iter().map(|(at, repo, path)| {
        let is_there = is_there(repo, &path);
        (at, Named { repo, path, is_there })
    });
    all.collect()
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
