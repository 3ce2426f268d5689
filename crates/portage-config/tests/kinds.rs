//! What holds for every kind of file.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use std::collections::BTreeSet;

use portage_config::file::{
    Grammar, IniDialect, ItemWords, Kind, PairsDialect, Place, RuleWords, VarsDialect, find, kinds,
};
use portage_config::model::Model;
use portage_config::report::Report;
use portage_config::syntax::{read, spans, write};
use portage_config::template::Templates;
use portage_config::vocab::RelPath;
use proptest::prelude::*;
use proptest::sample::select;

fn model(kind: &Kind, text: &[u8]) -> Model {
    let path = RelPath::parse("file").unwrap();
    read(&kind.grammar, text, &mut Report::new().file(&path))
}

/// Two files of a kind that have something in common, with odd layout.
fn samples(kind: &Kind) -> [&'static str; 2] {
    match kind.grammar {
        Grammar::Rules(dialect) => match dialect.words {
            RuleWords::Keywords => ["# c\na/b  amd64 # why\n\na/c\t-x86\n", "a/c -x86\nd/e ~x86\n"],
            _ => ["# c\na/b  x -y # why\n\na/c\tz\n", "a/c z\nd/e x\n"],
        },
        Grammar::Items(dialect) => match dialect.words {
            ItemWords::Versions => ["# c\na/b-1\n\n a/c-2 # why\n", "a/c-2\nd/e-3\n"],
            ItemWords::Flags => ["# c\na\n\n -b # why\n", "-b\nc\n"],
            ItemWords::Line => ["8\n", "7"],
            ItemWords::Joined => ["a b=c\n\nd\n", "d"],
            _ => ["# c\na/b\n\n a/c # why\n", "a/c\nd/e\n"],
        },
        Grammar::Vars(VarsDialect::Getconfig) => {
            ["# c\nA='x' # why\nB=\"${A} \\\n y\"\n", "B=\"y\"\nC=\"\\$z\"\n"]
        }
        Grammar::Vars(VarsDialect::Shell { .. }) => {
            ["# c\nA='x' # why\nexport B=\"${A} y\"\n", "B=\"y\"\nC=\"z\"\n"]
        }
        Grammar::Ini(IniDialect::ConfigParser) => {
            ["# c\n[a]\nb : 1\n\n[c]\nd=2\n", "[c]\nd = 2\n[e]\nf = 3\n"]
        }
        Grammar::Ini(IniDialect::KeyFile) => {
            ["# c\n[generic]\n\tB = 1\n\n[C]\nD=a\\\n", "[C]\nD = 3\n[E]\nF = true\n"]
        }
        Grammar::Ini(_) => ["# c\n[A]\nB = 1\n\n[C]\nD=2\nD=3\n", "[C]\nD=2\n[E]\nF=3\n"],
        Grammar::Pairs(PairsDialect::KernelConfig) => {
            ["# c\nCONFIG_A=y\n\n# CONFIG_B is not set\n", "# CONFIG_B is not set\nCONFIG_C=\"x\"\n"]
        }
        Grammar::Pairs(PairsDialect::Preset) => {
            ["# c\nenable a.service\n\n disable b*\n", "disable b*\nignore c.x\n"]
        }
        Grammar::Pairs(PairsDialect::Assign) => ["# c\na=b\n\n c = d\n", "c=d\ne=f = g\n"],
        Grammar::Pairs(PairsDialect::Columns { .. }) => ["# c\na b\tc\n\n d  e f  g\n", "d e f g\nx y\n"],
        Grammar::Pairs(PairsDialect::KeyValue) => ["# c\na=b\n\n c = d\n", "c = d\ne = f = g\n"],
        Grammar::Pairs(PairsDialect::ColorMap) => {
            ["# c\nGOOD='green'\n\n BAD = red # why\n", "BAD=red\nWARN=01m\n"]
        }
        Grammar::Fstab => {
            ["# c\n/dev/a / ext4\n\n/dev/b\t/b ext4 ro 0 2\n", "/dev/b /b ext4 ro 0 2\n/dev/c none swap sw\n"]
        }
        Grammar::Toml => ["# c\na = [ 'x',\n  'y' ]\n\n[t]\nb = 1 # why\n", "c = true\n[t]\nb = 1\n"],
        Grammar::Opaque => ["#!/bin/sh\r\n\x07", "\n"],
        _ => panic!("{}: a language without samples", kind.name),
    }
}

