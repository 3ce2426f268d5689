//! The resolver says what Portage says, and the lines that it names are those that matter.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::judge::Judge;
use crate::packages::Version;
use crate::report::{Sides, disagreement, report};
use crate::run::{each, seeds};
use crate::tree::{Entry, Line, Place, Tree, add};
use crate::world::World;
use crate::{common, configuration, ours, reasons};

#[test]
fn portage_says_the_same() {
    let Some(python) = common::python("portage_says_the_same") else { return };
    let (wrong, began) = (Mutex::new(Vec::new()), Instant::now());
    let compared = AtomicU64::new(0);
    let all = seeds(100);
    each(&python, all.clone(), |seed, world, tree, place, judge| {
        compared.fetch_add(1, Ordering::SeqCst);
        if wrong.lock().unwrap().len() < 5 {
            let said = difference(seed, world, tree, place, judge);
            wrong.lock().unwrap().extend(said);
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

/// What our answer and Portage's do not have in common.
fn difference(seed: u64, world: &World, tree: &Tree, place: &mut Place, judge: &mut Judge) -> Option<String> {
    let gone = std::cell::RefCell::new(BTreeSet::new());
    let mut sides = Sides {
        one: &mut |request| {
            let answer = judge.ask(request);
            *gone.borrow_mut() = ours::crashed(&answer);
            ours::comparable(answer, &gone.borrow())
        },
        other: &mut |request| ours::comparable(ours::answer(request), &gone.borrow()),
    };
    disagreement(place, world, tree, &mut sides)?;
    Some(report(place, seed, world, tree, &mut sides))
}

#[test]
fn lines_about_many_packages_stand_in_portages_order() {
    let Some(python) = common::python("lines_about_many_packages_stand_in_portages_order") else { return };
    let (mut place, mut judge) = (Place::new(), Judge::new(&python));
    let world = World::new(0);
    for Version { cp, slot, iuse, repository, .. } in world.versions.iter().step_by(9) {
        let name = cp.split('/').nth(1).unwrap();
        let flag = iuse.first().map_or("doc", String::as_str);
        let all = format!("*/*::{repository}");
        let files: [(&str, &[String], &str); 8] = [
            ("package.env", &["*/* o3".into(), format!("*/{name} lto.conf"), format!("{all} sub/own")], "\n"),
            ("package.env", &[format!("{all} sub/own"), "*/* o3".into(), format!("*/{name} lto.conf")], "\n"),
            ("package.use", &["*/* x".into(), format!("*/{name} -{flag}"), format!("{all} {flag}")], "\n"),
            ("package.license", &["*/* *".into(), format!("*/{name} *"), format!("{all} -*")], "\n"),
            ("package.properties", &["*/* *".into(), format!("*/{name} *"), format!("{all} -*")], "\n"),
            ("package.mask", &["*/*:no".into(), format!("{cp}*"), "*/*".into()], "\n"),
            ("package.mask", &[format!("*/*:{slot}"), format!("{cp}*"), "*/*".into()], "\n"),
            ("profile/package.use.force", &[format!("{cp} {flag} L10N: fr")], "\r\n"),
        ];
        for (number, (file, lines, end)) in (0u64..).zip(files) {
            let mut tree = configuration::bare(&world, &world.profiles[0]);
            let root = Arc::make_mut(tree.roots.get_mut("config").unwrap());
            for line in lines {
                add(root, &format!("etc/portage/{file}"), line.as_str(), &["a line"]);
            }
            if file.starts_with("profile/") {
                let eapi = Line { text: "5".to_owned(), features: Vec::new() };
                root.insert("etc/portage/profile/eapi".to_owned(), Entry::File { lines: vec![eapi], end });
            }
            let said = difference(number, &world, &tree, &mut place, &mut judge);
            assert_eq!(said, None, "{lines:?}: {}", said.clone().unwrap_or_default());
        }
    }
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
