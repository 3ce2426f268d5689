//! Variables.

use super::{Comment, pairwise, says};
use crate::vocab::Word;

/// A file of variables, in order: a value may refer to what stands above it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vars {
    /// The comment at the head of the file.
    pub header: Vec<String>,
    /// The statements.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `NAME="value"`.
    Assign(Assign),
    /// `source FILE`.
    Source(Source),
}

/// An assignment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assign {
    /// The variable.
    pub name: String,
    /// `NAME+="value"`, in files that bash reads.
    pub append: bool,
    /// The value.
    pub value: Word,
    /// Its comment.
    pub comment: Comment,
}

/// Another file read at this place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    /// The path, relative to the folder of the file that says so.
    pub path: Word,
    /// Its comment.
    pub comment: Comment,
}

impl Statement {
    /// Its comment.
    pub fn comment(&self) -> &Comment {
        match self {
            Self::Assign(assign) => &assign.comment,
            Self::Source(source) => &source.comment,
        }
    }

    /// Whether both say the same, comments aside.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Assign(a), Self::Assign(b)) => {
                a.name == b.name && a.append == b.append && a.value.pieces() == b.value.pieces()
            }
            (Self::Source(a), Self::Source(b)) => a.path.pieces() == b.path.pieces(),
            _ => false,
        }
    }
}

impl Vars {
    /// The assignments, in order.
    pub fn assigns(&self) -> impl DoubleEndedIterator<Item = &Assign> {
        self.statements.iter().filter_map(|statement| match statement {
            Statement::Assign(assign) => Some(assign),
            Statement::Source(_) => None,
        })
    }

    /// The last assignment of a variable: the one that holds.
    pub fn get(&self, name: &str) -> Option<&Assign> {
        self.assigns().rev().find(|assign| assign.name == name)
    }

    pub(super) fn satisfied_by(&self, disk: &Self) -> bool {
        says(&disk.header, &self.header)
            && pairwise(&self.statements, &disk.statements, |a, b| {
                a.same(b) && a.comment().within(b.comment())
            })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    pub(super) fn holds_secret(&self) -> bool {
        self.assigns().any(|assign| {
            assign.value.is_secret() || crate::vocab::Text::from(assign.value.spell()).holds_secret()
        })
    }
}
