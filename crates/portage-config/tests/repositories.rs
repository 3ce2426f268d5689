//! The repositories of a machine, their order, names and updates, as real Portage takes them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use portage_config::repository::{Given, ReposConf, Repositories, Update, Updates};
use portage_config::root::Root;
use portage_config::vocab::{Atom, Candidate, Dialect};
use serde_json::{Value, json};

/// The same numbers each time.
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(self.0 >> 8).unwrap() % count
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

fn put(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// What Portage answers: the script reads the questions and makes a list of answers.
fn ask(test: &str, script: &str, questions: &Value) -> Option<Vec<Value>> {
    let python = common::python(test)?;
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("questions.json");
    std::fs::write(&input, serde_json::to_vec(questions).unwrap()).unwrap();
    let script = format!(
        "import json, os, sys, tempfile\nquiet = os.dup(1)\nos.dup2(2, 1)\n\
         questions = json.load(open(sys.argv[1]))\nanswers = []\n{script}\n\
         os.dup2(quiet, 1)\nprint(json.dumps(answers))\n"
    );
    let output = Command::new(python)
        .args(["-c", &script])
        .arg(&input)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Repositories of every kind of name.
fn repositories(top: &Path) {
    for (path, text) in [
        ("gentoo/profiles/repo_name", "gentoo\n"),
        ("gentoo/metadata/layout.conf", "masters =\n"),
        ("local/profiles/repo_name", "local\n"),
        ("local/metadata/layout.conf", "masters = gentoo\n"),
        ("guru/profiles/repo_name", "  guru  \nmore\n"),
        ("guru/metadata/layout.conf", "masters = gentoo nowhere local\naliases = g1 g2 local\n"),
        ("odd/profiles/repo_name", "-we!rd name\n"),
        ("none/metadata/layout.conf", "masters = guru g2\n"),
        ("renamed/profiles/repo_name", "x\n"),
        ("renamed/metadata/layout.conf", "repo-name = re named\nmasters = g1\n"),
        ("second/profiles/repo_name", "gentoo\n"),
        ("empty/profiles/repo_name", "\nempty\n"),
        ("comment/profiles/repo_name", "# comment\n"),
    ] {
        put(top, path, text);
    }
}

const FOLDERS: [&str; 9] =
    ["gentoo", "local", "guru", "odd", "none", "renamed", "second", "empty", "comment"];

/// A text of repos.conf: mostly sound.
fn conf(numbers: &mut Numbers, top: &Path, first: bool) -> String {
    let mut text = String::new();
    let top = top.display();
    if first || numbers.below(4) == 0 {
        text += "[DEFAULT]\n";
        if numbers.below(3) > 0 {
            writeln!(text, "main-repo = {}", numbers.of(&["gentoo", "local", "g1", "nowhere", "guru"]))
                .unwrap();
        }
        if first {
            writeln!(text, "base = {top}").unwrap();
        }
        match numbers.below(12) {
            0 => text += "masters = local\n",
            1 => text += "priority = 3\n",
            2 => text += "aliases = everybody\n",
            3 => text += "bad = 50%\n",
            _ => {}
        }
    }
    let names = [
        "gentoo",
        "local",
        "guru",
        "we-rd-name",
        "none",
        "re-named",
        "re named",
        "x-empty",
        "g1",
        "mine",
        "x",
        "comment",
        "other",
    ];
    let mut seen = Vec::new();
    for _ in 0..numbers.below(5) {
        let name = numbers.of(&names);
        if seen.contains(&name) && numbers.below(20) > 0 {
            continue;
        }
        seen.push(name);
        writeln!(text, "[{name}]").unwrap();
        let place = match name {
            "we-rd-name" => "odd",
            "re-named" => "renamed",
            "x-empty" => "empty",
            name if FOLDERS.contains(&name) => name,
            _ => numbers.of(&["gentoo", "guru", "second", "none"]),
        };
        let place = if numbers.below(6) == 0 { numbers.of(&FOLDERS) } else { place };
        match numbers.below(12) {
            0 => {}
            1 => writeln!(text, "location = {top}/missing").unwrap(),
            2 => writeln!(text, "location = \"{top}/{place}\"").unwrap(),
            3 => writeln!(text, "Location: {top}/local/../{place}/").unwrap(),
            _ => writeln!(text, "location = %(BASE)s/{place}").unwrap(),
        }
        if numbers.below(2) == 0 {
            let value = numbers.of(&["5", "-5", "0", "1000", "x", " 7 ", "-1000", "2"]);
            writeln!(text, "priority = {value}").unwrap();
        }
        if numbers.below(4) == 0 {
            writeln!(text, "masters = {}", numbers.of(&["", "local", "g2 gentoo", "nowhere guru"])).unwrap();
        }
        if numbers.below(4) == 0 {
            writeln!(text, "aliases = {}", numbers.of(&["mine", "-g1 a", "gentoo", "-* other", "other x"]))
                .unwrap();
        }
    }
    text
}

const LOADER: &str = r#"
import portage
from portage.repository.config import RepoConfigLoader
class Settings(dict):
    local_config = True
for paths in questions:
    try:
        loader = RepoConfigLoader(paths, Settings(EPREFIX="", EROOT="/", PORTAGE_CONFIGROOT="/", ROOT="/"))
    except (TypeError, ValueError):
        # It stumbles over aliases of repositories that are not there.
        answers.append(None)
        continue
    order = list(loader.prepos_order)
    main = loader.mainRepo()
    answers.append({
        "order": order,
        "main": main.name if main is not None and main.name in order else None,
        "repos": {name: [
            os.path.basename(loader[name].location), loader[name].priority,
            [m.name for m in loader[name].masters if m.name in order],
        ] for name in order},
        "names": {name: repo.name for name, repo in loader.prepos.items() if name != "DEFAULT" and repo.name in order},
    })
"#;

fn ours(all: &Repositories) -> Value {
    let base = |repo: &portage_config::repository::Configured| {
        repo.repository.root().dir().file_name().unwrap().to_str().unwrap().to_owned()
    };
    let repos: BTreeMap<&str, Value> = all
        .iter()
        .map(|repo| (repo.name.as_str(), json!([base(repo), repo.priority, repo.masters])))
        .collect();
    json!({
        "order": all.iter().map(|repo| &repo.name).collect::<Vec<_>>(),
        "main": all.main().map(|main| &main.name),
        "repos": repos,
    })
}

#[test]
fn repos_conf_is_merged_as_portage_merges_it() {
    let dir = tempfile::tempdir().unwrap();
    let top = dir.path().canonicalize().unwrap();
    repositories(&top);
    let mut numbers = Numbers(7);
    let mut questions = Vec::new();
    let mut machines = Vec::new();
    for number in 0..common::cases(300) {
        let machine = top.join(format!("machines/{number}"));
        let packaged = match numbers.below(3) {
            0 => {
                put(&machine, "usr/share/portage/config/repos.conf", &conf(&mut numbers, &top, true));
                machine.join("usr/share/portage/config/repos.conf")
            }
            _ => {
                put(
                    &machine,
                    "builtin",
                    "[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = /var/db/repos/gentoo\n",
                );
                machine.join("builtin")
            }
        };
        put(&machine, "etc/portage/repos.conf/b/x.conf", &conf(&mut numbers, &top, true));
        put(&machine, "etc/portage/repos.conf/a", &conf(&mut numbers, &top, false));
        put(&machine, "etc/portage/repos.conf/.hidden", "nonsense");
        questions.push(json!([packaged, machine.join("etc/portage/repos.conf")]));
        machines.push(machine);
    }
    let Some(answers) = ask("repos_conf_is_merged_as_portage_merges_it", LOADER, &json!(questions)) else {
        return;
    };
    let system = Root::open("/").unwrap();
    let (mut several, mut broken, mut stumbled) = (0, 0, 0);
    for (machine, theirs) in machines.iter().zip(answers) {
        let conf = ReposConf::read(&Root::open(machine).unwrap());
        let all = Repositories::open(&conf, Some(&system), &[]).unwrap();
        if theirs.is_null() {
            stumbled += 1;
            continue;
        }
        let mut mine = ours(&all);
        let names: BTreeMap<&String, Option<&String>> = theirs["names"]
            .as_object()
            .unwrap()
            .keys()
            .map(|name| (name, all.get(name).map(|repo| &repo.name)))
            .collect();
        mine["names"] = json!(names);
        let told = |path: &str| std::fs::read_to_string(machine.join(path)).unwrap_or_default();
        assert_eq!(
            mine,
            theirs,
            "{}\n{}\n--\n{}\n--\n{}",
            machine.display(),
            told("usr/share/portage/config/repos.conf"),
            told("etc/portage/repos.conf/a"),
            told("etc/portage/repos.conf/b/x.conf"),
        );
        several += usize::from(all.iter().len() > 2);
        broken += usize::from(all.broken().is_some());
    }
    assert!(
        several * 6 > machines.len() && broken > 10 && stumbled * 10 < machines.len(),
        "{several} several, {broken} broken, {stumbled} stumbled"
    );
}

#[test]
fn what_is_given_takes_the_place_of_a_location() {
    let dir = tempfile::tempdir().unwrap();
    repositories(dir.path());
    put(
        dir.path(),
        "root/etc/portage/repos.conf",
        "[local]\nlocation = /nowhere\npriority = 9\n[guru]\nlocation = /x\n",
    );
    put(dir.path(), "root/x", "a file");
    let machine = Root::open(dir.path().join("root")).unwrap();
    let conf = ReposConf::read(&machine);
    let given = [
        Given::new(None, dir.path().join("local")),
        Given::new(Some("gentoo"), dir.path().join("second")),
        Given::new(Some("wrong"), dir.path().join("guru")),
    ];
    let all = Repositories::open(&conf, Some(&machine), &given).unwrap();
    assert_eq!(
        ours(&all),
        json!({"order": ["gentoo", "local"], "main": "gentoo",
            "repos": {"gentoo": ["second", -1000, []], "local": ["local", 9, ["gentoo"]]}})
    );
    let missing: Vec<String> =
        all.missing().iter().map(|missing| format!("{}: {}", missing.name, missing.why)).collect();
    assert_eq!(missing, ["guru: there is no such folder", "wrong: it calls itself `guru`"]);
    let nowhere = [Given::new(None, dir.path().join("nowhere"))];
    assert!(Repositories::open(&conf, Some(&machine), &nowhere).is_err());
}

#[test]
fn a_location_stays_inside_the_root() {
    let outside = tempfile::tempdir().unwrap();
    repositories(outside.path());
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "srv/local/profiles/repo_name", "local\n");
    std::os::unix::fs::symlink("/srv/local", dir.path().join("link")).unwrap();
    std::os::unix::fs::symlink(outside.path(), dir.path().join("out")).unwrap();
    let text = format!(
        "[local]\nlocation = /../link\n[gentoo]\nlocation = {}/gentoo\n[guru]\nlocation = /out/guru\n",
        outside.path().display()
    );
    put(dir.path(), "etc/portage/repos.conf", &text);
    let machine = Root::open(dir.path()).unwrap();
    let all = Repositories::open(&ReposConf::read(&machine), Some(&machine), &[]).unwrap();
    assert_eq!(all.iter().map(|repo| repo.name.as_str()).collect::<Vec<_>>(), ["local"]);
    assert_eq!(all.missing().len(), 2);
}

const UPDATES: &str = r#"
import portage
from portage.update import parse_updates, update_config_files
for lines, atoms in questions:
    updates, _ = parse_updates("\n".join(lines))
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "etc/portage/package.mask")
        os.makedirs(os.path.dirname(path))
        open(path, "w").write("".join(x + "\n" for x in atoms))
        update_config_files(top, [], [], {"gentoo": updates})
        after = [x for x in open(path).read().splitlines() if x[:1] != '#']
    answers.append([[" ".join(str(x) for x in u) for u in updates], after])
