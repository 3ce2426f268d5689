//! make.conf and what is written in its language for the whole system: make.conf(5), portage(5).
//!
//! The checks of single variables stand here; those that need several (CFLAGS and LDFLAGS, MAKEOPTS and
//! EMERGE_DEFAULT_OPTS, which may lie in different files of the folder) in [`crate::lint`].

use std::collections::HashSet;

use super::{Grammar, Kind, Place, VarsDialect};
use crate::model::{Assign, Model, Vars};
use crate::report::{Code, Findings, Key, Mend};
use crate::vocab::{Allowed, Chost, MakeOpts, Piece, Shape, feature, features, nearest_variable, variable};

/// The settings of the whole system: variables in Portage's own language, make.conf(5).
pub static MAKE_CONF: Kind = Kind {
    name: "make.conf",
    about: "The settings of the whole system: variables in Portage's own language, make.conf(5).",
    place: Place::FileOrFolder("etc/portage/make.conf"),
    grammar: Grammar::Vars(VarsDialect::Getconfig),
    template: Some("etc/portage/make.conf.j2"),
    mode: 0o644,
    check: |model, findings| check(model, In::MakeConf, findings),
};

/// The variables of the user's profile, weaker than make.conf; the only place of /etc/portage for profile-only
/// variables, portage(5).
pub static MAKE_DEFAULTS: Kind = Kind {
    name: "profile/make.defaults",
    about: "The variables of the user's profile, weaker than make.conf; the only place of /etc/portage for profile-only variables, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/make.defaults"),
    grammar: Grammar::Vars(VarsDialect::Getconfig),
    template: Some("etc/portage/profile/make.defaults.j2"),
    mode: 0o644,
    check: |model, findings| check(model, In::Profile, findings),
};

/// A name that nobody reads, close to one that Portage reads.
pub(crate) const L101: Code = Code::error(
    "L101",
    "unknown-variable",
    "Portage passes any variable on to the ebuilds, so a misspelt one sets nothing and nobody says so.",
    "lib/portage/package/ebuild/config.py; make.conf(5)",
);

/// A variable in a place where Portage drops it.
pub(crate) const L030: Code = Code::error(
    "L030",
    "dropped-variable",
    "Portage drops the variable without a word: it is read only from a profile, or only from the environment.",
    "lib/portage/package/ebuild/_config/special_env_vars.py, env_blacklist; PROFILE_ONLY_VARIABLES",
);

/// A word of FEATURES that Portage does not know.
pub(crate) const L031: Code = Code::warning(
    "L031",
    "unknown-feature",
    "Portage prints `FEATURES variable contains unknown value(s)` and goes on without it.",
    "lib/portage/const.py, SUPPORTED_FEATURES",
);

/// The sandboxes switched off for every package.
pub(crate) const L032: Code = Code::warning(
    "L032",
    "sandbox-off",
    "Without its sandboxes a faulty ebuild can write anywhere and use the network; the few packages that need it so can be named in package.env.",
    "make.conf(5), FEATURES",
);

/// A value that is none of those that the variable takes.
pub(crate) const L102: Code = Code::error(
    "L102",
    "bad-value",
    "Portage replaces the value by a default, or ignores it, with a message at most.",
    "make.conf(5); lib/portage/package/ebuild/config.py",
);

/// `+flag`.
pub(crate) const L104: Code = Code::warning(
    "L104",
    "plus-word",
    "Incremental variables know no plus: Portage strips it with a message.",
    "lib/portage/package/ebuild/config.py, regenerate",
);

/// `-word` in a USE_EXPAND variable.
pub(crate) const L105: Code = Code::error(
    "L105",
    "minus-in-list",
    "The variable is not incremental: its value replaces the profile's, and a word with a minus is refused with a message.",
    "lib/portage/package/ebuild/config.py, regenerate",
);

/// CHOST that no toolchain can have.
pub(crate) const L106: Code = Code::error(
    "L106",
    "bad-chost",
    "The value names the compiler's programs and must be CPU-VENDOR-KERNEL-LIBC, as config.sub knows it.",
    "make.conf(5), CHOST",
);

/// A MAKEOPTS that make refuses.
pub(crate) const L123: Code = Code::error(
    "L123",
    "bad-jobs",
    "make and emerge take a whole number of jobs from 1 on, and refuse anything else.",
    "make(1), emerge(1)",
);

