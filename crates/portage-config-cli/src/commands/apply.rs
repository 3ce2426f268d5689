//! `apply`.

use portage_config::apply::{Applied, ApplyError, Recovered, recover};
use portage_config::lint;
use portage_config::plan::{Choices, Item, Plan};
use portage_config::report::Report;
use portage_config::repository::{ReposConf, Repositories, Updates};
use portage_config::root::Root as Machine;
use portage_config::state::{About, Guard};
use portage_config::template::Templates;
use portage_config::tree::Node;

use crate::answer::{Answer, Data, Status};
use crate::args::{Apply, Look};
use crate::changes::Show;
use crate::commands::impact::{self, Known};
use crate::commands::readers;
use crate::commands::run::{self, Doing};
use crate::output::is_for_programs;
use crate::targets::{self, Target};
use crate::{codes, json, load, locate, progress};

/// A machine with what is to be done to it.
struct Work<'a> {
    target: &'a Target<'a>,
    machine: Machine,
    guard: Option<Guard>,
    recovered: Option<Recovered>,
    plan: Option<Plan>,
    report: Report,
    /// Why nothing can be done, or was.
    failed: Option<String>,
    done: Option<Applied>,
    /// What it means for packages, where that was asked for.
    impact: Option<Result<Known, String>>,
}

pub(crate) fn run(args: &Apply, look: &Look) -> Answer {
    let mut answer = Answer::default();
    let Some(templates) = load::templates(&args.templates, &mut answer) else { return answer.nothing() };
    let Some(specs) = targets::load(&args.specs, look, &mut answer) else { return answer.nothing() };
    let Some(targets) = targets::targets(&specs, &args.roots, &mut answer) else { return answer.nothing() };
    let Some(choices) = run::choices(&args.choose, &mut answer) else { return answer.nothing() };

    let mut works: Vec<Work<'_>> = Vec::new();
    for target in &targets {
        let Some(machine) = load::machine(&target.dir, &mut answer) else { continue };
        works.push(Work {
            target,
            machine,
            guard: None,
            recovered: None,
            plan: None,
            report: Report::new(),
            failed: None,
            done: None,
            impact: None,
        });
    }
    let dry = args.run.dry_run;
    progress::each(
        &mut works,
        "planning",
        |work| work.target.shown(),
        look,
        |work| {
            if !dry {
                work.begin(args.run.sync(), look);
            }
            work.plan(&templates, &choices, args);
        },
    );
    // Where somebody can be asked, conflicts are.
    if !dry && run::may_ask(&args.run, look) {
        for work in &mut works {
            let mut own = choices.clone();
            // A merge may be one more conflict.
            while let Some(plan) = work.plan.as_ref().filter(|plan| plan.conflicts().next().is_some())
                && work.failed.is_none()
            {
                match run::ask_conflicts(plan, work.target.name.as_deref(), &answer.secrets, look) {
                    Some(chosen) => {
                        own.paths.extend(chosen);
                        work.plan(&templates, &own, args);
                    }
                    None => work.failed = Some("nothing was chosen".to_owned()),
                }
            }
        }
    }
    let many = works.len() > 1;
    for work in &mut works {
        work.tell(&mut answer);
    }
    let mut text = String::new();
    for work in &mut works {
        work.show(many, args, &mut answer, &mut text);
        work.weigh(&templates, args, look, &answer, &mut text);
    }
    let wanted = works.iter().filter(|work| work.is_to_do()).count();
    if !dry && wanted > 0 {
        match run::confirm(&args.run, look, &mut text, wanted, &mut answer) {
            Doing::Go => {}
            Doing::Stop => {
                answer.data = Data::Text(text);
                answer.status = answer.status.max(Status::No);
                answer.notes.push("nothing was changed".to_owned());
                works.iter().for_each(|work| answer.roots.push(work.programs(args.text, look, &answer)));
                return answer;
            }
            Doing::Unasked => return answer.nothing(),
        }
        progress::each(
            &mut works,
            "applying",
            |work| work.target.shown(),
            look,
            |work| {
                if work.is_to_do() {
                    work.apply(args);
                }
            },
        );
    }
    for work in &works {
        work.result(dry, &mut answer);
        let root = work.programs(args.text, look, &answer);
        answer.roots.push(root);
    }
    answer.sort();
    // What was done is in the history.
    if look.quiet && !dry {
        text.clear();
    }
    answer.data = Data::Text(text);
    answer
}

/// Tells which package moves of Portage a plan would undo, as far as the machine's repositories are there.
fn moves(plan: &Plan, machine: &Machine, report: &mut Report) {
    let changed = |item: &Item| match (&item.change.before, &item.change.after) {
        (Some(Node::File { bytes: before, .. }), Some(Node::File { bytes: after, .. })) => {
            Some((item.change.path.clone(), before.0.clone(), after.0.clone()))
        }
        _ => None,
    };
    let items = plan.items.iter().filter(|item| lint::names_packages(&item.change.path));
    let changed: Vec<_> = items.filter_map(changed).collect();
    if changed.is_empty() {
        return;
    }
    let repositories = Repositories::open(&ReposConf::read(machine), Some(machine), &[]);
    let Ok(updates) = repositories.and_then(|found| Updates::of(&found)) else { return };
    for (path, before, after) in &changed {
        lint::undone(path, before, after, &updates, report);
    }
}

