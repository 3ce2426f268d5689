//! The colors of Portage's messages: color.map(5).

use super::{Grammar, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::nearest;

/// The colors of what Portage prints: `NAME=COLOR` a line; Portage fails on a folder, color.map(5).
pub static COLOR_MAP: Kind = Kind {
    name: "color.map",
    about: "The colors of what Portage prints: `NAME=COLOR` a line; Portage fails on a folder, color.map(5).",
    place: Place::File("etc/portage/color.map"),
    grammar: Grammar::Pairs(PairsDialect::ColorMap),
    template: Some("etc/portage/color.map.j2"),
    mode: 0o644,
    check,
};

/// What Portage colors (`_styles` in output.py).
const STYLES: [&str; 28] = [
    "BAD",
    "BRACKET",
    "ERR",
    "GOOD",
    "HILITE",
    "INFO",
    "INFORM",
    "LOG",
    "MERGE_LIST_PROGRESS",
    "NORMAL",
    "PKG_BINARY_MERGE",
    "PKG_BINARY_MERGE_SYSTEM",
    "PKG_BINARY_MERGE_WORLD",
    "PKG_BLOCKER",
    "PKG_BLOCKER_SATISFIED",
    "PKG_MERGE",
    "PKG_MERGE_SYSTEM",
    "PKG_MERGE_WORLD",
    "PKG_NOMERGE",
    "PKG_NOMERGE_SYSTEM",
    "PKG_NOMERGE_WORLD",
    "PKG_UNINSTALL",
    "PROMPT_CHOICE_DEFAULT",
    "PROMPT_CHOICE_OTHER",
    "QAWARN",
    "SECURITY_WARN",
    "UNMERGE_WARN",
    "WARN",
];

/// Colors and attributes (`codes` in output.py), without those written as `0x` and a number.
const COLORS: [&str; 44] = [
    "bg_black",
    "bg_brown",
    "bg_darkblue",
    "bg_darkgreen",
    "bg_darkred",
    "bg_darkyellow",
    "bg_default",
    "bg_lightgray",
    "bg_purple",
    "bg_teal",
    "black",
    "blink",
    "blue",
    "bold",
    "brown",
    "darkblue",
    "darkgray",
    "darkgreen",
    "darkred",
    "darkteal",
    "darkyellow",
    "faint",
    "fuchsia",
    "green",
    "invisible",
    "lightgray",
    "no-attr",
    "no-blink",
    "no-overline",
    "no-reverse",
    "no-standout",
    "no-underline",
    "normal",
    "overline",
    "purple",
    "red",
    "reset",
    "reverse",
    "standout",
    "teal",
    "turquoise",
    "underline",
    "white",
    "yellow",
];

/// Colors by their number.
const NUMBERS: [&str; 17] = [
    "0x000000", "0x0000AA", "0x00AA00", "0x00AAAA", "0x555555", "0x5555FF", "0x55FF55", "0x55FFFF",
    "0xAA0000", "0xAA00AA", "0xAA5500", "0xAAAA00", "0xAAAAAA", "0xFF5555", "0xFF55FF", "0xFFFF55",
    "0xFFFFFF",
];

/// A name or a color that Portage does not know.
pub(crate) const L135: Code = Code::error(
    "L135",
    "unknown-color",
    "Portage prints a message for a name or a color that it does not know, at each start, and leaves it out.",
    "color.map(5); lib/portage/output.py, _parse_color_map",
);

fn is_color(name: &str) -> bool {
    COLORS.contains(&name) || NUMBERS.contains(&name)
}

/// Whether the value is what stands in an escape sequence: `01;32m`.
fn is_code(value: &str) -> bool {
    value.strip_suffix('m').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b';'))
}

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for pair in &pairs.pairs {
        let key = || Key::of(&pair.key);
        if !STYLES.contains(&pair.key.as_str()) && !is_color(&pair.key) {
            let found = findings.at(&L135, key(), format!("Portage colors nothing called `{}`", pair.key));
            if let Some(near) = nearest(&pair.key, STYLES.iter().copied()) {
                found.set_help(format!("did you mean {near}?"));
            }
            continue;
        }
        let value = pair.value.reveal();
        if is_code(value) {
            continue;
        }
        for word in value.split_whitespace().filter(|word| !is_color(word)) {
            let found = findings.word(&L135, key(), word, format!("`{word}` is no color"));
            match nearest(word, COLORS.iter().copied()) {
                Some(near) => found.set_help(format!("did you mean {near}?")),
                None => found.set_help("write the name of a color, or a code such as `01;32m`"),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, pairs};

    #[test]
    fn names_and_colors() {
        let of = |key: &str, value: &str| codes("etc/portage/color.map", pairs(&[(key, value)]));
        for (key, value) in
            [("GOOD", "green"), ("PKG_MERGE", "bold 0x00AA00"), ("green", "32;01m"), ("WARN", "m")]
        {
            assert_eq!(of(key, value), [""; 0], "{key}={value}");
        }
        for (key, value) in [("GOOD", "gree"), ("GODD", "green"), ("GOOD", "32;01"), ("GOOD", "32 m")] {
            assert!(of(key, value).contains(&"L135"), "{key}={value}");
        }
    }
}
