//! Mounts.

use super::super::merge::{Edit, Op, Slot, Slots, Value};
use super::super::source::{Node, NodeValue};
use super::{
    Ctx, Problem, WordEdit, above, edit, edit_comment, is_word_edit, only, shown_edit, texts, word_edit,
};
use crate::model::{Comment, Fstab, Mount};
use crate::report::Span;
use crate::spec::code;
use crate::spec::header::nearest;
use crate::spec::words::MOUNT as FIELDS;
use crate::vocab::Text;

pub(super) fn entry(key: &str, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let NodeValue::Table(table) = &node.value else {
        ctx.shape(node, "a table of fields").set_help(
            "a mount is `{ source = \"UUID=…\", type = \"ext4\", options = \"noatime\", pass = 1 }`",
        );
        return None;
    };
    if key.is_empty() || (key.contains('/') && !key.starts_with('/')) {
        ctx.wrong(&code::S010, node.key_span, format!("`{key}` is no mount point"))
            .set_help("a mount point is an absolute path; swap space has any name without `/`");
        return None;
    }
    if let Some(remove) = only(table, "remove")
        && matches!(remove.value, NodeValue::Boolean(_))
    {
        word_edit(table, ctx)?;
        return Some(edit(node, Op::Drop, String::new()));
    }
    let mut parts = Vec::new();
    let mut good = true;
    for (name, part) in table {
        match mount_field(name, part, ctx) {
            Some(edit) => parts.push((name.clone(), edit)),
            None => good = false,
        }
    }
    if !good {
        return None;
    }
    let shown =
        parts.iter().map(|(name, edit)| format!("{name} {}", edit.shown)).collect::<Vec<_>>().join(", ");
    Some(edit(node, Op::Parts(parts), shown))
}

fn mount_field(name: &str, part: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let value = match name {
        "source" | "type" => field(part, ctx)?,
        "options" => return options(part, ctx),
        "dump" | "pass" => match &part.value {
            NodeValue::Integer(number, _) if (0..=i64::from(u32::MAX)).contains(number) => {
                number.to_string().into()
            }
            _ => {
                ctx.shape(part, "a number from 0 on");
                return None;
            }
        },
        _ => {
            let near = nearest(name, FIELDS.into_iter());
            let found = ctx.wrong(&code::S005, part.key_span, format!("a mount has no `{name}`"));
            found.set_help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its fields are {}", FIELDS.join(", ")),
            });
            return None;
        }
    };
    let shown = value.shown().into_owned();
    Some(edit(part, Op::Set(Value::Text(value)), shown))
}

fn field(node: &Node, ctx: &mut Ctx<'_>) -> Option<Text> {
    let literal = node.table().and_then(|table| only(table, "literal")).unwrap_or(node);
    let NodeValue::String(text) = &literal.value else {
        ctx.shape(node, "a string");
        return None;
    };
    let text = ctx.text(text, literal.span)?;
    if text.reveal().is_empty() {
        ctx.wrong(&code::S011, literal.span, "a field of a mount is never empty");
        return None;
    }
    one(text, literal.span, ctx)
}

/// Refuses what a row cannot hold.
fn one(text: Text, span: Span, ctx: &mut Ctx<'_>) -> Option<Text> {
    let odd = |c: &char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    if let Some(c) = text.reveal().chars().find(odd) {
        let what = c.escape_default();
        ctx.wrong(
            &code::S011,
            span,
            format!("a field of a mount cannot hold the control character `{what}`"),
        );
        return None;
    }
    Some(text)
}

fn comma_words(node: &Node, ctx: &mut Ctx<'_>) -> Option<Vec<(Text, Span)>> {
    match &node.value {
        NodeValue::String(text) => {
            let mut all = Vec::new();
            // Before it is filled: only the option with a secret in it is one.
            for option in text.split(',') {
                let option = one(ctx.text(option, node.span)?, node.span, ctx)?;
                if option.is_secret() && !option.reveal().contains(',') {
                    all.push((option, node.span));
                    continue;
                }
                if option.is_secret() {
                    ctx.wrong(&code::S011, node.span, "the secret holds a comma, which ends an option")
                        .set_help("put it into a file of its own, such as mount.cifs's `credentials=`");
                    return None;
                }
                let parts = option.reveal().split(',').filter(|part| !part.is_empty());
                all.extend(parts.map(|part| (part.into(), node.span)));
            }
            Some(all)
        }
        NodeValue::Array(items) => {
            let mut all = Vec::new();
            for item in items {
                let option = field(item, ctx)?;
                if option.reveal().contains(',') {
                    let message = format!("`{}` is not one option", option.shown());
                    ctx.wrong(&code::S010, item.span, message).set_help("write one string for each option");
                    return None;
                }
                all.push((one(option, item.span, ctx)?, item.span));
            }
            Some(all)
        }
        _ => {
            ctx.shape(node, "a string or a list of options");
            None
        }
    }
}

