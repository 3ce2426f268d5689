//! Instruction sets: what -march, CPU_FLAGS_X86, RUSTFLAGS and GOAMD64 say of the same CPU.

use super::context::Context;
pub(super) use super::flags::L050;
use crate::report::{Code, Key, Report};
use crate::target::{Cpu, Lacking, Sets, cpu, instruction_set, instruction_sets};
use crate::vocab::{CompilerFlags, RelPath};

/// CPU_FLAGS_X86 that the CPU of -march has not.
pub(crate) const L166: Code = Code::error(
    "L166",
    "cpu-flags-beyond-march",
    "Ebuilds take CPU_FLAGS_X86 for what the machine has: hand-written assembly with instructions that it has not ends the program that uses it.",
    "profiles/desc/cpu_flags_x86.desc; gcc(1), -march",
);

/// CPU_FLAGS_X86 that are left out.
pub(crate) const L167: Code = Code::hint(
    "L167",
    "cpu-flags-left-out",
    "The compiler uses these instructions, and hand-written assembly, which follows CPU_FLAGS_X86 alone, does not.",
    "profiles/desc/cpu_flags_x86.desc; gcc(1), -march",
);

/// Instructions that are switched off for C only.
pub(crate) const L168: Code = Code::error(
    "L168",
    "instructions-elsewhere",
    "Hand-written assembly, Rust and Go do not look at CFLAGS: their code keeps the instructions that the compiler was told to leave out.",
    "cpuflags of the ebuilds; rustc -C target-feature; go.dev/wiki/MinimumRequirements, GOAMD64",
);

/// A CPU that GCC has lost.
pub(crate) const L169: Code = Code::warning(
    "L169",
    "removed-cpu",
    "GCC 15 has removed the Xeon Phi, and refuses its names.",
    "GCC 15 release notes",
);

const FLAGS: &str = "CPU_FLAGS_X86";

/// What some models of a name have, though GCC counts on none of it.
const SOME_MODELS: [&str; 3] = ["aes", "pclmul", "padlock"];

/// A word of CPU_FLAGS_X86, and where it is said.
pub(super) type Flag<'a> = (&'a str, RelPath, Key);

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let cflags = CompilerFlags::parse(context.make_conf.get("CFLAGS").unwrap_or_default());
    let off: Vec<&str> = cflags.without().collect();
    let closed = off
        .iter()
        .filter_map(|name| instruction_set(name))
        .fold(Sets::default(), |all, set| all.with(set.closes));
    let flags = flags(context);
    if let Some((march, cpu)) = cflags.march().and_then(|march| Some((march, cpu(march)?)))
        && let Some(sets) = cpu.sets
    {
        check_march(context, march, cpu, report);
        check_flags(march, sets, sets.without(closed), &flags, report);
    }
    for name in off {
        let Some(set) = instruction_set(name) else { continue };
        check_off(context, name, set.closes, &flags, report);
    }
    check_rust(context, closed, report);
}

/// The words of CPU_FLAGS_X86 in make.conf and those for all packages in package.use, without what is taken back.
pub(super) fn flags<'a>(context: &'a Context<'_>) -> Vec<Flag<'a>> {
    let mut flags: Vec<Flag<'a>> = Vec::new();
    if let Some(path) = context.assigned(FLAGS) {
        let words = context.make_conf.words(FLAGS);
        flags.extend(words.map(|word| (word, path.clone(), Key::of(FLAGS))));
    }
    for (path, rule) in context.rules("package.use") {
        if rule.key == "*/*" && rule.group.as_deref() == Some(FLAGS) {
            let key = || Key::of(&rule.key).then(FLAGS);
            flags.extend(rule.words.iter().map(|word| (word.as_str(), path.clone(), key())));
        }
    }
    let mut held: Vec<Flag<'a>> = Vec::new();
    for flag in flags {
        match flag.0.strip_prefix('-') {
            Some("*") => held.clear(),
            Some(gone) => held.retain(|(word, ..)| *word != gone),
            None if held.iter().any(|(word, ..)| *word == flag.0) => {}
            None => held.push(flag),
        }
    }
    held
}

fn check_march(context: &Context<'_>, march: &str, cpu: &Cpu, report: &mut Report) {
    let word = format!("-march={march}");
    if let Some(until) = cpu.until
        && let Some((path, key)) = context.written("CFLAGS", &word)
    {
        report
            .file(&path)
            .word(&L169, key, &word, format!("GCC {until} is the last one that knows `{march}`"))
            .set_help("take a CPU that it is built on, such as broadwell, or keep that GCC");
    }
}

