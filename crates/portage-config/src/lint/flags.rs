//! Compiler and linker flags of make.conf and env/.

use super::context::Context;
use crate::file::Effective;
use crate::model::Model;
use crate::report::{Code, Key, Mend, Report};
use crate::vocab::{CompilerFlags, RelPath};

/// A linker's flag among the compiler's.
pub(crate) const L001: Code = Code::error(
    "L001",
    "linker-flag-in-cflags",
    "Ebuilds that must not see a linker flag filter LDFLAGS only; in CFLAGS it gets through, and glibc built so does not boot.",
    "flag-o-matic.eclass, strip-flags; Gentoo bug 940709",
);

/// LDFLAGS without the profile's.
pub(crate) const L002: Code = Code::warning(
    "L002",
    "ldflags-replaced",
    "LDFLAGS is not incremental: a value without `${LDFLAGS}` loses -Wl,-O1 -Wl,--as-needed and -Wl,-z,pack-relative-relocs of the profile.",
    "make.conf(5), LDFLAGS; profiles/default/linux/make.defaults",
);

/// One half of section garbage collection.
pub(crate) const L004: Code = Code::warning(
    "L004",
    "half-section-gc",
    "The linker drops unused sections only where the compiler gave functions and data sections of their own: one without the other drops nothing, and costs size.",
    "gcc(1), -ffunction-sections; ld(1), --gc-sections",
);

/// LTO without its flag of USE.
pub(crate) const L005: Code = Code::hint(
    "L005",
    "lto-without-use",
    "Some packages build themselves with link-time optimisation by a way of their own, and only with USE=lto.",
    "Gentoo wiki, LTO",
);

/// CFLAGS without CXXFLAGS.
pub(crate) const L125: Code = Code::warning(
    "L125",
    "cxxflags-left",
    "CXXFLAGS does not follow CFLAGS: the profile has expanded it before, so C++ would be compiled with the profile's flags.",
    "lib/portage/util/__init__.py, getconfig; profiles/arch/*/make.defaults",
);

/// Switches that GCC has lost.
pub(crate) const L047: Code = Code::warning(
    "L047",
    "removed-switch",
    "GCC 15 has removed the instruction sets of the Xeon Phi, and refuses their switches.",
    "GCC 15 release notes",
);

/// AVX-512 switched off for C only.
pub(crate) const L050: Code = Code::error(
    "L050",
    "avx512-elsewhere",
    "Hand-written assembly, Rust and Go do not look at CFLAGS: their code keeps the instructions that the compiler was told to leave out.",
    "cpuflags of the ebuilds; go.dev/wiki/MinimumRequirements, GOAMD64",
);

const COMPILERS: [&str; 4] = ["CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS"];

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let flags = &context.make_conf;
    let mut seen = Vec::new();
    for name in COMPILERS {
        for word in linker_words(flags, name) {
            let Some((path, key)) = context.written(name, word) else { continue };
            if seen.contains(&(path.clone(), key.clone(), word)) {
                continue;
            }
            seen.push((path.clone(), key.clone(), word));
            let mend = to_linker(context, &path, &key, word);
            report
                .file(&path)
                .word(&L001, key, word, format!("`{word}` is a flag of the linker"))
                .set_help("move it to LDFLAGS=\"${LDFLAGS} …\"")
                .mend = mend;
        }
    }
    if let Some(path) = context.assigned("LDFLAGS") {
        check_ldflags(flags, &path, report);
    }
    check_sections(context, report);
    check_lto(context, report);
    check_cxxflags(context, report);
    check_instructions(context, report);
    check_env(context, report);
}

/// Moves a word to LDFLAGS, where one file says both or nobody says LDFLAGS yet.
fn to_linker(context: &Context<'_>, path: &RelPath, key: &Key, word: &str) -> Option<Mend> {
    let name = key.0.first()?;
    // What belongs to the word before or behind it cannot be told.
    if word == "-Xlinker" || word.contains(['"', '\\', '$', '\'']) {
        return None;
    }
    let there = match context.assigned("LDFLAGS") {
        Some(other) if other == *path => format!("LDFLAGS.add = [\"{word}\"]"),
        Some(_) => return None,
        None => format!("LDFLAGS = \"${{LDFLAGS}} {word}\""),
    };
    let statement = |entry: &str| format!("\"/{path}\": {entry}");
    Some(Mend::Edit(vec![statement(&format!("{name}.remove = [\"{word}\"]")), statement(&there)]))
}

