"""What follows from `[target]`: the instruction sets against the real GCC and rustc, the rest against the real Portage."""

import csv
import json
import os
import re
import subprocess

import pytest

import command

DATA = command.REPOSITORY / "crates/portage-config/data"
GCC = "gcc-12"
# Part of every x86 with 32 bits, and two sets in one.
NO_SETS = {"sahf", "abm", "sse4"}


def table(name: str) -> list[dict]:
    with open(DATA / name, encoding="ascii") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


SETS = [row["set"] for row in table("x86-sets.tsv")]


def cpus() -> dict[str, tuple[dict, frozenset]]:
    """Each name with its row and its instruction sets."""
    found: dict[str, tuple[dict, frozenset]] = {}
    for row in table("x86-cpus.tsv"):
        sets = set(found[row["base"]][1]) if row["base"] else set()
        for word in row["adds"].split():
            sets.discard(word[1:]) if word.startswith("-") else sets.add(word)
        for name in (row["name"], *row["aliases"].split()):
            found[name] = row, frozenset(sets)
    return found


CPUS = cpus()


def gcc(*args: str) -> dict[str, bool]:
    """What GCC switches on and off."""
    done = subprocess.run([GCC, *args, "-Q", "--help=target"], capture_output=True, text=True, check=True)
    return {name: state == "enabled" for name, state in re.findall(r"^\s+-m(\S+)\s+\[(enabled|disabled)\]$", done.stdout, re.M)}


def enabled(*args: str) -> frozenset:
    return frozenset(name for name, on in gcc(*args).items() if on and name in SETS)


def bits(name: str) -> str:
    return "-m64" if CPUS[name][0]["chost"] == "x86_64" else "-m32"


def names_of_gcc() -> list[str]:
    text = subprocess.run([GCC, "-Q", "--help=target"], capture_output=True, text=True, check=True).stdout
    names = text.split("Known valid arguments for -march= option:")[1].split("\n\n")[0].split()
    return [name for name in names if name not in ("native", "generic", "intel")]


def test_all_names_of_gcc_are_known():
    assert set(names_of_gcc()) <= set(CPUS)
    later = {name for name, (row, _) in CPUS.items() if row["gcc"] and "-" not in row["gcc"]}
    assert set(CPUS) - set(names_of_gcc()) == later, "those of later versions say so"


@pytest.mark.parametrize("name", names_of_gcc())
def test_instruction_sets_are_those_of_gcc(name):
    found = enabled(bits(name), f"-march={name}")
    if bits(name) == "-m32":
        found -= NO_SETS
    assert found == CPUS[name][1]


def closes(name: str) -> set:
    """What goes with a set that is switched off, itself among it."""
    row = next(row for row in table("x86-sets.tsv") if row["set"] == name)
    return {name}.union(*(closes(other) for other in row["closes-gcc"].split()))


# Among them these have all sets that any CPU of GCC 12 has.
@pytest.mark.parametrize("name", ["sapphirerapids", "tigerlake", "alderlake", "znver3", "bdver4", "knm", "k8"])
def test_what_goes_with_a_set_that_is_switched_off(name):
    on = CPUS[name][1]
    for off in on - {"hle"}:
        assert on - enabled("-m64", f"-march={name}", f"-mno-{off}") == closes(off) & on, off


def test_the_sets_are_those_of_gcc():
    known = gcc("-m64")
    assert {row["set"] for row in table("x86-sets.tsv") if not row["since"]} == {name for name in SETS if name in known}


def derived(tmp_path, **said) -> dict[str, str]:
    """make.conf of a machine."""
    text = "spec = 1\n[target]\n"
    build_host = said.pop("build_host", {})
    text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in said.items())
    text += "[target.build-host]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in build_host.items())
    spec = tmp_path / "machine.toml"
    spec.write_text(text)
    done = command.run("show", spec, "make.conf", "--format", "json")
    assert done.status == 0, done.stderr
    (file,) = json.loads(done.stdout)["roots"][0]["files"]
    assert {entry["from"][0]["layer"] for entry in file["entries"]} == {"target"}
    return {entry["key"][0]: entry["value"] for entry in file["entries"]}


PAIRS = [
    ("icelake-client", "znver2"),
    ("icelake-client", "x86-64-v3"),
    ("sapphirerapids", "skylake"),
    ("sapphirerapids", "x86-64"),
    ("alderlake", "znver3"),
    ("znver3", "nehalem"),
    ("bdver4", "haswell"),
    ("knm", "ivybridge"),
    ("k8", "skylake"),
    ("athlon-xp", "pentium3"),
    ("geode", "i586"),
    ("tigerlake", "rocketlake"),
]


