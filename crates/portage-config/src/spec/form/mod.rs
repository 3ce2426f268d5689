//! Forms: how the entries of each grammar are spelled in a spec.
//!
//! An entry is read into an [`Edit`] of its parts, so that the string `"x VIDEO_CARDS: intel"`, the list and the
//! table are the same data and merge alike; [`build`] makes the kind's model of the merged parts.

mod fstab;
mod ini;
mod items;
mod order;
mod pairs;
mod rules;
mod toml;
mod vars;

use super::code;
use super::merge::{Edit, Op, Slots, Value, shown_words};
use super::param::{self, Filled};
use super::source::{Node, NodeValue, Nodes, at};
use crate::file::{Grammar, ItemWords, Kind};
use crate::model::{Comment, Item, Items, Model, Opaque};
use crate::report::{Diagnostic, Report, Span};
use crate::vocab::Text;

/// What reading an entry needs.
pub(super) struct Ctx<'a> {
    pub kind: &'static Kind,
    pub filled: &'a Filled,
    pub report: &'a mut Report,
}

impl Ctx<'_> {
    /// Reports a mistake.
    fn wrong(
        &mut self,
        code: &'static crate::report::Code,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        at(self.report, code, span, message)
    }

    /// Puts parameters into a name; a secret is refused.
    pub(super) fn name(&mut self, text: &str, span: Span) -> Option<String> {
        let filled = param::expand(text, span, self.filled, &str::to_owned, self.report)?;
        if filled.is_secret() {
            self.wrong(&code::S023, span, "a secret cannot be part of a name");
            return None;
        }
        Some(filled.into_revealed())
    }

    /// Puts parameters into a value, each made harmless for the file's language.
    fn text(&mut self, text: &str, span: Span) -> Option<Text> {
        let escape: &dyn Fn(&str) -> String = match self.kind.grammar {
            Grammar::Vars(_) => &|value| crate::vocab::Word::literal(value).spell(),
            Grammar::Ini(_) => &|value| value.replace('%', "%%"),
            _ => &str::to_owned,
        };
        param::expand(text, span, self.filled, escape, self.report)
    }

    /// Refuses a secret where messages show what is written.
    fn no_secret(&mut self, text: &Text, span: Span) -> Option<()> {
        if text.is_secret() {
            self.wrong(&code::S023, span, "a secret cannot be one of several words")
                .set_help("a secret may stand in the value of a variable, of a key or of a mount");
            return None;
        }
        Some(())
    }

    /// As [`Ctx::words`], without secrets.
    fn plain_words(&mut self, node: &Node) -> Option<Vec<(Text, Span)>> {
        let words = self.words(node)?;
        for (word, span) in &words {
            self.no_secret(word, *span)?;
        }
        Some(words)
    }

    /// The words of a string or a list.
    fn words(&mut self, node: &Node) -> Option<Vec<(Text, Span)>> {
        match &node.value {
            NodeValue::String(text) if !param::has_params(text) => Some(split(text, node.span)),
            NodeValue::String(text) => {
                let text = self.text(text, node.span)?;
                self.no_secret(&text, node.span)?;
                Some(split(text.reveal(), node.span))
            }
            NodeValue::Array(items) => {
                let mut words = Vec::with_capacity(items.len());
                let mut good = true;
                for item in items {
                    match &item.value {
                        NodeValue::String(word) => {
                            let word = self.text(word, item.span)?;
                            if word.reveal().is_empty() || word.reveal().contains(char::is_whitespace) {
                                let shown = word.shown().into_owned();
                                self.wrong(&code::S010, item.span, format!("`{shown}` is not one word"))
                                    .set_help(
                                        "each element of a list is one word; a string may hold several",
                                    );
                                good = false;
                                continue;
                            }
                            words.push((word, item.span));
                        }
                        NodeValue::Integer(number, _) => words.push((number.to_string().into(), item.span)),
                        _ => {
                            let found = item.type_name();
                            self.wrong(&code::S008, item.span, format!("a list holds words, not {found}"));
                            good = false;
                        }
                    }
                }
                good.then_some(words)
            }
            _ => {
                self.shape(node, "a string or a list of words");
                None
            }
        }
    }

    fn shape(&mut self, node: &Node, wanted: &str) -> &mut Diagnostic {
        let found = node.type_name();
        self.wrong(&code::S008, node.span, format!("{wanted} is wanted here, not {found}"))
    }
}

/// The comment of an entry in a file where none can stand behind an entry: what stood behind goes above.
fn above(mut comment: Comment) -> Comment {
    comment.above.extend(comment.behind.take());
    comment
}

/// Only the texts.
fn texts(words: Vec<(Text, Span)>) -> Vec<Text> {
    words.into_iter().map(|(word, _)| word).collect()
}

fn join(words: &[(Text, Span)]) -> String {
    shown_words(words.iter().map(|(word, _)| word))
}

fn split(words: &str, span: Span) -> Vec<(Text, Span)> {
    words.split_whitespace().map(|word| (word.into(), span)).collect()
}

/// An edit at a node.
fn edit(node: &Node, op: Op, shown: String) -> Edit {
    Edit { op, span: node.key_span, comment: node.comment.clone(), shown }
}

/// The one key of a table of one key: `{ literal = "…" }`.
fn only<'n>(table: &'n Nodes, key: &str) -> Option<&'n Node> {
    table.get(key).filter(|_| table.len() == 1)
}

/// `.add` and `.remove`, if the table holds nothing else.
enum WordEdit {
    Drop,
    Words { remove: Vec<(Text, Span)>, add: Vec<(Text, Span)> },
}

