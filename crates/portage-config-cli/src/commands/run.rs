//! What `apply` and `rollback` share: choices, questions, and what is said of a plan and of what was done.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, Write as _};

use portage_config::apply::{Applied, Recovered};
use portage_config::diff::Change;
use portage_config::plan::{Choice, Choices, Plan};
use portage_config::root::Root as Machine;
use portage_config::state::{Guard, StateError};
use portage_config::vocab::RelPath;

use crate::answer::{Answer, Status};
use crate::args::{Choose, Format, Look, RunArgs};
use crate::changes::{self, Show};
use crate::excerpt::clean;
use crate::secrets::Secrets;
use crate::{codes, json};

/// Who did it.
pub(super) const PROGRAM: &str = concat!("portage-config ", env!("CARGO_PKG_VERSION"));

/// The present, as RFC 3339 has it.
pub(super) fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()
}

/// Takes a machine; says so where it has to wait for another run.
pub(super) fn take(machine: &Machine, look: &Look) -> Result<Guard, StateError> {
    match Guard::take(machine, false) {
        Err(StateError::Io(error)) if error.source.kind() == std::io::ErrorKind::WouldBlock => {
            if !look.quiet {
                let dir = machine.dir().display();
                let _ = writeln!(crate::output::stderr(look), "waiting for another run on `{dir}`");
            }
            Guard::take(machine, true)
        }
        other => other,
    }
}

/// What was chosen on the command line.
pub(super) fn choices(args: &Choose, answer: &mut Answer) -> Option<Choices> {
    let mut choices = Choices::default();
    for (choice, paths) in [
        (Choice::KeepTheirs, &args.keep_theirs),
        (Choice::TakeOurs, &args.take_ours),
        (Choice::Merge, &args.merge),
        (Choice::ConfigProtect, &args.config_protect),
    ] {
        for path in paths {
            if path.is_empty() {
                if let Some(other) = choices.all.replace(choice) {
                    let message =
                        format!("both --{} and --{} hold for all files", other.name(), choice.name());
                    answer.fail(
                        &codes::USAGE,
                        message,
                        Some("name the files of one: --OPTION=PATH".to_owned()),
                    );
                }
                continue;
            }
            let full = match path.strip_prefix('/') {
                Some(rest) => rest.to_owned(),
                None if path.starts_with("etc/") || path.starts_with("var/") => path.clone(),
                None => format!("etc/portage/{path}"),
            };
            match RelPath::parse(full.trim_end_matches('/')) {
                Ok(path) => drop(choices.paths.insert(path, choice)),
                Err(error) => answer.fail(&codes::USAGE, format!("`{path}`: {error}"), None),
            }
        }
    }
    (!answer.has_errors()).then_some(choices)
}

/// Whether somebody sits at a terminal and has not answered beforehand.
pub(super) fn may_ask(args: &RunArgs, look: &Look) -> bool {
    !args.yes
        && look.format == Format::Human
        && std::io::stdin().is_terminal()
        && std::io::stderr().is_terminal()
}

/// Asks what is to be done about each conflict; `None`: nothing at all.
pub(super) fn ask_conflicts(
    plan: &Plan,
    name: Option<&str>,
    secrets: &Secrets,
    look: &Look,
) -> Option<BTreeMap<RelPath, Choice>> {
    let mut chosen = BTreeMap::new();
    for item in &plan.items {
        let Some(conflict) = &item.conflict else { continue };
        let path = &item.change.path;
        let shown = clean(&secrets.hide(&format!("{path}: {conflict}")));
        loop {
            let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
            let mut question = format!("{name}{shown}\n ");
            for choice in conflict.choices {
                let word = match choice {
                    Choice::KeepTheirs => "(k)eep theirs",
                    Choice::TakeOurs => "(t)ake ours",
                    Choice::Merge => "(m)erge",
                    Choice::ConfigProtect => "write ._(c)fg beside it",
                    _ => continue,
                };
                let _ = write!(question, " {word},");
            }
            question.push_str(" show the (d)ifference, (q)uit? ");
            let answer = ask(&question)?;
            let choice = match answer.chars().next().map(|c| c.to_ascii_lowercase()) {
                Some('k') => Choice::KeepTheirs,
                Some('t') => Choice::TakeOurs,
                Some('m') => Choice::Merge,
                Some('c') => Choice::ConfigProtect,
                Some('d') => {
                    let text = changes::people(&[&item.change], Show { text: true, meaning: true }, secrets);
                    let _ = crate::output::stderr(look).write_all(text.as_bytes());
                    continue;
                }
                Some('q') => return None,
                _ => continue,
            };
            if conflict.choices.contains(&choice) {
                chosen.insert(path.clone(), choice);
                break;
            }
        }
    }
    Some(chosen)
}