/// `sets`: what the CPU has; `used`: what the compiler makes use of.
fn check_flags(march: &str, sets: Sets, used: Sets, flags: &[Flag<'_>], report: &mut Report) {
    let Some((_, path, key)) = flags.last() else { return };
    let there = sets.cpu_flags();
    let known = Sets::named(instruction_sets().iter().map(|set| set.name)).cpu_flags();
    if !cpu(march).is_some_and(Cpu::is_level) {
        for (word, path, key) in flags {
            if known.contains(word) && !there.contains(word) && !SOME_MODELS.contains(word) {
                report
                    .file(path)
                    .word(&L166, key.clone(), word, format!("`{word}` is nothing that `-march={march}` has"))
                    .set_help(format!("take it out; the flags of {march} are {}", there.join(" ")));
            }
        }
    }
    let missing: Vec<&str> =
        used.cpu_flags().into_iter().filter(|flag| !flags.iter().any(|(word, ..)| word == flag)).collect();
    if !missing.is_empty() {
        let message = format!("`-march={march}` has `{}`, too", missing.join("`, `"));
        report
            .file(path)
            .at(&L167, key.clone(), message)
            .set_help("add them; cpuid2cpuflags prints those of the machine it runs on");
    }
}

/// What uses instructions that `-mno-NAME` switches off, aside from what L050 finds.
fn check_off(context: &Context<'_>, name: &str, closed: Sets, flags: &[Flag<'_>], report: &mut Report) {
    let make_conf = &context.make_conf;
    let told = |word: &str| name == "avx512f" && (word.starts_with("avx512") || word == "v4");
    // mmxext stands for two sets, and one of them may be left.
    let gone = |word: &str| {
        let of = instruction_sets().iter().filter(|set| set.cpu_flags.contains(&word));
        let mut of = of.peekable();
        of.peek().is_some() && of.all(|set| closed.contains(set))
    };
    let mut say = |path: &RelPath, key: Key, word: &str, help: String| {
        report
            .file(path)
            .word(&L168, key, word, format!("`{word}` uses what CFLAGS switches off with `-mno-{name}`"))
            .set_help(help);
    };
    for (word, path, key) in flags {
        if gone(word) && !told(word) {
            say(path, key.clone(), word, "take it out".to_owned());
        }
    }
    if let (Some(level), Some(path)) = (make_conf.get("GOAMD64"), context.assigned("GOAMD64"))
        && let Some(wanted) = cpu(&format!("x86-64-{level}")).and_then(|cpu| cpu.sets)
        && !wanted.common(closed).is_empty()
        && !told(level)
    {
        say(&path, Key::of("GOAMD64"), level, "take a lower level".to_owned());
    }
}

/// `closed`: what CFLAGS switches off.
fn check_rust(context: &Context<'_>, closed: Sets, report: &mut Report) {
    let flags = context.make_conf.get("RUSTFLAGS").unwrap_or_default();
    let Some((target, features)) = rust(flags) else { return };
    let Some(sets) = cpu(target).and_then(|cpu| cpu.sets) else { return };
    let off = |feature: &str| features.iter().any(|other| other.strip_prefix('-') == Some(feature));
    let all_off = instruction_sets()
        .iter()
        .filter(|set| set.rust.is_some_and(off))
        .fold(Sets::default(), |all, set| all.with(set.closes_llvm));
    let left = Lacking::of(sets.common(closed).without(all_off)).rust;
    let word = format!("target-cpu={target}");
    if !left.is_empty()
        && let Some((path, key)) = context.written("RUSTFLAGS", &word)
    {
        report
            .file(&path)
            .word(&L168, key, &word, format!("`{word}` uses what CFLAGS switches off"))
            .set_help(format!("add -C target-feature={}", left.join(",")));
    }
}

