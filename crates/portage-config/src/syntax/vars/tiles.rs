//! A text as a row of tiles.

use std::ops::Range;

use crate::model::{Comment, Statement, Vars};
use crate::report::Key;

/// A piece of a text.
#[derive(Clone, Debug)]
pub(in crate::syntax) struct Tile {
    pub(in crate::syntax) range: Range<usize>,
    pub(in crate::syntax) kind: Kind,
}

/// What a piece is.
#[derive(Clone, Debug)]
pub(in crate::syntax) enum Kind {
    /// Blanks inside a line.
    Blank,
    /// The end of a line.
    Newline,
    /// From `#` to the end of its line.
    Comment,
    /// A statement that was understood.
    Entry(Box<Entry>),
    /// Anything else.
    Unknown,
}

/// A statement in a text.
#[derive(Clone, Debug)]
pub(in crate::syntax) struct Entry {
    /// What it says, comments aside.
    pub(in crate::syntax) statement: Statement,
    /// Where its value (its path) stands, quotes included.
    pub(in crate::syntax) value: Range<usize>,
}

/// A text, taken apart.
#[derive(Clone, Debug)]
pub(in crate::syntax) struct Document<'a> {
    pub(in crate::syntax) text: &'a [u8],
    pub(in crate::syntax) tiles: Vec<Tile>,
}

/// A block of lines that hold comments only.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::syntax) struct Block {
    /// The tiles of its comments, in order.
    pub(in crate::syntax) comments: Vec<usize>,
    /// The first byte of its first line, and of what follows its last line.
    pub(in crate::syntax) range: Range<usize>,
}

impl<'a> Document<'a> {
    /// A document of statements and unknown pieces; `newline` tells how long the newline at a byte is, if any.
    pub(in crate::syntax) fn new(
        text: &'a [u8],
        known: Vec<Tile>,
        newline: impl Fn(&[u8]) -> Option<usize>,
    ) -> Self {
        let mut tiles = Vec::with_capacity(known.len() * 2 + 1);
        let mut at = 0;
        for tile in known {
            gap(text, at..tile.range.start, &newline, &mut tiles);
            at = tile.range.end;
            if !tile.range.is_empty() {
                tiles.push(tile);
            }
        }
        gap(text, at..text.len(), &newline, &mut tiles);
        Self { text, tiles }
    }

    pub(in crate::syntax) fn bytes(&self) -> Vec<u8> {
        self.tiles.iter().flat_map(|tile| self.slice(&tile.range)).copied().collect()
    }

