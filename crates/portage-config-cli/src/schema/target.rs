//! `[target]`: the machine.

use portage_config::target::{BUILD_HOST, FIRMWARE, INITS, KEYS, KEYWORDS, LIBCS, cpus};
use portage_config::vocab::ARCHES;
use serde_json::{Map, Value, json};

use super::reference;

pub(super) fn target() -> Value {
    table("The machine. From it follow CHOST, flags, the profile and more, as the lowest layer.", &KEYS)
}

pub(super) fn build_host() -> Value {
    table("The machine that builds for it.", &BUILD_HOST)
}

fn table(about: &str, keys: &[&str]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), key_of(key))).collect();
    json!({
        "description": about,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn key_of(key: &str) -> Value {
    match key {
        "cpu" => {
            let names =
                cpus().iter().flat_map(|cpu| std::iter::once(cpu.name).chain(cpu.aliases.iter().copied()));
            choice("The CPU, by the name that GCC's -march (or -mcpu) knows.", &names.collect::<Vec<_>>())
        }
        "libc" => choice("The C library; glibc without it.", &LIBCS),
        "init" => choice("What runs as process 1; OpenRC without it.", &INITS),
        "firmware" => choice("What the machine starts with.", &FIRMWARE),
        "keywords" => choice("Whether packages that are being tested are accepted.", &KEYWORDS),
        "arch" => choice("The architecture, where an x86 with 64 bits runs a system of 32.", &ARCHES),
        "memory" => pattern("The memory: `64M`.", "^[0-9]+[KMGT]$|@\\{"),
        "cores" => json!({
            "description": "The cores.",
            "anyOf": [
                { "type": "integer", "minimum": 1, "maximum": 65_536 },
                { "type": "string", "pattern": "^[0-9]+$|@\\{" },
            ],
        }),
        "chost" => pattern("The tuple, where another one is wanted.", "-|@\\{"),
        "vendor" => pattern("The vendor in the tuple: `pc`.", "^[A-Za-z0-9_]+$|@\\{"),
        "abi" => pattern("The name of the ABI, for CHOST_ABI.", "^[A-Za-z0-9_]+$|@\\{"),
        "profile" => pattern("The profile, by its path below `profiles/` or from the root.", "^\\S+$|@\\{"),
        "file" => pattern("The file that the variables are written to.", "^/?([^/]+/)*make\\.conf(/|$)|@\\{"),
        "runs-target" => json!({
            "description": "Whether it runs what it builds: what it lacks is left out.",
            "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": "^(true|false)$|@\\{" }],
        }),
        _ => reference("build-host"),
    }
}

fn pattern(about: &str, pattern: &str) -> Value {
    json!({ "description": about, "type": "string", "pattern": pattern })
}

/// One of some words, or a parameter.
fn choice(about: &str, words: &[&str]) -> Value {
    json!({ "description": about, "anyOf": [{ "enum": words }, { "type": "string", "pattern": "@\\{" }] })
}
