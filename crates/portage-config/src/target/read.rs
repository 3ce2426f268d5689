//! From keys to a machine.

use std::collections::HashMap;

use super::cpu::{self, Cpu};
use super::profile::{self, FOLDER, profiles};
use super::values::{Problem, ProblemKind, Values};
use super::{BuildHost, Init, Target};
use crate::vocab::{ARCHES, Chost, Libc, nearest};

use ProblemKind::{Contradiction, Missing, Value};

pub(super) fn read(said: &HashMap<&str, &str>) -> Result<Target, Vec<Problem>> {
    let mut values = Values::new(said);
    let chost = values.chost("chost");
    let named = values.cpu("cpu");
    let libc = values.libc();
    let init = values.init();
    let firmware = values.firmware();
    let (memory, cores) = (values.memory("memory"), values.cores("cores"));
    let testing = values.choice("keywords", &super::KEYWORDS) == Some("testing");
    let vendor = values.word("vendor", |c| c.is_ascii_alphanumeric() || c == '_');
    let abi = values.word("abi", |c| c.is_ascii_alphanumeric() || c == '_');
    let over = profile_said(&mut values);
    let build_host = values.has_build_host().then(|| build_host(&mut values));
    let named = named.or_else(|| plain(&mut values, chost.as_ref()));
    let arch = arch(&mut values, named.map(|(cpu, _)| cpu), chost.as_ref());

    let libc = libc_of(&mut values, libc, chost.as_ref(), over.as_deref());
    let init = init_of(&mut values, init, libc, over.as_deref());
    let (Some((cpu, name)), Some(arch)) = (named, arch) else { return Err(values.problems) };
    let time64 = over.as_deref().is_some_and(|path| has(path, "time64"));
    let chost = tuple(&mut values, cpu, arch, (libc, time64), vendor, chost);
    let profile = match over {
        Some(path) => {
            agree(&mut values, &path, cpu, arch, abi);
            Some(path)
        }
        None => find(&mut values, cpu, name, arch, libc, init),
    };
    if let Some(host) = &build_host {
        runs(&mut values, cpu, arch, host);
    }
    match (chost, profile, values.problems.is_empty()) {
        (Some(chost), Some(profile), true) => Ok(Target {
            cpu,
            named: name.to_owned(),
            arch,
            chost,
            abi: abi.map(str::to_owned).or_else(|| own_abi(cpu, arch)),
            libc,
            init,
            firmware,
            memory,
            cores,
            testing,
            profile,
            build_host,
        }),
        _ => Err(values.problems),
    }
}

fn own_abi(cpu: &Cpu, arch: &str) -> Option<String> {
    if arch == "x86" { Some("x86".to_owned()) } else { cpu.abi.map(str::to_owned) }
}

fn build_host(values: &mut Values<'_>) -> BuildHost {
    BuildHost {
        cpu: values.cpu("build-host.cpu").map(|(cpu, _)| cpu),
        chost: values.chost("build-host.chost"),
        cores: values.cores("build-host.cores"),
        memory: values.memory("build-host.memory"),
        runs_target: values.flag("build-host.runs-target"),
    }
}

/// The CPU where only the tuple is said.
fn plain<'a>(values: &mut Values<'a>, chost: Option<&Chost>) -> Option<(&'static Cpu, &'a str)> {
    if values.text("cpu").is_some() {
        return None;
    }
    if let Some(cpu) = chost.and_then(|chost| cpu::plain(chost.cpu())) {
        return Some((cpu, cpu.name));
    }
    if values.text("chost").is_none() || chost.is_some() {
        let help = "write `cpu = \"…\"` with the name that GCC's -march (or -mcpu) knows";
        values.wrong("", Missing, "`[target]` does not say its `cpu`".to_owned(), Some(help.to_owned()));
    }
    None
}

fn arch(values: &mut Values<'_>, cpu: Option<&'static Cpu>, chost: Option<&Chost>) -> Option<&'static str> {
    let fits = |arch: &str| cpu.is_none_or(|cpu| arch == cpu.arch || (cpu.is_64bit_x86() && arch == "x86"));
    if let Some(said) = values.text("arch") {
        let Some(arch) = ARCHES.iter().copied().find(|arch| *arch == said) else {
            let help = nearest(said, ARCHES.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            values.wrong("arch", Value, format!("`{said}` is no architecture of Gentoo"), help);
            return None;
        };
        if !fits(arch) {
            let is = cpu.map_or("", |cpu| cpu.arch);
            let help = Some(format!("leave `arch` out: it is `{is}`"));
            values.wrong("arch", Contradiction, format!("the CPU is none of `{arch}`"), help);
            return None;
        }
        if chost.and_then(Chost::arch).is_some_and(|other| other != arch) {
            let message = format!("`chost` is of another architecture than `{arch}`");
            values.wrong("chost", Contradiction, message, Some("leave one of them out".to_owned()));
        }
        return Some(arch);
    }
    let of_chost = chost.and_then(Chost::arch);
    if let (Some(arch), Some(cpu)) = (of_chost, cpu)
        && !fits(arch)
    {
        let message = format!("the tuple is of `{arch}`, and the CPU `{}` is of `{}`", cpu.name, cpu.arch);
        values.wrong(
            "chost",
            Contradiction,
            message,
            Some("leave `chost` out: it follows from `cpu`".to_owned()),
        );
    }
    of_chost.filter(|arch| fits(arch)).or(cpu.map(|cpu| cpu.arch))
}

