"""`initramfs-kexec`: Debian's cloud kernel with the rendered initramfs starts active, else backup, else a shell."""

import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import boot
import embedded
import linux

# What the image does in place of a system: it says what it is, and what the configuration made of it.
IMAGE = """#!/bin/sh
/bin/busybox mount -t proc proc /proc
/bin/busybox echo "image: $(/bin/busybox cat /etc/version) $(/bin/busybox cat /proc/cmdline) motd=$(/bin/busybox cat /etc/motd)"
/bin/busybox reboot -f
"""


def drivers(modules: dict[str, Path], *names: str) -> list[str]:
    """The modules, each after those that it depends on."""
    order = []
    for name in names:
        (needs,) = re.findall(rb"\0depends=([^\0]*)\0", modules[name].read_bytes())
        order += drivers(modules, *[need for need in needs.decode().replace("-", "_").split(",") if need]) + [name]
    return list(dict.fromkeys(order))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return embedded.render("initramfs-kexec", tmp_path_factory.mktemp("kexec"))


@pytest.fixture(scope="module")
def cloud():
    """Debian's kernel for virtual machines, unpacked: its image and its modules."""
    (package,) = boot.depends("linux-image-cloud-amd64", "linux-image-6")
    files = boot.debian(package)
    (kernel,) = (files / "boot").glob("vmlinuz-*")
    return kernel, {module.stem.replace("-", "_"): module for module in (files / "lib/modules").rglob("*.ko")}


@pytest.fixture(scope="module")
def rootfs(tree, tmp_path_factory):
    """What the lists take files from: Debian's busybox and kexec, and the rendered init. kexec is not static there."""
    root = tmp_path_factory.mktemp("rootfs")
    kexec = boot.debian("kexec-tools", *boot.depends("kexec-tools", "libxen"))
    for folder in ("bin", "usr/sbin", "usr/src"):
        (root / folder).mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin")
    shutil.copy(kexec / "sbin/kexec", root / "usr/sbin")
    shutil.copytree(tree / "builder/usr/src/initramfs", root / "usr/src/initramfs")
    return root


@pytest.fixture(scope="module")
def libraries(rootfs, tmp_path_factory):
    """The libraries of Debian's kexec."""
    out = tmp_path_factory.mktemp("libraries")
    kexec = boot.debian("kexec-tools", *boot.depends("kexec-tools", "libxen"))
    env = os.environ | {"LD_LIBRARY_PATH": str(kexec / "usr/lib/x86_64-linux-gnu")}
    words = ["ldd", rootfs / "usr/sbin/kexec"]
    for line in subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout.splitlines():
        name, path = line.split()[0], next((word for word in line.split() if word.startswith("/")), None)
        if path:
            place = out / (name.lstrip("/") if name.startswith("/") else f"lib/{name}")
            place.parent.mkdir(exist_ok=True)
            shutil.copy(path, place)
    return out


@pytest.fixture(scope="module")
def configured(tree):
    """What kconfig makes of the fragment, with tinyconfig below it, and gen_init_cpio of the same sources."""
    builder = tree / "builder"
    script, fragment = builder / "usr/local/sbin/initramfs-kernel", builder / "usr/src/initramfs/kernel.config"
    return linux.build(script, fragment, goal="kernelversion")


@pytest.fixture(scope="module")
def generator(configured):
    return configured / "gen_init_cpio"


def generate(generator, rootfs: Path, *lists: Path) -> bytes:
    """The archive of some lists. gen_init_cpio exits with 0 on a type that it does not know: what it prints counts."""
    both = b"".join(path.read_bytes() for path in lists)
    words = [generator, "-t", "0", "-"]
    done = subprocess.run(words, input=both, env=os.environ | {"ROOTFS": str(rootfs)}, capture_output=True)
    if done.returncode or done.stderr:
        raise boot.Broken(done.stderr.decode())
    return done.stdout


