//! `[step.NAME]`: what is done between the files.

use indexmap::IndexMap;

use super::code;
use super::param::{self, Filled};
use super::source::{Node, NodeValue, Nodes, at};
use super::words::{PHASES, STEP as KEYS};
use super::{Resolved, Step};
use crate::report::{Report, Span};
use crate::vocab::Text;

/// A step as its layers say it.
#[derive(Clone, Debug, Default)]
struct Said {
    about: Option<String>,
    phase: Option<String>,
    on: Option<String>,
    run: Option<String>,
    /// The parameters that nothing fills, by key.
    open: IndexMap<String, Vec<String>>,
    span: Option<Span>,
}

/// The steps of one root, in the order in which they were first said.
#[derive(Default)]
pub(super) struct Steps(IndexMap<String, Said>);

impl Steps {
    /// Takes in what one layer says.
    pub(super) fn read(&mut self, table: &Nodes, filled: &Filled, report: &mut Report) {
        let named = if table.is_empty() { Filled::new() } else { named(filled) };
        for (name, node) in table {
            let NodeValue::Table(keys) = &node.value else {
                let message = format!("`{name}` is a step: a table, not {}", node.type_name());
                at(report, &code::S008, node.span, message);
                continue;
            };
            if keys.get("remove").is_some_and(|node| matches!(node.value, NodeValue::Boolean(true))) {
                for (key, node) in keys.iter().filter(|(key, _)| *key != "remove") {
                    let message = format!("the step is removed, and its `{key}` with it");
                    at(report, &code::S008, node.key_span, message)
                        .set_help("take `remove` out, or what stands beside it");
                }
                if self.0.shift_remove(name).is_none() {
                    at(report, &code::S012, node.key_span, format!("there is no step `{name}` to remove"));
                }
                continue;
            }
            let said = self.0.entry(name.clone()).or_default();
            said.span = Some(node.key_span);
            for (key, node) in keys {
                let place = match key.as_str() {
                    "about" => &mut said.about,
                    "phase" => &mut said.phase,
                    "on" => &mut said.on,
                    "run" => &mut said.run,
                    "remove" => {
                        at(report, &code::S008, node.span, "`remove` is `true`, or is left out");
                        continue;
                    }
                    _ => {
                        unknown(key, node, report);
                        continue;
                    }
                };
                match &node.value {
                    NodeValue::String(text) => {
                        let open = filled.iter().filter(|(name, value)| !is_said(value) && uses(text, name));
                        said.open.insert(key.clone(), open.map(|(name, _)| name.clone()).collect());
                        let text = param::expand(text, node.span, &named, &str::to_owned, report);
                        // Secrets are not filled in; `TOKEN=$(…)` is a command, and hiding it would break it.
                        *place = text.map(|text| text.reveal().replace("\r\n", "\n"));
                        if key == "run" {
                            printable(place.as_deref().unwrap_or_default(), node.span, report);
                        }
                    }
                    _ => {
                        let message = format!("`{key}` is a string, not {}", node.type_name());
                        at(report, &code::S008, node.span, message);
                    }
                }
                if key == "phase"
                    && let NodeValue::String(phase) = &node.value
                    && !PHASES.contains(&phase.as_str())
                {
                    at(report, &code::S008, node.span, format!("`{phase}` is no phase"))
                        .set_help(format!("the phases are {}", PHASES.join(", ")));
                }
            }
        }
    }

    /// Puts the steps to those of the other roots: one that several have is there once.
    pub(super) fn finish(self, root: Option<&str>, resolved: &mut Resolved, report: &mut Report) {
        for (name, said) in self.0 {
            let Some(span) = said.span else { continue };
            let (Some(about), Some(phase)) = (said.about, said.phase) else {
                at(report, &code::S008, span, format!("the step `{name}` has no `about` or no `phase`"));
                continue;
            };
            let mut open: Vec<String> = Vec::new();
            for name in said.open.into_values().flatten() {
                if !open.contains(&name) {
                    open.push(name);
                }
            }
            let step = Step { name, about, phase, on: said.on, run: said.run, open, roots: Vec::new() };
            let same = |other: &&mut Step| Step { roots: Vec::new(), ..(**other).clone() } == step;
            let root = root.map(str::to_owned);
            match resolved.steps.iter_mut().find(same) {
                Some(other) => other.roots.extend(root),
                None => resolved.steps.push(Step { roots: root.into_iter().collect(), ..step }),
            }
        }
        let rank = |step: &Step| PHASES.iter().position(|phase| *phase == step.phase);
        resolved.steps.sort_by_key(rank);
    }
}

/// What steps show: values, and in the place of those that are unset or secret their own name.
fn named(filled: &Filled) -> Filled {
    let name = |name: &str| Some(format!("@{{{name}}}").into());
    filled
        .iter()
        .map(|(key, value)| (key.clone(), if is_said(value) { value.clone() } else { name(key) }))
        .collect()
}

/// Whether a value is there, and everybody may see it.
fn is_said(value: &Option<Text>) -> bool {
    value.as_ref().is_some_and(|value| !value.is_secret())
}

/// Whether a text names a parameter; `@@{` is the characters themselves.
fn uses(text: &str, name: &str) -> bool {
    let word = format!("@{{{name}}}");
    let mut before = None;
    text.split(word.as_str()).any(|part| before.replace(part).is_some_and(|part| !part.ends_with('@')))
}

/// Refuses control characters: whoever prints the commands would have to change them, and a terminal acts on them.
fn printable(run: &str, span: Span, report: &mut Report) {
    if let Some(c) = run.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        let message = format!("`run` holds the control character {}", c.escape_unicode());
        at(report, &code::S011, span, message).set_help("let printf(1) write it: `printf '\\033'`");
    }
}

fn unknown(key: &str, node: &Node, report: &mut Report) {
    let near = super::header::nearest(key, KEYS.into_iter());
    let found = at(report, &code::S005, node.key_span, format!("a step has no `{key}`"));
    found.set_help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", KEYS.join(", ")),
    });
}
