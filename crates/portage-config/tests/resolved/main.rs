//! What trees mean, by random repositories and random configurations of them, against real Portage.
//!
//! `PORTAGE_CONFIG_CASES` says how many configurations are drawn, `PORTAGE_CONFIG_SEED` with which the first one is
//! made; the next ones follow. `PORTAGE_CONFIG_SEED=1234 PORTAGE_CONFIG_CASES=1` is the case that a failure names;
//! with `PORTAGE_CONFIG_KEEP=1` its files stay where they are said to be, with a question for `judge.py --once`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::unreachable,
    reason = "a test that fails says so"
)]

mod beside;
#[path = "../common/mod.rs"]
mod common;
mod configuration;
mod draw;
mod judge;
mod ours;
mod packages;
mod profiles;
mod reasons;
mod reduce;
mod tree;
mod words;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use judge::{Answer, Judge, Request};
use tree::{Place, Spot, Tree};
use world::World;

/// So many configurations share their repositories.
const SHARED: u64 = 10;
/// Lines that Portage passes over without a word.
const IDLE: [&str; 3] = ["mistake: blanks", "mistake: a comment", "mistake: make.conf may not set it"];
/// A process of its own is asked about one tree out of so many.
const FRESH: u64 = 15;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// The seeds of a run.
fn seeds(usual: u64) -> std::ops::Range<u64> {
    let first = number("PORTAGE_CONFIG_SEED").unwrap_or(0);
    first..first + number("PORTAGE_CONFIG_CASES").unwrap_or(usual)
}

fn request(place: &Place, world: &World, tree: &Tree) -> Request {
    Request {
        config_root: place.of("config"),
        repos: world.names.iter().map(|name| ((*name).to_owned(), place.of(name))).collect(),
        priorities: world.priorities.clone(),
        env: tree.env.iter().map(|(name, line)| ((*name).to_owned(), line.text.clone())).collect(),
        packages: None,
        vars: words::VARIABLES.iter().map(|name| (*name).to_owned()).collect(),
        careful: false,
    }
}

/// What two sides say of a tree, each in their own way, when they do not say the same.
fn disagreement(
    place: &mut Place,
    world: &World,
    tree: &Tree,
    sides: &mut Sides<'_>,
) -> Option<(Answer, Answer)> {
    place.write(tree);
    let request = request(place, world, tree);
    let answers = ((sides.one)(&request), (sides.other)(&request));
    (answers.0 != answers.1).then_some(answers)
}

struct Sides<'a> {
    one: &'a mut dyn FnMut(&Request) -> Answer,
    other: &'a mut dyn FnMut(&Request) -> Answer,
}

/// Writes a tree once more, to stay, with the question about it.
fn keep(world: &World, tree: &Tree) {
    let mut place = Place::new();
    place.write(tree);
    let request = serde_json::to_string_pretty(&request(&place, world, tree)).unwrap();
    std::fs::write(place.of("request.json"), request).unwrap();
    println!("judge.py --once {}/request.json", place.keep().display());
}

/// A failure that a reader can take up: the smallest tree on which the two sides still disagree, and how.
fn report(place: &mut Place, seed: u64, world: &World, tree: &Tree, sides: &mut Sides<'_>) -> String {
    let small = reduce::reduce(tree, |tree| disagreement(place, world, tree, sides).is_some());
    let Some((one, other)) = disagreement(place, world, &small, sides) else {
        return format!("seed {seed}: a difference that did not come again");
    };
    let named = judge::packages_that_differ(&one, &other);
    let about: BTreeSet<String> = named
        .iter()
        .map(|name| {
            let (cpv, repository) = name.split_once("::").unwrap();
            format!("{repository}/metadata/md5-cache/{cpv}")
        })
        .take(3)
        .collect();
    let shown = small.show(|root, path| match path {
        _ if path.starts_with("metadata/md5-cache/") => about.contains(&format!("{root}/{path}")),
        "metadata/layout.conf" => true,
        _ => root == "config" || path.starts_with("profiles/"),
    });
    format!(
        "seed {seed} (PORTAGE_CONFIG_SEED={seed} PORTAGE_CONFIG_CASES=1), {}\npriorities: {:?}\n{shown}\n{}",
        if named.is_empty() { "no package".to_owned() } else { named.join(" ") },
        world.priorities,
        judge::differences(&one, &other, 12).join("\n")
    )
}

