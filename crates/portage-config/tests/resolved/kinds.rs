//! Every kind of line that is drawn changes an answer somewhere: none of them is there for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::draw::Draw;
use crate::judge::{Answer, Judge, Request};
use crate::packages::Version;
use crate::report::request;
use crate::run::{SHARED, each, seeds};
use crate::tree::{Place, Spot, Tree};
use crate::world::World;
use crate::{common, configuration};

/// Lines that Portage passes over without a word.
const IDLE: [&str; 3] = ["mistake: blanks", "mistake: a comment", "mistake: make.conf may not set it"];
/// As many packages are asked about for a line: each of them takes Portage its time.
const ASKED: usize = 8;
/// So many configurations, and at most so many where a kind is still without effect.
const USUAL: u64 = 120;
const MOST: u64 = 600;
/// Out of so many configurations one line is tried whatever its kind.
const RANDOM: u64 = 4;

/// Whether two answers differ in what they say of these packages, or for all of them; in what Portage prints for mistakes alone.
fn differ(one: &Answer, other: &Answer, names: &BTreeSet<String>, printed: bool) -> bool {
    let about = |answer: &Answer| {
        let mut answer = answer.clone();
        answer.packages.retain(|name, _| printed || names.contains(name));
        if !printed {
            answer.messages.clear();
        }
        answer
    };
    about(one) != about(other)
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

/// Some packages for a line: those that it names, those that have its flags, or any.
fn some(world: &World, tree: &Tree, spot: &Spot, draw: &mut Draw) -> BTreeSet<String> {
    let (line, path) = (tree.line(spot), if let Spot::Line { path, .. } = spot { path.as_str() } else { "" });
    let words: Vec<&str> =
        line.text.split([' ', '"', '=', '\t']).map(|word| word.trim_start_matches(['-', '+'])).collect();
    let is_named = |version: &&Version| path.contains(&version.cp) || line.text.contains(&version.cp);
    let has_flag = |version: &&Version| version.iuse.iter().any(|flag| words.contains(&flag.as_str()));
    let all = || world.versions.iter();
    let mut found: Vec<&Version> = all().filter(is_named).collect();
    if found.is_empty() {
        found = all().filter(has_flag).collect();
    }
    let mut found = draw.some(&found, ASKED, ASKED);
    found.extend(draw.some(&all().collect::<Vec<_>>(), ASKED / 4, ASKED - found.len().min(ASKED * 3 / 4)));
    found
        .iter()
        .map(|version| format!("{}-{}::{}", version.cp, version.version, version.repository))
        .collect()
}

/// The tree with a few lines of each kind that had no effect yet: without most of what repositories say beside them, they
/// are more often the last word.
fn thinned(tree: &Tree, answer: &Answer, shown: &Shown) -> Tree {
    const FRAME: [&str; 8] = [
        "parent",
        "eapi",
        "arch.list",
        "license_groups",
        "layout.conf",
        "make.defaults",
        "package.mask",
        "package.unmask",
    ];
    let spots = tree.spots();
    let mut kept = BTreeMap::<_, usize>::new();
    let mut wanted = BTreeSet::new();
    for spot in spots.iter().filter(|spot| takes_part(spot, answer) && shown.is_open(tree, spot)) {
        let line = tree.line(spot);
        for feature in line.features.iter().filter(|feature| !shown.effective.contains(*feature)) {
            let count = kept.entry(*feature).or_default();
            *count += 1;
            if *count <= 2 {
                wanted.insert(line.text.as_str());
                // What the line takes back.
                wanted.insert(line.text.trim_start_matches('-'));
            }
        }
    }
    let goes = |spot: &&Spot| match spot {
        Spot::Line { root, path, .. } => {
            *root != "config"
                && !FRAME.iter().any(|name| path.ends_with(&format!("/{name}")))
                && !wanted.contains(tree.line(spot).text.as_str())
        }
        Spot::Env(_) => false,
    };
    tree.without(&spots.iter().filter(goes).cloned().collect::<Vec<_>>())
}

/// What was tried, and what had an effect.
#[derive(Default)]
struct Shown {
    met: BTreeSet<&'static str>,
    effective: BTreeSet<&'static str>,
    asked: usize,
    /// How often lines of the repositories of a world were tried, by their kinds.
    tries: BTreeMap<(u64, &'static str), usize>,
    /// Lines at random, and how many of them have an effect.
    random: (usize, usize),
}

impl Shown {
    /// Kinds that had no effect.
    fn missing(&self) -> Vec<&'static str> {
        self.met.iter().copied().filter(|kind| self.is_open_kind(kind)).collect()
    }

    fn is_open(&self, tree: &Tree, spot: &Spot) -> bool {
        tree.line(spot).features.iter().any(|feature| self.is_open_kind(feature))
    }

    fn is_open_kind(&self, feature: &str) -> bool {
        !IDLE.contains(&feature) && !self.effective.contains(feature)
    }
}

struct Trial<'a> {
    world: &'a World,
    /// Which world it is.
    number: u64,
    /// Whether all packages are asked about, and nothing is left out to begin with.
    thorough: bool,
    place: &'a mut Place,
    judge: &'a mut Judge,
    draw: Draw,
}

