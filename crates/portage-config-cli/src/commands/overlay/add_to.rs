//! `overlay add-to`.

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::overlay::{AddTo, add_to};
use portage_config::root::Root;
use portage_config::tree::Node;
use portage_config::vocab::RelPath;

use crate::answer::Answer;
use crate::args::{Edit, OverlayAddTo as Args};
use crate::codes;
use crate::commands::edit;

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let dir = super::open::dir(&args.repo);
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
    let Some(location) = args.location.clone().or_else(|| within(&args.root, &dir)) else {
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
    let mut words = Edit {
        words: add_to(&add),
        root: Some(args.root.clone()),
        file: file(&args.root, name),
        dry_run: args.dry_run,
        allow_world_readable_secrets: false,
    };
    let statements = std::mem::take(&mut words.words);
    edit::machine(&args.root, &statements, &words, answer)
}

/// The path of a folder from the root that it lies in.
fn within(root: &Utf8Path, dir: &Utf8Path) -> Option<Utf8PathBuf> {
    let (root, dir) = (root.canonicalize_utf8().ok()?, dir.canonicalize_utf8().ok()?);
    dir.strip_prefix(&root).ok().map(|path| Utf8Path::new("/").join(path))
}

/// The file of its own that a section without a place gets, where repos.conf is a folder or not there.
fn file(root: &Utf8Path, name: &str) -> Option<String> {
    let machine = Root::open(root).ok()?;
    let path = RelPath::parse("etc/portage/repos.conf").ok()?;
    let names = match machine.read_through(&path).ok()? {
        Some(Node::Dir { .. }) => machine.list(Some(&path)).ok()?.unwrap_or_default(),
        Some(_) => return None,
        None => Vec::new(),
    };
    let has = |file: &std::ffi::OsString| {
        let text =
            std::fs::read_to_string(root.join(path.as_str()).as_std_path().join(file)).unwrap_or_default();
        text.lines().any(|line| line.trim() == format!("[{name}]"))
    };
    (!names.iter().any(has)).then(|| format!("repos.conf/{name}.conf"))
}
