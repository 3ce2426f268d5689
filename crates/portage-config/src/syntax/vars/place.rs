//! First pass: the right statements in the right order.

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::lens::{Edits, Lens};
use super::tiles::{Document, Entry, Kind};
use crate::model::{Statement, Vars};
use crate::syntax::Refusal;
use crate::vocab::Piece;

impl Lens<'_> {
    /// Makes the statements of a text those of the model.
    pub(super) fn place(&self, text: &[u8], model: &Vars) -> Result<Vec<u8>, Refusal> {
        let document = self.language.parse(text);
        let old: Vec<(usize, &Entry)> = document.entries().collect();
        let mut numbers = HashMap::new();
        let before: Vec<usize> = old.iter().map(|(_, e)| number(&mut numbers, whole(&e.statement))).collect();
        let after: Vec<usize> = model.statements.iter().map(|s| number(&mut numbers, whole(s))).collect();
        if before == after {
            return Ok(text.to_vec());
        }
        let mut placing = Placing {
            lens: self,
            document: &document,
            old: &old,
            model,
            edits: Edits::default(),
            last: None,
        };
        let mut gap: Option<(Range<usize>, Range<usize>)> = None;
        for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
            if let DiffOp::Equal { old_index, len, .. } = op {
                if let Some((before, after)) = gap.take() {
                    placing.gap(before, after)?;
                }
                placing.last = Some(Anchor { entry: old_index + len - 1, gone: false });
            } else {
                let (before, after) = (op.old_range(), op.new_range());
                gap = Some(match gap {
                    None => (before, after),
                    Some((b, a)) => (b.start..before.end, a.start..after.end),
                });
            }
        }
        if let Some((before, after)) = gap {
            placing.gap(before, after)?;
        }
        Ok(placing.edits.apply(text, self.language.carriage_returns()))
    }
}

fn number(numbers: &mut HashMap<String, usize>, text: String) -> usize {
    let next = numbers.len();
    *numbers.entry(text).or_insert(next)
}

/// A text that is the same for two statements if one may become the other by a new value.
fn name(statement: &Statement) -> String {
    match statement {
        Statement::Assign(assign) => format!("{}{}=", assign.name, if assign.append { "+" } else { "" }),
        Statement::Source(_) => "source ".to_owned(),
    }
}

/// A text that is the same for two statements if they say the same.
fn whole(statement: &Statement) -> String {
    let mut out = name(statement);
    let value = match statement {
        Statement::Assign(assign) => &assign.value,
        Statement::Source(source) => &source.path,
    };
    for piece in value.pieces() {
        let (mark, text) = match piece {
            Piece::Literal(text) => ('L', text),
            Piece::Reference(text) => ('R', text),
        };
        out.push_str(&format!("{mark}{}:{text}", text.len()));
    }
    out
}

/// The statement that new ones follow.
#[derive(Clone, Copy)]
struct Anchor {
    entry: usize,
    /// It is taken out, and its line with it.
    gone: bool,
}

struct Placing<'p> {
    lens: &'p Lens<'p>,
    document: &'p Document<'p>,
    old: &'p [(usize, &'p Entry)],
    model: &'p Vars,
    edits: Edits,
    last: Option<Anchor>,
}

