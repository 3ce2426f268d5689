"""scripts/sizes: the trees of its variants differ in flags alone, and the flags reach the compiler."""

import os
import re
import subprocess
import sys

import pytest

import cross_trees as trees

SCRIPT = trees.REPOSITORY / "scripts/sizes"
SPEC = trees.REPOSITORY / "scripts/sizes.toml"
VARIANTS = ("o2", "o2-lto", "o2-lto-gc", "os", "oz", "oz-fp-lto-gc", "os-lto-gc", "oz-lto-gc")

PROGRAM = """
#include <stdio.h>
int table[4000] = {1, 2, 3};
int nobody_calls_it(int i) { return table[i] * 3; }
int main(int argc, char **argv) { (void)argv; printf("%d\\n", argc); return 0; }
"""
MAKEFILE = "program: program.c\n\t$(CC) $(CFLAGS) $(LDFLAGS) -o program program.c\n"


def sizes(*args):
    env = os.environ | {"PORTAGE_CONFIG_COMMAND": str(trees.command.COMMAND), "PORTAGE_CONFIG_PYTHON": sys.executable}
    # Their values are for the Portage of this process alone.
    for name in ("PORTAGE_CONFIGROOT", "PORTAGE_DEPCACHEDIR"):
        env.pop(name, None)
    return subprocess.run([SCRIPT, *map(str, args)], capture_output=True, text=True, env=env)


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "program.c").write_text(PROGRAM)
    (folder / "Makefile").write_text(MAKEFILE)
    return folder


def test_two_variants_of_a_small_package(package):
    done = sizes("--native", "--source", package, "--variants", "o2", "oz-lto-gc")
    assert done.returncode == 0, done.stderr
    rows = {cells[0]: cells for line in done.stdout.splitlines() if len(cells := line.strip("| ").split(" | ")) > 4}
    assert rows.keys() - {"---"} >= {"variant", *VARIANTS}
    assert int(rows["o2"][1]) > int(rows["oz-lto-gc"][1]) + 16000, "what nobody calls is gone with its table"
    assert rows["os"][1:4] == ["-", "-", "-"], "what was not measured is not said"
    assert rows["o2"][4:] == ["108320", "403928", "182564"]
    assert "`-pipe -Oz -flto -ffunction-sections -fdata-sections`" in done.stdout


def test_a_package_that_does_not_build_is_no_number(package):
    (package / "program.c").write_text("int main( {")
    done = sizes("--native", "--source", package, "--variants", "o2")
    assert done.returncode and "does not build with o2" in done.stderr and "| o2 |" not in done.stdout


def test_what_was_left_half_done_is_done_again(package, tmp_path):
    words = ("--native", "--source", package, "--variants", "o2", "--work", tmp_path / "work")
    good = (package / "program.c").read_text()
    (package / "program.c").write_text("int main( {")
    # A copy that ends in the middle.
    os.mkfifo(package / "pipe")
    assert sizes(*words).returncode
    (package / "pipe").unlink()
    (package / "program.c").write_text(good)
    done = sizes(*words)
    assert done.returncode == 0, done.stderr
    assert not list((tmp_path / "work").rglob("*.new"))


@pytest.mark.parametrize(
    "more,told",
    [
        ('[variant.x."package.mask/x"]\n"a/b" = true\n', "etc/portage/package.mask"),
        ('[variant.x.make.conf]\nOPT_FLAGS = "-O1"\nMAKEOPTS = "-j3"\n', "more than flags: MAKEOPTS"),
        ("[variant.x.make.conf]\n", "o2 and x have the same flags"),
    ],
)
def test_variants_that_are_not_comparable_are_refused(more, told, package, tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(SPEC.read_text() + more)
    done = sizes("--native", "--source", package, "--spec", spec, "--variants", "o2", "x")
    assert done.returncode and told in done.stderr


def test_eight_trees_have_eight_flags(tmp_path):
    found = {}
    for variant in VARIANTS:
        out = trees.command.render(SPEC, tmp_path / variant, "--variant", variant)
        answer = trees.oracle().load(out)
        found[variant] = (answer["CFLAGS"], " ".join(answer["LDFLAGS"].split()))
    assert len(set(found.values())) == len(VARIANTS)
    profile = "-Wl,-O1 -Wl,--as-needed -Wl,-z,pack-relative-relocs"
    for variant, (cflags, ldflags) in found.items():
        level, *words = variant.split("-")
        assert re.search(rf"-{level.capitalize()}\b", cflags) and "-march=i486" in cflags
        assert ("-flto" in cflags.split()) == ("lto" in words)
        assert ("-fomit-frame-pointer" in cflags) == ("fp" in words)
        assert ldflags == (f"{profile} -Wl,--gc-sections" if "gc" in words else profile)
