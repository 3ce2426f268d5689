//! The ebuild repositories that a configuration is judged by.

use portage_config::config::Config;
use portage_config::repository::{Given, ReposConf, Repositories};
use portage_config::root::Root;
use portage_config::vocab::is_repo_name;

use crate::answer::Answer;
use crate::args::PackageArgs;
use crate::{codes, load};

/// The machine and the repositories that were named.
pub(super) struct Packages {
    machine: Option<Root>,
    given: Vec<Given>,
}

impl Packages {
    /// Opens what was named; the outer `None`: no answer, the inner one: nothing was named.
    #[expect(clippy::option_option, reason = "see above")]
    pub(super) fn open(args: &PackageArgs, answer: &mut Answer) -> Option<Option<Self>> {
        if args.root.is_none() && args.repo.is_empty() {
            return Some(None);
        }
        let machine = match &args.root {
            Some(dir) => Some(load::machine(dir, answer)?),
            None => None,
        };
        Some(Some(Self { machine, given: given(&args.repo) }))
    }

    /// The repositories of a configuration; `None`: no answer.
    pub(super) fn of(&self, config: &Config, answer: &mut Answer) -> Option<Repositories> {
        let conf = ReposConf::of(config, self.machine.as_ref());
        match Repositories::open(&conf, self.machine.as_ref(), &self.given) {
            Ok(repositories) => Some(repositories),
            Err(error) => {
                answer.fail(&codes::CANNOT_READ, format!("cannot read the repository {error}"), None);
                None
            }
        }
    }
}

/// Repositories given as `[NAME=]DIR`.
pub(super) fn given(repos: &[String]) -> Vec<Given> {
    let given = repos.iter().map(|text| match text.split_once('=') {
        Some((name, dir)) if is_repo_name(name) => Given::new(Some(name), dir),
        _ => Given::new(None, text),
    });
    given.collect()
}
