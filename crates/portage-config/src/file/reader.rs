//! Who reads the files of a kind.

use super::{Kind, Place};

/// Who has to be able to read a file, beside its owner. It decides the mode of a file that holds a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Nobody: 0600.
    Owner,
    /// The members of this group: 0640, and the file is the group's.
    Group(&'static str),
    /// Everybody: 0644. A secret has no place in such a file.
    All,
}

/// Portage's group: what runs with `FEATURES="userpriv userfetch"` is its member.
pub(super) const PORTAGE: Reader = Reader::Group("portage");

/// Kinds below `etc/portage` that an unprivileged Portage can do without, and kinds elsewhere that somebody but
/// their owner reads; asked of Portage 3.0.83 as a user without groups, file by file (`tests/readers.rs`).
///
/// Bash and the saved configurations are read in the phases of an ebuild, as the user portage; the hooks run
/// in `emerge --sync`. Without any other file an unprivileged call of Portage dies, or answers as if the file were
/// not there: repos.conf, binrepos.conf, sets, mirrors, package.provided.
const READERS: &[(&str, Reader)] = &[
    ("bashrc", PORTAGE),
    ("env-bash", PORTAGE),
    ("profile/profile.bashrc", PORTAGE),
    ("profile/bashrc", PORTAGE),
    ("make.profile/profile.bashrc", PORTAGE),
    ("savedconfig", PORTAGE),
    ("postsync.d", Reader::Owner),
    ("repo.postsync.d", Reader::Owner),
    ("sccache.client", PORTAGE),
];

impl Kind {
    /// Whether everybody has to be able to read its files.
    pub fn is_for_all(&self) -> bool {
        self.reader() == Reader::All
    }

    /// The mode of a file with a secret: what its reader needs and no more. Its owner may still run a program.
    pub fn closed_mode(&self) -> u32 {
        match self.reader() {
            Reader::Owner => 0o600 | (self.mode & 0o100),
            Reader::Group(_) => 0o640 | (self.mode & 0o110),
            Reader::All => self.mode,
        }
    }

    /// Who reads its files.
    ///
    /// ```
    /// use portage_config::file::{Reader, named};
    /// let reader = |name| named(name).map(|kind| kind.reader());
    /// assert_eq!(reader("make.conf"), Some(Reader::All));
    /// assert_eq!(reader("sccache.client"), Some(Reader::Group("portage")));
    /// assert_eq!(reader("fstab"), Some(Reader::Owner));
    /// ```
    pub fn reader(&self) -> Reader {
        if let Some((_, reader)) = READERS.iter().find(|(name, _)| *name == self.name) {
            return *reader;
        }
        match self.place {
            Place::File(base)
            | Place::FileOrFolder(base)
            | Place::Folder(base)
            | Place::Ending(base, _)
            | Place::Link(base)
                if base.starts_with("etc/portage/") || base.starts_with("var/lib/portage/") =>
            {
                Reader::All
            }
            _ => Reader::Owner,
        }
    }
}
