"""Runs the command `portage-config`, and renders specs with it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
COMMAND = Path(os.environ.get("PORTAGE_CONFIG_COMMAND", REPOSITORY / "target/debug/portage-config"))
PRESET = "i486-glibc-systemd"


@dataclass
class Done:
    """How a run ended."""

    status: int
    stdout: bytes
    stderr: str


def run(*args, env=None, cwd=None, prefix=(), timeout=60, **popen) -> Done:
    """One run. Whatever it is given, it neither panics nor hangs nor is killed."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", **(env or {})}
    process = subprocess.run(
        [*prefix, COMMAND, *map(str, args)],
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        **popen,
    )
    done = Done(process.returncode, process.stdout, process.stderr.decode(errors="replace"))
    for word in ("panicked", "RUST_BACKTRACE", "internal error"):
        assert word not in done.stderr and word.encode() not in done.stdout, f"{args}: {done.stderr}"
    assert done.status in (0, 1, 2), f"{args}: exit status {done.status}: {done.stderr}"
    return done


def new(preset: str, spec: Path, *args) -> Path:
    """Writes the preset with its documentation values to `spec`."""
    done = run("new", preset, "--example", "-o", spec, *args)
    assert done.status == 0, done.stderr
    return spec


def render(spec: Path | str, out: Path, *args, **popen) -> Path:
    """Renders a spec that is known to be good."""
    done = run("render", spec, "--out", out, *args, **popen)
    assert done.status == 0, done.stderr
    return out


def listing(tree: Path) -> dict[str, tuple]:
    """All of a tree: for each path what it is, its mode and its content or target."""
    found = {}
    for path in sorted(tree.rglob("*")):
        mode = oct(path.lstat().st_mode & 0o7777)
        if path.is_symlink():
            entry = ("link", os.readlink(path))
        elif path.is_dir():
            entry = ("folder", mode)
        else:
            entry = ("file", mode, path.read_bytes())
        found[str(path.relative_to(tree))] = entry
    return found
