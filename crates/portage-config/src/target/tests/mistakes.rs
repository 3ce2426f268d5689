//! What is wrong with a machine.

use super::super::ProblemKind::{self, Contradiction, Key, Missing, Value};
use super::{problems, target};

/// What is said; the key, kind, message and help of the mistake.
type Case<'t> = (&'t [(&'t str, &'t str)], &'t str, ProblemKind, &'t str, &'t str);

#[test]
fn each_is_told_at_its_key() {
    let one: &[Case<'_>] = &[
        (&[], "", Missing, "does not say its `cpu`", "-march"),
        (&[("cpu", "i487")], "cpu", Value, "no CPU that is known", "i486"),
        (&[("cpu", "zen4")], "cpu", Value, "no CPU that is known", "znver4"),
        (&[("cpu", "qqqqqqqq")], "cpu", Value, "no CPU that is known", "GCC"),
        (&[("cpu", "i486"), ("kind", "x")], "kind", Key, "has no `kind`", "cpu, libc"),
        (
            &[("cpu", "i486"), ("build-host.libc", "x")],
            "build-host.libc",
            Key,
            "[target.build-host]",
            "cores",
        ),
        (&[("cpu", "i486"), ("build-host", "x")], "build-host", Key, "has no", ""),
        (&[("cpu", "i486"), ("libc", "uclibc")], "libc", Value, "is not `uclibc`", "glibc"),
        (&[("cpu", "i486"), ("memory", "64MB")], "memory", Value, "no size", "64M"),
        (&[("cpu", "i486"), ("memory", "99999999999999T")], "memory", Value, "no size", "64M"),
        (&[("cpu", "i486"), ("cores", "0")], "cores", Value, "no number", ""),
        (&[("cpu", "i486"), ("chost", "i486")], "chost", Value, "1 fields", "CPU-VENDOR"),
        (&[("cpu", "i486"), ("chost", "i686-pc-linux-gnu")], "chost", Contradiction, "an `i686`", "vendor"),
        (
            &[("cpu", "cortex-a7"), ("chost", "armv7a-unknown-linux-gnueabi")],
            "chost",
            Contradiction,
            "another system",
            "vendor",
        ),
        (
            &[("cpu", "i486"), ("chost", "i486-pc-linux-uclibc")],
            "chost",
            Contradiction,
            "another system",
            "vendor",
        ),
        (
            &[("cpu", "i486"), ("chost", "x86_64-pc-linux-gnu")],
            "chost",
            Contradiction,
            "is of `amd64`",
            "cpu",
        ),
        (&[("cpu", "i486"), ("arch", "amd64")], "arch", Contradiction, "none of `amd64`", "x86"),
        (&[("cpu", "i486"), ("arch", "i486")], "arch", Value, "no architecture", ""),
        (
            &[("cpu", "i486"), ("libc", "musl"), ("chost", "i486-pc-linux-gnu")],
            "chost",
            Contradiction,
            "another C library",
            "one of them",
        ),
        (
            &[("chost", "i486-pc-linux-gnu"), ("vendor", "unknown")],
            "vendor",
            Contradiction,
            "another vendor",
            "one of them",
        ),
        (
            &[("cpu", "i486"), ("libc", "musl"), ("init", "systemd")],
            "init",
            Contradiction,
            "no systemd",
            "OpenRC",
        ),
        (
            &[("cpu", "i486"), ("libc", "musl"), ("profile", "default/linux/x86/23.0/i486")],
            "profile",
            Contradiction,
            "one of glibc",
            "C library",
        ),
        (
            &[("cpu", "i486"), ("init", "openrc"), ("profile", "default/linux/x86/23.0/i486/systemd")],
            "profile",
            Contradiction,
            "one of systemd",
            "without",
        ),
        (
            &[("cpu", "i486"), ("profile", "default/linux/amd64/23.0")],
            "profile",
            Contradiction,
            "one of `amd64`",
            "linux/x86",
        ),
        (&[("cpu", "i486"), ("profile", "../x")], "profile", Value, "is no profile", "profiles/"),
        (&[("chost", "i486-pc-linux-gnut64")], "chost", Contradiction, "`t64`", "time64"),
        (&[("cpu", "i386")], "cpu", Contradiction, "no profile of ::gentoo fits", "`profile`"),
        (&[("cpu", "armv5te"), ("libc", "musl")], "cpu", Contradiction, "fits `armv5te`", "armv5te/systemd"),
        (
            &[("cpu", "i486"), ("build-host.runs-target", "true")],
            "build-host.runs-target",
            Missing,
            "follows from its CPU",
            "`cpu`",
        ),
        (
            &[("cpu", "x86-64"), ("build-host.cpu", "i686"), ("build-host.runs-target", "true")],
            "build-host.runs-target",
            Contradiction,
            "does not run",
            "leave",
        ),
        (
            &[("cpu", "cortex-a76"), ("build-host.cpu", "cortex-a53"), ("build-host.runs-target", "true")],
            "build-host.runs-target",
            Value,
            "x86 alone",
            "make.conf",
        ),
    ];
    for (said, key, kind, message, help) in one {
        let found = problems(said);
        let [problem] = found.as_slice() else { panic!("{said:?}: {found:#?}") };
        assert_eq!((problem.key.as_str(), problem.kind), (*key, *kind), "{said:?}: {problem:?}");
        assert!(problem.message.contains(message), "{said:?}: {}", problem.message);
        assert!(problem.help.as_deref().unwrap_or("").contains(help), "{said:?}: {:?}", problem.help);
    }
}

