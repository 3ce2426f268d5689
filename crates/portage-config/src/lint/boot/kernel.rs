//! What the kernel has to bring for all this.
//!
//! A fragment is added to some configuration that is not known here. That a symbol is switched off is certain; that it
//! is missing says something only where the fragment names what every default configuration has, and so begins with
//! nothing.

use super::{Boot, Context, is_nbd, text};
use crate::model::Pairs;
use crate::report::{Code, Key, Report, Severity};
use crate::vocab::RelPath;

/// A symbol that the other files need.
pub(crate) const L181: Code = Code::error(
    "L181",
    "kernel-lacks",
    "The kernel cannot do what the other files ask of it before the root is mounted, and stops there, or is silent.",
    "Kconfig of Linux: drivers/block, drivers/scsi, drivers/tty/serial/8250, fs, init",
);

/// A symbol that systemd needs.
pub(crate) const L185: Code = Code::error(
    "L185",
    "kernel-without-systemd",
    "systemd does not start, or not all of it, on a kernel without these.",
    "systemd's README, REQUIREMENTS",
);

/// systemd's README, "Kernel Config Options".
const SYSTEMD: [&str; 10] = [
    "DEVTMPFS",
    "CGROUPS",
    "INOTIFY_USER",
    "SIGNALFD",
    "TIMERFD",
    "EPOLL",
    "UNIX",
    "SYSFS",
    "PROC_FS",
    "FHANDLE",
];

/// On in every default configuration: who names one of them begins with nothing.
const GIVEN: [&str; 5] = ["BINFMT_ELF", "PRINTK", "PROC_FS", "SYSFS", "TTY"];

/// The symbols of a file system: any of them will do.
const FILE_SYSTEMS: [(&str, &[&str]); 14] = [
    ("bcachefs", &["BCACHEFS_FS"]),
    ("btrfs", &["BTRFS_FS"]),
    ("erofs", &["EROFS_FS"]),
    ("ext2", &["EXT2_FS", "EXT4_USE_FOR_EXT2"]),
    ("ext3", &["EXT4_FS", "EXT3_FS"]),
    ("ext4", &["EXT4_FS"]),
    ("f2fs", &["F2FS_FS"]),
    ("iso9660", &["ISO9660_FS"]),
    ("jfs", &["JFS_FS"]),
    ("nfs", &["NFS_FS"]),
    ("nilfs2", &["NILFS2_FS"]),
    ("squashfs", &["SQUASHFS"]),
    ("vfat", &["VFAT_FS"]),
    ("xfs", &["XFS_FS"]),
];

/// Whether the kernels have the file system built in.
pub(super) fn built_in(boot: &Boot<'_>, fstype: &str) -> bool {
    symbols(fstype).iter().any(|symbol| {
        let on = |pairs: &Pairs| value(pairs, symbol) == Some("y");
        boot.kernels.iter().any(|(_, pairs)| on(pairs))
    })
}

fn symbols(fstype: &str) -> &'static [&'static str] {
    FILE_SYSTEMS.iter().find(|(name, _)| *name == fstype).map_or(&[], |(_, symbols)| symbols)
}

fn value<'p>(pairs: &'p Pairs, symbol: &str) -> Option<&'p str> {
    let named = |key: &str| key.strip_prefix("CONFIG_") == Some(symbol);
    pairs.pairs.iter().rev().find(|pair| named(&pair.key)).map(|pair| pair.value.reveal())
}

/// Kernels that may be the system's own.
struct Kernels<'b> {
    all: Vec<(&'b RelPath, &'b Pairs)>,
}

impl Kernels<'_> {
    /// Reports that none of the symbols is there.
    fn need(&self, code: &'static Code, symbols: &[&str], why: &str, report: &mut Report) {
        let Some(first) = symbols.first() else { return };
        let on = |pairs: &Pairs| {
            symbols.iter().any(|symbol| value(pairs, symbol).is_some_and(|value| value != "n"))
        };
        if self.all.iter().any(|(_, pairs)| on(pairs)) {
            return;
        }
        let off = |pairs: &Pairs| symbols.iter().find(|symbol| value(pairs, symbol) == Some("n")).copied();
        let whole =
            |pairs: &Pairs| GIVEN.iter().any(|symbol| value(pairs, symbol).is_some_and(|value| value != "n"));
        if let Some((path, symbol)) = self.all.iter().find_map(|(path, pairs)| Some((path, off(pairs)?))) {
            let key = format!("CONFIG_{symbol}");
            report
                .file(path)
                .at(code, Key::of(&key), format!("`{key}` is off, and {why}"))
                .set_help(format!("write CONFIG_{first}=y"));
        } else if let Some((path, _)) = self.all.iter().find(|(_, pairs)| whole(pairs)) {
            let mut findings = report.file(path);
            let found = findings.at(code, Key::file(), format!("`CONFIG_{first}` is missing, and {why}"));
            found.severity = Severity::Warning;
            found.set_help(format!("write CONFIG_{first}=y, unless what the fragment is added to has it"));
        }
    }
}

