//! What code may use, beside what the machine has that it is to run on.

use super::super::context::Context;
use super::super::instructions::{L050, L166, L167, L168, flags as cpu_flags};
use super::off::check_stripped;
use super::{Flags, flags};
use crate::config::Config;
use crate::report::{Code, Key, Report};
use crate::target::{Processor, Sets, Target, cpu, gcc_uses, go_uses, level, rust_uses};
use crate::vocab::{CompilerFlags, RelPath};

/// The CPU of the machine that builds, for another machine.
pub(crate) const L228: Code = Code::warning(
    "L228",
    "native-elsewhere",
    "`native` is the CPU of the machine that builds: what it has and the other machine has not ends programs with `Illegal instruction`.",
    "gcc(1), -march=native; rustc -C target-cpu=native",
);

/// Instructions that the machine lacks.
pub(crate) const L229: Code = Code::error(
    "L229",
    "beyond-the-cpu",
    "A program that uses an instruction that the CPU lacks ends with `Illegal instruction`.",
    "gcc(1), x86 Options; rustc -C target-cpu; go.dev/wiki/MinimumRequirements, GOAMD64; profiles/desc/cpu_flags_x86.desc",
);

/// What stands for the CPU of the machine that builds.
const NATIVE: [&str; 3] = ["-march=native", "-mcpu=native", "target-cpu=native"];

pub(super) fn check_native(context: &Context<'_>, all: &[Flags<'_>], report: &mut Report) {
    let (Some(chost), Some(cbuild)) = (context.make_conf.get("CHOST"), context.make_conf.get("CBUILD"))
    else {
        return;
    };
    if chost != cbuild {
        native(context, all, &format!("what builds is `{cbuild}`, and what runs is `{chost}`"), report);
    }
}

fn native(context: &Context<'_>, all: &[Flags<'_>], why: &str, report: &mut Report) {
    for flags in all {
        for word in NATIVE {
            let is_there = flags.value.split_ascii_whitespace().any(|other| other.ends_with(word));
            if !is_there {
                continue;
            }
            let Some((path, key)) = flags.place(context, word) else { continue };
            if !is_told(&[&L228], &path, &key, word, report) {
                report
                    .file(&path)
                    .word(&L228, key, word, format!("`{word}` is the CPU of the build host: {why}"))
                    .set_help("name the CPU of the machine that runs it");
            }
        }
    }
}

/// Whether one of these was said of a word already.
fn is_told(codes: &[&'static Code], path: &RelPath, key: &Key, word: &str, report: &Report) -> bool {
    report.diagnostics.iter().any(|found| {
        codes.contains(&found.code)
            && found.spot.path.as_ref() == Some(path)
            && found.spot.key == *key
            && found.spot.word.as_deref() == Some(word)
    })
}

/// The checks that need to know the machine that a spec names.
///
/// Code must not use what its CPU lacks ([`on_processor`]), and `native` does not stand for it where another machine builds.
pub fn for_target(config: &Config, target: &Target, report: &mut Report) {
    let context = Context::new(config, &mut Report::new());
    if let Some(host) = &target.build_host {
        let cpu = host.cpu.filter(|cpu| cpu.name != target.cpu.name).map(|cpu| cpu.name.to_owned());
        let chost = host.chost.as_ref().filter(|chost| **chost != target.chost).map(ToString::to_string);
        if let Some(host) = cpu.or(chost) {
            let why = format!("what builds is `{host}`, and what runs is `{}`", target.named);
            native(&context, &flags(&context), &why, report);
        }
    }
    if let Some(processor) = Processor::of(target.cpu) {
        beyond(&context, &processor, report);
    }
}

/// The checks that need to know the CPU of the machine: of the flags of GCC, rustc and Go and of CPU_FLAGS_X86, in make.conf and
/// env/. Run after [`super::super::check`], whose findings are not said again.
///
/// ```
/// use portage_config::config::{Body, Bytes, Config, File};
/// use portage_config::{file, lint, report::Report, target::Processor, vocab::RelPath};
/// let path = RelPath::parse("etc/portage/make.conf")?;
/// let text = b"CFLAGS=\"-O2 -march=haswell\"\nCXXFLAGS=\"${CFLAGS}\"\n".to_vec();
/// let file = File::new(file::find(&path), Body::Text(Bytes(text)));
/// let config = Config { files: [(path, file)].into() };
/// let processor = Processor::read("model name : Old\nflags : mmx fxsr sse sse2 pni ssse3 cx16 lahf_lm\n")?;
/// let mut report = Report::new();
/// lint::on_processor(&config, &processor, &mut report);
/// assert_eq!(report.diagnostics[0].code.name, "beyond-the-cpu");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn on_processor(config: &Config, processor: &Processor, report: &mut Report) {
    beyond(&Context::new(config, &mut Report::new()), processor, report);
}

