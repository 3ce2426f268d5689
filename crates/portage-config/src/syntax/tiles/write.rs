//! Writing entries into a text.

use std::ops::Range;

use super::align::{align, fill};
use super::document::{Document, Lens, Tile, comment_line, comment_text};
use super::line::{Line, part};
use super::out::Out;
use super::spoken::Spoken;
use crate::model::says;
use crate::report::Key;
use crate::syntax::Refusal;

/// Writes `wanted` into `text`, see [`crate::syntax::write`].
///
/// An entry that the text has stays byte for byte; of one that is there with other words only the words change; a
/// new one goes below its predecessor. Comments stay, also those of an entry that goes; only where the wanted entry
/// has another comment of its own, that one takes the place of the old.
pub(in crate::syntax) fn write<L: Lens>(
    lens: &L,
    text: &[u8],
    header: &[String],
    wanted: &[L::Entry],
) -> Result<Vec<u8>, Refusal> {
    let document = Document::read(lens, text, &mut |_| {});
    let places = places(lens, &document, wanted);
    let out = Out::new(text, document.tiles.first().map(|(line, _)| *line));
    let mut placed = vec![false; wanted.len()];
    for place in places.iter().flatten() {
        if let Some(placed) = placed.get_mut(*place) {
            *placed = true;
        }
    }
    let mut writer = Writer { lens, wanted, document: &document, out, placed, next: 0 };
    writer.header(header)?;
    writer.body(&places)?;
    Ok(writer.out.finish())
}

/// Refuses words that would not be one comment. Comments that a text has already may be odder than that.
fn comment<L: Lens>(lens: &L, key: Key, words: &str) -> Result<String, Refusal> {
    let line = comment_line(words);
    let breaks = words.contains(['\n', '\r', '\0']);
    if breaks || !matches!(lens.tile(line.as_bytes(), 0..line.len(), &mut |_| {}), Tile::Comment) {
        let message = format!("the comment `{}` is not one line of comment", words.escape_debug());
        return Err(Refusal::new(key, message));
    }
    Ok(line)
}

/// For each entry of the text the wanted one that takes its place.
fn places<L: Lens>(lens: &L, document: &Document<'_, L>, wanted: &[L::Entry]) -> Vec<Option<usize>> {
    let old: Vec<&L::Entry> = document.entries().map(|(_, entry)| entry).collect();
    let mut places = vec![None; old.len()];
    if old.len() == wanted.len() && old.iter().zip(wanted).all(|(a, b)| a.same(b)) {
        return (0..old.len()).map(Some).collect();
    }
    let each = |name: &dyn Fn(&L::Entry) -> Option<String>| -> (Vec<_>, Vec<_>) {
        (old.iter().map(|entry| name(entry)).collect(), wanted.iter().map(name).collect())
    };
    let (a, b) = each(&|entry| Some(entry.identity()));
    let pairs = align(&a, &b);
    let (a, b) = each(&|entry| Some(lens.kin(entry)));
    let pairs = fill(&pairs, &a, &b);
    let (a, b) = each(&|entry| {
        let above = &entry.comment().above;
        (!above.is_empty()).then(|| above.join("\n"))
    });
    for (old, new) in fill(&pairs, &a, &b) {
        if let Some(place) = places.get_mut(old) {
            *place = Some(new);
        }
    }
    places
}

struct Writer<'w, 't, L: Lens> {
    lens: &'w L,
    wanted: &'w [L::Entry],
    document: &'w Document<'t, L>,
    out: Out<'t>,
    /// Which wanted entries have a line of the text.
    placed: Vec<bool>,
    /// The first wanted entry that is not written yet.
    next: usize,
}

/// A line with entries.
struct Unit<'w, E> {
    /// The lines of the comment above.
    above: Range<usize>,
    line: Line,
    entries: &'w [E],
    end: usize,
    behind: Option<usize>,
}

