//! Changing words of a value, and leaving the others where they stand.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::syntax::words::{self, Laid};
use crate::vocab::{Piece, Word};

/// How a language reads a quoted text.
pub(in crate::syntax) type Read<'f> = &'f dyn Fn(&str) -> Option<Word>;
/// How a language quotes a value.
pub(in crate::syntax) type Spell<'f> = &'f dyn Fn(&Word) -> Option<String>;

/// The text `current` of a value, changed into `wanted` word by word; `None` where that cannot be done.
///
/// `read` reads a quoted text, `spell` quotes a value; the result is checked with `read`.
pub(in crate::syntax) fn splice(
    current: &[u8],
    wanted: &Word,
    read: Read<'_>,
    spell: Spell<'_>,
) -> Option<String> {
    let laid = relay(current, wanted, read, spell);
    if let Some(laid) = laid.filter(|laid| read(laid).is_some_and(|word| word.pieces() == wanted.pieces())) {
        return Some(laid);
    }
    let text = std::str::from_utf8(current).ok()?;
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\n') {
        return None;
    }
    let old = raw_units(inner);
    let new = units(wanted);
    let meanings: Vec<Vec<Piece>> = old
        .iter()
        .map(|raw| read(&format!("\"{raw}\"")).map(|w| w.pieces().to_vec()))
        .collect::<Option<_>>()?;
    let mut out = String::from("\"");
    for op in capture_diff_slices(Algorithm::Myers, &meanings, &new) {
        if let DiffOp::Equal { .. } = op {
            out.extend(old.get(op.old_range()).unwrap_or_default().iter().copied());
            continue;
        }
        for unit in new.get(op.new_range()).unwrap_or_default() {
            let quoted = spell(&Word::from_pieces(unit.clone()))?;
            out.push_str(quoted.strip_prefix('"')?.strip_suffix('"')?);
        }
    }
    out.push('"');
    (read(&out)?.pieces() == wanted.pieces()).then_some(out)
}

/// The text `current` of a value, changed so that its words are those of `wanted`; the blanks and line breaks
/// between words that stay are those of the text. `None` where that cannot be done.
pub(in crate::syntax) fn relay(
    current: &[u8],
    wanted: &Word,
    read: Read<'_>,
    spell: Spell<'_>,
) -> Option<String> {
    let text = std::str::from_utf8(current).ok()?;
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let raw = raw_units(inner);
    let laid = words::lay(raw.iter().map(|unit| (is_blank_unit(unit), *unit)));
    let meaning = |raw: &str| read(&format!("{quote}{raw}{quote}")).map(|word| word.pieces().to_vec());
    let old: Vec<Vec<Piece>> = laid.words.iter().map(|(_, raw)| meaning(raw)).collect::<Option<_>>()?;
    let new = words_of(wanted);
    if old.is_empty() || new.is_empty() {
        return None;
    }
    let spelled = |pieces: &Vec<Piece>| {
        let quoted = spell(&Word::from_pieces(pieces.clone()))?;
        let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
        // Between other quotes a word that needs care would be another one; the check below sees to it.
        Some(inner.to_owned())
    };
    let out = format!("{quote}{}{quote}", Laid::changed(&laid, &old, &new, spelled)?);
    (words_of(&read(&out)?) == new).then_some(out)
}

/// The words of a value, without the blanks.
fn words_of(word: &Word) -> Vec<Vec<Piece>> {
    let is_blank = |unit: &[Piece]| matches!(unit, [Piece::Literal(text)] if text.trim().is_empty());
    units(word).into_iter().filter(|unit| !is_blank(unit)).collect()
}

fn is_blank_unit(unit: &str) -> bool {
    unit.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\\')) && unit != "\\"
}
/// Words and the blanks between them, as a file spells them. A backslash at a line's end belongs to the blanks.
fn raw_units(inner: &str) -> Vec<&str> {
    let mut units = Vec::new();
    let mut start = 0;
    let mut blank = None;
    let mut chars = inner.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut joins = false;
        if c == '\\' {
            joins = chars.peek().is_some_and(|(_, next)| matches!(next, '\n' | '\r'));
            if !joins && chars.next().is_none() {
                break;
            }
        }
        let is_blank = joins || matches!(c, ' ' | '\t' | '\n' | '\r');
        if blank.is_some_and(|blank| blank != is_blank) {
            units.extend(inner.get(start..at));
            start = at;
        }
        blank = Some(is_blank);
    }
    units.extend(inner.get(start..).filter(|rest| !rest.is_empty()));
    units
}

/// Words and the blanks between them, as a value has them.
fn units(word: &Word) -> Vec<Vec<Piece>> {
    let mut units: Vec<Vec<Piece>> = Vec::new();
    let mut blank = None;
    let mut add = |is_blank: bool, piece: Piece| match units.last_mut() {
        Some(unit) if blank == Some(is_blank) => match (unit.last_mut(), piece) {
            (Some(Piece::Literal(last)), Piece::Literal(text)) => last.push_str(&text),
            (_, piece) => unit.push(piece),
        },
        _ => {
            blank = Some(is_blank);
            units.push(vec![piece]);
        }
    };
    for piece in word.pieces() {
        match piece {
            Piece::Reference(_) => add(false, piece.clone()),
            Piece::Literal(text) => {
                for run in text.split_inclusive([' ', '\t', '\n']) {
                    let (word, last) = match run.strip_suffix([' ', '\t', '\n']) {
                        Some(word) => (word, run.get(word.len()..).unwrap_or_default()),
                        None => (run, ""),
                    };
                    for (is_blank, part) in [(false, word), (true, last)] {
                        if !part.is_empty() {
                            add(is_blank, Piece::Literal(part.to_owned()));
                        }
                    }
                }
            }
        }
    }
    units
}
