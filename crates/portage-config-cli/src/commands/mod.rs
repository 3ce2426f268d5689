//! One file for each command.

mod adopt;
mod apply;
mod check;
mod completions;
mod diff;
mod edit;
mod explain;
mod fill;
mod fix;
mod history;
mod impact;
mod import;
mod man;
mod new;
mod overlay;
mod params;
mod presets;
mod readers;
mod reasons;
mod render;
mod repositories;
mod rollback;
mod run;
mod schema;
mod show;
mod status;
mod steps;
mod subject;
mod tar;
mod write;

use crate::answer::Answer;
use crate::args::{Cli, Command, Format};
use crate::codes;

/// Runs the command.
pub(crate) fn run(cli: &Cli) -> Answer {
    if matches!(cli.look.format, Format::Sarif | Format::Github) && !matches!(cli.command, Command::Check(_))
    {
        let help = "write `--format json`".to_owned();
        return Answer::default().failed(&codes::USAGE, "this format is of `check` alone", Some(help));
    }
    match &cli.command {
        Command::Presets(args) => presets::run(args),
        Command::New(args) => new::run(args),
        Command::Show(args) => show::run(args),
        Command::Check(args) => check::run(args, &cli.look),
        Command::Explain(args) => reasons::run(args, &cli.look),
        Command::Render(args) => render::run(args, cli.look.format),
        Command::Diff(args) => match args.generation {
            Some(generation) => history::since(generation, args),
            None => diff::run(args, &cli.look),
        },
        Command::Apply(args) => apply::run(args, &cli.look),
        Command::Rollback(args) => rollback::run(args, &cli.look),
        Command::Edit(args) => edit::run(args),
        Command::Status(args) => status::run(args),
        Command::History(args) => history::run(args),
        Command::Import(args) if args.adopt => adopt::run(args),
        Command::Import(args) => import::run(args),
        Command::Overlay(command) => overlay::run(command, &cli.look),
        Command::Schema(args) => schema::run(args),
        Command::Completions { shell } => completions::run(*shell),
        Command::Man { out } => man::run(out.as_deref()),
    }
}
