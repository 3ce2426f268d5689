//! From a model into a text.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::doc::{Doc, Sec, TileKind, is_blank, is_space, section_name, strip};
use super::judge;
use super::read::{keys, model};
use super::remark::{self, Edits};
use super::value::{self, by_line};
use crate::file::IniDialect;
use crate::model::{Ini, IniKey, IniSection, says};
use crate::report::Key;
use crate::syntax::Refusal;
use crate::vocab::Text;

pub(super) fn write(dialect: IniDialect, text: &[u8], wanted: &Ini) -> Result<Vec<u8>, Refusal> {
    let doc = Doc::parse(dialect, text);
    let current = model(&doc);
    if wanted.satisfied_by(&current) {
        return Ok(text.to_vec());
    }
    let mut writer = Writer {
        dialect,
        doc: &doc,
        edits: Edits::default(),
        end: remark::line_end(text),
        tail: String::new(),
    };
    writer.document(&current, wanted)?;
    let Writer { mut edits, tail, end, .. } = writer;
    edits.insert(text.len(), separated(text, &tail, end));
    let written = edits.apply(text);

    let after = Doc::parse(dialect, &written);
    let (count, first) = judge::fatal(dialect, &after);
    if count > judge::fatal(dialect, &doc).0
        && let Some(fault) = first
    {
        return Err(Refusal::new(fault.key, fault.message));
    }
    if wanted.satisfied_by(&model(&after)) {
        Ok(written)
    } else {
        Err(Refusal::new(Key::file(), "the layout of the file does not allow the change"))
    }
}

/// The text that goes to the end of a file, a blank line before it.
fn separated(text: &[u8], tail: &str, end: &str) -> String {
    let closed = text.is_empty() || text.ends_with(b"\n") || text.ends_with(b"\r");
    let blank = text.is_empty() || text.ends_with(b"\n\n") || text.ends_with(b"\n\r\n");
    match (tail.is_empty(), closed, blank) {
        (true, ..) => String::new(),
        (false, false, _) => format!("{end}{end}{tail}"),
        (false, true, false) => format!("{end}{tail}"),
        (false, true, true) => tail.to_owned(),
    }
}

struct Writer<'a> {
    dialect: IniDialect,
    doc: &'a Doc<'a>,
    edits: Edits,
    end: &'static str,
    /// What goes to the end of the file.
    tail: String,
}

