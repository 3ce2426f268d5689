//! Ebuilds: what a text says, and edits that change nothing else of it. No line of it is ever run.
//!
//! An ebuild is a bash script (PMS 7). [`Ebuild`] splits it as bash does, as far as is needed to tell what is assigned
//! where, which functions there are and what they call: see the list in `scan.rs`. It does not know what a condition
//! gives, so each assignment says whether it is made always, perhaps, or when a function runs.
//!
//! ```
//! use portage_config::ebuild::Ebuild;
//! let text = b"EAPI=8\ninherit autotools\nKEYWORDS=\"amd64\"\nPATCHES=( \"${FILESDIR}\"/a.patch )\n";
//! let ebuild = Ebuild::parse(text);
//! assert_eq!(ebuild.eapi(), "8");
//! assert_eq!(ebuild.inherit(), ["autotools"]);
//! assert_eq!(ebuild.keywords().as_deref(), Some("amd64"));
//! let edited = Ebuild::parse(&ebuild.add_patches(&["b.patch"])?);
//! assert_eq!(edited.set_keywords("~x86")?, b"EAPI=8\ninherit autotools\nKEYWORDS=\"~x86\"\n\
//!     PATCHES=( \"${FILESDIR}\"/a.patch \"${FILESDIR}\"/b.patch )\n");
//! assert_eq!(ebuild.bytes(), text);
//! # Ok::<(), portage_config::ebuild::EditError>(())
//! ```

mod array;
mod compound;
mod edit;
mod expand;
mod files;
mod parsed;
mod patches;
mod said;
mod scan;
mod simple;
#[cfg(test)]
mod tests;
mod word;

use std::fmt;

pub use edit::{EditError, EditErrorKind};
pub use expand::Names;
pub use patches::Prepare;
pub use said::Said;

use parsed::{Assigned, Parsed, Value};

/// The text of an ebuild.
#[derive(Clone, Debug)]
pub struct Ebuild {
    text: Vec<u8>,
    parsed: Parsed,
}

/// Where a text cannot be read on. What stands before it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The byte.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

/// An assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable<'a> {
    /// `+=`
    pub append: bool,
    /// When it is made.
    pub when: When<'a>,
    /// The value, as it is written.
    pub value: Written<'a>,
    /// The line it begins in, from one.
    pub line: usize,
}

/// When an assignment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When<'a> {
    /// Whenever the ebuild is read.
    Always,
    /// Inside of a condition, a loop or a group, or behind `&&`.
    Perhaps,
    /// When this function runs.
    In(&'a str),
}

