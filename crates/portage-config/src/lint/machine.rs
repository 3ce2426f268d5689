//! CHOST, the flags and the profile: what they say of the machine must agree.

use super::context::{Context, speaks_of};
use crate::config::Body;
use crate::report::{Code, Key, Report};
use crate::vocab::{CompilerFlags, Libc};

/// -march beside CHOST.
pub(crate) const L007: Code = Code::error(
    "L007",
    "march-beside-chost",
    "The toolchain takes the level of its libraries from CHOST and that of the code from -march: where they disagree, one of them does not run on the machine.",
    "gcc(1), -march; profiles/arch/x86",
);

/// CHOST_x86 beside CHOST.
pub(crate) const L008: Code = Code::warning(
    "L008",
    "chost-of-abi",
    "multilib eclasses ask CHOST_${ABI}: where it differs from CHOST they look for a compiler of another name.",
    "multilib.eclass; Gentoo wiki, Changing the CHOST variable",
);

/// The i486 musl profile without CHOST.
pub(crate) const L009: Code = Code::error(
    "L009",
    "chost-of-profile",
    "The profile i486/musl sets CHOST to i686-pc-linux-musl: without one in make.conf the system is built for another machine.",
    "profiles/default/linux/x86/23.0/i486/musl/make.defaults",
);

/// systemd on musl.
pub(crate) const L010: Code = Code::error(
    "L010",
    "systemd-on-musl",
    "The profiles of musl mask sys-apps/systemd and its USE flag.",
    "profiles/features/musl",
);

/// The C library of CHOST and of the profile.
pub(crate) const L011: Code = Code::error(
    "L011",
    "libc-beside-profile",
    "The profile decides which C library is installed, CHOST which one the compiler builds for.",
    "profiles/default/linux",
);

/// Linux without the 486.
pub(crate) const L013: Code = Code::warning(
    "L013",
    "kernel-without-486",
    "Linux 7.1 has removed CONFIG_M486, CONFIG_M486SX and CONFIG_MELAN: the next update of gentoo-sources would not start.",
    "Linux 7.1, arch/x86/Kconfig.cpu",
);

/// A profile that is gone.
pub(crate) const L014: Code = Code::error(
    "L014",
    "old-profile",
    "Profiles below 23.0 are deprecated or removed, and uClibc is gone: emerge refuses to work without a valid profile.",
    "profiles/profiles.desc",
);

/// merged-usr and split-usr.
pub(crate) const L015: Code = Code::error(
    "L015",
    "usr-of-profile",
    "In 23.0 the plain name means merged /usr and only split-usr is spelled out; systemd exists for merged /usr alone.",
    "profiles/profiles.desc",
);

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    check_march(context, report);
    check_abi(context, report);
    check_profile(context, report);
    check_libc(context, report);
    check_kernel(context, report);
}

/// The generation of a 32-bit CPU: 4 for a 486; 64 for one that also knows 64 bits. `None`: not known.
fn level(march: &str) -> Option<u8> {
    Some(match march {
        "i386" => 3,
        "i486" => 4,
        "i586" | "pentium" | "pentium-mmx" | "lakemont" | "k6" | "k6-2" | "k6-3" | "winchip-c6"
        | "winchip2" | "c3" | "geode" => 5,
        "i686" | "pentiumpro" | "pentium2" | "pentium3" | "pentium3m" | "pentium-m" | "pentium4"
        | "pentium4m" | "athlon" | "athlon-tbird" | "athlon-4" | "athlon-xp" | "athlon-mp" | "c3-2"
        | "c7" => 6,
        _ if march.starts_with("x86-64") => 64,
        _ => return None,
    })
}

fn check_march(context: &Context<'_>, report: &mut Report) {
    let Some(chost) = context.chost() else { return };
    let flags = CompilerFlags::parse(context.make_conf.get("CFLAGS").unwrap_or_default());
    let Some(march) = flags.march() else { return };
    let Some(code) = level(march) else { return };
    let disagree = match chost.cpu() {
        "i386" => code > 3,
        "i486" => code != 4,
        "i586" => code != 5,
        "i686" => code < 6,
        "x86_64" => code < 64,
        _ => return,
    };
    if disagree && let Some((path, key)) = context.written("CFLAGS", march) {
        report
            .file(&path)
            .word(
                &L007,
                key,
                &format!("-march={march}"),
                format!(
                    "`-march={march}` and the CHOST `{chost}` are of different machines",
                    chost = chost.as_str()
                ),
            )
            .set_help("give both the same CPU");
    }
}

