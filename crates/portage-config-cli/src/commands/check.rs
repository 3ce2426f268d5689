//! `check`.

use portage_config::render;
use portage_config::report::Report;

use crate::answer::{Answer, Status};
use crate::args::Check;
use crate::{json, load, locate};

pub(crate) fn run(args: &Check) -> Answer {
    let mut answer = Answer::default();
    let Some(templates) = load::templates(&args.templates, &mut answer) else { return answer.nothing() };
    let Some(loaded) = load::load(&args.spec, load::Need::Plain, &mut answer) else {
        return answer.nothing();
    };
    for root in loaded.roots() {
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
        loaded.check(root, &mut report);
        render::render(&root.config, &templates, &mut report);
        report.locate(|spot, sources| locate::locate(&root.origins, &loaded.spec.layers, spot, sources));
        locate::at_home(&mut report, &root.origins);
        answer.take(report, root.name.as_deref());
        answer.roots.push(json::Root::of(root));
    }
    locate::level(&mut answer, &loaded.spec.checks);
    if args.deny.is_some() {
        locate::deny_warnings(&mut answer);
    }
    answer.sort();
    if answer.findings.iter().any(|finding| is_no_answer(finding.diagnostic.code.id)) {
        return answer.nothing();
    }
    answer.findings_are_data = true;
    answer.status = if answer.has_errors() { Status::No } else { Status::Fine };
    answer
}

/// Whether a finding means that nothing can be said of the spec: a parameter is unset, or a template is at fault.
fn is_no_answer(code: &str) -> bool {
    code == "S013" || code.starts_with('T')
}
