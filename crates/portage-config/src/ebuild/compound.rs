//! Commands that hold others: groups, conditions, loops, functions.

use std::ops::Range;

use super::parsed::Defined;
use super::scan::{Place, Scan, Step, Stop, is_meta};

impl Scan<'_> {
    pub(super) fn command(&mut self) -> Step {
        let word = self.bare();
        let start = self.at;
        match word {
            b"{" => {
                self.at += 1;
                self.nested(|s| s.until(start, &[Stop::Brace]).map(drop))
            }
            b"coproc" => {
                self.at += 6;
                self.blank(false);
                self.coprocess_name();
                self.nested(Self::command)
            }
            b"!" | b"time" => {
                self.at += word.len();
                Ok(())
            }
            b"if" => {
                self.at += 2;
                self.nested(|s| s.conditional(start))
            }
            b"while" | b"until" => {
                self.at += 5;
                self.nested(|s| {
                    s.until(start, &[Stop::Do])?;
                    s.until(start, &[Stop::Done]).map(drop)
                })
            }
            b"for" | b"select" => {
                self.at += word.len();
                self.nested(|s| s.each(start))
            }
            b"case" => {
                self.at += 4;
                self.nested(|s| s.case(start))
            }
            b"function" => {
                self.at += 8;
                self.blank(false);
                let name = self.word()?;
                self.blank(false);
                if self.peek() == Some(b'(') {
                    self.at += 1;
                    self.blank(false);
                    self.close(start)?;
                }
                self.function(start, name)
            }
            b"[[" => {
                self.at += 2;
                self.test(start)
            }
            _ if self.peek() == Some(b'(') && self.next(1) == Some(b'(') => self.parens(),
            _ if self.peek() == Some(b'(') => {
                self.at += 1;
                self.nested(|s| s.until(start, &[Stop::Paren]).map(drop))
            }
            _ => self.simple(),
        }
    }

    /// `NAME` of `coproc NAME { …; }`: it stands before commands that hold others only.
    fn coprocess_name(&mut self) {
        let start = self.at;
        while matches!(self.peek(), Some(b) if b.is_ascii_alphanumeric() || b == b'_') {
            self.at += 1;
        }
        let end = self.at;
        self.blank(false);
        let holds = [b"{".as_slice(), b"if", b"while", b"until", b"for", b"select", b"case", b"[["];
        if end == start || self.at == end || !(holds.contains(&self.bare()) || self.peek() == Some(b'(')) {
            self.at = start;
        }
    }

    pub(super) fn close(&mut self, start: usize) -> Step {
        if self.peek() != Some(b')') {
            return self.problem(start, "`)` is missing");
        }
        self.at += 1;
        Ok(())
    }

    /// A list that has to end with one of these.
    pub(super) fn until(&mut self, start: usize, wanted: &[Stop]) -> Step<Stop> {
        match self.list()? {
            stop if wanted.contains(&stop) => Ok(stop),
            Stop::End => self.problem(start, "its end is missing"),
            _ => self.problem(self.at, "something ends that did not begin"),
        }
    }

    fn conditional(&mut self, start: usize) -> Step {
        self.until(start, &[Stop::Then])?;
        loop {
            match self.until(start, &[Stop::Elif, Stop::Else, Stop::Fi])? {
                Stop::Elif => self.until(start, &[Stop::Then]).map(drop)?,
                Stop::Else => {}
                _ => return Ok(()),
            }
        }
    }

    fn each(&mut self, start: usize) -> Step {
        self.blank(false);
        if self.peek() == Some(b'(') {
            self.parens()?;
        } else {
            self.word()?;
        }
        self.blank(false);
        while !matches!(self.peek(), None | Some(b';' | b'\n')) {
            if self.peek() == Some(b'#') {
                self.comment();
            } else if self.bare() == b"do" || self.bare() == b"{" {
                break;
            } else {
                self.word()?;
            }
            self.blank(false);
        }
        self.blank(true);
        if self.peek() == Some(b';') {
            self.at += 1;
            self.blank(true);
        }
        // `for a` on one line, `in …` on the next.
        if self.bare() == b"in" {
            return self.each(start);
        }
        match self.bare() {
            b"do" => {
                self.at += 2;
                self.until(start, &[Stop::Done]).map(drop)
            }
            b"{" => {
                self.at += 1;
                self.until(start, &[Stop::Brace]).map(drop)
            }
            _ => self.problem(start, "`do` is missing"),
        }
    }

    fn case(&mut self, start: usize) -> Step {
        self.blank(false);
        self.word()?;
        self.blank(true);
        if self.bare() != b"in" {
            return self.problem(start, "`in` is missing");
        }
        self.at += 2;
        loop {
            self.blank(true);
            if self.bare() == b"esac" {
                self.at += 4;
                return Ok(());
            }
            if self.peek() == Some(b'(') {
                self.at += 1;
            }
            loop {
                self.blank(true);
                self.word()?;
                self.blank(false);
                match self.peek() {
                    Some(b'|') => self.at += 1,
                    Some(b')') => {
                        self.at += 1;
                        break;
                    }
                    _ => return self.problem(start, "a pattern has no end"),
                }
            }
            if self.until(start, &[Stop::Clause, Stop::Esac])? == Stop::Esac {
                return Ok(());
            }
        }
    }

    /// `[[ … ]]`: in it, parentheses and comparisons are no more than bytes.
    fn test(&mut self, start: usize) -> Step {
        loop {
            match self.peek() {
                None => return self.problem(start, "`]]` is missing"),
                Some(b'\n') => self.newline(),
                Some(byte) if is_meta(byte) => self.at += 1,
                Some(_) => {
                    let word = self.word()?;
                    if self.slice(word) == b"]]" {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// The body of a function, behind its name.
    pub(super) fn function(&mut self, start: usize, name: Range<usize>) -> Step {
        self.blank(true);
        let number = self.out.functions.len();
        self.out.functions.push(Defined { name, all: start..start });
        let place = Place { function: Some(number), nested: self.place.nested };
        let before = std::mem::replace(&mut self.place, place);
        let open = self.at;
        let body = match self.bare() {
            // Its commands run whenever the function does.
            b"{" => {
                self.at += 1;
                self.deeper(|s| s.until(open, &[Stop::Brace]).map(drop))
            }
            b"" | b"if" | b"for" | b"while" | b"until" | b"case" | b"select" | b"[[" => {
                self.deeper(Self::command)
            }
            _ => self.problem(start, "the body of a function is missing"),
        };
        self.place = before;
        body?;
        let end = self.at;
        if let Some(function) = self.out.functions.get_mut(number) {
            function.all = start..end;
        }
        Ok(())
    }
}
