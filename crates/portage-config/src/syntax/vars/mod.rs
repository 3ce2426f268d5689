//! What the two languages of variables have in common: tiles, comments, and changing a text in place.

mod lens;
mod place;
mod splice;
mod tiles;

pub(super) use lens::{Language, write};
pub(super) use splice::splice;
pub(super) use tiles::{Document, Entry, Kind, Tile};
