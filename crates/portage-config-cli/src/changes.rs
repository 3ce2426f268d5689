//! Changes of a root, for people and for programs: `diff`, `edit`, and what writes a configuration say them alike.
//!
//! A list of changes goes in ([`people`]), or one of them ([`programs`]); text comes out, with colours, and without
//! what is secret.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use portage_config::diff::{Change, Happened, Meaning, Op};
use portage_config::file::{self, Grammar};
use portage_config::tree::Node;
use portage_config::vocab::{self, HIDDEN, Shape};

use crate::excerpt::clean;
use crate::json;
use crate::secrets::Secrets;

const BOLD: Style = Style::new().bold();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const OTHER: Style = AnsiColor::Yellow.on_default();

/// What is shown of each change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Show {
    /// The lines that differ.
    pub(crate) text: bool,
    /// The entries that differ.
    pub(crate) meaning: bool,
}

impl Show {
    /// What was asked for: one of both, or both where neither was.
    pub(crate) fn of(text: bool, meaning: bool) -> Self {
        Self { text: text || !meaning, meaning: meaning || !text }
    }
}

/// Changes with a summary in front; nothing where there are none.
pub(crate) fn people(changes: &[&Change], show: Show, secrets: &Secrets) -> String {
    let mut text = String::new();
    if changes.is_empty() {
        return text;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}\n", summary(changes));
    for change in changes {
        let _ = writeln!(text, "{}", heading(change, secrets));
        if show.meaning {
            if change.op == Op::Update && change.meaning.is_empty() && has_entries(change) {
                let _ = writeln!(text, "    no entry differs for its reader");
            }
            for meaning in &change.meaning {
                entry(change, meaning, secrets, &mut text);
            }
        }
        let has_lines = |node: &Option<Node>| matches!(node, Some(Node::File { .. }));
        // Of folders and links the heading tells all.
        if show.text && (has_lines(&change.before) || has_lines(&change.after)) {
            text.push_str(&coloured(&unified(change, secrets)));
        }
        text.push('\n');
    }
    text
}

