//! Layers: which files a spec is made of.

mod voices;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use camino::Utf8Path;

use super::cache::{Text, Tree};
use super::code;
use super::folder::{Folder, Named};
use super::header::{self, Part, Scope};
use super::plan::{Plan, normal};
use super::root::{self, Voice};
use super::source::{Node, NodeValue, Nodes, at};
use super::{Layer, LayerId, Options, Resolved};
use crate::report::{Code, Diagnostic, Report, Span, Spot};

/// A layer as it was read.
#[derive(Default)]
struct Loaded {
    folder: String,
    part: Arc<Part>,
    /// What it is when it is no spec.
    tree: Option<Arc<Folder>>,
    extends: Vec<(LayerId, Span)>,
    /// What the roots and variants of the layer extend, by kind and name.
    inner: HashMap<(Scope, String), Vec<(LayerId, Span)>>,
}

struct Loader<'a, 'o> {
    options: &'a Options<'o>,
    report: &'a mut Report,
    layers: Vec<Option<Loaded>>,
    names: Vec<String>,
    known: HashMap<String, LayerId>,
    broken: bool,
}

pub(super) fn load(path: &str, options: &Options<'_>, report: &mut Report) -> Option<Resolved> {
    let mut loader = Loader {
        options,
        report,
        layers: Vec::new(),
        names: Vec::new(),
        known: HashMap::new(),
        broken: false,
    };
    let path = if path.starts_with("preset:") { path.to_owned() } else { normal(Utf8Path::new(path)) };
    let top = loader.file(&path, None)?;
    let mut order = Vec::new();
    loader.flatten(&[top], &mut order, &mut Vec::new());
    let set = loader.set_layers();
    if loader.broken {
        return None;
    }
    loader.version(top);
    let resolved = loader.resolve(&order, &set);
    dedup(report);
    Some(resolved)
}

/// Shared parts are read once for each root: what is wrong with them is said once.
fn dedup(report: &mut Report) {
    let mut seen = HashSet::new();
    report.diagnostics.retain(|found| {
        let span = found.spot.span.map(|span| (span.source, span.start, span.end));
        seen.insert((found.code.id, span, found.spot.path.clone(), found.message.clone()))
    });
}

impl Loader<'_, '_> {
    fn wrong(&mut self, code: &'static Code, span: Option<Span>, message: String) -> &mut Diagnostic {
        match span {
            Some(span) => at(self.report, code, span, message),
            None => {
                self.report.push(Diagnostic::new(code, Spot::default(), message));
                let last = self.report.diagnostics.len() - 1;
                #[expect(clippy::indexing_slicing, reason = "the line above put it there")]
                &mut self.report.diagnostics[last]
            }
        }
    }

    /// Reads a file and those it extends. `None` after a mistake, which is reported.
    fn file(&mut self, path: &str, span: Option<Span>) -> Option<LayerId> {
        if let Some(id) = self.known.get(path) {
            return Some(*id);
        }
        let folder = match path.strip_prefix("preset:") {
            Some(name) if !super::presets().iter().any(|(preset, _)| *preset == name) => {
                self.broken = true;
                let near = header::nearest(name, super::presets().iter().map(|(name, _)| *name));
                let found = self.wrong(&code::S003, span, format!("there is no preset `{name}`"));
                found.help = near.map(|near| format!("did you mean `preset:{near}`?"));
                return None;
            }
            Some(_) => String::new(),
            None => Utf8Path::new(path).parent().map(|p| p.to_string()).unwrap_or_default(),
        };
        let read = || Text::read(path, self.options.files);
        let text = match self.options.cache.filter(|_| span.is_some()) {
            Some(cache) => cache.layer(path, read),
            None => read(),
        };
        match text {
            Ok(text) => self.text(path, &text, folder),
            Err(error) => {
                self.broken = true;
                let found = self.wrong(&code::S003, span, format!("`{path}` cannot be read: {error}"));
                if span.is_some() {
                    found.set_help("the path of a layer is relative to the file that extends it");
                }
                None
            }
        }
    }

    fn found(&mut self, inside: &Report) {
        self.report.sources.join(&inside.sources);
        self.report.diagnostics.extend(inside.diagnostics.iter().cloned());
    }

