//! A Gentoo machine's whole Portage configuration as one typed, layered TOML file.
#![deny(missing_docs)]

pub mod vocab;
