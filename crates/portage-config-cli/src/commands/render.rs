//! `render`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use camino::Utf8Path;
use portage_config::report::{Report, Severity};
use portage_config::root::{Root as Machine, TreeError};
use portage_config::spec::Root;
use portage_config::template::Templates;
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;
use portage_config::{diff, render, root};

use crate::answer::{Answer, Data};
use crate::args::{Form, Format, Render};
use crate::commands::{readers, tar, write};
use crate::load::{self, Loaded};
use crate::place::within;
use crate::{codes, json, locate};

pub(crate) fn run(args: &Render, format: Format) -> Answer {
    let mut answer = Answer::default();
    let to_stdout = args.tar.as_deref() == Some(Path::new("-"));
    if to_stdout && format == Format::Json {
        let help = Some("write the tar into a file".to_owned());
        return answer.failed(&codes::USAGE, "`--tar -` and `--format json` both want standard output", help);
    }
    let Some(templates) = load::templates(&args.templates, &mut answer) else { return answer.nothing() };
    let Some(loaded) = load::load(&args.spec, load::Need::Values, &mut answer) else {
        return answer.nothing();
    };
    if answer.has_errors() {
        return answer.nothing();
    }
    let mut whole = Tree::default();
    let mut parts = Vec::new();
    let mut checked = Answer::default();
    let mut private = Private::default();
    for root in loaded.roots() {
        let mut judged = Report::new();
        loaded.check(root, &mut judged);
        checked.take(judged, root.name.as_deref());
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
        if !args.allow_world_readable_secrets {
            readers::refuse(root, &mut report);
        }
        let tree = tree(args, root, &loaded, &templates, &mut report);
        report.locate(|spot, sources| locate::locate(&root.origins, &loaded.spec.layers, spot, sources));
        let silent = tree.is_none() && !report.has(Severity::Error);
        answer.take(report, root.name.as_deref());
        match tree {
            Some((folder, mut tree)) => {
                if args.out.is_some() {
                    for (path, group) in readers::close(&root.config, &mut tree, &folder) {
                        let shown = folder.join(path.as_str());
                        answer.notes.push(format!(
                            "{path} has mode 0600: `chgrp {group} FILE && chmod 0640 FILE` for {}, which the group {group} reads",
                            shown.display()
                        ));
                    }
                }
                let place = loaded.place(root);
                private.secret |= root.config.files.values().any(render::holds_secret);
                private.groups.extend(readers::groups(&root.config, &tree).into_iter().filter_map(
                    |(path, group)| {
                        let full = if place.is_empty() {
                            Ok(path)
                        } else {
                            RelPath::parse(&format!("{place}/{path}"))
                        };
                        Some((full.ok()?, group))
                    },
                ));
                put(&mut whole, &tree, root, &loaded, &mut answer);
                parts.push((folder, tree));
            }
            None if silent => answer.fail(&codes::NO_TREE, "the tree could not be made", None),
            None => {}
        }
    }
    if args.form == Form::PortageConfdir
        && let Some(place) = one(&loaded, &mut answer)
    {
        whole = confdir(whole, &place, &mut private, &mut answer);
    }
    answer.sort();
    if answer.has_errors() || !write(args, &whole, &private, &parts, &mut answer) {
        return answer.nothing();
    }
    locate::level(&mut checked, &loaded.spec.checks);
    if checked.has_errors() {
        answer
            .notes
            .push(format!("what was rendered has mistakes: see `portage-config check {}`", args.spec.spec));
    }
    answer
}

/// Where the one root lies in the output.
fn one(loaded: &Loaded, answer: &mut Answer) -> Option<String> {
    let mut roots = loaded.roots();
    match (roots.next(), roots.next()) {
        (Some(root), None) => Some(loaded.place(root)),
        _ => {
            let help = Some("name one of them: SPEC#ROOT".to_owned());
            answer.fail(&codes::USAGE, "a portage_confdir is that of one root", help);
            None
        }
    }
}