fn beyond(context: &Context<'_>, processor: &Processor, report: &mut Report) {
    let name = processor.name.as_deref().unwrap_or("of the machine");
    for flags in flags(context) {
        let parsed = CompilerFlags::parse(&flags.value);
        let uses = match flags.name {
            "RUSTFLAGS" => rust_uses(&flags.value, None),
            "GOAMD64" => go_uses(&flags.value).unwrap_or_default(),
            _ => gcc_uses(&parsed, None),
        };
        let lacking = processor.lacks(uses.sets());
        for (word, sets) in uses.of(lacking) {
            let Some((path, key)) = flags.place(context, word) else { continue };
            if is_told(&[&L229], &path, &key, word, report) {
                continue;
            }
            let text = format!("`{word}` uses {}, which the CPU `{name}` lacks", named(sets));
            report.file(&path).word(&L229, key, word, text).set_help(help(flags.name, word, processor));
        }
    }
    check_words(context, processor, name, report);
    check_stripped(context, processor, report);
}

fn help(variable: &str, word: &str, processor: &Processor) -> String {
    let level = level(processor.sets);
    match (variable, level) {
        ("GOAMD64", Some(level)) => format!("write {}", level.strip_prefix("x86-64-").unwrap_or("v1")),
        ("GOAMD64", None) => "take it out".to_owned(),
        (_, Some(level)) if word.starts_with("-march=") => {
            format!("take a CPU that it is, or -march={level}")
        }
        (_, Some(level)) if word.starts_with("target-cpu=") => {
            format!("take a CPU that it is, or target-cpu={level}")
        }
        _ if word.contains('=') => "take a CPU that it is".to_owned(),
        _ => "take it out".to_owned(),
    }
}

/// The names of some sets, the first of many.
fn named(sets: Sets) -> String {
    const MOST: usize = 4;
    let names: Vec<String> = sets.iter().map(|set| format!("`{}`", set.name)).collect();
    match names.get(..MOST) {
        Some(first) if names.len() > MOST + 1 => {
            format!("{} and {} more", first.join(", "), names.len() - MOST)
        }
        _ => names.join(", "),
    }
}

/// The words of CPU_FLAGS_X86.
fn check_words(context: &Context<'_>, processor: &Processor, name: &str, report: &mut Report) {
    let words = cpu_flags(context);
    // A level says the least that a machine has.
    let is_level = processor.name.as_deref().and_then(cpu).is_some_and(|cpu| cpu.is_level());
    for (word, path, key) in words.iter().filter(|_| !is_level) {
        if processor.lacks_flag(word) && !is_told(&[&L050, &L166, &L168], path, key, word, report) {
            report
                .file(path)
                .word(&L229, key.clone(), word, format!("the CPU `{name}` has no `{word}`"))
                .set_help("take it out");
        }
    }
    let flags = CompilerFlags::parse(context.make_conf.get("CFLAGS").unwrap_or_default());
    let Some((_, path, key)) = words.last().filter(|_| flags.march() == Some("native") && !is_level) else {
        return;
    };
    let used = processor.sets.without(closed(&flags));
    let missing: Vec<&str> =
        used.cpu_flags().into_iter().filter(|flag| !words.iter().any(|(word, ..)| word == flag)).collect();
    if !missing.is_empty() {
        report
            .file(path)
            .at(&L167, key.clone(), format!("the CPU `{name}` has `{}`, too", missing.join("`, `")))
            .set_help("add them; cpuid2cpuflags prints those of the machine it runs on");
    }
}

