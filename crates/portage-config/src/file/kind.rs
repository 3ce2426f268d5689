//! What a kind of file is.

use crate::model::Model;
use crate::report::Findings;
use crate::vocab::Dialect;

/// A kind of file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kind {
    /// Its stable name, also the value of `as` in a spec: `package.use`, `fstab`.
    pub name: &'static str,
    /// One sentence in Gentoo's words, with the source.
    pub about: &'static str,
    /// Where its files lie.
    pub place: Place,
    /// The language they are written in.
    pub grammar: Grammar,
    /// The template that writes a new one: its path below `templates/`. `None` for files without entries: their bytes
    /// are their own layout.
    pub template: Option<&'static str>,
    /// The mode of a new one.
    pub mode: u32,
    /// What is wrong with a file of this kind on its own.
    pub check: fn(&Model, &mut Findings<'_>),
}

impl Kind {
    /// The kind that files of this one are written as instead: its name is deprecated. `None`: nothing replaces it.
    pub fn replaced_by(&self) -> Option<&'static str> {
        (self.name == "package.keywords").then_some("package.accept_keywords")
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Where the files of a kind lie, from the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// This path, a plain file: `etc/fstab`.
    File(&'static str),
    /// This path, a plain file or a folder of any depth: `etc/portage/package.use`.
    FileOrFolder(&'static str),
    /// Below this folder, at any depth: `etc/portage/env`.
    Folder(&'static str),
    /// Directly or deeper below this folder, with one of these endings: `etc/dracut.conf.d`, `.conf`.
    Ending(&'static str, &'static [&'static str]),
    /// This path, a symbolic link to a folder or a folder: `etc/portage/make.profile`. What lies in the folder is of
    /// other kinds.
    Link(&'static str),
    /// No fixed path: said with `as`.
    Named,
}

/// The language of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grammar {
    /// A key and words a line.
    Rules(RulesDialect),
    /// One item a line.
    Items(ItemsDialect),
    /// Variables.
    Vars(VarsDialect),
    /// Sections of keys.
    Ini(IniDialect),
    /// A name and a value a line.
    Pairs(PairsDialect),
    /// fstab(5).
    Fstab,
    /// TOML.
    Toml,
    /// No entries: the bytes are carried as they are.
    Opaque,
}

/// How a file of rules is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulesDialect {
    /// Which atoms stand at the start of a line; `None`: any name.
    pub atoms: Option<Dialect>,
    /// Which words follow.
    pub words: RuleWords,
    /// What a word that ends in a colon does.
    pub groups: Groups,
}

/// The words of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleWords {
    /// USE flags as package.use has them.
    Use,
    /// USE flags as a profile has them: `flag` and `-flag`, no `-*`.
    ProfileUse,
    /// ACCEPT_KEYWORDS.
    Keywords,
    /// ACCEPT_LICENSE.
    Licenses,
    /// Paths below `env/`.
    EnvFiles,
    /// Paths below `profile/bashrc/`.
    BashrcFiles,
    /// Anything.
    Any,
}

/// USE_EXPAND groups (`VIDEO_CARDS: intel`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Groups {
    /// A colon means nothing.
    None,
    /// A group ends with its line (package.use).
    Line,
    /// A group goes on in later lines of the same atom (profile/package.use*): new files name full flags.
    Leak,
}

/// How a file of items is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemsDialect {
    /// What an item is.
    pub words: ItemWords,
    /// Whether the rest of the line is part of the item (`grabfile`) or ignored (`ItemFileLoader`).
    pub whole_line: bool,
}

/// The items of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemWords {
    /// Atoms, with the prefixes that the kind allows.
    Atoms(Dialect),
    /// USE flags, `flag` or `-flag`.
    Flags,
    /// Package versions without operator (package.provided).
    Versions,
    /// The line as it is, the only one of a file without comments (eapi).
    Line,
    /// The line as it is, in a file without comments that is read as the words of all its lines (a kernel's command
    /// line).
    Joined,
    /// The line as it is, whose order counts, in a file with comments on lines of their own (inittab, dnsmasq.conf).
    Setting,
    /// Folders of a profile, each overriding those above it (parent).
    Parents,
    /// Anything.
    Any,
}

/// How a file of variables is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VarsDialect {
    /// Portage's own language (`getconfig`): make.conf, env/ files of package.env, make.defaults.
    Getconfig,
    /// Files that bash or sh sources: assignments and comments only.
    Shell {
        /// Whether a new assignment is written with `export`.
        export: bool,
    },
}

/// How a file of sections is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IniDialect {
    /// Python's configparser, as Portage uses it: `%%`, no repeats, sections merged across files.
    ConfigParser,
    /// systemd.syntax(7): a repeated key is a list.
    Systemd,
    /// GLib's key files: one line a value, `true` and `false`, of a repeated key the last one.
    KeyFile,
}

/// How a file of pairs is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PairsDialect {
    /// `CONFIG_X=y`, `# CONFIG_X is not set`.
    KernelConfig,
    /// systemd.preset(5): `enable UNIT`, `disable UNIT`; keyed by the unit.
    Preset,
    /// `KEY = VALUE`, taken apart at the first `=` (`KeyValuePairFileLoader`).
    KeyValue,
    /// color.map(5): `NAME=COLOR`, exactly one `=` a line.
    ColorMap,
    /// `KEY=VALUE`, no blanks around the `=` and no quotes (initiatorname.iscsi).
    Assign,
    /// Words between blanks, named by one of them (mdev.conf, nbdtab, tmpfiles.d, lists of gen_init_cpio).
    Columns {
        /// Which word is the name, from 0; the others are the value.
        name: usize,
        /// How many words there are at most: the last one is the rest of the line, with its blanks.
        most: usize,
        /// Whether quotes and backslashes keep blanks in a word, as systemd reads them; they are part of the word here.
        quotes: bool,
    },
}
