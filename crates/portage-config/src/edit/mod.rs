//! Editing in place: one entry of a file changes, and nothing else.
//!
//! A statement says what is to change, in the words of a spec: `PATH: ENTRY = VALUE`. The file keeps its comments, its
//! layout, its order, its last line without an end, its owner and mode; a link is written through. [`text`] edits a
//! text, [`root`] the files of a machine, [`spec`](fn@spec) a spec. Words that already hold are not added once more,
//! and where a flag is switched on, the word that switches it off goes.
//!
//! In a root, where the path is a folder, the file is the one in which the entry stands. What Portage makes of the
//! result is looked at: an edit that a closer atom, a later line or a mask takes the effect of is written, and reported
//! ([`Edited::effects`]).
//!
//! Not edited: entries of files that `source` names, a file's other names (hard links keep the old text), and in a spec
//! what named roots and variants say. An edit is of what a spec itself says: entries of the layers below it stay, and
//! one that only they have is said anew, with `.add` and `.remove` as they are.
//!
//! ```
//! use portage_config::{edit, report::Report, vocab::RelPath};
//! let path = RelPath::parse("etc/portage/package.use")?;
//! let text = b"app-editors/vim   X   # for the clipboard\n";
//! let mut report = Report::new();
//! let edited = edit::text(&path, text, &["package.use: \"app-editors/vim\".add = \"lua\""], &mut report);
//! assert_eq!(edited.as_deref(), Some(&b"app-editors/vim   X lua   # for the clipboard\n"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod choose;
mod codes;
mod effect;
mod machine;
mod spec;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use codes::CODES;
pub use machine::{Edited, Edits, Options, root};
pub(crate) use spec::spec_text;
pub use spec::{EditedSpec, spec};

use crate::diff::walk;
use crate::report::{Report, Severity};
use crate::spec::{Statement, written};
use crate::vocab::RelPath;

/// A file's text as these statements have it. Their paths are not looked at beyond the kind of file that they name:
/// all of them are about this text, whose path is `path`.
///
/// All mistakes are reported; with one, `None`.
pub fn text(path: &RelPath, text: &[u8], statements: &[&str], report: &mut Report) -> Option<Vec<u8>> {
    let errors = report.count(Severity::Error);
    let mut text = text.to_vec();
    for statement in parse(statements, report) {
        match statement.kind() {
            Some(kind) => text = written(kind, path, &text, &[&statement], report),
            None => statement.unknown(report),
        }
    }
    (report.count(Severity::Error) == errors).then_some(text)
}

/// The statements that can be read; what is wrong with the others is reported.
fn parse(statements: &[&str], report: &mut Report) -> Vec<Statement> {
    statements.iter().filter_map(|statement| Statement::parse(statement, report)).collect()
}
