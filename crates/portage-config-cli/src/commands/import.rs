//! `import`.

use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use portage_config::config::Bytes;
use portage_config::file;
use portage_config::report::{Diagnostic, Report, Severity, Spot};
use portage_config::root::{Root as Machine, TreeError};
use portage_config::spec::{self, Carried, How, Imported};
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;

use crate::answer::{Answer, Data, Status};
use crate::args::Import;
use crate::commands::write;
use crate::{codes, json, load};

pub(crate) fn run(args: &Import) -> Answer {
    let mut answer = Answer::default();
    let Some(machine) = load::machine(&args.root, &mut answer) else { return answer.nothing() };
    let Some(paths) = paths(&args.paths, &mut answer) else { return answer.nothing() };
    let out = args.out.as_deref().filter(|path| *path != Path::new("-"));
    let Some(name) = name(out) else {
        let message = format!("`{}` is no name for a spec", out.unwrap_or(Path::new("-")).display());
        return answer.failed(&codes::USAGE, message, Some("write `-o NAME.toml`".to_owned()));
    };
    let mut report = Report::new();
    let tree = scan(&machine, &paths, &mut report, &mut answer);
    if !args.paths.is_empty() {
        let missing: Vec<_> = paths.iter().filter_map(|path| missing(path, &tree, &report)).collect();
        report.diagnostics.extend(missing);
    }
    // A folder or file that could not be read: the spec says less than the machine.
    let is_whole = !report.has(Severity::Error);
    // Kept to the end of the process, which takes less time than taking them apart.
    let tree: &'static Tree = Box::leak(Box::new(tree));
    let imported = spec::import(tree, &name, &mut report);
    for value in imported.secrets.values() {
        answer.secrets.add(value.reveal());
    }
    answer.take(report, None);
    answer.sort();
    if imported.files.is_empty() && !args.paths.is_empty() {
        return answer.nothing();
    }
    if imported.files.is_empty() && is_whole {
        let message = format!("`{}` holds no configuration", args.root.display());
        let help = "name the machine's `/`: what is read lies in its etc/portage".to_owned();
        return answer.failed(&codes::CANNOT_READ, message, Some(help));
    }
    answer.notes.push(told(&imported, &name));
    answer.roots.push(json::Root {
        dir: Some(args.root.display().to_string()),
        files: Some(imported.files.iter().map(|file| listed(file, tree)).collect()),
        ..json::Root::default()
    });
    let written = match out {
        Some(path) => {
            answer.more.out = Some(path.display().to_string());
            save(path, &imported, args.force, &mut answer)
        }
        None => show(imported, &mut answer),
    };
    if !written {
        return answer.nothing();
    }
    if let Some(path) = out {
        let (spec, root) = (path.display(), args.root.display());
        answer.notes.push(format!("compare: portage-config diff {spec} --root {root}"));
    }
    answer.status = if is_whole { Status::Fine } else { Status::No };
    answer
}

/// Reads the paths. A link in the place of a whole folder (`/etc/portage` in somebody's repository) is followed: what
/// is said is what lies behind it, and the link stays where it is.
pub(super) fn scan(machine: &Machine, paths: &[RelPath], report: &mut Report, answer: &mut Answer) -> Tree {
    let mut tree = Tree::scan(machine, paths, report);
    for path in paths {
        let Some(Node::Symlink { .. }) = tree.nodes.get(path) else { continue };
        let Some(real) = machine.resolve(path.as_str()) else { continue };
        let Ok(Some(Node::Dir { .. })) = machine.read(&real) else { continue };
        answer.notes.push(format!("`/{path}` is a link: read from `/{real}`"));
        tree.nodes.remove(path);
        for (found, node) in Tree::scan(machine, std::slice::from_ref(&real), report).nodes {
            let rest = found.below(real.as_str()).filter(|rest| !rest.is_empty());
            if let Some(path) = rest.and_then(|rest| path.join(rest).ok()) {
                tree.insert(path, node);
            }
        }
    }
    tree
}

/// The paths to be read, as a spec names them.
fn paths(words: &[String], answer: &mut Answer) -> Option<Vec<RelPath>> {
    if words.is_empty() {
        return Some(spec::import_paths());
    }
    let mut paths = Vec::new();
    for word in words {
        let path = match word.strip_prefix('/') {
            Some(path) => RelPath::parse(path.trim_end_matches('/')),
            None => RelPath::parse(&format!("etc/portage/{}", word.trim_end_matches('/'))),
        };
        match path {
            Ok(path) => paths.push(path),
            Err(error) => {
                let help = "a path is below etc/portage, or from the root with a slash: `/etc/fstab`";
                answer.fail(&codes::USAGE, error.to_string(), Some(help.to_owned()));
            }
        }
    }
    (answer.status == Status::Fine).then_some(paths)
}

/// A finding about a path that was asked for and is not there.
fn missing(path: &RelPath, tree: &Tree, report: &Report) -> Option<Diagnostic> {
    let is_read = tree.nodes.contains_key(path);
    let is_told = || report.diagnostics.iter().any(|found| found.spot.path.as_ref() == Some(path));
    if is_read || is_told() {
        return None;
    }
    // The slash in front of a path from the root is easily left out.
    let rooted = path.below("etc/portage").filter(|rest| rest.starts_with("etc/"));
    let near = rooted.map(|rest| format!("/{rest}")).or_else(|| file::nearest(path.as_str()));
    let found = Diagnostic::new(&codes::CANNOT_READ, Spot::default(), format!("nothing is at `/{path}`"));
    Some(match near {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found,
    })
}

