//! Merging by entries.

use super::{Conflict, Merged, comments, model};
use crate::file::{Grammar, Kind};
use crate::meaning::said;
use crate::model::Model;
use crate::render;
use crate::report::{Key, Report, Severity};
use crate::syntax;
use crate::template::RenderError;
use crate::vocab::RelPath;

/// Findings of a warning's weight about lines that are no entries: commands in a shell's file, and lines that systemd
/// ignores.
const UNREAD: &[&str] = &["P070", "P111"];

/// Merges by entries; `None` where that cannot be.
pub(super) fn merged(
    kind: &'static Kind,
    base: &[u8],
    ours: &[u8],
    theirs: &[u8],
) -> Result<Option<Merged>, RenderError> {
    if kind.grammar == Grammar::Opaque {
        return Ok(None);
    }
    let (Some((base_model, true)), Some((ours_model, true)), Some((theirs_model, whole))) =
        (read(kind, base), read(kind, ours), read(kind, theirs))
    else {
        return Ok(None);
    };
    if !whole && !is_lines(kind) {
        return Ok(None);
    }
    let Ok(Some((wanted, keys))) = model::merged(kind, &base_model, &ours_model, &theirs_model) else {
        return Ok(None);
    };
    let conflicts = conflicts(kind, keys, [&base_model, &ours_model, &theirs_model]);
    let mut bytes = theirs.to_vec();
    if !wanted.satisfied_by(&theirs_model) {
        bytes = render::into_text(kind, &wanted, theirs)?;
    }
    let headless = ours_model.header().is_empty() && base_model.header() == theirs_model.header();
    let header = if headless { base_model.header().len() } else { 0 };
    if let Some(text) = comments::without_gone(kind, base, theirs, &bytes, header) {
        let mut wanted = wanted;
        if header > 0
            && let Some(lines) = wanted.header_mut()
        {
            lines.clear();
        }
        bytes = render::into_text(kind, &wanted, &text)?;
    }
    Ok(Some(Merged { bytes, conflicts }))
}

/// Whether each line of a language stands for itself.
fn is_lines(kind: &Kind) -> bool {
    matches!(kind.grammar, Grammar::Rules(_) | Grammar::Items(_) | Grammar::Pairs(_) | Grammar::Fstab)
}

/// What a text says, and whether all of its lines can be read; `None` where it is no UTF-8.
fn read(kind: &Kind, text: &[u8]) -> Option<(Model, bool)> {
    std::str::from_utf8(text).ok()?;
    let path = RelPath::parse("file").ok()?;
    let mut report = Report::new();
    let model = syntax::read(&kind.grammar, text, &mut report.file(&path));
    let unread = |severity: Severity, id: &str| severity == Severity::Error || UNREAD.contains(&id);
    let whole = !report.diagnostics.iter().any(|found| unread(found.severity, found.code.id));
    Some((model, whole))
}

/// What each side says of the entries on which they disagree.
fn conflicts(kind: &Kind, keys: Vec<Key>, models: [&Model; 3]) -> Vec<Conflict> {
    if keys.is_empty() {
        return Vec::new();
    }
    let sides = models.map(|model| said(&kind.grammar, model));
    let one = |key: Key| {
        let mut secret = false;
        let words = sides.each_ref().map(|side| {
            if let Some(said) = side.get(&key) {
                secret |= said.secret;
                return Some(said.words());
            }
            if kind.grammar != Grammar::Toml {
                return None;
            }
            // A table against a value: all that is in it.
            let inner = side.iter().filter(|(other, _)| other.0.starts_with(&key.0));
            let mut words = Vec::new();
            for (other, said) in inner {
                secret |= said.secret;
                words.push(format!("{} =", other.0.get(key.0.len()..).unwrap_or_default().join(".")));
                words.extend(said.words());
            }
            (!words.is_empty()).then_some(words)
        });
        Conflict::new(key.to_string(), words, secret)
    };
    keys.into_iter().map(one).collect()
}
