//! The modules of the library import one way only.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use std::collections::BTreeSet;
use std::path::Path;

/// From the lowest to the highest; modules of one row do not know each other.
const LAYERS: &[&[&str]] = &[
    &["vocab", "each"],
    &["report", "model", "target"],
    &["file"],
    &["syntax"],
    &["config", "meaning"],
    &["tree"],
    &["root"],
    &["ebuild", "manifest"],
    &["repository"],
    &["overlay"],
    &["resolve"],
    &["impact"],
    &["fleet"],
    &["spec", "lint", "template", "state"],
    &["render"],
    &["merge"],
    &["diff"],
    &["edit", "plan"],
    &["apply", "mend"],
    &["codes"],
];

/// `[check]` in a spec names codes, and the catalogue of all codes knows those of the spec.
const EXCEPTIONS: &[(&str, &str)] = &[("spec", "codes")];

#[test]
fn modules_import_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, text) in sources() {
        let Some(own) = module(&file) else { continue };
        let level = |name: &str| LAYERS.iter().position(|row| row.contains(&name));
        let height = level(&own).unwrap_or_else(|| panic!("`{own}` has no place in LAYERS"));
        seen.insert(own.clone());
        for name in imports(&text) {
            let below = level(&name).is_some_and(|other| other < height);
            if name != own && !below && !EXCEPTIONS.contains(&(own.as_str(), name.as_str())) {
                wrong.push(format!("{file} imports `{name}`"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(seen, LAYERS.iter().flat_map(|row| row.iter().map(|name| (*name).to_owned())).collect());
}

/// The modules of the crate that a text uses, outside of tests and documentation.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let mut names = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let list = after.strip_prefix('{').map_or(after, |list| list.split('}').next().unwrap());
        let paths: Vec<&str> = if after.starts_with('{') { list.split(',').collect() } else { vec![list] };
        for path in paths {
            let name = path.trim().split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
            if !name.is_empty() {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn imports_are_found() {
    let text = "use crate::{lint, spec::Options};\n// crate::root\nfn f() { crate::codes::find(\"\") }\n\
                #[cfg(test)]\nmod tests {\nuse crate::diff;\n}";
    assert_eq!(imports(text), ["codes", "lint", "spec"].map(str::to_owned).into());
}

/// The module of a file: `root` for `root/walk.rs`. Test modules in files of their own belong to none.
fn module(file: &str) -> Option<String> {
    const TESTS: &[&str] = &["tests", "tests.rs", "testing.rs", "laws.rs", "strategies.rs", "systems.rs"];
    let mut parts = file.split('/');
    if file == "lib.rs" || parts.any(|part| TESTS.contains(&part)) {
        return None;
    }
    file.split('/').next().map(|part| part.trim_end_matches(".rs").to_owned())
}

fn sources() -> Vec<(String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut open = vec![source.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
                files.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    files
}
