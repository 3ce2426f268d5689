//! From a text to its model, with places.

use std::ops::Range;

use toml_edit::{Document, Item, Value};

use super::{P121, P122, P123};
use crate::model::{Comment, Entry, Table, TomlValue};
use crate::report::{Findings, Key};

/// A parsed text.
pub(super) struct Doc<'t> {
    pub(super) text: &'t str,
    document: Document<&'t str>,
    /// Headers and `key = value`, in order of place.
    statements: Vec<Statement>,
}

/// A header or a key with its value.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// Its own bytes.
    pub(super) body: Range<usize>,
    /// Its lines, with the last line's end.
    pub(super) line: Range<usize>,
    pub(super) header: bool,
    path: Vec<String>,
}

pub(super) fn read(text: &[u8], findings: &mut Findings<'_>) -> Table {
    let words = match std::str::from_utf8(text) {
        Ok(words) => words,
        Err(error) => {
            let at = error.valid_up_to();
            let end = at + error.error_len().unwrap_or(1);
            findings
                .range(&P121, Key::file(), at..end, "the file is no UTF-8")
                .set_help("save the file as UTF-8");
            return Table::default();
        }
    };
    let Some(doc) = Doc::parse(text) else {
        let (_, mut errors) = toml::de::DeTable::parse_recoverable(words);
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        if errors.is_empty() {
            findings.range(&P121, Key::file(), 0..0, "the file is no TOML");
        }
        for error in errors {
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            findings.range(&P121, Key::file(), error.span().unwrap_or(0..0), message);
        }
        return Table::default();
    };
    if words.starts_with('\u{feff}') {
        findings
            .range(&P123, Key::file(), 0..3, "the file begins with a byte order mark")
            .set_help("save the file as UTF-8 without signature");
    }
    let mut newer = Vec::new();
    doc.walk(doc.root(), &mut Vec::new(), &mut |path, item| {
        if let Item::Value(value) = item {
            newer_than_1_0(words, value, &mut |range, what| newer.push((Key(path.to_vec()), range, what)));
        }
    });
    for (key, range, what) in newer {
        findings
            .range(
                &P122,
                key,
                range,
                format!("{what} is TOML 1.1, which the reader of this file does not know"),
            )
            .set_help("write it as TOML 1.0");
    }
    doc.model()
}

impl<'t> Doc<'t> {
    pub(super) fn parse(text: &'t [u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let document = Document::parse(text).ok()?;
        let mut doc = Self { text, document, statements: Vec::new() };
        let mut all = Vec::new();
        doc.walk_statements(doc.root(), &mut Vec::new(), &mut all);
        all.sort_by_key(|s| s.body.start);
        doc.statements = all;
        Some(doc)
    }

    pub(super) fn root(&self) -> &toml_edit::Table {
        self.document.as_table()
    }

    fn walk(
        &self,
        table: &toml_edit::Table,
        path: &mut Vec<String>,
        visit: &mut impl FnMut(&[String], &Item),
    ) {
        for (key, item) in table {
            path.push(key.to_owned());
            visit(path, item);
            match item {
                Item::Table(table) => self.walk(table, path, visit),
                Item::ArrayOfTables(tables) => tables.iter().for_each(|table| self.walk(table, path, visit)),
                _ => {}
            }
            path.pop();
        }
    }

    fn walk_statements(&self, table: &toml_edit::Table, path: &mut Vec<String>, all: &mut Vec<Statement>) {
        if !path.is_empty()
            && !table.is_implicit()
            && let Some(body) = table.span()
        {
            all.push(self.statement(body, true, path));
        }
        for (name, item) in table {
            path.push(name.to_owned());
            match item {
                Item::Table(table) => self.walk_statements(table, path, all),
                Item::ArrayOfTables(tables) => {
                    tables.iter().for_each(|table| self.walk_statements(table, path, all));
                }
                Item::Value(value) => {
                    if let Some(body) = self.body(table, name, value) {
                        all.push(self.statement(body, false, path));
                    }
                }
                Item::None => {}
            }
            path.pop();
        }
    }

    /// The bytes of a key and its value. Of a dotted key, from its last part.
    fn body(&self, table: &toml_edit::Table, name: &str, value: &Value) -> Option<Range<usize>> {
        Some(table.key(name)?.span()?.start..value.span()?.end)
    }