    fn text(&mut self, name: &str, text: &Text, folder: String) -> Option<LayerId> {
        self.found(&text.report);
        let Some(part) = text.part.clone() else {
            self.broken = true;
            return None;
        };
        let id = self.layers.len();
        self.layers.push(None);
        self.names.push(name.to_owned());
        self.known.insert(name.to_owned(), id);
        let extends = self.extends(&part.extends, &folder);
        let mut inner = HashMap::new();
        let named = part.roots.iter().map(|part| (Scope::Root, part));
        for (scope, (name, _, part)) in named.chain(part.variants.iter().map(|part| (Scope::Variant, part))) {
            inner.insert((scope, name.clone()), self.extends(&part.extends, &folder));
        }
        if let Some(place) = self.layers.get_mut(id) {
            *place = Some(Loaded { folder, part, tree: None, extends, inner });
        }
        Some(id)
    }

    fn extends(&mut self, items: &[Node], folder: &str) -> Vec<(LayerId, Span)> {
        let mut ids = Vec::new();
        for item in items {
            match &item.value {
                NodeValue::String(name) if name.starts_with("preset:") => {
                    ids.extend(self.file(name, Some(item.span)).map(|id| (id, item.span)));
                }
                NodeValue::String(name) if !name.is_empty() => {
                    let path = normal(&Utf8Path::new(folder).join(name));
                    ids.extend(self.file(&path, Some(item.span)).map(|id| (id, item.span)));
                }
                NodeValue::Table(table) if table.contains_key("tree") => {
                    ids.extend(self.tree(table, item.span, folder).map(|id| (id, item.span)));
                }
                _ => {
                    let message = format!("a layer is a path or `preset:NAME`, not {}", item.type_name());
                    self.wrong(&code::S008, Some(item.span), message)
                        .set_help("a folder of files is `{ tree = \"./portage\", at = \"/etc/portage\" }`");
                }
            }
        }
        ids
    }

    /// A folder of files.
    fn tree(&mut self, table: &Nodes, span: Span, folder: &str) -> Option<LayerId> {
        let named = Named::read(table, span, folder, self.report)?;
        let (known, name) = (named.id(), named.name());
        if let Some(id) = self.known.get(&known) {
            return Some(*id);
        }
        let read = || {
            let mut report = Report::new();
            let folder = named.load(self.options.files, &mut report).map_err(|error| error.to_string())?;
            Ok(Arc::new(Tree { folder: Arc::new(folder), report }))
        };
        let tree = match self.options.cache {
            Some(cache) => cache.folder(known.clone(), span, read),
            None => read(),
        };
        match tree {
            Ok(tree) => {
                self.found(&tree.report);
                let tree = Some(Arc::clone(&tree.folder));
                self.known.insert(known, self.layers.len());
                self.names.push(name);
                self.layers.push(Some(Loaded { tree, ..Loaded::default() }));
                Some(self.layers.len() - 1)
            }
            Err(error) => {
                self.broken = true;
                let path = name.trim_start_matches("tree:");
                self.wrong(&code::S003, Some(span), format!("the folder `{path}` cannot be read: {error}"))
                    .set_help("the path of a folder is relative to the spec that extends it");
                None
            }
        }
    }

    /// The layers that `ids` are made of: depth first, left to right, each once.
    fn flatten(&mut self, ids: &[LayerId], order: &mut Vec<LayerId>, path: &mut Vec<LayerId>) {
        for id in ids {
            if path.contains(id) {
                self.broken = true;
                let chain: Vec<String> = path
                    .iter()
                    .skip_while(|at| *at != id)
                    .chain([id])
                    .filter_map(|at| self.names.get(*at))
                    .map(|name| format!("`{name}`"))
                    .collect();
                let message = format!("the layers extend each other: {}", chain.join(" extends "));
                let said = path.last().and_then(|last| self.layers.get(*last)?.as_ref());
                let span = said.and_then(|layer| layer.extends.iter().find(|(other, _)| other == id));
                let span = span.map(|(_, span)| *span);
                self.wrong(&code::S004, span, message).set_help("take one of them out of `extends`");
                continue;
            }
            if order.contains(id) {
                continue;
            }
            let layer = self.layers.get(*id).and_then(Option::as_ref);
            let next: Vec<LayerId> =
                layer.map(|layer| layer.extends.iter().map(|(id, _)| *id).collect()).unwrap_or_default();
            path.push(*id);
            self.flatten(&next, order, path);
            path.pop();
            order.push(*id);
        }
    }