#[test]
fn a_profile_of_another_machine_is_told() {
    let linux = "default/linux/";
    for (cpu, profile, machine) in [
        ("i486", "x86/23.0/i686", "i486"),
        ("pentium", "x86/23.0/i686/time64", "i586"),
        ("rv64gc", "riscv/23.0/rv32/ilp32d", "riscv64"),
        ("rv32gc", "riscv/23.0/rv64/lp64d", "riscv32"),
        ("rv64imac", "riscv/23.0/rv64/lp64d/systemd", "lp64"),
        ("rv64gc", "riscv/23.0/rv64/lp64", "lp64d"),
        ("mips64r2el", "mips/23.0/n64", "low byte first"),
        ("mips64r2", "mips/23.0/mipsel/n64", "high byte first"),
        ("mips64r2", "mips/23.0/n32", "n64"),
        ("24kc", "mips/23.0/o32", "soft"),
        ("mips32r2", "mips/23.0/o32_sf", "hard"),
        ("power8", "ppc64/23.0", "low byte first"),
        ("970", "ppc64le/23.0/systemd", "high byte first"),
        ("cortex-a7", "arm/23.0/armv7a_sf", "hard"),
        ("armv5te", "arm/23.0/armv7a_hf", "armv5tel"),
        ("armv6", "arm/23.0/armv7a_hf", "armv6j"),
        ("cortex-a53", "arm64/23.0/big-endian", "low byte first"),
    ] {
        let path = format!("{linux}{profile}");
        let found = problems(&[("cpu", cpu), ("profile", &path)]);
        let [problem] = found.as_slice() else { panic!("{cpu} {profile}: {found:#?}") };
        assert_eq!((problem.key.as_str(), problem.kind), ("profile", Contradiction), "{cpu} {profile}");
        assert!(problem.message.contains(machine), "{cpu} {profile}: {}", problem.message);
        assert!(problem.help.as_deref().is_some_and(|help| help.contains(linux)), "{cpu} {profile}");
    }
    for (cpu, profile) in [
        ("i686", "x86/23.0/i486"),
        ("i386", "x86/23.0/i486"),
        ("i486", "x86/23.0/i486/time64"),
        ("rv64gc", "riscv/23.0/rv64/multilib"),
        ("rv64gc", "riscv/23.0/split-usr/rv64/lp64d/desktop"),
        ("mips64r2el", "mips/23.0/mipsel/n64/systemd"),
        ("power9", "ppc64le/23.0/desktop/gnome"),
        ("cortex-a7", "arm/23.0/armv6j_hf"),
        ("cortex-a7", "arm/23.0"),
        ("x86-64-v3", "amd64/23.0/no-multilib"),
    ] {
        target(&[("cpu", cpu), ("profile", &format!("{linux}{profile}"))]);
    }
    target(&[("cpu", "rv64gc"), ("abi", "lp64"), ("profile", "default/linux/riscv/23.0/rv64/lp64")]);
    target(&[("cpu", "mips64r2"), ("abi", "n32"), ("profile", "default/linux/mips/23.0/n32")]);
}

#[test]
fn all_at_once() {
    let said =
        [("cpu", "i487"), ("libc", "glib"), ("init", "x"), ("cores", "-1"), ("what", "x"), ("memory", "1")];
    let mut keys: Vec<String> = problems(&said).into_iter().map(|problem| problem.key).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["cores", "cpu", "init", "libc", "memory", "what"]);
}
