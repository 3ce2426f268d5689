//! The trees of the presets, and real ones, over a repository like ::gentoo and over one that was drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::given::{self, Given};
use crate::judge::Judge;
use crate::report::{Sides, disagreement, report};
use crate::tree::{Entry, PLACE, Place, Root, Tree};
use crate::world::World;
use crate::{common, made, ours, run, words};

/// Where the conformance tests keep their repository, and write it.
const CONFORMANCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance");
/// One tree out of so many is looked at over a repository that was drawn, too.
const DRAWN: usize = 3;
/// About as many packages are made for a tree.
const MADE: usize = 100;

/// The repository of the conformance tests.
fn gentoo(python: &Path) -> Root {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("gentoo");
    let script = "import pathlib, sys\nimport gentoo_repo\ngentoo_repo.write(pathlib.Path(sys.argv[1]))";
    let mut command = Command::new(python);
    command.args(["-c", script]).arg(&place).env("PYTHONPATH", CONFORMANCE);
    let done = command.env("PYTHONDONTWRITEBYTECODE", "1").status().unwrap();
    assert!(done.success());
    let mut root = given::read(&place);
    // What is not looked at.
    root.retain(|path, _| !path.starts_with("licenses/"));
    for entry in root.values_mut() {
        if let Entry::File { lines, .. } = entry {
            lines.iter_mut().for_each(|line| line.features.clear());
        }
    }
    root
}

/// Whether a profile of a name that a tree says is one of a repository.
fn profile(config: &Root, gentoo: &Root, leaves: &[String]) -> Option<String> {
    let target =
        ["etc/portage/make.profile", "etc/make.profile"].iter().find_map(|path| match config.get(*path) {
            Some(Entry::Link(target)) => Some(target.as_str()),
            _ => None,
        });
    let (_, inner) = target?.split_once("/profiles/")?;
    let folder = format!("profiles/{inner}/");
    if gentoo.keys().any(|path| path.starts_with(&folder)) {
        return Some(format!("gentoo/profiles/{inner}"));
    }
    // The one that has most words in common.
    let common =
        |leaf: &&String| inner.split('/').filter(|word| leaf.split('/').any(|own| own == *word)).count();
    leaves.iter().max_by_key(common).cloned()
}

/// A tree over the repositories of a world, with packages that its lines name.
fn over(world: &World, given: &Given) -> (World, Tree) {
    let mut roots: BTreeMap<&'static str, Root> =
        world.roots.iter().map(|(name, root)| (*name, Root::clone(root))).collect();
    let mut versions = world.versions.clone();
    let made = made::add_to(&mut roots, &given.root, MADE, &mut versions);
    for root in roots.values_mut() {
        categories(root);
    }
    let mut config = given.root.clone();
    config.retain(|path, _| !path.starts_with("var/db/repos/gentoo/") && !path.starts_with("usr/portage/"));
    config.insert("var/db/repos/gentoo".to_owned(), Entry::Link(format!("{PLACE}/gentoo")));
    let has_folder = config.keys().any(|path| path.starts_with("etc/portage/make.profile/"));
    let wanted = profile(&config, &roots["gentoo"], &world.profiles);
    if wanted.is_some() || !has_folder {
        let wanted = wanted.unwrap_or_else(|| world.profiles[0].clone());
        config.remove("etc/make.profile");
        config.retain(|path, _| !path.starts_with("etc/portage/make.profile/"));
        config.insert("etc/portage/make.profile".to_owned(), Entry::Link(format!("{PLACE}/{wanted}")));
    }
    let mut variables: BTreeSet<String> = world.variables.iter().cloned().collect();
    variables.extend(given::variables(&given.root));
    let names = world.names.iter().copied().chain(made).collect();
    let mut roots: BTreeMap<_, _> = roots.into_iter().map(|(name, root)| (name, Arc::new(root))).collect();
    let own = World {
        names,
        priorities: world.priorities.clone(),
        roots: roots.clone(),
        versions,
        profiles: world.profiles.clone(),
        masks: Vec::new(),
        variables: variables.into_iter().collect(),
    };
    roots.insert("config", Arc::new(config));
    (own, Tree { roots, env: Vec::new() })
}

/// profiles/categories, of all that there is.
fn categories(root: &mut Root) {
    let path = "profiles/categories";
    let cached = root.keys().filter_map(|path| path.strip_prefix("metadata/md5-cache/")?.split('/').next());
    let cached: BTreeSet<String> = cached.map(str::to_owned).collect();
    let known: BTreeSet<String> = match root.get(path) {
        Some(Entry::File { lines, .. }) => lines.iter().map(|line| line.text.clone()).collect(),
        _ => BTreeSet::new(),
    };
    for name in cached.difference(&known) {
        crate::tree::add(root, path, name.as_str(), &[]);
    }
}

/// The repository of the conformance tests as a world.
fn world(gentoo: Root) -> World {
    let leaves = ["amd64/23.0", "amd64/23.0/systemd", "x86/23.0/i486", "x86/23.0/i486/musl", "x86/23.0/i686"];
    World {
        names: vec!["gentoo"],
        priorities: BTreeMap::new(),
        roots: [("gentoo", Arc::new(gentoo))].into(),
        versions: Vec::new(),
        profiles: leaves.map(|leaf| format!("gentoo/profiles/default/linux/{leaf}")).to_vec(),
        masks: Vec::new(),
        variables: words::variables(),
    }
}

/// Compares trees, and says what differs.
fn compare(python: &Path, trees: &[Given]) {
    let began = Instant::now();
    let stub = world(gentoo(python));
    let (next, packages) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let (mut place, mut judge) = (Place::new(), Judge::new(python));
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    let Some(given) = trees.get(at) else { break };
                    let seed = run::number("PORTAGE_CONFIG_SEED").unwrap_or(0);
                    let drawn = (at % DRAWN == 0).then(|| World::new(seed + at as u64));
                    for world in std::iter::once(&stub).chain(&drawn) {
                        let (world, tree) = over(world, given);
                        let gone = std::cell::RefCell::new(BTreeSet::new());
                        let mut sides = Sides {
                            one: &mut |request| {
                                let answer = judge.ask(request);
                                packages.fetch_add(answer.packages.len(), Ordering::SeqCst);
                                if let Some(fatal) = &answer.fatal {
                                    println!("{}: {}", given.name, fatal.message);
                                }
                                *gone.borrow_mut() = ours::crashed(&answer);
                                ours::comparable(answer, &gone.borrow())
                            },
                            other: &mut |request| ours::comparable(ours::answer(request), &gone.borrow()),
                        };
                        if disagreement(&mut place, &world, &tree, &mut sides).is_some() {
                            let said = report(&mut place, seed, &world, &tree, &mut sides);
                            wrong.lock().unwrap().push(format!("{}: {said}", given.name));
                        }
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    println!(
        "{} trees, {} packages in {:.1} s",
        trees.len(),
        packages.into_inner(),
        began.elapsed().as_secs_f64()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn presets_mean_what_portage_makes_of_them() {
    let Some(python) = common::python("presets_mean_what_portage_makes_of_them") else { return };
    compare(&python, &given::of_presets());
}

#[test]
fn real_trees_mean_what_portage_makes_of_them() {
    let Some(python) = common::python("real_trees_mean_what_portage_makes_of_them") else { return };
    compare(&python, &given::of_corpus());
}
