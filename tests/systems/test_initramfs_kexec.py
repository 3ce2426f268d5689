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


# What the kernel of the firmware has inside: the disk, vfat and its tables of names. ext4 is in Debian's as well.
DRIVERS = ("virtio_pci", "virtio_blk", "vfat", "nls_cp437", "nls_ascii")


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
def klibc(tmp_path_factory):
    return embedded.render("initramfs-kexec", tmp_path_factory.mktemp("klibc"), "--variant", "klibc")


@pytest.fixture(scope="module")
def cloud():
    """Debian's kernel for virtual machines, unpacked: its image and its modules."""
    (package,) = boot.depends("linux-image-cloud-amd64", "linux-image-6")
    files = boot.debian(package)
    (kernel,) = (files / "boot").glob("vmlinuz-*")
    return kernel, {module.stem.replace("-", "_"): module for module in (files / "lib/modules").rglob("*.ko")}


def files(tree, root: Path) -> Path:
    """What the lists take files from: Debian's busybox and kexec, and the rendered init. kexec is not static there."""
    kexec = boot.debian("kexec-tools", *boot.depends("kexec-tools", "libxen"))
    for folder in ("bin", "usr/sbin", "usr/src"):
        (root / folder).mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin")
    shutil.copy(kexec / "sbin/kexec", root / "usr/sbin")
    shutil.copytree(tree / "builder/usr/src/initramfs", root / "usr/src/initramfs")
    return root


@pytest.fixture(scope="module")
def rootfs(tree, tmp_path_factory):
    return files(tree, tmp_path_factory.mktemp("rootfs"))


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
    for number, name in enumerate(drivers(cloud[1], *DRIVERS)):
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


def vfat(flash: Path, out: Path) -> None:
    """A card of that type, filled without being mounted."""
    words = [boot.debian("dosfstools") / "sbin/mkfs.fat", "-n", "FLASH", "-C", out, str(64 << 10)]
    subprocess.run(words, check=True, capture_output=True)
    subprocess.run(["mcopy", "-s", "-i", out, *sorted(flash.iterdir()), "::"], check=True)


def card(folder: Path, tree: Path, kernel: Path, images, broken=(), kind="ext2") -> Path:
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
    if kind == "vfat":
        vfat(flash, out)
    else:
        words = ["mke2fs", "-q", "-t", kind, "-L", "flash", "-d", flash, out, "64M"]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    return out


def arguments(tree: Path, entry: str) -> str:
    """The command line of a menu entry of the rendered grub.cfg."""
    menu = (tree / "flash/boot/grub/grub.cfg").read_text()
    (found,) = re.findall(rf'menuentry "{entry}".*\n  linux \S+ (.*)', menu)
    return f"{found} quiet"


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


@pytest.mark.parametrize("kind", ["ext4", "vfat"])
def test_the_other_types_of_cards(kind, initramfs, cloud, images, tmp_path):
    spec = embedded.command.new("initramfs-kexec", tmp_path / "spec.toml", "--set", f"flash-type={kind}")
    tree = embedded.command.render(spec, tmp_path / "tree")
    disk = card(tmp_path, tree, cloud[0], images, kind=kind)
    line = arguments(tree, "active")
    assert f"flashtype={kind}" in line
    # vfat keeps labels in capitals
    line = line.replace("LABEL=flash", "LABEL=FLASH") if kind == "vfat" else line
    with start(cloud, initramfs, disk, line) as machine:
        machine.expect("init: active: starting with config.cur", timeout=120)


def test_the_recovery_entry_looks_at_nothing_on_the_card(tree, cloud, generator, rootfs, initramfs, images, tmp_path):
    archive = tmp_path / "recovery.cpio"
    archive.write_bytes(generate(generator, rootfs, rootfs / "usr/src/initramfs/recovery.list"))
    stacked = tmp_path / "stacked"
    subprocess.run([tree / "builder/usr/local/sbin/initramfs-stack", stacked, initramfs, archive], check=True)
    disk = card(tmp_path, tree, cloud[0], images, ["system/active/kernel.img"])
    with start(cloud, stacked, disk, arguments(tree, "recovery")) as machine:
        machine.expect("recovery: the card is not mounted, try: mount -t ext2 LABEL=flash /flash", timeout=120)
        machine.expect("/ # ")
        # as it says; the firmware itself has no link for head
        machine.run("mount -t ext2 LABEL=flash /flash", "/ # ")
        assert machine.run("head -c 12 /flash/system/active/kernel.img", "/ # ").startswith("not a kernel")


