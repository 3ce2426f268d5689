//! What Portage makes of a file, file by file and variable by variable.

use std::ops::Range;

use indexmap::IndexMap;

use super::chars::Chars;
use super::expand::expand;
use super::lex::{LexError, Lexer, Token};
use super::parse::is_valid_name;
use crate::vocab::Word;

/// Why Portage's strict loader refuses a file: it reads nothing of it then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
#[non_exhaustive]
pub struct LoadError {
    /// The sourced file it is about, as [`evaluate`] asked for it; `None` for the file itself.
    pub file: Option<String>,
    /// The bytes of that file.
    pub range: Range<usize>,
    /// What is wrong.
    pub kind: LoadErrorKind,
}

/// What Portage's strict loader has against a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// `Invalid token '…' (not '=')`.
    #[error("`{token}` stands where `=` is expected")]
    NotAssignment {
        /// The token.
        token: String,
    },
    /// `Unexpected EOF`: a name and nothing behind it.
    #[error("the file ends behind a name")]
    UnexpectedEnd,
    /// `Unexpected end of config file`: `NAME=` and nothing behind it.
    #[error("`{name}=` has no value")]
    NoValue {
        /// The variable.
        name: String,
    },
    /// `Invalid variable name`.
    #[error("`{name}` is not the name of a variable")]
    InvalidName {
        /// The token.
        name: String,
    },
    /// `No closing quotation`.
    #[error("a quote is never closed")]
    OpenQuote,
    /// `No escaped character`.
    #[error("nothing follows a backslash")]
    OpenEscape,
    /// `No such file or directory`.
    #[error("`{path}` is not there")]
    MissingSource {
        /// The path.
        path: String,
    },
    /// `source` without a path: Portage ends with a Python exception.
    #[error("`source` names no file")]
    NoPath,
    /// A sourced file that is no UTF-8, unlike the file itself, is an exception.
    #[error("`{path}` is not UTF-8")]
    NotText {
        /// The path.
        path: String,
    },
    /// Files that source each other without end.
    #[error("too many files are sourced")]
    TooDeep,
}

const MAX_DEPTH: usize = 200;
const MAX_FILES: usize = 10_000;

/// What a file is read into: see [`assignments`].
pub trait Reading {
    /// The value of a variable, as it is at this place.
    fn value(&self, name: &str) -> Option<String>;
    /// The bytes of a file that is named by `source`: an absolute path, or one relative to the folder of the file itself; and
    /// where the word `source` stands.
    fn file(&mut self, path: &str, at: &At<'_>) -> Option<Vec<u8>>;
    /// An assignment: the name, the value with its references, and where the name stands.
    fn assign(&mut self, name: &str, value: &Word, at: &At<'_>);
}

/// Where an assignment stands, or a `source`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<'a> {
    /// The sourced file, by the name that [`Reading::file`] was asked for; `None` for the file itself.
    pub file: Option<&'a str>,
    /// The bytes of the name, or of the word `source`.
    pub range: Range<usize>,
}

/// Goes through the assignments of a file as Portage's strict loader does: `getconfig(file, tolerant=False)`, with
/// `allow_sourcing` where `sourcing` is set.
///
/// # Errors
/// What makes Portage refuse the file. What was assigned before it was told.
pub fn assignments(text: &[u8], sourcing: bool, into: &mut dyn Reading) -> Result<(), LoadError> {
    let mut machine =
        Machine { lexer: Lexer::new(), inputs: vec![(None, Chars::file(text))], sourced: 0, sourcing };
    loop {
        let mut key = machine.token(into)?;
        if key.as_ref().is_some_and(|key| key.text == "export") {
            key = machine.token(into)?;
        }
        let Some(key) = key else { return Ok(()) };
        let inside = machine.inputs.last().and_then(|(path, _)| path.clone());
        match machine.token(into)? {
            Some(equals) if equals.text == "=" => {}
            Some(token) if !token.text.is_empty() => {
                let kind = LoadErrorKind::NotAssignment { token: token.text };
                return Err(machine.error(token.range, kind));
            }
            _ => return Err(machine.error(key.range, LoadErrorKind::UnexpectedEnd)),
        }
        let Some(value) = machine.token(into)? else {
            return Err(machine.error(key.range, LoadErrorKind::NoValue { name: key.text }));
        };
        if !is_valid_name(&key.text) {
            return Err(machine.error(key.range, LoadErrorKind::InvalidName { name: key.text }));
        }
        let at = At { file: inside.as_deref(), range: key.range };
        into.assign(&key.text, &expand(&value.text).word, &at);
    }
}

/// Reads a file as Portage's strict loader does: `getconfig(file, tolerant=False, allow_sourcing=True)`.
///
/// `known` answers for variables that are set before the file is read. `source` is asked for the bytes of a file
/// named by `source`: an absolute path, or one relative to the folder of the file itself.
/// The variables come in the order of their first assignment, each with its last value.
///
/// ```
/// use portage_config::syntax::getconfig::evaluate;
/// let set = evaluate(b"A='$B'\nA=\"${A} c\"", &|name| (name == "B").then(|| "b".to_owned()), &mut |_| None)?;
/// assert_eq!(set, [("A".to_owned(), "b c".to_owned())]);
/// # Ok::<(), portage_config::syntax::getconfig::LoadError>(())
/// ```
///
/// # Errors
/// What makes Portage refuse the file.
pub fn evaluate(
    text: &[u8],
    known: &dyn Fn(&str) -> Option<String>,
    source: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Vec<(String, String)>, LoadError> {
    let mut values = Values { set: IndexMap::new(), known, source };
    assignments(text, true, &mut values)?;
    Ok(values.set.into_iter().collect())
}

/// The variables of one file.
struct Values<'a> {
    set: IndexMap<String, String>,
    known: &'a dyn Fn(&str) -> Option<String>,
    source: &'a mut dyn FnMut(&str) -> Option<Vec<u8>>,
}

impl Reading for Values<'_> {
    fn value(&self, name: &str) -> Option<String> {
        self.set.get(name).cloned().or_else(|| (self.known)(name))
    }

