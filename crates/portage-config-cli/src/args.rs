//! The command line.

use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

/// A machine's whole Portage configuration as one typed, layered TOML file
///
/// Exit status: 0 fine; 1 the answer is no; 2 there is no answer.
#[derive(Debug, Parser)]
#[command(
    name = "portage-config",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  portage-config presets
  portage-config new i486-glibc-systemd -o soekris.toml
  portage-config check soekris.toml
  portage-config render soekris.toml --out tree/
  portage-config diff soekris.toml --root /mnt/gentoo"
)]
pub(crate) struct Cli {
    /// What is printed
    #[command(flatten)]
    pub(crate) look: Look,
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How answers look.
#[derive(Args, Clone, Debug)]
pub(crate) struct Look {
    /// `human`, or `json`: one document for programs
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, hide_possible_values = true, hide_default_value = true, help_heading = "Output")]
    pub(crate) format: Format,
    /// `auto`, `always`, `never`; `auto` honours NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", hide_possible_values = true, hide_default_value = true, help_heading = "Output")]
    pub(crate) color: Color,
    /// Only data and errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Also findings that are allowed, and reasons
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(crate) verbose: bool,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the specs to start from
    #[command(after_help = "\
Examples:
  portage-config presets
  portage-config presets --format json")]
    Presets,
    /// Write a spec to edit, made from a preset
    ///
    /// The preset is written whole, with its comments. Parameters that nothing fills are left as a commented line.
    #[command(after_help = "\
Examples:
  portage-config new i486-glibc-systemd -o soekris.toml
  portage-config new i486-glibc-systemd --set nbd-host=10.0.0.2
  portage-config new i486-glibc-systemd --example --short")]
    New(New),
    /// Show the merged spec: each entry with the line that said it
    ///
    /// PATH is written as in a spec: `make.conf`, `package.use/apps`, `/etc/fstab`; a folder shows all in it.
    /// Exits with 1 when the spec says nothing of a PATH.
    #[command(after_help = "\
Examples:
  portage-config show soekris.toml
  portage-config show soekris.toml make.conf package.use
  portage-config show flags.toml#host --variant oz --format json")]
    Show(Show),
    /// Find what would go wrong
    ///
    /// Checks the spec, what it means, and that every file can be written. The findings go to standard output.
    /// Exits with 1 when there is an error, with 2 when the spec cannot be read.
    #[command(after_help = "\
Examples:
  portage-config check soekris.toml
  portage-config check soekris.toml --deny warnings
  portage-config check flags.toml --variant oz --format json")]
    Check(Check),
    /// Write the whole tree, into a folder or a tar file
    ///
    /// A spec with named roots gives a folder for each; a root with `at` lies inside its host's.
    ///
    /// With --force the folder may hold something already. Then only the lines that `diff` shows are changed. Files
    /// that the spec does not name, or wants absent, stay, and folders are never removed.
    #[command(after_help = "\
Examples:
  portage-config render soekris.toml --out tree/
  portage-config render soekris.toml --tar soekris.tar
  portage-config render cross.toml#host --tar - | tar -tv")]
    Render(Render),
    /// Show what differs between a spec and a machine
    ///
    /// With --generation, what differs between the machine and how that generation left it.
    /// Exits with 1 when something differs. Nothing is written.
    #[command(after_help = "\
Examples:
  portage-config diff soekris.toml --root /mnt/gentoo
  portage-config diff soekris.toml --root / --meaning
  portage-config diff tiny.toml --root builder=/ --root iso=/mnt/iso
  portage-config diff --generation 3 --root /mnt/gentoo")]
    Diff(Diff),
    /// Change machines so that they hold what specs say
    ///
    /// All of it, or nothing. What somebody else made or changed is a conflict.
    #[command(after_help = "\
Examples:
  portage-config apply soekris.toml --root /mnt/gentoo --dry-run
  portage-config apply soekris.toml --root /mnt/gentoo --take-ours=make.conf
  portage-config apply a.toml b.toml --root a=/srv/a --root b=/srv/b --yes")]
    Apply(Apply),
    /// Go back to how a generation left a machine
    ///
    /// Without a number: to the one before the last, or out of a run that was cut off. 0 is how it was before the first.
    /// Going back is a generation of its own, and can be taken back as well.
    #[command(after_help = "\
Examples:
  portage-config rollback --root /mnt/gentoo --dry-run
  portage-config rollback 3 --root /mnt/gentoo --yes")]
    Rollback(Rollback),
    /// Show what was applied to machines, and what somebody changed since
    ///
    /// The spec as it was named, the last generation, how much is ours, a run that was cut off, and each path of ours that
    /// is not as it was written. Of a file that is shared our entries count; comments and layout are shown as `layout` and
    /// are no drift. Nothing is written.
    /// Exits with 1 when something drifted or a run was cut off.
    #[command(after_help = "\
Examples:
  portage-config status --root /
  portage-config status --root /srv/a --root /srv/b --format json")]
    Status(Status),
    /// List what was done to a machine, the last first
    ///
    /// One line for each generation that is kept; with a number what that one changed. Nothing is written.
    #[command(after_help = "\
