//! Mending: what a finding says is to be written, written.
//!
//! A check that knows the one thing that can be meant says so ([`Mend`]); here a text is changed accordingly, and nothing
//! else in it: of a spec ([`spec`]), of a file ([`file()`]), of what was read from a root ([`tree`], [`changes`],
//! [`write()`]). Whether the finding is gone then is for the caller to see: check once more.
//!
//! ```
//! use portage_config::{lint, mend, report::Report, vocab::RelPath};
//! use portage_config::{config::{Body, Bytes, Config, File}, file};
//! let path = RelPath::parse("etc/portage/make.conf")?;
//! let text = b"# mine\nACCEPT_KEYWORD=\"~x86\"\n";
//! let config = || {
//!     let make_conf = File::new(file::find(&path), Body::Text(Bytes(text.to_vec())));
//!     Config { files: [(path.clone(), make_conf)].into() }
//! };
//! let mut report = Report::new();
//! lint::check(&config(), &mut report);
//! let mended = report.diagnostics.iter().find_map(|found| mend::file(&path, text, found));
//! assert_eq!(mended.as_deref(), Some(&b"# mine\nACCEPT_KEYWORDS=\"~x86\"\n"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::ops::Range;

use crate::config::Bytes;
use crate::diff::{Change, Op, meaning};
use crate::edit::{self, Edits};
use crate::file;
use crate::report::{Diagnostic, Mend, Report};
use crate::root::{Root, RootError};
use crate::syntax;
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

/// The text of a spec in which a finding is mended; the finding's place is one in this text. `None` where that cannot be
/// done in it.
pub fn spec(text: &str, found: &Diagnostic) -> Option<String> {
    match found.mend.as_ref()? {
        Mend::Word(word) => replaced(text, place(text, found, found.spot.word.as_deref()?)?, word),
        Mend::Name(name) => replaced(text, place(text, found, found.spot.key.0.last()?)?, name),
        Mend::Edit(statements) => {
            let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
            edit::spec_text(text, &statements, &mut Report::new())
        }
        Mend::Path(_) => None,
    }
}

/// The text of a file in which a finding is mended. `None` where that cannot be done in it.
pub fn file(path: &RelPath, bytes: &[u8], found: &Diagnostic) -> Option<Vec<u8>> {
    if found.spot.path.as_ref() != Some(path) {
        return None;
    }
    let text = || std::str::from_utf8(bytes).ok();
    match found.mend.as_ref()? {
        Mend::Word(word) => {
            let old = found.spot.word.as_deref()?;
            let range = place(text()?, found, old).or_else(|| within(path, bytes, found, old))?;
            Some(replaced(text()?, range, word)?.into_bytes())
        }
        Mend::Name(name) => {
            let kind = file::find(path)?;
            let old = found.spot.key.0.last()?;
            let mut text = text()?.to_owned();
            let spans = syntax::spans(&kind.grammar, bytes);
            let is_known = spans.iter().any(|(key, _)| key.0.last() == Some(name));
            for (_, range) in spans.iter().rev().filter(|(key, _)| *key == found.spot.key) {
                let range = range.start..range.start + old.len();
                (text.get(range.clone()) == Some(old)).then_some(())?;
                text = replaced(&text, range, name)?;
            }
            // Beside one of that name it would not be the same any more.
            (!is_known && text.as_bytes() != bytes).then(|| text.into_bytes())
        }
        Mend::Edit(statements) => {
            let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
            edit::text(path, bytes, &statements, &mut Report::new()).filter(|after| after != bytes)
        }
        Mend::Path(_) => None,
    }
}

/// Where the finding stands, if a word stands there.
fn place(text: &str, found: &Diagnostic, word: &str) -> Option<Range<usize>> {
    let start = found.spot.span?.start;
    [start, start + 1].into_iter().map(|start| start..start + word.len()).find(|range| {
        let quoted = range.start == start || matches!(text.as_bytes().get(start), Some(b'"' | b'\''));
        quoted && !word.is_empty() && text.get(range.clone()) == Some(word)
    })
}

