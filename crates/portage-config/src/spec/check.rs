//! `[check]`: what is reported, and how loudly.

use super::CheckRule;
use super::code;
use super::header;
use super::source::{Node, NodeValue, Nodes, at};
use crate::report::{Report, Severity};
use crate::vocab::RelPath;

/// `[check]`.
pub(super) fn checks(table: &Nodes, rules: &mut Vec<CheckRule>, report: &mut Report) {
    for (name, node) in table {
        match &node.value {
            NodeValue::String(_) => check(name, None, node, rules, report),
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
    let level = match &node.value {
        NodeValue::String(level) => match level.as_str() {
            "allow" => None,
            "hint" => Some(Severity::Hint),
            "warn" => Some(Severity::Warning),
            "error" => Some(Severity::Error),
            other => {
                at(report, &code::S005, node.span, format!("`{other}` is no level"))
                    .set_help("the levels are `allow`, `hint`, `warn` and `error`");
                return;
            }
        },
        _ => {
            at(report, &code::S008, node.span, "a level is a string: `allow`, `hint`, `warn` or `error`");
            return;
        }
    };
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
    rules.push(CheckRule { code: code.id.to_owned(), path, level });
}
