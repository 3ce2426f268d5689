//! A folder of real files as a layer: `{ tree = "./portage", at = "/etc/portage" }`.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::code;
use super::header;
use super::origin::{Effect, Touch};
use super::param;
use super::plan::normal;
use super::root::{Base, Builder, State};
use super::source::{NodeValue, Nodes, at};
use super::words;
use super::{Files, LayerId};
use crate::config::Bytes;
use crate::file::Kind;
use crate::report::{Diagnostic, Origin, Report, SourceId, Span, shown};
use crate::syntax;
use crate::tree::{Node, Tree};
use crate::vocab::{RelPath, credentials, mask};

/// A folder as a spec names it.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The folder, from where the command runs.
    path: String,
    /// Where its content lies; nothing for the root itself.
    at: Option<(String, Span)>,
    span: Span,
}

/// A folder that was read.
#[derive(Debug)]
pub(super) struct Folder {
    at: Option<(String, Span)>,
    files: Vec<(RelPath, Node, SourceId)>,
}

impl Named {
    /// Reads `{ tree = …, at = … }` of a spec that lies in `folder`.
    pub(super) fn read(table: &Nodes, span: Span, folder: &str, report: &mut Report) -> Option<Self> {
        let mut path = None;
        let mut place = None;
        for (key, node) in table {
            match (key.as_str(), &node.value) {
                ("tree", NodeValue::String(text)) if !text.is_empty() && !text.contains('\0') => {
                    path = Some(normal(&Utf8Path::new(folder).join(text)));
                }
                ("at", NodeValue::String(text)) => place = Some((text.clone(), node.span)),
                ("tree" | "at", _) => {
                    let message = match node.value {
                        NodeValue::String(_) => format!("`{key}` is a path"),
                        _ => format!("`{key}` is a path, not {}", node.type_name()),
                    };
                    at(report, &code::S008, node.span, message);
                    return None;
                }
                _ => {
                    let near = header::nearest(key, words::FOLDER.into_iter());
                    let message = format!("a folder as a layer has no `{key}`");
                    at(report, &code::S005, node.key_span, message).set_help(match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "it has `tree`, the folder, and `at`, its place in the root".to_owned(),
                    });
                }
            }
        }
        Some(Self { path: path?, at: place.filter(|(place, _)| place != "/"), span })
    }

    /// What tells it from other layers.
    pub(super) fn id(&self) -> String {
        let at = self.at.as_ref().map(|(at, _)| at.as_str()).unwrap_or_default();
        format!("tree:{}\0{at}", self.path)
    }

    /// The layer's name for people: `tree:./portage`.
    pub(super) fn name(&self) -> String {
        let here = !self.path.starts_with(['/', '.']);
        format!("tree:{}{}", if here { "./" } else { "" }, self.path)
    }

    /// Reads the folder. What it holds and cannot be read is reported, beside what names the folder.
    ///
    /// # Errors
    /// When the folder itself cannot be read.
    pub(super) fn load(self, files: &dyn Files, report: &mut Report) -> io::Result<Folder> {
        let Self { path, at, span } = self;
        let folder = Utf8PathBuf::from(path);
        let mut inside = Report::new();
        let tree = files.tree(&folder, &mut inside)?;
        place_all(inside, &folder, span, report);
        Ok(Folder::new(at, tree, &folder, report))
    }
}

impl Folder {
    /// A folder whose files were read from `folder`; `at`: where they lie in the root.
    pub(super) fn new(
        at: Option<(String, Span)>,
        tree: Tree,
        folder: &Utf8Path,
        report: &mut Report,
    ) -> Self {
        let empty = wanted(&tree);
        let mut files = Vec::with_capacity(tree.nodes.len());
        for ((path, node), wanted) in tree.nodes.into_iter().zip(empty) {
            if wanted {
                let text = if let Node::File { bytes, .. } = &node { bytes.0.as_slice() } else { b"" };
                let source = report.sources.add(folder.join(path.as_path()), text, Origin::Tree);
                files.push((path, node, source));
            }
        }
        Self { at, files }
    }
}

/// For each node whether it says something: a folder does by its mode, and when nothing is in it.
fn wanted(tree: &Tree) -> Vec<bool> {
    let next = tree.nodes.keys().skip(1).map(Some).chain([None]);
    let nodes = tree.nodes.iter().zip(next);
    let wanted = nodes.map(|((path, node), next)| match node {
        Node::Dir { mode } => *mode != 0o755 || next.is_none_or(|next| next.below(path.as_str()).is_none()),
        _ => true,
    });
    wanted.collect()
}

fn holds_credentials(bytes: &[u8]) -> bool {
    !credentials(&String::from_utf8_lossy(bytes)).is_empty()
}

