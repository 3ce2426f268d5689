//! Merging by lines.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use similar::{MergeResolution, TextMerge};

use super::{Conflict, Merged};
use crate::file::{Grammar, Kind};
use crate::model::{Model, Opaque};
use crate::report::{Report, Severity};
use crate::syntax;
use crate::vocab::{RelPath, mask};

/// Merges by lines. Where that would give a file with which its reader finds more fault than with both sides, all of
/// it is one conflict.
pub(super) fn merged(kind: Option<&Kind>, base: Option<&[u8]>, ours: &[u8], theirs: &[u8]) -> Merged {
    let texts = Texts::of(base.unwrap_or_default(), ours, theirs);
    let merged = match base {
        None => None,
        Some(_) if ours.is_empty() => texts.without_base(),
        Some(_) => Some(texts.merged()),
    };
    let sane = |merged: &Merged| kind.is_none_or(|kind| is_sane(kind, &merged.bytes, ours, theirs));
    let mut merged = merged.filter(sane).unwrap_or_else(|| texts.whole(base.is_some(), theirs));
    // A secret in one line may be seen in another.
    if kind.is_some_and(|kind| holds_secret(kind, [base.unwrap_or_default(), ours, theirs])) {
        merged.conflicts.iter_mut().for_each(Conflict::hide);
    }
    merged
}

/// Three texts. Where one is no UTF-8, each byte is a character.
struct Texts<'t> {
    is_bytes: bool,
    base: Cow<'t, str>,
    ours: Cow<'t, str>,
    theirs: Cow<'t, str>,
}

impl<'t> Texts<'t> {
    fn of(base: &'t [u8], ours: &'t [u8], theirs: &'t [u8]) -> Self {
        if let (Ok(base), Ok(ours), Ok(theirs)) =
            (std::str::from_utf8(base), std::str::from_utf8(ours), std::str::from_utf8(theirs))
        {
            return Self { is_bytes: false, base: base.into(), ours: ours.into(), theirs: theirs.into() };
        }
        let [base, ours, theirs] = [base, ours, theirs]
            .map(|text| Cow::Owned(text.iter().map(|byte| char::from(*byte)).collect::<String>()));
        Self { is_bytes: true, base, ours, theirs }
    }

