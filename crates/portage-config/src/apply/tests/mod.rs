//! Plans that are made and done in folders, and taken back.

mod laws;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::{ApplyError, Options};
use crate::plan::{Choice, Choices, Plan};
use crate::report::Report;
use crate::root::Root;
use crate::spec;
use crate::state::{About, Guard, State};
use crate::template::Templates;

/// A spec as a configuration.
fn config(text: &str) -> crate::config::Config {
    let files = BTreeMap::from([("spec.toml".into(), text.into())]);
    let mut report = Report::new();
    let spec = spec::load("spec.toml", &spec::Options::new(&files), &mut report);
    assert!(!report.has_errors(), "{:?}", report.diagnostics);
    spec.unwrap().roots.remove(0).config
}

fn choices(all: Option<Choice>) -> Choices {
    Choices { all, ..Choices::default() }
}

fn quick() -> Options {
    Options { sync: false, ..Options::default() }
}

fn planned(dir: &Path, text: &str, all: Option<Choice>) -> Plan {
    let mut report = Report::new();
    let root = Root::open(dir).unwrap();
    let plan = Plan::new(&config(text), &Templates::builtin(), &root, &choices(all), &mut report);
    plan.unwrap_or_else(|e| panic!("{e}: {:?}", report.diagnostics))
}

fn run(dir: &Path, plan: &Plan) -> Result<Option<u64>, ApplyError> {
    let root = Root::open(dir).unwrap();
    let mut guard = Guard::take(&root, false).unwrap();
    Ok(plan.apply(&root, &mut guard, &About::default(), &quick())?.map(|done| done.generation))
}

fn applied(dir: &Path, text: &str, all: Option<Choice>) -> Option<u64> {
    run(dir, &planned(dir, text, all)).unwrap()
}

fn back(dir: &Path, generation: u64, all: Option<Choice>) -> Option<u64> {
    let mut report = Report::new();
    let root = Root::open(dir).unwrap();
    let plan = Plan::back(generation, &root, &choices(all), &mut report).unwrap();
    run(dir, &plan).unwrap()
}

/// All below a folder but the state: mode, content or target, and the time of files.
fn snapshot(dir: &Path) -> BTreeMap<String, String> {
    fn walk(dir: &Path, top: &Path, all: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            if name == "var" {
                continue;
            }
            let meta = path.symlink_metadata().unwrap();
            let mode = meta.permissions().mode() & 0o7777;
            let what = if meta.is_symlink() {
                format!("-> {}", path.read_link().unwrap().display())
            } else if meta.is_dir() {
                walk(&path, top, all);
                format!("{mode:o}")
            } else {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                format!("{mode:o} {}.{} {text}", meta.mtime(), meta.mtime_nsec())
            };
            all.insert(name, what);
        }
    }
    let mut all = BTreeMap::new();
    walk(dir, dir, &mut all);
    all
}

fn put(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn text(dir: &Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).unwrap()
}

const USE: &str = "etc/portage/package.use/a";

#[test]
fn what_is_applied_is_there_and_a_second_run_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let spec = "[make.conf]\nUSE = \"nbd\"\n[\"package.use/a\"]\n\"a/b\" = \"c\"\n[file.\"make.profile\"]\nlink = \"/x\"\n";
    assert_eq!(applied(dir.path(), spec, None), Some(1));
    assert_eq!(text(dir.path(), USE), "a/b c\n");
    assert_eq!(text(dir.path(), "etc/portage/package.use/zz-autounmask"), "");
    let before = snapshot(dir.path());
    let plan = planned(dir.path(), spec, None);
    assert!(plan.is_empty(), "{}", plan.display());
    assert_eq!(run(dir.path(), &plan).unwrap(), None);
    assert_eq!(snapshot(dir.path()), before);
    assert_eq!(back(dir.path(), 0, None), Some(2));
    assert!(snapshot(dir.path()).is_empty(), "{:?}", snapshot(dir.path()));
    assert_eq!(back(dir.path(), 1, None), Some(3));
    assert_eq!(text(dir.path(), USE), "a/b c\n");
    assert!(planned(dir.path(), spec, None).is_empty());
}

