//! The INI reader and writer, judged by the parser that Portage uses.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    reason = "a test may fail"
)]

mod common;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use portage_config::file::IniDialect::{ConfigParser, Systemd};
use portage_config::model::{Comment, Ini, IniKey, IniSection};
use portage_config::report::{Report, Severity};
use portage_config::syntax::ini;
use portage_config::vocab::{RelPath, Text};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Each text as `RepoConfigLoader._parse` takes it: the raw values, or the name of the exception. Of an unknown
/// reference only that: another file of the folder may have the key.
const JUDGE: &str = r#"
import io, json, sys
from configparser import InterpolationMissingOptionError
from portage.util.configparser import ConfigParserError, SafeConfigParser, read_configs
import tempfile, os
def judge(data):
    parser = SafeConfigParser(defaults={"EPREFIX": "", "EROOT": "/", "PORTAGE_CONFIGROOT": "/", "ROOT": "/",
                                        "sync-rsync-extra-opts": ""})
    given = set(parser.defaults())
    with tempfile.NamedTemporaryFile() as f:
        f.write(data); f.flush()
        try:
            read_configs(parser, [f.name])
            answer = {}
            missing = False
            defaults = {k: v for k, v in parser.defaults().items() if k not in given}
            if defaults:
                answer["DEFAULT"] = defaults
            for section in parser.sections():
                own = parser._sections[section]
                answer[section] = dict(own)
                for option in parser.options(section):
                    try:
                        parser.get(section, option)
                    except InterpolationMissingOptionError:
                        missing = True
            return {"missing": missing} if missing else {"ok": answer}
        except ConfigParserError as error:
            return {"error": type(error).__name__}
print(json.dumps([judge(bytes.fromhex(line)) for line in json.load(sys.stdin)]))
"#;

type Answer = BTreeMap<String, BTreeMap<String, String>>;

fn ask(python: &Path, texts: &[Vec<u8>]) -> Vec<Result<Answer, String>> {
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
    let answers: Vec<BTreeMap<String, serde_json::Value>> = serde_json::from_slice(&output.stdout).unwrap();
    answers
        .into_iter()
        .map(|mut answer| match answer.remove("ok") {
            Some(ok) => Ok(serde_json::from_value(ok).unwrap()),
            None if answer.contains_key("missing") => Err("missing".to_owned()),
            None => Err(answer["error"].as_str().unwrap().to_owned()),
        })
        .collect()
}

fn ours(text: &[u8]) -> Result<Answer, String> {
    let path = RelPath::parse("etc/portage/repos.conf").unwrap();
    let mut report = Report::new();
    let model = ini::read(ConfigParser, text, &mut report.text(&path, text));
    if let Some(error) = report.diagnostics.iter().find(|d| d.severity == Severity::Error) {
        return Err(error.code.id.to_owned());
    }
    if report.diagnostics.iter().any(|d| d.code.id == "P108") {
        return Err("missing".to_owned());
    }
    let mut answer = Answer::new();
    for section in &model.sections {
        if section.name == "DEFAULT" && section.keys.is_empty() {
            continue;
        }
        let keys = answer.entry(section.name.clone()).or_default();
        keys.extend(section.keys.iter().map(|k| (k.key.to_lowercase(), k.value.reveal().to_owned())));
    }
    Ok(answer)
}

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"[a]\n",
        b"[a]",
        b"[b]\n",
        b"[DEFAULT]\n",
        b"x",
        b"y",
        b"X",
        b"=",
        b":",
        b" ",
        b"  ",
        b"\t",
        b"\n",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b"#",
        b"; c",
        b"\\",
        b"v",
        b"%",
        b"%%",
        b"%(x)s",
        b"%(ROOT)s",
        b"%(y)s",
        b"]",
        b"[",
        b"\xff",
        "é\u{a0}".as_bytes(),
        "\u{feff}".as_bytes(),
        b"k = v\n",
        b"l: w\n",
        b"\x1c",
        b"\x0c",
        b"\xe2\x80",
        "\u{2028}".as_bytes(),
        b"m=1\n",
        b" n = 2\n",
        "İ".as_bytes(),
    ];
    (any::<bool>(), prop::collection::vec(prop::sample::select(pieces), 0..16)).prop_map(
        |(section, pieces)| {
            let mut text = if section { b"[s]\n".to_vec() } else { Vec::new() };
            text.extend(pieces.concat());
            text
        },
    )
}

fn models() -> impl Strategy<Value = Ini> {
    let comment =
        prop::collection::vec("[ a#;é]{0,4}", 0..3).prop_map(|above| Comment { above, behind: None });
    let key = ("[a-cXé .-]{1,3}", "[a%(x)s=;#é \n\\\\]{0,5}", comment.clone())
        .prop_map(|(key, value, comment)| IniKey { key, value: Text::from(value), comment });
    let section = ("[ab \\]]{1,3}", prop::collection::vec(key, 0..4), comment)
        .prop_map(|(name, keys, comment)| IniSection { name, keys, comment });
    prop::collection::vec(section, 0..4).prop_map(|sections| Ini { header: Vec::new(), sections })
}

