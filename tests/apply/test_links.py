"""Links in the way of every path: nothing outside the root is made, changed or read."""

import os
import random
import shutil
import threading

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
            ("apply", world / "new.toml", "--root", root, "--yes", "--take-ours"),
            ("rollback", "--root", root, "--yes", "--take-ours"),
            ("apply", world / "new.toml", "--root", root, "--dry-run", "--take-ours"),
        ):
            done = run(*words, strace=("-y", "-e", "trace=%file,%desc"), folder=world)
            where = f"{place} -> {kind}: {words[0]}: {done}"
            assert done.status in (0, 1, 2), where
            assert done.status != 1 or "--dry-run" in words, where
            opened = [line for line in done.trace if f"<{outside}" in line]
            assert opened == [], f"{where}: {opened}"
            assert state_of(outside) == before, where
        shutil.rmtree(root)


def test_links_that_come_and_go(world):
    """Somebody exchanges folders for links while it runs."""
    root, outside = world / "root", world / "outside"
    aged(outside)
    before = state_of(outside)
    stop = threading.Event()

    def attack():
        dice = random.Random(7)
        places = [p for p in PLACES if p not in ("etc", "var")]
        while not stop.is_set():
            path = root / dice.choice(places)
            aside = path.with_name(f"{path.name}.aside")
            try:
                os.rename(path, aside)
            except OSError:
                continue
            try:
                os.symlink(f"{outside}/trap", path)
                stop.wait(0.0005)
                os.unlink(path)
            except OSError:
                pass
            try:
                os.rename(aside, path)
            except OSError:
                shutil.rmtree(aside, ignore_errors=True)

    attacker = threading.Thread(target=attack)
    attacker.start()
    try:
        for at in range(60):
            spec = world / ("new.toml", "old.toml")[at % 2]
            done = apply(spec, root, "--take-ours", "--no-sync") if at % 5 else rollback(root, "--take-ours", "--no-sync")
            assert done.status in (0, 2), done
    finally:
        stop.set()
        attacker.join()
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