Examples:
  portage-config history --root /mnt/gentoo
  portage-config history 3 --root /mnt/gentoo --text")]
    History(History),
    /// Make a spec of a machine's files
    ///
    /// Reads what Portage reads, and fstab, ugrd's and dracut's configuration and others beside it (not /etc/conf.d and
    /// systemd's units: name these); with PATHs only what is named. Links are kept as links, what they lead to is not
    /// read.
    ///
    /// A file that cannot be said as entries is said as text, with the reason. Files without entries go into the
    /// folder NAME.d beside NAME.toml, credentials into NAME.secrets. Nothing is written into the machine.
    /// Exits with 1 when something could not be read or is not there; the rest is written.
    #[command(after_help = "\
Examples:
  portage-config import --root / -o this.toml
  portage-config import --root /mnt/gentoo package.use make.conf -o part.toml
  portage-config import --root / -o boot.toml /etc/fstab /etc/ugrd
  portage-config import --root / --adopt -o adopted.toml")]
    Import(Import),
    /// Change one entry of a file in place, or of a spec
    ///
    /// With --root the files of a machine are changed, otherwise the spec that stands first. A STATEMENT is
    /// `PATH: ENTRY = VALUE`, in the words of a spec, which are TOML: texts, and names with a slash, stand in quotes.
    /// `ENTRY.add` and `ENTRY.remove` change words, `ENTRY.remove = true` takes the entry out. Several statements are
    /// applied together, or none of them.
    ///
    /// PATH may be a folder, as package.use mostly is: the file is the one in which the entry stands, or else
    /// `portage-config` in that folder. All else in the file stays as it is. What Portage would make nothing of is
    /// reported, and written all the same.
    #[command(after_help = "\
Examples:
  portage-config edit --root / 'package.use: \"app-editors/vim\".add = \"lua\"'
  portage-config edit --root /mnt --dry-run 'make.conf: MAKEOPTS.jobs = 4'
  portage-config edit --root / '/etc/fstab: \"/\".options.add = \"noatime\"'
  portage-config edit soekris.toml 'make.conf: USE.remove = \"-nls\"'")]
    Edit(Edit),
    /// Print the JSON Schema of specs, for editors
    ///
    /// An editor that knows it completes headers, variables and keys, shows what they are, and marks mistakes while a
    /// spec is written. taplo and Even Better TOML take the schema that the first line of a spec names:
    /// `#:schema ./portage-config.schema.json`. What only the merged layers show is left to `check`.
    #[command(after_help = "\
Examples:
  portage-config schema -o portage-config.schema.json
  portage-config schema | jq '.definitions | keys'")]
    Schema(Schema),
    /// Print the completions of a shell
    #[command(after_help = "\
Examples:
  portage-config completions bash > portage-config.bash
  portage-config completions fish > portage-config.fish")]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write those of all commands
    #[command(after_help = "\
Examples:
  portage-config man | man -l -
  portage-config man --out /usr/share/man/man1")]
    Man {
        /// Write one page for each command into this folder
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out: Option<PathBuf>,
    },
}

impl Command {
    /// Its name, as typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Presets => "presets",
            Self::New(_) => "new",
            Self::Show(_) => "show",
            Self::Check(_) => "check",
            Self::Render(_) => "render",
            Self::Diff(_) => "diff",
            Self::Apply(_) => "apply",
            Self::Rollback(_) => "rollback",
            Self::Status(_) => "status",
            Self::History(_) => "history",
            Self::Import(_) => "import",
            Self::Edit(_) => "edit",
            Self::Schema(_) => "schema",
            Self::Completions { .. } => "completions",
            Self::Man { .. } => "man",
        }
    }
}

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
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
}

/// `check`.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) spec: SpecArgs,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
    /// Count warnings as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
}

/// What `--deny` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    Warnings,
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
    /// Change what is there where it differs; files that the spec does not name stay
    #[arg(long)]
    pub(crate) force: bool,
    /// Write secrets also into files that everybody can read (see L164 of `check`)
    #[arg(long)]
    pub(crate) allow_world_readable_secrets: bool,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
}

/// `diff`.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// Specs: files or `preset:NAME`; `#NAME` picks a root
    #[arg(value_name = "SPEC[#ROOT]", required_unless_present = "generation", value_hint = ValueHint::FilePath)]
    pub(crate) specs: Vec<String>,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Apply this variant, after those given before
    #[arg(long = "variant", value_name = "VARIANT")]
    pub(crate) variants: Vec<String>,
    /// Compare with how this generation left the machine, see `portage-config history`; 0: how it was before the first
    #[arg(long, value_name = "N", conflicts_with_all = ["specs", "set", "variants", "templates", "roots"])]
    pub(crate) generation: Option<u64>,
    #[command(flatten)]
    pub(crate) roots: RootArgs,
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
    pub(crate) templates: TemplateArgs,
}

impl Diff {
    /// The specs with what is said on top of them.
    pub(crate) fn specs(&self) -> SpecsArgs {
        SpecsArgs { specs: self.specs.clone(), fill: self.fill.clone(), variants: self.variants.clone() }
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

/// Reads `NAME=VALUE`.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
