//! One file for each command.

mod check;
mod completions;
mod diff;
mod edit;
mod fill;
mod import;
mod man;
mod new;
mod params;
mod presets;
mod render;
mod show;
mod tar;
mod write;

use crate::answer::Answer;
use crate::args::{Cli, Command};

/// Runs the command.
pub(crate) fn run(cli: &Cli) -> Answer {
    match &cli.command {
        Command::Presets => presets::run(),
        Command::New(args) => new::run(args),
        Command::Show(args) => show::run(args),
        Command::Check(args) => check::run(args),
        Command::Render(args) => render::run(args, cli.look.format),
        Command::Diff(args) => diff::run(args),
        Command::Edit(args) => edit::run(args),
        Command::Import(args) => import::run(args),
        Command::Completions { shell } => completions::run(*shell),
        Command::Man { out } => man::run(out.as_deref()),
    }
}
