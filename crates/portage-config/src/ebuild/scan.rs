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
use super::parsed::{Assigned, Called, Parsed, Value};

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
struct Here {
    end: Vec<u8>,
    tabs: bool,
}

pub(super) struct Scan<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
    pub(super) out: Parsed,
    here: Vec<Here>,
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

    /// Words, assignments and redirections up to the end of a command.
    pub(super) fn simple(&mut self) -> Step {
        let start = self.at;
        let first = self.out.words.len();
        let assigned = self.out.assigned.len();
        let mut declares = false;
        loop {
            self.blank(false);
            match self.peek() {
                None | Some(b'\n' | b';' | b'|' | b')' | b'#') => break,
                Some(b'&') if self.next(1) != Some(b'>') => break,
                Some(b'&') => self.redirect()?,
                Some(b'<' | b'>') if self.next(1) != Some(b'(') => self.redirect()?,
                Some(b'(') => {
                    let words = self.out.words.get(first..).unwrap_or_default();
                    let ([name], true) = (words, self.out.assigned.len() == assigned) else {
                        return self.problem(self.at, "`(` is not expected");
                    };
                    let name = name.clone();
                    self.out.words.truncate(first);
                    self.at += 1;
                    self.blank(false);
                    self.close(start)?;
                    return self.function(start, name);
                }
                Some(_) => {
                    let word = self.at;
                    let none = self.out.words.len() == first;
                    if (none || declares)
                        && let Some((name, end)) = self.assignment()
                    {
                        self.at = end;
                        let value = self.value()?;
                        let append = self.slice(end.saturating_sub(2)..end) == b"+=";
                        let indexed = self.text.get(name.end) == Some(&b'[');
                        self.out.assigned.push(Assigned {
                            name,
                            append,
                            indexed,
                            temporary: false,
                            nested: self.place.nested,
                            function: self.place.function,
                            value,
                            all: word..self.at,
                        });
                        continue;
                    }
                    let word = self.word()?;
                    declares |= none && is_declaration(self.slice(word.clone()));
                    self.out.words.push(word);
                }
            }
        }
        if self.at == start {
            return self.problem(start, "a command is missing");
        }
        let last = self.out.words.len();
        if last > first {
            if !declares {
                let before = self.out.assigned.get_mut(assigned..).unwrap_or_default();
                before.iter_mut().for_each(|assigned| assigned.temporary = true);
            }
            let Place { function, nested } = self.place;
            self.out.called.push(Called { words: first..last, function, nested });
        }
        Ok(())
    }

    fn redirect(&mut self) -> Step {
        let operator = self.rest();
        let start = self.at;
        if operator.starts_with(b"<<") && !operator.starts_with(b"<<<") {
            let tabs = operator.get(2) == Some(&b'-');
            self.at += if tabs { 3 } else { 2 };
            self.blank(false);
            let word = self.word()?;
            let end = unquoted(self.slice(word));
            self.here.push(Here { end, tabs });
            return Ok(());
        }
        while matches!(self.peek(), Some(b'<' | b'>' | b'&' | b'|')) && self.at - start < 3 {
            if self.at > start && self.next(1) == Some(b'(') && matches!(self.peek(), Some(b'<' | b'>')) {
                break;
            }
            self.at += 1;
        }
        self.blank(false);
        self.word().map(drop)
    }

    /// The name that is assigned to here, and where the value begins.
    fn assignment(&self) -> Option<(Range<usize>, usize)> {
        let rest = self.rest();
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let end = rest.iter().position(|b| !is_name(b))?;
        if end == 0 || rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let mut at = end;
        if rest.get(at) == Some(&b'[') {
            let inside = rest.get(at..).unwrap_or_default();
            at += inside.iter().position(|b| *b == b']' || b.is_ascii_whitespace())? + 1;
        }
        at += usize::from(rest.get(at) == Some(&b'+'));
        (rest.get(at) == Some(&b'=')).then(|| (self.at..self.at + end, self.at + at + 1))
    }

    fn value(&mut self) -> Step<Value> {
        let start = self.at;
        match self.peek() {
            Some(b'(') => {}
            Some(b) if !is_meta(b) || matches!(b, b'<' | b'>') && self.next(1) == Some(b'(') => {
                return self.word().map(Value::Word);
            }
            _ => return Ok(Value::Word(start..start)),
        }
        self.at += 1;
        let mut items = Vec::new();
        self.deeper(|s| {
            loop {
                s.blank(true);
                match s.peek() {
                    None => return s.problem(start, "the end of an array is missing"),
                    Some(b')') => break,
                    Some(_) => items.push(s.word()?),
                }
            }
            s.at += 1;
            Ok(())
        })?;
        Ok(Value::Array { all: start..self.at, items })
    }

    /// Commands in `$(…)` and `<(…)`, behind the parenthesis.
    pub(super) fn substitution(&mut self, start: usize) -> Step {
        self.nested(|s| s.until(start, &[Stop::Paren]).map(drop))
    }
}

/// Whether a command takes assignments as its words.
const fn is_declaration(word: &[u8]) -> bool {
    matches!(word, b"local" | b"declare" | b"typeset" | b"export" | b"readonly")
}

/// Whether a byte ends a word.
pub(super) const fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// The end of a here-document, as it has to stand there.
fn unquoted(word: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = word.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => out.extend(bytes.next()),
            b'\'' | b'"' => {}
            byte => out.push(*byte),
        }
    }
    out
}
