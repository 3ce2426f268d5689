//! Variables.

use super::super::merge::{Edit, Op, Slot, Slots, Value};
use super::super::source::{Node, NodeValue, Nodes};
use super::{
    Ctx, Problem, WordEdit, edit, edit_comment, is_word_edit, only, order, shown_edit, texts, word_edit,
};
use crate::file::{Grammar, Kind, VarsDialect, dracut};
use crate::model::{Assign, Comment, Statement, Vars};
use crate::spec::code;
use crate::vocab::{MakeOpts, Shape, Text, Word, WordError, variable};

/// The parts of MAKEOPTS, as a spec names them.
const JOBS: &str = crate::spec::words::MAKEOPTS[0];
const LOAD: &str = crate::spec::words::MAKEOPTS[1];
const REST: &str = "rest";
const SPELLED: &str = "spelled";

/// How a variable's value is spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Blank-separated words.
    Words,
    /// One string.
    String,
    /// MAKEOPTS.
    MakeOpts,
    /// A list of dracut.conf: `NAME+=" words "`.
    Padded,
    /// `yes` or `no`.
    YesNo,
}

fn form(kind: &Kind, name: &str) -> Form {
    if matches!(kind.name, "dracut.conf" | "dracut.conf.d") {
        return match dracut::parameter(name) {
            Some(parameter) if parameter.append => Form::Padded,
            Some(parameter) if parameter.ty == dracut::Type::Bool => Form::YesNo,
            _ => Form::String,
        };
    }
    if kind.grammar != Grammar::Vars(VarsDialect::Getconfig) {
        return Form::Words;
    }
    if name == "MAKEOPTS" {
        return Form::MakeOpts;
    }
    match variable(name).map(|variable| variable.shape) {
        None => Form::Words,
        Some(shape) if shape.is_words() => Form::Words,
        Some(_) => Form::String,
    }
}

pub(super) fn entry(key: &str, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let named = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !named {
        ctx.wrong(&code::S010, node.key_span, format!("`{key}` is no name of a variable"))
            .set_help("a variable is letters, digits and `_`");
        return None;
    }
    let form = form(ctx.kind, key);
    if let NodeValue::Table(table) = &node.value {
        if let Some(literal) = only(table, "literal") {
            return self::literal(form, literal, node, ctx);
        }
        if is_word_edit(table) {
            return words(key, form, table, node, ctx);
        }
        if form == Form::MakeOpts {
            return parts(table, node, ctx);
        }
        let found = ctx.shape(node, "a string or a list of words");
        found.set_help(
            "`.add` and `.remove` edit the words, `{ literal = \"…\" }` is the characters themselves",
        );
        return None;
    }
    let text = spelled(key, form, node, ctx)?;
    let shown = text.shown().into_owned();
    Some(edit(node, Op::Set(value_of(form, text)), shown))
}

/// A value as it merges.
fn value_of(form: Form, text: Text) -> Value {
    match form {
        Form::MakeOpts => make_opts(&text),
        Form::Padded => {
            Value::Words(text.reveal().split_whitespace().map(|word| text.map(|_| word.to_owned())).collect())
        }
        _ => Value::Text(text),
    }
}

/// The value of a node in the file's own spelling.
fn spelled(key: &str, form: Form, node: &Node, ctx: &mut Ctx<'_>) -> Option<Text> {
    let text = match &node.value {
        NodeValue::String(text) => {
            let text = ctx.text(text, node.span)?;
            if let Err(error) = Word::parse(text.reveal()) {
                bad_word(key, &text, &error, node, ctx);
                return None;
            }
            text.map(|text| text.replace("\r\n", " ").replace('\n', " "))
        }
        NodeValue::Integer(number, _) => number.to_string().into(),
        NodeValue::Boolean(value) => match form {
            Form::YesNo => if *value { "yes" } else { "no" }.into(),
            _ if variable(key).is_some_and(|v| v.shape == Shape::Boolean) => value.to_string().into(),
            _ => {
                ctx.shape(node, "a string")
                    .set_help("write the word that the file's reader knows, in quotes");
                return None;
            }
        },
        NodeValue::Array(_) if matches!(form, Form::String | Form::YesNo) => {
            ctx.shape(node, "one string").set_help(format!("`{key}` is no list of words"));
            return None;
        }
        NodeValue::Array(_) => {
            let words = ctx.words(node)?;
            for (word, span) in &words {
                if let Err(error) = Word::parse(word.reveal()) {
                    let shown = word.shown().into_owned();
                    ctx.wrong(&code::S011, *span, format!("`{shown}`: {error}"));
                    return None;
                }
            }
            let secret = words.iter().any(|(word, _)| word.is_secret());
            let joined = words.iter().map(|(word, _)| word.reveal()).collect::<Vec<_>>().join(" ");
            if secret { Text::secret(joined) } else { joined.into() }
        }
        _ => {
            ctx.shape(node, "a string or a list of words");
            return None;
        }
    };
    Some(text)
}

