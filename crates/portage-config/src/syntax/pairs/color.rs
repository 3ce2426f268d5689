//! color.map, as Portage's `_parse_color_map` reads it.
//!
//! The reader takes what stands before the first `#`, and where there is none all but the last character: the line
//! break, or the last letter of a file that does not end in one. At a line without exactly one `=` it stops.

use std::cell::Cell;
use std::ops::Range;

use super::{PairLens, STOP, TRUNCATED};
use crate::model::{Comment, Model, Pair, Pairs};
use crate::report::{Code, Key};
use crate::syntax::Refusal;
use crate::syntax::tiles::{self, Document, Newlines, Problem, Sink, Tile, is_blank, part, words};

/// `NAME=COLOR`.
#[derive(Default)]
pub(super) struct ColorLens {
    /// Whether the reader has stopped.
    stopped: Cell<bool>,
}

/// A token without the quotes around it.
fn unquoted(token: &str) -> &str {
    let inner = |quote| token.strip_prefix(quote)?.strip_suffix(quote);
    if matches!(token, "\"" | "'") {
        return "";
    }
    inner('"').or_else(|| inner('\'')).unwrap_or(token)
}

/// What a line says before its comment.
fn parse(said: &str) -> Result<(&str, &str), &'static str> {
    let mut parts = said.split('=');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(key), Some(value), None) => {
            let (key, value) = (key.trim_matches(is_blank), value.trim_matches(is_blank));
            if key.is_empty() || value.is_empty() {
                return Err("has nothing on one side of its `=`: every command of Portage fails");
            }
            Ok((unquoted(key), unquoted(value)))
        }
        _ => Err("has not exactly one `=`: Portage reads neither it nor what stands below"),
    }
}

/// The spelling that is read as the pair.
fn line(pair: &Pair) -> Option<String> {
    let (key, value) = (&pair.key, pair.value.reveal());
    [format!("{key}={value}"), format!("{key}=\"{value}\""), format!("{key}='{value}'")].into_iter().find(
        |line| {
            !line.contains(['\n', '\r', '\0', '#'])
                && parse(line).is_ok_and(|said| said == (key.as_str(), value))
        },
    )
}

impl PairLens for ColorLens {
    const NEWLINES: Newlines = Newlines::Universal;
    const BEHIND: bool = true;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Pair> {
        let bytes = part(text, range.clone());
        let sign = bytes.iter().position(|byte| *byte == b'#');
        let said = String::from_utf8_lossy(bytes.get(..sign.unwrap_or(bytes.len())).unwrap_or_default());
        let mut said = said.as_ref();
        let mut cut = None;
        if sign.is_none() && range.end == text.len() {
            let mut chars = said.chars();
            cut = chars.next_back();
            said = chars.as_str();
        }
        let mut tell = |code: &'static Code, message: String, help: String| {
            let name = said.split('=').next().unwrap_or_default().trim_matches(is_blank);
            let (key, help) = (Key::of(name), Some(help));
            sink(Problem { code, key, word: None, range: range.clone(), message, help });
        };
        if self.stopped.get() {
            let blank = said.trim_matches(is_blank).is_empty() && cut.is_none();
            return match (blank, sign) {
                (true, Some(_)) => Tile::Comment,
                (true, None) => Tile::Blank,
                (false, _) => Tile::Unknown,
            };
        }
        if let Some(letter) = cut.filter(|letter| !is_blank(*letter)) {
            let message =
                format!("the file does not end in a line break: `{}` is cut off", letter.escape_debug());
            tell(&TRUNCATED, message, "end the last line with a line break".to_owned());
        }
        if said.trim_matches(is_blank).is_empty() {
            return if sign.is_some() { Tile::Comment } else { Tile::Blank };
        }
        match parse(said) {
            Ok((key, value)) => {
                let pair = Pair { key: key.to_owned(), value: value.into(), comment: Comment::default() };
                let behind = sign.map(|at| range.start + at);
                let all = words(part(text, range.start..behind.unwrap_or(range.end)), range.start);
                let end = all.last().map_or(range.end, |word| word.end);
                Tile::Entries { entries: vec![pair], end, behind }
            }
            Err(why) => {
                self.stopped.set(true);
                let message = format!("the line `{}` {why}", said.trim_matches(is_blank).escape_debug());
                tell(&STOP, message, "write `NAME=COLOR`, or begin the line with `#`".to_owned());
                Tile::Unknown
            }
        }
    }

    fn check(&self, pair: &Pair) -> Result<(), Refusal> {
        if line(pair).is_some() {
            return Ok(());
        }
        let message = format!("`{}` cannot be said as one line `NAME=COLOR`", pair.key.escape_debug());
        Err(Refusal::new(Key::of(pair.key.as_str()), message))
    }

    fn line(&self, pair: &Pair) -> String {
        line(pair).unwrap_or_default()
    }
}

/// Writes pairs into a text. What the reader cuts off at the end is cut off in the text before anything else changes.
pub(super) fn write(text: &[u8], model: &Pairs) -> Result<Vec<u8>, Refusal> {
    let lens = ColorLens::default();
    let document = Document::read(&lens, text, &mut |_| {});
    let last = document.tiles.last().filter(|(line, _)| !line.terminated);
    if last.is_none() && !lens.stopped.get() {
        return tiles::write(&ColorLens::default(), text, &model.header, &model.pairs);
    }
    let mut whole = text.to_vec();
    if let Some((line, tile)) = last {
        let bytes = part(text, line.content());
        if matches!(tile, Tile::Entries { .. } | Tile::Blank) && !bytes.contains(&b'#') {
            let letter = String::from_utf8_lossy(bytes).chars().next_back();
            let known = letter.filter(|letter| *letter != char::REPLACEMENT_CHARACTER);
            whole.truncate(text.len() - known.map_or(1, char::len_utf8).min(bytes.len()));
        }
        whole.push(b'\n');
    }
    let there = Pairs { header: document.header(), pairs: document.into_entries() };
    if Model::Pairs(model.clone()).satisfied_by(&Model::Pairs(there)) {
        return Ok(text.to_vec());
    }
    if lens.stopped.get() {
        let message = "Portage stops reading at a line without exactly one `=`: take it out first";
        return Err(Refusal::new(Key::file(), message));
    }
    tiles::write(&ColorLens::default(), &whole, &model.header, &model.pairs)
}