fn closed(flags: &CompilerFlags<'_>) -> Sets {
    let off = flags.without().filter_map(crate::target::instruction_set);
    off.fold(Sets::default(), |all, set| all.with(set.closes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::testing::{Root, codes, root};

    fn machine(said: &[(&str, &str)], root: &Root) -> Vec<String> {
        let target = Target::read(said.iter().copied()).unwrap();
        let mut report = Report::new();
        for_target(&root.0, &target, &mut report);
        report
            .diagnostics
            .iter()
            .map(|found| format!("{} {}", found.code.id, found.spot.word.as_deref().unwrap_or("")))
            .collect()
    }

    fn conf(assigns: &[(&str, &str)]) -> Root {
        root().vars("etc/portage/make.conf", assigns)
    }

    const CORE2: &str =
        "model name\t: Core 2\nflags\t: mmx fxsr sse sse2 pni ssse3 cx16 lahf_lm monitor lm\n";

    fn core2(root: &Root) -> Vec<String> {
        let mut report = Report::new();
        crate::lint::check(&root.0, &mut report);
        report.diagnostics.clear();
        on_processor(&root.0, &Processor::read(CORE2).unwrap(), &mut report);
        report
            .diagnostics
            .iter()
            .map(|found| {
                format!("{}: {}; {}", found.code.id, found.message, found.help.as_deref().unwrap_or(""))
            })
            .collect()
    }

    #[test]
    fn all_compilers_are_judged() {
        let told = core2(&conf(&[
            ("CFLAGS", "-O2 -march=nehalem"),
            ("CXXFLAGS", "${CFLAGS} -mavx"),
            ("RUSTFLAGS", "-C target-cpu=x86-64-v2 -Ctarget-feature=+aes"),
            ("GOAMD64", "v2"),
            ("CPU_FLAGS_X86", "mmx mmxext sse sse4_1"),
        ]));
        insta::assert_snapshot!(told.join("\n"), @r"
        L229: `-march=nehalem` uses `sse4.1`, `sse4.2`, `crc32`, `popcnt`, which the CPU `Core 2` lacks; take a CPU that it is, or -march=x86-64
        L229: `-mavx` uses `sse4.1`, `sse4.2`, `crc32`, `xsave`, `avx`, which the CPU `Core 2` lacks; take it out
        L229: `target-cpu=x86-64-v2` uses `sse4.1`, `sse4.2`, `crc32`, `popcnt`, which the CPU `Core 2` lacks; take a CPU that it is, or target-cpu=x86-64
        L229: `+aes` uses `aes`, which the CPU `Core 2` lacks; take it out
        L229: `v2` uses `sse4.1`, `sse4.2`, `popcnt`, which the CPU `Core 2` lacks; write v1
        L229: the CPU `Core 2` has no `sse4_1`; take it out
        ");
    }

    #[test]
    fn what_the_cpu_has_is_used() {
        let good = [
            ("CFLAGS", "-march=core2 -mtune=haswell"),
            ("RUSTFLAGS", "-Ctarget-cpu=core2"),
            ("GOAMD64", "v1"),
            ("CPU_FLAGS_X86", "mmx mmxext sse sse2 sse3 ssse3"),
        ];
        assert_eq!(core2(&conf(&good)), [""; 0]);
        assert_eq!(
            core2(&conf(&[("CFLAGS", "-march=native"), ("CPU_FLAGS_X86", "mmx mmxext sse sse2 sse3 ssse3")])),
            [""; 0]
        );
        let native = core2(&conf(&[("CFLAGS", "-march=native"), ("CPU_FLAGS_X86", "mmx mmxext sse")]));
        assert_eq!(
            native,
            [
                "L167: the CPU `Core 2` has `sse2`, `sse3`, `ssse3`, too; add them; cpuid2cpuflags prints those of the machine it runs on"
            ]
        );
        let env = conf(&[("CFLAGS", "-march=core2")])
            .vars("etc/portage/env/fast", &[("CFLAGS", "${CFLAGS} -mavx2")]);
        assert_eq!(core2(&env).len(), 1);
    }

    #[test]
    fn a_target_says_which_cpu_it_is() {
        let said = [("cpu", "pentium-m")];
        assert_eq!(machine(&said, &conf(&[("CFLAGS", "-march=prescott")])), ["L229 -march=prescott"]);
        assert_eq!(machine(&said, &conf(&[("CFLAGS", "-march=pentium3")])), [""; 0]);
        assert_eq!(
            machine(&[("cpu", "x86-64-v2")], &conf(&[("CPU_FLAGS_X86", "aes avx")])),
            [""; 0],
            "at the least"
        );
        assert_eq!(machine(&[("cpu", "cortex-a53")], &conf(&[("CFLAGS", "-march=haswell")])), [""; 0]);
    }

    #[test]
    fn native_is_the_build_host() {
        let native = || {
            conf(&[
                ("CFLAGS", "-march=native"),
                ("CXXFLAGS", "${CFLAGS}"),
                ("RUSTFLAGS", "-C target-cpu=native"),
            ])
        };
        let both = ["L228 -march=native", "L228 target-cpu=native"];
        assert_eq!(machine(&[("cpu", "znver2"), ("build-host.cpu", "znver4")], &native()), both);
        assert_eq!(machine(&[("cpu", "znver2"), ("build-host.cpu", "znver2")], &native()), [""; 0]);
        assert_eq!(machine(&[("cpu", "znver2")], &native()), [""; 0]);
        let cross = [
            ("CHOST", "i686-pc-linux-gnu"),
            ("CBUILD", "x86_64-pc-linux-gnu"),
            ("CFLAGS", "-march=native"),
            ("CXXFLAGS", "-O2"),
        ];
        assert!(codes(&conf(&cross)).contains(&"L228"));
    }
}
