//! File kinds: one room each, and the table of all.
//!
//! A kind says where its files lie, which grammar and words they use, what it checks, and which template
//! writes a new one. The shapes are shared ([`crate::model`], [`crate::syntax`]), so a further kind is a row of
//! data, its checks and its documentation.

pub mod accept;
pub mod bashrc;
pub mod color_map;
pub mod cpio_list;
pub mod distcc;
pub mod dnsmasq;
pub mod dracut;
pub mod env;
pub mod fstab;
pub mod grub;
pub mod hooks;
pub mod inittab;
pub mod iscsi;
pub mod kernel_config;
pub mod kernel_install;
pub mod keywords;
pub mod lists;
pub mod make_conf;
pub mod make_profile;
pub mod mask;
pub mod mdev;
pub mod modules;
pub mod nbd;
pub mod package_env;
pub mod package_use;
pub mod patches;
pub mod profile;
pub mod profile_use;
pub mod pxe;
pub mod repos_conf;
pub mod runlevel;
pub mod sccache;
pub mod sets;
pub mod shell;
pub mod systemd;
pub mod tmpfiles;
pub mod ugrd;

mod effective;
mod kind;
mod nearest;
mod reader;
pub mod rule_words;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod timespan;
mod unknown;

pub use effective::{Effective, switched};
pub use kind::{
    Grammar, Groups, IniDialect, ItemWords, ItemsDialect, Kind, PairsDialect, Place, RuleWords, RulesDialect,
    VarsDialect,
};
pub use nearest::nearest;
pub use reader::Reader;
pub use table::{PLAIN, entered_by_portage, find, kinds, named, read_by_portage};

use crate::model::Model;
use crate::report::Findings;

/// The check of a kind that has no rule of its own: the words are judged by the reader.
fn nothing_to_check(_model: &Model, _findings: &mut Findings<'_>) {}
