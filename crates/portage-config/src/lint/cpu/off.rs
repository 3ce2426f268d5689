//! Instruction sets that -mno-… switches off in part.

use super::super::context::Context;
use crate::report::{Code, Report};
use crate::target::{Lacking, Processor, Sets, cpu, gcc_uses, level};
use crate::vocab::CompilerFlags;

/// AVX-512 switched off in part.
pub(crate) const L048: Code = Code::warning(
    "L048",
    "avx512-in-part",
    "-mno-avx512f takes all of AVX-512 with it. Without it -march keeps the sets that no other switch names, and a later version of GCC may know more of them.",
    "gcc(1), x86 Options; gcc/common/config/i386/i386-common.cc, OPTION_MASK_ISA_AVX512F_UNSET",
);

/// Switches that strip-flags drops.
pub(crate) const L049: Code = Code::warning(
    "L049",
    "switch-is-stripped",
    "Packages that call strip-flags, such as glibc and GCC, keep -march and lose the switch: they are built with the instructions all the same.",
    "flag-o-matic.eclass, setup-allowed-flags",
);

/// The subsets that every CPU with AVX-512 has since Skylake: who names one of them means all.
const COMMON: [&str; 4] = ["avx512bw", "avx512cd", "avx512dq", "avx512vl"];

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let flags = CompilerFlags::parse(context.make_conf.get("CFLAGS").unwrap_or_default());
    let Some((march, of_march)) = flags.march().and_then(|name| Some((name, cpu(name)?.sets?))) else {
        return;
    };
    let left = gcc_uses(&flags, None).sets();
    let off: Vec<&str> =
        flags.without().filter(|name| of_march.common(Sets::named([*name])) != Sets::default()).collect();
    let parts: Vec<&str> = off.iter().copied().filter(|name| name.starts_with("avx512")).collect();
    if left.covers(Sets::named(["avx512f"]))
        && (parts.len() > 1 || parts.iter().any(|name| COMMON.contains(name)))
        && let Some(word) = parts.first().map(|name| format!("-mno-{name}"))
        && let Some((path, key)) = context.written("CFLAGS", &word)
    {
        let kept = left.iter().filter(|set| set.name.starts_with("avx512")).map(|set| set.name);
        let kept: Vec<&str> = kept.collect();
        report
            .file(&path)
            .word(&L048, key, &word, format!("`-march={march}` keeps `{}`", kept.join("`, `")))
            .set_help("write -mno-avx512f in the place of all -mno-avx512…");
    }
}

/// What strip-flags brings back of what `-mno-…` has switched off, where the machine lacks it.
pub(super) fn check_stripped(context: &Context<'_>, processor: &Processor, report: &mut Report) {
    let flags = CompilerFlags::parse(context.make_conf.get("CFLAGS").unwrap_or_default());
    let Some((march, of_march)) = flags.march().and_then(|name| Some((name, cpu(name)?.sets?))) else {
        return;
    };
    let lacking = processor.lacks(of_march.without(gcc_uses(&flags, None).sets()));
    let off: Vec<&str> = flags.without().collect();
    let lost = Lacking::of(lacking).stripped;
    let lost: Vec<&str> = lost
        .iter()
        .filter(|word| word.strip_prefix("-mno-").is_some_and(|name| off.contains(&name)))
        .map(String::as_str)
        .collect();
    let Some(word) = lost.first() else { return };
    let Some((path, key)) = context.written("CFLAGS", word) else { return };
    let help = match level(of_march.common(processor.sets)) {
        Some(level) => format!("take -march={level} -mtune={march}"),
        None => "take a lower -march".to_owned(),
    };
    let name = processor.name.as_deref().unwrap_or("of the machine");
    let text =
        format!("strip-flags drops `{}`, and the CPU `{name}` lacks what comes back", lost.join("`, `"));
    report.file(&path).word(&L049, key, word, text).set_help(help);
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    use crate::target::Processor;

    fn told(cflags: &str) -> Vec<&'static str> {
        codes(&root().vars("etc/portage/make.conf", &[("CFLAGS", cflags), ("CXXFLAGS", "${CFLAGS}")]))
    }

    #[test]
    fn avx512_goes_as_a_whole() {
        assert_eq!(told("-march=icelake-client -mno-avx512vl -mno-avx512bw"), ["L048"]);
        assert_eq!(told("-march=skylake-avx512 -mno-avx512vl"), ["L048"]);
        assert_eq!(told("-march=icelake-client -mno-avx512f -mno-avx512vl"), [""; 0]);
        assert_eq!(told("-march=tigerlake -mno-avx512vp2intersect"), [""; 0], "that one is slow");
        assert_eq!(told("-march=haswell -mno-avx512vl -mno-avx512bw"), [""; 0], "it has none");
    }

    #[test]
    fn strip_flags_drops_switches() {
        let on = |cpu: &str, cflags: &str| {
            let root = root().vars("etc/portage/make.conf", &[("CFLAGS", cflags)]);
            let mut report = crate::report::Report::new();
            let processor = Processor::of(crate::target::cpu(cpu).unwrap()).unwrap();
            crate::lint::on_processor(&root.0, &processor, &mut report);
            let told = report.diagnostics.iter();
            told.map(|found| format!("{} {}", found.code.id, found.help.as_deref().unwrap_or("")))
                .collect::<Vec<_>>()
        };
        let march = "-march=icelake-client -mno-avx512f";
        let off = format!("{march} -mno-gfni -mno-vaes -mno-vpclmulqdq -mno-pku -mno-sgx -mno-hle");
        assert_eq!(on("znver2", &off), ["L049 take -march=x86-64-v3 -mtune=icelake-client"]);
        assert_eq!(on("icelake-client", &off), [""; 0], "it has all that comes back");
        assert_eq!(
            on("znver3", &format!("{march} -mno-gfni -mno-pku")),
            ["L049 take -march=x86-64-v3 -mtune=icelake-client"]
        );
        assert_eq!(
            on("cascadelake", "-march=cooperlake -mno-avx512bf16"),
            ["L049 take -march=x86-64-v4 -mtune=cooperlake"]
        );
        assert_eq!(on("znver2", "-march=skylake-avx512 -mno-avx512f"), [""; 0], "strip-flags keeps it");
    }
}