/// What came up, so that a run can be judged.
#[derive(Debug, Default)]
struct Counted {
    cases: usize,
    refused: usize,
    packages: usize,
    failing: usize,
    visible: usize,
    messages: usize,
    fresh: usize,
    masked_by: BTreeMap<String, usize>,
}

impl Counted {
    fn add(&mut self, answer: &Answer) {
        self.cases += 1;
        self.refused += usize::from(answer.fatal.is_some());
        self.packages += answer.packages.len();
        self.failing += answer.packages.values().filter(|package| package.fatal.is_some()).count();
        self.visible += answer.packages.values().filter(|package| package.visible).count();
        self.messages += answer.messages.len();
        for kind in answer.packages.values().flat_map(|package| &package.masked_by) {
            *self.masked_by.entry(kind.clone()).or_default() += 1;
        }
    }
}

/// Draws the trees of these seeds in two threads, each with a judge and a place of its own.
fn each(
    python: &Path,
    seeds: std::ops::Range<u64>,
    act: impl Fn(u64, &World, &Tree, &mut Place, &mut Judge) + Sync,
) {
    let next = AtomicU64::new(seeds.start);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let (mut place, mut judge) = (Place::new(), Judge::new(python));
                loop {
                    // The rest of the seeds that share their repositories.
                    let first = next.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |seed| {
                        (seed < seeds.end).then(|| (seed / SHARED + 1) * SHARED)
                    });
                    let Ok(first) = first else { break };
                    let world = World::new(first / SHARED);
                    for seed in first..seeds.end.min((first / SHARED + 1) * SHARED) {
                        act(seed, &world, &configuration::tree(&world, seed), &mut place, &mut judge);
                    }
                }
            });
        }
    });
}

#[test]
fn one_seed_makes_one_tree() {
    let tree = |seed: u64| configuration::tree(&World::new(seed / SHARED), seed);
    for seed in [0, 1, SHARED, 77_777] {
        assert_eq!(tree(seed), tree(seed));
        assert_ne!(tree(seed), tree(seed + 1));
        assert_eq!(tree(seed).roots["gentoo"] == tree(seed + 1).roots["gentoo"], (seed + 1) % SHARED != 0);
    }
    assert_ne!(tree(0).roots["gentoo"], tree(SHARED).roots["gentoo"]);
}

#[test]
fn a_tree_is_reduced_to_the_lines_that_matter() {
    let world = World::new(3);
    let tree = configuration::tree(&world, 3 * SHARED);
    let spots = tree.spots();
    let wanted =
        [spots.len() / 5, spots.len() / 2, spots.len() - 1].map(|index| tree.line(&spots[index]).clone());
    let all = |tree: &Tree| {
        let lines: Vec<_> = tree.spots().iter().map(|spot| tree.line(spot).clone()).collect();
        wanted.iter().all(|line| lines.contains(line))
    };
    let small = reduce::reduce(&tree, all);
    assert!(all(&small));
    assert_eq!(small.spots().len(), wanted.len(), "{}", small.show(|root, _| root == "config"));
}

#[test]
fn places_hold_what_was_written_last() {
    let world = World::new(5);
    let mut place = Place::new();
    for seed in 5 * SHARED..5 * SHARED + 20 {
        let tree = configuration::tree(&world, seed);
        place.write(&tree);
        let mut afresh = Place::new();
        afresh.write(&tree);
        let texts = |place: &Place| {
            let mut found = BTreeMap::new();
            read(&place.of("config"), &place.of("config"), &mut found);
            found
        };
        assert_eq!(
            texts(&place).keys().collect::<Vec<_>>(),
            texts(&afresh).keys().collect::<Vec<_>>(),
            "{seed}"
        );
    }
}

fn read(root: &Path, folder: &Path, found: &mut BTreeMap<String, u64>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let data = entry.metadata().unwrap();
        let name = entry.path().strip_prefix(root).unwrap().display().to_string();
        found.insert(name, if data.is_file() { data.len() } else { 0 });
        if data.is_dir() {
            read(root, &entry.path(), found);
        }
    }
}

