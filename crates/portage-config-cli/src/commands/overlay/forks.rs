//! What the commands about forks have in common.

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::overlay::{self, Fork};
use portage_config::report::Report;
use portage_config::repository::EbuildRepository;
use portage_config::root::Root;

use super::open::{Opened, open};
use crate::answer::Answer;
use crate::args::ForksArgs;
use crate::codes;

/// An overlay, its forks, and those that were asked for.
pub(super) struct Forks {
    pub(super) dir: Utf8PathBuf,
    pub(super) overlay: EbuildRepository,
    pub(super) all: Vec<Fork>,
    pub(super) wanted: Vec<Fork>,
}

impl Forks {
    pub(super) fn open(args: &ForksArgs, answer: &mut Answer) -> Option<Self> {
        let Opened { dir, repository, packages } = open(&args.repo, answer)?;
        let all = match overlay::forks(&repository) {
            Ok(all) => all,
            Err(error) => {
                answer.fail(&codes::CANNOT_READ, format!("cannot read the forks of {dir}: {error}"), None);
                return None;
            }
        };
        let named = !args.repo.packages.is_empty();
        let wanted = all.iter().filter(|fork| !named || packages.contains(&fork.cpn)).cloned().collect();
        Some(Self { dir, overlay: repository, all, wanted })
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
    let dir = if from.contains('/') || from.starts_with('.') || Utf8Path::new(from).is_dir() {
        Utf8PathBuf::from(from)
    } else {
        match Root::open(machine).map_err(Into::into).and_then(|root| overlay::locate(&root, from)) {
            Ok(Some(location)) => machine.join(location.trim_start_matches('/')),
            Ok(None) => {
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
