"""Owners, attributes, file systems, full disks, several runs at once."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

import machine
from machine import STATE, apply, leftovers, listing, rollback, run

UID = 65534
DROP = ("setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups")
ONE = 'spec = 1\n[make.conf]\nUSE = "a"\n["package.use/a"]\n"a/b" = "c"\n[file."/etc/motd"]\ntext = "one\\n"\n'
TWO = ONE.replace('"a"\n', '"a b"\n', 1).replace('"c"', '"d"').replace("one", "two")


@pytest.fixture
def specs():
    """Specs that everybody may read, and a folder for roots."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        one, two = Path(folder) / "one.toml", Path(folder) / "two.toml"
        one.write_text(ONE)
        two.write_text(TWO)
        command = shutil.copy(machine.COMMAND, Path(folder) / "portage-config")
        yield Path(folder), one, two, command


def mounted(script: str, **env) -> subprocess.CompletedProcess:
    """A script in a mount namespace of its own."""
    words = ["unshare", "-m", "sh", "-euc", f"mount --make-rprivate /; {script}"]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **{k: str(v) for k, v in env.items()}}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60)
    assert "panicked" not in done.stderr
    return done


def test_owner_mode_and_attributes_are_kept_and_come_back(specs):
    folder, one, two, _ = specs
    root = folder / "root"
    root.mkdir()
    assert apply(one, root).status == 0
    file = root / "etc/portage/make.conf"
    os.chmod(file, 0o640)
    os.chown(file, 12, 34)
    names = {"user.note": b"mine\0too", "security.selinux": b"system_u:object_r:portage_conf_t:s0\0", "trusted.x": b"y"}
    for name, value in names.items():
        os.setxattr(file, name, value)
    motd = root / "etc/motd"
    os.setxattr(motd, "user.note", b"motd")

    def about(path):
        stat = path.lstat()
        return stat.st_uid, stat.st_gid, oct(stat.st_mode), {n: os.getxattr(path, n) for n in os.listxattr(path)}

    first = about(file)
    before = listing(root, times=True)
    assert apply(two, root).status == 0
    assert about(file) == first and file.read_text() == 'USE="a b"\n'
    # What somebody sets later does not come back with the old content.
    os.setxattr(motd, "user.note", b"later")
    assert rollback(root).status == 0
    assert about(file) == first and os.getxattr(motd, "user.note") == b"motd"
    assert listing(root, times=True) == before
    copy = root / STATE / "generations/2/before/etc/portage/make.conf"
    assert about(copy)[:2] == (12, 34)
    assert oct((root / STATE / "generations/2").stat().st_mode)[-3:] == "700", "it holds what not everybody may read"


def test_attributes_come_back_after_a_rollback_that_was_killed(specs):
    folder, one, two, _ = specs
    root = folder / "root"
    root.mkdir()
    assert apply(one, root).status == 0
    motd = root / "etc/motd"
    os.setxattr(motd, "user.note", b"first")
    assert apply(two, root).status == 0
    os.setxattr(motd, "user.note", b"second")
    # Before the first change, and all is written down.
    done = rollback(root, strace=("-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL:when=1"), folder=folder)
    assert done.status == -9 and (root / STATE / "pending").is_dir(), done
    assert apply(one, root).status == 0
    assert motd.read_text() == "one\n" and os.getxattr(motd, "user.note") == b"first"


