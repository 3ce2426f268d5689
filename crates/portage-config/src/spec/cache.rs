//! Layers that several specs share.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use camino::Utf8Path;

use super::code;
use super::folder::Folder;
use super::header::{self, Part, Scope};
use super::source::{self, at};
use super::{Files, presets};
use crate::report::{Origin, Report, SourceId, Span};

/// Layers that were read and parsed, kept for other specs that extend them: each file and each folder is read once,
/// by whichever thread comes first. What is found in them is in the report of every spec.
///
/// A cache belongs to one [`Files`] whose files do not change as long as it lives. Parameters, `--set` and variants are
/// no part of it: specs that are loaded with other ones may share it.
///
/// ```
/// use camino::Utf8PathBuf;
/// use portage_config::{report::Report, spec::{self, Cache, Options}};
/// let site = "spec = 1\n[make.conf]\nUSE = \"nls\"\n";
/// let host = "spec = 1\nextends = [\"site.toml\"]\n";
/// let files = std::collections::BTreeMap::from([
///     (Utf8PathBuf::from("site.toml"), site.as_bytes().to_vec()),
///     ("a.toml".into(), host.as_bytes().to_vec()),
///     ("b.toml".into(), host.as_bytes().to_vec()),
/// ]);
/// let cache = Cache::default();
/// let mut options = Options::new(&files);
/// options.cache = Some(&cache);
/// for name in ["a.toml", "b.toml"] {
///     let spec = spec::load(name, &options, &mut Report::new()).ok_or("no answer")?;
///     assert_eq!(spec.roots[0].config.files.len(), 1);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Cache {
    layers: Shared<String, Text>,
    /// By what they are, and by the place that names them: findings about them are there.
    folders: Shared<(String, SourceId, usize), Tree>,
}

/// A value with what is said of it, or why there is none.
type Answer<V> = Result<Arc<V>, String>;

#[derive(Debug)]
struct Shared<K, V>(Mutex<HashMap<K, Arc<OnceLock<Answer<V>>>>>);

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Shared<K, V> {
    /// The value of a key; others who want the same wait while it is read.
    fn get(&self, key: K, read: impl FnOnce() -> Answer<V>) -> Answer<V> {
        let place = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(key).or_default())
        };
        place.get_or_init(read).clone()
    }
}

impl Cache {
    pub(super) fn layer(&self, path: &str, read: impl FnOnce() -> Answer<Text>) -> Answer<Text> {
        self.layers.get(path.to_owned(), read)
    }

    pub(super) fn folder(&self, id: String, span: Span, read: impl FnOnce() -> Answer<Tree>) -> Answer<Tree> {
        self.folders.get((id, span.source, span.start), read)
    }
}

/// A layer's text as it was read.
#[derive(Debug)]
pub(super) struct Text {
    /// Nothing after a mistake.
    pub(super) part: Option<Arc<Part>>,
    /// The text, and what is wrong with it.
    pub(super) report: Report,
}

/// A folder as it was read.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) folder: Arc<Folder>,
    /// Its texts, and what is wrong with it.
    pub(super) report: Report,
}

impl Text {
    /// Reads a file or a preset.
    pub(super) fn read(path: &str, files: &dyn Files) -> Answer<Self> {
        let preset = path.strip_prefix("preset:");
        let bytes = match preset.and_then(|name| presets().iter().find(|(preset, _)| *preset == name)) {
            Some((_, text)) => text.as_bytes().to_vec(),
            None => files.read(Utf8Path::new(path)).map_err(|error| error.to_string())?,
        };
        Ok(Arc::new(Self::parse(path, bytes)))
    }

    /// Reads the text of a layer.
    pub(super) fn parse(name: &str, bytes: Vec<u8>) -> Self {
        let mut report = Report::new();
        let source = report.sources.add(name, &bytes, Origin::Spec);
        let part = match String::from_utf8(bytes) {
            Ok(text) => source::parse(&text, source, &mut report)
                .map(|nodes| Arc::new(header::part(nodes, Scope::Layer, &mut report))),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                // The bytes are shown as one character.
                let span = Span { source, start: good, end: good + char::REPLACEMENT_CHARACTER.len_utf8() };
                at(&mut report, &code::S002, span, "this byte is not UTF-8");
                None
            }
        };
        Self { part, report }
    }
}

#[cfg(test)]
mod tests;
