//! What Portage makes of a machine: USE, masks, keywords, licences and variables of each package, and which line says so.
//!
//! [`Machine`] is what is read: the files of a root, a tree that is not written yet over them, the ebuild repositories, the
//! calling environment. [`Settings`] is what holds on it for all packages: the chain of profiles and the layers of variables
//! (`config.__init__` and `regenerate` of Portage's config.py). [`About`] is what holds for one [`Package`] (`setcpv`): its USE
//! flags, its variables, whether it is visible. [`Settings::explain`] names the lines that say so, and what would be without
//! each of them.
//!
//! Portage's own order holds throughout: `env > pkg > conf > defaults > pkginternal > features > repo > env.d` for USE, unless
//! USE_ORDER says another; a mask goes before what is forced, and that before all else; of lines about a package the more
//! specific atom wins, of equally specific ones the one that is read first (`best_match_to_list`). Tests put the same questions
//! to real Portage about random configurations.
//!
//! ```
//! use portage_config::config::Bytes;
//! use portage_config::resolve::{Files, Machine, Package, Repo, Subject};
//! use portage_config::{tree::{Node, Tree}, vocab::RelPath};
//!
//! let mut tree = Tree::new();
//! for (path, text) in [
//!     ("repo/profiles/base/make.defaults", "ARCH=\"amd64\"\nACCEPT_KEYWORDS=\"amd64\"\nUSE=\"nls gtk\"\n"),
//!     ("etc/portage/package.use", "app-editors/vim -gtk\n"),
//! ] {
//!     tree.insert(RelPath::parse(path)?, Node::File { bytes: Bytes(text.into()), mode: 0o644 });
//! }
//! let target = "/repo/profiles/base".to_owned();
//! tree.insert(RelPath::parse("etc/portage/make.profile")?, Node::Symlink { target });
//! let files = Files::new(None).with(&tree, []);
//! let repo = Repo::new(&files, "gentoo", "/repo", Vec::new());
//! let machine = Machine::new(files, vec![repo], Some(0));
//!
//! let said = |name: &str| match name {
//!     "EAPI" => Some("8".to_owned()),
//!     "SLOT" => Some("0".to_owned()),
//!     "IUSE" => Some("gtk nls".to_owned()),
//!     "KEYWORDS" => Some("amd64".to_owned()),
//!     _ => None,
//! };
//! let vim = Package::new("app-editors/vim", "9.1", Some("gentoo"), said);
//! let settings = machine.settings(None)?;
//! let about = settings.about(&vim)?;
//! assert!(about.is_visible());
//! assert_eq!(about.enabled().into_iter().collect::<Vec<_>>(), ["nls"]);
//!
//! let why = settings.explain(&vim, &Subject::Flag("gtk".to_owned()), false)?;
//! let last = why.steps.last().ok_or("no step")?;
//! assert_eq!(why.value, "off");
//! assert_eq!(last.place.as_ref().map(|place| place.text.as_str()), Some("app-editors/vim -gtk"));
//! assert_eq!(last.without.as_deref(), Some("on"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limits
//!
//! * Ebuilds are never run: what a package is comes from md5-cache, or from the database of installed packages.
//! * Portage makes its choice among packages by their dependencies, too: this is about each package by itself.

mod about;
mod ask;
mod compare;
mod depend;
mod events;
mod explain;
mod files;
mod gather;
mod globals;
mod hooks;
mod index;
mod keywords;
mod licenses;
mod lines;
mod lists;
mod machine;
mod masks;
mod nodes;
mod package;
mod profiles;
mod settings;
mod system;
mod tables;
mod vars;
mod visible;

pub use about::About;
pub use explain::{Effect, Explanation, Step, Subject};
pub use files::{Files, LineId, Place};
pub use machine::Machine;
pub use package::Package;
pub use profiles::{Node, ProfileError, Repo};
pub use settings::{LayerName, Settings};
pub use vars::Refused;
pub use visible::Mask;