@pytest.fixture(scope="module")
def initramfs(tree, generator, rootfs, libraries, cloud, tmp_path_factory):
    """The firmware's archive, and those that stand beside it here, stacked by the rendered script: libraries, modules."""
    folder = tmp_path_factory.mktemp("initramfs")
    source = rootfs / "usr/src/initramfs"
    firmware = folder / "firmware.cpio"
    firmware.write_bytes(generate(generator, rootfs, source / "initramfs.list", source / "kexec.list"))
    boot.note("initramfs-kexec", "initramfs", len(gzip.compress(firmware.read_bytes())))
    modules = folder / "modules/modules"
    modules.mkdir(parents=True)
    for number, name in enumerate(drivers(cloud[1], "virtio_pci", "virtio_blk")):
        shutil.copy(cloud[1][name], modules / f"{number}-{name}.ko")
    # one file of every archive: of the last it must be, whole
    for place, text in ((libraries, "a longer text than the last has\n"), (folder / "modules", "the last\n")):
        (place / "root").mkdir(exist_ok=True)
        (place / "root/stacked").write_text(text)
    archives = [boot.archive(libraries, folder / "libraries.gz"), boot.archive(folder / "modules", folder / "modules.gz")]
    out = folder / "initramfs"
    subprocess.run([tree / "builder/usr/local/sbin/initramfs-stack", out, firmware, *archives], check=True)
    return out


@pytest.fixture(scope="module")
def images(cloud, tmp_path_factory):
    """Two images: Debian's kernel again, and an initrd that says which it is."""
    found = {}
    for version in ("1.1", "1.0"):
        root = tmp_path_factory.mktemp("image")
        for folder in ("bin", "proc", "etc", "dev"):
            (root / folder).mkdir()
        shutil.copy("/bin/busybox", root / "bin")
        (root / "bin/sh").symlink_to("busybox")
        (root / "etc/version").write_text(version)
        (root / "etc/motd").write_text("that of the image, which is longer")
        (root / "init").write_text(IMAGE)
        (root / "init").chmod(0o755)
        found[version] = boot.archive(root, root.with_suffix(".initrd"))
    return found


def configuration(folder: Path, text: str) -> Path:
    """What config-save makes of an etc with that motd."""
    (folder / "root/etc").mkdir(parents=True)
    (folder / "root/etc/motd").write_text(text)
    return boot.archive(folder / "root", folder / "config")


def card(folder: Path, tree: Path, kernel: Path, images, broken=()) -> Path:
    """The card with the rendered files, two images and three configurations; some files are broken."""
    flash = shutil.copytree(tree / "flash", folder / "flash")
    for slot, version in (("active", "1.1"), ("backup", "1.0")):
        shutil.copy(kernel, flash / f"system/{slot}/kernel.img")
        shutil.copy(images[version], flash / f"system/{slot}/initrd.img")
    for name in ("cur", "bak", "fac"):
        shutil.copy(configuration(folder / name, f"config.{name}"), flash / f"cfg/config.{name}")
    for name in broken:
        path = flash / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if "config" in name else b"not a kernel\n")
    out = folder / "flash.img"
    words = ["mke2fs", "-q", "-t", "ext2", "-L", "flash", "-d", flash, out, "64M"]
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    return out


def arguments(tree: Path, slot: str) -> str:
    """The command line of a menu entry of the rendered grub.cfg."""
    lines = [line.split() for line in (tree / "flash/boot/grub/grub.cfg").read_text().splitlines()]
    (found,) = (words[2:] for words in lines if words[:1] == ["linux"] and f"slot={slot}" in words)
    return " ".join([*found, "quiet"])


def start(cloud, initramfs, disk: Path, line: str):
    drive = ("-drive", f"file={disk},format=raw,if=virtio,readonly=on")
    return boot.Machine("-kernel", cloud[0], "-initrd", initramfs, "-append", line, *drive, memory=256, never=["init: cannot mount"])


