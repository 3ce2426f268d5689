"""Each call that writes fails, or is the last one: the root holds what it held or what it is to hold, and the next run
brings it to an end.

With PORTAGE_CONFIG_FAULTS=all each call fails in each way, and each end is followed by each run that can follow.
"""

import concurrent.futures
import itertools
import os
import re
import shutil

import pytest

import machine
from machine import apply, generations, leftovers, listing, rollback, run

WRITING = (
    "openat", "write", "pwrite64", "fchown", "fchownat", "fchmod", "fchmodat", "fchmodat2", "fsync", "fdatasync", "syncfs",
    "renameat", "renameat2", "rename", "mkdirat", "mkdir", "unlinkat", "unlink", "linkat", "symlinkat", "utimensat", "fsetxattr",
    "flock", "ftruncate",
)  # fmt: skip
# strace leaves out what it does not know.
TRACE = ("-e", "trace=" + ",".join(f"?{name}" for name in WRITING))
ERRORS = ("ENOSPC", "EIO", "EROFS")
ALL = os.environ.get("PORTAGE_CONFIG_FAULTS") == "all"
WORKERS = min(4, 2 * (os.cpu_count() or 1))


def points(trace):
    """Each call that writes into the root: its name and its number among those of that name."""
    numbers = dict.fromkeys(WRITING, 0)
    for name, line in machine.calls(trace):
        if name not in numbers:
            continue
        numbers[name] += 1
        if name == "openat" and "O_CREAT" not in line:
            continue
        if name == "write" and re.match(r"(?:\d+ +)?write\([12],", line):
            continue
        yield name, numbers[name]


def traced(pair, spec, name):
    root = pair.copy(name)
    done = apply(spec, root, strace=TRACE, folder=pair.folder)
    assert done.status == 0, done
    return list(points(done.trace))


def injected(name, number, fault):
    what = f"signal={fault}" if fault == "KILL" else f"error={fault}"
    return ("-e", f"trace={name}", "-e", f"inject={name}:{what}:when={number}")


def ends(pair, root, follow, where):
    """The next run brings it to an end, and there is nothing left to do."""
    if follow == "apply":
        done = apply(pair.new_spec, root)
        assert done.status == 0, f"{where}: {done}"
        assert listing(root) == pair.new, where
        spec = pair.new_spec
    else:
        pending = (root / machine.STATE / "pending").exists()
        done = rollback(root) if pending else rollback(root, 1)
        assert done.status == 0, f"{where}: {done}"
        now, old = listing(root, times=True), pair.old_times
        assert now == old, f"{where}: { {k: (old.get(k), now.get(k)) for k in old.keys() | now.keys() if old.get(k) != now.get(k)} }"
        spec = pair.old_spec
    assert leftovers(root) == [], where
    before = snapshot(root)
    done = apply(spec, root)
    assert done.status == 0, f"{where}: {done}"
    assert snapshot(root) == before, where
    if follow == "rollback":
        done = apply(pair.new_spec, root)
        assert done.status == 0, f"{where}: afterwards: {done}"
        assert listing(root) == pair.new, where
    elif not ALL:
        return
    done = rollback(root, 1)
    assert done.status == 0 and listing(root, times=True) == pair.old_times, f"{where}: back: {done}"


def snapshot(root):
    """All of a root with its state and its times."""
    return {str(p): (p.lstat().st_mtime_ns, p.lstat().st_ino, p.lstat().st_mode) for p in [root, *root.rglob("*")]}


def disturbed(pair, job):
    at, extra, name, number, fault, follow = job
    where = f"{name} {number} {fault} {' '.join(extra)} then {follow}"
    root = pair.copy(f"point-{at}")
    done = apply(pair.new_spec, root, strace=(*extra, *injected(name, number, fault)), folder=pair.folder)
    if not any("INJECTED" in line or "killed by SIGKILL" in line for line in done.trace):
        assert done.status in (0, -9), f"{where}: {done}"
    assert pair.between(root) == [], f"{where}: {done}"
    if fault != "KILL":
        if done.status == 0:
            assert listing(root) == pair.new and leftovers(root) == [], f"{where}: {done}"
        else:
            assert done.status == 2 and "error[C012" in done.stderr, f"{where}: {done}"
            recorded = "all was written" in done.stderr
            now = {name: what for name, what in listing(root).items() if not recorded or ".portage-config-" not in name}
            assert now == (pair.new if recorded else pair.old), f"{where}: {done}"
    ends(pair, root, follow, where)
    return root


def tried(pair, oracle, jobs):
    """Tries all of them, on a few roots at a time; Portage still reads some of them."""
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for job, future in [(job, pool.submit(disturbed, pair, job)) for job in jobs]:
            try:
                root = future.result()
            except AssertionError as error:
                wrong.append(str(error)[:3000])
                continue
            if job[0] % 25 == 0:
                oracle.load(root)
            shutil.rmtree(root)
    print(f"{len(jobs)} points")
    assert not wrong, f"{len(wrong)} of {len(jobs)} points:\n" + "\n\n".join(wrong[:12])
    return len(jobs)


def jobs(found, faults, extra=()):
    """Each point, with the faults and the runs that follow in turn, or with all of them."""
    count = itertools.count()
    turns = itertools.cycle(itertools.product(("apply", "rollback"), faults))
    for name, number in found:
        if ALL:
            for follow, fault in itertools.product(("apply", "rollback"), faults):
                yield next(count), extra, name, number, fault, follow
        else:
            follow, fault = next(turns)
            yield next(count), extra, name, number, fault, follow