    fn statement(&self, body: Range<usize>, header: bool, path: &[String]) -> Statement {
        let before = self.text.get(..body.start).unwrap_or_default();
        let after = self.text.get(body.end..).unwrap_or_default();
        let mut start = before.rfind('\n').map_or(0, |at| at + 1);
        if start == 0 && self.text.starts_with('\u{feff}') {
            start = 3;
        }
        let end = after.find('\n').map_or(self.text.len(), |at| body.end + at + 1);
        Statement { body, line: start..end, header, path: path.to_vec() }
    }

    /// The statement of a key of a table, if its value stands there itself.
    pub(super) fn leaf(&self, table: &toml_edit::Table, name: &str) -> Option<&Statement> {
        let value = table.get(name)?.as_value()?;
        self.at(self.body(table, name, value)?.start)
    }

    /// The header of a table, if it has one.
    pub(super) fn header_of(&self, table: &toml_edit::Table) -> Option<&Statement> {
        if table.is_implicit() {
            return None;
        }
        let span = table.span()?;
        // the root has a span of its own, which is empty
        self.at(span.start).filter(|s| s.header && s.body == span)
    }

    fn at(&self, start: usize) -> Option<&Statement> {
        let index = self.statements.binary_search_by_key(&start, |s| s.body.start).ok()?;
        self.statements.get(index)
    }

    /// The first header.
    pub(super) fn first_header(&self) -> Option<&Statement> {
        self.statements.iter().find(|s| s.header)
    }

    /// One behind the last byte of a table, with all it holds.
    pub(super) fn extent(&self, table: &toml_edit::Table) -> usize {
        let mut all = Vec::new();
        self.walk_statements(table, &mut vec![String::new()], &mut all);
        all.iter().map(|s| s.line.end).max().unwrap_or(self.text.len())
    }

    /// Of a table that exists only as the first part of dotted keys (`a.b.c = 1`): where a further key of it can
    /// stand, and what comes before that key.
    pub(super) fn dotted(&self, table: &toml_edit::Table, path: &[String]) -> Option<(usize, String)> {
        if !table.is_dotted() {
            return None;
        }
        let mut all = Vec::new();
        self.walk_statements(table, &mut path.to_vec(), &mut all);
        let last = all.iter().filter(|s| !s.header).max_by_key(|s| s.body.start)?;
        let before = self.text.get(last.line.start..last.body.start)?;
        let keys = toml_edit::Key::parse(&format!("{}x", before.trim_start())).ok()?;
        let keep = keys.len().checked_sub(last.path.len() - path.len())?;
        let mut prefix: String = before.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        for key in keys.get(..keep)? {
            prefix.push_str(&super::format_key(key.get()));
            prefix.push('.');
        }
        Some((last.line.end, prefix))
    }

    /// The comment lines directly above a statement: their bytes and words.
    pub(super) fn above(&self, statement: &Statement) -> (Range<usize>, Vec<String>) {
        let index = self.statements.partition_point(|s| s.body.start < statement.body.start);
        let bound = match index.checked_sub(1).and_then(|index| self.statements.get(index)) {
            Some(before) => before.line.end,
            None if self.text.starts_with('\u{feff}') => 3,
            None => 0,
        };
        let end = statement.line.start;
        let mut start = end;
        let mut lines = Vec::new();
        for line in self.text.get(bound..end).unwrap_or_default().split_inclusive('\n').rev() {
            let Some(words) = line.trim_start_matches([' ', '\t']).strip_prefix('#') else { break };
            lines.push(words.trim_end_matches(['\n', '\r']).to_owned());
            start -= line.len();
        }
        lines.reverse();
        (start..end, lines)
    }