/// PKG_CONFIG_SYSROOT.
pub(crate) const L037: Code = Code::error(
    "L037",
    "pkg-config-sysroot",
    "pkg-config reads PKG_CONFIG_SYSROOT_DIR; a variable without the last part does nothing.",
    "pkg-config(1); crossdev's wrapper",
);

/// A variable that another way has replaced.
pub(crate) const L045: Code = Code::warning(
    "L045",
    "deprecated-variable",
    "Portage still reads the variable, and says that it is deprecated.",
    "make.conf(5)",
);

/// Which file the variables stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum In {
    MakeConf,
    Profile,
    Env,
}

pub(super) fn check(model: &Model, place: In, findings: &mut Findings<'_>) {
    let Model::Vars(vars) = model else { return };
    let referenced = references(vars);
    for assign in vars.assigns() {
        check_name(assign, place, &referenced, findings);
        check_value(assign, place, findings);
    }
}

fn references(vars: &Vars) -> HashSet<&str> {
    vars.assigns().flat_map(|assign| assign.value.references()).collect()
}

fn check_name(assign: &Assign, place: In, referenced: &HashSet<&str>, findings: &mut Findings<'_>) {
    let name = assign.name.as_str();
    let key = || Key::of(name);
    if name == "PKG_CONFIG_SYSROOT" {
        findings
            .at(&L037, key(), "`PKG_CONFIG_SYSROOT` is read by nobody")
            .set_help("write PKG_CONFIG_SYSROOT_DIR")
            .set_mend(Mend::Name("PKG_CONFIG_SYSROOT_DIR".to_owned()));
        return;
    }
    let Some(known) = variable(name) else {
        if !referenced.contains(name)
            && let Some(near) = nearest_variable(name)
        {
            findings
                .at(&L101, key(), format!("no program reads the variable `{name}`"))
                .set_help(format!("did you mean {near}?"))
                .set_mend(Mend::Name(near.to_owned()));
        }
        return;
    };
    match (known.allowed, place) {
        (Allowed::Environment, _) => {
            findings
                .at(
                    &L030,
                    key(),
                    format!("`{name}` is dropped here: Portage takes it from the environment only"),
                )
                .set_help(format!("export {name} before calling emerge, or take it out"));
        }
        (Allowed::Profile, In::MakeConf | In::Env) => {
            findings
                .at(&L030, key(), format!("`{name}` is dropped here: Portage reads it from a profile only"))
                .set_help("move it to profile/make.defaults");
        }
        (Allowed::MakeConf, In::Env) => {
            findings
                .at(&L030, key(), format!("`{name}` cannot be set for single packages: Portage refuses it"))
                .set_help("move it to make.conf");
        }
        _ => {}
    }
    if known.deprecated {
        let help = match name {
            "PORTAGE_BINHOST" => "write a section of binrepos.conf, and FEATURES=\"getbinpkg\"",
            "PORTDIR" | "PORTDIR_OVERLAY" | "SYNC" => "write a section of repos.conf",
            "PORT_LOGDIR" => "write PORTAGE_LOGDIR",
            "PORT_LOGDIR_CLEAN" => "write PORTAGE_LOGDIR_CLEAN",
            _ => "write NO_COLOR=\"1\"",
        };
        let found = findings.at(&L045, key(), format!("`{name}` is deprecated")).set_help(help);
        if let ("PORT_LOGDIR" | "PORT_LOGDIR_CLEAN", Some(rest)) = (name, name.strip_prefix("PORT_")) {
            found.set_mend(Mend::Name(format!("PORTAGE_{rest}")));
        }
    }
}

/// The words of a value that are written out: those that touch a reference are not known.
fn words(assign: &Assign) -> Vec<&str> {
    let pieces = assign.value.pieces();
    let mut words = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Literal(text) = piece else { continue };
        let mut inner: Vec<&str> = text.split_whitespace().collect();
        if at > 0 && !text.starts_with(char::is_whitespace) && !inner.is_empty() {
            inner.remove(0);
        }
        if at + 1 < pieces.len() && !text.ends_with(char::is_whitespace) {
            inner.pop();
        }
        words.append(&mut inner);
    }
    words
}

