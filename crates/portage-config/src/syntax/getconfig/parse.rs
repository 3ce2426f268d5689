//! The statements of a file.

use std::ops::Range;

use super::chars::Chars;
use super::codes;
use super::expand::{Emptied, excerpt, expand};
use super::lex::{LexError, Lexer, Token};
use crate::model::{Assign, Source, Statement};
use crate::report::{Code, Key};
use crate::syntax::vars::{Document, Entry, Kind, Tile};
use crate::vocab::{Piece, Word};

/// Something that is wrong with a file.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) code: &'static Code,
    pub(super) key: Key,
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// Whether Portage takes a token for the name of a variable (`_invalid_var_name_re`).
pub(super) fn is_valid_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The length of the newline that a text starts with.
pub(super) fn newline(text: &[u8]) -> Option<usize> {
    match text {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        _ => None,
    }
}

/// Takes a file apart. Behind what makes Portage give up, everything is unknown.
pub(super) fn parse(text: &[u8]) -> (Document<'_>, Vec<Problem>) {
    let mut parser = Parser {
        text,
        input: Chars::file(text),
        lexer: Lexer::new(),
        tiles: Vec::new(),
        problems: Vec::new(),
    };
    while let Some(step) = parser.statement() {
        if let Err(stop) = step {
            parser.problems.push(stop.problem);
            parser.tiles.push(Tile { range: stop.from..text.len(), kind: Kind::Unknown });
            break;
        }
    }
    (Document::new(text, parser.tiles, newline), parser.problems)
}

struct Parser<'a> {
    text: &'a [u8],
    input: Chars<'a>,
    lexer: Lexer,
    tiles: Vec<Tile>,
    problems: Vec<Problem>,
}

/// Portage gives up, from this byte on.
struct Stop {
    from: usize,
    problem: Problem,
}

type Step<T> = Result<T, Stop>;

impl Parser<'_> {
    /// The next token; `from` is where the statement starts that is lost with it.
    fn token(&mut self, from: Option<usize>) -> Step<Option<Token>> {
        if let Some(token) = self.lexer.pushed_back() {
            return Ok(Some(token));
        }
        self.raw(from)
    }

    fn raw(&mut self, from: Option<usize>) -> Step<Option<Token>> {
        self.lexer.read(&mut self.input).map_err(|error| {
            let (start, at, message, help) = match error {
                LexError::OpenQuote(start, at) => (
                    start,
                    at,
                    "this quote is never closed: Portage stops with an error",
                    "close the quote; inside a value write it as `\\\"`",
                ),
                LexError::OpenEscape(start, at) => {
                    (start, at, "nothing follows the backslash", "take the backslash out")
                }
            };
            stop(from.unwrap_or(start), &codes::OPEN_QUOTE, Key::file(), at..at + 1, message, help)
        })
    }

    /// One statement, or `None` at the end.
    fn statement(&mut self) -> Option<Step<()>> {
        let first = match self.token(None) {
            Ok(first) => first?,
            Err(stop) => return Some(Err(stop)),
        };
        let start = first.range.start;
        if first.text == "source" {
            return Some(self.source(&first));
        }
        let key = if first.text == "export" {
            match self.token(Some(start)) {
                Ok(Some(key)) => key,
                Ok(None) => {
                    self.problems.push(Problem {
                        code: &codes::NOT_ASSIGNMENT,
                        key: Key::file(),
                        range: first.range.clone(),
                        message: "`export` without a variable".to_owned(),
                        help: "take the word out".to_owned(),
                    });
                    self.tiles.push(Tile { range: first.range, kind: Kind::Unknown });
                    return None;
                }
                Err(stop) => return Some(Err(stop)),
            }
        } else {
            first
        };
        Some(self.assignment(start, &key))
    }

    fn source(&mut self, word: &Token) -> Step<()> {
        let from = word.range.start;
        if self.lexer.has_pushed_back() {
            return Err(stray_source(from, word));
        }
        let Some(path) = self.raw(Some(from))? else { return Err(no_path(from, word.range.clone())) };
        let found = expand(&path.text);
        let range = path.range.clone();
        let value = unquoted_path(found.word);
        if value.is_empty() || found.emptied.is_some() {
            return Err(no_path(from, range));
        }
        let statement = Statement::Source(Source { path: value, ..Source::default() });
        let entry = Entry { statement, value: range.clone() };
        self.tiles.push(Tile { range: from..range.end, kind: Kind::Entry(Box::new(entry)) });
        Ok(())
    }

    fn assignment(&mut self, from: usize, key: &Token) -> Step<()> {
        if key.text == "source" {
            return Err(stray_source(from, key));
        }
        match self.token(Some(from))? {
            Some(token) if token.text == "=" => {}
            Some(token) if token.text == "source" => return Err(stray_source(from, &token)),
            Some(token) if !token.text.is_empty() => return Err(not_assignment(from, key, &token)),
            _ => {
                let message =
                    format!("the file ends behind `{}`: Portage refuses the file", excerpt(&key.text));
                return Err(stop(
                    from,
                    &codes::UNEXPECTED_END,
                    Key::file(),
                    key.range.clone(),
                    message,
                    "write `NAME=\"value\"`, or take the word out",
                ));
            }
        }
        let Some(value) = self.token(Some(from))? else {
            let message = format!("`{}=` has no value: Portage refuses the file", excerpt(&key.text));
            let help = format!("write `{}=\"\"`", excerpt(&key.text));
            return Err(stop(
                from,
                &codes::UNEXPECTED_END,
                Key::of(key.text.as_str()),
                key.range.clone(),
                message,
                help,
            ));
        };
        if value.text == "source" {
            return Err(stray_source(from, &value));
        }
        let range = from..value.range.end;
        if !is_valid_name(&key.text) {
            self.problems.push(invalid_name(key));
            self.tiles.push(Tile { range, kind: Kind::Unknown });
            return Ok(());
        }
        let found = expand(&value.text);
        self.judge(key, &value, &found.emptied, found.shadowed);
        let assign = Assign { name: key.text.clone(), value: found.word, ..Assign::default() };
        let entry = Entry { statement: Statement::Assign(assign), value: value.range };
        self.tiles.push(Tile { range, kind: Kind::Entry(Box::new(entry)) });
        Ok(())
    }

    /// What is odd about a value that Portage takes.
    fn judge(&mut self, key: &Token, value: &Token, emptied: &Option<Emptied>, shadowed: Option<String>) {
        let name = key.text.as_str();
        let mut problem = |code, message: String, help: String| {
            let range = value.range.clone();
            self.problems.push(Problem { code, key: Key::of(name), range, message, help });
        };
        match emptied {
            Some(Emptied::Substitution(text)) => problem(
                &codes::EMPTIED,
                format!("`{text}` is no variable: Portage makes the whole value of `{name}` empty"),
                "commands are not run here; write the value itself, or `\\$` for a dollar".to_owned(),
            ),
            Some(Emptied::Brace(text)) => problem(
                &codes::EMPTIED,
                format!("`{text}` is more than a name: Portage makes the whole value of `{name}` empty"),
                "write `${NAME}`, or `\\${` for the characters".to_owned(),
            ),
            None => {}
        }
        if let Some(shadowed) = shadowed {
            problem(
                &codes::SHADOWED,
                format!("`${shadowed}` stays as it is: it stands behind an apostrophe"),
                "an apostrophe in a value stops expansion up to the next one; leave it out".to_owned(),
            );
        }
        if value.cut {
            problem(
                &codes::CUT,
                format!("the value of `{name}` ends at `#`"),
                "quote the value, or put a blank before the comment".to_owned(),
            );
        }
        let between = self.text.get(key.range.end..value.range.start).unwrap_or_default();
        if between.iter().any(|b| matches!(b, b'\n' | b'\r')) {
            problem(
                &codes::NEXT_LINE,
                format!("`{name}=` takes its value from a later line"),
                format!("write `{name}=\"\"` if it is to be empty"),
            );
        }
        let raw = self.text.get(value.range.clone()).unwrap_or_default();
        if std::str::from_utf8(raw).is_err() {
            problem(
                &codes::NOT_UTF8,
                format!("the value of `{name}` holds bytes that are not UTF-8"),
                "Portage reads them as U+FFFD; save the file as UTF-8".to_owned(),
            );
        }
    }
}

