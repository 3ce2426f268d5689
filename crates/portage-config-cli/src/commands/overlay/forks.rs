//! What the commands about forks have in common.

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::overlay::{self, Fork};
use portage_config::report::Report;
use portage_config::repository::EbuildRepository;
use portage_config::root::Root;
use portage_config::vocab::{Atom, Dialect};

use super::open::{dir, is_repository, named, repository, survey};
use crate::answer::Answer;
use crate::args::{ForksArgs, RepoArgs};
use crate::codes;

/// An overlay, its forks, and those that were asked for.
pub(super) struct Forks {
    pub(super) dir: Utf8PathBuf,
    pub(super) overlay: EbuildRepository,
    pub(super) all: Vec<Fork>,
    pub(super) wanted: Vec<Fork>,
}

impl Forks {
    pub(super) fn open(args: &RepoArgs, answer: &mut Answer) -> Option<Self> {
        let dir = dir(&args.repo);
        let overlay = repository(&dir, answer)?;
        let mut packages = survey(&overlay, &args.packages, answer).packages;
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
        let all = overlay::forks(&overlay, &mut report);
        answer.take(report, None);
        // Of a fork the record may be all that is there.
        packages.extend(all.iter().map(|fork| fork.cpn.clone()));
        packages.sort();
        packages.dedup();
        let packages = named(&args.packages, packages, answer)?;
        let words = &args.packages;
        let mut wanted: Vec<Fork> =
            all.iter().filter(|fork| words.is_empty() || packages.contains(&fork.cpn)).cloned().collect();
        let atoms: Vec<Option<Atom>> =
            words.iter().map(|word| Atom::parse(word, Dialect::User).ok()).collect();
        // An atom says which forks of its package are meant; a name says all.
        let atoms: Vec<Atom> = atoms.into_iter().flatten().collect();
        for atom in &atoms {
            let mut of = wanted.iter().filter(|fork| fork.cpn.to_string() == atom.cpn()).peekable();
            if of.peek().is_some() && !of.any(|fork| fork.is(atom)) {
                let names: Vec<String> = (wanted.iter().filter(|fork| fork.cpn.to_string() == atom.cpn()))
                    .map(|fork| format!("={}-{}", fork.cpn, fork.version))
                    .collect();
                let help = format!("the version is the fork's own: {}", names.join(", "));
                answer.fail(&codes::USAGE, format!("no fork is `{}`", atom.as_str()), Some(help));
                return None;
            }
        }
        wanted.retain(|fork| {
            let mut of = atoms.iter().filter(|atom| fork.cpn.to_string() == atom.cpn()).peekable();
            of.peek().is_none() || of.any(|atom| fork.is(atom))
        });
        Some(Self { dir, overlay, all, wanted })
    }

    /// The repositories that the forks came from, each with its forks.
    pub(super) fn by_upstream(&self, args: &ForksArgs) -> Vec<(String, Vec<Fork>)> {
        let mut groups: Vec<(String, Vec<Fork>)> = Vec::new();
        for fork in &self.wanted {
            let name = args.from.clone().unwrap_or_else(|| fork.origin.repository.clone());
            match groups.iter_mut().find(|(other, _)| *other == name) {
                Some((_, group)) => group.push(fork.clone()),
                None => groups.push((name, vec![fork.clone()])),
            }
        }
        groups
    }
}

/// Opens a repository: a folder, or a name in a machine's repos.conf.
pub(super) fn upstream(from: &str, machine: &Utf8Path, answer: &mut Answer) -> Option<EbuildRepository> {
    let folder = Utf8PathBuf::from(from);
    let dir = if from.contains('/') || from.starts_with('.') {
        folder
    } else {
        let found = Root::open(machine).map_err(Into::into).and_then(|root| overlay::locate(&root, from));
        let found = found.map(|found| found.map(|location| machine.join(location.trim_start_matches('/'))));
        match found {
            Ok(Some(location)) if location.is_dir() || !folder.is_dir() => location,
            Ok(_) if folder.is_dir() => folder,
            Ok(_) => {
                let help =
                    "give the folder it lies in with --from, or another machine with --root".to_owned();
                let text = format!("the repos.conf of {machine} has no repository `{from}`");
                answer.fail(&codes::USAGE, text, Some(help));
                return None;
            }
            Err(error) => {
                answer.fail(
                    &codes::CANNOT_READ,
                    format!("cannot read the repos.conf of {machine}: {error}"),
                    None,
                );
                return None;
            }
        }
    };
    if dir.is_dir() && !is_repository(&dir) {
        let help = "a repository has a profiles/repo_name or a metadata/layout.conf".to_owned();
        answer.fail(&codes::USAGE, format!("`{dir}` is no ebuild repository"), Some(help));
        return None;
    }
    let mut report = Report::new();
    let opened = Root::open(&dir).and_then(|root| EbuildRepository::open(root, &mut report));
    match opened {
        Ok(repository) => Some(repository),
        Err(error) => {
            answer.fail(&codes::CANNOT_READ, format!("cannot read the repository {error}"), None);
            None
        }
    }
}