    /// The comment behind a statement.
    pub(super) fn behind(&self, statement: &Statement) -> Option<String> {
        let rest = self.text.get(statement.body.end..statement.line.end)?;
        rest.trim_start_matches([' ', '\t'])
            .strip_prefix('#')
            .map(|w| w.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// The comment at the head of the file: its bytes and words.
    pub(super) fn header(&self) -> (Range<usize>, Vec<String>) {
        let bound = self.statements.first().map_or(self.text.len(), |s| s.line.start);
        let mut start = if self.text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut end = start;
        let mut lines = Vec::new();
        for line in self.text.get(start..bound).unwrap_or_default().split_inclusive('\n') {
            let blank = line.trim().is_empty();
            match line.trim_start_matches([' ', '\t']).strip_prefix('#') {
                Some(words) => lines.push(words.trim_end_matches(['\n', '\r']).to_owned()),
                None if blank && lines.is_empty() => start += line.len(),
                None => return (start..end, lines),
            }
            end = start.max(end) + if blank { 0 } else { line.len() };
        }
        // the block ends at a statement, whose comment it is, or at the end of the file
        if self.statements.is_empty() { (start..end.max(start), lines) } else { (start..start, Vec::new()) }
    }

    fn comment(&self, statement: Option<&Statement>) -> Comment {
        statement
            .map_or_else(Comment::default, |s| Comment { above: self.above(s).1, behind: self.behind(s) })
    }

    pub(super) fn model(&self) -> Table {
        Table { header: self.header().1, entries: self.entries(self.root()) }
    }

    fn entries(&self, table: &toml_edit::Table) -> Vec<Entry> {
        let entry = |(name, item): (&str, &Item)| {
            let (value, statement) = match item {
                Item::None => return None,
                Item::Value(value) => (self.value(value), self.leaf(table, name)),
                Item::Table(table) => (self.table(table), self.header_of(table)),
                Item::ArrayOfTables(tables) => {
                    let values = tables.iter().map(|table| self.table(table)).collect();
                    (TomlValue::Array(values), tables.get(0).and_then(|table| self.header_of(table)))
                }
            };
            Some(Entry { key: name.to_owned(), value, comment: self.comment(statement) })
        };
        table.iter().filter_map(entry).collect()
    }

    fn table(&self, table: &toml_edit::Table) -> TomlValue {
        TomlValue::Table(Table { header: Vec::new(), entries: self.entries(table) })
    }

    /// The model of a value.
    pub(super) fn value(&self, value: &Value) -> TomlValue {
        match value {
            Value::String(v) => TomlValue::String(v.value().as_str().into()),
            Value::Integer(v) => TomlValue::Integer(*v.value()),
            Value::Float(v) => TomlValue::Float(*v.value()),
            Value::Boolean(v) => TomlValue::Boolean(*v.value()),
            Value::Datetime(v) => {
                let written = v.span().and_then(|span| self.text.get(span));
                TomlValue::Datetime(written.map_or_else(|| v.value().to_string(), str::to_owned))
            }
            Value::Array(values) => TomlValue::Array(values.iter().map(|v| self.value(v)).collect()),
            Value::InlineTable(table) => {
                let entry = |(key, value): (&str, &Value)| Entry {
                    key: key.to_owned(),
                    value: self.value(value),
                    comment: Comment::default(),
                };
                TomlValue::Table(Table { header: Vec::new(), entries: table.iter().map(entry).collect() })
            }
        }
    }

    pub(super) fn spans(&self) -> Vec<(Key, Range<usize>)> {
        self.statements.iter().map(|s| (Key(s.path.clone()), s.body.clone())).collect()
    }
}

/// Reports what TOML 1.0 does not know in a value.
fn newer_than_1_0(text: &str, value: &Value, report: &mut impl FnMut(Range<usize>, &'static str)) {
    let Some(span) = value.span() else { return };
    let raw = text.get(span.clone()).unwrap_or_default();
    match value {
        Value::String(_) if raw.starts_with('"') => {
            let plain = raw.replace("\\\\", "");
            if plain.contains("\\e") || plain.contains("\\x") {
                report(span, "`\\e` or `\\x` in a string");
            }
        }
        Value::Datetime(_) => {
            let time = raw.split_once(':').map(|(_, rest)| rest);
            if time.is_some_and(|rest| rest.get(2..3) != Some(":")) {
                report(span, "a time without seconds");
            }
        }
        Value::Array(values) => values.iter().for_each(|v| newer_than_1_0(text, v, report)),
        Value::InlineTable(table) => {
            let mut outside = raw.to_owned();
            for inner in table.iter().filter_map(|(_, v)| v.span()) {
                let (from, to) = (inner.start - span.start, inner.end - span.start);
                if outside.is_char_boundary(from) && outside.is_char_boundary(to) {
                    outside.replace_range(from..to, &" ".repeat(to - from));
                }
            }
            let last = outside.trim_end_matches('}').trim_end();
            if outside.contains('\n') || (last.ends_with(',') && !table.is_empty()) {
                report(span, "a line break or a trailing comma in an inline table");
            }
            table.iter().for_each(|(_, v)| newer_than_1_0(text, v, report));
        }
        _ => {}
    }
}
