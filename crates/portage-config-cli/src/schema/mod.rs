//! The JSON Schema of specs, made from the tables of the library.
//!
//! One rule holds it together: what `spec::load` reads without an error validates. What only the merged layers
//! show (a word of a parameter, an atom said twice) is left to `check`.

mod ini;
mod layer;
mod mounts;
mod paths;
mod rules;
mod target;
mod toml;
mod vars;
mod words;

use portage_config::file::{self, Grammar, Kind, Place};
use serde_json::{Map, Value, json};

/// What the schema is called in `$ref`s.
const DEFINITIONS: &str = "#/definitions/";

/// The whole schema. Draft 7 is what editors of TOML know.
pub(crate) fn schema() -> Value {
    let mut definitions = Map::new();
    let mut put = |all: Vec<(&'static str, Value)>| {
        definitions.extend(all.into_iter().map(|(name, value)| (name.to_owned(), value)));
    };
    put(words::definitions());
    put(layer::definitions());
    put(vars::definitions());
    put(ini::definitions());
    put(mounts::definitions());
    put(toml::definitions());
    // A kind without a place is said with `as`: which paths those are shows in no pattern.
    for kind in file::kinds().iter().copied().filter(|kind| kind.place != Place::Named) {
        if let Some(entries) = entries(kind) {
            definitions.insert(slug(kind), described(kind, entries));
        }
    }
    let mut spec = layer::part(layer::Scope::Spec);
    spec.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    spec.insert("title".to_owned(), json!("A spec of portage-config"));
    spec.insert(
        "description".to_owned(),
        json!("What the Portage configuration of a machine holds: a section is a path, an entry a line."),
    );
    spec.extend(paths::closed());
    spec.insert("definitions".to_owned(), Value::Object(definitions));
    Value::Object(spec)
}

/// The entries of a file of that kind; `None`: it has none.
fn entries(kind: &'static Kind) -> Option<Value> {
    Some(match kind.grammar {
        Grammar::Rules(dialect) => rules::rules(dialect),
        Grammar::Items(dialect) => rules::items(dialect),
        Grammar::Vars(dialect) => vars::of(kind, dialect),
        Grammar::Ini(dialect) => ini::of(kind, dialect),
        Grammar::Pairs(dialect) => rules::pairs(dialect),
        Grammar::Fstab => reference("mounts"),
        Grammar::Toml => toml::of(kind),
        Grammar::Opaque => return None,
        _ => json!({ "type": "object" }),
    })
}

fn described(kind: &Kind, entries: Value) -> Value {
    let mut all = match entries {
        Value::Object(all) if !all.contains_key("$ref") => all,
        other => Map::from_iter([("allOf".to_owned(), json!([other]))]),
    };
    all.insert("description".to_owned(), json!(kind.about));
    if let Some(other) = kind.replaced_by() {
        all.insert("deprecated".to_owned(), json!(true));
        all.insert("description".to_owned(), json!(format!("{} Write `{other}` instead.", kind.about)));
    }
    Value::Object(all)
}

/// The name of a kind's definition: without the slash, which is a step in a pointer.
fn slug(kind: &Kind) -> String {
    format!("file-{}", kind.name.replace('/', "-"))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{DEFINITIONS}{name}") })
}

/// A definition with a description of its own: beside `$ref` draft 7 reads nothing.
fn with(description: &str, name: &str) -> Value {
    json!({ "description": description, "allOf": [reference(name)] })
}
