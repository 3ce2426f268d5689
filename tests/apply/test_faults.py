"""Each call that writes fails, or is the last one: the root holds what it held or what it is to hold, Portage still reads
it, and the next run brings it to an end, and says what it found.

With PORTAGE_CONFIG_FAULTS=all each call fails in each way, and each end is followed by each run that can follow.
"""

import concurrent.futures
import itertools
import os
import re
import shutil

import pytest

import machine
from machine import ALL, SILENT, TRACE, WRITING, apply, copy, leftovers, listing, points, rollback, run

ERRORS = ("ENOSPC", "EIO", "EROFS")
WORKERS = min(8, 2 * (os.cpu_count() or 1))
CASES = ("first", "update", "back")


def injected(name, number, fault):
    # With --seccomp-bpf no signal would arrive. What is poor in a file system has to be traced, too.
    what = f"signal={fault}" if fault == "KILL" else f"error={fault.rstrip('+')}"
    return ("-e", f"trace={name},renameat2,linkat", "-e", f"inject={name}:{what}:when={number}{'+' if fault.endswith('+') else ''}")


def snapshot(root):
    """All of a root with its state and its times."""
    return {str(p): (p.lstat().st_mtime_ns, p.lstat().st_ino, p.lstat().st_mode) for p in [root, *root.rglob("*")]}


def different(wanted, now):
    return {k: (wanted.get(k), now.get(k)) for k in sorted(wanted.keys() | now.keys()) if wanted.get(k) != now.get(k)}


def ends(case, root, follow, where):
    """The next run brings it to an end, and there is nothing left to do."""
    is_cut_off, is_done = (root / machine.STATE / "pending").exists(), case.is_done(root)
    if follow == "apply":
        # A rollback that never began is asked for once more.
        again = case.name != "back" or is_cut_off or is_done
        done = apply(case.spec, root, "--take-ours") if again else rollback(root)
        assert done.status == 0, f"{where}: {done}"
        assert listing(root) == case.new, f"{where}: {done}: {different(case.new, listing(root))}"
        spec = case.spec
    else:
        done = rollback(root) if is_cut_off or is_done else apply(case.spec, root, "--dry-run", "--take-ours")
        assert done.status == (0 if is_cut_off or is_done else 1), f"{where}: {done}"
        now = {name: what for name, what in listing(root, times=True).items() if is_cut_off or is_done or ".portage-config-" not in name}
        assert now == case.old_times, f"{where}: {done}: {different(case.old_times, now)}"
        spec = {"update": case.pair.old_spec, "back": case.pair.new_spec}.get(case.name)
    assert ("an earlier run was cut off" in done.stderr) == is_cut_off, f"{where}: {done}"
    if follow == "apply" or is_cut_off or is_done:
        assert leftovers(root) == [], where
    if spec and (follow == "apply" or is_cut_off or is_done):
        before = snapshot(root)
        done = apply(spec, root)
        assert done.status == 0 and "nothing to do" in done.stderr, f"{where}: {done}"
        assert snapshot(root) == before, where
    if follow == "rollback":
        done = case.act(root)
        assert done.status == 0, f"{where}: afterwards: {done}"
        assert listing(root) == case.new and leftovers(root) == [], f"{where}: afterwards: {different(case.new, listing(root))}"
    elif ALL:
        done = rollback(root, case.count)
        assert done.status == 0 and listing(root, times=True) == case.old_times, f"{where}: back: {done}"


