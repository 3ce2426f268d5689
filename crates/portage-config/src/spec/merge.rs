//! The one merge rule: tables key by key, anything else replaces, `.add` and `.remove` edit words.

use std::collections::hash_map::Entry;

use indexmap::IndexMap;

use super::code;
use super::origin::{Effect, FileOrigins, LayerId, Touch};
use super::slot::toml_shown;
pub(super) use super::slot::{PLAIN, Slot, Slots, Value, hide, shown, shown_words};
use super::source::at;
use crate::model::{Comment, TomlValue};
use crate::report::{Key, Report, Span};
use crate::vocab::Text;

/// What a layer does to an entry.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub op: Op,
    pub span: Span,
    pub comment: Comment,
    /// The words for people, secrets hidden.
    pub shown: String,
}

/// The deed itself.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Set(Value),
    Parts(Vec<(String, Edit)>),
    /// On nothing inherited, `empty` is what is added to.
    Words {
        remove: Vec<(Text, Span)>,
        add: Vec<Text>,
        empty: Value,
    },
    /// Elements of a TOML list.
    Elements {
        remove: Vec<(TomlValue, Span)>,
        add: Vec<TomlValue>,
    },
    /// Elements where a list is inherited, parts otherwise: a TOML table with keys `add` and `remove`.
    ElementsOr(Box<Op>, Box<Op>),
    Drop,
}

/// How much of an entry layers changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of it.
    Whole,
    /// Words came and went.
    Words,
    /// These parts.
    Parts(IndexMap<String, Reach>),
}

impl Reach {
    /// What an edit changes.
    pub(super) fn of(op: &Op) -> Self {
        match op {
            Op::Words { .. } => Self::Words,
            Op::Parts(parts) => {
                Self::Parts(parts.iter().map(|(name, edit)| (name.clone(), Self::of(&edit.op))).collect())
            }
            _ => Self::Whole,
        }
    }

    /// Both, one after the other.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Words, Self::Words) => Self::Words,
            (Self::Parts(mut parts), Self::Parts(others)) => {
                for (name, other) in others {
                    let both = match parts.shift_remove(&name) {
                        Some(reach) => reach.and(other),
                        None => other,
                    };
                    parts.insert(name, both);
                }
                Self::Parts(parts)
            }
            _ => Self::Whole,
        }
    }
}

/// The entries that were changed after a text was said, each with what of it.
pub(super) type Dirty = IndexMap<String, Reach>;

/// Applies edits of one layer to one file.
pub(super) struct Merger<'a> {
    pub layer: LayerId,
    /// Whether the entries are rules: words alone are the part [`PLAIN`].
    pub rules: bool,
    pub origins: &'a mut FileOrigins,
    pub report: &'a mut Report,
}

