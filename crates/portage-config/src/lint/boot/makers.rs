//! Who makes the initramfs and who is init, as the flags of packages say it.

use super::{Boot, Context};
use crate::report::{Code, Key, Report};

/// What network-legacy calls.
pub(crate) const L069: Code = Code::error(
    "L069",
    "network-legacy-needs",
    "dracut's module network-legacy asks for an address with dhclient and arping, and refuses to be in an image without them.",
    "dracut's modules.d/35network-legacy/module-setup.sh; sys-kernel/dracut, optfeature",
);

/// A command line for dracut.
pub(crate) const L072: Code = Code::hint(
    "L072",
    "no-command-line",
    "In a chroot installkernel does not run dracut before somebody has said the command line: /proc/cmdline is that of the build host.",
    "sys-kernel/installkernel, 50-dracut.install and 05-check-chroot.install",
);

/// Two programs at /sbin/init.
pub(crate) const L085: Code = Code::error(
    "L085",
    "two-inits",
    "busybox with make-symlinks and openrc with sysv-utils both install /sbin/init.",
    "sys-apps/busybox and sys-apps/openrc, IUSE",
);

/// A configuration that nobody reads.
pub(crate) const L201: Code = Code::hint(
    "L201",
    "unused-initramfs",
    "installkernel calls the one maker of initramfs images that its flags name: the other one's configuration has no effect.",
    "sys-kernel/installkernel, IUSE",
);

const INSTALLKERNEL: &str = "sys-kernel/installkernel";

pub(super) fn check(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    check_maker(context, boot, report);
    check_legacy(context, boot, report);
    let on = |package, flag| context.flag(package, flag) == Some(true);
    if on("sys-apps/busybox", "make-symlinks") && on("sys-apps/openrc", "sysv-utils") {
        let rules = context.rules_for("package.use", "sys-apps/openrc");
        let busybox = context.rules_for("package.use", "sys-apps/busybox");
        if let Some((path, rule)) = rules.last().or(busybox.last()) {
            report
                .file(path)
                .at(&L085, Key::of(&rule.key), "busybox and openrc both install /sbin/init")
                .set_help("write -sysv-utils for sys-apps/openrc");
        }
    }
}

fn check_maker(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    let flag = |name| context.flag(INSTALLKERNEL, name) == Some(true);
    let (dracut, ugrd) = (flag("dracut"), flag("ugrd"));
    let other = if ugrd && !dracut {
        boot.dracut.files.first().map(|(path, _)| (*path, "dracut", "ugrd"))
    } else if dracut && !ugrd {
        boot.ugrd.first().map(|(path, _)| (*path, "ugrd", "dracut"))
    } else {
        None
    };
    if let Some((path, unused, used)) = other {
        report
            .file(path)
            .at(&L201, Key::file(), format!("the file is {unused}'s, and installkernel calls {used}"))
            .set_help(format!("take the file out, or write {unused} -{used} for {INSTALLKERNEL}"));
    }
    let vars = &boot.dracut.vars;
    let generic = vars.get("hostonly") == Some("no") && vars.get("hostonly_cmdline") != Some("yes");
    let said = boot.lines.iter().any(|line| {
        let path = line.path.as_str();
        line.path.name() != "grub.cfg" && path != "etc/default/grub" && !line.text.trim().is_empty()
    });
    if dracut
        && generic
        && !said
        && let Some((path, _)) = boot.dracut.files.last()
    {
        report
            .file(path)
            .at(
                &L072,
                Key::of("hostonly"),
                "the image is for another machine, and no file says its command line",
            )
            .set_help("write kernel_cmdline=\"…\" here, or /etc/kernel/cmdline");
    }
}

fn check_legacy(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    let name = ["dracutmodules", "add_dracutmodules", "force_add_dracutmodules"]
        .into_iter()
        .find(|name| boot.dracut.vars.has(name, "network-legacy"));
    let Some(name) = name else { return };
    let Some(path) = boot.dracut.file(name) else { return };
    for (package, flag, program) in
        [("net-misc/dhcp", "client", "dhclient"), ("net-misc/iputils", "arping", "arping")]
    {
        if context.flag(package, flag) == Some(false) {
            report
                .file(path)
                .word(
                    &L069,
                    Key::of(name),
                    "network-legacy",
                    format!("`network-legacy` needs {program}, and {package} is built without it"),
                )
                .set_help(format!("write {flag} for {package}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{Root, codes, root};

    fn flags(root: Root, package: &str, words: &str) -> Root {
        let name = package.rsplit('/').next().unwrap();
        root.rules(&format!("etc/portage/package.use/{name}"), &[(package, words)])
    }

    fn installkernel(root: Root, words: &str) -> Vec<&'static str> {
        codes(&flags(root, "sys-kernel/installkernel", words))
    }

    #[test]
    fn the_maker_is_the_one_that_is_configured() {
        let dracut = || root().dracut(&[("kernel_cmdline", "root=LABEL=x")]);
        let ugrd = || root().ugrd(&[("label", "x"), ("type", "ext4")], &[]);
        assert_eq!(installkernel(dracut(), "ugrd -dracut"), ["L201"]);
        assert_eq!(installkernel(dracut(), "dracut -ugrd"), [""; 0]);
        assert_eq!(installkernel(dracut(), "grub"), [""; 0]);
        assert_eq!(installkernel(ugrd(), "dracut -ugrd"), ["L201"]);
        assert_eq!(installkernel(ugrd(), "ugrd -dracut"), [""; 0]);
    }

    #[test]
    fn an_image_for_another_machine_has_its_command_line() {
        assert_eq!(installkernel(root().dracut(&[]), "dracut"), ["L072"]);
        assert_eq!(installkernel(root().dracut(&[("kernel_cmdline", "root=LABEL=x")]), "dracut"), [""; 0]);
        assert_eq!(installkernel(root().dracut(&[]).cmdline("root=LABEL=x"), "dracut"), [""; 0]);
        assert_eq!(installkernel(root().dracut(&[]), "grub"), [""; 0]);
    }

    #[test]
    fn network_legacy_has_its_programs() {
        let with = |package, words| {
            let root =
                root().dracut(&[("dracutmodules", "base network-legacy"), ("kernel_cmdline", "ip=dhcp")]);
            codes(&flags(root, package, words))
        };
        assert_eq!(with("net-misc/dhcp", "-client"), ["L069"]);
        assert_eq!(with("net-misc/dhcp", "client -server"), [""; 0]);
        assert_eq!(with("net-misc/iputils", "-arping"), ["L069"]);
        assert_eq!(with("net-misc/dhcp", "-server"), [""; 0]);
    }

    #[test]
    fn one_init() {
        let busybox = |words| {
            let root = flags(root(), "sys-apps/busybox", "make-symlinks static");
            codes(&flags(root, "sys-apps/openrc", words))
        };
        assert_eq!(busybox("sysv-utils"), ["L085"]);
        assert_eq!(busybox("-sysv-utils"), [""; 0]);
    }
}