class Faults:
    """Points that are tried, on a few roots at a time."""

    def __init__(self, oracle, log):
        self.oracle, self.log = oracle, log
        self.read = {}
        self.missed = 0

    def reads(self, root, where):
        """Portage takes the tree; it is asked once for equal ones."""
        tree = {name: what for name, what in listing(root).items() if name.startswith("etc")}
        key = repr(sorted(tree.items()))
        with self.log.lock:
            if key not in self.read:
                try:
                    self.read[key] = bool(self.oracle.load(root))
                except Exception as error:
                    self.read[key] = f"{type(error).__name__}: {error}"
            answer = self.read[key]
        assert answer is True, f"{where}: Portage: {answer}"

    def disturb(self, case, job):
        at, extra, name, number, fault, follow, moving = job
        where = f"{case.name}: {name} {number} {fault} {' '.join(extra)} then {follow}"
        root = case.copy(f"point-{at}")
        done = case.act(root, strace=(*extra, *injected(name, number, fault)))
        hit = done.status == -9 if fault == "KILL" else any(name in line and "INJECTED" in line for line in done.trace)
        # Folders are listed in no order: a call may have fallen away.
        assert hit or done.status == 0, f"{where}: {done}"
        self.missed += not hit
        assert case.between(root, moving) == [], f"{where}: {done}: {case.between(root, moving)}"
        if not moving:
            self.reads(root, where)
        if fault == "KILL" and hit:
            pass
        elif done.status == 0:
            assert listing(root) == case.new and leftovers(root) == [], f"{where}: {done}"
        else:
            assert done.status == 2 and "error[C012" in done.stderr, f"{where}: {done}"
            is_half = "`apply` finishes it" in done.stderr
            is_recorded = "all was written" in done.stderr
            # What fails once is taken back.
            assert not is_half or fault.endswith("+"), f"{where}: {done}"
            if is_half:
                assert (root / machine.STATE / "pending").exists(), f"{where}: {done}"
            else:
                is_bare = not is_recorded and not fault.endswith("+")
                now = {name: what for name, what in listing(root).items() if is_bare or ".portage-config-" not in name}
                wanted = case.new if is_recorded else case.old
                assert now == wanted, f"{where}: {done}: {different(wanted, now)}"
        ends(case, root, follow, where)
        self.reads(root, where)
        shutil.rmtree(root)

    def all(self, case, jobs):
        """Tries all of them."""
        jobs, wrong, self.missed = list(jobs), [], 0
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for future in [pool.submit(self.disturb, case, job) for job in jobs]:
                try:
                    future.result()
                except AssertionError as error:
                    wrong.append(str(error)[:3000])
        assert not wrong, f"{len(wrong)} of {len(jobs)} points:\n" + "\n\n".join(wrong[:12])
        assert self.missed * 50 <= len(jobs), f"{self.missed} of {len(jobs)} points were not reached"
        self.log.count(case.name, len(jobs) - self.missed)
        return len(jobs) - self.missed


@pytest.fixture(scope="module")
def faults(oracle, tried):
    return Faults(oracle, tried)


def traced(case, *extra):
    """The calls of a run that is not disturbed. None is of a kind that nobody has thought of."""
    root = case.copy("traced")
    done = case.act(root, strace=("-e", "trace=all", *extra))
    assert done.status == 0, done
    unknown = {name for name, _ in machine.calls(done.trace)} - {*WRITING, *SILENT}
    assert not unknown, f"do these write? {unknown}"
    assert len({line.split()[0] for line in done.trace}) == 1, "the calls of several threads have no order"
    return done.trace


def jobs(found, faults, follows=("apply", "rollback"), extra=(), moving=()):
    """Each point, with the faults and the runs that follow in turn, or with all of them."""
    number = itertools.count()
    turns = itertools.cycle(itertools.product(follows, faults))
    for name, call in found:
        for follow, fault in itertools.product(follows, faults) if ALL or len(faults) == 1 else [next(turns)]:
            yield next(number), extra, name, call, fault, follow, moving


@pytest.mark.parametrize("name", CASES)
def test_killed_at_each_call_that_writes(pair, faults, name):
    """Killed before each call, it is killed after each one before it; the whole run is the last of them."""
    case = getattr(pair, name)
    found = list(points(traced(case)))
    kinds = {call for call, _ in found}
    assert {"openat", "write", "fchown", "fchmod", "fsetxattr", "fsync", "mkdirat", "renameat", "renameat2", "unlinkat"} <= kinds
    assert faults.all(case, jobs(found, ("KILL",))) >= 300


@pytest.mark.parametrize("name", CASES)
def test_each_call_that_writes_is_refused(pair, faults, name):
    case = getattr(pair, name)
    found = list(points(traced(case)))
    assert len({call for call, _ in found}) >= 10
    assert faults.all(case, jobs(found, ERRORS)) >= 150


def test_each_call_that_writes_is_refused_from_then_on(pair, faults):
    """A disk that goes bad and stays so: what was done cannot always be taken back, and the next run does."""
    found = [point for point in points(traced(pair.update)) if point[0] not in ("write", "flock")]
    # Of many alike some will do.
    found = [point for name in WRITING for point in [p for p in found if p[0] == name][:: 1 if ALL or "rename" in name else 4]]
    assert faults.all(pair.update, jobs(found, ("ENOSPC+", "EROFS+"))) >= 40


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
@pytest.mark.parametrize("name", CASES)
def test_a_file_system_that_can_less(pair, poor, name):
    case = getattr(pair, name)
    root = case.copy("poor")
    how = {"strace": ("-e", "trace=renameat2,linkat,openat2", *POOR[poor]), "folder": pair.folder}
    done = case.act(root, strace=how["strace"])
    assert any("INJECTED" in line for line in done.trace)
    assert done.status == 0 and listing(root) == case.new and leftovers(root) == [], done
    done = rollback(root, **how)
    assert done.status == 0 and listing(root, times=True) == case.old_times and leftovers(root) == [], done


