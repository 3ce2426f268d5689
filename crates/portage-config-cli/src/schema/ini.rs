//! Sections of keys.

use portage_config::file::repos_conf::{BINREPO_KEYS, BOOLEANS, REPO_KEYS, SYNC_TYPES};
use portage_config::file::{IniDialect, Kind};
use serde_json::{Map, Value, json};

use super::{reference, with, words};

/// A value stands on one line, without blanks at its ends.
const LINE: &str = "^(\\S([^\\n\\r]*\\S)?)?$";

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    let scalar = json!([
        { "type": "string", "pattern": LINE },
        { "type": ["integer", "boolean"] },
    ]);
    let key = |about: &str, list: Value| {
        let mut ways = vec![list, reference("literal"), reference("drop"), reference("edit")];
        ways.extend(scalar.as_array().cloned().unwrap_or_default());
        json!({ "description": about, "anyOf": ways })
    };
    let many = json!({
        "type": "array",
        "items": { "type": ["string", "integer", "boolean"] },
    });
    vec![
        (
            "ini-value",
            key(
                "A value of one line; `%(NAME)s` is a reference, `%%` a percent. A boolean is written as yes or no, a \
                 list with blanks between its words.",
                reference("list"),
            ),
        ),
        ("unit-value", key("A value of one line; of a list each element repeats the key.", many)),
        ("repository", section("ini-value", keys(REPO_KEYS))),
        ("binhost", section("ini-value", keys(BINREPO_KEYS))),
        ("section", section("ini-value", Map::new())),
        ("unit-section", section("unit-value", Map::new())),
    ]
}

pub(super) fn of(kind: &Kind, dialect: IniDialect) -> Value {
    let section = match (kind.name, dialect) {
        ("repos.conf", _) => "repository",
        ("binrepos.conf", _) => "binhost",
        (_, IniDialect::Systemd) => "unit-section",
        _ => "section",
    };
    json!({
        "type": "object",
        "patternProperties": words::only_names("[^\\s\\[\\]]([^\\[\\]\\n]*[^\\s\\[\\]])?"),
        "additionalProperties": { "anyOf": [reference("drop"), reference(section)] },
    })
}

fn section(value: &str, keys: Map<String, Value>) -> Value {
    json!({
        "type": "object",
        "properties": keys,
        "patternProperties": words::only_names("[^\\s#;\\[=:]([^=:\\n]*[^\\s=:])?"),
        "additionalProperties": reference(value),
        // One key `remove` with a boolean drops the section.
        "not": { "required": ["remove"], "maxProperties": 1, "properties": { "remove": { "type": "boolean" } } },
    })
}

fn keys(all: &[&str]) -> Map<String, Value> {
    let about = |key: &str| match key {
        "location" => "The folder that holds the repository.".to_owned(),
        "sync-uri" => "Where it comes from.".to_owned(),
        "sync-type" => {
            let types: Vec<&str> = SYNC_TYPES.iter().copied().filter(|name| !name.is_empty()).collect();
            format!("How it is fetched: {}; empty: not at all.", types.join(", "))
        }
        "priority" => "A whole number; the highest goes first.".to_owned(),
        "masters" => "The repositories whose eclasses and profiles it builds on.".to_owned(),
        key if BOOLEANS.contains(&key) => "A switch: true is written as yes, false as no.".to_owned(),
        key if key.ends_with("-env") => {
            "Variables of the environment of the program that fetches.".to_owned()
        }
        key if key.ends_with("-opts") => "Further options of the program that fetches.".to_owned(),
        _ => "A key that Portage reads, portage(5).".to_owned(),
    };
    all.iter().map(|key| ((*key).to_owned(), with(&about(key), "ini-value"))).collect()
}
