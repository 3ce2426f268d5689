//! The example of each check is one, and what it is documented to say is what it says.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use common::{Folder, Run};
use portage_config::codes;
use portage_config::report::Code;
use toml_edit::{DocumentMut, Table, value};

/// The files of examples.
const FILES: [&str; 4] = ["spec", "settings", "machine", "packages"];

const REPOSITORY: &str = "var/db/repos/gentoo";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/examples/{name}.toml"))
}

fn texts(table: &Table) -> impl Iterator<Item = (&str, &str)> {
    table.iter().filter_map(|(key, item)| Some((key, item.as_str()?)))
}

fn put(folder: &Folder, path: &str, text: &str) {
    let to = folder.join(path);
    if path.ends_with('/') {
        return std::fs::create_dir_all(to).unwrap();
    }
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    match text.strip_prefix("-> ") {
        Some(target) => symlink(target.trim_end(), to).unwrap(),
        None => std::fs::write(to, text).unwrap(),
    }
}

/// Writes an example; the answer is the command that judges it.
fn write(folder: &Folder, table: &Table, repository: Option<&Table>) -> Vec<&'static str> {
    let is = |key: &str| table.get(key).and_then(|item| item.as_bool()) == Some(true);
    let (mut has_spec, mut has_files, mut has_cpu) = (false, is("repository"), false);
    for (key, text) in texts(table).filter(|(key, _)| !["says", "fix"].contains(key)) {
        match key {
            "spec" => {
                put(folder, "spec.toml", text);
                has_spec = true;
            }
            "cpuinfo" => {
                put(folder, "cpuinfo", text);
                has_cpu = true;
            }
            _ => {
                put(folder, &format!("root/{key}"), text);
                has_files = true;
            }
        }
    }
    if is("repository") {
        for (key, text) in texts(repository.unwrap()) {
            let to = if is("overlay") { format!("root/{key}") } else { format!("root/{REPOSITORY}/{key}") };
            if !folder.join(&to).exists() {
                put(folder, &to, text);
            }
        }
    }
    if is("overlay") {
        return vec!["overlay", "check", "--no-pkgcheck", "--repo", "root", "--root", "root"];
    }
    let mut words = vec!["check"];
    if has_spec {
        words.push("spec.toml");
    }
    if has_files || !has_spec {
        std::fs::create_dir_all(folder.join("root")).unwrap();
        words.extend(["--root", "root"]);
    }
    if has_cpu {
        words.extend(["--cpuinfo", "cpuinfo"]);
    }
    words
}

fn judge(folder: &Folder, words: &[&str]) -> Vec<serde_json::Value> {
    let run: Run = folder.run(&[words, &["-v", "--format", "json"]].concat());
    run.json()["diagnostics"].as_array().unwrap().clone()
}

/// What an example says, and what is to be done.
fn said(code: &str, table: &Table, repository: Option<&Table>, wrong: &mut Vec<String>) -> Option<Said> {
    let folder = Folder::new(&[]);
    let words = write(&folder, table, repository);
    let all = judge(&folder, &words);
    let Some(found) = all.iter().find(|found| found["code"] == code) else {
        let others: Vec<&str> = all.iter().filter_map(|found| found["code"].as_str()).collect();
        wrong.push(format!("{code}: {} says {others:?}", words.join(" ")));
        return None;
    };
    let mut is_mended = false;
    if words[0] == "check" {
        let run = folder.run(&[words.as_slice(), &["--fix", "--format", "json"]].concat());
        let fixed = run.json()["fixed"].clone();
        is_mended = fixed.as_array().is_some_and(|fixed| fixed.iter().any(|one| one["code"] == code));
        if is_mended && judge(&folder, &words).iter().any(|found| found["code"] == code) {
            wrong.push(format!("{code}: --fix leaves it"));
        }
    }
    let text = |key: &str| found[key].as_str().map(str::to_owned);
    Some(Said { says: text("message").unwrap(), fix: text("help"), is_mended })
}

/// What the command makes of an example.
struct Said {
    says: String,
    fix: Option<String>,
    is_mended: bool,
}