#[test]
fn every_kind_has_what_a_kind_needs() {
    for kind in kinds() {
        let text = kind.template.and_then(Templates::source);
        assert_eq!(text.is_none(), kind.grammar == Grammar::Opaque, "{}: a template, or none", kind.name);
        for sample in samples(kind) {
            let said = model(kind, sample.as_bytes());
            assert!(!said.is_empty(), "{}: {sample:?} says nothing", kind.name);
            let places = spans(&kind.grammar, sample.as_bytes());
            assert_eq!(places.is_empty(), kind.grammar == Grammar::Opaque, "{}", kind.name);
            for (_, range) in places {
                assert!(sample.get(range).is_some_and(|entry| !entry.trim().is_empty()), "{}", kind.name);
            }
        }
    }
}

#[test]
fn what_is_written_into_another_file_is_read_back() {
    for kind in kinds() {
        let [first, second] = samples(kind);
        for (text, wanted) in [(first, second), (second, first), ("", first), ("", second)] {
            let wanted = model(kind, wanted.as_bytes());
            let written = write(&kind.grammar, text.as_bytes(), &wanted);
            let written = written.unwrap_or_else(|refusal| panic!("{}, {text:?}: {refusal}", kind.name));
            let shown = String::from_utf8_lossy(&written);
            assert!(wanted.satisfied_by(&model(kind, &written)), "{}, {text:?}: {shown}", kind.name);
            assert_eq!(write(&kind.grammar, &written, &wanted).unwrap(), written, "{}: {shown}", kind.name);
        }
    }
}

/// Lines of any language.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<&'static [u8]> = kinds()
        .iter()
        .flat_map(|kind| samples(kind))
        .flat_map(|sample| sample.split_inclusive('\n'))
        .map(str::as_bytes)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let line = prop_oneof![
        8 => select(lines).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn what_is_read_is_written_without_losing_a_byte(text in text()) {
        for kind in kinds() {
            let written = write(&kind.grammar, &text, &model(kind, &text));
            prop_assert_eq!(written.as_deref(), Ok(&text[..]), "{}", kind.name);
        }
    }
}

/// The rows of `data/portage5.tsv`.
fn rows() -> Vec<[&'static str; 5]> {
    let text = include_str!("../data/portage5.tsv");
    let row = |line: &'static str| {
        let cells: Vec<_> = line.split('\t').collect();
        <[&str; 5]>::try_from(cells).unwrap_or_else(|cells| panic!("{cells:?}"))
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn every_file_of_portage_5_has_a_kind_or_a_reason() {
    let rows = rows();
    let paths: Vec<_> = rows.iter().map(|[path, ..]| path).collect();
    assert!(paths.is_sorted() && paths.iter().collect::<BTreeSet<_>>().len() == paths.len());
    for [path, node, section, name, reason] in rows {
        assert!(!section.is_empty(), "{path}: said nowhere");
        assert_ne!(name.is_empty(), reason.is_empty(), "{path}: a kind or a reason");
        let kind_of = |path: &str| find(&RelPath::parse(path).unwrap()).map(|kind| kind.name);
        let (here, below) = (kind_of(path), kind_of(&format!("{path}/x")));
        let here = here.unwrap_or_default();
        match node {
            "file" | "link or folder" => assert_eq!((here, below), (name, None), "{path}"),
            "file or folder" => assert_eq!((here, below), (name, Some(name)), "{path}"),
            "folder" => assert_eq!(below, Some(name), "{path}"),
            "program" | "programs" | "data" => assert_eq!(below.unwrap_or_default(), name, "{path}"),
            _ => panic!("{path}: {node}"),
        }
    }
}

#[test]
fn every_kind_of_portage_is_in_the_list() {
    let listed: BTreeSet<&str> = rows().iter().map(|[_, _, _, kind, _]| *kind).collect();
    for kind in kinds() {
        let base = match kind.place {
            Place::File(base) | Place::FileOrFolder(base) | Place::Folder(base) | Place::Link(base) => base,
            _ => continue,
        };
        let portage = base.starts_with("etc/portage/") || base.starts_with("var/lib/portage/");
        assert!(!portage || listed.contains(kind.name), "{} is not in data/portage5.tsv", kind.name);
    }
}
