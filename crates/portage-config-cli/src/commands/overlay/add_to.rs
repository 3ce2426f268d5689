//! `overlay add-to`.

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::overlay::{AddTo, add_to, own_file};
use portage_config::root::Root;

use crate::answer::Answer;
use crate::args::{Edit, OverlayAddTo as Args};
use crate::codes;
use crate::commands::edit;

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let inside = within(&args.root, &args.repo);
    let dir = super::open::dir(inside.as_ref().map_or(&args.repo, |(_, dir)| dir));
    let Some(repository) = super::open::repository(&dir, &mut answer) else { return answer };
    let Some(name) = repository.name().filter(|name| portage_config::vocab::is_repo_name(name)) else {
        let help = Some("`portage-config overlay check` says more".to_owned());
        return answer.failed(&codes::CANNOT_READ, format!("`{dir}` is no repository with a name"), help);
    };
    if name == "DEFAULT" {
        let help = Some("give the repository another name: layout.conf, profiles/repo_name".to_owned());
        let text = "the section `[DEFAULT]` of repos.conf holds for all repositories, and is none of its own";
        return answer.failed(&codes::USAGE, text, help);
    }
    let inside = within(&args.root, &dir).map(|(location, _)| location);
    let Some(location) = args.location.clone().or(inside) else {
        let text = format!("`{dir}` does not lie in `{}`", args.root);
        let help = Some("say with --location where the machine has it".to_owned());
        return answer.failed(&codes::USAGE, text, help);
    };
    if !location.is_absolute() {
        let text = format!("`{location}` is no path from the machine's `/`");
        return answer.failed(&codes::USAGE, text, None);
    }
    let mut add = AddTo::new(name, location.as_str());
    add.priority = args.priority;
    if args.masters {
        add.masters = repository.layout().masters().to_vec();
    }
    let file = match Root::open(&args.root).map_err(Into::into).and_then(|machine| own_file(&machine, name)) {
        Ok(file) => file,
        Err(error) => return answer.failed(&codes::CANNOT_READ, error.to_string(), None),
    };
    let mut words = Edit {
        words: add_to(&add),
        root: Some(args.root.clone()),
        file,
        dry_run: args.dry_run,
        allow_world_readable_secrets: false,
    };
    let statements = std::mem::take(&mut words.words);
    edit::machine(&args.root, &statements, &words, answer)
}

/// The folder of a repository as the machine sees it: the path of its root that it is, links on the way resolved in there,
/// and where that is here. `None` where it does not lie in the root.
fn within(root: &Utf8Path, repo: &Utf8Path) -> Option<(Utf8PathBuf, Utf8PathBuf)> {
    let whole = |path: &Utf8Path| Utf8PathBuf::try_from(std::path::absolute(path).ok()?).ok();
    let (absolute, real) = (whole(root)?, root.canonicalize_utf8().ok()?);
    let folders = [whole(repo), repo.canonicalize_utf8().ok()];
    let below = folders.iter().flatten().find_map(|folder| {
        let plain = folder.components().all(|part| part.as_str() != "..");
        let below = folder.strip_prefix(&absolute).or_else(|_| folder.strip_prefix(&real));
        below.ok().filter(|_| plain)
    })?;
    let path = Root::open(root).ok()?.resolve(below.as_str())?;
    Some((Utf8Path::new("/").join(path.as_str()), root.join(path.as_str())))
}
