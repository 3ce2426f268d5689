//! Reading a spec, its roots and the templates, as all commands do.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::Path;

use camino::Utf8Path;
use portage_config::lint;
use portage_config::report::{Origin, Report, Source};
use portage_config::root::Root as Machine;
use portage_config::spec::{self, Cache, Disk, Files, Options, Resolved, Root};
use portage_config::template::Templates;
use portage_config::vocab::RelPath;

use crate::answer::Answer;
use crate::args::{SpecArgs, TemplateArgs};
use crate::codes;
use crate::excerpt::says_secret;
use crate::locate;

/// How a spec is loaded.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct How<'a> {
    /// The variants, in order.
    pub(crate) variants: &'a [String],
    /// `--set`.
    pub(crate) set: &'a [(String, String)],
    /// Parameters that are unset take their example.
    pub(crate) examples: bool,
    /// An unset parameter is an error.
    pub(crate) require_params: bool,
    /// Secrets are read, and an unset one is an error.
    pub(crate) secrets: bool,
    /// It is a part of specs, which need describe no machine.
    pub(crate) block: bool,
    /// Layers that were read for other specs.
    pub(crate) cache: Option<&'a Cache>,
}

/// What a command needs of the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Their names.
    Names,
    /// Their values, those of secrets aside.
    Plain,
    /// All values.
    Values,
}

/// A spec and the root that was picked.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Kept to the end of the process, which takes less time than taking its parts apart.
    pub(crate) spec: &'static Resolved,
    picked: Option<String>,
}

impl Loaded {
    /// The roots that were asked for.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &Root> {
        self.spec.roots.iter().filter(|root| self.picked.is_none() || root.name == self.picked)
    }

    /// The name of the root that was picked.
    pub(crate) fn picked(&self) -> Option<&str> {
        self.picked.as_deref()
    }

    /// Where a root lies in the output: its name, or its place inside its host; nothing for the unnamed one.
    pub(crate) fn place(&self, root: &Root) -> String {
        let (name, below) = self.host(root);
        match (name, below) {
            (Some(name), Some(below)) => format!("{name}/{below}"),
            (Some(name), None) => name.to_owned(),
            (None, _) => String::new(),
        }
    }

    /// All checks of a root: its own, and what it must agree on with the machine that it lies in.
    pub(crate) fn check(&self, root: &Root, report: &mut Report) {
        lint::check(&root.config, report);
        if let Some((name, at)) = &root.at
            && let Some(host) = self.spec.roots.iter().find(|other| other.name.as_ref() == Some(name))
        {
            lint::inside(&root.config, at, &host.config, report);
        }
        lint::beside(&root.config, self.spec.roots.iter().map(|root| &root.config), report);
    }

    /// The machine that a root lies in, and where there.
    pub(crate) fn host<'a>(&'a self, root: &'a Root) -> (Option<&'a str>, Option<String>) {
        let mut root = root;
        let mut below: Option<String> = None;
        for _ in &self.spec.roots {
            let Some((host, at)) = &root.at else { break };
            below = Some(match below {
                Some(rest) => format!("{at}/{rest}"),
                None => at.to_string(),
            });
            match self.spec.roots.iter().find(|other| other.name.as_ref() == Some(host)) {
                Some(host) => root = host,
                None => return (Some(host), below),
            }
        }
        (root.name.as_deref(), below)
    }
}

/// Loads `SPEC[#NAME]`. Its findings go to the answer; `None`: no answer.
pub(crate) fn load(args: &SpecArgs, need: Need, answer: &mut Answer) -> Option<Loaded> {
    load_with(args, need, None, answer)
}

/// The same, with layers that were read for other specs.
pub(crate) fn load_with(
    args: &SpecArgs,
    need: Need,
    cache: Option<&Cache>,
    answer: &mut Answer,
) -> Option<Loaded> {
    load_from(args, need, &Disk, cache, answer)
}

/// The same, from other files than those of the disk.
pub(crate) fn load_from(
    args: &SpecArgs,
    need: Need,
    files: &dyn Files,
    cache: Option<&Cache>,
    answer: &mut Answer,
) -> Option<Loaded> {
    let (path, picked) = match args.spec.rsplit_once('#') {
        Some((path, name)) if !path.is_empty() && !name.contains('/') => (path, Some(name.to_owned())),
        _ => (args.spec.as_str(), None),
    };
    let how = How {
        variants: &args.variants,
        set: &args.fill.set,
        examples: false,
        require_params: need != Need::Names,
        secrets: need == Need::Values,
        block: false,
        cache,
    };
    let loaded = Loaded { spec: Box::leak(Box::new(load_path_from(path, how, files, answer)?)), picked };
    if let Some(name) = &loaded.picked
        && loaded.roots().next().is_none()
    {
        let names: Vec<&str> = loaded.spec.roots.iter().filter_map(|root| root.name.as_deref()).collect();
        let help = match names.as_slice() {
            [] => format!("the spec has one root without a name: write `{path}`"),
            names => choices(name, names),
        };
        answer.fail(&codes::UNKNOWN_ROOT, format!("the spec has no root `{name}`"), Some(help));
        return None;
    }
    Some(loaded)
}

