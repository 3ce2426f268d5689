"""No line of these systems is idle: taken out of its file, some consumer gives another answer, or refuses.

Lines that are listed here repeat what holds without them, and say it to the reader.
"""

import shutil
import subprocess

import pytest

import cross_trees as trees
from cross_trees import CHOST, consumers
from oracle import Refused

# Preset: its roots, each with its place in the output.
ROOTS = {
    "cross-amd64": {"host": "host", "cross": f"host/usr/{CHOST}", "target-machine": "target-machine"},
    "amd64-no-avx512": {"": "."},
    "sccache-dist": {name: name for name in ("client", "scheduler", "server")},
}
MAKE_CONF = "etc/portage/make.conf"
# Preset, file and line: why it is there although nothing that is asked here changes without it.
IDLE = {
    ("cross-amd64", MAKE_CONF, 'BINPKG_FORMAT="gpkg"'): "the default of this Portage, and not of older ones",
    ("cross-amd64", MAKE_CONF, f'ROOT="/usr/{CHOST}/"'): "the question brings a root of its own; test_cross_amd64 asks without",
    ("cross-amd64", MAKE_CONF, 'ACCEPT_LICENSE="@FREE"'): "that of the profile, as a promise of the machine itself",
    ("cross-amd64", MAKE_CONF, f'CBUILD="{CHOST}"'): "Portage takes CHOST for it; said because the cross root has another",
    ("cross-amd64", "etc/portage/binrepos.conf/builder.conf", "location = /var/cache/binhost/builder"): "Portage's default, to be seen",
    ("amd64-no-avx512", MAKE_CONF, 'ACCEPT_LICENSE="@FREE"'): "that of the profile, as a promise of the machine itself",
    ("sccache-dist", MAKE_CONF, 'ACCEPT_LICENSE="@FREE"'): "that of the profile, as a promise of the machine itself",
    ("sccache-dist", MAKE_CONF, 'CFLAGS="${COMMON_FLAGS}"'): "the profile's; said because -march=native must not stand there",
    ("sccache-dist", MAKE_CONF, 'CXXFLAGS="${COMMON_FLAGS}"'): "the profile's; said because -march=native must not stand there",
}

# What [target] says of the machine where the profile says the same: it stays true below another profile.
FOLLOWS = {
    ("cross-amd64", MAKE_CONF, 'ACCEPT_KEYWORDS="amd64"'),
    ("amd64-no-avx512", MAKE_CONF, 'ACCEPT_KEYWORDS="amd64"'),
    ("amd64-no-avx512", MAKE_CONF, 'CHOST="x86_64-pc-linux-gnu"'),
    ("amd64-no-avx512", MAKE_CONF, 'CHOST_amd64="x86_64-pc-linux-gnu"'),
}


def settled(preset, name):
    """A root as it is once the programs that write into it have done so."""
    tree = trees.copy(trees.rendered(preset) / ROOTS[preset][name])
    if (preset, name) == ("cross-amd64", "host"):
        trees.write_crossdev_mask(tree)
    return tree


def portage(tree, path):
    try:
        if path.startswith("etc/portage/sets/"):
            return trees.sets(trees.oracle().load(tree))
        shutil.rmtree(tree / "etc/portage/sets", ignore_errors=True)
        return trees.oracle().load(tree).everything()
    except Refused as refused:
        return str(refused)


def other(tree, path):
    """What the consumer of a file outside of etc/portage makes of it."""
    file = tree / path
    try:
        if path.startswith("etc/tmpfiles.d/"):
            return [line.split() for line in file.read_text().splitlines() if line and line[0] != "#"]
        if file.suffix == ".env":
            done = subprocess.run(["sh", "-c", '. "$1" && env -0', "sh", file], env={}, capture_output=True)
            return done.returncode, done.stdout.replace(str(tree).encode(), b"")
        return consumers.answer(tree, path)
    except consumers.Broken as broken:
        return str(broken)


def lines():
    rows = []
    for preset, places in ROOTS.items():
        out = trees.rendered(preset)
        for name, place in places.items():
            tree = out / place
            inside = {(out / p).resolve() for p in places.values()} - {tree.resolve()}
            for file in sorted(tree.rglob("*")):
                nested = any(file.resolve().is_relative_to(other) and other.is_relative_to(tree.resolve()) for other in inside)
                if file.is_symlink() or not file.is_file() or nested or file.stat().st_mode & 0o100:
                    continue
                path = str(file.relative_to(tree))
                for number, line in enumerate(file.read_text().splitlines()):
                    if line.strip() and not line.startswith("#"):
                        rows.append((preset, name, path, number, line))
    return rows


LINES = lines()
BEFORE: dict = {}


@pytest.mark.parametrize("preset,name,path,number,line", LINES, ids=[f"{p}-{n}-{f}-{i}" for p, n, f, i, _ in LINES])
def test_a_line_has_an_effect(preset, name, path, number, line):
    ask = portage if path.startswith("etc/portage/") else other
    key = (preset, name, "etc/portage" if ask is portage and not path.startswith("etc/portage/sets/") else path)
    if key not in BEFORE:
        BEFORE[key] = ask(settled(preset, name), path)
    tree = settled(preset, name)
    file = tree / path
    kept = file.read_text().splitlines(keepends=True)
    del kept[number]
    file.write_text("".join(kept))
    idle = ask(tree, path) == BEFORE[key]
    assert idle == ((preset, path, line) in IDLE.keys() | FOLLOWS), f"{path}: {line}"


def test_few_lines_are_idle():
    for preset in ROOTS:
        rows = [(path, line) for of, _, path, _, line in LINES if of == preset]
        assert len([row for row in rows if (preset, *row) in IDLE]) * 10 < len(rows), preset
    assert {(preset, path, line) for preset, _, path, _, line in LINES} >= IDLE.keys() | FOLLOWS
