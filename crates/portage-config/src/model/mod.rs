//! Plain models: what a file says, without its layout.
//!
//! One module per shape. Equality is meaning: two files with the same model are read alike by their consumer.
//! Comments are part of the model because they travel between a spec and a file, but they are compared
//! one-sidedly, see [`Model::satisfied_by`].

mod fstab;
mod ini;
mod items;
mod opaque;
mod pairs;
mod rules;
mod secret;
mod table;
mod vars;

pub use fstab::{Fstab, Mount};
pub use ini::{Ini, IniKey, IniSection};
pub use items::{Item, Items};
pub use opaque::{Bytes, Opaque};
pub use pairs::{Pair, Pairs};
pub use rules::{Rule, Rules};
pub use table::{Entry, Table, TomlValue};
pub use vars::{Assign, Source, Statement, Vars};

use crate::vocab::RequiredBy;

/// The comment lines that belong to an entry. Each line is kept without its `#`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Comment {
    /// The lines directly above.
    pub above: Vec<String>,
    /// What stands behind the entry on its own line.
    pub behind: Option<String>,
}

impl Comment {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.above.is_empty() && self.behind.is_none()
    }

    /// Who asked for the entry, where `emerge --autounmask-write` wrote it: the line above the entry comes last.
    pub fn required_by(&self) -> impl Iterator<Item = RequiredBy> {
        self.above.iter().filter_map(|line| RequiredBy::parse(line))
    }

    /// Whether `other` says everything this says.
    fn within(&self, other: &Self) -> bool {
        let trimmed = |behind: &Option<String>| behind.as_deref().map(str::trim_end).map(str::to_owned);
        says(&other.above, &self.above)
            && (self.behind.is_none() || trimmed(&self.behind) == trimmed(&other.behind))
    }
}

/// Whether the comment lines `there` hold all of `wanted`, one below the other. More lines are welcome, and blanks
/// at the end of a line mean nothing.
pub(crate) fn says(there: &[String], wanted: &[String]) -> bool {
    let same = |(a, b): (&String, &String)| a.trim_end() == b.trim_end();
    wanted.is_empty() || there.windows(wanted.len()).any(|lines| lines.iter().zip(wanted).all(same))
}

/// What a file says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Model {
    /// An atom (or name) and words a line: package.use, package.accept_keywords, …
    Rules(Rules),
    /// One item a line: package.mask, sets, use.mask, …
    Items(Items),
    /// Variables: make.conf, env/, dracut.conf, …
    Vars(Vars),
    /// Sections of keys: repos.conf, …
    Ini(Ini),
    /// A name and a value a line: kernel fragments, systemd presets, …
    Pairs(Pairs),
    /// Mounts.
    Fstab(Fstab),
    /// Nested tables: ugrd's config.toml, …
    Table(Table),
    /// No entries, only bytes: bashrc, hooks, patches, …
    Opaque(Opaque),
}

/// One field or answer of every shape that has entries, another for bytes.
macro_rules! each {
    ($self:expr, $model:pat => $body:expr, $opaque:pat => $bytes:expr) => {
        match $self {
            Model::Rules($model) => $body,
            Model::Items($model) => $body,
            Model::Vars($model) => $body,
            Model::Ini($model) => $body,
            Model::Pairs($model) => $body,
            Model::Fstab($model) => $body,
            Model::Table($model) => $body,
            Model::Opaque($opaque) => $bytes,
        }
    };
}

impl Model {
    /// Whether a file that reads as `disk` already says all of this: the same entries in an order that means the
    /// same, and at least these comments. Comments that only `disk` has are somebody's words, and welcome.
    pub fn satisfied_by(&self, disk: &Self) -> bool {
        match (self, disk) {
            (Self::Rules(a), Self::Rules(b)) => a.satisfied_by(b),
            (Self::Items(a), Self::Items(b)) => a.satisfied_by(b),
            (Self::Vars(a), Self::Vars(b)) => a.satisfied_by(b),
            (Self::Ini(a), Self::Ini(b)) => a.satisfied_by(b),
            (Self::Pairs(a), Self::Pairs(b)) => a.satisfied_by(b),
            (Self::Fstab(a), Self::Fstab(b)) => a.satisfied_by(b),
            (Self::Table(a), Self::Table(b)) => a.satisfied_by(b),
            (Self::Opaque(a), Self::Opaque(b)) => a == b,
            _ => false,
        }
    }

    /// The comment at the head of the file, with a blank line below it.
    pub fn header(&self) -> &[String] {
        each!(self, m => &m.header, _ => &[])
    }

    /// The same, to be changed; nothing where a file has no comments.
    pub(crate) fn header_mut(&mut self) -> Option<&mut Vec<String>> {
        each!(self, m => Some(&mut m.header), _ => None)
    }

    /// Whether there is no entry, or no byte.
    pub fn is_empty(&self) -> bool {
        each!(self, m => m.is_empty(), m => m.bytes.0.is_empty())
    }

    /// Whether any value is secret or holds credentials. Bytes are not looked into.
    pub fn holds_secret(&self) -> bool {
        each!(self, m => m.holds_secret(), _ => false)
    }
}

/// Whether both sides have the same entries, `within` deciding for each pair.
fn pairwise<T>(a: &[T], b: &[T], within: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| within(a, b))
}
