//! Files that are TOML themselves.

use portage_config::file::{Kind, ugrd};
use serde_json::{Map, Value, json};

use super::reference;

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    let modules: Vec<&str> = ugrd::modules().iter().map(|module| module.name).collect();
    vec![("ugrd-module", json!({ "description": "A module of ugrd.", "anyOf": [{ "enum": modules }, {}] }))]
}

/// Its own keys. What they hold is judged by `check`: modules from elsewhere may bring keys of their own.
pub(super) fn of(kind: &Kind) -> Value {
    let mut known = Map::new();
    if kind.name == "ugrd" {
        for parameter in ugrd::parameters().iter().filter(|parameter| !parameter.name.starts_with('_')) {
            known.insert(parameter.name.to_owned(), ugrd_key(parameter));
        }
    }
    json!({ "type": "object", "properties": known })
}

fn ugrd_key(parameter: &ugrd::Parameter) -> Value {
    let what = match parameter.ty {
        ugrd::Type::Bool => "true or false",
        ugrd::Type::Str => "a string",
        ugrd::Type::Int => "a whole number",
        ugrd::Type::Float => "a number",
        ugrd::Type::Dict => "a table",
        ugrd::Type::List => "a list; `.add` and `.remove` edit it",
        ugrd::Type::Path => "a path",
        _ => "a value",
    };
    let from = match parameter.module {
        "(builtin)" => "ugrd itself".to_owned(),
        module => format!("the module `{module}`"),
    };
    let about = format!("Of {from}: {what}.");
    let keys: Map<String, Value> = ugrd::nested(parameter.name)
        .map(|key| {
            let about = if key.required { "Must be there." } else { "May be there." };
            (key.key.to_owned(), json!({ "description": about }))
        })
        .collect();
    if parameter.name == "modules" {
        return json!({ "description": about, "items": reference("ugrd-module") });
    }
    if keys.is_empty() {
        return json!({ "description": about });
    }
    json!({ "description": about, "additionalProperties": { "properties": keys } })
}
