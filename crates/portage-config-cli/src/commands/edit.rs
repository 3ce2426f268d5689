//! `edit`.

use portage_config::edit::{self, Edits, Options};
use portage_config::report::Report;
use portage_config::spec::Disk;
use similar::TextDiff;

use crate::answer::{Answer, Data};
use crate::args::Edit;
use crate::changes;
use crate::commands::readers;
use crate::excerpt::hide_spec;
use crate::secrets::Secrets;
use crate::{codes, json, load};

pub(crate) fn run(args: &Edit) -> Answer {
    let mut answer = Answer::default();
    match (&args.root, args.words.as_slice()) {
        (None, [first, ..]) if is_statement(first) => {
            let help = "write `edit --root DIR STATEMENT…` for the files of a machine, `edit SPEC STATEMENT…` for a spec";
            answer.failed(&codes::USAGE, "neither --root nor a spec is given", Some(help.to_owned()))
        }
        (Some(_), []) | (None, [] | [_]) => {
            let help = "write `edit --root DIR STATEMENT…` or `edit SPEC STATEMENT…`".to_owned();
            answer.failed(&codes::USAGE, "nothing is said that would change", Some(help))
        }
        (Some(dir), statements) => {
            // A spec in front of the statements would be one of them that nobody can read.
            if statements.first().is_some_and(|word| !word.contains(':') && word.ends_with(".toml")) {
                let help = "a root or a spec is edited, not both: leave out one of them".to_owned();
                return answer.failed(&codes::USAGE, "both --root and a spec are given", Some(help));
            }
            machine(dir, statements, args, answer)
        }
        (None, [path, statements @ ..]) => {
            if args.file.is_some() {
                answer.fail(&codes::USAGE, "--file goes with --root", None);
                return answer.nothing();
            }
            spec(path, statements, args, answer)
        }
    }
}

/// Whether a word is a statement where a spec should be.
fn is_statement(word: &str) -> bool {
    word.contains(':') && !word.starts_with("preset:") && !std::path::Path::new(word).exists()
}

fn words(statements: &[String]) -> Vec<&str> {
    statements.iter().map(String::as_str).collect()
}

pub(super) fn machine(
    dir: &camino::Utf8Path,
    statements: &[String],
    args: &Edit,
    mut answer: Answer,
) -> Answer {
    let Some(machine) = load::machine(dir, &mut answer) else { return answer.nothing() };
    let mut report = Report::new();
    let mut options = Options::default();
    options.file.clone_from(&args.file);
    options.exposed = args.allow_world_readable_secrets;
    let edits = edit::root(&machine, &words(statements), &options, &mut report);
    readers::how_to_allow(&mut report);
    answer.take(report, None);
    answer.sort();
    let Some(edits) = edits else { return answer.nothing() };
    if !args.dry_run
        && let Err(error) = edits.write(&machine)
    {
        return answer.failed(&codes::CANNOT_WRITE, format!("nothing was written: {error}"), None);
    }
    let mut text = String::new();
    for change in &edits.files {
        text.push_str(&changes::coloured(&changes::unified(change, &answer.secrets)));
    }
    answer.notes.push(note(edits.files.len(), args.dry_run));
    answer.roots.push(json::Root {
        dir: Some(dir.to_string()),
        edits: Some(programs(&edits, &answer.secrets)),
        changes: Some(
            edits.files.iter().map(|change| changes::programs(change, true, &answer.secrets)).collect(),
        ),
        ..json::Root::default()
    });
    answer.data = Data::Text(text);
    answer
}

fn note(count: usize, dry_run: bool) -> String {
    let files = match count {
        0 => return "nothing to change".to_owned(),
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    if dry_run { format!("{files} would change") } else { format!("{files} changed") }
}

fn programs(edits: &Edits, secrets: &Secrets) -> Vec<json::Edit> {
    (edits.edited.iter())
        .map(|edited| json::Edit {
            path: edited.path.to_string(),
            entry: secrets.hide(&edited.entry).into_owned(),
            meaning: edited.meaning.iter().map(|meaning| changes::meant(meaning, secrets)).collect(),
            effects: (edited.effects.iter())
                .map(|effect| json::Effect {
                    code: effect.code.id,
                    message: secrets.hide(&effect.message).into_owned(),
                })
                .collect(),
        })
        .collect()
}

fn spec(path: &str, statements: &[String], args: &Edit, mut answer: Answer) -> Answer {
    // Only to know what is secret in it: what is wrong with it is said below.
    let mut known = Answer::default();
    load::load_path(path, load::How::default(), &mut known);
    answer.secrets = known.secrets;
    let mut report = Report::new();
    let edited = edit::spec(path, &Disk, &words(statements), &mut report);
    answer.take(report, None);
    answer.sort();
    let Some(edited) = edited else { return answer.nothing() };
    let differs = edited.before != edited.after;
    if differs
        && !args.dry_run
        && let Err(error) = edited.write()
    {
        return answer.failed(&codes::CANNOT_WRITE, format!("nothing was written: {error}"), None);
    }
    let (old, new) = (hide_spec(&edited.before, &answer.secrets), hide_spec(&edited.after, &answer.secrets));
    let diff = TextDiff::from_lines(&old, &new);
    let name = path.trim_start_matches('/');
    let unified = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
    let mut text = String::new();
    if differs {
        text = changes::coloured(&unified);
        answer.more.text = Some(unified);
    }
    answer.notes.push(note(usize::from(differs), args.dry_run));
    answer.data = Data::Text(text);
    answer
}
