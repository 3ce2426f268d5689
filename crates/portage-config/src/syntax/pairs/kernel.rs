//! Fragments of a kernel's configuration.

use std::ops::Range;

use super::{PAIR, PairLens};
use crate::model::{Comment, Pair};
use crate::report::Key;
use crate::syntax::Refusal;
use crate::syntax::tiles::{Newlines, Problem, Sink, Tile, is_blank, part};
use crate::vocab::Text;

/// `CONFIG_X=y` and `# CONFIG_X is not set`.
pub(super) struct KernelLens;

fn is_name(name: &str) -> bool {
    name.strip_prefix("CONFIG_")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
}

/// A value of kconfig: a tristate, a number, a quoted string.
fn is_value(value: &str) -> bool {
    if let Some(text) = value.strip_prefix('"') {
        let mut rest = text.chars();
        loop {
            match rest.next() {
                Some('"') => return rest.next().is_none(),
                Some('\\') => drop(rest.next()),
                Some(_) => {}
                None => return false,
            }
        }
    }
    let digits = value.strip_prefix('-').unwrap_or(value);
    let hex = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X"));
    matches!(value, "y" | "m" | "n")
        || (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        || hex.is_some_and(|hex| !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The name in `# NAME is not set`.
fn unset(line: &str) -> Option<&str> {
    line.strip_prefix("# ")?.strip_suffix(" is not set").filter(|name| is_name(name))
}

impl KernelLens {
    fn parse<'l>(&self, line: &'l str) -> Result<(&'l str, &'l str), &'static str> {
        if let Some(name) = unset(line) {
            return Ok((name, "n"));
        }
        let (name, value) = line.split_once('=').ok_or("is no `CONFIG_NAME=value`")?;
        if !is_name(name) {
            return Err("does not start with `CONFIG_` and letters, digits or `_`");
        }
        let value = value.trim_end_matches([' ', '\t']);
        if !is_value(value) {
            return Err("has a value that is none of `y`, `m`, `n`, a number, or a text in double quotes");
        }
        Ok((name, value))
    }
}

impl PairLens for KernelLens {
    const NEWLINES: Newlines = Newlines::Unix;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Pair> {
        let line = String::from_utf8_lossy(part(text, range.clone()));
        if line.chars().all(is_blank) {
            return Tile::Blank;
        }
        if line.starts_with('#') && unset(&line).is_none() {
            return Tile::Comment;
        }
        match self.parse(&line) {
            Ok((name, value)) if !line.contains('\0') => {
                let pair = Pair { key: name.to_owned(), value: value.into(), comment: Comment::default() };
                Tile::Entries { entries: vec![pair], end: range.end, behind: None }
            }
            Ok(_) => self.unknown(&line, "has a NUL in it", range, sink),
            Err(why) => self.unknown(&line, why, range, sink),
        }
    }

    fn check(&self, pair: &Pair) -> Result<(), Refusal> {
        let refuse = |message: String| Err(Refusal::new(Key::of(pair.key.as_str()), message));
        if !is_name(&pair.key) {
            return refuse(format!(
                "`{}` is no name of a kernel option: `CONFIG_NAME`",
                pair.key.escape_debug()
            ));
        }
        let value = pair.value.reveal();
        if !is_value(value) || value.contains(['\n', '\r', '\0']) {
            let shown = pair.value.shown();
            return refuse(format!(
                "`{}` is none of `y`, `m`, `n`, a number, or a text in double quotes",
                shown.escape_debug()
            ));
        }
        Ok(())
    }

    fn line(&self, pair: &Pair) -> String {
        match pair.value.reveal() {
            "n" => format!("# {} is not set", pair.key),
            value => format!("{}={value}", pair.key),
        }
    }
}

impl KernelLens {
    fn unknown(&self, line: &str, why: &str, range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Pair> {
        // A value may be a secret: only the name is told.
        let name = line.split(['=', ' ']).next().unwrap_or_default();
        let message = format!("the line of `{}` {why}", Text::from(name).shown().escape_debug());
        sink(Problem { code: &PAIR, key: Key::of(name), word: None, range, message, help: None });
        Tile::Unknown
    }
}
