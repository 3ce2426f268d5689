//! `man`.

use std::io::{self, Write};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::answer::{Answer, Data};
use crate::args::Cli;
use crate::codes;

pub(crate) fn run(out: Option<&Path>) -> Answer {
    let mut answer = Answer::default();
    let done = match out {
        None => page(&whole(), &others(&whole())).map(|page| {
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

/// The command line with the names of all pages.
fn whole() -> Command {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    command
}

fn pages(folder: &Path) -> io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let whole = whole();
    let others = others(&whole);
    let inner = whole.get_subcommands().flat_map(Command::get_subcommands);
    let all: Vec<&Command> = std::iter::once(&whole).chain(whole.get_subcommands()).chain(inner).collect();
    for command in &all {
        std::fs::write(folder.join(format!("{}.1", name(command))), page(command, &others)?)?;
    }
    Ok(all.len())
}

/// The pages of the commands.
fn others(whole: &Command) -> Vec<String> {
    whole.get_subcommands().map(name).collect()
}

/// `portage-config-show`.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

/// One page. `others` are the pages that lie beside it.
fn page(command: &Command, others: &[String]) -> io::Result<Vec<u8>> {
    let with_help = command.clone().mut_arg("help", |help| help.help("Print help").long_help("Print help"));
    let man = Man::new(with_help).source(concat!("portage-config ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    let more = more(command.get_name());
    if !more.is_empty() {
        writeln!(page, ".PP")?;
        paragraphs(&mut page, more)?;
    }
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if let Some(text) = command.get_after_help() {
        let text = text.to_string();
        let lines = text.strip_prefix("Examples:\n").unwrap_or(&text).lines();
        writeln!(page, ".SH EXAMPLES\n.nf")?;
        for line in lines {
            writeln!(page, "{}", escape(line.strip_prefix("  ").unwrap_or(line)))?;
        }
        writeln!(page, ".fi")?;
    }
    writeln!(page, ".SH \"EXIT STATUS\"")?;
    for (status, meaning) in STATUS {
        writeln!(page, ".TP\n.B {status}\n{meaning}")?;
    }
    writeln!(page, ".SH FILES")?;
    for (path, what) in FILES {
        writeln!(page, ".TP\n.I {}\n{}", escape(path), escape(what))?;
    }
    let own = name(command);
    let mut also: Vec<&str> = vec!["portage-config"];
    also.extend(others.iter().map(String::as_str));
    also.retain(|other| *other != own);
    let also: Vec<String> = also.iter().map(|name| format!("{}(1)", escape(name))).collect();
    let rest = ["emerge(1)", "make.conf(5)", "portage(5)"].map(str::to_owned);
    writeln!(page, ".SH \"SEE ALSO\"\n{}", [also.as_slice(), &rest].concat().join(", "))?;
    Ok(page)
}

const STATUS: [(u8, &str); 3] = [
    (0, "Done, or all is well."),
    (1, "There is an answer, and it is no: something differs, is wrong, or is not there."),
    (
        2,
        "There is no answer: the command line or a spec cannot be understood, or something cannot be read or written.",
    ),
];

const FILES: [(&str, &str); 4] = [
    ("NAME.toml", "A spec: what a machine's configuration says."),
    ("NAME.d/", "Files without entries that an import found: a layer of the spec."),
    ("NAME.secrets/", "Credentials that an import found, a file each, for their owner alone."),
    (
        "/etc/portage",
        "What a spec speaks of, and /etc/fstab, /etc/ugrd, /etc/dracut.conf and others beside it.",
    ),
];

/// What the page says beyond the help.
fn more(command: &str) -> &'static [&'static str] {
    match command {
        "portage-config" => &[
            "A spec says what /etc/portage and the files beside it hold. It is shown, checked, rendered and compared \
             here. Data goes to standard output, everything else to standard error; with --format json the answer is one \
             document on standard output.",
        ],
        "apply" => &[
            "What would change is shown, and asked about unless --yes is given. What was there is kept with the generation \
             that this run becomes, in var/lib/portage-config of the root, and rollback brings it back. A run that was cut off \
             is finished first.",
            "A conflict is a file that is there and was never written by portage-config, or that was changed, removed or \
             replaced since. Nothing is written to a root as long as one of its conflicts is not decided: --keep-theirs leaves \
             what is there; --take-ours puts ours in its place; --merge takes the changes of both, and leaves the conflict \
             where both changed the same entry; --config-protect writes ours beside it, so that dispatch-conf(1) and \
             etc-update(1) finish the job. PATH is written as in a spec (make.conf, package.use/apps, /etc/fstab), and may be \
             a folder.",
            "With several specs or roots each has its own result: one that fails does not stop the others.",
        ],
        "rollback" => &[
            "Without a number the last generation is taken back, or the run that was cut off. Generation 0 is how the root was \
             before the first. What was changed by somebody else since is a conflict, as in apply.",
        ],
        "render" => &[
            "With --force a file that says what it should is not touched: bytes, mode and times stay. In others only the \
             lines that differ change.",
        ],
        "import" => &[
            "Entries keep their comments. Files without entries are patches, scripts, and what belongs to other programs.",
            "Rendered over the machine, the spec changes nothing there; rendered afresh, it gives Portage the same \
             configuration.",
        ],
        "edit" => &[
            "Comments, layout, order, owner and mode of an edited file stay, and links are written through.",
            "Not edited are files that make.conf names with `source`, other names of a file (hard links: they keep the \
             old text), and what named roots and variants of a spec say.",
        ],
        _ => &[],
    }
}

fn paragraphs(page: &mut Vec<u8>, all: &[&str]) -> io::Result<()> {
    for (at, text) in all.iter().enumerate() {
        let between = if at == 0 { "" } else { ".PP\n" };
        writeln!(page, "{between}{}", escape(text))?;
    }
    Ok(())
}

/// A line that roff prints as it stands.
fn escape(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga");
    if line.starts_with('.') { format!("\\&{line}") } else { line }
}
