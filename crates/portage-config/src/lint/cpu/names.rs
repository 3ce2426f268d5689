//! Names of CPUs and switches that are written wrong.

use super::super::context::Context;
use super::{Flags, GCC};
use crate::report::{Code, Mend, Report};
use crate::target::{cpu, cpus, instruction_set, instruction_sets};
use crate::vocab::nearest;

/// A CPU that the compiler does not know.
pub(crate) const L226: Code = Code::warning(
    "L226",
    "unknown-cpu",
    "The compiler refuses a CPU that it does not know, and with it every file.",
    "gcc(1), x86 Options, -march and -mtune, GCC 12 to 15",
);

/// An instruction set that the compiler does not know.
pub(crate) const L227: Code = Code::warning(
    "L227",
    "unknown-instruction-switch",
    "The compiler refuses a switch that it does not know, and with it every file.",
    "gcc(1), x86 Options, GCC 12 to 15",
);

/// Names that clang alone or the next version of GCC knows.
const OTHERS: [&str; 6] = ["novalake", "penryn", "skx", "wildcatlake", "yonah", "znver6"];

/// Other switches of x86 that begin with `-m`, of GCC and of clang.
static SWITCHES: &str = "128bit-long-double 16 32 64 80387 8bit-idiv 96bit-long-double abi abm accumulate-outgoing-args \
    address-mode align-data align-double align-functions align-jumps align-loops align-stringops \
    amx-transpose android arch asm avx10.1 avx10.1-256 avx10.1-512 avx10.2-256 avx10.2-512 \
    avx256-split-unaligned-load avx256-split-unaligned-store bionic branch-cost call-ms2sysv-xlogues \
    cet-switch cld cmodel cpu direct-extern-access dispatch-scheduler dump-tune-features evex512 \
    fancy-math-387 fentry fentry-name fentry-section force-drap force-indirect-call fp-ret-in-387 fpmath \
    function-return fused-madd gather general-regs-only glibc hard-float harden-sls iamcu ieee-fp \
    implicit-float incoming-stack-boundary indirect-branch indirect-branch-cs-prefix \
    indirect-branch-register inline-all-stringops inline-stringops-dynamically instrument-return \
    intel-syntax invpcid lam large-data-threshold long-double-128 long-double-64 long-double-80 lvi-cfi \
    lvi-hardening manual-endbr memcpy-strategy memset-strategy mitigate-rop move-max mpx ms-bitfields \
    musl needed no-align-stringops no-default no-fancy-math-387 no-push-args no-red-zone no-sse4 \
    nop-mcount omit-leaf-frame-pointer pc32 pc64 pc80 pcommit prefer-256-bit prefer-avx128 \
    prefer-vector-width preferred-stack-boundary push-args raoint recip record-mcount record-return \
    red-zone regparm relax-cmpxchg-loop retpoline retpoline-external-thunk rtd scatter seses \
    skip-rax-setup soft-float speculative-load-hardening sse2avx sse4 sse5 sseregparm stack-arg-probe \
    stack-protector-guard stack-protector-guard-offset stack-protector-guard-reg \
    stack-protector-guard-symbol stackrealign store-max stringop-strategy stv tls-dialect \
    tls-direct-seg-refs tune tune-ctrl uclibc unroll-only-small-loops user_msr veclibabi \
    vect8-ret-in-mem vzeroupper x32";

pub(super) fn check(context: &Context<'_>, all: &[Flags<'_>], report: &mut Report) {
    if !is_x86(context) {
        return;
    }
    let mut seen = Vec::new();
    for flags in all.iter().filter(|flags| GCC.contains(&flags.name)) {
        for word in flags.value.split_ascii_whitespace() {
            let Some(told) = wrong_cpu(word).or_else(|| wrong_switch(word)) else { continue };
            let Some((path, key)) = flags.place(context, word) else { continue };
            let at = (path.clone(), key.clone(), word.to_owned());
            if seen.contains(&at) {
                continue;
            }
            seen.push(at);
            let mut findings = report.file(&path);
            let found = findings.word(told.code, key, word, told.text);
            match told.near {
                Some(near) => {
                    found.set_help(format!("did you mean {near}?"));
                    if plain(&near) == plain(word) {
                        found.set_mend(Mend::Word(near));
                    }
                }
                None => drop(found.set_help(told.help)),
            }
        }
    }
}

struct Told {
    code: &'static Code,
    text: String,
    near: Option<String>,
    help: &'static str,
}

fn plain(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', "-")
}

/// The names of all CPUs of x86.
fn names() -> impl Iterator<Item = &'static str> {
    let x86 = cpus().iter().filter(|cpu| cpu.sets.is_some());
    x86.flat_map(|cpu| std::iter::once(cpu.name).chain(cpu.aliases.iter().copied()))
}

