//! What flags allow code to use, against the real GCC and rustc.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's helpers may fail the test")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use portage_config::target::{Cpu, Processor, Sets, cpu, cpus, gcc_uses, instruction_sets, rust_uses};
use portage_config::vocab::CompilerFlags;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

/// The version that the tables were measured with: others switch other things together.
const GCC: &str = "gcc-12";

/// The names that later versions brought.
const NEWER: [&str; 19] = [
    "arrowlake",
    "arrowlake-s",
    "clearwaterforest",
    "diamondrapids",
    "emeraldrapids",
    "gracemont",
    "grandridge",
    "graniterapids",
    "graniterapids-d",
    "lujiazui",
    "lunarlake",
    "meteorlake",
    "pantherlake",
    "raptorlake",
    "shijidadao",
    "sierraforest",
    "yongfeng",
    "znver4",
    "znver5",
];

fn run(program: &str, args: &[&str]) -> String {
    let done = Command::new(program).args(args).env("RUSTC_BOOTSTRAP", "1").output().unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// What GCC has switched on, by its own list.
fn listed(flags: &[&str]) -> BTreeSet<String> {
    let text = run(GCC, &[flags, &["-Q", "--help=target"]].concat());
    let enabled =
        text.lines().filter_map(|line| line.trim().strip_suffix("[enabled]")?.trim().strip_prefix("-m"));
    let known = |name: &&str| instruction_sets().iter().any(|set| set.name == *name);
    enabled.filter(known).map(str::to_owned).collect()
}

/// The macros that programs ask.
fn macros(flags: &[&str]) -> BTreeSet<String> {
    let text = run(GCC, &[flags, &["-dM", "-E", "-x", "c", "/dev/null"]].concat());
    text.lines().filter_map(|line| line.split(' ').nth(1)).map(str::to_owned).collect()
}

/// The macro of each set that has one.
fn all_macros() -> BTreeMap<&'static str, String> {
    let known = instruction_sets().iter().filter(|set| set.since.is_none());
    let flags: Vec<String> = known.clone().map(|set| format!("-m{}", set.name)).collect();
    let there = macros(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    let name = |set: &str| match set {
        "3dnow" => "__3dNOW__".to_owned(),
        "3dnowa" => "__3dNOW_A__".to_owned(),
        "cx16" => "__GCC_HAVE_SYNC_COMPARE_AND_SWAP_16".to_owned(),
        "sahf" => "__LAHF_SAHF__".to_owned(),
        "prefetchwt1" => "__PREFETCHWT1__".to_owned(),
        "prfchw" => "__PRFCHW__".to_owned(),
        _ => format!("__{}__", set.to_uppercase().replace(['.', '-'], "_")),
    };
    known.map(|set| (set.name, name(set.name))).filter(|(_, name)| there.contains(name)).collect()
}

fn names(sets: Sets) -> BTreeSet<String> {
    sets.iter().map(|set| set.name.to_owned()).collect()
}

fn some<T: Clone + std::fmt::Debug + 'static>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = common::runner();
    (0..common::cases(count)).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Each name of x86 with its CPU.
fn x86() -> impl Iterator<Item = (&'static str, &'static Cpu)> {
    let x86 = cpus().iter().filter(|cpu| cpu.sets.is_some());
    x86.flat_map(|cpu| {
        std::iter::once(cpu.name).chain(cpu.aliases.iter().copied()).map(move |name| (name, cpu))
    })
}

#[test]
fn macros_of_a_cpu_are_those_of_its_sets() {
    if !common::tool("macros_of_a_cpu_are_those_of_its_sets", GCC) {
        return;
    }
    let all = all_macros();
    assert!(all.len() > 80, "{all:#?}");
    let mut newer = Vec::new();
    for (name, cpu) in x86() {
        let flags = [if cpu.arch == "amd64" { "-m64" } else { "-m32" }, &format!("-march={name}")];
        if cpu.since.is_some() {
            newer.push(name);
            let refused =
                Command::new(GCC).args(flags).args(["-E", "-x", "c", "/dev/null"]).output().unwrap();
            assert!(!refused.status.success(), "{name}: GCC 12 knows it");
            continue;
        }
        let (found, sets) = (macros(&flags), names(cpu.sets.unwrap()));
        for (set, word) in &all {
            // Every CPU of 32 bits has it, and no set of the table says so.
            if *set != "sahf" || cpu.arch == "amd64" {
                assert_eq!(found.contains(word), sets.contains(*set), "{name}: {word}");
            }
        }
    }
    newer.sort_unstable();
    assert_eq!(newer, NEWER, "these are not compared");
}

/// Flags in any order, of which most speak of what others speak of.
fn flags() -> impl Strategy<Value = Vec<String>> {
    let march: Vec<&str> =
        x86().filter(|(_, cpu)| cpu.arch == "amd64" && cpu.since.is_none()).map(|(name, _)| name).collect();
    let set: Vec<&str> =
        instruction_sets().iter().filter(|set| set.since.is_none()).map(|set| set.name).collect();
    let vector: Vec<&str> =
        "mmx sse sse2 sse3 ssse3 sse4 sse4.1 sse4.2 avx avx2 avx512f avx512bw avx512vl fma xop sse4a aes \
        gfni vaes crc32 popcnt mwait xsave xsavec f16c abm lzcnt sse5 kl widekl amx-tile amx-int8"
            .split_whitespace()
            .collect();
    let word = prop_oneof![
        1 => select(march).prop_map(|name| format!("-march={name}")),
        2 => (any::<bool>(), select(set)).prop_map(|(on, name)| switch(on, name)),
        4 => (any::<bool>(), select(vector)).prop_map(|(on, name)| switch(on, name)),
    ];
    prop::collection::vec(word, 0..8)
}

fn switch(on: bool, name: &str) -> String {
    // There is no way to take these back.
    let on = on || matches!(name, "sse5" | "abm");
    if on { format!("-m{name}") } else { format!("-mno-{name}") }
}

#[test]
fn flags_are_taken_as_gcc_takes_them() {
    if !common::tool("flags_are_taken_as_gcc_takes_them", GCC) {
        return;
    }
    let all = all_macros();
    for flags in some(flags(), 150) {
        // GCC 12 takes HLE from -march whatever -mno-hle says.
        if flags.iter().any(|flag| flag == "-mno-hle") {
            continue;
        }
        let words: Vec<&str> = std::iter::once("-m64").chain(flags.iter().map(String::as_str)).collect();
        let text = flags.join(" ");
        let uses = gcc_uses(&CompilerFlags::parse(&text), cpu("x86-64"));
        let sets = names(uses.sets());
        assert_eq!(sets, listed(&words), "{text}");
        let there = macros(&words);
        for (set, word) in &all {
            assert_eq!(there.contains(word), sets.contains(*set), "{text}: {word}");
        }
        let brought = uses.by.iter().fold(0, |all, (_, sets)| all + sets.iter().count());
        assert_eq!(brought, sets.len(), "each is brought by one word: {uses:?}");
        assert!(uses.by.iter().all(|(word, _)| word.is_empty() || flags.iter().any(|flag| flag == word)));
    }
}

fn features() -> impl Strategy<Value = String> {
    let known = rust_cpus();
    let features: Vec<&str> = instruction_sets().iter().filter_map(|set| set.rust).collect();
    let feature = (any::<bool>(), select(features))
        .prop_map(|(on, name)| format!("{}{name}", if on { '+' } else { '-' }));
    let list = prop::collection::vec(feature, 0..5).prop_map(|list| list.join(","));
    (prop::option::of(select(known)), list).prop_map(|(cpu, list)| {
        let cpu = cpu.map(|cpu| format!("-Ctarget-cpu={cpu}"));
        let list = (!list.is_empty()).then(|| format!("-Ctarget-feature={list}"));
        cpu.into_iter().chain(list).collect::<Vec<_>>().join(" ")
    })
}

/// Those whose sets GCC and LLVM see alike.
fn rust_cpus() -> Vec<&'static str> {
    vec![
        "x86-64",
        "x86-64-v2",
        "x86-64-v3",
        "x86-64-v4",
        "haswell",
        "icelake-client",
        "znver3",
        "znver4",
        "nehalem",
    ]
}

