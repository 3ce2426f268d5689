//! The command line itself: help, usage, streams, statuses. Nothing here needs a spec that can be read.

mod common;

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use common::{Folder, command, run};

#[test]
fn usage_errors_are_no_answer() {
    let cases: [&[&str]; 9] = [
        &[],
        &["nothing-of-this-name"],
        &["check"],
        &["render", "x.toml"],
        &["render", "x.toml", "--out", "a", "--tar", "b"],
        &["check", "x.toml", "--deny", "everything"],
        &["check", "x.toml", "--set", "novalue"],
        &["diff", "x.toml"],
        &["check", "x.toml", "-q", "-v"],
    ];
    for args in cases {
        let run = run(args).expect(2);
        assert_eq!(run.out, "", "{args:?}");
        assert!(!run.err.is_empty(), "{args:?}");
    }
}

#[test]
fn usage_errors_are_json_where_that_was_asked_for() {
    for args in [["check", "--format", "json"], ["--format=json", "check", "--what"]] {
        let run = run(&args).expect(2);
        let json = run.json();
        assert_eq!(json["version"], 1);
        assert_eq!(json["command"], "check");
        assert_eq!(json["roots"], serde_json::json!([]));
        assert_eq!(json["diagnostics"][0]["code"], "C001");
        assert_eq!(run.err, "");
    }
}

#[test]
fn a_spec_that_is_not_there_is_no_answer() {
    let folder = Folder::new(&[]);
    std::fs::create_dir(folder.join("root")).unwrap();
    let cases: [&[&str]; 4] = [
        &["show", "none.toml"],
        &["check", "none.toml"],
        &["render", "none.toml", "--out", "tree"],
        &["diff", "none.toml", "--root", "root"],
    ];
    for args in cases {
        let run = folder.run(args).expect(2);
        assert_eq!(run.out, "", "{args:?}");
        assert!(!folder.join("tree").exists());
        let json = folder.run(&[args, &["--format", "json"]].concat()).expect(2).json();
        assert_eq!(json["command"], args[0]);
        assert_eq!(json["roots"], serde_json::json!([]));
    }
}

#[test]
fn colours() {
    let color = |args: &[&str], env: &[(&str, &str)]| {
        let output = command().args(args).envs(env.iter().copied()).output().unwrap();
        output.stderr.contains(&0x1b)
    };
    let new = ["new", "no-such-preset"];
    assert!(!color(&new, &[]), "none into a pipe");
    assert!(!color(&[&new[..], &["--color", "never"]].concat(), &[("CLICOLOR_FORCE", "1")]));
    assert!(color(&[&new[..], &["--color", "always"]].concat(), &[]));
    assert!(color(&[&new[..], &["--color=always"]].concat(), &[("NO_COLOR", "1")]), "the option goes first");
    assert!(color(&new, &[("CLICOLOR_FORCE", "1")]));
    assert!(!color(&new, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!color(&["--what", "--color", "never"], &[("CLICOLOR_FORCE", "1")]), "usage, too");
    assert!(color(&["--what", "--color", "always"], &[]));
}

#[test]
fn findings_of_the_command_for_people() {
    insta::assert_snapshot!(run(&["new", "no-such-preset-at-all", "-v"]).err.lines().next().unwrap(), @"error[C003 unknown-preset]: there is no preset `no-such-preset-at-all`");
}

#[test]
fn data_goes_to_standard_output() {
    for args in [&["completions", "bash"][..], &["man"], &["presets"]] {
        let run = run(args).expect(0);
        assert_eq!(run.err, "", "{args:?}");
    }
    assert!(run(&["completions", "zsh"]).out.starts_with("#compdef portage-config"));
    assert!(run(&["man"]).out.contains(".TH portage-config 1"));
    let json = run(&["man", "--format", "json"]).expect(0).json();
    assert!(json["text"].as_str().unwrap().contains(".TH"));
}

#[test]
fn a_reader_that_is_gone_changes_nothing() {
    for args in [&["completions", "bash"][..], &["--help"], &["man"], &["new", "none", "--format", "json"]] {
        let whole = run(args);
        let mut child = command().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(whole.status), "{args:?}: {err}");
        assert_eq!(err, whole.err, "{args:?}");
    }
}

#[test]
fn a_reader_may_stop_early() {
    let mut child = command().args(["completions", "bash"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("_portage__config"));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_full_disk_is_no_answer() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command().arg("man").stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(err.starts_with("error: cannot write to standard output: "), "{err}");
}

#[test]
fn standard_error_may_be_gone() {
    let mut child = command().args(["new", "none"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn words_that_are_no_utf_8_are_usage_errors() {
    use std::os::unix::ffi::OsStrExt;
    let word = std::ffi::OsStr::from_bytes(b"\xff.toml");
    let output = command().arg("check").arg(word).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
