//! What the layers of a root say below `[overlay.NAME]`.

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use super::super::code;
use super::super::header;
use super::super::param::{self, Filled};
use super::super::plan::normal;
use super::super::root::Voice;
use super::super::source::{Node, NodeValue, Nodes, at};
use super::super::words::{FORK, OVERLAY as KEYS};
use crate::report::{Report, Span};

/// A value, where it is said, and the folder of the layer that says it.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) folder: String,
}

impl Value {
    /// The path that it says, from the folder of its layer.
    pub(super) fn path(&self) -> Utf8PathBuf {
        normal(&Utf8Path::new(&self.folder).join(&self.text)).into()
    }
}

/// An ebuild repository as the layers describe it.
#[derive(Debug)]
pub(super) struct Said {
    /// Where it was said last.
    pub(super) span: Span,
    pub(super) at: Option<Value>,
    pub(super) tree: Option<Value>,
    pub(super) priority: Option<Value>,
    pub(super) packages: Option<Vec<Value>>,
    pub(super) alone: Vec<Value>,
    /// By atom, with the place of that.
    pub(super) keywords: IndexMap<String, (Span, Value)>,
    pub(super) files: bool,
    /// Where forks are taken from that do not say so themselves.
    pub(super) from: Option<Value>,
    /// By atom.
    pub(super) forks: IndexMap<String, Fork>,
}

/// A package that is taken from another repository, and changed.
#[derive(Debug)]
pub(super) struct Fork {
    pub(super) span: Span,
    pub(super) from: Option<Value>,
    pub(super) patches: Vec<Value>,
    pub(super) keywords: Option<Value>,
}

/// All repositories, in the order in which they were first said.
pub(super) fn read(voices: &[Voice<'_>], filled: &Filled, report: &mut Report) -> IndexMap<String, Said> {
    let mut all: IndexMap<String, Said> = IndexMap::new();
    let mut reader = Reader { filled, report, folder: String::new() };
    for voice in voices {
        voice.folder.clone_into(&mut reader.folder);
        for (name, node) in &voice.part.overlays {
            reader.overlay(name, node, &mut all);
        }
    }
    all
}

struct Reader<'a> {
    filled: &'a Filled,
    report: &'a mut Report,
    folder: String,
}