/// What catalyst copies to /etc/portage of the system that it builds. It writes make.conf anew from the settings of
/// the stage, and links make.profile to the profile of the stage (catalyst, stagebase.py): both are left out, and so is
/// what lies elsewhere.
fn confdir(whole: Tree, place: &str, private: &mut Private, answer: &mut Answer) -> Tree {
    let prefix = if place.is_empty() { "etc/portage/".to_owned() } else { format!("{place}/etc/portage/") };
    let own = |path: &str| {
        let rest = path.strip_prefix(&prefix)?;
        let first = rest.split('/').next().unwrap_or(rest);
        (!matches!(first, "make.conf" | "make.profile")).then(|| RelPath::parse(rest).ok())?
    };
    let mut kept = Tree::default();
    let mut left = Vec::new();
    for (path, node) in whole.nodes {
        match own(path.as_str()) {
            Some(path) => drop(kept.nodes.insert(path, node)),
            None if !matches!(node, Node::Dir { .. }) => left.push(path.to_string()),
            None => {}
        }
    }
    private.groups = std::mem::take(&mut private.groups)
        .into_iter()
        .filter_map(|(path, group)| Some((own(path.as_str())?, group)))
        .collect();
    for root in &mut answer.roots {
        for file in root.files.iter_mut().flatten() {
            if let Some(path) = own(&format!("{prefix}{}", file.path.trim_start_matches("etc/portage/")))
                .filter(|_| file.path.starts_with("etc/portage/"))
            {
                file.path = path.to_string();
            } else {
                file.path.clear();
            }
        }
        if let Some(files) = &mut root.files {
            files.retain(|file| !file.path.is_empty());
        }
        root.dir = None;
    }
    if !left.is_empty() {
        answer.notes.push(format!(
            "left out, catalyst writes it itself or copies it from elsewhere: {}",
            left.join(", ")
        ));
    }
    kept
}

/// What is not for everybody.
#[derive(Debug, Default)]
struct Private {
    /// Whether there is a secret, whatever the mode of its file.
    secret: bool,
    /// The files that a group reads.
    groups: BTreeMap<RelPath, &'static str>,
}

/// The tree of a root, and the folder that it goes into. Where something is there already and may be written over,
/// it is the tree that changes no more than [`diff`] shows.
fn tree(
    args: &Render,
    root: &Root,
    loaded: &Loaded,
    templates: &Templates,
    report: &mut Report,
) -> Option<(PathBuf, Tree)> {
    let anew = |report: &mut Report| render::render(&root.config, templates, report);
    let Some(out) = &args.out else { return anew(report).map(|tree| (PathBuf::new(), tree)) };
    let (host, below) = loaded.host(root);
    let machine = host.map_or_else(|| out.clone(), |host| out.join(host));
    let folder = match (below, Utf8Path::from_path(&machine)) {
        (Some(below), Some(machine)) => within(machine, &below).into_std_path_buf(),
        (Some(below), None) => machine.join(below),
        (None, _) => machine,
    };
    let tree = match Machine::open(&folder) {
        Ok(machine) if args.force => diff::over(&root.config, templates, &machine, report),
        _ => anew(report),
    };
    tree.map(|tree| (folder, tree))
}

