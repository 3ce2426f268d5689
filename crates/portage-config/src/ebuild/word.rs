//! Words: where they end.

use std::ops::Range;

use super::scan::{Scan, Step, is_meta};

impl Scan<'_> {
    /// A word, with all that is quoted or substituted in it.
    pub(super) fn word(&mut self) -> Step<Range<usize>> {
        let start = self.at;
        loop {
            match self.peek() {
                None => break,
                Some(b'\\') => self.at = (self.at + 2).min(self.text.len()),
                Some(b'\'') => self.single()?,
                Some(b'"') => self.double()?,
                Some(b'`') => self.backquotes()?,
                Some(b'$') => self.dollar(false)?,
                Some(b'(') if self.at > start && self.is_pattern() => self.parens()?,
                Some(b'<' | b'>') if self.at == start && self.next(1) == Some(b'(') => {
                    self.at += 2;
                    self.substitution(start)?;
                }
                Some(byte) if is_meta(byte) => break,
                Some(_) => self.at += 1,
            }
        }
        if self.at == start {
            return self.problem(start, "a word is missing");
        }
        Ok(start..self.at)
    }

    /// `@(`, `?(` and the like.
    fn is_pattern(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at));
        matches!(before, Some(b'?' | b'*' | b'+' | b'@' | b'!'))
    }

    /// `'…'`
    fn single(&mut self) -> Step {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        match rest.iter().position(|b| *b == b'\'') {
            Some(end) => self.at += end + 2,
            None => return self.problem(self.at, "the end of a quote is missing"),
        }
        Ok(())
    }

    /// `$'…'`, at its quote.
    fn escaped(&mut self) -> Step {
        let start = self.at;
        self.skip(start, b'\'', "the end of a quote is missing")
    }

    /// To behind the byte that ends it.
    fn skip(&mut self, start: usize, end: u8, what: &'static str) -> Step {
        self.at += 1;
        loop {
            match self.peek() {
                None => return self.problem(start, what),
                Some(b'\\') => self.at += 2,
                Some(byte) => {
                    self.at += 1;
                    if byte == end {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn backquotes(&mut self) -> Step {
        let start = self.at;
        self.skip(start, b'`', "the end of a substitution is missing")
    }

    /// `"…"`
    fn double(&mut self) -> Step {
        let start = self.at;
        self.deeper(|s| {
            s.at += 1;
            loop {
                match s.peek() {
                    None => return s.problem(start, "the end of a quote is missing"),
                    Some(b'"') => {
                        s.at += 1;
                        return Ok(());
                    }
                    Some(b'\\') => s.at += 2,
                    Some(b'`') => s.backquotes()?,
                    Some(b'$') => s.dollar(true)?,
                    Some(_) => s.at += 1,
                }
            }
        })
    }

    /// What a `$` begins.
    fn dollar(&mut self, quoted: bool) -> Step {
        let start = self.at;
        match self.next(1) {
            Some(b'(') if self.next(2) == Some(b'(') => {
                self.at += 1;
                self.parens()
            }
            Some(b'(') => {
                self.at += 2;
                self.substitution(start)
            }
            Some(b'{') => {
                self.at += 2;
                self.deeper(|s| s.parameter(start, quoted))
            }
            Some(b'\'') if !quoted => {
                self.at += 1;
                self.escaped()
            }
            // `$$`, `$#`: a `#` behind it begins no comment.
            Some(b'$' | b'#' | b'?' | b'!' | b'@' | b'*' | b'-') => {
                self.at += 2;
                Ok(())
            }
            _ => {
                self.at += 1;
                Ok(())
            }
        }
    }

    /// `${…}`, behind its brace. Between double quotes a single one quotes in patterns only.
    fn parameter(&mut self, start: usize, quoted: bool) -> Step {
        while matches!(self.peek(), Some(b'!' | b'#' | b'@' | b'*')) {
            self.at += 1;
        }
        while matches!(self.peek(), Some(b) if b.is_ascii_alphanumeric() || b == b'_') {
            self.at += 1;
        }
        let plain = quoted && matches!(self.peek(), Some(b':' | b'-' | b'=' | b'+' | b'?'));
        loop {
            match self.peek() {
                None => return self.problem(start, "the end of `${` is missing"),
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.at += 2,
                Some(b'\'') if !plain => self.single()?,
                Some(b'"') => self.double()?,
                Some(b'`') => self.backquotes()?,
                Some(b'$') => self.dollar(quoted)?,
                Some(_) => self.at += 1,
            }
        }
    }

    /// From an opening parenthesis to behind the one that closes it: arithmetic, patterns.
    pub(super) fn parens(&mut self) -> Step {
        let start = self.at;
        let mut open = 0_usize;
        self.deeper(|s| {
            loop {
                match s.peek() {
                    None => return s.problem(start, "`)` is missing"),
                    Some(b'(') => {
                        open += 1;
                        s.at += 1;
                    }
                    Some(b')') => {
                        open -= 1;
                        s.at += 1;
                        if open == 0 {
                            return Ok(());
                        }
                    }
                    Some(b'\\') => s.at += 2,
                    Some(b'\'') => s.single()?,
                    Some(b'"') => s.double()?,
                    Some(b'`') => s.backquotes()?,
                    Some(b'$') => s.dollar(false)?,
                    Some(_) => s.at += 1,
                }
            }
        })
    }
}
