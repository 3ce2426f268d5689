//! dracut's files, judged by dracut and by bash, which sources them.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    reason = "a test may fail"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use portage_config::file::dracut::{DRACUT_CONF_D, Parameter, Type, parameters};
use portage_config::model::{Assign, Comment, Model, Statement, Vars};
use portage_config::report::Report;
use portage_config::syntax;
use portage_config::vocab::{RelPath, Word};

/// Whether the tools are there. Otherwise the test is left to `scripts/test`, or fails when that asks for it.
fn tools(test: &str) -> bool {
    let there = ["dracut", "bash"].iter().all(|tool| {
        let found = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&found).any(|folder| folder.join(tool).is_file())
    });
    if !there {
        let demanded = std::env::var_os("PORTAGE_CONFIG_CONFORMANCE").is_some_and(|value| value == "1");
        assert!(!demanded, "{test}: dracut or bash is missing");
        println!("left to scripts/test: {test}");
    }
    there
}

/// What dracut has against a folder of files.
fn complaint(folder: &Path) -> Option<String> {
    let output = Command::new("dracut")
        .args(["--conf", "/dev/null", "--confdir"])
        .arg(folder)
        .args(["--no-kernel", "--kver", "6.6.0", "--list-modules"])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success() || errors.contains("WARNING")).then_some(errors)
}

/// The values of variables after bash has read the files, in order.
fn values(files: &[&Path], names: &[&str]) -> Vec<String> {
    let output = Command::new("bash")
        .args(["--norc", "-c", "n=$1; shift; for f in \"${@:1:n}\"; do . \"$f\"; done; shift $n; for v; do printf '%s\\0' \"${!v}\"; done", "-"])
        .arg(files.len().to_string())
        .args(files)
        .args(names)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut all: Vec<String> = text.split('\0').map(str::to_owned).collect();
    all.pop();
    all
}

fn model(pairs: &[(&Parameter, String)]) -> Model {
    let statement = |(parameter, value): &(&Parameter, String)| {
        Statement::Assign(Assign {
            name: parameter.key.to_owned(),
            append: parameter.append,
            value: Word::literal(value),
            comment: Comment::default(),
        })
    };
    Model::Vars(Vars {
        header: vec![" made by a test".into()],
        statements: pairs.iter().map(statement).collect(),
    })
}

fn samples(ty: &Type) -> Vec<String> {
    let all: &[&str] = match ty {
        Type::Bool => &["yes", "no"],
        Type::Words => &[" one ", " one two/three-4 "],
        Type::Path => &["/tmp", "/usr/lib/with blank/$x"],
        Type::Integer(from, to) => return vec![from.to_string(), to.to_string()],
        Type::Choice(words) => words,
        _ => &["", "root=nbd:192.0.2.10:10809/rootfs:ext4:ro ip=dhcp", "a \"b\" 'c' `d` $e \\ #f"],
    };
    all.iter().map(|&value| value.to_owned()).collect()
}

#[test]
fn dracut_and_bash_read_what_is_written() {
    if !tools("dracut: dracut_and_bash_read_what_is_written") {
        return;
    }
    let path = RelPath::parse("etc/dracut.conf.d/10-test.conf").unwrap();
    for round in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        // what dracut looks at on this machine before it lists its modules
        let pick = |p: &Parameter| {
            let all = samples(&p.ty);
            match p.key {
                "no_kernel" => "yes".to_owned(),
                "persistent_policy" => "mapper".to_owned(),
                "fileloglvl" | "sysloglvl" => "0".to_owned(),
                // asks for sbsign
                "uefi" => "no".to_owned(),
                "tmpdir" => "/tmp".to_owned(),
                // the folder of modules is compared with the kernel's version
                "drivers_dir" => "/lib/modules/6.6.0".to_owned(),
                _ => all[round % all.len()].clone(),
            }
        };
        let pairs: Vec<(&Parameter, String)> =
            parameters().iter().filter(|p| p.in_059).map(|p| (p, pick(p))).collect();
        let wanted = model(&pairs);
        let text = syntax::write(&DRACUT_CONF_D.grammar, b"", &wanted).unwrap();
        let mut report = Report::new();
        assert!(wanted.satisfied_by(&syntax::read(&DRACUT_CONF_D.grammar, &text, &mut report.file(&path))));
        (DRACUT_CONF_D.check)(&wanted, &mut report.file(&path));
        let errors: Vec<_> = report.diagnostics.iter().map(|d| (d.code.id, &d.message)).collect();
        assert!(report.diagnostics.iter().all(|d| d.code.id == "L071"), "{errors:?}");

        let file = folder.path().join("10-test.conf");
        fs::write(&file, &text).unwrap();
        assert_eq!(complaint(folder.path()), None, "{}", String::from_utf8_lossy(&text));
        let names: Vec<&str> = pairs.iter().map(|(p, _)| p.key).collect();
        let expected: Vec<String> = pairs.into_iter().map(|(_, value)| value).collect();
        assert_eq!(values(&[&file], &names), expected);
    }
}

#[test]
fn words_of_two_files_stay_apart() {
    if !tools("dracut: words_of_two_files_stay_apart") {
        return;
    }
    let path = RelPath::parse("etc/dracut.conf.d/x.conf").unwrap();
    let add = parameters().iter().find(|p| p.key == "add_dracutmodules").unwrap();
    for (value, apart) in [(" nbd ", true), ("nbd", false), (" nbd", false), ("nbd ", false)] {
        let folder = tempfile::tempdir().unwrap();
        let wanted = model(&[(add, value.to_owned())]);
        let text = syntax::write(&DRACUT_CONF_D.grammar, b"", &wanted).unwrap();
        let files = [folder.path().join("10-a.conf"), folder.path().join("20-b.conf")];
        files.iter().for_each(|file| fs::write(file, &text).unwrap());

        let mut report = Report::new();
        (DRACUT_CONF_D.check)(&wanted, &mut report.file(&path));
        let ours = report.diagnostics.iter().any(|d| d.code.id == "L065");
        assert_eq!(ours, !apart, "{value:?}");
        let theirs = complaint(folder.path());
        assert_eq!(theirs.is_none(), apart, "{value:?}: {theirs:?}");
        let words = values(&[&files[0], &files[1]], &["add_dracutmodules"]);
        // one blank is enough between two files, but not next to a third
        assert_eq!(words[0].split_whitespace().eq(["nbd", "nbd"]), value.contains(' '), "{value:?}");
    }
}
