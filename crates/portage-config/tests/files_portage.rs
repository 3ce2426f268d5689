//! What real Portage reads of some hundred generated files is what the library reads of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::process::Command;

use portage_config::model::Model;
use portage_config::report::Report;
use portage_config::vocab::RelPath;
use portage_config::{file, syntax};

/// A few hundred texts made of these lines, the same each time; some end without a line break.
fn texts(lines: &[&str]) -> Vec<String> {
    let mut state = 7_u32;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 16).unwrap() % below
    };
    (0..300)
        .map(|_| {
            let count = next(5) + 1;
            let all: Vec<&str> = (0..count).map(|_| lines[next(lines.len())]).collect();
            let end = ["\n", "\n", "\r\n", ""][next(4)];
            format!("{}{end}", all.join("\n"))
        })
        .collect()
}

/// What Portage makes of each text: the script reads a list of texts and prints a list of answers, both JSON.
fn answers(test: &str, script: &str, texts: &[String]) -> Option<Vec<serde_json::Value>> {
    let python = common::python(test)?;
    let folder = std::env::temp_dir().join(format!("{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let input = folder.join("texts.json");
    std::fs::write(&input, serde_json::to_vec(texts).unwrap()).unwrap();
    let script = format!(
        "import json, os, sys, tempfile\nquiet = os.dup(1)\nos.dup2(2, 1)\n\
         texts = json.load(open(sys.argv[1]))\nanswers = []\n{script}\n\
         os.dup2(quiet, 1)\nprint(json.dumps(answers))\n"
    );
    let output = Command::new(python).args(["-c", &script]).arg(&input).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), texts.len());
    Some(answers)
}

/// What we read of a file at a path.
fn ours(path: &str, text: &str) -> Model {
    let path = RelPath::parse(path).unwrap();
    let kind = file::find(&path).unwrap();
    syntax::read(&kind.grammar, text.as_bytes(), &mut Report::new().file(&path))
}

/// Pairs as a Python dict has them: the last of a name holds.
fn dict(model: &Model) -> serde_json::Value {
    let Model::Pairs(pairs) = model else { panic!("a file of pairs") };
    let pair =
        |pair: &portage_config::model::Pair| (pair.key.clone(), serde_json::Value::from(pair.value.reveal()));
    serde_json::Value::Object(pairs.pairs.iter().map(pair).collect())
}

#[test]
fn modules_are_read_as_portage_reads_them() {
    let lines = [
        "a = b",
        "a=b = c",
        " a.b\t=  c ",
        "# a = b",
        "a = b # c",
        "=b",
        "a",
        "a=",
        "",
        "\u{a0}a\u{a0}=\u{2003}b",
        "a\u{c}=b",
        "a = 'b'",
        "\u{1c}x=y",
        "b b = c",
        "  # c",
    ];
    let texts = texts(&lines);
    let script = r#"
from portage.env.loaders import KeyValuePairFileLoader
with tempfile.TemporaryDirectory() as top:
    for text in texts:
        path = os.path.join(top, "modules")
        open(path, "w", newline="", encoding="utf-8").write(text)
        answers.append(KeyValuePairFileLoader(path, None, None).load()[0])
"#;
    let Some(theirs) = answers("modules_are_read_as_portage_reads_them", script, &texts) else { return };
    for (text, theirs) in texts.iter().zip(theirs) {
        assert_eq!(dict(&ours("etc/portage/modules", text)), theirs, "{text:?}");
    }
}

#[test]
fn color_map_is_read_as_portage_reads_it() {
    let lines = [
        "GOOD=green",
        "GOOD = red # why",
        "'BAD'=\"bold red\"",
        "WARN=01;32m",
        "# c",
        "",
        "WARN='red",
        "red=32m",
        "GOOD=#",
        "BAD",
        "a=b=c",
        "NOTHING=red",
        "WARN=gren red",
        "INFO=\"\"",
        "INFO=\"",
        "  ",
        "GOOD=blué",
    ];
    let texts = texts(&lines);
    // Quotes and blanks are Portage's own business: what it understood is what it has set.
    let script = r#"
import portage.output as o
o._init = lambda *a, **k: None
codes, styles = (object.__getattribute__(x, "_attr") for x in (o.codes, o._styles))
before = dict(codes), dict(styles)
with tempfile.TemporaryDirectory() as top:
    os.makedirs(os.path.join(top, "etc/portage"))
    for text in texts:
        open(os.path.join(top, "etc/portage/color.map"), "w", newline="", encoding="utf-8").write(text)
        codes.clear(); codes.update(before[0]); styles.clear(); styles.update(before[1])
        o.codes, o._styles = codes, styles
        unknown = []
        fate = "whole"
        try:
            o._parse_color_map(top, lambda e: unknown.append(str(e).split(": '", 1)[1][:-1]))
        except o.ParseError:
            fate = "stops"
        except IndexError:
            fate = "fails"
        answers.append({"fate": fate, "unknown": unknown,
            "styles": {k: " ".join(v) for k, v in styles.items() if before[1][k] != v}})
"#;
    let Some(theirs) = answers("color_map_is_read_as_portage_reads_it", script, &texts) else { return };
    let path = RelPath::parse("etc/portage/color.map").unwrap();
    for (text, theirs) in texts.iter().zip(theirs) {
        let mut report = Report::new();
        let kind = file::find(&path).unwrap();
        let model = syntax::read(&kind.grammar, text.as_bytes(), &mut report.file(&path));
        let stops = report.diagnostics.iter().any(|found| found.code.id == "P032");
        assert_eq!(stops, theirs["fate"] != "whole", "{text:?}");
        let mut report = Report::new();
        (kind.check)(&model, &mut report.file(&path));
        let unknown: Vec<String> = report
            .diagnostics
            .iter()
            .map(|found| found.spot.word.clone().unwrap_or_else(|| found.spot.key.to_string()))
            .collect();
        assert_eq!(serde_json::json!(unknown), theirs["unknown"], "{text:?}");
        for (name, value) in theirs["styles"].as_object().unwrap() {
            let said = dict(&model);
            let known: Vec<&str> = value.as_str().unwrap().split(' ').collect();
            let ours = said[name].as_str().unwrap();
            let is_code = known.first().is_some_and(|word| word.starts_with('\u{1b}'));
            let words: Vec<&str> =
                ours.split_whitespace().filter(|word| !unknown.iter().any(|other| other == word)).collect();
            match is_code {
                true => assert_eq!(known, [format!("\u{1b}[{ours}")], "{text:?}"),
                false => assert_eq!(known.concat(), words.concat(), "{text:?}"),
            }
        }
    }
}

