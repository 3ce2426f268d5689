//! Packages for the lines of a tree, so that each of them has something to say.

use std::collections::{BTreeMap, BTreeSet};

use portage_config::vocab::{Atom, Dialect};

use crate::packages::{self, Version};
use crate::tree::{Entry, Root, add};

/// What the lines of a tree say of a package.
#[derive(Default)]
struct Named {
    /// Versions, slots and repositories that atoms name.
    places: BTreeSet<(String, String, String)>,
    flags: Vec<String>,
    words: BTreeMap<&'static str, Vec<String>>,
}

/// At most so many places and flags of a package.
const PLACES: usize = 3;
const FLAGS: usize = 40;

/// Files of rules, by what their words become.
const KINDS: [(&str, &str); 6] = [
    ("package.use", "IUSE"),
    ("package.license", "LICENSE"),
    ("package.properties", "PROPERTIES"),
    ("package.accept_restrict", "RESTRICT"),
    ("package.accept_keywords", "KEYWORDS"),
    ("package.keywords", "KEYWORDS"),
];

fn named(root: &Root) -> BTreeMap<String, Named> {
    let mut all: BTreeMap<String, Named> = BTreeMap::new();
    for (path, entry) in root {
        let mut parts = path.split('/').rev();
        let Some(kind) = parts.find(|part| part.starts_with("package.")) else { continue };
        let Entry::File { lines, .. } = entry else { continue };
        let becomes = KINDS.iter().find(|(name, _)| kind.starts_with(name)).map(|(_, becomes)| *becomes);
        for line in lines {
            let mut words = line.text.split('#').next().unwrap_or_default().split_whitespace();
            let Some(atom) =
                words.next().and_then(|word| Atom::parse(word.trim_start_matches('-'), Dialect::User).ok())
            else {
                continue;
            };
            if atom.is_wildcard() {
                continue;
            }
            let own = all.entry(atom.cpn().to_owned()).or_default();
            let slot = match (atom.slot(), atom.subslot()) {
                (Some(slot), Some(subslot)) => format!("{slot}/{subslot}"),
                (Some(slot), None) => slot.to_owned(),
                _ => "0".to_owned(),
            };
            let version = atom.version().unwrap_or("1.5").to_owned();
            own.places.insert((version, slot, atom.repo().unwrap_or("gentoo").to_owned()));
            match becomes {
                Some("IUSE") => own.flags.extend(flags(words)),
                Some(name) => {
                    let plain = words.map(|word| word.trim_start_matches(['-', '@', '~']).to_owned());
                    own.words.entry(name).or_default().extend(plain.filter(|word| !word.contains('*')));
                }
                None => {}
            }
        }
    }
    all
}

/// The flags of a line of package.use, without signs.
fn flags<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut prefix = String::new();
    let mut found = Vec::new();
    for word in words {
        match word.strip_suffix(':') {
            Some(name) => prefix = format!("{}_", name.to_lowercase()),
            None => found.push(format!("{prefix}{}", word.trim_start_matches(['-', '+']))),
        }
    }
    found.retain(|flag| portage_config::vocab::is_use_flag(flag));
    found
}

/// Adds packages for the lines of a tree to repositories, at most so many; also repositories that atoms name. What they are is
/// decided by their number, so that stable ones, testing ones and such without keywords follow each other.
pub(crate) fn add_to(
    roots: &mut BTreeMap<&'static str, Root>,
    config: &Root,
    most: usize,
    versions: &mut Vec<Version>,
) -> Vec<&'static str> {
    let named = named(config);
    let step = named.len().div_ceil(most / 2).max(1);
    let mut made = Vec::new();
    for (number, (cp, named)) in named.iter().enumerate().step_by(step) {
        let mut iuse: Vec<String> = named.flags.iter().take(FLAGS).cloned().collect();
        iuse.extend(["X", "test", "ssl", "python_targets_python3_12"].map(str::to_owned));
        iuse.sort();
        iuse.dedup();
        for (at, (version, slot, repository)) in named.places.iter().take(PLACES).enumerate() {
            let repository: &'static str = match roots.keys().find(|known| *known == repository) {
                Some(known) => known,
                None => {
                    let name: &'static str = Box::leak(repository.clone().into_boxed_str());
                    let root = roots.entry(name).or_default();
                    add(root, "profiles/repo_name", name, &[]);
                    add(root, "metadata/layout.conf", "masters = gentoo", &[]);
                    add(root, "metadata/layout.conf", "cache-formats = md5-dict", &[]);
                    made.push(name);
                    name
                }
            };
            let number = number + at;
            let words = |name: &str| named.words.get(name).map(|words| words.join(" ")).unwrap_or_default();
            let license = match words("LICENSE") {
                text if text.is_empty() => ["GPL-2", "all-rights-reserved", "MIT"][number % 3].to_owned(),
                text => text,
            };
            let keywords = ["amd64 x86", "~amd64 ~x86 arm64", "~amd64 x86", ""][number % 4];
            let sign = |at: usize| ["", "", "+", "-"][(at + number) % 4];
            let signed: Vec<String> =
                iuse.iter().enumerate().map(|(at, flag)| format!("{}{flag}", sign(at))).collect();
            let version: &'static str = Box::leak(version.clone().into_boxed_str());
            let own = Version { cp: cp.clone(), version, slot: slot.clone(), repository, iuse: iuse.clone() };
            let root = roots.get_mut(repository).unwrap();
            let entries = vec![
                ("IUSE", signed.join(" ")),
                ("KEYWORDS", format!("{keywords} {}", words("KEYWORDS")).trim().to_owned()),
                ("LICENSE", license),
                ("PROPERTIES", words("PROPERTIES")),
                ("RESTRICT", words("RESTRICT")),
            ];
            if packages::put(root, &own, ["8", "7", "5", "4"][number % 4], entries) {
                versions.push(own);
            }
        }
    }
    made
}
