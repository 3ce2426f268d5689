//! `overlay update`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use portage_config::overlay::{self, Becomes, Source};
use portage_config::report::Report;

use super::fork::show;
use super::forks::{Forks, upstream};
use super::source::Distfiles;
use crate::answer::{Answer, Data, Status};
use crate::args::OverlayUpdate as Args;
use crate::{codes, json};

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let Some(forks) = Forks::open(&args.forks, &mut answer) else { return answer.nothing() };
    let distfiles = args.forks.distdir.as_deref().map(Distfiles::in_folder);
    let sources: &dyn Source = distfiles.as_ref().map_or(&(), |distfiles| distfiles);
    let (mut text, mut told, mut written) = (String::new(), Vec::new(), Vec::new());
    let mut becomes = BTreeSet::new();
    for (name, group) in forks.by_upstream(&args.forks) {
        let Some(from) = upstream(&name, &args.forks.root, &mut answer) else { continue };
        for fork in group {
            let mut report = Report::new();
            let updated = overlay::update(&fork, &forks.all, &from, &forks.overlay, sources, &mut report);
            let updated = match updated {
                Ok(updated) => updated,
                Err(error) => {
                    let text = format!("{}-{}: {error}", fork.cpn, fork.version);
                    answer.fail(&codes::CONFLICT, text, None);
                    continue;
                }
            };
            if let Becomes::Onto { cpn, version, .. } = &updated.outcome
                && !becomes.insert((cpn.clone(), version.clone()))
            {
                let text = format!("{}-{}: another fork becomes {cpn}-{version}", fork.cpn, fork.version);
                answer.fail(&codes::EXISTS, text, None);
                continue;
            }
            if !args.dry_run
                && let Err(error) = updated.changes.write(forks.overlay.root())
            {
                let text = format!("{}-{} is as it was: {error}", fork.cpn, fork.version);
                answer.fail(&codes::CANNOT_WRITE, text, None);
                continue;
            }
            let name = format!("{}-{}", updated.cpn, updated.version);
            let _ = match &updated.outcome {
                Becomes::Current => writeln!(text, "{name}: upstream is as it was"),
                Becomes::Gone => writeln!(text, "{name}: upstream is gone"),
                Becomes::Dropped => writeln!(text, "{name}: upstream has all of it; the fork goes"),
                Becomes::Onto { cpn, version, .. } => writeln!(text, "{name} -> {cpn}-{version}"),
                Becomes::Conflict(_) => writeln!(text, "{name}: conflict"),
                _ => Ok(()),
            };
            let _ = updated.merged.iter().try_for_each(|patch| writeln!(text, "  {patch} is in upstream's"));
            let _ = updated.applied.iter().try_for_each(|patch| writeln!(text, "  {patch} applies"));
            if distfiles.is_some() {
                let mut all = updated.untried.iter();
                let _ = all.try_for_each(|patch| writeln!(text, "  {patch} was not tried: no source"));
            }
            if let Becomes::Conflict(all) = &updated.outcome {
                let _ = all.iter().try_for_each(|(path, why)| writeln!(text, "  {path}: {why}"));
            } else {
                show(&updated.changes, &mut text);
            }
            if matches!(updated.outcome, Becomes::Conflict(_) | Becomes::Gone) {
                answer.status = answer.status.max(Status::No);
            }
            told.push(json::Fork::updated(&updated));
            written.extend(json::Overlay::changes(&updated.changes));
        }
    }
    if told.is_empty() && !answer.has_errors() {
        answer.notes.push("no forks".to_owned());
    }
    answer.data = Data::Text(text);
    answer.more.overlay = Some(json::Overlay {
        changes: Some(written),
        forks: Some(told),
        ..json::Overlay::of(&forks.dir, forks.overlay.name())
    });
    answer
}
