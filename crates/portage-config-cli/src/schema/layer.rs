//! A layer: its own words, and the files that it speaks of.

use portage_config::codes;
use portage_config::file::{self, Grammar};
use portage_config::spec::words::{
    CHECK, FILE, FORK, LAYER, LEVELS, OVERLAY, OWN, PARAM, PARAM_TYPES, PHASES, STEP,
};
use serde_json::{Map, Value, json};

use super::{paths, reference, target, with, words};

/// What kind of part is described.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Spec,
    Root,
    Variant,
}

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    let scalar = json!({ "type": ["string", "number", "boolean"] });
    vec![
        ("root", Value::Object(part(Scope::Root))),
        ("variant", Value::Object(part(Scope::Variant))),
        ("known-headers", paths::known()),
        ("extends", extends()),
        ("file", attributes()),
        ("files", files()),
        ("scalar", scalar),
        ("param", param()),
        ("params", params()),
        ("level", level()),
        ("levels", levels()),
        ("reasoned", reasoned()),
        ("file-level", json!({ "anyOf": [reference("level"), reference("reasoned")] })),
        ("check-level", json!({ "anyOf": [reference("level"), reference("reasoned"), reference("levels")] })),
        ("check", check()),
        ("steps", steps()),
        ("overlays", overlays()),
        ("fork", fork()),
        ("target", target::target()),
        ("build-host", target::build_host()),
        (
            "entries",
            json!({ "description": "A file whose kind `as` gives in its `[file.\"PATH\"]`.", "type": "object" }),
        ),
    ]
}

