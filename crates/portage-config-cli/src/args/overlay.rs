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
  portage-config overlay new mine --name mine --master gentoo --master guru")]
    New(New),
}

impl Overlay {
    /// Its name, as typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "overlay new",
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
    /// Write Manifests of all files, not of distfiles only
    #[arg(long)]
    pub(crate) full_manifests: bool,
}
