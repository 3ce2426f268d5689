//! A root over the network: the initramfs has to bring what attaches it.

use super::{Boot, Context, content, is_nbd, text, ugrd_root};
use crate::file::fstab::L081;
use crate::model::{Mount, TomlValue};
use crate::report::{Code, Key, Report, Severity};
use crate::vocab::RelPath;

/// dracut with NBD and systemd.
pub(crate) const L073: Code = Code::warning(
    "L073",
    "nbd-with-systemd-initramfs",
    "systemd in the initramfs ends the processes of the initramfs at switch_root, nbd-client among them: the root is gone.",
    "https://github.com/dracutdevs/dracut/issues/1032",
);

/// Swap over NBD.
pub(crate) const L093: Code = Code::warning(
    "L093",
    "nbd-swap",
    "Without `swap` nbd-client is not kept in memory: the machine that has to swap waits for a program that is swapped out.",
    "nbd-client(8), -swap; nbdtab(5)",
);

/// Nothing attaches the root.
pub(crate) const L180: Code = Code::error(
    "L180",
    "nbd-left-out",
    "The root is a network block device, and nothing in the initramfs attaches it: it stops with a root that is not there.",
    "dracut.conf(5), dracutmodules; dracut's modules.d/95nbd; ugrd 2.2.0, base/core.py, binaries",
);

/// iSCSI.
pub(crate) const L182: Code = Code::error(
    "L182",
    "iscsi-initiator",
    "The target is asked by the initramfs, under the name that the target knows: without the module, or with another name than later, it refuses.",
    "dracut.cmdline(7), netroot=iscsi; iscsid(8), initiatorname.iscsi",
);

/// Swap that waits for nothing.
pub(crate) const L203: Code = Code::hint(
    "L203",
    "swap-before-network",
    "systemd before 261 and OpenRC look for all swap space before there is a network, also with `_netdev`: systemd waits until it gives up, OpenRC goes on without.",
    "https://github.com/systemd/systemd/pull/41539; OpenRC, init.d/swap.in",
);

/// A connection that is not taken up again.
pub(crate) const L204: Code = Code::hint(
    "L204",
    "nbd-not-persistent",
    "Without `persist` the device is gone with the first connection that breaks, and with it the file system on it.",
    "nbd-client(8), -persist; nbdtab(5)",
);

pub(super) fn check(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    check_nbd(context, boot, report);
    check_iscsi(context, boot, report);
    check_swap(context, boot, report);
    check_rows(context, boot, report);
}

/// Whether a command line names a root of this kind.
fn asked(boot: &Boot<'_>, kind: &str) -> bool {
    let root = |value: &str| value.strip_prefix(kind).is_some_and(|rest| rest.starts_with(':'));
    boot.lines.iter().any(|line| ["root", "netroot"].into_iter().filter_map(|key| line.value(key)).any(root))
}

fn check_nbd(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    let mounted = boot.root().is_some_and(|(_, mount)| is_nbd(&mount.source));
    for (path, table) in &boot.ugrd {
        let named = ugrd_root(table).and_then(|root| text(root, "path"));
        let own = named.is_some_and(|path| path.starts_with("/dev/nbd"));
        if (own || named.is_none() && mounted) && !attaches(table) {
            report
                .file(path)
                .at(
                    &L180,
                    Key::of("mounts").then("root"),
                    "the root is a network block device, and no nbd-client is in the image",
                )
                .set_help("write `binaries = [\"nbd-client\"]`, and a module of your own that calls it");
        }
    }
    let over_nbd = asked(boot, "nbd") || mounted && boot.ugrd.is_empty();
    if boot.dracut.files.is_empty() || !over_nbd {
        return;
    }
    for module in ["nbd", "network"] {
        // What is only missing from the list is pulled in by nbd itself.
        if let Some(name) = boot.dracut.keeps_out(module)
            && (module == "nbd" || name == "omit_dracutmodules")
            && let Some(path) = boot.dracut.file(name)
        {
            report
                .file(path)
                .at(
                    &L180,
                    Key::of(name),
                    format!("the root is a network block device, and the module `{module}` is left out"),
                )
                .set_help(if name == "dracutmodules" {
                    format!("add {module}")
                } else {
                    format!("take {module} out")
                });
        }
    }
    let lists = ["dracutmodules", "add_dracutmodules", "force_add_dracutmodules"];
    let named = lists.into_iter().find(|list| boot.dracut.vars.has(list, "systemd"));
    if (named.is_some() || context.profile_parts().contains(&"systemd"))
        && boot.dracut.keeps_out("systemd").is_none()
        && let Some(path) =
            named.and_then(|name| boot.dracut.file(name)).or(boot.dracut.files.last().map(|last| last.0))
    {
        report
            .file(path)
            .at(
                &L073,
                named.map(Key::of).unwrap_or_else(Key::file),
                "the root is a network block device, and systemd is in the initramfs",
            )
            .set_help("write omit_dracutmodules+=\" systemd systemd-initrd dracut-systemd \"");
    }
}

