//! What somebody changed since it was written, and what generations did.
#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use portage_config::apply::Options;
use portage_config::plan::{self, Choices, Drifted, Plan, PlanError, drift};
use portage_config::report::Report;
use portage_config::root::Root;
use portage_config::spec;
use portage_config::state::{About, Guard, Owned, StateError};
use portage_config::template::Templates;

fn apply(dir: &Path, text: &str) {
    let files = BTreeMap::from([("spec.toml".into(), text.into())]);
    let mut report = Report::new();
    let spec = spec::load("spec.toml", &spec::Options::new(&files), &mut report).unwrap();
    let root = Root::open(dir).unwrap();
    let config = &spec.roots.first().unwrap().config;
    let choices = Choices::default();
    let plan = Plan::new(config, &Templates::builtin(), &root, &choices, &mut report).unwrap();
    run(&plan, &root);
}

fn run(plan: &Plan, root: &Root) {
    let mut guard = Guard::take(root, false).unwrap();
    let options = Options { sync: false, ..Options::default() };
    plan.apply(root, &mut guard, &About::default(), &options).unwrap();
}

fn found(dir: &Path) -> Vec<(String, Drifted, Owned, Vec<String>)> {
    let mut report = Report::new();
    let all = drift(&Root::open(dir).unwrap(), &mut report).unwrap();
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    let keys = |d: &plan::Drift| d.change.meaning.iter().map(|m| m.key.clone()).collect();
    all.iter().map(|d| (d.change.path.to_string(), d.how, d.owned, keys(d))).collect()
}

const USE: &str = "etc/portage/package.use/a";

#[test]
fn each_way_to_drift() {
    type Act = fn(&Path);
    let cases: [(Act, Option<Drifted>); 10] = [
        (|_| {}, None),
        (|p| fs::write(p, "a/b c\n").unwrap(), None),
        (|p| fs::write(p, "a/b d\n").unwrap(), Some(Drifted::Edited)),
        (|p| fs::write(p, "# x\na/b   c\n").unwrap(), Some(Drifted::Layout)),
        (|p| fs::remove_file(p).unwrap(), Some(Drifted::Removed)),
        (|p| fs::set_permissions(p, PermissionsExt::from_mode(0o600)).unwrap(), Some(Drifted::Mode)),
        (
            |p| {
                fs::remove_file(p).unwrap();
                fs::create_dir(p).unwrap();
            },
            Some(Drifted::Replaced),
        ),
        (
            |p| {
                fs::remove_file(p).unwrap();
                symlink("nowhere", p).unwrap();
            },
            Some(Drifted::Replaced),
        ),
        (
            |p| {
                fs::rename(p, p.with_file_name(".b")).unwrap();
                symlink(".b", p).unwrap();
            },
            None,
        ),
        (
            |p| {
                fs::write(p.with_file_name(".b"), "a/b x\n").unwrap();
                fs::remove_file(p).unwrap();
                symlink(".b", p).unwrap();
            },
            Some(Drifted::Edited),
        ),
    ];
    for (at, (act, how)) in cases.into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        apply(dir.path(), "[\"package.use/a\"]\n\"a/b\" = \"c\"\n");
        act(&dir.path().join(USE));
        let found = found(dir.path());
        assert_eq!(found.iter().map(|f| f.1).collect::<Vec<_>>(), Vec::from_iter(how), "case {at}");
        assert!(found.iter().all(|f| f.0 == USE && f.2 == Owned::Whole), "case {at}");
    }
}

