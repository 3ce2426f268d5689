"""The runner: what it says of the two guarantees, with a command that stands in for the real one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import command
import grow
import many
import runner
import strange
from files import snapshot

SCRIPT = Path(__file__).parents[2] / "scripts/corpus"
# It "imports" by a copy, and "renders" it; `harm` is what it does to each rendered tree.
STAND_IN = """#!{python}
import json, os, shutil, sys
verb, words = sys.argv[1], sys.argv[2:]
value = lambda name: words[words.index(name) + 1]
if verb == "import":
    root, spec = value("--root"), value("-o")
    shutil.copytree(root, spec + ".d", symlinks=True)
    open(spec, "w").close()
    file = {{"path": "etc/portage/package.use", "how": "text", "kind": "package.use", "lines": 4, "unknown": 1}}
    one = {{"severity": "warning", "code": "X1", "file": "etc/x", "message": "odd"}}
    print(json.dumps({{"roots": [{{"files": [file]}}], "diagnostics": [one]}}))
elif verb == "render":
    out = value("--out")
    if "--force" not in words:
        shutil.copytree(words[0] + ".d", out, symlinks=True)
    portage = out + "/etc/portage"
    {harm}
elif verb == "diff":
    sys.exit({diff})
"""
HARMS = {
    "nothing": ("pass", 0, False, False),
    "a time": ("os.utime(portage + '/package.use')", 0, True, False),
    "a mode": ("os.chmod(portage + '/package.use', 0o600)", 0, True, False),
    "a byte": ("open(portage + '/package.use', 'a').write('app-misc/x y\\n')", 0, True, True),
    "a difference": ("pass", 1, True, False),
    "no tree": ("sys.exit(2)", 0, True, True),
}


@pytest.fixture
def tree(tmp_path):
    return strange.write({"package.use": "app-misc/one a\n"}, tmp_path / "tree")


def stand_in(tmp_path, monkeypatch, harm: str, diff: int) -> Path:
    file = tmp_path / "stand-in"
    file.write_text(STAND_IN.format(python=sys.executable, harm=harm, diff=diff))
    file.chmod(0o755)
    monkeypatch.setattr(command, "COMMAND", file)
    return file


@pytest.mark.parametrize("name", HARMS)
def test_a_guarantee_is_broken_by(name, tree, tmp_path, monkeypatch):
    harm, diff, in_place, afresh = HARMS[name]
    stand_in(tmp_path, monkeypatch, harm, diff)
    result = runner.examine(tree, "tree")
    assert (bool(result.in_place), bool(result.afresh)) == (in_place, afresh), (result.in_place, result.afresh)
    assert result.broken == (in_place or afresh)
    assert result.carried == {"text": 1} and result.lines == {"package.use": (4, 1)}
    assert result.diagnostics == ["warning[X1] etc/x: odd"]


def test_the_table_says_it_all(tree, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, "pass", 0)
    text = runner.table([runner.examine(tree, "the tree")])
    for word in ("the tree", "ok", "1 of 4", "all 1", "package.use 1/4", "warning[X1] etc/x: odd"):
        assert word in text


def test_the_exit_status_says_whether_a_guarantee_is_broken(tree, tmp_path, monkeypatch):
    for harm, status in (("pass", 0), ("os.utime(portage + '/package.use')", 1)):
        file = stand_in(tmp_path, monkeypatch, harm, 0)
        env = os.environ | {"PORTAGE_CONFIG_COMMAND": str(file)}
        done = subprocess.run([sys.executable, SCRIPT, tree], env=env, capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        assert f"1 trees, {status} broken" in done.stdout
    assert subprocess.run([sys.executable, SCRIPT], capture_output=True).returncode == 2


def test_a_number_is_a_tree(tmp_path):
    trees = [grow.tree(number) for number in range(20)]
    assert trees == [grow.tree(number) for number in range(20)] and trees[0] != trees[1]
    one, other = (snapshot(strange.write(trees[3], tmp_path / name)) for name in ("one", "other"))
    assert one == other and len(one) > 3


def test_a_folder_is_a_tree_or_holds_trees(tmp_path):
    for name in ("a", "b"):
        strange.write({}, tmp_path / name)
    (tmp_path / "no-tree").mkdir()
    assert [job.name for job in many.of_folders([tmp_path], 5)] == ["a", "b"]
    assert [job.name for job in many.of_folders([tmp_path / "b"], 5)] == ["b"]