/// Whether ugrd is told to bring what attaches a network block device.
fn attaches(table: &crate::model::Table) -> bool {
    let any = |key, good: fn(&str) -> bool| match table.get(key) {
        Some(TomlValue::Array(values)) => {
            values.iter().any(|value| matches!(value, TomlValue::String(text) if good(text.reveal())))
        }
        _ => false,
    };
    any("binaries", |name| name.rsplit('/').next() == Some("nbd-client"))
        || any("modules", |name| !name.starts_with("ugrd."))
}

fn check_iscsi(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    if asked(boot, "iscsi")
        && let Some(name) = boot.dracut.keeps_out("iscsi")
        && let Some(path) = boot.dracut.file(name)
    {
        report
            .file(path)
            .at(&L182, Key::of(name), "the root is on an iSCSI target, and the module `iscsi` is left out")
            .set_help(if name == "dracutmodules" { "add iscsi" } else { "take iscsi out" });
    }
    let Ok(path) = RelPath::parse("etc/iscsi/initiatorname.iscsi") else { return };
    let Some(file) = content(context, &path) else { return };
    let Some(name) = file.lines().find_map(|line| line.strip_prefix("InitiatorName=")).map(str::trim) else {
        return;
    };
    for line in &boot.lines {
        if let Some(other) = line.value("rd.iscsi.initiator").filter(|other| *other != name) {
            report
                .file(&line.path)
                .word(
                    &L182,
                    line.key.clone(),
                    other,
                    format!("the initiator is `{other}` at boot, and `{name}` in {path}"),
                )
                .set_help(format!("write rd.iscsi.initiator={name}"));
        }
    }
}

fn check_swap(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    let has = |mount: &Mount, option: &str| mount.options.iter().any(|known| known.reveal() == option);
    let early = boot.ugrd.iter().any(|(_, table)| attaches(table));
    for (path, mount) in boot.mounts.iter().filter(|(_, mount)| mount.is_swap() && is_nbd(&mount.source)) {
        if !early && has(mount, "_netdev") && !has(mount, "noauto") && !has(mount, "nofail") {
            let source = mount.source.reveal();
            report
                .file(path)
                .word(
                    &L203,
                    Key::of("swap"),
                    source,
                    format!("`{source}` is asked for before the network is there"),
                )
                .set_help("attach it in the initramfs, or write noauto and call swapon once it is attached");
        }
    }
    let Ok(path) = RelPath::parse("etc/nbdtab") else { return };
    let Some(table) = content(context, &path) else { return };
    for (_, mount) in boot.mounts.iter().filter(|(_, mount)| mount.is_swap() && is_nbd(&mount.source)) {
        let device = mount.source.reveal().trim_start_matches("/dev/");
        let row = table.lines().find(|line| line.split_whitespace().next() == Some(device));
        if let Some(row) = row
            && !row
                .split_whitespace()
                .nth(3)
                .is_some_and(|options| options.split(',').any(|option| option == "swap"))
        {
            report
                .file(&path)
                .at(&L093, Key::file(), format!("`{device}` is swap space, and its row has no `swap`"))
                .set_help("add swap to its options");
        }
    }
}

