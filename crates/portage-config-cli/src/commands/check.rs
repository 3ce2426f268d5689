//! `check`.

use portage_config::render;
use portage_config::report::Report;

use super::fix;
use super::subject::Subject;
use crate::answer::{Answer, Status};
use crate::args::Check;
use crate::{json, load, locate};

pub(crate) fn run(args: &Check) -> Answer {
    let mut answer = Answer::default();
    let Some(subject) = Subject::open(args, &mut answer) else { return answer.nothing() };
    if args.fix { fix::run(args, subject) } else { judge(args, &subject) }
}

/// What is wrong with a spec or a machine as it is, or as it would be.
pub(super) fn judge(args: &Check, subject: &Subject) -> Answer {
    let mut answer = Answer::default();
    let Some(templates) = load::templates(&args.templates, &mut answer) else { return answer.nothing() };
    let Some(loaded) = subject.load(&mut answer) else { return answer.nothing() };
    for root in loaded.roots() {
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
        loaded.check(root, &mut report);
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
    answer.findings_are_data = true;
    answer.status = if answer.has_errors() { Status::No } else { Status::Fine };
    answer
}

/// Whether a finding means that nothing can be said of the spec: a parameter is unset, or a template is at fault.
fn is_no_answer(code: &str) -> bool {
    code == "S013" || code.starts_with('T')
}
