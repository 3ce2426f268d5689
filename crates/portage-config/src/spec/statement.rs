//! One entry said on its own: `PATH: ENTRY = VALUE`.

use std::ops::Range;

use indexmap::IndexMap;

use super::code;
use super::form::{self, Ctx};
use super::header;
use super::merge::{Dirty, Merger, Op, Reach, Slots, Value};
use super::origin::{Effect, FileOrigins, Touch};
use super::param::Filled;
use super::root::Wording;
use super::source::{self, Node, NodeValue, at};
use crate::file::{Grammar, Kind, RuleWords, VarsDialect};
use crate::report::{Diagnostic, Key, Origin, Report, Span, Spot};
use crate::syntax;
use crate::vocab::{Incremental, RelPath, Text, variable};

/// One entry of one file, in the words of a spec.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// The path, as it was written.
    pub(crate) header: String,
    /// The path from the root.
    pub(crate) path: RelPath,
    /// The entry: an atom, a variable, a section, a mount point.
    pub(crate) name: String,
    /// The names below the entry that are said: keys of a section; none where the entry is said as a whole.
    pub(crate) below: Vec<String>,
    /// Where the path stands.
    pub(crate) header_span: Span,
    /// Where the entry stands.
    pub(crate) span: Span,
    /// The entry and its value, in TOML.
    pub(crate) toml: String,
    node: Node,
}

const HELP: &str = "write `PATH: ENTRY = VALUE`, as in `package.use: \"app-editors/vim\".add = \"lua\"`";

impl Statement {
    /// Reads a statement. Its mistakes are reported, with places in its own text.
    pub(crate) fn parse(text: &str, report: &mut Report) -> Option<Self> {
        let source = report.sources.add("statement", text.as_bytes(), Origin::Spec);
        let span = |range: Range<usize>| Span { source, start: range.start, end: range.end };
        let Some((header, range, body)) = split(text) else {
            at(report, &code::S001, span(0..text.len()), "this is no statement").set_help(HELP);
            return None;
        };
        let header_span = span(range);
        let path = header::path(&header).map_err(|problem| {
            at(report, &code::S006, header_span, format!("`{header}` {problem}")).set_help(
                "a path is below etc/portage, or from the root with one leading slash: `/etc/fstab`",
            );
        });
        // Blanks in place of the path: what is said of the rest is said with its own places.
        let blank = " ".repeat(body.start);
        let toml = text.get(body.clone()).unwrap_or_default();
        let mut nodes = source::parse(&format!("{blank}{toml}"), source, report)?;
        if nodes.len() > 1 {
            let second = nodes.get_index(1).map_or(span(body.clone()), |(_, node)| node.key_span);
            at(report, &code::S007, second, "a statement says one entry")
                .set_help("say the other one in a statement of its own");
            return None;
        }
        let Some((name, node)) = nodes.shift_remove_index(0) else {
            at(report, &code::S001, span(body), "the statement says no entry").set_help(HELP);
            return None;
        };
        let below = match &node.value {
            NodeValue::Table(table) => table.keys().cloned().collect(),
            _ => Vec::new(),
        };
        let toml = toml.trim().to_owned();
        Some(Self { header, path: path.ok()?, name, below, header_span, span: node.key_span, toml, node })
    }

    /// The kind of the file at the path, if it is a known one.
    pub(crate) fn kind(&self) -> Option<&'static Kind> {
        crate::file::find(&self.path)
    }

    /// Says that the path is a file of no known kind.
    pub(crate) fn unknown(&self, report: &mut Report) {
        let wording = Wording {
            quote: str::to_owned,
            none: "only files of known kinds have entries that can be edited, see docs/kinds.md",
        };
        super::root::unknown(report, &self.path, &self.header, self.header_span, wording);
    }

    /// Whether the whole entry is dropped.
    pub(crate) fn drops(&self) -> bool {
        let remove = self.node.table().filter(|table| table.len() == 1).and_then(|table| table.get("remove"));
        remove.is_some_and(|node| matches!(node.value, NodeValue::Boolean(true)))
    }

    /// The words that are taken out of the entry, as far as they are said in its own `remove`.
    pub(crate) fn removed(&self) -> Vec<String> {
        let remove = self.node.table().and_then(|table| table.get("remove"));
        remove.and_then(words_of).unwrap_or_default()
    }

    /// The words that are said of the entry or added to it, each with its USE_EXPAND group.
    pub(crate) fn said(&self) -> Vec<(Option<String>, String)> {
        let mut all = Vec::new();
        said(&self.node, None, &mut all);
        all
    }

    /// A finding at the entry.
    pub(crate) fn at<'r>(
        &self,
        report: &'r mut Report,
        code: &'static crate::report::Code,
        message: impl Into<String>,
    ) -> &'r mut Diagnostic {
        let spot = Spot { path: Some(self.path.clone()), key: Key::of(&self.name), word: None, span: None };
        let found = at(report, code, self.span, message);
        found.spot = Spot { span: found.spot.span, ..spot };
        found
    }
}

