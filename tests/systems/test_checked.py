"""The hook that checks the configuration after a sync: a program for sh that says what is wrong and never fails."""

import os
import subprocess
from pathlib import Path

import pytest

import command
import cross_trees as trees
from portage.util.hooks import get_hooks_from_dir

HOOK = "etc/portage/repo.postsync.d/portage-config"


@pytest.fixture
def tree(tmp_path) -> Path:
    spec = tmp_path / "x.toml"
    spec.write_text('spec = 1\nextends = ["preset:role/checked"]\n[make.conf]\nUSE = "x"\n')
    done = command.run("render", spec, "--out", tmp_path / "tree")
    assert done.status == 0, done.stderr
    return tmp_path / "tree"


def run(tree: Path, program: Path | None) -> subprocess.CompletedProcess:
    """As Portage runs it: with the name, the URI and the location of the repository."""
    folder = tree.parent / "bin"
    folder.mkdir(exist_ok=True)
    for name in ("sh", "cat"):
        (folder / name).exists() or (folder / name).symlink_to(f"/bin/{name}")
    if program:
        (folder / "portage-config").symlink_to(program)
    return subprocess.run(
        [tree / HOOK, "gentoo", "https://github.com/gentoo-mirror/gentoo", "/var/db/repos/gentoo"],
        env={"PATH": str(folder), "PORTAGE_CONFIGROOT": str(tree)},
        capture_output=True,
        text=True,
    )


def test_portage_finds_it(tree):
    found = get_hooks_from_dir("repo.postsync.d", prefix=str(tree))
    assert list(found.values()) == ["portage-config"]


def test_sh_and_shellcheck_have_nothing_to_say(tree):
    text = (tree / HOOK).read_text()
    assert trees.shell_accepts(text).returncode == 0
    done = trees.shellcheck(text)
    assert done.returncode == 0, done.stdout


def test_a_sound_configuration_is_silent(tree):
    done = run(tree, command.COMMAND)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_mistake_is_said_and_fails_nothing(tree):
    with (tree / "etc/portage/make.conf").open("a") as make_conf:
        make_conf.write('ACCEPT_KEYWORD="~x86"\n')
    done = run(tree, command.COMMAND)
    assert (done.returncode, done.stdout) == (0, "")
    assert "L101" in done.stderr


def test_without_the_program_nothing_happens(tree):
    done = run(tree, None)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_program_that_fails_fails_nothing(tree):
    program = tree.parent / "fails"
    program.write_text("#!/bin/sh\nexit 2\n")
    os.chmod(program, 0o755)
    assert run(tree, program).returncode == 0