#[test]
fn what_is_not_ours_stays_until_somebody_chooses() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "etc/portage/make.conf", "USE='x'\n");
    let spec = "[make.conf]\nUSE = \"nbd\"\n";
    let plan = planned(dir.path(), spec, None);
    assert_eq!(
        plan.display().to_string(),
        "update etc/portage/make.conf: it is there and was not written by portage-config\n"
    );
    assert!(matches!(run(dir.path(), &plan), Err(ApplyError::Conflicts(_))));
    assert!(!dir.path().join("var").exists());
    assert_eq!(applied(dir.path(), spec, Some(Choice::KeepTheirs)), None);
    assert_eq!(applied(dir.path(), spec, Some(Choice::ConfigProtect)), Some(1));
    assert_eq!(text(dir.path(), "etc/portage/._cfg0000_make.conf"), "USE='nbd'\n");
    assert_eq!(applied(dir.path(), spec, Some(Choice::ConfigProtect)), None, "it is there already");
    assert_eq!(applied(dir.path(), spec, Some(Choice::TakeOurs)), Some(2));
    assert_eq!(text(dir.path(), "etc/portage/make.conf"), "USE='nbd'\n");
    // It is ours: the next change is no conflict.
    assert_eq!(applied(dir.path(), "[make.conf]\nUSE = \"nbd b\"\n", None), Some(3));
    // Edited by hand, it is one.
    put(dir.path(), "etc/portage/make.conf", "USE=\"nbd b mine\"\n");
    let plan = planned(dir.path(), "[make.conf]\nUSE = \"c\"\n", None);
    assert_eq!(
        plan.display().to_string(),
        "update etc/portage/make.conf: it was changed since it was written\n"
    );
    // A comment is no conflict, and stays.
    put(dir.path(), "etc/portage/make.conf", "# mine\nUSE=\"nbd b\"\n");
    assert_eq!(applied(dir.path(), "[make.conf]\nUSE = \"c\"\n", None), Some(4));
    assert_eq!(text(dir.path(), "etc/portage/make.conf"), "# mine\nUSE=\"c\"\n");
    assert_eq!(back(dir.path(), 0, None), Some(5));
    assert_eq!(text(dir.path(), "etc/portage/make.conf"), "USE='x'\n");
}

#[test]
fn what_is_named_no_more_goes_if_it_is_as_it_was_left() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let both = "[\"package.use/a\"]\n\"a/b\" = \"c\"\n[\"package.use/b\"]\n\"a/c\" = \"c\"\n";
    assert_eq!(applied(dir, both, None), Some(1));
    put(dir, "etc/portage/package.use/zz-autounmask", "a/d e\n");
    assert!(planned(dir, both, None).is_empty(), "what emerge adds is no drift");
    assert_eq!(applied(dir, "[\"package.use/a\"]\n\"a/b\" = \"c\"\n", None), Some(2));
    assert!(!dir.join("etc/portage/package.use/b").exists());
    put(dir, USE, "a/b c mine\n");
    let plan = planned(dir, "", None);
    assert_eq!(plan.conflicts().count(), 1);
    assert_eq!(applied(dir, "", Some(Choice::KeepTheirs)), Some(3), "it is forgotten");
    assert!(planned(dir, "", None).is_empty());
    assert_eq!(text(dir, USE), "a/b c mine\n");
    assert_eq!(text(dir, "etc/portage/package.use/zz-autounmask"), "a/d e\n");
}

