//! Items.

use super::super::merge::{Edit, Op, Value};
use super::super::source::{Node, NodeValue};
use super::rules::{check_key, check_word};
use super::{Ctx, WordEdit, edit, is_word_edit, word_edit};
use crate::file::{ItemWords, ItemsDialect, RuleWords};
use crate::report::Span;
use crate::spec::code;
use crate::vocab::Dialect;

pub(super) fn entry(dialect: &ItemsDialect, key: &str, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    check_item(dialect, key, node.key_span, ctx)?;
    match &node.value {
        NodeValue::Boolean(true) => Some(edit(node, Op::Set(Value::Present), String::new())),
        NodeValue::Table(table) if is_word_edit(table) && !table.contains_key("add") => {
            match word_edit(table, ctx)? {
                WordEdit::Drop => Some(edit(node, Op::Drop, String::new())),
                WordEdit::Words { .. } => {
                    ctx.shape(node, "`true`").set_help("`.remove = true` drops the item");
                    None
                }
            }
        }
        _ => {
            ctx.shape(node, "`true`").set_help("`.remove = true` drops the item");
            None
        }
    }
}

fn check_item(dialect: &ItemsDialect, key: &str, span: Span, ctx: &mut Ctx<'_>) -> Option<()> {
    let bare = key.strip_prefix('-').unwrap_or(key);
    let bare = bare.strip_prefix('*').filter(|rest| !rest.starts_with('/')).unwrap_or(bare);
    match dialect.words {
        ItemWords::Atoms(atoms) => {
            let set = matches!(atoms, Dialect::Set | Dialect::World);
            if key == "-*" || (set && key.strip_prefix('@').is_some_and(|name| !name.is_empty())) {
                return Some(());
            }
            check_key(Some(atoms), bare, span, ctx)
        }
        ItemWords::Line | ItemWords::Joined | ItemWords::Setting => {
            let bad = key.is_empty()
                || key.trim() != key
                || key.contains(['\n', '\r', '\0'])
                || (dialect.words == ItemWords::Setting && key.starts_with('#'));
            if bad {
                ctx.wrong(&code::S010, span, format!("`{key}` is not one line"));
                return None;
            }
            Some(())
        }
        _ if bare.is_empty() || key.starts_with('#') || key.contains(char::is_whitespace) => {
            ctx.wrong(&code::S010, span, format!("`{key}` is not one item"));
            None
        }
        ItemWords::Flags => check_word(RuleWords::ProfileUse, key, span, ctx),
        ItemWords::Versions | ItemWords::Any | ItemWords::Parents => Some(()),
    }
}
