//! Values as TOML 1.0.

use serde::Serialize;

use crate::model::{Comment, Table, TomlValue};

/// A stretch of a file below one header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub(crate) struct TomlSection {
    /// The header with its brackets, `[mounts.root]`; `None` for the top of the file.
    pub(crate) header: Option<String>,
    /// The comment lines above the header, without `#`.
    pub(crate) above: Vec<String>,
    /// The comment behind the header, without `#`.
    pub(crate) behind: Option<String>,
    /// Its keys.
    pub(crate) keys: Vec<TomlKey>,
}

/// A key and its value, both as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub(crate) struct TomlKey {
    /// The key, quoted where it must be.
    pub(crate) key: String,
    /// The value. It is the secret itself where it is one.
    pub(crate) value: String,
    /// The comment lines above, without `#`.
    pub(crate) above: Vec<String>,
    /// The comment behind the value, without `#`.
    pub(crate) behind: Option<String>,
}

/// Spells a key: bare where TOML allows it, quoted otherwise.
pub(crate) fn format_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { string(key) }
}

/// Spells a value on one line, as TOML 1.0. A table becomes an inline table.
pub(crate) fn format_value(value: &TomlValue) -> String {
    match value {
        TomlValue::String(text) => string(text.reveal()),
        TomlValue::Integer(number) => number.to_string(),
        TomlValue::Float(number) if number.is_nan() => "nan".to_owned(),
        TomlValue::Float(number) => format!("{number:?}"),
        TomlValue::Boolean(value) => value.to_string(),
        TomlValue::Datetime(text) => text.clone(),
        TomlValue::Array(values) => {
            let values: Vec<String> = values.iter().map(format_value).collect();
            format!("[{}]", values.join(", "))
        }
        TomlValue::Table(table) if table.entries.is_empty() => "{}".to_owned(),
        TomlValue::Table(table) => {
            let pairs: Vec<String> = table
                .entries
                .iter()
                .map(|e| format!("{} = {}", format_key(&e.key), format_value(&e.value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// A value behind its key: a list that is too long for its line has one element a line.
pub(super) fn wide(key: &str, value: &TomlValue) -> String {
    let line = format_value(value);
    match value {
        TomlValue::Array(values) if key.len() + line.len() > 100 => {
            let lines: String = values.iter().map(|v| format!("  {},\n", format_value(v))).collect();
            format!("[\n{lines}]")
        }
        _ => line,
    }
}

/// Spells a string on one line.
pub(crate) fn string(text: &str) -> String {
    let is_plain = |byte: &u8| (b' '..0x7f).contains(byte) && !matches!(byte, b'"' | b'\\');
    if text.as_bytes().iter().all(is_plain) {
        return format!("\"{text}\"");
    }
    let control = |c: char| c.is_control() && c != '\t';
    if text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(control) {
        return format!("'{text}'");
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a value is written below a header of its own.
pub(super) fn is_block(value: &TomlValue) -> bool {
    match value {
        TomlValue::Table(_) => true,
        TomlValue::Array(values) => {
            !values.is_empty() && values.iter().all(|v| matches!(v, TomlValue::Table(_)))
        }
        _ => false,
    }
}

/// A table as a list of headers and keys: what stands at the top first, as a key below a header would belong to it.
/// Lists of tables become `[[name]]`. A template loops over it and writes it down.
pub(crate) fn sections(table: &Table) -> Vec<TomlSection> {
    let mut out = Vec::new();
    let top = leafs(table);
    if !top.is_empty() {
        out.push(TomlSection { keys: top, ..TomlSection::default() });
    }
    below(&[], table, &mut out);
    out
}

fn leafs(table: &Table) -> Vec<TomlKey> {
    table
        .entries
        .iter()
        .filter(|e| !is_block(&e.value))
        .map(|e| TomlKey {
            key: format_key(&e.key),
            value: wide(&e.key, &e.value),
            above: e.comment.above.clone(),
            behind: e.comment.behind.clone(),
        })
        .collect()
}

fn below(path: &[String], table: &Table, out: &mut Vec<TomlSection>) {
    for entry in table.entries.iter().filter(|e| is_block(&e.value)) {
        block(path, &entry.key, &entry.value, &entry.comment, out);
    }
}

/// The sections of a table or list of tables.
pub(super) fn block(
    path: &[String],
    key: &str,
    value: &TomlValue,
    comment: &Comment,
    out: &mut Vec<TomlSection>,
) {
    let mut path = path.to_vec();
    path.push(key.to_owned());
    let name = path.iter().map(|k| format_key(k)).collect::<Vec<_>>().join(".");
    match value {
        TomlValue::Table(table) => {
            let keys = leafs(table);
            // a table that only holds tables needs no header of its own
            if !keys.is_empty() || table.entries.is_empty() || !comment.is_empty() {
                out.push(section(format!("[{name}]"), comment, keys));
            }
            below(&path, table, out);
        }
        TomlValue::Array(values) => {
            let none = Comment::default();
            for (number, value) in values.iter().enumerate() {
                if let TomlValue::Table(table) = value {
                    let comment = if number == 0 { comment } else { &none };
                    out.push(section(format!("[[{name}]]"), comment, leafs(table)));
                    below(&path, table, out);
                }
            }
        }
        _ => {}
    }
}

pub(super) fn section(header: String, comment: &Comment, keys: Vec<TomlKey>) -> TomlSection {
    TomlSection { header: Some(header), above: comment.above.clone(), behind: comment.behind.clone(), keys }
}

/// A key of its own.
pub(super) fn key(key: &str, value: &TomlValue, comment: &Comment) -> TomlKey {
    TomlKey {
        key: format_key(key),
        value: wide(key, value),
        above: comment.above.clone(),
        behind: comment.behind.clone(),
    }
}

impl TomlKey {
    /// As lines of a file, with this before the key.
    pub(super) fn text(&self, prefix: &str, end: &str) -> String {
        let indent: String = prefix.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        let mut out = String::new();
        for line in &self.above {
            out.extend([&indent, "#", line, end]);
        }
        out.extend([prefix, &self.key, " = ", &self.value.replace('\n', end)]);
        if let Some(words) = &self.behind {
            out.extend(["  #", words]);
        }
        out.push_str(end);
        out
    }
}

impl TomlSection {
    /// As lines of a file.
    pub(super) fn text(&self, end: &str) -> String {
        let mut out = String::new();
        for line in &self.above {
            out.extend(["#", line, end]);
        }
        if let Some(header) = &self.header {
            out.push_str(header);
            if let Some(words) = &self.behind {
                out.extend(["  #", words]);
            }
            out.push_str(end);
        }
        out.extend(self.keys.iter().map(|key| key.text("", end)));
        out
    }
}
