"""A system without AVX-512: what gcc, Portage and the benchmark make of it."""

import os
import re
import stat
import subprocess

import pytest

import cross_trees as trees

PRESET = "amd64-no-avx512"
GONE = {"__AVX512F__", "__AVX512BW__", "__AVX512VL__", "__AVX512VNNI__", "__AVX512VPOPCNTDQ__", "__GFNI__", "__VAES__", "__VPCLMULQDQ__"}
BASH, RUST = "app-shells/bash-5.3_p3", "dev-lang/rust-bin-1.95.0"


def sets_of(flags):
    """The instruction sets that gcc uses with these flags, as code can ask for them."""
    done = subprocess.run(["gcc", *flags.split(), "-dM", "-E", "-x", "c", "/dev/null"], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return set(re.findall(r"^#define (__\w+__) 1$", done.stdout, re.M))


@pytest.mark.parametrize("variants", [(), ("with-avx512",), ("per-package",), ("host-level",)])
def test_the_checks_find_nothing(variants):
    done = trees.check(PRESET, "--deny=warnings", *(word for name in variants for word in ("--variant", name)))
    assert (done.status, done.stdout, done.stderr.strip()) == (0, b"", "no findings")


@pytest.mark.parametrize("name", ["CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS"])
def test_gcc_uses_none_of_it(name):
    found = sets_of(trees.oracle().load(trees.rendered(PRESET))[name])
    assert "__AVX2__" in found and not found & GONE


def test_gcc_uses_it_without_the_sets_of():
    tree = trees.copy(trees.rendered(PRESET))
    file = tree / "etc/portage/make.conf"
    assert " -mno-avx512f" in file.read_text()
    file.write_text(file.read_text().replace(" -mno-avx512f", ""))
    assert "__AVX512F__" in sets_of(trees.oracle().load(tree)["CFLAGS"])
    with pytest.raises(AssertionError, match="unrecognized"):
        sets_of("-mno-avx512ff")


def test_the_other_compilers_and_assembly_go_without():
    answer = trees.oracle().load(trees.rendered(PRESET))
    assert answer["GOAMD64"] == "v3"
    assert answer["RUSTFLAGS"] == "-C target-cpu=icelake-client -C target-feature=-avx512f,-gfni,-vaes,-vpclmulqdq"
    assert not [word for word in answer["CPU_FLAGS_X86"].split() if word.startswith("avx512") or word == "vpclmulqdq"]


def test_the_checks_know_what_cflags_do_not_reach(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(f'spec = 1\nextends = ["{trees.PRESETS / PRESET}.toml"]\n[make.conf]\nGOAMD64 = "v4"\n')
    done = trees.command.run("check", spec)
    assert done.status == 1 and "L050" in done.stdout.decode()


def test_with_everything():
    answer = trees.oracle().load(trees.rendered(PRESET, "with-avx512"))
    assert sets_of(answer["CFLAGS"]) >= GONE
    assert answer["GOAMD64"] == "v4" and "avx512f" in answer["CPU_FLAGS_X86"].split()


def test_what_both_have_needs_no_switch_that_could_be_stripped():
    answer = trees.oracle().load(trees.rendered(PRESET, "host-level"))
    assert answer["CFLAGS"] == "-O2 -march=znver2 -mtune=icelake-client -pipe"
    found = sets_of(answer["CFLAGS"])
    assert "__AVX2__" in found and not found & GONE


def test_for_single_packages():
    answer = trees.oracle().load(trees.rendered(PRESET, "per-package"))
    for cpv in (RUST, "app-emulation/qemu-11.0", "dev-qt/qtbase-6.10.1"):
        package = answer.package(cpv)
        for name in ("CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS"):
            assert not sets_of(package[name]) & GONE, cpv
        assert package["GOAMD64"] == "v3" and "-avx512f" in package["RUSTFLAGS"]
    bash = answer.package(BASH)
    assert sets_of(bash["CFLAGS"]) >= GONE and bash["GOAMD64"] == "v4"


def test_all_that_the_benchmark_needs_is_a_set():
    found = trees.sets(trees.oracle().load(trees.rendered(PRESET)))
    assert found[PRESET] == sorted(
        "app-arch/xz-utils app-shells/bash sys-apps/grep media-gfx/imagemagick media-video/ffmpeg dev-libs/openssl".split()
    )


def test_the_steps_are_shell():
    steps = trees.steps(PRESET)
    assert len(steps) >= 5
    for name, text in steps.items():
        assert "@{" not in text and trees.shell_accepts(text).returncode == 0, name


# --- the benchmark --------------------------------------------------------------------------------------------------

SCRIPT = "usr/local/bin/bench-avx512"


def bench(*args, **env):
    words = [trees.rendered(PRESET) / SCRIPT, *map(str, args)]
    return subprocess.run(words, capture_output=True, text=True, env=os.environ | env, timeout=120)


def test_shellcheck_has_nothing_to_say():
    text = (trees.rendered(PRESET) / SCRIPT).read_text()
    done = trees.shellcheck(text)
    assert done.returncode == 0, done.stdout
    assert trees.shellcheck(text.replace('"$work/text"', "$work/text")).returncode


def test_measures_what_is_there_and_names_what_is_not(tmp_path):
    result = tmp_path / "one.tsv"
    done = bench("run", "-n", 1, "-s", 1, result)
    assert done.returncode == 0, done.stderr
    rows = dict(line.split("\t") for line in result.read_text().splitlines() if not line.startswith("#"))
    assert {"xz -6", "xz -d", "bash loop", "bash strings", "grep -F", "grep -i", "grep -E", "openssl aria-128-cbc"} <= rows.keys()
    assert all(float(seconds) > 0 for seconds in rows.values())
    said = [line for line in result.read_text().splitlines() if line.startswith("# ")]
    for name in ("compare", "ffmpeg"):
        assert any(row.startswith(name) for row in rows) or any(line.startswith(f"# {name}") for line in said)


def prefix(folder, **programs):
    (folder / "usr/bin").mkdir(parents=True)
    for name, text in programs.items():
        file = folder / "usr/bin" / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return folder


def test_compares_two_prefixes(tmp_path):
    # compare ends with 1 where pictures differ: measured; ffmpeg cannot do it: named
    one = prefix(tmp_path / "with odd name", compare="sleep 0.01; exit 1", ffmpeg="exit 1")
    two = prefix(tmp_path / "two", compare="sleep 0.5; exit 1", ffmpeg="exit 0")
    done = bench("both", "-n", 1, "-s", 1, one, two)
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if line.startswith("compare RMSE")).split()
    assert float(row[-1]) > 1.5
    row = next(line for line in done.stdout.splitlines() if line.startswith("ffmpeg mpeg4")).split()
    assert row[2] == "-" and row[3] != "-" and row[4] == "-"
    assert "xz: not installed" in done.stdout and "ffmpeg fails at it" in done.stdout
    assert f"first: {one}" in done.stdout


def test_the_table_has_medians(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("".join(f"xz\t{s}\n" for s in ("9.0000", "1.0000", "2.0000")) + "# ffmpeg: not installed\n")
    two.write_text("xz\t3.0000\nxz\t5.0000\ngrep\t1.0000\n")
    done = bench("compare", one, two)
    assert done.stdout.splitlines()[1:3] == [
        "xz                              2.000        4.000     2.00",
        "grep                                -        1.000        -",
    ]
    assert "missing in the first:\n  ffmpeg: not installed" in done.stdout


@pytest.mark.parametrize(
    "args",
    [(), ("run",), ("run", "-n", "0", "x"), ("run", "-s", "big", "x"), ("run", "-p", "/nonexistent", "x"), ("nonsense",), ("compare", "/nonexistent", "/nonexistent")],
)
def test_the_benchmark_refuses_nonsense(args, tmp_path):
    done = bench(*(str(tmp_path / word) if word == "x" else word for word in args))
    assert done.returncode and done.stderr


def test_a_file_that_is_no_result_is_refused(tmp_path):
    (tmp_path / "a").write_text("xz 1.0\n")
    assert bench("compare", tmp_path / "a", tmp_path / "a").returncode
