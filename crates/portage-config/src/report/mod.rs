//! Diagnostics: what is wrong, where, why, and what to write instead.
//!
//! A check speaks of a *path and a key* (`package.use/20-media`, `media-video/ffmpeg`, the word `x264`).
//! Positions in a text are attached where the text is known: the readers of [`crate::syntax`] and
//! [`crate::spec`] give them directly, [`Report::locate`] adds the rest at the end.

mod code;
mod place;

pub(crate) use code::codes;
pub use code::{Code, Severity};
pub use place::{Key, Origin, Source, SourceId, Sources, Span, Spot};

use crate::vocab::RelPath;

/// One finding.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The rule that was broken.
    pub code: &'static Code,
    /// The rule's own severity, or what `[check]` made of it.
    pub severity: Severity,
    /// Where.
    pub spot: Spot,
    /// A lower-case sentence fragment, with the word it is about in backquotes.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
    /// The chain of layers and includes that led here, outermost first (`site.toml:3`).
    pub layers: Vec<String>,
    /// Edits that repair it.
    pub fix: Vec<Fix>,
    /// What repairs it, where only one thing can be meant.
    pub mend: Option<Mend>,
}

/// What repairs a finding where only one thing can be meant: that a program may do without asking.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mend {
    /// The word that the finding is about is written so.
    Word(String),
    /// The entry has this name.
    Name(String),
    /// Statements, as of [`crate::edit`], about the file that the finding is about.
    Edit(Vec<String>),
    /// The file lies here, from the root.
    Path(RelPath),
}

/// A replacement of a piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Where.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Diagnostic {
    /// A finding with the severity of its code.
    pub fn new(code: &'static Code, spot: Spot, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            spot,
            message: message.into(),
            help: None,
            layers: Vec::new(),
            fix: Vec::new(),
            mend: None,
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All findings of a run, with the texts they point into.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The texts that spans point into.
    pub sources: Sources,
    /// The findings, in the order they were made.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// An empty report.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether any finding is at least this severe.
    pub fn has(&self, severity: Severity) -> bool {
        self.diagnostics.iter().any(|d| d.severity >= severity)
    }

    /// The number of findings of exactly this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == severity).count()
    }

    /// A sink for findings about one file of a tree.
    pub fn file<'a>(&'a mut self, path: &'a RelPath) -> Findings<'a> {
        Findings { report: self, path, text: None, source: None, shown: (0, 0) }
    }

    /// A sink for findings about one file of a tree whose bytes are at hand.
    pub fn text<'a>(&'a mut self, path: &'a RelPath, text: &'a [u8]) -> Findings<'a> {
        Findings { report: self, path, text: Some(text), source: None, shown: (0, 0) }
    }

    /// Attaches spans to the findings that have a path but no position.
    ///
    /// `find` is asked for the span of a key (and word) of a file: from the spec where the configuration came
    /// from a spec, from the file's own text where it came from a disk.
    pub fn locate(&mut self, mut find: impl FnMut(&Spot, &mut Sources) -> Option<Located>) {
        for diagnostic in &mut self.diagnostics {
            if diagnostic.spot.span.is_none()
                && let Some(found) = find(&diagnostic.spot, &mut self.sources)
            {
                diagnostic.spot.span = Some(found.span);
                if diagnostic.layers.is_empty() {
                    diagnostic.layers = found.layers;
                }
            }
        }
    }
}

/// The answer to [`Report::locate`].
#[derive(Clone, Debug)]
pub struct Located {
    /// Where the key stands.
    pub span: Span,
    /// Through which layers it came, outermost first.
    pub layers: Vec<String>,
}

/// A sink for the findings of one file: adds the path to each.
#[derive(Debug)]
pub struct Findings<'a> {
    report: &'a mut Report,
    path: &'a RelPath,
    text: Option<&'a [u8]>,
    source: Option<SourceId>,
    /// An offset into the bytes, and the same place in the text that is shown.
    shown: (usize, usize),
}

