//! `overlay status`.

use std::fmt::Write as _;

use portage_config::overlay::{self, Source, State, Status as Became};
use portage_config::report::Report;

use super::forks::{Forks, upstream};
use super::source::Distfiles;
use crate::answer::{Answer, Data, Status};
use crate::args::OverlayStatus as Args;
use crate::{codes, json};

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let Some(forks) = Forks::open(&args.forks.repo, &mut answer) else { return answer.nothing() };
    let distfiles = args.forks.distdir.as_deref().map(Distfiles::in_folder);
    let sources: &dyn Source = distfiles.as_ref().map_or(&(), |distfiles| distfiles);
    let mut all = Vec::new();
    for (name, group) in forks.by_upstream(&args.forks) {
        let Some(from) = upstream(&name, &args.forks.root, &mut answer) else { continue };
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
        let found = overlay::status(&group, &forks.all, &from, &forks.overlay, sources, &mut report);
        answer.take(report, None);
        match found {
            Ok(found) => all.extend(found),
            Err(error) => answer.fail(&codes::CANNOT_READ, error.to_string(), None),
        }
    }
    all.sort_by(|a, b| (&a.cpn, &a.version).cmp(&(&b.cpn, &b.version)));
    if answer.has_errors() || all.iter().any(|one| one.state != State::Unchanged || !one.missing.is_empty()) {
        answer.status = answer.status.max(Status::No);
    }
    if all.is_empty() && !answer.has_errors() {
        answer.notes.push("no forks".to_owned());
    }
    let names: Vec<String> = all.iter().map(|one| format!("{}-{}", one.cpn, one.version)).collect();
    let wide = names.iter().map(String::len).max().unwrap_or_default();
    let mut text = String::new();
    for (one, name) in all.iter().zip(&names) {
        let _ = writeln!(
            text,
            "{name:<wide$}  {:<9}  {}",
            one.state.name(),
            said(one, distfiles.is_some()).join("; ")
        );
    }
    answer.data = Data::Text(text.lines().map(|line| format!("{}\n", line.trim_end())).collect());
    answer.more.overlay = Some(json::Overlay {
        forks: Some(all.iter().map(json::Fork::status).collect()),
        ..json::Overlay::of(&forks.dir, forks.overlay.name())
    });
    answer
}

fn said(one: &Became, tried: bool) -> Vec<String> {
    let from = &one.from;
    let mut all = vec![match &one.state {
        State::Unchanged => format!("as {from}"),
        State::Changed => format!("{from} holds something else"),
        State::Moved { version, revision, .. } => {
            format!("{from} -> {version}{}", if *revision { ", a revision" } else { "" })
        }
        State::Merged { version, .. } => format!("{version} has all patches"),
        State::Gone { newest: Some(newest), .. } => format!("{from} is gone; the newest is {newest}"),
        State::Gone { .. } => format!("{from} is gone"),
        _ => String::new(),
    }];
    match &one.state {
        State::Moved { cpn: Some(cpn), .. }
        | State::Merged { cpn: Some(cpn), .. }
        | State::Gone { to: Some(cpn), .. } => {
            all.push(format!("the package is {cpn}"));
        }
        _ => {}
    }
    if let State::Moved { slot: Some(slot), .. } = &one.state {
        all.push(format!("the slot is {slot}"));
    }
    if !matches!(one.state, State::Merged { .. }) {
        all.extend(one.merged.iter().map(|merged| format!("{} is in", merged.patch)));
    }
    if tried {
        all.extend(one.untried.iter().map(|patch| format!("{patch} was not tried: no source")));
    }
    all.extend(one.unknown.iter().map(|patch| format!("unknown whether {patch} is in: it is not all text")));
    all.extend(one.missing.iter().map(|path| format!("{path} is missing")));
    all
}
