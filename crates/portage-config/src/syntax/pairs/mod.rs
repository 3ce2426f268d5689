//! Names and values, one pair a line: kernel fragments, systemd presets, Portage's modules and color.map, files of words
//! between blanks.
//!
//! ```text
//! fragment  = { ( option | unset | comment | blank ) newline }
//! option    = "CONFIG_" name "=" value
//! unset     = "# CONFIG_" name " is not set"
//! value     = "y" | "m" | "n" | [ "-" ] digits | "0x" hex digits | '"' text '"'
//! comment   = "#" to the end of the line, at its start
//!
//! preset    = { ( rule | comment | blank ) newline }
//! rule      = ( "enable" | "disable" | "ignore" ) unit { instance }
//! comment   = ( "#" | ";" ) to the end of the line, at its start
//!
//! modules   = { ( key "=" value | comment | blank ) newline }     taken apart at the first "=", blanks around both
//!
//! color.map = { ( name "=" color | blank ) [ comment ] newline }  both may be quoted; no further "=" on the line
//!
//! columns   = { ( word { blanks word } [ blanks text ] | comment | blank ) newline }   one of the words is the name
//! ```
//!
//! Only color.map knows a comment behind a pair.

mod color;
mod columns;
mod kernel;
mod keyvalue;
mod preset;

use std::ops::Range;

use super::Refusal;
use super::tiles::{self, Document, Lens, Newlines, Sink, Tile, told};
use crate::file::PairsDialect;
use crate::model::{Pair, Pairs};
use crate::report::{Code, Findings, Key};
use color::ColorLens;
use columns::ColumnsLens;
use kernel::KernelLens;
use keyvalue::KeyValueLens;
use preset::PresetLens;

/// A line that is no pair.
const PAIR: Code = Code::error(
    "P030",
    "invalid-pair",
    "The reader of the file skips a line that it does not understand, with a message that few see.",
    "scripts/kconfig/confdata.c conf_read_simple, systemd.preset(5), lib/portage/env/loaders.py",
);

/// A pair that has no effect.
const PATTERN: Code = Code::warning(
    "P031",
    "useless-preset",
    "Presets are compared with the full name of a unit: `sshd.service`, `getty@tty1.service`.",
    "systemd.preset(5)",
);

/// A line at which the reader gives up.
const STOP: Code = Code::error(
    "P032",
    "color-map-stops",
    "At a line without exactly one `=` Portage stops reading color.map; an empty side of it fails every command.",
    "lib/portage/output.py _parse_color_map",
);

