//! What a build host lacks.

use super::cpu::Cpu;
use super::sets::Sets;
use super::{InstructionSet, Target, instruction_sets};

/// The instruction sets that a target has and its build host lacks, and how each compiler leaves them out.
///
/// All lists are as short as they can be: what goes with another set is not said again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lacking {
    /// The instruction sets.
    pub sets: Sets,
    /// GCC's switches: `-mno-avx512f`.
    pub gcc: Vec<String>,
    /// clang's switches. It has none for sets that it does not know, and does not use those.
    pub clang: Vec<String>,
    /// rustc's `-C target-feature`: `-avx512f`.
    pub rust: Vec<String>,
    /// What both machines have: the flags of CPU_FLAGS_X86 that are left.
    pub cpu_flags: Vec<&'static str>,
    /// The level of GOAMD64 that is left; none where both are not x86 with 64 bits.
    pub go: Option<&'static str>,
    /// The highest level that both have, for `-march=LEVEL -mtune=CPU`.
    pub level: Option<&'static str>,
    /// Those of GCC's switches that `strip-flags` takes out, while `-march` stays: packages that call it (glibc,
    /// GCC itself) are built with these instruction sets.
    pub stripped: Vec<String>,
}

/// Something that no `-mno-…` reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Beyond {
    /// What it is.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
    /// What helps.
    pub help: &'static str,
}

/// What no `-mno-…` of CFLAGS reaches.
///
/// ```
/// assert!(portage_config::target::beyond().iter().any(|beyond| beyond.what.contains("strip-flags")));
/// ```
pub fn beyond() -> &'static [Beyond] {
    const ALL: [Beyond; 6] = [
        Beyond {
            what: "packages that call strip-flags (glibc, gcc, …)",
            why: "flag-o-matic.eclass keeps -march and, of all -mno-…, only -mno-avx512f, -mno-avx512cd, -mno-avx512er \
                  and -mno-avx512pf",
            help: "take the level that both machines have and tune for the target: -march=x86-64-v3 \
                   -mtune=icelake-client",
        },
        Beyond {
            what: "assembly and intrinsics that a build switches on",
            why: "ebuilds ask CPU_FLAGS_X86, not CFLAGS",
            help: "take the flags out of CPU_FLAGS_X86",
        },
        Beyond {
            what: "code that asks the CPU when it runs (glibc's ifuncs, OpenSSL, ffmpeg)",
            why: "it is there for all CPUs",
            help: "nothing has to be done: each machine takes its own",
        },
        Beyond {
            what: "other compilers: rustc, Go, LDC, GHC",
            why: "they have switches of their own",
            help: "RUSTFLAGS and GOAMD64 follow from the target, too",
        },
        Beyond {
            what: "programs that come as binaries (-bin packages, firmware, binary packages of others)",
            why: "they are not compiled here",
            help: "take those that are built for a lower level",
        },
        Beyond {
            what: "HLE",
            why: "GCC 12 keeps it beside -march, -mno-hle or not",
            help: "nothing has to be done: CPUs without it take its prefixes for nothing",
        },
    ];
    &ALL
}

/// What `strip-flags` leaves of all `-mno-…`; flag-o-matic.eclass, setup-allowed-flags.
const KEPT: [&str; 4] = ["avx512f", "avx512cd", "avx512er", "avx512pf"];

/// What Go wants of each level of GOAMD64; go.dev/wiki/MinimumRequirements.
pub(super) const GO: [(&str, &[&str]); 3] = [
    ("v2", &["cx16", "sahf", "popcnt", "sse3", "sse4.1", "sse4.2", "ssse3"]),
    ("v3", &["avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"]),
    ("v4", &["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
];

/// The level of GOAMD64 of some instruction sets.
pub(super) fn go(sets: Sets) -> &'static str {
    let has = |(_, names): &&(&str, &[&'static str])| sets.covers(Sets::named(names.iter().copied()));
    GO.iter().take_while(has).last().map_or("v1", |(level, _)| level)
}

impl Lacking {
    /// What `host` lacks of `target`: nothing where the instruction sets of one are not known.
    ///
    /// ```
    /// use portage_config::target::{cpu, Lacking};
    /// let (laptop, workstation) = cpu("icelake-client").zip(cpu("znver3")).ok_or("unknown")?;
    /// let lacking = Lacking::between(laptop, workstation);
    /// assert_eq!(lacking.gcc, ["-mno-avx512f", "-mno-gfni", "-mno-hle", "-mno-sgx"]);
    /// assert_eq!(lacking.rust, ["-avx512f", "-gfni"]);
    /// assert_eq!((lacking.go, lacking.level), (Some("v3"), Some("x86-64-v3")));
    /// assert_eq!(lacking.stripped, ["-mno-gfni", "-mno-hle", "-mno-sgx"]);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn between(target: &Cpu, host: &Cpu) -> Self {
        let (Some(wanted), Some(there)) = (target.sets, host.sets) else { return Self::default() };
        let both = wanted.common(there);
        let wide = target.is_64bit_x86() && host.is_64bit_x86();
        Self {
            cpu_flags: both.cpu_flags(),
            go: wide.then(|| go(both)),
            level: wide.then(|| level(both)).flatten(),
            ..Self::of(wanted.without(there))
        }
    }

    /// How each compiler leaves some instruction sets out.
    ///
    /// ```
    /// use portage_config::target::{Lacking, Sets};
    /// let off = Lacking::of(Sets::named(["avx512f", "avx512vl", "sgx"]));
    /// assert_eq!(off.gcc, ["-mno-avx512f", "-mno-sgx"]);
    /// assert_eq!(off.rust, ["-avx512f"]);
    /// ```
    pub fn of(sets: Sets) -> Self {
        let named = |set: &InstructionSet| format!("-mno-{}", set.name);
        let known = |filter: fn(&InstructionSet) -> bool| {
            Sets::named(sets.iter().filter(|set| filter(set)).map(|set| set.name))
        };
        let gcc = sets.heads(|set| set.closes);
        let clang = known(|set| set.clang).heads(|set| set.closes_llvm);
        let rust = known(|set| set.rust.is_some()).heads(|set| set.closes_llvm);
        Self {
            sets,
            gcc: gcc.iter().map(named).collect(),
            clang: clang.iter().map(named).collect(),
            rust: rust.iter().filter_map(|set| Some(format!("-{}", set.rust?))).collect(),
            stripped: gcc.iter().filter(|set| !KEPT.contains(&set.name)).map(named).collect(),
            ..Self::default()
        }
    }
}

/// The highest level of x86-64 that some instruction sets reach.
///
/// ```
/// use portage_config::target::{cpu, level};
/// assert_eq!(cpu("znver2").and_then(|cpu| level(cpu.sets?)), Some("x86-64-v3"));
/// ```
pub fn level(sets: Sets) -> Option<&'static str> {
    // What programs use by name alone no compiler uses, and virtual machines hide.
    let named = Sets::named(instruction_sets().iter().filter(|set| set.named_only).map(|set| set.name));
    let of = |name: &str| super::cpu(name).and_then(|cpu| cpu.sets);
    let levels = ["x86-64-v4", "x86-64-v3", "x86-64-v2", "x86-64"];
    levels.into_iter().find(|name| of(name).is_some_and(|level| sets.covers(level.without(named))))
}

impl Target {
    /// What the build host lacks of the target's instruction sets; nothing where there is none, or its CPU is not said.
    pub fn lacking(&self) -> Lacking {
        let host = self.build_host.as_ref().and_then(|host| host.cpu);
        host.map(|host| Lacking::between(self.cpu, host)).unwrap_or_default()
    }
}
