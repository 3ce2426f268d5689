"""A step that is really run: below a folder in place of /, STAND, with stand-ins for the programs that would change the machine."""

import os
import re
import subprocess
from pathlib import Path

import command

# Says that it was called, then does what it is given to do.
STAND_IN = '#!/bin/sh\necho "${{0##*/}} $*" >>"$CALLS"\n{}\n'
# The real command, which asks nothing.
APPLY = f'exec {command.COMMAND} "$@" --yes'
PATHS = re.compile(r"(?<![\w:./}])/(?=(?:boot|etc|flash|mnt|srv|usr|var)\b)|(?<=--root )/(?=\s)")


class Acted:
    """A machine of one folder; what was called is kept."""

    def __init__(self, root: Path, scratch: Path, **programs: str):
        self.root, self.bin, self.calls_file = root, scratch / "bin", scratch / "calls"
        self.bin.mkdir(parents=True)
        root.mkdir(parents=True, exist_ok=True)
        for name, does in programs.items():
            file = self.bin / name.replace("_", "-").replace("-dot-", ".")
            file.write_text(STAND_IN.format(does))
            file.chmod(0o755)

    def run(self, step: str, **env) -> subprocess.CompletedProcess:
        """Runs the commands, each of which has to succeed."""
        self.calls_file.write_text("")
        text = PATHS.sub(f"{self.root}/", step)
        env = {"PATH": f"{self.bin}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "CALLS": self.calls_file, "STAND": self.root, **env}
        env = {name: str(value) for name, value in env.items()}
        words = ["sh", "-euc", text]
        return subprocess.run(words, env=env, cwd=self.root, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    @property
    def calls(self) -> list[str]:
        """The calls of the stand-ins, without the folder."""
        return [line.replace(str(self.root), "").rstrip() for line in self.calls_file.read_text().splitlines()]

    def text(self, path: str) -> str:
        return (self.root / path).read_text()

    def write(self, path: str, text: str, mode=0o644) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.chmod(file, mode)
        return file
