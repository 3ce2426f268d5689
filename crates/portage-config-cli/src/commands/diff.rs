//! `diff`.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use camino::Utf8PathBuf;
use portage_config::diff::{self, Change, Meaning, Op};
use portage_config::report::Report;
use portage_config::root::Root as Machine;
use portage_config::spec::Root;
use portage_config::tree::Node;

use crate::answer::{Answer, Data, Status};
use crate::args::Diff;
use crate::excerpt::clean;
use crate::load::{self, Loaded};
use crate::place::within;
use crate::secrets::Secrets;
use crate::{codes, json, locate};

const BOLD: Style = Style::new().bold();
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();

pub(crate) fn run(args: &Diff) -> Answer {
    let mut answer = Answer::default();
    let Some(templates) = load::templates(&args.templates, &mut answer) else { return answer.nothing() };
    let Some(loaded) = load::load(&args.spec, load::Need::Values, &mut answer) else {
        return answer.nothing();
    };
    if answer.has_errors() {
        return answer.nothing();
    }
    let Some(dirs) = dirs(&args.root, &loaded, &mut answer) else { return answer.nothing() };
    let (by_text, by_meaning) = (args.text || !args.meaning, args.meaning || !args.text);
    let mut text = String::new();
    let mut differs = false;
    for root in loaded.roots() {
        let Some((dir, machine)) = open(root, &loaded, &dirs, &mut answer) else { continue };
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
        let changes = diff::diff(&root.config, &templates, &machine, &mut report);
        report.locate(|spot, sources| locate::locate(&root.origins, &loaded.spec.layers, spot, sources));
        answer.take(report, root.name.as_deref());
        differs |= !changes.is_empty();
        let what = root.name.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
        answer.notes.push(match changes.len() {
            0 => format!("{what}no difference"),
            1 => format!("{what}1 difference"),
            count => format!("{what}{count} differences"),
        });
        if let Some(name) = root.name.as_deref().filter(|_| !changes.is_empty()) {
            let _ = writeln!(text, "{BOLD}{name}{BOLD:#} ({dir})\n");
        }
        for change in &changes {
            human(change, by_text, by_meaning, &answer.secrets, &mut text);
        }
        let changes = changes.iter().map(|change| programs(change, args.text, &answer.secrets)).collect();
        let out = json::Root { dir: Some(dir.to_string()), changes: Some(changes), ..json::Root::of(root) };
        answer.roots.push(out);
    }
    answer.sort();
    if answer.has_errors() {
        return answer.nothing();
    }
    answer.data = Data::Text(text);
    answer.status = if differs { Status::No } else { Status::Fine };
    answer
}

/// The folder of each machine: `DIR`, or `NAME=DIR` where roots have names.
fn dirs(words: &[String], loaded: &Loaded, answer: &mut Answer) -> Option<BTreeMap<String, Utf8PathBuf>> {
    let names: Vec<&str> = loaded.spec.roots.iter().filter_map(|root| root.name.as_deref()).collect();
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

/// Opens the folder of a root: its own, or its place inside that of its host.
fn open(
    root: &Root,
    loaded: &Loaded,
    dirs: &BTreeMap<String, Utf8PathBuf>,
    answer: &mut Answer,
) -> Option<(Utf8PathBuf, Machine)> {
    let name = root.name.as_deref();
    let (host, below) = loaded.host(root);
    // One folder without a name is enough where one machine is compared.
    let machines = loaded.roots().filter(|root| root.at.is_none()).count().max(1);
    let unnamed = dirs.get("").filter(|_| machines == 1);
    let own = name.and_then(|name| dirs.get(name)).cloned();
    let of_host = || {
        let dir = host.and_then(|host| dirs.get(host)).or(unnamed)?;
        Some(match &below {
            Some(below) => within(dir, below),
            None => dir.clone(),
        })
    };
    let Some(dir) = own.or_else(of_host) else {
        let name = name.unwrap_or_default();
        let help = match host.filter(|_| below.is_some()) {
            Some(host) => format!("write `--root {host}=DIR` or `--root {name}=DIR`"),
            None => format!("write `--root {name}=DIR`, or pick one root with `SPEC#{name}`"),
        };
        answer.fail(&codes::ROOT_NEEDED, format!("no folder is given for root `{name}`"), Some(help));
        return None;
    };
    match Machine::open(&dir) {
        Ok(machine) => Some((dir, machine)),
        Err(error) => {
            answer.fail(&codes::CANNOT_READ, format!("cannot open the root {error}"), None);
            None
        }
    }
}

/// The node that a change is about.
fn node(change: &Change) -> &'static str {
    change.after.as_ref().or(change.before.as_ref()).map_or("file", Node::type_name)
}

