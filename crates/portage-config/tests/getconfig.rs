//! The make.conf language against Portage's own loader.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test"
)]

mod common;
#[path = "../src/syntax/getconfig/strategies.rs"]
#[expect(dead_code, reason = "the unit tests use all of it")]
mod strategies;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use portage_config::model::Statement;
use portage_config::syntax::getconfig::{Document, LoadErrorKind, evaluate, quote, write};
use portage_config::{model, vocab};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::Value;

const TABLE: &str = include_str!("tables/getconfig.json");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tables/getconfig.py");

fn ask(python: &Path, mode: &str, input: &str) -> String {
    let mut child = Command::new(python)
        .args([SCRIPT, mode])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter starts");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{SCRIPT} failed");
    String::from_utf8(output.stdout).unwrap()
}

/// A result of the strict loader: the variables, or a word for the error.
type Loaded = Result<BTreeMap<String, String>, &'static str>;

fn ours(text: &[u8]) -> Loaded {
    let known = |name: &str| (name == "PREV").then(|| "prev value".to_owned());
    let mut source = |path: &str| match path {
        "other.inc" | "./other.inc" => Some(b"O=\"from other\"\n".to_vec()),
        "x" => Some(b"X='x $A'\nsource y".to_vec()),
        "y" => Some(b"Y=1\n".to_vec()),
        _ => None,
    };
    match evaluate(text, &known, &mut source) {
        Ok(set) => Ok(set.into_iter().collect()),
        Err(error) => Err(match error.kind {
            LoadErrorKind::NotAssignment { .. } => "token",
            LoadErrorKind::UnexpectedEnd => "end",
            LoadErrorKind::NoValue { .. } => "no value",
            LoadErrorKind::InvalidName { .. } => "name",
            LoadErrorKind::OpenQuote => "quote",
            LoadErrorKind::OpenEscape => "escape",
            LoadErrorKind::MissingSource { .. } => "missing",
            LoadErrorKind::NoPath => "no path",
            _ => "other",
        }),
    }
}

fn theirs(set: &Value, error: &Value) -> Loaded {
    let Some(error) = error.as_str() else {
        return Ok(serde_json::from_value(set.clone()).unwrap());
    };
    let kinds = [
        ("Invalid token", "token"),
        ("Unexpected EOF", "end"),
        ("Unexpected end", "no value"),
        ("Invalid variable name", "name"),
        ("No closing quotation", "quote"),
        ("No escaped character", "escape"),
        ("No such file", "missing"),
        ("Not a directory", "missing"),
        ("IsADirectoryError", "missing"),
        ("embedded null", "missing"),
        ("IndexError", "no path"),
        ("TypeError", "no path"),
    ];
    Err(kinds.iter().find(|(text, _)| error.contains(text)).unwrap_or_else(|| panic!("{error}")).1)
}

#[test]
fn the_table_agrees() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let cases = table.as_array().unwrap();
    assert!(cases.len() >= 155);
    for case in cases {
        let text = case["text"].as_str().unwrap();
        assert_eq!(ours(text.as_bytes()), theirs(&case["strict"], &case["strict_error"]), "{}", case["id"]);
    }
}

#[test]
fn the_table_is_what_portage_says_today() {
    let Some(python) = common::python("the_table_is_what_portage_says_today") else { return };
    assert_eq!(ask(&python, "table", TABLE), TABLE);
}

fn drawn<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = common::runner();
    (0..common::cases(count)).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The texts of the table with pieces taken out, doubled and exchanged.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let texts: Vec<String> =
        table.as_array().unwrap().iter().map(|case| case["text"].as_str().unwrap().to_owned()).collect();
    let one = (proptest::sample::select(texts), 0usize..40, 0usize..6, strategies::text()).prop_map(
        |(text, at, length, new)| {
            let bytes = text.as_bytes();
            let at = at.min(bytes.len());
            let end = (at + length).min(bytes.len());
            [&bytes[..at], &new[..new.len().min(8)], &bytes[end..]].concat()
        },
    );
    proptest::collection::vec(one, 1..4).prop_map(|texts| texts.join(&b'\n'))
}

