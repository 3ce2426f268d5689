//! `diff`.

mod between;

use std::fmt::Write;

use anstyle::Style;
use portage_config::diff::{self, Change};
use portage_config::plan;
use portage_config::report::Report;
use portage_config::root::Root as Machine;
use portage_config::state::State;

use crate::answer::{Answer, Data, Status};
use crate::args::{Diff, Look};
use crate::changes::{self, Show};
use crate::commands::impact;
use crate::targets::{self, Target};
use crate::{codes, json, load, locate, progress};

const BOLD: Style = Style::new().bold();

pub(crate) fn run(args: &Diff, look: &Look) -> Answer {
    let Some(roots) = args.roots() else { return between::run(args, look) };
    let mut answer = Answer::default();
    let Some(templates) = load::templates(&args.templates, &mut answer) else { return answer.nothing() };
    let Some(specs) = targets::load(&args.specs(), look, &mut answer) else { return answer.nothing() };
    let Some(targets) = targets::targets(&specs, &roots, &mut answer) else { return answer.nothing() };
    let show = Show::of(args.text, args.meaning);
    let mut text = String::new();
    let mut differs = false;
    let mut works: Vec<_> = targets.iter().map(|target| (target, Ok(Vec::new()), Report::new())).collect();
    progress::each(
        &mut works,
        "comparing",
        |work| work.0.shown(),
        look,
        |(target, changes, report)| {
            *changes = Machine::open(&target.dir).map(|machine| {
                let config = &target.root.config;
                let mut changes = diff::diff(config, &templates, &machine, report);
                let last = || State::open(&machine).ok()??.last().ok()?;
                if let Some(last) = (!changes.is_empty()).then(last).flatten() {
                    plan::hide_held(&mut changes, config, &last);
                }
                changes
            });
        },
    );
    for (target, changes, report) in works {
        let Target { root, loaded, dir, .. } = target;
        let changes = match changes {
            Ok(changes) => changes,
            Err(error) => {
                answer.fail(&codes::CANNOT_READ, format!("cannot open the root {error}"), None);
                continue;
            }
        };
        answer.sources.join(&report.sources);
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..report };
        report.locate(|spot, sources| locate::locate(&root.origins, &loaded.spec.layers, spot, sources));
        answer.take(report, target.name.as_deref());
        differs |= !changes.is_empty();
        if let Some(name) = target.name.as_deref().filter(|_| !changes.is_empty()) {
            let _ = writeln!(text, "{BOLD}{name}{BOLD:#} ({dir})\n");
        }
        let all: Vec<&Change> = changes.iter().collect();
        text.push_str(&changes::people(&all, show, &answer.secrets));
        let changes =
            changes.iter().map(|change| changes::programs(change, args.text, &answer.secrets)).collect();
        let mut out = json::Root { changes: Some(changes), ..json::Root::of(root) };
        out.name = target.name.clone();
        out.dir = Some(dir.to_string());
        if args.impact.impact.is_some() {
            let found = impact::of(&root.config, &templates, dir, &args.impact);
            text.push_str(&impact::people(&found, &args.impact, look, &answer.secrets));
            out.impact = Some(impact::programs(&found, &answer.secrets));
        }
        answer.roots.push(out);
    }
    answer.sort();
    if answer.has_errors() {
        return answer.nothing();
    }
    answer.data = Data::Text(text);
    answer.pager = args.pager;
    answer.status = if differs { Status::No } else { Status::Fine };
    answer
}
