//! A Gentoo machine's whole Portage configuration as one typed, layered TOML file.
#![deny(missing_docs)]

pub mod config;
pub mod file;
mod meaning;
pub mod model;
pub mod report;
pub mod syntax;
pub mod vocab;