def test_without_privileges(specs):
    folder, one, two, command = specs
    root = folder / "root"
    root.mkdir()
    os.chown(root, UID, UID)

    def as_user(*args):
        words = [*DROP, command, *map(str, args), "--root", str(root), "--yes"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"]})
        assert "panicked" not in done.stderr
        return done

    closed = folder / "closed.toml"
    closed.write_text(f'{ONE}[file."/etc/closed"]\ndir = true\nmode = 0o500\n[file."/etc/closed/x"]\ntext = "x\\n"\n')
    for spec in (one, two, closed):
        done = as_user("apply", spec)
        assert done.returncode == 0 and leftovers(root) == [], done.stderr
    assert (root / "etc/closed").stat().st_mode & 0o777 == 0o500 and (root / "etc/closed/x").read_text() == "x\n"
    os.chmod(root / "etc/closed", 0o700)
    assert as_user("apply", two, "--take-ours").returncode == 0
    assert as_user("rollback", "1", "--take-ours").returncode == 0
    # A file of somebody else would change hands.
    os.chown(root / "etc/motd", 0, 0)
    before = listing(root, times=True)
    done = as_user("apply", two)
    assert done.returncode == 2 and "etc/motd" in done.stderr and "owner" in done.stderr, done.stderr
    assert listing(root, times=True) == before and leftovers(root) == []
    os.chown(root / "etc/motd", UID, UID)
    # A folder that may not be written.
    os.chmod(root / "etc/portage/package.use", 0o555)
    before = listing(root, times=True)
    done = as_user("apply", two)
    assert done.returncode == 2 and "package.use" in done.stderr and leftovers(root) == []
    assert listing(root, times=True) == before


def test_a_folder_that_nobody_may_change(specs):
    folder, one, two, _ = specs
    root = folder / "root"
    root.mkdir()
    assert apply(one, root).status == 0
    before = listing(root, times=True)
    subprocess.run(["chattr", "+i", root / "etc/portage/package.use"], check=True)
    try:
        done = apply(two, root)
    finally:
        subprocess.run(["chattr", "-i", root / "etc/portage/package.use"], check=True)
    assert done.status == 2 and "package.use" in done.stderr and "not permitted" in done.stderr, done
    assert listing(root, times=True) == before and leftovers(root) == []
    assert apply(two, root).status == 0


def test_modes_do_not_depend_on_the_umask(specs):
    folder, one, two, _ = specs
    for mask in (0o077, 0o022, 0):
        root = folder / f"root-{mask}"
        root.mkdir(mode=0o755)
        for spec in (one, two):
            assert apply(spec, root, umask=mask).status == 0
        for path in root.rglob("*"):
            mode = path.stat().st_mode & 0o777
            wanted = 0o700 if path.name == "lock" else 0o755 if path.is_dir() else 0o644
            assert mode == wanted, f"{path}: {mode:o}"


def test_two_at_once(specs):
    folder, one, two, _ = specs
    for attempt in range(8):
        root = folder / f"root-{attempt}"
        root.mkdir()
        if attempt % 2:
            assert apply(one, root, "--no-sync").status == 0
        words = [[machine.COMMAND, "apply", spec, "--root", root, "--yes", "--take-ours"] for spec in (one, two, two, one)]
        runs = [subprocess.Popen(list(map(str, w)), stdout=subprocess.PIPE, stderr=subprocess.PIPE) for w in words]
        ended = [(process.communicate(timeout=60)[1].decode(), process.returncode) for process in runs]
        assert all(status in (0, 2) and "panicked" not in text for text, status in ended), ended
        assert any(status == 0 for _, status in ended), ended
        texts = {(root / "etc/motd").read_text(), (root / "etc/portage/package.use/a").read_text()}
        assert texts in ({"one\n", "a/b c\n"}, {"two\n", "a/b d\n"}), texts
        assert leftovers(root) == []
        last = one if "one\n" in texts else two
        assert "nothing to do" in run("apply", last, "--root", root, "--yes").stderr
        assert rollback(root, 0).status == 0
        assert {p.name for p in root.rglob("*") if STATE not in str(p)} <= {"var", "lib"}


@pytest.mark.parametrize("size", [70_000, 90_000, 150_000])
def test_a_full_disk(specs, size):
    folder, one, two, command = specs
    big = folder / "big.toml"
    big.write_text(ONE.replace("one", "x" * size))
    script = """
    mount -t tmpfs -o size=200k none "$R"
    "$C" apply "$ONE" --root "$R" --yes -q
    find "$R" -path '*portage-config*' -prune -o -type f -print0 | sort -z | xargs -0 sha256sum >"$L/before"
    status=0; "$C" apply "$BIG" --root "$R" --yes -q || status=$?
    find "$R" -path '*portage-config*' -prune -o -type f -print0 | sort -z | xargs -0 sha256sum >"$L/after"
    cmp "$L/before" "$L/after"
    test "$status" = 2
    test -z "$(find "$R" -name '.portage-config-*' -o -name 'pending*')"
    "$C" apply "$TWO" --root "$R" --yes -q
    "$C" rollback 0 --root "$R" --yes -q
    """
    (folder / "root").mkdir()
    done = mounted(script, R=folder / "root", L=folder, C=command, ONE=one, TWO=two, BIG=big)
    assert done.returncode == 0 and "No space left on device" in done.stderr, done.stderr


def test_a_root_that_cannot_be_written(specs):
    folder, one, two, command = specs
    root = folder / "root"
    root.mkdir()
    assert apply(one, root).status == 0
    empty = folder / "empty"
    empty.mkdir()
    script = """
    mount --bind "$R" "$R"; mount -o remount,bind,ro "$R"
    mount --bind "$E" "$E"; mount -o remount,bind,ro "$E"
    "$C" apply "$ONE" --root "$R" --yes
    for root in "$R" "$E"; do
        status=0; "$C" apply "$TWO" --root "$root" --yes -q || status=$?
        test "$status" = 2
        status=0; "$C" apply "$TWO" --root "$root" --dry-run >/dev/null || status=$?
        test "$status" = 1
    done
    status=0; "$C" rollback --root "$R" --yes -q || status=$?
    test "$status" = 2
    """
    before = listing(root, times=True)
    done = mounted(script, R=root, E=empty, C=command, ONE=one, TWO=two)
    assert done.returncode == 0 and "nothing to do" in done.stderr and "Read-only file system" in done.stderr, done.stderr
    assert listing(root, times=True) == before and not list(empty.iterdir())


@pytest.mark.parametrize("place", [".", "var/lib", "etc", "etc/portage/package.use"])
def test_folders_on_other_file_systems(specs, place):
    folder, one, two, command = specs
    root = folder / "root"
    (root / place).mkdir(parents=True, exist_ok=True)
    script = """
    mount -t tmpfs none "$R/$P"
    for spec in "$ONE" "$TWO" "$ONE"; do "$C" apply "$spec" --root "$R" --yes; done
    grep -q '"a"' "$R/etc/portage/make.conf"
    "$C" rollback 2 --root "$R" --yes
    grep -q '"a b"' "$R/etc/portage/make.conf"
    grep -q 'a/b d' "$R/etc/portage/package.use/a"
    "$C" rollback 0 --root "$R" --yes
    test -z "$(find "$R" -type f ! -path '*/portage-config/*')"
    test -z "$(find "$R" -name '.portage-config-*' -o -name 'pending*')"
    """
    done = mounted(script, R=root, P=place, C=command, ONE=one, TWO=two)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
