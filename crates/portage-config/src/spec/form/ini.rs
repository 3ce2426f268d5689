//! Sections of keys.

use super::super::merge::{Edit, Op, Slot, Slots, Value};
use super::super::source::{Node, NodeValue, Nodes};
use super::{Ctx, WordEdit, above, edit, edit_comment, is_word_edit, only, shown_edit, texts, word_edit};
use crate::file::IniDialect;
use crate::model::{Comment, Ini, IniKey, IniSection};
use crate::spec::code;
use crate::vocab::Text;

pub(super) fn entry(dialect: IniDialect, key: &str, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    if key.trim() != key || key.is_empty() || key.contains(['[', ']', '\n']) {
        ctx.wrong(&code::S010, node.key_span, format!("`{key}` is no name of a section"));
        return None;
    }
    let NodeValue::Table(table) = &node.value else {
        ctx.shape(node, "a section of keys").set_help(format!("write `SECTION.{key} = …`"));
        return None;
    };
    if let Some(remove) = only(table, "remove")
        && matches!(remove.value, NodeValue::Boolean(_))
    {
        word_edit(table, ctx)?;
        return Some(edit(node, Op::Drop, String::new()));
    }
    let mut parts = Vec::new();
    let mut good = true;
    for (name, part) in table {
        let checked = ctx.name(name, part.key_span).and_then(|name| {
            let bad = name.trim() != name
                || name.is_empty()
                || name.starts_with(['#', ';', '['])
                || name.contains(['=', ':', '\n']);
            if bad {
                ctx.wrong(&code::S010, part.key_span, format!("`{name}` is no name of a key")).set_help(
                    "a key holds no `=`, no `:` and no line break, and starts with no `#`, `;` or `[`",
                );
                return None;
            }
            key_edit(dialect, &name, part, ctx).map(|edit| (name, edit))
        });
        match checked {
            Some(part) => parts.push(part),
            None => good = false,
        }
    }
    good.then(|| edit(node, Op::Parts(parts), String::new()))
}

fn key_edit(dialect: IniDialect, name: &str, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    if let NodeValue::Table(table) = &node.value {
        if let Some(literal) = only(table, "literal") {
            let NodeValue::String(text) = &literal.value else {
                ctx.shape(literal, "a string");
                return None;
            };
            let text = super::param::expand(text, literal.span, ctx.filled, &str::to_owned, ctx.report)?;
            let text =
                if dialect == IniDialect::ConfigParser { text.map(|t| t.replace('%', "%%")) } else { text };
            return one_line(text, literal, node, ctx);
        }
        if is_word_edit(table) {
            return words(dialect, table, node, ctx);
        }
        ctx.shape(node, "a string, a number, true or false")
            .set_help(format!("`{name}` is a key, not a section"));
        return None;
    }
    match &node.value {
        NodeValue::Array(_) if dialect == IniDialect::Systemd => {
            let NodeValue::Array(items) = &node.value else { return None };
            let mut values = Vec::new();
            for item in items {
                match scalar(dialect, item, ctx)? {
                    Some(text) => values.push(text),
                    None => return None,
                }
            }
            let shown = values.iter().map(Text::shown).collect::<Vec<_>>().join(", ");
            Some(edit(node, Op::Set(Value::Words(values)), shown))
        }
        NodeValue::Array(_) => {
            let words = ctx.words(node)?;
            let shown = super::join(&words);
            let secret = words.iter().any(|(word, _)| word.is_secret());
            let joined = words.iter().map(|(word, _)| word.reveal()).collect::<Vec<_>>().join(" ");
            let text = if secret { Text::secret(joined) } else { joined.into() };
            Some(edit(node, Op::Set(Value::Text(text)), shown))
        }
        _ => {
            let text = scalar(dialect, node, ctx)??;
            one_line(text, node, node, ctx)
        }
    }
}

fn one_line(text: Text, place: &Node, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    if text.reveal().contains(['\n', '\r', '\0']) {
        ctx.wrong(&code::S011, place.span, "a value of this file is one line")
            .set_help("write a blank for the line break");
        return None;
    }
    if text.reveal().trim() != text.reveal() {
        ctx.wrong(&code::S011, place.span, "blanks at the ends of a value are lost in this file");
        return None;
    }
    let shown = text.shown().into_owned();
    Some(edit(node, Op::Set(Value::Text(text)), shown))
}

fn scalar(dialect: IniDialect, node: &Node, ctx: &mut Ctx<'_>) -> Option<Option<Text>> {
    Some(match &node.value {
        NodeValue::String(text) => Some(ctx.text(text, node.span)?),
        NodeValue::Integer(number, _) => Some(number.to_string().into()),
        NodeValue::Boolean(value) if dialect == IniDialect::KeyFile => Some(value.to_string().into()),
        NodeValue::Boolean(value) => Some(if *value { "yes" } else { "no" }.into()),
        _ => {
            ctx.shape(node, "a string, a number, true or false");
            None
        }
    })
}

fn words(dialect: IniDialect, table: &Nodes, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let comment = edit_comment(node);
    let edited = match word_edit(table, ctx)? {
        WordEdit::Drop => edit(node, Op::Drop, String::new()),
        WordEdit::Words { remove, add } => {
            let shown = shown_edit(&remove, &add);
            let empty = match dialect {
                IniDialect::Systemd => Value::Words(Vec::new()),
                IniDialect::ConfigParser | IniDialect::KeyFile => Value::Text(Text::default()),
            };
            edit(node, Op::Words { remove, add: texts(add), empty }, shown)
        }
    };
    Some(Edit { comment, ..edited })
}

pub(super) fn build(header: Vec<String>, slots: &Slots) -> Ini {
    let mut sections = Vec::with_capacity(slots.len());
    for (name, slot) in slots {
        let Value::Parts(parts) = &slot.value else { continue };
        let mut keys = Vec::with_capacity(parts.len());
        for (key, part) in parts {
            let mut put = |value: Text, comment: Comment| {
                keys.push(IniKey { key: key.clone(), value, comment: above(comment) });
            };
            match &part.value {
                Value::Text(text) => put(text.clone(), part.comment.clone()),
                Value::Words(values) => {
                    let mut comment = part.comment.clone();
                    for value in values {
                        put(value.clone(), std::mem::take(&mut comment));
                    }
                }
                _ => {}
            }
        }
        sections.push(IniSection { name: name.clone(), keys, comment: above(slot.comment.clone()) });
    }
    Ini { header, sections }
}

pub(super) fn slots(ini: &Ini) -> Slots {
    let mut slots = Slots::new();
    for section in &ini.sections {
        let slot = slots
            .entry(section.name.clone())
            .or_insert_with(|| Slot { value: Value::Parts(Slots::new()), comment: section.comment.clone() });
        let Value::Parts(parts) = &mut slot.value else { continue };
        for key in &section.keys {
            match parts.get_mut(&key.key).map(|slot| &mut slot.value) {
                Some(Value::Words(values)) => values.push(key.value.clone()),
                Some(value @ Value::Text(_)) => {
                    if let Value::Text(first) = std::mem::take(value) {
                        *value = Value::Words(vec![first, key.value.clone()]);
                    }
                }
                _ => {
                    let slot = Slot { value: Value::Text(key.value.clone()), comment: key.comment.clone() };
                    parts.insert(key.key.clone(), slot);
                }
            }
        }
    }
    slots
}
