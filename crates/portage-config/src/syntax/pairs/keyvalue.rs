//! `KEY = VALUE`, as Portage's `KeyValuePairFileLoader` reads it; `KEY=VALUE` as iscsid and a shell do.

use std::ops::Range;

use super::{PAIR, PairLens};
use crate::model::{Comment, Pair};
use crate::report::Key;
use crate::syntax::Refusal;
use crate::syntax::tiles::{Newlines, Problem, Sink, Tile, is_blank, part};

/// `KEY = VALUE`.
pub(super) struct KeyValueLens {
    /// Whether it is written `KEY=VALUE`.
    pub(super) tight: bool,
}

fn parse(line: &str) -> Result<(&str, &str), &'static str> {
    let (key, value) = line.split_once('=').ok_or("is no `KEY = VALUE`")?;
    let key = key.trim_matches(is_blank);
    if key.is_empty() {
        return Err("has no key before its `=`");
    }
    Ok((key, value.trim_matches(is_blank)))
}

fn line(pair: &Pair, tight: bool) -> String {
    match pair.value.reveal() {
        value if tight => format!("{}={value}", pair.key),
        "" => format!("{} =", pair.key),
        value => format!("{} = {value}", pair.key),
    }
}

impl PairLens for KeyValueLens {
    const NEWLINES: Newlines = Newlines::Universal;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Pair> {
        let line = String::from_utf8_lossy(part(text, range.clone()));
        let line = line.trim_matches(is_blank);
        if line.is_empty() {
            return Tile::Blank;
        }
        if line.starts_with('#') {
            return Tile::Comment;
        }
        match parse(line) {
            Ok((key, value)) => {
                let pair = Pair { key: key.to_owned(), value: value.into(), comment: Comment::default() };
                Tile::Entries { entries: vec![pair], end: range.end, behind: None }
            }
            Err(why) => {
                let message = format!("the line `{}` {why}", line.escape_debug());
                let help = Some("write `KEY = VALUE`".to_owned());
                sink(Problem { code: &PAIR, key: Key::of(line), word: None, range, message, help });
                Tile::Unknown
            }
        }
    }

    fn check(&self, pair: &Pair) -> Result<(), Refusal> {
        let line = line(pair, self.tight);
        let said = !line.contains(['\n', '\r'])
            && !line.starts_with('#')
            && parse(&line).is_ok_and(|(key, value)| key == pair.key && value == pair.value.reveal());
        if said {
            return Ok(());
        }
        let message = format!("`{}` cannot be said as one line `KEY = VALUE`", pair.key.escape_debug());
        Err(Refusal::new(Key::of(pair.key.as_str()), message))
    }

    fn line(&self, pair: &Pair) -> String {
        line(pair, self.tight)
    }
}
