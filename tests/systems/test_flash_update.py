"""The scripts of `initramfs-kexec` that change the card: killed at every step, they leave an image that starts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import embedded

# Every program that flash-update calls. The stand-in does the work of the real one, and at its turn kills the script;
# of a copy it leaves a half.
PROGRAMS = ("cp", "mv", "rm", "mkdir", "sync", "sha256sum", "mountpoint", "grub-editenv")
STAND_IN = """#!/bin/sh
PATH=/usr/bin:/bin
turn=$(($(head -n 1 "$COUNT") + 1))
echo $turn >"$COUNT"
[ "$turn" != "$KILL" ] || echo "${0##*/}" >>"$COUNT"
name=${0##*/}
case $name in
mountpoint) false ;;
grub-editenv) echo "$3" >"$1" ;;
sync) ;;
# what is read back from the card, and what is still in memory then
sha256sum) "$name" "$@" && echo "$PWD dropped=$(cat "$DROP_CACHES")" >>"$READ" ;;
*) "$name" "$@" ;;
esac
status=$?
if [ "$turn" = "$KILL" ] && [ "$WHEN" = half ] && [ "$name" = cp ]; then
	for last; do :; done
	dd if=/dev/null of="$last/kernel.img" bs=1 seek=100 2>/dev/null
	rm "$last/kernel.ver"
fi
[ "$turn" != "$KILL" ] || kill -9 $(cat "$PIDFILE")
exit $status
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    tree = embedded.render("initramfs-kexec", tmp_path_factory.mktemp("kexec"))
    return tree / "builder/usr/src/image/usr/local/sbin"


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tools")
    for name in PROGRAMS:
        (folder / name).write_text(STAND_IN)
        (folder / name).chmod(0o755)
    return folder


def image(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "kernel.img").write_text(f"kernel {version}\n" * 50)
    (folder / "initrd.img").write_text(f"initrd {version}\n" * 50)
    (folder / "kernel.arg").write_text("panic=1\n")
    (folder / "kernel.ver").write_text(f"{version}\n")
    names = sorted(path.name for path in folder.iterdir())
    sums = subprocess.run(["sha256sum", *names], cwd=folder, capture_output=True, check=True).stdout
    (folder / "SHA256SUMS").write_bytes(sums)
    return folder


def card(folder: Path) -> Path:
    image(folder / "system/active", "1.1")
    image(folder / "system/backup", "1.0")
    (folder / "boot/grub").mkdir(parents=True)
    (folder / "boot/grub/grubenv").write_text("")
    return folder


def whole(slot: Path) -> bool:
    sums = slot / "SHA256SUMS"
    return sums.exists() and subprocess.run(["sha256sum", "-c", sums.name], cwd=slot, capture_output=True).returncode == 0


def started(flash: Path) -> str | None:
    """The version that /init starts: active, or backup where active has no kernel; None if it is not whole."""
    for slot in ("active", "backup"):
        if (flash / f"system/{slot}/kernel.img").exists():
            here = flash / "system" / slot
            return (here / "kernel.ver").read_text().strip() if whole(here) else None
    return None


def update(script: Path, tools: Path, flash: Path, new: Path, kill=0, when="after") -> tuple[int, int]:
    """Runs the update, killed at a turn; its status, and the turns that it took."""
    count, pid = flash.with_name("count"), flash.with_name("pid")
    count.write_text("0")
    env = {"PATH": f"{tools}:/usr/bin:/bin", "FLASH": flash, "COUNT": count, "PIDFILE": pid, "KILL": kill, "WHEN": when}
    env |= {"DROP_CACHES": flash.with_name("drop_caches"), "READ": flash.with_name("read")}
    env["DROP_CACHES"].write_text("")
    # the shell writes its own id, then becomes the script
    words = ["sh", "-c", 'echo $$ >"$PIDFILE"; exec sh "$@"', "sh", script, new]
    done = subprocess.run(list(map(str, words)), env={k: str(v) for k, v in env.items()}, capture_output=True, text=True)
    return done.returncode, int(count.read_text().split()[0])


def interrupted(script: Path, tools: Path, folder: Path):
    """Kills the update at each turn in each way, and carries on afterwards: what is wrong."""
    new = image(folder / "new", "1.2")
    status, turns = update(script, tools, card(folder / "whole/flash"), new)
    if status:
        yield "the update fails"
    cases = [(turn, "after") for turn in range(1, turns + 1)] + [(turn, "half") for turn in range(1, turns + 1)]
    for turn, when in cases:
        flash = card(folder / f"{when}-{turn}/flash")
        status, _ = update(script, tools, flash, new, turn, when)
        if when == "half" and "cp" not in flash.with_name("count").read_text():
            continue
        if status == 0:
            yield f"{when} {turn}: not killed"
        if started(flash) not in ("1.1", "1.2"):
            yield f"{when} {turn}: {started(flash)} starts"
        status, _ = update(script, tools, flash, new)
        left = sorted(path.name for path in (flash / "system").iterdir())
        if status or started(flash) != "1.2" or left != ["active", "backup"] or not whole(flash / "system/backup"):
            yield f"{when} {turn}: not finished: {status} {left}"


def test_update_swaps_the_images(scripts, tools, tmp_path):
    flash, new = card(tmp_path / "flash"), image(tmp_path / "new", "1.2")
    assert update(scripts / "flash-update", tools, flash, new)[0] == 0
    versions = {slot.name: (slot / "kernel.ver").read_text().strip() for slot in (flash / "system").iterdir()}
    assert versions == {"active": "1.2", "backup": "1.1"}
    assert (flash / "boot/grub/grubenv").read_text() == "trial=1\n"


