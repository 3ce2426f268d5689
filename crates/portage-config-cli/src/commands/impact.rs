//! What the changes of `diff` and `apply` mean for packages.

use std::collections::BTreeSet;
use std::fmt::Write;

use camino::Utf8Path;
use portage_config::config::{Body, Config};
use portage_config::diff;
use portage_config::impact::{self, Changed, Impact, Rebuild, Subject};
use portage_config::report::Report;
use portage_config::repository::{Given, ReposConf, Repositories};
use portage_config::resolve::{Files, Machine, Mask, Settings};
use portage_config::root::Root;
use portage_config::template::Templates;
use portage_config::tree::Tree;
use portage_config::vocab::RelPath;

use super::repositories::given;
use crate::args::{ImpactArgs, ImpactForm, Look, Which};
use crate::json;
use crate::json::switch;
use crate::secrets::Secrets;

/// What is known of packages.
pub(super) struct Known {
    impact: Impact,
    which: Which,
    unreadable: Vec<String>,
}

/// What the files of a configuration mean for the packages of a machine; or why that is not known.
pub(super) fn of(
    config: &Config,
    templates: &Templates,
    dir: &Utf8Path,
    args: &ImpactArgs,
) -> Result<Known, String> {
    let open = || Root::open(dir).map_err(|error| error.to_string());
    let root = open()?;
    let tree = diff::over(config, templates, &root, &mut Report::new())
        .ok_or("what is to be written cannot be told")?;
    let absent = config.files.iter().filter(|(_, file)| matches!(file.body, Body::Absent));
    let absent: Vec<_> = absent.map(|(path, _)| path.clone()).collect();
    let given = given(&args.repo);
    let conf = ReposConf::read(&root);
    let later = Files::new(Some(open()?)).with(&tree, absent.iter().cloned()).repos_conf();
    let before = repositories(&conf, Some(&root), &given)?;
    let other = if later == conf { None } else { Some(repositories(&later, Some(&root), &given)?) };
    let after = other.as_ref().unwrap_or(&before);
    if after.is_empty() {
        return Err(none_found(after));
    }
    let (old, new) =
        (Machine::of(Some(open()?), None, [], &before), Machine::of(Some(root), Some(&tree), absent, after));
    let (mut unreadable, root) = (Vec::new(), open()?);
    let subjects = match args.packages {
        Which::All => impact::all(after),
        which => {
            let (mut installed, wrong) = impact::installed(&root);
            if installed.is_empty() {
                return Err("no package is installed there".to_owned());
            }
            unreadable.extend(wrong.iter().map(ToString::to_string));
            if which == Which::World {
                let world = impact::world(&root);
                unreadable.extend(world.unreadable.iter().map(ToString::to_string));
                unreadable.extend(world.other_sets.iter().map(|set| format!("@{set}: no file of sets/")));
                installed.retain(|one| world.has(one));
            }
            Subject::of_all(installed, after)
        }
    };
    known(&old, &new, &subjects, args.packages, unreadable)
}

/// What it means that one configuration takes the place of another one, for all packages of the repositories that are given.
pub(super) fn between(before: &Side<'_>, after: &Side<'_>, args: &ImpactArgs) -> Result<Known, String> {
    let (old, new) = (before.repositories(&args.repo)?, after.repositories(&args.repo)?);
    if new.is_empty() {
        return Err(none_found(&new));
    }
    let subjects = impact::all(&new);
    known(&before.machine(&old), &after.machine(&new), &subjects, args.packages, Vec::new())
}

/// What a spec writes, without a machine.
pub(super) struct Side<'a> {
    pub(super) config: &'a Config,
    pub(super) tree: &'a Tree,
}

impl Side<'_> {
    fn absent(&self) -> impl Iterator<Item = RelPath> {
        let absent = self.config.files.iter().filter(|(_, file)| matches!(file.body, Body::Absent));
        absent.map(|(path, _)| path.clone())
    }

    fn repositories(&self, repos: &[String]) -> Result<Repositories, String> {
        let conf = Files::new(None).with(self.tree, self.absent()).repos_conf();
        repositories(&conf, None, &given(repos))
    }

    fn machine(&self, repositories: &Repositories) -> Machine {
        Machine::of(None, Some(self.tree), self.absent(), repositories)
    }
}

fn known(
    old: &Machine,
    new: &Machine,
    subjects: &[Subject],
    which: Which,
    unreadable: Vec<String>,
) -> Result<Known, String> {
    let (old, new) = (settings(old, "before")?, settings(new, "after")?);
    let impact = Impact::of(&old, &new, subjects).map_err(|error| error.to_string())?;
    Ok(Known { impact, which, unreadable })
}

fn repositories(conf: &ReposConf, root: Option<&Root>, given: &[Given]) -> Result<Repositories, String> {
    Repositories::open(conf, root, given).map_err(|error| format!("cannot read the repository {error}"))
}

/// Why there is no repository.
fn none_found(repositories: &Repositories) -> String {
    if let Some(error) = repositories.broken() {
        return format!("Portage refuses repos.conf: {error}");
    }
    let missing = repositories.missing().iter().map(|missing| match &missing.location {
        Some(location) => format!("`{}` in {location}: {}", missing.name, missing.why),
        None => format!("`{}`: {}", missing.name, missing.why),
    });
    let missing: Vec<String> = missing.collect();
    format!("no ebuild repository is found ({}); --repo names one", missing.join("; "))
}

