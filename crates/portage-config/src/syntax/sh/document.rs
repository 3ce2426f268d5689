//! The face of the language: reading, writing, places.

use std::ops::Range;

use super::codes;
use super::parse::{is_name, parse};
use super::quote::{quote, value};
use super::skip::Reach;
use crate::model::{Statement, Vars};
use crate::report::{Findings, Key};
use crate::syntax::Refusal;
use crate::syntax::vars::{self, Language};
use crate::vocab::Word;

/// A file, taken apart. Nothing is lost: its bytes are those it was made of.
///
/// ```
/// use portage_config::syntax::sh::Document;
/// let text = b"A=1 # one\n[ -e x ] && B=2\n";
/// let document = Document::parse(text);
/// assert_eq!(document.bytes(), text);
/// assert_eq!(document.vars().assigns().count(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Document<'a>(vars::Document<'a>);

impl<'a> Document<'a> {
    /// Takes a file apart.
    pub fn parse(text: &'a [u8]) -> Self {
        Self(parse(text).0)
    }

    /// The bytes of all its pieces.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.bytes()
    }

    /// What it says.
    pub fn vars(&self) -> Vars {
        self.0.vars()
    }
}

/// See [`crate::syntax::read`].
pub fn read(text: &[u8], findings: &mut Findings<'_>) -> Vars {
    let (document, unknown) = parse(text);
    for piece in unknown {
        let line = String::from_utf8_lossy(document.slice(&piece.range)).into_owned();
        let line: String = line.split('\n').next().unwrap_or_default().chars().take(400).collect();
        let line = crate::vocab::mask(&line).replace('\r', "\\r");
        let line: String = line.chars().take(40).collect();
        let (code, message) = match piece.reach {
            Reach::Known => (&codes::COMMAND, format!("`{line}` is not an assignment")),
            Reach::Rest => {
                (&codes::COMMAND, format!("`{line}` is not an assignment, and what follows is not read"))
            }
            Reach::Open => (&codes::OPEN, format!("`{line}` opens something that is never closed")),
        };
        findings.range(code, Key::file(), piece.range, message).set_help(if line.ends_with("\\r") {
            "a carriage return is part of the line to a shell: save the file with Unix line ends"
        } else {
            "write `NAME=\"value\"`, without commands, arrays and conditions"
        });
    }
    document.vars()
}

/// See [`crate::syntax::write`]. New assignments are written with `export` if that is said.
///
/// # Errors
/// When a shell cannot read a value, or the file cannot be changed in place.
pub fn write(export: bool, text: &[u8], model: &Vars) -> Result<Vec<u8>, Refusal> {
    vars::write(&Sh { export }, text, model)
}

/// See [`crate::syntax::spans`].
pub fn spans(text: &[u8]) -> Vec<(Key, Range<usize>)> {
    parse(text).0.spans()
}

pub(in crate::syntax) fn laid_out(text: &[u8], number: usize, wanted: &Word) -> Option<Word> {
    vars::laid_out(&Sh { export: false }, text, number, wanted)
}

struct Sh {
    export: bool,
}

impl Language for Sh {
    fn parse<'a>(&self, text: &'a [u8]) -> vars::Document<'a> {
        parse(text).0
    }

    fn spell(&self, statement: &Statement) -> Result<String, Refusal> {
        let quoted = self.value(statement, b"")?;
        let Statement::Assign(assign) = statement else { return Ok(quoted) };
        if !is_name(assign.name.as_bytes()) {
            let message = format!("`{}` is not the name of a variable", assign.name);
            return Err(Refusal::new(Key::of(assign.name.as_str()), message));
        }
        let export = if self.export { "export " } else { "" };
        let append = if assign.append { "+" } else { "" };
        Ok(format!("{export}{}{append}={quoted}", assign.name))
    }

    fn value(&self, statement: &Statement, current: &[u8]) -> Result<String, Refusal> {
        match statement {
            Statement::Assign(assign) => {
                let whole = quote(&assign.value)
                    .map_err(|refusal| Refusal::new(Key::of(assign.name.as_str()), refusal.message))?;
                let spell = |word: &_| quote(word).ok();
                Ok(vars::splice(current, &assign.value, &value, &spell).unwrap_or(whole))
            }
            Statement::Source(_) => {
                let message = "`source` is a command to a shell, and commands are not written";
                Err(Refusal::new(Key::of("source"), message))
            }
        }
    }

    fn laid_out(&self, wanted: &Word, current: &[u8]) -> Option<Word> {
        value(&vars::relay(current, wanted, &value, &|word| quote(word).ok())?)
    }

    fn ends_value(&self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t' | b'\n' | b';')
    }

    fn carriage_returns(&self) -> bool {
        false
    }
}
