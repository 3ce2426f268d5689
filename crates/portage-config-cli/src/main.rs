//! The command `portage-config`: reads arguments, asks the library, prints the answer.

mod answer;
mod args;
mod changes;
mod codes;
mod commands;
mod entries;
mod examples;
mod excerpt;
mod github;
mod help;
mod json;
mod load;
mod locate;
mod output;
mod pager;
mod place;
mod progress;
mod sarif;
mod schema;
mod secrets;
mod targets;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, FromArgMatches};

use crate::answer::Answer;
use crate::args::{Cli, Color, Format, Look};

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let matches = help::command().color(help_color(&words)).try_get_matches_from(&words);
    match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => {
            let answer = commands::run(&cli);
            ExitCode::from(output::print(cli.command.name(), &answer, &cli.look) as u8)
        }
        Err(error) if error.use_stderr() && option(&words, "format").as_deref() == Some("json") => {
            let text = error.to_string();
            let message = text.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
            let help = Some("`portage-config --help` shows what is known".to_owned());
            let answer = Answer::default().failed(&codes::USAGE, message.trim(), help);
            let look = Look { format: Format::Json, color: Color::Never, quiet: false, verbose: false };
            let command =
                words.iter().skip(1).filter_map(|word| word.to_str()).find(|word| {
                    help::command().get_subcommands().any(|command| command.get_name() == *word)
                });
            ExitCode::from(output::print(command.unwrap_or_default(), &answer, &look) as u8)
        }
        Err(error) => {
            // Help for a reader that is gone is no mistake.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}

/// The colours of help and usage, which are printed before the arguments are understood.
fn help_color(words: &[OsString]) -> ColorChoice {
    match option(words, "color").as_deref() {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

/// The value of `--NAME VALUE` or `--NAME=VALUE`.
fn option(words: &[OsString], name: &str) -> Option<String> {
    let words: Vec<&str> = words.iter().map_while(|word| word.to_str()).collect();
    words.iter().enumerate().find_map(|(at, word)| {
        let rest = word.strip_prefix("--")?.strip_prefix(name)?;
        match rest.strip_prefix('=') {
            Some(value) => Some(value.to_owned()),
            None if rest.is_empty() => words.get(at + 1).map(|value| (*value).to_owned()),
            None => None,
        }
    })
}
