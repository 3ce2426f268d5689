//! Questions about several machines: in what Portage takes them differently, which lines make it so, and whether one can use the
//! binary packages of another.
//!
//! [`differences`] compares what holds for all packages, [`of_variable`] and [`of_package`] one thing, [`binaries`] tells whether
//! the packages that one machine builds are taken by another, and run there.
//!
//! # What Portage does with a binary package
//!
//! | of the package | what Portage 3.0.83 does | where |
//! |---|---|---|
//! | CHOST | masked unless ACCEPT_CHOSTS, else CHOST, matches it as a regular expression; one without CHOST is taken | `config._accept_chost`, `Package._eval_masks` |
//! | KEYWORDS, LICENSE, PROPERTIES, RESTRICT, package.mask | masked by what the using machine says, as an ebuild is | `Package._eval_masks` |
//! | EAPI | masked where Portage does not know it | `Package._eval_masks` |
//! | USE | passed over where a flag of IUSE has another value; IUSE_EFFECTIVE is not asked. Without `--binpkg-respect-use` so with `--usepkg`, not so with `--usepkgonly` | `depgraph._reinstall_for_flags`, `create_depgraph_params` |
//! | patches in /etc/portage/patches | passed over where they are others than those it was built with, unless `--binpkg-respect-user-patches=n` | `depgraph._select_pkg_highest_available_imp` |
//! | its ebuild | with `--usepkg` passed over where no repository has it any more, or it is masked; not so with `--usepkgonly` | `depgraph._equiv_ebuild_visible` |
//! | signature | asked for where FEATURES has binpkg-request-signature, or binrepos.conf says verify-signature (Portage's own says so of all); then packages of the form xpak are passed over, too | `bintree._populate_local`, `gpkg.__init__` |
//! | CFLAGS and all other flags of compilers | nothing: what the CPU cannot run ends with `Illegal instruction` | |

mod ask;
mod binaries;
mod cpu;
mod differ;
mod instructions;
mod packages;
mod side;
mod signature;

pub use ask::{of_package, of_variable};
pub use binaries::{Binaries, Reason, Topic, binaries};
pub use cpu::HostCpu;
pub use differ::differences;
pub use packages::{Against, Packages, refused};
pub use side::{Difference, Side};

use crate::resolve::Settings;

/// A machine that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Host<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What holds on it.
    pub settings: &'a Settings<'a>,
}
