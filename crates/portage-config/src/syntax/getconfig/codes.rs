//! The codes of the make.conf language.

use crate::report::Code;

const LOADER: &str = "lib/portage/util/__init__.py, getconfig";
const EXPANSION: &str = "lib/portage/util/__init__.py, varexpand";

/// Something that is neither `NAME=VALUE` nor `source FILE`.
pub(crate) const NOT_ASSIGNMENT: Code = Code::error(
    "P060",
    "not-an-assignment",
    "The file is a row of assignments and `source` lines. Anything else makes Portage refuse the whole file, or, \
     where it is lenient, ignore it from there on.",
    LOADER,
);

/// The file ends in the middle of an assignment.
pub(crate) const UNEXPECTED_END: Code = Code::error(
    "P061",
    "unexpected-end",
    "`NAME=` takes the next word of the file as its value, on whatever line it stands; at the end there is none, \
     and Portage refuses the file.",
    LOADER,
);

/// A name that is none.
pub(crate) const INVALID_NAME: Code = Code::error(
    "P062",
    "invalid-variable-name",
    "Portage refuses the whole file for a name with other characters than letters, digits and `_`. `+=` is such \
     a name: there is no appending.",
    LOADER,
);

/// A quote without its partner.
pub(crate) const OPEN_QUOTE: Code = Code::error(
    "P063",
    "open-quote",
    "A quote that is never closed makes Portage stop with an exception, even where it is lenient.",
    LOADER,
);

/// A value that silently becomes empty.
pub(crate) const EMPTIED: Code = Code::error(
    "P064",
    "emptied-value",
    "Only `$NAME` and `${NAME}` are expanded. For `$(…)`, `${NAME:-x}` and the like Portage prints a line and makes \
     the whole value empty, without an error.",
    EXPANSION,
);

/// `source` where no statement starts, or without a path.
pub(crate) const SOURCE: Code = Code::error(
    "P065",
    "stray-source",
    "The word `source` reads the file that the next word names, wherever it stands, even in quotes and as a value.",
    LOADER,
);

/// `A=` and the value below.
pub(crate) const NEXT_LINE: Code = Code::warning(
    "P066",
    "value-on-next-line",
    "Newlines mean nothing between words: an assignment without a value takes the first word of the next line.",
    LOADER,
);

/// `A=b#c`.
pub(crate) const CUT: Code = Code::warning(
    "P067",
    "value-cut-at-hash",
    "`#` starts a comment anywhere outside quotes, even inside a word, where a shell would read it as part of it.",
    LOADER,
);

/// `A="don't $B"`.
pub(crate) const SHADOWED: Code = Code::warning(
    "P068",
    "not-expanded",
    "Between two apostrophes that are part of a value, or behind one without a partner, Portage expands nothing.",
    EXPANSION,
);

/// Bytes that are no UTF-8.
pub(crate) const NOT_UTF8: Code =
    Code::warning("P069", "not-utf8", "Portage replaces bytes that are not UTF-8 by U+FFFD.", LOADER);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[
    &NOT_ASSIGNMENT,
    &UNEXPECTED_END,
    &INVALID_NAME,
    &OPEN_QUOTE,
    &EMPTIED,
    &SOURCE,
    &NEXT_LINE,
    &CUT,
    &SHADOWED,
    &NOT_UTF8,
];