#[test]
fn lines_of_names_are_read_as_portage_reads_them() {
    let lines = [
        "gentoo:default/linux/x86",
        "../base",
        "/var/db/x # why",
        "# c",
        "",
        " a  b\tc ",
        "a#b",
        "-x86",
        "#",
        "\u{a0}x",
        "x86",
        "a #b c",
    ];
    let texts = texts(&lines);
    let script = r#"
from portage.util import grabfile
with tempfile.TemporaryDirectory() as top:
    for text in texts:
        path = os.path.join(top, "x")
        open(path, "w", newline="", encoding="utf-8").write(text)
        answers.append(grabfile(path))
"#;
    let Some(theirs) = answers("lines_of_names_are_read_as_portage_reads_them", script, &texts) else {
        return;
    };
    for name in ["arch.list", "profile/parent", "make.profile/parent"] {
        for (text, theirs) in texts.iter().zip(&theirs) {
            let Model::Items(items) = ours(&format!("etc/portage/{name}"), text) else { panic!("{name}") };
            let items: Vec<String> = items.items.into_iter().map(|item| item.text).collect();
            assert_eq!(&serde_json::json!(items), theirs, "{name} {text:?}");
        }
    }
}

#[test]
fn an_eapi_is_read_as_portage_reads_it() {
    let texts = texts(&["8", " 7 ", "# 8", "", "foo", "0", "8 # x", "9", "10"]);
    let script = r#"
from portage import eapi_is_supported
for text in texts:
    lines = text.replace("\r\n", "\n").splitlines(True)
    first = lines[0].strip() if lines else ""
    answers.append(len(lines) == 1 and eapi_is_supported(first))
"#;
    let Some(theirs) = answers("an_eapi_is_read_as_portage_reads_it", script, &texts) else { return };
    let path = RelPath::parse("etc/portage/make.profile/eapi").unwrap();
    let kind = file::find(&path).unwrap();
    for (text, theirs) in texts.iter().zip(theirs) {
        let mut report = Report::new();
        let model = syntax::read(&kind.grammar, text.as_bytes(), &mut report.file(&path));
        (kind.check)(&model, &mut report.file(&path));
        assert_eq!(serde_json::json!(report.diagnostics.is_empty()), theirs, "{text:?}");
    }
}

#[test]
fn keywords_of_a_profile_are_read_as_portage_reads_them() {
    let lines = [
        "a/b x86",
        "a/b ~x86 -* # why",
        "# c",
        "",
        "*/* x86",
        "a/* x86",
        "a/b::gentoo x86",
        "a/b[x] x86",
        "=a/b-1-2 x86",
        ">=a/b-1:2 ~amd64",
        "a/b",
        "a/b-1 x86",
        "!a/b x86",
        "a/c:0= x86",
    ];
    let texts = texts(&lines);
    for (name, repo, build_id, eapi) in [
        ("profile/package.keywords", "True", "True", "None"),
        ("profile/package.accept_keywords", "True", "False", "None"),
        ("make.profile/package.keywords", "False", "False", "\"8\""),
        ("make.profile/package.accept_keywords", "False", "False", "\"8\""),
    ] {
        let script = format!(
            r#"
from portage.util import grabdict_package
with tempfile.TemporaryDirectory() as top:
    for text in texts:
        path = os.path.join(top, "x")
        open(path, "w", newline="", encoding="utf-8").write(text)
        found = grabdict_package(path, recursive=1, verify_eapi=True, eapi={eapi}, eapi_default=None,
            allow_repo={repo}, allow_build_id={build_id}, allow_use=False)
        answers.append({{str(atom): words for atom, words in found.items()}})
"#
        );
        let Some(theirs) = answers("keywords_of_a_profile_are_read_as_portage_reads_them", &script, &texts)
        else {
            return;
        };
        for (text, theirs) in texts.iter().zip(theirs) {
            let Model::Rules(rules) = ours(&format!("etc/portage/{name}"), text) else { panic!("{name}") };
            let mut all: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
            for rule in rules.rules {
                all.entry(rule.key).or_default().extend(rule.words);
            }
            assert_eq!(serde_json::json!(all), theirs, "{name} {text:?}");
        }
    }
}
