//! Instruction sets of x86: how GCC, LLVM and Gentoo call them, and what goes with one that is switched off.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

static TABLE: &str = include_str!("../../data/x86-sets.tsv");

/// An instruction set of x86.
///
/// The names are those of GCC's switches; gcc(1), x86 Options. What goes with a set that is switched off was measured
/// with GCC 12 (`-march=… -mno-… -Q --help=target`) and rustc 1.95 (`--print cfg`); of the sets of later versions of GCC it is what
/// their sources say (`i386-common.cc`).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InstructionSet {
    /// Its name: `sse4.1` for GCC's `-msse4.1` and `-mno-sse4.1`.
    pub name: &'static str,
    /// The flags of CPU_FLAGS_X86 that stand for it; profiles/desc/cpu_flags_x86.desc.
    pub cpu_flags: Vec<&'static str>,
    /// rustc's name for `-C target-feature`, where rustc knows it.
    pub rust: Option<&'static str>,
    /// Whether clang has the switch.
    pub clang: bool,
    /// The version of GCC that brought it, where that is later than 12.
    pub since: Option<u8>,
    /// All that GCC switches off with it, itself among them.
    pub closes: Sets,
    /// All that LLVM (clang, rustc) switches off with it, itself among them.
    pub closes_llvm: Sets,
    /// All that GCC's `-mNAME` switches on, itself among them.
    pub opens: Sets,
    /// All that LLVM switches on with it, itself among them.
    pub opens_llvm: Sets,
    /// The word of `/proc/cpuinfo`; none where Linux does not show it.
    pub linux: Option<&'static str>,
    /// Whether it is used by who asks for it by name alone, after a look at the CPU: instructions of kernels, of enclaves and
    /// for the caches, and hints that other CPUs pass over. A program is not expected to stop where a CPU lacks it.
    pub named_only: bool,
}

/// Some of the instruction sets of x86.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Sets(u128);

impl Sets {
    fn bit(place: usize) -> Self {
        Self(u32::try_from(place).ok().and_then(|place| 1_u128.checked_shl(place)).unwrap_or_default())
    }

    /// The sets of these names; names that are none are left out.
    pub fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        names.into_iter().filter_map(place).fold(Self::default(), |all, place| all.with(Self::bit(place)))
    }

    /// Whether it is among them.
    pub fn contains(self, set: &InstructionSet) -> bool {
        place(set.name).is_some_and(|place| self.0 & Self::bit(place).0 != 0)
    }

    /// Whether all of `other` are among them.
    pub fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Those of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One after the other, in the order of [`instruction_sets`].
    pub fn iter(self) -> impl Iterator<Item = &'static InstructionSet> {
        instruction_sets()
            .iter()
            .enumerate()
            .filter_map(move |(place, set)| (self.0 & Self::bit(place).0 != 0).then_some(set))
    }

    /// The flags of CPU_FLAGS_X86 that stand for them, sorted.
    ///
    /// ```
    /// use portage_config::target::Sets;
    /// assert_eq!(Sets::named(["sse", "mmx", "cx16"]).cpu_flags(), ["mmx", "mmxext", "sse"]);
    /// ```
    pub fn cpu_flags(self) -> Vec<&'static str> {
        let mut flags: Vec<&str> = self.iter().flat_map(|set| set.cpu_flags.iter().copied()).collect();
        flags.sort_unstable();
        flags.dedup();
        flags
    }

    /// Those of them that have to be switched off one by one so that none of them is left, when `closes` says what goes
    /// with each. No fewer would do.
    pub(super) fn heads(self, closes: impl Fn(&InstructionSet) -> Self) -> Self {
        let below = self
            .iter()
            .fold(Self::default(), |below, set| below.with(closes(set).without(Self::named([set.name]))));
        self.without(below)
    }
}

impl fmt::Debug for Sets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|set| set.name)).finish()
    }
}

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    TABLE.lines().skip(1).map(|line| line.split('\t').collect())
}

static PLACES: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| rows().enumerate().filter_map(|(place, row)| Some((*row.first()?, place))).collect());

fn place(name: &str) -> Option<usize> {
    PLACES.get(name).copied()
}

static ALL: LazyLock<Vec<InstructionSet>> = LazyLock::new(|| {
    let field = |row: &[&'static str], at: usize| row.get(at).copied().unwrap_or_default();
    let direct = |at: usize| -> HashMap<&'static str, Vec<&'static str>> {
        rows()
            .map(|row| (field(&row, 0), field(&row, at).split(' ').filter(|n| !n.is_empty()).collect()))
            .collect()
    };
    let (gcc, llvm, opens) = (direct(4), direct(5), direct(7));
    let all = |table: &HashMap<&'static str, Vec<&'static str>>, name: &'static str| {
        let (mut found, mut open) = (Vec::new(), vec![name]);
        while let Some(name) = open.pop() {
            if !found.contains(&name) {
                found.push(name);
                open.extend(table.get(name).into_iter().flatten());
            }
        }
        found
    };
    let mut openers: HashMap<&str, Vec<&str>> = HashMap::new();
    for name in rows().filter_map(|row| row.first().copied()) {
        all(&llvm, name).into_iter().for_each(|closed| openers.entry(closed).or_default().push(name));
    }
    let all = |table, name| Sets::named(all(table, name));
    rows()
        .map(|row| {
            let name = field(&row, 0);
            InstructionSet {
                name,
                cpu_flags: field(&row, 1).split(' ').filter(|flag| !flag.is_empty()).collect(),
                rust: Some(field(&row, 2)).filter(|name| !name.is_empty()),
                clang: field(&row, 3) == "yes",
                closes: all(&gcc, name),
                closes_llvm: all(&llvm, name),
                since: field(&row, 6).parse().ok(),
                opens: all(&opens, name),
                opens_llvm: openers
                    .get(name)
                    .map(|names| Sets::named(names.iter().copied()))
                    .unwrap_or_default(),
                linux: Some(field(&row, 8)).filter(|word| !word.is_empty()),
                named_only: field(&row, 9) == "named",
            }
        })
        .collect()
});

/// All instruction sets that the model knows.
pub fn instruction_sets() -> &'static [InstructionSet] {
    &ALL
}

/// The instruction set of that name.
///
/// ```
/// use portage_config::target::{instruction_set, Sets};
/// let avx512f = instruction_set("avx512f").ok_or("unknown")?;
/// assert!(avx512f.closes.covers(Sets::named(["avx512vl", "avx512vbmi2"])));
/// assert!(!avx512f.closes.covers(Sets::named(["gfni"])));
/// # Ok::<(), &str>(())
/// ```
pub fn instruction_set(name: &str) -> Option<&'static InstructionSet> {
    ALL.get(place(name)?)
}
