//! `[check]`: what is reported, how loudly, and why.

use super::CheckRule;
use super::code;
use super::header;
use super::source::{Node, NodeValue, Nodes, at};
use super::words;
use crate::report::{Report, Severity};
use crate::vocab::RelPath;

/// `[check]`.
pub(super) fn checks(table: &Nodes, rules: &mut Vec<CheckRule>, report: &mut Report) {
    for (name, node) in table {
        match &node.value {
            NodeValue::String(_) => check(name, None, node, rules, report),
            // No code is named so, and a folder holds none of these.
            NodeValue::Table(inner) if words::CHECK.iter().any(|word| inner.contains_key(*word)) => {
                check(name, None, node, rules, report);
            }
            NodeValue::Table(inner) => match header::path(name) {
                Ok(path) => {
                    for (name, node) in inner {
                        check(name, Some(path.clone()), node, rules, report);
                    }
                }
                Err(problem) => {
                    at(report, &code::S006, node.key_span, format!("`{name}` {problem}"));
                }
            },
            _ => {
                at(
                    report,
                    &code::S008,
                    node.span,
                    format!("`{name}` is set to a level, not {}", node.type_name()),
                );
            }
        }
    }
}

fn check(name: &str, path: Option<RelPath>, node: &Node, rules: &mut Vec<CheckRule>, report: &mut Report) {
    let said = match &node.value {
        NodeValue::String(_) => level(node, report).map(|level| (level, None)),
        NodeValue::Table(table) => reasoned(table, node, report),
        _ => {
            at(report, &code::S008, node.span, "a level is a string: `allow`, `hint`, `warn` or `error`");
            None
        }
    };
    let Some((level, why)) = said else { return };
    let Some(code) = crate::codes::find(name) else {
        let near = header::nearest(name, crate::codes::ALL.iter().map(|code| code.id));
        let found = at(report, &code::S005, node.key_span, format!("`{name}` is no check"));
        found.set_help(match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a check is named by its number, `L003`, or its name".to_owned(),
        });
        return;
    };
    // The last one holds.
    rules.retain(|rule| rule.code != code.id || rule.path != path);
    rules.push(CheckRule { code: code.id.to_owned(), path, level, why });
}

/// `{ level = "allow", why = "…" }`.
fn reasoned(table: &Nodes, whole: &Node, report: &mut Report) -> Option<(Option<Severity>, Option<String>)> {
    let (mut said, mut why, mut is_wrong) = (None, None, false);
    for (name, node) in table {
        match (name.as_str(), &node.value) {
            ("level", _) => {
                said = level(node, report);
                is_wrong |= said.is_none();
            }
            ("why", NodeValue::String(text)) => why = Some(text.clone()),
            ("why", _) => {
                let message = format!("`why` is a text, not {}", node.type_name());
                at(report, &code::S008, node.span, message);
                is_wrong = true;
            }
            _ => {
                let message = format!("a check has no `{name}`");
                at(report, &code::S005, node.key_span, message).set_help("it has `level` and `why`");
                is_wrong = true;
            }
        }
    }
    if said.is_none() && !is_wrong {
        at(report, &code::S008, whole.span, "the level is missing")
            .set_help("the levels are `allow`, `hint`, `warn` and `error`");
    }
    (!is_wrong).then_some(())?;
    said.map(|level| (level, why))
}

/// A level: `None` where it is none, `Some(None)` for `allow`.
#[expect(clippy::option_option, reason = "see above")]
fn level(node: &Node, report: &mut Report) -> Option<Option<Severity>> {
    let NodeValue::String(level) = &node.value else {
        at(report, &code::S008, node.span, "a level is a string: `allow`, `hint`, `warn` or `error`");
        return None;
    };
    Some(match level.as_str() {
        "allow" => None,
        "hint" => Some(Severity::Hint),
        "warn" => Some(Severity::Warning),
        "error" => Some(Severity::Error),
        other => {
            at(report, &code::S005, node.span, format!("`{other}` is no level"))
                .set_help("the levels are `allow`, `hint`, `warn` and `error`");
            return None;
        }
    })
}
