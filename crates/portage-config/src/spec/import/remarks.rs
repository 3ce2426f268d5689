//! Comments that belong to no entry: they stay in the spec, with a blank line below them.

use std::ops::Range;

use indexmap::IndexMap;

use crate::report::Key;

/// The comments between the entries of a text, each above the entry that follows it.
#[derive(Default)]
pub(super) struct Remarks {
    above: IndexMap<Key, Vec<Vec<String>>>,
    last: Vec<Vec<String>>,
}

impl Remarks {
    /// The comments of a text that are neither its header of `header` lines nor directly above an entry.
    pub(super) fn of(text: &str, spans: &[(Key, Range<usize>)], header: usize) -> Self {
        let mut remarks = Self::default();
        let mut block: Vec<String> = Vec::new();
        let mut free: Vec<Vec<String>> = Vec::new();
        let mut spans = spans.iter().peekable();
        let mut inside = 0;
        let mut skip = header;
        for line in lines(text) {
            if line.start < inside {
                continue;
            }
            let words = text.get(line.clone()).unwrap_or_default();
            if let Some((key, span)) = spans.next_if(|(_, span)| span.start < line.end.max(line.start + 1)) {
                block.clear();
                if !free.is_empty() {
                    remarks.above.entry(key.clone()).or_default().append(&mut free);
                }
                inside = span.end;
                while let Some((_, span)) = spans.next_if(|(_, span)| span.start < line.end) {
                    inside = inside.max(span.end);
                }
            } else if let Some(comment) = words.trim_start().strip_prefix(['#', ';']) {
                match skip {
                    0 => block.push(comment.trim_end().to_owned()),
                    _ => skip -= 1,
                }
            } else if !block.is_empty() {
                free.push(std::mem::take(&mut block));
            }
        }
        free.extend(Some(block).filter(|block| !block.is_empty()));
        remarks.last = free;
        remarks
    }

    /// All lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = &String> {
        self.above.values().flatten().chain(&self.last).flatten()
    }

    /// Writes what stands above an entry.
    pub(super) fn above(&mut self, out: &mut String, key: &Key) {
        if self.above.is_empty() {
            return;
        }
        for block in self.above.shift_remove(key).unwrap_or_default() {
            write(out, &block);
        }
    }

    /// Writes the rest.
    pub(super) fn rest(self, out: &mut String) {
        for block in self.above.into_values().flatten().chain(self.last) {
            out.push('\n');
            super::spell::comment(out, &block);
        }
    }
}

fn write(out: &mut String, block: &[String]) {
    if !out.ends_with("]\n") && !out.ends_with("\n\n") {
        out.push('\n');
    }
    super::spell::comment(out, block);
    out.push('\n');
}

/// The lines of a text, ends left out.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    })
}
