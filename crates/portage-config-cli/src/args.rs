//! The command line.

use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// A machine's whole Portage configuration as one typed, layered TOML file
///
/// A spec says what /etc/portage and the files beside it hold. It is shown, checked, rendered and compared here.
///
/// Data goes to standard output, everything else to standard error.
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
    /// Text for people, or one JSON document for programs (docs/json.md)
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, help_heading = "Output")]
    pub(crate) format: Format,
    /// Colours; `auto` honours NO_COLOR and writes none into pipes
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", help_heading = "Output")]
    pub(crate) color: Color,
    /// Only data and errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Also what `[check]` allows, why a rule exists, and the chain of layers
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
  portage-config new i486-glibc-systemd --set root-uuid=9e04e825-7f60-4171-815a-86e01ec4c4d3
  portage-config new i486-glibc-systemd --example --short")]
    New(New),
    /// Show the merged spec: each entry with the layer and line it came from
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
    /// With --force the folder may hold something already. Then what `diff` shows is changed, and nothing else: files
    /// that the spec does not name stay, a file that says what it should is not touched, in others only the lines
    /// that differ change. Files that should be absent stay, and folders are never removed.
    #[command(after_help = "\
Examples:
  portage-config render soekris.toml --out tree/
  portage-config render soekris.toml --tar soekris.tar
  portage-config render cross.toml#host --tar - | tar -tv")]
    Render(Render),
    /// Show what differs between a spec and a machine
    ///
    /// Exits with 1 when something differs. Nothing is written.
    #[command(after_help = "\
Examples:
  portage-config diff soekris.toml --root /mnt/gentoo
  portage-config diff soekris.toml --root / --meaning
  portage-config diff tiny.toml --root builder=/ --root iso=/mnt/iso")]
    Diff(Diff),
    /// Make a spec of a machine's files
    ///
    /// Reads what Portage reads, and fstab, ugrd's and dracut's configuration and others beside it (not /etc/conf.d and
    /// systemd's units: name these); with PATHs only what is named. Links are kept as links, what they lead to is not
    /// read.
    ///
    /// Entries keep their comments. A file that cannot be said as entries is said as text, with the reason. Files
    /// without entries (patches, scripts, other programs' files) go into the folder NAME.d beside NAME.toml,
    /// credentials into NAME.secrets, which only their owner can read.
    ///
    /// Rendered over the machine, the spec changes nothing there; rendered afresh, it gives Portage the same
    /// configuration. Nothing is written into the machine.
    /// Exits with 1 when something could not be read or is not there; the rest is written.
    #[command(after_help = "\
Examples:
  portage-config import --root / -o this.toml
  portage-config import --root /mnt/gentoo package.use make.conf -o part.toml
  portage-config import --root / -o boot.toml /etc/fstab /etc/ugrd")]
    Import(Import),
    /// Change one entry of a file in place, or of a spec
    ///
    /// With --root the files of a machine are changed, otherwise the spec that stands first. A STATEMENT is
    /// `PATH: ENTRY = VALUE`, in the words of a spec, which are TOML: texts, and names with a slash, stand in quotes.
    /// `ENTRY.add` and `ENTRY.remove` change words, `ENTRY.remove = true` takes the entry out. Several statements are
    /// applied together, or none of them.
    ///
    /// PATH may be a folder, as package.use mostly is: the file is the one in which the entry stands, or else
    /// `portage-config` in that folder. All else in the file stays as it is: comments, layout, order, owner and mode;
    /// links are written through. What Portage would make nothing of is reported, and written all the same.
    ///
    /// Not edited: files that make.conf names with `source`, other names of a file (hard links: they keep the old
    /// text), named roots and variants of a spec.
    #[command(after_help = "\
Examples:
  portage-config edit --root / 'package.use: \"app-editors/vim\".add = \"lua\"'
  portage-config edit --root /mnt/gentoo --dry-run 'make.conf: MAKEOPTS.jobs = 4' '/etc/fstab: \"/\".options.add = \"noatime\"'
  portage-config edit soekris.toml 'make.conf: USE.remove = \"-nls\"'")]
    Edit(Edit),
    /// Print the completions of a shell
    #[command(after_help = "\
Examples:
  portage-config completions bash > /usr/share/bash-completion/completions/portage-config
  portage-config completions fish > ~/.config/fish/completions/portage-config.fish")]
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
        #[arg(long, value_name = "DIR")]
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
            Self::Import(_) => "import",
            Self::Edit(_) => "edit",
            Self::Completions { .. } => "completions",
            Self::Man { .. } => "man",
        }
    }
}

/// A spec and what is said on top of it.
#[derive(Args, Clone, Debug)]
pub(crate) struct SpecArgs {
    /// The spec: a file or `preset:NAME`; `#NAME` behind it picks one of its roots
    #[arg(value_name = "SPEC[#ROOT]")]
    pub(crate) spec: String,
    #[command(flatten)]
    pub(crate) fill: Fill,
    /// Apply this variant, after those given before
    #[arg(long = "variant", value_name = "VARIANT")]
    pub(crate) variants: Vec<String>,
}

/// Parameters.
#[derive(Args, Clone, Debug)]
pub(crate) struct Fill {
    /// Fill a parameter; a name with a dot sets a layer's table (`target.cpu=i486`)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
}

/// Templates in front of the built-in ones.
#[derive(Args, Clone, Debug)]
pub(crate) struct TemplateArgs {
    /// Look up templates here before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) templates: Option<Utf8PathBuf>,
}

/// `new`.
#[derive(Args, Debug)]
pub(crate) struct New {
    /// The preset, see `portage-config presets`
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
    #[arg(short, long, value_name = "FILE")]
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
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write a tar file, always the same bytes for the same spec; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) tar: Option<PathBuf>,
    /// Change what is there where it differs; files that the spec does not name stay
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
}

/// `diff`.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    #[command(flatten)]
    pub(crate) spec: SpecArgs,
    /// The machine's `/`; with named roots `NAME=DIR`, for a root with `at` its host's
    #[arg(long, value_name = "[NAME=]DIR", required = true)]
    pub(crate) root: Vec<String>,
    /// Show the lines that differ (without --meaning: only these)
    #[arg(long)]
    pub(crate) text: bool,
    /// Show the entries that differ (without --text: only these)
    #[arg(long)]
    pub(crate) meaning: bool,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
}

/// `import`.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The machine's `/`, or a folder that is one: what is read lies in its etc/portage
    #[arg(long, value_name = "DIR")]
    pub(crate) root: PathBuf,
    /// Write this file (NAME.toml), and folders beside it, instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite a spec that exists. In the folders beside it nothing is overwritten or removed
    #[arg(long)]
    pub(crate) force: bool,
    /// Only these files and folders: below etc/portage (`package.use`), or from the root with a slash (`/etc/fstab`)
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
}

/// `edit`.
#[derive(Args, Debug)]
pub(crate) struct Edit {
    /// What is to change; before it the spec, unless --root is given
    #[arg(value_name = "[SPEC] STATEMENT", required = true)]
    pub(crate) words: Vec<String>,
    /// The machine's `/`, or a folder that is one
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<Utf8PathBuf>,
    /// Write all entries into this file, wherever they stand now: `package.use/desk`
    #[arg(long, value_name = "PATH", requires = "root")]
    pub(crate) file: Option<String>,
    /// Write nothing, only show what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Reads `NAME=VALUE`.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
