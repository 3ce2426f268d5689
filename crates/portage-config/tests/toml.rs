//! The TOML reader and writer, judged by the reader that ugrd uses: Python's tomllib.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    reason = "a test may fail"
)]

mod common;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use portage_config::model::{Comment, Entry, Table, TomlValue};
use portage_config::report::Report;
use portage_config::syntax::toml;
use portage_config::vocab::RelPath;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

const JUDGE: &str = r#"
import io, json, struct, sys, tomllib
def shape(value):
    if isinstance(value, bool): return value
    if isinstance(value, str): return value
    if isinstance(value, int): return {"int": str(value)}
    if isinstance(value, float): return {"float": "nan" if value != value else struct.pack(">d", value).hex()}
    if isinstance(value, list): return [shape(v) for v in value]
    if isinstance(value, dict): return {"table": {k: shape(v) for k, v in value.items()}}
    return {"date": True}
def judge(data):
    try:
        return shape(tomllib.load(io.BytesIO(data)))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
print(json.dumps([judge(bytes.fromhex(line)) for line in json.load(sys.stdin)]))
"#;

fn ask(python: &Path, texts: &[Vec<u8>]) -> Vec<Value> {
    let hex = |text: &Vec<u8>| text.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let input = serde_json::to_string(&texts.iter().map(hex).collect::<Vec<_>>()).unwrap();
    let mut child = Command::new(python)
        .args(["-c", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn shape(value: &TomlValue) -> Value {
    match value {
        TomlValue::String(text) => json!(text.reveal()),
        TomlValue::Integer(number) => json!({ "int": number.to_string() }),
        TomlValue::Float(number) if number.is_nan() => json!({ "float": "nan" }),
        TomlValue::Float(number) => json!({ "float": format!("{:016x}", number.to_bits()) }),
        TomlValue::Boolean(value) => json!(value),
        TomlValue::Datetime(_) => json!({ "date": true }),
        TomlValue::Array(values) => values.iter().map(shape).collect(),
        TomlValue::Table(table) => table_shape(table),
    }
}

fn table_shape(table: &Table) -> Value {
    let entries: serde_json::Map<_, _> =
        table.entries.iter().map(|entry| (entry.key.clone(), shape(&entry.value))).collect();
    json!({ "table": entries })
}

fn read(text: &[u8]) -> Option<Table> {
    let path = RelPath::parse("etc/ugrd/config.toml").unwrap();
    let mut report = Report::new();
    let table = toml::read(text, &mut report.text(&path, text));
    report.diagnostics.is_empty().then_some(table)
}

fn some<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn value() -> impl Strategy<Value = TomlValue> {
    let leaf = prop_oneof![
        "[a-c \"'\\\\\n\r\té\u{1b}\u{7f}\u{85}#]{0,5}".prop_map(|s| TomlValue::String(s.into())),
        any::<i64>().prop_map(TomlValue::Integer),
        any::<f64>().prop_map(TomlValue::Float),
        prop::sample::select(vec![f64::NAN, f64::INFINITY, -0.0, 1e300, 1.0]).prop_map(TomlValue::Float),
        any::<bool>().prop_map(TomlValue::Boolean),
        prop::sample::select(vec!["1979-05-27", "07:32:00.5", "1979-05-27 07:32:00Z"])
            .prop_map(|s| TomlValue::Datetime(s.into())),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(TomlValue::Array),
            table_of(inner).prop_map(TomlValue::Table),
        ]
    })
}

fn table_of(value: impl Strategy<Value = TomlValue>) -> impl Strategy<Value = Table> {
    let comment = (prop::collection::vec("[ a#é]{0,4}", 0..2), prop::option::of("[ a#é]{0,4}"));
    let entry = (value, comment);
    prop::collection::btree_map("[a-c]{1,2}|[a .\"\n]{0,2}", entry, 0..5).prop_map(|map| {
        let entry =
            |(key, (value, (above, behind)))| Entry { key, value, comment: Comment { above, behind } };
        Table { header: Vec::new(), entries: map.into_iter().map(entry).collect() }
    })
}

fn layout() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"a = 1\n",
        b"b.c = 2\n",
        b"b.d = [1, 2]\n",
        b"[b]\n",
        b"[b.e]\n",
        b"[[f]]\n",
        b"[f.g]\n",
        b"c = { d = 1, e = 2 }\n",
        b"# x\n",
        b"\n",
        b"  a = [ # y\n 1,\n # z\n 2 ]  # w\n",
        b"[a]# v\n",
        b"c = 1 # u\r\n",
        b"\"a b\" = '''\n# t'''\n",
        b"[c.\"b\" . a]\n",
        b"d = \"\"\"\\\n \"\"\"\n",
        "\u{feff}".as_bytes(),
        b"= ",
        b"x = {\n y = 1 }\n",
        b"x = { y = 1, }\n",
        b"x = { y = [\n1\n] }\n",
        b"x = \"\\e\"\n",
        b"x = \"\\\\e\"\n",
        b"x = \"\\x41\"\n",
        b"x = 07:32\n",
        b"x = [1979-05-27 07:32]\n",
        b"x = 07:32:01\n",
        b"x = { y = \"}\n",
        b"\xff",
        b"\r",
        b"x = 0x1F\n",
        b"x = 1_0.5e3\n",
        b"x = {}\n",
        b"x = { y = \",\" }\n",
        b"x = { y = '#' } # ,\n",
        b"x = \"\"\"\\e\"\"\"\n",
        b"x = '\\e'\n",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..6).prop_map(|pieces| pieces.concat())
}

#[test]
fn texts_are_read_as_ugrd_reads_them() {
    let Some(python) = common::python("toml: texts_are_read_as_ugrd_reads_them") else { return };
    let texts = some(&layout(), 6000);
    let (mut good, mut bad) = (0, 0);
    for (text, theirs) in texts.iter().zip(ask(&python, &texts)) {
        let ours = read(text).map_or(Value::Null, |table| table_shape(&table));
        assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(text));
        *(if ours.is_null() { &mut bad } else { &mut good }) += 1;
    }
    assert!(good > 500 && bad > 500, "{good} read, {bad} refused");
}

#[test]
fn ugrd_reads_what_is_written() {
    let Some(python) = common::python("toml: ugrd_reads_what_is_written") else { return };
    let wanted = some(&table_of(value()), 3000);
    let old = some(&layout(), 3000);
    let mut texts = Vec::new();
    let mut shapes = Vec::new();
    for (table, old) in wanted.iter().zip(&old) {
        for old in [&Vec::new(), old] {
            if read(old).is_some()
                && let Ok(text) = toml::write(old, table)
            {
                texts.push(text);
                shapes.push(table_shape(table));
            }
        }
    }
    assert!(texts.len() > 2500, "{}", texts.len());
    for ((text, ours), theirs) in texts.iter().zip(shapes).zip(ask(&python, &texts)) {
        assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(text));
    }
}