impl Work<'_> {
    /// Takes the machine, and finishes what an earlier run left.
    fn begin(&mut self, sync: bool, look: &Look) {
        let guard = run::take(&self.machine, look).map_err(ApplyError::from);
        match guard.and_then(|mut guard| Ok((recover(&self.machine, &mut guard, sync)?, guard))) {
            Ok((recovered, guard)) => {
                self.recovered = recovered;
                self.guard = Some(guard);
            }
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    fn plan(&mut self, templates: &Templates, choices: &Choices, args: &Apply) {
        if self.failed.is_some() {
            return;
        }
        let mut report = Report::new();
        let config = &self.target.root.config;
        if !args.allow_world_readable_secrets {
            readers::refuse(self.target.root, &mut report);
        }
        if report.has_errors() {
            self.failed = Some("a secret would be readable for everybody".to_owned());
            self.report = report;
            return;
        }
        match Plan::new(config, templates, &self.machine, choices, &mut report) {
            Ok(plan) => {
                moves(&plan, &self.machine, &mut report);
                self.plan = Some(plan);
            }
            Err(error) => self.failed = Some(error.to_string()),
        }
        self.report = report;
    }

    /// Shows the plan to people.
    fn show(&self, many: bool, args: &Apply, answer: &mut Answer, text: &mut String) {
        let Some(plan) = &self.plan else { return };
        let name = self.target.name.as_deref();
        let show = Show::of(args.text, args.meaning);
        run::show(plan, name.filter(|_| many), show, &answer.secrets, text);
        if plan.items.is_empty() {
            return;
        }
        let mut judged = Answer::default();
        let mut report = Report::new();
        self.target.loaded.check(self.target.root, &mut report);
        judged.take(report, name);
        locate::level(&mut judged, &self.target.loaded.spec.checks);
        if judged.has_errors() {
            answer.notes.push(format!("it has mistakes: see `portage-config check {}`", self.target.spec));
        }
    }

    /// Finds out what the plan means for packages, and shows it.
    fn weigh(
        &mut self,
        templates: &Templates,
        args: &Apply,
        look: &Look,
        answer: &Answer,
        text: &mut String,
    ) {
        let is_plan = self.plan.as_ref().is_some_and(|plan| !plan.is_empty());
        if args.impact.impact.is_none() || !is_plan {
            return;
        }
        let found = impact::of(&self.target.root.config, templates, &self.target.dir, &args.impact);
        text.push_str(&impact::people(&found, &args.impact, look, &answer.secrets));
        self.impact = Some(found);
    }

    fn is_to_do(&self) -> bool {
        self.failed.is_none()
            && self.plan.as_ref().is_some_and(|plan| !plan.is_empty() && plan.conflicts().next().is_none())
    }

    fn apply(&mut self, args: &Apply) {
        let (Some(plan), Some(guard)) = (&self.plan, &mut self.guard) else { return };
        let about = About {
            what: "apply".to_owned(),
            time: run::now(),
            spec: Some(self.target.spec.to_owned()),
            root: self.target.root.name.clone(),
            variants: args.specs.variants.clone(),
            program: run::PROGRAM.to_owned(),
        };
        match plan.apply(&self.machine, guard, &about, &args.run.options()) {
            Ok(done) => self.done = done,
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    /// Says what was found on the way.
    fn tell(&mut self, answer: &mut Answer) {
        let name = self.target.name.as_deref();
        let report = std::mem::take(&mut self.report);
        answer.sources.join(&report.sources);
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..report };
        let (origins, layers) = (&self.target.root.origins, &self.target.loaded.spec.layers);
        report.locate(|spot, sources| locate::locate(origins, layers, spot, sources));
        answer.take(report, name);
        if let Some(recovered) = &self.recovered {
            answer.notes.push(run::finished(recovered, name));
        }
    }

    /// What came of it, as findings and remarks.
    fn result(&self, dry: bool, answer: &mut Answer) {
        let name = self.target.name.as_deref();
        let what = name.map(|name| format!("{name}: ")).unwrap_or_default();
        if let Some(message) = &self.failed {
            if message != "what is to be done cannot be told" || !answer.has_errors() {
                answer.fail(&codes::NOT_APPLIED, format!("{what}{message}"), None);
            }
            answer.status = Status::Nothing;
            return;
        }
        let Some(plan) = &self.plan else { return };
        run::conflicts(plan, &what, answer);
        answer.notes.push(match (&self.done, dry) {
            _ if plan.conflicts().next().is_some() => format!("{what}nothing was changed"),
            (Some(done), _) => run::done(&what, done),
            (None, true) if !plan.is_empty() => {
                answer.status = answer.status.max(Status::No);
                format!("{what}nothing was changed: this was a dry run")
            }
            _ => format!("{what}nothing to do"),
        });
    }

    fn programs(&self, with_text: bool, look: &Look, answer: &Answer) -> json::Root {
        let mut root = json::Root::of(self.target.root);
        root.name = self.target.name.clone();
        root.dir = Some(self.target.dir.to_string());
        root.impact = self.impact.as_ref().map(|found| impact::programs(found, &answer.secrets));
        run::programs(
            self.plan.as_ref().filter(|_| is_for_programs(look)),
            self.done.as_ref(),
            self.recovered.as_ref(),
            with_text,
            answer,
            &mut root,
        );
        root.result = Some(match &self.plan {
            _ if self.failed.is_some() => "failed",
            Some(plan) if plan.conflicts().next().is_some() => "conflict",
            _ if self.done.is_some() => "applied",
            Some(plan) if plan.is_empty() => "unchanged",
            _ => "planned",
        });
        root
    }
}
