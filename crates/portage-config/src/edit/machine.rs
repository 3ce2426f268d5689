//! Editing the files of a root.

use std::collections::HashMap;

use super::choose::{self, choose};
use super::codes::{E001, E002, E017};
use super::effect;
use super::walk::Text;
use crate::config::{Body, Bytes, Config, File};
use crate::diff::{Change, Meaning, Op, meaning, relate};
use crate::file::{self, Kind};
use crate::lint;
use crate::report::{Diagnostic, Key, Report, Severity};
use crate::root::{Root, unreadable};
use crate::spec::{Statement, written};
use crate::syntax;
use crate::tree::Node;
use crate::vocab::RelPath;

/// How a root is edited.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The file that all statements are written into, as a spec names it, whatever is elsewhere.
    pub file: Option<String>,
    /// Whether secrets are written into files that everybody can read; otherwise they are a mistake.
    pub exposed: bool,
}

/// What an edit of a root comes to. Nothing is written before [`Edits::write`].
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Edits {
    /// The files that change, in the order in which the statements name them.
    pub files: Vec<Change>,
    /// What each statement does.
    pub edited: Vec<Edited>,
}

/// What one statement does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Edited {
    /// The file that it is about, from the root.
    pub path: RelPath,
    /// The entry: an atom, a variable, a section, a mount point.
    pub entry: String,
    /// How the entry differs; nothing when the file says it already.
    pub meaning: Vec<Meaning>,
    /// Why it has no effect, or not all of it. These findings are in the report, too.
    pub effects: Vec<Diagnostic>,
}

/// A file while statements are applied.
struct Current {
    kind: &'static Kind,
    before: Option<Vec<u8>>,
    mode: u32,
    text: Text,
}

/// Applies statements to the files of a root. A statement whose path is a folder there, as `package.use` mostly is,
/// changes the file in which the entry stands (of several, the one that decides), or else a file of our own,
/// `package.use/portage-config`.
///
/// All mistakes of all statements are reported; with one, `None`. What has no effect on what Portage makes of the
/// configuration is reported as a warning.
pub fn root(root: &Root, statements: &[&str], options: &Options, report: &mut Report) -> Option<Edits> {
    let errors = report.count(Severity::Error);
    let mut all: Vec<Current> = Vec::new();
    let mut known = HashMap::new();
    let mut done: Vec<(Statement, RelPath, Vec<Meaning>)> = Vec::new();
    for statement in super::parse(statements, report) {
        let Some(kind) = choose::kind(&statement, report) else { continue };
        let path = match &options.file {
            Some(file) => named(file, &statement, kind, report),
            None => {
                let texts: Vec<Text> = all.iter().map(|current| current.text.clone()).collect();
                choose(root, &statement, kind, &texts, &mut known, report)
            }
        };
        let Some(path) = path else { continue };
        let at = match all.iter().position(|current| current.text.path == path) {
            Some(at) => at,
            None => {
                let Some(current) = open(root, &path, kind, &statement, report) else { continue };
                if let Some(other) = root.identity(&path).and_then(|id| same(root, &all, id)) {
                    let message = format!("`/{path}` and `/{other}` are the same file");
                    statement.at(report, &E001, message).set_help("name it in one way");
                    continue;
                }
                all.push(current);
                all.len() - 1
            }
        };
        let Some(current) = all.get_mut(at) else { continue };
        let text = written(kind, &path, &current.text.bytes, &[&statement], report);
        let read = |text: &[u8]| syntax::read(&kind.grammar, text, &mut Report::new().file(&path));
        let differs = meaning(&kind.grammar, Some(&read(&current.text.bytes)), Some(&read(&text)));
        current.text.bytes = text;
        done.push((statement, path, differs));
    }
    if report.count(Severity::Error) > errors {
        return None;
    }
    let texts: Vec<Text> = all.iter().map(|current| current.text.clone()).collect();
    let world = effect::World::new(root, &texts);
    let mut edits = Edits::default();
    for (statement, path, meaning) in done {
        let kind = all.iter().find(|current| current.text.path == path).map(|current| current.kind);
        let effects = match kind {
            Some(kind) => effect::find(&world, kind, &path, &statement, report),
            None => Vec::new(),
        };
        report.diagnostics.extend(effects.iter().cloned());
        edits.edited.push(Edited { path, entry: statement.name, meaning, effects });
    }
    for current in all {
        refused(&current, report);
        if !options.exposed {
            current.exposes(report);
        }
        edits.files.extend(current.change());
    }
    if report.count(Severity::Error) > errors {
        return None;
    }
    relate(&mut edits.files, root);
    Some(edits)
}

