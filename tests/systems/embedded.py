"""The two systems that live in an initramfs, rendered, and the parts that stand in for what Gentoo would build."""

import os
import shutil
import subprocess
from pathlib import Path

import boot  # noqa: F401  its folder of helpers
import command

# The password whose hash is the example of the preset.
PASSWORD = "Hello world!"

# Debian has no OpenRC of which a static busybox would do: what starts the services is named, and the hostname is set.
OPENRC = """#!/bin/sh
for link in /etc/runlevels/$1/*; do
	echo "$1 ${link##*/}" >>/run/openrc
	echo "openrc: $1 ${link##*/}" >/dev/ttyS0
done
[ "$1" != boot ] || { . /etc/conf.d/hostname; hostname "$hostname"; }
"""


def render(preset: str, folder: Path, *args) -> Path:
    """The tree of a preset, with its documentation values."""
    spec = command.new(preset, folder / f"{preset}.toml")
    return command.render(spec, folder / preset, *args)


def links(root: Path) -> None:
    """A link for each applet of busybox, as make-symlinks has it."""
    names = subprocess.run(["busybox", "--list-full"], capture_output=True, text=True, check=True).stdout.split()
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() and not path.is_symlink():
            path.symlink_to("/bin/busybox")


def target(tree: Path, busybox: Path) -> Path:
    """The rendered target root with busybox, as `emerge @tiny` would fill it."""
    root = tree / "target"
    (root / "bin").mkdir()
    shutil.copy(busybox, root / "bin/busybox")
    links(root)
    (root / "sbin/openrc").write_text(OPENRC)
    (root / "sbin/openrc").chmod(0o755)
    # what an emerge leaves behind and the image must not have
    for name, text in {
        "var/db/pkg/sys-apps/busybox-1.36.1/CONTENTS": "obj /bin/busybox",
        "usr/include/stdio.h": "int",
        "usr/lib/libcrypt.a": "!<arch>",
        "etc/._cfg0000_mdev.conf": "# the package's own",
        "usr/share/doc/busybox/README": "read me",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def image(tree: Path, kernel: Path, out: Path, **env) -> subprocess.CompletedProcess:
    """Runs the rendered tiny-image on that tree."""
    places = {"TARGET": tree / "target", "ISO": tree / "iso", "KERNEL": kernel, "OUT": out}
    env = os.environ | {name: str(value) for name, value in (places | env).items()}
    script = tree / "usr/local/sbin/tiny-image"
    return subprocess.run([script], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def sizes(printed: str) -> dict[str, int]:
    """What tiny-image prints: bytes by name."""
    return {name: int(size) for name, size in (line.split() for line in printed.splitlines())}
