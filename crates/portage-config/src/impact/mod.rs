//! What a change of the configuration means for packages: which of them get other USE flags, variables, patches, keywords,
//! licences or masks, and which of those that are installed emerge would build again.

mod compare;
mod installed;
mod subjects;
mod variables;

pub use compare::{Changed, Impact, Rebuild, Variable};
pub use installed::{Installed, Unreadable, installed};
pub(crate) use variables::matters;

pub use subjects::{Subject, World, all, world};
