//! systemd presets.

use std::ops::Range;

use super::{PAIR, PATTERN, PairLens};
use crate::model::{Comment, Pair};
use crate::report::{Code, Key};
use crate::syntax::Refusal;
use crate::syntax::tiles::{Newlines, Problem, Sink, Tile, part};

/// `enable UNIT`.
pub(super) struct PresetLens;

/// What systemd calls white space.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

const DIRECTIVES: [&str; 3] = ["enable", "disable", "ignore"];

/// Directive, unit, instances.
fn parse(line: &str) -> Result<(&str, &str, Vec<&str>), &'static str> {
    let mut words = line.split(BLANKS).filter(|word| !word.is_empty());
    let directive = words.next().unwrap_or_default();
    if !DIRECTIVES.contains(&directive) {
        return Err("starts with none of `enable`, `disable`, `ignore`");
    }
    let unit = words.next().ok_or("names no unit")?;
    let instances: Vec<&str> = words.collect();
    if !instances.is_empty() && (directive != "enable" || !unit.contains("@.")) {
        return Err("has words behind the unit: only `enable` of a template takes instances");
    }
    Ok((directive, unit, instances))
}

impl PairLens for PresetLens {
    const NEWLINES: Newlines = Newlines::Universal;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Pair> {
        let line = String::from_utf8_lossy(part(text, range.clone()));
        let line = line.trim_matches(BLANKS);
        if line.is_empty() {
            return Tile::Blank;
        }
        if line.starts_with(['#', ';']) {
            return Tile::Comment;
        }
        let name = |line: &str| line.split(BLANKS).nth(1).unwrap_or(line).to_owned();
        let mut tell = |code: &'static Code, message: String, help: &str| {
            let (key, help) = (Key::of(name(line)), Some(help.to_owned()));
            sink(Problem { code, key, word: None, range: range.clone(), message, help });
        };
        let found = if line.contains('\0') { Err("has a NUL in it") } else { parse(line) };
        match found {
            Ok((directive, unit, instances)) => {
                if !unit.contains(['.', '*', '?', '[']) {
                    let message = format!("`{unit}` has no ending: it matches no unit");
                    tell(&PATTERN, message, &format!("write `{unit}.service`"));
                }
                let value = std::iter::once(directive).chain(instances).collect::<Vec<_>>().join(" ");
                let pair = Pair { key: unit.to_owned(), value: value.into(), comment: Comment::default() };
                Tile::Entries { entries: vec![pair], end: range.end, behind: None }
            }
            Err(why) => {
                tell(
                    &PAIR,
                    format!("`{}` {why}", line.escape_debug()),
                    "write `enable UNIT` or `disable UNIT`",
                );
                Tile::Unknown
            }
        }
    }

    fn check(&self, pair: &Pair) -> Result<(), Refusal> {
        let line = self.line(pair);
        let value = pair.value.reveal();
        let said = !line.contains(['\n', '\r', '\0'])
            && parse(&line).is_ok_and(|(directive, unit, instances)| {
                let words = std::iter::once(directive).chain(instances).collect::<Vec<_>>();
                unit == pair.key && words.join(" ") == value
            });
        if said {
            return Ok(());
        }
        let message =
            format!("`{}` is no line of a preset: `enable UNIT` or `disable UNIT`", line.escape_debug());
        Err(Refusal::new(Key::of(pair.key.as_str()), message))
    }

    fn line(&self, pair: &Pair) -> String {
        match pair.value.reveal().split_once(' ') {
            Some((directive, instances)) => format!("{directive} {} {instances}", pair.key),
            None => format!("{} {}", pair.value.reveal(), pair.key),
        }
    }
}
