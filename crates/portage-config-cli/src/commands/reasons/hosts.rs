//! `explain --hosts`: what differs between machines, and whether they can use each other's binary packages.

use std::fmt::Write;

use portage_config::fleet::{self, Against, Host, HostCpu};
use portage_config::impact::{self, Impact, Subject as Version};
use portage_config::repository::Repositories;
use portage_config::resolve::{Machine, Package, Refused};

use super::side_by_side::{Shown, differences, json_of, lines, places, told};
use super::{HEADER, One, package, settings, variable};
use crate::answer::{Answer, Data, Status};
use crate::args::{Explain, Look};
use crate::{codes, json};

/// A machine by its name.
struct Named {
    typed: String,
    /// The name of its root, or of the spec's file.
    name: String,
    machine: Machine,
    repositories: Repositories,
}

pub(super) fn run(args: &Explain, look: &Look) -> Answer {
    let mut answer = Answer::default();
    if args.hosts.len() < 2 {
        let help = "write --hosts A B".to_owned();
        return answer.failed(&codes::USAGE, "one host is given, and nothing to compare it with", Some(help));
    }
    let processor = match processor(args, &mut answer) {
        Ok(processor) => processor,
        Err(()) => return answer.nothing(),
    };
    let all: Vec<Option<Named>> = args.hosts.iter().map(|host| open(host, args, &mut answer)).collect();
    let Some(all) = all.into_iter().collect::<Option<Vec<Named>>>() else { return answer.nothing() };
    let mut known = Vec::new();
    for one in &all {
        let Some(settings) = settings(&one.machine, Some(&one.typed), &mut answer) else {
            return answer.nothing();
        };
        known.push(settings);
    }
    let hosts: Vec<Host<'_>> =
        all.iter().zip(&known).map(|(one, settings)| Host { name: &one.name, settings }).collect();
    let done = match args.what.as_deref() {
        Some(what) => one(what, args, &all, &hosts, look, &mut answer),
        None => whole(&all, &hosts, processor.as_ref(), look, &mut answer),
    };
    if let Err(error) = done {
        answer.fail(&codes::REFUSED, format!("Portage refuses {error}"), None);
    }
    answer
}

/// A machine: a folder, or a spec.
fn open(typed: &str, args: &Explain, answer: &mut Answer) -> Option<Named> {
    let is_dir = !typed.starts_with("preset:") && std::path::Path::new(typed).is_dir();
    let one = match is_dir {
        true => One { dir: Some(typed.into()), spec: None, packages: None },
        false => One { dir: None, spec: Some(typed), packages: None },
    };
    let (machine, repositories) = one.machine(args, answer)?;
    let (path, root) = match typed.rsplit_once('#') {
        Some((path, root)) if !is_dir && !path.is_empty() && !root.contains('/') => (path, Some(root)),
        _ => (typed, None),
    };
    let path = path.strip_prefix("preset:").unwrap_or(path);
    let stem = camino::Utf8Path::new(path).file_stem().unwrap_or(path);
    Some(Named { typed: typed.to_owned(), name: root.unwrap_or(stem).to_owned(), machine, repositories })
}

/// What --cpuinfo says.
fn processor(args: &Explain, answer: &mut Answer) -> Result<Option<HostCpu>, ()> {
    let Some(path) = &args.cpuinfo else { return Ok(None) };
    let read = std::fs::read_to_string(path).map_err(|error| error.to_string());
    match read.and_then(|text| HostCpu::read(&text).map_err(|error| error.to_string())) {
        Ok(found) if args.hosts.len() == 2 => Ok(Some(found)),
        Ok(_) => {
            let help = "compare two hosts at a time".to_owned();
            answer.fail(&codes::USAGE, "--cpuinfo is that of the second of two hosts", Some(help));
            Err(())
        }
        Err(error) => {
            answer.fail(&codes::CANNOT_READ, format!("cannot read `{path}`: {error}"), None);
            Err(())
        }
    }
}

