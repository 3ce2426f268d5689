//! One mistake a file, and what is said of it.

use std::fmt::Write as _;

use camino::Utf8Path;
use portage_config::report::{Report, Severity};
use portage_config::spec::{self, Options};

use super::common::Files;

fn plain(report: &Report) -> String {
    let mut out = String::new();
    for found in &report.diagnostics {
        let level = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        let place = found.spot.span.and_then(|span| {
            let source = report.sources.get(span.source)?;
            let (line, column) = source.position(span.start);
            let under = source.text.get(span.start..span.end).unwrap_or("?").replace('\n', "\\n");
            Some(format!(" {line}:{column} [{under}]"))
        });
        let _ = writeln!(out, "{level} {}{}", found.code.id, place.unwrap_or_default());
        let _ = writeln!(out, "  {}", found.message);
        if let Some(help) = &found.help {
            let _ = writeln!(out, "  help: {help}");
        }
    }
    out
}

fn read(name: &str, text: &[u8]) -> Report {
    let files = Files::from([(name.into(), text.to_vec())]);
    let mut report = Report::new();
    spec::load(name, &Options::new(&files), &mut report);
    report
}

#[test]
fn every_mistake_is_named_and_placed() {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/invalid");
    let mut names: Vec<String> = folder
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_owned())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    assert!(names.len() > 70, "{}", names.len());
    let mut all = String::new();
    for name in &names {
        let report = read(name, &std::fs::read(folder.join(name)).unwrap());
        assert!(!report.diagnostics.is_empty(), "{name} is good");
        for found in &report.diagnostics {
            assert!(found.spot.span.is_some() || matches!(found.code.id, "S025"), "{name} has no place");
        }
        let _ = write!(all, "== {name}\n{}", plain(&report));
    }
    insta::assert_snapshot!("invalid", all);
}

#[test]
fn bytes_that_are_no_text() {
    let report = read("x.toml", b"spec = 1\n[make.conf]\nUSE = '\xff'\n");
    assert_eq!(plain(&report), "error S002 3:8 [\u{fffd}]\n  this byte is not UTF-8\n");
    assert_eq!(
        read("x.toml", b"\xef\xbb\xbfspec = 1\n[make.conf]\n").diagnostics.len(),
        0,
        "a byte order mark"
    );
}