def test_klibc_starts_the_image_as_well(klibc, cloud, generator, libraries, initramfs, images, tmp_path):
    """Debian's klibc, laid where the variant takes it from: a folder beside the lists, as CONFIG_INITRAMFS_SOURCE says."""
    root = files(klibc, tmp_path / "rootfs")
    source = root / "usr/src/initramfs"
    debian = boot.debian("klibc-utils", "libklibc")
    folder = tmp_path / "klibc"
    (folder / "lib").mkdir(parents=True)
    shutil.copytree(debian / "usr/lib/klibc/bin", folder / "bin")
    for library in (debian / "lib").glob("klibc-*.so"):
        shutil.copy(library, folder / "lib")
    firmware = tmp_path / "firmware.cpio"
    firmware.write_bytes(generate(generator, root, source / "initramfs.list", source / "kexec.list"))
    assert b"busybox" not in firmware.read_bytes().replace((source / "init").read_bytes(), b"")
    modules = tmp_path / "modules/modules"
    modules.mkdir(parents=True)
    for number, name in enumerate(drivers(cloud[1], *DRIVERS)):
        shutil.copy(cloud[1][name], modules / f"{number:02}-{name}.ko")
    archives = [boot.archive(place, tmp_path / f"{place.name}.gz") for place in (folder, libraries, tmp_path / "modules")]
    out = tmp_path / "initramfs"
    subprocess.run([klibc / "builder/usr/local/sbin/initramfs-stack", out, firmware, *archives], check=True)
    disk = card(tmp_path, klibc, cloud[0], images, ["system/active/kernel.img", "cfg/config.cur"])
    # klibc's mount knows no LABEL=; the disk of the machine is a whole one
    line = arguments(klibc, "active")
    assert " flash=/dev/sda1 " in f" {line} "
    with start(cloud, out, disk, line.replace("/dev/sda1", "/dev/vda")) as machine:
        machine.expect("init: config.cur is broken", timeout=120)
        machine.expect("init: active: kexec does not take it")
        machine.expect("init: backup: starting with config.bak")
        machine.expect("image: 1.0 ", timeout=120)
    disk = card(tmp_path / "shell", klibc, cloud[0], images, ["system/active/kernel.img", "system/backup/kernel.img"])
    with start(cloud, out, disk, line.replace("/dev/sda1", "/dev/vda")) as machine:
        machine.expect("init: no image starts: this is a shell", timeout=120)


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
    assert {"CONFIG_KEXEC=y", "CONFIG_ATA_PIIX=y", 'CONFIG_CMDLINE="panic=1"'} <= set(config)


@pytest.mark.parametrize("kind", ["ext2", "ext4", "vfat"])
def test_kernel_reads_each_type_of_card(configured, kind):
    config = set((configured / "config").read_text().splitlines())
    drivers = {"ext2": ["CONFIG_EXT4_FS", "CONFIG_EXT4_USE_FOR_EXT2"], "ext4": ["CONFIG_EXT4_FS"], "vfat": ["CONFIG_VFAT_FS"]}
    assert {f"{name}=y" for name in drivers[kind]} <= config
    if kind == "vfat":
        # the tables that a mount without options asks for
        page, names = (re.search(rf'CONFIG_FAT_DEFAULT_{name}="?([^"\n]*)', "\n".join(config))[1] for name in ("CODEPAGE", "IOCHARSET"))
        assert {f"CONFIG_NLS_CODEPAGE_{page}=y", f"CONFIG_NLS_{names.upper().replace('-', '_')}=y"} <= config


@pytest.mark.parametrize("path", ["usr/src/initramfs/init", "usr/src/initramfs/recovery", "usr/local/sbin/initramfs-stack"])
def test_scripts(tree, path):
    done = subprocess.run(["shellcheck", tree / "builder" / path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_grub_takes_the_menu(tree):
    assert subprocess.run(["grub-script-check", tree / "flash/boot/grub/grub.cfg"]).returncode == 0
