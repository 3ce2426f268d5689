//! Edits of an ebuild's text.

use std::ops::Range;

use super::array::{Style, insertion};
use super::parsed::{Assigned, Value};
use super::{Ebuild, Problem, expand};

/// Why an ebuild is not edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
#[non_exhaustive]
pub struct EditError {
    /// The line it is about, from one.
    pub line: usize,
    /// Why.
    pub kind: EditErrorKind,
}

/// What stands against an edit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditErrorKind {
    /// The text cannot be read to its end.
    #[error("{0}")]
    Unreadable(&'static str),
    /// `src_prepare` does not look at it.
    #[error(
        "`src_prepare` calls neither `default` nor `eapply \"${{PATCHES[@]}}\"`, so PATCHES has no effect"
    )]
    NotApplied,
    /// Before EAPI 6 nothing applies it by itself.
    #[error("EAPI {0} does not apply PATCHES, and no assignment shows that an eclass does")]
    OldEapi(String),
    /// A function sets it anew, and it is not known when.
    #[error("`{0}` sets PATCHES anew, and only bash can tell whether that is done")]
    Overwritten(String),
    /// It is taken back.
    #[error("`unset PATCHES` takes back what was said before")]
    Unset,
    /// An array and a word.
    #[error("PATCHES is one word here and an array elsewhere")]
    Mixed,
    /// A name that has to be quoted.
    #[error("`{0}` is no name for a patch: letters, digits and `._+-` make one")]
    Name(String),
    /// No keyword.
    #[error("`{0}` is no keyword for an ebuild: `amd64`, `~amd64`, `-amd64` or `-*`")]
    Keyword(String),
}

impl Ebuild {
    /// The text with more patches, which lie in `files/`, behind those that are there.
    ///
    /// * A `PATCHES` that is always assigned, and is the last one, is added to in its own style: behind its last item, or
    ///   on lines of their own.
    /// * Where the last one stands in a condition, `PATCHES+=( … )` is put behind that condition.
    /// * Where only functions add to it, or nobody does, a new array is put before the first function.
    /// * Where `src_prepare` sets it anew, always, what is said outside is lost: the array in it is added to.
    ///
    /// # Errors
    /// When that would have no effect, or it is not known which: see [`EditErrorKind`].
    pub fn add_patches(&self, names: &[&str]) -> Result<Vec<u8>, EditError> {
        self.readable()?;
        for name in names {
            let is = |b: u8| b.is_ascii_alphanumeric() || b"._+-".contains(&b);
            if !name.bytes().all(is) || name.is_empty() || name.starts_with(['.', '-']) {
                return Err(self.error(0, EditErrorKind::Name((*name).to_owned())));
            }
        }
        let outside = self.outside();
        let prepare = self.prepare();
        if !prepare.patches {
            return Err(match self.eapi_number().is_some_and(|eapi| eapi < 6) {
                true => self.error(0, EditErrorKind::OldEapi(self.eapi().to_owned())),
                false => EditError { line: prepare.line.unwrap_or(1), kind: EditErrorKind::NotApplied },
            });
        }
        if names.is_empty() {
            return Ok(self.text.clone());
        }
        let last = match self.overwriting().as_slice() {
            [] => outside.last().copied(),
            [one] if !one.nested && self.is_of(one, &["src_prepare", "python_prepare_all"]) => Some(*one),
            [one, ..] => {
                let name = self.function_name(one.function.unwrap_or_default()).to_owned();
                return Err(self.error(one.all.start, EditErrorKind::Overwritten(name)));
            }
        };
        if let Some(at) = self.unsets_patches(last.map_or(0, |last| last.all.start)) {
            return Err(self.error(at, EditErrorKind::Unset));
        }
        let Some(last) = last else { return Ok(self.new_array(names)) };
        let arrays = outside.iter().filter(|one| Self::is_array(one)).count();
        if arrays > 0 && arrays < outside.len() {
            return Err(self.error(last.all.start, EditErrorKind::Mixed));
        }
        let style = Style::of(self, last);
        match (&last.value, last.nested) {
            (Value::Array { all, items }, false) => {
                let (at, text) = insertion(&self.text, all, items, &style, names);
                Ok(self.replaced(at..at, text.as_bytes()))
            }
            (Value::Array { .. }, true) => {
                let text = format!("PATCHES+=( {} )\n", style.words(names).join(" "));
                Ok(self.line_behind(last.all.end, &text))
            }
            (Value::Word(word), false) if self.slice(word).ends_with(b"\"") && word.len() > 2 => {
                let at = word.end - 1;
                Ok(self.replaced(at..at, format!(" {}", Style::bare(names).join(" ")).as_bytes()))
            }
            (Value::Word(_), _) => {
                let text = format!("PATCHES+=\" {}\"\n", Style::bare(names).join(" "));
                Ok(self.line_behind(last.all.end, &text))
            }
        }
    }

