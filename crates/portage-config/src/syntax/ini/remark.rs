//! Comment lines in texts, and edits of texts. Shared with the TOML writer.

use std::ops::Range;

use crate::model::{Comment, says};
use crate::report::Key;
use crate::syntax::Refusal;

/// The line end that a text uses.
pub(in crate::syntax) fn line_end(text: &[u8]) -> &'static str {
    match text.iter().position(|b| *b == b'\n') {
        Some(at) if at > 0 && text.get(at - 1) == Some(&b'\r') => "\r\n",
        _ => "\n",
    }
}

/// All words of a comment, as lines above.
pub(in crate::syntax) fn lines(comment: &Comment) -> Vec<String> {
    comment.above.iter().chain(&comment.behind).cloned().collect()
}

/// Comment lines as text.
pub(in crate::syntax) fn render(
    key: &Key,
    lines: &[String],
    indent: &str,
    end: &str,
) -> Result<String, Refusal> {
    let mut out = String::new();
    for line in lines {
        if line.contains(|c: char| c.is_control() && c != '\t') {
            return Err(Refusal::new(key.clone(), "the comment holds a line break or a control character"));
        }
        out.extend([indent, "#", line, end]);
    }
    Ok(out)
}

/// Edits of a text.
#[derive(Debug, Default)]
pub(in crate::syntax) struct Edits(Vec<(Range<usize>, bool, String)>);

impl Edits {
    /// Puts a text in the place of some bytes.
    pub(in crate::syntax) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, true, text.into()));
    }

    /// Puts a text before a byte. Several at one place keep their order.
    pub(in crate::syntax) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.0.push((at..at, true, text.into()));
    }

    /// The same, but before all others at this place: for entries, where comments belong to what follows.
    pub(in crate::syntax) fn insert_first(&mut self, at: usize, text: impl Into<String>) {
        self.0.push((at..at, false, text.into()));
    }

    /// The text with all edits. Insertions come before a replacement that begins at the same place.
    pub(in crate::syntax) fn apply(mut self, text: &[u8]) -> Vec<u8> {
        self.0.sort_by_key(|(range, late, _)| (range.start, range.end, *late));
        let mut out = Vec::with_capacity(text.len() + 64);
        let mut at = 0;
        for (range, _, new) in &self.0 {
            out.extend(text.get(at..range.start.max(at)).unwrap_or_default());
            out.extend(new.as_bytes());
            at = at.max(range.end);
        }
        out.extend(text.get(at..).unwrap_or_default());
        out
    }
}

/// Brings the comment lines above an entry, which are the bytes `place` and read as `old`, to `wanted`.
///
/// Lines that somebody else wrote stay: when they are not all part of what is wanted, they are kept apart from it by
/// a blank line.
pub(in crate::syntax) fn settle(
    edits: &mut Edits,
    place: Range<usize>,
    old: &[String],
    wanted: &[String],
    render: impl Fn(&[String]) -> Result<String, Refusal>,
    end: &str,
) -> Result<(), Refusal> {
    if says(old, wanted) {
        return Ok(());
    }
    let mut rest = wanted.iter();
    if old.iter().all(|line| rest.any(|other| other == line)) {
        edits.replace(place, render(wanted)?);
    } else {
        edits.insert(place.end, format!("{end}{}", render(wanted)?));
    }
    Ok(())
}
