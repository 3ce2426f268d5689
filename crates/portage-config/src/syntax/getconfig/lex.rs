//! The tokens: Python's `shlex` in POSIX mode, as `getconfig` sets it up.

use std::ops::Range;

use super::chars::Chars;

/// A token without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) range: Range<usize>,
    /// It ends at a `#` that follows an unquoted character directly.
    pub(super) cut: bool,
}

/// Why there is no token: `shlex` gives up, and with it the whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LexError {
    /// In the token that starts at the first byte, a quote is opened at the second and never closed.
    OpenQuote(usize, usize),
    /// In the token that starts at the first byte, the text ends behind the backslash at the second.
    OpenEscape(usize, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Blank,
    Word,
    Quote(char),
    /// Behind a backslash, inside double quotes or not.
    Escape(bool),
    End,
}

/// The machine. It lives longer than one input: `source` puts another one in front of it.
#[derive(Debug)]
pub(super) struct Lexer {
    state: State,
    pushback: Vec<Token>,
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "~!@#$%*_\\:;?,./-+{}".contains(c)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n')
}

impl Lexer {
    pub(super) fn new() -> Self {
        Self { state: State::Blank, pushback: Vec::new() }
    }

    /// The character that ended the token before, where it is a token itself.
    pub(super) fn pushed_back(&mut self) -> Option<Token> {
        self.pushback.pop()
    }

    pub(super) fn has_pushed_back(&self) -> bool {
        !self.pushback.is_empty()
    }

    /// Starts over behind a file that was sourced.
    pub(super) fn resume(&mut self) {
        self.state = State::Blank;
    }

    /// `shlex.read_token`: the next token of `input`, or `None` at its end.
    pub(super) fn read(&mut self, input: &mut Chars<'_>) -> Result<Option<Token>, LexError> {
        let mut token = Token { text: String::new(), range: 0..0, cut: false };
        let mut opened = 0;
        let mut quoted = false;
        let mut unquoted_end = false;
        loop {
            let next = input.next();
            match self.state {
                State::End => return Ok(None),
                State::Blank => {
                    let Some(next) = next else {
                        self.state = State::End;
                        return Ok(None);
                    };
                    token.range = next.start..next.end;
                    match next.c {
                        c if is_blank(c) => {}
                        '#' => input.skip_line(),
                        '\\' => self.state = State::Escape(false),
                        '"' | '\'' => {
                            opened = next.start;
                            self.state = State::Quote(next.c);
                        }
                        c => {
                            token.text.push(c);
                            if !is_word(c) {
                                return Ok(Some(token));
                            }
                            unquoted_end = true;
                            self.state = State::Word;
                        }
                    }
                }
                State::Quote(quote) => {
                    quoted = true;
                    unquoted_end = false;
                    let Some(next) = next else { return Err(LexError::OpenQuote(token.range.start, opened)) };
                    token.range.end = next.end;
                    match next.c {
                        c if c == quote => self.state = State::Word,
                        '\\' if quote == '"' => self.state = State::Escape(true),
                        c => token.text.push(c),
                    }
                }
                State::Escape(inside) => {
                    let Some(next) = next else {
                        return Err(LexError::OpenEscape(
                            token.range.start,
                            token.range.end.saturating_sub(1),
                        ));
                    };
                    token.range.end = next.end;
                    if inside && !matches!(next.c, '\\' | '"') {
                        token.text.push('\\');
                    }
                    token.text.push(next.c);
                    unquoted_end = !inside;
                    self.state = if inside { State::Quote('"') } else { State::Word };
                }
                State::Word => {
                    let Some(next) = next else {
                        self.state = State::End;
                        return Ok((quoted || !token.text.is_empty()).then_some(token));
                    };
                    match next.c {
                        c if is_blank(c) => {
                            self.state = State::Blank;
                            return Ok(Some(token));
                        }
                        '#' => {
                            input.skip_line();
                            self.state = State::Blank;
                            token.cut = unquoted_end;
                            return Ok(Some(token));
                        }
                        '"' | '\'' => {
                            opened = next.start;
                            self.state = State::Quote(next.c);
                        }
                        '\\' => self.state = State::Escape(false),
                        c if is_word(c) => {
                            token.text.push(c);
                            unquoted_end = true;
                        }
                        c => {
                            let text = c.to_string();
                            self.pushback.push(Token { text, range: next.start..next.end, cut: false });
                            self.state = State::Blank;
                            return Ok(Some(token));
                        }
                    }
                    token.range.end = next.end;
                }
            }
        }
    }
}
