"""dracut really builds the initramfs of the musl presets, from the rendered files alone."""

import shutil
import subprocess
from pathlib import Path

import pytest

from consumers import Broken

# Preset: its file, and what has to be in the image.
IMAGES = {
    "i486-musl-openrc": ("10-nbd.conf", ["nbd-client", "nbdroot", "dhclient", "arping", "01-default.conf"]),
    "i486-musl-iscsi": ("10-iscsi.conf", ["sbin/iscsiadm", "sbin/iscsid", "iscsiroot", "dhclient", "arping", "01-default.conf"]),
}
NOT_THERE = ("systemd", "lvm", "plymouth", "crypt")


def build(folder: Path, image: Path, *words: str) -> tuple[list[str], str]:
    """The modules and files of the image that dracut makes, and what it says; without kernel modules, which are the board's."""
    arguments = ["--conf", "/dev/null", "--confdir", folder, "--force", "--kver", "6.6.0", "--show-modules", *words, image]
    done = subprocess.run(["dracut", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode or "WARNING: <key>+=" in done.stderr or "cannot be found" in done.stderr:
        raise Broken(done.stderr)
    if "--list-modules" in words:
        return done.stdout.split(), ""
    listing = subprocess.run(["lsinitrd", image], capture_output=True, text=True, check=True).stdout
    return done.stdout.split(), listing


@pytest.fixture(scope="module")
def images(preset_tree, tmp_path_factory):
    built = {}

    def get(name):
        if name not in built:
            scratch = tmp_path_factory.mktemp("dracut")
            words = ["--no-kernel"] if name == "i486-musl-iscsi" else []
            image = scratch / "initramfs.img"
            built[name] = image, *build(preset_tree(name) / "etc/dracut.conf.d", image, *words)
        return built[name]

    return get


@pytest.mark.parametrize("name", IMAGES)
def test_the_image_has_what_the_board_needs(name, images):
    image, modules, listing = images(name)
    for wanted in IMAGES[name][1]:
        assert wanted in listing, wanted
    assert {"base", "network-legacy"} <= set(modules)
    assert not [module for module in modules if module.startswith(NOT_THERE)]
    assert image.stat().st_size < 16_000_000


@pytest.mark.parametrize("name", IMAGES)
def test_the_command_line_is_inside(name, images, preset_tree):
    image, *_ = images(name)
    words = ["lsinitrd", "-f", "etc/cmdline.d/01-default.conf", image]
    inside = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    grub = (preset_tree(name) / "etc/default/grub").read_text()
    assert inside and f'GRUB_CMDLINE_LINUX="{inside}"' in grub


def changed(folder: Path, scratch: Path, before: str, after: str) -> Path:
    """A copy of the musl board's configuration with other words in it."""
    copy = shutil.copytree(folder / "etc/dracut.conf.d", scratch / "conf")
    file = copy / "10-nbd.conf"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after, 1))
    return copy


def test_joined_words_are_refused(preset_tree, tmp_path):
    folder = changed(preset_tree("i486-musl-openrc"), tmp_path, '+=" base network-legacy nbd "', '+="base network-legacy nbd"')
    with pytest.raises(Broken):
        build(folder, tmp_path / "image", "--list-modules")


def test_a_module_that_is_not_there_is_refused(preset_tree, tmp_path):
    folder = changed(preset_tree("i486-musl-openrc"), tmp_path, " nbd ", " nbd no-such ")
    with pytest.raises(Broken):
        build(folder, tmp_path / "image")


def test_without_modules_dracut_has_to_be_told(preset_tree, tmp_path):
    folder = changed(preset_tree("i486-musl-openrc"), tmp_path, 'no_kernel="yes"\n', "")
    with pytest.raises(Broken, match="module directory"):
        build(folder, tmp_path / "image")