/// The only place of a word in the entry that a finding is about, where the finding has no place yet.
fn within(path: &RelPath, bytes: &[u8], found: &Diagnostic, word: &str) -> Option<Range<usize>> {
    let kind = file::find(path)?;
    let text = std::str::from_utf8(bytes).ok()?;
    let mut all = Vec::new();
    for (_, span) in syntax::spans(&kind.grammar, bytes).iter().filter(|(key, _)| *key == found.spot.key) {
        let entry = text.get(span.clone())?;
        let ends = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '='));
        for (at, _) in entry.match_indices(word) {
            let before = entry.get(..at).and_then(|text| text.chars().next_back());
            let after = entry.get(at + word.len()..).and_then(|text| text.chars().next());
            if ends(before) && ends(after) {
                all.push(span.start + at..span.start + at + word.len());
            }
        }
    }
    match all.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

fn replaced(text: &str, range: Range<usize>, by: &str) -> Option<String> {
    Some(format!("{}{by}{}", text.get(..range.start)?, text.get(range.end..)?))
}

/// Mends a finding in the files of a root. Whether it could be done.
pub fn tree(tree: &mut Tree, found: &Diagnostic) -> bool {
    let Some(path) = &found.spot.path else { return false };
    if let Some(Mend::Path(to)) = &found.mend {
        return moved(tree, path, to);
    }
    let Some(Node::File { bytes, .. }) = tree.nodes.get_mut(path) else { return false };
    match file(path, &bytes.0, found) {
        Some(after) => {
            bytes.0 = after;
            true
        }
        None => false,
    }
}

/// Moves a file to a place where nothing is. A folder that is left empty goes.
fn moved(tree: &mut Tree, from: &RelPath, to: &RelPath) -> bool {
    let is_free = |path: &RelPath| {
        tree.nodes.keys().all(|other| other.below(path.as_str()).is_none())
            && path
                .ancestors()
                .iter()
                .all(|above| matches!(tree.nodes.get(above), None | Some(Node::Dir { .. })))
    };
    if !matches!(tree.nodes.get(from), Some(Node::File { .. })) || !is_free(to) {
        return false;
    }
    let Some(node) = tree.nodes.remove(from) else { return false };
    tree.nodes.insert(to.clone(), node);
    if let Some(folder) = from.parent()
        && folder.below("etc/portage").is_some_and(|rest| !rest.is_empty())
        && file::find(&folder).is_none()
        && !tree.nodes.keys().any(|other| *other != folder && other.below(folder.as_str()).is_some())
    {
        tree.nodes.remove(&folder);
    }
    true
}

/// What differs between the files of a root as they are and as they are to be.
pub fn changes(before: &Tree, after: &Tree) -> Vec<Change> {
    let mut changes = Vec::new();
    for (path, node) in &after.nodes {
        let old = before.nodes.get(path);
        if old != Some(node) {
            let op = if old.is_some() { Op::Update } else { Op::Create };
            changes.push(change(path, op, old, Some(node)));
        }
    }
    let gone = before.nodes.iter().filter(|(path, _)| !after.nodes.contains_key(*path));
    changes.extend(gone.map(|(path, node)| change(path, Op::Remove, Some(node), None)));
    changes
}

fn change(path: &RelPath, op: Op, before: Option<&Node>, after: Option<&Node>) -> Change {
    let mut change = Change::new(path.clone(), op, before.cloned(), after.cloned());
    if let Some(kind) = file::find(path) {
        let read = |node: &Node| match node {
            Node::File { bytes: Bytes(bytes), .. } => {
                Some(syntax::read(&kind.grammar, bytes, &mut Report::new().file(path)))
            }
            _ => None,
        };
        change.kind = Some(kind.name);
        let (before, after) = (before.and_then(read), after.and_then(read));
        change.meaning = meaning(&kind.grammar, before.as_ref(), after.as_ref());
    }
    change
}

/// Writes these changes. What is written anew and what changes is written as [`Edits::write`] does; then goes what is
/// elsewhere by now.
///
/// # Errors
/// When a file cannot be written or removed, or has changed since it was read.
pub fn write(changes: &[Change], root: &Root) -> Result<(), RootError> {
    let (gone, written): (Vec<_>, Vec<_>) =
        changes.iter().cloned().partition(|change| change.op == Op::Remove);
    for change in &gone {
        if root.read(&change.path)? != change.before {
            let error = std::io::Error::new(
                std::io::ErrorKind::WouldBlock,
                "somebody else changed it in the meantime",
            );
            return Err(RootError::new(change.path.as_str(), error));
        }
    }
    let edits = Edits { files: written, ..Edits::default() };
    edits.write(root)?;
    // Files before the folders that they lie in.
    for change in gone.iter().rev() {
        root.remove(&change.path)?;
    }
    Ok(())
}