impl Trial<'_> {
    /// Takes lines out of a tree, one by one: those of kinds that had no effect yet, and one at random.
    fn run(&mut self, tree: &Tree, random: bool, shown: &Mutex<Shown>) {
        if !random && !self.thorough {
            let spots = tree.spots();
            if !spots.iter().any(|spot| shown.lock().unwrap().is_open(tree, spot)) {
                return;
            }
            self.place.write(tree);
            let question = Request { packages: Some(Vec::new()), ..request(self.place, self.world, tree) };
            let answer = self.judge.ask(&question);
            if answer.fatal.is_some() {
                return;
            }
            let thinned = thinned(tree, &answer, &shown.lock().unwrap());
            return self.ask(&thinned, random, shown);
        }
        self.ask(tree, random, shown);
    }

    fn ask(&mut self, tree: &Tree, random: bool, shown: &Mutex<Shown>) {
        let spots = tree.spots();
        let own = |spot: &&Spot| !matches!(spot, Spot::Line { root, .. } if *root != "config");
        let mine: Vec<&Spot> = spots.iter().filter(own).collect();
        let random = if random { self.draw.some(&mine, 1, 1) } else { Vec::new() };
        let open = |spot: &&Spot| shown.lock().unwrap().is_open(tree, spot);
        let chosen: Vec<&Spot> = spots.iter().filter(|spot| random.contains(spot) || open(spot)).collect();
        if chosen.is_empty() {
            return;
        }
        // In no order, so that it is not the same lines of a repository each time.
        let chosen = self.draw.some(&chosen, chosen.len(), chosen.len());
        let chosen: Vec<(&Spot, BTreeSet<String>)> =
            chosen.into_iter().map(|spot| (spot, some(self.world, tree, spot, &mut self.draw))).collect();
        // A category that is taken away takes packages with it.
        let is_whole = self.thorough || tree.roots["config"].contains_key("etc/portage/categories");
        let names: BTreeSet<String> = chosen.iter().flat_map(|(_, names)| names).cloned().collect();
        let ask = |this: &mut Self, tree: &Tree, names: &BTreeSet<String>| {
            this.place.write(tree);
            let packages = (!is_whole).then(|| names.iter().cloned().collect());
            this.judge.ask(&Request { packages, ..request(this.place, this.world, tree) })
        };
        let answer = ask(self, tree, &names);
        if answer.fatal.is_some() {
            return;
        }
        let mut tries = BTreeMap::<_, usize>::new();
        for (spot, own) in chosen {
            let is_random = random.contains(&spot);
            let features = &tree.line(spot).features;
            let is_new = takes_part(spot, &answer) && {
                let mut shown = shown.lock().unwrap();
                shown.met.extend(features);
                let open: Vec<&'static str> =
                    features.iter().copied().filter(|kind| shown.is_open_kind(kind)).collect();
                let of_world = !matches!(spot, Spot::Line { root: "config", .. } | Spot::Env(_));
                open.into_iter().any(|feature| {
                    let tries = tries.entry(feature).or_default();
                    *tries += 1;
                    let all = shown.tries.entry((self.number, feature)).or_default();
                    *all += usize::from(of_world);
                    *tries <= 2 && (self.thorough || *all <= 4)
                })
            };
            if !is_new && !is_random {
                continue;
            }
            let without = tree.without(std::slice::from_ref(spot));
            let printed = features.iter().any(|feature| feature.starts_with("mistake"));
            let other = ask(self, &without, if printed { &names } else { &own });
            let differs = if is_whole {
                differ(
                    &answer,
                    &other,
                    &answer.packages.keys().chain(other.packages.keys()).cloned().collect(),
                    printed,
                )
            } else {
                differ(&answer, &other, &own, printed)
            };
            let mut shown = shown.lock().unwrap();
            shown.asked += 1;
            if is_random {
                shown.random.0 += 1;
                shown.random.1 += usize::from(differs);
            }
            if differs {
                shown.effective.extend(features);
            }
        }
    }
}

#[test]
fn every_kind_of_line_changes_an_answer() {
    let Some(python) = common::python("every_kind_of_line_changes_an_answer") else { return };
    let shown = Mutex::new(Shown::default());
    let all = seeds(USUAL);
    let mut next = all.clone();
    let missing = loop {
        let thorough = next.start > all.start;
        each(&python, next.clone(), |seed, world, tree, place, judge| {
            let mut trial =
                Trial { world, number: seed / SHARED, thorough, place, judge, draw: Draw::new(seed, 4) };
            if seed % SHARED == 0 {
                // Where no user says anything, more of what repositories say has an effect.
                for profile in trial.draw.some(&world.profiles, 4, 4) {
                    trial.run(&configuration::bare(world, &profile), false, &shown);
                }
            }
            trial.run(tree, seed % RANDOM == 0, &shown);
        });
        let missing = shown.lock().unwrap().missing();
        if missing.is_empty() || next.end >= all.start + MOST {
            break missing;
        }
        // What is left of them by now seldom has the last word: everything is tried.
        next = next.end..next.end + 4 * SHARED;
    };
    let Shown { met, asked, random, .. } = shown.into_inner().unwrap();
    println!(
        "{} kinds of lines in {} configurations, {asked} of them taken out; {} of {} at random have an effect",
        met.len(),
        next.end - all.start,
        random.1,
        random.0
    );
    assert!(missing.is_empty(), "without any effect: {missing:?}");
    assert!(random.1 * 2 > random.0, "{} of {}", random.1, random.0);
}
