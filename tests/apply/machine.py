"""A root between two specs: what it holds, and runs of the command on it that can be disturbed."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from command import COMMAND

STATE = "var/lib/portage-config"
ALL = os.environ.get("PORTAGE_CONFIG_FAULTS") == "all"
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
link = "{PROFILES}/default/linux/x86/23.0/i486"
[file."/etc/secret"]
text = "word\\n"
mode = 0o640
[file."/etc/turn"]
text = "turn\\n"
[file."/etc/new/file"]
text = "new\\n"
"""


# Few changes: each file waits for the disk by itself. What the owner wrote is replaced, moved, removed, marked.
FIRST = """spec = 1
[make.conf]
USE = "a"
["package.use/a"]
"a/b" = "c"
["package.license"]
"a/b" = "*"
[file."/etc/gone"]
own = "absent"
[file."/etc/hosts"]
text = "::1 first\\n"
mode = 0o600
[file."/etc/motd"]
text = "motd\\n"
mode = 0o640
[file."/etc/new/file"]
text = "new\\n"
"""

WRITING = (
    "openat", "write", "pwrite64", "writev", "pwritev2", "copy_file_range", "sendfile", "fallocate", "ftruncate", "truncate",
    "fchown", "fchownat", "lchown", "chown", "fchmod", "fchmodat", "fchmodat2", "chmod", "utimensat", "futimesat",
    "fsetxattr", "setxattr", "lsetxattr", "fremovexattr", "removexattr", "lremovexattr", "fsync", "fdatasync", "syncfs", "sync",
    "sync_file_range", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "mknodat", "rmdir", "unlink", "unlinkat", "link",
    "linkat", "symlink", "symlinkat", "flock",
)  # fmt: skip
# All else that a run does.
SILENT = (
    "access", "arch_prctl", "brk", "clock_gettime", "clone3", "close", "epoll_create1", "execve", "exit", "exit_group",
    "faccessat2", "fcntl", "fgetxattr", "flistxattr", "fstat", "futex", "getcwd", "getdents64", "getegid", "geteuid", "getgid",
    "getpid", "getrandom", "gettid", "getuid", "ioctl", "lseek", "madvise", "mmap", "mprotect", "mremap", "munmap",
    "newfstatat", "openat2", "poll", "pread64", "prlimit64", "read", "readlink", "readlinkat", "rseq", "rt_sigaction",
    "rt_sigprocmask", "sched_getaffinity", "sched_yield", "set_robust_list", "set_tid_address", "sigaltstack", "statfs",
    "statx", "sysinfo", "uname",
)  # fmt: skip
# strace leaves out what it does not know.
TRACE = ("-e", "trace=" + ",".join(f"?{name}" for name in WRITING))


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
    if "--dry-run" not in more:
        more = ("--yes", *more)
    return run("apply", spec, "--root", root, *more, **how)


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
        if not path.is_symlink() and (names := os.listxattr(path)):
            about += tuple((name, os.getxattr(path, name)) for name in sorted(names))
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


def copy(base: Path, to: Path) -> Path:
    """All of a root, with owners, times, attributes and second names."""
    shutil.rmtree(to, ignore_errors=True)
    subprocess.run(["cp", "-a", base, to], check=True)
    return to


class Case:
    """A run: the root before it, what it does, what the root holds before and after it."""

    def __init__(self, pair, name, base, words, spec):
        self.pair, self.name, self.base, self.words, self.spec = pair, name, base, words, spec
        self.count = len(generations(base))
        self.old, self.old_times = listing(base), listing(base, times=True)
        other = self.copy("goal")
        done = self.act(other)
        assert done.status == 0 and not leftovers(other), done
        self.new, self.new_times = listing(other), listing(other, times=True)
        self.changed = {name for name in self.old.keys() | self.new.keys() if self.old.get(name) != self.new.get(name)}
        shutil.rmtree(other)

    def copy(self, name) -> Path:
        return copy(self.base, self.pair.folder / f"{self.name}-{name}")

    def act(self, root, *more, **how) -> Done:
        return run(*self.words, "--root", root, "--yes", *more, folder=self.pair.folder, **how)

    def is_done(self, root) -> bool:
        """Whether the run is written down as done."""
        return len(generations(root)) > self.count

    def between(self, root: Path, moving=()) -> list[str]:
        """What is neither as it was nor as it is to be, or is missing where both sides have it."""
        wrong = []
        now = {name: what for name, what in listing(root).items() if ".portage-config-" not in name}
        for name in sorted(self.old.keys() | self.new.keys() | now.keys()):
            if now.get(name) not in (self.old.get(name), self.new.get(name)) and not (name in moving and name not in now):
                wrong.append(f"{name}: {now.get(name)}")
        return wrong


