//! The gate: no byte is written that does not read back as the model it was made from.

use std::ops::Range;

use indexmap::IndexMap;

use crate::file::{Grammar, Kind, VarsDialect};
use crate::meaning::first_difference;
use crate::model::Model;
use crate::report::{Key, Report, Severity};
use crate::syntax;
use crate::vocab::RelPath;

/// Checks that `text` says the model and nothing else. `before` is what the file held, nothing for a new one: what
/// was wrong with it already may stay.
///
/// # Errors
/// A lower-case fragment with the first difference.
pub(super) fn faithful(kind: &Kind, model: &Model, text: &[u8], before: Option<&[u8]>) -> Result<(), String> {
    // The name means nothing here: findings are only compared with one another.
    let path = RelPath::parse("file").map_err(|e| e.to_string())?;
    let (back, findings) = read(kind, &path, text);
    if !model.satisfied_by(&back) {
        let difference = first_difference(&kind.grammar, model, &back);
        return Err(format!("does not read back as the model it was rendered from: {difference}"));
    }
    if !findings.is_empty() {
        let mut allowed = before.map(|before| read(kind, &path, before).1).unwrap_or_default();
        if let Ok(plain) = syntax::write(&kind.grammar, b"", model) {
            for (finding, count) in read(kind, &path, &plain).1 {
                *allowed.entry(finding).or_default() += count;
            }
        }
        for (finding, count) in findings {
            if count > allowed.get(&finding).copied().unwrap_or(0) {
                let (_, key, message) = finding;
                let at = if key.0.is_empty() { String::new() } else { format!(" at `{key}`") };
                return Err(format!("adds what its reader refuses{at}: {message}"));
            }
        }
    }
    if let Grammar::Vars(VarsDialect::Shell { .. }) = kind.grammar {
        let known = before.map(|before| between(kind, before)).unwrap_or_default();
        for (line, count) in between(kind, text) {
            if count > known.get(&line).copied().unwrap_or(0) {
                let line = line.escape_default();
                return Err(format!("adds `{line}`, which is no assignment and would be run"));
            }
        }
    }
    Ok(())
}

type Finding = (&'static str, Key, String);

/// What a text says, and how often its reader says what against it.
fn read(kind: &Kind, path: &RelPath, text: &[u8]) -> (Model, IndexMap<Finding, usize>) {
    let mut report = Report::new();
    let mut findings: IndexMap<Finding, usize> = IndexMap::new();
    let model = syntax::read(&kind.grammar, text, &mut report.file(path));
    for diagnostic in report.diagnostics {
        if diagnostic.severity >= Severity::Warning {
            let finding = (diagnostic.code.id, diagnostic.spot.key, diagnostic.message);
            *findings.entry(finding).or_default() += 1;
        }
    }
    (model, findings)
}

/// The lines between the entries that are neither blank nor comments.
fn between(kind: &Kind, text: &[u8]) -> IndexMap<String, usize> {
    let mut spans: Vec<Range<usize>> =
        syntax::spans(&kind.grammar, text).into_iter().map(|(_, range)| range).collect();
    spans.sort_by_key(|range| range.start);
    let mut lines: IndexMap<String, usize> = IndexMap::new();
    let mut at = 0;
    let end = text.len()..text.len();
    for range in spans.into_iter().chain(std::iter::once(end)) {
        let gap = String::from_utf8_lossy(text.get(at..range.start).unwrap_or_default());
        // What stands before an entry on its own line counts: `export`, or something else.
        for line in gap.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line != "export" {
                *lines.entry(line.to_owned()).or_default() += 1;
            }
        }
        at = at.max(range.end);
    }
    lines
}
