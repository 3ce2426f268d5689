//! The lines of some files: which atom, which words, where.

use std::ops::Range;

use crate::diff::walk::Text;
use crate::file::{Grammar, Kind, switched};
use crate::model::Model;
use crate::report::{Code, Diagnostic, Key, Report};
use crate::syntax;
use crate::vocab::{Atom, UseToken};

/// A line.
#[derive(Clone, Debug)]
pub(super) struct Line<'t> {
    pub(super) file: &'t Text,
    pub(super) range: Range<usize>,
    /// The atom, or the item.
    pub(super) key: String,
    /// The words; flags of a group with their whole names.
    pub(super) words: Vec<String>,
}

/// The lines of files, in reading order.
pub(super) fn lines<'t>(kind: &Kind, files: &'t [Text]) -> Vec<Line<'t>> {
    let mut all = Vec::new();
    for file in files {
        for (key, range) in syntax::spans(&kind.grammar, &file.bytes) {
            let text = file.bytes.get(range.clone()).unwrap_or_default();
            let model = syntax::read(&kind.grammar, text, &mut Report::new().file(&file.path));
            let mut words = Vec::new();
            if let Model::Rules(rules) = model {
                for rule in rules.rules {
                    let group = rule.group.as_deref();
                    words.extend(rule.words.iter().map(|word| full_name(kind, group, word)));
                }
            }
            let key = key.0.into_iter().next().unwrap_or_default();
            all.push(Line { file, range, key, words });
        }
    }
    all
}

/// A word with the name of its group in front.
pub(super) fn full_name(kind: &Kind, group: Option<&str>, word: &str) -> String {
    let is_use =
        matches!(kind.grammar, Grammar::Rules(dialect) if dialect.groups != crate::file::Groups::None);
    let kept = || UseToken::lenient(word).kept(group);
    if is_use { kept().unwrap_or_else(|| word.to_owned()) } else { word.to_owned() }
}

/// What `word` makes of a flag: on, off, or nothing.
pub(super) fn says(word: &str, flag: &str) -> Option<bool> {
    let (rest, on) = match word.strip_prefix('-') {
        Some(rest) => (rest, false),
        None => (word, true),
    };
    let is_of_prefix =
        rest.strip_suffix('*').is_some_and(|prefix| prefix.ends_with('_') && flag.starts_with(prefix));
    if is_of_prefix { Some(on) } else { switched(word, flag) }
}

/// A word as the flag and what it makes of it; `None` for those that are about several.
pub(super) fn flag(word: &str) -> Option<(&str, bool)> {
    let (flag, on) = match word.strip_prefix('-') {
        Some(flag) => (flag, false),
        None => (word, true),
    };
    (!flag.contains('*') && !flag.is_empty()).then_some((flag, on))
}

impl Line<'_> {
    /// The last word on a flag.
    pub(super) fn last(&self, flag: &str) -> Option<(&str, bool)> {
        self.words.iter().rev().find_map(|word| Some((word.as_str(), says(word, flag)?)))
    }

    /// Its atom.
    pub(super) fn atom(&self, kind: &Kind) -> Option<Atom> {
        let dialect = match kind.grammar {
            Grammar::Rules(dialect) => dialect.atoms,
            Grammar::Items(dialect) => match dialect.words {
                crate::file::ItemWords::Atoms(dialect) => Some(dialect),
                _ => None,
            },
            _ => None,
        };
        Atom::parse(&self.key, dialect?).ok()
    }

    /// A finding at this line; the last place of the word in it, where it stands there as it is.
    pub(super) fn report<'r>(
        &self,
        report: &'r mut Report,
        code: &'static Code,
        word: Option<&str>,
        message: String,
    ) -> &'r mut Diagnostic {
        let text = self.file.bytes.get(self.range.clone()).unwrap_or_default();
        let place = word.and_then(|word| place(text, word));
        let range = match place {
            Some(place) => self.range.start + place.start..self.range.start + place.end,
            None => self.range.clone(),
        };
        let sources = std::mem::take(&mut report.sources);
        let mut one = Report { sources, ..Report::new() };
        one.text(&self.file.path, &self.file.bytes).range(code, Key::of(self.key.as_str()), range, message);
        report.sources = one.sources;
        report.diagnostics.extend(one.diagnostics);
        let last = report.diagnostics.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the line above put it there")]
        &mut report.diagnostics[last]
    }
}

/// The last place of a word in a line; of a flag of a group that of its own name.
fn place(text: &[u8], word: &str) -> Option<Range<usize>> {
    let sign = if word.starts_with('-') { "-" } else { "" };
    let names = word.match_indices('_').filter_map(|(at, _)| Some(format!("{sign}{}", word.get(at + 1..)?)));
    std::iter::once(word.to_owned()).chain(names).find_map(|name| place_of(text, &name))
}

fn place_of(text: &[u8], word: &str) -> Option<Range<usize>> {
    let is_blank = |at: usize| text.get(at).is_none_or(u8::is_ascii_whitespace);
    (0..text.len()).rev().find_map(|start| {
        let end = start + word.len();
        let is_word = text.get(start..end) == Some(word.as_bytes());
        let alone = is_blank(end) && start.checked_sub(1).is_none_or(is_blank);
        (is_word && alone).then_some(start..end)
    })
}
