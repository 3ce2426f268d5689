//! What the commands about specs take.

use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum, ValueHint};

use super::shared::{Fill, SpecArgs, TemplateArgs};

/// `presets`.
#[derive(Args, Debug)]
pub(crate) struct Presets {
    /// Only this one
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The building blocks that presets extend
    #[arg(long, conflicts_with = "name")]
    pub(crate) blocks: bool,
    /// Also what it extends, its roots, files, parameters and variants
    #[arg(long)]
    pub(crate) long: bool,
    /// What is to be done besides the files, as sh
    #[arg(long, requires = "name", conflicts_with = "long")]
    pub(crate) steps: bool,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Fill the other parameters with the values of the documentation
    #[arg(long, requires = "steps")]
    pub(crate) example: bool,
    /// Apply this variant, after those given before
    #[arg(long = "variant", value_name = "VARIANT", requires = "steps")]
    pub(crate) variants: Vec<String>,
}

/// `new`.
#[derive(Args, Debug)]
pub(crate) struct New {
    /// The preset, see `portage-config presets`
    #[arg(value_name = "PRESET")]
    pub(crate) preset: String,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Fill the other parameters with the values of the documentation
    #[arg(long)]
    pub(crate) example: bool,
    /// Write `extends` and the parameters only
    #[arg(long)]
    pub(crate) short: bool,
    /// Write this file instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite a file that exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// `show`.
#[derive(Args, Debug)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) spec: SpecArgs,
    /// Only these files, and those in these folders
    #[arg(value_name = "PATH", conflicts_with = "steps")]
    pub(crate) paths: Vec<String>,
    /// What is to be done besides the files, as sh; see `presets`
    #[arg(long)]
    pub(crate) steps: bool,
}

/// `check`.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The spec: a file or `preset:NAME`; `#NAME` behind it picks one of its roots
    #[arg(value_name = "SPEC[#ROOT]", required_unless_present_any = ["root", "config_root"], value_hint = ValueHint::FilePath)]
    pub(crate) spec: Option<String>,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Apply this variant, after those given before
    #[arg(long = "variant", value_name = "VARIANT")]
    pub(crate) variants: Vec<String>,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
    /// Count warnings as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
    /// Mend what is safe to mend, in place
    #[arg(long)]
    pub(crate) fix: bool,
    /// Write nothing, show what --fix would change
    #[arg(long, requires = "fix")]
    pub(crate) dry_run: bool,
    /// The folder whose etc/portage is read in place of the root's
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) config_root: Option<Utf8PathBuf>,
    /// The machine's /proc/cpuinfo, to judge flags by
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) cpuinfo: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
}

/// `explain`.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// A package (`sys-libs/glibc`, `=sys-libs/glibc-2.41`), a variable (`make.conf:USE`), or the code of a finding
    #[arg(value_name = "WHAT", required_unless_present = "hosts")]
    pub(crate) what: Option<String>,
    /// Of a package: a USE flag (`use:lto`), a variable (`CFLAGS`), or `visible`
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: Option<String>,
    /// As if this spec were applied
    #[arg(long, value_name = "SPEC[#ROOT]", group = "machines", value_hint = ValueHint::FilePath)]
    pub(crate) spec: Option<String>,
    /// Compare machines: specs, or folders that are a `/`
    #[arg(long, value_name = "HOST", num_args = 1.., group = "machines", conflicts_with_all = ["root", "config_root"], value_hint = ValueHint::AnyPath)]
    pub(crate) hosts: Vec<String>,
    /// Of the second host: its /proc/cpuinfo
    #[arg(long, value_name = "FILE", requires = "hosts", conflicts_with = "what", value_hint = ValueHint::FilePath)]
    pub(crate) cpuinfo: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Apply this variant of a spec, after those before
    #[arg(long = "variant", value_name = "VARIANT", requires = "machines")]
    pub(crate) variants: Vec<String>,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
    /// A variable that emerge is called with
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::shared::pair)]
    pub(crate) env: Vec<(String, String)>,
    /// The folder whose etc/portage is read, not the root's
    #[arg(long, value_name = "DIR", conflicts_with = "spec", value_hint = ValueHint::DirPath)]
    pub(crate) config_root: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
}

/// Where packages are.
#[derive(Args, Clone, Debug)]
pub(crate) struct PackageArgs {
    /// The machine's `/`: its files where no spec is given, and the ebuild repositories that repos.conf names
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Packages")]
    pub(crate) root: Option<Utf8PathBuf>,
    /// An ebuild repository; NAME: in place of the one that repos.conf calls so
    #[arg(long, value_name = "[NAME=]DIR", value_hint = ValueHint::DirPath, help_heading = "Packages")]
    pub(crate) repo: Vec<String>,
}

/// What `--deny` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    Warnings,
}

/// What is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// The whole tree.
    Tree,
    /// The content of etc/portage, without what catalyst writes itself.
    PortageConfdir,
}

/// `render`.
#[derive(Args, Debug)]
#[group(id = "target", required = true, multiple = false, args = ["out", "tar"])]
pub(crate) struct Render {
    #[command(flatten)]
    pub(crate) spec: SpecArgs,
    /// Write the tree into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// Write a tar file, always the same bytes for the same spec; `-` is standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tar: Option<PathBuf>,
    /// Change what differs; files that the spec does not name stay
    #[arg(long)]
    pub(crate) force: bool,
    /// The `tree`, or catalyst's `portage-confdir`
    #[arg(long, value_enum, default_value_t = Form::Tree, conflicts_with = "force", hide_possible_values = true, hide_default_value = true)]
    pub(crate) form: Form,
    /// Write secrets into files that all can read, see L164 of `check`
    #[arg(long)]
    pub(crate) allow_world_readable_secrets: bool,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
}

/// `import`.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The machine's `/`, or a folder that is one: what is read lies in its etc/portage
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) root: PathBuf,
    /// Write this file (NAME.toml), and folders beside it, instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite a spec that exists. In the folders beside it nothing is overwritten or removed
    #[arg(long)]
    pub(crate) force: bool,
    /// Only what `emerge --autounmask-write` wrote into its own files, as sections of a spec: `package.use/zz-adopted`.
    /// Exits with 1 when there is nothing that other files do not say already
    #[arg(long, conflicts_with = "paths")]
    pub(crate) adopt: bool,
    /// Only these files and folders: below etc/portage (`package.use`), or from the root with a slash (`/etc/fstab`)
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
}

/// `edit`.
#[derive(Args, Debug)]
pub(crate) struct Edit {
    /// What is to change; before it the spec, unless --root is given
    #[arg(value_name = "[SPEC] STATEMENT", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) words: Vec<String>,
    /// The machine's `/`, or a folder that is one
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) root: Option<Utf8PathBuf>,
    /// Write all entries into this file, wherever they stand now: `package.use/desk`
    #[arg(long, value_name = "PATH", requires = "root")]
    pub(crate) file: Option<String>,
    /// Write nothing, only show what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write what L164 of `check` is about
    #[arg(long, requires = "root", help_heading = "Secrets")]
    pub(crate) allow_world_readable_secrets: bool,
}

/// `schema`.
#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// Write this file instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite a file that exists
    #[arg(long)]
    pub(crate) force: bool,
}
