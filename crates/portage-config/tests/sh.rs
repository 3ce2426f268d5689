//! Files of variables against the shell that sources them.

#![expect(clippy::unwrap_used, reason = "a test")]

mod common;
#[path = "../src/syntax/getconfig/strategies.rs"]
#[expect(dead_code, reason = "the unit tests use all of it")]
mod strategies;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use portage_config::report::Report;
use portage_config::syntax::sh::{quote, read};
use portage_config::vocab::{Piece, RelPath, Word};
use portage_config::{model, vocab};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

fn drawn<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Pieces of values, in any order.
const PIECES: &[&str] = &[
    "a",
    "x y",
    "$A",
    "${B}",
    "$B-",
    "'a $A'",
    "\"x\"",
    "\\ ",
    "\\\n",
    "#",
    " #c",
    "~",
    ":",
    "=",
    "{",
    "}",
    ",",
    "\"$A b\"",
    "\"\\n\\\\\\$\\`\\\"\"",
    "\"$\"",
    "$",
    "$.",
    "é",
    "*",
    "?",
    "[",
    "]",
    "!",
    "\r",
    "%",
    "^",
    "@",
    "+",
    "-",
    "\"\n\"",
    "'\n\\'",
    ";",
    "; ",
    "\\$",
    "\\\"",
    "\\'",
    "\t",
    "\"$A\\\nB\"",
    "$A\\\nB",
    "'",
    "\"",
    "~/",
    "a~",
    "\"~\"",
    "$A$B",
    "\"${A}\"'",
    "\"\\\n\"",
    "[0]",
    "\\a",
    "${A}[1]",
    "$[",
    "\"!\"",
    "/b/",
    "1",
];

/// Lines of assignments.
fn assignments() -> impl Strategy<Value = Vec<u8>> {
    let value = proptest::collection::vec(proptest::sample::select(PIECES), 0..4);
    let line = (
        proptest::sample::select(&["", "", "", "export ", "  ", "# ", "\n"][..]),
        proptest::sample::select(&["A", "B", "C", "A_1"][..]),
        proptest::sample::select(&["=", "=", "=", "+="][..]),
        value,
    )
        .prop_map(|(before, name, equals, value)| format!("{before}{name}{equals}{}\n", value.concat()));
    proptest::collection::vec(line, 1..4).prop_map(|lines| lines.concat().into_bytes())
}

