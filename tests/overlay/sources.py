"""The distfiles of the overlay, as Debian's source packages have them: upstream's own files, under another name.

They come from lists of packages of their own, and stay in `target/overlay-sources`. The lists are signed by Debian.
"""

import csv
import fcntl
import os
import subprocess
from pathlib import Path

from command import REPOSITORY

FOLDER = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "overlay-sources"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
PUBLISHED = Path(__file__).with_name("distfiles.tsv")
# Of which release a distfile is taken, and which file of which source package it is there.
DEBIAN = {
    "klibc-2.0.14.tar.xz": ("trixie", "klibc", "klibc_2.0.14.orig.tar.xz"),
    "mingetty-1.08.tar.gz": ("bookworm", "mingetty", "mingetty_1.08.orig.tar.gz"),
    "musl-1.2.5.tar.gz": ("trixie", "musl", "musl_1.2.5.orig.tar.gz"),
}


def published() -> list[dict]:
    """Each hash that somebody has published for a distfile."""
    with PUBLISHED.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def distfile(name: str) -> Path:
    """The file, fetched once."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / name
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _fetch(*DEBIAN[name]).replace(file)
    return file


def _fetch(suite: str, package: str, file: str) -> Path:
    """One source package's upstream part, through a list of packages that the machine need not have."""
    apt = FOLDER / "apt" / suite
    for folder in ("lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    sources = apt / "sources.list"
    sources.write_text(f"deb-src [signed-by={KEYRING}] http://deb.debian.org/debian {suite} main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
    }
    words = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    for command in (["update"], ["source", "--download-only", "--tar-only", package]):
        done = subprocess.run([*words, *command], cwd=apt, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return apt / file
