//! The machines that a command is about: roots of specs, each with its folder.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::spec::{Cache, Root};

use crate::answer::Answer;
use crate::args::{Look, RootArgs, SpecsArgs};
use crate::load::{self, Loaded};
use crate::place::within;
use crate::{codes, progress};

/// A root of a spec and the folder that is its `/`.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    /// Which of the specs it is of.
    pub(crate) spec: &'a str,
    pub(crate) loaded: &'a Loaded,
    pub(crate) root: &'a Root,
    /// What tells it from the others; `None` where there is one.
    pub(crate) name: Option<String>,
    pub(crate) dir: Utf8PathBuf,
}

impl Target<'_> {
    /// What it is called while something is done to it.
    pub(crate) fn shown(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.dir.to_string())
    }
}

/// Loads all specs; `None`: no answer.
pub(crate) fn load(args: &SpecsArgs, look: &Look, answer: &mut Answer) -> Option<Vec<(String, Loaded)>> {
    let cache = Cache::default();
    let mut works: Vec<_> = args.specs.iter().map(|spec| (spec, Answer::default(), None)).collect();
    progress::each(
        &mut works,
        "reading",
        |work| work.0.clone(),
        look,
        |(spec, answer, loaded)| {
            *loaded = load::load_with(&args.one(spec), load::Need::Values, Some(&cache), answer);
        },
    );
    let mut all = Vec::new();
    for (spec, own, loaded) in works {
        answer.join(own);
        all.extend(loaded.map(|loaded| (spec.clone(), loaded)));
    }
    answer.sort();
    (all.len() == args.specs.len() && !answer.has_errors()).then_some(all)
}

/// The roots of all specs with their folders. Those without one are reported.
pub(crate) fn targets<'a>(
    specs: &'a [(String, Loaded)],
    args: &RootArgs,
    answer: &mut Answer,
) -> Option<Vec<Target<'a>>> {
    let many = specs.len() > 1;
    let mut names: Vec<String> = Vec::new();
    for (spec, loaded) in specs {
        names.extend(loaded.spec.roots.iter().filter_map(|root| root.name.clone()));
        if many || args.roots.is_some() {
            names.push(stem(spec).to_owned());
        }
    }
    let dirs = Dirs { given: dirs(&args.root, &names, answer)?, all: args.roots.as_deref() };
    let mut targets = Vec::new();
    for (spec, loaded) in specs {
        for root in loaded.roots() {
            let name = match (&root.name, many) {
                (None, true) => Some(stem(spec).to_owned()),
                (name, _) => name.clone(),
            };
            if let Some(dir) = dir(root, name.as_deref(), (spec, loaded), many, &dirs, answer) {
                targets.push(Target { spec, loaded, root, name, dir });
            }
        }
    }
    twice(&targets, answer);
    (!answer.has_errors()).then_some(targets)
}

/// The name of a spec's file, without its end and without the root that is picked.
fn stem(spec: &str) -> &str {
    let path = spec.rsplit_once('#').map_or(spec, |(path, _)| path);
    let path = path.strip_prefix("preset:").unwrap_or(path);
    Utf8Path::new(path).file_stem().unwrap_or(path)
}

/// `DIR`, or `NAME=DIR` where roots have names.
fn dirs(words: &[String], names: &[String], answer: &mut Answer) -> Option<BTreeMap<String, Utf8PathBuf>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut dirs = BTreeMap::new();
    for word in words {
        let (name, dir) = match word.split_once('=') {
            Some((name, dir)) if names.contains(&name) => (name, dir),
            Some((name, _)) if !names.is_empty() && !name.contains('/') => {
                let help = Some(load::choices(name, &names));
                answer.fail(&codes::UNKNOWN_ROOT, format!("the spec has no root `{name}`"), help);
                return None;
            }
            _ => ("", word.as_str()),
        };
        if dirs.insert(name.to_owned(), Utf8PathBuf::from(dir)).is_some() {
            let what =
                if name.is_empty() { "a root without a name".to_owned() } else { format!("root `{name}`") };
            answer.fail(&codes::USAGE, format!("{what} is given two folders"), None);
            return None;
        }
    }
    Some(dirs)
}

/// What was said of folders.
struct Dirs<'a> {
    /// `--root`, by name.
    given: BTreeMap<String, Utf8PathBuf>,
    /// `--roots`: where all others lie, each by its name.
    all: Option<&'a Utf8Path>,
}

/// The folder of a root: its own, or its place inside that of its host.
fn dir(
    root: &Root,
    name: Option<&str>,
    (spec, loaded): (&str, &Loaded),
    many: bool,
    dirs: &Dirs<'_>,
    answer: &mut Answer,
) -> Option<Utf8PathBuf> {
    let (host, below) = loaded.host(root);
    // One folder without a name is enough where one machine is meant.
    let machines = loaded.roots().filter(|root| root.at.is_none()).count().max(1);
    let unnamed = dirs.given.get("").filter(|_| machines == 1 && !many).cloned();
    let given = |name: &str| dirs.given.get(name).cloned();
    let own = name.or(dirs.all.map(|_| stem(spec))).and_then(given);
    let of_host = || {
        let among = || Some(dirs.all?.join(host.unwrap_or_else(|| stem(spec))));
        let dir = host.and_then(given).or(unnamed).or_else(among)?;
        Some(match &below {
            Some(below) => within(&dir, below),
            None => dir,
        })
    };
    let dir = own.or_else(of_host);
    if dir.is_none() {
        let name = name.unwrap_or_default();
        let help = match host.filter(|_| below.is_some()) {
            Some(host) => format!("write `--root {host}=DIR` or `--root {name}=DIR`"),
            None => format!("write `--root {name}=DIR`, or pick one root with `SPEC#{name}`"),
        };
        answer.fail(&codes::ROOT_NEEDED, format!("no folder is given for root `{name}`"), Some(help));
    }
    dir
}

/// Two roots in one folder would undo each other.
fn twice(targets: &[Target<'_>], answer: &mut Answer) {
    let mut seen: BTreeMap<Utf8PathBuf, &str> = BTreeMap::new();
    for target in targets {
        let real = target.dir.canonicalize_utf8().unwrap_or_else(|_| target.dir.clone());
        let name = target.name.as_deref().unwrap_or_default();
        if let Some(other) = seen.insert(real, name) {
            let message = format!("root `{other}` and root `{name}` have the same folder `{}`", target.dir);
            answer.fail(&codes::OVERLAP, message, Some("give each its own".to_owned()));
        }
    }
}
