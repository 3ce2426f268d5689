//! `check --fix`: what is safe to mend is mended.
//!
//! Safe is what only one thing can be meant by, what stands in the spec or the machine that was named, and what leaves the
//! finding gone and no other in its place: that is tried before anything is written.

use std::collections::BTreeSet;

use portage_config::edit::EditedSpec;
use portage_config::mend;
use portage_config::report::Mend;
use similar::TextDiff;

use super::check::judge;
use super::import::counted;
use super::subject::Subject;
use crate::answer::{Answer, Data, Finding, Status};
use crate::args::Check;
use crate::excerpt::hide_spec;
use crate::{changes, codes, json};

/// What tells a finding from others, wherever it stands by now: code, file, key and word.
type Id = (&'static str, String, String, String);

fn id(finding: &Finding) -> Id {
    let spot = &finding.diagnostic.spot;
    let path = spot.path.as_ref().map(ToString::to_string).unwrap_or_default();
    let word = spot.word.clone().unwrap_or_else(|| finding.diagnostic.message.clone());
    (finding.diagnostic.code.id, path, spot.key.to_string(), word)
}

/// A subject, and what is wrong with it.
struct Judged {
    subject: Subject,
    answer: Answer,
    mended: Vec<json::Fixed>,
}

pub(super) fn run(args: &Check, subject: Subject) -> Answer {
    let answer = judge(args, &subject);
    if answer.status == Status::Nothing {
        return answer;
    }
    let before = match Subject::open(args, &mut Answer::default()) {
        Some(before) => before,
        None => return answer,
    };
    let mut judged = Judged { subject, answer, mended: Vec::new() };
    judged = match together(args, &judged) {
        Some(all) => all,
        None => one_by_one(args, judged),
    };
    finish(args, &before, judged)
}

/// All mends at once, which is what mostly holds; `None` where one of them stands in the way.
fn together(args: &Check, judged: &Judged) -> Option<Judged> {
    let mut wanted: Vec<&Finding> =
        judged.answer.findings.iter().filter(|found| found.diagnostic.mend.is_some()).collect();
    // Places stay right where what stands behind them is mended first; statements and paths have none.
    wanted.sort_by_key(|found| {
        let is_late = !matches!(found.diagnostic.mend, Some(Mend::Word(_) | Mend::Name(_)));
        let moves = matches!(found.diagnostic.mend, Some(Mend::Path(_)));
        (moves, is_late, std::cmp::Reverse(found.diagnostic.spot.span.map(|span| span.start)))
    });
    let mut subject: Option<Subject> = None;
    let mut done = Vec::new();
    for finding in wanted {
        if let Some(next) = subject.as_ref().unwrap_or(&judged.subject).mended(finding, &judged.answer) {
            subject = Some(next);
            done.push(finding);
        }
    }
    let subject = subject?;
    let answer = judge(args, &subject);
    let mended = done.iter().map(|finding| fixed(finding, &judged.answer)).collect();
    holds(&judged.answer, &answer, &done).then_some(Judged { subject, answer, mended })
}

/// One mend after the other, each tried on its own.
fn one_by_one(args: &Check, mut judged: Judged) -> Judged {
    let mut tried: BTreeSet<Id> = BTreeSet::new();
    loop {
        let next = judged.answer.findings.iter().find_map(|finding| {
            (finding.diagnostic.mend.is_some() && tried.insert(id(finding))).then_some(())?;
            let subject = judged.subject.mended(finding, &judged.answer)?;
            let answer = judge(args, &subject);
            let is_better = holds(&judged.answer, &answer, &[finding]);
            is_better.then(|| (subject, answer, fixed(finding, &judged.answer)))
        });
        let Some((subject, answer, mended)) = next else { return judged };
        judged.subject = subject;
        judged.answer = answer;
        judged.mended.push(mended);
    }
}

/// Whether these findings are gone, and no others are there in their place. A file that lies elsewhere by now is read, and so
/// is an entry of another name: what is said of it that is no error was true before.
fn holds(before: &Answer, after: &Answer, done: &[&Finding]) -> bool {
    let known: BTreeSet<Id> = before.findings.iter().map(id).collect();
    let moved: Vec<String> = done
        .iter()
        .filter_map(|finding| match &finding.diagnostic.mend {
            Some(Mend::Path(path)) => Some(path.to_string()),
            _ => None,
        })
        .collect();
    let renamed = |finding: &Finding| {
        let spot = &finding.diagnostic.spot;
        done.iter().any(|done| match &done.diagnostic.mend {
            Some(Mend::Name(name)) => {
                spot.path == done.diagnostic.spot.path && spot.key.0.first() == Some(name)
            }
            _ => false,
        })
    };
    let left: BTreeSet<Id> = after.findings.iter().map(id).collect();
    after.status != Status::Nothing
        && done.iter().all(|finding| !left.contains(&id(finding)))
        && after.findings.iter().all(|finding| {
            let id = id(finding);
            let is_error = finding.diagnostic.severity == portage_config::report::Severity::Error;
            known.contains(&id)
                || finding.allowed
                || (!is_error && (moved.contains(&id.1) || renamed(finding)))
        })
}

fn fixed(finding: &Finding, answer: &Answer) -> json::Fixed {
    let diagnostic = &finding.diagnostic;
    let source = diagnostic.spot.span.and_then(|span| answer.sources.get(span.source));
    let path = source.map(|source| source.name.clone());
    json::Fixed {
        code: diagnostic.code.id,
        message: answer.secrets.hide(&diagnostic.message).into_owned(),
        path: path.or_else(|| diagnostic.spot.path.as_ref().map(ToString::to_string)),
    }
}

fn finish(args: &Check, before: &Subject, judged: Judged) -> Answer {
    let Judged { subject, mut answer, mended } = judged;
    let mut text = String::new();
    let written = match (before, &subject) {
        (Subject::Spec { .. }, Subject::Spec { args: spec, text: Some(after) }) => {
            let path = spec.spec.split('#').next().unwrap_or_default();
            let edited = EditedSpec::of(path, before.text().unwrap_or_default(), after.clone());
            let (old, new) =
                (hide_spec(&edited.before, &answer.secrets), hide_spec(&edited.after, &answer.secrets));
            let name = path.trim_start_matches("./").trim_start_matches('/');
            let diff = TextDiff::from_lines(&old, &new);
            let unified = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
            text = changes::coloured(&unified);
            answer.more.text = Some(unified);
            if args.dry_run { Ok(()) } else { edited.write() }
        }
        (Subject::Machine { tree: old, .. }, Subject::Machine { machine, tree: new, .. }) => {
            let all = mend::changes(old, new);
            for change in &all {
                text.push_str(&changes::coloured(&changes::unified(change, &answer.secrets)));
            }
            if let Some(root) = answer.roots.first_mut() {
                root.changes =
                    Some(all.iter().map(|change| changes::programs(change, true, &answer.secrets)).collect());
            }
            if args.dry_run || all.is_empty() { Ok(()) } else { mend::write(&all, machine) }
        }
        _ => Ok(()),
    };
    if let Err(error) = written {
        return answer.failed(&codes::CANNOT_WRITE, format!("not all was written: {error}"), None);
    }
    let how = if args.dry_run { "would be mended" } else { "mended" };
    answer.notes.extend(mended.iter().map(|fixed| format!("{how}: {} {}", fixed.code, fixed.message)));
    answer.notes.push(format!("{} {how}", counted(mended.len(), "finding")));
    answer.more.fixed = Some(mended);
    answer.data = Data::Text(text);
    answer
}
