//! Changing a text in place.

use std::ops::Range;

use super::tiles::{Document, Kind, key};
use crate::model::{Comment, Statement, Vars};
use crate::report::Key;
use crate::syntax::Refusal;
use crate::vocab::Word;

/// What the lens must know of a language.
pub(in crate::syntax) trait Language {
    /// Takes a text apart.
    fn parse<'a>(&self, text: &'a [u8]) -> Document<'a>;
    /// A statement as a new line has it, without its comment.
    fn spell(&self, statement: &Statement) -> Result<String, Refusal>;
    /// The value of a statement as it stands behind the name, given what stands there now.
    fn value(&self, statement: &Statement, current: &[u8]) -> Result<String, Refusal>;
    /// A value with the words of `wanted`, and the blanks and line breaks that stand between those there now.
    fn laid_out(&self, wanted: &Word, current: &[u8]) -> Option<Word>;
    /// What may stand directly behind a value.
    fn ends_value(&self, byte: u8) -> bool;
    /// Whether a carriage return ends a line.
    fn carriage_returns(&self) -> bool;
}

/// Writes a model into a text.
pub(in crate::syntax) fn write(
    language: &dyn Language,
    text: &[u8],
    model: &Vars,
) -> Result<Vec<u8>, Refusal> {
    let lens = Lens { language, newline: lens_newline(language, text) };
    lens.check_comments(model)?;
    let out = if text.is_empty() {
        lens.create(model)?
    } else {
        let placed = lens.place(text, model)?;
        lens.annotate(&placed, model)?
    };
    let document = language.parse(&out);
    if text.is_empty() && document.vars() != unclassified(model) {
        return Err(Refusal::new(Key::file(), "the entries do not read back as they are"));
    }
    Ok(out)
}

/// The value of a text's statement of that number with other words, as [`Language::laid_out`] has it.
pub(in crate::syntax) fn laid_out(
    language: &dyn Language,
    text: &[u8],
    number: usize,
    wanted: &Word,
) -> Option<Word> {
    let document = language.parse(text);
    let (_, entry) = document.entries().nth(number)?;
    language.laid_out(wanted, document.slice(&entry.value))
}

/// The model as a reader sees it: nothing that is read is marked as secret.
fn unclassified(model: &Vars) -> Vars {
    let mut model = model.clone();
    for statement in &mut model.statements {
        let value = match statement {
            Statement::Assign(assign) => &mut assign.value,
            Statement::Source(source) => &mut source.path,
        };
        *value = Word::from_pieces(value.pieces().to_vec());
    }
    model
}

fn lens_newline(language: &dyn Language, text: &[u8]) -> &'static str {
    match text.iter().position(|b| *b == b'\n') {
        Some(at) if language.carriage_returns() && at > 0 && text.get(at - 1) == Some(&b'\r') => "\r\n",
        _ => "\n",
    }
}

pub(super) struct Lens<'l> {
    pub(super) language: &'l dyn Language,
    pub(super) newline: &'static str,
}

/// Replacements of a text, by place; those for the same place stay in the order they were made.
#[derive(Default)]
pub(super) struct Edits(pub(super) Vec<(Range<usize>, String)>);

impl Edits {
    pub(super) fn apply(mut self, text: &[u8], carriage_returns: bool) -> Vec<u8> {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out: Vec<u8> = Vec::with_capacity(text.len());
        let mut add = |part: &[u8]| {
            // Two newlines must not become one.
            if carriage_returns && out.last() == Some(&b'\r') && part.first() == Some(&b'\n') {
                out.push(b'\n');
            }
            out.extend_from_slice(part);
        };
        let mut at = 0;
        for (range, new) in self.0 {
            add(text.get(at..range.start).unwrap_or_default());
            add(new.as_bytes());
            at = range.end.max(at);
        }
        add(text.get(at..).unwrap_or_default());
        out
    }
}