fn check_value(assign: &Assign, place: In, findings: &mut Findings<'_>) {
    let name = assign.name.as_str();
    let Some(known) = variable(name) else { return };
    match name {
        "FEATURES" => check_features(assign, place, findings),
        "MAKEOPTS" | "EMERGE_DEFAULT_OPTS" => check_jobs(assign, findings),
        "CHOST" | "CBUILD" | "CTARGET" => check_chost(assign, findings),
        _ => {}
    }
    if known.incremental != crate::vocab::Incremental::No {
        for word in words(assign) {
            if let Some(bare) = word.strip_prefix('+')
                && !bare.is_empty()
            {
                findings
                    .word(&L104, Key::of(name), word, format!("`{word}` begins with a plus"))
                    .set_help(format!("write {bare}"))
                    .set_mend(Mend::Word(bare.to_owned()));
            }
        }
    }
    if known.use_expand && place != In::Profile {
        for word in words(assign).into_iter().filter(|word| word.starts_with('-')) {
            findings
                .word(&L105, Key::of(name), word, format!("`{word}`: `{name}` is not incremental"))
                .set_help(format!("write all words that are wanted, or `*/* {name}: {word}` in package.use"));
        }
    }
    let Some(value) = assign.value.plain().map(str::trim) else { return };
    let wrong = match known.shape {
        Shape::Integer => !value.is_empty() && value.parse::<i64>().is_err(),
        Shape::Enum => !value.is_empty() && !known.choices.contains(&value),
        Shape::Boolean => !value.is_empty() && !known.choices.contains(&value.to_lowercase().as_str()),
        Shape::Words if !known.choices.is_empty() => {
            for word in value.split_whitespace().filter(|word| !known.choices.contains(word)) {
                findings
                    .word(&L102, Key::of(name), word, format!("`{word}` is no word of `{name}`"))
                    .set_help(format!("known: {}", known.choices.join(" ")));
            }
            false
        }
        _ => false,
    };
    if wrong {
        let help = if known.choices.is_empty() {
            "write a whole number".to_owned()
        } else {
            format!("write one of: {}", known.choices.join(" "))
        };
        let shown = if known.secret { crate::vocab::HIDDEN } else { value };
        findings.at(&L102, Key::of(name), format!("`{name}` cannot be `{shown}`")).set_help(help);
    }
}

fn check_features(assign: &Assign, place: In, findings: &mut Findings<'_>) {
    let mut off = Vec::new();
    for word in words(assign) {
        let bare = word.trim_start_matches(['-', '+']);
        if bare == "*" || bare.is_empty() {
            continue;
        }
        if feature(bare).is_none() {
            let near = nearest_feature(bare);
            // What is taken away is in no list that Portage looks at; only a slip is worth a word.
            if word.starts_with('-') && near.is_none() {
                continue;
            }
            let found =
                findings.word(&L031, Key::of("FEATURES"), word, format!("Portage knows no feature `{bare}`"));
            match near {
                Some(near) => found
                    .set_help(format!("did you mean {near}?"))
                    .set_mend(Mend::Word(word.replacen(bare, near, 1))),
                None => found.set_help("take it out"),
            };
        }
        let sandbox =
            matches!(bare, "sandbox" | "usersandbox" | "network-sandbox" | "pid-sandbox" | "ipc-sandbox");
        if sandbox && word.starts_with('-') {
            off.push(word);
        }
    }
    if place == In::MakeConf {
        for word in off {
            findings
                .word(&L032, Key::of("FEATURES"), word, format!("`{word}` holds for every package"))
                .set_help("say it in a file below env/, and name the packages that need it in package.env");
        }
    }
}

fn nearest_feature(word: &str) -> Option<&'static str> {
    if word.len() > 64 {
        return None;
    }
    let names = features().iter().map(|feature| feature.name);
    names
        .map(|name| (strsim::damerau_levenshtein(name, word), name))
        .min()
        .filter(|(distance, name)| *distance <= 2 && *distance * 3 <= name.len())
        .map(|(_, name)| name)
}

