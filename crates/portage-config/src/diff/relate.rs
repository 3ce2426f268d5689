//! What the changes of one root mean together: entries that move, and files that are read as one.

use std::collections::HashMap;

use super::walk::{self, Text};
use super::{Change, Happened, Meaning};
use crate::file::{self, Kind, Place};
use crate::meaning::{Sense, said, sense_key};
use crate::model::Model;
use crate::report::{Key, Report};
use crate::root::Root;
use crate::syntax;
use crate::tree::Node;
use crate::vocab::RelPath;

/// Kinds whose files are read as one, in this order; all others that may be folders are read alone.
const TOGETHER: &[&[&str]] =
    &[&["package.keywords", "package.accept_keywords"], &["dracut.conf", "dracut.conf.d"]];

/// Relates the changes of a root to each other and to the files of their kinds that do not change: what goes from one
/// file to another one that is read together with it is [`Happened::MovedTo`] and [`Happened::MovedFrom`], and what
/// makes no difference to the reader of all of them is [`Meaning::same`](super::Meaning::same).
///
/// `root` is the root before the changes. [`diff`](super::diff) has done this; whoever puts a list of changes together in
/// another way calls it once for the whole list. What cannot be read counts as not there.
pub fn relate(changes: &mut [Change], root: &Root) {
    let mut families: Vec<Vec<&'static Kind>> = Vec::new();
    for change in changes.iter().filter(|change| !change.meaning.is_empty()) {
        let family = family(change.kind);
        if !family.is_empty() && !families.contains(&family) {
            families.push(family);
        }
    }
    for family in families {
        of_family(&family, changes, root);
    }
}

/// The kinds whose files are read together with those of this one; none where each file stands for itself.
fn family(kind: Option<&'static str>) -> Vec<&'static Kind> {
    let Some(kind) = kind.and_then(file::named) else { return Vec::new() };
    if let Some(names) = TOGETHER.iter().find(|names| names.contains(&kind.name)) {
        return names.iter().filter_map(|name| file::named(name)).collect();
    }
    match kind.place {
        Place::FileOrFolder(_) => vec![kind],
        _ => Vec::new(),
    }
}

fn of_family(family: &[&'static Kind], changes: &mut [Change], root: &Root) {
    let Some(grammar) = family.first().map(|kind| &kind.grammar) else { return };
    let is_ours =
        |change: &Change| change.kind.and_then(file::named).is_some_and(|kind| family.contains(&kind));
    let before = there(family, root);
    let after = changed(&before, changes, family);
    let read = |texts: Vec<Text>| -> Files {
        let model = |text: &Text| syntax::read(grammar, &text.bytes, &mut Report::new().file(&text.path));
        texts.into_iter().map(|text| (text.path.clone(), model(&text))).collect()
    };
    let (before, after) = (read(before), read(after));

    let mut gone: HashMap<Entry, Vec<Spot>> = HashMap::new();
    let mut come: Vec<(Entry, Spot)> = Vec::new();
    for (at, change) in changes.iter().enumerate().filter(|(_, change)| is_ours(change)) {
        let words = |files: &Files| {
            let model = files.iter().find(|(file, _)| *file == change.path).map(|(_, model)| model);
            model.map(|model| said(grammar, model)).unwrap_or_default()
        };
        let (old, new) = (words(&before), words(&after));
        for (number, meaning) in change.meaning.iter().enumerate() {
            let (side, is_new) = match meaning.happened {
                Happened::Removed => (&old, false),
                Happened::Added => (&new, true),
                _ => continue,
            };
            let Some(said) = side.get(&meaning.at) else { continue };
            let entry = (meaning.at.clone(), said.raw.clone());
            match is_new {
                true => come.push((entry, (at, number))),
                false => gone.entry(entry).or_default().push((at, number)),
            }
        }
    }
    for (entry, to) in come {
        if let Some(from) = gone.get_mut(&entry).filter(|all| !all.is_empty()).map(|all| all.remove(0)) {
            moved(changes, from, to);
        }
    }

    let sense = |files: &Files| Sense::of(grammar, files.iter().map(|(_, model)| model));
    let differing = sense(&before).against(&sense(&after));
    let mut ours: Vec<&mut Meaning> =
        changes.iter_mut().filter(|change| is_ours(change)).flat_map(|change| &mut change.meaning).collect();
    for meaning in &mut ours {
        meaning.same = !differing.contains_key(&sense_key(grammar, &meaning.at));
    }
    // What differs may be an entry whose place only another one decides.
    if !differing.is_empty() && ours.iter().all(|meaning| meaning.same) {
        ours.iter_mut().for_each(|meaning| meaning.same = false);
    }
}

/// Files in reading order.
type Files = Vec<(RelPath, Model)>;
/// An entry with its words.
type Entry = (Key, Vec<String>);
/// The number of a change, and that of an entry in it.
type Spot = (usize, usize);

fn moved(changes: &mut [Change], from: Spot, to: Spot) {
    let path = |(at, _): Spot| changes.get(at).map(|change| change.path.clone());
    let (Some(source), Some(target)) = (path(from), path(to)) else { return };
    for ((at, number), happened) in [(from, Happened::MovedTo(target)), (to, Happened::MovedFrom(source))] {
        if let Some(meaning) = changes.get_mut(at).and_then(|change| change.meaning.get_mut(number)) {
            meaning.happened = happened;
        }
    }
}

/// The files of a family in a root, in reading order.
fn there(family: &[&'static Kind], root: &Root) -> Vec<Text> {
    let mut all = Vec::new();
    for path in family.iter().flat_map(|kind| places(kind)) {
        let texts = walk::files(root, &path, &mut Report::new());
        all.extend(
            texts
                .into_iter()
                .filter(|text| file::find(&text.path).is_some_and(|kind| family.contains(&kind))),
        );
    }
    all
}

/// Where the files of a kind may lie, in reading order.
fn places(kind: &Kind) -> Vec<RelPath> {
    let base = match kind.place {
        Place::FileOrFolder(base) | Place::File(base) | Place::Ending(base, _) => base,
        _ => return Vec::new(),
    };
    // Portage reads this one still, in front of the other.
    let old = (kind.name == "make.conf").then_some("etc/make.conf");
    old.into_iter().chain([base]).filter_map(|path| RelPath::parse(path).ok()).collect()
}

/// The files once the changes are made.
fn changed(before: &[Text], changes: &[Change], family: &[&'static Kind]) -> Vec<Text> {
    let mut all: Vec<Text> = before.to_vec();
    for change in changes {
        match (&change.before, &change.after) {
            // What is behind the link is as it was, as far as anybody knows.
            (_, Some(Node::Symlink { .. })) | (Some(Node::Dir { .. }), Some(Node::Dir { .. })) => continue,
            (Some(Node::Dir { .. }), _) => all.retain(|text| text.path.below(change.path.as_str()).is_none()),
            _ => {}
        }
        all.retain(|text| text.path != change.path);
        if let Some(Node::File { bytes, .. }) = &change.after
            && file::find(&change.path).is_some_and(|kind| family.contains(&kind))
        {
            all.push(Text { path: change.path.clone(), bytes: bytes.0.clone() });
        }
    }
    let row = |text: &Text| {
        let all = family.iter().flat_map(|kind| places(kind));
        all.enumerate()
            .filter(|(_, place)| text.path == *place || text.path.below(place.as_str()).is_some())
            .map(|(at, _)| at)
            .last()
    };
    all.sort_by(|a, b| {
        (row(a), a.path.as_str().split('/').collect::<Vec<_>>())
            .cmp(&(row(b), b.path.as_str().split('/').collect()))
    });
    all
}
