//! Variables.

use portage_config::file::{Kind, VarsDialect, dracut};
use portage_config::spec::words::{LAYER, MAKEOPTS};
use portage_config::vocab::{Allowed, Incremental, Shape, Variable, variable, variables};
use serde_json::{Map, Value, json};

use super::{reference, with, words};

/// Portage makes the value empty where it meets any of these.
const COMMAND: &str = "(^|[^\\\\])(\\\\\\\\)*(\\$\\(|\\$\\{[A-Za-z0-9_]*[^A-Za-z0-9_}@])";

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    let text = json!({
        "description": "What stands between the quotes: `${NAME}` is a reference, `\\$` a dollar, `\\\\` a backslash.",
        "type": "string",
        "not": { "pattern": COMMAND },
    });
    let edit = json!({
        "description": "Words that are added to the value of earlier layers, and words that are taken out of it.",
        "allOf": [reference("edit")],
        "properties": {
            "add": { "anyOf": [
                { "type": "string", "not": { "pattern": COMMAND } },
                { "type": "array", "items": { "not": { "type": "string", "pattern": COMMAND } } },
            ] },
        },
    });
    let list = json!({
        "description": "Words, joined by blanks.",
        "type": "array",
        "items": { "anyOf": [
            { "type": "string", "pattern": "^\\S+$", "not": { "pattern": COMMAND } },
            { "type": "integer" },
        ] },
    });
    let [jobs, load] = MAKEOPTS;
    let number = |about: &str, kind: &str| {
        let value = json!({ "type": kind, "exclusiveMinimum": 0 });
        json!({ "description": about, "anyOf": [value, reference("drop")] })
    };
    vec![
        ("text", text),
        ("edit-variable", edit),
        (
            "string-variable",
            json!({ "anyOf": [reference("text"), { "type": "integer" }, reference("literal"), reference("drop")] }),
        ),
        ("boolean-variable", json!({ "anyOf": [{ "type": "boolean" }, reference("string-variable")] })),
        ("variable", json!({ "anyOf": [reference("string-variable"), list, reference("edit-variable")] })),
        (
            "makeopts",
            json!({ "anyOf": [reference("variable"), {
                "description": "The options of make that limit it; other options are added with `.add`.",
                "type": "object",
                "properties": {
                    jobs: number("How many jobs run at a time: `-j`.", "integer"),
                    load: number("No new job is started above this load: `-l`.", "number"),
                },
                "additionalProperties": false,
            }] }),
        ),
        ("variables", getconfig()),
        ("shell", shell()),
        ("dracut", dracut_variables()),
    ]
}

pub(super) fn of(kind: &Kind, dialect: VarsDialect) -> Value {
    match (kind.name, dialect) {
        ("dracut.conf" | "dracut.conf.d", _) => reference("dracut"),
        (_, VarsDialect::Getconfig) => reference("variables"),
        _ => reference("shell"),
    }
}

fn form(variable: &Variable) -> &'static str {
    match variable.shape {
        _ if variable.name == "MAKEOPTS" => "makeopts",
        shape if shape.is_words() => "variable",
        Shape::Boolean => "boolean-variable",
        _ => "string-variable",
    }
}

/// The names of variables.
const NAMES: &str = "[A-Za-z_][A-Za-z0-9_]*";

/// make.conf and what is written like it.
fn getconfig() -> Value {
    let known: Map<String, Value> = variables()
        .filter(|variable| !variable.name.contains('*'))
        .map(|variable| (variable.name.to_owned(), described(variable)))
        .collect();
    // A member with a row of its own may be of another form.
    let is_alone = |family: &&Variable| {
        let pattern = family.name.split_once('*').unwrap_or((family.name, ""));
        let of_family = |name: &str| name.starts_with(pattern.0) && name.ends_with(pattern.1);
        !known
            .keys()
            .any(|name| of_family(name) && variable(name).is_some_and(|member| form(member) != form(family)))
    };
    let mut families: Map<String, Value> = variables()
        .filter(|variable| variable.name.contains('*') && form(variable) != "variable")
        .filter(is_alone)
        .map(|family| (format!("^{}$", family.name.replace('*', ".+")), described(family)))
        .collect();
    let misplaced =
        words::refused("A word of a layer: it stands above the first header, or in a header of its own.");
    families.insert(format!("^({})$", LAYER.join("|")), misplaced);
    families.insert(words::not(NAMES), words::refused("A variable is letters, digits and `_`."));
    json!({
        "type": "object",
        "properties": known,
        "patternProperties": families,
        "additionalProperties": with("A variable of one's own, or one that only programs read.", "variable"),
    })
}