impl Writer<'_> {
    fn document(&mut self, current: &Ini, wanted: &Ini) -> Result<(), Refusal> {
        let end = self.end;
        if !says(&current.header, &wanted.header) {
            let place = self.doc.bytes_of(self.doc.header());
            let mut rest = wanted.header.iter();
            let text = remark::render(&Key::file(), &wanted.header, "", end)?;
            if self.doc.text.is_empty() {
                self.edits.insert(0, text);
                if !wanted.sections.is_empty() {
                    self.edits.insert(0, end);
                }
            } else if !place.is_empty() && current.header.iter().all(|old| rest.any(|new| new == old)) {
                self.edits.replace(place, text);
            } else {
                self.edits.insert(0, text + end);
            }
        }
        let sections = self.doc.sections();
        let old: Vec<&str> = current.sections.iter().map(|s| s.name.as_str()).collect();
        let new: Vec<&str> = wanted.sections.iter().map(|s| s.name.as_str()).collect();
        for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
            let (_, olds, news) = op.as_tag_tuple();
            if let DiffOp::Equal { .. } = op {
                for (i, j) in olds.zip(news) {
                    if let (Some(at), Some(a), Some(b)) =
                        (sections.get(i), current.sections.get(i), wanted.sections.get(j))
                    {
                        self.section(at, a, b)?;
                    }
                }
                continue;
            }
            for section in sections.get(olds.clone()).unwrap_or_default() {
                self.drop_section(section);
            }
            for section in wanted.sections.get(news).unwrap_or_default() {
                let text = self.new_section(section)?;
                match sections.get(olds.end) {
                    Some(next) => {
                        let at = self.doc.bytes_of(self.doc.above(next.header)).start;
                        self.edits.insert(at, text + end);
                    }
                    None => {
                        if !self.tail.is_empty() {
                            self.tail.push_str(end);
                        }
                        self.tail.push_str(&text);
                    }
                }
            }
        }
        Ok(())
    }

    fn drop_section(&mut self, section: &Sec<'_>) {
        for tile in self.doc.tiles.get(section.header..section.end).unwrap_or_default() {
            if matches!(tile.kind, TileKind::Section(_) | TileKind::Key { .. }) {
                self.edits.replace(tile.range.clone(), "");
            }
        }
    }

    fn new_section(&self, section: &IniSection) -> Result<String, Refusal> {
        let key = Key::of(&section.name);
        let name = section.name.as_str();
        let good = match self.dialect {
            IniDialect::ConfigParser => section_name(&format!("[{name}]")) == Some(name),
            IniDialect::Systemd => !name.is_empty(),
            IniDialect::KeyFile => !name.is_empty() && !name.contains(['[', ']']),
        };
        if !good || name.contains(['\n', '\r', '\0']) {
            return Err(Refusal::new(key, format!("`{name}` cannot be the name of a section")));
        }
        let mut out = remark::render(&key, &remark::lines(&section.comment), "", self.end)?;
        out.extend(["[", name, "]", self.end]);
        for entry in &section.keys {
            out.push_str(&self.new_key(section, entry, "")?);
        }
        Ok(out)
    }

    fn new_key(&self, section: &IniSection, entry: &IniKey, indent: &str) -> Result<String, Refusal> {
        let key = Key::of(&section.name).then(&entry.key);
        let name = entry.key.as_str();
        let trimmed = match self.dialect {
            IniDialect::ConfigParser => strip(name),
            IniDialect::Systemd | IniDialect::KeyFile => name.trim_matches(is_blank),
        };
        let delimiters: &[char] = match self.dialect {
            IniDialect::ConfigParser => &['=', ':', '\n', '\r'],
            IniDialect::Systemd | IniDialect::KeyFile => &['=', '\n', '\r', '\0', '\\'],
        };
        if name.is_empty()
            || trimmed != name
            || name.contains(delimiters)
            || name.starts_with(['[', '#', ';'])
        {
            return Err(Refusal::new(key, format!("`{name}` cannot be a key")));
        }
        let value = self.value(&key, &entry.value, indent)?;
        let mut out = remark::render(&key, &remark::lines(&entry.comment), indent, self.end)?;
        let delimiter = match self.dialect {
            IniDialect::ConfigParser if value.is_empty() || value.starts_with(['\n', '\r']) => " =",
            IniDialect::KeyFile if value.is_empty() => " =",
            IniDialect::ConfigParser | IniDialect::KeyFile => " = ",
            IniDialect::Systemd => "=",
        };
        out.extend([indent, name, delimiter, &value, self.end]);
        Ok(out)
    }

    fn value(&self, key: &Key, value: &Text, indent: &str) -> Result<String, Refusal> {
        value::spelled(self.dialect, value.reveal(), indent, self.end)
            .map_err(|why| Refusal::new(key.clone(), why))
    }

    fn section(&mut self, at: &Sec<'_>, old: &IniSection, new: &IniSection) -> Result<(), Refusal> {
        self.comment(&Key::of(&new.name), at.header, &remark::lines(&new.comment))?;
        let places: Vec<usize> = keys(self.doc, at.header..at.end).map(|(index, ..)| index).collect();
        // the last line that is more than a blank or a comment: new keys stand behind it
        let tiles = self.doc.tiles.get(at.header..at.end).unwrap_or_default();
        let last = tiles.iter().rposition(|t| !matches!(t.kind, TileKind::Blank | TileKind::Comment(_)));
        let last = at.header + last.unwrap_or(0);

        let words = |keys: &[IniKey]| -> Vec<(String, String)> {
            keys.iter().map(|k| (k.key.clone(), k.value.reveal().to_owned())).collect()
        };
        for op in capture_diff_slices(Algorithm::Myers, &words(&old.keys), &words(&new.keys)) {
            let (_, olds, news) = op.as_tag_tuple();
            if let DiffOp::Equal { .. } = op {
                for (i, j) in olds.zip(news) {
                    if let (Some(place), Some(entry)) = (places.get(i), new.keys.get(j)) {
                        self.key_comment(new, entry, *place)?;
                    }
                }
                continue;
            }
            self.changed(new, old, olds, news, &places, (at.header, last))?;
        }
        Ok(())
    }

    /// A stretch of keys that differ: those of the same name change their value, the others come and go.
    fn changed(
        &mut self,
        section: &IniSection,
        old: &IniSection,
        olds: Range<usize>,
        news: Range<usize>,
        places: &[usize],
        (header, last): (usize, usize),
    ) -> Result<(), Refusal> {
        let names = |keys: &[IniKey], range: &Range<usize>| -> Vec<String> {
            keys.get(range.clone()).unwrap_or_default().iter().map(|k| k.key.to_lowercase()).collect()
        };
        let (before, after) = (names(&old.keys, &olds), names(&section.keys, &news));
        for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
            let (_, gone, come) = op.as_tag_tuple();
            let gone = olds.start + gone.start..olds.start + gone.end;
            let come = news.start + come.start..news.start + come.end;
            if let DiffOp::Equal { .. } = op {
                for (i, j) in gone.zip(come) {
                    if let (Some(place), Some(a), Some(b)) =
                        (places.get(i), old.keys.get(i), section.keys.get(j))
                    {
                        self.change_key(section, *place, a, b)?;
                    }
                }
                continue;
            }
            for place in places.get(gone.clone()).unwrap_or_default() {
                if let Some(tile) = self.doc.tiles.get(*place) {
                    self.edits.replace(tile.range.clone(), "");
                }
            }
            let indent = places.first().map(|place| self.indent(*place)).unwrap_or_default();
            let anchor = match gone.end {
                end if end >= places.len() => last,
                0 => header,
                end => places.get(end - 1).copied().unwrap_or(header),
            };
            for entry in section.keys.get(come).unwrap_or_default() {
                let text = self.new_key(section, entry, &indent)?;
                self.behind(anchor, text);
            }
        }
        Ok(())
    }

    /// Puts whole lines behind a tile.
    fn behind(&mut self, index: usize, text: String) {
        let Some(tile) = self.doc.tiles.get(index) else { return };
        let words = self.doc.text.get(tile.range.clone()).unwrap_or_default();
        if words.ends_with(b"\n") || words.ends_with(b"\r") {
            self.edits.insert(tile.range.end, text);
        } else {
            let text = text.strip_suffix(self.end).unwrap_or(&text);
            self.edits.insert(tile.range.end, format!("{}{text}", self.end));
        }
    }

    fn indent(&self, index: usize) -> String {
        let Some(tile) = self.doc.tiles.get(index) else { return String::new() };
        let line = self.doc.slice(tile.range.clone());
        line.chars().take_while(|c| is_space(*c) && !matches!(c, '\n' | '\r')).collect()
    }

    fn change_key(
        &mut self,
        section: &IniSection,
        place: usize,
        old: &IniKey,
        new: &IniKey,
    ) -> Result<(), Refusal> {
        let Some(tile) = self.doc.tiles.get(place) else { return Ok(()) };
        let TileKind::Key { at, .. } = &tile.kind else { return Ok(()) };
        self.key_comment(section, new, place)?;
        let indent = self.indent(place);
        if old.key != new.key {
            // rewritten whole, without the comment, which has its own place
            let bare = IniKey { comment: Default::default(), ..new.clone() };
            let text = self.new_key(section, &bare, &indent)?;
            self.edits.replace(tile.range.start..at.end, text.strip_suffix(self.end).unwrap_or(&text));
        } else if old.value.reveal() != new.value.reveal() {
            let key = Key::of(&section.name).then(&new.key);
            let value = self.value(&key, &new.value, &indent)?;
            let written = self.doc.slice(at.clone());
            if self.dialect == IniDialect::ConfigParser
                && let Some(lines) = by_line(&written, old.value.reveal(), new.value.reveal())
            {
                self.edits.replace(at.clone(), lines);
                return Ok(());
            }
            let first = written.split(['\n', '\r']).next().unwrap_or_default();
            let blanks: String = first.chars().take_while(|c| is_space(*c)).collect();
            let before = self.doc.slice(tile.range.start..at.start);
            let wide = first.trim().is_empty() && before.ends_with(" =") && !value.starts_with(['\n', '\r']);
            let blanks = if value.is_empty() || wide {
                " ".repeat(usize::from(wide && !value.is_empty()))
            } else {
                blanks
            };
            self.edits.replace(at.clone(), blanks + &value);
        } else {
            return Ok(());
        }
        // comments between the lines of a value that is rewritten
        let inner: Vec<String> = self
            .doc
            .slice(at.clone())
            .lines()
            .skip(1)
            .filter(|line| strip(line).starts_with(['#', ';']))
            .map(|line| format!("{line}{}", self.end))
            .collect();
        if !inner.is_empty() {
            self.behind(place, inner.concat() + self.end);
        }
        Ok(())
    }

    fn key_comment(&mut self, section: &IniSection, entry: &IniKey, place: usize) -> Result<(), Refusal> {
        let key = Key::of(&section.name).then(&entry.key);
        self.comment(&key, place, &remark::lines(&entry.comment))
    }

    fn comment(&mut self, key: &Key, index: usize, wanted: &[String]) -> Result<(), Refusal> {
        let above = self.doc.above(index);
        let (old, place) = (self.doc.comments(above.clone()), self.doc.bytes_of(above));
        let (indent, end) = (self.indent(index), self.end);
        remark::settle(&mut self.edits, place, &old, wanted, |l| remark::render(key, l, &indent, end), end)
    }
}