fn human(change: &Change, by_text: bool, by_meaning: bool, secrets: &Secrets, text: &mut String) {
    let op = match change.op {
        Op::Create => "create",
        Op::Update => "update",
        Op::Remove => "remove",
        Op::Mkdir => "mkdir",
        Op::Symlink => "symlink",
        Op::Chmod => "chmod",
        _ => "change",
    };
    let mode = |node: &Option<Node>| match node {
        Some(Node::File { mode, .. } | Node::Dir { mode }) => Some(format!("{mode:04o}")),
        _ => None,
    };
    let detail = match (&change.before, &change.after, mode(&change.before), mode(&change.after)) {
        (Some(Node::Symlink { target: a }), Some(Node::Symlink { target: b }), ..) => format!(" {a} -> {b}"),
        (_, Some(Node::Symlink { target }), ..) => format!(" -> {target}"),
        (Some(before), Some(after), Some(a), Some(b))
            if a != b && before.type_name() == after.type_name() =>
        {
            format!(" {a} -> {b}")
        }
        _ => String::new(),
    };
    let shown = clean(&secrets.hide(&format!("{}{detail}", change.path)));
    let _ = writeln!(text, "{BOLD}{op}{BOLD:#} {shown}");
    if by_meaning {
        for meaning in &change.meaning {
            let key = clean(&secrets.hide(&meaning.key));
            // An item has no words: it is there or not.
            let bare = |words: &Option<Vec<String>>| words.as_ref().is_none_or(Vec::is_empty);
            if bare(&meaning.before) && bare(&meaning.after) {
                let (sign, style) = if meaning.after.is_some() { ('+', ADDED) } else { ('-', REMOVED) };
                let _ = writeln!(text, "    {style}{sign} {key}{style:#}");
                continue;
            }
            let _ = writeln!(text, "    {key}");
            for (sign, style, words) in [('-', REMOVED, &meaning.before), ('+', ADDED, &meaning.after)] {
                if let Some(words) = words {
                    let words =
                        if meaning.secret { crate::secrets::HIDDEN.to_owned() } else { words.join(" ") };
                    let words = clean(&secrets.hide(&words)).replace('\n', "\\n");
                    let _ = writeln!(text, "      {style}{sign} {words}{style:#}");
                }
            }
        }
    }
    if by_text {
        for line in unified(change, secrets).lines() {
            let style = match line.as_bytes().first() {
                Some(b'+') => ADDED,
                Some(b'-') => REMOVED,
                _ => Style::new(),
            };
            let _ = writeln!(text, "{style}{}{style:#}", clean(line));
        }
    }
    text.push('\n');
}

/// The lines that differ. A file that others may not read is not shown: on the other side may be a secret that
/// this spec does not know.
pub(super) fn unified(change: &Change, secrets: &Secrets) -> String {
    let is_private = |node: &Option<Node>| match node {
        Some(Node::File { bytes, mode }) => {
            mode & 0o004 == 0 || secrets.within(&String::from_utf8_lossy(&bytes.0))
        }
        _ => false,
    };
    if is_private(&change.before) || is_private(&change.after) {
        return "(not shown: the file is secret)\n".to_owned();
    }
    secrets.hide(&change.unified()).into_owned()
}

pub(super) fn programs(change: &Change, with_text: bool, secrets: &Secrets) -> json::Change {
    json::Change {
        path: change.path.to_string(),
        op: change.op,
        node: node(change),
        kind: change.kind,
        conflict: None,
        meaning: change.meaning.iter().map(|meaning| meant(meaning, secrets)).collect(),
        text: with_text.then(|| unified(change, secrets)),
    }
}

pub(super) fn meant(meaning: &Meaning, secrets: &Secrets) -> json::Meaning {
    let words = |words: &Option<Vec<String>>| {
        let words = words.as_ref().filter(|_| !meaning.secret)?;
        Some(words.iter().map(|word| secrets.hide(word).into_owned()).collect())
    };
    json::Meaning {
        key: secrets.hide(&meaning.key).into_owned(),
        before: words(&meaning.before),
        after: words(&meaning.after),
        secret: meaning.secret,
    }
}
