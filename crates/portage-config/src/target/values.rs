//! The keys of a target, and what each may hold.

use std::collections::HashMap;

use super::cpu::{Cpu, cpu, cpus};
use super::{Firmware, Init};
use crate::vocab::{Chost, Libc, nearest};

/// The keys of `[target]`.
pub const KEYS: [&str; 14] = [
    "cpu",
    "libc",
    "init",
    "memory",
    "cores",
    "firmware",
    "arch",
    "chost",
    "vendor",
    "abi",
    "profile",
    "keywords",
    "file",
    "build-host",
];

/// The keys of `[target.build-host]`.
pub const BUILD_HOST: [&str; 5] = ["cpu", "chost", "cores", "memory", "runs-target"];

/// The values of `libc`.
pub const LIBCS: [&str; 2] = ["glibc", "musl"];

/// The values of `init`.
pub const INITS: [&str; 3] = ["openrc", "systemd", "none"];

/// The values of `firmware`.
pub const FIRMWARE: [&str; 2] = ["bios", "efi"];

/// The values of `keywords`.
pub const KEYWORDS: [&str; 2] = ["stable", "testing"];

/// What is wrong with a target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The key: `cpu`, `build-host.cores`; empty where it is what is not said.
    pub key: String,
    /// What kind of mistake it is.
    pub kind: ProblemKind,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

/// What kind of mistake is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// There is no such key.
    Key,
    /// The key does not hold such a value.
    Value,
    /// Two keys are of two different machines.
    Contradiction,
    /// Something has to be said.
    Missing,
}

/// The values of the keys while they are read, and what is wrong with them.
pub(super) struct Values<'a> {
    said: &'a HashMap<&'a str, &'a str>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Values<'a> {
    pub(super) fn new(said: &'a HashMap<&'a str, &'a str>) -> Self {
        let mut values = Self { said, problems: Vec::new() };
        let mut keys: Vec<&str> = said.keys().copied().collect();
        keys.sort_unstable();
        for key in keys {
            let (inner, name) = match key.strip_prefix("build-host.") {
                Some(name) => (true, name),
                None => (false, key),
            };
            let known: &[&str] = if inner { &BUILD_HOST } else { &KEYS };
            if !known.contains(&name) || name == "build-host" {
                values.unknown(key, name, known, if inner { "`[target.build-host]`" } else { "`[target]`" });
            }
        }
        values
    }

    fn unknown(&mut self, key: &str, name: &str, known: &[&str], table: &str) {
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", known.join(", ")),
        };
        self.wrong(key, ProblemKind::Key, format!("{table} has no `{name}`"), Some(help));
    }

    pub(super) fn wrong(&mut self, key: &str, kind: ProblemKind, message: String, help: Option<String>) {
        self.problems.push(Problem { key: key.to_owned(), kind, message, help });
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.said.get(key).copied()
    }

    pub(super) fn has_build_host(&self) -> bool {
        self.said.keys().any(|key| key.starts_with("build-host."))
    }

    /// One of several words.
    pub(super) fn choice(&mut self, key: &str, choices: &[&'static str]) -> Option<&'static str> {
        let text = self.text(key)?;
        let found = choices.iter().copied().find(|choice| *choice == text);
        if found.is_none() {
            let help = match nearest(text, choices.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it is {}", choices.join(", ")),
            };
            self.wrong(key, ProblemKind::Value, format!("`{key}` is not `{text}`"), Some(help));
        }
        found
    }

    pub(super) fn libc(&mut self) -> Option<Libc> {
        Some(if self.choice("libc", &LIBCS)? == "musl" { Libc::Musl } else { Libc::Glibc })
    }

    pub(super) fn init(&mut self) -> Option<Init> {
        Some(match self.choice("init", &INITS)? {
            "systemd" => Init::Systemd,
            "none" => Init::None,
            _ => Init::Openrc,
        })
    }

    pub(super) fn firmware(&mut self) -> Option<Firmware> {
        Some(if self.choice("firmware", &FIRMWARE)? == "bios" { Firmware::Bios } else { Firmware::Efi })
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        self.choice(key, &["true", "false"]) == Some("true")
    }

    pub(super) fn cpu(&mut self, key: &str) -> Option<(&'static Cpu, &'a str)> {
        let name = self.text(key)?;
        let found = cpu(name);
        if found.is_none() {
            self.wrong(
                key,
                ProblemKind::Value,
                format!("`{name}` is no CPU that is known"),
                Some(similar(name)),
            );
        }
        found.map(|cpu| (cpu, name))
    }

    pub(super) fn chost(&mut self, key: &str) -> Option<Chost> {
        match Chost::parse(self.text(key)?) {
            Ok(chost) => Some(chost),
            Err(error) => {
                let help = error.help().map(str::to_owned);
                self.wrong(key, ProblemKind::Value, error.to_string(), help);
                None
            }
        }
    }

    pub(super) fn cores(&mut self, key: &str) -> Option<u32> {
        let text = self.text(key)?;
        let cores = text.parse().ok().filter(|cores| (1..=65_536).contains(cores));
        if cores.is_none() {
            self.wrong(key, ProblemKind::Value, format!("`{text}` is no number of cores"), None);
        }
        cores
    }

    /// A size in bytes.
    pub(super) fn memory(&mut self, key: &str) -> Option<u64> {
        let text = self.text(key)?;
        let units = [('K', 10), ('M', 20), ('G', 30), ('T', 40)];
        let size = units.into_iter().find_map(|(unit, shift)| {
            let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
            number.checked_mul(1 << shift).filter(|size| *size > 0)
        });
        if size.is_none() {
            let help = Some("write a number with its unit K, M, G or T: `64M`".to_owned());
            self.wrong(key, ProblemKind::Value, format!("`{text}` is no size of a memory"), help);
        }
        size
    }

    /// A word that becomes part of a name.
    pub(super) fn word(&mut self, key: &str, legal: impl Fn(char) -> bool) -> Option<&'a str> {
        let text = self.text(key)?;
        let good = !text.is_empty() && text.chars().all(legal);
        if !good {
            self.wrong(key, ProblemKind::Value, format!("`{text}` is no word for `{key}`"), None);
        }
        good.then_some(text)
    }
}

/// Names of CPUs that may have been meant.
fn similar(name: &str) -> String {
    let names = || cpus().iter().flat_map(|cpu| std::iter::once(cpu.name).chain(cpu.aliases.iter().copied()));
    let mut near: Vec<&str> = Vec::new();
    while near.len() < 3
        && let Some(found) = nearest(name, names().filter(|name| !near.contains(name)))
    {
        near.push(found);
    }
    if near.is_empty() {
        return "it has the name that GCC's -march (or -mcpu) knows: `i486`, `x86-64-v3`, `znver4`, `cortex-a53`, …"
            .to_owned();
    }
    format!("did you mean `{}`?", near.join("`, `"))
}
