//! `check`.

use portage_config::report::Report;
use portage_config::target::Processor;
use portage_config::{lint, render};

use super::fix;
use super::repositories::Packages;
use super::subject::Subject;
use crate::answer::{Answer, Status};
use crate::args::{Check, Look};
use crate::{codes, json, load, locate};

pub(crate) fn run(args: &Check, look: &Look) -> Answer {
    let mut answer = Answer::default();
    let Some(subject) = Subject::open(args, &mut answer) else { return answer.nothing() };
    let mut answer = if args.fix { fix::run(args, subject) } else { judge(args, &subject) };
    // Nobody who asked for no packages wants to be told each time.
    let is_asked = args.packages.root.is_some() || !args.packages.repo.is_empty();
    if (is_asked || look.verbose) && answer.status != Status::Nothing {
        let notes = said(answer.more.skipped.as_deref().unwrap_or_default());
        answer.notes.extend(notes);
    }
    answer
}

/// What is wrong with a spec or a machine as it is, or as it would be.
pub(super) fn judge(args: &Check, subject: &Subject) -> Answer {
    let mut answer = Answer::default();
    let Some(templates) = load::templates(&args.templates, &mut answer) else { return answer.nothing() };
    let Some(loaded) = subject.load(&mut answer) else { return answer.nothing() };
    let Some(packages) = Packages::open(&args.packages, &mut answer) else { return answer.nothing() };
    let Some(processor) = processor(args, &mut answer) else { return answer.nothing() };
    let mut skipped: Vec<json::Skipped> = Vec::new();
    for root in loaded.roots() {
        let repositories = match &packages {
            Some(packages) => match packages.of(&root.config, &mut answer) {
                Some(repositories) => Some(repositories),
                None => return answer.nothing(),
            },
            None => None,
        };
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
        loaded.check(root, &mut report);
        if let Some(target) = &root.target {
            lint::for_target(&root.config, target, &mut report);
        }
        if let Some(processor) = &processor {
            lint::on_processor(&root.config, processor, &mut report);
        }
        let left = match &repositories {
            Some(repositories) => lint::with_repositories(&root.config, repositories, &mut report),
            None => lint::without_repositories(),
        };
        for left in left {
            let left = json::Skipped { code: left.code.id, reason: left.reason };
            if !skipped.contains(&left) {
                skipped.push(left);
            }
        }
        if subject.is_spec() {
            render::render(&root.config, &templates, &mut report);
        }
        report.locate(|spot, sources| locate::locate(&root.origins, &loaded.spec.layers, spot, sources));
        locate::at_home(&mut report, &root.origins);
        answer.take(report, root.name.as_deref());
        answer.roots.push(json::Root { dir: subject.dir(), ..json::Root::of(root) });
    }
    locate::level(&mut answer, &loaded.spec.checks);
    if args.deny.is_some() {
        locate::deny_warnings(&mut answer);
    }
    answer.sort();
    if answer.findings.iter().any(|finding| is_no_answer(finding.diagnostic.code.id)) {
        return answer.nothing();
    }
    subject.fixes(&mut answer);
    answer.more.skipped = Some(skipped);
    answer.findings_are_data = true;
    answer.status = if answer.has_errors() { Status::No } else { Status::Fine };
    answer
}

/// The CPU of `--cpuinfo`; the outer `None`: no answer.
#[expect(clippy::option_option, reason = "see above")]
fn processor(args: &Check, answer: &mut Answer) -> Option<Option<Processor>> {
    let Some(path) = &args.cpuinfo else { return Some(None) };
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            answer.fail(&codes::CANNOT_READ, format!("cannot read `{path}`: {error}"), None);
            return None;
        }
    };
    match Processor::read(&text) {
        Ok(processor) => Some(Some(processor)),
        Err(error) => {
            let help = "give the text of /proc/cpuinfo, read on the machine that the programs are to run on"
                .to_owned();
            answer.fail(&codes::CANNOT_READ, format!("`{path}` has {error}"), Some(help));
            None
        }
    }
}

/// What was not run: a line for each reason.
fn said(skipped: &[json::Skipped]) -> Vec<String> {
    let mut reasons: Vec<&str> = Vec::new();
    for left in skipped {
        if !reasons.contains(&left.reason.as_str()) {
            reasons.push(&left.reason);
        }
    }
    let line = |reason: &str| {
        let codes: Vec<&str> =
            skipped.iter().filter(|left| left.reason == reason).map(|left| left.code).collect();
        format!("not run: {} ({reason})", codes.join(" "))
    };
    reasons.into_iter().map(line).collect()
}

/// Whether a finding means that nothing can be said of the spec: a parameter is unset, or a template is at fault.
fn is_no_answer(code: &str) -> bool {
    code == "S013" || code.starts_with('T')
}