/// What is mounted of the devices that are attached once the machine runs.
fn check_rows(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    let Ok(path) = RelPath::parse("etc/nbdtab") else { return };
    let Some(table) = content(context, &path) else { return };
    let has = |mount: &Mount, option: &str| mount.options.iter().any(|known| known.reveal() == option);
    let device = |row: &str| row.split_whitespace().next().unwrap_or_default().to_owned();
    for row in table.lines() {
        let name = format!("/dev/{}", device(row));
        let used = boot.mounts.iter().any(|(_, mount)| mount.source.reveal() == name);
        let options = row.split_whitespace().nth(3).unwrap_or_default();
        if used && !options.split(',').any(|option| option == "persist") {
            report
                .file(&path)
                .at(&L204, Key::file(), format!("`{name}` is mounted, and its row has no `persist`"))
                .set_help("add persist to its options");
        }
    }
    let named = |mount: &Mount| {
        ["UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="]
            .iter()
            .any(|tag| mount.source.reveal().starts_with(tag))
    };
    // What the initramfs attaches is there, and where fstab names each device by its number the disk is another one.
    let early = asked(boot, "nbd") || boot.ugrd.iter().any(|(_, table)| attaches(table));
    let open = !early
        && table.lines().any(|row| {
            let name = format!("/dev/{}", device(row));
            !boot.mounts.iter().any(|(_, mount)| mount.source.reveal().starts_with(&name))
        });
    for (path, mount) in boot.mounts.iter().filter(|(_, mount)| named(mount) && mount.target != "/") {
        if open && !["_netdev", "noauto", "nofail"].into_iter().any(|option| has(mount, option)) {
            let source = mount.source.reveal();
            let key = Key::of(if mount.is_swap() { "swap" } else { &mount.target });
            let message = format!("`{source}` may be on a device of /etc/nbdtab, and has no `_netdev`");
            let mut findings = report.file(path);
            let found = findings.word(&L081, key, source, message);
            found.severity = Severity::Hint;
            found.set_help("add _netdev if it is");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{Root, codes, root};

    const NBD: &str = "root=nbd:192.0.2.10:10809/rootfs:ext4:ro ip=dhcp rd.neednet=1";

    fn dracut(vars: &[(&str, &str)]) -> Root {
        root().dracut(vars)
    }

    #[test]
    fn dracut_attaches_the_root() {
        let line = ("kernel_cmdline", NBD);
        assert_eq!(codes(&dracut(&[line, ("dracutmodules", "base network-legacy")])), ["L180"]);
        assert_eq!(codes(&dracut(&[line, ("omit_dracutmodules", "nbd")])), ["L180"]);
        assert_eq!(codes(&dracut(&[line, ("omit_dracutmodules", "network")])), ["L180"]);
        for good in [
            &[line][..],
            &[line, ("dracutmodules", "base network-legacy nbd")],
            &[line, ("dracutmodules", "base"), ("add_dracutmodules", "nbd")],
            &[line, ("dracutmodules", "all")],
            &[("kernel_cmdline", "root=LABEL=x"), ("dracutmodules", "base")],
        ] {
            assert_eq!(codes(&dracut(good)), [""; 0], "{good:?}");
        }
        let fstab = |row: &str| codes(&dracut(&[("dracutmodules", "base")]).fstab(&[row]));
        assert_eq!(fstab("/dev/nbd0 / ext4 noatime"), ["L180"]);
        assert_eq!(fstab("/dev/sda1 / ext4 noatime"), [""; 0]);
    }

    #[test]
    fn systemd_is_not_in_the_initramfs_of_a_root_over_nbd() {
        let line = ("kernel_cmdline", NBD);
        let on = |vars: &[(&str, &str)]| {
            let profile = "/var/db/repos/gentoo/profiles/default/linux/x86/23.0/i686/systemd";
            codes(&dracut(vars).link("etc/portage/make.profile", profile))
        };
        assert_eq!(on(&[line]), ["L073"]);
        assert_eq!(on(&[line, ("omit_dracutmodules", "systemd")]), [""; 0]);
        assert_eq!(on(&[line, ("dracutmodules", "base nbd systemd")]), ["L073"]);
        assert_eq!(on(&[line, ("dracutmodules", "base nbd")]), [""; 0]);
        assert_eq!(on(&[("kernel_cmdline", "root=LABEL=x")]), [""; 0]);
    }

    #[test]
    fn ugrd_attaches_the_root() {
        let ugrd = |root: &[(&str, &str)], top: &[(&str, &str)]| {
            codes(&crate::lint::testing::root().ugrd(root, top).fstab(&["/dev/nbd0 / ext4 noatime"]))
        };
        let nbd = [("path", "/dev/nbd0"), ("type", "ext4")];
        assert_eq!(ugrd(&nbd, &[]), ["L180"]);
        assert_eq!(ugrd(&nbd, &[("binaries", "nbd-client")]), [""; 0]);
        assert_eq!(ugrd(&nbd, &[("modules", "local.nbd")]), [""; 0]);
        assert_eq!(
            ugrd(&[("type", "ext4"), ("uuid", "9e04e825-7f60-4171-815a-86e01ec4c4d3")], &[]),
            ["L180"]
        );
    }

    #[test]
    fn ugrd_knows_the_c_library() {
        let built = |chost: &str| {
            let ugrd = crate::lint::testing::root().ugrd(&[("type", "ext4"), ("label", "root")], &[]);
            codes(&ugrd.vars("etc/portage/make.conf", &[("CHOST", chost)]))
        };
        assert_eq!(built("x86_64-pc-linux-musl"), ["L063"]);
        assert_eq!(built("x86_64-pc-linux-gnu"), [""; 0]);
    }

    #[test]
    fn the_initiator_has_one_name() {
        let line = "netroot=iscsi:192.0.2.20::3260:0:iqn.2010-08.org.illumos:02:target0 \
            rd.iscsi.initiator=iqn.2026-01.org.example:board root=LABEL=rootfs";
        let named = |name: &str, modules: &str| {
            let root = dracut(&[("kernel_cmdline", line), ("dracutmodules", modules)]);
            codes(&root.text("etc/iscsi/initiatorname.iscsi", &format!("InitiatorName={name}\n")))
        };
        assert_eq!(named("iqn.2026-01.org.example:board", "base iscsi"), [""; 0]);
        assert_eq!(named("iqn.2026-01.org.example:bord", "base iscsi"), ["L182"]);
        assert_eq!(named("iqn.2026-01.org.example:board", "base"), ["L182"]);
        let entry = dracut(&[("kernel_cmdline", line), ("dracutmodules", "base iscsi")]).model(
            "etc/iscsi/initiatorname.iscsi",
            crate::file::testing::pairs(&[("InitiatorName", "iqn.2026-01.org.example:bord")]),
        );
        assert_eq!(codes(&entry), ["L182"]);
    }

    #[test]
    fn swap_waits_for_the_network() {
        let swap = |options: &str| root().fstab(&[&format!("/dev/nbd1 none swap {options}")]);
        assert_eq!(codes(&swap("sw")), ["L081"]);
        assert_eq!(codes(&swap("sw,_netdev")), ["L203"]);
        assert_eq!(codes(&swap("sw,noauto")), [""; 0]);
        assert_eq!(codes(&swap("sw,_netdev,nofail")), [""; 0]);
        let ugrd = [("binaries", "nbd-client")];
        assert_eq!(codes(&swap("sw,_netdev").ugrd(&[("label", "x"), ("type", "ext4")], &ugrd)), [""; 0]);
    }

    #[test]
    fn what_is_mounted_by_name_may_be_on_the_network() {
        let table = |rows: &str, mount: &str| {
            codes(&root().fstab(&["/dev/sda1 / ext4", mount]).text("etc/nbdtab", rows))
        };
        let rows = "nbd0 192.0.2.10 home persist\n";
        let uuid = "UUID=9e04e825-7f60-4171-815a-86e01ec4c4d3 /home ext4";
        assert_eq!(table(rows, uuid), ["L081"]);
        assert_eq!(table(rows, &format!("{uuid} noatime,_netdev")), [""; 0]);
        assert_eq!(table(rows, &format!("{uuid} nofail")), [""; 0]);
        assert_eq!(table("# none\n", uuid), [""; 0]);
        let early = root().fstab(&[uuid]).text("etc/nbdtab", rows);
        assert_eq!(
            codes(&early.ugrd(&[("label", "x"), ("type", "ext4")], &[("binaries", "nbd-client")])),
            [""; 0]
        );
        assert_eq!(table(rows, "/dev/nbd0 /home ext4 _netdev"), [""; 0]);
        assert_eq!(table("nbd0 192.0.2.10 home\n", "/dev/nbd0 /home ext4 _netdev"), ["L204"]);
        assert_eq!(table("nbd1 192.0.2.10 other\n", "/dev/nbd0 /home ext4 _netdev"), [""; 0]);
    }

    #[test]
    fn swap_is_attached_as_swap() {
        let table = |row: &str| {
            let root = root().fstab(&["/dev/nbd1 none swap sw,noauto"]);
            codes(&root.text("etc/nbdtab", &format!("# devices\nnbd0 192.0.2.10 rootfs persist\n{row}\n")))
        };
        assert_eq!(table("nbd1 192.0.2.10 swap port=10809,persist"), ["L093"]);
        assert_eq!(table("nbd1 192.0.2.10 swap port=10809,persist,swap"), [""; 0]);
        assert_eq!(table("nbd2 192.0.2.10 swap"), [""; 0]);
    }
}
