//! Files of variables that a shell sources: dracut.conf(5), `conf.d/`, `default/grub`, environments of services.
//!
//! ```text
//! file       = { line }
//! line       = [ assignment ] [ comment ] newline
//! assignment = [ "export" ] NAME ( "=" | "+=" ) value [ ";" ]
//! value      = { char | "\" any | "'" any "'" | '"' any | '\"' | '\$' | '\\' | '\`' '"' | "$NAME" | "${NAME}" }
//! comment    = "#" to the end of the line, at the start of a word
//! ```
//!
//! Several assignments stand on one line only with `;` between them. Everything else is a command to a shell, and
//! unknown here: kept byte for byte, and reported, since these files are run as root. That is also so for arrays,
//! `$(…)`, `` `…` ``, `$'…'`, `${NAME:-x}`, `$1`, tildes that a shell would expand, and conditions, which are
//! unknown up to their `fi`: what is set inside is set sometimes only. Where it is not certain how far a command
//! reaches, it reaches to the end of the file.

mod codes;
mod document;
mod parse;
mod quote;
mod skip;

#[cfg(test)]
mod tests;

pub(crate) use codes::CODES;
pub(super) use document::laid_out;
pub use document::{Document, read, spans, write};
pub use quote::quote;
