//! Forks that a spec asks for: made of what lies in another repository when the spec is read.

use super::super::Files;
use super::super::code;
use super::super::folder::{Folder, place_all};
use super::super::source::at;
use super::said::{Fork, Said, Value};
use super::{Utf8Path, Utf8PathBuf};
use crate::overlay::{self, New, OverlayError, Patch, Wanted};
use crate::report::{Report, Span};
use crate::repository::EbuildRepository;
use crate::tree::Tree;
use crate::vocab::{Atom, Dialect, RelPath, is_repo_name};

/// Where ::gentoo lies on most machines.
const GENTOO: &str = "/var/db/repos/gentoo";

/// The files of a repository that is made of its forks.
pub(super) fn load(
    name: &str,
    said: &Said,
    place: &(String, Span),
    files: &dyn Files,
    report: &mut Report,
) -> Option<Folder> {
    let mut new = New::named(name)?;
    new.masters.clear();
    let mut tree = Tree::new();
    let mut packages: Vec<String> = Vec::new();
    for (atom, fork) in &said.forks {
        let Some(made) = make(atom, fork, said, files, report) else { continue };
        let (master, made) = made;
        if !is_repo_name(&master) {
            let message = format!("`{master}` is no name of an ebuild repository, so it can be no master");
            at(report, &code::S010, fork.span, message)
                .set_help("see layout.conf and profiles/repo_name of the repository that is forked from");
            continue;
        }
        if master != name && !new.masters.contains(&master) {
            new.masters.push(master);
        }
        let cpn = made.cpn.to_string();
        if packages.contains(&cpn) {
            at(report, &code::S007, fork.span, format!("`{cpn}` is forked twice"))
                .set_help("keep several versions in a folder of their own, made by `overlay fork`: `tree`");
            continue;
        }
        packages.push(cpn);
        tree.nodes.extend(made.changes.nodes.into_iter().filter_map(|(path, node)| Some((path, node?))));
    }
    let own = overlay::new(&new).ok()?;
    tree.nodes.extend(own.nodes.into_iter().filter_map(|(path, node)| Some((path, node?))));
    Some(Folder::new(Some(place.clone()), tree, Utf8Path::new(&format!("overlay:{name}")), report))
}

/// One fork, and the name of the repository that it was taken from.
fn make(
    text: &str,
    fork: &Fork,
    said: &Said,
    files: &dyn Files,
    report: &mut Report,
) -> Option<(String, overlay::Forked)> {
    let atom = match Atom::parse(text, Dialect::User) {
        Ok(atom) if atom.repo().is_none() && !atom.is_wildcard() && atom.use_deps().is_none() => atom,
        Ok(_) => {
            at(report, &code::S009, fork.span, format!("`{text}` names no package that can be forked"))
                .set_help(
                    "write a category and a name, with a version where another than the newest is meant",
                );
            return None;
        }
        Err(error) => {
            at(report, &code::S009, fork.span, format!("`{text}`: {error}")).help = error.help();
            return None;
        }
    };
    let from = upstream(fork, said, files, report);
    let patches: Vec<Option<Patch>> = fork.patches.iter().map(|value| patch(value, files, report)).collect();
    let from = from?;
    let mut wanted = Wanted::new(atom);
    wanted.patches = patches.into_iter().collect::<Option<_>>()?;
    wanted.keywords = fork.keywords.as_ref().map(|value| value.text.clone());
    let mut inside = Report::new();
    let made = overlay::fork_alone(&from, &wanted, &mut inside);
    place_all(inside, Utf8Path::new(from.root().dir().to_str().unwrap_or_default()), fork.span, report);
    match made {
        Ok(made) => Some((from.name().unwrap_or("gentoo").to_owned(), made)),
        Err(error) => {
            let code = if matches!(error, OverlayError::Root(_)) { &code::S003 } else { &code::S011 };
            at(report, code, fork.span, error.to_string());
            None
        }
    }
}

fn upstream(fork: &Fork, said: &Said, files: &dyn Files, report: &mut Report) -> Option<EbuildRepository> {
    let value = fork.from.as_ref().or(said.from.as_ref());
    let (path, span) = match value {
        Some(value) => (value.path(), value.span),
        None => (Utf8PathBuf::from(GENTOO), fork.span),
    };
    let mut inside = Report::new();
    let opened = files.root(&path).and_then(|root| {
        // A folder that lies at this place and holds no repository has no ebuild either.
        EbuildRepository::open(root, &mut inside).map_err(|error| error.source)
    });
    match opened {
        Ok(repository) => Some(repository),
        Err(error) => {
            at(report, &code::S003, span, format!("the ebuild repository `{path}` cannot be read: {error}"))
                .set_help("name the folder that the package is taken from: `from = \"FOLDER\"`");
            None
        }
    }
}

fn patch(value: &Value, files: &dyn Files, report: &mut Report) -> Option<Patch> {
    let path = value.path();
    let name = path.file_name().unwrap_or_default().to_owned();
    match files.read(&path) {
        Ok(bytes) if RelPath::parse(&name).is_ok() => Some(Patch { name, bytes }),
        Ok(_) => {
            at(report, &code::S006, value.span, format!("`{name}` is no name of a patch"));
            None
        }
        Err(error) => {
            at(report, &code::S003, value.span, format!("`{path}` cannot be read: {error}"))
                .set_help("the path of a patch is relative to the spec that names it");
            None
        }
    }
}
