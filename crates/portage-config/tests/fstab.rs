//! fstab(5), asked of findmnt(8).

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::fs;
use std::process::Command;

use portage_config::file::Grammar;
use portage_config::model::{Fstab, Model, Mount};
use portage_config::report::Report;
use portage_config::syntax;
use portage_config::vocab::{RelPath, Text};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The six fields of each row.
type Rows = Vec<(String, String, String, Option<String>, i64, i64)>;

/// What findmnt reads, and how many lines it ignores.
fn findmnt(text: &[u8]) -> (Rows, usize) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fstab");
    fs::write(&path, text).unwrap();
    let run = Command::new("findmnt")
        .args(["--list", "--json", "--output", "SOURCE,TARGET,FSTYPE,OPTIONS,FREQ,PASSNO", "--tab-file"])
        .arg(&path)
        .output()
        .unwrap();
    let ignored = String::from_utf8_lossy(&run.stderr).matches("parse error").count();
    if run.stdout.is_empty() {
        return (Rows::new(), ignored);
    }
    let answer: serde_json::Value = serde_json::from_str(&String::from_utf8_lossy(&run.stdout)).unwrap();
    let string = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let rows = answer["filesystems"].as_array().unwrap().iter().map(|row| {
        (
            string(&row["source"]).unwrap_or_default(),
            string(&row["target"]).unwrap_or_default(),
            string(&row["fstype"]).unwrap_or_default(),
            string(&row["options"]),
            row["freq"].as_i64().unwrap(),
            row["passno"].as_i64().unwrap(),
        )
    });
    (rows.collect(), ignored)
}

fn rows(fstab: &Fstab) -> Rows {
    let row = |mount: &Mount| {
        let options: Vec<&str> = mount.options.iter().map(Text::reveal).collect();
        (
            mount.source.reveal().to_owned(),
            mount.target.clone(),
            mount.fstype.clone(),
            (!options.is_empty()).then(|| options.join(",")),
            i64::from(mount.dump),
            i64::from(mount.pass),
        )
    };
    fstab.mounts.iter().map(row).collect()
}

fn read(text: &[u8]) -> (Fstab, usize) {
    let path = RelPath::parse("etc/fstab").unwrap();
    let mut report = Report::new();
    let model = syntax::read(&Grammar::Fstab, text, &mut report.text(&path, text));
    let Model::Fstab(fstab) = model else { panic!("{model:?}") };
    (fstab, report.diagnostics.iter().filter(|d| d.code.id == "P040").count())
}

fn sampled<T>(count: usize, strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn what_is_written_comes_back() {
    if !common::tool("fstab::what_is_written_comes_back", "findmnt") {
        return;
    }
    let field = "[!-~é \t\\\\#\"0-7]{1,12}";
    let option = select(vec!["rw", "noatime", "x=\"a,b\"", "a b", "p=\\", "a\\,b", "#", "é=\t"]);
    let row = (field, field, "[a-z0-9. #]{1,6}", prop::collection::vec(option, 1..4), 0..3u32, 0..3u32);
    let mounts = sampled(2000, row).into_iter().enumerate().map(
        |(i, (source, target, fstype, options, dump, pass))| Mount {
            source: source.into(),
            target: format!("/{i}{target}"),
            fstype,
            options: options.into_iter().map(Text::from).collect(),
            dump,
            pass,
            ..Mount::default()
        },
    );
    // An option that ends in a backslash takes the comma behind it along: that is refused, not written.
    let sayable = |mount: &Mount| {
        let fstab = Fstab { mounts: vec![mount.clone()], ..Fstab::default() };
        syntax::columns::write(b"", &fstab).is_ok()
    };
    let fstab = Fstab { header: vec!["head".into()], mounts: mounts.filter(sayable).collect() };
    assert!(fstab.mounts.len() > 1000);
    let text = syntax::columns::write(b"", &fstab).unwrap();
    let (found, ignored) = findmnt(&text);
    assert_eq!(ignored, 0);
    assert_eq!(found.len(), fstab.mounts.len());
    for (found, wanted) in found.iter().zip(rows(&fstab)) {
        assert_eq!(*found, wanted);
    }
    assert_eq!(read(&text).0, fstab);
}

#[test]
fn odd_files_are_read_alike() {
    if !common::tool("fstab::odd_files_are_read_alike", "findmnt") {
        return;
    }
    let texts = [
        &b"# c\n  # c2\n\n/dev/a /a ext4\n/dev/b /b ext4 defaults 1\n"[..],
        b"/dev/c /c\\040c\\011y\\134z ext4 defaults,x=\"a,b\",y=\\134z 0 0 seventh\n",
        b"\"/dev/d d\" /d ext4 defaults 0 0\n\"/dev/e\" \"/e\" ext4 rw 0 0\nUUID=\"abc\" /f ext4 rw 0 0\n",
        b"/dev/g /g ext4 defaults # comment\n/dev/h /h ext4 defaults 0 0 # comment\n/dev/i /i ext4 rw 0 # c\n",
        b"/dev/j /j ext4 # c\n/dev/k /k\n/dev/l\n/dev/m /m ext4 defaults 0x1 2\n/dev/n /n ext4 rw 0 1a\n",
        b"#a /n ext4 rw 0 0\n\\043a /o ext4 rw 0 0\n/dev/p /p\\303\\251\\377z ext4 rw 0 0\n",
        b"/dev/q /q ext4 a\\,b,c 0 0\n/dev/r /r ext4 rw 0 0\r\n/dev/s\x0c /s\x0b ext4 rw 0 0\n",
        b"/dev/u swap swap sw\n/dev/v none swap sw\n/dev/w /w ext4 a\"b,c 0 0\nx /z proc a,b\"c,d\"e 007 +08\n",
        b"x /aa proc defaults 0 1 \t\nx rel proc defaults 0 0\nx /dd proc defaults\xc2\xa00 0\n",
        b"x /y\\400\\1\\08\\9 proc rw\nx /bb proc #\n\tx\t/cc\tproc\trw\t0\t0\t\n",
        b"a /a x rw\rb /b x rw\na /c x rw 1\r 2\n",
        b"/dev/last /last ext4 rw 0\r",
        b"/dev/last /last ext4 rw 0 2",
        b"",
        b"# only\n",
        b"x /dup a rw\nx /dup a rw\ny / b rw\n",
    ];
    for text in texts {
        let (fstab, ours) = read(text);
        let (found, theirs) = findmnt(text);
        assert_eq!(rows(&fstab), found, "{}", String::from_utf8_lossy(text));
        assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(text));
    }
}
