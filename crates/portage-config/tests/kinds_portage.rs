//! The tables of variables, features and settings against real Portage.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use std::collections::BTreeSet;
use std::process::Command;

use portage_config::config::{Body, Config, File};
use portage_config::model::{Ini, IniKey, IniSection, Model};
use portage_config::report::Report;
use portage_config::vocab::{Allowed, Incremental, RelPath, features, variable, variables};
use portage_config::{file, lint};

fn ask(test: &str, script: &str) -> Option<BTreeSet<String>> {
    let python = common::python(test)?;
    let output = Command::new(python).args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let words = String::from_utf8(output.stdout).unwrap();
    let words: BTreeSet<String> = words.split_whitespace().map(str::to_owned).collect();
    assert!(!words.is_empty(), "Portage has said nothing");
    Some(words)
}

#[test]
fn features_are_those_of_portage() {
    let script = "from portage.const import SUPPORTED_FEATURES as f; print(*f)";
    let Some(theirs) = ask("features_are_those_of_portage", script) else { return };
    let ours: BTreeSet<String> = features().iter().map(|feature| feature.name.to_owned()).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn incremental_variables_are_those_of_portage() {
    let script = "from portage.const import INCREMENTALS as i; print(*i)";
    let Some(theirs) = ask("incremental_variables_are_those_of_portage", script) else { return };
    let ours: BTreeSet<String> = variables()
        .filter(|variable| variable.incremental == Incremental::Yes)
        .map(|variable| variable.name.to_owned())
        .collect();
    assert_eq!(ours, theirs);
}

#[test]
fn dropped_variables_are_those_of_portage() {
    let script = "from portage.package.ebuild._config.special_env_vars import env_blacklist as e; print(*e)";
    let Some(mut theirs) = ask("dropped_variables_are_those_of_portage", script) else { return };
    theirs.retain(|name| name != "_" && !name.contains('%'));
    assert!(theirs.remove("ROOT"), "read from make.conf before it is dropped");
    let ours: BTreeSet<String> = variables()
        .filter(|variable| variable.allowed == Allowed::Environment)
        .map(|variable| variable.name.to_owned())
        .collect();
    assert_eq!(ours, theirs);
}

#[test]
fn variables_that_ebuilds_see_or_not_are_known() {
    let script = "from portage.package.ebuild._config.special_env_vars import environ_filter as e; print(*e)";
    let Some(theirs) = ask("variables_that_ebuilds_see_or_not_are_known", script) else { return };
    let internal =
        ["GLOBSORT", "HISTFILE", "INFOPATH", "MANPATH", "NOCONFMEM", "O", "POSIXLY_CORRECT", "PYTHONUTF8"];
    for name in theirs {
        let skip = internal.contains(&name.as_str()) || name.starts_with('_') || name == "USER";
        assert!(skip || variable(&name).is_some(), "{name}");
    }
}

#[test]
fn settings_of_repositories_are_those_of_portage() {
    let script = r#"
import inspect, os, re, portage, portage.repository.config as c, portage.binrepo.config as b
print(*(k for k in re.findall(r'repo_opts\.get\(\s*"([a-z-]+)"', inspect.getsource(c.RepoConfig.__init__))))
for folder, _, names in os.walk(os.path.join(os.path.dirname(portage.__file__), "sync", "modules")):
    for name in (n for n in names if n == "__init__.py"):
        print(*re.findall(r'"(sync-[a-z-]+)"', open(os.path.join(folder, name)).read()))
"#;
    let Some(theirs) = ask("settings_of_repositories_are_those_of_portage", script) else { return };
    let keys = theirs.into_iter().map(|key| IniKey { key, ..IniKey::default() }).collect();
    let sections = vec![IniSection { name: "DEFAULT".into(), keys, ..IniSection::default() }];
    let model = Model::Ini(Ini { sections, ..Ini::default() });
    let path = RelPath::parse("etc/portage/repos.conf").unwrap();
    let mut config = Config::default();
    config.files.insert(path.clone(), File::new(file::find(&path), Body::Model(model)));
    let mut report = Report::new();
    lint::check(&config, &mut report);
    let unknown: Vec<&str> =
        report.diagnostics.iter().filter(|d| d.code.id == "L114").map(|d| d.message.as_str()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn names_that_are_read_are_those_of_the_walk() {
    let script = r"
import os, tempfile
from portage.util import _recursive_file_list as walk
names = ['a', '.a', 'a~', 'a.bak', 'CVS', 'RCS', 'SCCS', '.git', '.svn', '#a#', '._cfg0000_a', 'README', '~a']
with tempfile.TemporaryDirectory() as top:
    for name in names:
        open(os.path.join(top, name), 'w').close()
    print(*(os.path.relpath(path, top) for path in walk(top)))
with tempfile.TemporaryDirectory() as top:
    for name in names:
        os.mkdir(os.path.join(top, name))
        open(os.path.join(top, name, 'x'), 'w').close()
    print(*(os.path.relpath(path, top) for path in walk(top)))
";
    let Some(theirs) = ask("names_that_are_read_are_those_of_the_walk", script) else { return };
    let names = [
        "a",
        ".a",
        "a~",
        "a.bak",
        "CVS",
        "RCS",
        "SCCS",
        ".git",
        ".svn",
        "#a#",
        "._cfg0000_a",
        "README",
        "~a",
    ];
    let mut ours = BTreeSet::new();
    for name in names {
        for path in [name.to_owned(), format!("{name}/x")] {
            let whole = RelPath::parse(&format!("etc/portage/package.use/{path}")).unwrap();
            if file::find(&whole).is_some() {
                ours.insert(path);
            }
        }
    }
    assert_eq!(ours, theirs);
}
