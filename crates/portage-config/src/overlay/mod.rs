//! Overlays: ebuild repositories beside the main one, made, checked, and added to a machine; forks of ebuilds, and how
//! they keep up with upstream.
//!
//! Each function reads repositories and answers with what is to be changed ([`crate::repository::Changes`]) or with
//! findings; nothing is written here.

mod codes;
mod distfiles;
mod error;
mod fork;
mod moves;
mod new;
mod patch;
mod record;
mod status;
#[cfg(test)]
mod tests;
mod update;
mod upstream;

pub(crate) use codes::CODES;
pub use error::OverlayError;
pub use fork::{Forked, Patch, Wanted, fork, fork_into, user_patches};
pub use new::{New, new};
pub use patch::leads_out as patch_leads_out;
pub use record::{Fork, Origin, forks};
pub use status::{Merged, State, Status, status};
pub use update::{Outcome, Updated, update};
pub use upstream::{Source, Tried, head, locate};
