//! What is checked: a spec, or the files of a machine.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::mend;
use portage_config::report::{Diagnostic, Fix, Origin, Report, Span};
use portage_config::root::Root as Machine;
use portage_config::spec::{Disk, Files};
use portage_config::tree::Tree;

use super::import;
use crate::answer::{Answer, Finding};
use crate::args::{Check, SpecArgs};
use crate::codes;
use crate::load::{self, Loaded};

/// A spec with a text of its own, or the files of a machine.
pub(super) enum Subject {
    /// A spec. Its text, once it is another than that of its file.
    Spec { args: SpecArgs, text: Option<String> },
    /// A machine: its folder, its files, and what was found while they were read.
    Machine { machine: Machine, dir: Utf8PathBuf, tree: Tree, found: Vec<Diagnostic> },
}

impl Subject {
    /// What the arguments name; `None`: no answer.
    pub(super) fn open(args: &Check, answer: &mut Answer) -> Option<Self> {
        if let Some(spec) = &args.spec {
            if args.config_root.is_some() {
                let help = "leave out one of them".to_owned();
                answer.fail(&codes::USAGE, "both a spec and the files of a machine are given", Some(help));
                return None;
            }
            let (fill, variants) = (args.fill.clone(), args.variants.clone());
            return Some(Self::Spec { args: SpecArgs { spec: spec.clone(), fill, variants }, text: None });
        }
        let dir = args.config_root.as_ref().or(args.packages.root.as_ref())?;
        let machine = load::machine(dir, answer)?;
        let mut report = Report::new();
        let tree = import::scan(&machine, &portage_config::spec::import_paths(), &mut report, answer);
        if tree.nodes.is_empty() && report.diagnostics.is_empty() {
            let help = "name the machine's `/`: what is read lies in its etc/portage".to_owned();
            answer.fail(&codes::CANNOT_READ, format!("`{dir}` holds no configuration"), Some(help));
            return None;
        }
        Some(Self::Machine { machine, dir: dir.clone(), tree, found: report.diagnostics })
    }

    /// Whether it is a spec.
    pub(super) fn is_spec(&self) -> bool {
        matches!(self, Self::Spec { .. })
    }

    /// The machine's folder.
    pub(super) fn dir(&self) -> Option<String> {
        match self {
            Self::Spec { .. } => None,
            Self::Machine { dir, .. } => Some(dir.to_string()),
        }
    }

    /// Loads it; `None`: no answer.
    pub(super) fn load(&self, answer: &mut Answer) -> Option<Loaded> {
        match self {
            Self::Spec { args, text: None } => load::load(args, load::Need::Plain, answer),
            Self::Spec { args, text: Some(text) } => {
                let files = Given { path: self.path(), text, tree: None };
                load::load_from(args, load::Need::Plain, &files, None, answer)
            }
            Self::Machine { dir, tree, found, .. } => {
                let folder =
                    serde_json::Value::from(if dir.as_str().is_empty() { "." } else { dir.as_str() });
                let text = format!("spec = 1\nextends = [{{ tree = {folder} }}]\n");
                let files = Given { path: "machine", text: &text, tree: Some(tree) };
                let loaded =
                    load::load_from(&SpecArgs::of("machine"), load::Need::Plain, &files, None, answer);
                for found in found {
                    answer.add(found.clone(), None);
                }
                loaded
            }
        }
    }

    /// The path of the spec, without the root that is picked.
    fn path(&self) -> &str {
        match self {
            Self::Spec { args, .. } => match args.spec.rsplit_once('#') {
                Some((path, name)) if !path.is_empty() && !name.contains('/') => path,
                _ => &args.spec,
            },
            Self::Machine { .. } => "",
        }
    }

