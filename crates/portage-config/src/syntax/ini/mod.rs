//! Sections of keys: Python's configparser, as Portage uses it, and systemd.syntax(7).
//!
//! Portage reads repos.conf, binrepos.conf and sets.conf with `configparser.ConfigParser` as it comes: one mistake
//! in one file, and the whole configuration of all files is thrown away. The reader here takes a text apart as that
//! one does, line by line, and says what would make it give up.
//!
//! ```text
//! file      = { comment | blank | section | key | more }, each a line
//! section   = "[" NAME "]" [ rest ]                       a rest, ignored, only in configparser
//! key       = NAME ( "=" | ":" ) value                    configparser
//!           | NAME "=" value                              systemd, GLib
//! more      = blanks value                                configparser: deeper than the key, the value goes on
//!           | value after a line that ends in "\"         systemd
//! comment   = ( "#" | ";" ) to the end of the line, as the first character that is no blank
//! ```
//!
//! GLib's key files have comments that begin with `#` only, and no value of several lines.
//!
//! configparser: a key or section stands once in a file, names of keys have no case, `%(NAME)s` is a reference and `%%` a
//! percent. systemd: a repeated key is a list, names have a case. A line that is none of these is kept and reported.

mod doc;
mod judge;
mod read;
pub(super) mod remark;
mod value;
mod write;

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::Refusal;
use crate::file::IniDialect;
use crate::model::Ini;
use crate::report::{Code, Findings, Key};

/// See [`super::read`].
pub fn read(dialect: IniDialect, text: &[u8], findings: &mut Findings<'_>) -> Ini {
    read::read(dialect, text, findings)
}

/// See [`super::write`].
///
/// A comment behind a key has no place in this language: it is written as the last line above the key.
///
/// # Errors
/// When the language cannot say a name, a value or a comment, or the consumer would refuse the file for it.
pub fn write(dialect: IniDialect, text: &[u8], model: &Ini) -> Result<Vec<u8>, Refusal> {
    write::write(dialect, text, model)
}

/// See [`super::spans`]. A section is `Key::of(section)`, a key of it one step more.
pub fn spans(dialect: IniDialect, text: &[u8]) -> Vec<(Key, Range<usize>)> {
    read::spans(dialect, text)
}

/// `%` that is neither `%%` nor `%(NAME)s`.
pub(crate) static P101: Code = Code::error(
    "P101",
    "ini-percent",
    "configparser interpolates values. A `%` that is neither `%%` nor `%(NAME)s` makes Portage throw all files of \
     repos.conf away; in binrepos.conf and sets.conf it ends in a traceback.",
    "Python configparser.BasicInterpolation; portage.repository.config.RepoConfigLoader._parse",
);

/// A section twice in one file.
pub(crate) static P102: Code = Code::error(
    "P102",
    "ini-duplicate-section",
    "configparser is strict: a section that stands twice in one file makes Portage throw all files away. The same \
     section in different files is fine, their keys are merged.",
    "Python configparser.DuplicateSectionError",
);

/// A key twice in one section.
pub(crate) static P103: Code = Code::error(
    "P103",
    "ini-duplicate-key",
    "configparser is strict and compares keys without regard to case: a key that stands twice in one section of one \
     file makes Portage throw all files away.",
    "Python configparser.DuplicateOptionError",
);

/// A line that is neither a section nor `key = value`.
pub(crate) static P104: Code = Code::error(
    "P104",
    "ini-no-value",
    "A line that is neither a section header, a comment nor `key = value` makes configparser refuse the file, and \
     Portage throw all files away. systemd ignores the line.",
    "Python configparser.ParsingError; systemd.syntax(7)",
);

/// Something before the first section.
pub(crate) static P105: Code = Code::error(
    "P105",
    "ini-no-section",
    "Before the first section only comments and blank lines are allowed. configparser refuses the file, and Portage \
     throws all files away; systemd ignores the line.",
    "Python configparser.MissingSectionHeaderError; systemd.syntax(7)",
);

/// A byte order mark.
pub(crate) static P106: Code = Code::error(
    "P106",
    "ini-bom",
    "Portage reads the file as UTF-8 without signature: a byte order mark is text before the first section, and all \
     files are thrown away.",
    "portage.util.configparser.read_configs",
);

/// An indented line that looks like a key of its own.
pub(crate) static P107: Code = Code::warning(
    "P107",
    "ini-swallowed-key",
    "A line that is indented deeper than the key above it continues that key's value, also when it looks like a key.",
    "Python configparser.RawConfigParser._read",
);

/// A reference to a key that the file does not have.
pub(crate) static P108: Code = Code::warning(
    "P108",
    "ini-unknown-reference",
    "`%(NAME)s` must be a key of the section, of [DEFAULT], or one of EPREFIX, EROOT, PORTAGE_CONFIGROOT, ROOT. \
     Otherwise Portage throws all files away. Another file of the folder may have it.",
    "Python configparser.InterpolationMissingOptionError",
);

/// References without an end.
pub(crate) static P109: Code = Code::error(
    "P109",
    "ini-reference-depth",
    "References deeper than ten, or in a circle, make configparser give up, and Portage throw all files away.",
    "Python configparser.MAX_INTERPOLATION_DEPTH",
);

/// A header without its closing bracket.
pub(crate) static P110: Code = Code::error(
    "P110",
    "ini-bad-section",
    "systemd stops reading the file at a section header that does not end in `]`.",
    "systemd.syntax(7); systemd src/shared/conf-parser.c",
);

/// A line that systemd skips.
pub(crate) static P111: Code = Code::warning(
    "P111",
    "ini-ignored-line",
    "systemd reads only sections and `Key=value`, in UTF-8, below a section. Other lines are ignored with a message \
     in the log.",
    "systemd.syntax(7); systemd src/shared/conf-parser.c",
);

/// A line at which GLib gives up.
pub(crate) static P112: Code = Code::error(
    "P112",
    "key-file-line",
    "GLib reads groups, comments that begin with `#`, and `key = value`. One other line, and it refuses the whole file.",
    "GLib, GKeyFile; nbd-server(5)",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] =
    &[&P101, &P102, &P103, &P104, &P105, &P106, &P107, &P108, &P109, &P110, &P111, &P112];
