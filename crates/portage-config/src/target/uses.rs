//! What the code of a compiler may use, by the compiler's flags.

use super::cpu::{self, Cpu, cpus};
use super::lacking::GO;
use super::sets::{InstructionSet, Sets, instruction_set, instruction_sets};
use crate::vocab::CompilerFlags;

/// What code may use that is built with some flags.
///
/// A program that uses an instruction that the CPU lacks ends with `Illegal instruction`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uses<'a> {
    /// The instruction sets, each with the word that brings it; an empty word stands for what the compiler does without one.
    pub by: Vec<(&'a str, Sets)>,
    /// The word that stands for the CPU of the machine that builds: `-march=native`. What that has is not among [`Self::by`].
    pub native: Option<&'a str>,
    /// The word that names a CPU nobody knows. What that has is not among [`Self::by`].
    pub unknown: Option<&'a str>,
}

impl<'a> Uses<'a> {
    /// All instruction sets.
    pub fn sets(&self) -> Sets {
        self.by.iter().fold(Sets::default(), |all, (_, sets)| all.with(*sets))
    }

    /// The words that bring some of these instruction sets, and which.
    ///
    /// ```
    /// use portage_config::{target::{cpu, gcc_uses, Processor}, vocab::CompilerFlags};
    /// let znver2 = Processor::of(cpu("znver2").ok_or("unknown")?).ok_or("no x86")?;
    /// let flags = CompilerFlags::parse("-O2 -march=icelake-client -mno-avx512f -mvaes");
    /// let uses = gcc_uses(&flags, None);
    /// let lacking: Vec<_> = uses.of(znver2.lacks(uses.sets())).collect();
    /// let names = |sets: portage_config::target::Sets| sets.iter().map(|set| set.name).collect::<Vec<_>>();
    /// assert_eq!(lacking.len(), 2);
    /// assert_eq!((lacking[0].0, names(lacking[0].1)), ("-march=icelake-client", vec!["gfni", "vpclmulqdq"]));
    /// assert_eq!((lacking[1].0, names(lacking[1].1)), ("-mvaes", vec!["vaes"]));
    /// # Ok::<(), &str>(())
    /// ```
    pub fn of(&self, sets: Sets) -> impl Iterator<Item = (&'a str, Sets)> + '_ {
        let common = self.by.iter().map(move |(word, brought)| (*word, brought.common(sets)));
        common.filter(|(_, sets)| !sets.is_empty())
    }

    /// Adds sets that nobody brought so far.
    fn add(&mut self, word: &'a str, sets: Sets) {
        let new = sets.without(self.sets());
        match self.by.iter_mut().find(|(other, _)| *other == word) {
            Some((_, known)) => *known = known.with(new),
            None if !new.is_empty() => self.by.push((word, new)),
            None => {}
        }
    }

    fn remove(&mut self, sets: Sets) {
        for (_, known) in &mut self.by {
            *known = known.without(sets);
        }
        self.by.retain(|(_, known)| !known.is_empty());
    }

    /// Notes a CPU by its name; what it has, where that is known.
    fn cpu(
        &mut self,
        word: &'a str,
        name: &str,
        known: impl Fn(&str) -> Option<&'static Cpu>,
    ) -> Option<Sets> {
        let found = known(name);
        if name == "native" {
            self.native = Some(word);
        } else if found.is_none() {
            self.unknown = Some(word);
        }
        found.and_then(|cpu| cpu.sets)
    }
}

/// What GCC switches on with a set at the end, where no flag speaks of it: these are in no -march of its own.
const IMPLIED: [(&str, &[&str]); 3] =
    [("sse", &["mmx"]), ("sse3", &["mwait"]), ("sse4.2", &["crc32", "popcnt"])];

/// The sets of a switch, without `-m` and `no-`: what goes with it when it is on, and when it is off.
fn switch(name: &str) -> Option<(Sets, Sets)> {
    let one = |name| instruction_set(name).map(|set| (set.opens, unset(set)));
    match name {
        "sse4" => Some((instruction_set("sse4.2")?.opens, unset(instruction_set("sse4.1")?))),
        "sse5" => one("avx"),
        // It stands for LZCNT as well, unless that is spoken of.
        "abm" => Some((Sets::named(["popcnt", "lzcnt"]), Sets::default())),
        name => one(name),
    }
}

/// What a word speaks of, on or off.
fn name(word: &str) -> &str {
    let Some(name) = word.strip_prefix("-m") else { return word };
    match name.strip_prefix("no-").unwrap_or(name) {
        "sse5" => "avx",
        // -msse4 and -mno-sse4 are two switches, each with an end of its own.
        "sse4" => name,
        other => other,
    }
}

/// What `-mno-NAME` speaks of: what is only implied comes back with what implies it.
fn unset(set: &InstructionSet) -> Sets {
    let own = Sets::named([set.name]);
    set.closes.without(Sets::named(["mwait", "crc32"])).with(own)
}

/// What the code of GCC may use, by CFLAGS. `default`: the CPU that the compiler takes without -march, such as that of CHOST.
///
/// The flags are taken as GCC takes them (`ix86_handle_option`, `ix86_option_override_internal`): `-mNAME` and `-mno-NAME` in their
/// order, each with what goes with it, of one name the last word alone; the last `-march` adds what none of them speaks of, wherever it stands. It was compared
/// with GCC 12 over random flags. Not followed are `-mgeneral-regs-only`, `-msoft-float` and `#pragma`s.
///
/// ```
/// use portage_config::{target::{gcc_uses, Sets}, vocab::CompilerFlags};
/// let sets = |flags: &str| gcc_uses(&CompilerFlags::parse(flags), None).sets();
/// assert!(sets("-march=haswell").covers(Sets::named(["avx2", "fma", "bmi2"])));
/// assert!(sets("-mno-avx -march=haswell").common(Sets::named(["avx", "avx2", "fma"])).is_empty());
/// assert!(sets("-march=i686 -msse4.2").covers(Sets::named(["sse", "sse4.2", "popcnt"])));
/// assert_eq!(gcc_uses(&CompilerFlags::parse("-march=native"), None).native, Some("-march=native"));
/// assert_eq!(gcc_uses(&CompilerFlags::parse("-march=zen4"), None).unknown, Some("-march=zen4"));
/// ```
pub fn gcc_uses<'a>(flags: &CompilerFlags<'a>, default: Option<&Cpu>) -> Uses<'a> {
    let mut uses = Uses::default();
    let mut spoken = Sets::default();
    let mut march = None;
    let names: Vec<&str> = flags.iter().map(name).collect();
    for (at, word) in flags.iter().enumerate() {
        let Some(name) = word.strip_prefix("-m") else { continue };
        if let Some(name) = name.strip_prefix("arch=") {
            march = Some((word, name));
            continue;
        }
        // Of several words about one name gcc(1) hands on the last alone.
        let own = names.get(at);
        if names.iter().skip(at + 1).any(|later| Some(later) == own) {
            continue;
        }
        let off = name.strip_prefix("no-");
        let Some((opens, closes)) = switch(off.unwrap_or(name)) else { continue };
        if off.is_some() {
            uses.remove(closes);
            spoken = spoken.with(closes);
        } else {
            uses.add(word, opens);
            spoken = spoken.with(opens);
        }
    }
    let (word, sets) = match march {
        Some((word, name)) => (word, uses.cpu(word, name, cpu::cpu)),
        None => ("", default.and_then(|cpu| cpu.sets)),
    };
    let own = sets.unwrap_or_default().without(Sets::named(["mwait", "crc32"]));
    uses.add(word, own.without(spoken));
    for (set, implied) in IMPLIED {
        let by = uses.of(Sets::named([set])).next().map(|(word, _)| word);
        if let Some(word) = by {
            uses.add(word, Sets::named(implied.iter().copied()).without(spoken));
        }
    }
    uses
}

