//! Flags that are masked or forced.

use std::rc::Rc;

use super::World;
use super::lines::{Line, lines, says};
use crate::diff::walk::Text;
use crate::edit::codes::{E014, E015};
use crate::file::{self, Kind};
use crate::report::Report;
use crate::spec::Statement;
use crate::vocab::Atom;

/// The files of a profile that mask or force: for all packages, and for some.
struct Files {
    all: &'static str,
    some: &'static str,
    stable_all: &'static str,
    stable_some: &'static str,
}

const MASK: Files = Files {
    all: "use.mask",
    some: "package.use.mask",
    stable_all: "use.stable.mask",
    stable_some: "package.use.stable.mask",
};
const FORCE: Files = Files {
    all: "use.force",
    some: "package.use.force",
    stable_all: "use.stable.force",
    stable_some: "package.use.stable.force",
};

/// Reports a flag that is switched on and masked, or off and forced. A mask is stronger than a force.
pub(super) fn find(
    world: &World<'_>,
    atom: Option<&Atom>,
    (flag, on): (&str, bool),
    statement: &Statement,
    report: &mut Report,
) {
    let masked = judged(world, &MASK, atom, flag);
    let (found, code, done) = match on {
        true => (masked, &E014, "masked"),
        false if masked.iter().any(|verdict| verdict.of.is_none() && !verdict.stable) => return,
        false => (judged(world, &FORCE, atom, flag), &E015, "forced"),
    };
    let word = if on { flag.to_owned() } else { format!("-{flag}") };
    let who = atom.map_or_else(|| statement.name.clone(), Atom::to_string);
    for verdict in found {
        let stable =
            if verdict.stable { ", in versions that only a stable keyword makes visible" } else { "" };
        let message = match &verdict.of {
            None => format!("`{word}` for `{who}` has no effect: the flag is {done} here{stable}"),
            Some(other) => {
                format!("`{word}` for `{who}` does not reach `{other}`: the flag is {done} here{stable}")
            }
        };
        let sign = if on { "mask" } else { "force" };
        let help = match atom {
            Some(atom) => format!("lift it: `profile/package.use.{sign}: \"{atom}\".add = \"-{flag}\"`"),
            None => format!("lift it: `profile/use.{sign}: \"-{flag}\" = true`"),
        };
        let mut one = Report { sources: std::mem::take(&mut report.sources), ..Report::new() };
        verdict.at.line().report(&mut one, code, Some(flag), message).set_help(help);
        report.sources = one.sources;
        report.diagnostics.extend(one.diagnostics);
    }
}

/// Where it was decided, apart from the text that it is part of.
struct At {
    file: Text,
    range: std::ops::Range<usize>,
    key: String,
}

impl At {
    fn of(line: &Line<'_>) -> Self {
        Self { file: line.file.clone(), range: line.range.clone(), key: line.key.clone() }
    }

    fn line(&self) -> Line<'_> {
        Line { file: &self.file, range: self.range.clone(), key: self.key.clone(), words: Vec::new() }
    }
}

struct Verdict {
    at: At,
    /// The packages, where it is not all of them.
    of: Option<String>,
    stable: bool,
}

/// Whether a flag is masked (forced) for the packages of an atom, or some of them.
fn judged(world: &World<'_>, files: &Files, atom: Option<&Atom>, flag: &str) -> Vec<Verdict> {
    let plain = run(world, &[files.all], &[files.some], atom, flag, false);
    if plain.iter().any(|verdict| verdict.of.is_none()) {
        return plain;
    }
    let with = run(world, &[files.all, files.stable_all], &[files.some, files.stable_some], atom, flag, true);
    let known = |verdict: &Verdict| plain.iter().any(|other| other.of == verdict.of);
    let new: Vec<Verdict> = with.into_iter().filter(|verdict| !known(verdict)).collect();
    plain.into_iter().chain(new).collect()
}

fn run(
    world: &World<'_>,
    all: &[&str],
    some: &[&str],
    atom: Option<&Atom>,
    flag: &str,
    stable: bool,
) -> Vec<Verdict> {
    let mut whole: Option<At> = None;
    let mut parts: Vec<(String, At)> = Vec::new();
    for folder in world.profiles() {
        let read = |name: &str| -> Option<(&'static Kind, Rc<Vec<Text>>)> {
            Some((file::named(&format!("profile/{name}"))?, world.files(&folder.join(name).ok()?)))
        };
        for (kind, files) in all.iter().filter_map(|name| read(name)) {
            for line in lines(kind, &files) {
                match says(&line.key, flag) {
                    Some(true) => whole = Some(At::of(&line)),
                    Some(false) => {
                        whole = None;
                        parts.clear();
                    }
                    None => {}
                }
            }
        }
        let Some(atom) = atom else { continue };
        for (kind, files) in some.iter().filter_map(|name| read(name)) {
            let found = lines(kind, &files);
            let mut rules: Vec<(Atom, &Line<'_>)> =
                found.iter().filter_map(|line| Some((line.atom(kind)?, line))).collect();
            // The closest last; of two that are as close the one that was read first.
            rules.reverse();
            rules.sort_by_key(|(other, _)| other.specificity());
            for (other, line) in rules {
                let Some((_, on)) = line.last(flag) else { continue };
                if other.covers(atom) {
                    whole = on.then(|| At::of(line));
                    parts.clear();
                } else if other.overlaps(atom) {
                    parts.retain(|(name, _)| *name != other.as_str());
                    if on {
                        parts.push((other.to_string(), At::of(line)));
                    }
                }
            }
        }
    }
    match whole {
        Some(at) => vec![Verdict { at, of: None, stable }],
        None => parts.into_iter().map(|(of, at)| Verdict { at, of: Some(of), stable }).collect(),
    }
}
