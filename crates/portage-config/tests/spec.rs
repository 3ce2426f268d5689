//! Specs, sentence by sentence: what each one is read as, and what is said of mistakes.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails panics"
)]

#[path = "spec/common.rs"]
mod common;

#[path = "spec/comments.rs"]
mod comments;
#[path = "spec/entries.rs"]
mod entries;
#[path = "spec/files.rs"]
mod files;
#[path = "spec/headers.rs"]
mod headers;
#[path = "spec/invalid.rs"]
mod invalid;
#[path = "spec/laws.rs"]
mod laws;
#[path = "spec/layers.rs"]
mod layers;
#[path = "spec/overlays.rs"]
mod overlays;
#[path = "spec/params.rs"]
mod params;
#[path = "spec/roots.rs"]
mod roots;
#[path = "spec/target.rs"]
mod target;
#[path = "spec/texts.rs"]
mod texts;
#[path = "spec/trees.rs"]
mod trees;
