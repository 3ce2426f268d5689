//! `man`.

use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::answer::{Answer, Data};
use crate::args::Cli;
use crate::codes;

pub(crate) fn run(out: Option<&Path>) -> Answer {
    let mut answer = Answer::default();
    let done = match out {
        None => page(Cli::command()).map(|page| {
            answer.more.text = Some(String::from_utf8_lossy(&page).into_owned());
            answer.data = Data::Bytes(page);
        }),
        Some(folder) => pages(folder).map(|count| {
            answer.more.out = Some(folder.display().to_string());
            answer.notes.push(format!("{}: {count} pages", folder.display()));
        }),
    };
    match done {
        Ok(()) => answer,
        Err(error) => answer.failed(&codes::CANNOT_WRITE, format!("cannot write the manual: {error}"), None),
    }
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}

fn pages(folder: &Path) -> io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let command = Cli::command().disable_help_subcommand(true);
    let count = command.get_subcommands().count() + 1;
    clap_mangen::generate_to(command, folder)?;
    Ok(count)
}