#[test]
fn a_judge_that_stays_up_says_what_a_fresh_one_says() {
    let Some(python) = common::python("a_judge_that_stays_up_says_what_a_fresh_one_says") else { return };
    let (counted, began) = (Mutex::new(Counted::default()), Instant::now());
    let few = number("PORTAGE_CONFIG_CASES").is_some_and(|cases| cases < 2 * FRESH);
    each(&python, seeds(30), |seed, world, tree, place, judge| {
        if std::env::var_os("PORTAGE_CONFIG_KEEP").is_some() {
            keep(world, tree);
        }
        place.write(tree);
        let answer = judge.ask(&request(place, world, tree));
        counted.lock().unwrap().add(&answer);
        // Which ones they are follows no order of the seeds.
        if few || draw::Draw::new(seed, 3).below(usize::try_from(FRESH).unwrap()) == 0 {
            counted.lock().unwrap().fresh += 1;
            let mut sides = Sides {
                one: &mut |request| judge.ask(request),
                other: &mut |request| Judge::fresh(&python, request),
            };
            let fresh = (sides.other)(&request(place, world, tree));
            assert!(answer == fresh, "{}", report(place, seed, world, tree, &mut sides));
        }
    });
    let counted = counted.into_inner().unwrap();
    println!("{:?} in {:.1} s", counted, began.elapsed().as_secs_f64());
    assert!(
        few || (counted.refused * 10 < counted.cases && counted.failing * 10 < counted.packages),
        "{counted:?}"
    );
    assert!(
        few || (counted.packages / 4..counted.packages * 3 / 4).contains(&counted.visible),
        "{counted:?}"
    );
}

/// Whether two answers differ in more than what Portage prints.
fn differ(one: &Answer, other: &Answer, printed: bool) -> bool {
    let silent = |answer: &Answer| Answer { messages: BTreeSet::new(), ..answer.clone() };
    if printed { one != other } else { silent(one) != silent(other) }
}

/// Lines of profiles that are not in the chain are not looked at.
fn takes_part(spot: &Spot, answer: &Answer) -> bool {
    let Spot::Line { root, path, .. } = spot else { return true };
    let of_a_profile = *root != "config" && path.split('/').count() > 3;
    !of_a_profile
        || answer.profiles.iter().any(|profile| {
            let (_, inner) = profile.split_once(&format!("/{root}/profiles/")).unwrap_or_default();
            !inner.is_empty() && path.starts_with(&format!("profiles/{inner}/"))
        })
}

#[test]
fn a_difference_is_reported_with_the_lines_that_make_it() {
    let Some(python) = common::python("a_difference_is_reported_with_the_lines_that_make_it") else { return };
    let (mut place, mut judge) = (Place::new(), Judge::new(&python));
    let mut forgetful = Judge::new(&python);
    // The first seed with files of package.env that apply.
    for seed in 0.. {
        let world = World::new(seed / SHARED);
        let tree = configuration::tree(&world, seed);
        let mut sides = Sides {
            one: &mut |request| judge.ask(request),
            other: &mut |request| {
                let mut answer = forgetful.ask(request);
                answer.packages.values_mut().for_each(|package| package.env_files.clear());
                answer
            },
        };
        if disagreement(&mut place, &world, &tree, &mut sides).is_none() {
            continue;
        }
        let report = report(&mut place, seed, &world, &tree, &mut sides);
        assert!(report.contains("--- config/etc/portage/package.env"), "{report}");
        assert!(report.contains("/env_files:"), "{report}");
        assert!(!report.contains("make.conf") && !report.contains("package.use"), "{report}");
        break;
    }
}

#[test]
fn an_ebuild_is_never_run() {
    let Some(python) = common::python("an_ebuild_is_never_run") else { return };
    let world = World::new(0);
    let mut tree = configuration::tree(&world, 0);
    let version = world.versions.iter().find(|version| version.repository == "gentoo").unwrap();
    let (category, name) = version.cp.split_once('/').unwrap();
    let ebuild = format!("{category}/{name}/{name}-{}.ebuild", version.version);
    let root = std::sync::Arc::make_mut(tree.roots.get_mut("gentoo").unwrap());
    tree::add(root, &ebuild, "KEYWORDS=\"*\"", &[]);
    let mut place = Place::new();
    place.write(&tree);
    let error = Judge::new(&python).try_ask(&request(&place, &world, &tree)).unwrap_err();
    assert!(error.contains("md5-cache is missing or stale"), "{error}");
}

