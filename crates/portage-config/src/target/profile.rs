//! Profiles of ::gentoo that fit a machine.

use std::sync::LazyLock;

use super::cpu::Cpu;

static TABLE: &str = include_str!("../../data/profiles.tsv");

/// Where the profiles of ::gentoo lie.
pub(super) const FOLDER: &str = "/var/db/repos/gentoo/profiles/";

/// A profile of ::gentoo, without those for desktops, hardened systems and a split /usr; profiles/profiles.desc.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// The keyword of its architecture.
    pub arch: &'static str,
    /// Its path below `profiles/`.
    pub path: &'static str,
    /// `stable`, `dev` or `exp`.
    pub status: &'static str,
}

static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        Profile { arch: next(), path: next(), status: next() }
    };
    TABLE.lines().skip(1).map(row).collect()
});

/// The profiles that a target can take.
pub fn profiles() -> &'static [Profile] {
    &ALL
}

/// The profile below `base` for a C library and an init.
pub(super) fn choose(base: &str, musl: bool, systemd: bool) -> Option<&'static Profile> {
    let path = format!("{base}{}{}", if musl { "/musl" } else { "" }, if systemd { "/systemd" } else { "" },);
    ALL.iter().find(|profile| profile.path == path)
}

/// What a profile below `default/linux` is for, and what the machine is instead; `None` where they agree, or the path
/// does not say.
///
/// The names of the profiles say more than their architecture: the level of 32-bit x86 and ARM, the floating point
/// and the ABI of ARM, MIPS and RISC-V, and the order of bytes.
pub(super) fn clash(path: &str, cpu: &Cpu, arch: &str, abi: Option<&str>) -> Option<(String, String)> {
    let (_, rest) = path.split_once("default/linux/")?;
    let mut parts = rest.split('/');
    let first = parts.next()?;
    let parts: Vec<&str> = parts.collect();
    let tuple = if arch == "x86" && cpu.is_64bit_x86() { "i686" } else { cpu.chost };
    let told = |profile: &str, machine: &str| Some((profile.to_owned(), machine.to_owned()));
    let order = |little: bool| if little { "the low byte first" } else { "the high byte first" };
    let little = match (arch, first) {
        ("ppc64", _) => Some((first == "ppc64le", tuple.ends_with("le"))),
        ("mips", _) => Some((parts.contains(&"mipsel"), tuple.ends_with("el"))),
        ("arm64", _) => Some((!parts.contains(&"big-endian"), !tuple.ends_with("_be"))),
        _ => None,
    };
    if let Some((profile, machine)) = little.filter(|(profile, machine)| profile != machine) {
        return told(order(profile), order(machine));
    }
    for part in parts {
        let (name, float) = match part.rsplit_once('_') {
            Some((name, float @ ("hf" | "sf"))) => (name, float),
            _ => (part, ""),
        };
        let float_of = |hard: bool| if hard { "hard floating point" } else { "soft floating point" };
        match (arch, name) {
            ("x86", "i686") if tuple != "i686" => return told("i686", tuple),
            ("arm", _) if name.starts_with("armv") => {
                let level = |text: &str| text.chars().nth(4);
                if level(name) > level(tuple) {
                    return told(name, tuple);
                }
                let (profile, machine) = (float == "hf", cpu.libc == "eabihf");
                if profile != machine {
                    return told(float_of(profile), float_of(machine));
                }
            }
            ("riscv", "rv32" | "rv64") if name.get(2..) != tuple.get(5..) => return told(name, tuple),
            ("riscv", "ilp32" | "ilp32d" | "lp64" | "lp64d") | ("mips", "o32" | "n32" | "n64") => {
                if let Some(abi) = abi.filter(|abi| *abi != name) {
                    return told(&format!("the ABI {name}"), &format!("of {abi}"));
                }
                let soft = |profile: Option<&str>| profile.is_some_and(|path| path.ends_with("_sf"));
                if arch == "mips" && (float == "sf") != soft(cpu.profile) {
                    return told(float_of(float != "sf"), float_of(float == "sf"));
                }
            }
            _ => {}
        }
    }
    None
}
