//! What holds for any three texts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::{Merged, take_back, three_way};
use crate::file::{Kind, named};
use crate::meaning::meaning;
use crate::model::Model;
use crate::report::Report;
use crate::syntax;
use crate::vocab::RelPath;

/// A kind, and what an entry `0` to `4` of it says with a value `0` to `3`.
type Sample = (&'static str, fn(usize, usize) -> String);

const SAMPLES: &[Sample] = &[
    ("package.use", |n, v| format!("a/p{n} {}\n", ["x", "x y", "-x z", "w L10N: de"][v])),
    ("package.mask", |n, v| format!("a/p{n}{v}\n")),
    ("make.conf", |n, v| {
        let name = ["USE", "L10N", "CFLAGS", "A", "B"][n];
        format!("{name}=\"{}\"\n", ["x", "x y", "-x z", "w ${C}"][v])
    }),
    ("repos.conf", |n, v| format!("[r{}]\nk{n} = {v}\n\n", n)),
    ("kernel-config", |n, v| format!("CONFIG_{n}={v}\n")),
    ("fstab", |n, v| format!("dev{} /m{n} ext4 {}\n", v / 2, ["rw", "ro", "rw,noatime", "size=1"][v])),
    ("ugrd", |n, v| format!("[t{n}]\nk = {v}\n")),
    ("dracut.conf", |n, v| format!("k{n}=\"{v}\"\n")),
];

/// The entries of a file, by number.
type Entries = BTreeMap<usize, usize>;

fn entries() -> impl Strategy<Value = Entries> {
    prop::collection::btree_map(0..5usize, 0..4usize, 0..6)
}

fn text(sample: &Sample, entries: &Entries) -> Vec<u8> {
    entries.iter().map(|(n, v)| sample.1(*n, *v)).collect::<String>().into_bytes()
}

fn read(kind: &Kind, text: &[u8]) -> Model {
    let path = RelPath::parse("file").unwrap();
    syntax::read(&kind.grammar, text, &mut Report::new().file(&path))
}

/// Whether two texts say the same, the order of entries and words aside.
fn alike(kind: &Kind, a: &[u8], b: &[u8]) -> bool {
    let sorted = |words: Option<Vec<String>>| {
        let mut words = words.unwrap_or_default();
        words.sort();
        words
    };
    meaning(&kind.grammar, Some(&read(kind, a)), Some(&read(kind, b)))
        .into_iter()
        .all(|one| one.before.is_some() && one.after.is_some() && sorted(one.before) == sorted(one.after))
}

/// The text with comments, blank lines and blanks of somebody else.
fn by_hand(text: &[u8], comments: &[(usize, &str)]) -> Vec<u8> {
    let text = String::from_utf8(text.to_vec()).unwrap();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (at, comment) in comments {
        lines.insert(at % (lines.len() + 1), comment);
    }
    lines.concat().into_bytes()
}

fn odd_line() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => select(SAMPLES).prop_flat_map(|sample| (0..5usize, 0..4usize).prop_map(move |(n, v)| sample.1(n, v).into_bytes())),
        1 => select(vec![&b"# note\n"[..], b"\n", b"=\n", b"\"\n", b"\xff\n", b"[", b"\\", b"\r\n", b"a/p1 x\r\n", b"x"])
            .prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(line, 0..6).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn one_side_alone_changed(
        sample in select(SAMPLES),
        base in entries(),
        other in entries(),
        comments in prop::collection::vec((0..8usize, select(vec!["# by hand\n", "\n"])), 0..3),
    ) {
        let kind = named(sample.0);
        let (base, other) = (text(&sample, &base), text(&sample, &other));
        let kind_of = kind.unwrap();
        let theirs = by_hand(&base, &comments);
        let merged = three_way(kind, Some(&base), &other, &theirs).unwrap();
        prop_assert_eq!(&merged.conflicts, &[]);
        prop_assert!(alike(kind_of, &merged.bytes, &other), "{:?}", String::from_utf8(merged.bytes));
        let changed = by_hand(&other, &comments);
        prop_assert_eq!(three_way(kind, Some(&base), &base, &changed).unwrap(), Merged::clean(&changed));
        prop_assert_eq!(three_way(kind, Some(&base), &changed, &changed).unwrap(), Merged::clean(&changed));
        // What was added by the entries of the base alone is gone again.
        let back = take_back(kind, &base, &theirs).unwrap();
        prop_assert_eq!(&back.conflicts, &[]);
        prop_assert!(read(kind_of, &back.bytes).is_empty());
    }

    #[test]
    fn our_order_holds_where_theirs_is_that_of_the_base(
        sample in select(SAMPLES),
        base in entries().prop_flat_map(|all| Just(all.into_iter().collect::<Vec<_>>()).prop_shuffle()),
        ours in entries().prop_flat_map(|all| Just(all.into_iter().collect::<Vec<_>>()).prop_shuffle()),
        comments in prop::collection::vec((0..8usize, select(vec!["# by hand\n", "\n"])), 0..3),
    ) {
        let kind = named(sample.0);
        let kind_of = kind.unwrap();
        let text = |all: &[(usize, usize)]| all.iter().map(|(n, v)| sample.1(*n, *v)).collect::<String>();
        let (base, ours) = (text(&base), text(&ours));
        let theirs = by_hand(base.as_bytes(), &comments);
        let merged = three_way(kind, Some(base.as_bytes()), ours.as_bytes(), &theirs).unwrap();
        prop_assert_eq!(&merged.conflicts, &[]);
        let back = read(kind_of, &merged.bytes);
        prop_assert!(read(kind_of, ours.as_bytes()).satisfied_by(&back), "{:?}", String::from_utf8(merged.bytes));
    }

    #[test]
    fn changes_of_different_entries_never_conflict(
        sample in select(SAMPLES),
        base in entries(),
        edits in prop::collection::vec((any::<bool>(), prop::option::of(0..4usize)), 5),
        comments in prop::collection::vec((0..8usize, select(vec!["# by hand\n", "\n"])), 0..3),
        notes in prop::collection::vec((0..8usize, select(vec!["# ours\n", "\n"])), 0..3),
    ) {
        let kind = named(sample.0);
        let kind_of = kind.unwrap();
        let (mut ours, mut theirs, mut both) = (base.clone(), base.clone(), base.clone());
        for (n, (is_ours, value)) in edits.iter().enumerate() {
            for side in [&mut both, if *is_ours { &mut ours } else { &mut theirs }] {
                match value {
                    Some(value) => drop(side.insert(n, *value)),
                    None => drop(side.remove(&n)),
                }
            }
        }
        let base = text(&sample, &base);
        let theirs = by_hand(&text(&sample, &theirs), &comments);
        let merged = three_way(kind, Some(&base), &by_hand(&text(&sample, &ours), &notes), &theirs).unwrap();
        prop_assert_eq!(&merged.conflicts, &[]);
        prop_assert!(alike(kind_of, &merged.bytes, &text(&sample, &both)), "{:?}", String::from_utf8(merged.bytes));
    }

    #[test]
    fn both_sides_come_to_the_same(sample in select(SAMPLES), base in entries(), a in entries(), b in entries()) {
        let kind = named(sample.0);
        let (base, a, b) = (text(&sample, &base), text(&sample, &a), text(&sample, &b));
        let one = three_way(kind, Some(&base), &a, &b).unwrap();
        let other = three_way(kind, Some(&base), &b, &a).unwrap();
        let keys = |merged: &Merged| {
            let mut keys: Vec<String> = merged.conflicts.iter().map(|c| c.key.clone()).collect();
            keys.sort();
            keys
        };
        prop_assert_eq!(keys(&one), keys(&other));
        if one.conflicts.is_empty() {
            prop_assert!(alike(kind.unwrap(), &one.bytes, &other.bytes));
        }
    }

    #[test]
    fn no_text_makes_it_panic(
        sample in select(SAMPLES),
        known in any::<bool>(),
        base in prop::option::of(odd_line()),
        ours in odd_line(),
        theirs in odd_line(),
    ) {
        let kind = named(sample.0).filter(|_| known);
        if let Ok(merged) = three_way(kind, base.as_deref(), &ours, &theirs) {
            let markers = |text: &[u8]| text.windows(7).any(|part| part == b"<<<<<<<");
            prop_assert!(!markers(&merged.bytes));
            // What was merged is merged: nothing is left to do.
            let again = three_way(kind, Some(&ours), &ours, &merged.bytes).unwrap();
            prop_assert_eq!(&again.bytes, &merged.bytes);
        }
        let _ = take_back(kind, &ours, &theirs);
    }
}
