//! What `overlay` takes.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand, ValueHint};

/// The commands about ebuild repositories.
#[derive(Debug, Subcommand)]
pub(crate) enum Overlay {
    /// Make an overlay
    ///
    /// Writes profiles/repo_name, profiles/eapi and metadata/layout.conf into a folder that holds none of them.
    #[command(after_help = "\
Examples:
  portage-config overlay new /var/db/repos/local --name local
  portage-config overlay new mine --name mine --master gentoo --master guru
  portage-config overlay new alone --name alone --no-master")]
    New(New),
    /// Write Manifests
    ///
    /// Byte for byte what `ebuild ... manifest` writes, thin or full as metadata/layout.conf says. Entries of distfiles
    /// that are not there are kept. Those that no ebuild needs go where the text of all ebuilds of the package shows what
    /// they need: SRC_URI is plain text, and nothing is inherited. A distfile that is not what its entry says gets no new
    /// one unless --force is given. Exits with 1 when a Manifest could not be made; the others are written.
    #[command(after_help = "\
Examples:
  portage-config overlay manifest --repo /var/db/repos/local
  portage-config overlay manifest app-misc/hello --distdir /tmp/distfiles
  portage-config overlay manifest hello --add hello-2.10.tar.gz")]
    Manifest(Manifest),
    /// Compare files with their Manifests
    ///
    /// Sizes and hashes of the distfiles that are there; where Manifests are full, of all files of the packages, too.
    /// Exits with 1 when a file is not what its entry says, or has none.
    #[command(after_help = "\
Examples:
  portage-config overlay verify --repo /var/db/repos/local
  portage-config overlay verify app-misc/hello --format json")]
    Verify(Verify),
    /// Find what is wrong with a repository
    ///
    /// The findings go to standard output; those of `pkgcheck scan` follow where pkgcheck is installed. It runs the ebuilds
    /// in bash to learn their metadata; all else here only reads them.
    /// Exits with 1 when there is an error.
    #[command(after_help = "\
Examples:
  portage-config overlay check --repo /var/db/repos/local
  portage-config overlay check app-misc/hello --no-pkgcheck --deny warnings")]
    Check(Check),
    /// Add a repository to a machine's repos.conf
    ///
    /// Writes its section into etc/portage/repos.conf, as `edit --root` does: one entry at a time, all else as it is. The
    /// section is changed where it stands, in whichever file below repos.conf; else it gets a file of its own.
    /// Nothing is fetched: `auto-sync = no`.
    #[command(after_help = "\
Examples:
  portage-config overlay add-to / --repo /var/db/repos/local
  portage-config overlay add-to /mnt --repo mine --location /var/db/repos/mine")]
    AddTo(AddTo),
    /// Take an ebuild of another repository, to change it
    ///
    /// Of the versions that ATOM allows the newest is taken, with the files it names. The revision becomes a hundred more,
    /// so that the fork goes before upstream's revisions of that version. Patches are added to PATCHES; where they would
    /// have no effect, nothing is written. metadata/forks keeps what was taken, for `status` and `update`.
    ///
    /// Patches alone need no fork where the ebuild applies those in /etc/portage/patches: that is said, and done with
    /// --as-user-patch.
    #[command(after_help = "\
Examples:
  portage-config overlay fork sys-libs/musl --from gentoo --patch my.patch
  portage-config overlay fork '=dev-libs/a-2*' --from gentoo --keyword ~x86
  portage-config overlay fork dev-libs/a --from guru --patch p --as-user-patch")]
    Fork(Fork),
    /// Show what became of upstream since forks were taken
    ///
    /// unchanged; changed: the same version holds something else; moved: there is a newer one; merged: upstream has all
    /// patches of the fork; gone. Exits with 1 when one is not unchanged, or cannot be told. Nothing is written.
    #[command(after_help = "\
Examples:
  portage-config overlay status --repo /var/db/repos/local
  portage-config overlay status --from /srv/gentoo --format json")]
    Status(ForkStatus),
    /// Take forks onto the newest upstream
    ///
    /// Patches and keywords are set again in the new ebuild, and what was changed by hand is merged by lines. Patches that
    /// upstream has are left out; the others are tried on the new source where the distfile is there. A conflict leaves
    /// the fork as it is: the file to look at lies in its folder in metadata/forks. Without marks in it, it is taken by
    /// the next update. Of several forks that want one version the one in whose slot it is takes it, of those the one whose
    /// patches apply, and the others stay. Exits with 1 when there is a conflict, a fork stays, or upstream is gone.
    #[command(after_help = "\
Examples:
  portage-config overlay update --repo /var/db/repos/local
  portage-config overlay update sys-libs/musl --from /srv/gentoo --dry-run
  portage-config overlay update sys-libs/musl --to 1.2.5-r3")]
    Update(ForkUpdate),
    /// Give up forks
    ///
    /// Removes the ebuild, the files that no other ebuild of the package names, the distfiles in the Manifest that nothing
    /// else needs, and what metadata/forks keeps of it; with the last ebuild also metadata.xml and the Manifest. What no fork
    /// brought stays. Where somebody changed by hand what would go, nothing is removed unless --force is given.
    #[command(after_help = "\
Examples:
  portage-config overlay drop sys-libs/musl --repo /var/db/repos/local
  portage-config overlay drop =dev-libs/a-2-r100 --dry-run")]
    Drop(ForkDrop),
}