    /// The text of the spec.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Spec { text: Some(text), .. } => Some(text.clone()),
            Self::Spec { .. } => std::fs::read_to_string(self.path()).ok(),
            Self::Machine { .. } => None,
        }
    }

    /// Whether a finding stands where mending it would change nobody else's file: in the spec itself, not in what it
    /// extends; anywhere in a machine.
    fn holds(&self, finding: &Finding, answer: &Answer) -> bool {
        let spot = &finding.diagnostic.spot;
        match self {
            Self::Machine { .. } => spot.path.is_some(),
            Self::Spec { .. } => spot
                .span
                .and_then(|span| answer.sources.get(span.source))
                .is_some_and(|source| source.origin == Origin::Spec && same(&source.name, self.path())),
        }
    }

    /// The subject with a finding mended; `None` where that cannot be done, or is not to be.
    pub(super) fn mended(&self, finding: &Finding, answer: &Answer) -> Option<Self> {
        if finding.allowed || finding.diagnostic.mend.is_none() || !self.holds(finding, answer) {
            return None;
        }
        match self {
            Self::Spec { args, .. } => {
                let before = self.text()?;
                let text = mend::spec(&before, &finding.diagnostic).filter(|after| *after != before)?;
                Some(Self::Spec { args: args.clone(), text: Some(text) })
            }
            Self::Machine { machine, dir, tree, found } => {
                let mut tree = tree.clone();
                let machine = Machine::open(machine.dir()).ok()?;
                mend::tree(&mut tree, &finding.diagnostic).then(|| Self::Machine {
                    machine,
                    dir: dir.clone(),
                    tree,
                    found: found.clone(),
                })
            }
        }
    }

    /// Gives the findings the edits that mend them, where these are edits of one text.
    pub(super) fn fixes(&self, answer: &mut Answer) {
        let mut all: Vec<(usize, Fix)> = Vec::new();
        for (at, finding) in answer.findings.iter().enumerate() {
            let diagnostic = &finding.diagnostic;
            let Some(span) = diagnostic.spot.span.filter(|_| diagnostic.mend.is_some()) else { continue };
            let Some(source) = answer.sources.get(span.source).filter(|_| self.holds(finding, answer)) else {
                continue;
            };
            let after = match (self, &diagnostic.spot.path) {
                (Self::Spec { .. }, _) => mend::spec(&source.text, diagnostic),
                (Self::Machine { .. }, Some(path)) => mend::file(path, source.text.as_bytes(), diagnostic)
                    .and_then(|bytes| String::from_utf8(bytes).ok()),
                _ => None,
            };
            all.extend(after.and_then(|after| Some((at, edit(span, &source.text, &after)?))));
        }
        for (at, fix) in all {
            if let Some(finding) = answer.findings.get_mut(at) {
                finding.diagnostic.fix.push(fix);
            }
        }
    }
}

/// The one edit that makes a text of another.
fn edit(span: Span, before: &str, after: &str) -> Option<Fix> {
    let pairs = before.chars().zip(after.chars());
    let start: usize = pairs.take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let (old, new) = (before.get(start..)?, after.get(start..)?);
    let pairs = old.chars().rev().zip(new.chars().rev());
    let end: usize = pairs.take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let text = new.get(..new.len() - end)?.to_owned();
    (before != after).then_some(Fix { span: Span { start, end: before.len() - end, ..span }, text })
}

/// Whether two paths are spelled the same, but for the folder in which the command runs.
fn same(a: &str, b: &str) -> bool {
    fn bare(path: &str) -> &str {
        path.trim_start_matches("./")
    }
    bare(a) == bare(b)
}

/// Files of which some are not those of the disk.
struct Given<'a> {
    path: &'a str,
    text: &'a str,
    tree: Option<&'a Tree>,
}

impl Files for Given<'_> {
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        if same(path.as_str(), self.path) { Ok(self.text.as_bytes().to_vec()) } else { Disk.read(path) }
    }

    fn tree(&self, path: &Utf8Path, report: &mut Report) -> io::Result<Tree> {
        match self.tree {
            Some(tree) => Ok(tree.clone()),
            None => Disk.tree(path, report),
        }
    }

    fn root(&self, path: &Utf8Path) -> io::Result<Machine> {
        Disk.root(path)
    }
}
