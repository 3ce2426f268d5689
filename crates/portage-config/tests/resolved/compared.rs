//! The resolver says what Portage says, and the lines that it names are those that matter.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::report::{Sides, disagreement, report};
use crate::run::{each, seeds};
use crate::{common, ours, reasons};

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