impl Overlay {
    /// Its name, as typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "overlay new",
            Self::Manifest(_) => "overlay manifest",
            Self::Verify(_) => "overlay verify",
            Self::Check(_) => "overlay check",
            Self::AddTo(_) => "overlay add-to",
            Self::Fork(_) => "overlay fork",
            Self::Status(_) => "overlay status",
            Self::Update(_) => "overlay update",
            Self::Drop(_) => "overlay drop",
        }
    }
}

/// `overlay new`.
#[derive(Args, Debug)]
pub(crate) struct New {
    /// The folder; it is made when it is not there
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: Utf8PathBuf,
    /// The name of the repository
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// A repository whose eclasses and profiles it uses: `gentoo`, unless another is given
    #[arg(long = "master", value_name = "REPO")]
    pub(crate) masters: Vec<String>,
    /// It uses nothing of another repository
    #[arg(long, conflicts_with = "masters")]
    pub(crate) no_master: bool,
    /// Write Manifests of all files, not of distfiles only
    #[arg(long)]
    pub(crate) full_manifests: bool,
    /// Write nothing, only show what would be written
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// A repository and packages of it.
#[derive(Args, Clone, Debug)]
pub(crate) struct RepoArgs {
    /// Packages: `app-misc/hello`; all of them, when none is given
    #[arg(value_name = "PACKAGE")]
    pub(crate) packages: Vec<String>,
    /// The repository, or a folder in it
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) repo: Utf8PathBuf,
}

/// Where distfiles are.
#[derive(Args, Clone, Debug)]
pub(crate) struct DistArgs {
    /// The folder of distfiles
    #[arg(long, value_name = "DIR", default_value = "/var/cache/distfiles", value_hint = ValueHint::DirPath)]
    pub(crate) distdir: Utf8PathBuf,
}

/// `overlay manifest`.
#[derive(Args, Debug)]
pub(crate) struct Manifest {
    #[command(flatten)]
    pub(crate) repo: RepoArgs,
    #[command(flatten)]
    pub(crate) dist: DistArgs,
    /// Also an entry for this distfile; with one PACKAGE
    #[arg(long = "add", value_name = "FILE")]
    pub(crate) add: Vec<String>,
    /// A new entry for a distfile that is not what its entry says
    #[arg(long)]
    pub(crate) force: bool,
    /// Write nothing; exit with 1 if something would change
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `overlay verify`.
#[derive(Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) repo: RepoArgs,
    #[command(flatten)]
    pub(crate) dist: DistArgs,
}

