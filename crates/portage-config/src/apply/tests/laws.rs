//! What holds whatever is done to a root.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// What somebody does to a root between two runs, and what a run does.
#[derive(Clone, Debug)]
enum Act {
    Apply(Vec<usize>, Choice),
    Write(&'static str, &'static str),
    Remove(&'static str),
    Link(&'static str),
    Mode(&'static str, u32),
    Back(u64, Choice),
}

const PARTS: &[&str] = &[
    "[make.conf]\nUSE = \"a b\"\n",
    "[make.conf]\nUSE = \"a c\"\nCFLAGS = \"-O2\"\n",
    "[package.use]\n\"a/b\" = \"c\"\n",
    "[\"package.use/a\"]\n\"a/b\" = \"c\"\n",
    "[\"package.use/a\"]\n\"a/b\" = \"d\"\n\"a/c\" = \"-x\"\n",
    "[\"package.use/b/c\"]\n\"a/b\" = \"d\"\n",
    "[file.\"make.profile\"]\nlink = \"/var/x\"\n",
    "[file.\"make.profile\"]\nlink = \"/var/y\"\n",
    "[file.\"/etc/motd\"]\ntext = \"x\\n\"\nmode = 0o600\n",
    "[file.\"/etc/motd\"]\nown = \"absent\"\n",
    "[file.\"/etc/dir\"]\ndir = true\n",
    "[\"/var/lib/portage/world\"]\n\"a/b\" = true\n",
];

const PLACES: &[&str] = &[
    "etc/portage/make.conf",
    "etc/portage/package.use",
    "etc/portage/package.use/a",
    "etc/portage/package.use/m",
    "etc/portage/make.profile",
    "etc/motd",
    "etc/dir",
];

fn act() -> impl Strategy<Value = Act> {
    let choice =
        || select(vec![Choice::TakeOurs, Choice::TakeOurs, Choice::KeepTheirs, Choice::ConfigProtect]);
    prop_oneof![
        4 => (prop::collection::vec(0..PARTS.len(), 0..5), choice()).prop_map(|(parts, all)| Act::Apply(parts, all)),
        2 => (select(PLACES), select(vec!["USE=\"mine\"\n", "x/y z\n", ""])).prop_map(|(path, text)| Act::Write(path, text)),
        1 => select(PLACES).prop_map(Act::Remove),
        1 => select(PLACES).prop_map(Act::Link),
        1 => (select(PLACES), select(vec![0o600, 0o644, 0o755])).prop_map(|(path, mode)| Act::Mode(path, mode)),
        2 => (0..4_u64, choice()).prop_map(|(back, all)| Act::Back(back, all)),
    ]
}

/// Parts of a spec that can stand together.
fn together(parts: &[usize]) -> String {
    let mut seen: Vec<String> = Vec::new();
    let mut out = String::new();
    for part in parts.iter().filter_map(|part| PARTS.get(*part)) {
        let name = part.split(']').next().unwrap().replace(['[', '"'], "").replace("file.", "");
        // A file and a folder of one name cannot stand together.
        let clash = |other: &String| {
            *other == name || other.starts_with(&format!("{name}/")) || name.starts_with(&format!("{other}/"))
        };
        if !seen.iter().any(clash) {
            seen.push(name);
            out.push_str(part);
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Whatever somebody does in between, a run ends or changes nothing, a second one finds nothing to do, and going
    /// back to where it all began gives what was there, where nobody else changed it since.
    #[test]
    fn what_was_done_can_be_taken_back(start in prop::collection::vec(act(), 0..4), acts in prop::collection::vec(act(), 1..8)) {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        fs::create_dir_all(dir.join("etc/portage")).unwrap();
        for one in start {
            if !matches!(one, Act::Apply(..) | Act::Back(..)) {
                doing(dir, &one);
            }
        }
        let mut states = vec![snapshot(dir)];
        for one in acts {
            match one {
                Act::Apply(parts, all) => {
                    let spec = together(&parts);
                    let plan = planned(dir, &spec, Some(all));
                    let before = snapshot(dir);
                    if plan.conflicts().next().is_some() {
                        prop_assert!(run(dir, &plan).is_err());
                        prop_assert_eq!(snapshot(dir), before);
                        continue;
                    }
                    let dry = plan.display().to_string();
                    match run(dir, &plan) {
                        Ok(Some(number)) => {
                            prop_assert_eq!(number, states.len() as u64);
                            states.push(snapshot(dir));
                        }
                        Ok(None) => prop_assert_eq!(snapshot(dir), before),
                        Err(error) => prop_assert!(false, "{error}\n{spec}\n{dry}"),
                    }
                    let after = snapshot(dir);
                    let again = planned(dir, &spec, Some(all));
                    prop_assert!(again.is_empty(), "{spec}\n{dry}\nagain:\n{}", again.display());
                    prop_assert_eq!(run(dir, &again).unwrap(), None);
                    prop_assert_eq!(snapshot(dir), after);
                }
                Act::Back(number, all) => {
                    let number = number.min(states.len() as u64 - 1);
                    if states.len() < 2 {
                        continue;
                    }
                    let root = Root::open(dir).unwrap();
                    let plan = Plan::back(number, &root, &choices(Some(all)), &mut Report::new()).unwrap();
                    if plan.conflicts().next().is_some() {
                        continue;
                    }
                    let dry = plan.display().to_string();
                    match run(dir, &plan) {
                        Ok(Some(_)) => states.push(snapshot(dir)),
                        Ok(None) => {}
                        Err(error) => prop_assert!(false, "back to {number}: {error}\n{dry}"),
                    }
                    let again = Plan::back(number, &root, &choices(Some(all)), &mut Report::new()).unwrap();
                    prop_assert!(again.items.is_empty() || all != Choice::TakeOurs, "{}\nagain:\n{}", dry, again.display());
                }
                other => doing(dir, &other),
            }
        }
    }
}

fn doing(dir: &Path, act: &Act) {
    match act {
        Act::Write(path, text) => {
            let path = dir.join(path);
            if path.is_symlink() && !path.exists() {
                return;
            }
            if let Some(parent) = path.parent()
                && fs::create_dir_all(parent).is_ok()
                && !path.is_dir()
            {
                let _ = fs::write(path, text);
            }
        }
        Act::Remove(path) => {
            let path = dir.join(path);
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        }
        Act::Link(path) => {
            let path = dir.join(path);
            if let Ok(text) = fs::read_to_string(&path) {
                fs::create_dir_all(dir.join("home")).unwrap();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                fs::write(dir.join("home").join(&name), text).unwrap();
                fs::remove_file(&path).unwrap();
                symlink(format!("/home/{name}"), &path).unwrap();
            }
        }
        Act::Mode(path, mode) => {
            let path = dir.join(path);
            if path.is_file() && !path.is_symlink() {
                fs::set_permissions(path, fs::Permissions::from_mode(*mode)).unwrap();
            }
        }
        Act::Apply(..) | Act::Back(..) => {}
    }
}