impl<'w, L: Lens> Writer<'w, '_, L> {
    fn header(&mut self, header: &[String]) -> Result<(), Refusal> {
        let present = self.document.header;
        if says(&self.document.header(), header) {
            self.keep(0..present);
        } else {
            self.comments(Key::file, header)?;
            let next = self.document.tiles.get(present);
            if present == 0 && next.is_some_and(|(_, tile)| !matches!(tile, Tile::Blank)) {
                self.out.line(b"");
                return Ok(());
            }
        }
        if present > 0 || !header.is_empty() {
            self.out.loosen();
        }
        Ok(())
    }

    /// New lines of comment.
    fn comments(&mut self, key: impl Fn() -> Key, words: &[String]) -> Result<(), Refusal> {
        for words in words {
            let line = comment(self.lens, key(), words)?;
            self.out.line(line.as_bytes());
        }
        Ok(())
    }

    /// A new comment behind an entry.
    fn behind(&self, entry: &L::Entry, words: &str) -> Result<String, Refusal> {
        if !L::BEHIND {
            let message = "no comment can stand behind an entry of this file: put it above";
            return Err(Refusal::new(entry.key(), message));
        }
        comment(self.lens, entry.key(), words)
    }

    fn keep(&mut self, tiles: Range<usize>) {
        for (line, _) in self.document.tiles.get(tiles).unwrap_or_default() {
            self.out.keep(*line);
        }
    }

    fn body(&mut self, places: &[Option<usize>]) -> Result<(), Refusal> {
        let mut places = places.iter();
        let mut block = self.document.header;
        for (at, (line, tile)) in self.document.tiles.iter().enumerate().skip(self.document.header) {
            match tile {
                Tile::Comment => continue,
                Tile::Blank | Tile::Unknown => self.keep(block..at + 1),
                Tile::Entries { entries, end, behind } => {
                    let mine: Vec<Option<usize>> = places.by_ref().take(entries.len()).copied().collect();
                    let unit = Unit { above: block..at, line: *line, entries, end: *end, behind: *behind };
                    self.unit(&unit, &mine)?;
                }
            }
            block = at + 1;
        }
        if block < self.document.tiles.len() {
            self.keep(block..self.document.tiles.len());
            self.out.loosen();
        }
        self.insert(self.wanted.len())
    }

    /// Writes new entries up to `until`.
    fn insert(&mut self, until: usize) -> Result<(), Refusal> {
        while self.next < until {
            let Some(entry) = self.wanted.get(self.next) else { break };
            self.out.part_from_comment();
            self.comments(|| entry.key(), &entry.comment().above)?;
            self.fresh(self.next, None)?;
            self.next += 1;
        }
        Ok(())
    }

    /// A new line; `behind` is the comment that stands there unless the entry brings its own.
    fn fresh(&mut self, at: usize, behind: Option<&[u8]>) -> Result<(), Refusal> {
        let fresh = self.document.tiles.is_empty();
        self.wanted.get(at).map_or(Ok(()), |entry| self.lens.check(entry))?;
        let mut line = self.lens.spell(self.wanted, at, fresh)?;
        match self.wanted_behind(at) {
            Some((entry, words)) => {
                line.extend_from_slice(b"  ");
                line.extend_from_slice(self.behind(entry, words)?.as_bytes());
            }
            None => line.extend_from_slice(behind.unwrap_or_default()),
        }
        self.out.line(&line);
        Ok(())
    }

    fn unit(&mut self, unit: &Unit<'w, L::Entry>, places: &[Option<usize>]) -> Result<(), Refusal> {
        let mut mine = places.iter().copied().flatten();
        let Some(first) = mine.next() else {
            self.keep(unit.above.clone());
            if !unit.above.is_empty() {
                self.out.loosen();
            }
            return Ok(());
        };
        let last = mine.next_back().unwrap_or(first);
        self.insert(first)?;
        self.out.part_from_comment();
        let Some(wanted) = self.wanted.get(first) else { return Ok(()) };
        let above = &wanted.comment().above;
        let present = unit.entries.first().map(|entry| &entry.comment().above);
        if above.is_empty() || present.is_some_and(|present| says(present, above)) {
            self.keep(unit.above.clone());
        } else {
            self.comments(|| wanted.key(), above)?;
        }
        self.next = last + 1;
        if self.stays(unit, places, first) {
            let entries = part(self.document.text, unit.line.start..unit.end);
            self.changed(unit, entries, first)?;
        } else if let [_] = unit.entries {
            let old = part(self.document.text, unit.line.start..unit.end);
            self.lens.check(wanted)?;
            let entries = self.lens.splice(old, self.wanted, first)?;
            self.changed(unit, &entries, first)?;
        } else if let Some(entries) = self.together(unit, first, last)? {
            self.changed(unit, &entries, first)?;
        } else {
            self.apart(unit, first, last)?;
        }
        let new = self.placed.iter().skip(self.next).take_while(|placed| !**placed).count();
        self.insert(self.next + new)
    }

    /// Whether a line says what is wanted, and nothing else.
    fn stays(&self, unit: &Unit<'w, L::Entry>, places: &[Option<usize>], first: usize) -> bool {
        unit.entries.iter().zip(places).enumerate().all(|(i, (entry, place))| {
            *place == Some(first + i)
                && self
                    .wanted
                    .get(first + i)
                    .is_some_and(|wanted| entry.same(wanted) && (i == 0 || wanted.comment().is_empty()))
        })
    }

    /// A line with these entries and the comment that is wanted behind them.
    fn changed(&mut self, unit: &Unit<'w, L::Entry>, entries: &[u8], at: usize) -> Result<(), Refusal> {
        let text = self.document.text;
        let mut line = entries.to_vec();
        let present = unit.behind.map(|from| comment_text(part(text, from..unit.line.end)));
        match (self.wanted_behind(at), unit.behind) {
            (Some((entry, words)), Some(from)) if present.as_ref() != Some(words) => {
                line.extend_from_slice(part(text, unit.end..from));
                line.extend_from_slice(self.behind(entry, words)?.as_bytes());
            }
            (Some((entry, words)), None) => {
                line.extend_from_slice(b"  ");
                line.extend_from_slice(self.behind(entry, words)?.as_bytes());
            }
            _ => line.extend_from_slice(part(text, unit.end..unit.line.end)),
        }
        self.out.change(&line, unit.line);
        Ok(())
    }

    /// The comment that is wanted behind an entry.
    fn wanted_behind(&self, at: usize) -> Option<(&'w L::Entry, &'w String)> {
        let entry = self.wanted.get(at)?;
        Some((entry, entry.comment().behind.as_ref()?))
    }

    /// A line of several entries that goes on to be one.
    fn together(
        &self,
        unit: &Unit<'w, L::Entry>,
        first: usize,
        last: usize,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let wanted = self.wanted.get(first..=last).unwrap_or_default();
        if wanted.iter().skip(1).any(|entry| !entry.comment().is_empty()) {
            return Ok(None);
        }
        wanted.iter().try_for_each(|entry| self.lens.check(entry))?;
        let old = part(self.document.text, unit.line.start..unit.end);
        Ok(self.lens.splice_all(old, wanted))
    }

    /// A line of several entries as one line each, with what was inserted between them.
    fn apart(&mut self, unit: &Unit<'w, L::Entry>, first: usize, last: usize) -> Result<(), Refusal> {
        let behind = part(self.document.text, unit.end..unit.line.end);
        self.fresh(first, Some(behind))?;
        self.next = first + 1;
        self.insert(last + 1)
    }
}