/// `overlay check`.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) repo: RepoArgs,
    /// Where the masters are: the machine whose repos.conf names them
    #[arg(long, value_name = "DIR", default_value = "/", value_hint = ValueHint::DirPath)]
    pub(crate) root: Utf8PathBuf,
    /// Only the checks of this program, not those of pkgcheck
    #[arg(long)]
    pub(crate) no_pkgcheck: bool,
    /// Make warnings errors
    #[arg(long, value_name = "WHAT", value_parser = ["warnings"])]
    pub(crate) deny: Option<String>,
}

/// `overlay add-to`.
#[derive(Args, Debug)]
pub(crate) struct AddTo {
    /// The machine's `/`
    #[arg(value_name = "ROOT", value_hint = ValueHint::DirPath)]
    pub(crate) root: Utf8PathBuf,
    /// The repository, or a folder in it
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) repo: Utf8PathBuf,
    /// Where the machine has it, when that is another place than here
    #[arg(long, value_name = "PATH")]
    pub(crate) location: Option<Utf8PathBuf>,
    /// Which repository goes before another one of the same version; the higher wins
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) priority: Option<i32>,
    /// Write its masters into repos.conf, too
    #[arg(long)]
    pub(crate) masters: bool,
    /// Write nothing, only show what would change
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `overlay fork`.
#[derive(Args, Debug)]
pub(crate) struct Fork {
    /// Which package, and which of its versions
    #[arg(value_name = "ATOM")]
    pub(crate) atom: String,
    /// The overlay, or a folder in it
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) repo: Utf8PathBuf,
    /// The repository it is taken from: a folder, or a name in the machine's repos.conf
    #[arg(long, value_name = "REPO")]
    pub(crate) from: String,
    /// The machine whose repos.conf names repositories, and that user patches are for
    #[arg(long, value_name = "DIR", default_value = "/", value_hint = ValueHint::DirPath)]
    pub(crate) root: Utf8PathBuf,
    /// Add a patch; several in their order
    #[arg(long = "patch", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) patches: Vec<Utf8PathBuf>,
    /// Make this KEYWORDS; several are one list
    #[arg(long = "keyword", value_name = "KEYWORD")]
    pub(crate) keywords: Vec<String>,
    /// Live versions (9999) count, too
    #[arg(long)]
    pub(crate) live: bool,
    /// No fork: write the patches into the machine's etc/portage/patches
    #[arg(long, requires = "patches", conflicts_with = "keywords")]
    pub(crate) as_user_patch: bool,
    /// Write nothing, only show what would be written
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// Forks, and where upstream is.
#[derive(Args, Clone, Debug)]
pub(crate) struct ForksArgs {
    #[command(flatten)]
    pub(crate) repo: RepoArgs,
    /// Where upstream is, when the machine's repos.conf does not say it: a folder, or another name
    #[arg(long, value_name = "REPO")]
    pub(crate) from: Option<String>,
    /// The machine whose repos.conf names repositories
    #[arg(long, value_name = "DIR", default_value = "/", value_hint = ValueHint::DirPath)]
    pub(crate) root: Utf8PathBuf,
    /// Try patches on the sources in this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) distdir: Option<Utf8PathBuf>,
}

/// `overlay status`.
#[derive(Args, Debug)]
pub(crate) struct ForkStatus {
    #[command(flatten)]
    pub(crate) forks: ForksArgs,
}

/// `overlay update`.
#[derive(Args, Debug)]
pub(crate) struct ForkUpdate {
    #[command(flatten)]
    pub(crate) forks: ForksArgs,
    /// Onto this version of upstream, newer or not; with one fork
    #[arg(long, value_name = "VERSION", requires = "packages")]
    pub(crate) to: Option<String>,
    /// Write nothing, only show what would be done
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// `overlay drop`.
#[derive(Args, Debug)]
pub(crate) struct ForkDrop {
    /// Which forks: `app-misc/hello` for all of a package, `=app-misc/hello-1.0-r100` for one
    #[arg(value_name = "ATOM", required = true)]
    pub(crate) atoms: Vec<String>,
    /// The overlay, or a folder in it
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) repo: Utf8PathBuf,
    /// Remove also what somebody changed by hand
    #[arg(long)]
    pub(crate) force: bool,
    /// Write nothing, only show what would be removed
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}
