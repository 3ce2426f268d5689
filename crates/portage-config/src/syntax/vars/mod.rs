//! What the two languages of variables have in common: tiles, comments, and changing a text in place.

mod lens;
mod place;
mod splice;
mod tiles;

pub(super) use lens::{Language, laid_out, write};
pub(super) use splice::{relay, splice};
pub(super) use tiles::{Document, Entry, Kind, Tile};
