"""The files of other programs: rendered from a spec, each is what its program was meant to do, and a broken one is refused.

pxelinux and iPXE have no program here that would read their files: there is the grammar of `check` only.
"""

import json
import subprocess
from pathlib import Path

import pytest

import command
import consumers
import services

SPEC = Path(__file__).with_name("consumers.toml")


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    return command.render(SPEC, tmp_path_factory.mktemp("consumers") / "tree")


@pytest.fixture
def copy(tree, tmp_path):
    """Writes a file of the tree anew with another text in one place, into a tree of its own."""

    def change(path, before, after):
        text = (tree / path).read_text()
        assert text.count(before) == 1, f"{path}: {before!r} stands there {text.count(before)} times"
        file = tmp_path / "tree" / path
        file.parent.mkdir(parents=True)
        file.write_text(text.replace(before, after))
        return tmp_path / "tree"

    return change


def found(tree, path, tmp_path) -> list[str]:
    """The codes that `check` finds in a file that is there."""
    kind = KINDS.get(path, "")
    spec = tmp_path / "spec.toml"
    text = json.dumps((tree / path).read_text())
    spec.write_text(f'spec = 1\n[file."/{path}"]\ntext = {text}\n{kind}')
    done = command.run("check", spec, "--format", "json")
    return [finding["code"] for finding in json.loads(done.stdout)["diagnostics"]]


KINDS = {"usr/src/board.config": 'as = "kernel-config"\n', "root/cross.env": 'as = "sh-env"\n', "srv/tftp/boot.ipxe": 'as = "ipxe"\n'}

ANSWERS = {
    "etc/inittab": {
        "console": ["/sbin/openrc sysinit", "/sbin/openrc boot", "/sbin/openrc default"],
        "tty1": ["/sbin/getty 38400 tty1 linux"],
        "ttyS0": ["/sbin/getty -L 115200 ttyS0 vt100"],
    },
    "etc/mdev.conf": {
        "null": "666 0:0",
        "zero": "666 0:0",
        "random": "444 0:0",
        "tty1": "660 0:5",
        "ttyS0": "600 0:0",
        # no line names them
        "console": "660 0:0",
        "sda1": "660 0:0",
    },
    "usr/src/initramfs/initramfs.list": [
        "drwxr-xr-x 0 0 dev",
        "crw------- 0 0 5, 1 dev/console",
        "drwxr-xr-x 0 0 bin",
        "-rwxr-xr-x 0 0 bin/busybox",
        "lrwxrwxrwx 0 0 bin/sh -> busybox",
        "lrwxrwxrwx 0 0 init -> bin/busybox",
    ],
    "etc/kernel/install.conf": {"LAYOUT": "grub", "INITRD_GENERATOR": "none", "BOOT_ROOT": "/efi"},
    "etc/kernel/cmdline": 'root=/dev/nbd0 ro console=ttyS0,19200n8 dyndbg="file nbd.c +p"',
    "etc/cmdline.d/10-net.conf": "rd.neednet=1 ip=dhcp",
    "etc/runlevels/default/sshd": {"boot": ["hostname"], "default": ["local", "sshd"], "sysinit": ["devfs", "mdev"]},
    "etc/tmpfiles.d/sccache.conf": {"/var/tmp/sccache": "775 250:250", "/var/tmp/note": "644 0:0"},
    "etc/nbd-server/config": ["rootfs", "swap"],
    "etc/iscsi/initiatorname.iscsi": "iqn.2026-01.org.example:soekris4501",
    "etc/dnsmasq.d/pxe.conf": [
        "port=0",
        "dhcp-range=192.0.2.100,192.0.2.150,12h",
        "dhcp-boot=pxelinux.0",
        "enable-tftp",
        "tftp-root=/srv/tftp",
    ],
    "etc/distcc/hosts": ["192.0.2.20:3632/8,lzo", "localhost/1"],
    "etc/nbdtab": {"nbd0": "rootfs", "nbd1": "swap", "nbd2": "not in the table"},
    "root/cross.env": {"ROOT": "/usr/x", "SYSROOT": "/usr/x", "PORTAGE_CONFIGROOT": "/usr/x", "PKG_CONFIG_SYSROOT_DIR": "/usr/x"},
    "etc/systemd/system/sshd.service.d/10-slow.conf": {"Service": {"TimeoutStartSec": ["30min"]}},
}


