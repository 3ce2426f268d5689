"""The module of ugrd that attaches root and swap: merged by real Portage, and its shell held against the real client and
the real server."""

import importlib.util
import os
import subprocess
import time
import tomllib
from pathlib import Path

import pytest

from building import OVERLAY, System
from ugrd import parameters

TABLES = tomllib.loads("""
[nbd.rootfs]
host = "127.0.0.1"
export = "rootfs"
dev = 0
persist = true
mark = true

[nbd.swap]
host = "127.0.0.1"
port = 10810
export = "swap space"
dev = 1
swap = true
retries = 3
timeout = 1
""")["nbd"]


@pytest.fixture(scope="module")
def files(gentoo, tmp_path_factory):
    """The folder that the package's files are in, below a root."""
    system = System(tmp_path_factory.mktemp("ugrd") / "s", gentoo, "default/linux/amd64/23.0", "x86_64-pc-linux-gnu")
    system.write("package.accept_keywords/overlay", "sys-kernel/ugrd-nbd::portage-config ~amd64\n")
    return system.install("sys-kernel/ugrd-nbd") / "var/lib/ugrd/net"


@pytest.fixture(scope="module")
def module(files):
    """The module as ugrd loads one that is not its own."""
    spec = importlib.util.spec_from_file_location("net.nbd", files / "nbd.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class Ugrd:
    """What ugrd hands to a module: `data` to write to, and itself to read from."""

    def __init__(self):
        self.data = {"nbd": {}}

    def __getitem__(self, name):
        return self.data[name]


def attached(module, tables: dict) -> list[str]:
    ugrd = Ugrd()
    for name, table in tables.items():
        module._process_nbd_multi(ugrd, name, dict(table))
    return module.nbd_attach(ugrd)


def test_portage_installs_what_is_shipped(files):
    assert sorted(path.name for path in files.iterdir()) == ["nbd.py", "nbd.toml"]
    for path in files.iterdir():
        assert path.read_bytes() == (OVERLAY / "sys-kernel/ugrd-nbd/files" / path.name).read_bytes()


def test_what_init_runs(module):
    assert attached(module, TABLES) == [
        "einfo 'Attaching nbd volume: rootfs'",
        "retry 10 2 nbd-client -N rootfs 127.0.0.1 10809 /dev/nbd0 -persist -systemd-mark"
        " || rd_fail 'nbd volume rootfs is not attached'",
        "einfo 'Attaching nbd volume: swap'",
        "if retry 3 1 nbd-client -N 'swap space' 127.0.0.1 10810 /dev/nbd1 -swap; then",
        "    swapon /dev/nbd1 || ewarn 'nbd volume swap': no swap",
        "else",
        "    ewarn 'nbd volume swap': not attached",
        "fi",
    ]


def test_the_module_is_registered(files, module):
    said = tomllib.loads((files / "nbd.toml").read_text())
    assert module._module_name == "net.nbd"
    for functions in said.pop("imports").values():
        assert all(callable(getattr(module, name)) for name in functions["net.nbd"])
    assert said.pop("import_order") == {"before": {"nbd_attach": "mount_fstab"}}
    assert said.pop("custom_parameters") == {"nbd": "dict"}
    # What is left is configuration that ugrd itself has.
    assert said.keys() <= parameters().keys() and said["binaries"] == ["nbd-client", "swapon"]


MISTAKES = [
    ({"host": "a"}, "without dev"),
    ({"dev": 0}, "without host"),
    ({"host": "a", "dev": 0, "hots": "b"}, "Invalid nbd parameter: hots"),
    ({"host": "a", "dev": "0"}, "dev is no int"),
    ({"host": "a", "dev": True}, "dev is no int"),
    ({"host": "a", "dev": -1}, "dev is not from 0"),
    ({"host": "a", "dev": 0, "port": 65536}, "port is not from 1 to 65535"),
    ({"host": "a", "dev": 0, "swap": "yes"}, "swap is no bool"),
    ({"host": "-x", "dev": 0}, "host is neither"),
    ({"host": "a; reboot", "dev": 0}, "host is neither"),
    ({"host": "a", "dev": 0, "export": ""}, "export is no name"),
    ({"host": "a", "dev": 0, "export": "a\nb"}, "export is no name"),
    ("a", "is no table"),
]


@pytest.mark.parametrize("table,said", MISTAKES, ids=[said for _, said in MISTAKES])
def test_a_mistake_is_refused(table, said, module):
    with pytest.raises(ValueError, match=said):
        module._process_nbd_multi(Ugrd(), "x", table)


def test_two_volumes_are_two_devices(module):
    with pytest.raises(ValueError, match=r"\[nbd.b\] /dev/nbd0 is that of \[nbd.a\]"):
        attached(module, {"a": {"host": "h", "dev": 0}, "b": {"host": "h", "dev": 0}})
    # The same table once more, as a later file has it, is a change of it.
    ugrd = Ugrd()
    for host in ("one", "two"):
        module._process_nbd_multi(ugrd, "a", {"host": host, "dev": 0})
    assert ugrd["nbd"]["a"]["host"] == "two"


# What ugrd's init has, as far as the lines call it; what happened is written down.
FUNCTIONS = """
einfo() { :; }
ewarn() { echo "ewarn $*" >>"$LOG"; }
rd_fail() { echo "rd_fail $*" >>"$LOG"; exit 9; }
retry() { n=$1; shift 2; i=0; while [ $i -lt $n ]; do "$@" && return 0; i=$((i + 1)); done; return 1; }
swapon() { echo "swapon $*" >>"$LOG"; }
"""


def init(lines: list[str], folder: Path, client: str) -> tuple[int, str]:
    """The lines as POSIX shell runs them, with a client of our own; what was written down."""
    log, program = folder / "log", folder / "bin/nbd-client"
    log.write_text("")
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{client}\n")
    program.chmod(0o755)
    script = "\n".join([FUNCTIONS, *lines, ""])
    subprocess.run(["sh", "-n"], input=script, text=True, check=True)
    env = os.environ | {"LOG": str(log), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-s"], input=script, text=True, env=env, timeout=60)
    return done.returncode, log.read_text()


def test_shell_takes_names_as_they_are(module, tmp_path):
    """Whatever a name or an export is called, the client gets it as one word."""
    strange = "a'b $(reboot) `x` \"y\" ; z"
    lines = attached(module, {strange: {"host": "::1", "dev": 3, "export": strange}})
    said = init(lines, tmp_path, """printf '<%s>' "$@" >>"$LOG\"""")
    assert said == (0, f"<-N><{strange}><::1><10809></dev/nbd3>")


def test_what_a_dead_server_means(module, tmp_path):
    dead = 'echo asked >>"$LOG"; exit 1'
    said = init(attached(module, {"swap": TABLES["swap"]}), tmp_path, dead)
    assert said == (0, "asked\n" * 3 + "ewarn nbd volume swap: not attached\n")
    said = init(attached(module, {"rootfs": TABLES["rootfs"]}), tmp_path, dead)
    assert said == (9, "asked\n" * 10 + "rd_fail nbd volume rootfs is not attached\n")


@pytest.fixture
def server(tmp_path):
    """Real servers for both tables; each has exports of its own size."""
    started = []
    for name, port, size in (("rootfs", 10809, 1 << 20), ("swap space", 10810, 2 << 20)):
        disk = tmp_path / f"{port}.img"
        disk.write_bytes(bytes(size))
        config = tmp_path / f"{port}.conf"
        config.write_text(f"[generic]\nport = {port}\nallowlist = true\n[{name}]\nexportname = {disk}\n")
        started.append((config, tmp_path / f"{port}.pid"))
    return " ".join(f"nbd-server -C {config} -p {pid};" for config, pid in started)


def alone(script: str, **more) -> subprocess.CompletedProcess:
    """A shell in a network of its own."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    words = ["unshare", *user, "--net", "--pid", "--fork", "--kill-child", "sh", "-c", f"ip link set lo up; {script}"]
    return subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, **more)


def test_it_attaches_to_a_real_server(module, server, tmp_path):
    """Where the kernel has the devices they have the exports' sizes in the end. Elsewhere the client, after it has agreed
    with the server on the export, is told by the kernel that there is no such device."""
    log = tmp_path / "log"
    log.write_text("")
    quick = {name: table | {"retries": 1} for name, table in TABLES.items()}
    (tmp_path / "init").write_text("\n".join([FUNCTIONS, *attached(module, quick), ""]))
    devices = all(Path(f"/dev/nbd{table['dev']}").is_block_device() for table in TABLES.values())
    if not devices:
        # Both are asked for, whatever becomes of the first.
        with (tmp_path / "init").open("r+") as file:
            text = file.read().replace("exit 9", ":")
            file.seek(0)
            file.write(text)
    script = f'{server} sleep 1; sh "{tmp_path}/init"'
    if devices:
        script += "; blockdev --getsize64 /dev/nbd0 /dev/nbd1; nbd-client -d /dev/nbd0; nbd-client -d /dev/nbd1"
    start = time.monotonic()
    done = alone(script, env=os.environ | {"LOG": str(log)})
    assert time.monotonic() - start < 30
    said = done.stdout + done.stderr
    if devices:
        assert f"{1 << 20}\n{2 << 20}\n" in done.stdout and log.read_text() == "swapon /dev/nbd1\n", said
    else:
        assert "size = 1MB" in said and "size = 2MB" in said, said
        assert log.read_text() == "rd_fail nbd volume rootfs is not attached\newarn nbd volume swap: not attached\n"
    assert "invalid option" not in said and "Usage" not in said


def test_a_server_without_the_export_is_noticed(module, server, tmp_path):
    table = TABLES["rootfs"] | {"export": "nothing", "retries": 1}
    (tmp_path / "init").write_text("\n".join([FUNCTIONS, *attached(module, {"x": table}), ""]))
    log = tmp_path / "log"
    done = alone(f'{server} sleep 1; sh "{tmp_path}/init"', env=os.environ | {"LOG": str(log)})
    assert "size =" not in done.stdout + done.stderr
    assert done.returncode == 9 and log.read_text() == "rd_fail nbd volume x is not attached\n"
