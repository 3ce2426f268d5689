//! Overlays: ebuild repositories beside the main one, made, checked, and added to a machine.
//!
//! Each function reads repositories and answers with what is to be changed ([`crate::repository::Changes`]) or with
//! findings; nothing is written here, and nothing of an ebuild is executed.

mod add_to;
mod check;
mod codes;
mod files;
mod manifest;
mod new;
mod sources;
mod sums;
mod verify;

pub use add_to::{AddTo, add_to};
pub use check::check;
pub(crate) use codes::CODES;
pub use manifest::{Manifested, Options, Outcome, gather, manifest};
pub use new::{New, new};
pub use sources::distfiles;
pub use sums::Work;
pub use verify::{Found, Verified, listed, verify};

#[cfg(test)]
mod tests;
