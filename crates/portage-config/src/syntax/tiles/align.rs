//! Alignment: which entries of a text are which wanted ones.

use std::collections::HashMap;
use std::hash::Hash;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Above this many pairs the exact search would take too long.
const EXACT: usize = 1 << 22;

/// Pairs `(old, new)` of equal entries, rising on both sides. Entries that are `None` equal nothing.
pub(in crate::syntax) fn align<T: Hash + Eq>(old: &[Option<T>], new: &[Option<T>]) -> Vec<(usize, usize)> {
    align_within(old, new, EXACT)
}

fn align_within<T: Hash + Eq>(old: &[Option<T>], new: &[Option<T>], exact: usize) -> Vec<(usize, usize)> {
    let equal = |(a, b): &(&Option<T>, &Option<T>)| a.is_some() && a == b;
    let head = old.iter().zip(new).take_while(equal).count();
    let (old_rest, new_rest) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(equal).count();
    let old_middle = old_rest.get(..old_rest.len() - tail).unwrap_or_default();
    let new_middle = new_rest.get(..new_rest.len() - tail).unwrap_or_default();

    let mut pairs: Vec<_> = (0..head).map(|i| (i, i)).collect();
    pairs.extend(middle(old_middle, new_middle, exact).into_iter().map(|(a, b)| (a + head, b + head)));
    pairs.extend((0..tail).map(|i| (old.len() - tail + i, new.len() - tail + i)));
    pairs
}

/// Entries that one side alone has cannot be paired: they are left out before the search, which keeps it fast when
/// everything changed.
fn middle<T: Hash + Eq>(old: &[Option<T>], new: &[Option<T>], exact: usize) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let mut numbers: HashMap<&T, usize> = HashMap::new();
    for entry in old.iter().flatten() {
        let next = numbers.len();
        numbers.entry(entry).or_insert(next);
    }
    let mut shared = vec![false; numbers.len()];
    let numbered = |side: &[Option<T>]| -> Vec<(usize, usize)> {
        let number = |entry: &Option<T>| entry.as_ref().and_then(|entry| numbers.get(entry).copied());
        side.iter().enumerate().filter_map(|(i, entry)| Some((i, number(entry)?))).collect()
    };
    let (mut old, new) = (numbered(old), numbered(new));
    for (_, number) in &new {
        if let Some(flag) = shared.get_mut(*number) {
            *flag = true;
        }
    }
    old.retain(|(_, number)| shared.get(*number) == Some(&true));

    if old.len().saturating_mul(new.len()) > exact {
        return rising(&old, &new);
    }
    let values = |side: &[(usize, usize)]| side.iter().map(|(_, number)| *number).collect::<Vec<_>>();
    let mut pairs = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &values(&old), &values(&new)) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            let side = |side: &[(usize, usize)], at: usize| -> Vec<usize> {
                side.iter().skip(at).take(len).map(|(i, _)| *i).collect()
            };
            pairs.extend(side(&old, old_index).into_iter().zip(side(&new, new_index)));
        }
    }
    pairs
}

/// Pairs the n-th of a kind with the n-th of its kind, and keeps the longest rising run of pairs: n log n.
fn rising(old: &[(usize, usize)], new: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
    for (i, number) in new.iter().rev() {
        places.entry(*number).or_default().push(*i);
    }
    let pairs: Vec<(usize, usize)> =
        old.iter().filter_map(|(i, number)| Some((*i, places.get_mut(number)?.pop()?))).collect();

    // `ends[n]`: the pair with the lowest end among those that close a run of n + 1.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let place = |pair: usize| pairs.get(pair).map(|(_, new)| *new);
    for (at, (_, new)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| place(*end) < Some(*new));
        before.push(length.checked_sub(1).and_then(|i| ends.get(i).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(pair) = at {
        run.extend(pairs.get(pair).copied());
        at = before.get(pair).copied().flatten();
    }
    run.reverse();
    run
}

/// Adds pairs found by a weaker likeness in the gaps between `pairs`.
pub(in crate::syntax) fn fill<T: Hash + Eq>(
    pairs: &[(usize, usize)],
    old: &[Option<T>],
    new: &[Option<T>],
) -> Vec<(usize, usize)> {
    let mut filled = Vec::with_capacity(pairs.len());
    let (mut old_at, mut new_at) = (0, 0);
    let ends = pairs.iter().copied().chain(std::iter::once((old.len(), new.len())));
    for (old_end, new_end) in ends {
        let gap =
            align(old.get(old_at..old_end).unwrap_or_default(), new.get(new_at..new_end).unwrap_or_default());
        filled.extend(gap.into_iter().map(|(a, b)| (a + old_at, b + new_at)));
        if old_end < old.len() || new_end < new.len() {
            filled.push((old_end, new_end));
        }
        (old_at, new_at) = (old_end + 1, new_end + 1);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some(side: &[u32]) -> Vec<Option<u32>> {
        side.iter().map(|n| (*n != 0).then_some(*n)).collect()
    }

    #[test]
    fn a_moved_entry_does_not_disturb_the_others() {
        assert_eq!(align(&some(&[1, 2, 3, 4]), &some(&[4, 1, 2, 3])), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(align(&some(&[0, 1]), &some(&[0, 1])), [(1, 1)], "None equals nothing");
        assert_eq!(fill(&[(1, 1)], &some(&[5, 9, 6, 7]), &some(&[5, 8, 7])), [(0, 0), (1, 1), (3, 2)]);
    }

    #[test]
    fn a_hundred_thousand_changed_entries_take_no_time() {
        let old: Vec<Option<u32>> = (1..100_000).map(Some).collect();
        let other: Vec<Option<u32>> = (200_000..300_000).map(Some).collect();
        assert_eq!(align(&old, &other), []);
        let reversed: Vec<Option<u32>> = old.iter().rev().copied().collect();
        assert_eq!(align(&old, &reversed).len(), 1);
    }

    proptest! {
        #[test]
        fn pairs_are_equal_and_rising(
            old in prop::collection::vec(0..6u32, 0..12),
            new in prop::collection::vec(0..6u32, 0..12),
            exact in prop_oneof![Just(0), Just(EXACT)],
        ) {
            let (old, new) = (some(&old), some(&new));
            let pairs = align_within(&old, &new, exact);
            prop_assert!(pairs.iter().all(|(a, b)| old[*a].is_some() && old[*a] == new[*b]));
            prop_assert!(pairs.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1));
            let lone = old.iter().flatten().any(|n| new.contains(&Some(*n)));
            prop_assert_eq!(lone, !pairs.is_empty());
        }
    }
}
