//! Files that say the same thing twice, and have to say it alike.

use std::collections::BTreeMap;

use super::{Boot, Context, Line, kernel, text, ugrd_root};
use crate::model::Mount;
use crate::report::{Code, Key, Report};
use crate::vocab::RelPath;

/// The root.
pub(crate) const L183: Code = Code::warning(
    "L183",
    "root-differs",
    "The initramfs mounts what the command line or its own file names, and fsck and the later remount go by fstab: the one is checked and the other is used.",
    "bootparam(7), root= and rootfstype=; dracut.cmdline(7); fstab(5)",
);

/// The file system of the root.
pub(crate) const L184: Code = Code::error(
    "L184",
    "filesystem-left-out",
    "`filesystems` lists all file systems that an image for other machines can mount: with the root's missing it finds no root.",
    "dracut.conf(5), filesystems",
);

/// The first program.
pub(crate) const L200: Code = Code::error(
    "L200",
    "wrong-init",
    "The first program comes from a package that the profile does not install: the machine stops when the initramfs hands over.",
    "profiles/targets/systemd; ugrd 2.2.0, base/core.py, init_target; bootparam(7), init=",
);

/// The speed of a line.
pub(crate) const L202: Code = Code::warning(
    "L202",
    "serial-speeds",
    "GRUB and the kernel use the same line one after the other: at another speed the second one writes what nobody can read.",
    "the GRUB manual, serial; Documentation/admin-guide/serial-console.rst",
);

pub(super) fn check(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    if let Some((path, mount)) = boot.root() {
        check_lines(boot, path, mount, report);
        check_ugrd(boot, path, mount, report);
        check_filesystems(boot, mount, report);
    }
    check_init(context, boot, report);
    check_speeds(context, boot, report);
}

/// How a device is named: by what, and the name. `None`: as something that may be the same as any other name.
fn named(source: &str) -> Option<(&str, String)> {
    let source = source.trim_matches('"');
    if let Some((by, name)) = source.split_once('=')
        && matches!(by, "UUID" | "LABEL" | "PARTUUID" | "PARTLABEL")
    {
        let name = name.trim_matches('"');
        return Some((by, if by.ends_with("UUID") { name.to_lowercase() } else { name.to_owned() }));
    }
    let device = source.strip_prefix("/dev/")?;
    let plain = ["sd", "hd", "vd", "xvd", "nvme", "mmcblk", "nbd"];
    let is_plain = plain.iter().any(|prefix| device.starts_with(prefix)) && !device.contains('/');
    is_plain.then(|| ("device", device.to_owned()))
}

/// The root that a command line names: what of it does not fit the row of fstab.
fn differs(line: &Line, mount: &Mount) -> Option<(String, String)> {
    let source = mount.source.reveal();
    let root = line.value("root")?;
    let mut types: Vec<&str> = line.values("rootfstype").flat_map(|types| types.split(',')).collect();
    if let Some(nbd) = root.strip_prefix("nbd:") {
        if named(source).is_some_and(|(by, name)| by == "device" && !name.starts_with("nbd")) {
            return Some((
                root.to_owned(),
                format!("`{root}` is a network block device, and fstab mounts `{source}`"),
            ));
        }
        if !nbd.contains('[') {
            types.extend(nbd.split(':').nth(2).filter(|fstype| !fstype.is_empty()));
        }
    } else if let (Some(one), Some(other)) = (named(root), named(source))
        && one.0 == other.0
        && one.1 != other.1
    {
        return Some((root.to_owned(), format!("the root is `{root}` here, and `{source}` in fstab")));
    }
    let known = |fstype: &&str| !matches!(*fstype, "auto" | "none");
    let fstype = Some(mount.fstype.as_str()).filter(known)?;
    let other = types.first().filter(|other| known(other) && !types.contains(&fstype))?;
    Some(((*other).to_owned(), format!("the root is {other} here, and {fstype} in fstab")))
}

fn check_lines(boot: &Boot<'_>, fstab: &RelPath, mount: &Mount, report: &mut Report) {
    let mut files: BTreeMap<&RelPath, Vec<&Line>> = BTreeMap::new();
    for line in boot.lines.iter().filter(|line| line.value("root").is_some()) {
        files.entry(&line.path).or_default().push(line);
    }
    for lines in files.into_values() {
        // A menu may start several systems; one of them is this one.
        let found: Vec<_> = lines.iter().filter_map(|line| Some((*line, differs(line, mount)?))).collect();
        if found.len() < lines.len() {
            continue;
        }
        if let Some((line, (word, message))) = found.into_iter().next() {
            report
                .file(&line.path)
                .word(&L183, line.key.clone(), &word, message)
                .set_help(format!("name the root as {fstab} does, or the other way round"));
        }
    }
}

