//! What holds for any two CPUs.

use proptest::prelude::*;

use super::super::{Cpu, InstructionSet, Lacking, Sets, cpus, instruction_set, instruction_sets};
use super::target;

fn x86() -> impl Strategy<Value = &'static Cpu> {
    let all: Vec<&Cpu> = cpus().iter().filter(|cpu| cpu.sets.is_some()).collect();
    prop::sample::select(all)
}

/// What is left of `sets` after the switches.
fn left(sets: Sets, names: impl Iterator<Item = String>, closes: fn(&InstructionSet) -> Sets) -> Sets {
    names.fold(sets, |sets, name| sets.without(closes(instruction_set(&name).unwrap())))
}

fn gcc_name(word: &str) -> String {
    word.trim_start_matches("-mno-").to_owned()
}

fn rust_name(word: &str) -> String {
    let set = instruction_sets().iter().find(|set| set.rust == Some(word.trim_start_matches('-')));
    set.unwrap().name.to_owned()
}

/// The words suffice, and none of them can be left out.
fn suffices(
    target: Sets,
    lacking: Sets,
    names: &[String],
    closes: fn(&InstructionSet) -> Sets,
) -> Result<(), TestCaseError> {
    let all = left(target, names.iter().cloned(), closes);
    prop_assert!(all.common(lacking).is_empty(), "{:?}", all.common(lacking));
    for out in 0..names.len() {
        let others = names.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, name)| name.clone());
        prop_assert!(!left(target, others, closes).common(lacking).is_empty(), "{} is too many", names[out]);
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_is_switched_off_is_what_is_lacking(target in x86(), host in x86()) {
        let found = Lacking::between(target, host);
        let (wanted, there) = (target.sets.unwrap(), host.sets.unwrap());
        prop_assert_eq!(found.sets, wanted.without(there));

        let gcc: Vec<String> = found.gcc.iter().map(|word| gcc_name(word)).collect();
        suffices(wanted, found.sets, &gcc, |set| set.closes)?;
        let known = |filter: fn(&InstructionSet) -> bool| Sets::named(found.sets.iter().filter(|s| filter(s)).map(|s| s.name));
        let clang: Vec<String> = found.clang.iter().map(|word| gcc_name(word)).collect();
        suffices(wanted, known(|set| set.clang), &clang, |set| set.closes_llvm)?;
        let rust: Vec<String> = found.rust.iter().map(|word| rust_name(word)).collect();
        suffices(wanted, known(|set| set.rust.is_some()), &rust, |set| set.closes_llvm)?;

        prop_assert_eq!(found.cpu_flags, wanted.common(there).cpu_flags());
        prop_assert!(found.stripped.iter().all(|word| found.gcc.contains(word)));
    }

    #[test]
    fn nothing_is_lacking_at_home(cpu in x86()) {
        let found = Lacking::between(cpu, cpu);
        prop_assert!(found.sets.is_empty() && found.gcc.is_empty() && found.clang.is_empty() && found.rust.is_empty());
    }

    #[test]
    fn what_is_built_runs_on_both(cpu in x86(), host in x86(), musl in any::<bool>()) {
        prop_assume!(cpu.name != "i386" && (cpu.arch == host.arch || host.arch == "amd64"));
        let said = [
            ("cpu", cpu.name),
            ("libc", if musl { "musl" } else { "glibc" }),
            ("build-host.cpu", host.name),
            ("build-host.runs-target", "true"),
        ];
        let derived = target(&said).derive();
        let both = cpu.sets.unwrap().common(host.sets.unwrap());
        let flags = both.cpu_flags().join(" ");
        prop_assert_eq!(derived.value("CPU_FLAGS_X86"), Some(flags.as_str()));
        let common = derived.value("COMMON_FLAGS").unwrap();
        let off = common.split(' ').filter(|word| word.starts_with("-mno-")).map(gcc_name);
        prop_assert!(both.covers(left(cpu.sets.unwrap(), off, |set| set.closes)));
        prop_assert!(derived.value("GOAMD64") != Some("v4") || both.covers(Sets::named(["avx512f"])));
    }
}

/// Sets that the host has, and that go all the same with one that it lacks: all of GCC's own making.
#[test]
fn little_is_lost() {
    let mut lost = std::collections::BTreeSet::new();
    for target in cpus() {
        for host in cpus() {
            let (Some(wanted), Some(there)) = (target.sets, host.sets) else { continue };
            let found = Lacking::between(target, host);
            let rest = left(wanted, found.gcc.iter().map(|word| gcc_name(word)), |set| set.closes);
            for set in wanted.common(there).without(rest).iter() {
                lost.insert(set.name);
            }
        }
    }
    assert_eq!(Vec::from_iter(lost), [""; 0]);
}