impl Findings<'_> {
    /// The file.
    pub fn path(&self) -> &RelPath {
        self.path
    }

    /// A finding about a key of the file; the position is attached later.
    pub fn at(&mut self, code: &'static Code, key: Key, message: impl Into<String>) -> &mut Diagnostic {
        let spot = Spot { path: Some(self.path.clone()), key, word: None, span: None };
        self.add(Diagnostic::new(code, spot, message))
    }

    /// A finding about a word inside an entry; the position is attached later.
    pub fn word(
        &mut self,
        code: &'static Code,
        key: Key,
        word: &str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let spot = Spot { path: Some(self.path.clone()), key, word: Some(word.to_owned()), span: None };
        self.add(Diagnostic::new(code, spot, message))
    }

    /// A finding about bytes `range` of the text the sink was made with.
    pub fn range(
        &mut self,
        code: &'static Code,
        key: Key,
        range: std::ops::Range<usize>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let span = self.text.map(|text| {
            let source = *self
                .source
                .get_or_insert_with(|| self.report.sources.add(self.path.as_str(), text, Origin::Tree));
            let mut shown = |at| {
                self.shown = shown(text, at, self.shown);
                self.shown.1
            };
            let start = shown(around(text, range.start).start);
            Span { source, start, end: shown(around(text, range.end).end).max(start) }
        });
        let spot = Spot { path: Some(self.path.clone()), key, word: None, span };
        self.add(Diagnostic::new(code, spot, message))
    }

    fn add(&mut self, diagnostic: Diagnostic) -> &mut Diagnostic {
        let at = self.report.diagnostics.len();
        self.report.diagnostics.push(diagnostic);
        #[expect(clippy::indexing_slicing, reason = "the line above put it there")]
        &mut self.report.diagnostics[at]
    }
}

/// The character, or what is shown as one, that an offset lies in the middle of; nothing but the offset elsewhere.
fn around(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let before = text.get(at.saturating_sub(3)..at).unwrap_or_default();
    let back = before.iter().rev().position(|byte| !(0x80..0xc0).contains(byte));
    let start = at - back.map_or(0, |back| back + 1);
    let chunk = text.get(start..text.len().min(start + 4)).unwrap_or_default().utf8_chunks().next();
    let length = chunk.map_or(0, |chunk| match chunk.valid().chars().next() {
        Some(first) => first.len_utf8(),
        None => chunk.invalid().len(),
    });
    if start + length > at { start..start + length } else { at..at }
}

/// An offset into bytes as an offset into the text that is shown, where bytes that are no UTF-8 are longer.
/// `from` is a pair that is known; findings come in reading order, so little lies between.
pub(crate) fn shown(text: &[u8], at: usize, from: (usize, usize)) -> (usize, usize) {
    let from = if from.0 <= at { from } else { (0, 0) };
    let between = text.get(from.0..at.min(text.len())).unwrap_or_default();
    let length = match std::str::from_utf8(between) {
        Ok(between) => between.len(),
        Err(_) => String::from_utf8_lossy(between).len(),
    };
    (at, from.1 + length)
}

impl Diagnostic {
    /// Sets what to write instead, in place.
    pub fn set_help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Sets what repairs it, in place.
    pub fn set_mend(&mut self, mend: Mend) -> &mut Self {
        self.mend = Some(mend);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: Code = Code::error("X001", "x", "It is.", "a test");

    #[test]
    fn a_span_points_into_the_text_that_is_shown() {
        let path = RelPath::parse("x").unwrap();
        let mut report = Report::new();
        let text = b"a\xff\xffb c\xff d";
        let mut findings = report.text(&path, text);
        for range in [3..4, 8..9, 0..1, 5..6] {
            findings.range(&CODE, Key::file(), range, "here");
        }
        let words: Vec<_> = report
            .diagnostics
            .iter()
            .map(|found| {
                let span = found.spot.span.unwrap();
                report.sources.get(span.source).unwrap().text.get(span.start..span.end).unwrap().to_owned()
            })
            .collect();
        assert_eq!(words, ["b", "d", "a", "c"]);
    }

    #[test]
    fn a_span_covers_whole_characters() {
        let path = RelPath::parse("x").unwrap();
        for (text, range, expected) in [
            ("aéb".as_bytes(), 2..4, "éb"),
            ("aéb".as_bytes(), 0..2, "aé"),
            ("é".as_bytes(), 1..1, "é"),
            (b"\xe2\x80x", 1..2, "\u{fffd}"),
            (b"\xe2\x80x", 2..3, "x"),
            (b"\xe9\x80\xa9\xa9y", 3..5, "\u{fffd}y"),
            (b"a\xd2\x9a\xd0z", 2..4, "\u{49a}\u{fffd}"),
            (b"\xf0\x9f\x98\x80", 3..4, "\u{1f600}"),
        ] {
            let mut report = Report::new();
            report.text(&path, text).range(&CODE, Key::file(), range, "here");
            let span = report.diagnostics[0].spot.span.unwrap();
            let source = report.sources.get(span.source).unwrap();
            assert_eq!(source.text.get(span.start..span.end), Some(expected), "{text:?}");
        }
    }
}