fn linker_words<'a>(flags: &'a Effective, name: &str) -> impl Iterator<Item = &'a str> {
    flags.words(name).filter(|word| word.starts_with("-Wl,") || *word == "-Xlinker")
}

fn check_ldflags(flags: &Effective, path: &crate::vocab::RelPath, report: &mut Report) {
    let value = flags.get("LDFLAGS").unwrap_or_default();
    if !value.contains("${LDFLAGS}") && !value.contains("--as-needed") {
        report
            .file(path)
            .at(&L002, Key::of("LDFLAGS"), "`LDFLAGS` replaces the flags of the profile")
            .set_help("begin the value with ${LDFLAGS}");
    }
}

fn check_env(context: &Context<'_>, report: &mut Report) {
    for (path, (kind, model)) in &context.models {
        let Model::Vars(vars) = &**model else { continue };
        if *kind != "env" {
            continue;
        }
        let mut flags = context.make_conf.clone();
        flags.apply(vars);
        for name in COMPILERS {
            let Some(assign) = vars.get(name) else { continue };
            for word in linker_words(&flags, name).filter(|word| assign.value.spell().contains(word)) {
                report
                    .file(path)
                    .word(&L001, Key::of(name), word, format!("`{word}` is a flag of the linker"))
                    .set_help("move it to LDFLAGS=\"${LDFLAGS} …\"");
            }
        }
        if vars.get("LDFLAGS").is_some() {
            check_ldflags(&flags, path, report);
        }
    }
}

fn check_sections(context: &Context<'_>, report: &mut Report) {
    let flags = &context.make_conf;
    let (functions, data) = CompilerFlags::parse(flags.get("CFLAGS").unwrap_or_default()).sections();
    let collect = flags.words("LDFLAGS").chain(flags.words("CFLAGS")).any(|word| {
        word.strip_prefix("-Wl,").is_some_and(|words| words.split(',').any(|word| word == "--gc-sections"))
    });
    let (name, word, missing) = match (collect, functions, data) {
        (true, false, false) => {
            ("LDFLAGS", "--gc-sections", "-ffunction-sections -fdata-sections to CFLAGS and CXXFLAGS")
        }
        (true, false, true) => ("CFLAGS", "-fdata-sections", "-ffunction-sections beside it"),
        (true, true, false) => ("CFLAGS", "-ffunction-sections", "-fdata-sections beside it"),
        (false, true, _) => ("CFLAGS", "-ffunction-sections", "-Wl,--gc-sections to LDFLAGS"),
        (false, false, true) => ("CFLAGS", "-fdata-sections", "-Wl,--gc-sections to LDFLAGS"),
        _ => return,
    };
    let Some((path, key)) = context.written(name, word) else { return };
    report
        .file(&path)
        .word(&L004, key, word, format!("`{word}` drops nothing without its other half"))
        .set_help(format!("add {missing}"));
}

fn check_lto(context: &Context<'_>, report: &mut Report) {
    let flags = &context.make_conf;
    let warns =
        flags.words("CFLAGS").any(|word| word.starts_with("-Werror=odr") || word.starts_with("-Werror=lto"));
    let on = CompilerFlags::parse(flags.get("CFLAGS").unwrap_or_default()).lto() == Some(true);
    if on
        && !warns
        && flags.switch("USE", "lto") != Some(true)
        && let Some((path, key)) = context.written("CFLAGS", "-flto")
    {
        report
            .file(&path)
            .word(&L005, key, "-flto", "`-flto` without the flag `lto` in USE")
            .set_help("add lto to USE");
    }
}

fn check_cxxflags(context: &Context<'_>, report: &mut Report) {
    if let Some(path) = context.assigned("CFLAGS")
        && context.assigned("CXXFLAGS").is_none()
    {
        report
            .file(&path)
            .at(&L125, Key::of("CFLAGS"), "`CFLAGS` is set and `CXXFLAGS` is not")
            .set_help("write CXXFLAGS=\"${CFLAGS}\" below it");
    }
}

