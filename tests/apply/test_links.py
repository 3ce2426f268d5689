"""Links in the way of every path: nothing outside the root is made, changed or read."""

import concurrent.futures
import itertools
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

import machine
from machine import STATE, apply, rollback, run

PLACES = (
    "etc", "etc/portage", "etc/portage/package.use", "etc/portage/package.use/a", "etc/portage/make.conf", "var", "var/lib",
    STATE, f"{STATE}/generations", f"{STATE}/generations/1", f"{STATE}/lock", f"{STATE}/pending", f"{STATE}/pending.new",
    f"{STATE}/applied", f"{STATE}/applied/etc",
)  # fmt: skip
TARGETS = {
    "absolute": "{outside}/trap",
    "relative": "../../../../../../../../../../../../../../../..{outside}/trap",
    "a file": "{outside}/secret",
    "dangling": "{outside}/nothing/here",
    "loop": "{own}",
}
SPEC = """spec = 1
[make.conf]
USE = "b"
["package.use/a"]
"a/b" = "d"
"""


@pytest.fixture
def world(tmp_path):
    """A root beside something that is none of its business."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    (outside / "trap/portage/package.use").mkdir(parents=True)
    (outside / "trap/lib/portage-config/generations").mkdir(parents=True)
    for name in ("secret", "trap/make.conf", "trap/portage/make.conf", "trap/portage/package.use/a", "trap/a", "trap/manifest.toml"):
        (outside / name).write_text("USE='outside'\n")
    (root / "etc/portage/package.use").mkdir(parents=True)
    old = tmp_path / "old.toml"
    old.write_text(SPEC.replace('"b"', '"a"').replace('"d"', '"c"'))
    new = tmp_path / "new.toml"
    new.write_text(SPEC)
    assert apply(old, root).status == 0
    return tmp_path


def state_of(outside):
    """All of it with its times, those of reading among them; looking does not change them."""
    return {
        str(p): (os.readlink(p) if p.is_symlink() else "", p.lstat().st_atime_ns, p.lstat().st_mtime_ns, p.lstat().st_ctime_ns)
        for p in [outside, *sorted(outside.rglob("*"))]
    }


def aged(outside):
    """As if it had not been read for days: the next read shows."""
    for path in outside.rglob("*"):
        if path.is_file():
            os.utime(path, (1, path.stat().st_mtime))


@pytest.mark.parametrize("place", PLACES)
def test_links(world, place):
    base, outside = world / "root", world / "outside"
    for kind, target in TARGETS.items():
        root = world / "attacked"
        shutil.copytree(base, root, symlinks=True)
        path = root / place
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target.format(outside=outside, own=path.name))
        aged(outside)
        before = state_of(outside)
        for words in (
            ("apply", world / "new.toml", "--root", root, "--yes", "--take-ours", "--no-sync"),
            ("rollback", "--root", root, "--yes", "--take-ours", "--no-sync"),
            ("apply", world / "new.toml", "--root", root, "--dry-run", "--take-ours"),
        ):
            done = run(*words, strace=("-y", "-e", "trace=%file"), folder=world)
            where = f"{place} -> {kind}: {words[0]}: {done}"
            assert done.status in (0, 1, 2), where
            assert done.status != 1 or "--dry-run" in words, where
            opened = [line for line in done.trace if f"<{outside}" in line]
            assert opened == [], f"{where}: {opened}"
            assert state_of(outside) == before, where
        shutil.rmtree(root)


def ways(trace, root):
    """Calls that name a path with more than one component, or would follow a link at its end: only the kernel may do so, and
    only inside the root."""
    wrong = []
    for name, line in machine.calls(trace):
        for folder, path in re.findall(r'(?:(AT_FDCWD|\d+)<[^>]*>(?:\(deleted\))?, )?"((?:[^"\\\\]|\\\\.)*)"', line):
            is_inside = folder.isdigit() and f"{folder}<{root}" in line
            if not is_inside:
                continue
            if name == "openat2":
                if "RESOLVE_IN_ROOT" not in line:
                    wrong.append(line)
            elif "/" in path and name != "symlinkat":
                wrong.append(line)
            elif name == "openat" and path != "." and not re.search("O_NOFOLLOW|O_EXCL", line):
                wrong.append(line)
            elif name == "newfstatat" and not re.search("AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH", line):
                wrong.append(line)
            elif name in ("fchmodat", "fchownat", "utimensat", "statx", "faccessat2") and "NOFOLLOW" not in line:
                wrong.append(line)
    return wrong


def test_no_call_follows_a_link_by_itself(world):
    root = world / "root"
    (root / "etc/portage/make.conf").rename(root / "etc/make.conf")
    (root / "etc/portage/make.conf").symlink_to("/etc/make.conf")
    how = {"strace": ("-y", "-e", "trace=%file"), "folder": world}
    for done in (apply(world / "new.toml", root, **how), rollback(root, **how)):
        assert done.status == 0, done
        assert ways(done.trace, root) == []
        named = [line for line in done.trace if f"<{root}" in line]
        assert len(named) > 200
        # Nothing in the root is named by its whole path; the root itself is.
        assert [line for line in done.trace if f'"{root}/' in line] == []
    for broken in (
        f'openat(3<{root}/etc>, "portage/make.conf", O_RDONLY|O_NOFOLLOW) = 4<x>',
        f'openat(3<{root}/etc>, "portage", O_RDONLY|O_CLOEXEC) = 4<x>',
        f'openat2(3<{root}>, "etc/portage", {{flags=O_PATH, resolve=RESOLVE_BENEATH}}, 24) = 4<x>',
        f'newfstatat(3<{root}>, "etc", {{st_mode=S_IFDIR|0755}}, 0) = 0',
        f'renameat2(3<{root}>, "x", 3<{root}>, "a/b", RENAME_NOREPLACE) = 0',
    ):
        assert ways([broken], root) == [broken]


def stopped(trace, process):
    """The process that has stopped, once it has; `None` when the run has ended."""
    for _ in range(6_000):
        if trace.exists():
            with trace.open("rb") as file:
                file.seek(max(0, trace.stat().st_size - 400))
                if found := re.search(rb"^(\d+) +--- stopped by SIGSTOP", file.read(), re.M):
                    return int(found[1])
        if process.poll() is not None:
            return None
        time.sleep(0.01)
    raise AssertionError("neither stopped nor ended")


def swapped(world, job):
    """Stops the run at a call, puts a link in the place of something, lets it go on, and takes the link away again."""
    at, name, number, place, outside = job
    where = f"{name} {number}: {place}"
    root, trace = machine.copy(world / "root", world / f"swap-{at}"), world / f"swap-{at}.trace"
    words = ["strace", "-f", "-qq", "-y", "-o", trace, "-e", "trace=%file", "-e", f"inject={name}:signal=STOP:when={number}"]
    words += [machine.COMMAND, "apply", world / "new.toml", "--root", root, "--yes", "--no-sync"]
    process = subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    path, aside, is_swapped = root / place, root / "aside", False
    if pid := stopped(trace, process):
        if path.exists() and not path.is_symlink():
            path.rename(aside)
            path.symlink_to(outside)
            is_swapped = True
        os.kill(pid, signal.SIGCONT)
    text = process.communicate(timeout=60)[0].decode()
    assert process.returncode in (0, 2) and "panicked" not in text, f"{where}: {process.returncode}: {text}"
    lines = trace.read_text(errors="replace").splitlines()
    trace.unlink()
    opened = [line for line in lines if f"<{world / 'outside'}" in line]
    assert opened == [] and ways(lines, root) == [], f"{where}: {opened}"
    if is_swapped:
        if path.is_symlink():
            path.unlink()
        # What the run put in the place of the link is its own.
        if not path.exists():
            aside.rename(path)
    done = apply(world / "new.toml", root, "--take-ours", "--no-sync")
    assert done.status == 0, f"{where}: {done}"
    assert (root / "etc/portage/make.conf").read_text() == 'USE="b"\n', where
    assert (root / "etc/portage/package.mask").read_text() == "mine\n", where
    shutil.rmtree(root)
    return is_swapped


def test_links_that_come_at_each_call(world, tried):
    """Somebody exchanges what is there for a link at each call that names something in the root."""
    outside = world / "outside"
    (world / "root/etc/portage/package.mask").write_text("mine\n")
    root = machine.copy(world / "root", world / "traced")
    done = apply(world / "new.toml", root, "--no-sync", strace=("-y", "-e", "trace=%file"), folder=world)
    assert done.status == 0, done
    numbers, found = {}, []
    for name, line in machine.calls(done.trace):
        numbers[name] = numbers.get(name, 0) + 1
        if f"<{root}" in line and '"' in line and name not in ("write", "read"):
            found.append((name, numbers[name]))
    places = [place for place in PLACES if (world / "root" / place).exists()]
    assert len(places) >= 9 and len(found) > 200
    # The places follow each other; all calls have their turn where there are few of a kind.
    kinds = {name: [point for point in found if point[0] == name] for name, _ in found}
    chosen = [point for points in kinds.values() for point in points[:: max(1, len(points) // 12)]]
    targets = itertools.cycle([f"{outside}/trap", f"../../../../../../../../../..{outside}/trap", f"{outside}/secret"])
    jobs = [
        (at, name, number, place, next(targets))
        for at, ((name, number), place) in enumerate(zip(chosen * 2, itertools.cycle(places)))
    ]
    aged(outside)
    before = state_of(outside)
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        count = sum(pool.map(lambda job: swapped(world, job), jobs))
    assert state_of(outside) == before
    assert count >= 150, f"{count} of {len(jobs)}"
    tried.count("links", count)


def test_links_that_come_and_go(world):
    """Somebody exchanges folders for links while it runs."""
    root, outside = world / "root", world / "outside"
    aged(outside)
    before = state_of(outside)
    context = multiprocessing.get_context("fork")
    stop, swaps = context.Event(), context.Value("i", 0)

    def attack():
        # What is outside is out of reach for this process itself: a link that stays cannot lead it there.
        os.chroot(root)
        dice = random.Random(7)
        places = [Path("/", p) for p in PLACES if p not in ("etc", "var")]
        while not stop.is_set() and swaps.value < 100_000:
            path = dice.choice(places)
            aside = path.with_name(f"{path.name}.aside")
            try:
                os.rename(path, aside)
            except OSError:
                continue
            try:
                os.symlink(f"{outside}/trap", path)
                swaps.value += 1
                stop.wait(0.0005)
                os.unlink(path)
            except OSError:
                pass
            try:
                os.rename(aside, path)
            except OSError:
                shutil.rmtree(aside, ignore_errors=True)

    attacker = context.Process(target=attack)
    attacker.start()
    try:
        for at in range(60):
            spec = world / ("new.toml", "old.toml")[at % 2]
            done = apply(spec, root, "--take-ours", "--no-sync") if at % 5 else rollback(root, "--take-ours", "--no-sync")
            assert done.status in (0, 2), done
    finally:
        stop.set()
        attacker.join(20)
        assert attacker.exitcode == 0
    swaps = swaps.value
    assert swaps > 100
    assert state_of(outside) == before
    assert not [p for p in outside.rglob("*") if ".portage-config" in p.name]


def test_links_inside_the_root_are_followed(world):
    """A root whose folders lie elsewhere in it works as one where they do not."""
    root = world / "root"
    for name in ("etc/portage", "var/lib"):
        moved = root / "srv" / name
        moved.parent.mkdir(parents=True, exist_ok=True)
        os.rename(root / name, moved)
        (root / name).symlink_to(f"/srv/{name}")
    done = apply(world / "new.toml", root)
    assert done.status == 0 and (root / "srv/etc/portage/make.conf").read_text() == 'USE="b"\n', done
    assert (root / "srv/var/lib/portage-config/generations/2").is_dir()
    done = rollback(root)
    assert done.status == 0 and (root / "srv/etc/portage/make.conf").read_text() == 'USE="a"\n', done
    assert machine.leftovers(root) == []
    # Where the folder of the state is to be made behind a link.
    other = world / "other"
    (other / "var").mkdir(parents=True)
    (other / "srv").mkdir()
    (other / "var/lib").symlink_to("/srv/lib")
    done = apply(world / "new.toml", other)
    assert done.status == 0 and (other / "srv/lib/portage-config/generations/1").is_dir(), done