fn libc_of(
    values: &mut Values<'_>,
    said: Option<Libc>,
    chost: Option<&Chost>,
    profile: Option<&str>,
) -> Libc {
    let of_chost = chost.and_then(Chost::libc_kind);
    if let (Some(said), Some(other)) = (said, of_chost)
        && said != other
    {
        let help = Some("leave one of them out".to_owned());
        values.wrong("chost", Contradiction, "`chost` is of another C library than `libc`".to_owned(), help);
    }
    let of_profile = profile.map(|path| if has(path, "musl") { Libc::Musl } else { Libc::Glibc });
    let libc = said.or(of_chost).or(of_profile).unwrap_or(Libc::Glibc);
    if let Some(other) = of_profile.filter(|other| *other != libc) {
        let name = |libc| if libc == Libc::Musl { "musl" } else { "glibc" };
        let message = format!("the profile is one of {}, and the system has {}", name(other), name(libc));
        values.wrong("profile", Contradiction, message, Some("take the profile of the C library".to_owned()));
    }
    libc
}

fn init_of(values: &mut Values<'_>, said: Option<Init>, libc: Libc, profile: Option<&str>) -> Init {
    let systemd = profile.is_some_and(|path| has(path, "systemd"));
    let init = said.unwrap_or(if systemd { Init::Systemd } else { Init::Openrc });
    if systemd && init != Init::Systemd {
        let help = Some("take the one without `systemd` at its end".to_owned());
        values.wrong(
            "profile",
            Contradiction,
            "the profile is one of systemd, and `init` is not".to_owned(),
            help,
        );
    }
    if init == Init::Systemd && libc == Libc::Musl {
        let key = if said.is_some() { "init" } else { "profile" };
        let help =
            Some("take OpenRC, or glibc: the profiles of musl mask systemd (features/musl)".to_owned());
        values.wrong(key, Contradiction, "there is no systemd with musl".to_owned(), help);
    }
    init
}

/// The tuple, and whether what was said of it is of one machine.
fn tuple(
    values: &mut Values<'_>,
    cpu: &Cpu,
    arch: &str,
    (libc, time64): (Libc, bool),
    vendor: Option<&str>,
    said: Option<Chost>,
) -> Option<Chost> {
    let wanted = if cpu.is_64bit_x86() && arch == "x86" { "i686" } else { cpu.chost };
    if let Some(chost) = said {
        if chost.is_time64() != time64 && libc == Libc::Glibc {
            let help = if time64 {
                "leave `chost` out: it follows from the profile"
            } else {
                "name it with `profile`: `default/linux/x86/23.0/i486/time64`"
            };
            let message =
                "a tuple that ends in `t64` goes with a profile of time64, and only that".to_owned();
            values.wrong("chost", Contradiction, message, Some(help.to_owned()));
        }
        let end = chost.libc().unwrap_or_default().trim_end_matches("t64");
        let is_other = if arch == "arm" { !end.ends_with(cpu.libc) } else { chost.cpu() != wanted };
        let is_foreign = !matches!(chost.libc_kind(), Some(Libc::Glibc | Libc::Musl)) || end.ends_with("x32");
        if chost.arch() == Some(arch) && (is_other || is_foreign) {
            let message = if chost.cpu() == wanted {
                format!("`{chost}` is of another system than `{}`", cpu.name)
            } else {
                format!("the tuple is of an `{}`, and the CPU is an `{wanted}`", chost.cpu())
            };
            let help = Some("leave `chost` out, and say the vendor with `vendor`".to_owned());
            values.wrong("chost", Contradiction, message, help);
        }
        if let Some(vendor) = vendor
            && chost.vendor() != Some(vendor)
        {
            let message = format!("`chost` has another vendor than `{vendor}`");
            values.wrong("vendor", Contradiction, message, Some("leave one of them out".to_owned()));
        }
        return Some(chost);
    }
    if values.text("chost").is_some() {
        return None;
    }
    let vendor = vendor.unwrap_or(cpu.vendor);
    let time = if time64 && libc == Libc::Glibc { "t64" } else { "" };
    let libc = if libc == Libc::Musl { "musl" } else { "gnu" };
    Chost::parse(&format!("{wanted}-{vendor}-linux-{libc}{}{time}", cpu.libc)).ok()
}

