//! What several commands take.

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum, ValueHint};

/// A spec and what is said on top of it.
#[derive(Args, Clone, Debug)]
pub(crate) struct SpecArgs {
    /// The spec: a file or `preset:NAME`; `#NAME` behind it picks one of its roots
    #[arg(value_name = "SPEC[#ROOT]", value_hint = ValueHint::FilePath)]
    pub(crate) spec: String,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Apply this variant, after those given before
    #[arg(long = "variant", value_name = "VARIANT")]
    pub(crate) variants: Vec<String>,
}

impl SpecArgs {
    /// A spec, and nothing said on top of it.
    pub(crate) fn of(spec: &str) -> Self {
        Self { spec: spec.to_owned(), fill: Fill { set: Vec::new() }, variants: Vec::new() }
    }
}

/// Specs and what is said on top of them.
#[derive(Args, Clone, Debug)]
pub(crate) struct SpecsArgs {
    /// Specs: files or `preset:NAME`; `#NAME` picks a root
    #[arg(value_name = "SPEC[#ROOT]", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) specs: Vec<String>,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Apply this variant, after those given before
    #[arg(long = "variant", value_name = "VARIANT")]
    pub(crate) variants: Vec<String>,
}

impl SpecsArgs {
    /// One of them, with all else.
    pub(crate) fn one(&self, spec: &str) -> SpecArgs {
        SpecArgs { spec: spec.to_owned(), fill: self.fill.clone(), variants: self.variants.clone() }
    }
}

/// The folders of the machines.
#[derive(Args, Clone, Debug)]
pub(crate) struct RootArgs {
    /// The machine's `/`; NAME: a root, or the file of a spec
    #[arg(long, value_name = "[NAME=]DIR", required_unless_present = "roots", value_hint = ValueHint::DirPath)]
    pub(crate) root: Vec<String>,
    /// The folder where all others lie, as DIR/NAME
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) roots: Option<Utf8PathBuf>,
}

/// Parameters.
#[derive(Args, Clone, Debug)]
pub(crate) struct Fill {
    /// Fill a parameter, or a layer's (`target.cpu=i486`)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
}

/// Templates in front of the built-in ones.
#[derive(Args, Clone, Debug)]
pub(crate) struct TemplateArgs {
    /// Look up templates here before the built-in ones
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) templates: Option<Utf8PathBuf>,
}

/// Reads `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// What changes mean for packages.
#[derive(Args, Clone, Debug)]
pub(crate) struct ImpactArgs {
    /// Count the packages to be rebuilt; `list` them
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "counts", hide_possible_values = true)]
    pub(crate) impact: Option<ImpactForm>,
    /// Those that are `installed`, in `world`, or `all`
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Which::Installed, requires = "impact", hide_possible_values = true, hide_default_value = true)]
    pub(crate) packages: Which,
    /// An ebuild repository, in place of repos.conf's
    #[arg(long, value_name = "[NAME=]DIR", value_hint = ValueHint::DirPath, requires = "impact")]
    pub(crate) repo: Vec<String>,
}

/// How much is said of packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImpactForm {
    Counts,
    List,
}

/// Which packages changes are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    Installed,
    World,
    All,
}