fn check_ugrd(boot: &Boot<'_>, fstab: &RelPath, mount: &Mount, report: &mut Report) {
    let source = mount.source.reveal();
    for (path, table) in &boot.ugrd {
        let Some(root) = ugrd_root(table) else { continue };
        let key = |name: &str| Key::of("mounts").then("root").then(name);
        for (name, by) in [("uuid", "UUID="), ("label", "LABEL="), ("partuuid", "PARTUUID="), ("path", "")] {
            let Some(value) = text(root, name) else { continue };
            let own =
                named(source).zip(named(&format!("{by}{value}")).map(|(by, name)| (by.to_owned(), name)));
            if let Some((other, own)) = own
                && own.0 == other.0
                && own.1 != other.1
            {
                report
                    .file(path)
                    .word(
                        &L183,
                        key(name),
                        value,
                        format!("the root is `{value}` here, and `{source}` in fstab"),
                    )
                    .set_help(format!("name the root as {fstab} does, or the other way round"));
            }
        }
        if let Some(fstype) = text(root, "type")
            && fstype != mount.fstype
            && !matches!(fstype, "auto")
            && !matches!(mount.fstype.as_str(), "auto" | "none")
        {
            let message = format!("the root is {fstype} here, and {} in fstab", mount.fstype);
            report
                .file(path)
                .word(&L183, key("type"), fstype, message)
                .set_help(format!("write {}", mount.fstype));
        }
    }
}

fn check_filesystems(boot: &Boot<'_>, mount: &Mount, report: &mut Report) {
    let vars = &boot.dracut.vars;
    let mut listed = vars.words("filesystems").peekable();
    let fstype = mount.fstype.as_str();
    if listed.peek().is_none()
        || listed.any(|word| word == fstype)
        || vars.get("hostonly") == Some("yes")
        || vars.has("add_drivers", fstype)
        || matches!(fstype, "auto" | "none" | "nfs" | "nfs4" | "tmpfs" | "overlay")
        || kernel::built_in(boot, fstype)
    {
        return;
    }
    if let Some(path) = boot.dracut.file("filesystems") {
        report
            .file(path)
            .at(
                &L184,
                Key::of("filesystems"),
                format!("the root is {fstype}, and the image has other file systems only"),
            )
            .set_help(format!("add {fstype}, unless the kernel has it built in"));
    }
}

fn check_init(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    let parts = context.profile_parts();
    // An own profile may install anything.
    if !parts.contains(&"23.0") {
        return;
    }
    let systemd = parts.contains(&"systemd");
    let wrong = |program: &str| {
        let name = program.rsplit('/').next().unwrap_or_default();
        match name {
            "systemd" => !systemd,
            "openrc-init" => systemd,
            _ => false,
        }
    };
    let message = |program: &str| {
        let profile = if systemd { "one of systemd" } else { "none of systemd" };
        format!("`{program}` is started, and the profile is {profile}")
    };
    let help = if systemd { "write /usr/lib/systemd/systemd" } else { "write /sbin/init" };
    for (path, table) in &boot.ugrd {
        if let Some(program) = text(table, "init_target").filter(|program| wrong(program)) {
            let key = Key::of("init_target");
            report.file(path).word(&L200, key, program, message(program)).set_help(help);
        }
    }
    for line in &boot.lines {
        if let Some(program) = line.value("init").filter(|program| wrong(program)) {
            report.file(&line.path).word(&L200, line.key.clone(), program, message(program)).set_help(help);
        }
    }
}

