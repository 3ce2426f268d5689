//! The parser: slot, repository and USE deps.

use std::collections::HashMap;
use std::ops::Range;

use super::scan::{Bounds, Fault, Parts};
use super::{AtomErrorKind as Kind, AtomPart, Dialect};
use crate::vocab::SlotOperator;
use crate::vocab::name::{is_category_byte, is_word_byte};
use crate::vocab::slot::is_slot;
use crate::vocab::use_flag::is_use_flag;

/// What follows the package and its version.
pub(super) struct Tail<'a> {
    pub(super) text: &'a str,
    pub(super) dialect: Dialect,
    pub(super) start: usize,
}

/// The first character of `text` that is not `allowed`, as a fault.
pub(super) fn fault(
    text: &str,
    start: usize,
    allowed: impl Fn(u8) -> bool,
    kind: impl Fn(char) -> Kind,
) -> Fault {
    let bad = |(_, c): &(usize, char)| !u8::try_from(*c).is_ok_and(|b| b.is_ascii() && allowed(b));
    let (at, c) = text.char_indices().find(bad).unwrap_or_default();
    (start + at..start + at + c.len_utf8(), kind(c))
}

/// Reads `:slot::repo[use]`.
pub(super) fn read(tail: &Tail<'_>, parts: &mut Parts) -> Result<(), Fault> {
    let text = tail.text;
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let end_of = |at: usize| rest(at).find([':', '[']).map_or(text.len(), |i| at + i);
    let mut at = tail.start;
    if rest(at).starts_with(':') && !rest(at).starts_with("::") {
        let end = end_of(at + 1);
        slot(text, at + 1..end, parts)?;
        at = end;
    }
    if rest(at).starts_with("::") {
        let end = end_of(at + 2);
        repo(tail, at..end)?;
        parts.repo = Bounds::of(&(at + 2..end));
        at = end;
    }
    if rest(at).starts_with('[') {
        use_deps(tail, at, parts)?;
        parts.use_deps = Bounds::of(&(at + 1..text.len() - 1));
    } else if at < text.len() {
        return Err(match rest(at) {
            ":" => (at..at + 1, Kind::Missing(AtomPart::Slot)),
            more if !more.starts_with("::") && !parts.repo.is_empty() => {
                (at..end_of(at + 1), Kind::SlotAfterRepo)
            }
            _ => (at..text.len(), Kind::BadSlot),
        });
    }
    Ok(())
}

fn slot(text: &str, range: Range<usize>, parts: &mut Parts) -> Result<(), Fault> {
    let slot = text.get(range.clone()).unwrap_or_default();
    let (names, operator) = if let Some(names) = slot.strip_suffix('=') {
        (names, Some(SlotOperator::Rebuild))
    } else if let Some(names) = slot.strip_suffix('*') {
        (names, Some(SlotOperator::Any))
    } else {
        (slot, None)
    };
    if names.is_empty() {
        parts.slot_operator = operator;
        return if operator.is_some() { Ok(()) } else { Err((range, Kind::Missing(AtomPart::Slot))) };
    }
    let (name, sub) = names.split_once('/').map_or((names, None), |(name, sub)| (name, Some(sub)));
    if !is_slot(name) || !sub.is_none_or(is_slot) {
        let allowed = |b: u8| is_category_byte(b) || matches!(b, b'/' | b'=' | b'*');
        if slot.bytes().all(allowed) {
            return Err((range, Kind::BadSlot));
        }
        return Err(fault(slot, range.start, allowed, |c| Kind::BadCharacter(AtomPart::Slot, c)));
    }
    if operator == Some(SlotOperator::Any) {
        return Err((range, Kind::SlotStar));
    }
    parts.slot_operator = operator;
    parts.slot = Bounds::of(&(range.start..range.start + name.len()));
    if let Some(sub) = sub {
        let start = range.start + name.len() + 1;
        parts.subslot = Bounds::of(&(start..start + sub.len()));
    }
    Ok(())
}

fn repo(tail: &Tail<'_>, range: Range<usize>) -> Result<(), Fault> {
    let start = range.start + 2;
    let name = tail.text.get(start..range.end).unwrap_or_default();
    let Some(first) = name.bytes().next() else {
        return Err((range, Kind::Missing(AtomPart::Repo)));
    };
    if !is_word_byte(first) {
        return Err(fault(name, start, |_| false, |c| Kind::BadStart(AtomPart::Repo, c)));
    }
    let allowed = |b: u8| is_word_byte(b) || b == b'-';
    if !name.bytes().all(allowed) {
        return Err(fault(name, start, allowed, |c| Kind::BadCharacter(AtomPart::Repo, c)));
    }
    if !tail.dialect.repo() {
        return Err((range, Kind::RepoNotAllowed));
    }
    Ok(())
}

fn use_deps(tail: &Tail<'_>, start: usize, parts: &Parts) -> Result<(), Fault> {
    let text = tail.text;
    let whole = text.get(start + 1..).unwrap_or_default();
    let Some(deps) = whole.strip_suffix(']') else {
        return Err(match whole.find(']') {
            Some(end) => (start + end + 2..text.len(), Kind::UseDepsNotLast),
            None => (start..text.len(), Kind::UseDepsNotClosed),
        });
    };
    if parts.extended {
        return Err((start..text.len(), Kind::UseDepsOnWildcard));
    }
    let mut defaults: HashMap<&str, &str> = HashMap::new();
    let many = deps.contains(',');
    let mut at = start + 1;
    for dep in deps.split(',') {
        let range = at..at + dep.len();
        at = range.end + 1;
        let Some((flag, default)) = use_dep(dep) else {
            return Err((range, Kind::BadUseDep));
        };
        if many && *defaults.entry(flag).or_insert(default) != default {
            return Err((range, Kind::UseDepConflict));
        }
    }
    if !tail.dialect.use_deps() {
        return Err((start..text.len(), Kind::UseDepsNotAllowed));
    }
    Ok(())
}

/// The flag of a USE dep and its default (`(+)`, `(-)` or nothing).
fn use_dep(dep: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = match dep.split_at_checked(1) {
        Some((prefix @ ("!" | "-"), rest)) => (prefix, rest),
        _ => ("", dep),
    };
    let (rest, suffix) = match rest.split_at_checked(rest.len().saturating_sub(1)) {
        Some((rest, suffix @ ("?" | "="))) => (rest, suffix),
        _ => (rest, ""),
    };
    let (flag, default) = match rest.split_at_checked(rest.len().saturating_sub(3)) {
        Some((flag, default @ ("(+)" | "(-)"))) => (flag, default),
        _ => (rest, ""),
    };
    let known = matches!((prefix, suffix), ("" | "!", "?" | "=") | ("" | "-", ""));
    (known && is_use_flag(flag)).then_some((flag, default))
}
