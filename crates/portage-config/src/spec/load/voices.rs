//! In which order the layers of a spec speak.

use super::super::header::Scope;
use super::super::plan::{Plan, Turn};
use super::{LayerId, Loader};

impl Loader<'_, '_> {
    /// The layers that speak: not what only other variants extend.
    pub(super) fn used(&self, order: &[LayerId], set: &[LayerId]) -> Vec<LayerId> {
        let mut used: Vec<LayerId> = Vec::new();
        let mut next: Vec<LayerId> = order.iter().chain(set).rev().copied().collect();
        while let Some(id) = next.pop() {
            let Some(layer) = self.layers.get(id).and_then(Option::as_ref).filter(|_| !used.contains(&id))
            else {
                continue;
            };
            used.push(id);
            next.extend(layer.extends.iter().map(|(id, _)| *id));
            for ((scope, name), ids) in &layer.inner {
                if *scope == Scope::Root || self.options.variants.contains(name) {
                    next.extend(ids.iter().map(|(id, _)| *id));
                }
            }
        }
        used.sort_unstable();
        used
    }

    pub(super) fn variants(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (name, ..) in self.layers.iter().flatten().flat_map(|layer| &layer.part.variants) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Who speaks of a root, in order: each layer's shared part, then its part of the root; last the variants,
    /// each through all layers; then `--set`.
    pub(super) fn voices(&mut self, root: Option<&str>, order: &[LayerId], set: &[LayerId]) -> Plan {
        let mut all = Vec::new();
        let mut full: Vec<LayerId> = Vec::new();
        for id in order {
            self.speak(*id, root, &mut full, &mut all);
        }
        let layers = full.clone();
        for variant in self.options.variants.clone() {
            for id in &layers {
                let index = self
                    .layers
                    .get(*id)
                    .and_then(Option::as_ref)
                    .and_then(|layer| layer.part.variants.iter().position(|(name, ..)| *name == variant));
                let Some(index) = index else { continue };
                let inner = self.inner(*id, Scope::Variant, &variant);
                let mut extended = Vec::new();
                self.flatten(&inner, &mut extended, &mut vec![*id]);
                for other in extended {
                    self.speak(other, root, &mut full, &mut all);
                }
                all.push((*id, Turn::Variant(index)));
                all.push((*id, Turn::VariantRoot(index)));
            }
        }
        all.extend(set.iter().flat_map(|id| [(*id, Turn::Shared), (*id, Turn::Root)]));
        all
    }

    /// A layer's shared part, what its part of the root extends, and that part; each layer once.
    fn speak(&mut self, id: LayerId, root: Option<&str>, full: &mut Vec<LayerId>, all: &mut Plan) {
        if full.contains(&id) {
            return;
        }
        full.push(id);
        all.push((id, Turn::Shared));
        let Some(name) = root else { return };
        let inner = self.inner(id, Scope::Root, name);
        let mut extended = Vec::new();
        self.flatten(&inner, &mut extended, &mut vec![id]);
        for other in extended {
            self.speak(other, root, full, all);
        }
        all.push((id, Turn::Root));
    }

    fn inner(&self, id: LayerId, scope: Scope, name: &str) -> Vec<LayerId> {
        let layer = self.layers.get(id).and_then(Option::as_ref);
        let ids = layer.and_then(|layer| layer.inner.get(&(scope, name.to_owned())));
        ids.map(|ids| ids.iter().map(|(id, _)| *id).collect()).unwrap_or_default()
    }
}
