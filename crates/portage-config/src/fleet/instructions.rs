//! Which instructions the packages of a machine use, and which of them another one lacks.

use super::Host;
use super::cpu::{HostCpu, generation};
use crate::resolve::{About, Place, Subject};
use crate::target::{Cpu, Sets, Uses, cpu, cpu_flags_use, cpus, gcc_uses, go_uses, rust_uses};
use crate::vocab::{Chost, CompilerFlags};

/// The variables of GCC's flags.
const GCC: [&str; 4] = ["CFLAGS", "CXXFLAGS", "FFLAGS", "FCFLAGS"];
/// All variables that say which instructions are used.
pub(super) const ALL: [&str; 6] = ["CFLAGS", "CXXFLAGS", "FFLAGS", "FCFLAGS", "RUSTFLAGS", "GOAMD64"];
/// The words that assembly asks for.
pub(super) const FLAGS: &str = "CPU_FLAGS_X86";

/// What a word of a variable uses and a machine lacks; nothing of `lacks` where that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    pub(super) variable: &'static str,
    /// The word; empty: what the compiler does without one.
    pub(super) word: String,
    pub(super) lacks: Vec<&'static str>,
}

impl Lack {
    /// What it is: ``CFLAGS: `-march=haswell` uses avx2``.
    pub(super) fn to_text(&self) -> String {
        let Self { variable, word, lacks } = self;
        match (lacks.as_slice(), word.as_str()) {
            ([], word) => format!("{variable}: nobody but the building machine knows what `{word}` uses"),
            (lacks, "") => format!("{variable}: without -march the compiler uses {}", lacks.join(" ")),
            (lacks, word) => format!("{variable}: `{word}` uses {}", lacks.join(" ")),
        }
    }
}

/// The CPU that GCC builds for where no flag names one.
fn default(chost: &str) -> Option<&'static Cpu> {
    let chost = Chost::parse(chost).ok()?;
    match (chost.arch()?, chost.cpu()) {
        ("amd64", _) => cpu("x86-64"),
        ("x86", name) => cpu(name),
        _ => None,
    }
}

/// Whether a tuple is one of x86.
pub(super) fn is_x86(chost: &str) -> bool {
    Chost::parse(chost).is_ok_and(|chost| matches!(chost.arch(), Some("amd64" | "x86")))
}

/// The CPU of a machine, as far as the flags that it is built with tell; else why they do not.
pub(super) fn processor(host: &Host<'_>) -> Result<HostCpu, String> {
    let variable = |name| host.settings.variable(name).unwrap_or_default();
    let (chost, text) = (variable("CHOST"), variable("CFLAGS"));
    let flags = CompilerFlags::parse(&text);
    let uses = gcc_uses(&flags, default(&chost));
    let named = match flags.march() {
        Some("native") => return Err("its CFLAGS say -march=native, and not which CPU that is".to_owned()),
        Some(name) => cpu(name).ok_or_else(|| format!("nothing is known of the CPU `{name}`"))?,
        None => default(&chost).ok_or("neither CFLAGS nor CHOST names a CPU")?,
    };
    let mut found = HostCpu::of(named).ok_or_else(|| format!("`{}` is no x86", named.name))?;
    // What its own code uses it has.
    found.processor.sets = found.processor.sets.with(uses.sets());
    Ok(found)
}

/// What the values of variables use that a CPU lacks.
pub(super) fn lacking(get: &dyn Fn(&str) -> Option<String>, names: &[&str], user: &HostCpu) -> Vec<Lack> {
    let chost = get("CHOST").unwrap_or_default();
    let mut found = Vec::new();
    for variable in ALL.into_iter().filter(|name| names.contains(name)) {
        let Some(text) = get(variable).filter(|text| !text.trim().is_empty()) else { continue };
        let flags = CompilerFlags::parse(&text);
        let is_gcc = GCC.contains(&variable);
        let uses = match variable {
            _ if is_gcc => gcc_uses(&flags, default(&chost)),
            // Which CPU rustc takes by itself the tuple says, which is no matter of the configuration.
            "RUSTFLAGS" => rust_uses(&text, None),
            _ => go_uses(text.trim()).unwrap_or_default(),
        };
        found.extend(of(variable, &uses, user));
        let named = match variable {
            _ if is_gcc => match flags.march() {
                Some(name) => cpu(name).map(|cpu| (format!("-march={name}"), cpu)),
                None => default(&chost).map(|cpu| (String::new(), cpu)),
            },
            "RUSTFLAGS" => text.split_whitespace().rev().find_map(|word| {
                let (_, name) = word.split_once("target-cpu=")?;
                let cpu = cpus().iter().find(|cpu| cpu.rust == Some(name))?;
                Some((format!("target-cpu={name}"), cpu))
            }),
            _ => None,
        };
        let Some((word, cpu)) = named else { continue };
        let own = user.lacks_of(generation(cpu));
        match found.iter_mut().find(|lack| lack.variable == variable && lack.word == word) {
            Some(lack) if !lack.lacks.is_empty() => lack.lacks.splice(0..0, own).for_each(drop),
            _ if own.is_empty() => {}
            _ => found.push(Lack { variable, word, lacks: own }),
        }
    }
    found
}

fn of(variable: &'static str, uses: &Uses<'_>, user: &HostCpu) -> Vec<Lack> {
    let lack = |(word, sets): (&str, Sets)| Lack {
        variable,
        word: word.to_owned(),
        lacks: sets.iter().map(|set| set.name).collect(),
    };
    let unknown = uses.native.into_iter().chain(uses.unknown);
    let unknown = unknown.map(|word| Lack { variable, word: word.to_owned(), lacks: Vec::new() });
    uses.of(user.processor.lacks(uses.sets())).map(lack).chain(unknown).collect()
}

/// The words of CPU_FLAGS_X86 that a CPU lacks, of these.
pub(super) fn lacking_flags<'w>(words: impl Iterator<Item = &'w str>, user: &HostCpu) -> Option<Lack> {
    let missing: Vec<&str> = words.filter(|word| user.processor.lacks_flag(word)).collect();
    let sets = missing.iter().fold(Sets::default(), |all, word| all.with(cpu_flags_use(word)));
    let lacks = sets.iter().map(|set| set.name).collect();
    (!missing.is_empty()).then(|| Lack { variable: FLAGS, word: missing.join(" "), lacks })
}

/// The words of CPU_FLAGS_X86 that are on for a package.
pub(super) fn cpu_flags(about: &About<'_>) -> Vec<String> {
    let on = about.enabled();
    on.iter().filter_map(|flag| flag.strip_prefix("cpu_flags_x86_")).map(str::to_owned).collect()
}

/// The flags of an architecture whose instruction sets are not known: all that begin with `-m`.
pub(super) fn machine_flags(host: &Host<'_>) -> Vec<String> {
    let text = host.settings.variable("CFLAGS").unwrap_or_default();
    let mut all: Vec<String> = text
        .split_whitespace()
        .filter(|word| word.starts_with("-m") && !word.starts_with("-mtune="))
        .map(str::to_owned)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The lines of a variable.
pub(super) fn lines(about: &About<'_>, name: &str) -> Vec<Place> {
    super::Side::of(about, &Subject::Variable(name.to_owned())).lines
}
