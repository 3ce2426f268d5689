//! How an array is written, and where more goes.

use std::ops::Range;

use super::Ebuild;
use super::parsed::{Assigned, Value};

/// How an item names a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Style {
    form: Form,
}

#[derive(Clone, Copy, Debug, Default)]
enum Form {
    /// `"${FILESDIR}"/a.patch`
    #[default]
    Folder,
    /// `"${FILESDIR}/a.patch"`
    Whole,
    /// `${FILESDIR}/a.patch`
    Bare,
}

impl Style {
    /// That of the last item.
    pub(super) fn of(ebuild: &Ebuild, assigned: &Assigned) -> Self {
        let Value::Array { items, .. } = &assigned.value else { return Self::default() };
        let word = items.last().map(|item| ebuild.slice(item)).unwrap_or_default();
        let form = match word {
            word if word.starts_with(b"\"${FILESDIR}/") => Form::Whole,
            word if word.starts_with(b"${FILESDIR}/") => Form::Bare,
            _ => Form::Folder,
        };
        Self { form }
    }

    /// Words for these names.
    pub(super) fn words(&self, names: &[&str]) -> Vec<String> {
        let word = |name: &&str| match self.form {
            Form::Folder => format!("\"${{FILESDIR}}\"/{name}"),
            Form::Whole => format!("\"${{FILESDIR}}/{name}\""),
            Form::Bare => format!("${{FILESDIR}}/{name}"),
        };
        names.iter().map(word).collect()
    }

    /// Words inside of quotes.
    pub(super) fn bare(names: &[&str]) -> Vec<String> {
        Self { form: Form::Bare }.words(names)
    }
}

/// Where more items of an array go, and how.
pub(super) fn insertion(
    text: &[u8],
    all: &Range<usize>,
    items: &[Range<usize>],
    style: &Style,
    names: &[&str],
) -> (usize, String) {
    let words = style.words(names);
    let close = all.end.saturating_sub(1);
    let begin = |at: usize| {
        let before = text.get(..at).unwrap_or_default();
        before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1)
    };
    let indent = |at: usize| {
        let lead = text.get(begin(at)..at).unwrap_or_default();
        let blank = lead.iter().all(|b| matches!(b, b' ' | b'\t'));
        blank.then(|| String::from_utf8_lossy(lead).into_owned())
    };
    let own = items.iter().rev().find_map(|item| indent(item.start));
    if begin(close) > all.start
        && let Some(outer) = indent(close)
    {
        let own = own.unwrap_or_else(|| format!("{outer}\t"));
        let lines = words.iter().map(|word| format!("{own}{word}\n")).collect();
        return (begin(close), lines);
    }
    let Some(last) = items.last() else { return (close, format!(" {} ", words.join(" "))) };
    match own.filter(|_| begin(last.start) > all.start) {
        Some(own) => (last.end, words.iter().map(|word| format!("\n{own}{word}")).collect()),
        None => (last.end, words.iter().map(|word| format!(" {word}")).collect()),
    }
}