class Pair:
    """A root as its owner left it, and two specs that come after each other: a first run, one that changes and removes
    things, and one that takes that back."""

    def __init__(self, folder: Path):
        self.folder = folder
        specs = {"old": OLD, "new": NEW, "first": FIRST}
        for name, text in specs.items():
            (folder / f"{name}.toml").write_text(text)
        self.old_spec, self.new_spec, first_spec = (folder / f"{name}.toml" for name in specs)
        mine = folder / "mine"
        portage = mine / "etc/portage"
        portage.mkdir(parents=True)
        (mine / "var/lib").mkdir(parents=True)
        # What the owner of the machine wrote: a file of his own, and one that becomes a folder.
        (portage / "package.mask").write_text("# mine\na/z\n")
        (portage / "package.use").write_text("# mine\nx/y z\n")
        (portage / "package.use").chmod(0o640)
        (portage / "make.profile").symlink_to(f"{PROFILES}/default/linux/x86/23.0")
        # One that lies elsewhere, of another owner, with attributes.
        (mine / "etc/shared").mkdir()
        real = mine / "etc/shared/make.conf"
        real.write_text('USE="mine"\n')
        (portage / "make.conf").symlink_to("../shared/make.conf")
        os.chown(real, 12, 34)
        os.setxattr(real, "user.note", b"mine")
        os.setxattr(real, "security.selinux", b"system_u:object_r:portage_conf_t:s0\0")
        (mine / "etc/hosts").write_text("::1 localhost\n")
        (mine / "etc/gone").write_text("gone\n")
        (mine / "etc/motd").write_text("motd\n")
        self.base = copy(mine, folder / "base")
        done = apply(self.old_spec, self.base, "--take-ours")
        assert done.status == 0, done
        self.first = Case(self, "first", mine, ("apply", first_spec, "--take-ours"), first_spec)
        self.update = Case(self, "update", self.base, ("apply", self.new_spec), self.new_spec)
        changed = copy(self.base, folder / "changed")
        done = self.update.act(changed)
        assert done.status == 0, done
        self.back = Case(self, "back", changed, ("rollback",), self.old_spec)
        assert self.back.new_times == self.update.old_times
        self.old, self.old_times, self.new = self.update.old, self.update.old_times, self.update.new
        assert 10 <= len(self.first.changed) < 16, sorted(self.first.changed)
        assert 16 <= len(self.update.changed) <= 24, sorted(self.update.changed)
        # Each way in which a path can change.
        for case in (self.update, self.back):
            ways = {(case.old.get(name, ("",))[0], case.new.get(name, ("",))[0]) for name in case.changed}
            assert {("file", "file"), ("", "file"), ("file", ""), ("file", "folder"), ("folder", "file"), ("link", "link")} <= ways | {
                (b, a) for a, b in ways
            }, ways
        assert "etc/shared/make.conf" in self.first.changed & self.update.changed & self.back.changed

    def copy(self, name) -> Path:
        """A root that is as the first spec wants it."""
        return copy(self.base, self.folder / str(name))


def calls(trace: list[str]) -> list[tuple[str, str]]:
    """The calls of a trace: name and the whole line."""
    found = []
    for line in trace:
        match = re.match(r"(?:\d+ +)?(\w+)\(", line)
        if match:
            found.append((match[1], line))
    return found


def points(trace, refused=ALL):
    """Each call that writes into the root: its name and its number among those of that name; `refused`: also those that
    the system itself refuses, for a folder that is there already."""
    numbers = dict.fromkeys(WRITING, 0)
    for name, line in calls(trace):
        if name not in numbers:
            continue
        numbers[name] += 1
        if name == "openat" and "O_CREAT" not in line:
            continue
        if name == "write" and re.match(r"(?:\d+ +)?write\([12],", line):
            continue
        if " = -1 " not in line or refused:
            yield name, numbers[name]