fn described(variable: &Variable) -> Value {
    let mut about = match variable.shape {
        Shape::Words => "Words between blanks",
        Shape::Arguments => "Arguments of a program, between blanks",
        Shape::Integer => "A whole number",
        Shape::Boolean => "One of two words",
        Shape::Flag => "Anything but the empty value means yes",
        Shape::Enum => "One of some words",
        Shape::Path => "A path",
        Shape::Command => "A command line with placeholders",
        _ => "A string",
    }
    .to_owned();
    if variable.shape == Shape::Words && variable.use_expand {
        about = "Values of a USE_EXPAND variable, each of them a USE flag".to_owned();
    }
    if !variable.choices.is_empty() {
        about.push_str(&format!(": {}", variable.choices.join(", ")));
    }
    match variable.incremental {
        Incremental::Yes => about.push_str("; values of several files add up, `-x` takes out, `-*` all"),
        Incremental::Lazy => {
            about.push_str("; values of several files are joined and judged for each package")
        }
        Incremental::No => {}
    }
    match variable.allowed {
        Allowed::MakeConf => about.push_str("; not in files of package.env"),
        Allowed::Profile => about.push_str("; only a profile sets it"),
        Allowed::Environment => about.push_str("; a file cannot set it"),
        Allowed::Anywhere => {}
    }
    if let Some(default) = variable.default {
        about.push_str(&format!("; `{default}` where nothing is said"));
    }
    about.push('.');
    let mut all = match with(&about, form(variable)) {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    if variable.deprecated {
        all.insert("deprecated".to_owned(), json!(true));
    }
    Value::Object(all)
}

/// Files that a shell sources.
fn shell() -> Value {
    let booleans: Map<String, Value> = variables()
        .filter(|variable| variable.shape == Shape::Boolean)
        .map(|variable| {
            let either = words::any(&["boolean-variable", "variable"]);
            (variable.name.to_owned(), either)
        })
        .collect();
    json!({
        "type": "object",
        "patternProperties": words::only_names(NAMES),
        "properties": booleans,
        "additionalProperties": with("A variable; its value as it stands between quotes.", "variable"),
    })
}

fn dracut_variables() -> Value {
    let known: Map<String, Value> = dracut::parameters()
        .iter()
        .map(|parameter| {
            let (what, form) = match &parameter.ty {
                _ if parameter.append => ("Words, added to those of other files".to_owned(), "variable"),
                dracut::Type::Bool => ("Yes or no".to_owned(), "boolean-variable"),
                dracut::Type::Path => ("A path".to_owned(), "string-variable"),
                dracut::Type::Integer(from, to) => {
                    (format!("A number from {from} to {to}"), "string-variable")
                }
                dracut::Type::Choice(choices) => {
                    (format!("One of {}", choices.join(", ")), "string-variable")
                }
                dracut::Type::Words => ("Words".to_owned(), "string-variable"),
                _ => ("A string".to_owned(), "string-variable"),
            };
            let age = match (parameter.in_059, parameter.in_111) {
                (true, false) => "; dracut 111 does not know it",
                (false, true) => "; dracut 059 does not know it",
                _ => "",
            };
            (parameter.key.to_owned(), with(&format!("{what}{age}."), form))
        })
        .collect();
    json!({
        "type": "object",
        "patternProperties": words::only_names(NAMES),
        "properties": known,
        "additionalProperties": reference("string-variable"),
    })
}
