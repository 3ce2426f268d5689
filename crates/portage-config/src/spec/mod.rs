//! The spec: one typed, layered TOML file.
//!
//! Reading goes in steps: each file becomes a layer with spans and comments, parameters are filled, the layers
//! of one root are merged key by key, and the result is a [`Config`] with the [`Origins`] of every entry.

mod attributes;
mod check;
mod code;
mod form;
mod header;
mod host;
mod load;
mod merge;
mod origin;
mod param;
mod patch;
mod plan;
mod root;
mod source;

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

pub(crate) use code::CODES;
pub use origin::{Effect, FileOrigins, LayerId, Origins, Touch};

use crate::config::Config;
use crate::report::Report;
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
}

/// Files of the disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }
}

/// Files in memory, for programs that make specs.
impl Files for std::collections::BTreeMap<Utf8PathBuf, Vec<u8>> {
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        self.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A spec with all its layers, merged.
#[derive(Debug)]
#[non_exhaustive]
pub struct Resolved {
    /// The layers, in the order they were applied.
    pub layers: Vec<Layer>,
    /// The roots: one without a name, or the named ones, hosts before what lies inside them.
    pub roots: Vec<Root>,
    /// The parameters, as they were filled.
    pub params: Vec<Param>,
    /// What `[check]` says.
    pub checks: Vec<CheckRule>,
    /// The names of the variants that could be asked for.
    pub variants: Vec<String>,
}

/// One layer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Layer {
    /// As the user would name it: `site.toml`, `preset:i486-glibc-systemd`, `--set`.
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
}

/// Reads the spec at `path` (or `preset:NAME`) and all it extends. All mistakes of all files are reported;
/// `None` means there is no answer at all.
pub fn load(path: &str, options: &Options<'_>, report: &mut Report) -> Option<Resolved> {
    load::load(path, options, report)
}

/// The built-in presets: name and text.
pub fn presets() -> &'static [(&'static str, &'static str)] {
    &[("i486-glibc-systemd", include_str!("../../presets/i486-glibc-systemd.toml"))]
}
