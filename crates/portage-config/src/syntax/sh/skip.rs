//! How far a command reaches that is not understood.
//!
//! Too far is safe, too short is not: what stands inside a condition, a function or a text must not be taken for an
//! assignment. So words that open something count wherever they stand, words that close something only where a
//! command may start, and what is hard to tell reaches to the end of the file.

/// How far a command reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To the end of its line, or of the compound command.
    Known,
    /// To the end of the file: it cannot be told.
    Rest,
    /// To the end of the file: something is not closed.
    Open,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open<'w> {
    /// `(`, `$(`.
    Paren,
    /// `${` and `$[`, closed by this byte.
    Parameter(u8),
    /// `"`.
    Double,
    /// A word, closed by another.
    Word(&'w [u8]),
}

/// The end of the command at `start`: the newline behind it, or the end of the text.
pub(super) fn skip(text: &[u8], start: usize) -> (usize, Reach) {
    let mut skip = Skip { text, at: start, open: Vec::new(), command: true, goes_on: false };
    loop {
        match skip.step() {
            Step::On => {}
            Step::End => return (skip.at, Reach::Known),
            Step::Rest => return (text.len(), Reach::Rest),
            Step::Open => return (text.len(), Reach::Open),
        }
    }
}

enum Step {
    On,
    End,
    Rest,
    Open,
}

struct Skip<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<Open<'a>>,
    /// A command may start here.
    command: bool,
    /// The line before ended in `&&`, `||` or `|`.
    goes_on: bool,
}

impl<'a> Skip<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// Goes behind the next `byte`.
    fn find(&mut self, byte: u8, escapes: bool) -> Step {
        while let Some(next) = self.peek(0) {
            self.at += 1;
            match next {
                b'\\' if escapes => self.at += 1,
                _ if next == byte => return Step::On,
                _ => {}
            }
        }
        Step::Open
    }

    fn step(&mut self) -> Step {
        let Some(byte) = self.peek(0) else {
            return if self.open.is_empty() && !self.goes_on { Step::End } else { Step::Open };
        };
        match self.open.last() {
            Some(Open::Double) => self.text_step(byte, b'"'),
            Some(Open::Parameter(close)) => self.text_step(byte, *close),
            _ => self.command_step(byte),
        }
    }

    /// Inside `"…"`, `${…}`.
    fn text_step(&mut self, byte: u8, close: u8) -> Step {
        self.at += 1;
        match byte {
            b'\\' => self.at += 1,
            _ if byte == close => {
                self.open.pop();
            }
            b'`' => return self.backtick(),
            b'$' => self.dollar(),
            b'"' => self.open.push(Open::Double),
            // Whether it quotes depends on what is around it and on the operator.
            b'\'' if close != b'"' => return Step::Rest,
            _ => {}
        }
        Step::On
    }

    /// Behind a `$`.
    fn dollar(&mut self) {
        let open = match self.peek(0) {
            Some(b'(') => Open::Paren,
            Some(b'{') => Open::Parameter(b'}'),
            Some(b'[') => Open::Parameter(b']'),
            _ => return,
        };
        self.command = open == Open::Paren;
        self.open.push(open);
        self.at += 1;
    }

    /// Behind a backtick. Texts and comments in it are not looked into.
    fn backtick(&mut self) -> Step {
        while let Some(next) = self.peek(0) {
            self.at += 1;
            match next {
                b'`' => return Step::On,
                b'\\' | b'\'' | b'"' | b'#' | b'\n' => return Step::Rest,
                _ => {}
            }
        }
        Step::Open
    }

    fn command_step(&mut self, byte: u8) -> Step {
        match byte {
            b'\n' => {
                if self.open.is_empty() && !self.goes_on {
                    return Step::End;
                }
                self.at += 1;
                self.command = true;
            }
            b' ' | b'\t' => self.at += 1,
            b'#' if self.at_word() => {
                match self.text.get(self.at..).and_then(|r| r.iter().position(|b| *b == b'\n')) {
                    Some(offset) => self.at += offset,
                    None => self.at = self.text.len(),
                }
            }
            b'<' if self.peek(1) == Some(b'<') && self.peek(2) != Some(b'<') => return Step::Rest,
            b'<' if self.peek(1) == Some(b'<') => self.at += 3,
            b';' | b'&' | b'|' | b'<' | b'>' => {
                let double = self.peek(1) == Some(byte) || byte == b'|' && self.peek(1) == Some(b'&');
                self.at += 1 + usize::from(double);
                self.goes_on = byte == b'|' || byte == b'&' && double;
                self.command = !matches!(byte, b'<' | b'>');
            }
            b'(' => {
                self.open.push(Open::Paren);
                self.at += 1;
                self.command = true;
                self.goes_on = false;
            }
            b')' => {
                if self.open.last() == Some(&Open::Paren) {
                    self.open.pop();
                }
                self.at += 1;
                self.command = true;
                self.goes_on = false;
            }
            _ => return self.word(),
        }
        Step::On
    }

    fn at_word(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|i| self.text.get(i));
        before.is_none_or(|b| {
            matches!(b, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>')
        })
    }

    fn word(&mut self) -> Step {
        self.goes_on = false;
        let first = self.at_word();
        let start = self.at;
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-{}!./+:=@%^,[]*?~".contains(b);
        let length = self.text.get(start..).unwrap_or_default().iter().take_while(|b| plain(b)).count();
        if length == 0 {
            self.command = false;
            self.at += 1;
            return match self.text.get(start) {
                Some(b'\\') => {
                    self.command = false;
                    self.at += 1;
                    Step::On
                }
                Some(b'\'') => {
                    match self.text.get(..start).unwrap_or_default() {
                        // Whether the `$` makes the quote one with escapes depends on what stands before it.
                        [.., b'$' | b'\\', b'$'] => Step::Rest,
                        [.., b'$'] => self.find(b'\'', true),
                        _ => self.find(b'\'', false),
                    }
                }
                Some(b'"') => {
                    self.open.push(Open::Double);
                    Step::On
                }
                Some(b'`') => self.backtick(),
                Some(b'$') => {
                    self.dollar();
                    Step::On
                }
                _ => Step::On,
            };
        }
        self.at += length;
        let whole = first
            && self.peek(0).is_none_or(|b| {
                matches!(b, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>')
            });
        let word = self.text.get(start..self.at).unwrap_or_default();
        if whole {
            self.keyword(word)
        } else {
            self.command = false;
            Step::On
        }
    }

    fn keyword(&mut self, word: &'a [u8]) -> Step {
        let command = std::mem::take(&mut self.command);
        let close: &'a [u8] = match word {
            b"if" => b"fi",
            b"for" | b"while" | b"until" | b"select" => b"done",
            b"case" => b"esac",
            b"{" => b"}",
            b"[[" => b"]]",
            b"then" | b"else" | b"elif" | b"do" | b"!" | b"time" => {
                self.command = command;
                return Step::On;
            }
            // What follows is not run, or means something else.
            b"exit" | b"return" | b"exec" | b"alias" | b"shopt" | b"function" | b"coproc" | b"eval" => {
                return Step::Rest;
            }
            _ => {
                if (command || word == b"]]") && self.open.last() == Some(&Open::Word(word)) {
                    self.open.pop();
                    self.command = true;
                }
                return Step::On;
            }
        };
        self.open.push(Open::Word(close));
        self.command = true;
        Step::On
    }
}
