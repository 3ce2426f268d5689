"""The machines that start the boards: the real dnsmasq, and what its files name."""

import re

import pytest

import netboot
import services
import command
from consumers import Broken

LABELS = {"musl-nbd": "i486-musl-openrc", "musl-iscsi": "i486-musl-iscsi", "glibc-nbd": "i486-glibc-systemd"}


@pytest.fixture(scope="module")
def tree(preset_tree):
    return preset_tree("i486-servers") / "pxe-host"


def grub(tree):
    """The kernel's command line, as the board's own GRUB has it."""
    return re.search(r'(?m)^GRUB_CMDLINE_LINUX="(.*)"$', (tree / "etc/default/grub").read_text())[1]


def test_dnsmasq_takes_it(tree):
    assert "dhcp-boot=tag:!ipxe,pxelinux.0" in services.dnsmasq(tree / "etc/dnsmasq.d/pxe.conf")


def test_pxelinux_starts_each_board_as_its_grub_does(tree, preset_tree):
    found = netboot.pxelinux(tree / "srv/tftp/pxelinux.cfg/default")
    assert set(found["labels"]) == {*LABELS, "card"} and found["DEFAULT"] == "musl-nbd"
    for label, preset in LABELS.items():
        said = found["labels"][label]
        assert said["APPEND"] == grub(preset_tree(preset))
        assert said["KERNEL"] == f"{label}/bzImage" and said["INITRD"] == f"{label}/initramfs.img"


def test_ipxe_starts_the_same(tree):
    labels = netboot.pxelinux(tree / "srv/tftp/pxelinux.cfg/default")["labels"]
    lines = netboot.ipxe(tree / "srv/tftp/boot.ipxe")
    for label in LABELS:
        kernel = next(line for line in lines if line.startswith(f"kernel ${{files}}/{label}/"))
        assert kernel.split(maxsplit=3)[2:] == ["initrd=initramfs.img", labels[label]["APPEND"]]
        assert f"initrd ${{files}}/{label}/initramfs.img" in lines
    assert lines[1] == "set files tftp://192.0.2.2"


@pytest.mark.parametrize(
    "consumer,path,before,after",
    [
        (services.dnsmasq, "etc/dnsmasq.d/pxe.conf", "enable-tftp", "enable-ftp"),
        (services.dnsmasq, "etc/dnsmasq.d/pxe.conf", "12h", "12h,x,y,z"),
        (netboot.pxelinux, "srv/tftp/pxelinux.cfg/default", "DEFAULT musl-nbd", "DEFAULT gentoo"),
        (netboot.pxelinux, "srv/tftp/pxelinux.cfg/default", "  APPEND", "  APEND"),
        (netboot.ipxe, "srv/tftp/boot.ipxe", "#!ipxe", "#ipxe"),
        (netboot.ipxe, "srv/tftp/boot.ipxe", "item card", "item crad"),
        (netboot.ipxe, "srv/tftp/boot.ipxe", "sanboot", "sanbot"),
    ],
)
def test_a_broken_file_is_refused(consumer, path, before, after, tree, tmp_path):
    text = (tree / path).read_text()
    assert before in text
    file = tmp_path / "file"
    file.write_text(text.replace(before, after, 1))
    with pytest.raises(Broken):
        consumer(file)


def test_one_table_of_parameters_serves_boards_and_servers(tmp_path):
    """What a site says of its network, laid over a board's preset and over that of its servers."""
    (tmp_path / "network.toml").write_text('spec = 1\n[param]\nnbd-host = "198.51.100.7"\nnbd-port = 9997\nconsole-speed = 9600\n')
    said = []
    for name, file in (("i486-musl-openrc", "etc/default/grub"), ("i486-servers", "pxe-host/srv/tftp/pxelinux.cfg/default")):
        base = command.new(name, tmp_path / f"{name}.toml")
        spec = tmp_path / f"my-{name}.toml"
        spec.write_text(f'spec = 1\nextends = ["{base.name}", "network.toml"]\n')
        tree = command.render(spec, tmp_path / f"{name}.tree")
        said.append(re.search(r"root=nbd:[^\n\"]*", (tree / file).read_text())[0])
    assert said[0] == said[1] and said[0].startswith("root=nbd:198.51.100.7:9997/rootfs") and said[0].endswith("ttyS0,9600n8")
