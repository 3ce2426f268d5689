//! The machine that a configuration is for, and what follows from it.
//!
//! A [`Target`] is a CPU, a C library, an init and a size, and beside it the machine that builds for it. From that
//! follow CHOST, the compilers' flags, the profile and more ([`Target::derive`]), and what the build host must leave out
//! to run what it builds ([`Target::lacking`]). In a spec this is `[target]`.
//!
//! For x86 it also says what the flags of a compiler allow its code to use ([`gcc_uses`], [`rust_uses`], [`go_uses`],
//! [`cpu_flags_use`]), and which of that a machine lacks, by its `/proc/cpuinfo` or its name ([`Processor`]). Of the other
//! architectures it knows names, tuples and switches, and no instruction sets.
//!
//! ```
//! use portage_config::target::Target;
//! let target = Target::read([("cpu", "i486"), ("libc", "musl")]).map_err(|all| format!("{all:?}"))?;
//! let derived = target.derive();
//! let value = |name: &str| derived.variables.iter().find(|entry| entry.name == name).map(|e| e.value.as_str());
//! assert_eq!(value("CHOST"), Some("i486-pc-linux-musl"));
//! assert_eq!(value("COMMON_FLAGS"), Some("-O2 -march=i486 -pipe"));
//! assert!(derived.profile.value.ends_with("/default/linux/x86/23.0/i486/musl"));
//! # Ok::<(), String>(())
//! ```

mod cpu;
mod derive;
mod lacking;
mod processor;
mod profile;
mod read;
mod sets;
#[cfg(test)]
mod tests;
mod uses;
mod values;

pub use cpu::{Cpu, cpu, cpus};
pub use derive::{Derived, Entry, PARAMETERS};
pub use lacking::{Beyond, Lacking, beyond};
pub use processor::{NoX86, Processor};
pub use profile::{Profile, profiles};
pub use sets::{InstructionSet, Sets, instruction_set, instruction_sets};
pub use uses::{Uses, cpu_flags_use, gcc_uses, go_uses, rust_uses};
pub use values::{BUILD_HOST, FIRMWARE, INITS, KEYS, KEYWORDS, LIBCS, Problem, ProblemKind};

use crate::vocab::{Chost, Libc};

/// A machine, and the one that builds for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target {
    /// Its CPU.
    pub cpu: &'static Cpu,
    /// The CPU as it was named: GCC knows several names of one.
    pub named: String,
    /// Gentoo's keyword.
    pub arch: &'static str,
    /// The tuple.
    pub chost: Chost,
    /// The name of the ABI, for CHOST_ABI.
    pub abi: Option<String>,
    /// The C library.
    pub libc: Libc,
    /// What runs as process 1.
    pub init: Init,
    /// What the CPU finds when it is switched on.
    pub firmware: Option<Firmware>,
    /// Memory, in bytes.
    pub memory: Option<u64>,
    /// Cores.
    pub cores: Option<u32>,
    /// Whether packages that are being tested are accepted.
    pub testing: bool,
    /// What make.profile points to.
    pub profile: String,
    /// The machine that builds for it.
    pub build_host: Option<BuildHost>,
}

/// The machine that builds for a target.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct BuildHost {
    /// Its CPU.
    pub cpu: Option<&'static Cpu>,
    /// Its tuple.
    pub chost: Option<Chost>,
    /// Cores.
    pub cores: Option<u32>,
    /// Memory, in bytes.
    pub memory: Option<u64>,
    /// Whether it runs what it builds for the target: tests, helper programs of a build.
    pub runs_target: bool,
}

/// What runs as process 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Init {
    /// OpenRC.
    #[default]
    Openrc,
    /// systemd.
    Systemd,
    /// Something else: busybox, a script.
    None,
}

/// What the CPU finds when it is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Firmware {
    /// A BIOS.
    Bios,
    /// EFI.
    Efi,
}

impl Target {
    /// Reads a machine from the keys of `[target]`; those of `[target.build-host]` begin with `build-host.`.
    ///
    /// # Errors
    /// All that is wrong: unknown keys, values and CPUs, and what contradicts itself.
    pub fn read<'a>(said: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Vec<Problem>> {
        read::read(&said.into_iter().collect())
    }
}