fn options(node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let empty = Value::Words(Vec::new());
    if let NodeValue::Table(table) = &node.value
        && is_word_edit(table)
    {
        let drops = table.get("remove").is_some_and(|n| matches!(n.value, NodeValue::Boolean(_)));
        if drops {
            return match word_edit(table, ctx)? {
                WordEdit::Drop => Some(edit(node, Op::Drop, String::new())),
                WordEdit::Words { .. } => None,
            };
        }
        let mut side = |key: &str| match table.get(key) {
            Some(node) => comma_words(node, ctx),
            None => Some(Vec::new()),
        };
        let (remove, add) = (side("remove")?, side("add")?);
        let shown = shown_edit(&remove, &add);
        let comment = edit_comment(node);
        let edited = edit(node, Op::Words { remove, add: texts(add), empty }, shown);
        return Some(Edit { comment, ..edited });
    }
    let words = if node.table().is_some_and(|table| only(table, "literal").is_some()) {
        vec![(field(node, ctx)?, node.span)]
    } else {
        comma_words(node, ctx)?
    };
    let shown = super::join(&words);
    Some(edit(node, Op::Set(Value::Words(texts(words))), shown))
}

pub(super) fn build(header: Vec<String>, slots: &Slots, problems: &mut Vec<Problem>) -> Fstab {
    let mut mounts = Vec::with_capacity(slots.len());
    for (key, slot) in slots {
        let Value::Parts(parts) = &slot.value else { continue };
        let is_path = key.starts_with('/');
        let text = |name: &str| match parts.get(name).map(|slot| &slot.value) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let number = |name: &str| text(name).and_then(|text| text.reveal().parse().ok());
        let fstype = text("type").map(|text| text.reveal().to_owned());
        let fstype = fstype.or_else(|| (!is_path).then(|| "swap".to_owned()));
        let (Some(source), Some(fstype)) = (text("source"), fstype) else {
            problems.push(Problem {
                key: key.clone(),
                code: &code::S011,
                message: format!(
                    "the mount `{key}` has no {}",
                    if text("source").is_none() { "source" } else { "type" }
                ),
                help: Some("a mount is `{ source = \"UUID=…\", type = \"ext4\" }`".to_owned()),
            });
            continue;
        };
        let mut options = match parts.get("options").map(|slot| &slot.value) {
            Some(Value::Words(words)) => words.clone(),
            _ => Vec::new(),
        };
        if options.is_empty() {
            options.push(if fstype == "swap" { "sw" } else { "defaults" }.into());
        }
        let mut comment = slot.comment.clone();
        for part in parts.values() {
            super::append(&mut comment, &part.comment);
        }
        mounts.push(Mount {
            source,
            target: if is_path { key.clone() } else { "none".to_owned() },
            fstype,
            options,
            dump: number("dump").unwrap_or(0),
            pass: number("pass").unwrap_or(0),
            comment: above(comment),
        });
    }
    Fstab { header, mounts }
}

/// Swap space has no mount point: the first is called `swap`, later ones by their source.
pub(super) fn keys(fstab: &Fstab) -> Vec<String> {
    let mut swap = false;
    let key = |mount: &Mount| {
        if mount.target.starts_with('/') {
            mount.target.clone()
        } else if std::mem::replace(&mut swap, true) {
            mount.source.reveal().replace('/', "-")
        } else {
            "swap".to_owned()
        }
    };
    fstab.mounts.iter().map(key).collect()
}

pub(super) fn slots(fstab: &Fstab) -> Slots {
    let mut slots = Slots::new();
    for (mount, key) in fstab.mounts.iter().zip(keys(fstab)) {
        let mut parts = Slots::new();
        let mut put = |name: &str, value: Value| {
            parts.insert(name.to_owned(), Slot { value, comment: Comment::default() });
        };
        put("source", Value::Text(mount.source.clone()));
        put("type", Value::Text(mount.fstype.as_str().into()));
        put("options", Value::Words(mount.options.clone()));
        put("dump", Value::Text(mount.dump.to_string().into()));
        put("pass", Value::Text(mount.pass.to_string().into()));
        slots.insert(key, Slot { value: Value::Parts(parts), comment: mount.comment.clone() });
    }
    slots
}
