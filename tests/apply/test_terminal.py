"""What somebody at a terminal is asked, and told while it goes on."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import time

import pytest

from command import COMMAND
from machine import STATE

SPEC = 'spec = 1\n[make.conf]\nUSE = "nbd"\n["package.use/box"]\n"a/b" = "-c"\n'


class Terminal:
    """The command with a terminal for all three of its streams."""

    def __init__(self, *words):
        self.all = ""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [COMMAND, *map(str, words)], stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)

    def read(self, wanted, timeout=20):
        """What is printed until `wanted`, and that."""
        end, start = time.monotonic() + timeout, len(self.all)
        while wanted is None or wanted not in self.all[start:]:
            ready, _, _ = select.select([self.master], [], [], max(end - time.monotonic(), 0))
            assert ready, f"no {wanted!r} in {self.all[start:]!r}"
            try:
                some = os.read(self.master, 65536)
            except OSError:
                some = b""
            if not some:
                assert wanted is None, f"no {wanted!r} in {self.all[start:]!r}"
                break
            self.all += some.decode()
        return self.all[start:]

    def say(self, line):
        os.write(self.master, f"{line}\n".encode())

    def end(self):
        self.read(None)
        os.close(self.master)
        return self.process.wait(20)


@pytest.fixture
def box(tmp_path):
    (tmp_path / "box.toml").write_text(SPEC)
    conf = tmp_path / "m/etc/portage/make.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text('USE="gtk"\n')
    return tmp_path


def test_conflicts_are_asked_about(box):
    terminal = Terminal("apply", box / "box.toml", "--root", box / "m", "--meaning", "--no-sync")
    asked = terminal.read("(q)uit? ")
    assert "etc/portage/make.conf: it is there and was not written by portage-config" in asked
    terminal.say("d")
    assert '-USE="gtk"' in terminal.read("(q)uit? ")
    terminal.say("nonsense")
    terminal.read("(q)uit? ")
    terminal.say("t")
    assert "USE: nbd added" in terminal.read("[y/N] ")
    assert not (box / "m" / STATE / "pending").exists() and (box / "m/etc/portage/make.conf").read_text() == 'USE="gtk"\n'
    terminal.say("y")
    assert terminal.end() == 0, terminal.all
    assert (box / "m/etc/portage/make.conf").read_text() == 'USE="nbd"\n'
    (box / "m/etc/portage/package.use/box").write_text("a/b c\n")
    terminal = Terminal("rollback", "0", "--root", box / "m", "--no-sync")
    assert "etc/portage/package.use/box: it was changed since it was written" in terminal.read("(q)uit? ")
    terminal.say("t")
    terminal.read("[y/N] ")
    terminal.say("yes")
    assert terminal.end() == 0, terminal.all
    assert (box / "m/etc/portage/make.conf").read_text() == 'USE="gtk"\n'


@pytest.mark.parametrize("words", [["q"], ["t", "n"], ["t", ""], ["m", "k", "n"], ["m", "q"], ["t", "\x04"], ["\x04"]])
def test_nothing_is_done_without_a_yes(box, words):
    terminal = Terminal("apply", box / "box.toml", "--root", box / "m", "--no-sync")
    for word in words:
        terminal.read("[y/N] " if word in ("n", "") else "? " if word == "\x04" else "(q)uit? ")
        if word == "\x04":
            os.write(terminal.master, b"\x04")
        else:
            terminal.say(word)
    assert terminal.end() in (1, 2), terminal.all
    assert (box / "m/etc/portage/make.conf").read_text() == 'USE="gtk"\n'
    assert sorted(p.name for p in (box / "m").rglob("*")) == ["etc", "make.conf", "portage"]


def test_an_interrupt_at_a_question_leaves_all_as_it_was(box):
    terminal = Terminal("apply", box / "box.toml", "--root", box / "m", "--take-ours")
    terminal.read("[y/N] ")
    os.killpg(terminal.process.pid, signal.SIGINT)
    assert terminal.end() != 0
    assert (box / "m/etc/portage/make.conf").read_text() == 'USE="gtk"\n'
    again = subprocess.run([COMMAND, "apply", box / "box.toml", "--root", box / "m", "--take-ours", "--yes"], timeout=60)
    assert again.returncode == 0


def test_what_takes_long_says_how_far_it_is(box):
    (box / "m" / STATE / "lock").mkdir(parents=True)
    held = os.open(box / "m" / STATE / "lock", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    words = ("apply", box / "box.toml", "--root", box / "m", "--take-ours", "--yes", "--no-sync")
    terminal = Terminal(*words)
    terminal.read("waiting for another run on ")
    terminal.read("planning 0/1 ")
    os.close(held)
    assert terminal.end() == 0, terminal.all
    # The line is gone again, and what is quick has none.
    assert terminal.all.rfind("\x1b[K") > terminal.all.rfind("planning"), terminal.all
    terminal = Terminal(*words)
    assert terminal.end() == 0
    assert "planning" not in terminal.all and "nothing to do" in terminal.all, terminal.all