    fn bytes(&self, text: String) -> Vec<u8> {
        if self.is_bytes {
            text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or_default()).collect()
        } else {
            text.into_bytes()
        }
    }

    /// A line for people.
    fn shown(&self, line: &str) -> String {
        let line = line.trim_end_matches(['\n', '\r']);
        if !self.is_bytes {
            return line.to_owned();
        }
        let bytes = self.bytes(line.to_owned());
        let mut out = String::new();
        for chunk in bytes.utf8_chunks() {
            out.push_str(chunk.valid());
            chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02X}")));
        }
        out
    }

    fn conflict(&self, at: Range<usize>, sides: [Option<Vec<&str>>; 3]) -> Conflict {
        let key = match at.len() {
            0 | 1 => (at.start + 1).to_string(),
            _ => format!("{}-{}", at.start + 1, at.end),
        };
        let sides = sides.map(|side| {
            side.map(|lines| lines.into_iter().map(|line| self.shown(line)).collect::<Vec<String>>())
        });
        let secret = sides.iter().flatten().flatten().any(|line| matches!(mask(line), Cow::Owned(_)));
        Conflict::new(key, sides, secret)
    }

    /// One conflict of all lines; what is there stays.
    fn whole<'s>(&'s self, has_base: bool, theirs: &[u8]) -> Merged {
        let side = |text: &'s str, is: bool| is.then(|| text.split_inclusive('\n').collect::<Vec<&str>>());
        let count = self.theirs.split_inclusive('\n').count();
        let sides = [
            side(&self.base, has_base),
            side(&self.ours, !self.ours.is_empty()),
            side(&self.theirs, !self.theirs.is_empty()),
        ];
        Merged { bytes: theirs.to_vec(), conflicts: vec![self.conflict(0..count, sides)] }
    }

    fn merged(&self) -> Merged {
        let merge = TextMerge::from_lines(&*self.base, &*self.ours, &*self.theirs);
        let mut out = String::with_capacity(self.theirs.len());
        let mut conflicts = Vec::new();
        for region in merge.regions() {
            let base: Vec<&str> = region.base_range().filter_map(|at| merge.base_line(at)).collect();
            let ours: Vec<&str> = region.ours_range().filter_map(|at| merge.ours_line(at)).collect();
            let theirs: Vec<&str> = region.theirs_range().filter_map(|at| merge.theirs_line(at)).collect();
            let lines = if region.resolution() == MergeResolution::Ours { &ours } else { &theirs };
            for line in lines {
                // A last line without an end that is not the last any more.
                if !out.is_empty() && !out.ends_with(['\n', '\r']) {
                    out.push('\n');
                }
                out.push_str(line);
            }
            if region.is_conflict() {
                let sides = [base, ours, theirs].map(|lines| Some(lines).filter(|lines| !lines.is_empty()));
                conflicts.push(self.conflict(region.theirs_range(), sides));
            }
        }
        Merged { bytes: self.bytes(out), conflicts }
    }

    /// What is there without the lines of the base; `None` unless they stand together there, and only once.
    fn without_base(&self) -> Option<Merged> {
        let block = self.base.trim_end_matches(['\n', '\r']);
        if block.is_empty() {
            return Some(Merged { bytes: self.bytes(self.theirs.to_string()), conflicts: Vec::new() });
        }
        let is_block = |(at, _): &(usize, &str)| {
            let before = self.theirs.get(..*at).unwrap_or_default();
            let after = self.theirs.get(at + block.len()..).unwrap_or_default();
            (before.is_empty() || before.ends_with('\n'))
                && (after.is_empty() || after.starts_with('\n') || after.starts_with("\r\n"))
        };
        let mut found = self.theirs.match_indices(block).filter(is_block);
        let (at, _) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        let mut rest = self.theirs.get(at + block.len()..).unwrap_or_default();
        let endings = self.base.get(block.len()..).unwrap_or_default().matches('\n').count();
        for _ in 0..endings.max(1) {
            rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest);
        }
        let out = format!("{}{rest}", self.theirs.get(..at).unwrap_or_default());
        Some(Merged { bytes: self.bytes(out), conflicts: Vec::new() })
    }
}

type Faults = HashMap<(&'static str, String), usize>;

fn read(kind: &Kind, text: &[u8]) -> (Model, Faults) {
    let mut report = Report::new();
    let mut faults = Faults::new();
    let model = match RelPath::parse("file") {
        Ok(path) => syntax::read(&kind.grammar, text, &mut report.file(&path)),
        Err(_) => Model::Opaque(Opaque::default()),
    };
    for found in report.diagnostics {
        if found.severity >= Severity::Warning {
            *faults.entry((found.code.id, found.message)).or_default() += 1;
        }
    }
    (model, faults)
}

/// Whether a reader finds no fault with a text that it finds with neither side.
fn is_sane(kind: &Kind, merged: &[u8], ours: &[u8], theirs: &[u8]) -> bool {
    if kind.grammar == Grammar::Opaque {
        return true;
    }
    let (a, b) = (read(kind, ours).1, read(kind, theirs).1);
    let count = |faults: &Faults, fault| faults.get(fault).copied().unwrap_or_default();
    read(kind, merged).1.iter().all(|(fault, number)| *number <= count(&a, fault) + count(&b, fault))
}

fn holds_secret(kind: &Kind, texts: [&[u8]; 3]) -> bool {
    kind.grammar != Grammar::Opaque && texts.iter().any(|text| read(kind, text).0.holds_secret())
}