"#;

#[test]
fn updates_are_applied_as_portage_applies_them() {
    let mut numbers = Numbers(11);
    let names = ["a-b/c", "a-b/d", "a-b/e-f", "x/y", "a-b/cc"];
    let slots = ["0", "1", "2.3", "0/1", "-1", "stable"];
    let mut questions = Vec::new();
    for _ in 0..common::cases(300) {
        let lines: Vec<String> = (0..numbers.below(8) + 1)
            .map(|_| match numbers.below(8) {
                0..4 => format!("move {} {}", numbers.of(&names), numbers.of(&names)),
                4..6 => format!(
                    "slotmove {} {} {}",
                    numbers.of(&["a-b/c", ">=a-b/c-2", "x/y", "!a-b/c", "a-b/*", "a-b/d:1", "=x/y-1*"]),
                    numbers.of(&slots),
                    numbers.of(&slots)
                ),
                _ => numbers
                    .of(&[
                        "# move a-b/c x/y",
                        "move a-b/c",
                        "  move\ta-b/c   a-b/d ",
                        "move =a-b/c-1 x/y",
                        "slotmove x/y 0",
                        "mov a/b c/d",
                        "",
                        "move a-b/c x/y z",
                        "move a-b/c-1 x/y",
                    ])
                    .to_owned(),
            })
            .collect();
        let atoms: Vec<String> = (0..12)
            .map(|_| {
                let name = numbers.of(&names);
                let slot = numbers.of(&[
                    "",
                    "",
                    ":0",
                    ":1",
                    ":0/0",
                    ":0/1",
                    ":2.3=",
                    ":0/1=",
                    ":=",
                    ":0::gentoo",
                    "::gentoo",
                    "[x]",
                ]);
                match numbers.below(5) {
                    0 => format!(">={name}-1.0{slot}"),
                    1 => format!("={name}-1*{slot}"),
                    2 => "a-b/*".to_owned(),
                    _ => format!("{name}{slot}"),
                }
            })
            .collect();
        questions.push(json!([lines, atoms]));
    }
    let test = "updates_are_applied_as_portage_applies_them";
    let Some(answers) = ask(test, UPDATES, &json!(questions)) else { return };
    let mut changed = 0;
    for (question, theirs) in questions.iter().zip(answers) {
        let text: Vec<&str> =
            question[0].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), "profiles/repo_name", "gentoo\n");
        put(dir.path(), "profiles/updates/1Q-2024", &text.join("\n"));
        let given = [Given::new(None, dir.path())];
        let all = Repositories::open(&ReposConf::packaged(), None, &given).unwrap();
        let updates = Updates::of(&all).unwrap();
        let parsed: Vec<String> =
            text.iter().filter_map(|line| Update::parse(line)).map(|u| u.to_string()).collect();
        assert_eq!(json!(parsed), theirs[0], "{text:#?}");
        for (atom, theirs) in question[1].as_array().unwrap().iter().zip(theirs[1].as_array().unwrap()) {
            let atom = Atom::parse(atom.as_str().unwrap(), Dialect::User).unwrap();
            let mine = updates.applied(&atom).map_or_else(|| atom.to_string(), |applied| applied.atom);
            assert_eq!(theirs, &json!(mine), "{atom} {text:#?}");
            changed += usize::from(mine != atom.as_str());
        }
    }
    assert!(changed > 300, "{changed} changed");
}

