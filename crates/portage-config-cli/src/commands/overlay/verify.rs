//! `overlay verify`.

use std::fmt::Write as _;

use portage_config::overlay::{Found, listed, verify};
use portage_config::report::Report;

use super::open::{Opened, open};
use super::{counted, threads};
use crate::answer::{Answer, Data, Status};
use crate::args::{Look, OverlayVerify as Args};
use crate::{codes, json, progress};

pub(crate) fn run(args: &Args, look: &Look) -> Answer {
    let mut answer = Answer::default();
    let Some(Opened { dir, repository, packages, .. }) = open(&args.repo, &mut answer) else {
        return answer.nothing();
    };
    let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
    let distdir = Some(args.dist.distdir.as_std_path());
    let work = match listed(&repository, &packages, distdir, &mut report) {
        Ok(work) => work,
        Err(error) => {
            answer.take(report, None);
            return answer.failed(&codes::CANNOT_READ, error.to_string(), None);
        }
    };
    let all =
        progress::bytes("hashing", work.bytes(), look, |tell| verify(&work, threads(), tell, &mut report));
    answer.take(report, None);
    answer.sort();
    if answer.has_errors() || all.iter().any(|one| one.found.is_wrong()) {
        answer.status = answer.status.max(Status::No);
    }
    answer.notes.extend(super::no_distdir(&args.dist.distdir));
    let count = |found: Found| all.iter().filter(|one| one.found == found).count();
    let mut text = String::new();
    for one in all.iter().filter(|one| one.found.is_wrong()) {
        let _ = writeln!(text, "{}: {} {}: {}", one.cpn, one.kind, one.name, one.found.name());
    }
    let (right, absent) = (count(Found::Right), count(Found::Absent));
    let wrong = all.iter().filter(|one| one.found.is_wrong()).count();
    answer.notes.push(format!("{right} right, {wrong} wrong, {} not there", counted(absent, "distfile")));
    answer.data = Data::Text(text);
    answer.more.overlay = Some(json::Overlay {
        files: Some(all.iter().map(json::Verified::of).collect()),
        ..json::Overlay::of(&dir, repository.name())
    });
    answer
}
