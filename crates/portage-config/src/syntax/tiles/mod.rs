//! Files whose lines each stand for themselves: taken apart into lines, and put together again.

mod align;
mod document;
mod line;
mod out;
mod spoken;
mod write;

pub(super) use align::align;
pub(super) use document::{Document, Lens, Problem, Sink, Tile, told};
pub(super) use line::{Newlines, is_blank, lines, part, words};
pub(super) use spoken::Spoken;
pub(super) use write::write;

#[cfg(test)]
pub(super) mod laws;
