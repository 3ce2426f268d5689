//! The pager of the user, when one is asked for.

use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use anstream::{AutoStream, ColorChoice};

/// Shows a text through `$PAGER`, which a shell reads as it does for man(1), or less(1). Whoever leaves the pager early
/// has seen enough.
///
/// # Errors
/// When there is no pager; nothing was shown then.
pub(crate) fn show(text: &str, color: ColorChoice) -> io::Result<()> {
    let color = match color {
        ColorChoice::Auto => AutoStream::choice(&io::stdout()),
        color => color,
    };
    let mut plain = AutoStream::new(Vec::new(), color);
    plain.write_all(text.as_bytes())?;
    let mut command = match env::var_os("PAGER").filter(|pager| !pager.is_empty()) {
        Some(pager) => {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(pager);
            shell
        }
        None => Command::new("less"),
    };
    // Colours, no second screen, and no pager for what fits on one, unless the user wants something else.
    if env::var_os("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut input) = child.stdin.take()
        && let Err(error) = input.write_all(&plain.into_inner())
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = child.wait();
        return Err(error);
    }
    match child.wait()?.code() {
        // What a shell says of a command that is not there.
        Some(126 | 127) => Err(io::ErrorKind::NotFound.into()),
        _ => Ok(()),
    }
}
