//! The face of the language: reading, writing, places.

use std::ops::Range;

use super::parse::{newline, parse};
use super::quote::{quote, quote_path, token};
use super::{expand, parse};
use crate::model::{Statement, Vars};
use crate::report::{Findings, Key};
use crate::syntax::Refusal;
use crate::syntax::vars::{self, Language};
use crate::vocab::Word;

/// A file, taken apart. Nothing is lost: its bytes are those it was made of.
///
/// ```
/// use portage_config::syntax::getconfig::Document;
/// let text = b"A=1 # one\nA+=\xff\n";
/// assert_eq!(Document::parse(text).bytes(), text);
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

/// See [`crate::syntax::read`]. Where Portage refuses the file, what its lenient loader would keep is read.
pub fn read(text: &[u8], findings: &mut Findings<'_>) -> Vars {
    let (document, problems) = parse(text);
    for problem in problems {
        findings.range(problem.code, problem.key, problem.range, problem.message).set_help(problem.help);
    }
    document.vars()
}

/// See [`crate::syntax::write`].
///
/// # Errors
/// When Portage's language cannot say a value, or the file cannot be changed in place.
pub fn write(text: &[u8], model: &Vars) -> Result<Vec<u8>, Refusal> {
    vars::write(&Getconfig, text, model)
}

/// See [`crate::syntax::spans`].
pub fn spans(text: &[u8]) -> Vec<(Key, Range<usize>)> {
    parse(text).0.spans()
}

struct Getconfig;

fn of(name: &str) -> impl Fn(Refusal) -> Refusal {
    move |refusal| Refusal::new(Key::of(name), refusal.message)
}

/// Whether a shell takes it for a name as well.
fn is_portable(name: &str) -> bool {
    !name.is_empty() && name.is_ascii() && parse::is_valid_name(name) && !matches!(name, "export" | "source")
}

fn value(statement: &Statement) -> Result<String, Refusal> {
    match statement {
        Statement::Assign(assign) if assign.append => {
            let name = assign.name.as_str();
            let message = format!("Portage has no `+=`: write `{name}=\"${{{name}}} …\"`");
            Err(Refusal::new(Key::of(name), message))
        }
        Statement::Assign(assign) => quote(&assign.value).map_err(of(&assign.name)),
        Statement::Source(source) => quote_path(&source.path).map_err(of("source")),
    }
}

fn read_value(text: &str) -> Option<Word> {
    let found = expand::expand(&token(text)?);
    found.emptied.is_none().then_some(found.word)
}

pub(in crate::syntax) fn laid_out(text: &[u8], number: usize, wanted: &Word) -> Option<Word> {
    vars::laid_out(&Getconfig, text, number, wanted)
}

impl Language for Getconfig {
    fn parse<'a>(&self, text: &'a [u8]) -> vars::Document<'a> {
        parse(text).0
    }

    fn spell(&self, statement: &Statement) -> Result<String, Refusal> {
        match statement {
            Statement::Assign(assign) if !is_portable(&assign.name) => {
                let message = format!("`{}` is not the name of a variable", assign.name);
                Err(Refusal::new(Key::of(assign.name.as_str()), message))
            }
            Statement::Assign(assign) => Ok(format!("{}={}", assign.name, value(statement)?)),
            Statement::Source(_) => Ok(format!("source {}", value(statement)?)),
        }
    }

    fn value(&self, statement: &Statement, current: &[u8]) -> Result<String, Refusal> {
        let whole = value(statement)?;
        let Statement::Assign(assign) = statement else { return Ok(whole) };
        let spliced = vars::splice(current, &assign.value, &read_value, &|word| quote(word).ok());
        Ok(spliced.unwrap_or(whole))
    }

    fn laid_out(&self, wanted: &Word, current: &[u8]) -> Option<Word> {
        read_value(&vars::relay(current, wanted, &read_value, &|word| quote(word).ok())?)
    }

    fn ends_value(&self, byte: u8) -> bool {
        newline(&[byte]).is_some() || matches!(byte, b' ' | b'\t' | b'#')
    }

    fn carriage_returns(&self) -> bool {
        true
    }
}