fn check_instructions(context: &Context<'_>, report: &mut Report) {
    let flags = &context.make_conf;
    for gone in ["-mno-avx512er", "-mno-avx512pf", "-mno-avx5124fmaps", "-mno-avx5124vnniw"] {
        if flags.has("CFLAGS", gone)
            && let Some((path, key)) = context.written("CFLAGS", gone)
        {
            report
                .file(&path)
                .word(&L047, key, gone, format!("`{gone}` is unknown to GCC 15"))
                .set_help("take it out");
        }
    }
    let compiler = CompilerFlags::parse(flags.get("CFLAGS").unwrap_or_default());
    if !compiler.without().any(|name| name == "avx512f") {
        return;
    }
    let assembly = flags.words("CPU_FLAGS_X86").find(|word| word.starts_with("avx512"));
    let go = (flags.get("GOAMD64") == Some("v4")).then_some("v4");
    for (name, word) in [("CPU_FLAGS_X86", assembly), ("GOAMD64", go)] {
        if let (Some(word), Some(path)) = (word, context.assigned(name)) {
            report
                .file(&path)
                .word(&L050, Key::of(name), word, format!("`{word}` uses AVX-512, which CFLAGS switches off"))
                .set_help(if name == "GOAMD64" {
                    "write v3"
                } else {
                    "take out all words that begin with avx512"
                });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    fn make_conf(assigns: &[(&str, &str)]) -> Vec<&'static str> {
        codes(&root().vars("etc/portage/make.conf", assigns))
    }

    #[test]
    fn flags_of_the_linker_belong_to_ldflags() {
        let both = [("F", "-O2 -Wl,-O1"), ("CFLAGS", "${F}"), ("CXXFLAGS", "${CFLAGS}")];
        assert_eq!(make_conf(&both), ["L001"], "once, where it is written");
        let good = [("CFLAGS", "-O2"), ("CXXFLAGS", "${CFLAGS}"), ("LDFLAGS", "${LDFLAGS} -Wl,-O1")];
        assert_eq!(make_conf(&good), [""; 0]);
        let env = root().vars("etc/portage/env/a/b", &[("CFLAGS", "${CFLAGS} -Wl,-z,now")]);
        assert_eq!(codes(&env), ["L001"]);
    }

    #[test]
    fn ldflags_keep_the_profile() {
        assert_eq!(make_conf(&[("LDFLAGS", "-Wl,-z,now")]), ["L002"]);
        assert_eq!(make_conf(&[("X", "${LDFLAGS}"), ("LDFLAGS", "${X} -Wl,-z,now")]), [""; 0]);
        let env = |value| codes(&root().vars("etc/portage/env/a/b", &[("LDFLAGS", value)]));
        assert_eq!(env(""), ["L002"]);
        assert_eq!(env("-Wl,-O1 -Wl,--as-needed -Wl,-z,pack-relative-relocs"), [""; 0]);
    }

    #[test]
    fn sections_and_their_collection() {
        let flags = |cflags, ldflags| {
            make_conf(&[("S", cflags), ("CFLAGS", "${S}"), ("CXXFLAGS", "${S}"), ("LDFLAGS", ldflags)])
        };
        let (both, collect, none) =
            ("-O2 -ffunction-sections -fdata-sections", "${LDFLAGS} -Wl,-O1,--gc-sections", "${LDFLAGS}");
        assert_eq!(flags(both, collect), [""; 0]);
        assert_eq!(flags("-O2", none), [""; 0]);
        assert_eq!(flags(both, none), ["L004"]);
        assert_eq!(flags("-O2", collect), ["L004"]);
        assert_eq!(flags("-fdata-sections", collect), ["L004"]);
    }

    #[test]
    fn lto_has_a_flag() {
        let flags = |usage| make_conf(&[("CFLAGS", "-O2 -flto"), ("CXXFLAGS", "-O2"), ("USE", usage)]);
        assert!(flags("-X").contains(&"L005"));
        assert!(!flags("lto -X").contains(&"L005"));
    }

    #[test]
    fn cxxflags_do_not_follow() {
        assert_eq!(make_conf(&[("CFLAGS", "-O2")]), ["L125"]);
        let folder = root()
            .vars("etc/portage/make.conf/a", &[("CFLAGS", "-O2")])
            .vars("etc/portage/make.conf/b", &[("CXXFLAGS", "-O2")]);
        assert_eq!(codes(&folder), [""; 0], "another file of the folder counts");
    }

    #[test]
    fn instructions_are_off_everywhere() {
        let flags = |cflags, cpu, go| {
            make_conf(&[("CFLAGS", cflags), ("CXXFLAGS", cflags), ("CPU_FLAGS_X86", cpu), ("GOAMD64", go)])
        };
        assert_eq!(flags("-mno-avx512f", "avx2 avx512f", "v4"), ["L050", "L050"]);
        assert_eq!(flags("-mno-avx512f", "avx2", "v3"), [""; 0]);
        assert_eq!(flags("-O2", "avx512f", "v4"), [""; 0]);
        assert_eq!(flags("-mno-avx512er", "avx2", "v3"), ["L047"]);
    }
}
