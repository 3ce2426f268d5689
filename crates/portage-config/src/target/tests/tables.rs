//! The tables agree with each other and with the rest of the library.

use std::collections::BTreeSet;

use super::super::{BUILD_HOST, Sets, cpu, cpus, instruction_set, instruction_sets, profiles};
use crate::vocab::{ARCHES, Chost};

#[test]
fn names_are_given_once_and_found() {
    let mut seen = BTreeSet::new();
    for cpu_ in cpus() {
        for name in std::iter::once(&cpu_.name).chain(&cpu_.aliases) {
            assert!(seen.insert(*name), "{name}");
            assert_eq!(cpu(name).map(|cpu| cpu.name), Some(cpu_.name));
        }
    }
    let mut seen = BTreeSet::new();
    for set in instruction_sets() {
        assert!(seen.insert(set.name), "{}", set.name);
        assert_eq!(instruction_set(set.name).map(|set| set.name), Some(set.name));
    }
    assert!(instruction_sets().len() <= 128, "a set is a bit");
    assert!(BUILD_HOST.iter().all(|key| !key.contains('.')));
}

#[test]
fn every_word_of_a_table_is_in_the_other() {
    let names: BTreeSet<&str> = instruction_sets().iter().map(|set| set.name).collect();
    let rows = |text: &'static str| text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    for row in rows(include_str!("../../../data/x86-sets.tsv")).skip(1) {
        assert_eq!(row.len(), 10, "{row:?}");
        for name in [4, 5, 7].into_iter().flat_map(|at| row[at].split_whitespace()) {
            assert!(names.contains(name), "{name} in {row:?}");
        }
    }
    let mut above = BTreeSet::from([""]);
    for row in rows(include_str!("../../../data/x86-cpus.tsv")).skip(1) {
        assert_eq!(row.len(), 8, "{row:?}");
        assert!(above.contains(row[2]), "{row:?}: its base stands above it");
        above.insert(row[0]);
        for name in row[3].split_whitespace() {
            assert!(names.contains(name.trim_start_matches('-')), "{name} in {row:?}");
        }
    }
    for row in rows(include_str!("../../../data/cpus.tsv")) {
        assert_eq!(row.len(), 11, "{row:?}");
    }
}

#[test]
fn tuples_profiles_and_architectures_agree() {
    let known: BTreeSet<&str> = profiles().iter().map(|profile| profile.path).collect();
    for cpu in cpus() {
        let chost = Chost::parse(&format!("{}-{}-linux-gnu{}", cpu.chost, cpu.vendor, cpu.libc)).unwrap();
        assert_eq!(chost.arch(), Some(cpu.arch), "{}", cpu.name);
        assert_eq!(cpu.sets.is_some(), matches!(cpu.arch, "x86" | "amd64"), "{}", cpu.name);
        assert!(cpu.profile.is_some() || cpu.name == "i386", "{}", cpu.name);
        assert!(cpu.profile.is_none_or(|profile| known.contains(profile)), "{}", cpu.name);
        assert!(!cpu.source.is_empty(), "{}", cpu.name);
        let flags = cpu.flags(cpu.name);
        assert!(flags.starts_with("-march=") || flags.starts_with("-mcpu="), "{}", cpu.name);
    }
    for profile in profiles() {
        assert!(ARCHES.contains(&profile.arch) && matches!(profile.status, "stable" | "dev" | "exp"));
    }
}

/// profiles/desc/cpu_flags_x86.desc; `padlock` follows from no -march.
#[test]
fn all_flags_of_gentoo_are_there() {
    const FLAGS: &str = "3dnow 3dnowext aes avx avx2 avx512_4fmaps avx512_4vnniw avx512_bf16 avx512_bitalg avx512_fp16 \
        avx512_vbmi2 avx512_vnni avx512_vp2intersect avx512_vpopcntdq avx512bw avx512cd avx512dq avx512er avx512f \
        avx512ifma avx512pf avx512vbmi avx512vl avx_vnni bmi1 bmi2 f16c fma3 fma4 mmx mmxext pclmul popcnt rdrand sha sse \
        sse2 sse3 sse4_1 sse4_2 sse4a ssse3 vpclmulqdq xop";
    let all = instruction_sets().iter().map(|set| set.name);
    let mut wanted: Vec<&str> = FLAGS.split_whitespace().collect();
    wanted.sort_unstable();
    assert_eq!(Sets::named(all).cpu_flags(), wanted);
}

#[test]
fn flags_are_those_that_gentoo_names() {
    for (name, flags) in [
        ("i486", ""),
        ("pentium-mmx", "mmx"),
        ("athlon", "3dnow 3dnowext mmx mmxext"),
        ("pentium3", "mmx mmxext sse"),
        ("core2", "mmx mmxext sse sse2 sse3 ssse3"),
        ("x86-64-v3", "avx avx2 bmi1 bmi2 f16c fma3 mmx mmxext popcnt sse sse2 sse3 sse4_1 sse4_2 ssse3"),
    ] {
        assert_eq!(cpu(name).unwrap().sets.unwrap().cpu_flags().join(" "), flags, "{name}");
    }
}
