//! What variables hold once a file, or several in order, were read: Portage's `varexpand`.

use std::collections::HashMap;

use crate::model::Vars;
use crate::vocab::Piece;

/// The longest value that is expanded; doubling references would fill the memory otherwise.
const LONGEST: usize = 1 << 16;

/// Values of variables after expansion.
///
/// A reference to something that no file here sets (the profile's `${LDFLAGS}`) stays as it is, so that a check
/// can see that it was carried on.
///
/// ```
/// use portage_config::file::Effective;
/// use portage_config::model::{Assign, Statement, Vars};
/// use portage_config::vocab::Word;
/// let assign = |name: &str, value: &str| {
///     let value = Word::parse(value).unwrap();
///     Statement::Assign(Assign { name: name.into(), value, ..Assign::default() })
/// };
/// let file = Vars {
///     statements: vec![assign("A", "-O2"), assign("B", "${A} ${C}"), assign("A", "${A} -g")],
///     ..Vars::default()
/// };
/// let effective = Effective::of([&file]);
/// assert_eq!(effective.get("A"), Some("-O2 -g"));
/// assert_eq!(effective.get("B"), Some("-O2 ${C}"));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Effective {
    values: HashMap<String, String>,
}

impl Effective {
    /// The values after these files, read in this order.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a Vars>) -> Self {
        let mut effective = Self::default();
        for file in files {
            effective.apply(file);
        }
        effective
    }

    /// Reads one file more.
    pub fn apply(&mut self, file: &Vars) {
        for assign in file.assigns() {
            let mut value = String::new();
            if assign.append {
                value.push_str(self.values.get(&assign.name).map_or("", String::as_str));
            }
            for piece in assign.value.pieces() {
                match piece {
                    Piece::Literal(text) => value.push_str(text),
                    Piece::Reference(name) => match self.values.get(name) {
                        Some(known) => value.push_str(known),
                        None => value.push_str(&format!("${{{name}}}")),
                    },
                }
                if value.len() > LONGEST {
                    break;
                }
            }
            self.values.insert(assign.name.clone(), value);
        }
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The words of a variable; none where it is not set.
    pub fn words(&self, name: &str) -> impl Iterator<Item = &str> + Clone {
        self.get(name).unwrap_or_default().split_whitespace()
    }

    /// Whether one of the words of a variable is this.
    pub fn has(&self, name: &str, word: &str) -> bool {
        self.words(name).any(|w| w == word)
    }

    /// Whether an incremental variable ends with a word switched on: `Some(false)` when it is switched off, `None`
    /// when nothing is said.
    pub fn switch(&self, name: &str, word: &str) -> Option<bool> {
        self.get(name)?.split_whitespace().rev().find_map(|w| switched(w, word))
    }
}

/// What `token` makes of `word`: `word` on, `-word` and `-*` off.
pub fn switched(token: &str, word: &str) -> Option<bool> {
    match token.strip_prefix('-') {
        Some(off) => (off == word || off == "*").then_some(false),
        None => (token == word).then_some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Assign, Statement};
    use crate::vocab::Word;

    #[test]
    fn doubling_references_stay_small() {
        let assign = |name: &str, value: &str| {
            let value = Word::parse(value).unwrap();
            Statement::Assign(Assign { name: name.into(), value, ..Assign::default() })
        };
        let mut statements = vec![assign("A", "xxxxxxxxxxxxxxxx")];
        statements.extend((0..64).map(|_| assign("A", "${A}${A}")));
        let effective = Effective::of([&Vars { statements, ..Vars::default() }]);
        assert!(effective.get("A").unwrap().len() < 4 * LONGEST);
    }

    #[test]
    fn the_last_word_holds() {
        assert_eq!(switched("-*", "lto"), Some(false));
        assert_eq!(switched("lto", "lto"), Some(true));
        assert_eq!(switched("-x", "lto"), None);
    }
}
