//! `completions`.

use crate::answer::{Answer, Data};
use crate::help;

pub(crate) fn run(shell: clap_complete::Shell) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut help::offered(), "portage-config", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == clap_complete::Shell::Bash {
        // Where the words are looked up clap_complete takes the dash of the name for the start of a command, so that
        // no option of a command would be offered.
        script = script.replace("portage__subcmd__config", "portage__config");
    }
    let mut answer = Answer::default();
    answer.more.text = Some(script.clone());
    answer.data = Data::Bytes(script.into_bytes());
    answer
}
