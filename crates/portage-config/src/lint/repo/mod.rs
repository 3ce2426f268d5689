//! What a configuration means to the packages that there are: the rules that need ebuild repositories.
//!
//! Each rule is silent about what it does not know: a package whose ebuild has no cache entry and inherits eclasses has
//! flags and dependencies that nobody knows without running it.

mod autounmask;
mod chain;
mod effect;
mod flags;
mod global_flags;
mod keywords;
mod known;
mod licenses;
mod live;
mod masks;
mod overlay;
mod packages;
mod patches;
mod profile;
mod resolved;
#[cfg(test)]
pub(super) mod testing;

use super::context::Context;
use crate::config::Config;
use crate::report::{Code, Report};
use crate::repository::Repositories;
pub(super) use known::ATOMS;
use known::Known;

/// A rule that was not run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Its code.
    pub code: &'static Code,
    /// Why it was not run.
    pub reason: String,
}

/// The rules that need ebuild repositories. Two of them ([`super::check`]) run without, and see less.
pub(super) static CODES: &[&Code] = &[
    &flags::L020,
    &overlay::L034,
    &packages::L210,
    &packages::L211,
    &packages::L212,
    &packages::L213,
    &global_flags::L214,
    &keywords::L215,
    &masks::L216,
    &masks::L217,
    &licenses::L218,
    &licenses::L219,
    &autounmask::L220,
    &profile::L221,
    &packages::L222,
    &effect::L223,
    &effect::L224,
    &keywords::L230,
    &patches::L231,
    &patches::L232,
];

/// Those that say that something is nowhere: they are silent while a repository of repos.conf is not there.
static ABSENT: &[&Code] = &[
    &flags::L020,
    &packages::L210,
    &packages::L211,
    &packages::L212,
    &global_flags::L214,
    &licenses::L219,
    &autounmask::L220,
    &packages::L222,
    &patches::L231,
    &patches::L232,
];

/// Those that need to know the profile.
static PROFILED: &[&Code] = &[&overlay::L034, &keywords::L215, &masks::L216, &masks::L217, &keywords::L230];

/// Those that ask the resolver.
static RESOLVED: &[&Code] = &[&effect::L223, &effect::L224];

/// Runs the rules that need ebuild repositories; [`super::check`] runs the others. The answer is what was not run, and why.
///
/// ```
/// use portage_config::{config::{Body, Config, File}, file, lint, report::Report, vocab::RelPath};
/// use portage_config::repository::{Given, Repositories, ReposConf};
/// let dir = tempfile::tempdir()?;
/// for (path, text) in [
///     ("profiles/repo_name", "gentoo\n"),
///     ("app-editors/vim/vim-9.1.ebuild", "EAPI=8\nSLOT=0\nIUSE=lua\nKEYWORDS=amd64\n"),
/// ] {
///     let path = dir.path().join(path);
///     std::fs::create_dir_all(path.parent().unwrap()).and_then(|()| std::fs::write(path, text))?;
/// }
/// let repositories = Repositories::open(&ReposConf::packaged(), None, &[Given::new(None, dir.path())])?;
/// let mut config = Config::default();
/// let path = RelPath::parse("etc/portage/package.use")?;
/// let text = Body::Text(portage_config::config::Bytes(b"app-editors/vin lua\napp-editors/vim luja\n".to_vec()));
/// config.files.insert(path.clone(), File::new(file::find(&path), text));
/// let mut report = Report::new();
/// lint::with_repositories(&config, &repositories, &mut report);
/// let codes: Vec<_> = report.diagnostics.iter().map(|found| (found.code.id, found.help.as_deref())).collect();
/// assert_eq!(codes, [
///     ("L210", Some("did you mean app-editors/vim?")),
///     ("L020", Some("did you mean lua?")),
/// ]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn with_repositories(config: &Config, repositories: &Repositories, report: &mut Report) -> Vec<Skipped> {
    if repositories.is_empty() {
        let why = match repositories.broken() {
            Some(error) => format!("Portage throws repos.conf away: {error}"),
            None => "no ebuild repository was found".to_owned(),
        };
        return skipped(CODES, &why);
    }
    let context = Context::new(config, &mut Report::new());
    let known = match Known::new(&context, repositories) {
        Ok(known) => known,
        Err(error) => return skipped(CODES, &format!("the repositories cannot be read: {error}")),
    };
    let mut left = Vec::new();
    let lost: Vec<&str> = repositories.missing().iter().map(|missing| missing.name.as_str()).collect();
    if lost.is_empty() {
        packages::check(&known, report);
        flags::check(&known, report);
        global_flags::check(&context, &known, report);
        licenses::check_names(&context, &known, report);
        autounmask::check(&known, report);
        patches::check(config, &known, report);
    } else {
        let names = lost.join(", ");
        left = skipped(ABSENT, &format!("not all repositories of repos.conf are there: {names}"));
    }
    packages::check_moves(&known, report);
    keywords::check(&known, report);
    live::check(&known, report);
    licenses::check_idle(&context, &known, report);
    profile::check(&known, report);
    if known.arch().is_some() {
        keywords::check_idle(&known, report);
        masks::check(&context, &known, report);
        overlay::check(&known, report);
    } else {
        left.extend(skipped(PROFILED, known.chain.error.as_deref().unwrap_or("the profile says no ARCH")));
    }
    match (&known.chain.machine, known.chain.settings()) {
        (Ok(machine), Ok(settings)) => effect::check(&context, &known, machine, &settings, report),
        (Err(why), _) => left.extend(skipped(RESOLVED, why)),
        (_, Err(why)) => left.extend(skipped(RESOLVED, &why)),
    }
    left
}

/// The rules that are not run without ebuild repositories.
pub fn without_repositories() -> Vec<Skipped> {
    skipped(CODES, "it needs an ebuild repository")
}

fn skipped(codes: &[&'static Code], reason: &str) -> Vec<Skipped> {
    codes.iter().map(|code| Skipped { code, reason: reason.to_owned() }).collect()
}
