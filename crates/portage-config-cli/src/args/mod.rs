//! The command line.

mod machine;
mod overlay;
mod shared;
mod specs;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

pub(crate) use machine::{Apply, Choose, Diff, History, Rollback, RunArgs, Status};
pub(crate) use overlay::{
    AddTo as OverlayAddTo, Check as OverlayCheck, Manifest as OverlayManifest, New as OverlayNew, Overlay,
    RepoArgs, Verify as OverlayVerify,
};
pub(crate) use overlay::{
    Fork as OverlayFork, ForkDrop as OverlayDrop, ForkStatus as OverlayStatus, ForkUpdate as OverlayUpdate,
    ForksArgs,
};
pub(crate) use shared::{ImpactArgs, ImpactForm, RootArgs, SpecArgs, SpecsArgs, TemplateArgs, Which};
pub(crate) use specs::{Check, Edit, Explain, Form, Import, New, PackageArgs, Presets, Render, Schema, Show};

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
    /// SARIF 2.1.0.
    Sarif,
    /// The commands of a workflow of GitHub.
    Github,
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
    ///
    /// With NAME or --long: what each is for, and what it brings. With --steps: what is to be done besides the files, as
    /// sh; a step in which a parameter is not filled is a comment.
    #[command(after_help = "\
Examples:
  portage-config presets
  portage-config presets --blocks --long
  portage-config presets i486-glibc-systemd
  portage-config presets i486-glibc-systemd --steps --set jobs=8")]
    Presets(Presets),
    /// Write a spec to edit, made from a preset
    ///
    /// The preset is written whole, with its comments. Parameters that nothing fills are left as a commented line; those
    /// of the blocks that it extends, too.
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
  portage-config show soekris.toml --steps
  portage-config show flags.toml#host --variant oz --format json")]
    Show(Show),
    /// Find what would go wrong
    ///
    /// Checks the spec, what it means, and that every file can be written. The findings go to standard output. With --root
    /// or --repo also what it means to the packages of ebuild repositories; with --root and no spec the files of a machine as
    /// they are. With --fix what is safe to mend is mended, in the spec itself (not in what it extends) or in the files of
    /// the machine. Exits with 1 when there is an error, with 2 when the spec cannot be read.
    /// --format also takes `sarif` (SARIF 2.1.0) and `github` (workflows of GitHub).
    #[command(after_help = "\
Examples:
  portage-config check soekris.toml
  portage-config check soekris.toml --deny warnings
  portage-config check soekris.toml --root /mnt/gentoo --repo local=overlay
  portage-config check --root / --fix --dry-run
  portage-config check soekris.toml --format sarif > soekris.sarif")]
    Check(Check),
    /// Tell what Portage will do with a package, and which line says so
    ///
    /// As Portage computes it from the machine's files and the ebuild repositories. Of a flag, a variable or a mask: each
    /// line that speaks of it, the weakest first; with -v also the lines that have a part in another way, and what would
    /// be without each. With --hosts what differs, the lines that make it so, and without WHAT whether the others can use
    /// the first one's binary packages. Exits with 1 when they cannot, or nothing is known of WHAT.
    #[command(after_help = "\
Examples:
  portage-config explain sys-libs/glibc --root /mnt/gentoo
  portage-config explain =sys-libs/glibc-2.41 CFLAGS
  portage-config explain app-editors/vim use:gtk -v
  portage-config explain make.conf:FEATURES --spec soekris.toml
  portage-config explain --hosts builder.toml laptop.toml --repo gentoo")]
    Explain(Box<Explain>),
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
    /// Show what differs between a spec and a machine, or between two specs
    ///
    /// With two specs and no --root: what the second one writes instead of the first; no machine is looked at. Each has one
    /// root, or those of the same name are compared. With --generation, what differs between the machine and how that
    /// generation left it. Exits with 1 when something differs. Nothing is written.
    #[command(after_help = "\
Examples:
  portage-config diff soekris.toml --root /mnt/gentoo
  portage-config diff soekris.toml --root / --meaning
  portage-config diff soekris.toml --root / --impact
  portage-config diff old.toml new.toml --impact --packages all --repo gentoo
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
    /// Make and keep ebuild repositories of one's own
    ///
    /// An overlay is an ebuild repository beside the main one. Nothing of an ebuild is ever executed.
    #[command(
        subcommand,
        after_help = "\
Examples:
  portage-config overlay new /var/db/repos/local --name local"
    )]
    Overlay(Overlay),
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
            Self::Presets(_) => "presets",
            Self::New(_) => "new",
            Self::Show(_) => "show",
            Self::Check(_) => "check",
            Self::Explain(_) => "explain",
            Self::Render(_) => "render",
            Self::Diff(_) => "diff",
            Self::Apply(_) => "apply",
            Self::Rollback(_) => "rollback",
            Self::Status(_) => "status",
            Self::History(_) => "history",
            Self::Import(_) => "import",
            Self::Edit(_) => "edit",
            Self::Overlay(command) => command.name(),
            Self::Schema(_) => "schema",
            Self::Completions { .. } => "completions",
            Self::Man { .. } => "man",
        }
    }
}
