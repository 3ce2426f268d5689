//! Files of variables, with the lines that had a part in each value: Portage's `getconfig`.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::files::{Files, LineId, Text};
use crate::syntax::getconfig::{At, LoadError, Reading, assignments};
use crate::vocab::{Piece, Word};

/// The longest value that is expanded; doubling references would fill the memory otherwise.
const LONGEST: usize = 1 << 20;

/// What an assignment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: Arc<str>,
    /// The assignment, where a line says it.
    pub(super) at: Option<LineId>,
    /// The assignments of variables that it refers to, and those they refer to.
    pub(super) via: Arc<[LineId]>,
}

impl Value {
    /// A value that no line says.
    pub(super) fn given(text: &str) -> Self {
        Self { text: text.into(), at: None, via: Arc::from([]) }
    }

    /// The words.
    pub(super) fn words(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.text.split_whitespace()
    }
}

/// The variables of a layer; each with all values that add up, or that were replaced by the last.
pub(super) type Layer = IndexMap<Box<str>, Vec<Value>>;

/// What variables stand for in the files that follow.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(HashMap<Box<str>, Value>);

impl Known {
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.into(), value);
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }
}

/// A file that Portage refuses, and with it the whole configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {error}")]
#[non_exhaustive]
pub struct Refused {
    /// The file.
    pub path: String,
    /// Why.
    pub error: LoadError,
}

/// How files of variables are read.
pub(super) struct Reader<'a> {
    pub(super) files: &'a Files,
    pub(super) skip: Option<LineId>,
    /// Whether `source` is known.
    pub(super) sourcing: bool,
}

impl Reader<'_> {
    /// The variables of one file; what they stand for is known to what is read later.
    pub(super) fn read(&self, text: &Arc<Text>, known: &mut Known) -> Result<Layer, Refused> {
        let mut inside = Inside { reader: self, text, known, layer: Layer::new(), sourced: Vec::new() };
        let done = assignments(&text.bytes, self.sourcing, &mut inside);
        let layer = inside.layer;
        done.map(|()| layer)
            .map_err(|error| Refused { path: error.file.clone().unwrap_or_else(|| text.path.clone()), error })
    }

    /// Those of several files, the last assignment of each name alone.
    pub(super) fn read_all(&self, texts: &[Arc<Text>], known: &mut Known) -> Result<Layer, Refused> {
        let mut all = Layer::new();
        for text in texts {
            for (name, values) in self.read(text, known)? {
                all.entry(name).or_default().extend(values);
            }
        }
        Ok(all)
    }
}

struct Inside<'a> {
    reader: &'a Reader<'a>,
    text: &'a Arc<Text>,
    known: &'a mut Known,
    layer: Layer,
    sourced: Vec<Sourced>,
}

/// A file that another one brings in.
struct Sourced {
    /// As it was asked for.
    path: String,
    text: Arc<Text>,
    /// The lines that name it, and the files that it is in.
    by: Vec<LineId>,
}

impl Inside<'_> {
    fn sourced(&self, at: &At<'_>) -> Option<&Sourced> {
        let path = at.file?;
        self.sourced.iter().rev().find(|sourced| sourced.path == path)
    }

    fn line(&self, at: &At<'_>) -> LineId {
        let text = self.sourced(at).map_or(self.text, |sourced| &sourced.text);
        let before = text.bytes.get(..at.range.start).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        text.at(u32::try_from(lines + 1).unwrap_or(u32::MAX))
    }
}

impl Reading for Inside<'_> {
    fn value(&self, name: &str) -> Option<String> {
        self.known.0.get(name).map(|value| value.text.to_string())
    }

    fn file(&mut self, path: &str, at: &At<'_>) -> Option<Vec<u8>> {
        let line = self.line(at);
        if self.reader.skip == Some(line) {
            return Some(Vec::new());
        }
        let full = match path.strip_prefix('/') {
            Some(_) => path.to_owned(),
            None => format!("{}/{path}", self.text.path.rsplit_once('/').map_or("", |(folder, _)| folder)),
        };
        let text = self.reader.files.text(&full)?;
        let mut by = vec![line];
        by.extend(self.sourced(at).into_iter().flat_map(|sourced| sourced.by.iter().copied()));
        let bytes = text.bytes.clone();
        self.sourced.push(Sourced { path: path.to_owned(), text, by });
        Some(bytes)
    }

    fn assign(&mut self, name: &str, value: &Word, at: &At<'_>) {
        let mut via = self.sourced(at).map(|sourced| sourced.by.clone()).unwrap_or_default();
        let at = self.line(at);
        if self.reader.skip == Some(at) {
            return;
        }
        let mut out = String::new();
        for piece in value.pieces() {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Reference(name) => {
                    if let Some(known) = self.known.0.get(name.as_str()) {
                        out.push_str(&known.text);
                        for line in known.at.iter().chain(known.via.iter()) {
                            if !via.contains(line) {
                                via.push(*line);
                            }
                        }
                    }
                }
            }
            if out.len() > LONGEST {
                break;
            }
        }
        let value = Value { text: out.into(), at: Some(at), via: via.into() };
        self.known.set(name, value.clone());
        self.layer.entry(name.into()).or_default().push(value);
    }
}

