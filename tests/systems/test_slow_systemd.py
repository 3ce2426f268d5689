"""systemd on a slow board, and OpenRC's login on its serial line: asked of systemd itself, and of sh."""

import subprocess

import pytest

import consumers
from consumers import Broken

PRESET = "etc/systemd/system-preset/10-small.preset"
DROP_INS = ["sshd.service", "sshd-keygen@.service"]


@pytest.fixture(scope="module")
def tree(preset_tree):
    return preset_tree("i486-glibc-systemd")


def verified(tree, scratch, unit, add=""):
    """What systemd-analyze says of a unit with the tree's drop-in; the unit itself is a stand-in."""
    instance = unit.replace("@", "@rsa")
    folder = scratch / "root/etc/systemd/system"
    folder.mkdir(parents=True)
    (folder / unit).write_text("[Service]\nType=oneshot\nExecStart=/bin/true\n")
    (scratch / "root/bin").mkdir()
    (scratch / "root/bin/true").write_text("#!/bin/sh\n")
    (scratch / "root/bin/true").chmod(0o755)
    drop_in = f"{unit}.d/10-keygen.conf"
    (folder / drop_in).parent.mkdir()
    (folder / drop_in).write_text((tree / "etc/systemd/system" / drop_in).read_text() + add)
    words = ["systemd-analyze", "verify", f"--root={scratch / 'root'}", "--man=no", "--recursive-errors=no", instance]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = [line for line in done.stderr.splitlines() if "10-keygen.conf" in line]
    if found:
        raise Broken("\n".join(found))
    return done


@pytest.mark.parametrize("unit", DROP_INS)
def test_drop_ins_are_taken(unit, tree, tmp_path):
    verified(tree, tmp_path, unit)


@pytest.mark.parametrize("unit", DROP_INS)
@pytest.mark.parametrize("line", ["TimeoutStartSecs=infinity\n", "TimeoutStartSec=for ever\n"])
def test_broken_drop_ins_are_refused(unit, line, tree, tmp_path):
    with pytest.raises(Broken):
        verified(tree, tmp_path, unit, line)


def test_the_manager_waits_longer(tree):
    said = consumers.units(tree / "etc/systemd/system.conf.d/10-slow-cpu.conf")["Manager"]
    assert set(said) == {"DefaultTimeoutStartSec", "DefaultTimeoutStopSec", "DefaultDeviceTimeoutSec"}
    for (span,) in said.values():
        done = subprocess.run(["systemd-analyze", "timespan", span], capture_output=True, text=True, check=True)
        micro = next(line for line in done.stdout.splitlines() if "s:" in line)
        assert int(micro.split()[-1]) > 90_000_000, "the default is longer"
    assert subprocess.run(["systemd-analyze", "timespan", "30mni"], capture_output=True).returncode


def test_what_starts_by_itself(tree):
    assert consumers.presets(tree, tree / PRESET) == ["rngd.service"]


def test_login_on_the_serial_line(preset_tree):
    tree = preset_tree("i486-musl-openrc")
    assert consumers.shell(tree / "etc/conf.d/agetty.ttyS0") == {"baud": "19200", "term_type": "vt100"}
    link = tree / "etc/runlevels/default/agetty.ttyS0"
    assert str(link.readlink()) == "/etc/init.d/agetty.ttyS0"
    # The script is OpenRC's own, under the name of the line.
    assert str((tree / "etc/init.d/agetty.ttyS0").readlink()) == "agetty"