#[test]
fn of_a_shared_file_our_entries_count() {
    let dir = tempfile::tempdir().unwrap();
    let world = dir.path().join("var/lib/portage/world");
    apply(dir.path(), "[\"/var/lib/portage/world\"]\n\"a/b\" = true\n\"a/c\" = true\n");
    fs::write(&world, "x/y\na/c\n# why\na/b\n").unwrap();
    assert_eq!(found(dir.path()), []);
    fs::set_permissions(&world, PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(found(dir.path()), []);
    fs::write(&world, "x/y\na/b\n").unwrap();
    let path = "var/lib/portage/world".to_owned();
    assert_eq!(found(dir.path()), [(path.clone(), Drifted::Edited, Owned::Entries, vec!["a/c".to_owned()])]);
    fs::remove_file(&world).unwrap();
    assert_eq!(found(dir.path())[0].1, Drifted::Removed);
}

#[test]
fn files_made_once_and_folders_are_somebody_elses() {
    let dir = tempfile::tempdir().unwrap();
    apply(dir.path(), "[\"package.use/a\"]\n\"a/b\" = \"c\"\n[file.\"/etc/x\"]\ndir = true\n");
    fs::write(dir.path().join("etc/portage/package.use/zz-autounmask"), "a/b d\n").unwrap();
    fs::remove_dir(dir.path().join("etc/x")).unwrap();
    assert_eq!(found(dir.path()), []);
}

#[test]
fn words_of_a_private_file_are_hidden() {
    let dir = tempfile::tempdir().unwrap();
    apply(dir.path(), "[make.conf]\nPASS = \"hunter2\"\n[file.\"make.conf\"]\nmode = 0o600\n");
    fs::write(dir.path().join("etc/portage/make.conf"), "PASS=\"hunter3\"\n").unwrap();
    let root = Root::open(dir.path()).unwrap();
    let mut all: Vec<_> =
        drift(&root, &mut Report::new()).unwrap().into_iter().map(|drift| drift.change).collect();
    all.extend(plan::done(1, &root, &mut Report::new()).unwrap());
    all.extend(plan::since(0, &root, &mut Report::new()).unwrap());
    all.extend(plan::since(1, &root, &mut Report::new()).unwrap());
    assert_eq!(all.iter().flat_map(|change| &change.meaning).count(), 4);
    for change in &all {
        assert!(change.meaning.iter().all(|meaning| meaning.secret), "{change:?}");
        assert!(!change.unified().contains("hunter"), "{}", change.unified());
        assert!(!format!("{:?}", change.meaning).contains("hunter"));
    }
}

#[test]
fn a_copy_that_is_missing_is_no_answer() {
    let dir = tempfile::tempdir().unwrap();
    apply(dir.path(), "[\"package.use/a\"]\n\"a/b\" = \"c\"\n");
    let copy = dir.path().join("var/lib/portage-config/applied").join(USE);
    fs::remove_file(&copy).unwrap();
    let root = Root::open(dir.path()).unwrap();
    let error = drift(&root, &mut Report::new()).unwrap_err();
    assert!(matches!(error, StateError::Corrupt { .. }), "{error}");
    fs::write(copy, "a/b c\n").unwrap();
    fs::remove_file(dir.path().join("var/lib/portage-config/generations/1/after").join(USE)).unwrap();
    assert!(matches!(plan::done(1, &root, &mut Report::new()), Err(PlanError::State(_))));
    assert!(matches!(plan::done(2, &root, &mut Report::new()), Err(PlanError::NoGeneration(2))));
}

#[test]
fn since_a_generation() {
    let dir = tempfile::tempdir().unwrap();
    let first = "[make.conf]\nUSE = \"a\"\n[\"package.use/a\"]\n\"a/b\" = \"c\"\n";
    apply(dir.path(), first);
    apply(dir.path(), &first.replace("\"a\"", "\"b\""));
    let root = Root::open(dir.path()).unwrap();
    let since = |number| {
        let all = plan::since(number, &root, &mut Report::new()).unwrap();
        all.iter().map(|c| format!("{:?} {}", c.op, c.path)).collect::<Vec<_>>()
    };
    assert_eq!(since(2), [""; 0]);
    assert_eq!(since(1), ["Update etc/portage/make.conf"]);
    fs::remove_file(dir.path().join(USE)).unwrap();
    assert_eq!(since(2), [format!("Create {USE}")]);
    assert_eq!(since(1), ["Update etc/portage/make.conf".to_owned(), format!("Create {USE}")]);
    fs::write(dir.path().join("etc/portage/make.conf"), "USE=\"a\"\n").unwrap();
    assert_eq!(since(1), [format!("Create {USE}")]);
    assert_eq!(since(2), ["Update etc/portage/make.conf".to_owned(), format!("Create {USE}")]);
}
