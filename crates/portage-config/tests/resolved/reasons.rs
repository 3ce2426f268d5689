//! What an explanation says holds: each line that it names gives what it says without it, and no other line matters.

use std::collections::BTreeSet;

use portage_config::resolve::{Explanation, Machine, Package, Subject};

use crate::draw::Draw;
use crate::judge::{Answer, Judge, Request};
use crate::report::request;
use crate::tree::{Place, Spot, Tree};
use crate::world::World;
use crate::{ours, words};

/// Files that say what kind of thing a profile or a repository is; without a line they would be another one.
const KINDS: [&str; 7] =
    ["eapi", "layout.conf", "deprecated", "repo_name", "categories", "arch.list", "profiles.desc"];

fn may_go(tree: &Tree, spot: &Spot) -> bool {
    let Spot::Line { path, root, .. } = spot else { return false };
    let name = path.rsplit('/').next().unwrap();
    let alone = tree
        .spots()
        .iter()
        .filter(|other| matches!(other, Spot::Line { path: p, root: r, .. } if p == path && r == root))
        .count()
        < 2;
    let text = &tree.line(spot).text;
    let stays = path.starts_with("metadata/")
        || KINDS.contains(&name)
        || (name == "parent" && alone)
        || text.trim_start().starts_with('#');
    !stays
}

/// What the judge says of a question.
fn said(answer: &Answer, name: &str, package: &Package, subject: &Subject) -> Option<String> {
    if answer.fatal.is_some() {
        return None;
    }
    let about = answer.packages.get(name).filter(|about| about.fatal.is_none())?;
    Some(match subject {
        Subject::Flag(flag) if !package.iuse.iter().any(|(own, _)| own == flag) => return None,
        Subject::Flag(flag) => if about.enabled.contains(flag) { "on" } else { "off" }.to_owned(),
        Subject::Variable(name) => about.env.get(name).cloned().flatten().unwrap_or_default(),
        _ if about.masked_by.is_empty() => "visible".to_owned(),
        _ => format!("masked by {}", about.masked_by.join(", ")),
    })
}

fn subject(draw: &mut Draw, package: &Package) -> Subject {
    match draw.below(4) {
        0 => Subject::Visible,
        1 => Subject::Variable(words::VARIABLES[draw.below(words::VARIABLES.len())].to_owned()),
        _ if package.iuse.is_empty() => Subject::Visible,
        _ => Subject::Flag(package.iuse[draw.below(package.iuse.len())].0.clone()),
    }
}

/// How many lines were tried, and how many of them mattered.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) questions: usize,
    pub(crate) lines: usize,
    pub(crate) named: usize,
    pub(crate) mattered: usize,
}

/// Asks one question about a tree; lines that the answer names and lines at random are taken out one by one.
pub(crate) fn ask(
    seed: u64,
    world: &World,
    tree: &Tree,
    place: &mut Place,
    judge: &mut Judge,
    tried: &mut Tried,
) -> Option<String> {
    place.write(tree);
    let mut draw = Draw::new(seed, 5);
    let all = request(place, world, tree);
    let machine: Machine = ours::machine(&all);
    let packages = ours::packages(&all, &ours::categories(&machine)?);
    let (name, package) = &packages[draw.below(packages.len())];
    let subject = subject(&mut draw, package);
    let request = Request { packages: Some(vec![name.clone()]), ..all };
    let before = said(&judge.ask(&request), name, package, &subject)?;
    let settings = machine.settings(None).ok()?;
    let explained: Explanation = settings.explain(package, &subject, true).ok()?;
    let about = format!("seed {seed}: {name}, {subject:?}");
    if explained.value != before {
        return Some(format!("{about}: `{}`, and Portage says `{before}`", explained.value));
    }
    tried.questions += 1;
    let folder = place.of("config").parent().unwrap().to_owned();
    let at = |spot: &Spot| match spot {
        Spot::Line { root, path, index } => (folder.join(root).join(path).display().to_string(), *index + 1),
        Spot::Env(_) => (String::new(), 0),
    };
    let step = |spot: &Spot| {
        let (path, line) = at(spot);
        let is_it = |step: &&portage_config::resolve::Step| {
            step.place.as_ref().is_some_and(|place| place.path == path && place.line as usize == line)
        };
        explained.steps.iter().find(is_it).cloned()
    };
    let spots: Vec<Spot> = tree.spots().into_iter().filter(|spot| may_go(tree, spot)).collect();
    let mut chosen: BTreeSet<Spot> =
        spots.iter().filter(|spot| step(spot).is_some()).take(6).cloned().collect();
    chosen.extend(draw.some(&spots, 3, 6));
    let mut wrong = None;
    for spot in chosen {
        let without = tree.without(std::slice::from_ref(&spot));
        let step = step(&spot);
        let (file, line) = at(&spot);
        place.write(&without);
        let Some(after) = said(&judge.ask(&request), name, package, &subject) else { continue };
        tried.lines += 1;
        tried.named += usize::from(step.is_some());
        tried.mattered += usize::from(after != before);
        let expected = step.as_ref().and_then(|step| step.without.clone()).unwrap_or_else(|| before.clone());
        if after != expected {
            let line = format!("{file}:{line}: {}", tree.line(&spot).text);
            wrong = Some(format!(
                "{about} is `{before}`\n{line}\nwithout it: Portage `{after}`, here `{expected}`"
            ));
            break;
        }
    }
    place.write(tree);
    wrong
}