def test_active_starts_with_the_current_configuration(tree, cloud, initramfs, images, tmp_path):
    disk = card(tmp_path, tree, cloud[0], images)
    with start(cloud, initramfs, disk, arguments(tree, "active")) as machine:
        machine.expect("init: active: starting with config.cur", timeout=120)
        machine.expect("image: 1.1 ", timeout=120)
        machine.expect("motd=")
        boot.note("initramfs-kexec", "seconds", round(machine.end()))
    said = machine.said.partition("image: 1.1 ")[2]
    assert said.startswith("panic=1 console=ttyS0,115200 slot=active config=cur motd=config.cur\r"), said


def test_backup_starts_where_active_is_broken(tree, cloud, initramfs, images, tmp_path):
    disk = card(tmp_path, tree, cloud[0], images, ["system/active/kernel.img", "cfg/config.cur"])
    with start(cloud, initramfs, disk, arguments(tree, "active")) as machine:
        machine.expect("init: config.cur is broken", timeout=120)
        machine.expect("init: active: kexec does not take it")
        machine.expect("init: backup: starting with config.bak")
        machine.expect("image: 1.0 ", timeout=120)
        machine.end()
    assert "slot=backup config=bak motd=config.bak\r" in machine.said


def test_a_shell_starts_where_both_are_broken(tree, cloud, initramfs, images, tmp_path):
    broken = ["system/active/kernel.img", "system/backup/kernel.img", "cfg/config.cur", "cfg/config.bak"]
    disk = card(tmp_path, tree, cloud[0], images, broken)
    with start(cloud, initramfs, disk, arguments(tree, "active")) as machine:
        machine.expect("init: active: kexec does not take it", timeout=120)
        machine.expect("init: backup: kexec does not take it")
        machine.expect("init: no image starts: this is a shell")
        machine.expect("/ # ")
        # the last of the stacked archives has the word, and nothing of the longer file before it is left
        assert machine.run("cat /root/stacked", "/ # ") == "the last"
        assert "config.fac" in machine.run("ls /flash/cfg", "/ # ")
        # the end of the shell is the end of process 1: panic=1 starts the machine again
        machine.send("exit")
        machine.expect("Kernel panic", "Attempted to kill init")
        machine.end()


def test_generator_takes_the_lists(generator, rootfs, tmp_path):
    source = rootfs / "usr/src/initramfs"
    lists = source / "initramfs.list", source / "kexec.list"
    listed = subprocess.run(["cpio", "-tv", "--quiet"], input=generate(generator, rootfs, *lists), capture_output=True)
    names = {line.split(" -> ")[0].split()[-1]: line for line in listed.stdout.decode().splitlines()}
    assert names["dev/console"].startswith("crw-------") and names["init"].startswith("-rwxr-xr-x")
    assert "sbin/kexec" in names and " -> busybox" in names["bin/sh"]
    for bad in ("fiel /init /init 0755 0 0\n", "file /x /nonexistent 0755 0 0\n", "dir /x\n"):
        (tmp_path / "list").write_text(bad)
        with pytest.raises(boot.Broken):
            generate(generator, rootfs, lists[0], tmp_path / "list")


def test_stack_refuses_what_is_no_archive(tree, tmp_path):
    script = tree / "builder/usr/local/sbin/initramfs-stack"
    (tmp_path / "text").write_text("not an archive")
    done = subprocess.run([script, tmp_path / "out", tmp_path / "text"], capture_output=True, text=True)
    assert done.returncode == 1 and "no archive that the kernel unpacks" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text"]


def test_kernel_has_what_the_fragment_asks_for(configured):
    config = (configured / "config").read_text().splitlines()
    assert {"CONFIG_KEXEC=y", "CONFIG_ATA_PIIX=y", "CONFIG_EXT2_FS=y", 'CONFIG_CMDLINE="panic=1"'} <= set(config)


@pytest.mark.parametrize("path", ["usr/src/initramfs/init", "usr/local/sbin/initramfs-stack"])
def test_scripts(tree, path):
    done = subprocess.run(["shellcheck", tree / "builder" / path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_grub_takes_the_menu(tree):
    assert subprocess.run(["grub-script-check", tree / "flash/boot/grub/grub.cfg"]).returncode == 0
