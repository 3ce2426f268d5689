//! The help texts: one screen for each command.

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use portage_config::spec;

use crate::args::Cli;

/// The text, the usage, the options, the examples. The summary stands in the list of commands only: the text begins
/// with it.
const TEMPLATE: &str = "{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// The command line with its help texts. `-h` and `--help` print the same: clap's long form gives each option a
/// paragraph, which no screen holds.
pub(crate) fn command() -> Command {
    compact(Cli::command()).mut_subcommands(|command| compact(command).mut_subcommands(compact))
}

/// The same for the scripts of shells, which offer what is listed: `new` takes other names for presets, too.
pub(crate) fn offered() -> Command {
    let all: Vec<&str> = spec::presets().iter().map(|(name, _)| *name).collect();
    let systems: Vec<&str> = all.iter().copied().filter(|name| !spec::is_block(name)).collect();
    let known = |names: &[&'static str]| PossibleValuesParser::new(names.to_vec());
    command().mut_subcommands(|command| match command.get_name() {
        "new" => command.mut_arg("preset", |preset| preset.value_parser(known(&systems))),
        "presets" => command.mut_arg("name", |name| name.value_parser(known(&all))),
        _ => command,
    })
}

fn compact(command: Command) -> Command {
    let Some(text) = command.get_long_about().or(command.get_about()).cloned() else { return command };
    let summary = command.get_about().cloned();
    let command = command.long_about(None).before_help(text).help_template(TEMPLATE);
    match summary {
        Some(summary) => command.about(summary),
        None => command,
    }
}