#[test]
fn each_check_has_an_example() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let (mut wrong, mut seen, mut shown) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    let mut page = String::from(
        "# Examples\n\nA mistake for each check of [checks.md](checks.md): the files of a machine, of a spec or of an ebuild repository, what \
         `check` (or `overlay check`) says of them, and what is to be done. Where it speaks of packages there is an ebuild repository, too. \
         `explain CODE` shows the same.\n\nThis page is generated: \
         `UPDATE_DOCS=1 cargo test -p portage-config-cli --test examples`.\n",
    );
    for file in FILES {
        let mut document: DocumentMut = std::fs::read_to_string(path(file)).unwrap().parse().unwrap();
        let repository = document.get("repository").and_then(|item| item.as_table()).cloned();
        let names: Vec<String> =
            document.iter().map(|(key, _)| key.to_owned()).filter(|key| key != "repository").collect();
        for name in names {
            let table = document[&name].as_table_mut().unwrap();
            if name == "without" {
                for (code, why) in texts(table) {
                    assert!(
                        codes::find(code).is_some_and(|found| found.id == code) && !why.is_empty(),
                        "{code}"
                    );
                    seen.insert(code.to_owned());
                }
                continue;
            }
            let code = *codes::ALL
                .iter()
                .find(|code| code.id == name)
                .unwrap_or_else(|| panic!("there is no {name}"));
            assert!(seen.insert(name.clone()), "{name} has two examples");
            let Some(said) = said(&name, table, repository.as_ref(), &mut wrong) else { continue };
            if update {
                table["says"] = value(&said.says);
                match &said.fix {
                    Some(fix) => table["fix"] = value(fix),
                    None => drop(table.remove("fix")),
                }
            }
            let known = |key: &str| table.get(key).and_then(|item| item.as_str()).map(str::to_owned);
            if known("says").as_ref() != Some(&said.says) || known("fix") != said.fix {
                wrong.push(format!("{name}: says {:?}, fix {:?}", said.says, said.fix));
            }
            shown.insert(code.id, show(code, table, &said));
        }
        if update {
            std::fs::write(path(file), document.to_string()).unwrap();
        }
    }
    let missing: Vec<&str> = codes::ALL.iter().map(|code| code.id).filter(|id| !seen.contains(*id)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(missing, [""; 0], "they need an example, or a reason in [without]");
    shown.values().for_each(|section| page.push_str(section));
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples.md");
    if update {
        return std::fs::write(to, page).unwrap();
    }
    assert!(
        std::fs::read_to_string(to).unwrap_or_default() == page,
        "docs/examples.md is not current; UPDATE_DOCS=1 cargo test -p portage-config-cli --test examples writes it"
    );
}

fn show(code: &Code, table: &Table, said: &Said) -> String {
    let mut page = format!("\n## {} {}\n\n{}\n", code.id, code.name, code.why);
    for (key, text) in texts(table).filter(|(key, _)| !["says", "fix"].contains(key)) {
        let name = if key == "spec" { "spec.toml" } else { key };
        let (name, text) = (visible(name), visible(text));
        let _ = match text.strip_prefix("-> ") {
            Some(target) => write!(page, "\n`{name}` is a link to `{}`\n", target.trim_end()),
            None if name.ends_with('/') => write!(page, "\n`{name}`, a folder\n"),
            None => write!(page, "\n`{name}`\n\n````text\n{}\n````\n", text.trim_end_matches('\n')),
        };
    }
    let severity = format!("{:?}", code.severity).to_lowercase();
    let _ = write!(page, "\n* {severity}: {}\n", said.says);
    if let Some(fix) = &said.fix {
        let _ = writeln!(page, "* {fix}");
    }
    if said.is_mended {
        page.push_str("* `check --fix` mends it\n");
    }
    page
}

/// Control characters are spelled out.
fn visible(text: &str) -> String {
    let odd = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || c == '\u{feff}';
    text.chars().map(|c| if odd(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

#[test]
fn a_code_is_explained_with_its_example() {
    let run = Folder::new(&[]).run(&["explain", "L16"]).expect(0);
    assert!(run.out.contains("etc/portage/") && run.out.contains("\nSays: "), "{}", run.out);
    let run = Folder::new(&[]).run(&["explain", "L16", "--format", "json"]).expect(0);
    let example = &run.json()["explain"]["example"];
    assert!(!example["says"].as_str().unwrap().is_empty(), "{example}");
    assert!(!example["files"].as_array().unwrap().is_empty(), "{example}");
}