fn check_abi(context: &Context<'_>, report: &mut Report) {
    let Some(chost) = context.chost() else { return };
    let (name, cpu) = match chost.cpu() {
        "i386" | "i486" | "i586" | "i686" => ("CHOST_x86", "i686"),
        "x86_64" => ("CHOST_amd64", "x86_64"),
        _ => return,
    };
    let default = format!("{cpu}-pc-linux-{}", chost.libc().unwrap_or("gnu"));
    let abi = context.make_conf.get(name).unwrap_or(&default);
    if abi != chost.as_str()
        && let Some(path) = context.assigned("CHOST")
    {
        report
            .file(&path)
            .at(&L008, Key::of("CHOST"), format!("`CHOST` is `{}`, and `{name}` is `{abi}`", chost.as_str()))
            .set_help(format!("write {name}=\"{}\" beside it", chost.as_str()));
    }
}

fn check_profile(context: &Context<'_>, report: &mut Report) {
    let Some((path, _)) = context.profile() else { return };
    let parts = context.profile_parts();
    let has = |wanted: &str| parts.contains(&wanted);
    let old = parts.iter().find(|part| {
        let (major, minor) = part.split_once('.').unwrap_or_default();
        !minor.is_empty()
            && minor.bytes().all(|b| b.is_ascii_digit())
            && major.parse::<u32>().is_ok_and(|n| n < 23)
    });
    if let Some(word) = old.copied().or(has("uclibc").then_some("uclibc")) {
        report
            .file(&path)
            .word(&L014, Key::file(), word, format!("the profile `{}` is gone", parts.join("/")))
            .set_help("choose one of 23.0, such as default/linux/amd64/23.0");
        return;
    }
    if has("23.0") && has("merged-usr") {
        report
            .file(&path)
            .word(&L015, Key::file(), "merged-usr", "`merged-usr` is no part of a 23.0 profile")
            .set_help("leave it out: the plain name means merged /usr");
    }
    if has("split-usr") && has("systemd") {
        report
            .file(&path)
            .word(&L015, Key::file(), "split-usr", "there is no profile with `split-usr` and `systemd`")
            .set_help("leave split-usr out");
    }
    if has("i486") && has("musl") && context.make_conf.get("CHOST").is_none() {
        report
            .file(&path)
            .at(&L009, Key::file(), "this profile builds for i686 unless make.conf says otherwise")
            .set_help("write CHOST=\"i486-pc-linux-musl\" and CHOST_x86=\"i486-pc-linux-musl\" to make.conf");
    }
    if has("musl") {
        check_systemd(context, report);
    }
}

fn check_systemd(context: &Context<'_>, report: &mut Report) {
    if context.make_conf.switch("USE", "systemd") == Some(true)
        && let Some(path) = context.assigned("USE")
    {
        report
            .file(&path)
            .word(&L010, Key::of("USE"), "systemd", "the profile is one of musl, which masks `systemd`")
            .set_help("take it out, or take a profile of glibc");
    }
    for (path, rule) in context.rules("package.use") {
        if rule.group.is_none() && rule.words.iter().any(|word| word == "systemd") {
            report
                .file(path)
                .word(
                    &L010,
                    Key::of(&rule.key),
                    "systemd",
                    "the profile is one of musl, which masks `systemd`",
                )
                .set_help("take it out, or take a profile of glibc");
        }
    }
    let unit = context.config.files.iter().find(|(path, file)| {
        path.below("etc/systemd").is_some() && !matches!(file.body, Body::Absent | Body::HandsOff)
    });
    if let Some((path, _)) = unit {
        report
            .file(path)
            .at(&L010, Key::file(), "the profile is one of musl, where systemd cannot be installed")
            .set_help("take the file out, or take a profile of glibc");
    }
}

fn check_libc(context: &Context<'_>, report: &mut Report) {
    let (Some(chost), Some(path)) = (context.chost(), context.assigned("CHOST")) else { return };
    let parts = context.profile_parts();
    if !parts.contains(&"23.0") {
        return;
    }
    let musl = parts.contains(&"musl");
    let wrong = match chost.libc_kind() {
        Some(Libc::Musl) => !musl,
        Some(Libc::Glibc) => musl || (parts.contains(&"time64") && !chost.is_time64()),
        _ => false,
    };
    if wrong {
        report
            .file(&path)
            .at(
                &L011,
                Key::of("CHOST"),
                format!(
                    "`{}` is of another C library than the profile `{}`",
                    chost.as_str(),
                    parts.join("/")
                ),
            )
            .set_help("take the profile and the CHOST of one C library");
    }
}

