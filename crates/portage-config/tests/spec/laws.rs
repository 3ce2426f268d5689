//! Laws that hold for every spec.

use std::time::{Duration, Instant};

use portage_config::report::Report;
use portage_config::spec::{self, Options};
use proptest::prelude::*;

use super::common::{Files, layers, load, specs, text};

fn read(bytes: &[u8]) -> usize {
    let files = Files::from([("main.toml".into(), bytes.to_vec())]);
    let mut report = Report::new();
    let _ = spec::load("main.toml", &Options::new(&files), &mut report);
    for found in &report.diagnostics {
        if let Some(span) = found.spot.span {
            let source = report.sources.get(span.source).unwrap();
            assert!(span.start <= span.end && span.end <= source.text.len() + 1, "{found:?}");
            source.position(span.start);
        }
    }
    report.diagnostics.len()
}

/// Pieces that specs are made of, in any order.
fn piece() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "make.conf",
        "package.use",
        "'package.use/x'",
        "'/etc/fstab'",
        "file",
        "root",
        "variant",
        "param",
        "a",
        "'a/b'",
        "USE",
        "MAKEOPTS",
        "add",
        "remove",
        "text",
        "own",
        "extends",
        "at",
        "'@{x}'",
        "x",
        "VIDEO_CARDS",
        "'/'",
        "options",
        "'repos.conf'",
        "'/etc/ugrd/config.toml'",
        "modules",
        "'/etc/systemd/x.conf'",
        "literal",
        "jobs",
        "check",
        "spec",
        "mode",
        "as",
    ]);
    let value = prop::sample::select(vec![
        "'x'",
        "true",
        "false",
        "3",
        "-1",
        "1.5",
        "['x', 'y']",
        "[]",
        "{}",
        "''",
        "{ add = 'x' }",
        "{ remove = true }",
        "'@{x}'",
        "{ remove = ['x'], add = ['y'] }",
        "'x VIDEO_CARDS: y'",
        "\"a\\nb\"",
        "{ literal = '$' }",
        "2026-01-01",
        "[{ a = 1 }]",
        "0o644",
        "'${USE}'",
        "'$('",
        "['preset:i486-glibc-systemd']",
        "'absent'",
        "'host:/x'",
        "[['x']]",
        "0x10",
    ]);
    let key = prop::collection::vec(word, 1..4).prop_map(|words| words.join("."));
    (key, value, 0..5_u8).prop_map(|(key, value, form)| match form {
        0 => format!("[{key}]\n"),
        1 => format!("# why\n[{key}]\n"),
        2 => format!("# why\n{key} = {value} # so\n"),
        3 => format!("[[{key}]]\n"),
        _ => format!("{key} = {value}\n"),
    })
}

fn words() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("-?[a-z][a-z0-9_+-]{0,6}", 1..6)
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ")
}

proptest! {
    #[test]
    fn reading_never_panics_on_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&bytes);
    }

    #[test]
    fn reading_never_panics_on_specs(pieces in prop::collection::vec(piece(), 0..6)) {
        read(pieces.concat().as_bytes());
    }

    #[test]
    fn a_string_and_its_parts_are_the_same(plain in words(), cards in words()) {
        let spec = |value: &str| format!("['package.use/x']\n'a/b' = {value}\n");
        let string = load(&spec(&format!("'{} VIDEO_CARDS: {}'", plain.join(" "), cards.join(" "))));
        for other in [
            format!("[{}, 'VIDEO_CARDS:', {}]", list(&plain), list(&cards)),
            format!("{{ USE = '{}', VIDEO_CARDS = [{}] }}", plain.join(" "), list(&cards)),
            format!("{{ add = [{}], VIDEO_CARDS.add = '{}' }}", list(&plain), cards.join("  ")),
        ] {
            let other = load(&spec(&other));
            prop_assert_eq!(&string.good().config, &other.good().config);
        }
    }

    #[test]
    fn a_layer_that_says_nothing_changes_nothing(plain in words()) {
        let base = format!("[make.conf]\nUSE = '{}'\n['package.use/x']\n'a/b' = [{}]\n", plain.join(" "), list(&plain));
        let alone = load(&base);
        for top in ["extends = ['base.toml']\n", "extends = ['base.toml', './base.toml']\n[make.conf]\n['package.use/x']\n"] {
            let over = layers(&[("main.toml", top), ("base.toml", &base)]);
            prop_assert_eq!(&alone.good().config, &over.good().config);
        }
    }

    #[test]
    fn adding_twice_adds_twice_and_removing_takes_all(base in words(), more in words()) {
        let layer = |extends: &str, edit: &str| format!("extends = ['{extends}']\n[make.conf]\nUSE.{edit} = [{}]\n", list(&more));
        let spec = format!("[make.conf]\nA = '1'\nUSE = '{}'\nB = '2'\n", base.join(" "));
        let all = [("base.toml", spec.as_str()), ("one.toml", &layer("base.toml", "add")), ("two.toml", &layer("one.toml", "add")),
                   ("main.toml", &layer("two.toml", "remove"))];
        let loaded = layers(&all);
        let left: Vec<&str> = base.iter().filter(|word| !more.contains(word)).map(String::as_str).collect();
        prop_assert_eq!(text(loaded.root(), "make.conf"), format!("A=\"1\"\nUSE=\"{}\"\nB=\"2\"\n", left.join(" ")));
        let mut files = specs(&all);
        let two = files.remove(camino::Utf8Path::new("two.toml")).unwrap();
        files.insert("main.toml".into(), two);
        let loaded = super::common::load_with(&files, |_| {});
        let wanted = [base.join(" "), more.join(" "), more.join(" ")].join(" ");
        prop_assert_eq!(text(loaded.good(), "make.conf"), format!("A=\"1\"\nUSE=\"{wanted}\"\nB=\"2\"\n"));
    }
}

#[test]
fn deep_nesting_does_not_overflow() {
    for depth in [50, 5_000, 200_000] {
        for (open, close) in [("[", "]"), ("{a=", "}")] {
            read(format!("[make.conf]\nUSE = {}1{}\n", open.repeat(depth), close.repeat(depth)).as_bytes());
        }
        read(format!("['/etc/ugrd/config.toml']\na{} = 1\n", ".a".repeat(depth.min(5_000))).as_bytes());
        read(format!("[a{}]\nx = 1\n", ".a".repeat(depth.min(5_000))).as_bytes());
    }
}

#[test]
fn large_specs_take_linear_time() {
    let start = Instant::now();
    let word = "x".repeat(5_000_000);
    assert_eq!(read(format!("spec = 1\n[make.conf]\nUSE = '{word}'\n").as_bytes()), 0);
    read(format!("spec = 1\n['{word}']\n").as_bytes());
    read(format!("spec = 1\n# {word}\n[make.conf]\n").as_bytes());
    read("# c\n".repeat(200_000).as_bytes());
    let rules: String =
        (0..10_000).map(|i| format!("# why {i}\n'cat/pkg{i}' = 'flag{i} -other' # so\n")).collect();
    let loaded = load(&format!("['package.use/x']\n{rules}"));
    assert_eq!(text(loaded.good(), "package.use/x").lines().count(), 20_000);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