/// Lays layers over each other, as `stack_dicts` does: incremental variables add up, of others the last one holds. All
/// values are kept.
pub(super) fn stacked(
    layers: impl IntoIterator<Item = Layer>,
    is_incremental: impl Fn(&str) -> bool,
) -> Layer {
    let mut all = Layer::new();
    for layer in layers {
        for (name, mut values) in layer {
            if is_incremental(&name) && values.len() > 1 {
                // Within a file the last assignment holds.
                values.drain(..values.len() - 1);
            }
            all.entry(name).or_default().extend(values);
        }
    }
    all
}

/// The value that holds of a variable that does not add up.
pub(super) fn last<'a>(layer: &'a Layer, name: &str) -> Option<&'a Value> {
    layer.get(name)?.last()
}

/// The incremental variables (`INCREMENTALS` of Portage's const.py).
pub(super) fn is_incremental(name: &str) -> bool {
    matches!(
        name,
        "USE"
            | "USE_EXPAND"
            | "USE_EXPAND_HIDDEN"
            | "USE_EXPAND_IMPLICIT"
            | "USE_EXPAND_UNPREFIXED"
            | "FEATURES"
            | "ACCEPT_KEYWORDS"
            | "CONFIG_PROTECT"
            | "CONFIG_PROTECT_MASK"
            | "ENV_UNSET"
            | "IUSE_IMPLICIT"
            | "PROFILE_ONLY_VARIABLES"
    )
}

/// Names that no file of the user may set: `env_blacklist` and `global_only_vars` of Portage.
pub(super) fn is_reserved(name: &str) -> bool {
    is_blacklisted(name) || name == "CONFIG_PROTECT"
}

/// `env_blacklist` of Portage's special_env_vars.py: taken out of every layer.
pub(super) fn is_blacklisted(name: &str) -> bool {
    BLACKLIST.binary_search(&name).is_ok()
}

const BLACKLIST: [&str; 54] = [
    "A",
    "AA",
    "BASH_FUNC____in_portage_iuse%%",
    "BDEPEND",
    "BROOT",
    "CATEGORY",
    "DEPEND",
    "DESCRIPTION",
    "DOCS",
    "EAPI",
    "EBUILD_FORCE_TEST",
    "EBUILD_PHASE",
    "EBUILD_PHASE_FUNC",
    "EBUILD_SKIP_MANIFEST",
    "ED",
    "EMERGE_FROM",
    "EPREFIX",
    "EROOT",
    "GREP_OPTIONS",
    "HOMEPAGE",
    "IDEPEND",
    "INHERITED",
    "IUSE",
    "IUSE_EFFECTIVE",
    "KEYWORDS",
    "LICENSE",
    "MERGE_TYPE",
    "PDEPEND",
    "PF",
    "PKGUSE",
    "PORTAGE_BACKGROUND",
    "PORTAGE_BACKGROUND_UNMERGE",
    "PORTAGE_BUILDDIR_LOCKED",
    "PORTAGE_BUILT_USE",
    "PORTAGE_CONFIGROOT",
    "PORTAGE_EBUILD_EXIT_FD",
    "PORTAGE_EXPLICIT_INHERIT",
    "PORTAGE_INTERNAL_CALLER",
    "PORTAGE_IPC_ALIVE_FD",
    "PORTAGE_IUSE",
    "PORTAGE_NONFATAL",
    "PORTAGE_PIPE_FD",
    "PORTAGE_REPO_NAME",
    "PORTAGE_USE",
    "PROPERTIES",
    "RDEPEND",
    "REPOSITORY",
    "REQUIRED_USE",
    "RESTRICT",
    "ROOT",
    "SANDBOX_LOG",
    "SLOT",
    "SRC_URI",
    "_",
];
