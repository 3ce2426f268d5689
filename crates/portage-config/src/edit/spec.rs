//! Editing a spec: its text changes, its comments and its layout stay.

mod ends;
mod list;
mod merge;
mod place;
mod remark;

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use toml_edit::DocumentMut;

use super::codes::E003;
use crate::file;
use crate::report::{Diagnostic, Report, Severity, Spot};
use crate::root::{Root, RootError};
use crate::spec::{self, Files, Options, Statement};
use crate::tree::Tree;
use crate::vocab::RelPath;

/// A spec that was edited.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EditedSpec {
    /// Its path.
    pub path: Utf8PathBuf,
    /// Its text before.
    pub before: String,
    /// Its text from now on.
    pub after: String,
}

impl EditedSpec {
    /// A spec whose text is to be another.
    pub fn of(path: impl Into<Utf8PathBuf>, before: String, after: String) -> Self {
        Self { path: path.into(), before, after }
    }

    /// Writes the file, as [`super::Edits::write`] does: whole or not at all, with its owner and mode, through links.
    ///
    /// # Errors
    /// When it cannot be written, or has changed since it was read.
    pub fn write(&self) -> Result<(), RootError> {
        let at = |error| RootError::new(self.path.as_str(), error);
        let path = self.path.canonicalize_utf8().map_err(at)?;
        let name = path.file_name().and_then(|name| RelPath::parse(name).ok());
        let Some((folder, name)) = path.parent().zip(name) else {
            return Err(at(io::ErrorKind::InvalidInput.into()));
        };
        let (before, after) = (self.before.as_bytes(), self.after.as_bytes());
        Root::open(folder)?.replace(&name, Some(before), after, 0o644)?.commit()
    }
}

/// The file of a spec with other content.
struct Overlay<'a> {
    files: &'a dyn Files,
    path: Utf8PathBuf,
    text: &'a str,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        if path == self.path { Ok(self.text.as_bytes().to_vec()) } else { self.files.read(path) }
    }

    fn tree(&self, path: &Utf8Path, report: &mut Report) -> io::Result<Tree> {
        self.files.tree(path, report)
    }

    fn root(&self, path: &Utf8Path) -> io::Result<Root> {
        self.files.root(path)
    }
}

/// The text of the spec at `path` as these statements have it. Words are added where the entry says words; what the
/// spec does not say yet is written as the statement has it, below the header of its file.
///
/// The result is loaded. What was right before and is wrong then is reported, and `None` the answer, as it is with any
/// mistake in a statement.
pub fn spec(path: &str, files: &dyn Files, statements: &[&str], report: &mut Report) -> Option<EditedSpec> {
    let errors = report.count(Severity::Error);
    let mut fail = |message: String| {
        report.push(Diagnostic::new(&E003, Spot::default(), message));
        None::<String>
    };
    let before = match files.read(Utf8Path::new(path)).map(String::from_utf8) {
        _ if path.starts_with("preset:") => fail(format!("`{path}` is part of this program")),
        Ok(Ok(text)) => Some(text),
        Ok(Err(_)) => fail(format!("`{path}` is not UTF-8")),
        Err(error) => fail(format!("`{path}` cannot be read: {error}")),
    }?;
    let after = spec_text(&before, statements, report)?;
    if after != before {
        let old = errors_of(path, files, &before);
        let new = errors_of(path, files, &after);
        let known: Vec<&str> = old.diagnostics.iter().map(|found| found.message.as_str()).collect();
        let wrong = new.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        for found in wrong.filter(|found| !known.contains(&found.message.as_str())) {
            let message = format!("the spec would be wrong then: {}", found.message);
            let mut diagnostic = Diagnostic::new(&E003, Spot::default(), message);
            diagnostic.help.clone_from(&found.help);
            report.push(diagnostic);
        }
    }
    (report.count(Severity::Error) == errors).then(|| EditedSpec { path: path.into(), before, after })
}

