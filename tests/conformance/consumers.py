"""What the other consumers of a tree make of its files: findmnt, systemctl, bash, readers of TOML and units; those of
services.py as well."""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import netboot
import ugrd
from netboot import Broken

FINDMNT_COLUMNS = "SOURCE,TARGET,FSTYPE,OPTIONS,FREQ,PASSNO"


def findmnt(file: Path) -> list[dict]:
    """The rows of an fstab, as mount(8) takes it apart."""
    done = subprocess.run(
        ["findmnt", "--tab-file", file, "-J", "-o", FINDMNT_COLUMNS], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.stderr:
        raise Broken(done.stderr)
    return json.loads(done.stdout)["filesystems"] if done.stdout.strip() else []


def findmnt_verify(file: Path) -> None:
    """`findmnt --verify`, without what it says of the disks of this machine."""
    done = subprocess.run(["findmnt", "--verify", "--tab-file", file], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    host = ("unreachable", "seems unsupported by the current kernel", "cannot detect on-disk", "your fstab has been modified")
    found = [line for line in done.stdout.splitlines() if line.strip().startswith("[") and not any(h in line for h in host)]
    if found or ": parse error at line" in done.stderr:
        raise Broken("\n".join([*found, done.stderr]))


def fstab_units(file: Path) -> dict[str, str]:
    """The mount units that systemd makes of an fstab, and what mounts them where with which options."""
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            ["/lib/systemd/system-generators/systemd-fstab-generator", scratch, scratch, scratch],
            env={"SYSTEMD_FSTAB": str(file), "SYSTEMD_LOG_TARGET": "console", "SYSTEMD_LOG_LEVEL": "info"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Broken(done.stderr)
        units = {}
        for path in Path(scratch).glob("*.mount"):
            keys = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
            units[path.name] = {key: keys.get(key) for key in ("What", "Where", "Type", "Options")}
        return units


def units(file: Path) -> dict:
    """A unit, drop-in or system.conf: a repeated key is a list."""
    found: dict = {}
    section = None
    for line in file.read_text().splitlines():
        line = line.strip()
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and line[0] not in "#;":
            key, equals, value = line.partition("=")
            if not equals or section is None:
                raise Broken(line)
            section.setdefault(key.strip(), []).append(value.strip())
    return found


# What systemd and Gentoo ship: later files lose, and everything that nobody names stays off.
SHIPPED_PRESETS = {
    "90-systemd.preset": "enable systemd-userdbd.socket\nenable systemd-nsresourced.socket\n",
    "99-default.preset": "disable *\n",
}


def presets(tree: Path, file: Path) -> list[str]:
    """The units that `systemctl preset-all` leaves enabled, out of those that the presets name."""
    names = {line.split()[1] for line in file.read_text().splitlines() if line and line[0] not in "#;"}
    names |= {"systemd-userdbd.service", "systemd-userdbd.socket", "systemd-nsresourced.service", "systemd-nsresourced.socket"}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        shipped = root / "usr/lib/systemd/system-preset"
        shipped.mkdir(parents=True)
        for name, text in SHIPPED_PRESETS.items():
            (shipped / name).write_text(text)
        (root / "usr/lib/systemd/system").mkdir()
        for name in names - {"*"}:
            (root / "usr/lib/systemd/system" / name).write_text("[Install]\nWantedBy=multi-user.target\n")
        copy = root / file.relative_to(tree)
        copy.parent.mkdir(parents=True)
        shutil.copy(file, copy)
        done = subprocess.run(["systemctl", f"--root={root}", "preset-all"], capture_output=True, text=True)
        bad = [line for line in done.stderr.splitlines() if "Failed to parse" in line or "Couldn't parse" in line]
        if done.returncode or bad:
            raise Broken(done.stderr)
        return sorted(path.name for path in (root / "etc/systemd/system").rglob("*") if path.is_symlink())


def shell(file: Path) -> dict[str, str]:
    """The variables that a sourced file sets, as bash has them."""
    script = """
        before=$(compgen -v)
        . "$1" || exit 1
        for v in $(compgen -v); do
            case $'\\n'$before$'\\n' in
            *$'\\n'$v$'\\n'*) ;;
            *) printf '%s=%s\\0' "$v" "${!v}" ;;
            esac
        done
    """
    done = subprocess.run(["/bin/bash", "-c", script, "bash", file], env={"PATH": "/nonexistent"}, capture_output=True)
    if done.returncode or done.stderr:
        raise Broken(done.stderr.decode(errors="replace"))
    own = (b"before", b"v", b"PIPESTATUS", b"_")
    pairs = (entry.split(b"=", 1) for entry in done.stdout.split(b"\0") if entry)
    return {name.decode(): value.decode(errors="surrogateescape") for name, value in pairs if name not in own}


def kernel_config(file: Path) -> dict[str, str]:
    """The symbols of a kernel configuration fragment."""
    found = {}
    for line in file.read_text().splitlines():
        if line.endswith(" is not set") and line.startswith("# CONFIG_"):
            found[line.split()[1]] = "n"
        elif line and not line.startswith("#"):
            name, equals, value = line.partition("=")
            if not equals or not name.startswith("CONFIG_"):
                raise Broken(line)
            found[name] = value
    return found


def toml(file: Path) -> dict:
    """A TOML file, read by TOML 1.0."""
    try:
        return tomllib.loads(file.read_text())
    except tomllib.TOMLDecodeError as error:
        raise Broken(str(error)) from error


def nbdtab(file: Path) -> dict[str, str]:
    """The export that nbd-client(8) asks a server for, per device of an nbdtab.

    In a network of its own, where the addresses of the file are this machine's, and with an /etc that holds nothing
    but the file.
    """
    hosts = sorted({line.split()[1] for line in file.read_text().splitlines() if line.strip() and line.strip()[0] != "#"})
    # Root needs no user namespace, and cannot make one in a chroot.
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    done = subprocess.run(
        ["unshare", *user, "--mount", "--net", sys.executable, Path(__file__).with_name("nbd_server.py"), file, *hosts],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise Broken(done.stderr)
    return json.loads(done.stdout)


# Files for starting over a network.
BOOT = {
    "etc/conf.d/killprocs": netboot.script,
    "etc/dnsmasq.d/": netboot.dnsmasq,
    "etc/iscsi/initiatorname.iscsi": netboot.initiator,
    "etc/local.d/": netboot.script,
    "etc/nbd-server/config": netboot.nbd_server,
    "srv/tftp/boot.ipxe": netboot.ipxe,
    "srv/tftp/pxelinux.cfg/": netboot.pxelinux,
}


def answer(tree: Path, path: str):
    """What the consumer of the file `path`, which Portage does not read, makes of it."""
    import services

    file = tree / path
    if path in (known := {
        "boot/grub/grub.cfg": services.grub_cfg,
        "etc/distcc/hosts": services.distcc_hosts,
        "etc/dnsmasq.conf": services.dnsmasq,
        "etc/inittab": services.inittab,
        "etc/iscsi/initiatorname.iscsi": services.initiator_name,
        "etc/kernel/cmdline": services.kernel_cmdline,
        "etc/kernel/install.conf": services.install_conf,
        "etc/mdev.conf": services.mdev,
        "etc/nbd-server/config": services.nbd_server,
        "usr/src/initramfs/initramfs.list": services.cpio_list,
    }):
        return known[path](file)
    if path.startswith("etc/runlevels/"):
        return services.runlevels(tree)
    if path.startswith("etc/tmpfiles.d/"):
        return services.tmpfiles(file)
    if path.startswith("etc/dnsmasq.d/"):
        return services.dnsmasq(file)
    if path.startswith("etc/cmdline.d/"):
        return services.dracut_cmdline(file)
    if path.startswith("etc/systemd/system/"):
        return services.unit(file, tree)
    if path == "etc/fstab":
        return findmnt(file)
    if path.startswith("etc/ugrd/") and path.endswith(".toml"):
        return ugrd.effective(toml(file))
    if path == "etc/nbdtab":
        return nbdtab(file)
    for start, consumer in BOOT.items():
        if path.startswith(start):
            return consumer(file)
    if path.startswith("etc/systemd/system-preset/"):
        return presets(tree, file)
    if path.startswith("etc/systemd/"):
        return units(file)
    if path.startswith("etc/dracut.conf.d/") or path.startswith(("etc/default/", "etc/conf.d/")) or path.endswith(".env"):
        return shell(file)
    if path.endswith(".config"):
        return kernel_config(file)
    if path.endswith(".toml"):
        return toml(file)
    if path.endswith(".py"):
        try:
            return ast.dump(ast.parse(file.read_text()))
        except SyntaxError as error:
            raise Broken(str(error)) from error
    raise LookupError(f"{path}: no consumer is known here: add it to consumers.py")