/// A value as it is written, with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written<'a> {
    /// One word, which may be empty.
    Word(&'a [u8]),
    /// The words of an array.
    Array(Vec<&'a [u8]>),
}

impl Ebuild {
    /// Reads a text. Any text is one; what is wrong with it is [`Ebuild::problem`].
    pub fn parse(text: &[u8]) -> Self {
        Self { text: text.to_vec(), parsed: scan::scan(text) }
    }

    /// The text, byte for byte.
    pub fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// Where bash could not read it on, or this reader cannot. Such a text is not edited.
    pub fn problem(&self) -> Option<Problem> {
        self.parsed.problem
    }

    /// The EAPI, read as PMS 7.3.1 says: from the first line that is neither empty nor a comment; `0` where it says
    /// none.
    pub fn eapi(&self) -> &str {
        let blank = |line: &&[u8]| line.trim_ascii().first().is_none_or(|b| *b == b'#');
        let line = self.text.split(|b| *b == b'\n').find(|line| !blank(line)).unwrap_or_default();
        let value = || {
            let line = std::str::from_utf8(line).ok()?;
            let rest = line.trim_start_matches([' ', '\t']).strip_prefix("EAPI=")?;
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (value, after) = match quote {
                Some(quote) => rest.get(1..)?.split_once(quote)?,
                None => rest.split_at_checked(rest.find([' ', '\t']).unwrap_or(rest.len()))?,
            };
            let comment = after.trim_start_matches([' ', '\t']);
            let ends = comment.is_empty() || comment.len() < after.len() && comment.starts_with('#');
            let is = |b: u8| b.is_ascii_alphanumeric() || b"+_.-".contains(&b);
            (ends && !value.is_empty() && value.bytes().all(is)).then_some(value)
        };
        value().unwrap_or("0")
    }

    /// The number of the EAPI, where it is one.
    pub(crate) fn eapi_number(&self) -> Option<u32> {
        self.eapi().parse().ok()
    }

    /// The eclasses of all `inherit` lines, those in conditions included; words that hold an expansion are as written.
    pub fn inherit(&self) -> Vec<String> {
        let lines = self.parsed.called.iter().filter(|called| called.function.is_none());
        let mut all = Vec::new();
        for called in lines {
            let mut words = self.parsed.words.get(called.words.clone()).unwrap_or_default().iter();
            if words.next().is_some_and(|word| self.slice(word) == b"inherit") {
                all.extend(words.map(|word| {
                    let word = self.slice(word);
                    expand::plain(word).unwrap_or_else(|| String::from_utf8_lossy(word).into_owned())
                }));
            }
        }
        all
    }

    /// The names of the functions, in their order.
    pub fn functions(&self) -> Vec<&str> {
        self.parsed.functions.iter().map(|function| self.text(&function.name)).collect()
    }

    /// All assignments to a variable, in their order. Those for one command (`A=1 make`) are none.
    pub fn variable(&self, name: &str) -> Vec<Variable<'_>> {
        self.assigned(name)
            .map(|assigned| Variable {
                append: assigned.append,
                when: match assigned.function {
                    Some(function) => When::In(self.function_name(function)),
                    None if assigned.nested => When::Perhaps,
                    None => When::Always,
                },
                value: match &assigned.value {
                    Value::Word(word) => Written::Word(self.slice(word)),
                    Value::Array { items, .. } => {
                        Written::Array(items.iter().map(|item| self.slice(item)).collect())
                    }
                },
                line: self.line(assigned.all.start),
            })
            .collect()
    }

    /// `KEYWORDS`, where one assignment outside of functions says it.
    pub fn keywords(&self) -> Option<String> {
        self.only("KEYWORDS")
    }

    /// `SLOT`, where one assignment outside of functions says it.
    pub fn slot(&self) -> Option<String> {
        self.only("SLOT")
    }

    /// `IUSE`, where one assignment outside of functions says it.
    pub fn iuse(&self) -> Option<String> {
        self.only("IUSE")
    }

    /// `PATCHES`, wherever it is assigned.
    pub fn patches(&self) -> Vec<Variable<'_>> {
        self.variable("PATCHES")
    }

    fn only(&self, name: &str) -> Option<String> {
        let mut all = self.assigned(name).filter(|assigned| assigned.function.is_none());
        match (all.next(), all.next()) {
            (Some(Assigned { value: Value::Word(word), append: false, .. }), None) => {
                expand::plain(self.slice(word))
            }
            _ => None,
        }
    }

    fn assigned<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Assigned> {
        let is =
            move |assigned: &&Assigned| !assigned.temporary && self.slice(&assigned.name) == name.as_bytes();
        self.parsed.assigned.iter().filter(is)
    }

    fn function_name(&self, number: usize) -> &str {
        self.parsed.functions.get(number).map_or("", |function| self.text(&function.name))
    }

    fn slice(&self, range: &std::ops::Range<usize>) -> &[u8] {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// A name, of which bash allows more than text; nobody writes such.
    fn text(&self, range: &std::ops::Range<usize>) -> &str {
        std::str::from_utf8(self.slice(range)).unwrap_or_default()
    }

    /// The line of a byte, from one.
    pub fn line(&self, at: usize) -> usize {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or_default();
        before.iter().filter(|b| **b == b'\n').count() + 1
    }
}
