"""What the programs of a booting machine make of their files: init, mdev, the kernel's build, GRUB, OpenRC, NBD and others.

Each is the real program, called so that it changes nothing outside of a scratch folder. Some need root.
"""

import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

from alone import alone
from consumers import Broken, shell
from packages import debian

REPOSITORY = Path(__file__).parents[2]
TOOLS = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "tools"
LINUX = Path("/usr/src/linux-source-6.1.tar.xz")
# Of the kernel's source: what kconfig reads, and the program that makes an initramfs.
WANTED = ("scripts/*", "arch/x86/Kconfig*", "arch/x86/Makefile*", "arch/x86/configs/*", "*Kconfig*", "Makefile", "Kbuild", "usr/*.c")
QUIET = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}


def run(*args, **more) -> subprocess.CompletedProcess:
    return subprocess.run(list(map(str, args)), **(QUIET | more))


def accepted(done: subprocess.CompletedProcess, ok: str = "") -> str:
    """What the program printed, if it says of no mistake."""
    said = "\n".join(line for line in done.stderr.splitlines() if not ok or not re.search(ok, line))
    if done.returncode or said.strip():
        raise Broken(done.stderr or done.stdout or f"exit status {done.returncode}")
    return done.stdout


def once(folder: Path, make) -> Path:
    """A folder below target/tools, made whole or not at all."""
    with alone(folder):
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
                new = Path(scratch) / "new"
                new.mkdir()
                make(new)
                new.rename(folder)
    return folder


@cache
def linux() -> Path:
    """The part of the kernel's source that is asked here."""

    def unpack(folder: Path) -> None:
        wanted = [f"linux-source-6.1/{name}" for name in WANTED]
        command = ["tar", "-xf", LINUX, "-C", folder, "--strip-components=1", "--wildcards", *wanted]
        subprocess.run(command, check=True, **QUIET)
        subprocess.run(["cc", "-o", folder / "gen_init_cpio", folder / "usr/gen_init_cpio.c"], check=True)

    return once(TOOLS / "linux-6.1", unpack)


def busybox_root(scratch: Path) -> Path:
    """A root with busybox and nothing else."""
    for name in ("bin", "sbin", "dev", "etc", "proc", "sys/dev/char", "sys/dev/block"):
        (scratch / name).mkdir(parents=True, exist_ok=True)
    shutil.copy("/bin/busybox", scratch / "bin/busybox")
    (scratch / "bin/sh").symlink_to("busybox")
    shutil.copy("/etc/passwd", scratch / "etc/passwd")
    shutil.copy("/etc/group", scratch / "etc/group")
    return scratch


