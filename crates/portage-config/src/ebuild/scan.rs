//! From bytes to statements, as bash splits them. Nothing is expanded, and each byte is looked at once.
//!
//! What is read: quotes (`'…'`, `"…"`, `$'…'`, `$"…"`, backslashes), `$(…)`, `${…}`, `$((…))`, backquotes,
//! comments, here-documents, lines that go on, lists, groups, `if`, `for`, `while`, `until`, `select`, `case`,
//! `[[ … ]]`, `(( … ))`, functions in both forms, assignments of words and arrays.
//!
//! What is not: commands in backquotes are skipped, aliases and `eval` are unknown, `for` and `case` know no other
//! forms than those of bash's manual.

use std::ops::Range;

use super::Problem;
use super::parsed::Parsed;

/// How deep things may lie in each other.
const DEEPEST: usize = 200;

/// Reads all of a text.
pub(super) fn scan(text: &[u8]) -> Parsed {
    let mut scan = Scan {
        text,
        at: 0,
        out: Parsed::default(),
        here: Vec::new(),
        depth: 0,
        lists: 0,
        place: Place::default(),
    };
    scan.out.lines.push(0);
    scan.out.problem = match scan.list() {
        Ok(Stop::End) if scan.here.is_empty() => None,
        Ok(Stop::End) => Some(Problem { at: text.len(), what: "the end of a here-document is missing" }),
        Ok(_) => Some(Problem { at: scan.at, what: "something ends that did not begin" }),
        Err(problem) => Some(problem),
    };
    scan.out
}

/// Where the scanner is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// The function, by its number.
    pub(super) function: Option<usize>,
    /// Inside something that may not run, or not in this shell.
    pub(super) nested: bool,
}

/// What ended a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    End,
    Paren,
    Clause,
    Brace,
    Then,
    Elif,
    Else,
    Fi,
    Do,
    Done,
    Esac,
}

/// A here-document whose text is still to come.
pub(super) struct Here {
    pub(super) end: Vec<u8>,
    pub(super) tabs: bool,
}

pub(super) struct Scan<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
    pub(super) out: Parsed,
    pub(super) here: Vec<Here>,
    depth: usize,
    /// How many lists are open: one at the top level.
    lists: usize,
    pub(super) place: Place,
}

pub(super) type Step<T = ()> = Result<T, Problem>;

impl<'t> Scan<'t> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn next(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at.saturating_add(ahead)).copied()
    }

    pub(super) fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'t [u8] {
        self.text.get(range).unwrap_or_default()
    }

    pub(super) fn problem<T>(&self, at: usize, what: &'static str) -> Step<T> {
        Err(Problem { at, what })
    }

    /// Runs something one level deeper.
    pub(super) fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        if self.depth >= DEEPEST {
            return self.problem(self.at, "it lies too deep in other things");
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    /// Runs something that may not run, or not in this shell.
    pub(super) fn nested<T>(&mut self, run: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        let before = std::mem::replace(&mut self.place.nested, true);
        let result = self.deeper(run);
        self.place.nested = before;
        result
    }

    /// Blanks and lines that go on; with `lines` also their ends and comments.
    pub(super) fn blank(&mut self, lines: bool) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.next(1) == Some(b'\n') => self.at += 2,
                Some(b'\n') if lines => self.newline(),
                Some(b'#') if lines => self.comment(),
                _ => return,
            }
        }
    }

    pub(super) fn comment(&mut self) {
        let end = self.rest().iter().position(|b| *b == b'\n');
        self.at = end.map_or(self.text.len(), |end| self.at + end);
    }

    /// The end of a line, and the here-documents that begin behind it.
    pub(super) fn newline(&mut self) {
        self.at += 1;
        let mut open = std::mem::take(&mut self.here).into_iter();
        while let Some(here) = open.next() {
            if !self.document(&here) {
                self.here.push(here);
                self.here.extend(open);
                return;
            }
        }
    }

    /// The text of a here-document; whether its end is there.
    fn document(&mut self, here: &Here) -> bool {
        while self.at < self.text.len() {
            let rest = self.rest();
            let end = rest.iter().position(|b| *b == b'\n');
            let mut line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            self.at += end.map_or(rest.len(), |end| end + 1);
            while here.tabs && line.first() == Some(&b'\t') {
                line = line.get(1..).unwrap_or_default();
            }
            if line == here.end {
                return true;
            }
        }
        false
    }

    /// Commands up to what ends them.
    pub(super) fn list(&mut self) -> Step<Stop> {
        self.lists += 1;
        let stop = self.deeper(Self::commands);
        self.lists -= 1;
        stop
    }

    fn commands(&mut self) -> Step<Stop> {
        let before = self.place.nested;
        let stop = loop {
            self.blank(false);
            match self.peek() {
                None => break Stop::End,
                Some(b'#') => self.comment(),
                Some(b'\n') => {
                    self.newline();
                    if self.lists == 1 {
                        self.out.lines.push(self.at);
                    }
                    self.place.nested = before;
                }
                Some(b')') => {
                    self.at += 1;
                    break Stop::Paren;
                }
                Some(b';') if matches!(self.next(1), Some(b';' | b'&')) => {
                    self.at += if self.next(1) == Some(b';') && self.next(2) == Some(b'&') { 3 } else { 2 };
                    break Stop::Clause;
                }
                Some(b';') => {
                    self.at += 1;
                    self.place.nested = before;
                }
                Some(b'&') if self.next(1) != Some(b'>') => {
                    let both = self.next(1) == Some(b'&');
                    self.at += if both { 2 } else { 1 };
                    self.place.nested = before || both;
                    if both {
                        self.blank(true);
                    }
                }
                Some(b'|') => {
                    self.at += if matches!(self.next(1), Some(b'|' | b'&')) { 2 } else { 1 };
                    self.place.nested = true;
                    self.blank(true);
                }
                Some(_) => {
                    if let Some(stop) = self.stop() {
                        break stop;
                    }
                    self.command()?;
                }
            }
        };
        self.place.nested = before;
        Ok(stop)
    }

    /// A word that ends a list, which is taken.
    fn stop(&mut self) -> Option<Stop> {
        let word = self.bare();
        let stop = match word {
            b"}" => Stop::Brace,
            b"then" => Stop::Then,
            b"elif" => Stop::Elif,
            b"else" => Stop::Else,
            b"fi" => Stop::Fi,
            b"do" => Stop::Do,
            b"done" => Stop::Done,
            b"esac" => Stop::Esac,
            _ => return None,
        };
        self.at += word.len();
        Some(stop)
    }

    /// The reserved word that comes, or nothing: none is longer than eight bytes.
    pub(super) fn bare(&self) -> &'t [u8] {
        let rest = self.rest();
        let near = rest.get(..10.min(rest.len())).unwrap_or_default();
        match near.iter().position(|b| is_meta(*b)) {
            Some(end) => near.get(..end).unwrap_or_default(),
            None if near.len() == rest.len() => near,
            None => b"",
        }
    }

    /// Commands in `$(…)` and `<(…)`, behind the parenthesis.
    pub(super) fn substitution(&mut self, start: usize) -> Step {
        self.nested(|s| s.until(start, &[Stop::Paren]).map(drop))
    }
}

/// Whether a byte ends a word.
pub(super) const fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}