@pytest.mark.parametrize("path", ANSWERS)
def test_each_file_is_what_was_meant(path, tree):
    assert consumers.answer(tree, path) == ANSWERS[path]


def test_grub_reads_the_menu(tree):
    assert 'menuentry "active" --id active' in consumers.answer(tree, "boot/grub/grub.cfg")


def test_a_fragment_is_what_the_kernel_gets(tree):
    symbols = {"CONFIG_NET": "y", "CONFIG_BLOCK": "y", "CONFIG_BLK_DEV": "y", "CONFIG_BLK_DEV_NBD": "y", "CONFIG_SMP": "n"}
    assert services.kernel_values(tree / "usr/src/board.config") == symbols | {"CONFIG_CMDLINE": '"panic=1"', "CONFIG_CMDLINE_BOOL": "y"}


def test_nothing_is_found_in_the_tree():
    done = command.run("check", SPEC)
    assert (done.status, done.stdout) == (0, b""), done.stdout


# What is refused by the program, and found by `check`.
BROKEN = [
    ("etc/inittab", "::wait:", "::wiat:", "L170"),
    ("etc/inittab", "tty1::respawn:/sbin/getty 38400 tty1 linux", "tty1 respawn", "L170"),
    ("etc/mdev.conf", "root:tty 660", "root:tty", "L171"),
    ("etc/mdev.conf", "root:tty 660", "root: 660", "L171"),
    ("etc/mdev.conf", "root:tty 660", "root:tty 660 /lib/x", "L171"),
    ("usr/src/initramfs/initramfs.list", "nod ", "node ", "L172"),
    ("usr/src/initramfs/initramfs.list", "dir /dev 0755 0 0", "dir /dev 0755", "L172"),
    ("usr/src/initramfs/initramfs.list", "dir /dev 0755 0 0", "dir /dev rwx 0 0", "L172"),
    ("boot/grub/grub.cfg", "slot=backup ro\n}", "slot=backup ro\n", "L173"),
    ("boot/grub/grub.cfg", '"backup"', '"backup', "L173"),
    ("etc/nbd-server/config", "exportname = /srv/nbd/swap.img\n", "", "L177"),
    ("etc/nbd-server/config", "flush = true", "flush = yes", "L177"),
    ("etc/nbd-server/config", "[swap]", "[swap]\njunk", "P112"),
    ("etc/nbdtab", "persist", "persists", "L178"),
    ("etc/dnsmasq.d/pxe.conf", "dhcp-range", "dhcp-rang", "L179"),
    ("etc/dnsmasq.d/pxe.conf", "tftp-root=/srv/tftp", "tftp-root", "L179"),
    ("etc/dnsmasq.d/pxe.conf", "port=0", "bind-interfaces=0", "L179"),
    ("etc/distcc/hosts", "/8,lzo", "/x,lzo", "L192"),
    ("etc/distcc/hosts", ":3632", ":x", "L192"),
    ("etc/iscsi/initiatorname.iscsi", "=iqn.2026-01.org.example:soekris4501", '="iqn.2026-01.org.example:soekris4501"', "L193"),
    ("etc/tmpfiles.d/sccache.conf", "d /var/tmp/sccache", "dd /var/tmp/sccache", "L194"),
    ("etc/tmpfiles.d/sccache.conf", "portage portage 10d", "portage portage 10q", "L194"),
    ("etc/tmpfiles.d/sccache.conf", "/var/tmp/sccache", "var/tmp/sccache", "L194"),
    ("etc/systemd/system/sshd.service.d/10-slow.conf", "TimeoutStartSec", "TimeoutStartSecs", "L195"),
    ("etc/systemd/system/sshd.service.d/10-slow.conf", "30min", "30minuts", "L195"),
    ("etc/systemd/system/sshd.service.d/10-slow.conf", "[Service]", "[Servce]", "L195"),
]