@pytest.mark.parametrize("faults", [("KILL",), ERRORS], ids=["killed", "refused"])
def test_each_call_that_writes(pair, oracle, faults, capsys):
    found = traced(pair, pair.new_spec, "traced")
    assert len({name for name, _ in found}) >= 10, found
    both = list(jobs(found, faults))
    if faults == ("KILL",) and not ALL:
        # Each kill is followed by the one and by the other.
        both += [(len(both) + job[0], *job[1:5], "rollback" if job[5] == "apply" else "apply") for job in both]
    count = tried(pair, oracle, both)
    with capsys.disabled():
        print(f" {count} points ", end="")


# Where the kernel or the file system cannot do something at all.
POOR = {
    "no exchange": ("-e", "inject=renameat2:error=EINVAL"),
    "no second names": ("-e", "inject=linkat:error=EPERM"),
    "no openat2": ("-e", "inject=openat2:error=ENOSYS"),
    "none of them": (
        "-e", "inject=renameat2:error=EINVAL", "-e", "inject=linkat:error=EPERM", "-e", "inject=openat2:error=ENOSYS",
    ),
}  # fmt: skip


@pytest.mark.parametrize("poor", POOR)
def test_a_file_system_that_can_less(pair, poor):
    root = pair.copy("poor")
    how = {"strace": ("-e", "trace=renameat2,linkat,openat2", *POOR[poor]), "folder": pair.folder}
    done = apply(pair.new_spec, root, **how)
    assert done.status == 0 and listing(root) == pair.new and leftovers(root) == [], done
    done = rollback(root, 1, **how)
    assert done.status == 0 and listing(root, times=True) == pair.old_times and leftovers(root) == [], done


def test_killed_where_nothing_can_be_exchanged(pair, oracle, capsys):
    """A file's name is never without a file; a folder's may be for a moment, and the next run knows what to do."""
    extra = POOR["none of them"][:4]
    root = pair.copy("poor")
    trace = (*TRACE, *extra)
    done = apply(pair.new_spec, root, strace=trace, folder=pair.folder)
    found = [point for point in points(done.trace) if point[0] in ("renameat", "renameat2", "unlinkat", "linkat", "mkdirat")]
    found = [(name, number) for name, number in found if name not in ("renameat2", "linkat")]
    wanted = []
    for at, (name, number) in enumerate(found):
        wanted.append((at, ("-e", "trace=renameat2,linkat", *extra), name, number, "KILL", ("apply", "rollback")[at % 2]))
    moving = dict.fromkeys(("etc/portage/package.use", "etc/turn", "etc/turn/x"))
    old, between = pair.old, pair.between
    pair.between = lambda root: [line for line in between(root) if line.split(":")[0] not in moving or not line.endswith("None")]
    try:
        count = tried(pair, oracle, wanted)
    finally:
        pair.between, pair.old = between, old
    with capsys.disabled():
        print(f" {count} points ", end="")


def test_a_run_that_finishes_another_is_killed_too(pair):
    """Killed once in the middle, and once more at each call of the run that finishes it, or takes it back."""
    base = pair.copy("twice")
    found = traced(pair, pair.new_spec, "traced")
    renames = [point for point in found if point[0] == "renameat2"]
    name, number = renames[len(renames) // 2]
    done = apply(pair.new_spec, base, strace=injected(name, number, "KILL"), folder=pair.folder)
    assert done.status == -9, done
    wrong, count = [], 0
    for kind in ("apply", "rollback"):
        def act(root, **how):
            return apply(pair.new_spec, root, **how) if kind == "apply" else rollback(root, **how)

        root = copy(base, pair.folder / "second")
        done = act(root, strace=TRACE, folder=pair.folder)
        assert done.status == 0, done
        again = list(points(done.trace))

        def one(job):
            at, (name, number) = job
            root = copy(base, pair.folder / f"second-{at}")
            act(root, strace=injected(name, number, "KILL"), folder=pair.folder)
            where = f"{kind}: {name} {number}"
            assert pair.between(root) == [], where
            ends(pair, root, ("apply", "rollback")[at % 2], where)
            shutil.rmtree(root)

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for future in [pool.submit(one, job) for job in enumerate(again)]:
                try:
                    future.result()
                except AssertionError as error:
                    wrong.append(str(error)[:3000])
                count += 1
    assert not wrong, f"{len(wrong)} of {count} points:\n" + "\n\n".join(wrong[:12])


def copy(base, to):
    shutil.rmtree(to, ignore_errors=True)
    return shutil.copytree(base, to, symlinks=True)


def test_what_does_nothing_writes_nothing(pair):
    for name, spec, more in (("same", pair.old_spec, ()), ("dry", pair.new_spec, ("--dry-run",))):
        root = pair.copy(name)
        before = snapshot(root)
        words = ("apply", spec, "--root", root, *(more or ("--yes",)))
        done = run(*words, strace=TRACE, folder=pair.folder)
        assert done.status == (1 if more else 0), done
        written = [p for p in points(done.trace) if p[0] != "flock"]
        assert written == [] and snapshot(root) == before, written
    # Without a state, none is made.
    empty = pair.folder / "nothing"
    (empty / "etc").mkdir(parents=True)
    spec = pair.folder / "nothing.toml"
    spec.write_text("spec = 1\n")
    for more in ("--yes", "--dry-run"):
        assert run("apply", spec, "--root", empty, more).status == 0
        assert sorted(p.name for p in empty.rglob("*")) == ["etc"]
    done = run("apply", pair.new_spec, "--root", empty, "--dry-run")
    assert done.status == 1 and sorted(p.name for p in empty.rglob("*")) == ["etc"], done
