//! A question about a tree, and a disagreement as a reader can take it up.

use std::collections::BTreeSet;

use crate::judge::{self, Answer, Request};
use crate::reduce;
use crate::tree::{Place, Tree};
use crate::world::World;

pub(crate) fn request(place: &Place, world: &World, tree: &Tree) -> Request {
    Request {
        config_root: place.of("config"),
        repos: world.names.iter().map(|name| ((*name).to_owned(), place.of(name))).collect(),
        priorities: world.priorities.clone(),
        env: tree.env.iter().map(|(name, line)| ((*name).to_owned(), line.text.clone())).collect(),
        packages: None,
        vars: world.variables.clone(),
        careful: false,
    }
}

/// What two sides say of a tree, each in their own way, when they do not say the same.
pub(crate) fn disagreement(
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

pub(crate) struct Sides<'a> {
    pub(crate) one: &'a mut dyn FnMut(&Request) -> Answer,
    pub(crate) other: &'a mut dyn FnMut(&Request) -> Answer,
}

/// Writes a tree once more, to stay, with the question about it.
pub(crate) fn keep(world: &World, tree: &Tree) {
    let mut place = Place::new();
    place.write(tree);
    let request = serde_json::to_string_pretty(&request(&place, world, tree)).unwrap();
    std::fs::write(place.of("request.json"), request).unwrap();
    println!("judge.py --once {}/request.json", place.keep().display());
}

/// A failure that a reader can take up: the smallest tree on which the two sides still disagree, and how.
pub(crate) fn report(
    place: &mut Place,
    seed: u64,
    world: &World,
    tree: &Tree,
    sides: &mut Sides<'_>,
) -> String {
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