/// A spec's text as these statements have it. What they make of the spec is not looked at.
pub(crate) fn spec_text(before: &str, statements: &[&str], report: &mut Report) -> Option<String> {
    let errors = report.count(Severity::Error);
    let mut after = before.to_owned();
    for statement in super::parse(statements, report) {
        if let Some(text) = apply(&after, &statement, report) {
            after = text;
        }
    }
    (report.count(Severity::Error) == errors).then(|| ends::kept(before, after))
}

fn errors_of(path: &str, files: &dyn Files, text: &str) -> Report {
    let overlay = Overlay { files, path: Utf8PathBuf::from(path), text };
    let mut options = Options::new(&overlay);
    options.require_params = false;
    options.need_secrets = false;
    let mut report = Report::new();
    spec::load(path, &options, &mut report);
    report
}

fn apply(text: &str, statement: &Statement, report: &mut Report) -> Option<String> {
    let wrong = |report: &mut Report, message: String, help: &str| {
        statement.at(report, &E003, message).set_help(help);
    };
    let kind = super::choose::kind(statement, report)?;
    let mut document: DocumentMut = match text.parse() {
        Ok(document) => document,
        Err(error) => {
            let message = format!("the spec cannot be read: {}", error.message());
            wrong(report, message, "put the spec right first");
            return None;
        }
    };
    let said: DocumentMut = statement.toml.parse().ok()?;
    let (key, said) = said.as_table().get_key_value(&statement.name)?;
    let headers = place::headers(&document);
    let holds = |header: &&Vec<String>| {
        place::table(&mut document.clone(), header).is_some_and(|table| table.contains_key(&statement.name))
    };
    let of_path = |header: &&Vec<String>| place::path(header).as_ref() == Some(&statement.path);
    let of_kind = |header: &&Vec<String>| {
        let path = place::path(header);
        path.as_ref().and_then(file::find) == Some(kind)
            && path.is_some_and(|path| path.below(statement.path.as_str()).is_some())
    };
    let header = match headers.iter().find(of_path) {
        Some(header) => Some(header),
        None => {
            let all: Vec<&Vec<String>> = headers.iter().filter(of_kind).filter(holds).collect();
            if all.len() > 1 {
                let names: Vec<String> = all.iter().map(|header| place::spelled(header)).collect();
                let message = format!("`{}` is said in several places: {}", statement.name, names.join(", "));
                wrong(report, message, "name the file that is meant");
                return None;
            }
            all.first().copied()
        }
    };
    let Some(header) = header else {
        let last =
            headers.iter().rfind(|header| place::path(header).as_ref().and_then(file::find) == Some(kind));
        let path = own(&statement.path, kind, &headers);
        return Some(place::section(text, last, &path, &statement.toml));
    };
    let extends = document.contains_key("extends");
    let table = place::table(&mut document, header)?;
    let Some(item) = table.get_mut(&statement.name) else {
        let (key, item) = (key.clone(), said.clone());
        table.insert_formatted(&key, item);
        return Some(document.to_string());
    };
    if statement.drops() {
        table.remove(&statement.name);
        if extends {
            table.insert_formatted(key, said.clone());
        }
        return Some(document.to_string());
    }
    match merge::merge(kind, &statement.name, item, said) {
        Ok(missing) => {
            for word in missing {
                let message = format!("`{word}` is not in `{}`, so it cannot be removed", statement.name);
                statement.at(report, &super::codes::E004, message);
            }
            Some(document.to_string())
        }
        Err(message) => {
            wrong(report, message, "say the entry as a whole");
            None
        }
    }
}

/// The path of a new section: a folder of package.* needs a file in it when there are others.
fn own(path: &RelPath, kind: &file::Kind, headers: &[Vec<String>]) -> RelPath {
    let is_base = matches!(kind.place, file::Place::FileOrFolder(base) if base == path.as_str());
    let has_files = headers
        .iter()
        .filter_map(|header| place::path(header))
        .any(|other| other != *path && other.below(path.as_str()).is_some());
    let own = path.join("portage-config");
    if is_base && (has_files || path.name().starts_with("package.")) {
        own.unwrap_or_else(|_| path.clone())
    } else {
        path.clone()
    }
}
