//! From a model into a text.

use toml_edit::Item;

use super::array;
use super::format::{
    TomlKey, TomlSection, block, format_key, format_value, is_block, key, section, sections,
};
use super::read::{Doc, Statement};
use crate::model::{Comment, Entry, Table, TomlValue};
use crate::report::Key;
use crate::syntax::Refusal;
use crate::syntax::ini::remark::{self, Edits};

pub(super) fn write(text: &[u8], wanted: &Table) -> Result<Vec<u8>, Refusal> {
    let Some(doc) = Doc::parse(text) else {
        return if wanted.entries.is_empty() && wanted.header.is_empty() {
            Ok(text.to_vec())
        } else {
            Err(Refusal::new(Key::file(), "the file is no TOML: its entries cannot be changed"))
        };
    };
    if wanted.satisfied_by(&doc.model()) {
        return Ok(text.to_vec());
    }
    sayable(&Key::file(), wanted, false)?;
    let written = if doc.text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() {
        fresh(wanted)
    } else if doc.text.ends_with('\n') {
        update(&doc, wanted)?
    } else {
        let closed = format!("{}{}", doc.text, remark::line_end(text));
        let doc = Doc::parse(closed.as_bytes()).ok_or_else(stuck)?;
        let mut written = update(&doc, wanted)?;
        let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
        if lines(&written) == lines(closed.as_bytes()) {
            // The last line is the same one: it goes on to have no end.
            let end = remark::line_end(text).len();
            written.truncate(written.len().saturating_sub(end));
        }
        written
    };
    match Doc::parse(&written) {
        Some(read) if wanted.satisfied_by(&read.model()) => Ok(written),
        _ => Err(stuck()),
    }
}

fn stuck() -> Refusal {
    Refusal::new(Key::file(), "the layout of the file does not allow the change")
}

/// A new file.
fn fresh(wanted: &Table) -> Vec<u8> {
    let mut out: String = wanted.header.iter().flat_map(|line| ["#", line, "\n"]).collect();
    for section in sections(wanted) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&section.text("\n"));
    }
    out.into_bytes()
}

/// Whether TOML 1.0 can say all of it. `inline`: inside a value, where no comment can stand.
fn sayable(at: &Key, table: &Table, inline: bool) -> Result<(), Refusal> {
    let mut seen = std::collections::HashSet::new();
    comment(at, &table.header)?;
    for entry in &table.entries {
        let at = at.then(&entry.key);
        if !seen.insert(&entry.key) {
            return Err(Refusal::new(at, format!("`{}` stands twice", entry.key)));
        }
        comment(&at, &remark::lines(&entry.comment))?;
        if inline && !entry.comment.is_empty() {
            return Err(Refusal::new(at, "a comment cannot stand inside an inline table"));
        }
        value(&at, &entry.value, inline || !is_block(&entry.value))?;
    }
    Ok(())
}

fn value(at: &Key, wanted: &TomlValue, inline: bool) -> Result<(), Refusal> {
    match wanted {
        TomlValue::Table(table) => sayable(at, table, inline),
        TomlValue::Array(values) => values.iter().try_for_each(|v| value(at, v, inline)),
        TomlValue::Datetime(text) => {
            let seconds = text.split_once(':').is_none_or(|(_, rest)| rest.get(2..3) == Some(":"));
            match text.parse::<toml_edit::Datetime>() {
                Ok(_) if seconds && text.trim() == text => Ok(()),
                _ => Err(Refusal::new(at.clone(), format!("`{text}` is no date or time of TOML 1.0"))),
            }
        }
        _ => Ok(()),
    }
}

fn comment(at: &Key, lines: &[String]) -> Result<(), Refusal> {
    remark::render(at, lines, "", "\n").map(drop)
}

fn update(doc: &Doc<'_>, wanted: &Table) -> Result<Vec<u8>, Refusal> {
    let end = remark::line_end(doc.text.as_bytes());
    let mut writer = Writer { doc, edits: Edits::default(), end, tail: Vec::new() };
    let (place, header) = doc.header();
    if !crate::model::says(&header, &wanted.header) {
        let mut rest = wanted.header.iter();
        let lines = remark::render(&Key::file(), &wanted.header, "", end)?;
        if !header.is_empty() && header.iter().all(|old| rest.any(|new| new == old)) {
            writer.edits.replace(place, lines);
        } else {
            writer.edits.insert_first(place.start, lines + end);
        }
    }
    writer.table(&mut Vec::new(), doc.root(), wanted, None, None)?;
    let Writer { mut edits, tail, .. } = writer;
    let mut bottom = String::new();
    for section in tail {
        let blank =
            bottom.is_empty() && doc.text.trim_end_matches([' ', '\t']).ends_with(&format!("{end}{end}"));
        if !blank {
            bottom.push_str(end);
        }
        bottom.push_str(&section.text(end));
    }
    edits.insert(doc.text.len(), bottom);
    Ok(edits.apply(doc.text.as_bytes()))
}

