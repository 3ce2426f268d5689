//! A text as tiles.

use std::borrow::Cow;
use std::ops::Range;

use crate::file::IniDialect;

/// A piece of the text. The ranges of all tiles, in order, are the text.
#[derive(Debug)]
pub(super) struct Tile {
    /// Its bytes, with the line ends.
    pub(super) range: Range<usize>,
    pub(super) kind: TileKind,
}

#[derive(Debug, PartialEq)]
pub(super) enum TileKind {
    Blank,
    /// What stands behind the comment character.
    Comment(String),
    Section(String),
    Key {
        name: String,
        value: String,
        /// The bytes of the value, from behind the delimiter to the end of its last line.
        at: Range<usize>,
        /// The line that looks like a key or a section of its own, inside a continued value.
        swallowed: Option<Range<usize>>,
    },
    Bad(Bad),
}

/// Why a line is none of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// No delimiter, or nothing before it.
    NoKey,
    /// Before the first section.
    NoSection,
    /// `[name` in a file of systemd.
    OpenSection,
    /// Bytes that are no UTF-8, in a file of systemd.
    NotUtf8,
}

/// A section's tiles.
#[derive(Debug)]
pub(super) struct Sec<'a> {
    pub(super) name: &'a str,
    /// The index of its header.
    pub(super) header: usize,
    /// One behind the index of its last tile.
    pub(super) end: usize,
}

/// A text taken apart.
#[derive(Debug)]
pub(super) struct Doc<'t> {
    pub(super) text: &'t [u8],
    pub(super) tiles: Vec<Tile>,
}

/// What Python's `str.strip` takes off.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// `str.strip` of Python.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// What systemd takes off.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The lines: start, end of the content, end of the line.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
        let ending = match rest.get(length..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        let line = (start, start + length, start + length + ending);
        start = line.2;
        Some(line)
    })
}

impl<'t> Doc<'t> {
    pub(super) fn parse(dialect: IniDialect, text: &'t [u8]) -> Self {
        let tiles = match dialect {
            IniDialect::ConfigParser => config_parser(text),
            IniDialect::Systemd => systemd(text),
            IniDialect::KeyFile => key_file(text),
        };
        Self { text, tiles }
    }

    /// The text of some bytes.
    pub(super) fn slice(&self, range: Range<usize>) -> Cow<'t, str> {
        decode(self.text, range)
    }

    /// The sections, in order.
    pub(super) fn sections(&self) -> Vec<Sec<'_>> {
        let mut all: Vec<Sec<'_>> = Vec::new();
        for (index, tile) in self.tiles.iter().enumerate() {
            if let TileKind::Section(name) = &tile.kind {
                all.push(Sec { name, header: index, end: index + 1 });
            } else if let Some(last) = all.last_mut() {
                last.end = index + 1;
            }
        }
        all
    }

    /// The indices of the comment at the head of the file: the first block, if a blank line or the end follows.
    pub(super) fn header(&self) -> Range<usize> {
        let start = self.tiles.iter().take_while(|t| t.kind == TileKind::Blank).count();
        let length = self.tiles.iter().skip(start).take_while(|t| t.comment().is_some()).count();
        match self.tiles.get(start + length).map(|t| &t.kind) {
            None | Some(TileKind::Blank) => start..start + length,
            _ => 0..0,
        }
    }

    /// The indices of the comment lines directly above a tile.
    pub(super) fn above(&self, index: usize) -> Range<usize> {
        let before = self.tiles.get(..index).unwrap_or_default();
        let length = before.iter().rev().take_while(|t| t.comment().is_some()).count();
        index - length..index
    }

    /// The words of comment tiles.
    pub(super) fn comments(&self, range: Range<usize>) -> Vec<String> {
        let tiles = self.tiles.get(range).unwrap_or_default();
        tiles.iter().filter_map(|t| t.comment().map(str::to_owned)).collect()
    }

    /// The bytes from the first of these tiles to the tile at `range.end`.
    pub(super) fn bytes_of(&self, range: Range<usize>) -> Range<usize> {
        let at = |index: usize| self.tiles.get(index).map_or(self.text.len(), |t| t.range.start);
        at(range.start)..at(range.end)
    }
}

impl Tile {
    fn comment(&self) -> Option<&str> {
        match &self.kind {
            TileKind::Comment(text) => Some(text),
            _ => None,
        }
    }
}

fn decode(text: &[u8], range: Range<usize>) -> Cow<'_, str> {
    String::from_utf8_lossy(text.get(range).unwrap_or_default())
}

/// The text behind the comment character, if the line is a comment.
fn comment(stripped: &str) -> Option<String> {
    stripped.strip_prefix(['#', ';']).map(str::to_owned)
}

/// The lines of the last value while it may still go on.
struct Open {
    /// The index of its tile.
    tile: usize,
    indent: usize,
}

fn config_parser(text: &[u8]) -> Vec<Tile> {
    let mut tiles: Vec<Tile> = Vec::new();
    let mut section = false;
    let mut open: Option<Open> = None;
    for (start, end, next) in lines(text) {
        let line = decode(text, start..end);
        let stripped = strip(&line);
        let range = start..next;
        if stripped.is_empty() {
            tiles.push(Tile { range, kind: TileKind::Blank });
            continue;
        }
        if let Some(text) = comment(line.trim_start_matches(is_space)) {
            tiles.push(Tile { range, kind: TileKind::Comment(text) });
            continue;
        }
        let indent = line.chars().take_while(|c| is_space(*c)).count();
        if let Some(open) = open.as_ref().filter(|open| indent > open.indent) {
            goes_on(&mut tiles, open.tile, stripped, start..end, next);
            continue;
        }
        let kind = if let Some(name) = section_name(stripped) {
            section = true;
            open = None;
            TileKind::Section(name.to_owned())
        } else if !section {
            TileKind::Bad(Bad::NoSection)
        } else if let Some((name, value)) = stripped.split_once(['=', ':'])
            && !strip(name).is_empty()
        {
            open = Some(Open { tile: tiles.len(), indent });
            let at = start + line_offset(&line, text, start..end, name.len() + 1)..end;
            TileKind::Key {
                name: name.trim_end_matches(is_space).to_owned(),
                value: strip(value).to_owned(),
                at,
                swallowed: None,
            }
        } else {
            open = None;
            TileKind::Bad(Bad::NoKey)
        };
        tiles.push(Tile { range, kind });
    }
    tiles
}

