//! The waist of the hourglass: what a whole root says, wherever it came from.

use std::collections::BTreeMap;

use crate::file::{Kind, Reader};
pub use crate::model::Bytes;
use crate::model::Model;
use crate::report::{Findings, Key, Report};
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
    /// A file of a kind with these entries. Values whose name says so are secrets from here on, see
    /// [`crate::vocab::is_secret_name`].
    pub fn model_of(kind: &'static Kind, model: Model) -> Self {
        Self::new(Some(kind), Body::Model(model))
    }

    /// A file with this body; of entries see [`File::model_of`].
    pub fn new(kind: Option<&'static Kind>, mut body: Body) -> Self {
        if let Body::Model(model) = &mut body {
            model.mark_secrets();
        }
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

    /// Who has to be able to read it, beside its owner.
    pub fn reader(&self) -> Reader {
        self.kind.map_or(Reader::Owner, Kind::reader)
    }

    /// The entries that not everybody may read; the whole file where nothing but its text is known.
    pub fn secrets(&self) -> Vec<Key> {
        let keys = match &self.body {
            Body::Model(model) => model.secrets(),
            Body::Text(_) => {
                let path = RelPath::parse("file").ok();
                path.and_then(|path| self.quiet_model(&path)).map(|model| model.secrets()).unwrap_or_default()
            }
            _ => return Vec::new(),
        };
        if keys.is_empty() && self.secret {
            return vec![Key::file()];
        }
        keys.into_iter().map(Key).collect()
    }

    /// The secrets that everybody could read if the file were written: with the mode that is said, or the one that
    /// its reader needs.
    pub fn exposed(&self) -> Vec<Key> {
        let is_open = match self.mode {
            Some(mode) => mode & 0o004 != 0,
            None => self.reader() == Reader::All,
        };
        if is_open { self.secrets() } else { Vec::new() }
    }

    /// As [`File::model`], without the reader's findings.
    pub fn quiet_model(&self, path: &RelPath) -> Option<Model> {
        self.model(&mut Report::new().file(path))
    }
}