#[test]
fn a_file_becomes_a_folder_and_back() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "etc/portage/package.use", "# mine\nx/y z\n");
    let first = snapshot(dir);
    let folder = "[\"package.use/a\"]\n\"a/b\" = \"c\"\n";
    assert_eq!(applied(dir, folder, None), Some(1));
    assert_eq!(text(dir, "etc/portage/package.use/00-package.use"), "# mine\nx/y z\n");
    assert_eq!(text(dir, USE), "a/b c\n");
    let file = "[package.use]\n\"a/b\" = \"c\"\n";
    let plan = planned(dir, file, None);
    assert_eq!(plan.conflicts().count(), 1, "{}", plan.display());
    fs::remove_file(dir.join("etc/portage/package.use/00-package.use")).unwrap();
    assert_eq!(applied(dir, file, None), Some(2));
    assert_eq!(text(dir, "etc/portage/package.use"), "a/b c\n");
    assert_eq!(applied(dir, folder, None), Some(3), "ours: nothing is kept of it");
    assert!(!dir.join("etc/portage/package.use/00-package.use").exists());
    assert_eq!(back(dir, 0, None), Some(4));
    assert_eq!(snapshot(dir), first);
}

#[test]
fn links_are_written_through() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "home/dot", "a/b x\n");
    fs::create_dir_all(dir.join("etc/portage/package.use")).unwrap();
    symlink("/home/dot", dir.join(USE)).unwrap();
    let first = snapshot(dir);
    let spec = "[\"package.use/a\"]\n\"a/b\" = \"c\"\n";
    assert_eq!(planned(dir, spec, None).conflicts().count(), 1);
    applied(dir, spec, Some(Choice::TakeOurs));
    assert!(dir.join(USE).is_symlink());
    assert_eq!(text(dir, "home/dot"), "a/b c\n");
    assert!(planned(dir, spec, None).is_empty());
    back(dir, 0, None);
    assert_eq!(snapshot(dir), first);
}

#[test]
fn a_plan_that_is_too_old_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, USE, "a/b x\n");
    let plan = planned(
        dir,
        "[\"package.use/a\"]\n\"a/b\" = \"c\"\n[make.conf]\nUSE = \"y\"\n",
        Some(Choice::TakeOurs),
    );
    put(dir, USE, "a/b mine\n");
    let before = snapshot(dir);
    let error = run(dir, &plan).unwrap_err();
    assert_eq!(error.to_string(), "`etc/portage/package.use/a`: somebody else changed it in the meantime");
    assert_eq!(snapshot(dir), before);
    let state = State::open(&Root::open(dir).unwrap()).unwrap().unwrap();
    assert!(state.pending().unwrap().is_none() && state.generations().unwrap().is_empty());
}

/// A spec with so many changes that they are synced together.
fn many(more: &str) -> String {
    let files = (0..20).map(|n| format!("[file.\"/etc/many/{n}\"]\ntext = \"{n}\\n\"\n"));
    format!("{}{more}", files.collect::<String>())
}

#[test]
fn a_file_becomes_a_folder_among_many_changes() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "etc/portage/package.use", "# mine\nx/y z\n");
    let plan = planned(dir, &many("[\"package.use/a\"]\n\"a/b\" = \"c\"\n"), None);
    let root = Root::open(dir).unwrap();
    let mut guard = Guard::take(&root, false).unwrap();
    plan.apply(&root, &mut guard, &About::default(), &Options::default()).unwrap().unwrap();
    assert_eq!(text(dir, "etc/portage/package.use/00-package.use"), "# mine\nx/y z\n");
}

#[test]
fn what_cannot_be_taken_back_stays_written_down() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "etc/motd", "old\n");
    let plan = planned(dir, "[file.\"/etc/motd\"]\ntext = \"new\\n\"\n", Some(Choice::TakeOurs));
    let root = Root::open(dir).unwrap();
    let mut guard = Guard::take(&root, false).unwrap();
    let state = State::create(&root, &mut guard, false).unwrap();
    let job = super::job(0, &plan.items[0]);
    // A second change of the same place fails, after somebody has changed what the first one put there.
    let steps = super::execute::all(&root, &state.folder, std::slice::from_ref(&job), 1, false).unwrap();
    put(dir, "etc/motd", "mine\n");
    drop(steps);
    assert_eq!(text(dir, "etc/motd"), "mine\n");
    assert_eq!(fs::read_dir(dir.join("etc")).unwrap().count(), 2, "what was there lies beside it");
}
