"""The kernel fragments of the boards, laid over an empty configuration by the kernel's own merge_config.sh."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from consumers import Broken, kernel_config

SOURCE = Path("/usr/src/linux-source-6.1.tar.xz")
FRAGMENT = "usr/src/kernel-486.config"
NAMES = ["i486-musl-openrc", "i486-musl-iscsi", "i486-glibc-systemd"]
# All that kconfig reads, and nothing that is compiled into a kernel.
PARTS = ["*/Kconfig*", "*/scripts/*", "linux-source-*/Makefile", "*/arch/x86/Makefile*", "linux-source-*/Kbuild"]


@pytest.fixture(scope="module")
def linux(tmp_path_factory):
    """Debian's sources of Linux, as far as a configuration needs them."""
    folder = tmp_path_factory.mktemp("linux")
    words = ["tar", "-xf", SOURCE, "-C", folder, "--strip-components=1", "--wildcards", *PARTS]
    subprocess.run(words, check=True)
    return folder


def merged(linux: Path, fragment: Path, out: Path) -> dict[str, str]:
    """The configuration that merge_config.sh makes; a symbol that does not get its value is a refusal."""
    out.mkdir()
    words = ["scripts/kconfig/merge_config.sh", "-n", "-O", out, fragment]
    env = os.environ | {"ARCH": "i386"}
    done = subprocess.run(words, cwd=linux, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    said = done.stdout + done.stderr
    # It exits with 0 all the same.
    if done.returncode or "Value requested" in said or "warning: " in said:
        raise Broken(said)
    return kernel_config(out / ".config")


@pytest.fixture(scope="module")
def config(linux, preset_tree, tmp_path_factory):
    made = {}

    def get(name):
        if name not in made:
            made[name] = merged(linux, preset_tree(name) / FRAGMENT, tmp_path_factory.mktemp("kernel") / "out")
        return made[name]

    return get


@pytest.mark.parametrize("name", NAMES)
def test_each_symbol_gets_its_value(name, config, preset_tree):
    found = config(name)
    for symbol, value in kernel_config(preset_tree(name) / FRAGMENT).items():
        assert found.get(symbol, "n") == value, symbol


@pytest.mark.parametrize("name", NAMES)
def test_the_kernel_can_start_the_board(name, config):
    found = config(name)
    on = {symbol for symbol, value in found.items() if value == "y"}
    assert {"CONFIG_X86_32", "CONFIG_MELAN", "CONFIG_NATSEMI", "CONFIG_EXT4_FS", "CONFIG_PACKET", "CONFIG_SERIAL_8250_CONSOLE"} <= on
    assert "CONFIG_SMP" not in on and "CONFIG_64BIT" not in on
    assert ("CONFIG_BLK_DEV_NBD" in on) == (name != "i486-musl-iscsi")
    assert ("CONFIG_RD_XZ" in on) == (name != "i486-glibc-systemd"), "ugrd's image is not compressed, dracut's is"


@pytest.mark.parametrize(
    "before,after",
    [("CONFIG_NATSEMI=y", "CONFIG_NATSEMY=y"), ("CONFIG_PCI=y", "# CONFIG_PCI is not set")],
)
def test_a_broken_fragment_is_refused(before, after, linux, preset_tree, tmp_path):
    text = (preset_tree("i486-glibc-systemd") / FRAGMENT).read_text()
    assert re.search(f"(?m)^{before}$", text)
    fragment = tmp_path / "fragment"
    fragment.write_text(text.replace(before, after, 1))
    with pytest.raises(Broken):
        merged(linux, fragment, tmp_path / "out")
