//! A list of entries, merged by what they are about.

use std::hash::Hash;

use indexmap::IndexMap;

use crate::model::Comment;

/// What a merge has to know of a kind of entry.
pub(super) trait Lists {
    /// An entry.
    type Entry: Clone;
    /// What it is about: equal for entries that are one and the same on both sides.
    type Id: Hash + Eq;

    fn id(&self, entry: &Self::Entry) -> Self::Id;

    /// Whether both say the same, comments aside.
    fn same(&self, a: &Self::Entry, b: &Self::Entry) -> bool;

    fn comment<'e>(&self, _entry: &'e mut Self::Entry) -> Option<&'e mut Comment> {
        None
    }

    /// Whether the parts of an entry are merged even where one side left it as it was.
    fn is_deep(&self, _sides: &Three<&Self::Entry>) -> bool {
        false
    }

    /// One entry that both sides changed; `None` where they contradict each other.
    fn one(&self, _base: &Self::Entry, _ours: &Self::Entry, _theirs: &Self::Entry) -> Option<Self::Entry> {
        None
    }

    /// All entries of one id, which both sides changed.
    fn both(&self, sides: &Three<&Self::Entry>) -> Both<Self::Entry> {
        paired(self, sides)
    }

    /// What both sides disagree on.
    fn conflict(&self, entry: &Self::Entry);
}

/// Something of three sides.
#[derive(Debug)]
pub(super) struct Three<T> {
    pub(super) base: Vec<T>,
    pub(super) ours: Vec<T>,
    pub(super) theirs: Vec<T>,
}

impl<T> Default for Three<T> {
    fn default() -> Self {
        Self { base: Vec::new(), ours: Vec::new(), theirs: Vec::new() }
    }
}

/// What becomes of entries that both sides changed.
pub(super) enum Both<E> {
    /// What is to stand in the place of each entry that is there, and what is new.
    Merged(Vec<Option<E>>, Option<E>),
    /// They contradict each other.
    Conflict,
    /// Which is which cannot be told.
    Unpaired,
}

/// Entries of which it cannot be told which is which.
#[derive(Debug)]
pub(super) struct Unpaired;

/// Entries that were merged.
pub(super) struct Outcome<E> {
    /// What stands in the place of each entry that is there.
    pub(super) slots: Vec<Option<E>>,
    /// New ones in our order, each with the number of the slot that it stands before.
    pub(super) fresh: Vec<(usize, E)>,
}

impl<E> Outcome<E> {
    /// All in order, each with the slot that it stands in or follows.
    pub(super) fn into_placed(mut self) -> Vec<(usize, E)> {
        self.fresh.sort_by_key(|(gap, _)| *gap);
        let mut all = Vec::with_capacity(self.slots.len() + self.fresh.len());
        let mut fresh = self.fresh.into_iter().peekable();
        for (at, slot) in self.slots.into_iter().enumerate() {
            while let Some((gap, entry)) = fresh.next_if(|(gap, _)| *gap <= at) {
                all.push((gap.saturating_sub(1), entry));
            }
            all.extend(slot.map(|entry| (at, entry)));
        }
        all.extend(fresh.map(|(gap, entry)| (gap.saturating_sub(1), entry)));
        all
    }

    /// All in order.
    pub(super) fn into_entries(self) -> Vec<E> {
        self.into_placed().into_iter().map(|(_, entry)| entry).collect()
    }
}

/// Merges lists.
pub(super) fn merge<L: Lists + ?Sized>(
    lists: &L,
    base: &[L::Entry],
    ours: &[L::Entry],
    theirs: &[L::Entry],
) -> Result<Outcome<L::Entry>, Unpaired> {
    let mut groups: IndexMap<L::Id, Three<usize>> = IndexMap::new();
    for (at, entry) in theirs.iter().enumerate() {
        groups.entry(lists.id(entry)).or_default().theirs.push(at);
    }
    for (at, entry) in ours.iter().enumerate() {
        groups.entry(lists.id(entry)).or_default().ours.push(at);
    }
    for (at, entry) in base.iter().enumerate() {
        groups.entry(lists.id(entry)).or_default().base.push(at);
    }
    let mut merger = Merger {
        lists,
        base,
        ours,
        theirs,
        slots: theirs.iter().cloned().map(Some).collect(),
        fresh: vec![None; ours.len()],
        taken: vec![None; ours.len()],
        known: vec![None; theirs.len()],
    };
    for group in groups.values() {
        merger.group(group)?;
    }
    merger.reorder();
    Ok(merger.placed())
}

