//! `rollback`.

use portage_config::apply::{ApplyError, Recovered, undo};
use portage_config::plan::{Plan, PlanError};
use portage_config::report::Report;
use portage_config::state::{About, State};

use crate::answer::{Answer, Data, Status};
use crate::args::{Look, Rollback};
use crate::changes::Show;
use crate::commands::run::{self, Doing};
use crate::{codes, json, load};

pub(crate) fn run(args: &Rollback, look: &Look) -> Answer {
    let mut answer = Answer::default();
    let Some(mut choices) = run::choices(&args.choose, &mut answer) else { return answer.nothing() };
    let Some(machine) = load::machine(&args.root, &mut answer) else { return answer.nothing() };
    let mut guard = None;
    if !args.run.dry_run {
        let taken = run::take(&machine, look).map_err(ApplyError::from);
        match taken.and_then(|mut guard| Ok((undo(&machine, &mut guard, args.run.sync())?, guard))) {
            Ok((undone, held)) => {
                if let Some(undone) = &undone {
                    answer.notes.push(taken_back(undone));
                }
                if undone.is_some() && args.generation.is_none() {
                    answer
                        .roots
                        .push(json::Root { dir: Some(args.root.to_string()), ..json::Root::default() });
                    return answer;
                }
                guard = Some(held);
            }
            Err(error) => return answer.failed(&codes::NOT_APPLIED, error.to_string(), None),
        }
    }
    let last = match State::open(&machine).and_then(|state| state.map(|s| s.generations()).transpose()) {
        Ok(all) => all.and_then(|all| all.last().copied()).unwrap_or_default(),
        Err(error) => return answer.failed(&codes::CANNOT_READ, error.to_string(), None),
    };
    if last == 0 {
        let help = Some("`portage-config apply` makes generations".to_owned());
        return answer.failed(&codes::NO_GENERATION, "nothing was applied to this root", help);
    }
    let generation = args.generation.unwrap_or(last - 1);
    let asks = !args.run.dry_run && run::may_ask(&args.run, look);
    let planned = loop {
        let mut report = Report::new();
        let planned = Plan::back(generation, &machine, &choices, &mut report);
        match &planned {
            Ok(plan) if asks && plan.conflicts().next().is_some() => {
                match run::ask_conflicts(plan, None, &answer.secrets, look) {
                    Some(chosen) => choices.paths.extend(chosen),
                    None => return answer.failed(&codes::NOT_APPLIED, "nothing was chosen", None),
                }
            }
            _ => {
                answer.take(report, None);
                break planned;
            }
        }
    };
    let plan = match planned {
        Ok(plan) => plan,
        Err(PlanError::NoGeneration(number)) => {
            let help = Some("`portage-config history` lists what is kept".to_owned());
            let message = format!("generation {number} is not kept, nor can one before it be gone back to");
            return answer.failed(&codes::NO_GENERATION, message, help);
        }
        Err(error) => return answer.failed(&codes::NOT_APPLIED, error.to_string(), None),
    };
    let mut text = String::new();
    let show = Show::of(args.text, args.meaning);
    run::show(&plan, None, show, &answer.secrets, &mut text);
    run::conflicts(&plan, "", &mut answer);
    let mut done = None;
    if answer.has_errors() {
        answer.notes.push("nothing was changed".to_owned());
    } else if plan.is_empty() {
        answer.notes.push(format!("nothing to do: all is as generation {generation} left it"));
    } else if args.run.dry_run {
        answer.status = Status::No;
        answer.notes.push("nothing was changed: this was a dry run".to_owned());
    } else {
        match run::confirm(&args.run, look, &mut text, 1, &mut answer) {
            Doing::Go => {}
            Doing::Stop => {
                answer.status = Status::No;
                answer.notes.push("nothing was changed".to_owned());
                return answer;
            }
            Doing::Unasked => return answer.nothing(),
        }
        let about = About {
            what: format!("rollback {generation}"),
            time: run::now(),
            program: run::PROGRAM.to_owned(),
            ..About::default()
        };
        let applied = match &mut guard {
            Some(guard) => plan.apply(&machine, guard, &about, &args.run.options()),
            None => Ok(None),
        };
        match applied {
            Ok(applied) => {
                if let Some(applied) = &applied {
                    let back = format!("back to generation {generation}: ");
                    answer.notes.push(run::done(&back, applied));
                }
                done = applied;
            }
            Err(error) => answer.fail(&codes::NOT_APPLIED, error.to_string(), None),
        }
    }
    let mut root = json::Root { dir: Some(args.root.to_string()), ..json::Root::default() };
    let shown = crate::output::is_for_programs(look).then_some(&plan);
    run::programs(shown, done.as_ref(), None, args.text, &answer, &mut root);
    answer.roots.push(root);
    // What was done is in the history.
    if look.quiet && !args.run.dry_run {
        text.clear();
    }
    answer.data = Data::Text(text);
    answer
}

/// What was found of a run that was cut off.
fn taken_back(undone: &Recovered) -> String {
    let mut text = format!(
        "an earlier run was cut off; {} of its files were changed and are as they were before",
        undone.now
    );
    for path in &undone.left {
        text.push_str(&format!("\n`{path}` was changed since, and left alone"));
    }
    text
}
