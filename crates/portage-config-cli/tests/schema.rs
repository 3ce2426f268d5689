//! The JSON Schema: that it covers the tables of the library. What it accepts is asked of a validator in
//! `tests/conformance/test_schema.py`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use common::{Folder, run};
use portage_config::file::{self, Grammar, Place, dracut, repos_conf, ugrd};
use portage_config::spec::words;
use portage_config::vocab::variables;
use portage_config::{codes, spec};
use serde_json::Value;

fn schema() -> Value {
    run(&["schema"]).expect(0).json()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn set<'a>(all: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    all.into_iter().collect()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect()
}

#[test]
fn every_reference_leads_somewhere_and_every_definition_is_used() {
    fn walk<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Object(all) => {
                if let Some(Value::String(to)) = all.get("$ref") {
                    assert_eq!(all.len(), 1, "draft 7 reads nothing beside `$ref`: {value}");
                    found.insert(to.strip_prefix("#/definitions/").unwrap());
                }
                all.values().for_each(|value| walk(value, found));
            }
            Value::Array(all) => all.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let schema = schema();
    let mut used = BTreeSet::new();
    walk(&schema, &mut used);
    assert_eq!(used, keys(&schema["definitions"]));
}

#[test]
fn it_knows_the_tables_of_the_library() {
    let schema = schema();
    let all = &schema["definitions"];
    assert_eq!(keys(&all["file"]["properties"]), set(words::FILE));
    assert_eq!(strings(&all["file"]["properties"]["own"]["enum"]), words::OWN);
    let kinds: Vec<&str> = file::kinds().iter().map(|kind| kind.name).collect();
    assert_eq!(strings(&all["file"]["properties"]["as"]["enum"]), kinds);
    assert_eq!(keys(&all["param"]["properties"]), set(words::PARAM));
    assert_eq!(strings(&all["param"]["properties"]["type"]["enum"]), words::PARAM_TYPES);
    assert_eq!(strings(&all["level"]["enum"]), words::LEVELS);
    assert_eq!(keys(&all["extends"]["items"]["anyOf"][1]["properties"]), set(words::FOLDER));
    let presets: Vec<String> = spec::presets().iter().map(|(name, _)| format!("preset:{name}")).collect();
    assert_eq!(strings(&all["extends"]["items"]["anyOf"][0]["anyOf"][0]["enum"]), presets);
    let mount = &all["mounts"]["additionalProperties"]["anyOf"][0];
    assert_eq!(keys(&mount["properties"]), set(words::MOUNT));
    assert_eq!(keys(&all["check"]["properties"]), set(codes::ALL.iter().map(|code| code.id)));
    let known = variables().map(|variable| variable.name).filter(|name| !name.contains('*'));
    assert_eq!(keys(&all["variables"]["properties"]), set(known));
    let known = dracut::parameters().iter().map(|parameter| parameter.key);
    assert_eq!(keys(&all["dracut"]["properties"]), set(known));
    let known =
        ugrd::parameters().iter().map(|parameter| parameter.name).filter(|name| !name.starts_with('_'));
    assert_eq!(keys(&all["file-ugrd"]["properties"]), set(known));
    assert_eq!(keys(&all["repository"]["properties"]), set(repos_conf::REPO_KEYS.iter().copied()));
    assert_eq!(keys(&all["binhost"]["properties"]), set(repos_conf::BINREPO_KEYS.iter().copied()));
    let top = keys(&schema["properties"]);
    assert_eq!(keys(&all["target"]["properties"]), set(words::TARGET));
    assert_eq!(keys(&all["build-host"]["properties"]), set(words::BUILD_HOST));
    for word in words::LAYER {
        assert!(top.contains(word), "{word}");
    }
}

#[test]
fn every_kind_with_entries_has_a_definition_and_a_header() {
    let schema = schema();
    let headers = format!("{}{}", schema["properties"], schema["patternProperties"]);
    for kind in file::kinds() {
        let name = format!("file-{}", kind.name.replace('/', "-"));
        let definition = &schema["definitions"][&name];
        if kind.grammar == Grammar::Opaque || kind.place == Place::Named {
            assert!(definition.is_null(), "{name}");
            continue;
        }
        assert!(definition["description"].as_str().unwrap().starts_with(kind.about), "{name}");
        assert_eq!(definition["deprecated"].as_bool(), kind.replaced_by().map(|_| true), "{name}");
        assert!(headers.contains(&format!("\"#/definitions/{name}\"")), "{name}");
    }
}

#[test]
fn outline() {
    let schema = schema();
    let mut all = String::new();
    for (name, value) in schema["properties"].as_object().unwrap() {
        let to =
            value["$ref"].as_str().map_or("a table of its own", |to| to.trim_start_matches("#/definitions/"));
        writeln!(all, "{name}: {to}").unwrap();
    }
    for (pattern, value) in schema["patternProperties"].as_object().unwrap() {
        let to =
            value["$ref"].as_str().map_or_else(|| value.to_string(), |to| to.replace("#/definitions/", ""));
        writeln!(all, "{pattern}\n    {to}").unwrap();
    }
    for name in ["file-package.use", "file-package.keywords", "makeopts", "mounts", "file", "param"] {
        writeln!(all, "\n{name}: {:#}", schema["definitions"][name]).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn it_is_written_into_a_file() {
    let folder = Folder::new(&[]);
    let run = folder.run(&["schema", "-o", "s.json"]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
    assert_eq!(folder.read("s.json"), common::run(&["schema"]).out);
    assert!(folder.run(&["schema", "-o", "s.json"]).expect(2).err.contains("exists"));
    folder.run(&["schema", "-o", "s.json", "--force"]).expect(0);
    let json = folder.run(&["schema", "--format", "json"]).expect(0).json();
    assert_eq!(json["text"], folder.read("s.json"));
}
