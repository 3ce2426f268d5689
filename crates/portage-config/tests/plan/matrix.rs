//! All that may come together, cell by cell.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::chown;
use std::panic::catch_unwind;

use portage_config::plan::{Choice, Plan};
use portage_config::render::render;
use portage_config::report::Report;
use portage_config::template::Templates;
use portage_config::tree::Node;

use crate::kinds::{KINDS, Kind};
use crate::machine::{Machine, STATE, config};

const CHOICES: &[Option<Choice>] = &[
    None,
    Some(Choice::KeepTheirs),
    Some(Choice::TakeOurs),
    Some(Choice::Merge),
    Some(Choice::ConfigProtect),
];

/// What somebody does to the file.
const THEIRS: &[&str] = &[
    "nothing",
    "content",
    "layout",
    "removed",
    "folder",
    "empty folder",
    "link same",
    "link other",
    "dangling",
    "mode",
    "owner",
];

/// What the spec says next.
const OURS: &[&str] = &[
    "same",
    "changed",
    "dropped",
    "moved",
    "to folder",
    "to file",
    "entries",
    "once",
    "absent",
    "none",
    "to link",
    "mode",
];

/// Files that no spec names.
const BYSTANDERS: &[(&str, &str)] = &[
    ("etc/portage/package.mask/mine", "x/y\n"),
    ("etc/portage/bashrc", "# mine\n"),
    ("etc/portage/current", "->package.mask"),
    ("etc/hosts", "::1 localhost\n"),
];

fn next_spec(kind: &Kind, ours: &str) -> Option<String> {
    let is_model = !kind.next.starts_with('=');
    let is_plain = is_model && !kind.next.contains("[file");
    let with = |body: &str, attribute: &str| match body.starts_with('=') {
        true => format!("{}{attribute}\n", kind.section(kind.key, body)),
        false => format!("{}{}", kind.section(kind.key, body), kind.attribute(attribute)),
    };
    Some(match ours {
        "same" => kind.section(kind.key, kind.first),
        "changed" => kind.section(kind.key, kind.next),
        "dropped" => String::new(),
        "moved" if !kind.other.is_empty() && !kind.first.contains("[file") => {
            kind.section(kind.other, kind.first)
        }
        "to folder" if !kind.next.contains("[file") => kind.section(kind.inner?, kind.next),
        "to file" => kind.section(kind.outer?, kind.next),
        "entries" if is_plain => with(kind.next, "own = \"entries\""),
        "once" if is_plain || !is_model => with(kind.next, "own = \"once\""),
        "absent" => kind.attribute("own = \"absent\""),
        "none" => kind.attribute("own = \"none\""),
        "to link" if is_model || kind.next.contains("text") => kind.attribute("link = \"/home/spec\""),
        "mode" if !kind.next.contains("link") && (is_plain || !is_model) => with(kind.first, "mode = 0o600"),
        _ => return None,
    })
}

/// Does it; `false` where it cannot be done to this kind of file.
fn theirs(machine: &Machine, kind: &Kind, what: &str) -> bool {
    let path = kind.path;
    let is_link = kind.edited.starts_with("->");
    match what {
        "nothing" => {}
        "content" => {
            machine.remove(path);
            machine.put(path, kind.edited);
        }
        "layout" => {
            machine.remove(path);
            machine.put(path, kind.layout);
        }
        "removed" => machine.remove(path),
        "folder" | "empty folder" => {
            machine.remove(path);
            machine.put(&format!("{path}/"), "");
            if what == "folder" {
                machine.put(&format!("{path}/mine"), "m/y mine\n");
            }
        }
        "link same" | "link other" if !is_link => {
            let text = if what == "link same" { machine.text(path) } else { kind.edited.to_owned() };
            machine.remove(path);
            machine.put("home/dot", &text);
            machine.put(path, "->/home/dot");
        }
        "dangling" if !is_link => {
            machine.remove(path);
            machine.put(path, "->/home/nothing");
        }
        "mode" if !is_link => machine.mode(path, 0o640),
        "owner" if !is_link && rustix::process::geteuid().is_root() => {
            chown(machine.dir().join(path), Some(1), Some(1)).unwrap();
        }
        _ => return false,
    }
    true
}