struct Writer<'a> {
    doc: &'a Doc<'a>,
    edits: Edits,
    end: &'static str,
    /// New tables, for the end of the file.
    tail: Vec<TomlSection>,
}

impl Writer<'_> {
    /// Brings a table to what is wanted. `comment` is that of a table without header; `element` says that it lies
    /// in a list of tables, whose own tables must follow it directly.
    fn table(
        &mut self,
        path: &mut Vec<String>,
        disk: &toml_edit::Table,
        wanted: &Table,
        comment: Option<&Comment>,
        element: Option<usize>,
    ) -> Result<(), Refusal> {
        let fits = |entry: &Entry, item: &Item| match item {
            Item::None => false,
            Item::Value(_) => true,
            Item::Table(_) => matches!(entry.value, TomlValue::Table(_)),
            Item::ArrayOfTables(_) => matches!(entry.value, TomlValue::Array(_)) && is_block(&entry.value),
        };
        let (stay, new): (Vec<&Entry>, Vec<&Entry>) = wanted
            .entries
            .iter()
            .partition(|entry| disk.get(&entry.key).is_some_and(|item| fits(entry, item)));

        let (blocks, leafs): (Vec<&Entry>, Vec<&Entry>) = new.into_iter().partition(|e| is_block(&e.value));
        let leafs: Vec<TomlKey> = leafs.iter().map(|e| key(&e.key, &e.value, &e.comment)).collect();
        self.leafs(path, disk, leafs, comment, wanted.entries.is_empty());

        let keep: std::collections::HashSet<&str> = stay.iter().map(|e| e.key.as_str()).collect();
        for (name, item) in disk {
            if !keep.contains(name) {
                self.drop_item(disk, name, item);
            }
        }
        for entry in stay {
            let Some(item) = disk.get(&entry.key) else { continue };
            path.push(entry.key.clone());
            self.item(path, disk, item, entry, element)?;
            path.pop();
        }
        let mut added = Vec::new();
        for entry in blocks {
            block(path, &entry.key, &entry.value, &entry.comment, &mut added);
        }
        match element {
            Some(end) => {
                let text: String =
                    added.iter().map(|s| format!("{}{}", self.end, s.text(self.end))).collect();
                self.edits.insert_first(end, text);
            }
            None => self.tail.extend(added),
        }
        Ok(())
    }

    fn item(
        &mut self,
        path: &mut Vec<String>,
        parent: &toml_edit::Table,
        item: &Item,
        entry: &Entry,
        element: Option<usize>,
    ) -> Result<(), Refusal> {
        match (item, &entry.value) {
            (Item::Value(value), wanted) => {
                let Some(statement) = self.doc.leaf(parent, &entry.key) else { return Ok(()) };
                self.comment(path, statement, &entry.comment)?;
                if !wanted.satisfied_by(&self.doc.value(value)) {
                    self.value(statement, value, wanted);
                }
            }
            (Item::Table(table), TomlValue::Table(wanted)) => {
                let header = self.doc.header_of(table);
                if let Some(header) = header {
                    self.comment(path, header, &entry.comment)?;
                }
                let comment = header.is_none().then_some(&entry.comment);
                self.table(path, table, wanted, comment, element)?;
            }
            (Item::ArrayOfTables(tables), TomlValue::Array(wanted)) => {
                if let Some(header) = tables.get(0).and_then(|table| self.doc.header_of(table)) {
                    self.comment(path, header, &entry.comment)?;
                }
                let mut wanted = wanted.iter();
                for table in tables {
                    match wanted.next() {
                        Some(TomlValue::Table(wanted)) => {
                            let end = self.doc.extent(table);
                            self.table(path, table, wanted, None, Some(end))?;
                        }
                        _ => self.drop_table(table),
                    }
                }
                let rest: Vec<TomlValue> = wanted.cloned().collect();
                let (Some(name), false) = (path.last(), rest.is_empty()) else { return Ok(()) };
                let mut added = Vec::new();
                let parents = path.get(..path.len() - 1).unwrap_or_default();
                block(parents, name, &TomlValue::Array(rest), &Comment::default(), &mut added);
                match element {
                    Some(end) => {
                        let text: String =
                            added.iter().map(|s| format!("{}{}", self.end, s.text(self.end))).collect();
                        self.edits.insert_first(end, text);
                    }
                    None => self.tail.extend(added),
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// New keys of a table, at its end.
    fn leafs(
        &mut self,
        path: &[String],
        disk: &toml_edit::Table,
        leafs: Vec<TomlKey>,
        comment: Option<&Comment>,
        empty: bool,
    ) {
        let headless = !path.is_empty() && disk.is_implicit();
        let commented = comment.is_some_and(|c| !c.is_empty());
        if leafs.is_empty() && !(headless && (commented || empty)) {
            return;
        }
        let doc = self.doc;
        let last = disk.iter().filter_map(|(name, _)| doc.leaf(disk, name)).max_by_key(|s| s.body.start);
        let text =
            |prefix: &str, end: &str| leafs.iter().map(|key| key.text(prefix, end)).collect::<String>();
        if let Some(last) = last.filter(|_| !leafs.is_empty()) {
            let prefix = doc.text.get(last.line.start..last.body.start).unwrap_or_default();
            self.edits.insert_first(last.line.end, text(prefix, self.end));
        } else if let Some(header) = doc.header_of(disk) {
            self.edits.insert_first(header.line.end, text("", self.end));
        } else if let Some((at, prefix)) = doc.dotted(disk, path).filter(|_| !leafs.is_empty()) {
            self.edits.insert_first(at, text(&prefix, self.end));
        } else if !path.is_empty() {
            let name = path.iter().map(|k| format_key(k)).collect::<Vec<_>>().join(".");
            self.tail.push(section(format!("[{name}]"), comment.unwrap_or(&Comment::default()), leafs));
        } else if let Some(first) = doc.first_header() {
            let at = doc.above(first).0.start;
            self.edits.insert_first(at, text("", self.end) + self.end);
        } else {
            let (place, header) = doc.header();
            let at = if header.is_empty() { doc.text.len() } else { place.end };
            let text = text("", self.end);
            self.edits.insert_first(at, format!("{}{text}", self.end));
        }
    }

    fn value(&mut self, statement: &Statement, old: &toml_edit::Value, wanted: &TomlValue) {
        let Some(span) = old.span() else { return };
        if let (Some(array), TomlValue::Array(values)) = (old.as_array(), wanted)
            && let Some(text) = array::update(self.doc, array, values, self.end)
        {
            self.edits.replace(span, text);
            return;
        }
        let inner = array::comments(self.doc.text.get(span.clone()).unwrap_or_default());
        if !inner.is_empty() {
            let lines: String = inner.iter().flat_map(|line| ["#", line, self.end]).collect();
            self.edits.insert(self.doc.above(statement).0.start, lines + self.end);
        }
        self.edits.replace(span, format_value(wanted));
    }

    /// Takes a statement out. The comments inside and behind it stay, on lines of their own.
    fn drop_statement(&mut self, statement: &Statement) {
        let raw = self.doc.text.get(statement.body.clone()).unwrap_or_default();
        let mut words = if statement.header { Vec::new() } else { array::comments(raw) };
        words.extend(self.doc.behind(statement));
        let lines: String = words.iter().flat_map(|line| ["#", line, self.end]).collect();
        let blank = if lines.is_empty() { "" } else { self.end };
        self.edits.replace(statement.line.clone(), lines + blank);
    }

    fn drop_item(&mut self, parent: &toml_edit::Table, name: &str, item: &Item) {
        match item {
            Item::None => {}
            Item::Value(_) => {
                if let Some(statement) = self.doc.leaf(parent, name) {
                    self.drop_statement(statement);
                }
            }
            Item::Table(table) => self.drop_table(table),
            Item::ArrayOfTables(tables) => tables.iter().for_each(|table| self.drop_table(table)),
        }
    }

    fn drop_table(&mut self, table: &toml_edit::Table) {
        if let Some(header) = self.doc.header_of(table) {
            self.drop_statement(header);
        }
        for (name, item) in table {
            self.drop_item(table, name, item);
        }
    }

    fn comment(&mut self, path: &[String], statement: &Statement, wanted: &Comment) -> Result<(), Refusal> {
        let key = Key(path.to_vec());
        let (place, old) = self.doc.above(statement);
        let line = self.doc.text.get(statement.line.start..statement.body.start).unwrap_or_default();
        let indent: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        if let Some(words) = &wanted.behind {
            let current = self.doc.behind(statement);
            if current.as_ref() != Some(words) {
                let rest = self.doc.text.get(statement.body.end..statement.line.end).unwrap_or_default();
                let end = statement.body.end + rest.trim_end_matches(['\n', '\r']).len();
                self.edits.replace(statement.body.end..end, format!("  #{words}"));
                if let Some(current) = current {
                    self.edits.insert(place.start, format!("{indent}#{current}{}{}", self.end, self.end));
                }
            }
        }
        let end = self.end;
        remark::settle(
            &mut self.edits,
            place,
            &old,
            &wanted.above,
            |lines| remark::render(&key, lines, &indent, end),
            end,
        )
    }
}