/// A letter that is lost.
const TRUNCATED: Code = Code::error(
    "P033",
    "no-final-newline",
    "Portage takes the last character of each line of color.map for its line break.",
    "lib/portage/output.py _parse_color_map",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[&PAIR, &PATTERN, &STOP, &TRUNCATED];

/// Reads a file of pairs, see [`super::read`].
///
/// * Kernel fragments (`scripts/kconfig/confdata.c`): `CONFIG_X=y`, `CONFIG_X="text"` with its quotes in the value,
///   `CONFIG_X=0x10`; `# CONFIG_X is not set` and `CONFIG_X=n` are both the value `n`.
/// * systemd.preset(5): the unit (or pattern) is the name, the directive the value; the instances of a template
///   follow the directive: `enable getty@.service tty1 tty2` is `getty@.service` and `enable tty1 tty2`.
/// * modules (`lib/portage/env/loaders.py`): `KEY = VALUE` without the blanks around both.
/// * Columns: one word is the name, the others, joined by single blanks, the value: `d /run/x 0755 root root` is
///   `/run/x` and `d 0755 root root`. Quotes, where they keep blanks in a word, stay part of it.
/// * color.map (`lib/portage/output.py`): `NAME=COLOR` without quotes, as far as Portage reads the file.
pub fn read(dialect: PairsDialect, text: &[u8], findings: &mut Findings<'_>) -> Pairs {
    fn of<L: Lens<Entry = Pair>>(lens: &L, text: &[u8], findings: &mut Findings<'_>) -> Pairs {
        let document = Document::read(lens, text, &mut told(findings));
        Pairs { header: document.header(), pairs: document.into_entries() }
    }
    match dialect {
        PairsDialect::KernelConfig => of(&KernelLens, text, findings),
        PairsDialect::Preset => of(&PresetLens, text, findings),
        PairsDialect::KeyValue => of(&KeyValueLens { tight: false }, text, findings),
        PairsDialect::Assign => of(&KeyValueLens { tight: true }, text, findings),
        PairsDialect::ColorMap => of(&ColorLens::default(), text, findings),
        PairsDialect::Columns { name, most, quotes } => {
            of(&ColumnsLens { name, most, quotes }, text, findings)
        }
    }
}

/// Writes pairs into a text, see [`super::write`]. The value `n` of a kernel option is written as
/// `# CONFIG_X is not set`.
///
/// # Errors
/// When a name or value is none of the language, an entry has a comment behind it and the language knows none there,
/// or Portage would not read the file to its end.
pub fn write(dialect: PairsDialect, text: &[u8], model: &Pairs) -> Result<Vec<u8>, Refusal> {
    match dialect {
        PairsDialect::KernelConfig => tiles::write(&KernelLens, text, &model.header, &model.pairs),
        PairsDialect::Preset => tiles::write(&PresetLens, text, &model.header, &model.pairs),
        PairsDialect::KeyValue => {
            tiles::write(&KeyValueLens { tight: false }, text, &model.header, &model.pairs)
        }
        PairsDialect::Assign => {
            tiles::write(&KeyValueLens { tight: true }, text, &model.header, &model.pairs)
        }
        PairsDialect::ColorMap => color::write(text, model),
        PairsDialect::Columns { name, most, quotes } => {
            tiles::write(&ColumnsLens { name, most, quotes }, text, &model.header, &model.pairs)
        }
    }
}

/// The line of each pair, see [`super::spans`].
pub fn spans(dialect: PairsDialect, text: &[u8]) -> Vec<(Key, Range<usize>)> {
    fn of<L: Lens<Entry = Pair>>(lens: &L, text: &[u8]) -> Vec<(Key, Range<usize>)> {
        Document::read(lens, text, &mut |_| {}).spans()
    }
    match dialect {
        PairsDialect::KernelConfig => of(&KernelLens, text),
        PairsDialect::Preset => of(&PresetLens, text),
        PairsDialect::KeyValue => of(&KeyValueLens { tight: false }, text),
        PairsDialect::Assign => of(&KeyValueLens { tight: true }, text),
        PairsDialect::ColorMap => of(&ColorLens::default(), text),
        PairsDialect::Columns { name, most, quotes } => of(&ColumnsLens { name, most, quotes }, text),
    }
}

/// A language of pairs: what tells one from another.
trait PairLens {
    const NEWLINES: Newlines;
    /// Whether a comment may stand behind a pair.
    const BEHIND: bool = false;

    /// Reads the line `text[range]`.
    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Pair>;
    /// Refuses a pair that no line can say.
    fn check(&self, pair: &Pair) -> Result<(), Refusal>;
    /// The line of a pair.
    fn line(&self, pair: &Pair) -> String;
}

impl<L: PairLens> Lens for L {
    type Entry = Pair;
    const NEWLINES: Newlines = <L as PairLens>::NEWLINES;
    const BEHIND: bool = <L as PairLens>::BEHIND;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Pair> {
        PairLens::tile(self, text, range, sink)
    }

    fn kin(&self, pair: &Pair) -> String {
        pair.key.clone()
    }

    fn check(&self, pair: &Pair) -> Result<(), Refusal> {
        PairLens::check(self, pair)
    }

    fn spell(&self, wanted: &[Pair], at: usize, _fresh: bool) -> Result<Vec<u8>, Refusal> {
        Ok(wanted.get(at).map(|pair| self.line(pair).into_bytes()).unwrap_or_default())
    }

    fn splice(&self, _old: &[u8], wanted: &[Pair], at: usize) -> Result<Vec<u8>, Refusal> {
        self.spell(wanted, at, false)
    }
}

#[cfg(test)]
mod tests;