fn after_first(kind: &Kind, what: &str) -> Option<Machine> {
    let machine = Machine::new(BYSTANDERS);
    for (path, text) in kind.before {
        machine.put(path, text);
    }
    assert_eq!(machine.apply(&kind.section(kind.key, kind.first), None), Some(1), "{}", kind.name);
    theirs(&machine, kind, what).then_some(machine)
}

/// What a plan would do or did, in few words.
fn told(
    kind: &Kind,
    spec: &str,
    plan: &Plan,
    before: &BTreeMap<String, String>,
    machine: &Machine,
) -> String {
    let folder = kind.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let short = |path: &str| {
        let below = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
        below.unwrap_or(path).to_owned()
    };
    let conflicts: Vec<String> = (plan.conflicts())
        .map(|(path, conflict)| {
            let choices: String = conflict.choices.iter().filter_map(|c| c.name().chars().next()).collect();
            let reason = serde_json::to_value(conflict.reason).unwrap();
            let keys: Vec<&str> = conflict.entries.iter().map(|entry| entry.key.as_str()).collect();
            let keys = if keys.is_empty() { String::new() } else { format!(" {}", keys.join(",")) };
            format!("! {} {}{keys} [{choices}]", short(path.as_str()), reason.as_str().unwrap())
        })
        .collect();
    if !conflicts.is_empty() {
        return conflicts.join("; ");
    }
    let after = machine.all();
    let tree = render(&config(spec), &Templates::builtin(), &mut Report::new()).unwrap();
    let body = |entry: &str| entry.split_once('\n').map(|(_, body)| body.to_owned());
    let mut said = Vec::new();
    for (path, entry) in &after {
        if before.get(path) == Some(entry) {
            continue;
        }
        let name = short(path);
        let Some(text) = body(entry) else {
            match entry.split_once(" -> ") {
                Some((_, target)) => said.push(format!("{name} -> {target}")),
                None if !before.contains_key(path)
                    && !after.keys().any(|p| p.starts_with(&format!("{path}/"))) =>
                {
                    said.push(format!("{name}/"));
                }
                None => {}
            }
            continue;
        };
        let ours = tree.nodes.iter().find(|(other, _)| other.as_str() == path).map(|(_, node)| node);
        let mode = entry.split(' ').next().unwrap();
        let mode = if mode == "644" { String::new() } else { format!(" {mode}") };
        let owner = |entry: &String| entry.split(' ').nth(1).unwrap().to_owned();
        let mode = match before.get(path).filter(|entry| entry.contains('\n')).map(owner) {
            Some(before) if before == owner(entry) && before.starts_with("1:") => {
                format!("{mode} of {before}")
            }
            Some(before) if before != owner(entry) => format!("{mode} of {} BEFORE {before}", owner(entry)),
            _ => mode,
        };
        let unchanged = before.get(path).and_then(|entry| body(entry)) == Some(text.clone());
        let class = match ours {
            _ if unchanged => "as it is".to_owned(),
            Some(Node::File { bytes, .. }) if bytes.0 == text.as_bytes() => "ours".to_owned(),
            _ if before.values().any(|entry| body(entry).as_ref() == Some(&text) && !text.is_empty()) => {
                "theirs".to_owned()
            }
            _ if text.is_empty() => "empty".to_owned(),
            _ => format!("{{{}}}", text.trim_end().replace('\n', " | ")),
        };
        said.push(format!("{name}: {class}{mode}"));
    }
    for path in before.keys().filter(|path| !after.contains_key(*path)) {
        said.push(format!("-{}", short(path)));
    }
    match (said.is_empty(), plan.is_empty(), plan.kept.is_empty()) {
        (false, ..) => said.join(", "),
        (_, false, _) => "forget".to_owned(),
        (_, _, false) => "keep".to_owned(),
        _ => "-".to_owned(),
    }
}

