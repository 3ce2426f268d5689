//! The language of make.conf(5), of the files below `env/` that package.env names, and of make.defaults.
//!
//! It looks like a shell's and is not: Portage takes words apart with Python's `shlex` and expands references in
//! what is left (lib/portage/util/__init__.py: `getconfig`, `varexpand`).
//!
//! ```text
//! file       = { statement | comment | blank | newline }
//! statement  = [ "export" ] NAME "=" word | "source" word
//! NAME       = word of letters, digits and "_", not starting with a digit
//! word       = { char | "'" any "'" | '"' any | '\"' | '\\' '"' | "\" any }, at least one of these
//! char       = letter | digit | one of ~ ! @ $ % * _ : ; ? , . / - + { }
//! comment    = "#" to the end of the line, anywhere outside quotes, even inside a word
//! ```
//!
//! Newlines mean nothing between words: `A=` takes the first word of the next line. Any other character outside
//! quotes, also `=` and every one beyond ASCII, is a word of its own. Quotes are taken off first, so `'$A'` is
//! expanded; in what is left `$NAME` and `${NAME}` are references, `\$` a dollar, `\\` a backslash, a newline a
//! blank. Quote characters that are part of the value count: between two `'` nothing is expanded.
//!
//! Not known: `+=`, arrays, conditions, commands, `$(…)`, `${NAME:-x}`, `.` for `source`.

mod chars;
mod codes;
mod document;
mod evaluate;
mod expand;
mod lex;
mod parse;
mod quote;

#[cfg(test)]
pub(super) mod strategies;
#[cfg(test)]
mod tests;

pub(crate) use codes::CODES;
pub(super) use document::laid_out;
pub use document::{Document, read, spans, write};
pub use evaluate::{At, LoadError, LoadErrorKind, Reading, assignments, evaluate};
pub use quote::quote;
