//! Runs over many seeds.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::configuration;
use crate::judge::Judge;
use crate::tree::{Place, Tree};
use crate::world::World;

/// So many configurations share their repositories.
pub(crate) const SHARED: u64 = 10;

pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// The seeds of a run.
pub(crate) fn seeds(usual: u64) -> std::ops::Range<u64> {
    let first = number("PORTAGE_CONFIG_SEED").unwrap_or(0);
    first..first + number("PORTAGE_CONFIG_CASES").unwrap_or(usual)
}

/// Draws the trees of these seeds in two threads, each with a judge and a place of its own.
pub(crate) fn each(
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
