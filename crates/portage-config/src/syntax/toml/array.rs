//! Lists changed in place: their own layout and comments stay.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::format::format_value;
use super::read::Doc;
use crate::model::TomlValue;
use crate::syntax::ini::remark::Edits;

/// The list's text with these values, if its layout allows it.
pub(super) fn update(
    doc: &Doc<'_>,
    array: &toml_edit::Array,
    wanted: &[TomlValue],
    end: &str,
) -> Option<String> {
    let span = array.span()?;
    let raw = doc.text.get(span.clone())?;
    let places: Vec<Range<usize>> = array
        .iter()
        .map(|v| v.span().map(|s| s.start - span.start..s.end - span.start))
        .collect::<Option<_>>()?;
    let old: Vec<String> = array.iter().map(|v| format_value(&doc.value(v))).collect();
    let new: Vec<String> = wanted.iter().map(format_value).collect();
    if new.is_empty() {
        return None;
    }
    let one_line = !raw.contains(['\n', '#']);
    let mut edits = Edits::default();
    let mut last_gone = old.is_empty();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { .. } = op {
            continue;
        }
        let (_, olds, news) = op.as_tag_tuple();
        let both = olds.len().min(news.len());
        for (i, j) in olds.clone().zip(news.clone()) {
            edits.replace(places.get(i)?.clone(), new.get(j)?.as_str());
        }
        for i in olds.clone().skip(both) {
            edits.replace(removal(raw, &places, i)?, "");
            last_gone |= i + 1 == places.len();
        }
        for j in news.clone().skip(both) {
            let word = new.get(j)?;
            match places.get(olds.end) {
                Some(next) => {
                    let line = raw.get(..next.start)?.rsplit('\n').next()?;
                    let own = line.trim().is_empty() && line.len() < next.start;
                    let gap = if own { format!("{end}{line}") } else { " ".to_owned() };
                    edits.insert(next.start, format!("{word},{gap}"));
                }
                None if last_gone => return None,
                None => append(raw, places.last()?, word, end, &mut edits)?,
            }
        }
    }
    if one_line && last_gone {
        return None;
    }
    let written = String::from_utf8(edits.apply(raw.as_bytes())).ok()?;
    let check = format!("x = {written}\n");
    let parsed = Doc::parse(check.as_bytes())?;
    let read = parsed.value(parsed.root().get("x")?.as_value()?);
    read.satisfied_by(&TomlValue::Array(wanted.to_vec())).then_some(written)
}

/// Where the comma behind an element stands, before the next one.
fn comma(raw: &str, from: usize) -> Option<usize> {
    let mut comment = false;
    for (at, c) in raw.get(from..)?.char_indices() {
        match c {
            '#' => comment = true,
            '\n' => comment = false,
            ',' if !comment => return Some(from + at),
            ']' if !comment => return None,
            _ => {}
        }
    }
    None
}

/// The bytes of an element with its comma, and its line where nothing else stands there.
fn removal(raw: &str, places: &[Range<usize>], index: usize) -> Option<Range<usize>> {
    let place = places.get(index)?;
    let comma = comma(raw, place.end);
    // a comment between element and comma stays
    let end = match comma {
        Some(at) if !raw.get(place.end..at)?.contains('#') => at + 1,
        Some(_) => return None,
        None => place.end,
    };
    let before = raw.get(..place.start)?;
    let line = before.rfind('\n').map(|at| at + 1);
    let after = raw.get(end..)?;
    let rest = after.trim_start_matches([' ', '\t', '\r']);
    match line {
        Some(line) if raw.get(line..place.start)?.trim().is_empty() && rest.starts_with('\n') => {
            Some(line..end + (after.len() - rest.len()) + 1)
        }
        _ => Some(place.start..end + (after.len() - after.trim_start_matches(' ').len())),
    }
}

/// Adds an element behind the last one.
fn append(raw: &str, last: &Range<usize>, word: &str, end: &str, edits: &mut Edits) -> Option<()> {
    let before = raw.get(..last.start)?;
    let indent: String =
        before.rsplit('\n').next()?.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let comma = comma(raw, last.end);
    let from = comma.map_or(last.end, |at| at + 1);
    let rest = raw.get(from..)?;
    let newline = rest.find('\n').filter(|at| {
        let line = rest.get(..*at).unwrap_or_default().trim();
        line.is_empty() || line.starts_with('#')
    });
    match (comma, newline) {
        (Some(_), Some(at)) => edits.insert(from + line_break(rest, at), format!("{end}{indent}{word},")),
        (Some(_), None) => edits.insert(from, format!(" {word},")),
        (None, Some(at)) => {
            edits.insert(last.end, ",");
            edits.insert(from + line_break(rest, at), format!("{end}{indent}{word}"));
            return Some(());
        }
        (None, None) => edits.insert(last.end, format!(", {word}")),
    }
    Some(())
}

/// Where the line end at `at` begins.
fn line_break(text: &str, at: usize) -> usize {
    if text.get(..at).is_some_and(|t| t.ends_with('\r')) { at - 1 } else { at }
}

/// The comments inside a value, without `#`.
pub(super) fn comments(raw: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = raw;
    while let Some(at) = rest.find(['"', '\'', '#']) {
        rest = rest.get(at..).unwrap_or_default();
        if let Some(words) = rest.strip_prefix('#') {
            let words = words.split('\n').next().unwrap_or_default();
            all.push(words.trim_end_matches('\r').to_owned());
            rest = rest.get(1 + words.len()..).unwrap_or_default();
            continue;
        }
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| rest.starts_with(q)).unwrap_or("\"");
        rest = rest.get(quote.len()..).unwrap_or_default();
        loop {
            let Some(at) = rest.find(['\\', '"', '\'']) else { return all };
            let here = rest.get(at..).unwrap_or_default();
            let escape = here.starts_with('\\') && quote.starts_with('"');
            let closing = here.starts_with(quote);
            let step = if escape {
                2
            } else if closing {
                quote.len()
            } else {
                1
            };
            rest = here.get(step..).or_else(|| here.get(step + 1..)).unwrap_or_default();
            if closing {
                // up to two further quotes belong to a multi-line string
                if quote.len() == 3 {
                    rest = rest.trim_start_matches(['"', '\'']);
                }
                break;
            }
        }
    }
    all
}
