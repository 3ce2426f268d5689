//! repos.conf and what is given by hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use portage_config::repository::{Given, ReposConf, Repositories};
use portage_config::root::Root;
use serde_json::{Value, json};

use super::{Numbers, ask, common, put};

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
