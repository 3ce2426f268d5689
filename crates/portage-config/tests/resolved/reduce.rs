//! From a tree that shows something to a small one that still does.

use crate::tree::Tree;

/// Takes lines out, many at once and then one by one, as long as the tree still shows it.
pub(crate) fn reduce(tree: &Tree, mut shows: impl FnMut(&Tree) -> bool) -> Tree {
    let mut tree = tree.clone();
    let mut size = tree.spots().len().div_ceil(2);
    while size > 0 {
        let (mut first, mut fewer) = (0, false);
        loop {
            let spots = tree.spots();
            let Some(rest) = spots.get(first..).filter(|rest| !rest.is_empty()) else { break };
            let smaller = tree.without(&rest[..size.min(rest.len())]);
            if shows(&smaller) {
                (tree, fewer) = (smaller, true);
            } else {
                first += size;
            }
        }
        // Lines that needed each other are looked at again.
        size = if size == 1 && fewer { 1 } else { size / 2 };
    }
    tree
}