/// `3 files to update, 1 to create; 4 entries added, 1 removed, 2 changed`.
pub(crate) fn summary(changes: &[&Change]) -> String {
    let files = [
        (is(changes, |c| c.op == Op::Update), "file", "files", "to update"),
        (is(changes, |c| c.op == Op::Create), "file", "files", "to create"),
        (is(changes, |c| c.op == Op::Remove && !is_dir(c)), "file", "files", "to remove"),
        (is(changes, |c| c.op == Op::Mkdir), "folder", "folders", "to make"),
        (is(changes, |c| c.op == Op::Remove && is_dir(c)), "folder", "folders", "to remove"),
        (is(changes, |c| c.op == Op::Symlink), "link", "links", "to make"),
        (is(changes, |c| c.op == Op::Chmod), "mode", "modes", "to change"),
    ];
    let all = || changes.iter().flat_map(|change| &change.meaning);
    let count = |name: &str| {
        // One end of what moves is enough.
        all().filter(|m| m.happened.name() == name && !matches!(m.happened, Happened::MovedTo(_))).count()
    };
    let entries = ["added", "removed", "changed", "moved", "reordered"]
        .map(|name| (count(name), "entry", "entries", name));
    [counted(&files), counted(&entries)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

fn is(changes: &[&Change], which: impl Fn(&Change) -> bool) -> usize {
    changes.iter().filter(|change| which(change)).count()
}

fn is_dir(change: &Change) -> bool {
    matches!(change.before, Some(Node::Dir { .. }))
}

/// `3 files to update, 1 to create`: the noun stands where it is another than before.
fn counted(counts: &[(usize, &'static str, &'static str, &str)]) -> String {
    let mut text = String::new();
    let mut noun = "";
    for (count, one, many, what) in counts.iter().filter(|(count, ..)| *count > 0) {
        let comma = if text.is_empty() { "" } else { ", " };
        let named = if *count == 1 { one } else { many };
        let named = if noun == *one { String::new() } else { format!(" {named}") };
        let _ = write!(text, "{comma}{count}{named} {what}");
        noun = one;
    }
    text
}

fn has_entries(change: &Change) -> bool {
    let kind = change.kind.and_then(file::named);
    kind.is_some_and(|kind| !matches!(kind.grammar, Grammar::Opaque))
}

fn heading(change: &Change, secrets: &Secrets) -> String {
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
        (Some(Node::Symlink { target }), Some(Node::Dir { .. }), ..) => format!(" (a link to {target})"),
        (Some(Node::File { .. }), Some(Node::Dir { .. }), ..) => " (a file)".to_owned(),
        (Some(Node::Symlink { target }), None, ..) => format!(" -> {target}"),
        _ => String::new(),
    };
    format!("{BOLD}{op}{BOLD:#} {}", shown(&format!("{}{detail}", change.path), secrets))
}

fn shown(text: &str, secrets: &Secrets) -> String {
    clean(&secrets.hide(text)).replace('\n', "\\n")
}

/// The lines that tell of an entry.
fn entry(change: &Change, meaning: &Meaning, secrets: &Secrets, text: &mut String) {
    let is_moved = matches!(meaning.happened, Happened::MovedTo(_) | Happened::MovedFrom(_));
    let same = match (is_moved, meaning.same) {
        (true, false) => ", and its place counts",
        (false, true) => " (all files together say the same)",
        _ => "",
    };
    for (style, sign, what) in phrases(change.kind, meaning) {
        let line = shown(&format!("{}{what}", meaning.key), secrets);
        let _ = writeln!(text, "    {style}{sign} {line}{same}{style:#}");
    }
}

type Phrase = (Style, char, String);

/// What happened to an entry, in the words of its kind.
fn phrases(kind: Option<&'static str>, meaning: &Meaning) -> Vec<Phrase> {
    let noun =
        match kind.unwrap_or_default().trim_start_matches("profile/").trim_start_matches("make.profile/") {
            "package.env" => "env ",
            "package.license" => "license ",
            "package.accept_keywords" | "package.keywords" => "keyword ",
            "package.bashrc" => "bashrc ",
            _ => "",
        };
    let said = |words: &[String]| match words {
        [] => String::new(),
        _ if meaning.secret => format!(": {HIDDEN}"),
        words => format!(": {noun}{}", words.join(" ")),
    };
    let side = |words: &Option<Vec<String>>| said(words.as_deref().unwrap_or_default());
    match &meaning.happened {
        Happened::Added => vec![(ADDED, '+', format!("{} added", side(&meaning.after)))],
        Happened::Removed => vec![(REMOVED, '-', format!("{} removed", side(&meaning.before)))],
        Happened::MovedTo(path) => vec![(OTHER, '~', format!("{} moved to {path}", side(&meaning.before)))],
        Happened::MovedFrom(path) => {
            vec![(OTHER, '~', format!("{} moved from {path}", side(&meaning.after)))]
        }
        Happened::Reordered { with: Some(with) } => {
            vec![(OTHER, '~', format!("{} moved past {with}", side(&meaning.after)))]
        }
        Happened::Reordered { .. } => {
            vec![(OTHER, '~', format!("{} in another order", side(&meaning.after)))]
        }
        _ if meaning.secret => vec![(OTHER, '~', format!(": {HIDDEN} changed"))],
        _ => changed(kind, meaning, said),
    }
}

/// What became of the words of an entry.
fn changed(kind: Option<&'static str>, meaning: &Meaning, said: impl Fn(&[String]) -> String) -> Vec<Phrase> {
    let (before, after) = match (&meaning.before, &meaning.after) {
        (Some(before), Some(after)) => (before.as_slice(), after.as_slice()),
        (before, after) => (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default()),
    };
    let (gone, new) = (without(before, after), without(after, before));
    let whole = |words: &[String]| if words.is_empty() { ": nothing".to_owned() } else { said(words) };
    if gone.is_empty() && new.is_empty() || !is_list(kind, meaning) {
        let was = whole(before);
        let was = was.trim_start_matches(": ");
        return vec![(OTHER, '~', format!("{}, was {was}", whole(after)))];
    }
    let one = |style, sign, words: &[String], what: &str| {
        (!words.is_empty()).then(|| (style, sign, format!("{} {what}", said(words))))
    };
    let both = [one(REMOVED, '-', &gone, "removed"), one(ADDED, '+', &new, "added")];
    both.into_iter().flatten().collect()
}

/// The words that stand in `all` more often than in `others`.
fn without(all: &[String], others: &[String]) -> Vec<String> {
    let mut others: Vec<&String> = others.iter().collect();
    let mut left = Vec::new();
    for word in all {
        match others.iter().position(|other| *other == word) {
            Some(at) => drop(others.swap_remove(at)),
            None => left.push(word.clone()),
        }
    }
    left
}

/// Whether the words of an entry are a list, of which some go and some come.
fn is_list(kind: Option<&'static str>, meaning: &Meaning) -> bool {
    let several = || [&meaning.before, &meaning.after].into_iter().flatten().any(|words| words.len() > 1);
    match kind.and_then(file::named).map(|kind| &kind.grammar) {
        Some(Grammar::Rules(_) | Grammar::Fstab) => true,
        Some(Grammar::Vars(_)) => match vocab::variable(&meaning.key).map(|variable| variable.shape) {
            Some(Shape::Words | Shape::Arguments) => true,
            Some(_) => false,
            None => several(),
        },
        Some(Grammar::Toml) => several(),
        _ => false,
    }
}

/// The lines that differ, as `diff -u` has them, with colours.
pub(crate) fn coloured(unified: &str) -> String {
    let mut text = String::new();
    for line in unified.lines() {
        let style = match line.as_bytes().first() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => BOLD,
            Some(b'+') => ADDED,
            Some(b'-') => REMOVED,
            Some(b'@') => AnsiColor::Cyan.on_default(),
            _ => Style::new(),
        };
        let _ = writeln!(text, "{style}{}{style:#}", clean(line));
    }
    text
}

