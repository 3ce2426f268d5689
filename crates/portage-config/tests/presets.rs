//! Every preset is complete: it loads, nothing is found wrong with it, and its steps can be followed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails says so"
)]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use portage_config::config::Body;
use portage_config::report::{Diagnostic, Report, Severity};
use portage_config::spec::{Disk, Options, Resolved, is_block, load, presets};
use portage_config::template::Templates;
use portage_config::{lint, render};

/// Hints that a preset may raise: its name, the code, why.
const HINTS: &[(&str, &str, &str)] = &[
    ("i486-musl-openrc", "L203", "its swap space is attached after the network, and a step says how"),
    ("amd64-no-avx512", "L167", "host-level keeps the instructions that both machines have"),
];

/// Presets without steps: why there is nothing to do.
const WITHOUT_STEPS: &[(&str, &str)] =
    &[("i486-glibc-systemd", "what is done with the board beside its files is not written down")];

/// Presets without a set of packages: why.
const WITHOUT_SET: &[(&str, &str)] =
    &[("i486-servers", "the machines that serve the board may be no Gentoo")];

/// Files below /etc that steps may name although no preset writes them: who does.
const OTHERS: &[(&str, &str)] = &[
    ("etc/env.d", "gcc-config, binutils-config and env-update"),
    ("etc/group", "sys-apps/baselayout, and packages with groups of their own"),
    ("etc/hostname", "the one who installs the system"),
    ("etc/init.d", "OpenRC, and the packages that bring services"),
    ("etc/ld.so.conf", "env-update"),
    ("etc/localtime", "sys-libs/timezone-data"),
    ("etc/machine-id", "systemd-machine-id-setup"),
    ("etc/passwd", "sys-apps/baselayout, passwd(1), useradd(8)"),
    ("etc/profile", "sys-apps/baselayout"),
    ("etc/resolv.conf", "copied from the build host for a chroot"),
    ("etc/shadow", "passwd(1), chpasswd(8)"),
    ("etc/ssh", "net-misc/openssh"),
];

/// Sets that Portage brings.
const SETS: [&str; 8] = [
    "world",
    "system",
    "selected",
    "profile",
    "preserved-rebuild",
    "live-rebuild",
    "module-rebuild",
    "changed-deps",
];

fn resolve(name: &str, variant: Option<&str>, report: &mut Report) -> Option<Resolved> {
    let mut options = Options::new(&Disk);
    options.examples = true;
    options.need_secrets = false;
    options.variants = variant.map(str::to_owned).into_iter().collect();
    load(&format!("preset:{name}"), &options, report)
}

fn systems() -> impl Iterator<Item = &'static str> {
    presets().iter().map(|(name, _)| *name).filter(|name| !is_block(name))
}

fn told(diagnostics: &[Diagnostic], least: Severity) -> Vec<String> {
    let line = |found: &Diagnostic| {
        let path = found.spot.path.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {path} {}: {}", found.code.id, found.spot.key, found.message)
    };
    diagnostics.iter().filter(|found| found.severity >= least).map(line).collect()
}

/// The findings that the preset does not allow.
fn judged(resolved: &Resolved, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for found in &mut diagnostics {
        let of = |path: &Option<_>| path.is_none() || *path == found.spot.path;
        let rules = resolved.checks.iter().filter(|rule| rule.code == found.code.id && of(&rule.path));
        match rules.max_by_key(|rule| rule.path.is_some()).map(|rule| rule.level) {
            Some(Some(level)) => found.severity = level,
            Some(None) => found.message.clear(),
            None => {}
        }
    }
    diagnostics.retain(|found| !found.message.is_empty());
    diagnostics
}

