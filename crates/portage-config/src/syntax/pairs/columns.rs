//! Words between blanks.

use std::ops::Range;

use super::{PAIR, PairLens};
use crate::model::{Comment, Pair};
use crate::report::Key;
use crate::syntax::Refusal;
use crate::syntax::tiles::{Newlines, Problem, Sink, Tile, part};

/// `WORD NAME WORD …`.
pub(super) struct ColumnsLens {
    /// Which word is the name.
    pub(super) name: usize,
    /// How many words there are at most.
    pub(super) most: usize,
}

const BLANKS: [char; 2] = [' ', '\t'];

impl ColumnsLens {
    /// The name and the value of a line.
    fn parse(&self, line: &str) -> Option<(String, String)> {
        let mut words = Vec::new();
        let mut rest = line.trim_matches(BLANKS);
        while !rest.is_empty() {
            let end = if words.len() + 1 >= self.most {
                rest.len()
            } else {
                rest.find(BLANKS).unwrap_or(rest.len())
            };
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

    fn spelled(&self, pair: &Pair) -> String {
        let value = pair.value.reveal();
        let (before, after) = match self.name {
            0 => ("", value),
            _ => value.split_once(' ').unwrap_or((value, "")),
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
                let message = format!("`{}` has too few words", line.escape_debug());
                let help = Some(format!("the name is word {} of a line", self.name + 1));
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
