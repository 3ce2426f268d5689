//! The repository that a command is about.

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::report::Report;
use portage_config::repository::{EbuildRepository, Stray, Survey};
use portage_config::root::Root;
use portage_config::vocab::{Atom, Cpn, Dialect};

use crate::answer::Answer;
use crate::args::RepoArgs;
use crate::codes;

/// A repository, where it is, and the packages that were named, or all.
pub(super) struct Opened {
    pub(super) dir: Utf8PathBuf,
    pub(super) repository: EbuildRepository,
    pub(super) packages: Vec<Cpn>,
    /// Folders with ebuilds that Portage does not see.
    pub(super) strays: Vec<Stray>,
}

/// Whether a folder says that it is a repository.
pub(super) fn is_repository(dir: &Utf8Path) -> bool {
    ["profiles/repo_name", "metadata/layout.conf"].iter().any(|path| dir.join(path).is_file())
}

/// The folder of the repository that a folder lies in.
pub(super) fn dir(folder: &Utf8Path) -> Utf8PathBuf {
    if is_repository(folder) {
        return folder.to_owned();
    }
    let whole = folder.canonicalize_utf8().unwrap_or_else(|_| folder.to_owned());
    let above = whole.ancestors().skip(1).find(|dir| is_repository(dir)).map(Utf8Path::to_owned);
    above.unwrap_or_else(|| folder.to_owned())
}

/// The repository in a folder; what is wrong with it is in the answer.
pub(super) fn repository(dir: &Utf8Path, answer: &mut Answer) -> Option<EbuildRepository> {
    let mut report = Report::new();
    let opened = Root::open(dir).and_then(|root| EbuildRepository::open(root, &mut report));
    answer.take(report, None);
    match opened {
        Ok(repository) => Some(repository),
        Err(error) => {
            answer.fail(&codes::CANNOT_READ, format!("cannot read the repository {error}"), None);
            None
        }
    }
}

/// Opens it; what is wrong with the command line or the disk is in the answer.
pub(super) fn open(args: &RepoArgs, answer: &mut Answer) -> Option<Opened> {
    let dir = dir(&args.repo);
    let repository = repository(&dir, answer)?;
    let Survey { packages: all, strays, .. } = survey(&repository, &args.packages, answer);
    let packages = named(&args.packages, all, answer)?;
    Some(Opened { dir, repository, packages, strays })
}

/// What is in a repository. What cannot be read of it is in the answer, unless packages are named: it is none of these.
pub(super) fn survey(repository: &EbuildRepository, words: &[String], answer: &mut Answer) -> Survey {
    let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
    let survey = repository.survey(&mut report);
    if !words.is_empty() {
        report.diagnostics.clear();
    }
    answer.take(report, None);
    survey
}

/// The packages that words mean; all of them where there are no words.
pub(super) fn named(words: &[String], all: Vec<Cpn>, answer: &mut Answer) -> Option<Vec<Cpn>> {
    if words.is_empty() {
        return Some(all);
    }
    let mut packages = Vec::new();
    for word in words {
        match find(word, &all) {
            Ok(cpn) => packages.push(cpn),
            Err(text) => answer.fail(&codes::USAGE, text, None),
        }
    }
    if packages.len() < words.len() {
        return None;
    }
    packages.sort();
    packages.dedup();
    Some(packages)
}

/// The package that an atom or a name means.
fn find(word: &str, all: &[Cpn]) -> Result<Cpn, String> {
    let is = |name: &str| {
        let same = |cpn: &&Cpn| cpn.to_string() == name || !name.contains('/') && cpn.package() == name;
        all.iter().filter(same).collect::<Vec<_>>()
    };
    let mut found = is(word);
    if found.is_empty()
        && let Ok(atom) = Atom::parse(word, Dialect::User)
    {
        found = is(atom.cpn());
    }
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(format!("the repository has no package `{word}`")),
        several => {
            let names: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(format!("`{word}` may be {}", names.join(" or ")))
        }
    }
}
