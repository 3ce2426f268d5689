//! The words of [`portage_config::vocab`] against real Portage.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test's helpers may fail the test"
)]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use portage_config::vocab::{Atom, Cpv, Dialect, Operator, compare_versions};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};

fn tables() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables")
}

/// The checked-in tables are what Portage answers today.
#[test]
fn tables_are_current() {
    let Some(python) = common::python("tables_are_current") else { return };
    let dir = tempfile::tempdir().unwrap();
    let status = Command::new(python)
        .arg(tables().join("generate.py"))
        .arg("--out")
        .arg(dir.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .status()
        .unwrap();
    assert!(status.success());
    let mut count = 0;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let name = entry.unwrap().file_name();
        let [new, old] = [dir.path(), &tables()].map(|dir| std::fs::read_to_string(dir.join(&name)).unwrap());
        let differs: Vec<_> = new.lines().zip(old.lines()).filter(|(new, old)| new != old).take(5).collect();
        assert!(
            new == old,
            "{name:?} is not what Portage answers; run generate.py. First differences: {differs:#?}"
        );
        count += 1;
    }
    assert_eq!(count, 8, "generate.py writes other tables than expected");
}

/// Asks Portage all questions in one process.
fn ask(python: &Path, questions: &[Value]) -> Vec<Value> {
    let mut child = Command::new(python)
        .arg(tables().join("generate.py"))
        .arg("--ask")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: String = questions.iter().map(|question| format!("{question}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let answers: Vec<_> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), questions.len());
    answers
}

fn some<T: Clone + std::fmt::Debug + 'static>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = common::runner();
    (0..common::cases(count)).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn version() -> impl Strategy<Value = String> {
    let part = select(vec![
        "0", "1", "10", "01", "2.0", ".1", ".01", ".10", "a", "z", "_p", "_p1", "_pre2", "_rc", "_alpha0",
        "_beta01", "-r0", "-r1", "-r01", "-2", "9999", "00", "_", ".", "-", "r1", "A", "*",
    ]);
    (select(vec!["1", "0", "2", "01"]), prop::collection::vec(part, 0..4))
        .prop_map(|(first, parts)| format!("{first}{}", parts.concat()))
}

/// Strings that are mostly atoms, and mostly not quite.
fn atom() -> impl Strategy<Value = String> {
    let marks = select(vec!["", "", "", "", "", "", "!", "!!", "-", "!!!", "@"]);
    let operator = select(vec!["", "", "", "=", "=", "=", ">=", "<=", "~", ">", "<", "==", "=>"]);
    let name = |extra: &'static str| {
        let mut parts =
            vec!["a", "foo", "x11", "1", "_", "-", "+", "-1", "-r1", "*", "*", "-*", "9", "b*", "Z"];
        parts.extend(extra.split(' '));
        prop::collection::vec(select(parts), 1..4).prop_map(|parts| parts.concat())
    };
    let name = move |extra| {
        prop_oneof![select(vec!["cat", "*", "dev-libs", "foo"]).prop_map(str::to_owned), name(extra)]
    };
    let glob = select(vec!["", "", "", "", "*", "-1", "-02", ".*", "-*9*", "-*a_1*", "-*1.0*", "**"]);
    let slot = select(vec![
        "",
        "",
        "",
        "",
        ":0",
        ":0/1",
        ":=",
        ":*",
        ":0=",
        ":0/1=",
        ":1*",
        ":",
        ":/",
        ":-1",
        ":a.b-c+d_",
        ":0:1",
        ":*/1",
    ]);
    let repo = select(vec!["", "", "", "", "::r", "::a-b_c", "::-r", "::", "::r.s", ":::r", "::r:0"]);
    let deps = prop::collection::vec(
        select(vec![
            "a", "-a", "a?", "!a?", "a(+)", "-a(-)", "b=", "!b=", "", "+c", "a@b", "!c", "b(+)?", "c]", "[d",
        ]),
        1..4,
    );
    let deps = prop_oneof![
        4 => Just(String::new()),
        1 => deps.prop_map(|deps| format!("[{}]", deps.join(","))),
        1 => select(vec!["[", "[a", "[a]x", "]", "[a]:0"]).prop_map(str::to_owned),
    ];
    let version =
        prop_oneof![2 => Just(String::new()), 3 => version().prop_map(|version| format!("-{version}"))];
    let slash = select(vec!["/", "/", "/", "/", "/", "/", "/", "", "//"]);
    (marks, operator, name("."), slash, name("- g"), version, glob, slot, repo, deps)
        .prop_map(|(a, b, c, d, e, f, g, h, i, j)| [a, b, &c, d, &e, &f, g, h, i, &j].concat())
}

/// Strings that are atoms, somewhere at least.
fn sound() -> impl Strategy<Value = String> {
    let name = select(vec![
        "foo", "x11", "gtk+", "a-1a2", "r1", "a-r1", "_b", "foo-", "A", "9p", "c-d_e", "font-7x",
    ]);
    let category = select(vec!["cat", "dev-libs", "x.y", "c+d", "_z", "virtual", "9"]);
    let versioned = (
        select(vec!["=", "=", ">=", "<", "~", "!=", "!!>"]),
        category.clone(),
        name.clone(),
        select(vec![
            "1",
            "1.0-r1",
            "0.01_rc2",
            "9999",
            "2a_p",
            "1-2",
            "1.0-r1-7",
            "1-0",
            "1.2.3_alpha_beta4-r00",
        ]),
    );
    let glob = (category.clone(), name.clone(), select(vec!["1", "1.0-r1", "2_p"]));
    let main = prop_oneof![
        (category, name).prop_map(|(category, name)| format!("{category}/{name}")),
        versioned.prop_map(|(a, b, c, d)| format!("{a}{b}/{c}-{d}")),
        glob.prop_map(|(a, b, c)| format!("={a}/{b}-{c}*")),
        select(vec![
            "*/*",
            "cat/*",
            "*/foo",
            "a-*/b*",
            "=*/*-*9999*",
            "=cat/f*-*a_1*",
            "!*/*",
            "+a/b",
            "*/f-1"
        ])
        .prop_map(str::to_owned),
    ];
    let slot = select(vec!["", "", "", ":0", ":0/1", ":=", ":*", ":a.b-c+d_=", ":0/1=", ":24.09"]);
    let repo = select(vec!["", "", "", "::r", "::a-b_c"]);
    let deps = select(vec!["", "", "", "", "[a]", "[-a,b?]", "[a(+),!c=]", "[a@b-c+(-)?]"]);
    (main, slot, repo, deps).prop_map(|(main, slot, repo, deps)| [&main, slot, repo, deps].concat())
}

/// Portage and the parser agree on thousands of strings, in every family of files.
#[test]
fn atoms_agree() {
    let Some(python) = common::python("atoms_agree") else { return };
    // a character of its own anywhere in the string, too
    let odd = (sound(), 0usize..40, select("@,\"'\\/:[]!*=~<>+.-_ä1".chars().collect::<Vec<_>>()));
    let odd = odd.prop_map(|(text, at, c)| {
        let mut text: Vec<char> = text.chars().collect();
        text.insert(at % (text.len() + 1), c);
        text.into_iter().collect::<String>()
    });
    let mut texts = some(atom(), 4000);
    texts.extend(some(sound(), 1500));
    texts.extend(some(odd, 3500));
    // and bytes that no word of a file would get here with a blank in it
    let broken = some(common::mutated(sound().prop_map(String::into_bytes)), 3500);
    texts.extend(broken.iter().map(|text| String::from_utf8_lossy(text).into_owned()));
    texts.retain(|text| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c))
    });
    let questions: Vec<_> = texts.iter().map(|text| json!({ "atom": text })).collect();
    let (mut wrong, mut accepted) = (Vec::new(), 0);
    for (text, answer) in texts.iter().zip(ask(&python, &questions)) {
        let dialects: Vec<_> =
            answer["dialects"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        for dialect in Dialect::ALL {
            let atom = Atom::parse(text, dialect);
            let theirs = dialects.contains(&format!("{dialect:?}").as_str());
            if atom.is_ok() != theirs || Atom::is_valid(text, dialect) != theirs {
                wrong.push(format!("{text} as {dialect:?}: {atom:?}"));
            }
            let Ok(atom) = atom else { continue };
            accepted += 1;
            let parts = &answer["parts"];
            let star = if atom.glob() || (atom.is_wildcard() && atom.version().is_some()) { "*" } else { "" };
            for (name, mine) in [
                ("operator", format!("{}{star}", atom.operator().map_or("", Operator::as_str))),
                ("cpn", atom.cpn().to_owned()),
                ("version", atom.version().unwrap_or_default().to_owned()),
                ("build_id", atom.build_id().unwrap_or_default().to_owned()),
                ("slot", atom.slot().unwrap_or_default().to_owned()),
                ("subslot", atom.subslot().unwrap_or_default().to_owned()),
                ("slot_operator", atom.slot_operator().map_or("", |operator| operator.as_str()).to_owned()),
                ("repo", atom.repo().unwrap_or_default().to_owned()),
                ("use", atom.use_deps().unwrap_or_default().to_owned()),
                ("wildcard", if atom.is_wildcard() { "yes" } else { "" }.to_owned()),
            ] {
                if theirs && parts[name] != mine {
                    wrong.push(format!("{text}: {name} is {mine}, not {}", parts[name]));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(accepted > 4000, "only {accepted} accepted: the strings are too odd to show anything");
}

/// Portage and the parser agree on the order of versions, and on what is one.
#[test]
fn versions_agree() {
    let Some(python) = common::python("versions_agree") else { return };
    let pairs = some((version(), version()), 6000);
    let cpvs: Vec<_> = some(
        (select(vec!["cat", "c-", "-c", "*"]), select(vec!["p", "p-1", "p-r1", "-p", "p+"]), version()),
        1500,
    )
    .into_iter()
    .map(|(category, package, version)| format!("{category}/{package}-{version}"))
    .collect();
    let questions: Vec<_> = pairs
        .iter()
        .map(|(left, right)| json!({ "versions": [left, right] }))
        .chain(cpvs.iter().map(|cpv| json!({ "cpv": cpv })))
        .collect();
    let answers = ask(&python, &questions);
    let (orders, splits) = answers.split_at(pairs.len());
    let mut compared = 0;
    for ((left, right), answer) in pairs.iter().zip(orders) {
        let mine = match compare_versions(left, right) {
            Some(order) => ["<", "=", ">"][(order as i8 + 1) as usize],
            None => "-",
        };
        compared += usize::from(mine != "-");
        assert_eq!(answer["order"], mine, "{left} {right}");
    }
    assert!(compared > 500, "only {compared} pairs of valid versions");
    for (text, answer) in cpvs.iter().zip(splits) {
        let mine =
            Cpv::parse(text).map_or(Value::Null, |cpv| json!([cpv.category(), cpv.package(), cpv.version()]));
        assert_eq!(answer["cpv"], mine, "{text}");
    }
}