@pytest.mark.parametrize("path,before,after,code", BROKEN)
def test_a_broken_file_is_refused(path, before, after, code, copy, tmp_path):
    changed = copy(path, before, after)
    with pytest.raises(consumers.Broken):
        consumers.answer(changed, path)
    assert code in found(changed, path, tmp_path)


# What the program takes without a word, and makes of it something else than was meant; `check` finds it.
SILENT = [
    ("boot/grub/grub.cfg", "set default=active", "set default=activ", "L173"),
    ("boot/grub/grub.cfg", "linux /bzImage slot=backup", "linux bzImage slot=backup", "L173"),
    ("etc/kernel/install.conf", '"grub"', '"grub2"', "L175"),
    ("etc/kernel/install.conf", "initrd_generator", "initrd_generators", "L175"),
    ("etc/kernel/cmdline", "ro\n", "ro\n# why\n", "L197"),
    ("etc/nbd-server/config", "flush", "flushes", "L177"),
    ("etc/default/grub", "GRUB_TIMEOUT", "GRUB_TIMEOUTS", "L174"),
    ("root/cross.env", 'SYSROOT="/usr/x"', 'SYSROOT="/usr/y"', "L198"),
    ("root/cross.env", "PKG_CONFIG_SYSROOT_DIR", "PKG_CONFIG_SYSROOT", "L198"),
]


@pytest.mark.parametrize("path,before,after,code", SILENT)
def test_what_passes_is_found_by_check(path, before, after, code, copy, tmp_path):
    changed = copy(path, before, after)
    assert consumers.answer(changed, path) is not None
    assert code in found(changed, path, tmp_path)


def test_a_symbol_that_is_not_there_is_noticed(copy):
    changed = copy("usr/src/board.config", "CONFIG_BLK_DEV=y\n", "")
    with pytest.raises(consumers.Broken, match="CONFIG_BLK_DEV_NBD"):
        services.kernel_values(changed / "usr/src/board.config")


def test_a_link_to_no_service_is_noticed(tmp_path):
    folder = tmp_path / "etc/runlevels/default"
    folder.mkdir(parents=True)
    (folder / "sshd").symlink_to("/etc/init.d/shd")
    with pytest.raises(consumers.Broken):
        services.runlevels(tmp_path)
    spec = tmp_path / "spec.toml"
    spec.write_text('spec = 1\n[file."/etc/runlevels/default/sshd"]\nlink = "/etc/init.d/shd"\n')
    done = command.run("check", spec, "--format", "json")
    assert [finding["code"] for finding in json.loads(done.stdout)["diagnostics"]] == ["L176"]


@pytest.mark.parametrize(
    "path,before,after,code",
    [
        ("srv/tftp/pxelinux.cfg/default", "DEFAULT gentoo", "DEFAULT gento", "L190"),
        ("srv/tftp/pxelinux.cfg/default", "APPEND", "APPENDS", "L190"),
        ("srv/tftp/boot.ipxe", "#!ipxe", "#ipxe", "L191"),
        ("srv/tftp/boot.ipxe", "chain", "chian", "L191"),
    ],
)
def test_what_no_program_here_reads(path, before, after, code, tree, copy, tmp_path):
    assert found(tree, path, tmp_path) == []
    assert found(copy(path, before, after), path, tmp_path) == [code]


@pytest.mark.parametrize("span", ["30min", "5", "1.5h", "2h 5min", "infinity", ".5s", "1M2w", "5s5", "", "min", "5minuts", "1h,2m", "10q", "5."])
def test_time_spans_are_those_of_systemd(span, tmp_path):
    real = subprocess.run(["systemd-analyze", "timespan", span], capture_output=True).returncode == 0
    tree = tmp_path / "tree"
    path = "etc/systemd/system.conf.d/10.conf"
    (tree / path).parent.mkdir(parents=True)
    (tree / path).write_text(f"[Manager]\nDefaultTimeoutStartSec={span}\n")
    # An empty value is the default.
    assert (found(tree, path, tmp_path) == []) == (real or not span)
