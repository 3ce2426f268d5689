//! What `check` says to programs that know SARIF or GitHub's workflows. That real programs would take it is asked of the
//! schema in `tests/conformance/test_sarif.py`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use common::Folder;

fn folder() -> Folder {
    Folder::new(&[
        (
            "site.toml",
            "spec = 1\n\n[make.conf]\nACCEPT_KEYWORD = \"~x86\"\nFEATURES = \"buildpgk\"\n\n\
             [\"package.accept_keywords/x\"]\n\"a/one\" = \"**\"\n\n[check]\n\
             L19 = { level = \"allow\", why = \"one, of one's own: 100%\" }\nL031 = { level = \"error\", why = \"typos\" }\n",
        ),
        ("broken.toml", "spec = 1\n[make.conf\n"),
    ])
}

#[test]
fn sarif() {
    let folder = folder();
    let run = folder.run(&["check", "site.toml", "--format", "sarif"]).expect(1);
    assert_eq!(run.err, "");
    let version = format!("\"semanticVersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
    insta::assert_snapshot!("sarif", run.out.replace(&version, "\"semanticVersion\": \"…\""));
    let log = folder.run(&["check", "broken.toml", "--format", "sarif"]).expect(2).json();
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert_eq!(log["runs"][0]["results"][0]["level"], "error");
}

#[test]
fn github() {
    let run = folder().run(&["check", "site.toml", "--format", "github"]).expect(1);
    assert_eq!(run.err, "");
    insta::assert_snapshot!("github", run.out);
}

#[test]
fn other_commands_do_not_know_them() {
    for format in ["sarif", "github"] {
        let run = folder().run(&["show", "site.toml", "--format", format]).expect(2);
        assert!(run.out.contains("this format is of `check` alone"), "{run:?}");
    }
}

#[test]
fn levels_have_reasons() {
    let folder = folder();
    let human = folder.run(&["check", "site.toml", "-v"]).expect(1).out;
    assert!(
        human.contains("= allowed: one, of one's own: 100%\n") && human.contains("= level: typos\n"),
        "{human}"
    );
    assert!(!folder.run(&["check", "site.toml"]).expect(1).out.contains("of one's own"));
    let json = folder.run(&["check", "site.toml", "-v", "--format", "json"]).expect(1).json();
    let reasons: Vec<_> =
        json["diagnostics"].as_array().unwrap().iter().map(|found| &found["reason"]).collect();
    assert_eq!(reasons, [&serde_json::Value::Null, &"typos".into(), &"one, of one's own: 100%".into()]);
    for (check, said) in [
        ("L019 = { why = \"x\" }", "the level is missing"),
        ("L019 = { level = \"off\", why = \"x\" }", "`off` is no level"),
        ("L019 = { level = \"allow\", why = 1 }", "`why` is a text"),
        ("L019 = { level = \"allow\", until = \"x\" }", "a check has no `until`"),
        ("L999 = { level = \"allow\" }", "`L999` is no check"),
        ("\"make.conf\".L019 = { level = 1 }", "a level is a string"),
    ] {
        folder.write("x.toml", format!("spec = 1\n[check]\n{check}\n").as_bytes());
        let run = folder.run(&["check", "x.toml"]).expect(1);
        assert!(run.out.contains(said), "{check}: {}", run.all());
    }
    folder.write(
        "y.toml",
        b"spec = 1\nextends = [\"site.toml\"]\n[check.\"make.conf\"]\nL031 = { level = \"allow\", why = \"here\" }\n",
    );
    let human = folder.run(&["check", "y.toml", "-v"]).expect(1).out;
    assert!(human.contains("= allowed: here\n"), "{human}");
}
