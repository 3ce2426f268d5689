//! Overlays: ebuild repositories beside the main one, made, checked, and added to a machine; forks of ebuilds, and how
//! they keep up with upstream.
//!
//! Each function reads repositories and answers with what is to be changed ([`crate::repository::Changes`]) or with
//! findings; nothing is written here, and nothing of an ebuild is executed.

mod add_to;
mod check;
mod codes;
mod contest;
mod distfiles;
mod drop;
mod error;
mod files;
mod fork;
mod leave;
mod machine;
mod manifest;
mod moves;
mod new;
mod patch;
mod patched;
mod record;
mod settle;
mod sources;
mod statements;
mod status;
mod sums;
mod update;
mod upstream;
mod verify;

pub use add_to::{AddTo, add_to};
pub use check::{check, unseen};
pub(crate) use codes::CODES;
pub use contest::contested;
pub use drop::{Dropped, drop_forks};
pub use error::OverlayError;
pub use fork::{Forked, Patch, Wanted, fork, fork_alone, user_patches};
pub use machine::{locate, own_file};
pub use manifest::{Manifested, Options, Outcome, gather, manifest};
pub use new::{New, new};
pub use patch::leads_out as patch_leads_out;
pub use record::{Fork, Origin, forks};
pub use sources::distfiles;
pub use status::{Merged, State, Status, status};
pub use sums::Work;
pub use update::{Becomes, Updated, update};
pub use upstream::{Source, Tried, head};
pub use verify::{Found, Verified, listed, verify};

#[cfg(test)]
mod tests;
