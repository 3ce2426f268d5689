//! One TOML text as nodes with spans and comments.

use std::ops::Range;

use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};

use super::code;
use crate::model::Comment;
use crate::report::{Diagnostic, Report, SourceId, Span, Spot};

/// A table, keys in the order of the text.
pub(super) type Nodes = IndexMap<String, Node>;

/// A value with its place, and the comment that belongs to its key.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: NodeValue,
    pub span: Span,
    pub key_span: Span,
    pub comment: Comment,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum NodeValue {
    String(String),
    /// The number, and the base it was written in.
    Integer(i64, u32),
    Float(f64),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Nodes),
}

impl Node {
    pub(super) fn table(&self) -> Option<&Nodes> {
        match &self.value {
            NodeValue::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub(super) fn type_name(&self) -> &'static str {
        match &self.value {
            NodeValue::String(_) => "a string",
            NodeValue::Integer(..) => "an integer",
            NodeValue::Float(_) => "a float",
            NodeValue::Boolean(_) => "a boolean",
            NodeValue::Datetime(_) => "a date",
            NodeValue::Array(_) => "a list",
            NodeValue::Table(_) => "a table",
        }
    }
}

/// A finding at a place of a spec.
pub(super) fn at<'r>(
    report: &'r mut Report,
    code: &'static crate::report::Code,
    span: Span,
    message: impl Into<String>,
) -> &'r mut Diagnostic {
    report.push(Diagnostic::new(code, Spot { span: Some(span), ..Spot::default() }, message));
    let last = report.diagnostics.len() - 1;
    #[expect(clippy::indexing_slicing, reason = "the line above put it there")]
    &mut report.diagnostics[last]
}

/// Reads a text. Every syntax error is reported; with one, there is no answer.
pub(super) fn parse(text: &str, source: SourceId, report: &mut Report) -> Option<Nodes> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let range = error.span().unwrap_or(0..0);
        // Very long lines make very long messages; the place says the rest.
        let message = error.message();
        let help = if message.starts_with("duplicate key") {
            Some(
                "say it once; a file that needs an atom or a variable twice is said as `[file.\"PATH\"]` with `text`",
            )
        } else if message.starts_with("string values must be quoted") {
            Some("write the value in quotes: `\"…\"`, or `'…'` for the characters themselves")
        } else if message.starts_with("invalid basic string") {
            Some("a string ends on its line; one of several lines stands between `'''`")
        } else if message.starts_with("invalid unquoted key") {
            Some("a name with other characters stands in quotes: `\"app-editors/vim\"`")
        } else if message.starts_with("key with no value") {
            Some("write `NAME = VALUE`; what is said by its name alone has the value `true`")
        } else {
            None
        };
        at(report, &code::S001, Span { source, start: range.start, end: range.end }, message).help =
            help.map(str::to_owned);
    }
    if !errors.is_empty() {
        return None;
    }
    let document = document.into_inner();
    let mut lines = Lines::new(text);
    lines.mark(&document);
    Some(Reader { source, lines }.table(document, false, report))
}

/// The lines of a text, and which of them lie inside a value that spans several.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    inside: Vec<bool>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let starts: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let inside = vec![false; starts.len()];
        Self { text, starts, inside }
    }

    fn number(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn line(&self, number: usize) -> &'t str {
        let start = self.starts.get(number).copied().unwrap_or(self.text.len());
        let end = self.starts.get(number + 1).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    fn mark(&mut self, table: &DeTable<'_>) {
        for (_, value) in table {
            match value.get_ref() {
                DeValue::Table(inner) if !self.is_inline(&value.span()) => self.mark(inner),
                DeValue::Array(items) if self.text.get(value.span()).is_some_and(|t| t.starts_with("[[")) => {
                    for item in items {
                        if let DeValue::Table(inner) = item.get_ref() {
                            self.mark(inner);
                        }
                    }
                }
                _ => {
                    let first = self.number(value.span().start);
                    let last = self.number(value.span().end.saturating_sub(1).max(value.span().start));
                    for inside in self.inside.iter_mut().take(last + 1).skip(first + 1) {
                        *inside = true;
                    }
                }
            }
        }
    }

    fn is_inline(&self, span: &Range<usize>) -> bool {
        self.text.get(span.clone()).is_some_and(|text| text.starts_with('{'))
    }

    /// The comment that belongs to a key at `key` whose value (or header) ends at `end`.
    fn comment(&self, key: usize, end: usize) -> Comment {
        let first = self.number(key);
        let mut above: Vec<String> = Vec::new();
        for number in (0..first).rev() {
            let line = self.line(number).trim_start();
            match line.strip_prefix('#') {
                Some(text) if !self.inside.get(number).copied().unwrap_or(false) => {
                    above.push(text.trim_end().to_owned());
                }
                _ => break,
            }
        }
        above.reverse();
        let number = self.number(end.saturating_sub(1).max(key));
        let line_end = self.starts.get(number).copied().unwrap_or(0) + self.line(number).len();
        let behind = self
            .text
            .get(end..line_end)
            .map(str::trim)
            .and_then(|rest| rest.strip_prefix('#'))
            .map(|text| text.trim_end().to_owned());
        Comment { above, behind }
    }
}

