//! The spec: one typed, layered TOML file.
//!
//! Reading goes in steps: each file becomes a layer with spans and comments, parameters are filled, the layers
//! of one root are merged key by key, and the result is a [`Config`] with the [`Origins`] of every entry.

mod attributes;
mod builtin;
mod cache;
mod check;
mod code;
mod folder;
mod form;
mod header;
mod host;
mod import;
mod load;
mod merge;
mod origin;
mod overlay;
mod param;
mod patch;
mod paths;
mod plan;
mod presets;
mod root;
mod slot;
mod source;
mod state;
mod statement;
mod step;
mod target;
pub mod words;

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

pub use cache::Cache;
pub(crate) use code::CODES;
pub(crate) use import::CODES as IMPORT_CODES;
pub use import::{Carried, How, Imported, import, import_paths};
pub use origin::{Effect, FileOrigins, LayerId, Origins, Touch};
pub use presets::{is_block, presets};

pub(crate) use header::{header as section, path as path_of};
pub(crate) use statement::{Statement, reworded, written};

use crate::config::{Bytes, Config};
use crate::report::Report;
use crate::root::Root as Directory;
use crate::target::Target;
use crate::tree::{Node, Tree};
use crate::vocab::{RelPath, Text};

/// How specs are read: the library itself never looks at the environment.
#[non_exhaustive]
pub struct Options<'a> {
    /// Reads a file that a spec names.
    pub files: &'a dyn Files,
    /// Looks up a variable of the calling environment, for secrets with `env`.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The variants to apply, in order.
    pub variants: Vec<String>,
    /// `--set NAME=VALUE`, in order: parameters; a name with a dot sets a layer's table.
    pub set: Vec<(String, String)>,
    /// Whether parameters that are unset take their example (`new --example`, `presets`).
    pub examples: bool,
    /// Whether an unset parameter is an error. Commands that only need names switch it off.
    pub require_params: bool,
    /// Whether secrets are read, and an unset one is an error. Checking does without them.
    pub need_secrets: bool,
    /// Whether the spec is a part that others extend: what follows from a machine is left open where none is described.
    pub block: bool,
    /// Layers that were read for other specs.
    pub cache: Option<&'a Cache>,
}

impl<'a> Options<'a> {
    /// Files from `files`, no environment, no variant, no `--set`; every parameter and secret needs a value.
    pub fn new(files: &'a dyn Files) -> Self {
        Self {
            files,
            env: &|_| None,
            variants: Vec::new(),
            set: Vec::new(),
            examples: false,
            require_params: true,
            need_secrets: true,
            block: false,
            cache: None,
        }
    }
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let set: Vec<&str> = self.set.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Options").field("variants", &self.variants).field("set", &set).finish_non_exhaustive()
    }
}

/// Reads the files that specs name.
pub trait Files {
    /// The content of a file.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>>;

    /// All that is in a folder, for `{ tree = "…" }` in `extends`: paths are from that folder, which is the current
    /// one when `path` is empty. `.git` at its top is left out: that is the history of the files and no part of
    /// them. What is in the folder and cannot be read goes to `report`.
    ///
    /// # Errors
    /// When the folder itself cannot be read; `Unsupported` where there are no folders.
    fn tree(&self, path: &Utf8Path, report: &mut Report) -> io::Result<Tree> {
        let _ = (path, report);
        Err(io::ErrorKind::Unsupported.into())
    }