#[test]
fn nothing_is_wrong_with_a_preset() {
    for name in systems() {
        let mut report = Report::new();
        let resolved = resolve(name, None, &mut report).unwrap();
        assert_eq!(told(&report.diagnostics, Severity::Hint), [""; 0], "{name}");
        let variants = resolved.variants.clone();
        for variant in std::iter::once(None).chain(variants.iter().map(|variant| Some(variant.as_str()))) {
            let mut report = Report::new();
            let resolved = resolve(name, variant, &mut report).unwrap();
            for root in &resolved.roots {
                lint::check(&root.config, &mut report);
                assert!(render::render(&root.config, &Templates::builtin(), &mut report).is_some(), "{name}");
            }
            let found = judged(&resolved, report.diagnostics);
            let is_listed = |found: &Diagnostic| {
                found.severity == Severity::Hint
                    && HINTS.iter().any(|(preset, code, _)| *preset == name && *code == found.code.id)
            };
            let found: Vec<Diagnostic> = found.into_iter().filter(|found| !is_listed(found)).collect();
            assert_eq!(told(&found, Severity::Hint), [""; 0], "{name} {variant:?}");
        }
    }
}

#[test]
fn every_block_is_of_use() {
    let mut used = BTreeSet::new();
    for name in systems() {
        let mut report = Report::new();
        let layers = resolve(name, None, &mut report).unwrap().layers;
        used.extend(
            layers.into_iter().filter_map(|layer| Some(layer.name.strip_prefix("preset:")?.to_owned())),
        );
    }
    for (name, _) in presets().iter().filter(|(name, _)| is_block(name)) {
        let mut report = Report::new();
        let resolved = resolve(name, None, &mut report);
        let alone = resolved.is_some() && !report.has_errors();
        let errors = told(&report.diagnostics, Severity::Error);
        assert!(alone || used.contains(*name), "{name} loads neither alone nor in a preset: {errors:#?}");
    }
}

/// Whether sh can read a script.
fn reads(script: &str) -> Result<(), String> {
    let mut sh = Command::new("sh");
    let mut sh = sh.arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    sh.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let done = sh.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    if done.status.success() && said.is_empty() { Ok(()) } else { Err(said) }
}

#[test]
fn sh_refuses_what_is_no_script() {
    assert!(reads("if true\n").is_err() && reads("echo 'x\n").is_err() && reads("echo x | cat\n").is_ok());
}

#[test]
fn every_step_is_for_sh() {
    for (name, _) in presets() {
        let Some(resolved) = resolve(name, None, &mut Report::new()) else { continue };
        for step in &resolved.steps {
            let about = step.about.trim();
            assert!(about.ends_with('.') && about.len() > 10, "{name}, step {}: {about}", step.name);
            if let Some(run) = &step.run {
                assert_eq!(reads(run), Ok(()), "{name}, step {}\n{run}", step.name);
            }
        }
    }
}

/// The paths below /etc in a line, without the folder that the root is mounted at; whether the line writes them.
fn named(line: &str) -> Vec<(String, bool)> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || "_./@%+-".contains(c));
    let words: Vec<&str> = line.split_whitespace().collect();
    let makers = ["mkdir", "cp", "ln", "install", "touch", "tee", "mv", "rm", "rsync", "scp"];
    let makes = words.iter().any(|word| makers.contains(word));
    line.match_indices("/etc/")
        .filter(|(at, _)| !line[..*at].ends_with("/usr") && !line[..*at].ends_with("/share"))
        .map(|(at, _)| {
            let rest = &line[at + 1..];
            let end = rest.find(ends).unwrap_or(rest.len());
            let is_pattern = rest[end..].starts_with(['*', '?', '[', '{', '$']);
            let path = rest[..end].trim_end_matches(['.', '/']);
            let path =
                if is_pattern { path.rsplit_once('/').map_or(path, |(folder, _)| folder) } else { path };
            let start = line[..at].rfind(char::is_whitespace).unwrap_or(0);
            let redirected = line[..at].ends_with('>') || line[..start].trim_end().ends_with('>');
            (path.to_owned(), makes || redirected)
        })
        .collect()
}

