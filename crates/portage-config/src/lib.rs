//! A Gentoo machine's whole Portage configuration as one typed, layered TOML file.
#![deny(missing_docs)]

pub mod codes;
pub mod config;
pub mod diff;
pub mod file;
pub mod lint;
mod meaning;
pub mod model;
pub mod render;
pub mod report;
pub mod root;
pub mod spec;
pub mod syntax;
pub mod template;
pub mod tree;
pub mod vocab;