/// One cell: does it, and holds it to what is true of all.
fn cell(kind: &Kind, what: &str, spec: &str, choice: Option<Choice>) -> Option<String> {
    let machine = after_first(kind, what)?;
    let (before, everything) = (machine.all(), machine.everything());
    let about = format!("{}: {what}, {choice:?}\n{spec}", kind.name);
    let plan = machine.plan(spec, choice);
    if plan.conflicts().next().is_some() {
        assert!(machine.run(&plan).is_err(), "{about}");
        assert_eq!(machine.everything(), everything, "a conflict is left: nothing is written\n{about}");
        return Some(told(kind, spec, &plan, &before, &machine));
    }
    let done = machine.run(&plan).unwrap_or_else(|error| panic!("{error}\n{about}{}", plan.display()));
    let said = told(kind, spec, &plan, &before, &machine);
    let after = machine.all();
    for (path, _) in BYSTANDERS {
        assert_eq!(after[*path], before[*path], "{path} is nobody's business\n{about}");
    }
    let Some(number) = done else {
        assert_eq!(machine.everything(), everything, "nothing to do: nothing is written\n{about}");
        return Some(said);
    };
    let kept = machine.everything();
    for (path, entry) in &before {
        let copy = format!("{STATE}/generations/{number}/before/{path}");
        let is_folder = !entry.contains('\n') && !entry.contains(" -> ");
        if after.get(path) != Some(entry) && !is_folder {
            assert_eq!(kept.get(&copy), Some(entry), "{path} is kept with the generation\n{about}");
        }
    }
    let again = machine.plan(spec, choice);
    let listed = again.display().to_string();
    assert!(again.is_empty(), "a second run has nothing to do\n{about}{}again\n{listed}", plan.display());
    assert_eq!(machine.run(&again).unwrap(), None, "{about}");
    let back = machine.back(number - 1, None);
    assert_eq!(back.conflicts().count(), 0, "the way back is free\n{about}{}", back.display());
    machine.run(&back).unwrap_or_else(|error| panic!("back: {error}\n{about}{}", back.display()));
    assert_eq!(machine.all(), before, "the way back leads to what was there\n{about}{}", plan.display());
    Some(said)
}

fn table(kind: &Kind) -> String {
    let (mut out, mut broken) = (String::new(), Vec::new());
    for ours in OURS {
        let Some(spec) = next_spec(kind, ours) else { continue };
        for what in THEIRS {
            let mut one = |choice: &Option<Choice>| {
                let done = catch_unwind(|| cell(kind, what, &spec, *choice));
                done.unwrap_or_else(|panic| {
                    let said = panic.downcast_ref::<String>().cloned();
                    broken.push(said.unwrap_or_default());
                    Some("BROKEN".to_owned())
                })
            };
            let cells: Option<Vec<String>> = CHOICES.iter().map(&mut one).collect();
            let Some(cells) = cells else { continue };
            let _ = writeln!(out, "{what} / {ours}: {}", cells[0]);
            for (choice, cell) in CHOICES.iter().zip(&cells).skip(1) {
                if *cell != cells[0] {
                    let _ = writeln!(out, "    {:<15}{cell}", choice.unwrap().name());
                }
            }
        }
    }
    assert!(broken.is_empty(), "{} cells are broken:\n\n{}", broken.len(), broken.join("\n\n"));
    out
}

fn check(name: &str) {
    let kind = KINDS.iter().find(|kind| kind.name == name).unwrap();
    insta::assert_snapshot!(name.replace(' ', "_"), table(kind));
}

macro_rules! tables {
    ($($test:ident $name:literal)*) => { $( #[test] fn $test() { check($name); } )* };
}

tables! {
    rules "rules"
    rules_in_a_folder "rules in a folder"
    variables "variables"
    sections "sections"
    text "text"
    a_link "a link"
    entries "entries"
    entries_of_rules "entries of rules"
}