fn bad_word(key: &str, text: &Text, error: &WordError, node: &Node, ctx: &mut Ctx<'_>) {
    let shown =
        if text.is_secret() { "" } else { text.reveal().get(error.range.clone()).unwrap_or_default() };
    let message = format!("`{shown}` in `{key}`: {error}");
    ctx.wrong(&code::S011, node.span, message)
        .set_help("`\\$` is a dollar; references are `${NAME}`; write the value itself instead of a command");
}

fn literal(form: Form, value: &Node, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let NodeValue::String(text) = &value.value else {
        ctx.shape(value, "a string");
        return None;
    };
    // Parameters are filled as they are; the whole is escaped once.
    let text = super::param::expand(text, value.span, ctx.filled, &str::to_owned, ctx.report)?;
    if text.reveal().contains(['\n', '\r', '\0']) {
        ctx.wrong(&code::S011, value.span, "the file's language cannot hold a line break in a value")
            .set_help("write a blank for the line break, or the value without `literal`");
        return None;
    }
    let text = text.map(|text| Word::literal(text).spell());
    let shown = text.shown().into_owned();
    Some(edit(node, Op::Set(value_of(form, text)), shown))
}

fn words(key: &str, form: Form, table: &Nodes, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let comment = edit_comment(node);
    let edited = match word_edit(table, ctx)? {
        WordEdit::Drop => edit(node, Op::Drop, String::new()),
        WordEdit::Words { .. } if matches!(form, Form::String | Form::YesNo) => {
            ctx.shape(node, "one string").set_help(format!("`{key}` is no list of words"));
            return None;
        }
        WordEdit::Words { remove, add } => {
            let shown = shown_edit(&remove, &add);
            for (word, span) in &add {
                if let Err(error) = Word::parse(word.reveal()) {
                    let shown = word.shown().into_owned();
                    ctx.wrong(&code::S011, *span, format!("`{shown}`: {error}"));
                    return None;
                }
            }
            let empty = match form {
                Form::Padded | Form::MakeOpts => Value::Words(Vec::new()),
                _ => Value::Text(Text::default()),
            };
            let op = Op::Words { remove, add: texts(add), empty };
            if form == Form::MakeOpts {
                let rest =
                    Edit { op, span: node.key_span, comment: Comment::default(), shown: shown.clone() };
                edit(node, Op::Parts(vec![(REST.to_owned(), rest)]), shown)
            } else {
                edit(node, op, shown)
            }
        }
    };
    Some(Edit { comment, ..edited })
}

fn make_opts(text: &Text) -> Value {
    let opts = MakeOpts::parse(text.reveal());
    let mut parts = Slots::new();
    let mut put = |name: &str, value: Value| {
        parts.insert(name.to_owned(), Slot { value, comment: Comment::default() });
    };
    put(SPELLED, Value::Text(text.clone()));
    if let Some(jobs) = opts.jobs() {
        put(JOBS, Value::Text(text.map(|_| jobs.to_owned())));
    }
    if let Some(load) = opts.load_average() {
        put(LOAD, Value::Text(text.map(|_| load.to_owned())));
    }
    put(REST, Value::Words(opts.rest().map(|word| text.map(|_| word.to_owned())).collect()));
    Value::Parts(parts)
}