/// Files as people have them.
fn documents() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop::sample::select(vec![
        "# head\n",
        "\n",
        "CFLAGS=\"-O2 -march=i486 -pipe\"\n",
        "CXXFLAGS=\"${CFLAGS} -g\" # same\n",
        "export A='$B'\n",
        "USE=\"\n    a -b \\\n    c\n\"\n",
        "B=${PREV}/x\n",
        "A=x#y\n",
        "C=\"it's \\$A \\\\ \\\"q\\\"\"\n",
        "A=1 B=2\n",
        "source x\n",
        "FEATURES=\"${FEATURES} test\"\n",
        "O=\"é\u{a0}\u{2028}\"\n",
        "  # indented\n",
        "A=\"$(nproc)\"\n",
        "A=\"${B:-c}\"\n",
        "A = 1\n",
    ]);
    prop::collection::vec(lines, 1..8).prop_map(|lines| lines.concat().into_bytes())
}

/// What the tolerant loader gets: the model's assignments, one after the other.
fn lenient(text: &[u8]) -> BTreeMap<String, String> {
    let mut set = BTreeMap::from([("PREV".to_owned(), "prev value".to_owned())]);
    let mut found = BTreeMap::new();
    for assign in Document::parse(text).vars().assigns() {
        let value = assign.value.expand(|name| set.get(name).cloned());
        set.insert(assign.name.clone(), value.clone());
        found.insert(assign.name.clone(), value);
    }
    found
}

#[test]
fn mutated_texts_are_kept() {
    for text in drawn(&mutated(), 3000) {
        let document = Document::parse(&text);
        assert_eq!(document.bytes(), text);
        assert_eq!(write(&text, &document.vars()).unwrap(), text);
    }
}

#[test]
fn random_files_are_evaluated_as_portage_does() {
    let Some(python) = common::python("random_files_are_evaluated_as_portage_does") else { return };
    let mut texts = drawn(&strategies::text(), 4000);
    texts.extend(drawn(&mutated(), 4000));
    texts.extend(drawn(&common::mutated(documents()), 4000));
    let hex = |text: &Vec<u8>| text.iter().map(|b| format!("{b:02x}")).collect::<String>() + "\n";
    let answers = ask(&python, "batch", &texts.iter().map(hex).collect::<String>());
    let (mut accepted, mut kept) = (0, 0);
    for (text, answer) in texts.iter().zip(answers.lines()) {
        let answer: Value = serde_json::from_str(answer).unwrap();
        // What another file sets is not in this one's model; `source` may stand where it is no statement.
        let sources = |s: &Statement| matches!(s, Statement::Source(_));
        let alone = || {
            !text.windows(6).any(|word| word == b"source")
                && !Document::parse(text).vars().statements.iter().any(sources)
        };
        if let Some(tolerant) = answer["tolerant"].as_object().filter(|_| alone()) {
            let shown = String::from_utf8_lossy(text);
            assert_eq!(serde_json::to_value(lenient(text)).unwrap(), answer["tolerant"], "{shown:?}");
            kept += usize::from(answer["error"].is_string() && !tolerant.is_empty());
        }
        let theirs = theirs(&answer["set"], &answer["error"]);
        assert_eq!(ours(text), theirs, "{:?}: {answer}", String::from_utf8_lossy(text));
        accepted += usize::from(theirs.is_ok());
    }
    assert_eq!(answers.lines().count(), texts.len());
    assert!(accepted > 500, "only {accepted} files were accepted");
    assert!(kept > 500, "of only {kept} files the tolerant loader alone reads something");
}

#[test]
fn quoted_values_are_read_by_portage() {
    let Some(python) = common::python("quoted_values_are_read_by_portage") else { return };
    let quoted: Vec<_> = drawn(&strategies::word(), 6000)
        .into_iter()
        .filter_map(|word| quote(&word).ok().map(|text| (word, text)))
        .collect();
    assert!(quoted.len() > 3000, "only {} values can be said", quoted.len());
    let names: std::collections::BTreeSet<&str> =
        quoted.iter().flat_map(|(word, _)| word.references()).collect();
    let mut text: String = names.iter().map(|name| format!("{name}=\"<{name}>\"\n")).collect();
    for (i, (_, value)) in quoted.iter().enumerate() {
        text.push_str(&format!("value{i}={value}\n"));
    }
    let hex: String = text.bytes().map(|b| format!("{b:02x}")).collect();
    let answer: Value = serde_json::from_str(&ask(&python, "batch", &(hex + "\n"))).unwrap();
    assert_eq!(answer["error"], Value::Null);
    for (i, (word, value)) in quoted.iter().enumerate() {
        let expected = word.expand(|name| Some(format!("<{name}>")));
        assert_eq!(answer["set"][format!("value{i}")], Value::String(expected), "{value}");
    }
}
