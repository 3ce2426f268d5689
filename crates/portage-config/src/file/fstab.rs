//! fstab(5): what is mounted where.

use super::{Grammar, Kind, Place};
use crate::model::{Model, Mount};
use crate::report::{Code, Findings, Key, Mend};

/// The file systems and the swap space of the machine: six fields a line, fstab(5).
pub static FSTAB: Kind = Kind {
    name: "fstab",
    about: "The file systems and the swap space of the machine: six fields a line, fstab(5).",
    place: Place::File("etc/fstab"),
    grammar: Grammar::Fstab,
    template: Some("etc/fstab.j2"),
    mode: 0o644,
    check,
};

/// A row that mount(8), fsck(8) or systemd take otherwise than it was meant.
pub(crate) const L080: Code = Code::error(
    "L080",
    "bad-mount",
    "UUIDs are compared as text, fsck goes by the sixth field, and options of a mounted root cannot all be changed: such a row fails at boot.",
    "fstab(5), mount(8), ext4(5)",
);

/// A network device without `_netdev`.
pub(crate) const L081: Code = Code::warning(
    "L081",
    "network-device",
    "A network block device is not there before the network is: without `_netdev` the boot waits for it, and fails.",
    "mount(8), systemd.mount(5)",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Fstab(fstab) = model else { return };
    for mount in &fstab.mounts {
        check_source(mount, findings);
        check_target(mount, findings);
        check_pass(mount, findings);
    }
}

fn key(mount: &Mount) -> Key {
    Key::of(if mount.is_swap() { "swap" } else { &mount.target })
}

fn has(mount: &Mount, wanted: &str) -> bool {
    mount.options.iter().any(|option| option.reveal() == wanted)
}

fn check_source(mount: &Mount, findings: &mut Findings<'_>) {
    let source = mount.source.reveal();
    let volume_id =
        matches!(mount.fstype.as_str(), "vfat" | "msdos" | "exfat" | "fat" | "ntfs" | "ntfs3" | "ntfs-3g");
    let quoted = |text: &str| text.trim_matches('"').to_owned();
    if let Some(uuid) = source.strip_prefix("UUID=").map(quoted)
        && uuid.chars().any(|c| c.is_ascii_uppercase())
        && uuid.len() == 36
        && !volume_id
    {
        findings
            .word(
                &L080,
                key(mount),
                source,
                format!("`{uuid}` has upper-case letters, the device's own has not"),
            )
            .set_help(format!("write UUID={}", uuid.to_lowercase()))
            .set_mend(Mend::Word(source.replace(&uuid, &uuid.to_lowercase())));
    }
    let network = source.starts_with("/dev/nbd") || source.starts_with("/dev/rbd");
    let early = has(mount, "noauto") || has(mount, "nofail") || mount.target == "/";
    if network && !early && !has(mount, "_netdev") {
        findings
            .word(
                &L081,
                key(mount),
                source,
                format!("`{source}` is a network device, and `_netdev` is not among the options"),
            )
            .set_help("add _netdev, or attach it in the initramfs and add nofail");
    }
}

fn check_target(mount: &Mount, findings: &mut Findings<'_>) {
    let target = mount.target.as_str();
    let nowhere = matches!(target, "none" | "swap");
    if mount.is_swap() != nowhere && (mount.is_swap() || !target.starts_with('/')) {
        let help = if mount.is_swap() { "write none" } else { "write an absolute path" };
        findings
            .at(&L080, key(mount), format!("`{target}` is no mount point of `{}`", mount.fstype))
            .set_help(help);
    } else if !nowhere && !target.starts_with('/') {
        findings
            .at(&L080, key(mount), format!("the mount point `{target}` is relative"))
            .set_help(format!("write /{target}"));
    }
    if target == "/" {
        for option in mount.options.iter().map(crate::vocab::Text::reveal) {
            if option.starts_with("data=") || option.starts_with("journal_") {
                findings
                    .word(&L080, key(mount), option, format!("`{option}` cannot change on the mounted root"))
                    .set_help(
                        "write it as rootflags= on the kernel's command line, or set it with tune2fs -o",
                    );
            }
        }
    }
}

fn check_pass(mount: &Mount, findings: &mut Findings<'_>) {
    let wrong = if mount.pass == 0 {
        None
    } else if mount.is_swap() {
        Some(("swap space is not checked by fsck", "write 0"))
    } else if mount.pass == 1 && mount.target != "/" {
        Some(("pass 1 is the root's own", "write 2"))
    } else if matches!(
        mount.fstype.as_str(),
        "tmpfs" | "proc" | "sysfs" | "devpts" | "nfs" | "nfs4" | "squashfs" | "iso9660"
    ) {
        Some(("there is nothing to check on this file system", "write 0"))
    } else {
        None
    };
    if let Some((message, help)) = wrong {
        findings.at(&L080, key(mount), format!("pass `{}`: {message}", mount.pass)).set_help(help);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::codes;
    use crate::model::Fstab;

    fn row(text: &str) -> Vec<&'static str> {
        let f: Vec<&str> = text.split_whitespace().collect();
        let mount = Mount {
            source: f[0].into(),
            target: f[1].into(),
            fstype: f[2].into(),
            options: f[3].split(',').map(Into::into).collect(),
            pass: f[4].parse().unwrap(),
            ..Mount::default()
        };
        codes("etc/fstab", Model::Fstab(Fstab { mounts: vec![mount], ..Fstab::default() }))
    }

    #[test]
    fn rows_that_fail_at_boot() {
        for bad in [
            "UUID=9E04E825-7f60-4171-815a-86e01ec4c4d3 / ext4 defaults 1",
            "/dev/sda2 none swap sw 1",
            "/dev/sda2 /swap swap sw 0",
            "/dev/sda1 /boot ext4 defaults 1",
            "/dev/sda1 boot ext4 defaults 2",
            "/dev/sda1 none ext4 defaults 2",
            "/dev/sda1 / ext4 noatime,data=writeback 1",
            "tmpfs /tmp tmpfs nosuid 2",
        ] {
            assert_eq!(row(bad), ["L080"], "{bad}");
        }
        assert_eq!(row("/dev/nbd1 none swap sw 0"), ["L081"]);
        for good in [
            "UUID=9e04e825-7f60-4171-815a-86e01ec4c4d3 / ext4 relatime,nobarrier 1",
            "UUID=ABCD-1234 /boot vfat noauto,noatime 2",
            "UUID=2f1c3f0c-2b7c-4f0a-9a53-0d0b8f5f2f11 none swap sw 0",
            "/dev/nbd0 / ext4 defaults 1",
            "/dev/nbd1 none swap sw,_netdev 0",
            "/dev/sda3 /home ext4 data=writeback 2",
        ] {
            assert_eq!(row(good), [""; 0], "{good}");
        }
    }
}
