//! What trees mean, by random repositories and random configurations of them, against real Portage.
//!
//! `PORTAGE_CONFIG_CASES` says how many configurations are drawn, `PORTAGE_CONFIG_SEED` with which the first one is
//! made; the next ones follow. `PORTAGE_CONFIG_SEED=1234 PORTAGE_CONFIG_CASES=1` is the case that a failure names;
//! with `PORTAGE_CONFIG_KEEP=1` its files stay where they are said to be, with a question for `judge.py --once`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::unreachable,
    reason = "a test that fails says so"
)]

mod beside;
#[path = "../common/mod.rs"]
mod common;
mod compared;
mod configuration;
mod draw;
mod generator;
mod given;
mod judge;
mod judged;
mod kinds;
mod made;
mod ours;
mod packages;
mod patches;
mod profiles;
mod reasons;
mod reduce;
mod report;
mod run;
mod tree;
mod trees;
mod words;
mod world;