def test_update_survives_a_kill_at_every_step(scripts, tools, tmp_path):
    assert list(interrupted(scripts / "flash-update", tools, tmp_path)) == []


@pytest.mark.parametrize(
    "old, new",
    [
        # active goes, and its successor is not there yet
        ('mv "$system/active" "$system/backup"', 'rm -rf "$system/active"'),
        # copied in place
        ('cp "$from"/* "$system/new/"', 'cp "$from"/* "$system/new/"; cp "$from"/* "$system/active/"'),
        # the only one that starts is removed
        ('if [ -d "$system/active" ]; then', 'rm -rf "$system/backup"\nif [ -d "$system/active" ]; then'),
    ],
)
def test_judge_sees_an_update_that_is_not_safe(scripts, tools, tmp_path, old, new):
    text = (scripts / "flash-update").read_text()
    assert old in text
    (tmp_path / "flash-update").write_text(text.replace(old, new))
    found = next(interrupted(tmp_path / "flash-update", tools, tmp_path))
    assert "starts" in found or "not finished" in found


def test_update_refuses_what_is_not_whole(scripts, tools, tmp_path):
    flash, new = card(tmp_path / "flash"), image(tmp_path / "new", "1.2")
    (new / "kernel.img").write_text("another")
    assert update(scripts / "flash-update", tools, flash, new)[0] == 1
    assert started(flash) == "1.1" and not (flash / "system/new").exists()


def test_configuration_is_kept_twice(scripts, tmp_path):
    flash, root = tmp_path / "flash", tmp_path / "root"
    (flash / "cfg").mkdir(parents=True)
    (root / "etc").mkdir(parents=True)
    for text in ("first", "second", "third"):
        (root / "etc/motd").write_text(text)
        env = os.environ | {"FLASH": str(flash), "ROOT": str(root)}
        subprocess.run([scripts / "config-save"], env=env, check=True, capture_output=True)
    kept = {}
    for archive in sorted((flash / "cfg").iterdir()):
        out = tmp_path / archive.name
        out.mkdir()
        plain = subprocess.run(["gzip", "-dc", archive], capture_output=True, check=True).stdout
        subprocess.run(["cpio", "-id", "--quiet"], cwd=out, input=plain, check=True)
        kept[archive.name] = (out / "etc/motd").read_text()
    assert kept == {"config.bak": "second", "config.cur": "third"}


def test_update_reads_the_card_and_not_the_memory(scripts, tools, tmp_path):
    flash, new = card(tmp_path / "flash"), image(tmp_path / "new", "1.2")
    assert update(scripts / "flash-update", tools, flash, new)[0] == 0
    assert (tmp_path / "read").read_text().splitlines() == [f"{new} dropped=", f"{flash}/system/new dropped=3"]


@pytest.mark.parametrize("name", ["kernel.img.old", "more", ".hidden", "kernel-img", "two words"])
def test_update_refuses_a_file_without_a_sum(scripts, tools, tmp_path, name):
    flash, new = card(tmp_path / "flash"), image(tmp_path / "new", "1.2")
    (new / name).write_text("another")
    assert update(scripts / "flash-update", tools, flash, new)[0] == 1
    assert started(flash) == "1.1" and not (flash / "system/new").exists()


@pytest.mark.parametrize("name", ["flash-update", "flash-confirm", "config-save"])
def test_scripts(scripts, name):
    assert shutil.which("shellcheck")
    done = subprocess.run(["shellcheck", scripts / name], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_an_image_that_was_never_confirmed_is_no_backup(scripts, tools, tmp_path):
    flash, new = card(tmp_path / "flash"), image(tmp_path / "new", "1.2")
    (flash / "boot/grub/grubenv").write_text("trial=2\n")
    assert update(scripts / "flash-update", tools, flash, new)[0] == 0
    versions = {slot.name: (slot / "kernel.ver").read_text().strip() for slot in (flash / "system").iterdir()}
    assert versions == {"active": "1.2", "backup": "1.0"}


@pytest.mark.parametrize("slot, calls", [("active", 1), ("backup", 0)])
def test_only_the_active_image_confirms(scripts, tmp_path, slot, calls):
    (tmp_path / "cmdline").write_text(f"panic=1 slot={slot} config=cur\n")
    editor, log = tmp_path / "bin/grub-editenv", tmp_path / "log"
    editor.parent.mkdir()
    editor.write_text(f'#!/bin/sh\necho "$@" >>{log}\n')
    editor.chmod(0o755)
    env = {"PATH": f"{editor.parent}:/usr/bin:/bin", "FLASH": str(tmp_path), "CMDLINE": str(tmp_path / "cmdline")}
    subprocess.run([scripts / "flash-confirm"], env=env, check=True)
    said = log.read_text().splitlines() if log.exists() else []
    assert len(said) == calls and all(line.endswith("unset trial") for line in said)


def test_configuration_that_is_not_there_is_not_kept(scripts, tmp_path):
    flash, root = tmp_path / "flash", tmp_path / "root"
    (flash / "cfg").mkdir(parents=True)
    (root / "etc").mkdir(parents=True)
    env = os.environ | {"FLASH": str(flash), "ROOT": str(root)}
    subprocess.run([scripts / "config-save"], env=env, check=True, capture_output=True)
    assert (flash / "cfg/config.cur").stat().st_mode & 0o777 == 0o600
    assert subprocess.run([scripts / "config-save", "ect"], env=env, capture_output=True).returncode
    assert sorted(path.name for path in (flash / "cfg").iterdir()) == ["config.cur"]
