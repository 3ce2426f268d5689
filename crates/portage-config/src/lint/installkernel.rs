//! sys-kernel/installkernel and sys-boot/grub: flags that exclude or need each other.

use super::context::Context;
use crate::model::Rule;
use crate::report::{Code, Key, Report};
use crate::vocab::RelPath;

/// dracut and ugrd.
pub(crate) const L021: Code = Code::error(
    "L021",
    "two-initramfs",
    "installkernel takes one maker of initramfs images at most: emerge refuses both flags.",
    "sys-kernel/installkernel, REQUIRED_USE",
);

/// A flag without the one that it needs.
pub(crate) const L022: Code = Code::error(
    "L022",
    "installkernel-needs",
    "systemd-boot needs systemd, and ukify needs uki: emerge refuses one without the other.",
    "sys-kernel/installkernel, REQUIRED_USE",
);

/// ugrd on x86.
pub(crate) const L023: Code = Code::warning(
    "L023",
    "ugrd-masked",
    "The profiles of x86 mask the flag ugrd of installkernel: without a line that lifts the mask it stays off.",
    "profiles/arch/x86/package.use.mask",
);

/// GRUB without fonts.
pub(crate) const L024: Code = Code::error(
    "L024",
    "grub-needs-fonts",
    "The platforms coreboot, qemu, ieee1275 and loongson of GRUB need its fonts: emerge refuses them without.",
    "sys-boot/grub, REQUIRED_USE",
);

const INSTALLKERNEL: &str = "sys-kernel/installkernel";
const GRUB: &str = "sys-boot/grub";

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let rules = context.rules_for("package.use", INSTALLKERNEL);
    let on = |flag: &str| context.flag(INSTALLKERNEL, flag) == Some(true);
    if let Some((path, rule)) = naming(&rules, "ugrd").or_else(|| naming(&rules, "dracut"))
        && on("dracut")
        && on("ugrd")
    {
        report
            .file(path)
            .word(&L021, Key::of(&rule.key), "dracut", "`dracut` and `ugrd` exclude each other")
            .set_help("write -dracut, or -ugrd");
    }
    let systemd = on("systemd") || context.profile_parts().contains(&"systemd");
    for (flag, needs, there) in [("systemd-boot", "systemd", systemd), ("ukify", "uki", on("uki"))] {
        if let Some((path, rule)) = naming(&rules, flag)
            && on(flag)
            && !there
        {
            report
                .file(path)
                .word(&L022, Key::of(&rule.key), flag, format!("`{flag}` needs `{needs}`"))
                .set_help(format!("add {needs}"));
        }
    }
    check_ugrd(context, &rules, report);
    check_grub(context, report);
}

fn naming<'a>(rules: &[(&'a RelPath, &'a Rule)], flag: &str) -> Option<(&'a RelPath, &'a Rule)> {
    rules.iter().copied().find(|(_, rule)| rule.group.is_none() && rule.words.iter().any(|word| word == flag))
}

fn check_ugrd(context: &Context<'_>, rules: &[(&RelPath, &Rule)], report: &mut Report) {
    let x86 = context.chost().is_some_and(|chost| chost.arch() == Some("x86"))
        || context.profile_parts().contains(&"x86");
    let lifts = context.rules_for("profile/package.use.mask", INSTALLKERNEL);
    let lifted = lifts.iter().any(|(_, rule)| rule.words.iter().any(|word| word == "-ugrd"));
    if let Some((path, rule)) = naming(rules, "ugrd")
        && x86
        && !lifted
    {
        report
            .file(path)
            .word(&L023, Key::of(&rule.key), "ugrd", "`ugrd` is masked on x86")
            .set_help("write sys-kernel/installkernel -ugrd to profile/package.use.mask");
    }
}

fn check_grub(context: &Context<'_>, report: &mut Report) {
    let needs = |word: &&str| matches!(*word, "coreboot" | "qemu" | "ieee1275" | "loongson");
    let Some(platform) = context.make_conf.words("GRUB_PLATFORMS").find(needs) else { return };
    let rules = context.rules_for("package.use", GRUB);
    if let Some((path, rule)) = naming(&rules, "-fonts")
        && context.flag(GRUB, "fonts") == Some(false)
    {
        report
            .file(path)
            .word(
                &L024,
                Key::of(&rule.key),
                "-fonts",
                format!("the platform `{platform}` needs the flag `fonts`"),
            )
            .set_help("take -fonts out");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    const USE: &str = "etc/portage/package.use/installkernel";

    fn flags(words: &str) -> Vec<&'static str> {
        codes(&root().rules(USE, &[("sys-kernel/installkernel", words)]))
    }

    #[test]
    fn one_initramfs() {
        assert_eq!(flags("grub ugrd dracut"), ["L021"]);
        assert_eq!(flags("grub ugrd -dracut"), [""; 0]);
        let global = root()
            .vars("etc/portage/make.conf", &[("USE", "dracut")])
            .rules(USE, &[("sys-kernel/installkernel", "ugrd")]);
        assert_eq!(codes(&global), ["L021"]);
    }

    #[test]
    fn flags_that_need_others() {
        assert_eq!(flags("systemd-boot"), ["L022"]);
        assert_eq!(flags("systemd-boot systemd"), [""; 0]);
        assert_eq!(flags("ukify"), ["L022"]);
        assert_eq!(flags("ukify uki"), [""; 0]);
    }

    #[test]
    fn the_last_word_of_the_package_holds() {
        let lines = |first, last| {
            let rules = [("sys-kernel/installkernel", first), ("sys-kernel/installkernel", last)];
            codes(&root().rules(USE, &rules)).contains(&"L022")
        };
        assert!(!lines("systemd-boot -systemd", "systemd"));
        assert!(lines("systemd-boot systemd", "-systemd"));
        assert!(!lines("systemd-boot", "-systemd systemd"));
    }

    #[test]
    fn the_mask_of_x86_is_lifted() {
        let x86 = || {
            root()
                .link("etc/portage/make.profile", "/var/db/repos/gentoo/profiles/default/linux/x86/23.0/i686")
                .rules(USE, &[("sys-kernel/installkernel", "ugrd")])
        };
        assert_eq!(codes(&x86()), ["L023"]);
        let lifted =
            x86().rules("etc/portage/profile/package.use.mask/x", &[("sys-kernel/installkernel", "-ugrd")]);
        assert_eq!(codes(&lifted), [""; 0]);
    }

    #[test]
    fn platforms_with_fonts() {
        let grub = |platforms| {
            codes(
                &root()
                    .vars("etc/portage/make.conf", &[("GRUB_PLATFORMS", platforms)])
                    .rules("etc/portage/package.use/grub", &[("sys-boot/grub", "-fonts")]),
            )
        };
        assert_eq!(grub("pc coreboot"), ["L024"]);
        assert_eq!(grub("pc"), [""; 0]);
    }
}
