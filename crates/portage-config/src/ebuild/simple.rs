//! Simple commands: words, assignments and redirections.

use std::ops::Range;

use super::parsed::{Assigned, Called, Value};
use super::scan::{Here, Place, Scan, Step, is_meta};

impl Scan<'_> {
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
}

/// Whether a command takes assignments as its words.
const fn is_declaration(word: &[u8]) -> bool {
    matches!(word, b"local" | b"declare" | b"typeset" | b"export" | b"readonly")
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
