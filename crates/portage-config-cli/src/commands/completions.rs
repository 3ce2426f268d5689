//! `completions`.

use clap::CommandFactory;

use crate::answer::{Answer, Data};
use crate::args::Cli;

pub(crate) fn run(shell: clap_complete::Shell) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "portage-config", &mut script);
    let mut answer = Answer::default();
    answer.more.text = Some(String::from_utf8_lossy(&script).into_owned());
    answer.data = Data::Bytes(script);
    answer
}