    /// The text with other keywords: in the last assignment, where that is always made; on a line behind it, where it
    /// stands in a condition; behind `SLOT`, where there is none.
    ///
    /// # Errors
    /// When a word is no keyword, or the text cannot be read.
    pub fn set_keywords(&self, keywords: &str) -> Result<Vec<u8>, EditError> {
        self.readable()?;
        for word in keywords.split_ascii_whitespace() {
            let arch = word.strip_prefix(['~', '-']).unwrap_or(word);
            let is = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
            let known = arch.bytes().all(is) && !arch.is_empty() && !arch.starts_with('-');
            if !known && word != "-*" {
                return Err(self.error(0, EditErrorKind::Keyword(word.to_owned())));
            }
        }
        let line = format!("KEYWORDS=\"{keywords}\"\n");
        let last = self.assigned("KEYWORDS").filter(|one| one.function.is_none()).last();
        Ok(match last {
            None => {
                let slot = self.assigned("SLOT").filter(|one| one.function.is_none()).last();
                let at = slot.map_or_else(|| self.before_functions(), |slot| slot.all.end);
                self.line_behind(at, &line)
            }
            Some(Assigned { value: Value::Word(word), append: false, nested: false, .. }) => {
                let said = expand::plain(self.slice(word));
                if said.is_some_and(|said| said == keywords) {
                    return Ok(self.text.clone());
                }
                self.replaced(word.clone(), format!("\"{keywords}\"").as_bytes())
            }
            Some(last) => self.line_behind(last.all.end, &line),
        })
    }

    /// The text without what `KEYWORDS` is, which changes without the ebuild being another one.
    pub(crate) fn without_keywords(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.text.len());
        let mut at = 0;
        for one in self.assigned("KEYWORDS") {
            if let Value::Word(word) = &one.value {
                out.extend_from_slice(self.slice(&(at..word.start)));
                at = word.end;
            }
        }
        out.extend_from_slice(self.slice(&(at..self.text.len())));
        out
    }

    fn readable(&self) -> Result<(), EditError> {
        match self.problem() {
            Some(Problem { at, what }) => Err(self.error(at, EditErrorKind::Unreadable(what))),
            None => Ok(()),
        }
    }

    fn error(&self, at: usize, kind: EditErrorKind) -> EditError {
        EditError { line: self.line(at), kind }
    }

    fn is_of(&self, assigned: &Assigned, names: &[&str]) -> bool {
        assigned.function.is_some_and(|number| names.contains(&self.function_name(number)))
    }

    /// A `PATCHES` of its own, before the functions.
    fn new_array(&self, names: &[&str]) -> Vec<u8> {
        let words = Style::default().words(names);
        let lines: String = words.iter().map(|word| format!("\t{word}\n")).collect();
        // Functions may have added to it.
        self.line_behind(self.before_functions(), &format!("\nPATCHES=(\n{lines})\n"))
    }

    /// The end of the last thing that is said outside of functions before the first of them.
    fn before_functions(&self) -> usize {
        let first = self.parsed.functions.first().map_or(self.text.len(), |function| function.all.start);
        let assigned =
            self.parsed.assigned.iter().filter(|one| one.function.is_none()).map(|one| one.all.end);
        let called = self.parsed.called.iter().filter(|one| one.function.is_none());
        let words = called
            .filter_map(|one| self.parsed.words.get(one.words.end.checked_sub(1)?))
            .map(|word| word.end);
        assigned.chain(words).filter(|end| *end <= first).max().unwrap_or_default()
    }

    /// A line of its own, at the next place at the top level.
    fn line_behind(&self, at: usize, line: &str) -> Vec<u8> {
        let next = self.parsed.lines.partition_point(|start| *start < at);
        match self.parsed.lines.get(next) {
            Some(start) => {
                // `lines` begins with the first line, which nothing stands before.
                let gap = if *start > 0 && self.text.get(start - 1) != Some(&b'\n') { "\n" } else { "" };
                self.replaced(*start..*start, format!("{gap}{line}").as_bytes())
            }
            None => {
                let gap = if self.text.last().is_none_or(|b| *b == b'\n') { "" } else { "\n" };
                self.replaced(self.text.len()..self.text.len(), format!("{gap}{line}").as_bytes())
            }
        }
    }

    fn replaced(&self, range: Range<usize>, text: &[u8]) -> Vec<u8> {
        let before = self.text.get(..range.start).unwrap_or_default();
        let after = self.text.get(range.end..).unwrap_or_default();
        [before, text, after].concat()
    }
}