/// rustc prints no more than what stable programs can ask for, or what the flag allows.
#[test]
fn features_are_taken_as_rustc_takes_them() {
    if !common::tool("features_are_taken_as_rustc_takes_them", "rustc") {
        return;
    }
    let known: BTreeSet<&str> = instruction_sets().iter().filter_map(|set| set.rust).collect();
    for text in some(features(), 25) {
        let mut args = vec!["--print", "cfg", "--target", "x86_64-unknown-linux-gnu"];
        args.extend(text.split_whitespace());
        let printed = run("rustc", &args);
        let there: BTreeSet<&str> = printed
            .lines()
            .filter_map(|line| line.strip_prefix("target_feature=\"")?.strip_suffix('"'))
            .filter(|name| known.contains(name))
            .collect();
        let ours: BTreeSet<&str> =
            rust_uses(&text, cpu("x86-64")).sets().iter().filter_map(|set| set.rust).collect();
        assert_eq!(ours, there, "{text}");
    }
}

/// What GCC finds on this machine is what the text of cpuinfo says, apart from what only one of them tells.
#[test]
fn cpuinfo_is_what_native_is() {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let Ok(found) = Processor::read(&text) else { return };
    if !common::tool("cpuinfo_is_what_native_is", GCC) {
        return;
    }
    let native = listed(&["-m64", "-march=native"]);
    for set in
        instruction_sets().iter().filter(|set| set.since.is_none() && set.linux.is_some() && !set.named_only)
    {
        assert_eq!(found.sets.contains(set), native.contains(set.name), "{}", set.name);
    }
    let sets = Sets::named(native.iter().map(String::as_str));
    assert!(found.lacks(sets).is_empty(), "{:?}", found.lacks(sets));
}
