//! Pairs: kernel fragments, systemd presets, modules, color.map and files of words.

use super::super::merge::{Edit, Op, Slot, Slots, Value};
use super::super::source::{Node, NodeValue};
use super::{Ctx, WordEdit, above, edit, is_word_edit, only, word_edit};
use crate::file::PairsDialect;
use crate::model::{Pair, Pairs};
use crate::spec::code;
use crate::vocab::{Text, field_end};

pub(super) fn entry(dialect: PairsDialect, key: &str, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let named = match dialect {
        PairsDialect::KernelConfig => key.strip_prefix("CONFIG_").is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        }),
        PairsDialect::Preset => {
            !key.is_empty() && !key.contains(char::is_whitespace) && !key.starts_with(['#', ';'])
        }
        PairsDialect::Columns { quotes: true, .. } => {
            !key.is_empty() && !key.starts_with('#') && field_end(key) == Some(key.len())
        }
        PairsDialect::Columns { .. } => {
            !key.is_empty() && !key.contains(char::is_whitespace) && !key.starts_with('#')
        }
        PairsDialect::KeyValue | PairsDialect::Assign | PairsDialect::ColorMap => {
            !key.is_empty() && !key.contains(char::is_whitespace) && !key.contains(['#', '=', '"', '\''])
        }
    };
    if !named {
        let what = match dialect {
            PairsDialect::KernelConfig => "a kernel option: `CONFIG_…`",
            PairsDialect::Preset => "a unit",
            PairsDialect::KeyValue | PairsDialect::Assign => "a key",
            PairsDialect::ColorMap => "a name of color.map",
            PairsDialect::Columns { .. } => "one word",
        };
        ctx.wrong(&code::S010, node.key_span, format!("`{key}` is not {what}"));
        return None;
    }
    let text: Text = match &node.value {
        NodeValue::Table(table) if is_word_edit(table) && !table.contains_key("add") => {
            return match word_edit(table, ctx)? {
                WordEdit::Drop => Some(edit(node, Op::Drop, String::new())),
                WordEdit::Words { .. } => {
                    ctx.shape(node, "one value");
                    None
                }
            };
        }
        NodeValue::Table(table) => match only(table, "literal").map(|node| &node.value) {
            Some(NodeValue::String(text)) => {
                let text = ctx.text(text, node.span)?;
                if dialect == PairsDialect::KernelConfig { quoted(&text) } else { text }
            }
            _ => {
                ctx.shape(node, "one value");
                return None;
            }
        },
        NodeValue::Boolean(on) => match (dialect, on) {
            (PairsDialect::KernelConfig, true) => "y".into(),
            (PairsDialect::KernelConfig, false) => "n".into(),
            (PairsDialect::Preset, true) => "enable".into(),
            (PairsDialect::Preset, false) => "disable".into(),
            (_, _) => {
                ctx.shape(node, "a string");
                return None;
            }
        },
        NodeValue::Integer(number, radix) if dialect == PairsDialect::KernelConfig => match radix {
            16 => format!("{number:#x}").into(),
            _ => number.to_string().into(),
        },
        NodeValue::String(text) => {
            let text = ctx.text(text, node.span)?;
            match dialect {
                PairsDialect::KernelConfig if !is_kernel_value(text.reveal()) => quoted(&text),
                _ => text,
            }
        }
        _ => {
            ctx.shape(node, "a string, a number, true or false");
            return None;
        }
    };
    if text.reveal().contains(['\n', '\r', '\0']) {
        ctx.wrong(&code::S011, node.span, "a value of this file is one line");
        return None;
    }
    if dialect == PairsDialect::Preset {
        let first = text.reveal().split_whitespace().next().unwrap_or_default();
        if !matches!(first, "enable" | "disable" | "ignore") {
            let shown = text.shown().into_owned();
            ctx.wrong(&code::S010, node.span, format!("`{shown}` is no directive of a preset"))
                .set_help("a unit is enabled or disabled: `\"enable\"`, `\"disable\"`, `\"ignore\"`");
            return None;
        }
    }
    if dialect == PairsDialect::ColorMap && (text.reveal().contains(['#', '=']) || text.reveal().is_empty()) {
        let shown = text.shown().into_owned();
        ctx.wrong(&code::S011, node.span, format!("`{shown}` cannot stand behind the `=` of a color"))
            .set_help("write the name of a color, or a code such as `01;32m`");
        return None;
    }
    let shown = text.shown().into_owned();
    Some(edit(node, Op::Set(Value::Text(text)), shown))
}

/// Whether a value is spelled as Kconfig does: y, m, n, a number, or quoted.
fn is_kernel_value(text: &str) -> bool {
    let number = text.strip_prefix('-').unwrap_or(text);
    let hex = text
        .strip_prefix("0x")
        .is_some_and(|hex| !hex.is_empty() && hex.chars().all(|c| c.is_ascii_hexdigit()));
    matches!(text, "y" | "m" | "n")
        || hex
        || (!number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
        || (text.len() >= 2 && text.starts_with('"') && text.ends_with('"'))
}

fn quoted(text: &Text) -> Text {
    text.map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

pub(super) fn build(header: Vec<String>, slots: &Slots) -> Pairs {
    let pairs = slots
        .iter()
        .filter_map(|(key, slot)| match &slot.value {
            Value::Text(value) => {
                Some(Pair { key: key.clone(), value: value.clone(), comment: above(slot.comment.clone()) })
            }
            _ => None,
        })
        .collect();
    Pairs { header, pairs }
}

pub(super) fn slots(pairs: &Pairs) -> Slots {
    pairs
        .pairs
        .iter()
        .map(|pair| {
            let slot = Slot { value: Value::Text(pair.value.clone()), comment: pair.comment.clone() };
            (pair.key.clone(), slot)
        })
        .collect()
}
