//! What is drawn is the same each time, and can be written and reduced.

use std::collections::BTreeMap;
use std::path::Path;

use crate::run::SHARED;
use crate::tree::{Place, Tree};
use crate::world::World;
use crate::{configuration, reduce};

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
