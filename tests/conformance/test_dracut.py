"""A rendered dracut configuration, read by the real dracut."""

import subprocess

import pytest

import command
from consumers import Broken, shell

SPEC = """
spec = 1

["/etc/dracut.conf.d/10-nbd.conf"]
# the root file system comes over the network
hostonly = "no"
add_dracutmodules = " nbd network-legacy "
kernel_cmdline = "root=nbd:192.0.2.10:9997:ext4 ip=dhcp"
"""


def dracut(folder):
    """Lets dracut source the folder; anything that it says of it, and not of this machine's /sys, is a refusal."""
    arguments = ["--conf", "/dev/null", "--confdir", folder, "--no-kernel", "--kver", "6.6.0", "--list-modules"]
    done = subprocess.run(["dracut", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    other = ("Executing:", ": /sys/module/")
    said = [line for line in done.stderr.splitlines() if line.strip() and not any(o in line for o in other)]
    if done.returncode or said:
        raise Broken("\n".join(said))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("dracut")
    spec = scratch / "spec.toml"
    spec.write_text(SPEC)
    return command.render(spec, scratch / "tree") / "etc/dracut.conf.d"


def test_dracut_reads_it_without_a_word(folder):
    dracut(folder)


def test_values_are_the_ones_of_the_spec(folder):
    assert shell(folder / "10-nbd.conf") == {
        "hostonly": "no",
        "add_dracutmodules": " nbd network-legacy ",
        "kernel_cmdline": "root=nbd:192.0.2.10:9997:ext4 ip=dhcp",
    }


@pytest.mark.parametrize("line", ['add_dracutmodules+="nbd"\n', 'kernel_cmdline="no end\n', "hostonly = no\n"])
def test_dracut_refuses_a_broken_file(line, folder, tmp_path):
    (tmp_path / "10-nbd.conf").write_text((folder / "10-nbd.conf").read_text() + line)
    with pytest.raises(Broken):
        dracut(tmp_path)
