//! What a difference means: the entries that differ.

mod order;
mod said;
mod sense;
#[cfg(test)]
mod tests;
mod vars;
mod words;

use std::collections::HashSet;

use indexmap::IndexMap;
use serde::Serialize;

pub(crate) use said::{Said, first_difference, said};
pub(crate) use sense::{Sense, key as sense_key};

use crate::file::Grammar;
use crate::model::Model;
use crate::report::Key;
use crate::vocab::RelPath;

/// One entry that differs, in the kind's own words.
///
/// Serialized, a secret one has no words at all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meaning {
    /// The entry: `sys-libs/glibc`, `USE`, `gentoo.location`.
    pub key: String,
    /// The words before; `None`: the entry was not there.
    pub before: Option<Vec<String>>,
    /// The words after; `None`: the entry is gone.
    pub after: Option<Vec<String>>,
    /// Whether the words are hidden.
    pub secret: bool,
    /// What happened to it.
    pub happened: Happened,
    /// Whether the files that are read together with this one say the same of it before and after, so that it makes no
    /// difference to their reader. Only [`relate`](crate::diff::relate) knows.
    pub same: bool,
    /// The entry's key, not joined.
    pub(crate) at: Key,
}

impl Meaning {
    /// Hides its words.
    pub(crate) fn hide(&mut self) {
        self.secret = true;
        for words in [&mut self.before, &mut self.after].into_iter().flatten() {
            *words = vec![crate::vocab::HIDDEN.to_owned()];
        }
    }
}

/// What happened to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happened {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its words are others.
    Changed,
    /// It stands in that file.
    MovedTo(RelPath),
    /// It stood in that file.
    MovedFrom(RelPath),
    /// Its words are the same, and its reader takes them in another way because it stands elsewhere: of two lines of
    /// package.use whose atoms are as close to a package, the first wins; what a variable refers to is what stands
    /// above it.
    Reordered {
        /// The entry that it has changed places with, of several one.
        with: Option<String>,
    },
}

impl Happened {
    /// The word for it, for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::MovedTo(_) | Self::MovedFrom(_) => "moved",
            Self::Reordered { .. } => "reordered",
        }
    }
}

impl Serialize for Meaning {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("key", &self.key)?;
        if self.secret {
            map.serialize_entry("secret", &true)?;
        } else {
            map.serialize_entry("before", &self.before)?;
            map.serialize_entry("after", &self.after)?;
        }
        map.serialize_entry("happened", self.happened.name())?;
        match &self.happened {
            Happened::MovedTo(path) => map.serialize_entry("to", path)?,
            Happened::MovedFrom(path) => map.serialize_entry("from", path)?,
            Happened::Reordered { with: Some(with) } if !self.secret => map.serialize_entry("with", with)?,
            _ => {}
        }
        map.serialize_entry("same", &self.same)?;
        map.end()
    }
}

/// The entries by which two models of a kind differ for its reader: nothing is in the list exactly where the reader
/// takes both alike, whatever other files of the kind say.
///
/// What means nothing to the reader of the file is no difference: comments, layout, the order of flags and of most
/// entries, a word that a later one of the same entry overrides. Order that counts is a difference: `-*` and what stands
/// before it; two rules whose atoms are as close to a package that both match, and that contradict each other; a
/// variable and what it refers to; the files of package.env; a mount inside another.
///
/// A value that is secret on one side is hidden on both.
pub fn meaning(grammar: &Grammar, before: Option<&Model>, after: Option<&Model>) -> Vec<Meaning> {
    let (old, new) = (Sense::of(grammar, before), Sense::of(grammar, after));
    let differing = old.against(&new);
    if differing.is_empty() {
        return Vec::new();
    }
    let read = |model: Option<&Model>| model.map(|m| said(grammar, m)).unwrap_or_default();
    let after_model = after;
    let (old, new) = (read(before), read(after));
    let mut all = Vec::new();
    let mut told: HashSet<Key> = HashSet::new();
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    for key in keys {
        let whole = sense::key(grammar, key);
        if !differing.contains_key(&whole) {
            continue;
        }
        let (before, after) = (old.get(key), new.get(key));
        let happened = match (before, after) {
            (Some(a), Some(b)) if sense::alike(grammar, &a.raw, &b.raw) => continue,
            (Some(_), Some(_)) => Happened::Changed,
            (None, Some(one)) | (Some(one), None) if sense::is_nothing(grammar, &one.raw) => continue,
            (None, _) => Happened::Added,
            (_, None) => Happened::Removed,
        };
        all.push(entry(key, before, after, happened));
        told.insert(whole);
    }
    let explained = sense::explained(grammar, before, after, &told);
    for (key, with) in &differing {
        if told.contains(key) || explained.contains(key) || !with.is_first {
            continue;
        }
        // What only moves within its atom's lines has a key of its own line.
        let at = [&new, &old].into_iter().find_map(|side| {
            side.contains_key(key)
                .then_some(key)
                .or_else(|| side.keys().find(|k| sense::key(grammar, k) == *key))
        });
        let Some(at) = at else { continue };
        let (before, after) = (old.get(at), new.get(at));
        let with = with.other.clone().or_else(|| sense::counterpart(grammar, key, after_model));
        // Of two lines of which one takes the other away, one tells of both.
        if with.as_ref().is_some_and(|with| told.contains(with)) {
            continue;
        }
        told.insert(key.clone());
        let with = with.as_ref().map(ToString::to_string);
        all.push(entry(at, before, after, Happened::Reordered { with }));
    }
    all
}

fn entry(key: &Key, before: Option<&Said>, after: Option<&Said>, happened: Happened) -> Meaning {
    let secret = before.is_some_and(|s| s.secret) || after.is_some_and(|s| s.secret);
    let words = |said: &Said| if secret { vec![crate::vocab::HIDDEN.to_owned()] } else { said.shown.clone() };
    let (mut before, mut after) = (before.map(words), after.map(words));
    if !secret {
        // Values of variables are shown word by word, unless only the blanks between them differ.
        let split = |words: &Option<Vec<String>>| -> Option<Vec<String>> {
            words.as_ref().map(|w| w.iter().flat_map(|w| w.split_whitespace()).map(str::to_owned).collect())
        };
        let (a, b) = (split(&before), split(&after));
        if a != b || before == after {
            (before, after) = (a, b);
        }
    }
    Meaning { key: key.to_string(), before, after, secret, happened, same: false, at: key.clone() }
}

/// Entries that differ, each with the place that tells of it.
pub(crate) type Differing = IndexMap<Key, With>;

/// What an entry whose own words are the same has changed places with.
#[derive(Clone, Debug, Default)]
pub(crate) struct With {
    /// The other entry.
    pub(crate) other: Option<Key>,
    /// Whether it is the one that comes first after the change.
    pub(crate) is_first: bool,
}
