//! What a plan decides: whatever somebody did since the last run, whatever the spec asks for next, and whatever is
//! chosen.
//!
//! Each table has a row for each pair of these, and a column for each choice. The tables are in `snapshots/`; what
//! holds for all of them is checked cell by cell.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod cases;
mod kinds;
mod machine;
mod matrix;
