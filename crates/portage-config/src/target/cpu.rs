//! CPUs: GCC's names, and what follows from each.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::sets::Sets;

static X86: &str = include_str!("../../data/x86-cpus.tsv");
static OTHERS: &str = include_str!("../../data/cpus.tsv");

/// A CPU by one of the names that GCC knows.
///
/// Those of x86 carry their instruction sets: measured with GCC 12 where it knows the name, from the x86 Options of
/// later versions otherwise. Those of the other architectures are names, tuples and switches.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cpu {
    /// Its name.
    pub name: &'static str,
    /// Other names for the same instruction sets.
    pub aliases: Vec<&'static str>,
    /// Gentoo's keyword: `x86`, `amd64`, `arm64`.
    pub arch: &'static str,
    /// The first field of CHOST: `i486`, `x86_64`, `armv7a`.
    pub chost: &'static str,
    /// The vendor of CHOST: `pc`, `unknown`, `softfloat`.
    pub vendor: &'static str,
    /// What is behind the C library in CHOST: `eabihf` in `gnueabihf`.
    pub libc: &'static str,
    /// The switches of GCC that are not `-march=NAME`.
    flags: &'static str,
    /// rustc's name for `-C target-cpu`, where rustc knows it.
    pub rust: Option<&'static str>,
    /// The name of the ABI, for CHOST_ABI.
    pub abi: Option<&'static str>,
    /// The profile for glibc and OpenRC, below `profiles/`.
    pub profile: Option<&'static str>,
    /// The first version of GCC that knows the name, where that is later than 12.
    pub since: Option<u8>,
    /// The last version of GCC that knows the name, where later ones do not.
    pub until: Option<u8>,
    /// The instruction sets; nothing where the architecture is not x86.
    pub sets: Option<Sets>,
    /// Where all this is from.
    pub source: &'static str,
}

impl Cpu {
    /// GCC's switches for the CPU, as it was named.
    ///
    /// ```
    /// use portage_config::target::cpu;
    /// assert_eq!(cpu("pentium").ok_or("unknown")?.flags("pentium"), "-march=pentium");
    /// assert_eq!(cpu("cortex-a53").ok_or("unknown")?.flags("cortex-a53"), "-mcpu=cortex-a53");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn flags(&self, named: &str) -> String {
        if self.flags.is_empty() { format!("-march={named}") } else { self.flags.to_owned() }
    }

    /// Whether it stands for all x86 from some level on, and not for one model.
    pub fn is_level(&self) -> bool {
        matches!(
            self.name,
            "i386" | "i486" | "i586" | "i686" | "x86-64" | "x86-64-v2" | "x86-64-v3" | "x86-64-v4"
        )
    }

    /// Whether it is an x86 with 64 bits.
    pub fn is_64bit_x86(&self) -> bool {
        self.arch == "amd64"
    }
}

static ALL: LazyLock<Vec<Cpu>> = LazyLock::new(|| x86().into_iter().chain(others()).collect());

static BY_NAME: LazyLock<HashMap<&'static str, &'static Cpu>> = LazyLock::new(|| {
    let names = |cpu: &'static Cpu| std::iter::once(cpu.name).chain(cpu.aliases.iter().copied());
    ALL.iter().flat_map(|cpu| names(cpu).map(move |name| (name, cpu))).collect()
});

fn words(text: &'static str) -> Vec<&'static str> {
    text.split(' ').filter(|word| !word.is_empty()).collect()
}

fn some(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

fn x86() -> Vec<Cpu> {
    let mut known: HashMap<&str, Sets> = HashMap::new();
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (name, aliases, base, adds) = (next(), words(next()), next(), words(next()));
        let (chost, rust, gcc, source) = (next(), some(next()), next(), next());
        let (gone, more): (Vec<&str>, Vec<&str>) = adds.iter().partition(|word| word.starts_with('-'));
        let base = known.get(base).copied().unwrap_or_default();
        let gone = Sets::named(gone.iter().map(|word| word.trim_start_matches('-')));
        let sets = base.without(gone).with(Sets::named(more));
        known.insert(name, sets);
        let (since, until) = match gcc.split_once('-') {
            Some((_, until)) => (None, until.parse().ok()),
            None => (gcc.parse().ok(), None),
        };
        let (arch, profile) = match chost {
            "x86_64" => ("amd64", Some("default/linux/amd64/23.0")),
            "i686" => ("x86", Some("default/linux/x86/23.0/i686")),
            "i386" => ("x86", None),
            _ => ("x86", Some("default/linux/x86/23.0/i486")),
        };
        Cpu {
            name,
            aliases,
            arch,
            chost,
            vendor: "pc",
            libc: "",
            flags: "",
            rust,
            abi: Some(arch),
            profile,
            since,
            until,
            sets: Some(sets),
            source,
        }
    };
    X86.lines().skip(1).map(row).collect()
}

fn others() -> impl Iterator<Item = Cpu> {
    OTHERS.lines().skip(1).map(|line| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        Cpu {
            name: next(),
            aliases: words(next()),
            arch: next(),
            chost: next(),
            vendor: some(next()).unwrap_or("unknown"),
            libc: next(),
            flags: next(),
            rust: some(next()),
            abi: some(next()),
            profile: some(next()),
            since: None,
            until: None,
            sets: None,
            source: next(),
        }
    })
}

/// All CPUs that the model knows.
pub fn cpus() -> &'static [Cpu] {
    &ALL
}

/// The CPU of that name.
///
/// ```
/// use portage_config::target::{cpu, Sets};
/// let prescott = cpu("prescott").ok_or("unknown")?;
/// assert_eq!((prescott.arch, prescott.chost), ("x86", "i686"));
/// assert!(prescott.sets.is_some_and(|sets| sets.covers(Sets::named(["sse3"]))));
/// assert!(cpu("i487").is_none());
/// # Ok::<(), &str>(())
/// ```
pub fn cpu(name: &str) -> Option<&'static Cpu> {
    BY_NAME.get(name).copied()
}

/// The CPU of that name, or the plain one of the tuple's first field: `x86-64` for `x86_64-pc-linux-gnu`.
pub(super) fn plain(chost: &str) -> Option<&'static Cpu> {
    let name = match chost {
        "x86_64" => "x86-64",
        "aarch64" => "armv8-a",
        "riscv64" => "rv64gc",
        "riscv32" => "rv32gc",
        "armv7a" => "armv7-a",
        "armv6j" => "armv6",
        other => return cpu(other).or_else(|| ALL.iter().find(|cpu| cpu.chost == other)),
    };
    cpu(name)
}