fn ask(question: &str) -> Option<String> {
    let mut err = std::io::stderr();
    let _ = err.write_all(question.as_bytes()).and_then(|()| err.flush());
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim().to_owned()),
    }
}

/// What is to happen.
pub(super) enum Doing {
    Go,
    Stop,
    /// Nobody can be asked, and nobody said so beforehand.
    Unasked,
}

/// Asks whether it is to be done. What is shown before is printed then.
pub(super) fn confirm(
    args: &RunArgs,
    look: &Look,
    text: &mut String,
    roots: usize,
    answer: &mut Answer,
) -> Doing {
    if args.yes {
        return Doing::Go;
    }
    if !may_ask(args, look) {
        let help = "look at it with --dry-run, then say --yes".to_owned();
        answer.fail(&codes::NOT_ASKED, "there is no terminal to ask at whether to do it", Some(help));
        return Doing::Unasked;
    }
    let _ = crate::output::stdout(look).write_all(text.as_bytes());
    text.clear();
    let what = if roots == 1 { String::new() } else { format!(" to {roots} roots") };
    match ask(&format!("Apply these changes{what}? [y/N] ")) {
        Some(answer) if matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") => Doing::Go,
        _ => Doing::Stop,
    }
}

/// The plan, for people.
pub(super) fn show(plan: &Plan, name: Option<&str>, show: Show, secrets: &Secrets, text: &mut String) {
    if let Some(name) = name.filter(|_| !plan.items.is_empty()) {
        let _ = writeln!(text, "{name}\n");
    }
    let all: Vec<&Change> = plan.items.iter().map(|item| &item.change).collect();
    text.push_str(&changes::people(&all, show, secrets));
}

/// The conflicts that are left, as findings.
pub(super) fn conflicts(plan: &Plan, what: &str, answer: &mut Answer) {
    let mut all = Vec::new();
    for (path, conflict) in plan.conflicts() {
        let options: Vec<String> =
            conflict.choices.iter().map(|choice| format!("--{}", choice.name())).collect();
        all.push((format!("{what}`{path}`: {conflict}"), options.join(", ")));
    }
    for (message, options) in all {
        answer.fail(&codes::CONFLICT, message, Some(format!("choose: {options}")));
        answer.status = Status::Nothing;
    }
}

/// What was found of an earlier run.
pub(super) fn finished(recovered: &Recovered, name: Option<&str>) -> String {
    let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
    let mut text = format!(
        "{name}an earlier run was cut off; {} of its files were changed, {} now: it is generation {}",
        recovered.done, recovered.now, recovered.generation
    );
    for path in &recovered.left {
        let _ = write!(text, "\n{name}`{path}` was changed since, and left alone");
    }
    text
}

/// What was done.
pub(super) fn done(what: &str, done: &Applied) -> String {
    let count = done.changes;
    let paths = if count == 1 { "path" } else { "paths" };
    format!("{what}{count} {paths} changed, generation {}", done.generation)
}

/// The same, for programs.
pub(super) fn programs(
    plan: Option<&Plan>,
    done: Option<&Applied>,
    recovered: Option<&Recovered>,
    with_text: bool,
    answer: &Answer,
    root: &mut json::Root,
) {
    let list = |items: &[portage_config::plan::Item]| {
        let of = |item: &portage_config::plan::Item| {
            let mut change = changes::programs(&item.change, with_text, &answer.secrets);
            change.at = item.at.as_ref().map(ToString::to_string);
            change.conflict = item.conflict.as_ref().map(|conflict| {
                let entries: Vec<&str> = conflict.entries.iter().map(|entry| entry.key.as_str()).collect();
                serde_json::json!({
                    "reason": conflict.reason,
                    "choices": conflict.choices,
                    "entries": entries,
                })
            });
            change
        };
        items.iter().map(of).collect::<Vec<_>>()
    };
    root.changes = plan.map(|plan| list(&plan.items));
    root.kept = plan.map(|plan| list(&plan.kept)).filter(|kept| !kept.is_empty());
    root.generation = done.map(|done| done.generation);
    root.recovered = recovered.map(|recovered| json::Recovered {
        generation: recovered.generation,
        done: recovered.done,
        now: recovered.now,
        left: recovered.left.iter().map(ToString::to_string).collect(),
    });
}
