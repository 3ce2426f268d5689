//! Words and edits, which all languages share.

use portage_config::file::RuleWords;
use serde_json::{Value, json};

use super::reference;

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    let edit = |words: &str, removed: &str| {
        json!({
            "description": "Words that are added to what earlier layers say, and words that are taken out of it.",
            "type": "object",
            "minProperties": 1,
            "properties": {
                "add": reference(words),
                "remove": reference(removed),
            },
            "additionalProperties": false,
        })
    };
    let mut all = vec![
        (
            "words",
            json!({
                "description": "Words: one string with blanks between them, or a list with a word each.",
                "anyOf": [{ "type": "string" }, reference("list")],
            }),
        ),
        ("list", list("^\\S+$")),
        ("edit", edit("words", "words")),
        (
            "drop",
            json!({
                "description": "Takes the whole entry of earlier layers out.",
                "type": "object",
                "required": ["remove"],
                "properties": { "remove": { "const": true } },
                "additionalProperties": false,
            }),
        ),
        (
            "literal",
            json!({
                "description": "The characters themselves: what the language of the file would make of them is escaped.",
                "type": "object",
                "required": ["literal"],
                "properties": { "literal": { "type": "string", "pattern": "^[^\\n\\r]*$" } },
                "additionalProperties": false,
            }),
        ),
    ];
    for (name, edited, about, word) in RULES {
        let words = json!({
            "description": about,
            "anyOf": [{ "type": "string", "pattern": string(word) }, list(&format!("^({word}|{PARAMETER})$"))],
        });
        all.push((name, words));
        all.push((edited, edit(name, "words")));
    }
    all
}

/// A word with a parameter in it can be anything.
const PARAMETER: &str = "\\S*@\\{\\S*";

/// Each kind of words: its definition, that of its edits, what they are, and what one of them looks like.
const RULES: [(&str, &str, &str, &str); 5] = [
    (
        "flags",
        "edit-flags",
        "USE flags: `flag`, `-flag`, `flag_*`, `-*`; behind `GROUP:` the values of a USE_EXPAND variable.",
        "-?(\\*|[A-Za-z0-9][A-Za-z0-9+_@-]*\\*?)|[^\\s#]+:",
    ),
    (
        "profile-flags",
        "edit-profile-flags",
        "USE flags as a profile has them: `flag` and `-flag`, without stars.",
        "-?[A-Za-z0-9][A-Za-z0-9+_@-]*|[^\\s#]+:",
    ),
    (
        "keywords",
        "edit-keywords",
        "Keywords: `~amd64`, `amd64`, `-amd64`, `*`, `~*`, `**`.",
        "-?(\\*\\*?|~\\*|~?[A-Za-z0-9_][A-Za-z0-9_-]*)",
    ),
    (
        "licenses",
        "edit-licenses",
        "Licenses and groups of them: `GPL-2`, `@FREE`, `-@EULA`, `*`.",
        "-?(\\*|@?[A-Za-z0-9_][A-Za-z0-9_+.-]*)",
    ),
    (
        "names",
        "edit-names",
        "Words; one that begins with `#` would make a comment of the rest.",
        "[^\\s#]\\S*",
    ),
];

/// The definitions of the words of a rule, and of their edits.
pub(super) fn of(words: RuleWords) -> (&'static str, &'static str) {
    match words {
        RuleWords::Use => ("flags", "edit-flags"),
        RuleWords::ProfileUse => ("profile-flags", "edit-profile-flags"),
        RuleWords::Keywords => ("keywords", "edit-keywords"),
        RuleWords::Licenses => ("licenses", "edit-licenses"),
        _ => ("names", "edit-names"),
    }
}

fn list(word: &str) -> Value {
    json!({
        "type": "array",
        "items": { "anyOf": [{ "type": "string", "pattern": word }, { "type": "integer" }] },
    })
}

/// A string of such words.
fn string(word: &str) -> String {
    let word = format!("({word}|{PARAMETER})");
    format!("^\\s*({word}(\\s+{word})*)?\\s*$")
}

/// Marks the names that are not of this form at their own place, where `propertyNames` would mark the whole table.
pub(super) fn only_names(form: &str) -> Value {
    json!({ not(form): refused("No name that can stand here.") })
}

/// What is not of this form; what has a parameter in it can be anything.
pub(super) fn not(form: &str) -> String {
    format!("^(?!({form})$|.*@\\{{)")
}

/// Nothing is good here. Validators print what stands below `not`.
pub(super) fn refused(why: &str) -> Value {
    json!({ "not": { "description": why } })
}

/// One of these.
pub(super) fn any(all: &[&str]) -> Value {
    let all: Vec<Value> = all.iter().map(|name| reference(name)).collect();
    json!({ "anyOf": all })
}