    /// A folder to look things up in, for the ebuild repositories that `[overlay.NAME]` takes packages from.
    ///
    /// # Errors
    /// When it cannot be opened; `Unsupported` where there are no folders.
    fn root(&self, path: &Utf8Path) -> io::Result<Directory> {
        let _ = path;
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Files of the disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn tree(&self, path: &Utf8Path, report: &mut Report) -> io::Result<Tree> {
        let path = if path.as_str().is_empty() { Utf8Path::new(".") } else { path };
        let directory = Directory::open(path).map_err(|error| error.source)?;
        Tree::scan_all(&directory, report)
    }

    fn root(&self, path: &Utf8Path) -> io::Result<Directory> {
        Directory::open(path).map_err(|error| error.source)
    }
}

/// Files in memory, for programs that make specs. In a folder all have mode 0644.
impl Files for std::collections::BTreeMap<Utf8PathBuf, Vec<u8>> {
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        self.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn tree(&self, path: &Utf8Path, _: &mut Report) -> io::Result<Tree> {
        if self.contains_key(path) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let mut tree = Tree::new();
        for (file, bytes) in self.range(path.to_owned()..).take_while(|(file, _)| file.starts_with(path)) {
            let Ok(rest) = file.strip_prefix(path) else { continue };
            if rest.starts_with(".git") {
                continue;
            }
            let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
            let name = RelPath::parse(rest.as_str()).map_err(invalid)?;
            tree.insert(name, Node::File { bytes: Bytes(bytes.clone()), mode: 0o644 });
        }
        if tree.nodes.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(tree)
    }
}

/// A spec with all its layers, merged.
#[derive(Debug)]
#[non_exhaustive]
pub struct Resolved {
    /// The layers, in the order they were applied; what follows from `[target]` and `[overlay.NAME]` stands last, and lies
    /// below all others.
    pub layers: Vec<Layer>,
    /// The roots: one without a name, or the named ones, hosts before what lies inside them.
    pub roots: Vec<Root>,
    /// The parameters, as they were filled.
    pub params: Vec<Param>,
    /// What `[check]` says.
    pub checks: Vec<CheckRule>,
    /// The names of the variants that could be asked for.
    pub variants: Vec<String>,
    /// What is done between the files, by phase and then in the order in which it was said.
    pub steps: Vec<Step>,
}

impl Resolved {
    /// The layer of that name, which is not a file.
    fn layer(&mut self, name: &str) -> LayerId {
        let known = self.layers.iter().position(|layer| layer.name == name);
        known.unwrap_or_else(|| {
            self.layers.push(Layer { name: name.to_owned() });
            self.layers.len() - 1
        })
    }
}

/// A step: what somebody does that no file does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What it does, and why.
    pub about: String,
    /// When: one of [`words::PHASES`].
    pub phase: String,
    /// Where: the name of a root or, in words, another machine.
    pub on: Option<String>,
    /// The commands, for sh.
    pub run: Option<String>,
    /// The parameters in it that nothing fills, and the secret ones: they stand there as `@{name}`.
    pub open: Vec<String>,
    /// The roots whose layers say it; none where the only root has no name.
    pub roots: Vec<String>,
}

/// One layer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Layer {
    /// As the user would name it: `site.toml`, `preset:i486-glibc-systemd`, `--set`; `target` for what follows from
    /// `[target]`, `overlay` for what follows from `[overlay.NAME]`.
    pub name: String,
}

/// One root of a spec.
#[derive(Debug)]
#[non_exhaustive]
pub struct Root {
    /// Its name, unless it is the only, unnamed one.
    pub name: Option<String>,
    /// The root it lies in, and where there: `host:/usr/CHOST`.
    pub at: Option<(String, RelPath)>,
    /// What it says.
    pub config: Config,
    /// Where each entry comes from.
    pub origins: Origins,
    /// The machine that `[target]` says it is for.
    pub target: Option<Target>,
}

/// A parameter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Param {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub help: Option<String>,
    /// Its type.
    pub kind: String,
    /// A value for documentation.
    pub example: Option<String>,
    /// Its value where nothing says another.
    pub default: Option<String>,
    /// The values that it may have; none: any of its type.
    pub choices: Vec<String>,
    /// What it was filled with.
    pub value: Option<Text>,
    /// Whether its value is hidden everywhere.
    pub secret: bool,
}

/// What `[check]` says of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRule {
    /// The code: `L003`.
    pub code: String,
    /// Only in this file.
    pub path: Option<RelPath>,
    /// The severity it has from now on; `None`: not reported.
    pub level: Option<crate::report::Severity>,
    /// Why.
    pub why: Option<String>,
}

/// Reads the spec at `path` (or `preset:NAME`) and all it extends. All mistakes of all files are reported;
/// `None` means there is no answer at all.
pub fn load(path: &str, options: &Options<'_>, report: &mut Report) -> Option<Resolved> {
    load::load(path, options, report)
}