fn settings<'m>(machine: &'m Machine, when: &str) -> Result<Settings<'m>, String> {
    let settings = machine.settings(None).map_err(|error| format!("{when} the change: {error}"))?;
    match settings.profile_error() {
        Some(error) => Err(format!("{when} the change there is no profile: {error}")),
        None => Ok(settings),
    }
}

impl Which {
    fn name(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::World => "world",
            Self::All => "all",
        }
    }
}

/// Which packages are looked at: `installed`, `in world`, `all`.
pub(super) fn which(args: &ImpactArgs) -> &'static str {
    if args.packages == Which::World { "in world" } else { args.packages.name() }
}

/// For programs.
pub(super) fn programs(found: &Result<Known, String>, secrets: &Secrets) -> json::Impact {
    match found {
        Ok(known) => json::Impact::of(known.which.name(), &known.impact, known.unreadable.clone(), secrets),
        Err(why) => json::Impact::unknown(secrets.hide(why).into_owned()),
    }
}

/// For people: the counts, and the packages where they are asked for.
pub(super) fn people(
    found: &Result<Known, String>,
    args: &ImpactArgs,
    look: &Look,
    secrets: &Secrets,
) -> String {
    let known = match found {
        Ok(known) => known,
        Err(why) => return format!("The impact is not known: {}.\n", secrets.hide(why)),
    };
    let mut text = counts(known);
    if args.impact == Some(ImpactForm::List) || look.verbose {
        for changed in &known.impact.changed {
            let words: Vec<String> = words(changed);
            let line = format!("  {}-{}", changed.package.cpn, changed.package.version);
            let _ = writeln!(text, "{line}  {}", secrets.hide(&words.join("; ")));
        }
    }
    for what in &known.unreadable {
        let _ = writeln!(text, "  not read: {what}");
    }
    text
}

fn counts(known: &Known) -> String {
    let impact = &known.impact;
    let which = match known.which {
        Which::Installed => "installed packages",
        Which::World => "packages of world",
        Which::All => "versions",
    };
    if impact.changed.is_empty() {
        return format!("Nothing changes for the {} {which}.\n", impact.total);
    }
    let mut parts = Vec::new();
    let changed_use = impact.count(Rebuild::ChangedUse);
    match (changed_use, changed_use + impact.count(Rebuild::NewUse)) {
        (_, 0) => {}
        (same, all) if same == all => parts.push(format!("{all} rebuilt by --newuse and --changed-use")),
        (some, all) => parts.push(format!("{all} rebuilt by --newuse ({some} by --changed-use)")),
    }
    let by_hand = impact.changed.iter().filter(|changed| changed.rebuild == Rebuild::ByHand);
    let why: BTreeSet<&str> = by_hand.flat_map(Changed::by_hand).collect();
    let why: Vec<&str> = why.into_iter().collect();
    match impact.count(Rebuild::ByHand) {
        0 => {}
        count => parts.push(format!("{count} only by hand ({})", why.join(", "))),
    }
    for (word, visible, masks) in [
        ("masked", (true, false), (|changed: &Changed| &changed.masked) as fn(&Changed) -> &Vec<Mask>),
        ("visible again", (false, true), |changed| &changed.unmasked),
    ] {
        let those = impact.changed.iter().filter(|changed| changed.visible == visible);
        let kinds: BTreeSet<&str> = those.clone().flat_map(masks).map(Mask::kind).collect();
        let kinds: Vec<&str> = kinds.into_iter().collect();
        match those.count() {
            0 => {}
            count => parts.push(format!("{count} {word} ({})", kinds.join(", "))),
        }
    }
    match impact.changed.iter().filter(|changed| !changed.violated.is_empty()).count() {
        0 => {}
        count => parts.push(format!("{count} against REQUIRED_USE")),
    }
    if parts.is_empty() {
        parts.push("none has to be rebuilt".to_owned());
    }
    format!("{} of {} {which} change: {}\n", impact.changed.len(), impact.total, parts.join(", "))
}

/// What differs for a package.
pub(super) fn words(changed: &Changed) -> Vec<String> {
    let mut words = Vec::new();
    match changed.rebuild {
        Rebuild::ChangedUse => words.push("--changed-use".to_owned()),
        Rebuild::NewUse => words.push("--newuse".to_owned()),
        Rebuild::ByHand => words.push("by hand".to_owned()),
        _ => {}
    }
    let list =
        |all: &[(String, bool)]| all.iter().map(|(name, on)| switch(name, *on)).collect::<Vec<_>>().join(" ");
    if !changed.flags.is_empty() {
        words.push(format!("USE: {}", list(&changed.flags)));
    }
    for variable in &changed.variables {
        let shown = |value: &Option<String>| match value {
            Some(value) => format!("\"{}\"", value.split_whitespace().collect::<Vec<_>>().join(" ")),
            None => "unset".to_owned(),
        };
        words.push(format!("{}: {} -> {}", variable.name, shown(&variable.before), shown(&variable.after)));
    }
    if !changed.features.is_empty() {
        words.push(format!("FEATURES: {}", list(&changed.features)));
    }
    if !changed.patches.is_empty() {
        words.push(format!("patches: {}", changed.patches.join(" ")));
    }
    let masks = |masks: &[Mask]| masks.iter().map(Mask::kind).collect::<Vec<_>>().join(", ");
    if !changed.masked.is_empty() {
        words.push(format!("masked by {}", masks(&changed.masked)));
    }
    if !changed.unmasked.is_empty() {
        words.push(format!("no more masked by {}", masks(&changed.unmasked)));
    }
    if !changed.violated.is_empty() {
        words.push(format!("REQUIRED_USE: {}", changed.violated.join(" ")));
    }
    words
}
