//! The codes of files that a shell sources.

use crate::report::Code;

/// Something that is no assignment.
pub(crate) const COMMAND: Code = Code::warning(
    "P070",
    "shell-command",
    "A shell that sources the file runs every line of it, usually as root. Only plain assignments can be judged, \
     changed and compared.",
    "bash(1), SHELL GRAMMAR",
);

/// Something that is never closed.
pub(crate) const OPEN: Code = Code::error(
    "P071",
    "open-shell-command",
    "A quote or a compound command that is not closed makes the shell refuse the rest of the file.",
    "bash(1), SHELL GRAMMAR",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[&COMMAND, &OPEN];
