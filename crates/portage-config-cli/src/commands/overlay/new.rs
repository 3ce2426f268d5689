//! `overlay new`.

use portage_config::overlay::{New as Wanted, new};
use portage_config::root::Root;
use portage_config::vocab::is_repo_name;

use super::fork::show;
use crate::answer::{Answer, Data};
use crate::args::OverlayNew as Args;
use crate::{codes, json};

pub(crate) fn run(args: &Args) -> Answer {
    let answer = Answer::default();
    let Some(mut wanted) = Wanted::named(&args.name) else {
        let help =
            "letters, digits, `_` and `-`, no `-` at the start, no version at the end, and not `DEFAULT`"
                .to_owned();
        let text = format!("`{}` is no name of a repository", args.name);
        return answer.failed(&codes::USAGE, text, Some(help));
    };
    if let Some(bad) = args.masters.iter().find(|name| !is_repo_name(name)) {
        return answer.failed(&codes::USAGE, format!("`{bad}` is no name of a repository"), None);
    }
    if args.masters.contains(&args.name) {
        let text = format!("`{}` cannot be its own master", args.name);
        return answer.failed(&codes::USAGE, text, None);
    }
    if args.no_master || !args.masters.is_empty() {
        wanted.masters.clone_from(&args.masters);
    }
    wanted.thin = !args.full_manifests;
    let changes = match new(&wanted) {
        Ok(changes) => changes,
        Err(error) => return answer.failed(&codes::CANNOT_WRITE, error.to_string(), None),
    };
    let fail = |answer: Answer, error: &dyn std::fmt::Display| {
        answer.failed(&codes::CANNOT_WRITE, format!("cannot make the overlay: {error}"), None)
    };
    let is_new = std::fs::symlink_metadata(&args.dir).is_err();
    if is_new
        && !args.dry_run
        && let Err(error) = std::fs::create_dir_all(&args.dir)
    {
        return fail(answer, &format!("`{}`: {error}", args.dir));
    }
    if !(is_new && args.dry_run) {
        let root = match Root::open(&args.dir) {
            Ok(root) => root,
            Err(error) => return fail(answer, &error),
        };
        for path in changes.nodes.keys() {
            if !matches!(root.read(path), Ok(None)) {
                let text = format!("`{}/{path}` is there already", args.dir);
                let help = "an overlay is made in a folder that holds none; to change one, edit its files"
                    .to_owned();
                return answer.failed(&codes::EXISTS, text, Some(help));
            }
        }
        if !args.dry_run
            && let Err(error) = changes.write(&root)
        {
            if is_new {
                let _ = std::fs::remove_dir(&args.dir);
            }
            return fail(answer, &error);
        }
    }
    let mut answer = answer;
    if args.dry_run {
        let mut text = String::new();
        show(&changes, &mut text);
        answer.data = Data::Text(text);
        answer.notes.push(format!("{}: would be the overlay `{}`", args.dir, wanted.name));
    } else {
        answer.notes.push(format!("{}: the overlay `{}`", args.dir, wanted.name));
    }
    answer.more.overlay = Some(json::Overlay {
        changes: Some(json::Overlay::changes(&changes)),
        ..json::Overlay::of(&args.dir, Some(&wanted.name))
    });
    answer
}