/// Puts the tree of a root where it lies in the output.
fn put(whole: &mut Tree, tree: &Tree, root: &Root, loaded: &Loaded, answer: &mut Answer) {
    let place = loaded.place(root);
    let mut files = Vec::new();
    let name = root.name.as_deref();
    let count = tree.nodes.len();
    if let Ok(folder) = RelPath::parse(&place) {
        whole.nodes.entry(folder).or_insert(Node::Dir { mode: 0o755 });
    }
    for (path, node) in &tree.nodes {
        let full =
            if place.is_empty() { Ok(path.clone()) } else { RelPath::parse(&format!("{place}/{path}")) };
        let full = match full {
            Ok(full) => full,
            Err(error) => return answer.fail(&codes::CANNOT_WRITE, error.to_string(), None),
        };
        let kind = root.config.files.get(path).and_then(|file| file.kind);
        files.push(json::File { kind: kind.map(|kind| kind.name), ..listed(path, node) });
        match whole.nodes.get(&full) {
            Some(other) if other != node => {
                let who = name.map(|name| format!("root `{name}`")).unwrap_or_default();
                let message = format!("{who} and another root both write `{full}`");
                answer.fail(&codes::OVERLAP, message, Some("take it out of one of them".to_owned()));
            }
            _ => {
                whole.nodes.insert(full, node.clone());
            }
        }
    }
    let what = name.map(|name| format!("{name}: ")).unwrap_or_default();
    answer.notes.push(format!("{what}{count} {}", if count == 1 { "file" } else { "files" }));
    let dir = (!place.is_empty()).then_some(place);
    answer.roots.push(json::Root { dir, files: Some(files), ..json::Root::of(root) });
}

fn listed(path: &RelPath, node: &Node) -> json::File {
    let mut out = json::File { path: path.to_string(), node: node.type_name(), ..json::File::default() };
    match node {
        Node::File { bytes, mode } => {
            out.mode = Some(format!("{mode:04o}"));
            out.size = Some(bytes.0.len());
        }
        Node::Dir { mode } => out.mode = Some(format!("{mode:04o}")),
        Node::Symlink { target } => out.target = Some(target.clone()),
    }
    out
}

/// Writes the tree, or its parts over what is there; whether that went well.
fn write(
    args: &Render,
    tree: &Tree,
    private: &Private,
    parts: &[(PathBuf, Tree)],
    answer: &mut Answer,
) -> bool {
    if let Some(clash) = tree.clashes().first() {
        let message = format!("`{}` lies below `{}`, which is no folder", clash.below, clash.above);
        answer.fail(&codes::OVERLAP, message, None);
        return false;
    }
    if let Some(folder) = &args.out {
        answer.more.out = Some(folder.display().to_string());
        let written = if args.force { write_over(folder, parts) } else { tree.write_to(folder, false) };
        let Err(error) = written else { return true };
        let (code, help) = match &error {
            TreeError::InTheWay { force: true, .. } => {
                let help = "write into another folder, or say --force to keep what is there: other files, and in the \
                     spec's own files what says the same";
                (&codes::EXISTS, Some(help.to_owned()))
            }
            _ => (&codes::CANNOT_WRITE, None),
        };
        answer.fail(code, error.to_string(), help);
        return false;
    }
    let bytes = match tar::tar(tree, &private.groups) {
        Ok(bytes) => bytes,
        Err(error) => {
            answer.fail(&codes::CANNOT_WRITE, format!("cannot make the tar file: {error}"), None);
            return false;
        }
    };
    match args.tar.as_deref() {
        Some(path) if path != Path::new("-") => {
            let is_private = |node: &Node| matches!(node, Node::File { mode, .. } | Node::Dir { mode } if mode & 0o004 == 0);
            let mode = if private.secret || tree.nodes.values().any(is_private) { 0o600 } else { 0o644 };
            answer.more.out = Some(path.display().to_string());
            write::file(path, &bytes, mode, args.force, answer)
        }
        _ => {
            answer.data = Data::Bytes(bytes);
            true
        }
    }
}

/// Writes each root into its folder. The folder of a machine is none that a link leads to: it may lie elsewhere.
fn write_over(out: &Path, parts: &[(PathBuf, Tree)]) -> Result<(), TreeError> {
    for (folder, _) in parts {
        let machine = folder.strip_prefix(out).ok().and_then(|below| below.components().next());
        if let Some(machine) = machine.filter(|machine| out.join(machine).is_symlink()) {
            let paths = vec![machine.as_os_str().to_string_lossy().into_owned()];
            return Err(TreeError::InTheWay { dir: out.to_owned(), paths, force: false });
        }
    }
    let parts: Vec<(&Path, &Tree)> = parts.iter().map(|(folder, tree)| (folder.as_path(), tree)).collect();
    root::write_all(&parts, true)
}