impl Placing<'_> {
    /// Makes the statements `before` of the text into `after` of the model.
    fn gap(&mut self, before: Range<usize>, after: Range<usize>) -> Result<(), Refusal> {
        let mut numbers = HashMap::new();
        let old = self.old.get(before.clone()).unwrap_or_default();
        let new = self.model.statements.get(after.clone()).unwrap_or_default();
        let olds: Vec<usize> = old.iter().map(|(_, e)| number(&mut numbers, name(&e.statement))).collect();
        let news: Vec<usize> = new.iter().map(|s| number(&mut numbers, name(s))).collect();
        for op in capture_diff_slices(Algorithm::Myers, &olds, &news) {
            let (o, n) = (op.old_range(), op.new_range());
            if let DiffOp::Equal { .. } = op {
                for (i, wanted) in o.clone().zip(new.get(n).unwrap_or_default()) {
                    self.change(before.start + i, wanted)?;
                }
                continue;
            }
            for i in o {
                self.remove(before.start + i);
            }
            self.insert(new.get(n).unwrap_or_default())?;
        }
        Ok(())
    }

    fn change(&mut self, index: usize, wanted: &Statement) -> Result<(), Refusal> {
        let Some((_, entry)) = self.old.get(index) else { return Ok(()) };
        self.last = Some(Anchor { entry: index, gone: false });
        if entry.statement.same(wanted) {
            return Ok(());
        }
        let mut new = self.lens.language.value(wanted, self.document.slice(&entry.value))?;
        if self.document.text.get(entry.value.end).is_some_and(|b| !self.lens.language.ends_value(*b)) {
            new.push(' ');
        }
        self.edits.0.push((entry.value.clone(), new));
        Ok(())
    }

    fn remove(&mut self, index: usize) {
        let Some((tile, _)) = self.old.get(index) else { return };
        let range = self.document.tiles.get(*tile).map_or(0..0, |tile| tile.range.clone());
        let line = self.document.line_start(*tile).zip(self.document.line_end(*tile));
        self.last = Some(Anchor { entry: index, gone: line.is_some() });
        let Some((start, end)) = line else {
            self.edits.0.push((range, String::new()));
            return;
        };
        let orphans = self.document.above(*tile).is_some_and(|block| !block.comments.is_empty());
        // The comment above stays, and must not become that of the next entry.
        let part = orphans && !self.document.blank_follows(end);
        self.edits.0.push((start..end, if part { self.lens.newline } else { "" }.to_owned()));
    }

    fn insert(&mut self, statements: &[Statement]) -> Result<(), Refusal> {
        if statements.is_empty() {
            return Ok(());
        }
        let newline = self.lens.newline;
        let (at, before) = match self.last {
            Some(anchor) => self.behind(anchor),
            None => self.head(),
        };
        let mut text = before;
        for (i, statement) in statements.iter().enumerate() {
            if i > 0 && !statement.comment().above.is_empty() {
                text.push_str(newline);
            }
            text.push_str(&self.lens.block(statement)?);
        }
        self.edits.0.push((at..at, text));
        Ok(())
    }

    /// Where the line behind a statement starts, and what makes it a line.
    fn behind(&self, anchor: Anchor) -> (usize, String) {
        let tile = self.old.get(anchor.entry).map_or(0, |(tile, _)| *tile);
        let end = self.document.tiles.get(tile).map_or(0, |tile| tile.range.end);
        match self.document.line_end(tile) {
            Some(end) => (end, if anchor.gone { String::new() } else { self.missing_newline(end) }),
            None => (end, self.lens.newline.to_owned()),
        }
    }

    fn missing_newline(&self, at: usize) -> String {
        let before = at.checked_sub(1).and_then(|i| self.document.text.get(i));
        let ends = match before {
            None => true,
            // A line break that a backslash joins is part of the value.
            Some(b'\n') => !self
                .document
                .tiles
                .iter()
                .any(|tile| matches!(tile.kind, Kind::Entry(_)) && tile.range.end == at),
            Some(b'\r') => self.lens.language.carriage_returns(),
            Some(_) => false,
        };
        if ends { String::new() } else { self.lens.newline.to_owned() }
    }

    /// Where a statement goes that is the first.
    fn head(&self) -> (usize, String) {
        let unreadable = || self.document.tiles.iter().position(|t| matches!(t.kind, Kind::Unknown));
        if let Some(first) = self.old.first().map(|(tile, _)| *tile).or_else(unreadable) {
            let start = self.document.tiles.get(first).map_or(0, |tile| tile.range.start);
            return match self.document.above(first) {
                Some(block) => (block.range.start, String::new()),
                None => (start, self.lens.newline.to_owned()),
            };
        }
        let end = self.document.text.len();
        let mut before = self.missing_newline(end);
        let commented =
            self.document.tiles.iter().rev().find(|t| !matches!(t.kind, Kind::Blank)).map(|t| &t.kind);
        let last_line = self.document.tiles.len().checked_sub(2).and_then(|i| self.document.tiles.get(i));
        if matches!(commented, Some(Kind::Comment))
            || last_line.is_some_and(|t| matches!(t.kind, Kind::Comment))
        {
            before.push_str(self.lens.newline);
        }
        (end, before)
    }
}
