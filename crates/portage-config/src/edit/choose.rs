//! Which file an entry is written into.

use std::collections::HashMap;

use super::codes::{E001, E002};
use super::walk::{self, Text};
use crate::file::{self, Grammar, Kind, Place};
use crate::meaning::said;
use crate::report::Report;
use crate::root::{Root, unreadable};
use crate::spec::Statement;
use crate::syntax;
use crate::tree::Node;
use crate::vocab::RelPath;

/// The name of our own file in a folder of files.
const OWN: &str = "portage-config";

/// What kind of file a statement is about. What is none, or is not read by Portage, is reported.
pub(super) fn kind(statement: &Statement, report: &mut Report) -> Option<&'static Kind> {
    if let Some(kind) = statement.kind() {
        return Some(kind);
    }
    match passed_over(&statement.path) {
        Some((_, name)) => {
            let message = format!("Portage does not read `{}`: it passes over `{name}`", statement.header);
            statement.at(report, &E002, message).set_help(
                "names that begin with a dot or end in `~`, and folders of version control, are not read",
            );
        }
        None => statement.unknown(report),
    }
    None
}

/// The kind that a path would be of, and the name because of which Portage does not read it.
fn passed_over(path: &RelPath) -> Option<(&'static Kind, String)> {
    file::kinds().iter().find_map(|kind| {
        let Place::FileOrFolder(base) = kind.place else { return None };
        let rest = path.below(base).filter(|rest| !rest.is_empty())?;
        let mut names = rest.split('/').peekable();
        while let Some(name) = names.next() {
            let is_read = match names.peek() {
                Some(_) => file::entered_by_portage(name),
                None => file::read_by_portage(name),
            };
            if !is_read {
                return Some((*kind, name.to_owned()));
            }
        }
        None
    })
}

/// The file that a statement changes. `texts` are those that earlier statements changed, `known` what lies in folders.
pub(super) fn choose(
    root: &Root,
    statement: &Statement,
    kind: &Kind,
    texts: &[Text],
    known: &mut HashMap<RelPath, Vec<Text>>,
    report: &mut Report,
) -> Option<RelPath> {
    let path = &statement.path;
    if texts.iter().any(|text| text.path == *path) {
        return Some(path.clone());
    }
    let found = match root.read_through(path) {
        Ok(found) => found,
        Err(error) => {
            report.push(unreadable(path, &error.source));
            return None;
        }
    };
    match found {
        Some(Node::File { .. }) => Some(path.clone()),
        Some(Node::Dir { .. }) if matches!(kind.place, Place::FileOrFolder(_)) => {
            let files = known.entry(path.clone()).or_insert_with(|| walk::files(root, path, report));
            let mut files = files.clone();
            for text in texts {
                match files.iter_mut().find(|file| file.path == text.path) {
                    Some(file) => file.bytes.clone_from(&text.bytes),
                    None if text.path.below(path.as_str()).is_some() => files.push(text.clone()),
                    None => {}
                }
            }
            let mut best: Option<(usize, &Text)> = None;
            for file in &files {
                let score = score(statement, kind, file);
                if score > 0 && best.is_none_or(|(other, _)| score >= other) {
                    best = Some((score, file));
                }
            }
            match best {
                Some((_, file)) => Some(file.path.clone()),
                None => own(path, kind),
            }
        }
        Some(_) => {
            let message = format!("`{}` is a folder, and its files are apart", statement.header);
            statement.at(report, &E001, message).set_help("name one of the files in it");
            None
        }
        None => missing(root, statement, kind, report),
    }
}

/// Where an entry goes of which no file is there.
fn missing(root: &Root, statement: &Statement, kind: &Kind, report: &mut Report) -> Option<RelPath> {
    let path = &statement.path;
    for above in path.ancestors().iter().chain([path]) {
        match (root.read(above), root.read_through(above)) {
            (Ok(Some(Node::Symlink { target })), Ok(None)) => {
                let message = format!("`/{above}` is a link to `{target}`, and nothing is there in the root");
                statement.at(report, &E001, message).set_help("put the link right, or remove it");
                return None;
            }
            (_, Ok(Some(Node::File { .. }))) => {
                let message = format!("`/{above}` is a file, so there is no `{}`", statement.header);
                let help = format!("write `{}: …`", crate::spec::section(above));
                statement.at(report, &E001, message).set_help(help);
                return None;
            }
            _ => {}
        }
    }
    let is_base = matches!(kind.place, Place::FileOrFolder(base) if base == path.as_str());
    let in_folder = path.name().starts_with("package.") || path.name().ends_with("repos.conf");
    if is_base && in_folder { own(path, kind) } else { Some(path.clone()) }
}

/// Our own file in a folder.
fn own(folder: &RelPath, kind: &Kind) -> Option<RelPath> {
    let name = if matches!(kind.grammar, Grammar::Ini(_)) { format!("{OWN}.conf") } else { OWN.to_owned() };
    folder.join(&name).ok()
}

/// How much a file says of the entry: nothing, something, or just what the statement is about.
fn score(statement: &Statement, kind: &Kind, file: &Text) -> usize {
    // Most files do not name it: these need not be read. Sections and variables may be spelled otherwise.
    let is_spelled_so = matches!(kind.grammar, Grammar::Rules(_) | Grammar::Items(_));
    let name = statement.name.as_bytes();
    if is_spelled_so && !name.is_empty() && !file.bytes.windows(name.len()).any(|bytes| bytes == name) {
        return 0;
    }
    let model = syntax::read(&kind.grammar, &file.bytes, &mut Report::new().file(&file.path));
    let (mut score, mut words) = (0, Vec::new());
    for (key, said) in said(&kind.grammar, &model) {
        let mut names = key.0.into_iter();
        if names.next().as_deref() != Some(statement.name.as_str()) {
            continue;
        }
        score = score.max(1);
        if names.next().is_some_and(|name| statement.below.contains(&name)) {
            score = 2;
        }
        words.extend(said.raw.iter().flat_map(|words| words.split_whitespace()).map(str::to_owned));
    }
    let removed = statement.removed();
    if score > 0 && !removed.is_empty() && removed.iter().all(|word| words.contains(word)) {
        2
    } else {
        score
    }
}
