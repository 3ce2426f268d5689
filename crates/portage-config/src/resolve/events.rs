//! What is said of flags: each word that switches one on or off, with its line and its place in the order.

use std::collections::HashMap;
use std::sync::Arc;

use super::files::LineId;
use super::vars::Value;

/// A word that switches a flag. Of all that speak of a flag the last one holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Its place in the order.
    pub(super) order: Order,
    pub(super) on: bool,
    /// The line that says it; `None` where no line does.
    pub(super) at: Option<LineId>,
    /// Lines that had a part in it: what the value of the variable refers to.
    pub(super) via: Arc<[LineId]>,
    /// The word, as it stands.
    pub(super) word: Box<str>,
    /// Whether it counts for packages alone that are visible through a stable keyword.
    pub(super) stable: bool,
}

/// A place in the order of all words: the layer, the part of it, the step in that part, and the word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Order {
    pub(super) layer: u16,
    pub(super) part: u16,
    pub(super) step: u8,
    pub(super) word: u32,
}

/// Words by the flags that they speak of.
#[derive(Clone, Debug, Default)]
pub(super) struct Events {
    by_flag: HashMap<Box<str>, Vec<Event>>,
    /// `-*`
    clears: Vec<Event>,
    /// `x_*` and `-x_*`, with `x_`.
    prefixes: Vec<(Box<str>, Event)>,
    count: u32,
}

/// Where words stand: what all of them have in common.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) layer: u16,
    pub(super) part: u16,
    pub(super) step: u8,
    pub(super) at: Option<LineId>,
    pub(super) via: Arc<[LineId]>,
    pub(super) stable: bool,
}

impl Source {
    pub(super) fn new(layer: u16, part: u16, step: u8) -> Self {
        Self { layer, part, step, at: None, via: Arc::from([]), stable: false }
    }

    pub(super) fn at(&self, at: LineId) -> Self {
        Self { at: Some(at), via: Arc::from([]), ..self.clone() }
    }

    pub(super) fn of(&self, value: &Value) -> Self {
        Self { at: value.at, via: value.via.clone(), ..self.clone() }
    }

    pub(super) fn only_stable(mut self) -> Self {
        self.stable = true;
        self
    }
}

impl Events {
    fn event(&mut self, source: &Source, on: bool, word: &str) -> Event {
        self.count += 1;
        let order = Order { layer: source.layer, part: source.part, step: source.step, word: self.count };
        let (at, via, stable) = (source.at, source.via.clone(), source.stable);
        Event { order, on, at, via, word: word.into(), stable }
    }

    /// A word of USE: `flag`, `-flag`, `-*`, `prefix_*`, `-prefix_*`.
    pub(super) fn push(&mut self, word: &str, source: &Source) {
        if word == "-*" {
            let event = self.event(source, false, word);
            self.clears.push(event);
            return;
        }
        let name = word.strip_prefix('+').unwrap_or(word);
        if name.is_empty() {
            return;
        }
        let (on, flag) = match name.strip_prefix('-') {
            Some(flag) => (false, flag),
            None => (true, name),
        };
        let event = self.event(source, on, word);
        match flag.strip_suffix('*').filter(|prefix| prefix.ends_with('_')) {
            Some(prefix) => self.prefixes.push((prefix.into(), event)),
            None => self.by_flag.entry(flag.into()).or_default().push(event),
        }
    }

    /// A flag of a USE_EXPAND variable, where nothing but the whole word counts.
    pub(super) fn push_literal(&mut self, flag: &str, on: bool, word: &str, source: &Source) {
        let event = self.event(source, on, word);
        self.by_flag.entry(flag.into()).or_default().push(event);
    }

    /// All flags that begin so are switched off: a variable that replaces what was there.
    pub(super) fn clear_prefix(&mut self, prefix: &str, word: &str, source: &Source) {
        let event = self.event(source, false, word);
        self.prefixes.push((prefix.into(), event));
    }

    /// A line of use.mask and the like: `flag` or `-flag`.
    pub(super) fn push_flag(&mut self, word: &str, source: &Source) {
        let (on, flag) = match word.strip_prefix('-') {
            Some(flag) => (false, flag),
            None => (true, word),
        };
        self.push_literal(flag, on, word, source);
    }

    /// What is said of a flag; `iuse` are the flags that the package names.
    pub(super) fn of<'a>(
        &'a self,
        flag: &str,
        iuse: &dyn Fn(&str) -> bool,
        any: &dyn Fn(&str) -> bool,
    ) -> Vec<&'a Event> {
        let mut found: Vec<&Event> = Vec::new();
        found.extend(self.by_flag.get(flag).into_iter().flatten());
        found.extend(&self.clears);
        for (prefix, event) in &self.prefixes {
            if !flag.starts_with(&**prefix) {
                continue;
            }
            // What matches no flag of the package stays as it is: `linguas_*`.
            let literal = flag.strip_suffix('*') == Some(prefix);
            if !event.on || iuse(flag) || (literal && !any(prefix)) {
                found.push(event);
            }
        }
        found
    }

    /// What is said of a flag by its name alone.
    pub(super) fn plain(&self, flag: &str) -> &[Event] {
        self.by_flag.get(flag).map_or(&[], Vec::as_slice)
    }

    /// The flags that something is said of by name.
    pub(super) fn flags(&self) -> impl Iterator<Item = &str> {
        self.by_flag.keys().map(|flag| &**flag)
    }
}
