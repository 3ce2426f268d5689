//! What the resolver says of a tree, in the form of the judge's answers.

use std::collections::{BTreeMap, BTreeSet};

use portage_config::resolve::{Files, Machine, Mask, Package, Repo, Settings};
use portage_config::root::Root;
use portage_config::vocab::Cpn;

use crate::judge::{self, Answer, Fatal, Request};

/// The machine that a request describes.
pub(crate) fn machine(request: &Request) -> Machine {
    let files = Files::new(Some(Root::open("/").unwrap()));
    let repos = repositories(request, &files);
    let main = repos.iter().position(|repo| repo.name == request.repos[0].0);
    Machine::new(files, repos, main)
        .with_environment(request.env.clone())
        .with_config_root(&request.config_root.display().to_string())
}

pub(crate) fn categories(machine: &Machine) -> Option<Vec<String>> {
    Some(machine.settings(None).ok()?.categories())
}

/// All versions of all repositories, by the names that the judge gives them.
pub(crate) fn packages(request: &Request, categories: &[String]) -> Vec<(String, Package)> {
    let mut packages = Vec::new();
    for (name, folder) in &request.repos {
        for cpv in cached(&folder.join("metadata/md5-cache")) {
            let text = std::fs::read_to_string(folder.join("metadata/md5-cache").join(&cpv)).unwrap();
            let (category, file) = cpv.split_once('/').unwrap();
            if !categories.iter().any(|other| other == category) {
                continue;
            }
            let (package, version) = split(category, file);
            let get = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
                line.map(str::to_owned)
            };
            let package = Package::new(package.to_string().as_str(), version, Some(name), get);
            packages.push((format!("{cpv}::{name}"), package));
        }
    }
    packages.sort_by(|a, b| a.0.cmp(&b.0));
    packages
}

pub(crate) fn answer(request: &Request) -> Answer {
    let machine = machine(request);
    let settings = match machine.settings(None) {
        Ok(settings) => settings,
        Err(_) => return Answer { fatal: Some(Fatal::default()), ..Answer::default() },
    };
    let packages = packages(request, &settings.categories());
    let sorted = |mut words: Vec<String>| {
        words.sort();
        words.dedup();
        words
    };
    Answer {
        system: sorted(settings.system()),
        profile_set: sorted(settings.profile_set()),
        profiles: settings.profiles().iter().map(|node| node.path.clone()).collect(),
        features: settings.variable("FEATURES").unwrap_or_default().split(' ').map(str::to_owned).collect(),
        packages: packages
            .iter()
            .map(|(name, package)| (name.clone(), about(&settings, package, &request.vars)))
            .collect(),
        ..Answer::default()
    }
}

fn split<'a>(category: &str, file: &'a str) -> (Cpn, &'a str) {
    let (at, version) = file
        .match_indices('-')
        .map(|(at, _)| (at, &file[at + 1..]))
        .find(|(at, version)| {
            portage_config::vocab::is_version(version)
                && Cpn::parse(&format!("{category}/{}", &file[..*at])).is_ok()
        })
        .unwrap();
    (Cpn::parse(&format!("{category}/{}", &file[..at])).unwrap(), version)
}

fn cached(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    let Ok(categories) = std::fs::read_dir(folder) else { return found };
    for category in categories {
        let category = category.unwrap();
        for file in std::fs::read_dir(category.path()).unwrap() {
            let name = |entry: &std::fs::DirEntry| entry.file_name().into_string().unwrap();
            found.push(format!("{}/{}", name(&category), name(&file.unwrap())));
        }
    }
    found
}