impl Lens<'_> {
    fn check_comments(&self, model: &Vars) -> Result<(), Refusal> {
        let ends_line = |c| c == '\n' || c == '\r' && self.language.carriage_returns();
        let refusal = |key| Err(Refusal::new(key, "a line of a comment cannot hold a line break"));
        if model.header.iter().any(|line| line.contains(ends_line)) {
            return refusal(Key::file());
        }
        for statement in &model.statements {
            let comment = statement.comment();
            if comment.above.iter().chain(&comment.behind).any(|line| line.contains(ends_line)) {
                return refusal(key(statement));
            }
        }
        Ok(())
    }

    fn comment_lines(&self, lines: &[String], indent: &str) -> String {
        lines.iter().map(|line| format!("{indent}#{line}{}", self.newline)).collect()
    }

    /// A statement with its comment, as lines.
    pub(super) fn block(&self, statement: &Statement) -> Result<String, Refusal> {
        let comment = statement.comment();
        let mut out = self.comment_lines(&comment.above, "");
        out.push_str(&self.language.spell(statement)?);
        if let Some(behind) = &comment.behind {
            out.push_str(" #");
            out.push_str(behind);
        }
        out.push_str(self.newline);
        Ok(out)
    }

    fn create(&self, model: &Vars) -> Result<Vec<u8>, Refusal> {
        let mut out = self.comment_lines(&model.header, "");
        for (i, statement) in model.statements.iter().enumerate() {
            let apart = !statement.comment().above.is_empty() && i > 0;
            if apart || i == 0 && !model.header.is_empty() {
                out.push_str(self.newline);
            }
            out.push_str(&self.block(statement)?);
        }
        Ok(out.into_bytes())
    }

    /// Second pass: the comments that the model has and the text lacks. The statements are the same by now.
    fn annotate(&self, text: &[u8], model: &Vars) -> Result<Vec<u8>, Refusal> {
        let document = self.language.parse(text);
        if !self.agrees(&document, model) {
            let message = "the file cannot be changed in place: the change would be read as something else";
            return Err(Refusal::new(Key::file(), message));
        }
        let mut edits = Edits::default();
        if !model.header.is_empty() && model.header != document.header_text() {
            let lines = self.comment_lines(&model.header, "");
            match document.header() {
                Some(block) => edits.0.push((block.range, lines)),
                None => edits.0.push((0..0, lines + self.newline)),
            }
        }
        for ((tile, _), wanted) in document.entries().zip(&model.statements) {
            self.comment(&document, tile, wanted.comment(), &mut edits);
        }
        if edits.0.is_empty() {
            return Ok(text.to_vec());
        }
        let out = edits.apply(text, self.language.carriage_returns());
        let document = self.language.parse(&out);
        let within = |wanted: &Comment, is: &Comment| {
            (wanted.above.is_empty() || wanted.above == is.above)
                && (wanted.behind.is_none() || wanted.behind == is.behind)
        };
        let comments = |(i, wanted): (usize, &Statement)| within(wanted.comment(), &document.comment(i));
        if !self.agrees(&document, model)
            || !(model.header.is_empty() || model.header == document.header_text())
            || !document.entries().map(|(i, _)| i).zip(&model.statements).all(comments)
        {
            return Err(Refusal::new(Key::file(), "the comments cannot be put into the file in place"));
        }
        Ok(out)
    }

    fn agrees(&self, document: &Document<'_>, model: &Vars) -> bool {
        let mut entries = document.entries();
        model.statements.iter().all(|s| entries.next().is_some_and(|(_, e)| e.statement.same(s)))
            && entries.next().is_none()
    }

    fn comment(&self, document: &Document<'_>, tile: usize, wanted: &Comment, edits: &mut Edits) {
        let range = document.tiles.get(tile).map_or(0..0, |tile| tile.range.clone());
        let is = document.comment(tile);
        if !wanted.above.is_empty() && wanted.above != is.above {
            match document.above(tile) {
                // Somebody else's lines stand above the right ones: a blank line parts them.
                Some(block) if is.above.ends_with(&wanted.above) => {
                    let first = block.comments.get(is.above.len() - wanted.above.len());
                    let start = first.and_then(|i| document.line_start(*i)).unwrap_or(block.range.start);
                    edits.0.push((start..start, self.newline.to_owned()));
                }
                Some(block) => {
                    let indent = document.slice(&(block.range.end..range.start));
                    let lines = self.comment_lines(&wanted.above, &String::from_utf8_lossy(indent));
                    edits.0.push((block.range, lines));
                }
                None => {
                    let lines = self.comment_lines(&wanted.above, "");
                    edits.0.push((range.start..range.start, format!("{}{lines}", self.newline)));
                }
            }
        }
        if let Some(behind) = &wanted.behind
            && wanted.behind != is.behind
        {
            if let Some(old) = document.behind(tile).and_then(|i| document.tiles.get(i)) {
                edits.0.push((old.range.clone(), format!("#{behind}")));
            } else {
                // Blanks at the end of the line would become part of the comment.
                let blank = document.tiles.get(tile + 1).filter(|t| matches!(t.kind, Kind::Blank));
                let edit = match document.line_end(tile) {
                    Some(_) => (range.end..blank.map_or(range.end, |t| t.range.end), format!(" #{behind}")),
                    None => (range.end..range.end, format!(" #{behind}{}", self.newline)),
                };
                edits.0.push(edit);
            }
        }
    }
}