fn check_jobs(assign: &Assign, findings: &mut Findings<'_>) {
    let Some(text) = assign.value.plain() else { return };
    let name = assign.name.as_str();
    let opts = MakeOpts::parse(text);
    if let Some(jobs) = opts.jobs()
        && !jobs.is_empty()
        && !jobs.parse::<u32>().is_ok_and(|jobs| jobs > 0)
    {
        findings
            .word(&L123, Key::of(name), jobs, format!("`{jobs}` is no number of jobs"))
            .set_help("write -j8, a whole number from 1 on");
    }
    if let Some(load) = opts.load_average()
        && !load.is_empty()
        && !load.parse::<f64>().is_ok_and(|load| load > 0.0)
    {
        findings
            .word(&L123, Key::of(name), load, format!("`{load}` is no load"))
            .set_help("write -l8, a number above 0");
    }
    let bare_number = opts.rest().find(|word| word.bytes().all(|b| b.is_ascii_digit()));
    if name == "MAKEOPTS"
        && let Some(word) = bare_number
    {
        findings
            .word(&L123, Key::of(name), word, format!("make takes `{word}` for the name of a target"))
            .set_help(format!("write -j{word}"))
            .set_mend(Mend::Word(format!("-j{word}")));
    }
}

fn check_chost(assign: &Assign, findings: &mut Findings<'_>) {
    let Some(value) = assign.value.plain() else { return };
    if let Err(error) = Chost::parse(value) {
        let help = error.help().unwrap_or("write CPU-VENDOR-KERNEL-LIBC, such as x86_64-pc-linux-gnu");
        findings.at(&L106, Key::of(&assign.name), error.to_string()).set_help(help);
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, vars};

    const PATH: &str = "etc/portage/make.conf";

    #[test]
    fn each_rule_fires_and_is_silent() {
        for (name, bad, good, code) in [
            ("FEATURES", "buildpkg nosuchfeature", "buildpkg -news", "L031"),
            ("FEATURES", "-parallel-fetsch", "-nosuchfeature", "L031"),
            ("FEATURES", "-sandbox", "-news", "L032"),
            ("FEATURES", "+buildpkg", "buildpkg", "L104"),
            ("USE", "+lto", "lto -X -*", "L104"),
            ("VIDEO_CARDS", "intel -radeon", "intel", "L105"),
            ("CHOST", "i486 pc-linux", "i486-pc-linux-gnu", "L106"),
            ("CHOST", "-pc-linux", "x86_64-pc-linux-gnu", "L106"),
            ("MAKEOPTS", "-j0", "-j24 -l25", "L123"),
            ("MAKEOPTS", "8", "-j", "L123"),
            ("EMERGE_DEFAULT_OPTS", "--jobs=2k", "--jobs=24 --load-average=25.5", "L123"),
            ("BINPKG_FORMAT", "GPKG", "gpkg", "L102"),
            ("CLEAN_DELAY", "soon", "3", "L102"),
            ("AUTOCLEAN", "maybe", "Yes", "L102"),
            ("PORTAGE_ELOG_CLASSES", "warm", "warn error", "L102"),
        ] {
            assert_eq!(codes(PATH, vars(&[(name, bad)])), [code], "{name}={bad}");
            assert_eq!(codes(PATH, vars(&[(name, good)])), [""; 0], "{name}={good}");
        }
    }

    #[test]
    fn names_that_nobody_reads() {
        assert_eq!(codes(PATH, vars(&[("ACCEPT_KEYWORD", "~x86")])), ["L101"]);
        assert_eq!(codes(PATH, vars(&[("PKG_CONFIG_SYSROOT", "/x")])), ["L037"]);
        assert_eq!(
            codes(PATH, vars(&[("FLAGS", "-O2"), ("LDFLAGS", "${FLAGS}")])),
            [""; 0],
            "a helper's name"
        );
        assert_eq!(codes(PATH, vars(&[("MY_OWN", "x")])), [""; 0]);
        assert_eq!(codes(PATH, vars(&[("PORTAGE_BINHOST", "http://h/")])), ["L045"]);
        assert_eq!(codes(PATH, vars(&[("PORTAGE_CONFIGROOT", "/x")])), ["L030"]);
        assert_eq!(codes(PATH, vars(&[("ELIBC", "musl")])), ["L030"]);
        assert_eq!(codes("etc/portage/profile/make.defaults", vars(&[("ELIBC", "musl")])), [""; 0]);
        assert_eq!(codes("etc/portage/env/x", vars(&[("CONFIG_PROTECT", "/x")])), ["L030"]);
    }

    #[test]
    fn words_that_touch_a_reference_are_not_judged() {
        assert_eq!(codes(PATH, vars(&[("FEATURES", "${A}x y${A} ${A} news")])), [""; 0]);
    }
}
