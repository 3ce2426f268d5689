//! Comments that go with the entries they stand above.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::file::Kind;
use crate::report::Key;
use crate::syntax;

/// The text that is there without the comments that `base` had above entries that are in `after` no more, and without
/// the first `header` lines of comment; `None` where it has none of those.
pub(super) fn without_gone(
    kind: &Kind,
    base: &[u8],
    theirs: &[u8],
    after: &[u8],
    header: usize,
) -> Option<Vec<u8>> {
    if !base.contains(&b'#') && !base.contains(&b';') {
        return None;
    }
    let left: HashSet<Key> = syntax::spans(&kind.grammar, after).into_iter().map(|(key, _)| key).collect();
    let written = Commented::of(kind, base);
    let there = Commented::of(kind, theirs);
    let mut cut: HashSet<usize> = HashSet::new();
    if header > 0 {
        cut.extend(0..header);
        // The blank line below.
        cut.extend(there.lines.get(header).filter(|line| there.is_blank(line)).map(|_| header));
    }
    for (line, keys) in &there.entries {
        if keys.iter().any(|key| left.contains(key)) {
            continue;
        }
        let block = there.above(*line);
        let ours = keys.iter().find_map(|key| {
            let line = written.places.get(key)?;
            Some(written.above(*line))
        });
        let Some(ours) = ours.filter(|ours| !ours.is_empty()) else { continue };
        let lines = |text: &Commented<'_>, lines: Range<usize>| -> Vec<String> {
            lines.map(|at| text.line(at).trim().to_owned()).collect()
        };
        let tail = block.end.saturating_sub(ours.len()).max(block.start)..block.end;
        if lines(&there, tail.clone()) == lines(&written, ours) {
            cut.extend(tail);
        }
    }
    if cut.is_empty() {
        return None;
    }
    let kept = there.lines.iter().enumerate().filter(|(at, _)| !cut.contains(at));
    Some(kept.flat_map(|(_, line)| theirs.get(line.clone()).unwrap_or_default()).copied().collect())
}

/// A text by lines, and which of them hold entries.
struct Commented<'t> {
    text: &'t [u8],
    lines: Vec<Range<usize>>,
    /// The entries that begin in a line.
    entries: Vec<(usize, Vec<Key>)>,
    /// The first line of each entry.
    places: HashMap<Key, usize>,
    /// All lines that hold some of an entry.
    held: HashSet<usize>,
}

impl<'t> Commented<'t> {
    fn of(kind: &Kind, text: &'t [u8]) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            lines.push(start..start + line.len());
            start += line.len();
        }
        let mut this =
            Self { text, lines, entries: Vec::new(), places: HashMap::new(), held: HashSet::new() };
        let mut spans = syntax::spans(&kind.grammar, text);
        spans.sort_by_key(|(_, range)| range.start);
        for (key, range) in spans {
            let line_of = |byte: usize| this.lines.partition_point(|line| line.end <= byte);
            let (first, last) = (line_of(range.start), line_of(range.end.max(range.start + 1) - 1));
            this.held.extend(first..=last);
            this.places.entry(key.clone()).or_insert(first);
            match this.entries.last_mut() {
                Some((line, keys)) if *line == first => keys.push(key),
                _ => this.entries.push((first, vec![key])),
            }
        }
        this
    }

    fn line(&self, at: usize) -> std::borrow::Cow<'t, str> {
        let line = self.lines.get(at).cloned().unwrap_or_default();
        String::from_utf8_lossy(self.text.get(line).unwrap_or_default())
    }

    fn is_blank(&self, line: &Range<usize>) -> bool {
        self.text.get(line.clone()).unwrap_or_default().iter().all(u8::is_ascii_whitespace)
    }

    /// The lines of comment directly above a line.
    fn above(&self, line: usize) -> Range<usize> {
        let is_comment =
            |at: &usize| !self.held.contains(at) && self.line(*at).trim_start().starts_with(['#', ';']);
        let count = (0..line).rev().take_while(is_comment).count();
        line - count..line
    }
}