/// The lines that differ. A file that others may not read is not shown: on the other side may be a secret that
/// this spec does not know.
pub(crate) fn unified(change: &Change, secrets: &Secrets) -> String {
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

/// A change for programs; `with_text` with the lines that differ.
pub(crate) fn programs(change: &Change, with_text: bool, secrets: &Secrets) -> json::Change {
    json::Change {
        at: None,
        path: change.path.to_string(),
        op: change.op,
        node: change.after.as_ref().or(change.before.as_ref()).map_or("file", Node::type_name),
        kind: change.kind,
        conflict: None,
        meaning: change.meaning.iter().map(|meaning| meant(meaning, secrets)).collect(),
        text: with_text.then(|| unified(change, secrets)),
    }
}

/// An entry that differs, for programs.
pub(crate) fn meant(meaning: &Meaning, secrets: &Secrets) -> json::Meaning {
    let words = |words: &Option<Vec<String>>| {
        let words = words.as_ref().filter(|_| !meaning.secret)?;
        Some(words.iter().map(|word| secrets.hide(word).into_owned()).collect())
    };
    let (mut from, mut to, mut with) = (None, None, None);
    match &meaning.happened {
        Happened::MovedFrom(path) => from = Some(path.to_string()),
        Happened::MovedTo(path) => to = Some(path.to_string()),
        Happened::Reordered { with: other } => {
            with = other.as_ref().map(|other| secrets.hide(other).into_owned());
        }
        _ => {}
    }
    json::Meaning {
        key: secrets.hide(&meaning.key).into_owned(),
        before: words(&meaning.before),
        after: words(&meaning.after),
        secret: meaning.secret,
        happened: meaning.happened.name(),
        from,
        to,
        with,
        same: meaning.same,
    }
}
