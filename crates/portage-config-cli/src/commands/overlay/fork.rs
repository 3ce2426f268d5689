//! `overlay fork`.

use std::fmt::Write as _;

use portage_config::overlay::{self, OverlayError, Patch, Wanted};
use portage_config::report::Report;
use portage_config::repository::{Changes, EbuildRepository};
use portage_config::root::Root;
use portage_config::vocab::{Atom, Dialect};

use super::forks::upstream;
use super::open::dir;
use crate::answer::{Answer, Data};
use crate::args::OverlayFork as Args;
use crate::{codes, json};

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let mut wanted = match Atom::parse(&args.atom, Dialect::User) {
        Ok(atom) if !atom.is_wildcard() => Wanted::new(atom),
        Ok(_) => {
            return answer.failed(&codes::USAGE, format!("`{}` names no single package", args.atom), None);
        }
        Err(error) => {
            let help = error.help();
            return answer.failed(&codes::USAGE, error.to_string(), help);
        }
    };
    wanted.live = args.live;
    wanted.keywords = Some(args.keywords.join(" ")).filter(|keywords| !keywords.is_empty());
    for path in &args.patches {
        match std::fs::read(path) {
            Ok(bytes) => {
                let name = path.file_name().unwrap_or_default().to_owned();
                wanted.patches.push(Patch { name, bytes });
            }
            Err(error) => answer.fail(&codes::CANNOT_READ, format!("`{path}`: {error}"), None),
        }
    }
    let from = upstream(&args.from, &args.root, &mut answer);
    let Some(from) = from.filter(|_| !answer.has_errors()) else { return answer.nothing() };
    if args.as_user_patch {
        return as_user_patch(args, &from, &wanted, answer);
    }
    let folder = dir(&args.repo);
    let mut report = Report::new();
    let opened = Root::open(&folder).and_then(|root| EbuildRepository::open(root, &mut report));
    let own = match opened {
        Ok(own) => own,
        Err(error) => {
            return answer.failed(&codes::CANNOT_READ, format!("cannot read the overlay {error}"), None);
        }
    };
    if own.name().is_none() {
        let help = format!("`portage-config overlay new {folder} --name NAME` makes one");
        return answer.failed(&codes::USAGE, format!("`{folder}` is no ebuild repository"), Some(help));
    }
    let forked = match overlay::fork(&from, &own, &wanted, &mut report) {
        Ok(forked) => forked,
        Err(error) => return refused(answer, &error),
    };
    let mut text = format!("{}-{} from {}-{}\n", forked.cpn, forked.version, forked.cpn, forked.from);
    show(&forked.changes, &mut text);
    answer.data = Data::Text(text);
    answer.more.overlay = Some(json::Overlay {
        changes: Some(json::Overlay::changes(&forked.changes)),
        forks: Some(vec![json::Fork::forked(&forked, from.name())]),
        ..json::Overlay::of(&folder, own.name())
    });
    if forked.user_patches {
        answer.notes.push(
            "no fork is needed: the ebuild applies what lies in /etc/portage/patches; --as-user-patch writes it there"
                .to_owned(),
        );
    }
    write(&own, &forked.changes, args.dry_run, answer)
}

/// Writes what is to be changed in an overlay.
pub(super) fn write(overlay: &EbuildRepository, changes: &Changes, dry_run: bool, answer: Answer) -> Answer {
    if dry_run {
        return answer;
    }
    match changes.write(overlay.root()) {
        Ok(()) => answer,
        Err(error) => answer.failed(&codes::CANNOT_WRITE, format!("nothing is changed: {error}"), None),
    }
}

/// The paths, the records aside.
pub(super) fn show(changes: &Changes, text: &mut String) {
    for (path, node) in &changes.nodes {
        if path.below("metadata/forks").is_none() {
            let sign = if node.is_some() { '+' } else { '-' };
            let _ = writeln!(text, "  {sign} {path}");
        }
    }
}

/// What stands against it.
pub(super) fn refused(answer: Answer, error: &OverlayError) -> Answer {
    let (code, help) = match error {
        OverlayError::Root(_) => (&codes::CANNOT_READ, None),
        OverlayError::Exists(_) => {
            (&codes::EXISTS, Some("`portage-config overlay update` takes a fork onto the newest".to_owned()))
        }
        OverlayError::Edit { source, .. } if source.to_string().contains("src_prepare") => (
            &codes::CONFLICT,
            Some(
                "--as-user-patch puts patches where an ebuild that calls eapply_user applies them".to_owned(),
            ),
        ),
        OverlayError::NoMatch { .. } => (&codes::USAGE, None),
        _ => (&codes::CONFLICT, None),
    };
    answer.failed(code, error.to_string(), help)
}

fn as_user_patch(args: &Args, from: &EbuildRepository, wanted: &Wanted, answer: Answer) -> Answer {
    let mut report = Report::new();
    let changes = match overlay::user_patches(from, wanted, &mut report) {
        Ok(changes) => changes,
        Err(error) => return refused(answer, &error),
    };
    let machine = match Root::open(&args.root) {
        Ok(machine) => machine,
        Err(error) => return answer.failed(&codes::CANNOT_READ, error.to_string(), None),
    };
    for (path, node) in &changes.nodes {
        match machine.read(path) {
            Ok(None) => {}
            Ok(there) if there == *node => {}
            Ok(_) => {
                return answer.failed(&codes::EXISTS, format!("`/{path}` is there, and another patch"), None);
            }
            Err(error) => return answer.failed(&codes::CANNOT_READ, error.to_string(), None),
        }
    }
    let mut answer = answer;
    let mut text = String::new();
    show(&changes, &mut text);
    answer.data = Data::Text(text);
    answer.more.overlay = Some(json::Overlay {
        changes: Some(json::Overlay::changes(&changes)),
        ..json::Overlay::of(&args.root, None)
    });
    if !args.dry_run
        && let Err(error) = changes.write(&machine)
    {
        return answer.failed(&codes::CANNOT_WRITE, format!("nothing is changed: {error}"), None);
    }
    answer
}