@pytest.mark.parametrize("target,host", PAIRS)
def test_gcc_leaves_out_what_the_build_host_lacks(tmp_path, target, host):
    made = derived(tmp_path, cpu=target, build_host={"cpu": host, "runs-target": True})
    flags = made["COMMON_FLAGS"].split()
    assert flags[0] == "-O2" and flags[-1] == "-pipe"
    switches = flags[1:-1]
    wanted = CPUS[target][1] & CPUS[host][1]

    def left(words):
        return enabled(bits(target), *words) - (NO_SETS if bits(target) == "-m32" else set())

    # GCC 12 keeps it beside -march; a CPU without it takes its prefixes for others, and runs the code.
    kept = left(switches) - wanted
    assert kept == ({"hle"} if "-mno-hle" in switches else set())
    assert left(switches) >= wanted
    for word in set(switches[1:]) - {"-mno-hle"}:
        assert left([other for other in switches if other != word]) - kept > wanted, f"{word} is too many"


def rustc(*flags: str) -> set:
    args = ["rustc", "--print", "cfg", "--target", "x86_64-unknown-linux-gnu", *flags]
    done = subprocess.run(args, capture_output=True, text=True, check=True, env=os.environ | {"RUSTC_BOOTSTRAP": "1"})
    return set(re.findall(r'^target_feature="(.*)"$', done.stdout, re.M))


@pytest.mark.parametrize("target,host", [pair for pair in PAIRS if bits(pair[0]) == "-m64"])
def test_rustc_leaves_it_out_as_well(tmp_path, target, host):
    made = derived(tmp_path, cpu=target, build_host={"cpu": host, "runs-target": True})
    names = {row["set"]: row["rust"] for row in table("x86-sets.tsv") if row["rust"]}
    lacking = {names[name] for name in CPUS[target][1] - CPUS[host][1] if name in names}
    flags = made.get("RUSTFLAGS", "").split()
    assert not rustc(*flags) & lacking
    if lacking and target != "k8":
        assert rustc(*flags[:2]) & lacking, "the CPU alone has them"


def test_rustc_knows_the_names():
    text = subprocess.run(["rustc", "--print", "target-cpus", "--target", "x86_64-unknown-linux-gnu"], capture_output=True, text=True, check=True).stdout
    known = {line.split()[0] for line in text.splitlines()[1:] if line.strip()}
    assert {row["rust"] for row, _ in CPUS.values() if row["rust"]} <= known


MACHINES = {
    "i486-musl": (
        'cpu = "i486"\nlibc = "musl"\nmemory = "64M"\n[target.build-host]\ncores = 24\n',
        {
            "ARCH": "x86",
            "ACCEPT_KEYWORDS": "x86",
            "CHOST": "i486-pc-linux-musl",
            "CHOST_x86": "i486-pc-linux-musl",
            "CFLAGS": "-O2 -march=i486 -pipe",
            "CPU_FLAGS_X86": "",
            "MAKEOPTS": "-j24 -l25",
            "EMERGE_DEFAULT_OPTS": "--jobs=4 --load-average=25",
            "GRUB_PLATFORMS": "pc",
        },
    ),
    "i486-systemd": (
        'cpu = "i486"\ninit = "systemd"\nkeywords = "testing"\n',
        {
            "ARCH": "x86",
            "ACCEPT_KEYWORDS": "x86 ~x86",
            "CHOST": "i486-pc-linux-gnu",
            "CHOST_x86": "i486-pc-linux-gnu",
            "FFLAGS": "-O2 -march=i486 -pipe",
        },
    ),
    "amd64-cross": (
        'cpu = "icelake-client"\nvendor = "icelake"\ninit = "systemd"\n[target.build-host]\n'
        'chost = "x86_64-pc-linux-gnu"\ncpu = "znver2"\nruns-target = true\n',
        {
            "ARCH": "amd64",
            "ACCEPT_KEYWORDS": "amd64",
            "CBUILD": "x86_64-pc-linux-gnu",
            "CHOST": "x86_64-icelake-linux-gnu",
            "CHOST_amd64": "x86_64-icelake-linux-gnu",
            "CXXFLAGS": "-O2 -march=icelake-client -mno-avx512f -mno-gfni -mno-vaes -mno-vpclmulqdq -mno-pku -mno-hle -mno-sgx -pipe",
            "GOAMD64": "v3",
        },
    ),
}


@pytest.mark.parametrize("name", MACHINES)
def test_portage_resolves_what_follows(oracle, tmp_path, name):
    machine, wanted = MACHINES[name]
    spec = tmp_path / "machine.toml"
    spec.write_text(f"spec = 1\n[target]\n{machine}")
    tree = command.render(spec, tmp_path / "tree")
    answer = oracle.load(tree)
    found = {variable: " ".join(answer[variable].split()) for variable in wanted}
    assert found == wanted
    flags = {f"cpu_flags_x86_{flag}" for flag in derived_flags(tree)}
    assert {flag for flag in answer["USE"].split() if flag.startswith("cpu_flags_x86_")} == flags


def derived_flags(tree) -> list[str]:
    text = (tree / "etc/portage/make.conf").read_text()
    return re.search(r'^CPU_FLAGS_X86="(.*)"$', text, re.M)[1].split()


def test_a_profile_that_does_not_fit_is_refused(tmp_path):
    spec = tmp_path / "machine.toml"
    spec.write_text('spec = 1\n[target]\ncpu = "i386"\n')
    done = command.run("check", spec)
    assert done.status == 1 and "no profile of ::gentoo fits `i386`" in done.stderr + done.stdout.decode()
