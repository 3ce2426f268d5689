//! What Portage makes of a machine: USE, masks, keywords, licences and variables of each package, and which line says so.

mod about;
mod ask;
mod depend;
mod events;
mod files;
mod globals;
mod hooks;
mod licenses;
mod masks;
mod nodes;
mod package;
mod profiles;
mod settings;
mod tables;
mod vars;
mod visible;

pub use about::About;
pub use files::{Files, LineId, Place};
pub use package::Package;
pub use profiles::{Node, ProfileError, Repo};
pub use settings::{LayerName, Machine, Settings};
pub use vars::Refused;
pub use visible::Mask;