fn check_kernel(context: &Context<'_>, report: &mut Report) {
    let flags = CompilerFlags::parse(context.make_conf.get("CFLAGS").unwrap_or_default());
    let march = flags.march().is_some_and(|march| matches!(march, "i486" | "i386"));
    let chost = context.chost().is_some_and(|chost| matches!(chost.cpu(), "i386" | "i486"));
    let i486 = chost || march && context.profile_parts().contains(&"i486");
    let masked = context.items("package.mask").any(|(_, atom)| speaks_of(atom, "sys-kernel/gentoo-sources"));
    let Some(path) = context.assigned(if chost { "CHOST" } else { "CFLAGS" }) else { return };
    if i486 && !masked {
        let key = Key::of(if chost { "CHOST" } else { "CFLAGS" });
        report
            .file(&path)
            .at(&L013, key, "this is a 486, and no line masks kernels without support for it")
            .set_help("write >=sys-kernel/gentoo-sources-7.1 to package.mask");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{Root, codes, root};

    const PROFILES: &str = "../../var/db/repos/gentoo/profiles/default/linux";

    fn make_conf(assigns: &[(&str, &str)]) -> Root {
        root().vars("etc/portage/make.conf", assigns)
    }

    fn chost(chost: &str, march: &str) -> Vec<&'static str> {
        let cflags = format!("-O2 -march={march}");
        let root =
            make_conf(&[("CHOST", chost), ("CHOST_x86", chost), ("CFLAGS", &cflags), ("CXXFLAGS", &cflags)]);
        codes(&root.items("etc/portage/package.mask", &[">=sys-kernel/gentoo-sources-7.1"]))
    }

    #[test]
    fn flags_and_chost_are_of_one_machine() {
        for (tuple, march) in
            [("i686-pc-linux-gnu", "i486"), ("i486-pc-linux-gnu", "i686"), ("i486-pc-linux-gnu", "pentium4")]
        {
            assert_eq!(chost(tuple, march), ["L007"], "{tuple} {march}");
        }
        for (tuple, march) in
            [("i486-pc-linux-gnu", "i486"), ("i686-pc-linux-gnu", "pentium-m"), ("i686-pc-linux-gnu", "k8")]
        {
            assert_eq!(chost(tuple, march), [""; 0], "{tuple} {march}");
        }
    }

    #[test]
    fn the_abi_has_the_same_chost() {
        let mask =
            |root: Root| codes(&root.items("etc/portage/package.mask", &["sys-kernel/gentoo-sources"]));
        assert_eq!(mask(make_conf(&[("CHOST", "i486-pc-linux-gnu")])), ["L008"]);
        assert_eq!(mask(make_conf(&[("CHOST", "x86_64-pc-linux-musl")])), [""; 0]);
        assert_eq!(mask(make_conf(&[("CHOST", "x86_64-icelake-linux-gnu")])), ["L008"]);
    }

    #[test]
    fn kernels_know_the_486() {
        let i486 = [("CHOST", "i486-pc-linux-gnu"), ("CHOST_x86", "i486-pc-linux-gnu")];
        assert_eq!(codes(&make_conf(&i486)), ["L013"]);
        assert_eq!(codes(&make_conf(&i486).items("etc/portage/package.mask", &["sys-kernel/*"])), [""; 0]);
    }

    #[test]
    fn profiles_of_today() {
        for (profile, found) in [
            ("amd64/17.1", Some("L014")),
            ("amd64/23.0/systemd", None),
            ("amd64/23.0/systemd/merged-usr", Some("L015")),
            ("amd64/23.0/split-usr/systemd", Some("L015")),
            ("amd64/23.0/split-usr", None),
            ("x86/23.0/i486/musl", Some("L009")),
            ("x86/23.0/i686/musl", None),
            ("uclibc/amd64", Some("L014")),
        ] {
            let root = root().link("etc/portage/make.profile", &format!("{PROFILES}/{profile}"));
            assert_eq!(codes(&root), Vec::from_iter(found), "{profile}");
        }
    }

    #[test]
    fn musl_has_no_systemd_and_its_own_chost() {
        let on = |root: Root, profile: &str| {
            codes(&root.link("etc/portage/make.profile", &format!("{PROFILES}/amd64/23.0/{profile}")))
        };
        assert_eq!(on(make_conf(&[("USE", "systemd")]), "musl"), ["L010"]);
        assert_eq!(on(make_conf(&[("USE", "systemd")]), "systemd"), [""; 0]);
        assert_eq!(on(root().rules("etc/portage/package.use/x", &[("a/b", "systemd")]), "musl"), ["L010"]);
        assert_eq!(on(make_conf(&[("CHOST", "x86_64-pc-linux-gnu")]), "musl"), ["L011"]);
        assert_eq!(on(make_conf(&[("CHOST", "x86_64-pc-linux-musl")]), "musl"), [""; 0]);
        assert_eq!(on(make_conf(&[("CHOST", "x86_64-pc-linux-musl")]), "systemd"), ["L011"]);
    }
}