const MATCHES: &str = r#"
import portage
from portage.dep import Atom, match_from_list
from portage.versions import _pkg_str
for text, packages in questions:
    atom = Atom(text, allow_wildcard=True, allow_repo=True)
    found = match_from_list(atom, [_pkg_str(p, slot=s, repo=r) for p, s, r in packages])
    answers.append([str(x) + ":" + x.slot + "/" + x.sub_slot + "::" + x.repo for x in found])
"#;

#[test]
fn atoms_match_what_portage_matches() {
    let mut numbers = Numbers(3);
    let names = ["a-b/c", "a-b/c-d", "x/c", "x/y"];
    let versions =
        ["1", "1.0", "1-r1", "1.0-r0", "01.2", "10", "1.2_rc1", "9999", "2", "1.2_p1-r3", "0.1", "1a"];
    let mut questions = Vec::new();
    for _ in 0..common::cases(1500) {
        let (name, version) = (numbers.of(&names), numbers.of(&versions));
        let main = match numbers.below(12) {
            0 => format!(">={name}-{version}"),
            1 => format!("<{name}-{version}"),
            2 => format!("={name}-{version}"),
            3 => format!("={name}-{version}*"),
            4 => format!("~{name}-{}", version.split("-r").next().unwrap()),
            5 => numbers
                .of(&["*/*", "a-b/*", "*/c", "a-*/c*", "=*/*-*999*", "=a-b/*-*p1*", "=*/*-*r1*"])
                .to_owned(),
            6 => format!("={name}-{}-3", version.split("-r").next().unwrap()),
            _ => name.to_owned(),
        };
        let rest = numbers.of(&["", "", "", ":0", ":1", ":0/1", ":0/1=", "::gentoo", ":0::local", "[x]"]);
        let text = format!("{main}{rest}");
        if Atom::parse(&text, Dialect::User).is_err() {
            continue;
        }
        let packages: Vec<Value> = (0..8)
            .map(|_| {
                let package = format!("{}-{}", numbers.of(&names), numbers.of(&versions));
                json!([
                    package,
                    numbers.of(&["0", "1", "0/1", "0/2", "1/1"]),
                    numbers.of(&["gentoo", "local"])
                ])
            })
            .collect();
        questions.push(json!([text, packages]));
    }
    let Some(answers) = ask("atoms_match_what_portage_matches", MATCHES, &json!(questions)) else { return };
    let mut matched = 0;
    for (question, theirs) in questions.iter().zip(answers) {
        let atom = Atom::parse(question[0].as_str().unwrap(), Dialect::User).unwrap();
        let mut mine = Vec::new();
        for package in question[1].as_array().unwrap() {
            let [cpv, slot, repo] = [0, 1, 2].map(|at| package[at].as_str().unwrap());
            let cpv = portage_config::vocab::Cpv::parse(cpv).unwrap();
            let (slot, sub) = slot.split_once('/').unwrap_or((slot, slot));
            let candidate = Candidate {
                cpn: cpv.cpn(),
                version: cpv.version(),
                slot: Some(slot),
                sub_slot: Some(sub),
                repo: Some(repo),
            };
            if atom.matches(&candidate) {
                mine.push(format!("{cpv}:{slot}/{sub}::{repo}"));
            }
        }
        matched += mine.len();
        assert_eq!(theirs, json!(mine), "{question}");
    }
    assert!(matched > 1000, "{matched} matched");
}