/// What the folders beside the spec are named after. The spec itself cannot be one of them.
pub(super) fn name(out: Option<&Path>) -> Option<String> {
    match out {
        Some(path) if path.extension().is_some_and(|ending| ending == "d" || ending == "secrets") => None,
        Some(path) => path.file_stem()?.to_str().map(str::to_owned),
        None => Some("import".to_owned()),
    }
}

fn told(imported: &Imported, name: &str) -> String {
    let count = |how: How| imported.files.iter().filter(|file| file.how == how).count();
    let parts = [
        (How::Entries, "as entries".to_owned()),
        (How::Text, "as text".to_owned()),
        (How::Node, "as links and folders".to_owned()),
        (How::File, format!("in {name}.d/")),
    ];
    let parts = parts.iter().map(|(how, what)| (count(*how), what)).filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    format!("{}: {}", counted(imported.files.len(), "file"), parts.join(", "))
}

pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

pub(super) fn listed(file: &Carried, tree: &Tree) -> json::File {
    let node = tree.nodes.get(&file.path);
    json::File {
        path: file.path.to_string(),
        node: node.map_or("file", Node::type_name),
        kind: file.kind.map(|kind| kind.name),
        mode: match node {
            Some(Node::File { mode, .. } | Node::Dir { mode }) => Some(format!("{mode:04o}")),
            _ => None,
        },
        target: match node {
            Some(Node::Symlink { target }) => Some(target.clone()),
            _ => None,
        },
        how: Some(file.how.name()),
        reason: file.reason.clone(),
        lines: Some(file.lines),
        unknown: Some(file.unknown),
        ..json::File::default()
    }
}

/// To standard output, where one text says it all.
pub(super) fn show(imported: Imported, answer: &mut Answer) -> bool {
    if !imported.tree.nodes.is_empty() || !imported.secrets.is_empty() {
        let (files, secrets) = (imported.tree.nodes.len(), imported.secrets.len());
        let message = format!(
            "standard output cannot hold it all: {} and {} lie beside the spec",
            counted(files, "file"),
            counted(secrets, "secret")
        );
        let help = "write `-o NAME.toml`: the files go to NAME.d/, secrets to NAME.secrets/".to_owned();
        answer.fail(&codes::USAGE, message, Some(help));
        return false;
    }
    answer.more.text = Some(answer.secrets.hide(&imported.spec).into_owned());
    answer.data = Data::Bytes(imported.spec.into_bytes());
    true
}

/// Into a file and the folders beside it.
pub(super) fn save(path: &Path, imported: &Imported, force: bool, answer: &mut Answer) -> bool {
    if path.is_dir() {
        let help = Some("write `-o NAME.toml`".to_owned());
        answer.fail(&codes::USAGE, format!("`{}` is a folder, and a spec is a file", path.display()), help);
        return false;
    }
    if !force && path.symlink_metadata().is_ok() {
        let help = Some("write another file, or say --force to overwrite it".to_owned());
        answer.fail(&codes::EXISTS, format!("`{}` exists", path.display()), help);
        return false;
    }
    let mut secrets = Tree::new();
    for (name, value) in &imported.secrets {
        let bytes = Bytes(format!("{}\n", value.reveal()).into_bytes());
        if let Ok(path) = RelPath::parse(name) {
            secrets.insert(path, Node::File { bytes, mode: 0o600 });
        }
    }
    let private = imported.private || !imported.secrets.is_empty();
    let mode = if imported.private { 0o600 } else { 0o644 };
    let mut made = Vec::new();
    let written = folder_of(&imported.tree, path.with_extension("d"), private, &mut made, answer)
        && folder_of(&secrets, path.with_extension("secrets"), true, &mut made, answer)
        && write::file(path, imported.spec.as_bytes(), mode, force, answer);
    if !written {
        // Folders without their spec are no use, and in the way of the next attempt.
        for folder in made {
            if let Err(error) = std::fs::remove_dir_all(&folder) {
                let message = format!("cannot remove `{}` again: {error}", folder.display());
                answer.fail(&codes::CANNOT_WRITE, message, None);
            }
        }
    }
    written
}

/// A folder of files: as nothing but these files may be in it, none that is there is written over.
fn folder_of(
    tree: &Tree,
    folder: PathBuf,
    private: bool,
    made: &mut Vec<PathBuf>,
    answer: &mut Answer,
) -> bool {
    if tree.nodes.is_empty() {
        return true;
    }
    let shown = folder.display().to_string();
    // Nobody else looks into it while it is filled.
    match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => made.push(folder.clone()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => {
            answer.fail(&codes::CANNOT_WRITE, format!("cannot write `{shown}`: {error}"), None);
            return false;
        }
    }
    let error = match tree.write_to(&folder, false) {
        Ok(()) => None,
        Err(TreeError::Io(error)) => Some((&codes::CANNOT_WRITE, error.to_string(), None)),
        Err(error) => {
            let help = "all files of the folder are part of the spec: move it away, or write another spec";
            Some((&codes::EXISTS, error.to_string(), Some(help.to_owned())))
        }
    };
    if let Some((code, message, help)) = error {
        answer.fail(code, message, help);
        return false;
    }
    let mode = if private { 0o700 } else { 0o755 };
    if let Err(error) = std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)) {
        answer.fail(&codes::CANNOT_WRITE, format!("`{shown}`: {error}"), None);
        return false;
    }
    true
}
