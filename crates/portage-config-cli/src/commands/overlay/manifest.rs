//! `overlay manifest`.

use std::fmt::Write as _;

use portage_config::overlay::{Manifested, Options, Outcome, gather, manifest};
use portage_config::report::Report;

use super::open::{Opened, open};
use super::{counted, threads};
use crate::answer::{Answer, Data, Status};
use crate::args::{Look, OverlayManifest as Args};
use crate::{codes, json, progress};

pub(crate) fn run(args: &Args, look: &Look) -> Answer {
    let mut answer = Answer::default();
    if !args.add.is_empty() && args.repo.packages.len() != 1 {
        let help = Some("name the PACKAGE that the distfile belongs to".to_owned());
        return answer.failed(&codes::USAGE, "--add goes with one package", help);
    }
    if let Some(bad) = args.add.iter().find(|name| name.is_empty() || name.contains(['/', ' ', '\n', '\t'])) {
        return answer.failed(&codes::USAGE, format!("`{bad}` is no name of a distfile"), None);
    }
    let Some(Opened { dir, repository, packages, .. }) = open(&args.repo, &mut answer) else {
        return answer.nothing();
    };
    let mut options = Options::new(Some(args.dist.distdir.as_std_path()));
    options.add = &args.add;
    options.force = args.force;
    let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
    let work = match gather(&repository, &packages, &options, &mut report) {
        Ok(work) => work,
        Err(error) => {
            answer.take(report, None);
            return answer.failed(&codes::CANNOT_READ, format!("nothing was written: {error}"), None);
        }
    };
    let (changes, all) = progress::bytes("hashing", work.bytes(), look, |tell| {
        manifest(&work, &options, threads(), tell, &mut report)
    });
    answer.take(report, None);
    answer.sort();
    if !args.dry_run
        && let Err(error) = changes.write(repository.root())
    {
        return answer.failed(&codes::CANNOT_WRITE, format!("nothing was written: {error}"), None);
    }
    let failed = answer.has_errors() || all.iter().any(|one| one.outcome == Outcome::Failed);
    if failed || args.dry_run && !changes.is_empty() {
        answer.status = answer.status.max(Status::No);
    }
    let mut text = String::new();
    for one in &all {
        if one.outcome == Outcome::Same && one.dropped.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{}: {}", one.cpn, said(one, args.dry_run));
    }
    answer.notes.extend(super::no_distdir(&args.dist.distdir));
    let count = |outcome| all.iter().filter(|one| one.outcome == outcome).count();
    let same = count(Outcome::Same);
    answer.notes.push(match (packages.len(), same) {
        (packages, _) if packages > 0 && all.is_empty() => {
            "the repository is configured to have no Manifests".to_owned()
        }
        (packages, same) => format!("{}, {same} as before", counted(packages, "package")),
    });
    answer.data = Data::Text(text);
    answer.more.overlay = Some(json::Overlay {
        changes: Some(json::Overlay::changes(&changes)),
        manifests: Some(all.iter().map(json::Manifest::of).collect()),
        ..json::Overlay::of(&dir, repository.name())
    });
    answer
}

fn said(one: &Manifested, dry_run: bool) -> String {
    let mut text = match (one.outcome, dry_run) {
        (Outcome::Same, _) => "as it was".to_owned(),
        (Outcome::Written, false) => format!("written, {}", entries(one)),
        (Outcome::Written, true) => format!("would be written, {}", entries(one)),
        (Outcome::Removed, false) => "removed, there are no distfiles".to_owned(),
        (Outcome::Removed, true) => "would be removed, there are no distfiles".to_owned(),
        (Outcome::Failed, _) => "not written".to_owned(),
        (Outcome::Unused, _) => "not used".to_owned(),
    };
    if !one.dropped.is_empty() && one.outcome != Outcome::Failed {
        let _ = write!(text, "; no longer needed: {}", one.dropped.join(", "));
    }
    text
}

fn entries(one: &Manifested) -> String {
    if one.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", one.entries) }
}