/// One package or variable on each machine.
fn one(
    what: &str,
    args: &Explain,
    all: &[Named],
    hosts: &[Host<'_>],
    look: &Look,
    answer: &mut Answer,
) -> Result<(), Refused> {
    let typed: Vec<&str> = all.iter().map(|one| one.typed.as_str()).collect();
    let found = if let Some((file, name)) = variable(what) {
        if file != "make.conf" {
            answer.fail(&codes::NOT_KNOWN, format!("`{file}` holds no variables of all packages"), None);
            return Ok(());
        }
        fleet::of_variable(hosts, name)?
    } else {
        let Some(atom) = package::atom(what, answer) else { return Ok(()) };
        let mut packages: Vec<Option<Package>> = Vec::new();
        for (one, host) in all.iter().zip(hosts) {
            let Some(found) = package::found(&atom, &one.repositories, answer) else { return Ok(()) };
            packages.push(package::best(host.settings, &found).map(|(package, _)| package.clone()));
        }
        if packages.iter().all(Option::is_none) {
            let help = all.iter().all(|one| one.repositories.is_empty());
            let help = help.then(|| "no ebuild repository was found: give one with --repo".to_owned());
            answer.fail(&codes::NOT_KNOWN, format!("no repository has `{what}`"), help);
            answer.status = Status::No;
            return Ok(());
        }
        fleet::of_package(hosts, &packages, args.subject.as_deref().map(package::subject_of).as_ref())?
    };
    if args.subject.is_some() || variable(what).is_some() {
        let is_known = found.iter().flat_map(|one| &one.sides).any(|side| side.value.is_some());
        answer.status = answer.status.max(if is_known { Status::Fine } else { Status::No });
    }
    let subject = args.subject.as_deref().map(|subject| format!(" {subject}")).unwrap_or_default();
    let head = format!("{what}{subject}");
    let shown = Shown { typed: &typed, secrets: &answer.secrets, verbose: look.verbose };
    let mut text = String::new();
    if !found.iter().any(fleet::Difference::differs) {
        let _ = writeln!(text, "{HEADER}{head}{HEADER:#} is the same on all of them");
    } else {
        let _ = writeln!(text, "{HEADER}{head}{HEADER:#} differs");
    }
    let is_whole = args.subject.is_none() && variable(what).is_none() && !look.verbose;
    let told = if is_whole { told(&found) } else { found.iter().collect() };
    text.push_str(&differences(&told, &shown));
    let hosts = json::Hosts {
        names: all.iter().map(|one| one.typed.clone()).collect(),
        what: Some(what.to_owned()),
        subject: args.subject.clone(),
        differences: found.iter().map(|one| json_of(one, &shown)).collect(),
        ..json::Hosts::default()
    };
    answer.data = Data::Text(text);
    answer.more.hosts = Some(hosts);
    Ok(())
}

/// Machines as a whole.
fn whole(
    all: &[Named],
    hosts: &[Host<'_>],
    processor: Option<&HostCpu>,
    look: &Look,
    answer: &mut Answer,
) -> Result<(), Refused> {
    let typed: Vec<&str> = all.iter().map(|one| one.typed.as_str()).collect();
    let found = fleet::differences(hosts)?;
    let shown = Shown { typed: &typed, secrets: &answer.secrets, verbose: look.verbose };
    let mut text = String::new();
    let told = if look.verbose { found.iter().collect() } else { told(&found) };
    let mut names: Vec<&str> = told.iter().map(|one| one.name.as_str()).collect();
    names.dedup();
    let _ = match names.len() {
        0 => writeln!(text, "{HEADER}No setting differs{HEADER:#}"),
        1 => writeln!(text, "{HEADER}1 setting differs{HEADER:#}"),
        count => writeln!(text, "{HEADER}{count} settings differ{HEADER:#}"),
    };
    text.push_str(&differences(&told, &shown));
    let (Some(first), Some(builder)) = (all.first(), hosts.first()) else { return Ok(()) };
    let versions = impact::all(&first.repositories);
    let (mut compared, mut binaries) = (Vec::new(), Vec::new());
    for (one, user) in all.iter().zip(hosts).skip(1) {
        let here = there(&versions, &one.repositories);
        if !here.is_empty() {
            let impact = Impact::of(builder.settings, user.settings, &here)?;
            let more = if look.verbose || impact.changed.is_empty() { "" } else { "; -v lists them" };
            let _ = writeln!(text, "\n{}{more}", counts(&impact, &first.typed, &one.typed));
            if look.verbose {
                for changed in &impact.changed {
                    let what = crate::commands::impact::words(changed).join("; ");
                    let _ = writeln!(text, "  {}  {}", changed.package.to_text(), shown.hide(&what));
                }
            }
            let impact = json::Impact::of("all", &impact, Vec::new(), &answer.secrets);
            compared.push(json::Compared { host: one.typed.clone(), impact });
        }
        let answers = fleet::binaries(builder, user, processor, &here)?;
        verdict(&answers, (&first.typed, &one.typed), &shown, &mut text);
        binaries.push(programs(&answers, (&first.typed, &one.typed), &shown));
    }
    let usable = binaries.iter().all(|one| one.usable);
    let data = json::Hosts {
        names: all.iter().map(|one| one.typed.clone()).collect(),
        differences: found.iter().map(|one| json_of(one, &shown)).collect(),
        packages: Some(compared).filter(|all| !all.is_empty()),
        binaries: Some(binaries),
        ..json::Hosts::default()
    };
    answer.more.hosts = Some(data);
    answer.data = Data::Text(text);
    answer.status = answer.status.max(if usable { Status::Fine } else { Status::No });
    Ok(())
}

/// The versions that a machine's repositories have, too.
fn there(versions: &[Version], repositories: &Repositories) -> Vec<Version> {
    let has = |version: &&Version| {
        let package = &version.package;
        let repo = package.repo.as_deref().and_then(|name| repositories.get(name));
        let cpn = portage_config::vocab::Cpn::parse(&package.cpn);
        let parsed = portage_config::vocab::Version::parse(&package.version);
        let (Some(repo), Ok(cpn), Some(parsed)) = (repo, cpn, parsed) else { return false };
        repo.repository.cached_entry(&cpn, &parsed).is_ok_and(|entry| entry.is_some())
    };
    versions.iter().filter(has).cloned().collect()
}

fn counts(impact: &Impact, first: &str, other: &str) -> String {
    let (total, changed) = (impact.total, impact.changed.len());
    let count = |is: fn(&impact::Changed) -> bool| impact.changed.iter().filter(|one| is(one)).count();
    let parts = [
        (count(|one| !one.flags.is_empty()), "with other USE flags"),
        (count(|one| !one.variables.is_empty()), "with other variables"),
        (count(|one| !one.patches.is_empty()), "with other patches"),
        (count(|one| one.visible == (true, false)), "masked there"),
        (count(|one| one.visible == (false, true)), "visible there alone"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    match changed {
        0 => format!("All {total} versions are the same on {other} as on {first}"),
        _ => format!(
            "Different on {other} than on {first}: {changed} of {total} versions ({})",
            if parts.is_empty() { "other features".to_owned() } else { parts.join(", ") }
        ),
    }
}

fn verdict(found: &fleet::Binaries, (builder, user): (&str, &str), shown: &Shown<'_>, text: &mut String) {
    let answer = if found.usable() { "yes" } else { "no" };
    let _ = writeln!(text, "\n{HEADER}Can {user} use the binary packages of {builder}?{HEADER:#} {answer}");
    for reason in &found.reasons {
        let sign = if reason.is_against { "no " } else { "   " };
        let _ = writeln!(text, "  {sign} {}: {}", reason.topic.name(), shown.hide(&reason.message));
        for (name, lines) in [(builder, &reason.builder), (user, &reason.user)] {
            places(lines, &format!("       {name}  "), shown, text);
        }
    }
    let Some(packages) = &found.packages else { return };
    let total = packages.total;
    let aside = if found.usable() { "" } else { "aside from that " };
    let count = total - packages.against.len();
    let _ = writeln!(text, "      {aside}{count} of {total} versions can be used");
    for (kind, what) in [
        ("use", "with other USE flags there, passed over with --binpkg-respect-use=y"),
        ("masked", "masked there"),
        ("patches", "with other patches there, passed over"),
        ("instructions", "whose own settings use what the CPU lacks"),
    ] {
        let count = packages.count(kind);
        if count > 0 {
            let _ = writeln!(text, "      {count} {what}");
        }
    }
    if shown.verbose {
        for (package, against) in &packages.against {
            let what: Vec<String> = against.iter().map(against_text).collect();
            let _ = writeln!(text, "      {}  {}", package.to_text(), shown.hide(&what.join("; ")));
        }
    }
}

fn flags(all: &[(String, bool)]) -> Vec<String> {
    all.iter().map(|(name, on)| json::switch(name, *on)).collect()
}

fn against_text(against: &Against) -> String {
    match against {
        Against::Masked(masks) => {
            format!("masked by {}", masks.iter().map(|mask| mask.kind()).collect::<Vec<_>>().join(", "))
        }
        Against::Use(all) => format!("USE: {}", flags(all).join(" ")),
        Against::Instructions(all) => all.join("; "),
        other => other.kind().to_owned(),
    }
}

fn programs(found: &fleet::Binaries, (builder, user): (&str, &str), shown: &Shown<'_>) -> json::Binaries {
    let reason = |reason: &fleet::Reason| json::BinaryReason {
        topic: reason.topic.name(),
        message: shown.hide(&reason.message),
        against: reason.is_against,
        builder: lines(&reason.builder, shown),
        user: lines(&reason.user, shown),
    };
    let package = |(package, against): &(Package, Vec<Against>)| {
        let mut out = json::BinaryPackage {
            package: package.cpn.clone(),
            version: package.version.clone(),
            repo: package.repo.clone(),
            masked: Vec::new(),
            flags: Vec::new(),
            patches: false,
            instructions: Vec::new(),
        };
        for one in against {
            match one {
                Against::Masked(masks) => out.masked = masks.iter().map(|mask| mask.kind()).collect(),
                Against::Use(all) => out.flags = flags(all),
                Against::Patches => out.patches = true,
                Against::Instructions(all) => out.instructions.clone_from(all),
                _ => {}
            }
        }
        out
    };
    let packages = found.packages.as_ref().map(|all| json::BinaryPackages {
        total: all.total,
        masked: all.count("masked"),
        flags: all.count("use"),
        patches: all.count("patches"),
        instructions: all.count("instructions"),
        against: all.against.iter().map(package).collect(),
    });
    json::Binaries {
        builder: builder.to_owned(),
        user: user.to_owned(),
        usable: found.usable(),
        reasons: found.reasons.iter().map(reason).collect(),
        packages,
    }
}