/// A spec, a root or a variant.
pub(super) fn part(scope: Scope) -> Map<String, Value> {
    let mut own = Map::new();
    for word in LAYER {
        if let Some(value) = word_of(word, scope) {
            own.insert(word.to_owned(), value);
        }
    }
    if scope == Scope::Root {
        let at = "Where the root lies in another one: `HOST:/PATH`. Without it, it is a machine of its own.";
        own.insert("at".to_owned(), json!({ "description": at, "type": "string", "pattern": ":/|@\\{" }));
    }
    let headers = paths::headers();
    own.extend(headers.names);
    let mut patterns = headers.patterns;
    patterns.extend(paths::refused(&own));
    let twice = paths::twice(&own);
    let part = [
        ("type", json!("object")),
        ("properties", Value::Object(own)),
        ("patternProperties", Value::Object(patterns)),
        ("additionalProperties", reference("entries")),
        ("not", json!({ "anyOf": twice })),
    ];
    part.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

fn word_of(word: &str, scope: Scope) -> Option<Value> {
    let plain_names =
        json!({ "^(?![A-Za-z0-9_-][A-Za-z0-9_.-]*$)": words::refused("Letters, digits, `-`, `_` and `.`.") });
    Some(match word {
        "spec" if scope == Scope::Spec => {
            json!({ "description": "The version of the format.", "type": "integer", "const": 1 })
        }
        "spec" => json!({ "type": "integer" }),
        "extends" => reference("extends"),
        "param" => reference("params"),
        "file" => reference("files"),
        "check" => reference("check"),
        "step" => reference("steps"),
        "root" if scope != Scope::Root => json!({
            "description": "The roots: what holds for one of them only.",
            "type": "object",
            "patternProperties": plain_names,
            "additionalProperties": reference("root"),
        }),
        "variant" if scope == Scope::Spec => json!({
            "description": "The variants: layers that are applied last, with `--variant NAME`.",
            "type": "object",
            "patternProperties": plain_names,
            "additionalProperties": reference("variant"),
        }),
        "overlay" => reference("overlays"),
        "target" => reference("target"),
        _ => return None,
    })
}

fn steps() -> Value {
    let keys: Map<String, Value> = STEP
        .into_iter()
        .map(|key| {
            let value = match key {
                "about" => json!({ "description": "What it does, and why.", "type": "string" }),
                "phase" => json!({ "description": "When.", "enum": PHASES }),
                "on" => json!({ "description": "Where: a root, or a machine in words.", "type": "string" }),
                "run" => json!({ "description": "The commands, for sh.", "type": "string" }),
                _ => json!({ "description": "Drops the step.", "type": "boolean" }),
            };
            (key.to_owned(), value)
        })
        .collect();
    json!({
        "description": "What is done between the files; no command does it.",
        "type": "object",
        "additionalProperties": { "type": "object", "properties": keys, "additionalProperties": false },
    })
}

fn overlays() -> Value {
    let keys: Map<String, Value> = OVERLAY
        .into_iter()
        .map(|key| {
            let texts = |about: &str| json!({ "description": about, "type": "array", "items": { "type": "string" } });
            let value = match key {
                "tree" => json!({ "description": "The repository's folder, from that of the spec.", "type": "string" }),
                "from" => json!({
                    "description": "The repository that forks are taken from: a folder; /var/db/repos/gentoo without it.",
                    "type": "string",
                }),
                "fork" => json!({
                    "description": "By atom: packages that are taken from another repository, and changed.",
                    "type": "object",
                    "additionalProperties": reference("fork"),
                }),
                "at" => json!({
                    "description": "Where it lies in the root: /var/db/repos/NAME without it.",
                    "type": "string",
                    "pattern": "^/|@\\{",
                }),
                "packages" => texts("The packages that come with it; all without it."),
                "alone" => texts("Packages that are taken from no other repository."),
                "keywords" => json!({
                    "description": "By atom: the keywords with which its versions are accepted.",
                    "type": "object",
                    "additionalProperties": { "type": "string" },
                }),
                "priority" => json!({ "description": "Among repositories with the same version.", "type": "integer" }),
                "files" => json!({ "description": "Whether its files are part of the root.", "type": "boolean" }),
                _ => json!({ "description": "Drops what earlier layers say of it.", "type": "boolean" }),
            };
            (key.to_owned(), value)
        })
        .collect();
    json!({
        "description": "Ebuild repositories that come with the machine's configuration, by name.",
        "type": "object",
        "additionalProperties": { "type": "object", "properties": keys, "additionalProperties": false },
    })
}

fn fork() -> Value {
    let keys: Map<String, Value> = FORK
        .into_iter()
        .map(|key| {
            let value = match key {
                "patches" => json!({
                    "description": "Patches that are added, by their paths from the folder of the spec.",
                    "type": "array",
                    "items": { "type": "string" },
                }),
                "keywords" => json!({
                    "description": "What KEYWORDS is set to, and accepted.",
                    "type": "string",
                }),
                "from" => json!({ "description": "The folder of the repository.", "type": "string" }),
                _ => json!({ "description": "Drops the fork.", "type": "boolean" }),
            };
            (key.to_owned(), value)
        })
        .collect();
    json!({ "type": "object", "properties": keys, "additionalProperties": false })
}

fn extends() -> Value {
    let presets: Vec<String> =
        portage_config::spec::presets().iter().map(|(name, _)| format!("preset:{name}")).collect();
    let path = json!({
        "description": "A spec, by its path relative to this one, or `preset:NAME`.",
        "anyOf": [
            { "enum": presets },
            { "type": "string", "minLength": 1, "not": { "pattern": "^preset:" } },
        ],
    });
    let tree = json!({
        "description": "A folder of real files.",
        "type": "object",
        "required": ["tree"],
        "properties": {
            "tree": { "description": "The folder, relative to this spec.", "type": "string", "minLength": 1 },
            "at": {
                "description": "Where its content lies, from the root: `/etc/portage`. Without it: `/`.",
                "type": "string",
            },
        },
        "additionalProperties": false,
    });
    json!({
        "description": "The layers below this one, the first one lowest.",
        "type": "array",
        "items": { "anyOf": [path, tree] },
    })
}

fn attributes() -> Value {
    let kinds: Vec<&str> = file::kinds().iter().map(|kind| kind.name).collect();
    let gone = json!({ "required": ["own"], "properties": { "own": { "enum": ["absent", "none"] } } });
    let contents = [
        json!({ "required": ["text"] }),
        json!({ "required": ["link"] }),
        json!({ "required": ["dir"] }),
        gone,
    ];
    let pairs: Vec<Value> = contents
        .iter()
        .enumerate()
        .flat_map(|(at, one)| contents.iter().skip(at + 1).map(move |other| json!({ "allOf": [one, other] })))
        .collect();
    let keys: Map<String, Value> = FILE
        .into_iter()
        .map(|key| {
            let value = match key {
                "text" => json!({ "description": "The whole content.", "type": "string" }),
                "link" => json!({
                    "description": "A symbolic link with this target, as it stands.",
                    "type": "string",
                    "minLength": 1,
                }),
                "dir" => json!({ "description": "A folder, also an empty one.", "const": true }),
                "mode" => json!({
                    "description": "The mode, an octal number: `0o600`.",
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 0o7777,
                }),
                "own" => json!({
                    "description": "`whole`: these entries and no others. `entries`: these hold, others in the file \
                                    stay. `once`: made if it is missing. `absent`: no such file. `none`: not touched.",
                    "enum": OWN,
                }),
                "as" => json!({
                    "description": "The kind of file, where the path does not say it.",
                    "enum": kinds,
                }),
                _ => json!({ "description": "Whether `@{parameters}` are filled in `text`.", "type": "boolean" }),
            };
            (key.to_owned(), value)
        })
        .collect();
    json!({
        "description": "The file as a file: its bytes, its mode, whose it is.",
        "type": "object",
        "properties": keys,
        "additionalProperties": false,
        "not": { "anyOf": pairs },
    })
}

fn files() -> Value {
    let opaque = file::kinds().iter().filter(|kind| kind.grammar == Grammar::Opaque);
    let known: Map<String, Value> = opaque
        .filter_map(|kind| Some((paths::plain(kind)?.strip_prefix("etc/portage/")?, kind.about)))
        .map(|(path, about)| (path.to_owned(), with(about, "file")))
        .collect();
    json!({
        "description": "Files as files, by path: `[file.\"PATH\"]`.",
        "type": "object",
        "properties": known,
        "patternProperties": { paths::BAD: words::refused("A path has no `.`, no `..` and no empty name.") },
        "additionalProperties": reference("file"),
    })
}

fn param() -> Value {
    let keys: Map<String, Value> = PARAM
        .into_iter()
        .map(|key| {
            let text = |about: &str| json!({ "description": about, "type": "string" });
            let value = match key {
                "help" => text("What it is for. Shown when it is unset."),
                "type" => {
                    json!({ "description": "What its value is; `string` without it.", "enum": PARAM_TYPES })
                }
                "example" => with("A value for documentation.", "scalar"),
                "default" => with("Its value where no layer gives another.", "scalar"),
                "value" => with("Its value.", "scalar"),
                "choices" => json!({
                    "description": "The values it may have.",
                    "type": "array",
                    "items": reference("scalar"),
                }),
                "secret" => {
                    json!({ "description": "Whether its value is hidden everywhere.", "type": "boolean" })
                }
                "env" => text("The variable of the environment that holds it."),
                _ => text("The file that holds it, relative to this spec."),
            };
            (key.to_owned(), value)
        })
        .collect();
    json!({
        "description": "A parameter: `@{NAME}` stands for its value.",
        "type": "object",
        "properties": keys,
        "additionalProperties": false,
    })
}

fn params() -> Value {
    json!({
        "description": "The parameters: declared in a table, or filled with a value.",
        "type": "object",
        "patternProperties": { "^(?![a-z][a-z0-9-]*$)": words::refused("Lower case letters, digits and `-`, a letter first.") },
        "additionalProperties": { "anyOf": [reference("param"), reference("scalar")] },
    })
}

fn level() -> Value {
    json!({ "description": "How loud it is; `allow`: not reported.", "enum": LEVELS })
}

/// A level with its reason.
fn reasoned() -> Value {
    let keys: Map<String, Value> = CHECK
        .into_iter()
        .map(|key| {
            let value = match key {
                "level" => reference("level"),
                _ => json!({ "description": "Why.", "type": "string" }),
            };
            (key.to_owned(), value)
        })
        .collect();
    json!({
        "description": "How loud it is, and why.",
        "type": "object",
        "properties": keys,
        "required": ["level"],
        "additionalProperties": false,
    })
}

/// The checks: by number with the reason, and patterns for the other spellings and the names.
fn by_code(value: &dyn Fn(&str) -> Value) -> (Map<String, Value>, Map<String, Value>) {
    let ids = codes::ALL.iter().map(|code| (code.id.to_owned(), value(code.why))).collect();
    let mut letters: Vec<&str> = codes::ALL.iter().filter_map(|code| code.id.get(..1)).collect();
    letters.dedup();
    let mut ways: Vec<String> = codes::ALL.iter().map(|code| code.name.to_owned()).collect();
    for letter in letters {
        let numbers: Vec<&str> = codes::ALL
            .iter()
            .filter_map(|code| code.id.strip_prefix(letter))
            .map(|number| number.trim_start_matches('0'))
            .collect();
        ways.push(format!("[{letter}{}]0*({})", letter.to_lowercase(), numbers.join("|")));
    }
    let any = Map::from_iter([(format!("^({})$", ways.join("|")), value("A check, by its number or name."))]);
    (ids, any)
}

fn levels() -> Value {
    let (ids, ways) = by_code(&|_| reference("file-level"));
    json!({
        "description": "The checks of one file.",
        "type": "object",
        "properties": ids,
        "patternProperties": ways,
        "additionalProperties": false,
    })
}

fn check() -> Value {
    let (ids, ways) = by_code(&|why| with(why, "check-level"));
    json!({
        "description": "What is reported, and how loudly: by the number or name of a check, or below the path of a file.",
        "type": "object",
        "properties": ids,
        "patternProperties": ways,
        "additionalProperties": reference("levels"),
    })
}
