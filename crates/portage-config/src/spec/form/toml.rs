//! Files that are TOML themselves: their own keys, in place.

use super::super::merge::{Edit, Op, Slot, Slots, Value};
use super::super::source::{Node, NodeValue};
use super::{Ctx, edit, edit_comment, is_word_edit, only};
use crate::file::ugrd;
use crate::model::{Comment, Entry, Table, TomlValue};

/// `.add` and `.remove` are edits only on keys that hold lists: those the kind knows, and those that hold one.
fn is_list(ctx: &Ctx<'_>, path: &[&str]) -> bool {
    match path {
        [key] if ctx.kind.name == "ugrd" => {
            ugrd::parameter(key).is_some_and(|parameter| parameter.ty == ugrd::Type::List)
        }
        _ => false,
    }
}

/// A value made of parameters is a text. Where ugrd's tables want a number or a truth value and it is one, it becomes that.
fn number(path: &[&str], node: &Node, value: &mut TomlValue, ctx: &Ctx<'_>) {
    let ty = match path {
        _ if ctx.kind.name != "ugrd" => None,
        [key] => ugrd::parameter(key).map(|known| known.ty),
        [table, _, key] => ugrd::nested(table).find(|known| known.key == *key).map(|known| known.ty),
        _ => None,
    };
    let (NodeValue::String(said), TomlValue::String(text)) = (&node.value, &*value) else { return };
    if !said.contains("@{") || text.is_secret() {
        return;
    }
    let text = text.reveal();
    let made = match ty {
        Some(ugrd::Type::Int) => text.parse().ok().map(TomlValue::Integer),
        Some(ugrd::Type::Bool) => text.parse().ok().map(TomlValue::Boolean),
        _ => None,
    };
    if let Some(made) = made {
        *value = made;
    }
}

pub(super) fn entry(path: &[&str], node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let literal = node.table().and_then(|table| only(table, "literal"));
    let literal = literal.filter(|node| matches!(node.value, NodeValue::String(_)));
    let (NodeValue::Table(table), None) = (&node.value, literal) else {
        let mut value = value(literal.unwrap_or(node), ctx)?;
        if literal.is_none() {
            number(path, node, &mut value, ctx);
        }
        let shown = super::super::merge::shown(&Value::Toml(value.clone()));
        return Some(edit(node, Op::Set(Value::Toml(value)), shown));
    };
    if table.len() == 1
        && table.get("remove").is_some_and(|node| matches!(node.value, NodeValue::Boolean(true)))
    {
        return Some(edit(node, Op::Drop, String::new()));
    }
    if is_word_edit(table) {
        let known = is_list(ctx, path);
        let elements = elements(node, ctx, known)?;
        if let Some(elements) = elements {
            let shown = match &elements {
                Op::Elements { remove, add } => {
                    let list = if add.is_empty() {
                        remove.iter().map(|(v, _)| v.clone()).collect()
                    } else {
                        add.clone()
                    };
                    super::super::merge::shown(&Value::Toml(TomlValue::Array(list)))
                }
                _ => String::new(),
            };
            let op = if known {
                elements
            } else {
                Op::ElementsOr(Box::new(elements), Box::new(Op::Parts(inner(path, node, ctx)?)))
            };
            return Some(Edit { comment: edit_comment(node), ..edit(node, op, shown) });
        }
    }
    let parts = inner(path, node, ctx)?;
    Some(edit(node, Op::Parts(parts), String::new()))
}

fn inner(path: &[&str], node: &Node, ctx: &mut Ctx<'_>) -> Option<Vec<(String, Edit)>> {
    let mut parts = Vec::new();
    for (name, part) in node.table()? {
        let name = ctx.name(name, part.key_span)?;
        let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
        let edit = entry(&path, part, ctx)?;
        parts.push((name, edit));
    }
    Some(parts)
}

/// The elements that a table of `add` and `remove` names, if they are elements at all.
#[expect(clippy::option_option, reason = "the outer one is a reported mistake")]
fn elements(node: &Node, ctx: &mut Ctx<'_>, known: bool) -> Option<Option<Op>> {
    let (mut remove, mut add) = (Vec::new(), Vec::new());
    for (name, side) in node.table()? {
        let items: Vec<&Node> = match &side.value {
            NodeValue::Array(items) => items.iter().collect(),
            NodeValue::Table(_) | NodeValue::Boolean(_) if !known => return Some(None),
            NodeValue::Table(_) => {
                ctx.shape(side, "a list");
                return None;
            }
            _ => vec![side],
        };
        for item in items {
            let value = value(item, ctx)?;
            if name == "add" {
                add.push(value);
            } else {
                remove.push((value, item.span));
            }
        }
    }
    Some(Some(Op::Elements { remove, add }))
}

fn value(node: &Node, ctx: &mut Ctx<'_>) -> Option<TomlValue> {
    Some(match &node.value {
        NodeValue::String(text) => TomlValue::String(ctx.text(text, node.span)?),
        NodeValue::Integer(number, _) => TomlValue::Integer(*number),
        NodeValue::Float(number) => TomlValue::Float(*number),
        NodeValue::Boolean(value) => TomlValue::Boolean(*value),
        NodeValue::Datetime(text) => TomlValue::Datetime(text.clone()),
        NodeValue::Array(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                list.push(value(item, ctx)?);
            }
            TomlValue::Array(list)
        }
        NodeValue::Table(table) => {
            let mut entries = Vec::with_capacity(table.len());
            for (name, node) in table {
                let key = ctx.name(name, node.key_span)?;
                entries.push(Entry { key, value: value(node, ctx)?, comment: node.comment.clone() });
            }
            TomlValue::Table(Table { header: Vec::new(), entries })
        }
    })
}

pub(super) fn build(header: Vec<String>, slots: &Slots) -> Table {
    let mut entries = Vec::with_capacity(slots.len());
    for (key, slot) in slots {
        let value = match &slot.value {
            Value::Toml(value) => value.clone(),
            Value::Parts(parts) => TomlValue::Table(build(Vec::new(), parts)),
            _ => continue,
        };
        entries.push(Entry { key: key.clone(), value, comment: slot.comment.clone() });
    }
    Table { header, entries }
}

pub(super) fn slots(table: &Table) -> Slots {
    table
        .entries
        .iter()
        .map(|entry| {
            let value = match &entry.value {
                TomlValue::Table(inner) => Value::Parts(slots(inner)),
                other => Value::Toml(other.clone()),
            };
            (entry.key.clone(), Slot { value, comment: Comment { ..entry.comment.clone() } })
        })
        .collect()
}