struct Merger<'m, L: Lists + ?Sized> {
    lists: &'m L,
    base: &'m [L::Entry],
    ours: &'m [L::Entry],
    theirs: &'m [L::Entry],
    slots: Vec<Option<L::Entry>>,
    /// Of each of ours, what is new of it.
    fresh: Vec<Option<L::Entry>>,
    /// Of each of ours, the slot that it stands in.
    taken: Vec<Option<usize>>,
    /// Of each of theirs, which of the base it was.
    known: Vec<Option<usize>>,
}

fn set<T>(all: &mut [T], at: usize, value: T) {
    if let Some(place) = all.get_mut(at) {
        *place = value;
    }
}

fn at_all<'e, E>(entries: &'e [E], places: &[usize]) -> Vec<&'e E> {
    places.iter().filter_map(|at| entries.get(*at)).collect()
}

impl<L: Lists + ?Sized> Merger<'_, L> {
    /// Decides on the entries of one id. Of several the last is paired with the last: it holds for most readers.
    fn group(&mut self, group: &Three<usize>) -> Result<(), Unpaired> {
        for (our, their) in group.ours.iter().rev().zip(group.theirs.iter().rev()) {
            set(&mut self.taken, *our, Some(*their));
        }
        for (old, their) in group.base.iter().rev().zip(group.theirs.iter().rev()) {
            set(&mut self.known, *their, Some(*old));
        }
        let sides = Three {
            base: at_all(self.base, &group.base),
            ours: at_all(self.ours, &group.ours),
            theirs: at_all(self.theirs, &group.theirs),
        };
        let same = |a: &[&L::Entry], b: &[&L::Entry]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.lists.same(a, b))
        };
        let is_deep = self.lists.is_deep(&sides);
        if !is_deep && (same(&sides.ours, &sides.base) || same(&sides.ours, &sides.theirs)) {
            // What is there stays.
        } else if !is_deep && same(&sides.theirs, &sides.base) {
            for their in &group.theirs {
                set(&mut self.slots, *their, None);
            }
            for our in &group.ours {
                let entry = self.ours.get(*our).cloned();
                match self.taken.get(*our).copied().flatten() {
                    Some(their) => self.replace(their, entry),
                    None => set(&mut self.fresh, *our, entry),
                }
            }
        } else {
            match self.lists.both(&sides) {
                Both::Merged(slots, new) => {
                    for (their, entry) in group.theirs.iter().zip(slots) {
                        self.replace(*their, entry);
                    }
                    if let Some(our) = group.ours.last() {
                        set(&mut self.fresh, *our, new);
                    }
                }
                Both::Conflict => {
                    if let Some(entry) = sides.ours.last().or(sides.theirs.last()) {
                        self.lists.conflict(entry);
                    }
                    return Ok(());
                }
                Both::Unpaired => return Err(Unpaired),
            }
        }
        for (our, their) in group.ours.iter().rev().zip(group.theirs.iter().rev()) {
            self.adopt(*our, *their);
        }
        Ok(())
    }

    /// Puts an entry into a slot, under the comment that is there.
    fn replace(&mut self, their: usize, mut entry: Option<L::Entry>) {
        if let (Some(entry), Some(mut there)) = (&mut entry, self.theirs.get(their).cloned())
            && let (Some(new), Some(old)) = (self.lists.comment(entry), self.lists.comment(&mut there))
        {
            *new = std::mem::take(old);
        }
        set(&mut self.slots, their, entry);
    }

    /// Takes our comment over where the one that is there is what it was.
    fn adopt(&mut self, our: usize, their: usize) {
        let Some(Some(slot)) = self.slots.get_mut(their) else { return };
        let Some(there) = self.lists.comment(slot) else { return };
        let side = |entries: &[L::Entry], at: Option<usize>| {
            let mut entry = at.and_then(|at| entries.get(at)).cloned();
            entry.as_mut().and_then(|entry| self.lists.comment(entry)).cloned().unwrap_or_default()
        };
        let ours = side(self.ours, Some(our));
        if ours.is_empty() {
            return;
        }
        let base = side(self.base, self.known.get(their).copied().flatten());
        if !ours.above.is_empty() && ours.above != base.above && there.above == base.above {
            there.above = ours.above;
        }
        if ours.behind.is_some() && ours.behind != base.behind && there.behind == base.behind {
            there.behind = ours.behind;
        }
    }

    /// Entries of all three sides stand in our order where theirs is that of the base.
    fn reorder(&mut self) {
        // Of each: ours, its slot, the base. In our order.
        let mut common: Vec<(usize, usize, usize)> = Vec::new();
        for (our, their) in self.taken.iter().enumerate() {
            if let Some(their) = their
                && let Some(Some(old)) = self.known.get(*their)
                && let Some(Some(_)) = self.slots.get(*their)
            {
                common.push((our, *their, *old));
            }
        }
        let mut sorted = common.clone();
        sorted.sort_unstable_by_key(|(_, their, _)| *their);
        let is_rising = |all: &[(usize, usize, usize)]| {
            all.iter().zip(all.iter().skip(1)).all(|((_, _, a), (_, _, b))| a < b)
        };
        if !is_rising(&sorted) || is_rising(&common) {
            return;
        }
        let entries: Vec<Option<L::Entry>> =
            common.iter().map(|(_, their, _)| self.slots.get_mut(*their).and_then(Option::take)).collect();
        for (((our, _, _), (_, place, _)), entry) in common.iter().zip(&sorted).zip(entries) {
            set(&mut self.slots, *place, entry);
            set(&mut self.taken, *our, Some(*place));
        }
    }

    /// Finds the places of new entries.
    fn placed(self) -> Outcome<L::Entry> {
        let mut fresh = Vec::new();
        let mut leading = Vec::new();
        let mut last: Option<usize> = None;
        for (new, taken) in self.fresh.into_iter().zip(self.taken) {
            let stands = taken.filter(|at| matches!(self.slots.get(*at), Some(Some(_))));
            if let Some(at) = stands {
                fresh.extend(std::mem::take(&mut leading).into_iter().map(|entry| (at, entry)));
                last = Some(at);
            }
            match (new, last) {
                (None, _) => {}
                (Some(entry), Some(at)) => fresh.push((at + 1, entry)),
                (Some(entry), None) => leading.push(entry),
            }
        }
        let end = self.slots.len();
        fresh.extend(leading.into_iter().map(|entry| (end, entry)));
        Outcome { slots: self.slots, fresh }
    }
}

/// Pairs the n-th of each side and merges each by itself.
pub(super) fn paired<L: Lists + ?Sized>(lists: &L, sides: &Three<&L::Entry>) -> Both<L::Entry> {
    let Three { base, ours, theirs } = sides;
    if base.is_empty() || ours.is_empty() || theirs.is_empty() {
        return Both::Conflict;
    }
    if base.len() != ours.len() || base.len() != theirs.len() {
        return Both::Unpaired;
    }
    let mut merged = Vec::with_capacity(theirs.len());
    for ((base, ours), theirs) in base.iter().zip(ours).zip(theirs) {
        let entry = if lists.same(ours, base) || lists.same(ours, theirs) {
            Some((*theirs).clone())
        } else if lists.same(theirs, base) {
            Some((*ours).clone())
        } else {
            lists.one(base, ours, theirs)
        };
        let Some(entry) = entry else { return Both::Conflict };
        merged.push(Some(entry));
    }
    Both::Merged(merged, None)
}
