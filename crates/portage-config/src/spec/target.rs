//! `[target]`: the machine, and the layer of what follows from it.

use indexmap::IndexMap;

use super::LayerId;
use super::code;
use super::header::{self, Part, Section};
use super::param::{self, Filled};
use super::root::Voice;
use super::source::{Node, NodeValue, Nodes, at};
use crate::file::{self, Kind};
use crate::model::Comment;
use crate::report::{Report, Span};
use crate::target::{BUILD_HOST, Derived, Entry, KEYS, PARAMETERS, ProblemKind, Target};

/// The name of the layer.
pub(super) const LAYER: &str = "target";

/// What the names of the parameters begin with that follow from a target.
pub(super) const PREFIX: &str = "target.";

/// The table of the build host.
const INNER: &str = "build-host";

/// The key of the file that the variables are written to.
const FILE: &str = "file";

/// A value of `[target]`, and where it is said.
struct Value {
    text: String,
    span: Span,
    key_span: Span,
}

/// All that the layers of a root say of its target.
struct Said {
    values: IndexMap<String, Value>,
    span: Span,
    /// Whether all of it could be read, and no value waits for a parameter.
    whole: bool,
}

/// `--set target.KEY=…` changes machines: of a root that has none it makes none.
pub(super) fn settle(root: Option<&str>, set: &[LayerId], voices: &mut Vec<Voice<'_>>) {
    let is_set = |voice: &Voice<'_>| voice.part.target.is_some() && set.contains(&voice.layer);
    let said = voices.iter().any(|voice| voice.part.target.is_some() && !is_set(voice));
    if root.is_some() && !said {
        voices.retain(|voice| !is_set(voice));
    }
}

