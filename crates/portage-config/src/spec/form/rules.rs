//! Rules.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::super::merge::{Edit, Op, PLAIN, Slot, Slots, Value};
use super::super::source::{Node, NodeValue};
use super::{Ctx, WordEdit, edit, edit_comment, is_word_edit, only, shown_edit, texts, word_edit};
use crate::file::{Groups, RuleWords, RulesDialect};
use crate::model::{Comment, Rule, Rules};
use crate::report::Span;
use crate::spec::code;
use crate::vocab::{AcceptKeyword, Atom, Dialect, LicenseToken, Text, UseToken};

pub(super) fn entry(dialect: &RulesDialect, key: &str, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    check_key(dialect.atoms, key, node.key_span, ctx)?;
    match &node.value {
        NodeValue::Boolean(true) => Some(edit(node, Op::Set(Value::Present), String::new())),
        NodeValue::Boolean(false) => {
            ctx.shape(node, "a string or a list of words")
                .set_help("`true` is the name alone on its line, `.remove = true` drops the entry");
            None
        }
        NodeValue::Table(table) => match only(table, "literal") {
            Some(literal) => set(dialect, literal, node, ctx),
            None if is_word_edit(table) => words(dialect, node, ctx),
            None => parts(dialect, node, ctx),
        },
        _ => set(dialect, node, node, ctx),
    }
}

fn set(dialect: &RulesDialect, value: &Node, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let nothing = match &value.value {
        NodeValue::String(text) => text.trim().is_empty(),
        NodeValue::Array(items) => items.is_empty(),
        _ => false,
    };
    if nothing {
        ctx.wrong(&code::S008, value.span, "words are wanted here, not nothing")
            .set_help("`true` is the name alone on its line, `.remove = true` drops the entry");
        return None;
    }
    let words = ctx.plain_words(value)?;
    let shown = super::join(&words);
    let op = if dialect.groups == Groups::None {
        check_words(dialect, &words, ctx)?;
        Op::Set(Value::Words(texts(words)))
    } else if !words.is_empty() && !words.iter().any(|(word, _)| word.reveal().ends_with(':')) {
        for (word, span) in &words {
            check_word(dialect.words, word.reveal(), *span, ctx)?;
        }
        Op::Set(Value::Words(texts(words)))
    } else {
        let slots = split(dialect, words, ctx)?
            .into_iter()
            .map(|(group, words)| {
                (group, Slot { value: Value::Words(texts(words)), comment: Comment::default() })
            })
            .collect();
        Op::Set(Value::Parts(slots))
    };
    Some(edit(node, op, shown))
}

type Grouped = IndexMap<String, Vec<(Text, Span)>>;

/// Takes `x VIDEO_CARDS: -* intel` apart.
fn split(dialect: &RulesDialect, words: Vec<(Text, Span)>, ctx: &mut Ctx<'_>) -> Option<Grouped> {
    let mut groups = Grouped::new();
    let mut name = PLAIN.to_owned();
    let mut good = true;
    for (word, span) in words {
        if let Some(group) = word.reveal().strip_suffix(':') {
            name = group.to_ascii_uppercase();
            if name == PLAIN {
                ctx.wrong(&code::S010, span, "`USE:` is no USE_EXPAND group: Portage would read `use_…`")
                    .set_help("flags of no group stand before the first group");
                return None;
            }
            check_group(&name, span, ctx)?;
            groups.entry(name.clone()).or_default();
            continue;
        }
        good &= check_word(dialect.words, word.reveal(), span, ctx).is_some();
        match groups.get_mut(&name) {
            Some(words) => words.push((word, span)),
            None => {
                groups.insert(name.clone(), vec![(word, span)]);
            }
        }
    }
    good.then_some(groups)
}

fn words(dialect: &RulesDialect, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let comment = edit_comment(node);
    let edited = match plain_edit(node.table()?, ctx)? {
        WordEdit::Drop => edit(node, Op::Drop, String::new()),
        WordEdit::Words { remove, add } => {
            let shown = shown_edit(&remove, &add);
            if dialect.groups == Groups::None {
                check_words(dialect, &add, ctx)?;
                let add = texts(add);
                edit(node, Op::Words { remove, add, empty: Value::Words(Vec::new()) }, shown)
            } else {
                let (remove, mut add) = (split(dialect, remove, ctx)?, split(dialect, add, ctx)?);
                let mut parts: Vec<(String, Edit)> = Vec::new();
                let both: Vec<_> = remove
                    .into_iter()
                    .map(|(name, remove)| {
                        let add = add.get_mut(&name).map(std::mem::take).unwrap_or_default();
                        (name, remove, add)
                    })
                    .collect();
                let removed: HashSet<String> = both.iter().map(|(name, ..)| name.clone()).collect();
                let only = add.into_iter().filter(|(name, _)| !removed.contains(name));
                for (name, remove, add) in
                    both.into_iter().chain(only.map(|(name, add)| (name, Vec::new(), add)))
                {
                    let shown = shown_edit(&remove, &add);
                    let op = Op::Words { remove, add: texts(add), empty: Value::Words(Vec::new()) };
                    parts.push((name, Edit { op, span: node.key_span, comment: Comment::default(), shown }));
                }
                edit(node, Op::Parts(parts), shown)
            }
        }
    };
    Some(Edit { comment, ..edited })
}