fn check_speeds(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    for (path, vars) in context.vars("default-grub") {
        let command = vars
            .get("GRUB_SERIAL_COMMAND")
            .map(|assign| assign.value.shown().to_string())
            .unwrap_or_default();
        let option =
            |name: &str| command.split_whitespace().find_map(|word| Some(digits(word.strip_prefix(name)?)));
        let Some(speed) = option("--speed=") else { continue };
        let unit = option("--unit=").unwrap_or_else(|| "0".to_owned());
        for line in &boot.lines {
            let other = line.values("console").find_map(|value| {
                let (device, mode) = value.split_once(',')?;
                (device == format!("ttyS{unit}")).then(|| digits(mode)).filter(|mode| !mode.is_empty())
            });
            if let Some(other) = other.filter(|other| *other != speed) {
                report
                    .file(&line.path)
                    .word(
                        &L202,
                        line.key.clone(),
                        &other,
                        format!("the line has {other} baud here, and {speed} in {path}"),
                    )
                    .set_help(format!("write {speed} in both"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{Root, codes, root};

    const UUID: &str = "9e04e825-7f60-4171-815a-86e01ec4c4d3";
    const OTHER: &str = "2f1c3f0c-2b7c-4f0a-9a53-0d0b8f5f2f11";
    const PROFILES: &str = "/var/db/repos/gentoo/profiles/default/linux/x86/23.0/i686";

    fn line(line: &str) -> Vec<&'static str> {
        codes(&root().fstab(&[&format!("UUID={UUID} / ext4")]).cmdline(line))
    }

    #[test]
    fn the_command_line_names_the_root_of_fstab() {
        for good in [
            format!("root=UUID={UUID} rootfstype=ext4"),
            format!("root=UUID={}", UUID.to_uppercase()),
            "root=/dev/sda3".to_owned(),
            "root=LABEL=rootfs rootfstype=ext4,ext2".to_owned(),
            "root=nbd:192.0.2.10:10809/x:ext4:ro".to_owned(),
            "root=nbd:192.0.2.10:10809/x".to_owned(),
            format!("root=UUID={OTHER} root=UUID={UUID}"),
            "quiet".to_owned(),
        ] {
            assert_eq!(line(&good), [""; 0], "{good}");
        }
        for bad in [
            format!("root=UUID={OTHER}"),
            format!("root=UUID={UUID} rootfstype=xfs"),
            "root=nbd:192.0.2.10:10809/x:xfs:ro".to_owned(),
        ] {
            assert_eq!(line(&bad), ["L183"], "{bad}");
        }
        let device = |line: &str| codes(&root().fstab(&["/dev/sda3 / ext4"]).cmdline(line));
        assert_eq!(device("root=nbd:192.0.2.10:10809/x"), ["L183"]);
        assert_eq!(device("root=/dev/sdb3"), ["L183"]);
        assert_eq!(device("root=/dev/mapper/root"), [""; 0]);
    }

    #[test]
    fn one_entry_of_a_menu_is_this_system() {
        let menu = |entries: &[&str]| {
            let entry =
                |label: &&str| format!("menuentry x {{\n  linux /boot/bzImage root=LABEL={label} ro\n}}\n");
            let text: String = entries.iter().map(entry).collect();
            codes(&root().fstab(&["LABEL=a / ext4"]).text("boot/grub/grub.cfg", &text))
        };
        assert_eq!(menu(&["a", "b"]), [""; 0]);
        assert_eq!(menu(&["b", "c"]), ["L183"]);
    }

    #[test]
    fn ugrd_mounts_the_root_of_fstab() {
        let ugrd = |mounts: &[(&str, &str)]| {
            codes(&root().fstab(&[&format!("UUID={UUID} / ext4")]).ugrd(mounts, &[]))
        };
        assert_eq!(ugrd(&[("uuid", UUID), ("type", "ext4")]), [""; 0]);
        assert_eq!(ugrd(&[("uuid", OTHER), ("type", "ext4")]), ["L183"]);
        assert_eq!(ugrd(&[("uuid", UUID), ("type", "xfs")]), ["L183"]);
        assert_eq!(ugrd(&[("label", "x"), ("type", "auto")]), [""; 0]);
    }

    #[test]
    fn the_image_has_the_file_system_of_the_root() {
        let image = |list: &str| root().fstab(&["LABEL=x / ext4"]).dracut(&[("filesystems", list)]);
        assert_eq!(codes(&image("xfs vfat")), ["L184"]);
        assert_eq!(codes(&image("xfs ext4")), [""; 0]);
        assert_eq!(codes(&image("")), [""; 0]);
        assert_eq!(codes(&image("xfs").kernel(&[("CONFIG_EXT4_FS", "y")])), [""; 0]);
        assert_eq!(codes(&image("xfs").kernel(&[("CONFIG_EXT4_FS", "m")])), ["L184"]);
    }

    #[test]
    fn the_first_program_is_the_profiles() {
        let on = |root: Root, profile: &str| {
            codes(&root.link("etc/portage/make.profile", &format!("{PROFILES}{profile}")))
        };
        let ugrd = |init| root().ugrd(&[("label", "x"), ("type", "ext4")], &[("init_target", init)]);
        assert_eq!(on(ugrd("/usr/lib/systemd/systemd"), "/systemd"), [""; 0]);
        assert_eq!(on(ugrd("/usr/lib/systemd/systemd"), ""), ["L200"]);
        assert_eq!(on(ugrd("/sbin/openrc-init"), "/systemd"), ["L200"]);
        assert_eq!(on(ugrd("/sbin/init"), ""), [""; 0]);
        assert_eq!(on(root().cmdline("init=/usr/lib/systemd/systemd"), ""), ["L200"]);
        assert_eq!(on(root().cmdline("init=/bin/sh"), "/systemd"), [""; 0]);
    }

    #[test]
    fn grub_and_the_kernel_speak_at_one_speed() {
        let grub = |console: &str| {
            codes(&root().vars(
                "etc/default/grub",
                &[
                    ("GRUB_SERIAL_COMMAND", "serial --unit=0 --speed=19200"),
                    ("GRUB_CMDLINE_LINUX", &format!("console={console}")),
                ],
            ))
        };
        assert_eq!(grub("ttyS0,115200n8"), ["L202"]);
        assert_eq!(grub("ttyS0,19200n8"), [""; 0]);
        assert_eq!(grub("ttyS1,115200"), [""; 0]);
        assert_eq!(grub("ttyS0"), [""; 0]);
    }
}
