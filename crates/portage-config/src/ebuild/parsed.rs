//! What the scanner finds.

use std::ops::Range;

use super::Problem;

/// All that was found in a text, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Parsed {
    pub(super) assigned: Vec<Assigned>,
    pub(super) functions: Vec<Defined>,
    pub(super) called: Vec<Called>,
    /// Those of all commands, one after the other.
    pub(super) words: Vec<Range<usize>>,
    /// Where lines begin that another can be put before, at the top level.
    pub(super) lines: Vec<usize>,
    pub(super) problem: Option<Problem>,
}

/// An assignment.
#[derive(Clone, Debug)]
pub(super) struct Assigned {
    pub(super) name: Range<usize>,
    pub(super) append: bool,
    /// `A[0]=`
    pub(super) indexed: bool,
    /// For one command: `A=1 make`.
    pub(super) temporary: bool,
    pub(super) nested: bool,
    pub(super) function: Option<usize>,
    pub(super) value: Value,
    pub(super) all: Range<usize>,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Word(Range<usize>),
    Array {
        /// With its parentheses.
        all: Range<usize>,
        items: Vec<Range<usize>>,
    },
}

/// A function.
#[derive(Clone, Debug)]
pub(super) struct Defined {
    pub(super) name: Range<usize>,
    pub(super) all: Range<usize>,
}

/// A command.
#[derive(Clone, Debug)]
pub(super) struct Called {
    /// Which of [`Parsed::words`].
    pub(super) words: Range<usize>,
    pub(super) function: Option<usize>,
    pub(super) nested: bool,
}
