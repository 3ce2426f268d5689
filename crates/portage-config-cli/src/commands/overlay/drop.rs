//! `overlay drop`.

use std::fmt::Write as _;

use portage_config::overlay;
use portage_config::report::Report;
use portage_config::repository::Changes;

use super::fork::{show, write};
use super::forks::Forks;
use crate::answer::{Answer, Data};
use crate::args::{OverlayDrop as Args, RepoArgs};
use crate::{codes, json};

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let repo = RepoArgs { packages: args.atoms.clone(), repo: args.repo.clone() };
    let Some(forks) = Forks::open(&repo, &mut answer) else { return answer.nothing() };
    if forks.wanted.is_empty() {
        let text = format!("{} is no fork", args.atoms.join(", "));
        return answer.failed(
            &codes::USAGE,
            text,
            Some("`portage-config overlay status` shows them".to_owned()),
        );
    }
    let dropped = match overlay::drop_forks(&forks.wanted, &forks.all, &forks.overlay, &mut Report::new()) {
        Ok(dropped) => dropped,
        Err(error) => return answer.failed(&codes::CANNOT_READ, error.to_string(), None),
    };
    let (mut text, mut changes) = (String::new(), Changes::default());
    for one in &dropped {
        if !one.edited.is_empty() && !args.force {
            let paths: Vec<String> = one.edited.iter().map(|path| format!("`{path}`")).collect();
            let text = format!("{}-{}: changed by hand: {}", one.cpn, one.version, paths.join(", "));
            let help = "with --force it goes all the same".to_owned();
            answer.fail(&codes::CONFLICT, text, Some(help));
        }
        let _ = writeln!(text, "{}-{}: the fork goes", one.cpn, one.version);
        show(&one.changes, &mut text);
        let _ = writeln!(text, "  - metadata/forks/{}-{}/", one.cpn, one.version);
        for path in &one.left {
            answer.notes.push(format!("{path} stays: no fork brought it"));
        }
        changes.nodes.extend(one.changes.nodes.clone());
    }
    if answer.has_errors() {
        return answer.nothing();
    }
    answer.data = Data::Text(text);
    answer.more.overlay = Some(json::Overlay {
        changes: Some(json::Overlay::changes(&changes)),
        forks: Some(dropped.iter().map(json::Fork::dropped).collect()),
        ..json::Overlay::of(&forks.dir, forks.overlay.name())
    });
    write(&forks.overlay, &changes, args.dry_run, answer)
}