    fn file(&mut self, path: &str, _: &At<'_>) -> Option<Vec<u8>> {
        (self.source)(path)
    }

    fn assign(&mut self, name: &str, value: &Word, _: &At<'_>) {
        let value = value.expand(|name| self.value(name));
        self.set.insert(name.to_owned(), value);
    }
}

/// The stack of files that `shlex` reads from.
struct Machine<'a> {
    lexer: Lexer,
    /// The file itself, and the sourced ones it is in.
    inputs: Vec<(Option<String>, Chars<'a>)>,
    sourced: usize,
    /// Whether `source` names a file, and is no word like others.
    sourcing: bool,
}

impl<'a> Machine<'a> {
    fn error(&self, range: Range<usize>, kind: LoadErrorKind) -> LoadError {
        LoadError { file: self.inputs.last().and_then(|(path, _)| path.clone()), range, kind }
    }

    /// `shlex.read_token`: of the innermost file.
    fn raw(&mut self) -> Result<Option<Token>, LoadError> {
        let Some((_, input)) = self.inputs.last_mut() else { return Ok(None) };
        self.lexer.read(input).map_err(|error| match error {
            LexError::OpenQuote(_, at) => self.error(at..at + 1, LoadErrorKind::OpenQuote),
            LexError::OpenEscape(_, at) => self.error(at..at + 1, LoadErrorKind::OpenEscape),
        })
    }

    /// `shlex.get_token`: goes into sourced files and out of them again.
    fn token(&mut self, into: &mut dyn Reading) -> Result<Option<Token>, LoadError> {
        loop {
            if let Some(token) = self.lexer.pushed_back() {
                return Ok(Some(token));
            }
            match self.raw()? {
                Some(token) if self.sourcing && token.text == "source" => self.enter(&token, into)?,
                Some(token) => return Ok(Some(token)),
                None if self.inputs.len() > 1 => {
                    self.inputs.pop();
                    self.lexer.resume();
                }
                None => return Ok(None),
            }
        }
    }

    /// `shlex.sourcehook`.
    fn enter(&mut self, word: &Token, into: &mut dyn Reading) -> Result<(), LoadError> {
        let Some(named) = self.raw()? else {
            return Err(self.error(word.range.clone(), LoadErrorKind::NoPath));
        };
        let mut target = expand(&named.text).word.expand(|name| into.value(name));
        if target.is_empty() {
            return Err(self.error(named.range, LoadErrorKind::NoPath));
        }
        if target.starts_with('"') {
            let inner = target.len().saturating_sub(target.chars().next_back().map_or(0, char::len_utf8));
            target = target.get(1..inner).unwrap_or_default().to_owned();
        }
        if !target.starts_with('/')
            && let Some((Some(from), _)) = self.inputs.last()
            && let Some((folder, _)) = from.rsplit_once('/')
        {
            target = format!("{folder}/{target}");
        }
        self.sourced += 1;
        if self.inputs.len() > MAX_DEPTH || self.sourced > MAX_FILES {
            return Err(self.error(named.range, LoadErrorKind::TooDeep));
        }
        let inside = self.inputs.last().and_then(|(path, _)| path.as_deref());
        let at = At { file: inside, range: word.range.clone() };
        let Some(bytes) = into.file(&target, &at) else {
            return Err(self.error(named.range, LoadErrorKind::MissingSource { path: target }));
        };
        if std::str::from_utf8(&bytes).is_err() {
            return Err(self.error(named.range, LoadErrorKind::NotText { path: target }));
        }
        self.inputs.push((Some(target), Chars::sourced(bytes)));
        Ok(())
    }
}
