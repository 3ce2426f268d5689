//! `overlay update`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use portage_config::overlay::{self, Becomes, Source, Updated};
use portage_config::report::Report;
use portage_config::vocab::Version;

use super::fork::show;
use super::forks::{Forks, upstream};
use super::source::Distfiles;
use crate::answer::{Answer, Data, Status};
use crate::args::OverlayUpdate as Args;
use crate::{codes, json};

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let to = match args.to.as_deref().map(|to| (to, Version::parse(to))) {
        Some((to, None)) => return answer.failed(&codes::USAGE, format!("`{to}` is no version"), None),
        Some((_, to)) => to,
        None => None,
    };
    let Some(mut forks) = Forks::open(&args.forks.repo, &mut answer) else { return answer.nothing() };
    if to.is_some() && forks.wanted.len() != 1 {
        let names = forks.wanted.iter().map(|fork| format!("={}-{}", fork.cpn, fork.version));
        let help = Some(names.collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty());
        let help = help.map(|names| format!("name one of {names}"));
        return answer.failed(&codes::USAGE, "--to goes with one fork", help);
    }
    let distfiles = args.forks.distdir.as_deref().map(Distfiles::in_folder);
    let sources: &dyn Source = distfiles.as_ref().map_or(&(), |distfiles| distfiles);
    let mut done = Done::default();
    let mut becomes = BTreeSet::new();
    for (name, group) in forks.by_upstream(&args.forks) {
        let Some(from) = upstream(&name, &args.forks.root, &mut answer) else { continue };
        let contested = match &to {
            None => overlay::contested(&group, &forks.all, &from, &forks.overlay, sources),
            Some(_) => Ok(BTreeMap::new()),
        };
        let mut lost = match contested {
            Ok(lost) => lost,
            Err(error) => {
                answer.fail(&codes::CANNOT_READ, error.to_string(), None);
                continue;
            }
        };
        for (at, fork) in group.iter().enumerate() {
            if let Some(updated) = lost.remove(&at) {
                done.tell(&updated, distfiles.is_some());
                answer.status = answer.status.max(Status::No);
                continue;
            }
            let (all, own) = (&forks.all, &forks.overlay);
            let updated = overlay::update(fork, all, to.as_ref(), &from, own, sources, &mut Report::new());
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
            if matches!(updated.outcome, Becomes::Conflict(_) | Becomes::Gone) {
                answer.status = answer.status.max(Status::No);
            }
            done.tell(&updated, distfiles.is_some());
            // What the next one of the package must know of this one.
            if !args.dry_run && group.iter().skip(at + 1).any(|other| other.cpn == fork.cpn) {
                forks.all = overlay::forks(&forks.overlay, &mut Report::new());
            }
        }
    }
    if answer.has_errors() {
        answer.status = answer.status.max(Status::No);
    } else if done.told.is_empty() {
        answer.notes.push("no forks".to_owned());
    }
    answer.data = Data::Text(done.text);
    answer.more.overlay = Some(json::Overlay {
        changes: Some(done.written),
        forks: Some(done.told),
        ..json::Overlay::of(&forks.dir, forks.overlay.name())
    });
    answer
}

/// What was done, in both forms.
#[derive(Default)]
struct Done {
    text: String,
    told: Vec<json::Fork>,
    written: Vec<json::Written>,
}

impl Done {
    fn tell(&mut self, updated: &Updated, tried: bool) {
        let text = &mut self.text;
        let name = format!("{}-{}", updated.cpn, updated.version);
        let _ = match &updated.outcome {
            Becomes::Current => writeln!(text, "{name}: upstream is as it was"),
            Becomes::Gone => writeln!(text, "{name}: upstream is gone"),
            Becomes::Dropped => writeln!(text, "{name}: upstream has all of it; the fork goes"),
            Becomes::Onto { cpn, version, .. } => writeln!(text, "{name} -> {cpn}-{version}"),
            Becomes::Taken { cpn, from, by: (other, version) } => {
                writeln!(text, "{name}: {cpn}-{from} goes to the fork {other}-{version}; this one stays")
            }
            Becomes::Conflict(_) => writeln!(text, "{name}: conflict"),
            _ => Ok(()),
        };
        let _ = updated.merged.iter().try_for_each(|patch| writeln!(text, "  {patch} is in upstream's"));
        let _ = updated.applied.iter().try_for_each(|patch| writeln!(text, "  {patch} applies"));
        let mut all = updated.unknown.iter();
        let _ = all.try_for_each(|patch| {
            writeln!(text, "  {patch} stays: unknown whether upstream has it, it is not all text")
        });
        if tried {
            let mut all = updated.untried.iter();
            let _ = all.try_for_each(|patch| writeln!(text, "  {patch} was not tried: no source"));
        }
        if let Becomes::Conflict(all) = &updated.outcome {
            let _ = all.iter().try_for_each(|(path, why)| writeln!(text, "  {path}: {why}"));
        } else {
            show(&updated.changes, text);
        }
        self.told.push(json::Fork::updated(updated));
        self.written.extend(json::Overlay::changes(&updated.changes));
    }
}
