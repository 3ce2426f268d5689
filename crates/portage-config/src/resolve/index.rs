//! Words by the flags that they speak of, for all packages.

use super::events::{Events, Source};
use super::nodes::{self, Switches, Tables};
use super::settings::{LAYERS, LayerName, Settings};
use super::vars::{Layer, Value, is_incremental, last};

impl Settings<'_> {
    pub(super) fn set_expand(&mut self) {
        self.expand.names = self.incremental("USE_EXPAND");
        self.expand.hidden = self.incremental("USE_EXPAND_HIDDEN");
        self.expand.unprefixed = self.incremental("USE_EXPAND_UNPREFIXED");
        let names = self.expand.names.iter();
        self.expand.set = names.filter(|name| self.scalar(name).is_some()).cloned().collect();
        let order = self.scalar("USE_ORDER").map_or("", |value| &value.text);
        let order =
            if order.is_empty() { "env:pkg:conf:defaults:pkginternal:features:repo:env.d" } else { order };
        let named = |word: &str| LAYERS.iter().find(|(_, name)| *name == word).map(|(layer, _)| *layer);
        self.use_order = order.split(':').rev().filter_map(named).collect();
        let mut implicit = self.incremental("IUSE_IMPLICIT");
        let by = self.incremental("USE_EXPAND_IMPLICIT");
        let values = |name: &String| -> Vec<String> {
            let value = self.scalar(&format!("USE_EXPAND_VALUES_{name}"));
            value.into_iter().flat_map(Value::words).map(str::to_owned).collect()
        };
        for name in self.expand.unprefixed.iter().filter(|name| by.contains(name)) {
            implicit.extend(values(name));
        }
        for name in by.iter().filter(|name| self.expand.names.contains(name)) {
            let lower = name.to_lowercase();
            implicit.extend(values(name).into_iter().map(|value| format!("{lower}_{value}")));
        }
        implicit.sort();
        implicit.dedup();
        self.implicit = implicit;
    }

    /// The words of all layers that hold for each package.
    pub(super) fn index(&mut self) {
        let mut words = Events::default();
        for (rank, layer) in (0u16..).zip(self.use_order.clone()) {
            match layer {
                LayerName::Defaults => self.index_defaults(&mut words, rank),
                layer => {
                    if let Some(layer) = self.layer(layer) {
                        self.push_layer(&mut words, layer, rank, u16::MAX);
                    }
                }
            }
        }
        self.words = words;
        let places = |pick: fn(&Tables) -> &Switches| {
            nodes::switched((0u16..).zip(self.tables.iter().map(|tables| pick(tables))), 1)
        };
        self.masked = places(|tables| &tables.mask);
        self.forced = places(|tables| &tables.force);
        let top = |pick: fn(&Tables) -> &Switches| -> Vec<Events> {
            self.machine.top().iter().map(|tables| nodes::switched([(0, pick(tables))], 0)).collect()
        };
        self.top_masked = top(|tables| &tables.mask);
        self.top_forced = top(|tables| &tables.force);
    }

    /// A layer in which USE stands before the USE_EXPAND variables: `regenerate`.
    pub(super) fn push_layer(&self, words: &mut Events, layer: &Layer, rank: u16, part: u16) {
        self.push_unprefixed(words, layer, rank);
        for value in layer.get("USE").into_iter().flatten() {
            let source = Source::new(rank, part, 1).of(value);
            value.words().for_each(|word| words.push(word, &source));
        }
        self.push_expanded(words, layer, rank, part);
    }

    /// The USE_EXPAND variables of a layer: each replaces the flags that were there.
    pub(super) fn push_expanded(&self, words: &mut Events, layer: &Layer, rank: u16, part: u16) {
        for name in &self.expand.names {
            let Some(value) = last(layer, name) else { continue };
            let prefix = format!("{}_", name.to_lowercase());
            let source = Source::new(rank, part, 2).of(value);
            words.clear_prefix(&prefix, name, &source);
            for word in value.words().filter(|word| !word.starts_with(['+', '-'])) {
                words.push_literal(&format!("{prefix}{word}"), true, word, &source);
            }
        }
    }

    /// ARCH and the like, whose words are flags as they stand.
    fn push_unprefixed(&self, words: &mut Events, layer: &Layer, rank: u16) {
        for name in &self.expand.unprefixed {
            let Some(values) = layer.get(name.as_str()) else { continue };
            for value in values.iter().rev().take(if is_incremental(name) { usize::MAX } else { 1 }) {
                let source = Source::new(rank, 0, 0).of(value);
                value.words().for_each(|word| words.push_flag(word, &source));
            }
        }
    }

    /// The profiles: of each make.defaults, the USE_EXPAND variables and then USE; flags of stable packages.
    fn index_defaults(&self, words: &mut Events, rank: u16) {
        self.push_unprefixed(words, &self.defaults, rank);
        for ((part, layer), tables) in (1u16..).zip(&self.make_defaults).zip(&self.tables) {
            for name in &self.expand.unprefixed {
                let Some(value) = last(layer, name) else { continue };
                let source = Source::new(rank, part, 0).of(value);
                value.words().for_each(|word| words.push(word, &source));
            }
            for name in &self.expand.set {
                let Some(value) = last(layer, name) else { continue };
                let prefix = format!("{}_", name.to_lowercase());
                let source = Source::new(rank, part, 0).of(value);
                for word in value.words() {
                    match word.strip_prefix('-') {
                        Some(word) => words.push(&format!("-{prefix}{word}"), &source),
                        None => words.push(&format!("{prefix}{word}"), &source),
                    }
                }
            }
            if let Some(value) = last(layer, "USE") {
                let source = Source::new(rank, part, 0).of(value);
                value.words().for_each(|word| words.push(word, &source));
            }
            for item in &tables.use_stable {
                words.push(&item.text, &Source::new(rank, part, 1).at(item.at).only_stable());
            }
        }
    }
}