/// Runs a script in `folder`, without any command but the shell's own.
fn bash(folder: &Path, script: &str) -> Vec<String> {
    fs::write(folder.join("script"), script).unwrap();
    let output = Command::new("/bin/bash")
        .args(["--norc", "script"])
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/nonexistent")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn quoted_values_are_read_by_bash() {
    if common::python("quoted_values_are_read_by_bash").is_none() {
        return;
    }
    let own = |word: Word| {
        Word::from_pieces(word.pieces().iter().map(|piece| match piece {
            Piece::Reference(name) => Piece::Reference(format!("ref_{name}")),
            piece => piece.clone(),
        }))
    };
    let words: Vec<Word> = drawn(&strategies::word(), 5000).into_iter().map(own).collect();
    let names: BTreeSet<&str> = words.iter().flat_map(Word::references).collect();
    let mut script: String = names.iter().map(|name| format!("{name}='<{name}>'\n")).collect();
    for word in &words {
        let value = quote(word).unwrap();
        script.push_str(&format!("v={value}\nexport e={value}\nprintf '%s\\0' \"$v\" \"$e\"\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    let read = bash(folder.path(), &script);
    assert_eq!(read.len(), words.len() * 2);
    for (word, read) in words.iter().zip(read.chunks(2)) {
        let expected = word.expand(|name| Some(format!("<{name}>")));
        assert_eq!(read, [expected.as_str(), expected.as_str()]);
    }
}

#[test]
fn files_without_commands_are_read_as_bash_reads_them() {
    if common::python("files_without_commands_are_read_as_bash_reads_them").is_none() {
        return;
    }
    let path = RelPath::parse("etc/dracut.conf").unwrap();
    let mut files: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    let texts = drawn(&strategies::text(), 6000).into_iter().chain(drawn(&assignments(), 12_000));
    for text in texts {
        let Ok(text) = String::from_utf8(text) else { continue };
        let mut report = Report::new();
        let vars = read(text.as_bytes(), &mut report.file(&path));
        if !report.diagnostics.is_empty() || vars.statements.is_empty() {
            continue;
        }
        let mut set: BTreeMap<String, String> = BTreeMap::new();
        for assign in vars.assigns() {
            let value = assign.value.expand(|name| set.get(name).cloned());
            let before = set.entry(assign.name.clone()).or_default();
            if !assign.append {
                before.clear();
            }
            before.push_str(&value);
        }
        files.push((text, set));
    }
    assert!(files.len() > 3000, "only {} files hold assignments alone", files.len());
    let folder = tempfile::tempdir().unwrap();
    let mut script = String::new();
    for (i, (text, set)) in files.iter().enumerate() {
        fs::write(folder.path().join(format!("file{i}")), text).unwrap();
        let unset: String = set.keys().map(|name| format!(" {name}")).collect();
        script.push_str(&format!("unset A B C CFLAGS E x a b{unset}\n. ./file{i} || echo -n failed\n"));
        for name in set.keys() {
            script.push_str(&format!("printf '%s\\0' \"${name}\"\n"));
        }
    }
    let mut read = bash(folder.path(), &script).into_iter();
    for (text, set) in files {
        for (name, value) in set {
            assert_eq!(read.next().as_ref(), Some(&value), "{name} in {text:?}");
        }
    }
    assert_eq!(read.next(), None);
}

/// Pieces of commands. What is inside of them is never run; `@` stands for the number of a new variable.
const COMMANDS: &[&str] = &[
    "V@=1\n",
    "V@=1\n",
    "V@=1\n",
    "V@='a'\n",
    "export V@=1\n",
    "if false; then\n",
    "if false\nthen\n",
    "else\n",
    "fi\n",
    "fi\n",
    "for x in; do\n",
    "while false; do\n",
    "done\n",
    "done\n",
    "case x in\n",
    "y)\n",
    "(y) ",
    ";;\n",
    "esac\n",
    "esac\n",
    "f() {\n",
    "f()\n{\n",
    "}\n",
    "}\n",
    "false &&\n",
    "true ||\n",
    "true |\n",
    "true |& # c\n",
    "(\n",
    ")\n",
    "x=$(\n",
    "x=\"$(\n",
    ")\"\n",
    "\"\n",
    "'\n",
    "\"",
    "'",
    "`",
    "`\n",
    "${x:-\n",
    "${x#",
    "}",
    "[[ a &&\n",
    "[[ a",
    " ]]\n",
    "# fi '\n",
    " # \"\n",
    ": if\n",
    ": fi\n",
    ": then fi\n",
    "\\\n",
    "\\'",
    "\\\"",
    "$'",
    "\\$'",
    "A=(\n",
    ": <<E\n",
    "E\n",
    ": <<<x\n",
    "((\n",
    "))\n",
    "! ",
    "; ",
    "& ",
    "for x in done; do false &&\n",
    ": ${#x}\n",
    ": $#\n",
    "\n",
];

/// What begins and ends commands that run nothing of what is inside.
const AROUND: &[(&str, &str)] = &[
    ("if false; then\n", "fi\n"),
    ("if false\nthen :\n", "else :; fi; V@=1\n"),
    ("for x in; do\n", "done\n"),
    ("while false; do\n", "done &&\nV@=1\n"),
    ("case x in\ny)\n", ";;\nesac\n"),
    ("case x in (y) ", "\n;;\n(z) V@=1 ;; esac\n"),
    ("f() {\n", "}\n"),
    ("f()\n{\n", "\n}\n"),
    ("(\n", ")\n"),
    ("x=$(\n", ")\n"),
    ("x=\"$(\n", ")\"\n"),
    (": \"", "\"\n"),
    (": '\n", "'\n"),
    (": ${x#\n", "}\n"),
    ("false && {\n", "}\n"),
    (": <<E\n", "E\n"),
    ("V@=1\n", "V@=1 # x\n"),
    ("# ", "\nV@=1\n"),
];

/// What may be inside.
const INNER: &[&str] = &[
    "V@=1\n",
    "V@=1\n",
    "export V@=1\n",
    ": fi\n",
    ": then fi\n",
    "# fi done '\n",
    ": done }\n",
    ": \\'\n",
    ": \\\"\n",
    ": $'\\''\n",
    ": ')'\n",
    ": \")\"\n",
    ": ${#x}\n",
    ": `:`\n",
    "false &&\n",
    "true ||\n",
    ": |\n",
    ": \\\n",
    "if false; then V@=1; fi\n",
    "(:)\n",
    ": }\n",
    ": $(:)\n",
    ": \"$(: \"a\")\"\n",
    "{ V@=1; }\n",
    "case x in y) ;; esac\n",
    "for fi in done; do :; done\n",
    ": esac\n",
    ";",
];

#[test]
fn what_is_read_beside_commands_is_set_in_bash() {
    if common::python("what_is_read_beside_commands_is_set_in_bash").is_none() {
        return;
    }
    let path = RelPath::parse("etc/dracut.conf").unwrap();
    let inner = proptest::collection::vec(proptest::sample::select(INNER), 0..4);
    let wrapped = (proptest::sample::select(AROUND), inner)
        .prop_map(|((open, close), inner)| [&[open], inner.as_slice(), &[close]].concat());
    let loose = proptest::sample::select(COMMANDS).prop_map(|piece| vec![piece]);
    let block = proptest::prop_oneof![3 => wrapped, 1 => loose];
    let strategy = proptest::collection::vec(block, 1..5).prop_map(|blocks| blocks.concat());
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<(String, Vec<String>)> = Vec::new();
    let mut script = String::new();
    for pieces in drawn(&strategy, 12_000) {
        let text: String =
            pieces.iter().enumerate().map(|(i, piece)| piece.replace('@', &i.to_string())).collect();
        let mut report = Report::new();
        let vars = read(text.as_bytes(), &mut report.file(&path));
        let names: Vec<String> = vars.assigns().map(|assign| assign.name.clone()).collect();
        let last = report.diagnostics.last().map(|d| d.message.as_str());
        if names.is_empty() || last.is_none_or(|m| m.contains("never closed") || m.contains("not read")) {
            continue;
        }
        let i = files.len();
        fs::write(folder.path().join(format!("file{i}")), format!("{text}\nV_END=1\n")).unwrap();
        script.push_str(&format!(
            "(. ./file{i} >/dev/null 2>&1 </dev/null; printf '%s ' \"${{!V@}}\"); printf '\\0'\n"
        ));
        files.push((text, names));
        if files.len() == 1200 {
            break;
        }
    }
    let answers = bash(folder.path(), &script);
    assert_eq!(answers.len(), files.len());
    let mut accepted = 0;
    for ((text, names), answer) in files.iter().zip(&answers) {
        let set: BTreeSet<&str> = answer.split(' ').collect();
        // Otherwise bash found an error of grammar and stopped.
        if !set.contains("V_END") {
            continue;
        }
        accepted += 1;
        for name in names {
            assert!(set.contains(name.as_str()), "{name} is not set by {text}\n{answer}");
        }
    }
    assert!(accepted > 300, "bash accepts only {accepted} of {} files", files.len());
}