#[test]
fn paths_are_found_in_commands() {
    let one =
        |line: &str| named(line).into_iter().map(|(path, made)| format!("{path} {made}")).collect::<Vec<_>>();
    assert_eq!(one("cat /mnt/gentoo/etc/fstab"), ["etc/fstab false"]);
    assert_eq!(one("echo x >> \"$ROOT/etc/hosts\""), ["etc/hosts true"]);
    assert_eq!(one("grep -r i686 /etc/env.d/0?gcc* /etc/portage/"), ["etc/env.d false", "etc/portage false"]);
    assert_eq!(one("mkdir -p /etc/portage/repos.conf"), ["etc/portage/repos.conf true"]);
}

#[test]
fn steps_name_files_that_are_there() {
    for name in systems() {
        let resolved = resolve(name, None, &mut Report::new()).unwrap();
        let files: Vec<&str> = (resolved.roots.iter())
            .flat_map(|root| &root.config.files)
            .filter(|(_, file)| !matches!(file.body, Body::Absent))
            .map(|(path, _)| path.as_str())
            .collect();
        let runs: Vec<_> = resolved.steps.iter().filter_map(|s| Some((&s.name, s.run.as_ref()?))).collect();
        let lines = || runs.iter().flat_map(|(step, run)| run.lines().map(move |line| (*step, line)));
        let named: Vec<_> = lines()
            .filter(|(_, line)| !line.trim_start().starts_with('#'))
            .flat_map(|(step, line)| named(line).into_iter().map(move |(path, made)| (step, path, made)))
            .collect();
        let made: Vec<&str> =
            named.iter().filter(|(.., made)| *made).map(|(_, path, _)| path.as_str()).collect();
        let below = |path: &str, folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        for (step, path, _) in &named {
            let known = files.iter().any(|file| below(file, path))
                || made.iter().any(|made| below(path, made))
                || OTHERS.iter().any(|(other, _)| below(path, other));
            assert!(known, "{name}, step {step}: no file of the preset is /{path}");
        }
    }
}

#[test]
fn every_preset_has_a_set_that_its_steps_install() {
    for name in systems() {
        let resolved = resolve(name, None, &mut Report::new()).unwrap();
        if resolved.steps.is_empty() && WITHOUT_STEPS.iter().any(|(preset, _)| *preset == name)
            || WITHOUT_SET.iter().any(|(preset, _)| *preset == name)
        {
            continue;
        }
        let files = resolved.roots.iter().flat_map(|root| root.config.files.keys());
        let sets: BTreeSet<&str> = files
            .filter_map(|path| path.as_str().split_once("etc/portage/sets/"))
            .map(|(_, set)| set)
            .collect();
        assert!(!sets.is_empty(), "{name} has no set of packages");
        let mut installed = BTreeSet::new();
        for line in resolved.steps.iter().filter_map(|step| step.run.as_deref()).flat_map(str::lines) {
            let words = line.split(|c: char| c.is_whitespace() || "'\";&|()".contains(c));
            let words: Vec<&str> = words.collect();
            if words.iter().any(|word| word.ends_with("emerge")) {
                installed.extend(words.iter().filter_map(|word| word.strip_prefix('@')));
            }
        }
        let unknown: Vec<_> =
            installed.iter().filter(|set| !sets.contains(*set) && !SETS.contains(set)).collect();
        assert!(unknown.is_empty(), "{name}: steps install {unknown:?}; there is {sets:?}");
        assert!(sets.iter().any(|set| installed.contains(set)), "{name}: no step installs one of {sets:?}");
    }
}

#[test]
fn every_preset_has_a_golden_tree() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots/cases");
    let specs: Vec<String> = std::fs::read_dir(cases)
        .unwrap()
        .filter_map(|case| std::fs::read_to_string(case.unwrap().path().join("spec.toml")).ok())
        .collect();
    for name in systems() {
        let layer = format!("\"preset:{name}\"");
        assert!(
            specs.iter().any(|spec| spec.contains(&layer)),
            "no folder of snapshots/cases extends {layer}"
        );
    }
}
