//! Rows of an fstab.

use std::ops::Range;

use super::field::{escape, fields, options, unescape};
use super::{EXTRA, ROW};
use crate::model::{Comment, Mount};
use crate::report::{Code, Key};
use crate::syntax::Refusal;
use crate::syntax::tiles::{Lens, Newlines, Problem, Sink, Spoken, Tile, part};
use crate::vocab::Text;

/// Rows of six fields.
#[derive(Default)]
pub(super) struct MountLens {
    /// How wide the columns of a new text are.
    widths: [usize; 5],
}

impl MountLens {
    /// A writer that lines these rows up in a new text.
    pub(super) fn padding(mounts: &[Mount]) -> Self {
        let mut widths = [0; 5];
        for row in mounts.iter().filter_map(|mount| spelled(mount).ok()) {
            for (width, field) in widths.iter_mut().zip(&row) {
                *width = field.chars().count().max(*width);
            }
        }
        Self { widths }
    }
}

/// A number as strtol(3) reads it, if it is none below 0.
fn number(field: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(field).ok()?;
    // A sign is accepted; more than a C int holds would wrap around.
    let number: i32 = text.parse().ok()?;
    u32::try_from(number).ok()
}

/// The six fields as they are written; options and numbers at the end may be absent.
fn spelled(mount: &Mount) -> Result<Vec<String>, Refusal> {
    let refuse = |message: String| Err(Refusal::new(mount.key(), message));
    let field = |name: &str, text: &str| {
        escape(text).map_err(|refusal| Refusal::new(mount.key(), format!("{name}: {}", refusal.message)))
    };
    let mut row = vec![
        field("the source", mount.source.reveal())?,
        field("the target", &mount.target)?,
        field("the type", &mount.fstype)?,
    ];
    let list = mount.options.iter().map(Text::reveal).collect::<Vec<_>>();
    if list.is_empty() {
        if mount.dump != 0 || mount.pass != 0 {
            return refuse("a row with numbers needs options, at least `defaults`".to_owned());
        }
        return Ok(row);
    }
    let joined = list.join(",");
    if options(&joined) != list {
        let shown = mount.options.iter().map(Text::shown).collect::<Vec<_>>().join(",");
        return refuse(format!("the options `{}` do not come apart at their commas", shown.escape_debug()));
    }
    row.push(field("the options", &joined)?);
    for number in [mount.dump, mount.pass] {
        if i32::try_from(number).is_err() {
            return refuse(format!("{number} is too large a number"));
        }
        row.push(number.to_string());
    }
    Ok(row)
}

