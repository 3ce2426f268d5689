//! Codes of these files.

use crate::report::Code;

/// A line that does not start with an atom.
pub(super) const ATOM: Code = Code::error(
    "P020",
    "invalid-atom",
    "Portage prints `--- Invalid atom` and ignores the line.",
    "lib/portage/util/__init__.py grabdict_package, grabfile_package",
);

/// A blocker outside a dependency.
pub(super) const BLOCKER: Code = Code::warning(
    "P021",
    "blocker",
    "Portage accepts the `!` of a blocker here and ignores it: the line is about the package itself.",
    "lib/portage/dep/__init__.py Atom",
);

/// A word that Portage keeps and that matches nothing.
pub(super) const USELESS: Code = Code::warning(
    "P022",
    "useless-word",
    "Portage keeps any word of a rule without a message; one that can be no flag, keyword or license never matches.",
    "lib/portage/package/ebuild/_config/UseManager.py _parse_user_files_to_extatomdict",
);

/// A word that Portage refuses.
pub(super) const FLAG: Code = Code::error(
    "P023",
    "invalid-flag",
    "In profiles Portage prints `--- Invalid USE flag` and ignores the word.",
    "lib/portage/package/ebuild/_config/UseManager.py _parse_file_to_dict",
);

/// A group in a profile's file.
pub(super) const LEAK: Code = Code::warning(
    "P024",
    "group-leak",
    "In profiles the prefix of a USE_EXPAND group does not end with its line: later lines of the same atom go on \
     with it.",
    "lib/portage/package/ebuild/_config/UseManager.py _parse_file_to_dict",
);

/// A conflict that was not resolved.
pub(super) const MERGE: Code = Code::error(
    "P025",
    "conflict-marker",
    "Portage ignores the marker and reads the lines of both sides.",
    "git-merge(1)",
);

/// Words that are not read.
pub(super) const IGNORED: Code = Code::warning(
    "P026",
    "ignored-words",
    "Of each line of this file Portage reads the first word only.",
    "lib/portage/env/loaders.py ItemFileLoader",
);

/// An item that Portage refuses.
pub(super) const ITEM: Code = Code::error(
    "P027",
    "invalid-item",
    "Portage takes the whole line as one item, and ignores one that it does not understand.",
    "lib/portage/util/__init__.py grabfile",
);

/// A name without words.
pub(super) const ALONE: Code = Code::warning(
    "P028",
    "name-alone",
    "Portage drops a line of this file that has a name and nothing else.",
    "lib/portage/util/__init__.py grabdict",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] =
    &[&ATOM, &BLOCKER, &USELESS, &FLAG, &LEAK, &MERGE, &IGNORED, &ITEM, &ALONE];
