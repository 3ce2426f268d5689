"""Starts machines in QEMU and talks to them over their serial line."""

import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

from packages import debian  # noqa: E402, F401

REPOSITORY = Path(__file__).parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
CACHE = TARGET / "systems"
LOGS = TARGET / "test-logs"


class Broken(Exception):
    """The machine did not do what it should."""


class Machine:
    """A machine without a screen and a network. Its output is kept whole, for the judge and for the message."""

    def __init__(self, *args, bits=64, memory=128, never=()):
        self.process = subprocess.Popen(
            [
                "qemu-system-x86_64" if bits == 64 else "qemu-system-i386",
                # Emulated: /dev/kvm may be there and hang, where the host is itself a guest.
                *("-accel", "tcg", "-cpu", "max" if bits == 64 else "pentium3"),
                *("-m", str(memory), "-nodefaults", "-display", "none", "-serial", "stdio", "-net", "none", "-no-reboot"),
                *map(str, args),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.said = ""
        # What ends the waiting at once.
        self.never = never
        self.seen = 0
        self.start = time.monotonic()
        self.pieces = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def _read(self):
        while piece := os.read(self.process.stdout.fileno(), 4096):
            self.pieces.put(piece.decode(errors="replace"))
        self.pieces.put(None)

    def expect(self, *words: str, timeout=60) -> str:
        """Waits until the machine says one of the words, after what was waited for before; which one it was."""
        end = time.monotonic() + timeout
        while True:
            found = [(self.said.index(word, self.seen), word) for word in words if word in self.said[self.seen :]]
            if found:
                place, word = min(found)
                self.seen = place + len(word)
                return word
            for word in self.never:
                if word in self.said:
                    raise Broken(f"{word!r} without {words}:\n{self.said}")
            try:
                piece = self.pieces.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                raise Broken(f"{timeout} s without {words}:\n{self.said}") from None
            if piece is None:
                raise Broken(f"ended without {words}:\n{self.said}")
            self.said += piece

    def send(self, line: str) -> None:
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def run(self, command: str, prompt: str, timeout=30) -> str:
        """A command at the shell of the machine: what it prints before the next prompt."""
        self.send(command)
        self.expect(command, timeout=timeout)
        start = self.seen
        self.expect(prompt, timeout=timeout)
        return self.said[start : self.seen - len(prompt)].strip()

    def end(self, timeout=60) -> float:
        """Waits until the machine is off; how long it was on, in seconds."""
        end = time.monotonic() + timeout
        while True:
            try:
                piece = self.pieces.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                raise Broken(f"still on after {timeout} s:\n{self.said}") from None
            if piece is None:
                break
            self.said += piece
        status = self.process.wait()
        if status:
            raise Broken(f"QEMU: exit status {status}:\n{self.said}")
        return time.monotonic() - self.start


def depends(package: str, start: str) -> list[str]:
    """The packages that a package needs, of those whose names start so."""
    words = ["apt-cache", "depends", "--recurse", "--important", package]
    found = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted({line for line in found if line.startswith(start)})


def archive(tree: Path, out: Path) -> Path:
    """A compressed archive of a tree, as the kernel unpacks it."""
    names = subprocess.run(["find", ".", "-mindepth", "1", "-print0"], cwd=tree, capture_output=True, check=True).stdout
    words = ["cpio", "--null", "--create", "--format=newc", "--quiet", "--owner=0:0"]
    plain = subprocess.run(words, cwd=tree, input=names, capture_output=True, check=True).stdout
    packed = subprocess.run(["gzip", "-9n"], input=plain, capture_output=True, check=True).stdout
    out.write_bytes(packed)
    return out


def note(name: str, what: str, value) -> None:
    """A line of the table of sizes."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / "sizes.tsv"
    lines = path.read_text().splitlines() if path.exists() else []
    lines = [line for line in lines if not line.startswith(f"{name}\t{what}\t")]
    path.write_text("\n".join(sorted([*lines, f"{name}\t{what}\t{value}"])) + "\n")