/// Reads the machine that the layers of a root describe, fills the parameters that follow from it, and gives the layer
/// of the entries that do.
///
/// Of a `block` the machine may be described by the specs that extend it.
pub(super) fn read(
    voices: &[Voice<'_>],
    block: bool,
    filled: &mut Filled,
    report: &mut Report,
) -> Option<(Target, Part)> {
    let open = PARAMETERS.iter().map(|name| (format!("{PREFIX}{name}"), None));
    let Some(said) = said(voices, filled, report) else {
        filled.extend(open.filter(|_| block));
        return None;
    };
    let file = said.file(report);
    let keys = said.values.iter().filter(|(key, _)| *key != FILE);
    let read = Target::read(keys.map(|(key, value)| (key.as_str(), value.text.as_str())));
    for problem in read.as_ref().err().into_iter().flatten() {
        // What is not there may be what could not be read.
        if problem.kind != ProblemKind::Missing || (said.whole && !block) {
            said.wrong(problem, report);
        }
    }
    let Some(target) = read.ok().filter(|_| said.whole) else {
        filled.extend(open);
        return None;
    };
    let derived = target.derive();
    for (name, value) in &derived.parameters {
        filled.insert(format!("{PREFIX}{name}"), Some(value.as_str().into()));
    }
    let part = said.part(&derived, &file);
    Some((target, part))
}

fn said(voices: &[Voice<'_>], filled: &Filled, report: &mut Report) -> Option<Said> {
    let span = voices.iter().find_map(|voice| voice.part.target.as_ref())?.1;
    let mut said = Said { values: IndexMap::new(), span, whole: true };
    for (table, span) in voices.iter().filter_map(|voice| voice.part.target.as_ref()) {
        said.span = *span;
        for (key, node) in table {
            match &node.value {
                NodeValue::Table(inner) if key == INNER => {
                    for (key, node) in inner {
                        said.take(key, Some(INNER), node, filled, report);
                    }
                }
                _ => said.take(key, None, node, filled, report),
            }
        }
    }
    Some(said)
}

impl Said {
    fn take(&mut self, key: &str, inner: Option<&str>, node: &Node, filled: &Filled, report: &mut Report) {
        let known: &[&str] = if inner.is_some() { &BUILD_HOST } else { &KEYS };
        if !known.contains(&key) {
            self.whole = false;
            let table = inner.map_or("`[target]`".to_owned(), |inner| format!("`[target.{inner}]`"));
            let found = at(report, &code::S005, node.key_span, format!("{table} has no `{key}`"));
            found.set_help(match header::nearest(key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", known.join(", ")),
            });
            return;
        }
        let text = match &node.value {
            NodeValue::String(text) if text.contains("@{target.") => {
                self.whole = false;
                let message = "a value of `[target]` cannot hold what follows from it";
                at(report, &code::S015, node.span, message).set_help("say the value itself, or a parameter");
                return;
            }
            NodeValue::String(text) if key != INNER => {
                let Some(text) = param::expand(text, node.span, filled, &str::to_owned, report) else {
                    self.whole = false;
                    return;
                };
                if text.is_secret() {
                    self.whole = false;
                    at(report, &code::S023, node.span, "a secret cannot be part of a machine");
                    return;
                }
                text.into_revealed()
            }
            NodeValue::Integer(number, _) if key != INNER => number.to_string(),
            NodeValue::Boolean(value) if key != INNER => value.to_string(),
            _ => {
                self.whole = false;
                let wanted = if key == INNER { "a table" } else { "a string or a number" };
                let message = format!("`{key}` is {wanted}, not {}", node.type_name());
                at(report, &code::S008, node.span, message);
                return;
            }
        };
        let name = inner.map_or(key.to_owned(), |inner| format!("{inner}.{key}"));
        self.values.insert(name, Value { text, span: node.span, key_span: node.key_span });
    }

    fn wrong(&self, problem: &crate::target::Problem, report: &mut Report) {
        let value = self.values.get(&problem.key);
        let span = match problem.kind {
            ProblemKind::Key => value.map(|value| value.key_span),
            _ => value.map(|value| value.span),
        };
        let code = if problem.kind == ProblemKind::Key { &code::S005 } else { &code::S026 };
        at(report, code, span.unwrap_or(self.span), problem.message.clone()).help.clone_from(&problem.help);
    }

    /// The file of the variables: make.conf, or one of its folder.
    fn file(&self, report: &mut Report) -> String {
        let plain = "make.conf";
        let Some(value) = self.values.get(FILE) else { return plain.to_owned() };
        let kind = header::path(&value.text).ok().and_then(|path| file::find(&path));
        if kind.is_some_and(|kind: &Kind| kind.name == plain) {
            return value.text.clone();
        }
        at(report, &code::S026, value.span, format!("`{}` is no file of make.conf", value.text))
            .set_help("write `make.conf`, or a file of its folder: `make.conf/00-target`");
        plain.to_owned()
    }

    /// The layer.
    fn part(&self, derived: &Derived, file: &str) -> Part {
        let node = |value: NodeValue, entry: &Entry| {
            let said = [entry.key, "cpu", "chost"].into_iter().find_map(|key| self.values.get(key));
            let span = said.map_or(self.span, |value| value.key_span);
            let above = entry.because.iter().map(|text| format!(" {text}")).collect();
            Node { value, span, key_span: span, comment: Comment { above, behind: None } }
        };
        let text = |entry: &Entry| NodeValue::String(entry.value.replace("@{", "@@{"));
        let entries = derived.variables.iter().map(|entry| (entry.name.clone(), node(text(entry), entry)));
        let section = Section {
            header: file.to_owned(),
            span: self.span,
            comment: Comment::default(),
            entries: entries.collect(),
        };
        let profile = &derived.profile;
        let link = Nodes::from_iter([("link".to_owned(), node(text(profile), profile))]);
        let files = Nodes::from_iter([(profile.name.clone(), node(NodeValue::Table(link), profile))]);
        Part { sections: vec![section], files, ..Part::default() }
    }
}

/// Says that a parameter does not follow from the target.
pub(super) fn unknown(name: &str, nearest: Option<String>, filled: &Filled, span: Span, report: &mut Report) {
    let key = name.strip_prefix(PREFIX).unwrap_or_default();
    let is_there = filled.keys().any(|name| name.starts_with(PREFIX));
    let (message, help) = match (is_there, PARAMETERS.contains(&key)) {
        (false, _) => {
            (format!("`@{{{name}}}` without `[target]`"), "describe the machine below `[target]`".to_owned())
        }
        (true, true) => {
            let needs = match key {
                "jobs" | "load" => "`cores`",
                _ => "`cpu` of `[target.build-host]`",
            };
            (format!("`@{{{name}}}` does not follow from this `[target]`"), format!("say the {needs}"))
        }
        (true, false) => {
            let help = match nearest {
                Some(nearest) => format!("did you mean `@{{{nearest}}}`?"),
                None => {
                    format!("there is {}", PARAMETERS.map(|name| format!("@{{{PREFIX}{name}}}")).join(", "))
                }
            };
            (format!("`@{{{name}}}` does not follow from a target"), help)
        }
    };
    at(report, &code::S015, span, message).set_help(help);
}