    /// `--set NAME=VALUE`: the topmost layers.
    fn set_layers(&mut self) -> Vec<LayerId> {
        let mut ids = Vec::new();
        for (name, value) in &self.options.set {
            let key = if name.contains('.') { name.clone() } else { format!("param.{name}") };
            let text = format!("{key} = {}\n", toml_edit::Value::from(value.as_str()));
            let name = format!("--set {name}");
            ids.extend(self.text(&name, &Text::parse(&name, text.into_bytes()), String::new()));
        }
        ids
    }

    fn version(&mut self, top: LayerId) {
        let said: Vec<(i64, Span)> =
            self.layers.iter().flatten().filter_map(|layer| layer.part.version).collect();
        for (version, span) in said {
            if version != 1 {
                self.wrong(
                    &code::S021,
                    Some(span),
                    format!("this is spec {version}; this tool knows spec 1"),
                )
                .set_help("use a newer version of this tool");
            }
        }
        let missing = self.layers.get(top).and_then(Option::as_ref).is_some_and(|l| l.part.version.is_none());
        if missing {
            let message = "the spec does not say which format it is in".to_owned();
            self.wrong(&code::S025, None, message).set_help("write `spec = 1` at its top");
        }
    }

    fn resolve(&mut self, order: &[LayerId], set: &[LayerId]) -> Resolved {
        let variants = self.variants();
        for variant in &self.options.variants {
            if !variants.contains(variant) {
                let near = header::nearest(variant, variants.iter().map(String::as_str)).map(str::to_owned);
                let found = self.wrong(&code::S016, None, format!("no layer has the variant `{variant}`"));
                found.help = Some(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if variants.is_empty() => "the spec has no variants".to_owned(),
                    None => format!("there is `{}`", variants.join("`, `")),
                });
            }
        }
        let mut names: Vec<Option<String>> = Vec::new();
        let wanted = |name: &String| self.options.variants.contains(name);
        let used = self.used(order, set);
        for layer in used.iter().filter_map(|id| self.layers.get(*id)?.as_ref()) {
            let own = layer.part.roots.iter().map(|(name, ..)| name);
            let variants = layer.part.variants.iter().filter(|(name, ..)| wanted(name));
            let inner = variants.flat_map(|(_, _, part)| part.roots.iter().map(|(name, ..)| name));
            for name in own.chain(inner) {
                if !names.iter().any(|known| known.as_ref() == Some(name)) {
                    names.push(Some(name.clone()));
                }
            }
        }
        if names.is_empty() {
            names.push(None);
        }
        let mut plans: Vec<(Option<String>, Plan)> = Vec::new();
        for name in names {
            let voices = self.voices(name.as_deref(), order, set);
            plans.push((name, voices));
        }
        let mut resolved = Resolved {
            layers: self.names.iter().map(|name| Layer { name: name.clone() }).collect(),
            roots: Vec::new(),
            params: Vec::new(),
            checks: Vec::new(),
            variants,
            steps: Vec::new(),
        };
        let mut places = Vec::new();
        for (name, plan) in plans {
            let mut voices: Vec<Voice<'_>> = plan
                .iter()
                .filter_map(|(id, turn)| {
                    let layer = self.layers.get(*id)?.as_ref()?;
                    let part = turn.part(&layer.part, name.as_deref())?;
                    Some(Voice { layer: *id, folder: &layer.folder, part, tree: layer.tree.as_deref() })
                })
                .collect();
            super::target::settle(name.as_deref(), set, &mut voices);
            places.push(root::resolve(name, &voices, self.options, &mut resolved, self.report));
        }
        super::host::hosts(&mut resolved, &places, self.report);
        resolved
    }
}
