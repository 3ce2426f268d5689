//! A text as a list of lines, each understood or kept.

use std::ops::Range;

use super::line::{Line, Newlines, lines, part};
use super::spoken::Spoken;
use crate::report::{Code, Findings, Key};
use crate::syntax::Refusal;

/// Something wrong with a line.
pub(in crate::syntax) struct Problem {
    pub(in crate::syntax) code: &'static Code,
    pub(in crate::syntax) key: Key,
    pub(in crate::syntax) word: Option<String>,
    pub(in crate::syntax) range: Range<usize>,
    pub(in crate::syntax) message: String,
    pub(in crate::syntax) help: Option<String>,
}

/// Where problems go.
pub(in crate::syntax) type Sink<'s> = dyn FnMut(Problem) + 's;

/// A sink into the findings of a file.
pub(in crate::syntax) fn told(findings: &mut Findings<'_>) -> impl FnMut(Problem) {
    |problem| {
        let finding = findings.range(problem.code, problem.key, problem.range, problem.message);
        finding.spot.word = problem.word;
        finding.help = problem.help;
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::syntax) enum Tile<E> {
    /// Nothing but blanks.
    Blank,
    /// A comment.
    Comment,
    /// Not understood.
    Unknown,
    /// What its entries say.
    Entries {
        /// The entries, at least one.
        entries: Vec<E>,
        /// One behind the last byte of the entries.
        end: usize,
        /// The first byte of the comment behind them.
        behind: Option<usize>,
    },
}

/// A language of lines.
pub(in crate::syntax) trait Lens {
    /// What a line says.
    type Entry: Spoken;
    /// What ends a line.
    const NEWLINES: Newlines;
    /// Whether a comment may stand behind an entry.
    const BEHIND: bool;

    /// Reads the line `text[range]`.
    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Self::Entry>;
    /// Equal for entries of which one is the other changed.
    fn kin(&self, entry: &Self::Entry) -> String;
    /// Refuses an entry that no text can say; asked for those that are written anew.
    fn check(&self, entry: &Self::Entry) -> Result<(), Refusal>;
    /// The line of an entry, without comments. `wanted` are all entries, `at` is the entry's place among them.
    fn spell(&self, wanted: &[Self::Entry], at: usize, fresh: bool) -> Result<Vec<u8>, Refusal>;
    /// A line of several entries that is to say others, with as little changed as can be; `None` where it has to be
    /// taken apart.
    fn splice_all(&self, _old: &[u8], _wanted: &[Self::Entry]) -> Option<Vec<u8>> {
        None
    }
    /// The line `old` (a line of one entry, its comment left out) changed so that it says `wanted[at]`.
    fn splice(&self, old: &[u8], wanted: &[Self::Entry], at: usize) -> Result<Vec<u8>, Refusal>;
}

/// A text and its lines.
pub(in crate::syntax) struct Document<'t, L: Lens> {
    pub(in crate::syntax) text: &'t [u8],
    pub(in crate::syntax) tiles: Vec<(Line, Tile<L::Entry>)>,
    /// How many of the first lines are the comment of the file.
    pub(in crate::syntax) header: usize,
}

impl<'t, L: Lens> Document<'t, L> {
    /// Takes a text apart.
    pub(in crate::syntax) fn read(lens: &L, text: &'t [u8], sink: &mut Sink<'_>) -> Self {
        let mut tiles: Vec<(Line, Tile<L::Entry>)> =
            lines(text, L::NEWLINES).map(|line| (line, lens.tile(text, line.content(), sink))).collect();
        let head = tiles.iter().take_while(|(_, tile)| matches!(tile, Tile::Comment)).count();
        let header = match tiles.get(head) {
            None | Some((_, Tile::Blank)) => head,
            Some(_) => 0,
        };
        let mut above: Vec<String> = Vec::new();
        for (at, (line, tile)) in tiles.iter_mut().enumerate() {
            match tile {
                Tile::Comment if at >= header => above.push(comment_text(part(text, line.content()))),
                Tile::Entries { entries, behind, .. } => {
                    if let Some(first) = entries.first_mut() {
                        let comment = first.comment_mut();
                        comment.above = std::mem::take(&mut above);
                        comment.behind = behind.map(|from| comment_text(part(text, from..line.end)));
                    }
                }
                _ => above.clear(),
            }
        }
        Self { text, tiles, header }
    }

    /// The comment of the file.
    pub(in crate::syntax) fn header(&self) -> Vec<String> {
        self.tiles
            .iter()
            .take(self.header)
            .map(|(line, _)| comment_text(part(self.text, line.content())))
            .collect()
    }

    /// The entries in reading order, each with its line.
    pub(in crate::syntax) fn entries(&self) -> impl Iterator<Item = (usize, &L::Entry)> {
        self.tiles.iter().enumerate().flat_map(|(at, (_, tile))| {
            let entries = match tile {
                Tile::Entries { entries, .. } => entries.as_slice(),
                _ => &[],
            };
            entries.iter().map(move |entry| (at, entry))
        })
    }

    /// The entries in reading order.
    pub(in crate::syntax) fn into_entries(self) -> Vec<L::Entry> {
        let mut all = Vec::new();
        for (_, tile) in self.tiles {
            if let Tile::Entries { entries, .. } = tile {
                all.extend(entries);
            }
        }
        all
    }

    /// The name and the bytes of each entry in reading order.
    pub(in crate::syntax) fn spans(&self) -> Vec<(Key, Range<usize>)> {
        let line = |at: usize| self.tiles.get(at).map(|(line, _)| line.content()).unwrap_or_default();
        self.entries().map(|(at, entry)| (entry.key(), line(at))).collect()
    }
}

/// The words of a comment: what stands behind the sign.
pub(in crate::syntax) fn comment_text(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    let mut rest = line.trim_start_matches(super::is_blank).chars();
    rest.next();
    rest.as_str().to_owned()
}

/// A comment of these words: `comment_text` read backwards.
pub(in crate::syntax) fn comment_line(words: &str) -> String {
    format!("#{words}")
}
