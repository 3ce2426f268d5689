//! Rules and items: other lines that say the opposite.

use indexmap::IndexMap;

use super::World;
use super::lines::{Line, flag, full_name, lines};
use super::mask;
use crate::edit::codes::{E010, E011, E012, E013};
use crate::file::{self, Grammar, Kind, RuleWords};
use crate::report::Report;
use crate::spec::{Statement, section};
use crate::vocab::{Atom, RelPath, Specificity};

/// The kinds whose `*/*` counts as part of make.conf, and is weaker than all else.
const GLOBAL: [&str; 5] =
    ["package.use", "package.license", "package.properties", "package.accept_restrict", "package.env"];

/// An atom with all its lines.
struct Entry<'t> {
    atom: Atom,
    lines: Vec<Line<'t>>,
    /// Its place among the atoms, by its first line.
    first: usize,
}

impl Entry<'_> {
    /// The last word on a flag, and its line.
    fn last(&self, flag: &str) -> Option<(&Line<'_>, &str, bool)> {
        self.lines.iter().rev().find_map(|line| {
            let (word, on) = line.last(flag)?;
            Some((line, word, on))
        })
    }

    fn rank(&self, kind: &Kind) -> (bool, Specificity) {
        let is_global = self.atom.as_str() == "*/*" && GLOBAL.contains(&kind.name);
        (!is_global, self.atom.specificity())
    }

    /// Whether the words of this atom are read after those of the other one; the second: of two ranges the closer
    /// one is, which depends on the package.
    fn beats(&self, other: &Self, kind: &Kind) -> (bool, bool) {
        let (own, its) = (self.rank(kind), other.rank(kind));
        let depends = own == its && own.1 == Specificity::Range;
        (own > its || (own == its && (depends || self.first < other.first)), depends)
    }
}

/// Rules.
pub(super) fn rules(
    world: &World<'_>,
    kind: &'static Kind,
    place: &RelPath,
    statement: &Statement,
    report: &mut Report,
) {
    let Grammar::Rules(dialect) = kind.grammar else { return };
    let files = world.files(place);
    let all = lines(kind, &files);
    if statement.drops() {
        still(&all, statement, None, report);
        return;
    }
    for word in statement.removed() {
        still(&all, statement, Some(&word), report);
    }
    if matches!(dialect.words, RuleWords::EnvFiles | RuleWords::Any) {
        return;
    }
    let mut entries: IndexMap<String, Entry<'_>> = IndexMap::new();
    for line in all {
        match entries.get_mut(&line.key) {
            Some(entry) => entry.lines.push(line),
            None => {
                let first = entries.len();
                if let Some(atom) = line.atom(kind) {
                    entries.insert(line.key.clone(), Entry { atom, lines: vec![line], first });
                }
            }
        }
    }
    let Some(own) = entries.get(&statement.name) else { return };
    for (group, word) in statement.said() {
        let word = full_name(kind, group.as_deref(), &word);
        let Some((flag, on)) = flag(&word) else { continue };
        if let Some((line, other, is_on)) = own.last(flag)
            && is_on != on
        {
            let message = format!("`{word}` has no effect: `{other}` behind it takes it back");
            line.report(report, &E012, Some(other), message);
            continue;
        }
        closer(kind, &entries, own, (&word, flag, on), report);
        if kind.name == "package.use" {
            mask::find(world, Some(&own.atom), (flag, on), statement, report);
        }
    }
}

/// Atoms that are read after ours and say the opposite.
fn closer(
    kind: &Kind,
    entries: &IndexMap<String, Entry<'_>>,
    own: &Entry<'_>,
    (word, flag, on): (&str, &str, bool),
    report: &mut Report,
) {
    let mut winner: Option<(&Entry<'_>, &Line<'_>, &str, bool)> = None;
    let mut some = Vec::new();
    for other in entries.values().filter(|other| other.first != own.first) {
        let (beats, depends) = other.beats(own, kind);
        let Some((line, said, is_on)) = other.last(flag).filter(|_| beats && other.atom.overlaps(&own.atom))
        else {
            continue;
        };
        if other.atom.covers(&own.atom) && !depends {
            if winner.is_none_or(|(before, ..)| other.beats(before, kind).0) {
                winner = Some((other, line, said, is_on));
            }
        } else if is_on != on {
            some.push((other, line, said));
        }
    }
    if let Some((other, line, said, false | true)) = winner.filter(|(.., is_on)| *is_on != on) {
        let why = if other.rank(kind) > own.rank(kind) { "is closer" } else { "is read first" };
        let message = format!(
            "`{word}` for `{}` has no effect: `{said}` here is for `{}`, which {why}",
            own.atom, other.atom
        );
        line.report(report, &E010, Some(said), message).set_help("change this line instead");
        return;
    }
    for (other, line, said) in some {
        let message = format!(
            "`{word}` for `{}` does not reach `{}`, for which `{said}` is said here",
            own.atom, other.atom
        );
        line.report(report, &E011, Some(said), message);
    }
}

/// What was taken away and is still said.
fn still(all: &[Line<'_>], statement: &Statement, word: Option<&str>, report: &mut Report) {
    for line in all.iter().filter(|line| line.key == statement.name) {
        match word {
            Some(word) if line.words.iter().any(|other| other == word) => {
                let message = format!("`{word}` is still said of `{}` here", statement.name);
                line.report(report, &E013, Some(word), message);
            }
            None => {
                let message = format!("`{}` still stands here", statement.name);
                let help = format!("name this file: `{}: …`", section(&line.file.path));
                line.report(report, &E013, None, message).set_help(help);
            }
            Some(_) => {}
        }
    }
}

/// Items.
pub(super) fn items(
    world: &World<'_>,
    kind: &'static Kind,
    place: &RelPath,
    _path: &RelPath,
    statement: &Statement,
    report: &mut Report,
) {
    if statement.drops() {
        let files = world.files(place);
        still(&lines(kind, &files), statement, None, report);
        return;
    }
    let unmask = (kind.name == "package.mask").then(|| file::named("package.unmask")).flatten();
    let (Some(unmask), Ok(place)) = (unmask, RelPath::parse("etc/portage/package.unmask")) else { return };
    let files = world.files(&place);
    let Ok(own) = Atom::parse(&statement.name, crate::vocab::Dialect::User) else { return };
    for line in lines(unmask, &files) {
        let Some(other) = line.atom(unmask).filter(|other| other.overlaps(&own)) else { continue };
        let (code, message) = if other.covers(&own) {
            (&E010, format!("the mask of `{own}` has no effect: it is lifted here"))
        } else {
            (&E011, format!("the mask of `{own}` does not reach `{other}`, for which it is lifted here"))
        };
        line.report(report, code, None, message);
    }
}
