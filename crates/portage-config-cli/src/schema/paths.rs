//! Headers: which path is a file of which kind.

use portage_config::file::{self, Grammar, Kind, Place};
use serde_json::{Map, Value, json};

use super::layer::{self, Scope};
use super::{DEFINITIONS, reference, slug, words};

/// A name that Portage's walk through a folder reads, see [`file::read_by_portage`].
const WALKED: &str = "(/([^./~]|[^./][^/]*[^/~]))+";

/// The headers of sections: single names, and patterns.
#[derive(Default)]
pub(super) struct Headers {
    pub(super) names: Map<String, Value>,
    pub(super) patterns: Map<String, Value>,
}

/// All headers with entries.
pub(super) fn headers() -> Headers {
    let mut headers = Headers::default();
    let mut joined: Vec<(Vec<&str>, Value)> = Vec::new();
    for kind in file::kinds().iter().filter(|kind| kind.grammar != Grammar::Opaque) {
        let entries = json!({ "$ref": format!("{DEFINITIONS}{}", slug(kind)) });
        if let Some(name) = plain(kind) {
            let bare = name.strip_prefix("etc/portage/").map_or_else(|| format!("/{name}"), str::to_owned);
            if !bare.contains('/') && bare.contains('.') {
                joined.push((name.trim_start_matches("etc/portage/").split('.').collect(), entries.clone()));
            }
            headers.names.insert(bare, entries.clone());
        }
        if let Some(pattern) = pattern(kind) {
            headers.patterns.insert(pattern, entries);
        }
    }
    join(&joined, &mut headers.names);
    // What it is shows when the parameter is filled.
    headers.patterns.insert("@\\{.*/|/.*@\\{".to_owned(), json!({ "type": "object" }));
    headers
}

/// The path of a kind that can be one plain file.
pub(super) fn plain(kind: &Kind) -> Option<&'static str> {
    match kind.place {
        Place::File(path) | Place::FileOrFolder(path) | Place::Link(path) => Some(path),
        _ => None,
    }
}

/// Its paths in all spellings.
fn pattern(kind: &Kind) -> Option<String> {
    let (path, rest) = match kind.place {
        Place::File(path) => (path, String::new()),
        Place::FileOrFolder(path) => (path, format!("({WALKED})?")),
        Place::Folder(path @ "etc/portage/sets") => (path, WALKED.to_owned()),
        Place::Folder(path) => (path, "/.+".to_owned()),
        Place::Ending(path, endings) => {
            let endings: Vec<String> = endings.iter().map(|ending| escape(ending)).collect();
            (path, format!("/(.*/)?[^/]+({})", endings.join("|")))
        }
        _ => return None,
    };
    Some(match path.strip_prefix("etc/portage/") {
        // Portage reads these two in /etc as well.
        Some(name) if name == "make.conf" || name.starts_with("make.profile") => {
            format!("^(/etc/(portage/)?)?{}{rest}$", escape(name))
        }
        Some(name) => format!("^(/etc/portage/)?{}{rest}$", escape(name)),
        None => format!("^/{}{rest}$", escape(path)),
    })
}

fn escape(text: &str) -> String {
    text.replace('.', "\\.")
}

/// TOML takes a bare `[package.use]` apart: a table for each part.
fn join(all: &[(Vec<&str>, Value)], names: &mut Map<String, Value>) {
    let mut firsts: Vec<&str> = all.iter().filter_map(|(parts, _)| parts.first().copied()).collect();
    firsts.sort_unstable();
    firsts.dedup();
    for first in firsts {
        let below: Vec<(Vec<&str>, Value)> = all
            .iter()
            .filter(|(parts, _)| parts.first() == Some(&first) && parts.len() > 1)
            .map(|(parts, entries)| (parts.iter().skip(1).copied().collect(), entries.clone()))
            .collect();
        let own = all.iter().find(|(parts, _)| *parts == [first]);
        let mut inner = Map::new();
        join(&below, &mut inner);
        let value = match own {
            Some((_, entries)) => entries.clone(),
            None => json!({
                "description": format!("The files whose names begin with `{first}.`."),
                "type": "object",
                "properties": inner,
                "additionalProperties": false,
            }),
        };
        names.insert(first.to_owned(), value);
    }
}

/// Paths that lead elsewhere, or have another spelling.
pub(super) const BAD: &str = "(^|/)\\.\\.?(/|$)|//|/$";

/// The names that a part cannot hold: what is no word of it, no known file and no path.
pub(super) fn refused(words: &Map<String, Value>) -> Map<String, Value> {
    let bare: Vec<String> =
        words.keys().filter(|name| !name.contains('/')).map(|name| escape(name)).collect();
    Map::from_iter([
        (format!("^(?!({})$)[^/]*$", bare.join("|")), words::refused("No file, and no word of a spec.")),
        (BAD.to_owned(), words::refused("A path has no `.`, no `..` and no empty name.")),
    ])
}

/// A path below /etc/portage is of a known kind, unless `as` in this spec may give it one. Elsewhere any path may be of
/// a kind that another layer gives it.
pub(super) fn closed() -> Map<String, Value> {
    let without = json!({
        "properties": { "file": { "additionalProperties": { "not": { "required": ["as"] } } } },
    });
    let each = |inner: &Value| json!({ "additionalProperties": inner });
    let variant = json!({ "allOf": [without, { "properties": { "root": each(&without) } }] });
    let if_ = json!({ "allOf": [without, { "properties": { "root": each(&without), "variant": each(&variant) } }] });

    let known = reference("known-headers");
    let in_variant = json!({ "allOf": [known, { "properties": { "root": each(&known) } }] });
    let then =
        json!({ "allOf": [known, { "properties": { "root": each(&known), "variant": each(&in_variant) } }] });
    Map::from_iter([("if".to_owned(), if_), ("then".to_owned(), then)])
}

/// One file in two spellings: `[make.conf]` and `["make.conf"]` are different tables to TOML.
pub(super) fn twice(own: &Map<String, Value>) -> Vec<Value> {
    let dotted = own.keys().filter(|name| !name.contains('/')).filter_map(|name| name.split_once('.'));
    dotted
        .map(|(first, rest)| {
            let quoted = format!("{first}.{rest}");
            json!({ "required": [quoted, first], "properties": { first: { "required": [rest] } } })
        })
        .collect()
}

/// All headers that are known without `as`.
pub(super) fn known() -> Value {
    let words = layer::part(Scope::Variant);
    let headers = headers();
    let mut names: Vec<&str> = vec!["at", "variant"];
    if let Some(Value::Object(words)) = words.get("properties") {
        names.extend(words.keys().map(String::as_str));
    }
    let patterns: Vec<&str> = headers.patterns.keys().map(String::as_str).collect();
    let names: Vec<String> = names.into_iter().map(escape).collect();
    let unknown = format!("^(?!({})$|{}|/(?!etc/portage(/|$)))", names.join("|"), patterns.join("|"));
    json!({ "patternProperties": { unknown: words::refused("No path that Portage reads.") } })
}
