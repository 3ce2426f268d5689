//! What the commands about machines take.

use camino::Utf8PathBuf;
use clap::{Args, ValueHint};

use super::shared::{Fill, ImpactArgs, RootArgs, SpecsArgs, TemplateArgs};

/// What is done where somebody else's work is in the way.
#[derive(Args, Clone, Debug)]
pub(crate) struct Choose {
    /// Leave what is there
    #[arg(long, value_name = "P", num_args = 0..=1, require_equals = true, default_missing_value = "", help_heading = "Conflicts, for all or for one PATH")]
    pub(crate) keep_theirs: Vec<String>,
    /// Put ours in its place
    #[arg(long, value_name = "P", num_args = 0..=1, require_equals = true, default_missing_value = "", help_heading = "Conflicts, for all or for one PATH")]
    pub(crate) take_ours: Vec<String>,
    /// Both, entry by entry
    #[arg(long, value_name = "P", num_args = 0..=1, require_equals = true, default_missing_value = "", help_heading = "Conflicts, for all or for one PATH")]
    pub(crate) merge: Vec<String>,
    /// Write `._cfg0000_NAME` beside it
    #[arg(long, value_name = "P", num_args = 0..=1, require_equals = true, default_missing_value = "", help_heading = "Conflicts, for all or for one PATH")]
    pub(crate) config_protect: Vec<String>,
}

/// How something is done.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunArgs {
    /// Ask nothing
    #[arg(short, long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Write nothing; exit with 1 if something would change
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Do not wait for the disk
    #[arg(long)]
    pub(crate) no_sync: bool,
    /// Keep so many generations
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) keep: u32,
}

impl RunArgs {
    pub(crate) fn sync(&self) -> bool {
        !self.no_sync
    }

    pub(crate) fn options(&self) -> portage_config::apply::Options {
        portage_config::apply::Options {
            sync: self.sync(),
            keep: usize::try_from(self.keep).unwrap_or(usize::MAX),
        }
    }
}

/// `apply`.
#[derive(Args, Debug)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) specs: SpecsArgs,
    #[command(flatten)]
    pub(crate) roots: RootArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) choose: Choose,
    /// Show only the lines that change
    #[arg(long)]
    pub(crate) text: bool,
    /// Show only the entries that change
    #[arg(long)]
    pub(crate) meaning: bool,
    #[command(flatten)]
    pub(crate) impact: ImpactArgs,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
    /// Write what L164 of `check` is about
    #[arg(long, help_heading = "Secrets")]
    pub(crate) allow_world_readable_secrets: bool,
}

/// `rollback`.
#[derive(Args, Debug)]
pub(crate) struct Rollback {
    /// The generation, see `portage-config history`
    #[arg(value_name = "GENERATION")]
    pub(crate) generation: Option<u64>,
    /// The machine's `/`
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) root: Utf8PathBuf,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) choose: Choose,
    /// Show only the lines that change
    #[arg(long)]
    pub(crate) text: bool,
    /// Show only the entries that change
    #[arg(long)]
    pub(crate) meaning: bool,
}

/// `diff`.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// Specs: files or `preset:NAME`; `#NAME` picks a root. Without --root: two of them
    #[arg(value_name = "SPEC[#ROOT]", required_unless_present = "generation", value_hint = ValueHint::FilePath)]
    pub(crate) specs: Vec<String>,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Apply this variant, after those given before
    #[arg(long = "variant", value_name = "VARIANT")]
    pub(crate) variants: Vec<String>,
    /// Compare with how this generation left the machine, see `portage-config history`; 0: how it was before the first
    #[arg(long, value_name = "N", requires = "root", conflicts_with_all = ["specs", "set", "variants", "templates", "roots", "impact"])]
    pub(crate) generation: Option<u64>,
    /// The machine's `/`; NAME: a root, or the file of a spec
    #[arg(long, value_name = "[NAME=]DIR", value_hint = ValueHint::DirPath)]
    pub(crate) root: Vec<String>,
    /// The folder where all others lie, as DIR/NAME
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) roots: Option<Utf8PathBuf>,
    /// Show the lines that differ (without --meaning: only these)
    #[arg(long)]
    pub(crate) text: bool,
    /// Show the entries that differ (without --text: only these)
    #[arg(long)]
    pub(crate) meaning: bool,
    /// Show the answer through $PAGER, or less
    #[arg(long)]
    pub(crate) pager: bool,
    #[command(flatten)]
    pub(crate) impact: ImpactArgs,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
}

impl Diff {
    /// The specs with what is said on top of them.
    pub(crate) fn specs(&self) -> SpecsArgs {
        SpecsArgs { specs: self.specs.clone(), fill: self.fill.clone(), variants: self.variants.clone() }
    }

    /// The folders of the machines; nothing where specs are compared with each other.
    pub(crate) fn roots(&self) -> Option<RootArgs> {
        let is_machine = !self.root.is_empty() || self.roots.is_some();
        is_machine.then(|| RootArgs { root: self.root.clone(), roots: self.roots.clone() })
    }
}

/// `status`.
#[derive(Args, Debug)]
pub(crate) struct Status {
    /// The machine's `/`; may be said several times
    #[arg(long, value_name = "DIR", required = true, value_hint = ValueHint::DirPath)]
    pub(crate) root: Vec<Utf8PathBuf>,
}

/// `history`.
#[derive(Args, Debug)]
pub(crate) struct History {
    /// Show what this generation changed
    #[arg(value_name = "GENERATION")]
    pub(crate) generation: Option<u64>,
    /// The machine's `/`
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) root: Utf8PathBuf,
    /// Show the lines that changed as well
    #[arg(long, requires = "generation")]
    pub(crate) text: bool,
}
