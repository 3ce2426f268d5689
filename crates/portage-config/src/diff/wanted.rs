//! What is to be at a path of a root, given what is there: the one answer that differences and writing share.

use super::Op;
use crate::config::{Body, Bytes, File, Own};
use crate::render;
use crate::report::Report;
use crate::root::{Root, RootError, unreadable};
use crate::template::{RenderError, Templates};
use crate::tree::Node;
use crate::vocab::RelPath;

/// A file of a configuration, and where it is to be.
pub(super) struct One<'a> {
    pub(super) path: &'a RelPath,
    pub(super) file: &'a File,
    pub(super) templates: &'a Templates,
    pub(super) root: &'a Root,
}

/// What is at a path and what is to be there.
pub(super) struct Wanted {
    /// What has to be done; `None` where all is as it should be.
    pub(super) op: Option<Op>,
    pub(super) found: Option<Node>,
    /// What is to be there, where something has to be done.
    pub(super) after: Option<Node>,
    /// The bytes behind a link that is there.
    pub(super) behind: Option<Bytes>,
}

/// Why it cannot be told what is to be at a path.
enum Failure {
    Unreadable(RootError),
    Unsayable(RenderError),
}

impl From<RootError> for Failure {
    fn from(error: RootError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Self::Unsayable(error)
    }
}

impl Wanted {
    fn new(op: Op, found: Option<Node>, after: Option<Node>) -> Self {
        Self { op: Some(op), found, after, behind: None }
    }

    fn nothing(found: Option<Node>) -> Self {
        Self { op: None, found, after: None, behind: None }
    }
}

impl One<'_> {
    /// What is to be at the path; `None` where that cannot be told, which is reported.
    pub(super) fn wanted(&self, report: &mut Report) -> Option<Wanted> {
        if let Body::HandsOff = self.file.body {
            return Some(Wanted::nothing(None));
        }
        let wanted = match self.root.read(self.path) {
            Ok(found) => self.compare(found),
            Err(error) => Err(Failure::Unreadable(error)),
        };
        let diagnostic = match wanted {
            Ok(wanted) => return Some(wanted),
            Err(Failure::Unreadable(error)) => unreadable(self.path, &error.source),
            Err(Failure::Unsayable(error)) => render::diagnostic(self.path, &error),
        };
        report.push(diagnostic);
        None
    }

    fn compare(&self, found: Option<Node>) -> Result<Wanted, Failure> {
        let file = self.file;
        if file.own == Own::Once && found.is_some() {
            return Ok(Wanted::nothing(found));
        }
        match (&file.body, &found) {
            (Body::HandsOff, _) | (Body::Absent, None) => Ok(Wanted::nothing(found)),
            (Body::Absent, Some(_)) => Ok(Wanted::new(Op::Remove, found, None)),
            (Body::Link(target), _) => {
                let after = Node::Symlink { target: target.clone() };
                Ok(match found.as_ref() == Some(&after) {
                    true => Wanted::nothing(found),
                    false => Wanted::new(Op::Symlink, found, Some(after)),
                })
            }
            (Body::Dir, Some(Node::Dir { mode })) => match file.mode {
                Some(wanted) if wanted != *mode => {
                    Ok(Wanted::new(Op::Chmod, found, Some(Node::Dir { mode: wanted })))
                }
                _ => Ok(Wanted::nothing(found)),
            },
            (Body::Dir, _) => {
                if let (Some(Node::Symlink { .. }), Ok(Some(Node::Dir { .. }))) =
                    (&found, self.root.read_through(self.path))
                {
                    return Ok(Wanted::nothing(found));
                }
                let after = Node::Dir { mode: file.mode.unwrap_or(0o755) };
                Ok(Wanted::new(Op::Mkdir, found, Some(after)))
            }
            (Body::Model(_) | Body::Text(_), Some(Node::File { bytes, mode })) => {
                let (after, wanted) = (self.content(Some(&bytes.0))?, self.mode_over(*mode));
                let op = match (after == bytes.0, wanted == *mode) {
                    (true, true) => return Ok(Wanted::nothing(found)),
                    (true, false) => Op::Chmod,
                    (false, _) => Op::Update,
                };
                let after = Node::File { bytes: Bytes(after), mode: wanted };
                Ok(Wanted::new(op, found, Some(after)))
            }
            (Body::Model(_) | Body::Text(_), Some(Node::Symlink { .. })) => {
                let Some(Node::File { bytes, mode }) = self.root.read_through(self.path)? else {
                    return self.create(Op::Update, found);
                };
                let (after, wanted) = (self.content(Some(&bytes.0))?, self.mode_over(mode));
                if after == bytes.0 && wanted == mode {
                    return Ok(Wanted::nothing(found));
                }
                let after = Node::File { bytes: Bytes(after), mode: wanted };
                Ok(Wanted { behind: Some(bytes), ..Wanted::new(Op::Update, found, Some(after)) })
            }
            (Body::Model(_) | Body::Text(_), Some(Node::Dir { .. })) => self.create(Op::Update, found),
            (Body::Model(_) | Body::Text(_), None) => self.create(Op::Create, found),
        }
    }

    fn create(&self, op: Op, found: Option<Node>) -> Result<Wanted, Failure> {
        let after = render::node(self.file, self.templates)?;
        Ok(Wanted::new(op, found, after))
    }

    fn content(&self, current: Option<&[u8]>) -> Result<Vec<u8>, RenderError> {
        match (&self.file.body, self.file.kind, current) {
            (Body::Model(model), Some(kind), Some(current)) => {
                render::update(kind, model, self.file.own, current)
            }
            _ => match render::node(self.file, self.templates)? {
                Some(Node::File { bytes, .. }) => Ok(bytes.0),
                _ => Ok(Vec::new()),
            },
        }
    }

    /// The mode that a file with this one is to have.
    fn mode_over(&self, mode: u32) -> u32 {
        match self.file.mode {
            Some(wanted) => wanted,
            None if render::holds_secret(self.file) => {
                if mode & 0o077 == 0 {
                    mode
                } else {
                    render::private(self.file)
                }
            }
            None => self.file.kind.map(|kind| kind.mode).filter(|mode| mode & 0o111 != 0).unwrap_or(mode),
        }
    }
}