/// The words of a string or a list of strings.
fn words_of(node: &Node) -> Option<Vec<String>> {
    match &node.value {
        NodeValue::String(words) => Some(words.split_whitespace().map(str::to_owned).collect()),
        NodeValue::Array(words) => words
            .iter()
            .map(|node| match &node.value {
                NodeValue::String(word) => Some(word.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn said(node: &Node, group: Option<&str>, all: &mut Vec<(Option<String>, String)>) {
    if let Some(table) = node.table() {
        for (key, node) in table.iter().filter(|(key, _)| *key != "remove") {
            match key.as_str() {
                "add" => said(node, group, all),
                super::merge::PLAIN => said(node, None, all),
                _ => said(node, Some(key), all),
            }
        }
        return;
    }
    let mut group = group.map(str::to_owned);
    for word in words_of(node).unwrap_or_default() {
        match word.strip_suffix(':') {
            Some(name) => group = Some(name.to_owned()),
            None => all.push((group.clone(), word)),
        }
    }
}

/// The path, its place, and the place of the rest.
fn split(text: &str) -> Option<(String, Range<usize>, Range<usize>)> {
    let start = text.len() - text.trim_start().len();
    let rest = text.get(start..)?;
    let (end, header) = match rest.chars().next()? {
        quote @ ('"' | '\'') => {
            let mut escaped = false;
            let close = rest.char_indices().skip(1).find(|(_, c)| {
                let closes = *c == quote && !escaped;
                escaped = quote == '"' && *c == '\\' && !escaped;
                closes
            });
            let end = close?.0 + 1;
            let quoted: toml_edit::Key = rest.get(..end)?.parse().ok()?;
            (end, quoted.get().to_owned())
        }
        _ => {
            let end = rest.find(':')?;
            (end, rest.get(..end)?.trim_end().to_owned())
        }
    };
    let behind = rest.get(end..)?;
    let colon = end + behind.len() - behind.trim_start_matches([' ', '\t']).len();
    if !rest.get(colon..)?.starts_with(':') || header.is_empty() || header.contains('\n') {
        return None;
    }
    Some((header, start..start + end, start + colon + 1..text.len()))
}

/// The text of a file as these statements, which are all about it, have it. Mistakes are reported.
pub(crate) fn written(
    kind: &'static Kind,
    path: &RelPath,
    text: &[u8],
    statements: &[&Statement],
    report: &mut Report,
) -> Vec<u8> {
    let model = syntax::read(&kind.grammar, text, &mut Report::new().file(path));
    let mut slots = form::slots(kind, &model);
    let (mut origins, mut dirty, filled) = (FileOrigins::default(), Dirty::new(), Filled::new());
    for statement in statements {
        let span = statement.header_span;
        origins.file.push(Touch { layer: 0, span, effect: Effect::Set, text: String::new() });
        if let Some(help) = header::misplaced(kind, &statement.name, &statement.node) {
            let message = format!("`{}` means nothing in `{}`", statement.name, statement.header);
            at(report, &code::S022, statement.span, message).set_help(help);
            continue;
        }
        let mut ctx = Ctx { kind, filled: &filled, report };
        let Some((name, mut edit)) = form::entry(&statement.name, &statement.node, &mut ctx) else {
            continue;
        };
        let added = match slots.get(&name) {
            Some(slot) => settle(kind, &name, &mut edit.op, &slot.value, edit.span),
            None => true,
        };
        if !added {
            continue;
        }
        let reach = Reach::of(&edit.op);
        let reach = match dirty.shift_remove(&name) {
            Some(before) => reach.and(before),
            None => reach,
        };
        dirty.insert(name.clone(), reach);
        let rules = matches!(kind.grammar, Grammar::Rules(_));
        let mut merger = Merger { layer: 0, rules, origins: &mut origins, report };
        let key = Key::of(name.as_str());
        merger.apply(&mut slots, name, edit, key);
    }
    if dirty.is_empty() {
        return text.to_vec();
    }
    super::patch::into_text(kind, path, text, slots, &dirty, &origins, report)
}

/// Words that already hold are not added once more, and those that say the opposite go. Whether anything is left
/// to be done.
fn settle(kind: &Kind, name: &str, op: &mut Op, value: &Value, span: Span) -> bool {
    match op {
        Op::Words { remove, add, .. } => {
            let known: Vec<&str> = match value {
                Value::Words(words) => words.iter().map(Text::reveal).collect(),
                Value::Text(text) => text.reveal().split_whitespace().collect(),
                _ => return true,
            };
            if !switches(kind, name) {
                // Options may have arguments: all of them together, or none.
                let wanted: Vec<&str> = add.iter().map(Text::reveal).collect();
                let gone = remove.iter().any(|(gone, _)| wanted.contains(&gone.reveal()));
                if !wanted.is_empty() && !gone && known.windows(wanted.len()).any(|words| words == wanted) {
                    add.clear();
                }
            } else {
                add.retain(|word| !holds(&known, word.reveal()));
                for word in add.iter() {
                    let other = opposite(word.reveal());
                    let is_said = known.contains(&other.as_str());
                    if is_said && !remove.iter().any(|(gone, _)| gone.reveal() == other) {
                        remove.push((other.into(), span));
                    }
                }
            }
            !(add.is_empty() && remove.is_empty())
        }
        Op::Elements { remove, add } => {
            if let Value::Toml(crate::model::TomlValue::Array(list)) = value {
                add.retain(|element| !list.contains(element));
            }
            !(add.is_empty() && remove.is_empty())
        }
        Op::ElementsOr(elements, _) if matches!(value, Value::Toml(crate::model::TomlValue::Array(_))) => {
            settle(kind, name, elements, value, span)
        }
        Op::Parts(parts) => {
            let plain = IndexMap::from_iter([(
                super::merge::PLAIN.to_owned(),
                super::merge::Slot { value: value.clone(), comment: Default::default() },
            )]);
            let slots: &Slots = match value {
                Value::Parts(slots) => slots,
                _ => &plain,
            };
            parts.retain_mut(|(part, edit)| match slots.get(part.as_str()) {
                Some(slot) => settle(kind, name, &mut edit.op, &slot.value, edit.span),
                None => true,
            });
            !parts.is_empty()
        }
        _ => true,
    }
}

/// The words of an entry of a spec, after some were taken out and others added; also those that were not there.
pub(crate) fn reworded(
    kind: &Kind,
    name: &str,
    known: &[&str],
    remove: &[String],
    add: &[String],
) -> (Vec<String>, Vec<String>) {
    let is_there = |word: &&String| known.contains(&word.as_str());
    let missing = remove.iter().filter(|word| !is_there(word)).cloned().collect();
    let mut words: Vec<&str> =
        known.iter().copied().filter(|word| !remove.iter().any(|gone| gone == word)).collect();
    if switches(kind, name) {
        for word in add {
            if holds(&words, word) {
                continue;
            }
            let other = opposite(word);
            words.retain(|known| *known != other);
            words.push(word);
        }
    } else {
        let wanted: Vec<&str> = add.iter().map(String::as_str).collect();
        if wanted.is_empty() || !words.windows(wanted.len()).any(|words| words == wanted) {
            words.extend(wanted);
        }
    }
    (words.into_iter().map(str::to_owned).collect(), missing)
}

/// Whether a later word may take an earlier one back.
fn switches(kind: &Kind, name: &str) -> bool {
    match kind.grammar {
        Grammar::Rules(dialect) => !matches!(dialect.words, RuleWords::EnvFiles | RuleWords::Any),
        Grammar::Vars(VarsDialect::Getconfig) => {
            variable(name).is_some_and(|variable| variable.incremental != Incremental::No)
        }
        _ => false,
    }
}

/// `-x` for `x`, and the other way round.
fn opposite(word: &str) -> String {
    word.strip_prefix('-').map_or_else(|| format!("-{word}"), str::to_owned)
}

/// Whether a word is said and not taken back behind that.
fn holds(words: &[&str], word: &str) -> bool {
    let other = opposite(word);
    let ends =
        |known: &&&str| **known == word || **known == other || (**known == "-*" && !word.starts_with('-'));
    words.iter().rev().find(ends).is_some_and(|last| *last == word)
}
