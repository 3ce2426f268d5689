//! Printing: data to standard output, everything else to standard error.

use std::io::{self, Write};

use portage_config::report::Severity;

use crate::answer::{Answer, Data, Status};
use crate::args::{Color, Format, Look};
use crate::excerpt::{Excerpts, clean};
use crate::{github, json, pager, sarif};

/// Prints an answer; the status is the command's, unless the answer could not be written.
pub(crate) fn print(command: &str, answer: &Answer, look: &Look) -> Status {
    let written = match look.format {
        Format::Json => json(command, answer, look),
        Format::Human => human(answer, look),
        Format::Sarif => sarif::log(answer).map_err(io::Error::other).and_then(|text| whole(&text)),
        Format::Github => whole(&github::commands(answer)),
    };
    match written {
        Ok(()) => answer.status,
        // Whoever read has had enough: that changes nothing about the answer.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => answer.status,
        Err(error) => {
            let _ = writeln!(stderr(look), "error: cannot write to standard output: {error}");
            Status::Nothing
        }
    }
}

/// Whether an answer is for programs: what only they get costs nothing where people read.
pub(crate) fn is_for_programs(look: &Look) -> bool {
    look.format != Format::Human
}

fn json(command: &str, answer: &Answer, look: &Look) -> io::Result<()> {
    whole(&json::envelope(command, answer, look.verbose).map_err(io::Error::other)?)
}

fn whole(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn human(answer: &Answer, look: &Look) -> io::Result<()> {
    let mut data = stdout(look);
    match &answer.data {
        Data::None => {}
        Data::Text(text) if answer.pager && !text.is_empty() && pager::show(text, choice(look)).is_ok() => {}
        Data::Text(text) => write_text(&mut data, text)?,
        Data::Bytes(bytes) => io::stdout().lock().write_all(bytes)?,
    }
    let findings = findings(answer, look);
    if answer.findings_are_data {
        write_text(&mut data, &findings)?;
    }
    data.flush()?;
    io::stdout().lock().flush()?;
    // Nobody can be told when standard error is gone.
    let mut rest = stderr(look);
    if !answer.findings_are_data {
        let _ = rest.write_all(findings.as_bytes());
    }
    if !look.quiet {
        for note in &answer.notes {
            let _ = writeln!(rest, "{}", clean(&answer.secrets.hide(note)));
        }
        if let Some(summary) = summary(answer, look.verbose) {
            let _ = writeln!(rest, "{summary}");
        }
    }
    let _ = rest.flush();
    Ok(())
}

/// All findings that are shown, with colours.
fn findings(answer: &Answer, look: &Look) -> String {
    let excerpts = Excerpts::new(&answer.sources, &answer.secrets, look.verbose);
    let mut text = String::new();
    for finding in &answer.findings {
        let severe = finding.diagnostic.severity == Severity::Error;
        if if finding.allowed { look.verbose } else { severe || !look.quiet } {
            text.push_str(&excerpts.show(finding));
            text.push('\n');
        }
    }
    text
}

/// `2 errors, 1 warning`.
fn summary(answer: &Answer, verbose: bool) -> Option<String> {
    let allowed = answer.findings.iter().filter(|finding| finding.allowed).count();
    let counts = [
        (answer.count(Severity::Error), "error", "errors"),
        (answer.count(Severity::Warning), "warning", "warnings"),
        (answer.count(Severity::Hint), "hint", "hints"),
        (if verbose { allowed } else { 0 }, "allowed", "allowed"),
    ];
    let parts: Vec<String> = counts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    if !parts.is_empty() {
        Some(parts.join(", "))
    } else if answer.findings_are_data && answer.status == Status::Fine {
        Some("no findings".to_owned())
    } else {
        None
    }
}

fn choice(look: &Look) -> anstream::ColorChoice {
    match look.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    }
}

pub(crate) fn stdout(look: &Look) -> anstream::AutoStream<io::Stdout> {
    anstream::AutoStream::new(io::stdout(), choice(look))
}

/// Writes a long text. Where colours are taken out, it is not written piece by piece.
fn write_text(out: &mut anstream::AutoStream<io::Stdout>, text: &str) -> io::Result<()> {
    match out.current_choice() {
        anstream::ColorChoice::Never => {
            let mut plain = anstream::StripStream::new(Vec::with_capacity(text.len()));
            plain.write_all(text.as_bytes())?;
            io::stdout().lock().write_all(&plain.into_inner())
        }
        _ => out.write_all(text.as_bytes()),
    }
}

pub(crate) fn stderr(look: &Look) -> anstream::AutoStream<io::Stderr> {
    anstream::AutoStream::new(io::stderr(), choice(look))
}