/// Loads the spec at a path.
pub(crate) fn load_path(path: &str, how: How<'_>, answer: &mut Answer) -> Option<Resolved> {
    load_path_from(path, how, &Disk, answer)
}

fn load_path_from(path: &str, how: How<'_>, files: &dyn Files, answer: &mut Answer) -> Option<Resolved> {
    // The loader asks the environment for secrets only.
    let asked = RefCell::new(Vec::new());
    let env = |name: &str| {
        let value = std::env::var(name).ok()?;
        asked.borrow_mut().push(value.clone());
        Some(value)
    };
    let mut options = Options::new(files);
    options.env = &env;
    options.variants = how.variants.to_vec();
    options.set = how.set.to_vec();
    options.examples = how.examples;
    options.require_params = how.require_params;
    options.need_secrets = how.secrets;
    options.block = how.block;
    options.cache = how.cache;
    let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
    let spec = spec::load(path, &options, &mut report);
    for value in asked.borrow().iter() {
        answer.secrets.add(value);
    }
    if let Some(spec) = &spec {
        answer.secrets.learn(spec);
    }
    let mut seen = HashSet::new();
    for span in report.diagnostics.iter().filter_map(|diagnostic| diagnostic.spot.span) {
        if seen.insert(span.source)
            && let Some(source) = report.sources.get(span.source)
            && source.origin == Origin::Spec
        {
            secret_names(source, answer);
        }
    }
    for (name, value) in how.set {
        if answer.secrets.is_name(name) {
            answer.secrets.add(value);
        }
    }
    answer.take(report, None);
    if let Some(spec) = &spec {
        locate::level(answer, &spec.checks);
    }
    answer.sort();
    spec
}

/// The parameters that a text declares, secrets among them, also where the spec cannot be resolved.
fn secret_names(source: &Source, answer: &mut Answer) {
    let mut header = "";
    for line in source.text.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            header = line.trim_start_matches('[').split(']').next().unwrap_or_default();
        } else if let Some(name) = header.strip_prefix("param.") {
            let name = name.trim_matches(['"', '\'', ' ']);
            let key = line.split_once('=').map(|(key, _)| key.trim());
            if says_secret(line) {
                answer.secrets.add_name(name);
            } else if matches!(key, Some("help" | "type" | "default" | "choices" | "example")) {
                answer.secrets.add_plain(name);
            }
        }
    }
}

/// Opens the folder of a machine; `None`: no answer.
pub(crate) fn machine(dir: impl AsRef<Path>, answer: &mut Answer) -> Option<Machine> {
    match Machine::open(dir) {
        Ok(machine) => Some(machine),
        Err(error) => {
            answer.fail(&codes::CANNOT_READ, format!("cannot open the root {error}"), None);
            None
        }
    }
}

/// The built-in templates, and those of `--templates` in front of them.
pub(crate) fn templates(args: &TemplateArgs, answer: &mut Answer) -> Option<Templates> {
    let mut templates = Templates::builtin();
    let Some(folder) = &args.templates else { return Some(templates) };
    let mut files = Vec::new();
    if let Err(error) = walk(folder, &mut files) {
        answer.fail(&codes::CANNOT_READ, format!("cannot read the templates in `{folder}`: {error}"), None);
        return None;
    }
    files.sort();
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(&file);
        let source = match std::fs::read_to_string(&file) {
            Ok(source) => source,
            Err(error) => {
                answer.fail(&codes::CANNOT_READ, format!("cannot read `{file}`: {error}"), None);
                continue;
            }
        };
        if let Err(error) = templates.add(name.as_str(), source) {
            let line = error.line.map(|line| format!(" (line {line})")).unwrap_or_default();
            answer.fail(&codes::TEMPLATE, format!("{error}{line}"), None);
        }
    }
    (!answer.has_errors()).then_some(templates)
}

fn walk(folder: &Utf8Path, files: &mut Vec<camino::Utf8PathBuf>) -> std::io::Result<()> {
    for entry in folder.read_dir_utf8()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(entry.path(), files)?;
        } else {
            files.push(entry.into_path());
        }
    }
    Ok(())
}

/// `the nearest is …` or all there are.
pub(crate) fn choices(word: &str, names: &[&str]) -> String {
    let near = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .min()
        .filter(|(distance, name)| *distance <= name.len().max(3) / 3);
    match near {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => format!(
            "there is {}",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    }
}

/// A path as a spec's section names it: below etc/portage, or from the root with a slash.
pub(crate) fn section(path: &RelPath) -> String {
    match path.below("etc/portage") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => format!("/{path}"),
    }
}
