//! The sections of a spec.

use toml_edit::{Document, DocumentMut, Item, Key, Table, TableLike};

use crate::spec::{path_of, section as header_of};
use crate::vocab::RelPath;

/// The headers of the sections, in the order of the text: each the keys that lead to it.
pub(super) fn headers(document: &DocumentMut) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for (key, item) in document.iter() {
        find(vec![key.to_owned()], item, &mut all);
    }
    all
}

/// A bare `[make.conf]` is two keys: they are joined until they make a known path.
fn find(keys: Vec<String>, item: &Item, all: &mut Vec<Vec<String>>) {
    let Some(table) = item.as_table_like() else { return };
    if path(&keys).is_some_and(|path| crate::file::find(&path).is_some()) {
        all.push(keys.clone());
    }
    if keys.len() < 3 && !keys.iter().any(|key| key.contains('/')) {
        for (key, item) in table.iter() {
            find(keys.iter().cloned().chain([key.to_owned()]).collect(), item, all);
        }
    }
}

/// The path that keys are the header of.
pub(super) fn path(keys: &[String]) -> Option<RelPath> {
    path_of(&keys.join(".")).ok()
}

/// A header as it is written.
pub(super) fn spelled(keys: &[String]) -> String {
    format!("`[{}]`", keys.iter().map(|key| Key::new(key).to_string()).collect::<Vec<_>>().join("."))
}

/// The table of a section.
pub(super) fn table<'d>(document: &'d mut DocumentMut, keys: &[String]) -> Option<&'d mut dyn Section> {
    let mut item = document.as_item_mut();
    for key in keys {
        item = item.as_table_like_mut()?.get_mut(key)?;
    }
    match item {
        Item::Table(table) => Some(table),
        Item::Value(toml_edit::Value::InlineTable(table)) => Some(table),
        _ => None,
    }
}

/// A table of either spelling.
pub(super) trait Section {
    fn contains_key(&self, key: &str) -> bool;
    fn get_mut(&mut self, key: &str) -> Option<&mut Item>;
    fn remove(&mut self, key: &str);
    fn insert_formatted(&mut self, key: &Key, item: Item);
}

impl Section for Table {
    fn contains_key(&self, key: &str) -> bool {
        Table::contains_key(self, key)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Item> {
        Table::get_mut(self, key)
    }

    fn remove(&mut self, key: &str) {
        super::remark::remove(self, key);
    }

    fn insert_formatted(&mut self, key: &Key, item: Item) {
        Table::insert_formatted(self, key, item);
    }
}

impl Section for toml_edit::InlineTable {
    fn contains_key(&self, key: &str) -> bool {
        TableLike::contains_key(self, key)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Item> {
        TableLike::get_mut(self, key)
    }

    fn remove(&mut self, key: &str) {
        TableLike::remove(self, key);
    }

    fn insert_formatted(&mut self, key: &Key, item: Item) {
        TableLike::insert(self, key.get(), item);
    }
}

/// The text with a new section: behind the last one of its kind, or else at the end, above what is said of roots and
/// variants.
pub(super) fn section(text: &str, last: Option<&Vec<String>>, path: &RelPath, entry: &str) -> String {
    let header = header_of(path);
    let is_bare = header.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let header = if is_bare { header } else { Key::new(header).to_string() };
    let block = format!("[{header}]\n{entry}\n");
    let at = Document::parse(text).ok().and_then(|document| match last {
        Some(keys) => {
            let mut item = document.as_item();
            for key in keys {
                item = item.as_table_like()?.get(key)?;
            }
            Some(line_end(text, end(item)))
        }
        None => {
            let first = ["root", "variant"].iter().filter_map(|word| start(document.get(word)?)).min()?;
            Some(above(text, first))
        }
    });
    let (before, behind) = text.split_at_checked(at.unwrap_or(text.len())).unwrap_or((text, ""));
    let mut out = before.to_owned();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    out.push_str(&block);
    if !behind.is_empty() && !behind.starts_with('\n') {
        out.push('\n');
    }
    out + behind
}

/// The first byte of a table's own header, or of the first one in it.
fn start(item: &Item) -> Option<usize> {
    let own = item.span().map(|span| span.start);
    let inner = item.as_table_like().into_iter().flat_map(|table| table.iter().map(|(_, item)| start(item)));
    inner.chain([own]).flatten().min()
}

/// One behind the last byte of an item and all that is in it.
fn end(item: &Item) -> usize {
    let own = item.span().map_or(0, |span| span.end);
    let inner = item.as_table_like().into_iter().flat_map(|table| table.iter().map(|(_, item)| end(item)));
    inner.chain([own]).max().unwrap_or(0)
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length + 1)
}

/// The start of the lines of comment above a place.
fn above(text: &str, at: usize) -> usize {
    let mut start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    while let Some(before) = text.get(..start.saturating_sub(1)) {
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        if !before.get(line..).is_some_and(|line| line.trim_start().starts_with('#')) {
            break;
        }
        start = line;
        if start == 0 {
            break;
        }
    }
    start
}
