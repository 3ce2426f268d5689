//! Words between blanks.

use std::ops::Range;

use super::{PAIR, PairLens};
use crate::model::{Comment, Pair};
use crate::report::Key;
use crate::syntax::Refusal;
use crate::syntax::tiles::{Newlines, Problem, Sink, Tile, part};
use crate::vocab::field_end;

/// `WORD NAME WORD …`.
pub(super) struct ColumnsLens {
    /// Which word is the name.
    pub(super) name: usize,
    /// How many words there are at most.
    pub(super) most: usize,
    /// Whether quotes and backslashes keep blanks in a word.
    pub(super) quotes: bool,
}

const BLANKS: [char; 2] = [' ', '\t'];

impl ColumnsLens {
    /// The end of the first word of a text.
    fn end(&self, text: &str) -> Option<usize> {
        if self.quotes { field_end(text) } else { Some(text.find(BLANKS).unwrap_or(text.len())) }
    }

    /// The name and the value of a line.
    fn parse(&self, line: &str) -> Option<(String, String)> {
        let mut words = Vec::new();
        let mut rest = line.trim_matches(BLANKS);
        while !rest.is_empty() {
            let end = if words.len() + 1 >= self.most { rest.len() } else { self.end(rest)? };
            let (word, after) = rest.split_at_checked(end)?;
            words.push(word);
            rest = after.trim_start_matches(BLANKS);
        }
        if words.len() <= self.name {
            return None;
        }
        let name = words.remove(self.name);
        Some((name.to_owned(), words.join(" ")))
    }

    /// Whether one of the words has a quote that is not closed.
    fn open(&self, line: &str) -> bool {
        let mut rest = line;
        for _ in 1..self.most {
            let Some((_, after)) = field_end(rest).and_then(|end| rest.split_at_checked(end)) else {
                return true;
            };
            rest = after.trim_start_matches(BLANKS);
        }
        false
    }

    fn spelled(&self, pair: &Pair) -> String {
        let value = pair.value.reveal();
        let (before, after) = match self.name {
            0 => ("", value),
            _ => {
                let end = self.end(value).unwrap_or(value.len());
                let (first, rest) = value.split_at_checked(end).unwrap_or((value, ""));
                (first, rest.strip_prefix(' ').unwrap_or(rest))
            }
        };
        [before, &pair.key, after].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl PairLens for ColumnsLens {
    const NEWLINES: Newlines = Newlines::Unix;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Pair> {
        let line = String::from_utf8_lossy(part(text, range.clone()));
        let line = line.trim_matches(BLANKS);
        if line.is_empty() {
            return Tile::Blank;
        }
        if line.starts_with('#') {
            return Tile::Comment;
        }
        match self.parse(line) {
            Some((key, value)) => {
                let pair = Pair { key, value: value.into(), comment: Comment::default() };
                Tile::Entries { entries: vec![pair], end: range.end, behind: None }
            }
            None => {
                let open = self.quotes && self.open(line);
                let why = if open { "has a quote that is not closed" } else { "has too few words" };
                let message = format!("`{}` {why}", line.escape_debug());
                let help = if open {
                    "close it".to_owned()
                } else {
                    format!("the name is word {} of a line", self.name + 1)
                };
                let help = Some(help);
                sink(Problem { code: &PAIR, key: Key::of(line), word: None, range, message, help });
                Tile::Unknown
            }
        }
    }

    fn check(&self, pair: &Pair) -> Result<(), Refusal> {
        let line = self.spelled(pair);
        let said = !line.contains('\n')
            && !line.ends_with('\r')
            && !line.starts_with('#')
            && self.parse(&line).is_some_and(|(key, value)| key == pair.key && value == pair.value.reveal());
        if said {
            return Ok(());
        }
        let message = format!("`{}` cannot be said as a line of words", pair.key.escape_debug());
        Err(Refusal::new(Key::of(pair.key.as_str()), message))
    }

    fn line(&self, pair: &Pair) -> String {
        self.spelled(pair)
    }
}