/// `shlex.sourcehook` takes quotes off a path that still has some.
fn unquoted_path(path: Word) -> Word {
    let mut pieces = path.pieces().to_vec();
    let count = pieces.len();
    let Some(Piece::Literal(first)) = pieces.first_mut() else { return path };
    if !first.starts_with('"') {
        return path;
    }
    first.remove(0);
    if let Some(Piece::Literal(last)) = pieces.get_mut(count - 1) {
        last.pop();
    }
    Word::from_pieces(pieces)
}

fn stop(
    from: usize,
    code: &'static Code,
    key: Key,
    range: Range<usize>,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Stop {
    Stop { from, problem: Problem { code, key, range, message: message.into(), help: help.into() } }
}

fn stray_source(from: usize, token: &Token) -> Stop {
    stop(
        from,
        &codes::SOURCE,
        Key::file(),
        token.range.clone(),
        "the word `source` reads a file wherever it stands, quoted or not",
        "put `source FILE` on a line of its own",
    )
}

fn no_path(from: usize, range: Range<usize>) -> Stop {
    let help = "write `source FILE`, relative to the folder of this file";
    stop(
        from,
        &codes::SOURCE,
        Key::file(),
        range,
        "`source` names no file: Portage stops with an error",
        help,
    )
}

fn not_assignment(from: usize, key: &Token, token: &Token) -> Stop {
    let message = if key.text == "\u{feff}" {
        "the file starts with a byte order mark: Portage refuses it".to_owned()
    } else {
        format!(
            "`{}` is not followed by `=` but by `{}`: Portage refuses the file",
            excerpt(&key.text),
            excerpt(&token.text)
        )
    };
    let help = match key.text.as_str() {
        "\u{feff}" => "save the file without it",
        "." => "write `source FILE`",
        "if" | "then" | "fi" | "for" | "unset" | "function" | "case" | "[" => {
            "only `NAME=\"value\"` and `source FILE` are understood here; there are no conditions and commands"
        }
        _ => {
            "write `NAME=\"value\"`, and quote a value that holds more than letters, digits and `~!@$%*_:;?,./-+`"
        }
    };
    stop(from, &codes::NOT_ASSIGNMENT, Key::file(), key.range.start..token.range.end, message, help)
}

fn invalid_name(key: &Token) -> Problem {
    let name = excerpt(&key.text);
    let (message, help) = if let Some(plain) = name.strip_suffix('+') {
        (
            format!("`{name}=` appends nothing: Portage refuses the file"),
            format!("write `{plain}=\"${{{plain}}} …\"`"),
        )
    } else if key.text.starts_with('\n') {
        (
            "a backslash at the end of the line before joins the lines: Portage refuses the file".to_owned(),
            "take the backslash out".to_owned(),
        )
    } else {
        (
            format!("`{name}` is not the name of a variable: Portage refuses the file"),
            "names are letters, digits and `_`, and do not start with a digit".to_owned(),
        )
    };
    Problem { code: &codes::INVALID_NAME, key: Key::file(), range: key.range.clone(), message, help }
}