/// `{ USE = "x", VIDEO_CARDS.add = "intel", add = "y" }`.
fn parts(dialect: &RulesDialect, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    if dialect.groups == Groups::None {
        ctx.shape(node, "a string or a list of words").set_help("`.add` and `.remove` edit the words");
        return None;
    }
    let table = node.table()?;
    let mut parts = Vec::new();
    for (name, part) in table {
        if name == "add" || name == "remove" {
            if table.contains_key(PLAIN) {
                ctx.wrong(
                    &code::S007,
                    part.key_span,
                    "the flags are said twice: `USE` and `.add` or `.remove`",
                );
                return None;
            }
            // Both are read at the first of them.
            if parts.iter().any(|(other, _): &(String, Edit)| other == PLAIN) {
                continue;
            }
            let inner: super::Nodes = table
                .iter()
                .filter(|(k, _)| *k == "add" || *k == "remove")
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            let WordEdit::Words { remove, add } = plain_edit(&inner, ctx)? else {
                ctx.wrong(&code::S008, part.key_span, "`remove = true` drops the entry and stands alone");
                return None;
            };
            check_words(dialect, &add, ctx)?;
            let shown = shown_edit(&remove, &add);
            let op = Op::Words { remove, add: texts(add), empty: Value::Words(Vec::new()) };
            let comment = inner.values().fold(Comment::default(), |mut all, node| {
                super::append(&mut all, &node.comment);
                all
            });
            parts.push((PLAIN.to_owned(), Edit { comment, ..edit(part, op, shown) }));
            continue;
        }
        check_group(name, part.key_span, ctx)?;
        let op = match &part.value {
            NodeValue::Table(table) if is_word_edit(table) => match plain_edit(table, ctx)? {
                WordEdit::Drop => (Op::Drop, String::new()),
                WordEdit::Words { remove, add } => {
                    check_words(dialect, &add, ctx)?;
                    let shown = shown_edit(&remove, &add);
                    (Op::Words { remove, add: texts(add), empty: Value::Words(Vec::new()) }, shown)
                }
            },
            _ => {
                let words = ctx.plain_words(part)?;
                check_words(dialect, &words, ctx)?;
                let shown = super::join(&words);
                (Op::Set(Value::Words(texts(words))), shown)
            }
        };
        let comment = if part.table().is_some() { edit_comment(part) } else { part.comment.clone() };
        parts.push((name.clone(), Edit { comment, ..edit(part, op.0, op.1) }));
    }
    let shown =
        parts.iter().map(|(name, edit)| format!("{name}: {}", edit.shown)).collect::<Vec<_>>().join(" ");
    Some(edit(node, Op::Parts(parts), shown))
}

/// As [`word_edit`], without secrets: the words of a rule end up in messages.
fn plain_edit(table: &super::Nodes, ctx: &mut Ctx<'_>) -> Option<WordEdit> {
    let edited = word_edit(table, ctx)?;
    if let WordEdit::Words { remove, add } = &edited {
        for (word, span) in remove.iter().chain(add) {
            ctx.no_secret(word, *span)?;
        }
    }
    Some(edited)
}

pub(super) fn check_key(atoms: Option<Dialect>, key: &str, span: Span, ctx: &mut Ctx<'_>) -> Option<()> {
    let Some(dialect) = atoms else {
        let bad = key.is_empty() || key.starts_with('#') || key.contains(char::is_whitespace);
        if bad {
            ctx.wrong(&code::S010, span, format!("`{key}` is no name"));
        }
        return (!bad).then_some(());
    };
    if !key.starts_with('!') && Atom::is_valid(key, dialect) {
        return Some(());
    }
    match Atom::parse(key, dialect) {
        Ok(atom) if atom.blocker().is_some() => {
            ctx.wrong(&code::S009, span, format!("`{key}` is a blocker, and Portage ignores the `!` here"))
                .set_help(format!("write `{}`", key.trim_start_matches('!')));
            None
        }
        Ok(_) => Some(()),
        Err(error) => {
            let help = error.help();
            ctx.wrong(&code::S009, span, error.to_string()).help = help;
            None
        }
    }
}

fn check_group(name: &str, span: Span, ctx: &mut Ctx<'_>) -> Option<()> {
    let good = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if !good {
        ctx.wrong(&code::S010, span, format!("`{name}` is no USE_EXPAND group"))
            .set_help("a group is written in capitals: `VIDEO_CARDS`; `.add` and `.remove` edit the flags");
    }
    good.then_some(())
}

fn check_words(dialect: &RulesDialect, words: &[(Text, Span)], ctx: &mut Ctx<'_>) -> Option<()> {
    let mut good = Some(());
    for (word, span) in words {
        if check_word(dialect.words, word.reveal(), *span, ctx).is_none() {
            good = None;
        }
    }
    good
}

