//! Every kind of line that is drawn changes an answer somewhere: none of them is there for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::common;
use crate::draw::Draw;
use crate::judge::{Answer, Request};
use crate::report::request;
use crate::run::{each, seeds};
use crate::tree::{Spot, Tree};
use crate::world::World;

/// Lines that Portage passes over without a word.
const IDLE: [&str; 3] = ["mistake: blanks", "mistake: a comment", "mistake: make.conf may not set it"];
/// As many packages are asked about beside those that the lines name: each of them takes Portage its time.
const OTHERS: usize = 8;
/// Out of so many configurations one line is tried whatever its kind.
const RANDOM: u64 = 4;

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

/// Some packages, with those that the lines name.
fn some(world: &World, tree: &Tree, spots: &[&Spot], draw: &mut Draw) -> Vec<String> {
    let name = |version: &crate::packages::Version| {
        format!("{}-{}::{}", version.cp, version.version, version.repository)
    };
    let is_named = |version: &&crate::packages::Version| {
        spots.iter().any(|spot| match spot {
            Spot::Line { path, .. } => {
                path.contains(&version.cp) || tree.line(spot).text.contains(&version.cp)
            }
            Spot::Env(_) => false,
        })
    };
    let named: Vec<_> = world.versions.iter().filter(is_named).collect();
    let mut names: BTreeSet<String> = draw.some(&named, OTHERS, 2 * OTHERS).into_iter().map(name).collect();
    names.extend(draw.some(&world.versions, OTHERS, OTHERS).iter().map(name));
    names.into_iter().collect()
}

#[test]
fn every_kind_of_line_changes_an_answer() {
    let Some(python) = common::python("every_kind_of_line_changes_an_answer") else { return };
    let (met, shown) = (Mutex::new(BTreeMap::<_, usize>::new()), Mutex::new(BTreeSet::new()));
    let (tried, asked) = (Mutex::new((0_usize, 0_usize)), Mutex::new(0_usize));
    each(&python, seeds(200), |seed, world, tree, place, judge| {
        let mut draw = Draw::new(seed, 4);
        let spots = tree.spots();
        let is_open = |feature: &&str| !IDLE.contains(feature) && !shown.lock().unwrap().contains(*feature);
        let mut open: Vec<&Spot> = spots
            .iter()
            .filter(|spot| tree.line(spot).features.iter().any(|feature| is_open(&feature)))
            .collect();
        // Some lines at random tell how many of a user's have an effect.
        let own = |spot: &&Spot| !matches!(spot, Spot::Line { root, .. } if *root != "config");
        let mine: Vec<_> = spots.iter().filter(own).collect();
        let any = if seed % RANDOM == 0 { draw.some(&mine, 1, 1) } else { Vec::new() };
        if open.is_empty() && any.is_empty() {
            return;
        }
        let about: Vec<&Spot> = open.iter().chain(&any).copied().collect();
        place.write(tree);
        let all = request(place, world, tree);
        // A category that is taken away takes packages with it.
        let is_whole = tree.roots["config"].contains_key("etc/portage/categories");
        let packages = (!is_whole).then(|| some(world, tree, &about, &mut draw));
        let request = Request { packages, ..all };
        let answer = judge.ask(&request);
        if answer.fatal.is_some() {
            return;
        }
        let mut changes = |spot: &Spot| {
            *asked.lock().unwrap() += 1;
            let without = tree.without(std::slice::from_ref(spot));
            place.write(&without);
            let printed = tree.line(spot).features.iter().any(|feature| feature.starts_with("mistake"));
            differ(&answer, &judge.ask(&request), printed)
        };
        for spot in any {
            let effect = usize::from(changes(spot));
            let mut tried = tried.lock().unwrap();
            *tried = (tried.0 + 1, tried.1 + effect);
        }
        open.retain(|spot| takes_part(spot, &answer));
        let mut here = BTreeMap::<_, usize>::new();
        for spot in open {
            let features = &tree.line(spot).features;
            let enough = features.iter().fold(true, |enough, feature| {
                *met.lock().unwrap().entry(*feature).or_default() += 1;
                let tries = here.entry(*feature).or_default();
                *tries += 1;
                enough && (*tries > 2 || !is_open(&feature))
            });
            if !enough && changes(spot) {
                shown.lock().unwrap().extend(features.iter().copied());
            }
        }
    });
    let (met, shown) = (met.into_inner().unwrap(), shown.into_inner().unwrap());
    let (tried, effective) = tried.into_inner().unwrap();
    let asked = asked.into_inner().unwrap();
    println!(
        "{} kinds of lines, {asked} of them taken out; {effective} of {tried} drawn at random have an effect",
        met.len()
    );
    let missing: Vec<_> =
        met.iter().filter(|(kind, _)| !shown.contains(*kind) && !IDLE.contains(kind)).collect();
    assert!(missing.is_empty(), "without any effect: {missing:?}");
    assert!(effective * 2 > tried, "{effective} of {tried}");
}
