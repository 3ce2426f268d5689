//! The judge says of each tree what a fresh Portage says, and a disagreement is told by the lines that make it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use crate::judge::{Answer, Judge};
use crate::report::{Sides, disagreement, keep, report, request};
use crate::run::{SHARED, each, number, seeds};
use crate::tree::{self, Place};
use crate::world::World;
use crate::{common, configuration, draw};

/// A process of its own is asked about one tree out of so many.
const FRESH: u64 = 15;

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
        assert!(!report.contains("portage/make.conf") && !report.contains("portage/package.use"), "{report}");
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
