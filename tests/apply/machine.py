"""A root between two specs: what it holds, and runs of the command on it that can be disturbed."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from command import COMMAND

STATE = "var/lib/portage-config"
PROFILES = "/var/db/repos/gentoo/profiles"

OLD = f"""spec = 1
[make.conf]
USE = "a"
["package.accept_keywords/sub/gone"]
"a/b" = "~x86"
["package.license"]
"a/b" = "*"
[file."make.profile"]
link = "{PROFILES}/default/linux/x86/23.0"
[file."/etc/secret"]
text = "word\\n"
mode = 0o600
[file."/etc/turn/x"]
text = "x\\n"
"""

NEW = f"""spec = 1
[make.conf]
USE = "a b"
CFLAGS = "-O2"
["package.use/a"]
"a/b" = "c"
["package.license"]
"a/b" = "*"
"a/c" = "*"
[file."make.profile"]
link = "{PROFILES}/default/linux/x86"
[file."/etc/secret"]
text = "word\\n"
mode = 0o640
[file."/etc/turn"]
text = "turn\\n"
[file."/etc/new/file"]
text = "new\\n"
"""


@dataclass
class Done:
    """How a run ended; a negative status is a signal."""

    status: int
    stdout: str
    stderr: str
    trace: list[str]

    def __str__(self):
        return f"exit status {self.status}\n{self.stdout}\n{self.stderr}"


def run(*args, strace=(), prefix=(), folder=None, timeout=60, **popen) -> Done:
    """A run of the command, under strace(1) where that gets arguments."""
    words = [COMMAND, *map(str, args)]
    trace = None
    if strace:
        trace = Path(folder) / f"trace-{os.getpid()}-{id(words)}"
        words = ["strace", "-f", "-qq", "-o", trace, *strace, *words]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    process = subprocess.run(
        [*prefix, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, **popen
    )
    lines = []
    if trace:
        lines = trace.read_text(errors="replace").splitlines()
        trace.unlink()
    done = Done(process.returncode, process.stdout.decode(errors="replace"), process.stderr.decode(errors="replace"), lines)
    assert "panicked" not in done.stderr and "RUST_BACKTRACE" not in done.stderr, done
    if not any("KILL" in str(word) for word in strace):
        assert done.status in (0, 1, 2), done
    return done


def apply(spec: Path, root: Path, *more, **how) -> Done:
    return run("apply", spec, "--root", root, "--yes", "--quiet", *more, **how)


def rollback(root: Path, *more, **how) -> Done:
    return run("rollback", "--root", root, "--yes", *more, **how)


def listing(root: Path, times: bool = False) -> dict[str, tuple]:
    """All of a root but the state: what it is, mode, owner, and content or target; the times of files."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if name == STATE or name.startswith(f"{STATE}/"):
            continue
        stat = path.lstat()
        about = (oct(stat.st_mode & 0o7777), stat.st_uid, stat.st_gid)
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        elif path.is_dir():
            found[name] = ("folder", *about)
        else:
            found[name] = ("file", *about, path.read_bytes(), stat.st_mtime_ns if times else 0)
    return found


def leftovers(root: Path) -> list[str]:
    """What no run may leave behind."""
    left = [str(path) for path in root.rglob(".portage-config-*")]
    return left + [str(path) for name in ("pending", "pending.new") if (path := root / STATE / name).exists()]


def generations(root: Path) -> list[int]:
    folder = root / STATE / "generations"
    return sorted(int(path.name) for path in folder.iterdir()) if folder.exists() else []


class Pair:
    """Two specs, a root that is as the first one wants it, and how it is to be with the second."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.old_spec, self.new_spec = folder / "old.toml", folder / "new.toml"
        self.old_spec.write_text(OLD)
        self.new_spec.write_text(NEW)
        self.base = folder / "base"
        portage = self.base / "etc/portage"
        portage.mkdir(parents=True)
        # What the owner of the machine wrote: a file of his own, and one that becomes a folder.
        (portage / "package.mask").write_text("# mine\na/z\n")
        (portage / "package.use").write_text("# mine\nx/y z\n")
        (portage / "package.use").chmod(0o640)
        (self.base / "etc/hosts").write_text("::1 localhost\n")
        done = apply(self.old_spec, self.base)
        assert done.status == 0, done
        self.old = listing(self.base)
        self.old_times = listing(self.base, times=True)
        other = self.copy("new")
        done = apply(self.new_spec, other)
        assert done.status == 0 and not leftovers(other), done
        self.new = listing(other)
        changed = {name for name in self.old.keys() | self.new.keys() if self.old.get(name) != self.new.get(name)}
        assert 12 <= len(changed) <= 20, sorted(changed)
        shutil.rmtree(other)

    def copy(self, name) -> Path:
        """A root that is as the first spec wants it."""
        to = self.folder / str(name)
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.base, to, symlinks=True)
        return to

    def between(self, root: Path) -> list[str]:
        """What is neither as it was nor as it is to be, or is missing where both sides have it."""
        wrong = []
        now = {name: what for name, what in listing(root).items() if ".portage-config-" not in name}
        for name in sorted(self.old.keys() | self.new.keys() | now.keys()):
            if now.get(name) not in (self.old.get(name), self.new.get(name)):
                wrong.append(f"{name}: {now.get(name)}")
        return wrong


def calls(trace: list[str]) -> list[tuple[str, str]]:
    """The calls of a trace: name and the whole line."""
    found = []
    for line in trace:
        match = re.match(r"(?:\d+ +)?(\w+)\(", line)
        if match:
            found.append((match[1], line))
    return found