/// The CPU and the features of RUSTFLAGS.
fn rust(flags: &str) -> Option<(&str, Vec<&str>)> {
    /// The values of `-C NAME=VALUE` and `-CNAME=VALUE`.
    fn value<'f>(flags: &'f str, name: &'static str) -> impl Iterator<Item = &'f str> {
        flags.split_whitespace().filter_map(move |word| {
            let word = word.strip_prefix("-C").unwrap_or(word);
            word.strip_prefix(name)?.strip_prefix('=')
        })
    }
    let target = value(flags, "target-cpu").last()?;
    Some((target, value(flags, "target-feature").flat_map(|list| list.split(',')).collect()))
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    fn make_conf(assigns: &[(&str, &str)]) -> Vec<&'static str> {
        codes(&root().vars("etc/portage/make.conf", assigns))
    }

    fn flags(march: &str, flags: &str) -> Vec<&'static str> {
        let march = format!("-O2 -march={march}");
        make_conf(&[("CFLAGS", &march), ("CXXFLAGS", "${CFLAGS}"), ("CPU_FLAGS_X86", flags)])
    }

    #[test]
    fn flags_are_those_of_the_cpu() {
        assert_eq!(flags("pentium3", "mmx mmxext sse"), [""; 0]);
        assert_eq!(flags("pentium3", "mmx mmxext sse sse2 avx"), ["L166", "L166"]);
        assert_eq!(flags("pentium3", "mmx sse"), ["L167"]);
        assert_eq!(flags("i686", "mmx mmxext sse"), [""; 0], "a level is no CPU");
        assert_eq!(flags("i686", ""), [""; 0]);
        assert_eq!(flags("native", "sse"), [""; 0]);
        assert_eq!(flags("pentium3", "mmx mmxext sse padlock"), [""; 0], "some models have it");
        assert_eq!(make_conf(&[("CFLAGS", "-march=pentium3"), ("CXXFLAGS", "")]), [""; 0], "nothing is said");
    }

    #[test]
    fn flags_for_all_packages_count() {
        let with = |words: &str| {
            let root = root().vars(
                "etc/portage/make.conf",
                &[("CFLAGS", "-march=pentium2"), ("CXXFLAGS", ""), ("CPU_FLAGS_X86", "mmx")],
            );
            codes(&root.text("etc/portage/package.use/00cpu", &format!("*/* CPU_FLAGS_X86: {words}\n")))
                .into_iter()
                .filter(|code| code.starts_with("L16"))
                .collect::<Vec<_>>()
        };
        assert_eq!(with("mmx"), [""; 0]);
        assert_eq!(with("-* mmx sse"), ["L166"]);
        assert_eq!(with("-mmx sse -sse mmx"), [""; 0]);
    }

    #[test]
    fn what_is_off_is_off_everywhere() {
        let off = |word: &str, name: &str, value: &str| {
            let cflags = format!("-O2 {word}");
            make_conf(&[("CFLAGS", &cflags), ("CXXFLAGS", &cflags), (name, value)])
        };
        assert_eq!(off("-mno-gfni -mno-vpclmulqdq", "CPU_FLAGS_X86", "avx2 vpclmulqdq"), ["L168"]);
        assert_eq!(off("-mno-avx2", "CPU_FLAGS_X86", "avx avx2 avx512f"), ["L168", "L168"]);
        assert_eq!(off("-mno-avx512f", "CPU_FLAGS_X86", "avx2 avx512f"), ["L050"], "once");
        assert_eq!(off("-mno-sse", "CPU_FLAGS_X86", "mmxext"), [""; 0], "of 3DNow! as well");
        assert_eq!(off("-mno-avx2", "GOAMD64", "v3"), ["L168"]);
        assert_eq!(off("-mno-avx2", "GOAMD64", "v2"), [""; 0]);
        assert_eq!(off("-mno-avx512f", "GOAMD64", "v4"), ["L050"]);
        let rust = "-C target-cpu=icelake-client";
        assert_eq!(off("-mno-avx512f", "RUSTFLAGS", rust), ["L168"]);
        assert_eq!(off("-mno-avx512f", "RUSTFLAGS", &format!("{rust} -C target-feature=-avx512f")), [""; 0]);
        assert_eq!(off("-mno-vaes", "RUSTFLAGS", &format!("{rust} -Ctarget-feature=+sse2,-aes")), [""; 0]);
        assert_eq!(off("-mno-sgx", "RUSTFLAGS", rust), [""; 0], "rustc does not know it");
        assert_eq!(off("-mno-red-zone", "CPU_FLAGS_X86", "sse"), [""; 0]);
    }

    #[test]
    fn removed_cpus() {
        assert_eq!(make_conf(&[("CFLAGS", "-march=knl"), ("CXXFLAGS", "")]), ["L169"]);
    }
}