/// Puts findings about a folder beside what names it.
pub(super) fn place_all(inside: Report, folder: &Utf8Path, span: Span, report: &mut Report) {
    for found in inside.diagnostics {
        report.push(placed(found, folder, span));
    }
}

/// A finding about a path of the folder, where the spec names the folder.
fn placed(mut found: Diagnostic, folder: &Utf8Path, span: Span) -> Diagnostic {
    if let Some(path) = found.spot.path.take() {
        let full = format!("`{}`", folder.join(path.as_path()));
        let short = format!("`{path}`");
        found.message = match found.message.contains(&short) {
            true => found.message.replacen(&short, &full, 1),
            false => format!("{full}: {}", found.message),
        };
    } else {
        found.message = format!("`{folder}`: {}", found.message);
    }
    found.spot.span = Some(span);
    found
}

impl Builder<'_> {
    /// Each file of the folder becomes a file of the layer; what earlier layers said of it is forgotten.
    pub(super) fn folder(&mut self, layer: LayerId, folder: &Folder) {
        let Some(place) = self.place_of(folder) else { return };
        for (path, node, source) in &folder.files {
            let full = match &place {
                Some((place, span)) => match place.join(path.as_str()) {
                    Ok(full) => full,
                    Err(error) => {
                        at(self.report, &code::S006, *span, error.to_string());
                        continue;
                    }
                },
                None => path.clone(),
            };
            let kind = self.kind(&full);
            let before = self.states.shift_remove(&full).unwrap_or_default();
            let mut state = State { own: before.own, origins: before.origins, ..State::default() };
            state.origins.entries.clear();
            state.origins.file.push(self.first_line(layer, *source));
            state.base = match node {
                Node::File { bytes, mode } => {
                    if let Some(kind) = kind {
                        self.entries(layer, kind, bytes, *source, &mut state);
                    }
                    let usual = kind.map_or(0o644, |kind| kind.mode);
                    state.unread = true;
                    // Without a word on it, a file with credentials would get a narrower one.
                    let is_said = *mode != usual || holds_credentials(&bytes.0);
                    Base::Bytes(bytes.0.clone(), Some(*mode).filter(|_| is_said))
                }
                Node::Dir { mode } => {
                    state.mode = Some(*mode).filter(|mode| *mode != 0o755);
                    Base::Dir
                }
                Node::Symlink { target } => Base::Link(target.clone()),
            };
            self.states.insert(full, state);
        }
    }

    /// Where the folder's content lies: nothing inside for the root itself.
    fn place_of(&mut self, folder: &Folder) -> Option<Option<(RelPath, Span)>> {
        let Some((text, span)) = &folder.at else { return Some(None) };
        let text = param::expand(text, *span, self.filled, &str::to_owned, self.report)?;
        if text.is_secret() {
            at(self.report, &code::S023, *span, "a secret cannot be part of a path");
            return None;
        }
        let problem = match text.reveal().strip_prefix('/') {
            Some("") => return Some(None),
            Some(rest) => match RelPath::parse(rest) {
                Ok(path) => return Some(Some((path, *span))),
                Err(error) => error.kind.to_string(),
            },
            None => "does not begin with a slash".to_owned(),
        };
        at(self.report, &code::S006, *span, format!("`{}` {problem}", text.reveal()))
            .set_help("`at` is a path from the root: `at = \"/etc/portage\"`");
        None
    }

    fn first_line(&self, layer: LayerId, source: SourceId) -> Touch {
        let text = self.report.sources.get(source).map(|source| source.text.as_ref()).unwrap_or_default();
        let end = text.lines().next().unwrap_or_default().len();
        let span = Span { source, start: 0, end };
        Touch { layer, span, effect: Effect::Set, text: "tree".to_owned() }
    }

    /// Where each entry stands in the file.
    fn entries(&self, layer: LayerId, kind: &Kind, bytes: &Bytes, source: SourceId, state: &mut State) {
        let Some(text) = self.report.sources.get(source).map(|source| &source.text) else { return };
        let spans = syntax::spans(&kind.grammar, &bytes.0);
        state.origins.entries.reserve(spans.len());
        // Where the bytes are UTF-8 they are the text.
        let same = text.len() == bytes.0.len();
        let mut last = (0, 0);
        let mut place = |at: usize| {
            if !same {
                last = shown(&bytes.0, at, last);
            }
            if same { at } else { last.1 }
        };
        for (key, range) in spans {
            let start = place(range.start);
            let span = Span { source, start, end: place(range.end).max(start) };
            let said = mask(text.get(span.start..span.end).unwrap_or_default()).into_owned();
            let touch = Touch { layer, span, effect: Effect::Set, text: said };
            state.origins.entries.entry(key).or_default().push(touch);
        }
    }
}