/// The options as they were spelled, with the parts that later layers gave.
fn spell_make_opts(parts: &Slots) -> Text {
    let text = |name: &str| match parts.get(name).map(|slot| &slot.value) {
        Some(Value::Text(text)) => Some(text.reveal()),
        _ => None,
    };
    let mut opts = MakeOpts::parse(text(SPELLED).unwrap_or_default());
    opts.set_jobs(text(JOBS));
    opts.set_load_average(text(LOAD));
    let Some(Value::Words(rest)) = parts.get(REST).map(|slot| &slot.value) else {
        return opts.spell().into();
    };
    if opts.rest().eq(rest.iter().map(Text::reveal)) {
        return opts.spell().into();
    }
    let mut limits = MakeOpts::parse("");
    limits.set_jobs(text(JOBS));
    limits.set_load_average(text(LOAD));
    let limits = limits.spell();
    let words: Vec<&str> = limits.split_whitespace().chain(rest.iter().map(Text::reveal)).collect();
    words.join(" ").into()
}

fn parts(table: &Nodes, node: &Node, ctx: &mut Ctx<'_>) -> Option<Edit> {
    let mut parts = Vec::new();
    for (name, part) in table {
        if ![JOBS, LOAD].contains(&name.as_str()) {
            ctx.wrong(&code::S005, part.key_span, format!("`{name}` is no part of MAKEOPTS"))
                .set_help(format!("its parts are `{JOBS}` and `{LOAD}`; `.add` adds other options"));
            return None;
        }
        let op = match &part.value {
            NodeValue::Integer(number, _) if *number > 0 => Op::Set(Value::Text(number.to_string().into())),
            NodeValue::Float(number) if *number > 0.0 && name == LOAD => {
                Op::Set(Value::Text(number.to_string().into()))
            }
            NodeValue::Table(inner) if is_word_edit(inner) => match word_edit(inner, ctx)? {
                WordEdit::Drop => Op::Drop,
                WordEdit::Words { .. } => {
                    ctx.shape(part, "a number");
                    return None;
                }
            },
            _ => {
                ctx.shape(part, "a number above 0");
                return None;
            }
        };
        let shown = match &op {
            Op::Set(value) => super::super::merge::shown(value),
            _ => String::new(),
        };
        parts.push((name.clone(), edit(part, op, shown)));
    }
    let shown =
        parts.iter().map(|(name, edit)| format!("{name} {}", edit.shown)).collect::<Vec<_>>().join(" ");
    Some(edit(node, Op::Parts(parts), shown))
}

/// A merged value in the file's own spelling.
fn text_of(value: &Value) -> Option<Text> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Words(words) => {
            let joined = words.iter().map(Text::reveal).collect::<Vec<_>>().join(" ");
            Some(if words.iter().any(Text::is_secret) { Text::secret(joined) } else { joined.into() })
        }
        Value::Parts(parts) => {
            let secret = parts.values().any(|part| text_of(&part.value).is_some_and(|text| text.is_secret()));
            let text = spell_make_opts(parts);
            Some(if secret { Text::secret(text.reveal()) } else { text })
        }
        Value::Present | Value::Toml(_) => None,
    }
}

pub(super) fn build(
    kind: &'static Kind,
    header: Vec<String>,
    slots: &Slots,
    problems: &mut Vec<Problem>,
) -> Vars {
    let mut assigns = Vec::with_capacity(slots.len());
    for (name, slot) in slots {
        let Some(text) = text_of(&slot.value) else { continue };
        let mut comment = slot.comment.clone();
        if let Value::Parts(parts) = &slot.value {
            parts.values().for_each(|part| super::append(&mut comment, &part.comment));
        }
        let padded = form(kind, name) == Form::Padded;
        let spelled = if padded { format!(" {} ", text.reveal()) } else { text.reveal().to_owned() };
        match Word::parse(&spelled) {
            Ok(word) => assigns.push(Assign {
                name: name.clone(),
                append: padded,
                value: word.into_secret(text.is_secret()),
                comment,
            }),
            Err(error) => problems.push(Problem {
                key: name.clone(),
                code: &code::S011,
                message: format!("the value of `{name}`: {error}"),
                help: None,
            }),
        }
    }
    let statements = order::by_reference(assigns, problems).into_iter().map(Statement::Assign).collect();
    Vars { header, statements }
}

/// Per variable what its last assignment says.
pub(super) fn slots(kind: &'static Kind, vars: &Vars) -> Slots {
    let mut slots = Slots::new();
    for assign in vars.assigns() {
        let spelled = assign.value.spell();
        let text = if assign.value.is_secret() { Text::secret(spelled) } else { spelled.into() };
        let value = value_of(form(kind, &assign.name), text);
        slots.insert(assign.name.clone(), Slot { value, comment: assign.comment.clone() });
    }
    slots
}
