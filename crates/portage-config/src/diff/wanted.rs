//! What is to be at a path of a root, given what is there: the one answer that differences and writing share.

use super::{Hidden, Meaning, Op};
use crate::config::{Body, Bytes, Config, File, Own};
use crate::render;
use crate::report::Report;
use crate::root::{Root, RootError, unreadable};
use crate::template::{RenderError, Templates};
use crate::tree::Node;
use crate::vocab::RelPath;

/// A file of a configuration, and where it is to be.
pub(crate) struct One<'a> {
    pub(crate) path: &'a RelPath,
    pub(crate) file: &'a File,
    pub(crate) templates: &'a Templates,
    pub(crate) root: &'a Root,
}

/// How many files are looked at before the first of them is dealt with.
const BATCH: usize = 1024;

/// As many files as are worth a thread.
const WORTH: usize = 32;

/// What is to be at many paths, each with what it is of and what is reported about it: many files are read and compared
/// on all processors.
pub(crate) fn all<'a>(
    config: &'a Config,
    templates: &'a Templates,
    root: &'a Root,
) -> impl Iterator<Item = (One<'a>, Option<Wanted>, Report)> {
    let mut ahead = config.files.iter().map(move |(path, file)| One { path, file, templates, root });
    let mut ready = Vec::new().into_iter();
    std::iter::from_fn(move || {
        if let Some(next) = ready.next() {
            return Some(next);
        }
        let ones: Vec<One<'a>> = ahead.by_ref().take(BATCH).collect();
        ready = batch(ones).into_iter();
        ready.next()
    })
}

fn batch(ones: Vec<One<'_>>) -> Vec<(One<'_>, Option<Wanted>, Report)> {
    let mut works: Vec<_> = ones.into_iter().map(|one| (one, None, Report::new())).collect();
    let threads = match works.len() / WORTH {
        0 | 1 => 1,
        most => std::thread::available_parallelism().map_or(1, usize::from).min(most),
    };
    let look = |works: &mut [(One<'_>, Option<Wanted>, Report)]| {
        for (one, wanted, report) in works {
            *wanted = one.wanted(report);
            if let Some(Wanted { op: Some(_), found, after, behind, told }) = wanted {
                *told = one.told(found.as_ref(), after.as_ref(), behind.as_ref());
            }
        }
    };
    if threads == 1 {
        look(&mut works);
        return works;
    }
    let size = works.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let mut parts = works.chunks_mut(size);
        let own = parts.next();
        for part in parts {
            scope.spawn(move || look(part));
        }
        own.map(look)
    });
    works
}

/// Does the same with all parts of a list, on all processors where it is long enough.
pub(super) fn parallel<T: Sync, R: Send>(
    all: &[T],
    worth: usize,
    work: impl Fn(&[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    let threads = match all.len() / worth {
        0 | 1 => 1,
        most => std::thread::available_parallelism().map_or(1, usize::from).min(most),
    };
    let mut parts: Vec<(&[T], Vec<R>)> =
        all.chunks(all.len().div_ceil(threads).max(1)).map(|part| (part, Vec::new())).collect();
    std::thread::scope(|scope| {
        let mut parts = parts.iter_mut();
        let own = parts.next();
        for (part, done) in parts {
            let work = &work;
            scope.spawn(move || *done = work(part));
        }
        if let Some((part, done)) = own {
            *done = work(part);
        }
    });
    parts.into_iter().flat_map(|(_, done)| done).collect()
}

/// What is at a path and what is to be there.
pub(crate) struct Wanted {
    /// What has to be done; `None` where all is as it should be.
    pub(crate) op: Option<Op>,
    pub(crate) found: Option<Node>,
    /// What is to be there, where something has to be done.
    pub(crate) after: Option<Node>,
    /// The bytes behind a link that is there.
    pub(crate) behind: Option<Bytes>,
    /// What the change means, where that is known already.
    pub(crate) told: Option<Told>,
}

/// What there is to say about a change of a file of a known kind.
pub(crate) struct Told {
    pub(super) kind: &'static str,
    pub(super) meaning: Vec<Meaning>,
    pub(super) hidden: Hidden,
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
        Self { op: Some(op), found, after, behind: None, told: None }
    }

    fn nothing(found: Option<Node>) -> Self {
        Self { op: None, found, after: None, behind: None, told: None }
    }
}

impl One<'_> {
    /// What is to be at the path; `None` where that cannot be told, which is reported.
    pub(crate) fn wanted(&self, report: &mut Report) -> Option<Wanted> {
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
        render::mode_over(self.file, mode)
    }
}
