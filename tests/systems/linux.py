"""The kernel that the rendered script builds of Debian's sources, built once for a fragment and kept."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import boot
from alone import alone

# What no kernel for a PC compiles, and most of the unpacking: sources and headers, never a Kconfig or Makefile.
LEFT_OUT = [f"*/{folder}/*.[chS]" for folder in "drivers/gpu drivers/net drivers/media drivers/infiniband sound".split()]
LEFT_OUT += [f"*/arch/{name}*/*.[chS]" for name in ("a", "c", "h", "i", "l", "m", "n", "o", "p", "r", "s")]
LEFT_OUT += ["*/Documentation/*/*", "*.dts", "*.dtsi", "*/tools/testing/*", "*/tools/perf/*"]


def tarball() -> Path:
    """Debian's sources of Linux."""
    found = sorted(Path("/usr/src").glob("linux-source-*.tar.xz"))
    assert found, "linux-source is missing"
    return found[-1]


# Where the sources lie while the tests run.
SCRATCH = []


def source() -> Path:
    """The sources, unpacked when they are first asked for."""
    if not SCRATCH:
        SCRATCH.append(tempfile.TemporaryDirectory(prefix="linux-"))
        left_out = [f"--exclude={pattern}" for pattern in LEFT_OUT]
        subprocess.run(["tar", "-xf", tarball(), "-C", SCRATCH[0].name, *left_out], check=True)
    return next(Path(SCRATCH[0].name).glob("linux-source-*"))


def build(script: Path, fragment: Path, goal="bzImage") -> Path:
    """What the script makes of the fragment: the configuration, gen_init_cpio and, if that is the goal, bzImage, in a folder that is kept."""
    package = subprocess.run(["dpkg", "-S", tarball()], capture_output=True, text=True, check=True).stdout.split(":")[0]
    version = subprocess.run(["dpkg-query", "-W", package], capture_output=True, text=True, check=True).stdout
    key = hashlib.sha256(b"\0".join([script.read_bytes(), fragment.read_bytes(), version.encode(), goal.encode()]))
    kept = boot.CACHE / f"linux-{key.hexdigest()[:16]}"
    with alone(kept):
        if not kept.is_dir():
            _build(script, fragment, goal, kept)
    return kept


def _build(script: Path, fragment: Path, goal: str, kept: Path) -> None:
    tree = source()
    out = tree.with_name(f"out-{kept.name}")
    env = os.environ | {
        "SOURCE": str(tree),
        "FRAGMENT": str(fragment),
        "OUT": str(out),
        "JOBS": str(os.cpu_count()),
        "GOAL": goal,
        # the same bytes for the same sources
        "KBUILD_BUILD_TIMESTAMP": "2026-01-01",
        "KBUILD_BUILD_USER": "builder",
        "KBUILD_BUILD_HOST": "example.org",
    }
    done = subprocess.run(["sh", script], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        shutil.rmtree(out, ignore_errors=True)
        raise boot.Broken(done.stdout + done.stderr)
    scratch = kept.with_suffix(".part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    shutil.copy(out / ".config", scratch / "config")
    subprocess.run(["cc", "-O", "-o", scratch / "gen_init_cpio", tree / "usr/gen_init_cpio.c"], check=True)
    if goal == "bzImage":
        shutil.copy(out / "arch/x86/boot/bzImage", scratch)
    shutil.rmtree(out)
    scratch.rename(kept)