fn is_word_edit(table: &Nodes) -> bool {
    !table.is_empty() && table.keys().all(|key| key == "add" || key == "remove")
}

/// The comments of the `add` and `remove` keys themselves.
fn edit_comment(node: &Node) -> Comment {
    let mut comment = node.comment.clone();
    for key in ["add", "remove"] {
        if let Some(child) = node.table().and_then(|table| table.get(key)) {
            append(&mut comment, &child.comment);
        }
    }
    comment
}

/// Both comments as one: behind an entry stands one at most.
fn append(comment: &mut Comment, more: &Comment) {
    comment.above.extend(more.above.iter().cloned());
    match (&comment.behind, &more.behind) {
        (None, behind) => comment.behind.clone_from(behind),
        (Some(_), Some(behind)) => comment.above.push(behind.clone()),
        _ => {}
    }
}

fn word_edit(table: &Nodes, ctx: &mut Ctx<'_>) -> Option<WordEdit> {
    if let Some(node) = table.get("remove")
        && let NodeValue::Boolean(drop) = node.value
    {
        if !drop || table.len() > 1 {
            ctx.wrong(&code::S008, node.span, "`remove = true` drops the entry and stands alone")
                .set_help("words to take out stand in quotes: `remove = \"…\"`");
            return None;
        }
        return Some(WordEdit::Drop);
    }
    let mut side = |key: &str| match table.get(key) {
        Some(node) => ctx.words(node),
        None => Some(Vec::new()),
    };
    let (remove, add) = (side("remove"), side("add"));
    Some(WordEdit::Words { remove: remove?, add: add? })
}

fn shown_edit(remove: &[(Text, Span)], add: &[(Text, Span)]) -> String {
    match (remove.is_empty(), add.is_empty()) {
        (true, _) => join(add),
        (false, true) => join(remove),
        (false, false) => format!("{} instead of {}", join(add), join(remove)),
    }
}

/// Reads one entry of a section.
pub(super) fn entry(key: &str, node: &Node, ctx: &mut Ctx<'_>) -> Option<(String, Edit)> {
    let key = ctx.name(key, node.key_span)?;
    let edit = match ctx.kind.grammar {
        Grammar::Rules(dialect) => rules::entry(&dialect, &key, node, ctx),
        Grammar::Items(dialect) => items::entry(&dialect, &key, node, ctx),
        Grammar::Vars(_) => vars::entry(&key, node, ctx),
        Grammar::Ini(dialect) => ini::entry(dialect, &key, node, ctx),
        Grammar::Pairs(dialect) => pairs::entry(dialect, &key, node, ctx),
        Grammar::Fstab => fstab::entry(&key, node, ctx),
        Grammar::Toml => toml::entry(&[key.as_str()], node, ctx),
        Grammar::Opaque => {
            ctx.wrong(&code::S008, node.key_span, "the file has no entries");
            None
        }
    }?;
    Some((key, edit))
}

/// Makes the model of the merged entries.
pub(super) fn build(
    kind: &'static Kind,
    header: Vec<String>,
    slots: Slots,
    problems: &mut Vec<Problem>,
) -> Model {
    let mut model = match kind.grammar {
        Grammar::Rules(dialect) => Model::Rules(rules::build(&dialect, header, slots)),
        Grammar::Items(dialect) => {
            let comment = |comment| match dialect.words {
                ItemWords::Setting => above(comment),
                // There is no place for comments in such a file.
                ItemWords::Line | ItemWords::Joined => Comment::default(),
                _ => comment,
            };
            Model::Items(Items {
                header: if matches!(dialect.words, ItemWords::Line | ItemWords::Joined) {
                    Vec::new()
                } else {
                    header
                },
                items: slots
                    .into_iter()
                    .map(|(text, slot)| Item { text, comment: comment(slot.comment) })
                    .collect(),
            })
        }
        Grammar::Vars(_) => Model::Vars(vars::build(kind, header, &slots, problems)),
        Grammar::Ini(_) => Model::Ini(ini::build(header, &slots)),
        Grammar::Pairs(_) => Model::Pairs(pairs::build(header, &slots)),
        Grammar::Fstab => Model::Fstab(fstab::build(header, &slots, problems)),
        Grammar::Toml => Model::Table(toml::build(header, &slots)),
        Grammar::Opaque => Model::Opaque(Opaque::default()),
    };
    model.mark_secrets();
    model
}

/// A mistake that shows only when all layers are merged: the entry, and what is wrong with it.
pub(super) struct Problem {
    pub key: String,
    pub code: &'static crate::report::Code,
    pub message: String,
    pub help: Option<String>,
}

/// The names under which the mounts of a file are known.
pub(super) fn mount_keys(fstab: &crate::model::Fstab) -> Vec<String> {
    fstab::keys(fstab)
}

/// The entries of a text, as if a spec had said them.
pub(super) fn slots(kind: &'static Kind, model: &Model) -> Slots {
    match model {
        Model::Rules(rules) => match kind.grammar {
            Grammar::Rules(dialect) => rules::slots(&dialect, rules),
            _ => Slots::new(),
        },
        Model::Items(items) => items
            .items
            .iter()
            .map(|item| {
                let slot = super::merge::Slot { value: Value::Present, comment: item.comment.clone() };
                (item.text.clone(), slot)
            })
            .collect(),
        Model::Vars(vars) => vars::slots(kind, vars),
        Model::Ini(ini) => ini::slots(ini),
        Model::Pairs(pairs) => pairs::slots(pairs),
        Model::Fstab(fstab) => fstab::slots(fstab),
        Model::Table(table) => toml::slots(table),
        Model::Opaque(_) => Slots::new(),
    }
}