/// The byte in the line behind `skip` bytes of its stripped text, in the bytes of the file: a line that is no UTF-8
/// has other offsets when decoded.
fn line_offset(line: &str, text: &[u8], range: Range<usize>, skip: usize) -> usize {
    let blanks = line.len() - line.trim_start_matches(is_space).len();
    match line.len() == range.len() {
        true => blanks + skip,
        false => {
            let bytes = text.get(range).unwrap_or_default();
            bytes.iter().position(|b| matches!(b, b'=' | b':')).map_or(0, |at| at + 1)
        }
    }
}

/// Adds a line to the value of a tile; the blank lines and comments between become part of the tile.
fn goes_on(tiles: &mut Vec<Tile>, index: usize, line: &str, range: Range<usize>, next: usize) {
    let blanks = tiles.drain(index + 1..).filter(|tile| tile.kind == TileKind::Blank).count();
    let Some(tile) = tiles.get_mut(index) else { return };
    tile.range.end = next;
    if let TileKind::Key { value, at, swallowed, .. } = &mut tile.kind {
        value.extend(std::iter::repeat_n('\n', blanks + 1));
        value.push_str(line);
        at.end = range.end;
        let key = line.split_once('=').map_or("", |(key, _)| strip(key));
        let like_key = key.starts_with(char::is_alphabetic)
            && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if like_key || section_name(line).is_some() {
            swallowed.get_or_insert(range);
        }
    }
}

/// The name of a section header: up to the last bracket of the line, what follows is ignored.
pub(super) fn section_name(stripped: &str) -> Option<&str> {
    let rest = stripped.strip_prefix('[')?;
    let (name, _) = rest.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

fn systemd(text: &[u8]) -> Vec<Tile> {
    let mut tiles: Vec<Tile> = Vec::new();
    let mut section = false;
    // the bytes and the joined text of a line that ends in a backslash
    let mut open: Option<(Range<usize>, String)> = None;
    for (start, end, next) in lines(text) {
        let start = if start == 0 && text.starts_with(b"\xef\xbb\xbf") { 3 } else { start };
        let line = decode(text, start.min(end)..end);
        let from = if start == 3 && tiles.is_empty() && open.is_none() { 0 } else { start };
        let first = line.trim_start_matches(is_blank);
        if let Some(words) = comment(first) {
            match &mut open {
                Some((range, _)) => range.end = next,
                None => tiles.push(Tile { range: from..next, kind: TileKind::Comment(words) }),
            }
            continue;
        }
        let (range, mut joined) = match open.take() {
            Some((range, before)) => (range.start..next, before + &line),
            None => (from..next, line.into_owned()),
        };
        if ends_open(&joined) {
            joined.pop();
            joined.push(' ');
            open = Some((range, joined));
            continue;
        }
        tiles.push(systemd_tile(text, range, &joined, &mut section));
    }
    if let Some((range, joined)) = open {
        tiles.push(systemd_tile(text, range, &joined, &mut section));
    }
    tiles
}

fn key_file(text: &[u8]) -> Vec<Tile> {
    let mut section = false;
    lines(text)
        .map(|(start, end, next)| {
            let line = decode(text, start..end);
            match line.trim_start_matches(is_blank).strip_prefix('#') {
                Some(words) => Tile { range: start..next, kind: TileKind::Comment(words.to_owned()) },
                None => systemd_tile(text, start..next, &line, &mut section),
            }
        })
        .collect()
}

/// Whether the line goes on: its last character is a backslash that no backslash escapes.
pub(super) fn ends_open(line: &str) -> bool {
    line.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

fn systemd_tile(text: &[u8], range: Range<usize>, joined: &str, section: &mut bool) -> Tile {
    let stripped = joined.trim_matches(is_blank);
    let bytes = text.get(range.clone()).unwrap_or_default();
    let kind = if stripped.is_empty() {
        TileKind::Blank
    } else if std::str::from_utf8(bytes).is_err() {
        TileKind::Bad(Bad::NotUtf8)
    } else if let Some(rest) = stripped.strip_prefix('[') {
        match rest.strip_suffix(']') {
            Some(name) => {
                *section = true;
                TileKind::Section(name.to_owned())
            }
            None => TileKind::Bad(Bad::OpenSection),
        }
    } else if !*section {
        TileKind::Bad(Bad::NoSection)
    } else {
        match stripped.split_once('=') {
            Some((name, value)) if !name.trim_matches(is_blank).is_empty() => {
                let before = bytes.iter().position(|b| *b == b'=').map_or(0, |at| at + 1);
                let ending = bytes.iter().rev().take_while(|b| matches!(b, b'\n' | b'\r')).count();
                TileKind::Key {
                    name: name.trim_end_matches(is_blank).to_owned(),
                    value: value.trim_matches(is_blank).to_owned(),
                    at: range.start + before..(range.end - ending).max(range.start + before),
                    swallowed: None,
                }
            }
            _ => TileKind::Bad(Bad::NoKey),
        }
    };
    Tile { range, kind }
}