fn has(path: &str, part: &str) -> bool {
    path.split('/').any(|other| other == part)
}

/// The profile that was named, as an absolute path.
fn profile_said(values: &mut Values<'_>) -> Option<String> {
    let said = values.text("profile")?;
    let inner = said.strip_prefix('/').unwrap_or(said);
    let bad =
        |part: &str| part.is_empty() || matches!(part, "." | "..") || part.contains(char::is_whitespace);
    if inner.split('/').any(bad) {
        let help = Some("write its path below `profiles/`: `default/linux/amd64/23.0`".to_owned());
        values.wrong("profile", Value, format!("`{said}` is no profile"), help);
        return None;
    }
    Some(if said.starts_with('/') { said.to_owned() } else { format!("{FOLDER}{said}") })
}

/// A profile below `default/linux` says its architecture, and more of the machine.
fn agree(values: &mut Values<'_>, path: &str, cpu: &Cpu, arch: &str, abi: Option<&str>) {
    let named = path.split_once("default/linux/").and_then(|(_, rest)| rest.split('/').next());
    let named = if named == Some("ppc64le") { Some("ppc64") } else { named };
    if let Some(other) = named.filter(|other| ARCHES.contains(other) && *other != arch) {
        let message = format!("the profile is one of `{other}`, and the machine is an `{arch}`");
        values.wrong("profile", Contradiction, message, Some(format!("take one of default/linux/{arch}")));
    } else if let Some((profile, machine)) = profile::clash(path, cpu, arch, abi.or(cpu.abi)) {
        let message =
            format!("the profile is one for {profile}, and the machine is {machine} (`{}`)", cpu.name);
        let help = match cpu.profile {
            Some(fits) => format!("leave `profile` out, or take one of {fits}"),
            None => "take the profile of the machine".to_owned(),
        };
        values.wrong("profile", Contradiction, message, Some(help));
    }
}

/// The profile that fits.
fn find(
    values: &mut Values<'_>,
    cpu: &Cpu,
    name: &str,
    arch: &str,
    libc: Libc,
    init: Init,
) -> Option<String> {
    if values.text("profile").is_some() {
        return None;
    }
    let base =
        if cpu.is_64bit_x86() && arch == "x86" { Some("default/linux/x86/23.0/i686") } else { cpu.profile };
    let (musl, systemd) = (libc == Libc::Musl, init == Init::Systemd);
    let found = base.and_then(|base| profile::choose(base, musl, systemd));
    if found.is_none() && !(musl && systemd) {
        let of = base.unwrap_or("");
        let near: Vec<&str> = profiles()
            .iter()
            .filter(|profile| profile.arch == arch && !of.is_empty() && profile.path.starts_with(of))
            .map(|profile| profile.path)
            .collect();
        let help = match near.as_slice() {
            [] => "name one with `profile`".to_owned(),
            near => format!("name one with `profile`, or change the machine; there is {}", near.join(", ")),
        };
        let (libc, init) = (if musl { "musl" } else { "glibc" }, if systemd { "systemd" } else { "OpenRC" });
        let message = format!("no profile of ::gentoo fits `{name}` with {libc} and {init}");
        values.wrong("cpu", Contradiction, message, Some(help));
    }
    found.map(|profile| format!("{FOLDER}{}", profile.path))
}

/// Whether the build host can run what it builds.
fn runs(values: &mut Values<'_>, cpu: &Cpu, arch: &str, host: &BuildHost) {
    if !host.runs_target {
        return;
    }
    let key = "build-host.runs-target";
    let Some(other) = host.cpu else {
        if values.text("build-host.cpu").is_none() {
            let help = Some("write the `cpu` of the build host, too".to_owned());
            values.wrong(key, Missing, "what the build host lacks follows from its CPU".to_owned(), help);
        }
        return;
    };
    let x86 = |arch: &str| matches!(arch, "x86" | "amd64");
    if other.arch != arch && !(arch == "x86" && other.arch == "amd64") {
        let message = format!("`{}` does not run the code of `{arch}`", other.name);
        values.wrong(key, Contradiction, message, Some("leave `runs-target` out".to_owned()));
    } else if !x86(arch) && other.name != cpu.name {
        let message = format!(
            "which instructions `{}` has and `{}` lacks is known for x86 alone",
            cpu.name, other.name
        );
        values.wrong(
            key,
            Value,
            message,
            Some("leave it out, and say the flags below [make.conf]".to_owned()),
        );
    }
}
