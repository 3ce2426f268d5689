//! Names and values, one pair a line: kernel fragments and systemd presets.
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
//! ```
//!
//! Neither language knows a comment behind a pair.

mod kernel;
mod preset;

use std::ops::Range;

use super::Refusal;
use super::tiles::{self, Document, Lens, told};
use crate::file::PairsDialect;
use crate::model::{Pair, Pairs};
use crate::report::{Code, Findings, Key};
use kernel::KernelLens;
use preset::PresetLens;

/// A line that is no pair.
const PAIR: Code = Code::error(
    "P030",
    "invalid-pair",
    "The reader of the file skips a line that it does not understand, with a message that few see.",
    "scripts/kconfig/confdata.c conf_read_simple, systemd.preset(5)",
);

/// A pair that has no effect.
const PATTERN: Code = Code::warning(
    "P031",
    "useless-preset",
    "Presets are compared with the full name of a unit: `sshd.service`, `getty@tty1.service`.",
    "systemd.preset(5)",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[&PAIR, &PATTERN];

/// Reads a file of pairs, see [`super::read`].
///
/// * Kernel fragments (`scripts/kconfig/confdata.c`): `CONFIG_X=y`, `CONFIG_X="text"` with its quotes in the value,
///   `CONFIG_X=0x10`; `# CONFIG_X is not set` and `CONFIG_X=n` are both the value `n`.
/// * systemd.preset(5): the unit (or pattern) is the name, the directive the value; the instances of a template
///   follow the directive: `enable getty@.service tty1 tty2` is `getty@.service` and `enable tty1 tty2`.
pub fn read(dialect: PairsDialect, text: &[u8], findings: &mut Findings<'_>) -> Pairs {
    fn of<L: Lens<Entry = Pair>>(lens: &L, text: &[u8], findings: &mut Findings<'_>) -> Pairs {
        let document = Document::read(lens, text, &mut told(findings));
        Pairs { header: document.header(), pairs: document.into_entries() }
    }
    match dialect {
        PairsDialect::KernelConfig => of(&KernelLens, text, findings),
        PairsDialect::Preset => of(&PresetLens, text, findings),
    }
}

/// Writes pairs into a text, see [`super::write`]. The value `n` of a kernel option is written as
/// `# CONFIG_X is not set`.
///
/// # Errors
/// When a name or value is none of the language, or an entry has a comment behind it: neither language knows that.
pub fn write(dialect: PairsDialect, text: &[u8], model: &Pairs) -> Result<Vec<u8>, Refusal> {
    match dialect {
        PairsDialect::KernelConfig => tiles::write(&KernelLens, text, &model.header, &model.pairs),
        PairsDialect::Preset => tiles::write(&PresetLens, text, &model.header, &model.pairs),
    }
}

/// The line of each pair, see [`super::spans`].
pub fn spans(dialect: PairsDialect, text: &[u8]) -> Vec<(Key, Range<usize>)> {
    match dialect {
        PairsDialect::KernelConfig => Document::read(&KernelLens, text, &mut |_| {}).spans(&KernelLens),
        PairsDialect::Preset => Document::read(&PresetLens, text, &mut |_| {}).spans(&PresetLens),
    }
}

fn same(a: &Pair, b: &Pair) -> bool {
    a.key == b.key && a.value.reveal() == b.value.reveal()
}

#[cfg(test)]
mod tests;