#[test]
fn every_kind_of_line_changes_an_answer() {
    let Some(python) = common::python("every_kind_of_line_changes_an_answer") else { return };
    let (met, shown) = (Mutex::new(BTreeMap::<_, usize>::new()), Mutex::new(BTreeSet::new()));
    let tried = Mutex::new((0_usize, 0_usize));
    each(&python, seeds(200), |seed, world, tree, place, judge| {
        place.write(tree);
        let answer = judge.ask(&request(place, world, tree));
        if answer.fatal.is_some() {
            return;
        }
        let mut changes = |spot: &Spot| {
            let without = tree.without(std::slice::from_ref(spot));
            place.write(&without);
            let printed = tree.line(spot).features.iter().any(|feature| feature.starts_with("mistake"));
            differ(&answer, &judge.ask(&request(place, world, &without)), printed)
        };
        let spots = tree.spots();
        let own = |spot: &&Spot| !matches!(spot, Spot::Line { root, .. } if *root != "config");
        let mine: Vec<_> = spots.iter().filter(own).collect();
        // Some lines at random tell how many of a user's have an effect.
        for spot in draw::Draw::new(seed, 4).some(&mine, 1, 1) {
            let effect = usize::from(changes(spot));
            let mut tried = tried.lock().unwrap();
            *tried = (tried.0 + 1, tried.1 + effect);
        }
        let mut here = BTreeMap::<_, usize>::new();
        for spot in spots.iter().filter(|spot| takes_part(spot, &answer)) {
            let features = &tree.line(spot).features;
            let enough = features.iter().fold(true, |enough, feature| {
                *met.lock().unwrap().entry(*feature).or_default() += 1;
                let tries = here.entry(*feature).or_default();
                *tries += 1;
                enough && (*tries > 2 || IDLE.contains(feature) || shown.lock().unwrap().contains(feature))
            });
            if !enough && changes(spot) {
                shown.lock().unwrap().extend(features.iter().copied());
            }
        }
    });
    let (met, shown) = (met.into_inner().unwrap(), shown.into_inner().unwrap());
    let (tried, effective) = tried.into_inner().unwrap();
    println!("{} kinds of lines; {effective} of {tried} lines drawn at random have an effect", met.len());
    let missing: Vec<_> =
        met.iter().filter(|(kind, _)| !shown.contains(*kind) && !IDLE.contains(kind)).collect();
    assert!(missing.is_empty(), "without any effect: {missing:?}");
    assert!(effective * 2 > tried, "{effective} of {tried}");
}

#[test]
fn portage_says_the_same() {
    let Some(python) = common::python("portage_says_the_same") else { return };
    let (wrong, began) = (Mutex::new(Vec::new()), Instant::now());
    let compared = AtomicU64::new(0);
    let all = seeds(100);
    each(&python, all.clone(), |seed, world, tree, place, judge| {
        let gone = std::cell::RefCell::new(BTreeSet::new());
        let mut sides = Sides {
            one: &mut |request| {
                let answer = judge.ask(request);
                *gone.borrow_mut() = ours::crashed(&answer);
                ours::comparable(answer, &gone.borrow())
            },
            other: &mut |request| ours::comparable(ours::answer(request), &gone.borrow()),
        };
        compared.fetch_add(1, Ordering::SeqCst);
        if disagreement(place, world, tree, &mut sides).is_some() && wrong.lock().unwrap().len() < 5 {
            let said = report(place, seed, world, tree, &mut sides);
            wrong.lock().unwrap().push(said);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    println!(
        "{} configurations from seed {} in {:.1} s",
        compared.into_inner(),
        all.start,
        began.elapsed().as_secs_f64()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_reason_holds() {
    let Some(python) = common::python("every_reason_holds") else { return };
    let (wrong, tried) = (Mutex::new(Vec::new()), Mutex::new(reasons::Tried::default()));
    each(&python, seeds(30), |seed, world, tree, place, judge| {
        let mut own = reasons::Tried::default();
        let found = reasons::ask(seed, world, tree, place, judge, &mut own);
        let mut all = tried.lock().unwrap();
        all.questions += own.questions;
        all.lines += own.lines;
        all.named += own.named;
        all.mattered += own.mattered;
        if let Some(found) = found.filter(|_| wrong.lock().unwrap().len() < 8) {
            wrong.lock().unwrap().push(found);
        }
    });
    let (wrong, tried) = (wrong.into_inner().unwrap(), tried.into_inner().unwrap());
    println!("{tried:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(tried.questions < 20 || tried.mattered * 20 > tried.lines, "{tried:?}");
}
