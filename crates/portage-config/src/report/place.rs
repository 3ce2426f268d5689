//! Places: paths, keys, sources and spans.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::vocab::RelPath;

/// The way to an entry inside a file: `["gentoo", "location"]`, `["app-editors/vim"]`, or nothing for the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub Vec<String>);

impl Key {
    /// The file itself.
    pub fn file() -> Self {
        Self::default()
    }

    /// One step.
    pub fn of(name: impl Into<String>) -> Self {
        Self(vec![name.into()])
    }

    /// This key and one step more.
    #[must_use]
    pub fn then(&self, name: impl Into<String>) -> Self {
        let mut key = self.clone();
        key.0.push(name.into());
        key
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// Where a finding is.
#[derive(Clone, Debug, Default)]
pub struct Spot {
    /// The file of the configuration it is about, from the root (`etc/portage/make.conf`).
    pub path: Option<RelPath>,
    /// The entry.
    pub key: Key,
    /// The word inside the entry.
    pub word: Option<String>,
    /// The bytes, once they are known.
    pub span: Option<Span>,
}

/// A piece of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// The first byte.
    pub start: usize,
    /// One behind the last byte.
    pub end: usize,
}

/// What kind of text a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A spec or a layer of one.
    Spec,
    /// A file of a tree: rendered, or read from a root.
    Tree,
    /// A template.
    Template,
}

/// A text that spans point into.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Source {
    /// As the user would name it: `site.toml`, `etc/portage/make.conf`, `preset:i486-glibc-systemd`.
    pub name: String,
    /// The text. Bytes that are no UTF-8 read as U+FFFD.
    pub text: Arc<str>,
    /// What it is.
    pub origin: Origin,
    /// The first bytes of the lines, once somebody asked for a position.
    starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// Line and column, both from 1, the column in characters, of a byte offset.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let starts = self.starts.get_or_init(|| {
            std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        });
        let line = starts.partition_point(|start| *start <= end);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..end).unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// Names a source: no two that were added have the same name, in whatever [`Sources`] they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceId(usize);

/// The texts of a report.
#[derive(Clone, Debug, Default)]
pub struct Sources(BTreeMap<usize, Arc<Source>>);

/// Counts the sources of all reports, so that reports can be joined and share texts.
static NEXT: AtomicUsize = AtomicUsize::new(0);

impl Sources {
    /// Adds a text.
    pub fn add(&mut self, name: impl Into<String>, text: &[u8], origin: Origin) -> SourceId {
        let text = String::from_utf8_lossy(text).into();
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        self.0.insert(id, Arc::new(Source { name: name.into(), text, origin, starts: OnceLock::new() }));
        SourceId(id)
    }

    /// Adds the texts of other findings, which keep their names.
    ///
    /// ```
    /// use portage_config::report::{Origin, Sources};
    /// let (mut all, mut others) = (Sources::default(), Sources::default());
    /// let (a, b) = (all.add("a", b"1", Origin::Spec), others.add("b", b"2", Origin::Spec));
    /// all.join(&others);
    /// assert_eq!([a, b].map(|id| all.get(id).map(|source| source.name.as_str())), [Some("a"), Some("b")]);
    /// ```
    pub fn join(&mut self, others: &Self) {
        self.0.extend(others.0.iter().map(|(id, source)| (*id, Arc::clone(source))));
    }

    /// The text of that name.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(&id.0).map(Arc::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut sources = Sources::default();
        let id = sources.add("x", "aä\nb".as_bytes(), Origin::Spec);
        let source = sources.get(id).unwrap();
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(3), (1, 3));
        assert_eq!(source.position(4), (2, 1));
        assert_eq!(source.position(2), (1, 2), "inside a character: its start");
        assert_eq!(source.position(99), (2, 2), "behind the end: the end");
    }
}