/// The file of `--file`.
fn named(file: &str, statement: &Statement, kind: &Kind, report: &mut Report) -> Option<RelPath> {
    let path = match crate::spec::path_of(file) {
        Ok(path) => path,
        Err(problem) => {
            statement.at(report, &E001, format!("`{file}` {problem}"));
            return None;
        }
    };
    match file::find(&path) {
        Some(other) if other == kind => Some(path),
        Some(other) => {
            let message = format!("`{file}` is a file of the kind {}, not {}", other.name, kind.name);
            statement.at(report, &E001, message);
            None
        }
        None => {
            let message = format!("Portage does not read `{file}` as {}", kind.name);
            statement.at(report, &E002, message).set_help("entries there have no effect");
            None
        }
    }
}

fn same(root: &Root, all: &[Current], id: (u64, u64)) -> Option<RelPath> {
    let other = all.iter().find(|current| root.identity(&current.text.path) == Some(id))?;
    Some(other.text.path.clone())
}

/// The file at a path as it is; empty where none is.
fn open(
    root: &Root,
    path: &RelPath,
    kind: &'static Kind,
    statement: &Statement,
    report: &mut Report,
) -> Option<Current> {
    let (before, mode) = match root.read_through(path) {
        Ok(Some(Node::File { bytes, mode })) => (Some(bytes.0), mode),
        Ok(None) => (None, kind.mode),
        Ok(Some(_)) => {
            let message = format!("`/{path}` is a folder");
            statement.at(report, &E001, message).set_help("name a file in it");
            return None;
        }
        Err(error) => {
            report.push(unreadable(path, &error.source));
            return None;
        }
    };
    let bytes = before.clone().unwrap_or_default();
    Some(Current { kind, before, mode, text: Text { path: path.clone(), bytes } })
}

/// What the reader of the file says of it: nothing that was changed is read where the file is refused.
fn refused(current: &Current, report: &mut Report) {
    let mut found = Report { sources: std::mem::take(&mut report.sources), ..Report::new() };
    let text = &current.text;
    syntax::read(&current.kind.grammar, &text.bytes, &mut found.text(&text.path, &text.bytes));
    report.sources = found.sources;
    for mut diagnostic in found.diagnostics {
        if diagnostic.severity == Severity::Error {
            diagnostic.message = format!("this line was there before, and is wrong: {}", diagnostic.message);
            diagnostic.code = &E017;
            diagnostic.severity = Severity::Warning;
            report.push(diagnostic);
        }
    }
}

impl Current {
    /// Reports secrets that everybody could read then, and not yet.
    fn exposes(&self, report: &mut Report) {
        let path = &self.text.path;
        let read = |text: &[u8]| syntax::read(&self.kind.grammar, text, &mut Report::new().file(path));
        let after = read(&self.text.bytes);
        if !after.holds_secret() {
            return;
        }
        let before = self.before.as_deref().map(read);
        let mut file = File::new(Some(self.kind), Body::Model(after.clone()));
        file.mode = self.before.is_some().then_some(self.mode);
        let new: Vec<Key> = meaning(&self.kind.grammar, before.as_ref(), Some(&after))
            .into_iter()
            .map(|meaning| meaning.at)
            .collect();
        if file.exposed().iter().any(|key| new.contains(key)) {
            let mut found = Report::new();
            lint::exposed(&Config { files: [(path.clone(), file)].into() }, &mut found);
            let is_new = |d: &Diagnostic| new.contains(&d.spot.key);
            report.diagnostics.extend(found.diagnostics.into_iter().filter(is_new));
        }
    }

    fn change(self) -> Option<Change> {
        let (before, after) = (self.before, self.text.bytes);
        if before.as_deref().unwrap_or_default() == after {
            return None;
        }
        let read =
            |text: &[u8]| syntax::read(&self.kind.grammar, text, &mut Report::new().file(&self.text.path));
        let model = read(&after);
        let differs = meaning(&self.kind.grammar, before.as_deref().map(read).as_ref(), Some(&model));
        // A new file with credentials is its owner's alone, where others can do without it.
        let is_private = before.is_none() && model.holds_secret() && !self.kind.is_for_all();
        let mode = if is_private { 0o600 | (self.mode & 0o100) } else { self.mode };
        let op = if before.is_some() { Op::Update } else { Op::Create };
        let before = before.map(|bytes| Node::File { bytes: Bytes(bytes), mode });
        let after = Node::File { bytes: Bytes(after), mode };
        let mut change = Change::new(self.text.path, op, before, Some(after));
        change.kind = Some(self.kind.name);
        change.meaning = differs;
        Some(change)
    }
}
