//! The test's own ::gentoo-like repository, as `tests/conformance/gentoo_repo.py` writes it.

use std::fs;
use std::path::Path;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance/gentoo");

/// Writes the profiles, and a cache entry and an ebuild of each package.
pub(crate) fn write(to: &Path) {
    for folder in ["metadata", "profiles"] {
        copy(&Path::new(SOURCE).join(folder), &to.join(folder));
    }
    let text = fs::read_to_string(Path::new(SOURCE).join("ebuilds.toml")).unwrap();
    let table: toml_edit::DocumentMut = text.parse().unwrap();
    for (cpv, facts) in table.iter() {
        let mut entry = "EAPI=8\n".to_owned();
        let own = |key: &str| facts.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        for (key, usual) in
            [("IUSE", ""), ("KEYWORDS", ""), ("LICENSE", "GPL-2"), ("REQUIRED_USE", ""), ("SLOT", "0")]
        {
            let value = own(key).unwrap_or_else(|| usual.to_owned());
            if !value.is_empty() {
                entry += &format!("{key}={value}\n");
            }
        }
        let (category, full) = cpv.split_once('/').unwrap();
        let mut at = full.match_indices('-').map(|(at, _)| at);
        let is_version = |at: &usize| full[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        let name = &full[..at.rfind(is_version).unwrap()];
        let ebuild = to.join(category).join(name).join(format!("{full}.ebuild"));
        for (path, text) in [(to.join("metadata/md5-cache").join(cpv), entry.as_str()), (ebuild, "EAPI=8\n")]
        {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
}

/// Writes down that a version of that repository is installed for x86, with these flags on.
pub(crate) fn install(repository: &Path, cpv: &str, flags: &str, to: &Path) {
    let folder = to.join(cpv);
    fs::create_dir_all(&folder).unwrap();
    let entry = fs::read_to_string(repository.join("metadata/md5-cache").join(cpv)).unwrap();
    for (name, value) in entry.lines().filter_map(|line| line.split_once('=')) {
        fs::write(folder.join(name), format!("{value}\n")).unwrap();
    }
    for (name, value) in [("USE", format!("x86 {flags}")), ("repository", "gentoo".to_owned())] {
        fs::write(folder.join(name), format!("{value}\n")).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}
