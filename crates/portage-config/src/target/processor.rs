//! What a machine has.

use super::cpu::Cpu;
use super::sets::{Sets, instruction_sets};
use super::uses::cpu_flags_use;

/// An x86 and its instruction sets, as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Processor {
    /// Its name: `model name` of cpuinfo, or that of the table.
    pub name: Option<String>,
    /// What it has.
    pub sets: Sets,
    /// What it may have all the same.
    unknown: Sets,
}

/// A text that names no flags of an x86.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoX86;

impl std::fmt::Display for NoX86 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no line `flags` as /proc/cpuinfo of an x86 has it")
    }
}

impl std::error::Error for NoX86 {}

impl Processor {
    /// Reads the text of `/proc/cpuinfo`. Where the processors differ it is what all of them have.
    ///
    /// Linux shows what it makes use of itself: an old kernel, or one that a mitigation has told so, says less than the CPU has.
    ///
    /// # Errors
    /// When there is no line `flags`, as on another architecture.
    ///
    /// ```
    /// use portage_config::target::Processor;
    /// let text = "processor\t: 0\nmodel name\t: Pentium III (Coppermine)\nflags\t\t: fpu cmov mmx fxsr sse\n";
    /// let found = Processor::read(text)?;
    /// assert_eq!(found.name.as_deref(), Some("Pentium III (Coppermine)"));
    /// assert_eq!(found.sets.cpu_flags(), ["mmx", "mmxext", "sse"]);
    /// # Ok::<(), portage_config::target::NoX86>(())
    /// ```
    pub fn read(text: &str) -> Result<Self, NoX86> {
        let lines = || text.lines().filter_map(|line| line.split_once(':'));
        let of = |name: &'static str| {
            lines().filter(move |(key, _)| key.trim() == name).map(|(_, value)| value.trim())
        };
        let words = |value: &str| {
            let words: Vec<&str> = value.split_whitespace().collect();
            let is_there = |word: &str| words.contains(&word);
            let all = instruction_sets().iter().filter(|set| set.linux.is_some_and(is_there));
            Sets::named(all.map(|set| set.name))
        };
        let sets = of("flags").map(words).reduce(Sets::common).ok_or(NoX86)?;
        let unshown = instruction_sets().iter().filter(|set| set.linux.is_none());
        let unknown = Sets::named(unshown.map(|set| set.name));
        let name = of("model name").next().filter(|name| !name.is_empty());
        Ok(Self { name: name.map(str::to_owned), sets, unknown })
    }

    /// A CPU by its name in the table; nothing where the architecture is not x86. It is taken to have no more than GCC counts on.
    pub fn of(cpu: &Cpu) -> Option<Self> {
        Some(Self { name: Some(cpu.name.to_owned()), sets: cpu.sets?, unknown: Sets::default() })
    }

    /// Which of some instruction sets it lacks. What is not known of it, and what programs use by name alone, is not among them.
    pub fn lacks(&self, sets: Sets) -> Sets {
        let named = instruction_sets().iter().filter(|set| set.named_only).map(|set| set.name);
        sets.without(self.sets).without(self.unknown).without(Sets::named(named))
    }

    /// Whether it lacks what a word of CPU_FLAGS_X86 stands for. Of words that are none nothing is known.
    ///
    /// ```
    /// use portage_config::target::{cpu, Processor};
    /// let athlon = cpu("athlon").and_then(Processor::of).ok_or("unknown")?;
    /// assert!(!athlon.lacks_flag("mmxext") && athlon.lacks_flag("sse") && !athlon.lacks_flag("padlock"));
    /// # Ok::<(), &str>(())
    /// ```
    pub fn lacks_flag(&self, word: &str) -> bool {
        let sets = cpu_flags_use(word);
        !sets.is_empty() && sets.without(self.unknown).common(self.sets).is_empty()
    }
}