    pub(in crate::syntax) fn slice(&self, range: &Range<usize>) -> &'a [u8] {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn is(&self, index: Option<usize>, wanted: fn(&Kind) -> bool) -> bool {
        index.and_then(|i| self.tiles.get(i)).is_some_and(|tile| wanted(&tile.kind))
    }

    /// The statements with the places of their tiles.
    pub(in crate::syntax) fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.tiles.iter().enumerate().filter_map(|(i, tile)| match &tile.kind {
            Kind::Entry(entry) => Some((i, &**entry)),
            _ => None,
        })
    }

    /// The first byte of the line of a tile, if only blanks stand before it there.
    pub(in crate::syntax) fn line_start(&self, tile: usize) -> Option<usize> {
        let blank = tile.checked_sub(1).filter(|i| self.is(Some(*i), |k| matches!(k, Kind::Blank)));
        let first = blank.unwrap_or(tile);
        let alone = first == 0 || self.is(first.checked_sub(1), |k| matches!(k, Kind::Newline));
        alone.then(|| self.tiles.get(first).map_or(0, |tile| tile.range.start))
    }

    /// What follows the line of a tile: its first byte, or `None` if something else stands behind the tile there.
    pub(in crate::syntax) fn line_end(&self, tile: usize) -> Option<usize> {
        for tile in self.tiles.get(tile + 1..).unwrap_or_default() {
            match tile.kind {
                Kind::Blank | Kind::Comment => {}
                Kind::Newline => return Some(tile.range.end),
                Kind::Entry(_) | Kind::Unknown => return None,
            }
        }
        Some(self.text.len())
    }

    /// Whether the line that starts behind byte `at`, where a line ends, is blank or the end of the text.
    pub(in crate::syntax) fn blank_follows(&self, at: usize) -> bool {
        let first = self.tiles.partition_point(|tile| tile.range.start < at);
        let blank = usize::from(self.is(Some(first), |k| matches!(k, Kind::Blank)));
        first + blank >= self.tiles.len() || self.is(Some(first + blank), |k| matches!(k, Kind::Newline))
    }

    /// The comment behind a tile.
    pub(in crate::syntax) fn behind(&self, tile: usize) -> Option<usize> {
        let next = tile + 1;
        let next = next + usize::from(self.is(Some(next), |k| matches!(k, Kind::Blank)));
        self.is(Some(next), |k| matches!(k, Kind::Comment)).then_some(next)
    }

    /// The block of comments directly above a tile that is the first of its line.
    pub(in crate::syntax) fn above(&self, tile: usize) -> Option<Block> {
        let start = self.line_start(tile)?;
        let mut block = Block { comments: Vec::new(), range: start..start };
        let mut line = tile - usize::from(self.tiles.get(tile)?.range.start > start);
        // `line` is the first tile of the line below; the newline before it ends a line of the block, or not.
        while let Some(comment) = line.checked_sub(2)
            && self.is(Some(comment), |k| matches!(k, Kind::Comment))
            && let Some(start) = self.line_start(comment)
        {
            block.comments.push(comment);
            block.range.start = start;
            line = comment - usize::from(self.tiles.get(comment)?.range.start > start);
        }
        block.comments.reverse();
        Some(block)
    }

    /// The comment at the head of the text: lines with a blank line, or nothing, below.
    pub(in crate::syntax) fn header(&self) -> Option<Block> {
        let mut block = Block::default();
        let mut line = 0;
        loop {
            let comment = line + usize::from(self.is(Some(line), |k| matches!(k, Kind::Blank)));
            match self.tiles.get(comment).map(|tile| &tile.kind) {
                Some(Kind::Comment) => {
                    block.comments.push(comment);
                    let end = self.tiles.get(comment + 1).or_else(|| self.tiles.get(comment));
                    block.range.end = end.map_or(0, |tile| tile.range.end);
                    line = comment + 2;
                }
                None | Some(Kind::Newline) => return (!block.comments.is_empty()).then_some(block),
                Some(_) => return None,
            }
        }
    }

    /// The comment in a tile, without its `#`.
    pub(in crate::syntax) fn comment_text(&self, tile: usize) -> String {
        let range = self.tiles.get(tile).map_or(0..0, |tile| tile.range.clone());
        let text = self.slice(&range);
        String::from_utf8_lossy(text.strip_prefix(b"#").unwrap_or(text)).into_owned()
    }

    fn texts(&self, block: Option<&Block>) -> Vec<String> {
        block.map_or_else(Vec::new, |b| b.comments.iter().map(|i| self.comment_text(*i)).collect())
    }

    /// The comment of the statement in a tile.
    pub(in crate::syntax) fn comment(&self, tile: usize) -> Comment {
        Comment {
            above: self.texts(self.above(tile).as_ref()),
            behind: self.behind(tile).map(|i| self.comment_text(i)),
        }
    }

    /// The header's lines.
    pub(in crate::syntax) fn header_text(&self) -> Vec<String> {
        self.texts(self.header().as_ref())
    }

    /// The model.
    pub(in crate::syntax) fn vars(&self) -> Vars {
        let statements = self
            .entries()
            .map(|(i, entry)| match entry.statement.clone() {
                Statement::Assign(mut assign) => {
                    assign.comment = self.comment(i);
                    Statement::Assign(assign)
                }
                Statement::Source(mut source) => {
                    source.comment = self.comment(i);
                    Statement::Source(source)
                }
            })
            .collect();
        Vars { header: self.header_text(), statements }
    }

    /// Where each statement stands.
    pub(in crate::syntax) fn spans(&self) -> Vec<(Key, Range<usize>)> {
        self.tiles
            .iter()
            .filter_map(|tile| match &tile.kind {
                Kind::Entry(entry) => Some((key(&entry.statement), tile.range.clone())),
                _ => None,
            })
            .collect()
    }
}

/// The key of a statement: the variable's name, or `source`.
pub(in crate::syntax) fn key(statement: &Statement) -> Key {
    match statement {
        Statement::Assign(assign) => Key::of(assign.name.as_str()),
        Statement::Source(_) => Key::of("source"),
    }
}

/// The tiles between two statements.
fn gap(text: &[u8], range: Range<usize>, newline: &impl Fn(&[u8]) -> Option<usize>, tiles: &mut Vec<Tile>) {
    let mut at = range.start;
    let ends_line = |at: usize| text.get(at..range.end).and_then(newline).filter(|n| at + n <= range.end);
    while at < range.end {
        let start = at;
        let kind = if let Some(length) = ends_line(at) {
            at += length;
            Kind::Newline
        } else {
            let comment = text.get(at) == Some(&b'#');
            while at < range.end && ends_line(at).is_none() && (comment || text.get(at) != Some(&b'#')) {
                at += 1;
            }
            if comment { Kind::Comment } else { Kind::Blank }
        };
        tiles.push(Tile { range: start..at, kind });
    }
}