impl Reader<'_> {
    fn overlay(&mut self, name: &str, node: &Node, all: &mut IndexMap<String, Said>) {
        let NodeValue::Table(table) = &node.value else {
            let message = format!("`{name}` is an ebuild repository: a table, not {}", node.type_name());
            return self.wrong(&code::S008, node.span, message, None);
        };
        if crate::overlay::New::named(name).is_none() {
            let help =
                "a name is letters, digits, `_` and `-`, does not end in a version, and is not `DEFAULT`";
            let message = format!("`{name}` is no name of an ebuild repository");
            return self.wrong(&code::S010, node.key_span, message, Some(help.to_owned()));
        }
        if let Some(remove) = table.get("remove") {
            if !matches!(remove.value, NodeValue::Boolean(true)) || table.len() > 1 {
                let message = "`remove = true` stands alone: it drops what earlier layers say";
                self.wrong(&code::S008, remove.span, message.to_owned(), None);
            } else if all.shift_remove(name).is_none() {
                let message = format!("there is no ebuild repository `{name}` to remove");
                at(self.report, &code::S012, node.key_span, message);
            }
            return;
        }
        let said = all.entry(name.to_owned()).or_insert_with(|| Said {
            span: node.key_span,
            at: None,
            tree: None,
            priority: None,
            packages: None,
            alone: Vec::new(),
            keywords: IndexMap::new(),
            files: true,
            from: None,
            forks: IndexMap::new(),
        });
        said.span = node.key_span;
        for (key, node) in table {
            match (key.as_str(), &node.value) {
                ("at", _) => said.at = self.string(key, node).or(said.at.take()),
                ("tree", _) => said.tree = self.string(key, node).or(said.tree.take()),
                ("priority", NodeValue::Integer(number, _)) => {
                    said.priority = Some(self.value(number.to_string(), node.span));
                }
                ("files", NodeValue::Boolean(files)) => said.files = *files,
                ("packages", _) => said.packages = Some(self.list(key, node)),
                ("alone", _) => said.alone = self.list(key, node),
                ("keywords", NodeValue::Table(atoms)) => self.keywords(atoms, &mut said.keywords),
                ("from", _) => said.from = self.string(key, node).or(said.from.take()),
                ("fork", NodeValue::Table(forks)) => self.forks(forks, &mut said.forks),
                ("fork", _) => self.shape(key, "a table: an atom, and what is done to the package", node),
                ("priority", _) => self.shape(key, "a number", node),
                ("files", _) => self.shape(key, "true or false", node),
                ("keywords", _) => {
                    self.shape(key, "a table: an atom, and the keywords it is taken with", node)
                }
                _ => {
                    let help = match header::nearest(key, KEYS.into_iter()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("it has {}", KEYS.join(", ")),
                    };
                    let message = format!("`[overlay.{name}]` has no `{key}`");
                    self.wrong(&code::S005, node.key_span, message, Some(help));
                }
            }
        }
    }

    fn forks(&mut self, atoms: &Nodes, into: &mut IndexMap<String, Fork>) {
        for (atom, node) in atoms {
            let NodeValue::Table(table) = &node.value else {
                self.shape(atom, "a fork: a table", node);
                continue;
            };
            if table.get("remove").is_some_and(|node| matches!(node.value, NodeValue::Boolean(true))) {
                if into.shift_remove(atom).is_none() {
                    let message = format!("there is no fork of `{atom}` to remove");
                    at(self.report, &code::S012, node.key_span, message);
                }
                continue;
            }
            let none = || Fork { span: node.key_span, from: None, patches: Vec::new(), keywords: None };
            let fork = into.entry(atom.clone()).or_insert_with(none);
            fork.span = node.key_span;
            for (key, node) in table {
                match key.as_str() {
                    "from" => fork.from = self.string(key, node).or(fork.from.take()),
                    "keywords" => fork.keywords = self.string(key, node).or(fork.keywords.take()),
                    "patches" => fork.patches = self.list(key, node),
                    _ => {
                        let help = match header::nearest(key, FORK.into_iter()) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => format!("it has {}", FORK.join(", ")),
                        };
                        let message = format!("a fork has no `{key}`");
                        self.wrong(&code::S005, node.key_span, message, Some(help));
                    }
                }
            }
        }
    }

    fn keywords(&mut self, atoms: &Nodes, into: &mut IndexMap<String, (Span, Value)>) {
        for (atom, node) in atoms {
            if let Some(value) = self.string(atom, node) {
                into.insert(atom.clone(), (node.key_span, value));
            }
        }
    }

    fn list(&mut self, key: &str, node: &Node) -> Vec<Value> {
        let NodeValue::Array(items) = &node.value else {
            self.shape(key, "a list", node);
            return Vec::new();
        };
        items.iter().filter_map(|item| self.string(key, item)).collect()
    }

    fn string(&mut self, key: &str, node: &Node) -> Option<Value> {
        let NodeValue::String(text) = &node.value else {
            self.shape(key, "a string", node);
            return None;
        };
        let text = param::expand(text, node.span, self.filled, &str::to_owned, self.report)?;
        if text.is_secret() {
            let message = "a secret cannot be part of an ebuild repository".to_owned();
            self.wrong(&code::S023, node.span, message, None);
            return None;
        }
        Some(self.value(text.into_revealed(), node.span))
    }

    fn value(&self, text: String, span: Span) -> Value {
        Value { text, span, folder: self.folder.clone() }
    }

    fn shape(&mut self, key: &str, wanted: &str, node: &Node) {
        let message = format!("`{key}` is {wanted}, not {}", node.type_name());
        self.wrong(&code::S008, node.span, message, None);
    }

    fn wrong(
        &mut self,
        code: &'static crate::report::Code,
        span: Span,
        message: String,
        help: Option<String>,
    ) {
        at(self.report, code, span, message).help = help;
    }
}