fn some<S: Strategy>(strategy: S, count: usize) -> Vec<S::Value> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn texts_are_read_as_portage_reads_them() {
    let Some(python) = common::python("ini: texts_are_read_as_portage_reads_them") else { return };
    let mut all = some(texts(), 4000);
    let chain = |n: usize| (0..n).map(|i| format!("k{i} = %(k{})s\n", i + 1)).collect::<String>();
    for n in 7..13 {
        all.push(format!("[a]\n{}k{n} = 1\n", chain(n)).into_bytes());
        all.push(format!("[a]\n{}k{n} = %%\n", chain(n)).into_bytes());
    }
    let (mut good, mut bad) = (0, 0);
    for (text, theirs) in all.iter().zip(ask(&python, &all)) {
        let shown = String::from_utf8_lossy(text);
        match (ours(text), theirs) {
            (Ok(ours), Ok(theirs)) => {
                assert_eq!(ours, theirs, "{shown:?}");
                good += usize::from(!ours.is_empty());
            }
            (Err(_), Err(_)) => bad += 1,
            // a value of [DEFAULT] is only looked at through a section
            (Err(code), Ok(theirs)) if ["P101", "P109", "missing"].contains(&code.as_str()) => {
                assert!(theirs.keys().all(|name| name == "DEFAULT"), "{shown:?}");
            }
            (ours, theirs) => panic!("{shown:?}: {ours:?}, Portage {theirs:?}"),
        }
    }
    assert!(good > 300 && bad > 300, "{good} read, {bad} refused");
}

#[test]
fn portage_reads_what_is_written() {
    let Some(python) = common::python("ini: portage_reads_what_is_written") else { return };
    let old = some(texts(), 3000);
    let mut texts = Vec::new();
    let mut wanted = Vec::new();
    for (model, old) in some(models(), 3000).into_iter().zip(old) {
        for old in [Vec::new(), old] {
            if ours(&old).is_ok()
                && let Ok(text) = ini::write(ConfigParser, &old, &model)
            {
                texts.push(text);
                wanted.push(model.clone());
            }
        }
    }
    assert!(texts.len() > 1000, "{}", texts.len());
    for ((text, model), theirs) in texts.iter().zip(wanted).zip(ask(&python, &texts)) {
        let mut ours = Answer::new();
        for section in &model.sections {
            let keys = section.keys.iter().map(|k| (k.key.to_lowercase(), k.value.reveal().to_owned()));
            ours.insert(section.name.clone(), keys.collect());
        }
        assert_eq!(theirs.as_ref(), Ok(&ours), "{:?}", String::from_utf8_lossy(text));
    }
}

/// systemd names each value of `Restart=` that it does not know, as it has read it.
#[test]
fn units_are_read_as_systemd_reads_them() {
    let test = "ini: units_are_read_as_systemd_reads_them";
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else {
        let demanded = std::env::var_os("PORTAGE_CONFIG_CONFORMANCE").is_some_and(|value| value == "1");
        assert!(!demanded, "{test}: systemd-analyze is missing");
        println!("left to scripts/test: {test}");
        return;
    };
    assert!(version.status.success());
    let pieces = vec![
        "a",
        "b c",
        " ",
        "\t",
        "\\",
        "\\\\",
        "\\\n",
        "\\\n# d\n",
        "\\\n  ; e\n",
        "=",
        "#",
        "é",
        "]",
        "%",
    ];
    let value = prop::collection::vec(prop::sample::select(pieces), 0..8).prop_map(|pieces| pieces.concat());
    let unit: String = some(value, 1500).into_iter().map(|value| format!("Restart=x{value}\n\n\n")).collect();
    let unit = format!("[Service]\nExecStart=/bin/true\n{unit}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.service");
    std::fs::write(&file, &unit).unwrap();
    let output = Command::new("systemd-analyze").arg("verify").arg(&file).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let theirs: Vec<&str> = errors
        .lines()
        .filter_map(|line| line.split_once("restart specifier, ignoring: "))
        .map(|(_, v)| v)
        .collect();

    let path = RelPath::parse("etc/systemd/system/x.service").unwrap();
    let mut report = Report::new();
    let model = ini::read(Systemd, unit.as_bytes(), &mut report.text(&path, unit.as_bytes()));
    let keys = model.sections[0].keys.iter().filter(|key| key.key == "Restart");
    let ours: Vec<&str> = keys.map(|key| key.value.reveal()).collect();
    assert!(ours.len() > 1000);
    assert_eq!(ours, theirs);
}
