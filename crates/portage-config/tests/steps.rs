//! `[step]` in a spec.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

use std::collections::BTreeMap;

use portage_config::report::Report;
use portage_config::spec::{Options, Step, load};

fn steps(files: &[(&str, &str)]) -> (Vec<Step>, Vec<String>) {
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().to_vec()));
    let files: BTreeMap<_, _> = files.collect();
    let mut report = Report::new();
    let resolved = load("a.toml", &Options::new(&files), &mut report).unwrap();
    let found = report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect();
    (resolved.steps, found)
}

#[test]
fn steps_are_merged_filled_and_sorted_by_phase() {
    let low = "spec = 1\n[param.disk]\ndefault = \"/dev/nbd0\"\n\
        [step.boot]\nabout = \"Copy.\"\nphase = \"boot\"\nrun = \"cp a b\"\n\
        [step.gone]\nabout = \"Old.\"\nphase = \"boot\"\n\
        [step.format]\nabout = \"Format.\"\nphase = \"prepare\"\nrun = \"mkfs.ext4 @{disk}\"\n";
    let high = "spec = 1\nextends = [\"low.toml\"]\n[step]\ngone.remove = true\nboot.on = \"board\"\n";
    let (steps, found) = steps(&[("a.toml", high), ("low.toml", low)]);
    assert_eq!(found, [""; 0]);
    let said: Vec<_> = steps.iter().map(|s| (&*s.name, s.on.as_deref(), s.run.as_deref().unwrap())).collect();
    assert_eq!(said, [("format", None, "mkfs.ext4 /dev/nbd0"), ("boot", Some("board"), "cp a b")]);
}

#[test]
fn steps_of_all_roots_are_there_once() {
    let text = "spec = 1\n[step.a]\nabout = \"A.\"\nphase = \"build\"\n[root.x]\n\
        [root.y.step.b]\nabout = \"B.\"\nphase = \"build\"\n";
    let (steps, found) = steps(&[("a.toml", text)]);
    assert_eq!(found, [""; 0]);
    let said: Vec<_> = steps.iter().map(|s| (&*s.name, s.roots.join(" "))).collect();
    assert_eq!(said, [("a", "x y".to_owned()), ("b", "y".to_owned())]);
}

#[test]
fn what_nothing_fills_keeps_its_name() {
    let text = "spec = 1\n[param.disk]\n[param.key]\nsecret = true\nvalue = \"hunter2\"\n[param.host]\nvalue = \"h\"\n\
        [step.a]\nabout = \"A @{disk}.\"\nphase = \"build\"\nrun = \"x @{disk} @{host} @{key} @@{host} @@{disk}\"\n\
        [step.b]\nabout = \"B.\"\nphase = \"build\"\nrun = \"x @{host} @@{disk}\"\n";
    let files: BTreeMap<_, _> = [("a.toml".into(), text.as_bytes().to_vec())].into();
    let mut options = Options::new(&files);
    options.require_params = false;
    let steps = load("a.toml", &options, &mut Report::new()).unwrap().steps;
    let said: Vec<_> = steps.iter().map(|s| (s.run.as_deref().unwrap(), s.open.join(" "))).collect();
    assert_eq!(
        said,
        [("x @{disk} h @{key} @{host} @{disk}", "disk key".to_owned()), ("x h @{disk}", String::new()),]
    );
    assert_eq!(steps[0].about, "A @{disk}.");
}

#[test]
fn mistakes_are_reported_together() {
    let text = "spec = 1\n[step]\nx = 1\ny.remove = true\nw = { remove = true, run = \"x\" }\n[step.z]\nabout = \"Z.\"\nphase = \"build\"\nremove = false\n[step.a]\nabuot = \"A.\"\nphase = \"bild\"\nrun = 1\n";
    let (steps, found) = steps(&[("a.toml", text)]);
    assert_eq!(steps.len(), 1);
    insta::assert_snapshot!(found.join("\n"), @r"
    S008 `x` is a step: a table, not an integer
    S012 there is no step `y` to remove
    S008 the step is removed, and its `run` with it
    S012 there is no step `w` to remove
    S008 `remove` is `true`, or is left out
    S005 a step has no `abuot`
    S008 `bild` is no phase
    S008 `run` is a string, not an integer
    S008 the step `a` has no `about` or no `phase`
    ");
}

#[test]
fn commands_are_kept_exactly_or_refused() {
    let run = |run: &str| {
        let text = format!("spec = 1\n[step.a]\nabout = \"A.\"\nphase = \"build\"\nrun = {run}\n");
        let (steps, found) = steps(&[("a.toml", &text)]);
        (steps[0].run.clone().unwrap(), found.join("; "))
    };
    assert_eq!(run("'''\r\na\tb\r\nc é'''"), ("a\tb\nc é".to_owned(), String::new()));
    for said in ["\"a\\u001B[2Jb\"", "\"a\\rb\"", "\"a\\u0085b\""] {
        assert!(run(said).1.starts_with("S011 `run` holds the control character \\u{"), "{said}");
    }
}
