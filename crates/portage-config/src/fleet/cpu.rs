//! The CPU of a machine.

use crate::target::{Cpu, NoX86, Processor};

/// The x86 of a machine that is to run what another one builds: its instruction sets, and the generation that has no name as a
/// set (CMOV of i686 and the like).
///
/// ```
/// use portage_config::fleet::HostCpu;
/// let cpu = HostCpu::read("model name\t: Pentium MMX\nflags\t\t: fpu cx8 mmx\n")?;
/// assert_eq!(cpu.name(), Some("Pentium MMX"));
/// # Ok::<(), portage_config::target::NoX86>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostCpu {
    pub(super) processor: Processor,
    /// As [`generation`].
    generation: u8,
}

/// What each generation has brought that no instruction set of its own stands for.
const BROUGHT: [&str; 4] = ["bswap cmpxchg", "cmpxchg8b", "cmov", "x86_64"];

/// The place of a CPU among i386, i486, i586, i686 and x86_64.
pub(super) fn generation(cpu: &Cpu) -> u8 {
    match cpu.chost {
        "x86_64" => 4,
        "i686" => 3,
        "i586" => 2,
        "i486" => 1,
        _ => 0,
    }
}

impl HostCpu {
    /// Reads the text of `/proc/cpuinfo`, as [`Processor::read`].
    ///
    /// # Errors
    /// When there is no line `flags`, as on another architecture.
    pub fn read(text: &str) -> Result<Self, NoX86> {
        let processor = Processor::read(text)?;
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        let flags = lines.find(|(key, _)| key.trim() == "flags").map_or("", |(_, flags)| flags);
        let has = |name: &str| flags.split_whitespace().any(|flag| flag == name);
        // Linux does not run on an i386.
        let generation = [("lm", 4), ("cmov", 3), ("cx8", 2)].into_iter().find(|(name, _)| has(name));
        Ok(Self { processor, generation: generation.map_or(1, |(_, generation)| generation) })
    }

    /// A CPU of the table; nothing where it is no x86.
    pub fn of(cpu: &Cpu) -> Option<Self> {
        Some(Self { processor: Processor::of(cpu)?, generation: generation(cpu) })
    }

    /// What it is called.
    pub fn name(&self) -> Option<&str> {
        self.processor.name.as_deref()
    }

    /// What a generation has, and this one lacks.
    pub(super) fn lacks_of(&self, generation: u8) -> Vec<&'static str> {
        let (own, wanted) = (usize::from(self.generation), usize::from(generation));
        BROUGHT.get(own..wanted).unwrap_or_default().to_vec()
    }
}
