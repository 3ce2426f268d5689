//! Chance that comes out the same for the same seed.

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

pub(crate) struct Draw(TestRng);

impl Draw {
    /// What `of` is about keeps the draws of one seed apart from each other.
    pub(crate) fn new(seed: u64, of: u8) -> Self {
        let mut bytes = [of; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64() % end as u64).unwrap()
    }

    pub(crate) fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// True so many times out of a hundred.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// The index of a weight, as often as it is heavy.
    pub(crate) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut rest = self.below(weights.iter().sum());
        weights
            .iter()
            .position(|weight| {
                let found = rest < *weight;
                rest = rest.saturating_sub(*weight);
                found
            })
            .unwrap()
    }

    /// So many different members, in an order of their own; fewer when there are fewer.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T], first: usize, last: usize) -> Vec<T> {
        let mut rest = from.to_vec();
        let count = self.between(first, last).min(rest.len());
        (0..count)
            .map(|_| {
                let index = self.below(rest.len());
                rest.swap_remove(index)
            })
            .collect()
    }
}
