//! Lines of words, asked of Portage's own readers.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use portage_config::file::{Grammar, Groups, ItemWords, ItemsDialect, RuleWords, RulesDialect};
use portage_config::model::Model;
use portage_config::report::Report;
use portage_config::syntax;
use portage_config::vocab::{Dialect, RelPath};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

/// Reads each file as the loaders of the user's configuration do, and prints what they got.
const ASK: &str = r#"
import contextlib, io, json, os, sys
import portage
from portage.util import grabdict, grabdict_package, grabfile_package
from portage.env.loaders import ItemFileLoader
from portage.env.validators import ValidAtomValidator
user = dict(allow_wildcard=True, allow_repo=True, verify_eapi=False, allow_build_id=True)
answers = []
for path, kind in json.load(open(sys.argv[1])):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        if kind == "use":
            found = {str(k): v for k, v in grabdict_package(path, newlines=1, allow_use=False, **user).items()}
        elif kind == "keywords":
            found = {str(k): v for k, v in grabdict_package(path, allow_use=False, **user).items()}
        elif kind == "env":
            found = {str(k): v for k, v in grabdict_package(path, allow_wildcard=True, allow_repo=True, verify_eapi=False, allow_build_id=True).items()}
        elif kind == "mirrors":
            found = grabdict(path)
        elif kind == "mask":
            found = [str(x) for x in grabfile_package(path, **user)]
        elif kind == "set":
            check = lambda x: bool(x[:1] == "@" or ValidAtomValidator(x, allow_repo=True))
            found, errors = ItemFileLoader(path, check).load()
            found = list(found)
            said.write("\n".join(e for es in errors.values() for e in es))
    answers.append([found, said.getvalue()])
json.dump(answers, sys.stdout)
"#;

fn atom() -> impl Strategy<Value = String> {
    let whole = select(vec![
        "a/b",
        "a/b-1.0",
        "=a/b-1.0-r1",
        ">=a/b-2_rc1",
        "~a/b-1",
        "=a/b-1*",
        "=a/b-1.*",
        "a/b:2",
        "a/b:2/3",
        "a/b:=",
        "a/b::gentoo",
        "a/b:0::gentoo",
        "a/b::gentoo:0",
        "*/*",
        "*/*::guru",
        "a/*",
        "*/b",
        "a-*/b*",
        "=*/*-*9999*",
        "=*/*-1.0",
        ">=a/*-1",
        "=a/b-1.0-1",
        "a/b[x]",
        "a/b[x",
        "!a/b",
        "!!a/b",
        "-a/b",
        "-*",
        "*a/b",
        "@x",
        "b",
        "a/",
        "**",
        "\"a/b\"",
        "a/b,",
        "CAT/Pkg",
        "a/b-",
        "a+b/c_d",
        "<<<<<<<",
        "=======",
        ">>>>>>>",
        "if",
        "\u{feff}a/b",
        "a/b#c",
        "=a/b-1*:2",
        "a/\u{e9}",
        "a/b\u{200b}",
    ]);
    prop_oneof![6 => whole.prop_map(str::to_owned), 1 => "[-=<>~!*a/b:.0-9]{1,8}"]
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let blank = select(vec![
        " ", " ", "\t", "  ", "\u{a0}", "\u{2028}", "\u{2029}", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e",
        "\x1f", "\u{85}", "\u{1680}", "\u{2000}", "\u{200a}", "\u{202f}", "\u{205f}", "\u{3000}",
    ]);
    let word = select(vec![
        "x",
        "-x",
        "-*",
        "VIDEO_CARDS:",
        "L10N:",
        "intel",
        ":",
        "a:b",
        "#",
        "#c",
        "a#b",
        "?",
        "$A",
        "\\",
        "qt5,",
        "a/b",
        "**",
        "~amd64",
        "\u{feff}",
        "\u{200b}",
        "\u{180e}",
        "\"x",
        "'",
    ]);
    let rest = prop::collection::vec((blank.clone(), word), 0..5);
    let behind = prop::option::of(blank.clone());
    let entry = (prop::option::weighted(0.2, blank), atom(), rest, behind).prop_map(
        |(indent, atom, rest, behind)| {
            let mut line = indent.unwrap_or_default().to_owned();
            line.push_str(&atom);
            for (blank, word) in rest {
                line.push_str(blank);
                line.push_str(word);
            }
            line.push_str(behind.unwrap_or_default());
            line.into_bytes()
        },
    );
    let odd = select(vec![
        &b""[..],
        b" \t",
        b"# c",
        b"  #c",
        b"#a/b x",
        b"a/b \xff x\xfe\xc3",
        b"a/\xc3 x",
        b"a/b \0",
    ]);
    prop_oneof![6 => entry, 1 => odd.prop_map(<[u8]>::to_vec)]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let end = select(vec!["\n", "\n", "\n", "\r\n", "\r", ""]);
    prop::collection::vec((line(), end), 1..12).prop_map(|lines| {
        lines.into_iter().flat_map(|(line, end)| line.into_iter().chain(end.bytes())).collect()
    })
}

const KINDS: [(&str, Grammar); 6] = [
    ("use", rules(Some(Dialect::UserUse), RuleWords::Use, Groups::Line)),
    ("keywords", rules(Some(Dialect::UserUse), RuleWords::Keywords, Groups::None)),
    ("env", rules(Some(Dialect::User), RuleWords::EnvFiles, Groups::None)),
    ("mirrors", rules(None, RuleWords::Any, Groups::None)),
    ("mask", Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::User), whole_line: true })),
    ("set", Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::Set), whole_line: false })),
];