impl Lens for MountLens {
    type Entry = Mount;
    const NEWLINES: Newlines = Newlines::Unix;
    const BEHIND: bool = false;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Mount> {
        let found = fields(text, &range);
        let bytes = |field: usize| found.get(field).map(|range| part(text, range.clone()));
        let read = |field: usize| bytes(field).map(unescape);
        match bytes(0) {
            None => return Tile::Blank,
            Some([b'#', ..]) => return Tile::Comment,
            Some(_) => {}
        }
        let name = read(1).or_else(|| read(0)).unwrap_or_default();
        let mut tell = |code: &'static Code, range: Range<usize>, message: &str, help: Option<&str>| {
            let (key, message, help) = (Key::of(name.as_str()), message.to_owned(), help.map(str::to_owned));
            sink(Problem { code, key, word: None, range, message, help });
        };
        if part(text, range.clone()).contains(&0) {
            tell(&ROW, range, "the row has a NUL in it", None);
            return Tile::Unknown;
        }
        let (Some(source), Some(target), Some(fstype)) = (read(0), read(1), read(2)) else {
            let message = "the row has less than three fields: source, target, type";
            tell(&ROW, range, message, Some("write six fields: source, target, type, options, dump, pass"));
            return Tile::Unknown;
        };
        let mut numbers = [0, 0];
        for (at, value) in [4, 5].into_iter().zip(&mut numbers) {
            let (Some(range), Some(field)) = (found.get(at), bytes(at)) else { break };
            let Some(read) = number(field) else {
                let message = format!("field {} is no number", at + 1);
                let help = match field.first() {
                    Some(b'#') => "a comment stands on a line of its own",
                    _ => "write a blank within a field as `\\040`",
                };
                tell(&ROW, range.clone(), &message, Some(help));
                return Tile::Unknown;
            };
            *value = read;
        }
        if let Some(seventh) = found.get(6) {
            let help = match bytes(6) {
                Some([b'#', ..]) => "put a comment on a line of its own",
                _ => "write a blank within a field as `\\040`",
            };
            tell(&EXTRA, seventh.start..range.end, "the row has more than six fields", Some(help));
        }
        let list = read(3).unwrap_or_default();
        let [dump, pass] = numbers;
        let mount = Mount {
            source: source.into(),
            target,
            fstype,
            options: options(&list).into_iter().map(Text::from).collect(),
            dump,
            pass,
            comment: Comment::default(),
        };
        Tile::Entries { entries: vec![mount], end: range.end, behind: None }
    }

    fn kin(&self, mount: &Mount) -> String {
        match mount.is_swap() {
            true => format!("swap {}", mount.source.reveal()),
            false => format!("mount {}", mount.target),
        }
    }

    fn check(&self, mount: &Mount) -> Result<(), Refusal> {
        spelled(mount).map(drop)
    }

    fn spell(&self, wanted: &[Mount], at: usize, fresh: bool) -> Result<Vec<u8>, Refusal> {
        let Some(mount) = wanted.get(at) else { return Ok(Vec::new()) };
        let row = spelled(mount)?;
        if !fresh {
            return Ok(row.join(" ").into_bytes());
        }
        let mut line = String::new();
        for (i, field) in row.iter().enumerate() {
            line.push_str(field);
            if i + 1 < row.len() {
                let width = self.widths.get(i).copied().unwrap_or(0);
                let blanks = width.saturating_sub(field.chars().count()) + 1;
                line.extend(std::iter::repeat_n(' ', blanks));
            }
        }
        Ok(line.into_bytes())
    }

    fn splice(&self, old: &[u8], wanted: &[Mount], at: usize) -> Result<Vec<u8>, Refusal> {
        let Some(mount) = wanted.get(at) else { return Ok(Vec::new()) };
        let row = spelled(mount)?;
        let Tile::Entries { entries, .. } = self.tile(old, 0..old.len(), &mut |_| {}) else {
            return Ok(row.join(" ").into_bytes());
        };
        let before = entries.first().map(spelled_leniently).unwrap_or_default();
        let found = fields(old, &(0..old.len()));
        if row.len() < found.len().min(6) {
            return Ok(row.join(" ").into_bytes());
        }
        let mut line = Vec::with_capacity(old.len());
        let mut end = 0;
        for (i, new) in row.iter().enumerate() {
            match found.get(i) {
                Some(field) if before.get(i) == Some(new) => {
                    line.extend_from_slice(part(old, end..field.end));
                    end = field.end;
                }
                Some(field) => {
                    line.extend_from_slice(part(old, end..field.start));
                    line.extend_from_slice(new.as_bytes());
                    end = field.end;
                }
                None => {
                    line.push(b' ');
                    line.extend_from_slice(new.as_bytes());
                }
            }
        }
        line.extend_from_slice(part(old, end..old.len()));
        Ok(line)
    }
}

/// The fields of a row of the text in the spelling of a new one: what is equal there means the same.
fn spelled_leniently(mount: &Mount) -> Vec<String> {
    let options = mount.options.iter().map(Text::reveal).collect::<Vec<_>>().join(",");
    let texts = [mount.source.reveal(), &mount.target, &mount.fstype, &options];
    let mut row: Vec<String> = texts.into_iter().map(|text| escape(text).unwrap_or_default()).collect();
    row.extend([mount.dump.to_string(), mount.pass.to_string()]);
    row
}
