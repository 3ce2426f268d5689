"""What is done between the files: each step is a script that sh and shellcheck take, and names files of the tree."""

import re
import subprocess

import pytest

import steps

NAMES = ["i486-musl-openrc", "i486-musl-iscsi", "i486-glibc-systemd", "i486-servers", "initramfs-kexec", "tiny"]
# Systems whose steps speak of several machines; steps of a variant.
OTHERS = ["amd64-no-avx512", "cross-amd64", "sccache-dist", "sccache-dist+openrc", "initramfs-kexec+klibc"]


def steps_of(name):
    preset, _, variant = name.partition("+")
    return steps.steps(preset, [variant] if variant else [])


ALL = [(name, step) for name in NAMES for step in steps_of(name)] + [("i486-glibc-systemd+debug-shell", "by-hand")]
SCRIPTS = ALL + [(name, step) for name in OTHERS for step, said in steps_of(name).items() if said.get("run")]
# Paths that a step makes or finds on the machine.
ELSEWHERE = (
    "/dev/", "/mnt", "/boot", "/srv", "/var/tmp/", "/usr/share/syslinux/", "/usr/bin/", "/usr/src/linux", "/etc/env.d", "/etc/profile"
)  # fmt: skip


@pytest.mark.parametrize("name,step", SCRIPTS)
def test_a_step_is_a_script(name, step):
    said = steps_of(name)[step]
    assert said["about"].endswith(".") and "@{" not in said["run"]
    subprocess.run(["sh", "-n"], input=said["run"], text=True, check=True)
    # SC1091: /etc/profile is not there to be read.
    words = ["shellcheck", "--shell=sh", "--exclude=SC1091", "-"]
    done = subprocess.run(words, input=said["run"], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name,step", ALL)
def test_a_step_names_files_that_are_there(name, step, preset_tree):
    preset = name.partition("+")[0]
    tree = preset_tree(preset)
    roots = [tree, *(tree.iterdir() if not (tree / "etc").is_dir() else []), *tree.glob("builder/usr/src/image")]
    for path in re.findall(r"(?<![\w:/.])/(?:etc|usr|var|dev|srv|mnt|boot)[\w./@-]*", steps_of(name)[step]["run"]):
        written = "initiatorname.iscsi" in path
        assert written or path.startswith(ELSEWHERE) or any((root / path[1:]).exists() for root in roots), path


@pytest.mark.parametrize("name", NAMES[:3])
def test_a_board_comes_to_its_set(name):
    runs = [step["run"] for step in steps.steps(name).values()]
    text = "".join(runs)
    for wanted in (f"emerge @{name}\n", "mkfs.ext4 ", "merge_config.sh -n /usr/src/kernel-486.config", "stage3-", "emerge --emptytree @world"):
        assert wanted in text, wanted
    order = [next(n for n, run in enumerate(runs) if word in run) for word in ("mkfs.ext4", "tar xpf", f"@{name}", "make ARCH=i386")]
    assert order == sorted(order)


@pytest.mark.parametrize("name", NAMES[:2])
def test_the_tuple_is_changed_before_anything_else_is_built(name):
    found = list(steps.steps(name))
    assert found.index("chost") < found.index("world") < found.index("world-small")
    run = steps.steps(name)["chost"]["run"]
    order = ["sys-devel/binutils", "sys-devel/gcc", "sys-libs/musl", "binutils-config", "gcc-config", "env-update", "dev-build/libtool"]
    assert [run.index(word) for word in order] == sorted(run.index(word) for word in order)


def test_a_broken_step_is_noticed():
    done = subprocess.run(["sh", "-n"], input="for a in b; do\n", text=True, capture_output=True)
    assert done.returncode
    words = ["shellcheck", "--shell=sh", "-"]
    assert subprocess.run(words, input="cp $1 /mnt\n", text=True, capture_output=True).returncode
