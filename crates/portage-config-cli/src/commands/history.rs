//! `history`, and `diff --generation`.

use std::fmt::Write as _;

use portage_config::diff::Change;
use portage_config::plan::{self, PlanError};
use portage_config::report::Report;
use portage_config::root::Root as Machine;
use portage_config::state::{Manifest, State, StateError};

use crate::answer::{Answer, Data, Status};
use crate::args::{Diff, History};
use crate::changes::{self, Show};
use crate::commands::status;
use crate::excerpt::clean;
use crate::{codes, json, load};

pub(crate) fn run(args: &History) -> Answer {
    let mut answer = Answer::default();
    let Some(machine) = load::machine(&args.root, &mut answer) else { return answer.nothing() };
    let mut root = json::Root { dir: Some(args.root.to_string()), ..json::Root::default() };
    if let Some(generation) = args.generation {
        let mut report = Report::new();
        let changes = plan::done(generation, &machine, &mut report);
        answer.take(report, None);
        let changes = match changes {
            Ok(changes) => changes,
            Err(error) => return failed(answer, error),
        };
        let shown = Show { text: args.text, meaning: true };
        show(&changes, shown, &mut root, &mut answer);
        let one = State::open(&machine).and_then(|state| match state {
            Some(state) => state.manifest(generation),
            None => Ok(None),
        });
        if let Ok(Some(manifest)) = one {
            answer.notes.push(told(&manifest));
            root.generation = Some(generation);
            root.applied = Some(json::Generation::of(&manifest));
        }
        if answer.has_errors() {
            answer.status = Status::Nothing;
        }
        answer.roots.push(root);
        return answer;
    }
    let all = match all(&machine) {
        Ok(all) => all,
        Err(error) => return answer.failed(&codes::CANNOT_READ, error.to_string(), None),
    };
    if all.is_empty() {
        answer.notes.push("nothing was applied to this root".to_owned());
    }
    let mut text = String::new();
    let width = all.first().map_or(1, |last| last.generation.to_string().len());
    let words: Vec<String> = all.iter().map(what).collect();
    let wide = words.iter().map(|words| words.chars().count()).max().unwrap_or_default();
    for (at, (manifest, words)) in all.iter().zip(&words).enumerate() {
        let mark = if at == 0 { '*' } else { ' ' };
        let line = format!(
            "{mark} {:>width$}  {}  {words:<wide$}  {}",
            manifest.generation,
            manifest.about.time,
            counts(manifest)
        );
        let _ = writeln!(text, "{}", clean(&answer.secrets.hide(&line)));
    }
    root.generation = all.first().map(|last| last.generation);
    root.generations = Some(all.iter().map(json::Generation::of).collect());
    answer.roots.push(root);
    answer.data = Data::Text(text);
    answer
}

/// All generations that are kept, the last first.
fn all(machine: &Machine) -> Result<Vec<Manifest>, StateError> {
    let Some(state) = State::open(machine)? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for number in state.generations()?.into_iter().rev() {
        all.extend(state.manifest(number)?);
    }
    Ok(all)
}

fn what(manifest: &Manifest) -> String {
    match status::of_spec(manifest) {
        Some(spec) => format!("{} {spec}", manifest.about.what),
        None => manifest.about.what.clone(),
    }
}

/// `2 created, 1 updated`.
fn counts(manifest: &Manifest) -> String {
    let counts = json::Counts::of(manifest);
    let parts = [(counts.created, "created"), (counts.updated, "updated"), (counts.removed, "removed")];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() { "no path changed".to_owned() } else { parts.join(", ") }
}

fn told(manifest: &Manifest) -> String {
    format!(
        "generation {}: {}, {}: {}",
        manifest.generation,
        what(manifest),
        manifest.about.time,
        counts(manifest)
    )
}

/// `diff --generation`.
pub(crate) fn since(generation: u64, args: &Diff) -> Answer {
    let mut answer = Answer::default();
    let [dir] = args.root.as_slice() else {
        let help = Some("a generation is one of one root".to_owned());
        return answer.failed(&codes::USAGE, "--generation takes one --root", help);
    };
    let Some(machine) = load::machine(dir, &mut answer) else { return answer.nothing() };
    let mut report = Report::new();
    let changes = plan::since(generation, &machine, &mut report);
    answer.take(report, None);
    let changes = match changes {
        Ok(changes) => changes,
        Err(error) => return failed(answer, error),
    };
    let shown = Show::of(args.text, args.meaning);
    let mut root =
        json::Root { dir: Some(dir.clone()), generation: Some(generation), ..json::Root::default() };
    show(&changes, shown, &mut root, &mut answer);
    if !args.text {
        root.changes.iter_mut().flatten().for_each(|change| change.text = None);
    }
    answer.pager = args.pager;
    answer.status = if changes.is_empty() { Status::Fine } else { Status::No };
    if answer.has_errors() {
        return answer.nothing();
    }
    answer.roots.push(root);
    answer
}

fn show(changes: &[Change], shown: Show, root: &mut json::Root, answer: &mut Answer) {
    let all: Vec<&Change> = changes.iter().collect();
    answer.data = Data::Text(changes::people(&all, shown, &answer.secrets));
    root.changes =
        Some(changes.iter().map(|change| changes::programs(change, shown.text, &answer.secrets)).collect());
}

fn failed(answer: Answer, error: PlanError) -> Answer {
    match error {
        PlanError::NoGeneration(number) => {
            let help = Some("`portage-config history` lists what is kept".to_owned());
            answer.failed(&codes::NO_GENERATION, format!("generation {number} is not kept"), help)
        }
        PlanError::Reported => answer.nothing(),
        error => answer.failed(&codes::CANNOT_READ, error.to_string(), None),
    }
}
