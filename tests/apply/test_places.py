"""Owners, attributes, file systems, full disks, several runs at once."""

import fcntl
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


def mounted(script: str, timeout=60, **env) -> subprocess.CompletedProcess:
    """A script in a mount namespace of its own."""
    words = ["unshare", "-m", "sh", "-euc", f"mount --make-rprivate /; {script}"]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **{k: str(v) for k, v in env.items()}}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=timeout)
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


def test_a_second_run_waits_and_says_so(specs):
    folder, one, two, _ = specs
    root = folder / "root"
    root.mkdir()
    assert apply(one, root).status == 0
    lock = os.open(root / STATE / "lock", os.O_RDONLY)
    for words in (("apply", two), ("rollback", "0"), ("apply", one)):
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = listing(root, times=True)
        command = [machine.COMMAND, *map(str, words), "--root", root, "--yes"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert process.stderr.readline() == f"waiting for another run on `{root}`\n"
        assert process.poll() is None and listing(root, times=True) == before
        # Reading needs no lock.
        assert run("status", "--root", root).status == 0 and run("apply", one, "--root", root, "--dry-run").status in (0, 1)
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert process.wait(timeout=60) == 0, process.stderr.read()
        process.stderr.close()
    os.close(lock)


# A root in memory that has room for so much more, and a run on it; then it has room, and the run is done again.
FULL = """
show() { find "$R" -path "$R/var" -prune -o -name '.portage-config-*' -prune -o -printf '%P %y %m %U %G %l\\n' | sort
    find "$R" -path "$R/var" -prune -o -name '.portage-config-*' -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; }
room() { mount -t tmpfs none "$R"; cp -a "$B/." "$R/"
    if test "$W" = inodes; then mount -o remount,nr_inodes=$(($(df --output=iused "$R" | tail -n1) + $1)) "$R"
    else mount -o remount,size=$(($(df --output=used "$R" | tail -n1) + 4 * $1))k "$R"; fi; }
act() { if test "$A" = apply; then "$C" apply "$NEW" --root "$R" --yes; else "$C" rollback 0 --root "$R" --yes; fi; }
room 100000; show >"$L/old"; act >"$L/out" 2>&1; show >"$L/new"; umount "$R"
! cmp -s "$L/old" "$L/new"
at=0; full=0; last=1; step=1; if test "$W" = inodes; then step=2; fi
while test "$last" != 0; do
    room $at
    last=0; act >"$L/out" 2>&1 || last=$?
    show >"$L/now"
    if test $last = 0; then
        cmp "$L/now" "$L/new"
    else
        test $last = 2; grep -q "No space left on device" "$L/out" || { cat "$L/out"; exit 1; }
        full=$((full + 1))
        if grep -q "all was written" "$L/out"; then cmp "$L/now" "$L/new"; else
            cmp "$L/now" "$L/old"
            test -z "$(find "$R" -name '.portage-config-*' -o -name pending)" || { find "$R"; exit 1; }
            # A run that has to be finished, and cannot, says so as well.
        fi
        mount -o remount,size=1g,nr_inodes=100000 "$R"
        act >"$L/out" 2>&1 || { cat "$L/out"; exit 1; }
        show >"$L/now"; cmp "$L/now" "$L/new"
    fi
    test -z "$(find "$R" -name '.portage-config-*' -o -name 'pending*')" || { find "$R"; exit 1; }
    umount "$R"
    at=$((at + step)); test $at -lt 400
done
echo "$full"
"""


@pytest.mark.parametrize("what", ["inodes", "blocks"])
@pytest.mark.parametrize("act", ["apply", "rollback"])
def test_a_full_disk(pair, tried, what, act):
    """A disk with a little more room each time, until there is enough."""
    base = pair.base if act == "apply" else pair.back.base
    root = pair.folder / "full"
    root.mkdir(exist_ok=True)
    done = mounted(FULL, timeout=300, R=root, L=pair.folder, B=base, C=machine.COMMAND, NEW=pair.new_spec, W=what, A=act)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    full = int(done.stdout.split()[-1])
    assert full >= 10, full
    tried.count("full", full)


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
    strace -f -qq -o "$L/trace" $T "$C" apply "$ONE" --root "$R" --yes
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
    done = mounted(script, R=root, E=empty, L=folder, T=" ".join(machine.TRACE), C=command, ONE=one, TWO=two)
    assert done.returncode == 0 and "nothing to do" in done.stderr and "Read-only file system" in done.stderr, done.stderr
    assert listing(root, times=True) == before and not list(empty.iterdir())
    trace = (folder / "trace").read_text().splitlines()
    # The lock is taken and let go.
    assert len(trace) > 20 and [name for name, _ in machine.points(trace, True)] == ["flock", "flock"]


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
