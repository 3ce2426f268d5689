//! Changing words of a value that spans lines, and leaving the others where they stand.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::vocab::{Piece, Word};

/// The text `current` of a value, changed into `wanted` word by word; `None` where that cannot be done.
///
/// `read` reads a quoted text, `spell` quotes a value; the result is checked with `read`.
pub(in crate::syntax) fn splice(
    current: &[u8],
    wanted: &Word,
    read: &dyn Fn(&str) -> Option<Word>,
    spell: &dyn Fn(&Word) -> Option<String>,
) -> Option<String> {
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
