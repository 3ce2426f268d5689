//! What ugrd 2.2.0 knows.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

static PARAMETERS: &str = include_str!("../../../data/ugrd-parameters.tsv");
static MODULES: &str = include_str!("../../../data/ugrd-modules.tsv");
static NESTED: &str = include_str!("../../../data/ugrd-nested.tsv");

/// The type that a module registers a parameter with (`custom_parameters`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// `bool`: every text that is not empty counts as true.
    Bool,
    /// `str`.
    Str,
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `dict`: a table.
    Dict,
    /// `list`, `NoDupFlatList`: a list; one text is a list of one, except in mounts.
    List,
    /// `Path`.
    Path,
    /// Anything, or an object of ugrd's own.
    Any,
}

impl Type {
    fn parse(name: &str) -> Self {
        match name {
            "bool" => Self::Bool,
            "str" => Self::Str,
            "int" => Self::Int,
            "float" => Self::Float,
            "dict" => Self::Dict,
            "list" | "NoDupFlatList" => Self::List,
            "Path" => Self::Path,
            _ => Self::Any,
        }
    }

    /// What to write, for people.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::Bool => "`true` or `false`",
            Self::Str => "a string",
            Self::Int => "an integer",
            Self::Float => "a number",
            Self::Dict => "a table",
            Self::List => "a list of strings",
            Self::Path => "a path",
            Self::Any => "a value",
        }
    }
}

/// A key of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The module that registers it; `(builtin)` for ugrd itself.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Its default, as TOML or in Python's spelling.
    pub default: &'static str,
}

/// A module of ugrd.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Module {
    /// Its name: `ugrd.fs.fakeudev`.
    pub name: &'static str,
    /// The modules it loads.
    pub pulls: Vec<&'static str>,
    /// The tags it provides. Two modules with one tag exclude each other.
    pub provides: Vec<&'static str>,
}

/// A key of a named table inside a parameter: `[mounts.root] uuid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NestedKey {
    /// The parameter: `mounts`.
    pub table: &'static str,
    /// The key: `uuid`.
    pub key: &'static str,
    /// Its type.
    pub ty: Type,
    /// Whether ugrd refuses a table without it.
    pub required: bool,
}

fn rows(text: &'static str) -> impl Iterator<Item = [&'static str; 4]> {
    text.lines().skip(1).map(|line| {
        let mut fields = line.split('\t');
        std::array::from_fn(|_| fields.next().unwrap_or_default())
    })
}

static ALL_PARAMETERS: LazyLock<Vec<Parameter>> = LazyLock::new(|| {
    rows(PARAMETERS)
        .map(|[module, name, ty, default]| Parameter { module, name, ty: Type::parse(ty), default })
        .collect()
});

static ALL_MODULES: LazyLock<Vec<Module>> = LazyLock::new(|| {
    rows(MODULES)
        .map(|[name, pulls, provides, _]| Module {
            name,
            pulls: pulls.split(' ').filter(|w| !w.is_empty()).collect(),
            provides: provides.split(' ').filter(|w| !w.is_empty()).collect(),
        })
        .collect()
});

static ALL_NESTED: LazyLock<Vec<NestedKey>> = LazyLock::new(|| {
    rows(NESTED)
        .map(|[table, key, ty, required]| NestedKey {
            table,
            key,
            ty: Type::parse(ty),
            required: required == "yes",
        })
        .collect()
});

/// By name. The test image replaces parameters of other modules: those come first.
static BY_NAME: LazyLock<HashMap<&'static str, &'static Parameter>> = LazyLock::new(|| {
    let test = |p: &&Parameter| p.module == "ugrd.fs.test_image";
    let (test, other): (Vec<&Parameter>, Vec<&Parameter>) = ALL_PARAMETERS.iter().partition(test);
    test.into_iter().chain(other.into_iter().rev()).map(|p| (p.name, p)).collect()
});

/// All parameters, by module.
pub fn parameters() -> &'static [Parameter] {
    &ALL_PARAMETERS
}

/// The parameter of that name.
///
/// ```
/// use portage_config::file::ugrd::{Type, parameter};
/// let known = parameter("cpio_compression").unwrap();
/// assert_eq!((known.module, known.ty), ("ugrd.fs.cpio", Type::Str));
/// assert!(parameter("cpio_compresion").is_none());
/// ```
pub fn parameter(name: &str) -> Option<&'static Parameter> {
    BY_NAME.get(name).copied()
}

/// All modules.
pub fn modules() -> &'static [Module] {
    &ALL_MODULES
}

/// The module of that name.
pub fn module(name: &str) -> Option<&'static Module> {
    modules().iter().find(|module| module.name == name)
}

/// The keys that a named table inside a parameter has; none: any.
pub fn nested(table: &str) -> impl Iterator<Item = &'static NestedKey> {
    ALL_NESTED.iter().filter(move |key| key.table == table)
}

/// The modules that are loaded when these are named: with those they pull, and those that are always there.
pub fn closure<'a>(named: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut loaded = BTreeSet::new();
    let mut open: Vec<&'a str> = named.into_iter().collect();
    open.push("ugrd.base.base");
    while let Some(name) = open.pop() {
        if loaded.insert(name) {
            open.extend(module(name).into_iter().flat_map(|module| module.pulls.iter().copied()));
        }
    }
    loaded
}
