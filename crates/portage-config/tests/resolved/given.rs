//! Trees that were not drawn: those of the presets, and real ones where there are any.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use portage_config::render::render;
use portage_config::report::Report;
use portage_config::spec::{Disk, Options, is_block, load, presets};
use portage_config::template::Templates;
use portage_config::tree::Node;

use crate::tree::{Entry, Line, PLACE, Root};

/// A tree, as one of `config`.
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) root: Root,
}

/// The roots of all presets and of their variants.
pub(crate) fn of_presets() -> Vec<Given> {
    let mut found = Vec::new();
    for (name, _) in presets().iter().filter(|(name, _)| !is_block(name)) {
        let resolved = |variant: Option<&str>| {
            let mut options = Options::new(&Disk);
            options.examples = true;
            options.need_secrets = false;
            options.variants = variant.map(str::to_owned).into_iter().collect();
            load(&format!("preset:{name}"), &options, &mut Report::new()).unwrap()
        };
        let plain = resolved(None);
        let variants = plain.variants.iter().map(|variant| Some(variant.as_str()));
        for variant in std::iter::once(None).chain(variants) {
            for (number, root) in resolved(variant).roots.iter().enumerate() {
                let tree = render(&root.config, &Templates::builtin(), &mut Report::new()).unwrap();
                let mut own = Root::new();
                for (path, node) in &tree.nodes {
                    match node {
                        Node::File { bytes, .. } => add(&mut own, path.as_str(), &bytes.0),
                        Node::Symlink { target } => link(&mut own, path.as_str(), target),
                        Node::Dir { .. } => {}
                    }
                }
                // What Portage does not read makes no other tree.
                own.retain(|path, _| path.starts_with("etc/portage/"));
                let name = format!("{name} {} {number}", variant.unwrap_or_default());
                if !own.is_empty() && found.iter().all(|given: &Given| given.root != own) {
                    found.push(Given { name, root: own });
                }
            }
        }
    }
    found
}

/// Real configurations in the folder that `PORTAGE_CORPUS` names; none without.
pub(crate) fn of_corpus() -> Vec<Given> {
    let Some(corpus) = std::env::var_os("PORTAGE_CORPUS") else {
        println!("left out without PORTAGE_CORPUS: real trees");
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("etc").is_dir());
    folders.sort();
    folders
        .into_iter()
        .map(|folder| Given { name: folder.display().to_string(), root: read(&folder) })
        .collect()
}

/// The files below a folder; links of `SYMLINKS.tsv`, which could not be kept as links, among them.
pub(crate) fn read(folder: &Path) -> Root {
    let mut root = Root::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            let inner = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_symlink() {
                link(&mut root, &inner, path.read_link().unwrap().to_str().unwrap());
            } else if path.is_dir() {
                open.push(path);
            } else {
                add(&mut root, &inner, &std::fs::read(&path).unwrap());
            }
        }
    }
    // What is sourced and was not kept is empty.
    let lines = root
        .values()
        .filter_map(|entry| if let Entry::File { lines, .. } = entry { Some(lines) } else { None });
    let sourced = lines.flatten().filter_map(|line| line.text.strip_prefix("source ")?.strip_prefix(PLACE));
    let sourced: Vec<String> =
        sourced.map(|path| path.trim_start_matches("/config/").trim().to_owned()).collect();
    for path in sourced {
        root.entry(path).or_insert(Entry::File { lines: Vec::new(), end: "\n" });
    }
    if let Some(Entry::File { lines, .. }) = root.remove("SYMLINKS.tsv") {
        for line in lines {
            let mut fields = line.text.split('\t');
            if let (Some(path), Some(target)) = (fields.next(), fields.next())
                && path.ends_with("make.profile")
                && !root.keys().any(|known| known.starts_with(path))
            {
                link(&mut root, path, target);
            }
        }
    }
    root
}

/// The machine's `/` is the place of the tree.
fn link(root: &mut Root, path: &str, target: &str) {
    let target = match target.strip_prefix('/') {
        Some(_) => format!("{PLACE}/config{target}"),
        None => target.to_owned(),
    };
    root.insert(path.to_owned(), Entry::Link(target));
}

fn add(root: &mut Root, path: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // A file that is sourced by its path, and parents that are.
    let text = match path {
        _ if path.ends_with("/parent") => {
            text.replace("/var/db/repos/", &format!("{PLACE}/config/var/db/repos/"))
        }
        _ => text.replace("source /", &format!("source {PLACE}/config/")),
    };
    // Portage would take nothing out of md5-cache, and run ebuilds until `emerge --metadata` has.
    let text = text.replace("metadata-transfer", "");
    let lines = text.strip_suffix('\n').unwrap_or(&text).split('\n');
    let lines = lines.map(|line| Line { text: line.to_owned(), features: vec!["a line that was given"] });
    root.insert(path.to_owned(), Entry::File { lines: lines.collect(), end: "\n" });
}

/// Variables of the machine that runs the tests: where the root lies, and programs in whose place Portage takes others where
/// they are missing (`config.__init__`, "setting is invalid").
const OF_THE_HOST: [&str; 6] = [
    "PORTAGE_BUNZIP2_COMMAND",
    "PORTAGE_BZIP2_COMMAND",
    "PORTAGE_COMPRESS",
    "PORTDIR",
    "PORTDIR_OVERLAY",
    "ROOT",
];

/// The variables that files of make.conf's language set.
pub(crate) fn variables(root: &Root) -> BTreeSet<String> {
    let is_own = |path: &str| path.ends_with("/make.conf") || path.contains("/make.conf/");
    let files = root.iter().filter(|(path, _)| is_own(path));
    let lines = files.flat_map(|(_, entry)| match entry {
        Entry::File { lines, .. } => lines.as_slice(),
        Entry::Link(_) => &[],
    });
    let named = lines.filter_map(|line| {
        let (name, _) = line.text.trim_start().trim_start_matches("export ").split_once('=')?;
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        (!name.is_empty() && !OF_THE_HOST.contains(&name) && name.chars().all(is_name))
            .then(|| name.to_owned())
    });
    named.collect()
}
