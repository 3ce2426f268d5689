//! Overlays: ebuild repositories beside the main one, made, checked, and added to a machine.
//!
//! Each function reads repositories and answers with what is to be changed ([`crate::repository::Changes`]) or with
//! findings; nothing is written here.

mod codes;
mod new;

pub(crate) use codes::CODES;
pub use new::{New, new};