struct Reader<'t> {
    source: SourceId,
    lines: Lines<'t>,
}

impl Reader<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span { source: self.source, start: range.start, end: range.end }
    }

    fn table(&self, table: DeTable<'_>, inline: bool, report: &mut Report) -> Nodes {
        let mut nodes = Nodes::with_capacity(table.len());
        for (key, value) in table {
            let (key_range, range) = (key.span(), value.span());
            let is_header = range.start < key_range.start && range.end >= key_range.end;
            let implicit = range == key_range;
            let comment = if inline || (implicit && matches!(value.get_ref(), DeValue::Table(_))) {
                Comment::default()
            } else {
                let start = if is_header { range.start } else { key_range.start };
                self.lines.comment(start, range.end)
            };
            let node = Node {
                span: self.span(range.clone()),
                key_span: self.span(key_range),
                comment,
                value: self.value(value.into_inner(), range, inline, report),
            };
            nodes.insert(key.into_inner().into_owned(), node);
        }
        nodes
    }

    fn value(&self, value: DeValue<'_>, range: Range<usize>, inline: bool, report: &mut Report) -> NodeValue {
        match value {
            DeValue::String(text) => NodeValue::String(text.into_owned()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(value) => NodeValue::Integer(value, number.radix()),
                Err(_) => {
                    at(report, &code::S008, self.span(range), "the number is too large");
                    NodeValue::Integer(0, 10)
                }
            },
            DeValue::Float(number) => NodeValue::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(value) => NodeValue::Boolean(value),
            DeValue::Datetime(value) => NodeValue::Datetime(value.to_string()),
            DeValue::Array(items) => NodeValue::Array(
                items
                    .into_iter()
                    .map(|item| {
                        let range = item.span();
                        Node {
                            span: self.span(range.clone()),
                            key_span: self.span(range.clone()),
                            comment: Comment::default(),
                            value: self.value(item.into_inner(), range, true, report),
                        }
                    })
                    .collect(),
            ),
            DeValue::Table(table) => {
                let inline = inline || self.lines.is_inline(&range);
                NodeValue::Table(self.table(table, inline, report))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Origin;

    fn read(text: &str) -> Nodes {
        let mut report = Report::new();
        let source = report.sources.add("x", text.as_bytes(), Origin::Spec);
        parse(text, source, &mut report).unwrap()
    }

    #[test]
    fn comments_belong_to_the_key_below_and_the_value_before() {
        let nodes = read(
            "# of the file\n\n# head\n[a] # behind head\n# one\n# two\nb.c = 1 # behind\n\n# lost\n\nd = '''\n# text'''\ne = [\n# in\n]\n\
             f = { g = 1 } # inline\n",
        );
        let a = &nodes["a"];
        assert_eq!(a.comment.above, [" head"]);
        assert_eq!(a.comment.behind.as_deref(), Some(" behind head"));
        let table = a.table().unwrap();
        assert!(table["b"].comment.is_empty());
        let c = &table["b"].table().unwrap()["c"];
        assert_eq!(c.comment.above, [" one", " two"]);
        assert_eq!(c.comment.behind.as_deref(), Some(" behind"));
        assert!(table["d"].comment.is_empty());
        assert!(table["e"].comment.is_empty());
        assert!(table["f"].comment.behind.is_some());
        assert!(table["f"].table().unwrap()["g"].comment.is_empty());
    }

    #[test]
    fn every_syntax_error_is_reported() {
        let mut report = Report::new();
        let text = "a = \nb = 'x\nc = 1\n";
        let source = report.sources.add("x", text.as_bytes(), Origin::Spec);
        assert!(parse(text, source, &mut report).is_none());
        assert_eq!(report.diagnostics.len(), 2);
    }
}