pub(super) fn check(context: &Context<'_>, boot: &Boot<'_>, report: &mut Report) {
    let console = |value: &str| value.split(',').next().is_some_and(|name| name.starts_with("ttyS"));
    let all = Kernels { all: boot.kernels.clone() };
    if boot.lines.iter().any(|line| line.values("console").any(console)) {
        all.need(&L181, &["SERIAL_8250_CONSOLE"], "the console is a serial line", report);
    }
    // A kernel with an initramfs inside is one that starts others.
    let alone = |(_, pairs): &&(&RelPath, &Pairs)| {
        value(pairs, "INITRAMFS_SOURCE").is_none_or(|source| source.trim_matches('"').is_empty())
    };
    let own = Kernels { all: boot.kernels.iter().filter(alone).copied().collect() };
    if !boot.dracut.files.is_empty() || !boot.ugrd.is_empty() {
        own.need(&L181, &["BLK_DEV_INITRD"], "the machine starts from an initramfs", report);
    }
    if let Some((_, mount)) = boot.root() {
        let why = format!("the root is {}", mount.fstype);
        own.need(&L181, symbols(&mount.fstype), &why, report);
    }
    if boot.mounts.iter().any(|(_, mount)| mount.is_swap()) {
        own.need(&L181, &["SWAP"], "there is swap space", report);
    }
    let net = |kind: &str| {
        let starts = |value: &str| value.strip_prefix(kind).is_some_and(|rest| rest.starts_with(':'));
        let values = |line: &super::Line| ["root", "netroot"].iter().any(|key| line.values(key).any(starts));
        boot.lines.iter().any(values)
    };
    if net("nbd") || boot.mounts.iter().any(|(_, mount)| is_nbd(&mount.source)) {
        own.need(&L181, &["BLK_DEV_NBD"], "there are network block devices", report);
    }
    if net("iscsi") {
        own.need(&L181, &["ISCSI_TCP"], "the root is on an iSCSI target", report);
    }
    let systemd = |path: &str| path.contains("systemd");
    if context.profile_parts().contains(&"systemd")
        || boot.lines.iter().any(|line| line.value("init").is_some_and(systemd))
        || boot.ugrd.iter().any(|(_, table)| text(table, "init_target").is_some_and(systemd))
    {
        for symbol in SYSTEMD {
            own.need(&L185, &[symbol], "the machine starts systemd", report);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{Root, codes, root};

    fn kernel(root: Root, symbols: &[(&str, &str)]) -> Vec<&'static str> {
        codes(&root.kernel(symbols))
    }

    /// What is off, missing from a whole configuration, missing from a part of one, and there.
    fn needs(make: fn() -> Root, symbol: &str, code: &str) {
        assert_eq!(kernel(make(), &[(symbol, "n")]), [code], "{symbol} is off");
        assert_eq!(kernel(make(), &[("CONFIG_BINFMT_ELF", "y")]), [code], "{symbol} is missing");
        assert_eq!(kernel(make(), &[("CONFIG_SMP", "n")]), [""; 0], "{symbol} may be elsewhere");
        assert_eq!(kernel(make(), &[("CONFIG_BINFMT_ELF", "y"), (symbol, "y")]), [""; 0], "{symbol}");
    }

    #[test]
    fn the_root_can_be_mounted() {
        needs(|| root().fstab(&["LABEL=x / ext4"]), "CONFIG_EXT4_FS", "L181");
        needs(|| root().fstab(&["LABEL=x / ext2"]), "CONFIG_EXT2_FS", "L181");
        assert_eq!(kernel(root().fstab(&["LABEL=x / ext2"]), &[("CONFIG_EXT4_USE_FOR_EXT2", "y")]), [""; 0]);
        needs(|| root().fstab(&["LABEL=x none swap"]), "CONFIG_SWAP", "L181");
        needs(|| root().fstab(&["/dev/nbd1 /srv odd _netdev"]), "CONFIG_BLK_DEV_NBD", "L181");
        needs(|| root().cmdline("root=nbd:192.0.2.10:10809/x"), "CONFIG_BLK_DEV_NBD", "L181");
        needs(|| root().cmdline("netroot=iscsi:192.0.2.20::::iqn.x"), "CONFIG_ISCSI_TCP", "L181");
        needs(|| root().cmdline("console=ttyS0,19200n8 quiet"), "CONFIG_SERIAL_8250_CONSOLE", "L181");
        needs(|| root().dracut(&[]), "CONFIG_BLK_DEV_INITRD", "L181");
        assert_eq!(kernel(root().cmdline("console=tty0"), &[("CONFIG_SERIAL_8250_CONSOLE", "n")]), [""; 0]);
    }

    #[test]
    fn a_kernel_that_starts_others_needs_no_root() {
        let embedded = [("CONFIG_INITRAMFS_SOURCE", "\"/usr/src/list\""), ("CONFIG_BINFMT_ELF", "y")];
        assert_eq!(kernel(root().fstab(&["LABEL=x / ext4"]), &embedded), [""; 0]);
        assert_eq!(kernel(root().cmdline("console=ttyS0"), &embedded), ["L181"]);
    }

    #[test]
    fn systemd_has_what_it_needs() {
        let line = || root().cmdline("init=/usr/lib/systemd/systemd");
        let all: Vec<String> = super::SYSTEMD.iter().map(|symbol| format!("CONFIG_{symbol}")).collect();
        let with =
            |value: &'static str| all.iter().map(|symbol| (symbol.as_str(), value)).collect::<Vec<_>>();
        assert_eq!(kernel(line(), &with("y")), [""; 0]);
        assert_eq!(kernel(line(), &with("n")), ["L185"; 10]);
        assert_eq!(kernel(line(), with("y").get(1..).unwrap()), ["L185"]);
        assert_eq!(kernel(root().cmdline("init=/sbin/init"), &with("n")), [""; 0]);
    }
}
