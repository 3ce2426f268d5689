//! Atoms at the start of a line.

use std::ops::Range;

use crate::vocab::{Atom, Dialect};

/// Why a word is no atom.
pub(super) struct BadAtom {
    /// The bytes of the word that are at fault.
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Whether Portage accepts `key` as an atom in files of this family.
pub(super) fn check_key(key: &str, dialect: Dialect) -> Result<(), BadAtom> {
    if Atom::is_valid(key, dialect) {
        return Ok(());
    }
    match Atom::parse(key, dialect) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(BadAtom { span: error.span.clone(), message: error.to_string(), help: error.help() })
        }
    }
}

/// Category and package of an item, whatever stands around them.
pub(super) fn package_of(item: &str, dialect: Dialect) -> String {
    match Atom::parse(item.trim_start_matches(['-', '*']), dialect) {
        Ok(atom) => atom.cpn().to_owned(),
        Err(_) => item.to_owned(),
    }
}