pub(super) fn check_word(words: RuleWords, word: &str, span: Span, ctx: &mut Ctx<'_>) -> Option<()> {
    let problem = if word.starts_with('#') {
        Some(format!("`{word}` would make the rest of the line a comment"))
    } else {
        match words {
            RuleWords::Use => UseToken::parse(word).err().map(|error| error.to_string()),
            RuleWords::ProfileUse => UseToken::parse_profile(word).err().map(|error| error.to_string()),
            RuleWords::Keywords => AcceptKeyword::parse(word).err().map(|error| error.to_string()),
            RuleWords::Licenses => LicenseToken::parse(word).err().map(|error| error.to_string()),
            RuleWords::EnvFiles | RuleWords::BashrcFiles | RuleWords::Any => None,
        }
    };
    if let Some(problem) = problem {
        let named = problem.starts_with(&format!("`{word}` "));
        let message = if named { problem } else { format!("`{word}`: {problem}") };
        let found = ctx.wrong(&code::S010, span, message);
        if word.starts_with('#') {
            found.set_help("a comment of the entry stands behind the value, outside of the quotes");
        }
        return None;
    }
    Some(())
}

pub(super) fn build(dialect: &RulesDialect, header: Vec<String>, slots: Slots) -> Rules {
    let mut rules = Vec::with_capacity(slots.len());
    let plain = |words: Vec<Text>| words.into_iter().map(Text::into_revealed).collect::<Vec<_>>();
    for (key, Slot { value, mut comment }) in slots {
        match value {
            Value::Present => rules.push(Rule { key, group: None, words: Vec::new(), comment }),
            // Words that are all taken away leave no rule: an atom alone can mean something.
            Value::Words(words) if words.is_empty() => {}
            Value::Words(words) => rules.push(Rule { key, group: None, words: plain(words), comment }),
            Value::Parts(parts) if dialect.groups == Groups::Leak => {
                let mut words = Vec::new();
                for (name, part) in parts {
                    super::append(&mut comment, &part.comment);
                    if let Value::Words(flags) = &part.value {
                        words.extend(flags.iter().map(|flag| full_name(&name, flag.reveal())));
                    }
                }
                if !words.is_empty() {
                    rules.push(Rule { key, group: None, words, comment });
                }
            }
            Value::Parts(mut parts) => {
                let first = parts.shift_remove_entry(PLAIN);
                for (name, part) in first.into_iter().chain(parts) {
                    let Value::Words(words) = part.value else { continue };
                    if words.is_empty() {
                        continue;
                    }
                    let mut own = std::mem::take(&mut comment);
                    super::append(&mut own, &part.comment);
                    let group = (name != PLAIN).then_some(name);
                    rules.push(Rule { key: key.clone(), group, words: plain(words), comment: own });
                }
            }
            Value::Text(_) | Value::Toml(_) => {}
        }
    }
    Rules { header, rules }
}

/// `VIDEO_CARDS` and `-intel` as the flag `-video_cards_intel`.
fn full_name(group: &str, flag: &str) -> String {
    if group == PLAIN {
        return flag.to_owned();
    }
    let prefix = group.to_ascii_lowercase();
    match flag.strip_prefix('-') {
        Some(flag) => format!("-{prefix}_{flag}"),
        None => format!("{prefix}_{flag}"),
    }
}

/// Per atom what all its lines say: Portage adds them up.
pub(super) fn slots(dialect: &RulesDialect, rules: &Rules) -> Slots {
    let mut slots = Slots::new();
    for rule in &rules.rules {
        let words = Value::Words(rule.words.iter().map(|word| word.as_str().into()).collect());
        if dialect.groups == Groups::None {
            let slot = slots.entry(rule.key.clone()).or_default();
            slot.comment = rule.comment.clone();
            match (&mut slot.value, words) {
                (_, Value::Words(words)) if words.is_empty() => {}
                (Value::Words(all), Value::Words(words)) => all.extend(words),
                (value, words) => *value = words,
            }
            continue;
        }
        let slot = slots.entry(rule.key.clone()).or_default();
        if rule.group.is_none() && rule.words.is_empty() && matches!(slot.value, Value::Present) {
            slot.comment = rule.comment.clone();
            continue;
        }
        if !matches!(slot.value, Value::Parts(_)) {
            *slot = Slot { value: Value::Parts(Slots::new()), comment: rule.comment.clone() };
        }
        if let Value::Parts(parts) = &mut slot.value {
            let group = rule.group.as_ref().map_or_else(|| PLAIN.to_owned(), |g| g.to_ascii_uppercase());
            match (parts.get_mut(&group).map(|slot| &mut slot.value), words) {
                (Some(Value::Words(all)), Value::Words(words)) => all.extend(words),
                (_, value) => {
                    parts.insert(group, Slot { value, comment: Comment::default() });
                }
            }
        }
    }
    slots
}
