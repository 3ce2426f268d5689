//! The waist of the hourglass: what a whole root says, wherever it came from.

use std::collections::BTreeMap;

use crate::file::Kind;
pub use crate::model::Bytes;
use crate::model::Model;
use crate::report::{Findings, Report};
use crate::syntax;
use crate::vocab::RelPath;

/// What a root says: the same type whether it came from a spec or from a disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// The files, by path from the root.
    pub files: BTreeMap<RelPath, File>,
}

/// One file of a [`Config`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct File {
    /// Its kind, if it is a known one.
    pub kind: Option<&'static Kind>,
    /// What it holds.
    pub body: Body,
    /// Its permission bits, where somebody said so.
    pub mode: Option<u32>,
    /// Whose it is.
    pub own: Own,
    /// Whether it holds a secret that its entries do not know of: a parameter filled into a text.
    pub secret: bool,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// Entries of a known kind.
    Model(Model),
    /// The bytes themselves. Of a known kind they are parsed all the same, see [`File::model`].
    Text(Bytes),
    /// A symbolic link to this target, verbatim.
    Link(String),
    /// A folder.
    Dir,
    /// No such file.
    Absent,
    /// Not to be touched.
    HandsOff,
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Own {
    /// These entries and no others.
    #[default]
    Whole,
    /// These entries hold, others in the file are somebody else's.
    Entries,
    /// Created if missing, never touched again.
    Once,
}

impl File {
    /// A file of a kind with these entries.
    pub fn model_of(kind: &'static Kind, model: Model) -> Self {
        Self { kind: Some(kind), body: Body::Model(model), mode: None, own: Own::Whole, secret: false }
    }

    /// A file with this body.
    pub fn new(kind: Option<&'static Kind>, body: Body) -> Self {
        Self { kind, body, mode: None, own: Own::Whole, secret: false }
    }

    /// What the file says: its entries, or what its text reads as. Findings of the reader go to `findings`.
    pub fn model(&self, findings: &mut Findings<'_>) -> Option<Model> {
        match (&self.body, self.kind) {
            (Body::Model(model), _) => Some(model.clone()),
            (Body::Text(bytes), Some(kind)) => Some(syntax::read(&kind.grammar, &bytes.0, findings)),
            _ => None,
        }
    }

    /// As [`File::model`], without the reader's findings.
    pub fn quiet_model(&self, path: &RelPath) -> Option<Model> {
        self.model(&mut Report::new().file(path))
    }
}