def test_killed_where_nothing_can_be_exchanged(pair, faults):
    """A file's name is never without a file; a folder's may be for a moment, and the next run knows what to do."""
    extra = POOR["none of them"][:4]
    found = points(traced(pair.update, *extra))
    found = [point for point in found if point[0] in ("renameat", "unlinkat", "mkdirat")]
    found = [point for point in found if point[0] == "renameat"] + found[:: 1 if ALL else 4]
    moving = ("etc/portage/package.use", "etc/turn", "etc/turn/x")
    tried = jobs(found, ("KILL",), extra=extra, moving=moving)
    assert faults.all(pair.update, tried) >= 40


@pytest.mark.parametrize("kind", ["apply", "rollback"])
def test_a_run_that_finishes_another_is_killed_too(pair, faults, tried, kind):
    """Killed once in the middle, and once more at each call of the run that finishes it, or takes it back."""
    case = pair.update
    base = case.copy("twice")
    renames = [point for point in points(traced(case)) if point[0] == "renameat2"]
    done = case.act(base, strace=injected(*renames[len(renames) // 2], "KILL"))
    assert done.status == -9 and (base / machine.STATE / "pending").exists(), done

    def act(root, **how):
        how["folder"] = pair.folder
        return apply(case.spec, root, **how) if kind == "apply" else rollback(root, **how)

    root = copy(base, pair.folder / "second")
    done = act(root, strace=TRACE)
    assert done.status == 0, done
    again = list(points(done.trace))
    assert len(again) >= 25, again

    def one(job):
        at, (name, number) = job
        where = f"{kind}: {name} {number}"
        root = copy(base, pair.folder / f"second-{at}")
        done = act(root, strace=injected(name, number, "KILL"))
        assert done.status == -9, f"{where}: {done}"
        assert case.between(root) == [], where
        faults.reads(root, where)
        ends(case, root, ("apply", "rollback")[at % 2], where)
        shutil.rmtree(root)

    wrong = []
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(one, job) for job in enumerate(again)]:
            try:
                future.result()
            except AssertionError as error:
                wrong.append(str(error)[:3000])
    assert not wrong, f"{len(wrong)} of {len(again)} points:\n" + "\n\n".join(wrong[:12])
    tried.count("twice", len(again))


def test_what_does_nothing_writes_nothing(pair):
    for case in (pair.first, pair.update, pair.back):
        root = case.copy("same")
        assert case.act(root).status == 0
        for words, status in (
            (("apply", case.spec, "--yes"), 0),
            (("apply", case.spec, "--dry-run"), 0),
            (("apply", pair.new_spec if case is not pair.update else pair.old_spec, "--dry-run", "--take-ours"), 1),
            (("rollback", "--dry-run"), 1),
            (("rollback", case.count + 1, "--yes"), 0),
            (("status",), 0),
            (("history",), 0),
        ):
            before = snapshot(root)
            words = (*words, "--root", root)
            done = run(*words, strace=TRACE, folder=pair.folder)
            assert done.status == status, f"{words}: {done}"
            # The lock is no write, and a folder that is opened for reading.
            written = [p for p in points(done.trace, True) if p[0] != "flock"]
            assert written == [] and snapshot(root) == before, f"{words}: {written}: {different(before, snapshot(root))}"
    # What does something is seen so.
    done = pair.update.act(pair.update.copy("same"), strace=TRACE)
    assert len(list(points(done.trace))) > 100
    # Without a state, none is made.
    empty = pair.folder / "nothing"
    (empty / "etc").mkdir(parents=True)
    spec = pair.folder / "nothing.toml"
    spec.write_text("spec = 1\n")
    before = snapshot(empty)
    for more in ("--yes", "--dry-run"):
        assert run("apply", spec, "--root", empty, more).status == 0
        assert snapshot(empty) == before
    done = run("apply", pair.new_spec, "--root", empty, "--dry-run", strace=TRACE, folder=pair.folder)
    assert done.status == 1 and snapshot(empty) == before and not list(points(done.trace)), done


def test_a_root_that_is_not_brought_to_an_end_is_found(pair, faults):
    """The tests of this file see what they look for."""
    case = pair.update
    root = case.copy("broken")
    (root / "etc/portage/make.conf").resolve().write_text("half")
    assert case.between(root) == ["etc/shared/make.conf: " + str(listing(root)["etc/shared/make.conf"])]
    (root / "etc/portage/package.mask").unlink()
    assert "etc/portage/package.mask: None" in case.between(root)
    (root / "etc/portage/.portage-config-2-1").write_text("")
    assert leftovers(root) == [str(root / "etc/portage/.portage-config-2-1")]
    (root / "etc/portage/package.accept_keywords/sub/gone").write_text("a/b ~x86\n>>> what\n")
    (root / "etc/shared/make.conf").write_text("USE='half\n")
    with pytest.raises(AssertionError, match="Portage"):
        faults.reads(root, "broken")
    with pytest.raises(AssertionError):
        ends(case, root, "apply", "broken")


def order(case):
    """What a run writes and waits for, in order: what it is, the folder from the root, the line."""
    root = case.copy("order")
    done = case.act(root, strace=("-y", *TRACE))
    assert done.status == 0, done
    found = []
    for name, line in machine.calls(done.trace):
        if " = -1 " in line or name in ("write", "flock") or name == "openat" and "O_CREAT" not in line:
            continue
        match = re.search(rf"<{root}/?([^>]*)>", line)
        assert match, line
        found.append((name, match[1], line.replace(f"{root}/", "")))
    return found


def unsynced(events, start, end, where):
    """The folders below `where` in which names changed between two calls, and which did not reach the disk by the second."""
    waiting = set()
    for name, folder, line in events[start:end]:
        if name == "syncfs":
            waiting.clear()
        elif name in ("fsync", "fdatasync"):
            waiting.discard(folder)
        elif name in ("openat", "rename", "renameat", "renameat2", "mkdirat", "unlinkat", "linkat", "symlinkat"):
            named = re.findall(r'\d+<([^>]*)>, "', line)
            waiting |= {at for at in named or [folder] if at.startswith(where) and ".portage-config-" not in at}
            # A folder that is gone needs nothing.
            if name == "unlinkat" and "AT_REMOVEDIR" in line:
                waiting.discard(f'{folder}/{line.split(chr(34))[1]}')
    return waiting


@pytest.mark.parametrize("name", CASES)
def test_a_power_cut_finds_what_was_written_down(pair, name):
    """What is written down is on the disk before anything changes; what was changed is before that is said to be done."""
    case = getattr(pair, name)
    events = order(case)
    state = machine.STATE

    def at(*words):
        found = [at for at, (_, _, line) in enumerate(events) if "rename" in line and all(word in line for word in words)]
        assert len(found) == 1, (words, found)
        return found[0]

    begun = at('"pending.new"', '"pending"')
    done = at('"pending", ', f"{state}/generations>")
    changes = [n for n, (name, folder, _) in enumerate(events) if "rename" in name and folder.startswith("etc")]
    assert changes and begun < min(changes) and max(changes) < done
    assert unsynced(events, 0, begun, f"{state}/pending.new") == set()
    if name == "first":
        assert unsynced(events, 0, min(changes), "var/lib") <= {f"{state}/lock"}
    assert events[begun + 1][:2] == ("fsync", state)
    # Each file is on the disk before its name is.
    files = [n for n, (name, folder, _) in enumerate(events) if name == "openat" and folder.startswith("etc")]
    assert files and max(files) < max(changes)
    for n in files:
        synced = [name for name, folder, _ in events[n + 1 : min(m for m in changes if m > max(files))] if "sync" in name]
        assert synced, events[n]
    last = max(n for n in range(done) if events[n][0] != "unlinkat" and events[n][1].startswith("etc") and "sync" in events[n][0])
    assert max(changes) < last
    # What is ours is there before the generation that says so.
    assert unsynced(events, begun + 1, done, f"{state}/applied") == set()
    assert ("fsync", state) in [event[:2] for event in events[done:]]
    assert ("fsync", f"{state}/generations") in [event[:2] for event in events[done:]]
    broken = [event for event in events if "sync" not in event[0]]
    assert unsynced(broken, 0, len(broken), state)
