//! fstab.

use serde_json::{Value, json};

use super::{reference, words};

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    let literal = json!({
        "type": "object",
        "required": ["literal"],
        "properties": { "literal": { "type": "string", "minLength": 1 } },
        "additionalProperties": false,
    });
    let field = json!({ "anyOf": [{ "type": "string", "minLength": 1 }, literal] });
    let option = json!({ "anyOf": [{ "type": "string", "minLength": 1, "pattern": "^[^,]*$" }, literal] });
    let options = json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": option }] });
    let number =
        |about: &str| json!({ "description": about, "type": "integer", "minimum": 0, "maximum": u32::MAX });
    let mount = json!({
        "description": "A mount: the fields of fstab(5).",
        "type": "object",
        "properties": {
            "source": {
                "description": "What is mounted: `UUID=…`, `LABEL=…`, a device, a share.",
                "allOf": [field],
            },
            "type": { "description": "The file system: `ext4`, `vfat`, `swap`.", "allOf": [field] },
            "options": {
                "description": "Mount options: a string with commas, or a list. `.add` and `.remove` edit them.",
                "anyOf": [
                    { "type": "string" },
                    { "type": "array", "items": option },
                    literal,
                    reference("drop"),
                    {
                        "type": "object",
                        "minProperties": 1,
                        "properties": { "add": options, "remove": options },
                        "additionalProperties": false,
                    },
                ],
            },
            "dump": number("Whether dump(8) saves it: 0 or 1."),
            "pass": number("When fsck(8) checks it: 1 is the root, 2 the others, 0 never."),
        },
        "additionalProperties": false,
    });
    let mounts = json!({
        "description": "Mounts by mount point; swap space stands under any name without a slash.",
        "type": "object",
        "patternProperties": words::only_names("/.*|[^/]+"),
        "additionalProperties": { "anyOf": [mount, reference("drop")] },
    });
    vec![("mounts", mounts)]
}
