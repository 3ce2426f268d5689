//! Rules, items and pairs: a line each.

use portage_config::file::{Groups, ItemWords, ItemsDialect, PairsDialect, RulesDialect};
use portage_config::vocab::Dialect;
use serde_json::{Value, json};

use super::{reference, words};

/// A name of any kind.
/// A word in which quotes and backslashes keep blanks.
const QUOTED: &str = "(?!#)([^\\s\"'\\\\]|\\\\.|\"([^\"\\\\]|\\\\.)*\"|'([^'\\\\]|\\\\.)*')+";
const PLAIN: &str = "[^\\s#]\\S*";

pub(super) fn rules(dialect: RulesDialect) -> Value {
    let (name, edited) = words::of(dialect.words);
    let some = |value: Value| {
        json!({
            "allOf": [value, { "anyOf": [
                { "type": "string", "pattern": "\\S" },
                { "type": "array", "minItems": 1 },
            ] }],
        })
    };
    let mut ways = vec![
        json!({ "description": "The name alone on its line.", "const": true }),
        some(reference(name)),
        json!({
            "type": "object",
            "required": ["literal"],
            "properties": { "literal": some(reference(name)) },
            "additionalProperties": false,
        }),
        reference("drop"),
        reference(edited),
    ];
    if dialect.groups != Groups::None {
        ways.push(json!({
            "description": "The flags by group: `USE` are the plain ones, others are USE_EXPAND variables.",
            "type": "object",
            "properties": {
                "USE": words::any(&[name, "drop", edited]),
                "add": reference(name),
                "remove": reference("words"),
            },
            "patternProperties": { "^[A-Z][A-Z0-9_]*$": words::any(&[name, "drop", edited]) },
            "additionalProperties": false,
            "not": { "required": ["USE"], "anyOf": [{ "required": ["add"] }, { "required": ["remove"] }] },
        }));
    }
    let names = dialect.atoms.map_or_else(|| PLAIN.to_owned(), |atoms| atom(atoms, false));
    json!({
        "type": "object",
        "patternProperties": words::only_names(&names),
        "additionalProperties": { "anyOf": ways },
    })
}

pub(super) fn items(dialect: ItemsDialect) -> Value {
    let names = match dialect.words {
        ItemWords::Atoms(atoms) => atom(atoms, true),
        ItemWords::Line | ItemWords::Joined => "\\S([^\\n\\r]*\\S)?".to_owned(),
        ItemWords::Setting => "[^\\s#]([^\\n\\r]*\\S)?".to_owned(),
        ItemWords::Flags => "-?[A-Za-z0-9][A-Za-z0-9+_@-]*".to_owned(),
        _ => PLAIN.to_owned(),
    };
    let value = json!({
        "anyOf": [{ "description": "The item stands on a line.", "const": true }, reference("drop")],
    });
    json!({
        "type": "object",
        "patternProperties": words::only_names(&names),
        "additionalProperties": value,
    })
}

/// Names that are atoms. What an operator and a version have to do with each other is seen; the rest is `check`'s.
fn atom(dialect: Dialect, is_item: bool) -> String {
    let start = if is_item { "-?\\*?" } else { "" };
    let category = "[A-Za-z0-9_*+][A-Za-z0-9_+.*-]*";
    let name = "[^\\s/\\[:]*";
    let version = "[0-9]+(\\.[0-9]+)*[a-z]?(_(alpha|beta|pre|rc|p)[0-9]*)*(-r[0-9]+)?";
    let end = if dialect.use_deps() { "(:[^\\s\\[]*)?(\\[\\S*)?" } else { "(:[^\\s\\[]*)?" };
    let mut ways = vec![
        format!("{start}={category}/{name}-[0-9*]{name}{end}"),
        format!("{start}(>=|<=|>|<|~)(?![^\\[:]*\\*){category}/{name}-[0-9]{name}{end}"),
        format!("(?![^*:\\[]*-{version}($|[:\\[])){start}{category}/[^\\s/\\[:]+{end}"),
    ];
    if is_item {
        ways.push("-\\*".to_owned());
    }
    if matches!(dialect, Dialect::Set | Dialect::World) {
        ways.push("@.+".to_owned());
    }
    ways.join("|")
}

pub(super) fn pairs(dialect: PairsDialect) -> Value {
    let (names, about, types, value) = match dialect {
        PairsDialect::KernelConfig => (
            "CONFIG_[A-Za-z0-9_]+",
            "The value of an option: true is `y`, false is `is not set`; `\"m\"`, a number or a text.",
            json!(["string", "integer", "boolean"]),
            "^[^\\n\\r]*$",
        ),
        PairsDialect::Preset => (
            "[^\\s#;]\\S*",
            "Whether the unit is enabled: true, false, `\"enable\"`, `\"disable\"` or `\"ignore\"`.",
            json!(["string", "boolean"]),
            "^\\s*(enable|disable|ignore)(\\s[^\\n\\r]*)?$|@\\{",
        ),
        PairsDialect::ColorMap => (
            "[^\\s#=\"']+",
            "The name of a color, or a code such as `01;32m`.",
            json!("string"),
            "^[^#=\\n\\r]+$",
        ),
        PairsDialect::Columns { quotes, .. } => {
            let names = if quotes { QUOTED } else { PLAIN };
            (names, "The other words of the line, between blanks.", json!("string"), "^[^\\n\\r]*$")
        }
        _ => ("[^\\s#=\"']+", "The value, one line.", json!("string"), "^[^\\n\\r]*$"),
    };
    let value = json!({ "description": about, "type": types, "pattern": value });
    json!({
        "type": "object",
        "patternProperties": words::only_names(names),
        "additionalProperties": { "anyOf": [value, reference("literal"), reference("drop")] },
    })
}
