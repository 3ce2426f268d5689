//! Atoms: which packages a line speaks of.
//!
//! PMS 8.2.6 (package dependency specifications), ebuild(5) "Atoms", portage(5) for the extended forms that only
//! configuration files take. The parser gives the answers of Portage's `dep/__init__.py` (`Atom.__init__`,
//! `_get_atom_re`, `_get_atom_wildcard_re`), which is laxer than PMS in places.

mod dialect;
mod error;
mod matches;
mod parsed;
mod relation;
mod rest;
mod scan;
mod specificity;
#[cfg(test)]
mod tests;

pub use dialect::Dialect;
pub use error::{AtomError, AtomErrorKind, AtomPart};
pub use matches::Candidate;
pub use parsed::{Atom, Blocker};
pub use specificity::Specificity;