const fn rules(atoms: Option<Dialect>, words: RuleWords, groups: Groups) -> Grammar {
    Grammar::Rules(RulesDialect { atoms, words, groups })
}

#[derive(Debug, PartialEq)]
enum Meaning {
    Rules(BTreeMap<String, Vec<String>>),
    Items(Vec<String>),
}

/// What the text says in Portage's terms, and the texts of the findings of lines that are no entries.
fn ours(kind: &str, grammar: &Grammar, text: &[u8]) -> (Meaning, BTreeSet<String>) {
    let path = RelPath::parse("etc/portage/x").unwrap();
    let mut report = Report::new();
    let meaning = match syntax::read(grammar, text, &mut report.text(&path, text)) {
        Model::Rules(rules) => {
            let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for rule in rules.rules {
                let words = found.entry(rule.key).or_default();
                let prefix = rule.group.map(|group| format!("{}_", group.to_lowercase())).unwrap_or_default();
                words.extend(rule.words.iter().map(|word| match word.strip_prefix('-') {
                    Some(flag) => format!("-{prefix}{flag}"),
                    None => format!("{prefix}{word}"),
                }));
            }
            Meaning::Rules(found)
        }
        Model::Items(items) => {
            let mut found: Vec<String> = items.items.into_iter().map(|item| item.text).collect();
            if kind == "set" {
                let mut seen = BTreeSet::new();
                found.retain(|item| seen.insert(item.clone()));
            }
            Meaning::Items(found)
        }
        other => panic!("{other:?}"),
    };
    let rejected = report.diagnostics.iter().filter(|d| matches!(d.code.id, "P020" | "P025" | "P027"));
    (meaning, rejected.map(|d| d.spot.key.to_string()).collect())
}

fn theirs(kind: &str, found: &serde_json::Value) -> Meaning {
    let words = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let Some(table) = found.as_object() else {
        // A set without a name: the loader keeps it, and emerge ends when it looks for it.
        return Meaning::Items(words(found).into_iter().filter(|item| item != "@").collect());
    };
    let mut rules = BTreeMap::new();
    for (key, value) in table {
        // A name to Portage where any name goes; here what a merge left.
        if matches!(key.as_str(), "<<<<<<<" | "=======" | ">>>>>>>") {
            continue;
        }
        let mut flags = Vec::new();
        let mut prefix = String::new();
        for word in words(value) {
            // As UseManager._parse_user_files_to_extatomdict goes on with what grabdict_package found.
            match (kind, word.strip_suffix(':'), word.strip_prefix('-')) {
                ("use", _, _) if word == "\n" => prefix.clear(),
                ("use", Some(group), _) => prefix = format!("{}_", group.to_lowercase()),
                ("use", _, Some(flag)) => flags.push(format!("-{prefix}{flag}")),
                ("use", _, _) => flags.push(format!("{prefix}{word}")),
                _ => flags.push(word),
            }
        }
        rules.insert(key.clone(), flags);
    }
    Meaning::Rules(rules)
}

#[test]
fn portage_reads_the_same() {
    let Some(python) = common::python("lines::portage_reads_the_same") else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut runner = common::runner();
    let texts = prop_oneof![1 => text(), 1 => common::mutated(text())];
    let mut cases = Vec::new();
    let mut asked = Vec::new();
    for i in 0..common::cases(4000) {
        let text = texts.new_tree(&mut runner).unwrap().current();
        let (kind, grammar) = KINDS[i % KINDS.len()];
        let path = dir.path().join(format!("{i}"));
        fs::write(&path, &text).unwrap();
        asked.push((path, kind));
        cases.push((kind, grammar, text));
    }
    let list = dir.path().join("list.json");
    fs::write(&list, serde_json::to_vec(&asked).unwrap()).unwrap();
    let run = Command::new(python).arg("-c").arg(ASK).arg(&list).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let answers: Vec<(serde_json::Value, String)> = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(answers.len(), cases.len());
    let mut refused = 0;
    for (((kind, grammar, text), (path, _)), (found, said)) in cases.iter().zip(&asked).zip(answers) {
        let (meaning, rejected) = ours(kind, grammar, text);
        let shown = String::from_utf8_lossy(text);
        assert_eq!(meaning, theirs(kind, &found), "{kind} {shown:?}\n{said}");
        if *kind == "mirrors" {
            continue;
        }
        // What Portage complains of has a finding, and the other way round.
        let complaints: BTreeSet<String> = said
            .split('\n')
            .filter_map(|line| {
                let at = line.split_once(&format!("{}: ", path.display()));
                at.or_else(|| line.split_once(", data ")).map(|(_, atom)| atom.to_owned())
            })
            .collect();
        // Portage names an item without the `-` in front.
        let plain =
            |item: &String| item.strip_prefix('-').filter(|_| *kind == "mask").unwrap_or(item).to_owned();
        let nameless = |item: &String| *kind == "set" && item == "@";
        let rejected: BTreeSet<String> = rejected.iter().map(plain).filter(|item| !nameless(item)).collect();
        refused += rejected.len();
        // Of bad USE deps Portage names the flag, not the atom.
        let (deps, complaints): (BTreeSet<_>, BTreeSet<_>) =
            complaints.into_iter().partition(|said| said.starts_with("Invalid use dep: "));
        let (flags, rejected): (BTreeSet<_>, BTreeSet<_>) =
            rejected.into_iter().partition(|item| item.contains('[') && !complaints.contains(item));
        assert_eq!(deps.is_empty(), flags.is_empty(), "{kind} {shown:?}\n{said}");
        assert_eq!(complaints, rejected, "{kind} {shown:?}\n{said}");
    }
    assert!(refused > 1000, "the cases are too tame: {refused}");
}