/// What the code of rustc may use, by RUSTFLAGS. `default`: the CPU of the tuple: rustc takes `x86-64` for x86_64, and `pentium4`
/// for i686.
///
/// `-C target-feature` is taken in its order, each word with what LLVM switches on or off with it.
///
/// ```
/// use portage_config::target::{cpu, rust_uses, Sets};
/// let uses = rust_uses("-C target-cpu=icelake-client -Ctarget-feature=-avx512f,+sse4a", cpu("x86-64"));
/// assert!(uses.sets().covers(Sets::named(["avx2", "gfni", "sse4a"])));
/// assert!(uses.sets().common(Sets::named(["avx512f", "avx512vl"])).is_empty());
/// ```
pub fn rust_uses<'a>(flags: &'a str, default: Option<&Cpu>) -> Uses<'a> {
    let mut uses = Uses::default();
    let words = || flags.split_whitespace().map(|word| word.strip_prefix("-C").unwrap_or(word));
    let value = |word: &'a str, name: &str| word.strip_prefix(name)?.strip_prefix('=');
    match words().filter_map(|word| Some((word, value(word, "target-cpu")?))).next_back() {
        Some((word, name)) => {
            let sets = uses.cpu(word, name, |name| cpus().iter().find(|cpu| cpu.rust == Some(name)));
            uses.add(word, sets.unwrap_or_default());
        }
        None => uses.add("", default.and_then(|cpu| cpu.sets).unwrap_or_default()),
    }
    for word in words().filter_map(|word| value(word, "target-feature")).flat_map(|list| list.split(',')) {
        let known = |name: &str| instruction_sets().iter().find(|set| set.rust == Some(name));
        if let Some(set) = word.strip_prefix('-').and_then(known) {
            uses.remove(set.closes_llvm);
        } else if let Some(set) = word.strip_prefix('+').and_then(known) {
            uses.add(word, set.opens_llvm);
        }
    }
    uses
}

/// What the code of Go may use at a level of GOAMD64; nothing where there is no such level.
///
/// ```
/// use portage_config::target::{go_uses, Sets};
/// assert!(go_uses("v3").is_some_and(|uses| uses.sets().covers(Sets::named(["avx2", "lzcnt"]))));
/// assert!(go_uses("3").is_none());
/// ```
pub fn go_uses(level: &str) -> Option<Uses<'_>> {
    let mut uses = Uses::default();
    uses.add(level, Sets::named(["mmx", "fxsr", "sse", "sse2"]));
    let known = GO.iter().position(|(name, _)| *name == level);
    if known.is_none() && level != "v1" {
        return None;
    }
    for (_, names) in GO.iter().take(known.map_or(0, |at| at + 1)) {
        uses.add(level, Sets::named(names.iter().copied()));
    }
    Some(uses)
}

/// What a word of CPU_FLAGS_X86 lets hand-written assembly use. Where several instruction sets stand behind a word (`mmxext` is
/// part of SSE and of 3DNow!), one of them is enough.
///
/// ```
/// use portage_config::target::cpu_flags_use;
/// assert_eq!(cpu_flags_use("sse4_1").iter().map(|set| set.name).collect::<Vec<_>>(), ["sse4.1"]);
/// assert!(cpu_flags_use("sse4.1").is_empty());
/// ```
pub fn cpu_flags_use(word: &str) -> Sets {
    Sets::named(instruction_sets().iter().filter(|set| set.cpu_flags.contains(&word)).map(|set| set.name))
}
