"""Debian's packages, unpacked below target/ and not installed."""

import os
import shutil
import subprocess
from pathlib import Path

from alone import alone

REPOSITORY = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "tools/debian"


def debian(name: str, *more: str, architecture: str | None = None) -> Path:
    """The files of a package and of those that it does not do without, in one folder: made once, whole or not at all."""
    out = FOLDER / f"{name}-{architecture or 'native'}"
    with alone(out):
        if not out.is_dir():
            _unpack([name, *more], out, architecture)
    return out


def _unpack(packages: list[str], out: Path, architecture: str | None) -> None:
    # apt's own user cannot enter every folder.
    apt = ["apt-get", "-q", "-o", "APT::Sandbox::User=root"]
    scratch = out.with_name(f"{out.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "debs").mkdir(parents=True)
    if architecture:
        # Lists of their own: this machine does not get another architecture.
        lists, cache = FOLDER / f"apt-{architecture}/lists", FOLDER / f"apt-{architecture}/cache"
        for folder in (lists / "partial", cache / "archives/partial"):
            folder.mkdir(parents=True, exist_ok=True)
        for option in (f"APT::Architecture={architecture}", f"APT::Architectures={architecture}"):
            apt += ["-o", option]
        apt += ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={cache}", "-o", "Dir::State::status=/dev/null"]
        apt += ["-o", "Acquire::Languages=none"]
        # A mirror may be between two states: whether the packages are to be had is what counts.
        subprocess.run([*apt, "-o", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false", "update"], stdin=subprocess.DEVNULL)
    subprocess.run([*apt, "download", *packages], check=True, stdin=subprocess.DEVNULL, cwd=scratch / "debs")
    for package in sorted((scratch / "debs").iterdir()):
        subprocess.run(["dpkg", "-x", package, scratch / "files"], check=True)
    (scratch / "files").rename(out)
    shutil.rmtree(scratch)