impl Merger<'_> {
    /// Applies `edit` to the entry `name` of `slots`; `key` is the way to the entry.
    pub(super) fn apply(&mut self, slots: &mut Slots, name: String, edit: Edit, key: Key) {
        let effect = match &edit.op {
            Op::Set(_) | Op::Parts(_) => Some(Effect::Set),
            Op::Words { remove, add, .. } => words_effect(remove.is_empty(), add.is_empty()),
            Op::Elements { remove, add } => words_effect(remove.is_empty(), add.is_empty()),
            Op::ElementsOr(..) => None,
            Op::Drop => Some(Effect::Drop),
        };
        let Edit { op, span, comment, shown } = edit;
        let (op, shown) = match (op, effect) {
            // Most entries are said once and as a whole.
            (Op::Set(value), Some(effect)) if !matches!(value, Value::Parts(_)) => {
                self.touch(key, Touch { layer: self.layer, span, effect, text: shown });
                slots.insert(name, Slot { value, comment });
                return;
            }
            (op, Some(effect)) => {
                if self.rules
                    && matches!(op, Op::Set(_) | Op::Parts(_))
                    && slots.get(&name).is_some_and(|slot| matches!(slot.value, Value::Words(_)))
                {
                    self.touch_plain(&key);
                }
                self.touch(key.clone(), Touch { layer: self.layer, span, effect, text: shown });
                (op, String::new())
            }
            (op, None) => (op, shown),
        };
        match op {
            Op::Set(value) => {
                if let Value::Parts(parts) = &value {
                    self.touch_parts(parts, span, &key);
                }
                slots.insert(name, Slot { value, comment });
            }
            Op::Parts(parts) => {
                // Taking away from nothing leaves nothing.
                let idle = !parts.is_empty() && !slots.contains_key(&name);
                let slot = slots.entry(name).or_default();
                slot.value = match std::mem::take(&mut slot.value) {
                    parts @ Value::Parts(_) => parts,
                    words @ Value::Words(_) if self.rules => {
                        let slot = Slot { value: words, comment: Comment::default() };
                        Value::Parts(Slots::from_iter([(PLAIN.to_owned(), slot)]))
                    }
                    _ => Value::Parts(Slots::new()),
                };
                append(&mut slot.comment, comment);
                if let Value::Parts(inner) = &mut slot.value {
                    for (part, edit) in parts {
                        let key = key.then(&part);
                        self.apply(inner, part, edit, key);
                    }
                    if idle && inner.is_empty() {
                        slots.pop();
                    }
                }
            }
            Op::Words { remove, add, empty } => {
                let only_removes = add.is_empty();
                match slots.get_mut(&name) {
                    Some(slot) => {
                        append(&mut slot.comment, comment);
                        self.edit_words(&mut slot.value, remove, add, empty, &key);
                    }
                    None => {
                        let mut value = empty.clone();
                        self.edit_words(&mut value, remove, add, empty, &key);
                        if !only_removes {
                            slots.insert(name, Slot { value, comment });
                        }
                    }
                }
            }
            Op::Elements { remove, add } => {
                let idle = add.is_empty() && !slots.contains_key(&name);
                let slot = slots.entry(name.clone()).or_insert_with(|| Slot {
                    value: Value::Toml(TomlValue::Array(Vec::new())),
                    comment: Comment::default(),
                });
                append(&mut slot.comment, comment);
                if let Value::Toml(TomlValue::Array(list)) = &mut slot.value {
                    for (gone, span) in remove {
                        let before = list.len();
                        list.retain(|element| *element != gone);
                        if list.len() == before {
                            let word = match &gone {
                                TomlValue::String(text) => text.shown().into_owned(),
                                other => toml_shown(other),
                            };
                            self.missing(span, &word, &key, std::iter::empty());
                        }
                    }
                    list.extend(add);
                } else {
                    at(self.report, &code::S008, span, format!("`{key}` is no list so far"))
                        .set_help("`.add` and `.remove` edit the elements of a list");
                }
                if idle {
                    slots.pop();
                }
            }
            Op::ElementsOr(elements, parts) => {
                let is_list = slots
                    .get(&name)
                    .is_some_and(|slot| matches!(slot.value, Value::Toml(TomlValue::Array(_))));
                let op = if is_list { *elements } else { *parts };
                self.apply(slots, name, Edit { op, span, comment, shown }, key);
            }
            Op::Drop => {
                if slots.shift_remove(&name).is_none() {
                    self.missing(span, &name, &Key::file(), slots.keys().map(String::as_str));
                }
            }
        }
    }

    fn touch_parts(&mut self, parts: &Slots, span: Span, key: &Key) {
        for (name, slot) in parts {
            let touch = Touch { layer: self.layer, span, effect: Effect::Set, text: shown(&slot.value) };
            self.touch(key.then(name), touch);
        }
    }

    fn touch(&mut self, key: Key, touch: Touch) {
        match self.origins.entries.entry(key) {
            Entry::Occupied(mut all) => all.get_mut().push(touch),
            Entry::Vacant(place) => {
                place.insert(vec![touch]);
            }
        }
    }

    /// A rule that gets groups: what was said of the rule so far was said of its words in no group.
    fn touch_plain(&mut self, key: &Key) {
        let said = self.origins.entries.get(key).cloned().unwrap_or_default();
        let plain = self.origins.entries.entry(key.then(PLAIN)).or_default();
        let known = plain.last().and_then(|last| said.iter().rposition(|touch| touch.layer == last.layer));
        plain.extend(said.into_iter().skip(known.map_or(0, |at| at + 1)));
    }

    fn edit_words(
        &mut self,
        value: &mut Value,
        remove: Vec<(Text, Span)>,
        add: Vec<Text>,
        empty: Value,
        key: &Key,
    ) {
        match value {
            Value::Words(words) => {
                for (gone, span) in remove {
                    let before = words.len();
                    words.retain(|word| word.reveal() != gone.reveal());
                    if words.len() == before {
                        let known: Vec<String> = words.iter().map(|w| w.shown().into_owned()).collect();
                        self.missing(span, &gone.shown(), key, known.iter().map(String::as_str));
                    }
                }
                words.extend(add);
            }
            Value::Text(text) => {
                let secret = text.is_secret() || add.iter().any(Text::is_secret);
                let mut words: Vec<String> = text.reveal().split_whitespace().map(str::to_owned).collect();
                for (gone, span) in remove {
                    let before = words.len();
                    words.retain(|word| word != gone.reveal());
                    if words.len() == before {
                        let known = words.iter().map(String::as_str).filter(|_| !text.is_secret());
                        self.missing(span, &gone.shown(), key, known);
                    }
                }
                words.extend(add.iter().map(|text| text.reveal().to_owned()));
                let joined = words.join(" ");
                *text = if secret { Text::secret(joined) } else { Text::from(joined) };
            }
            Value::Present | Value::Toml(_) | Value::Parts(_) => {
                *value = empty;
                if matches!(value, Value::Words(_) | Value::Text(_)) {
                    self.edit_words(value, remove, add, Value::Present, key);
                }
            }
        }
    }

    fn missing<'w>(&mut self, span: Span, word: &str, key: &Key, known: impl Iterator<Item = &'w str>) {
        let place = if key.0.is_empty() { "here".to_owned() } else { format!("in `{key}`") };
        let nearest = super::header::nearest(word, known).map(str::to_owned);
        let found =
            at(self.report, &code::S012, span, format!("`{word}` is not {place}, so it cannot be removed"));
        if let Some(nearest) = nearest {
            found.set_help(format!("did you mean `{nearest}`?"));
        }
    }
}

fn words_effect(no_remove: bool, no_add: bool) -> Option<Effect> {
    match (no_remove, no_add) {
        (_, false) => Some(Effect::Add),
        (false, true) => Some(Effect::Remove),
        (true, true) => None,
    }
}

/// `.add` and part edits bring their comment along with what was there.
fn append(comment: &mut Comment, more: Comment) {
    comment.above.extend(more.above);
    match (&comment.behind, more.behind) {
        (None, behind) => comment.behind = behind,
        (Some(_), Some(behind)) => comment.above.push(behind),
        (Some(_), None) => {}
    }
}