/// As `RepoConfigLoader` orders them.
fn repositories(request: &Request, files: &Files) -> Vec<Repo> {
    let mut all: Vec<_> = request.repos.iter().enumerate().collect();
    let usual = |at: usize| if at == 0 { -1000 } else { 0 };
    all.sort_by_key(|(at, (name, _))| (*request.priorities.get(name).unwrap_or(&usual(*at)), name.clone()));
    let place = |wanted: &str| all.iter().position(|(_, (name, _))| name == wanted);
    let read = |(at, (name, folder)): &(usize, &(String, std::path::PathBuf))| {
        let layout = std::fs::read_to_string(folder.join("metadata/layout.conf")).unwrap_or_default();
        let said = layout.lines().find_map(|line| line.strip_prefix("masters")?.trim().strip_prefix('='));
        let masters = match said {
            Some(names) => names.split_whitespace().filter_map(place).collect(),
            None if *at == 0 => Vec::new(),
            None => place(&request.repos[0].0).into_iter().collect(),
        };
        Repo::new(files, name, &folder.display().to_string(), masters)
    };
    all.iter().map(read).collect()
}

fn about(settings: &Settings<'_>, package: &Package, vars: &[String]) -> judge::Package {
    let about = match settings.about(package) {
        Ok(about) => about,
        Err(_) => return judge::Package { fatal: Some(Fatal::default()), ..judge::Package::default() },
    };
    let mut iuse: Vec<String> = package.iuse.iter().map(|(flag, _)| flag.clone()).collect();
    iuse.sort();
    iuse.dedup();
    let on = about.enabled();
    let (enabled, implicit) = on.iter().cloned().partition(|flag| iuse.contains(flag));
    let masks = about.masks();
    let invalid = masks.iter().any(|mask| matches!(mask, Mask::Invalid(_)));
    let sorted = |mut words: Vec<String>| {
        words.sort();
        words.dedup();
        words
    };
    let mut answer = judge::Package {
        enabled,
        use_implicit: implicit,
        use_mask: iuse.iter().filter(|flag| about.is_masked(flag)).cloned().collect(),
        use_force: iuse.iter().filter(|flag| about.is_forced(flag)).cloned().collect(),
        package_use: about.package_use(),
        visible: masks.is_empty(),
        masked_by: sorted(masks.iter().map(|mask| mask.kind().replace("eapi", "eapi.unsupported")).collect()),
        stable: about.stable(),
        keywords: about.keywords(),
        accept_keywords: about.accepts().into_iter().collect(),
        required_use: match about.violated() {
            Some(parts) if !package.required_use.is_empty() && !invalid => Some(parts.is_empty()),
            _ => None,
        },
        env: vars.iter().map(|name| (name.clone(), about.variable(name))).collect(),
        features: about.features().iter().cloned().collect(),
        env_files: about.env_files(),
        bashrc: about.bashrc(),
        iuse,
        ..judge::Package::default()
    };
    for mask in masks {
        match mask {
            Mask::PackageMask(atom) => answer.mask_atom = Some(atom),
            Mask::Keywords(words) => answer.keywords_missing = words,
            Mask::License(words) => answer.license_missing = sorted(words),
            Mask::Properties(words) => answer.properties_missing = sorted(words),
            Mask::Restrict(words) => answer.restrict_missing = sorted(words),
            _ => {}
        }
    }
    answer
}

/// Packages on which Portage ends with a Python exception: an atom of package.env or package.bashrc with USE deps makes it
/// ask for the USE flags while it is computing them.
pub(crate) fn crashed(answer: &Answer) -> BTreeSet<String> {
    let is_crash = |package: &judge::Package| {
        package.fatal.as_ref().is_some_and(|fatal| fatal.message.contains("recursion detected"))
    };
    answer.packages.iter().filter(|(_, package)| is_crash(package)).map(|(name, _)| name.clone()).collect()
}

/// What the resolver has no answer to is left out of the judge's.
pub(crate) fn comparable(mut answer: Answer, gone: &BTreeSet<String>) -> Answer {
    answer.packages.retain(|name, _| !gone.contains(name));
    for fatal in std::iter::once(&mut answer.fatal)
        .chain(answer.packages.values_mut().map(|package| &mut package.fatal))
        .filter(|fatal| fatal.is_some())
    {
        *fatal = Some(Fatal::default());
    }
    answer.packages.values_mut().for_each(|package| package.patches.clear());
    Answer {
        messages: Default::default(),
        global: BTreeMap::new(),
        use_mask: Vec::new(),
        use_force: Vec::new(),
        ..answer
    }
}
