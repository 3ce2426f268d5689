"""The disks over the network: what ugrd's module runs, held against the real nbd-client and the real nbd-server."""

import importlib.util
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import netboot
from command import REPOSITORY
from consumers import Broken, nbdtab


FILES = "sys-kernel/ugrd-nbd/files"


def module(tree: Path):
    """The module of the repository that comes with the tree, as ugrd imports it."""
    file = tree / "var/db/repos/portage-config" / FILES / "nbd.py"
    spec = importlib.util.spec_from_file_location("net_nbd", file)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class Ugrd:
    """What ugrd hands to a module: `data` to write to, and itself to read from."""

    def __init__(self):
        self.data = {"nbd": {}}

    def __getitem__(self, name):
        return self.data[name]


def attached(tree: Path) -> list[str]:
    """The lines that the module puts into the image's init."""
    loaded, ugrd = module(tree), Ugrd()
    for name, config in tomllib.loads((tree / "etc/ugrd/config.toml").read_text())["nbd"].items():
        loaded._process_nbd_multi(ugrd, name, config)
    return loaded.nbd_attach(ugrd)


@pytest.fixture(scope="module")
def tree(preset_tree):
    return preset_tree("i486-glibc-systemd")


def clients(tree: Path) -> list[list[str]]:
    """The words after each `nbd-client`."""
    found = [re.search(r"nbd-client ([^;|]+)", line) for line in attached(tree)]
    return [match[1].split() for match in found if match]


def test_what_init_runs(tree):
    assert clients(tree) == [
        ["-N", "rootfs", "192.0.2.10", "10809", "/dev/nbd0", "-persist", "-systemd-mark"],
        ["-N", "swap", "192.0.2.10", "10809", "/dev/nbd1", "-swap", "-persist", "-systemd-mark"],
    ]
    assert any(line.strip().startswith("swapon /dev/nbd1 ") for line in attached(tree))
    script = "\n".join(attached(tree))
    subprocess.run(["sh", "-n"], input=script, text=True, check=True)


def test_the_module_is_registered(tree):
    said = tomllib.loads((REPOSITORY / "overlay" / FILES / "nbd.toml").read_text())
    loaded = module(tree)
    for functions in said["imports"].values():
        for name in functions["net.nbd"]:
            assert callable(getattr(loaded, name))
    assert said["import_order"]["before"] == {"nbd_attach": "mount_fstab"}
    assert {"nbd-client", "swapon"} <= set(said["binaries"]) and set(said["custom_parameters"]) == {"nbd"}
    assert "net.nbd" in tomllib.loads((tree / "etc/ugrd/config.toml").read_text())["modules"]


@pytest.mark.parametrize("config", [{"host": "a"}, {"dev": 0}, {"host": "a", "dev": 0, "hots": "b"}])
def test_the_module_refuses_a_broken_table(config, tree):
    with pytest.raises(ValueError):
        module(tree)._process_nbd_multi(Ugrd(), "x", config)


def client(words: list[str]) -> subprocess.CompletedProcess:
    """nbd-client in a network of its own, where the server's address is this machine's and nobody listens."""
    script = 'ip link set lo up; ip address add 192.0.2.10 dev lo; exec "$@"'
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", *user, "--net", "sh", "-c", script, "sh", *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30)


@pytest.mark.parametrize("number", [0, 1])
def test_the_real_client_takes_the_options(number, tree):
    done = client(["nbd-client", *clients(tree)[number]])
    assert "onnection refused" in done.stderr or "cannot connect" in done.stderr.lower(), done.stderr
    assert "invalid option" not in done.stderr and "Usage" not in done.stdout + done.stderr


def test_the_real_client_refuses_others(tree):
    done = client(["nbd-client", *clients(tree)[0], "-persists"])
    assert done.returncode and "invalid option" in done.stderr


def test_the_server_has_the_exports(tree, preset_tree):
    found = netboot.nbd_server(preset_tree("i486-servers") / "nbd-host/etc/nbd-server/config")
    asked = [(words[1], words[3]) for words in clients(tree)]
    assert asked == [("rootfs", "10809"), ("swap", "10809")] and found["port"] == 10809
    for name, _port in asked:
        assert found[name]["listed"] == ["rootfs", "swap"] and found[name]["size"] > 0
    # NBD_FLAG_SEND_FLUSH and NBD_FLAG_SEND_FUA: what is written stays, where it matters.
    assert found["rootfs"]["flags"] & 12 == 12 and found["swap"]["flags"] & 12 == 0


def test_the_table_names_the_exports(tree, preset_tree):
    assert nbdtab(tree / "etc/nbdtab") == {"nbd0": "rootfs", "nbd1": "swap", "nbd2": "not in the table"}
    musl = nbdtab(preset_tree("i486-musl-openrc") / "etc/nbdtab")
    assert musl == {"nbd0": "not in the table", "nbd1": "swap", "nbd2": "not in the table"}


@pytest.mark.parametrize("before,after", [("exportname =", "exprotname ="), ("[rootfs]", "[rootfs")])
def test_a_broken_server_is_noticed(before, after, preset_tree, tmp_path):
    file = tmp_path / "config"
    text = (preset_tree("i486-servers") / "nbd-host/etc/nbd-server/config").read_text()
    file.write_text(text.replace(before, after, 1))
    with pytest.raises(Broken):
        netboot.nbd_server(file)


def test_the_shell_is_a_variant(preset_tree):
    config = tomllib.loads((preset_tree("i486-glibc-systemd", ["debug-shell"]) / "etc/ugrd/config.toml").read_text())
    assert config["modules"] == ["ugrd.fs.fakeudev", "ugrd.base.debug"] and "nbd" not in config
    assert config["binaries"] == ["nbd-client", "swapon"] and config["dependencies"] == ["/etc/nbdtab"]


def test_swap_is_switched_on_by_openrc(preset_tree):
    tree = preset_tree("i486-musl-openrc")
    start = tree / "etc/local.d/nbd-swap.start"
    assert start.stat().st_mode & 0o111
    assert netboot.script(start) == [True, "nbd-client nbd1", "swapon /dev/nbd1"]
    assert netboot.script(tree / "etc/conf.d/killprocs")[-1] == "killall5_opts='-o 12,34'"