fn wrong_cpu(word: &str) -> Option<Told> {
    let (switch, name) = word.split_once('=')?;
    let is_march = match switch {
        "-march" => true,
        "-mtune" | "-mcpu" => false,
        _ => return None,
    };
    let is_level = |name: &str| name.starts_with("x86-64-v");
    let also: &[&str] = if is_march { &["native"] } else { &["native", "generic", "intel"] };
    let is_known = cpu(name).is_some_and(|cpu| cpu.sets.is_some()) && (is_march || !is_level(name));
    // What still refers to a variable is no name yet.
    if is_known || name.contains('$') || also.contains(&name) || OTHERS.contains(&name) {
        return None;
    }
    let known = names().filter(|name| is_march || !is_level(name)).chain(also.iter().copied());
    let is_only_level = cpu(name).is_some();
    let near = (!is_only_level).then(|| nearest(name, known)).flatten();
    let (text, help) = if is_only_level && !is_march {
        (format!("`{name}` is a name for -march alone: nothing is tuned for it"), "write -mtune=generic")
    } else {
        (format!("GCC knows no CPU `{name}` of x86"), "see the x86 Options of gcc(1)")
    };
    Some(Told { code: &L226, text, near: near.map(|near| format!("{switch}={near}")), help })
}

fn wrong_switch(word: &str) -> Option<Told> {
    let name = word.strip_prefix("-m")?;
    let (no, name) = name.strip_prefix("no-").map_or(("", name), |name| ("no-", name));
    let is_known =
        |name: &str| instruction_set(name).is_some() || SWITCHES.split(' ').any(|other| other == name);
    if name.contains(['=', '$']) || is_known(name) || is_known(word.strip_prefix("-m")?) {
        return None;
    }
    let near = nearest(name, instruction_sets().iter().map(|set| set.name))?;
    let text = format!("GCC knows no switch `{word}`");
    Some(Told { code: &L227, text, near: Some(format!("-m{no}{near}")), help: "" })
}

/// Whether the configuration is one of an x86, as far as it says so.
fn is_x86(context: &Context<'_>) -> bool {
    if let Some(chost) = context.chost() {
        return matches!(chost.arch(), Some("x86" | "amd64"));
    }
    let words = context.make_conf.words("ACCEPT_KEYWORDS").map(|word| word.trim_start_matches('~'));
    let mut words = context.profile_parts().into_iter().chain(words);
    words.any(|word| matches!(word, "x86" | "amd64"))
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};
    use crate::report::Report;

    fn told(cflags: &str) -> Vec<String> {
        let conf =
            [("CHOST", "x86_64-pc-linux-gnu"), ("F", cflags), ("CFLAGS", "${F}"), ("CXXFLAGS", "${F}")];
        let mut report = Report::new();
        crate::lint::check(&root().vars("etc/portage/make.conf", &conf).0, &mut report);
        let told = report.diagnostics.iter().map(|found| {
            let help = found.help.as_deref().unwrap_or_default();
            format!("{} {help}{}", found.code.id, if found.mend.is_some() { " mend" } else { "" })
        });
        told.filter(|text| text.starts_with("L22")).collect()
    }

    #[test]
    fn names_of_cpus_are_known() {
        assert_eq!(told("-march=haswel"), ["L226 did you mean -march=haswell?"]);
        assert_eq!(told("-march=x86_64_v3"), ["L226 did you mean -march=x86-64-v3? mend"]);
        assert_eq!(told("-march=Haswell"), ["L226 did you mean -march=haswell? mend"]);
        assert_eq!(told("-mtune=genric"), ["L226 did you mean -mtune=generic?"]);
        assert_eq!(told("-mtune=x86-64-v3"), ["L226 write -mtune=generic"]);
        assert_eq!(told("-march=qqqqqqqqqqqq"), ["L226 see the x86 Options of gcc(1)"]);
        for good in [
            "-march=native",
            "-mtune=native",
            "-mtune=intel",
            "-march=znver5",
            "-march=skx",
            "-march=core-avx2",
        ] {
            assert_eq!(told(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn other_machines_have_other_names() {
        let arm = [
            ("CHOST", "aarch64-unknown-linux-gnu"),
            ("CFLAGS", "-march=armv8.2-a -mno-outline"),
            ("CXXFLAGS", ""),
        ];
        assert_eq!(codes(&root().vars("etc/portage/make.conf", &arm)), [""; 0]);
        let unknown = [("CFLAGS", "-march=haswel"), ("CXXFLAGS", "")];
        assert_eq!(
            codes(&root().vars("etc/portage/make.conf", &unknown)),
            [""; 0],
            "nothing says that it is an x86"
        );
    }

    #[test]
    fn switches_are_known() {
        assert_eq!(told("-mno-avx512"), ["L227 did you mean -mno-avx512f?"]);
        assert_eq!(told("-msse4_1"), ["L227 did you mean -msse4.1?"]);
        for good in [
            "-mfpmath=sse",
            "-msse4",
            "-mno-sse4",
            "-mno-red-zone",
            "-mabm",
            "-mgeneral-regs-only",
            "-mno-omit-leaf-frame-pointer",
        ] {
            assert_eq!(told(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn env_files_are_read_as_well() {
        let env = root()
            .vars(
                "etc/portage/make.conf",
                &[("CHOST", "i686-pc-linux-gnu"), ("CFLAGS", "-O2"), ("CXXFLAGS", "-O2")],
            )
            .rules("etc/portage/package.env", &[("a/b", "fast")])
            .vars("etc/portage/env/fast", &[("CFLAGS", "${CFLAGS} -march=pentum4")]);
        assert_eq!(codes(&env), ["L226"]);
    }
}
