//! Lines of words: `package.*`, `profile/*`, sets, license_groups, mirrors.
//!
//! Portage takes these files apart with Python's `str.split()`: any Unicode blank separates words, there are no
//! quotes and no continuation lines, and a word that *starts* with `#` ends the line. A file of rules
//! (`grabdict`, `grabdict_package` in `lib/portage/util/__init__.py`) has a key and words on a line; a file of
//! items (`grabfile`, `grabfile_package`, or `ItemFileLoader` in `lib/portage/env/loaders.py`) one item.
//!
//! ```text
//! file  = { [ entry ] [ comment ] newline }
//! entry = key { word | GROUP ":" }      rules; words behind `GROUP:` are flags of that USE_EXPAND variable
//!       | item                          items: one word, or all words of the line joined by a blank (`grabfile`)
//! word  = characters that are no Unicode blank; the first one is no "#"
//! comment = "#" to the end of the line, at the start of a word
//! ```
//!
//! A newline is any of LF, CR LF and CR, as in Python's universal newlines. Which atoms and words a file takes is said
//! by its kind ([`crate::file::RulesDialect`], [`crate::file::ItemsDialect`]).

mod atom;
mod codes;
mod items;
mod rules;
mod settings;
mod vet;

pub(crate) use codes::CODES;
pub use items::{item_spans, read_items, write_items};
pub use rules::{read_rules, rule_spans, write_rules};

use std::ops::Range;

use super::Refusal;
use super::tiles::{Newlines, is_blank, part, words};
use crate::report::Key;

/// What git and diff3 leave in a file that was not merged.
const CONFLICT: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// Refuses what would not be read as one word.
fn one_word(key: &dyn Fn() -> Key, what: &str, word: &str) -> Result<(), Refusal> {
    let message = if word.is_empty() {
        format!("{what} is empty")
    } else if word.contains(is_blank) {
        format!("{what} `{}` has a blank in it", word.escape_debug())
    } else if word.starts_with('#') {
        format!("{what} `{word}` would be read as a comment")
    } else {
        return Ok(());
    };
    Err(Refusal::new(key(), message))
}

/// The words of a line that stand before its comment, and where the comment begins.
fn before_comment(text: &[u8], line: Range<usize>) -> (Vec<Range<usize>>, Option<usize>) {
    let mut found = words(part(text, line.clone()), line.start);
    let at = found.iter().position(|word| text.get(word.start) == Some(&b'#'));
    let comment = at.and_then(|at| found.get(at)).map(|word| word.start);
    found.truncate(at.unwrap_or(found.len()));
    (found, comment)
}

/// The lines that say something, each with its number from 1 and the words before its comment: what Portage's `grabfile`
/// and `grabdict` go through.
pub(crate) fn said(text: &[u8]) -> Vec<(u32, Vec<Box<str>>)> {
    let mut lines = Vec::new();
    for (line, number) in super::tiles::lines(text, Newlines::Universal).zip(1..) {
        let (found, _) = before_comment(text, line.start..line.end);
        if !found.is_empty() {
            let word = |range| String::from_utf8_lossy(part(text, range)).into();
            lines.push((number, found.into_iter().map(word).collect()));
        }
    }
    lines
}

#[cfg(test)]
mod tests;