def inittab(file: Path) -> dict[str, list[str]]:
    """What busybox init starts as process 1, by terminal, in order."""
    rows = [line.split(":", 3) for line in file.read_text().splitlines() if line.count(":") >= 3 and line[0] != "#"]
    started = [row for row in rows if row[2] in ("sysinit", "wait", "once", "respawn")]
    with tempfile.TemporaryDirectory() as folder:
        root = busybox_root(Path(folder))
        shutil.copy(file, root / "etc/inittab")
        console = root / "dev/console"
        for terminal in {row[0] for row in rows} | {"console"}:
            if "/" not in terminal:
                (root / "dev" / (terminal or "console")).touch()
        for *_, action, process in rows:
            words = process.split()
            if words:
                program = root / words[0].lstrip("/-")
                program.parent.mkdir(parents=True, exist_ok=True)
                keeps = "/bin/busybox sleep 60" if action == "respawn" else ":"
                program.write_text(f'#!/bin/sh\necho "$0" "$@"\n{keeps}\n')
                program.chmod(0o755)
        with (root / "log").open("wb") as log:
            init = subprocess.Popen(
                ["unshare", "--fork", "--pid", "--kill-child=KILL", "chroot", root, "/bin/busybox", "init"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                end = time.monotonic() + 5
                while time.monotonic() < end:
                    said = {path.name: path.read_text().splitlines() for path in (root / "dev").iterdir()}
                    printed = (root / "log").read_text().splitlines() + said.pop("console")
                    bad = [line for line in printed if "Bad inittab entry" in line]
                    if bad:
                        raise Broken("\n".join(bad))
                    found = {"console": [line for line in printed if line.startswith("/")]}
                    found |= {name: lines for name, lines in said.items() if lines}
                    if sum(map(len, found.values())) >= len(started):
                        return {name: lines for name, lines in found.items() if lines}
                    time.sleep(0.05)
                raise Broken(f"init starts {found}")
            finally:
                # init has no handler for SIGTERM
                os.killpg(init.pid, signal.SIGKILL)
                init.wait()
                assert console.exists()


CHARACTER = {"null": "1:3", "zero": "1:5", "tty1": "4:1", "ttyS0": "4:64", "console": "5:1", "random": "1:8"}
BLOCK = {"sda1": "8:1"}


def mdev(file: Path) -> dict[str, str]:
    """Mode and owner of the devices that busybox mdev makes, or how it names them."""
    with tempfile.TemporaryDirectory() as folder:
        root = busybox_root(Path(folder))
        shutil.copy(file, root / "etc/mdev.conf")
        for kind, devices in {"char": CHARACTER, "block": BLOCK}.items():
            for name, number in devices.items():
                (root / "sys/dev" / kind / name).mkdir(parents=True)
                (root / "sys/dev" / kind / name / "dev").write_text(number + "\n")
        accepted(run("chroot", root, "/bin/busybox", "mdev", "-s"))
        made = {}
        for path in sorted((root / "dev").rglob("*")):
            status = path.lstat()
            if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
                mode = f"{status.st_mode & 0o7777:o} {status.st_uid}:{status.st_gid}"
                made[str(path.relative_to(root / "dev"))] = mode
        return made


def cpio_list(file: Path) -> list[str]:
    """The contents of the archive that gen_init_cpio makes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in re.findall(r"\$\{ROOTFS\}/(\S+)", file.read_text()):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).touch()
        done = run(linux() / "gen_init_cpio", "-t", "0", file, env={"ROOTFS": folder}, text=False)
        # It exits with 0 where it knows no type.
        if done.returncode or done.stderr:
            raise Broken(done.stderr.decode())
        listed = run("cpio", "-tv", "--quiet", "--numeric-uid-gid", input=done.stdout, stdin=None, text=False)
        # Mode, owner, numbers of a device, name; without size and time
        row = re.compile(r"(\S+)\s+\d+ (\d+)\s+(\d+)\s+(?:(\d+, +\d+)|\d+) \w+ +\d+ +\S+ (.*)")
        rows = [row.fullmatch(line) for line in listed.stdout.decode().splitlines()]
        return [" ".join(word for word in " ".join(filter(None, row.groups())).split()) for row in rows]


def kernel_values(file: Path) -> dict[str, str]:
    """The values that the symbols of a fragment end up with in a kernel for the 486."""
    asked = dict(re.findall(r"^(?:# )?(CONFIG_\w+)(?:=(.*)| is not set)$", file.read_text(), re.M))
    # The folder keeps the programs of kconfig.
    out = linux().with_name("linux-6.1-built")
    out.mkdir(exist_ok=True)
    merge = [linux() / "scripts/kconfig/merge_config.sh", "-n", "-O", out, file.resolve()]
    done = run(*merge, cwd=linux(), env=os.environ | {"ARCH": "i386"})
    if done.returncode or "Value requested" in done.stdout:
        raise Broken(done.stdout + done.stderr)
    found = dict(re.findall(r"^(CONFIG_\w+)=(.*)$", (out / ".config").read_text(), re.M))
    return {symbol: found.get(symbol, "n") for symbol in asked}


def grub_cfg(file: Path) -> str:
    """A menu that GRUB can read."""
    accepted(run("grub-script-check", file))
    return file.read_text()


def install_conf(file: Path) -> dict[str, str]:
    """The settings of kernel-install."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, Path(folder) / "install.conf")
        said = accepted(run("kernel-install", "-v", "inspect", env=os.environ | {"KERNEL_INSTALL_CONF_ROOT": folder}))
    return dict(re.findall(r"^KERNEL_INSTALL_(BOOT_ROOT|LAYOUT|INITRD_GENERATOR): (.*)$", said, re.M))


def kernel_cmdline(file: Path) -> str:
    """The options that kernel-install writes into a loader's entry."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copy(file, root / "cmdline")
        (root / "image").touch()
        settings = {"MACHINE_ID": "0" * 32, "ENTRY_TOKEN": "x", "BOOT_ROOT": folder, "LAYOUT": "bls", "CONF_ROOT": folder, "VERBOSE": "0"}
        env = os.environ | {f"KERNEL_INSTALL_{name}": value for name, value in settings.items()}
        script = "/usr/lib/kernel/install.d/90-loaderentry.install"
        (root / "x/6.1").mkdir(parents=True)
        accepted(run(script, "add", "6.1", root / "x/6.1", root / "image", env=env))
        [entry] = (root / "loader/entries").iterdir()
        return re.search(r"^options\s+(.*?)\s*$", entry.read_text(), re.M)[1]


def dracut_cmdline(file: Path) -> str:
    """The command line as dracut's initramfs has it beside the kernel's, with an /etc of its own."""
    library = Path("/usr/lib/dracut/modules.d/99base")
    script = """
        mount -t tmpfs none /etc && mkdir /etc/cmdline.d && cp "$1" /etc/cmdline.d/ || exit
        dracut-getarg() { return 1; }
        . "$2"
        getcmdline
    """
    with tempfile.NamedTemporaryFile("w") as copy:
        # In an image its other half lies in /lib.
        copy.write((library / "dracut-lib.sh").read_text().replace("/lib/dracut-dev-lib.sh", f"{library}/dracut-dev-lib.sh"))
        copy.flush()
        said = accepted(run("unshare", "--mount", "bash", "-c", script, "bash", file, copy.name))
    return " ".join(said.replace(Path("/proc/cmdline").read_text().strip(), "").split())


def runlevels(tree: Path) -> dict[str, list[str]]:
    """The services that OpenRC finds in each runlevel; those that are asked for and missing are a mistake."""
    openrc = debian("openrc", "librc1", "libeinfo1")
    links = [path for path in (tree / "etc/runlevels").rglob("*") if path.is_symlink() or path.is_file()]
    with tempfile.TemporaryDirectory() as folder:
        etc = Path(folder)
        shutil.copytree(tree / "etc/runlevels", etc / "runlevels", symlinks=True)
        (etc / "init.d").mkdir()
        for name in {"bootmisc", "devfs", "hostname", "killprocs", "local", "mdev", "mount-ro", "sshd"}:
            (etc / "init.d" / name).write_text("#!/sbin/openrc-run\n")
            (etc / "init.d" / name).chmod(0o755)
        libraries = ":".join(str(path) for path in openrc.glob("**/*-linux-gnu"))
        script = f'mount --bind {folder} /etc && LD_LIBRARY_PATH={libraries} exec {openrc}/sbin/rc-update show'
        said = accepted(run("unshare", "--mount", "sh", "-c", script))
    found: dict[str, list[str]] = {}
    for line in said.splitlines():
        service, _, levels = line.partition("|")
        for level in levels.split():
            found.setdefault(level, []).append(service.strip())
    if sum(map(len, found.values())) != len(links):
        raise Broken(f"rc-update show lists {found}")
    return {level: sorted(names) for level, names in found.items()}


def nbd_server(file: Path) -> list[str]:
    """The exports that nbd-server lists, in a network of its own."""
    port = (re.search(r"^\s*port = (\d+)$", file.read_text(), re.M) or [None, "10809"])[1]
    script = """
        ip link set lo up
        nbd-server -C "$1" -d & server=$!
        for try in 1 2 3 4 5 6 7 8 9 10; do
            kill -0 $server || break
            nbd-client -l 127.0.0.1 "$2" 2> /dev/null && break
            sleep 0.1
        done
        kill $server 2> /dev/null
        wait $server
    """
    done = run("unshare", "--net", "sh", "-c", script, "sh", file, port, timeout=20)
    if "Negotiation" not in done.stdout:
        raise Broken(done.stderr)
    return [line for line in done.stdout.splitlines() if line and not line.startswith("Negotiation")]


def dnsmasq(file: Path) -> list[str]:
    """Settings that dnsmasq starts with."""
    accepted(run("dnsmasq", "--test", "-C", file), "syntax check OK")
    return [line.strip() for line in file.read_text().splitlines() if line.strip() and line.strip()[0] != "#"]


def initiator_name(file: Path) -> str:
    """The name as a shell that sources the file has it, and as iscsid reads it: the rest of the line."""
    sourced = shell(file).get("InitiatorName")
    read = re.search(r"InitiatorName[^=\n]*=(.*)", file.read_text())
    if sourced is None or read is None or read[1].strip() != sourced:
        raise Broken(file.read_text())
    return sourced


def tmpfiles(file: Path) -> dict[str, str]:
    """What systemd-tmpfiles makes in an empty root."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "etc/tmpfiles.d").mkdir(parents=True)
        shutil.copy(file, root / "etc/tmpfiles.d")
        (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\nportage:x:250:250::/:/bin/false\n")
        (root / "etc/group").write_text("root:x:0:\nportage:x:250:\n")
        accepted(run("systemd-tmpfiles", f"--root={root}", "--create"))
        made = {}
        for path in sorted(root.rglob("*")):
            status = path.lstat()
            name = str(path.relative_to(root))
            if not name.startswith("etc") and (not path.is_dir() or not any(path.iterdir())):
                made[f"/{name}"] = f"{status.st_mode & 0o7777:o} {status.st_uid}:{status.st_gid}"
        return made


def distcc_hosts(file: Path) -> list[str]:
    """The hosts that distcc compiles on."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, Path(folder) / "hosts")
        program = debian("distcc") / "usr/bin/distcc"
        return accepted(run(program, "--show-hosts", env={"DISTCC_DIR": folder, "HOME": folder})).splitlines()


def unit(file: Path, tree: Path) -> dict:
    """The settings of a unit's drop-in or of the manager, as systemd reads them."""
    from consumers import units

    path = file.relative_to(tree)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / path).parent.mkdir(parents=True)
        shutil.copy(file, root / path)
        name = path.parent.name.removesuffix(".d") if path.suffix == ".conf" else path.name
        own = root / "etc/systemd/system" / name
        if not own.exists():
            own.write_text("[Service]\nExecStart=/bin/true\n")
        said = run("systemd-analyze", "verify", f"--root={root}", name).stderr
    bad = [line for line in said.splitlines() if re.search(r"ignoring|Failed to parse|Unknown|Assignment outside", line)]
    if bad:
        raise Broken("\n".join(bad))
    return units(file)
