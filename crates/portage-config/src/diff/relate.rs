//! What the changes of one root mean together: entries that move, and files that are read as one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::walk::{self, Text};
use super::wanted::parallel;
use super::{Change, Happened, Meaning};
use crate::file::{self, Grammar, Kind, Place};
use crate::meaning::{Sense, said, sense_key};
use crate::model::Model;
use crate::report::{Key, Report};
use crate::root::Root;
use crate::syntax;
use crate::tree::{Node, Tree};
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
    relate_to(changes, |family| there(family, root));
}

/// The same, where a tree was before the changes.
pub(super) fn relate_in(changes: &mut [Change], tree: &Tree) {
    relate_to(changes, |family| within(family, tree));
}

fn relate_to(changes: &mut [Change], there: impl Fn(&[&'static Kind]) -> Vec<Text>) {
    let mut families: Vec<Vec<&'static Kind>> = Vec::new();
    for change in changes.iter().filter(|change| !change.meaning.is_empty()) {
        let family = family(change.kind);
        if !family.is_empty() && !families.contains(&family) {
            families.push(family);
        }
    }
    for family in families {
        of_family(&family, changes, there(&family));
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

fn of_family(family: &[&'static Kind], changes: &mut [Change], texts: Vec<Text>) {
    let Some(grammar) = family.first().map(|kind| &kind.grammar) else { return };
    let is_ours =
        |change: &Change| change.kind.and_then(file::named).is_some_and(|kind| family.contains(&kind));
    if texts.is_empty() && stand_alone(grammar, changes, is_ours) {
        return;
    }
    let (before, after) = models(grammar, &texts, &changed(&texts, changes, family));
    let (by_old, by_new) = (by_path(&before), by_path(&after));

    let mut gone: HashMap<Entry, Vec<Spot>> = HashMap::new();
    let mut come: Vec<(Entry, Spot)> = Vec::new();
    let goes = |change: &Change| change.meaning.iter().any(|m| m.happened == Happened::Removed);
    // Where nothing goes, nothing moves.
    let moves = changes.iter().any(|change| is_ours(change) && goes(change));
    for (at, change) in changes.iter().enumerate().filter(|(_, change)| moves && is_ours(change)) {
        let words = |files: &HashMap<RelPath, Arc<Model>>| {
            files.get(&change.path).map(|model| said(grammar, model)).unwrap_or_default()
        };
        let (old, new) = (words(&by_old), words(&by_new));
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

    let sense = |files: &Files| Sense::of(grammar, files.iter().map(|(_, model)| &**model));
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

/// Whether all entries are new, and no two files say something of the same: each means what it means by itself.
fn stand_alone(grammar: &Grammar, changes: &[Change], is_ours: impl Fn(&Change) -> bool) -> bool {
    let mut files: HashMap<Key, usize> = HashMap::new();
    let ours = changes.iter().enumerate().filter(|(_, change)| is_ours(change));
    let mut entries = ours.flat_map(|(at, change)| change.meaning.iter().map(move |meaning| (at, meaning)));
    entries.all(|(at, meaning)| {
        meaning.happened == Happened::Added
            && *files.entry(sense_key(grammar, &meaning.at)).or_insert(at) == at
    })
}

/// Files in reading order.
type Files = Vec<(RelPath, Arc<Model>)>;
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

/// The files of a family in a tree, in reading order.
fn within(family: &[&'static Kind], tree: &Tree) -> Vec<Text> {
    let text = |(path, node): (&RelPath, &Node)| match node {
        Node::File { bytes, .. } => Some(Text { path: path.clone(), bytes: bytes.0.clone() }),
        _ => None,
    };
    let ours = |text: &Text| file::find(&text.path).is_some_and(|kind| family.contains(&kind));
    let mut all: Vec<Text> = tree.nodes.iter().filter_map(text).filter(ours).collect();
    let places = all_places(family);
    all.sort_by_cached_key(|text| order(&places, &text.path));
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

/// A file once the changes are made.
struct After<'a> {
    path: &'a RelPath,
    bytes: &'a [u8],
    /// Which one it is of those before the changes, where it stays as it is.
    same: Option<usize>,
}

/// The files once the changes are made.
fn changed<'a>(before: &'a [Text], changes: &'a [Change], family: &[&'static Kind]) -> Vec<After<'a>> {
    let stay = before.iter().enumerate().map(|(at, text)| {
        (&text.path, After { path: &text.path, bytes: text.bytes.as_slice(), same: Some(at) })
    });
    let mut all: BTreeMap<&RelPath, After<'a>> = stay.collect();
    for change in changes {
        match (&change.before, &change.after) {
            // What is behind the link is as it was, as far as anybody knows.
            (_, Some(Node::Symlink { .. })) | (Some(Node::Dir { .. }), Some(Node::Dir { .. })) => continue,
            (Some(Node::Dir { .. }), _) => all.retain(|path, _| path.below(change.path.as_str()).is_none()),
            _ => {}
        }
        all.remove(&change.path);
        if let Some(Node::File { bytes, .. }) = &change.after
            && file::find(&change.path).is_some_and(|kind| family.contains(&kind))
        {
            all.insert(&change.path, After { path: &change.path, bytes: bytes.0.as_slice(), same: None });
        }
    }
    let places = all_places(family);
    let mut all: Vec<After<'a>> = all.into_values().collect();
    all.sort_by_cached_key(|text| order(&places, text.path));
    all
}

fn all_places(family: &[&'static Kind]) -> Vec<RelPath> {
    family.iter().flat_map(|kind| places(kind)).collect()
}

/// Where a file stands among those that are read together.
fn order(places: &[RelPath], path: &RelPath) -> (Option<usize>, Vec<String>) {
    let row = places.iter().rposition(|place| path == place || path.below(place.as_str()).is_some());
    (row, path.as_str().split('/').map(str::to_owned).collect())
}

/// As many files as are worth a thread.
const WORTH: usize = 64;

/// What the files say before and after the changes. Each text is read once.
fn models(grammar: &Grammar, before: &[Text], after: &[After<'_>]) -> (Files, Files) {
    let old = before.iter().map(|text| (&text.path, text.bytes.as_slice()));
    let new = after.iter().filter(|text| text.same.is_none()).map(|text| (text.path, text.bytes));
    let texts: Vec<(&RelPath, &[u8])> = old.chain(new).collect();
    let read = |texts: &[(&RelPath, &[u8])]| -> Vec<Arc<Model>> {
        let read = |(path, bytes): &(&RelPath, &[u8])| {
            Arc::new(syntax::read(grammar, bytes, &mut Report::new().file(path)))
        };
        texts.iter().map(read).collect()
    };
    let mut read = parallel(&texts, WORTH, read).into_iter();
    let old: Vec<Arc<Model>> = read.by_ref().take(before.len()).collect();
    let new = after.iter().filter_map(|text| {
        let model = match text.same {
            Some(at) => old.get(at).cloned(),
            None => read.next(),
        };
        Some((text.path.clone(), model?))
    });
    let new: Files = new.collect();
    (before.iter().map(|text| text.path.clone()).zip(old).collect(), new)
}

fn by_path(files: &Files) -> HashMap<RelPath, Arc<Model>> {
    files.iter().cloned().collect()
}
