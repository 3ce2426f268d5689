"""The 486 preset over a root as a stage leaves it, with a make.conf and rules of its own: each choice, and the way back."""

import json
import os
import shutil

import pytest

import command

MAKE_CONF = """# These settings were set by the catalyst build script that automatically
# built this stage.
# Please consult /usr/share/portage/config/make.conf.example for a more
# detailed example.
COMMON_FLAGS="-O2 -pipe"
CFLAGS="${COMMON_FLAGS}"
CXXFLAGS="${COMMON_FLAGS}"
FCFLAGS="${COMMON_FLAGS}"
FFLAGS="${COMMON_FLAGS}"

# WARNING: Changing your CHOST is not something that should be done lightly.
# Please consult https://wiki.gentoo.org/wiki/Changing_the_CHOST_variable before changing.
CHOST="i486-pc-linux-gnu"

# NOTE: This stage was built with the bindist USE flag enabled

# This sets the language of build output to English.
# Please keep this setting intact when reporting bugs.
LC_MESSAGES=C.UTF-8
# mine
GENTOO_MIRRORS="https://mirror.example.org/gentoo"
"""
STAGE = {
    "etc/portage/make.conf": MAKE_CONF,
    "etc/portage/package.use/local": "# mine\napp-editors/vim  -X   # console\nsys-boot/grub -nls\n",
    "etc/portage/package.use/.git/HEAD": "ref: refs/heads/main\n",
    "etc/portage/package.accept_keywords/local": "app-misc/jq ~x86",
    "etc/portage/repos.conf/local.conf": "[local]\nlocation = /var/db/repos/local\n",
    "etc/portage/savedconfig/sys-apps/busybox": "CONFIG_A=y\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nportage:x:250:250::/var/lib/portage/home:/sbin/nologin\n",
    "etc/group": "root:x:0:root\nportage:x:250:portage\n",
    "etc/fstab": "# /etc/fstab: static file system information.\n#LABEL=boot /boot ext4 defaults 1 2\n",
    "etc/conf.d/hostname": 'hostname="localhost"\n',
    "var/lib/portage/world": "app-misc/jq\n",
    "usr/share/portage/config/make.globals": 'CFLAGS=""\n',
}
CONF = "etc/portage/make.conf"
STATE = "var/lib/portage-config"


@pytest.fixture
def stage(tmp_path):
    root = tmp_path / "stage"
    for path, text in STAGE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "etc/portage/make.profile").symlink_to("../../var/db/repos/gentoo/profiles/default/linux/x86/23.0/i486")
    (root / "etc/portage/package.use/local").chmod(0o640)
    for number, path in enumerate(sorted(root.rglob("*"))):
        os.utime(path, (1_500_000_000 + number, 1_500_000_000 + number), follow_symlinks=False)
    return root


def everything(root):
    """Mode, owner, content or target of all but the state; the times of files."""
    found = {}
    for path, entry in command.listing(root).items():
        if path == STATE or path.startswith(f"{STATE}/"):
            continue
        status = (root / path).lstat()
        time = status.st_mtime_ns if entry[0] == "file" else 0
        found[path] = (*entry, status.st_uid, status.st_gid, time)
    return found


def apply(spec, root, *choices):
    done = command.run("apply", spec, "--root", root, "--yes", "--no-sync", "--format", "json", *choices)
    (answer,) = json.loads(done.stdout)["roots"]
    return done.status, answer


def conflicts(answer):
    return {change["path"] for change in answer["changes"] if change["conflict"]}


def test_without_a_choice_nothing_is_written(i486_spec, stage):
    before = command.listing(stage)
    status, answer = apply(i486_spec, stage)
    assert status == 2 and CONF in conflicts(answer)
    # What is in nobody's way is no conflict, and neither is a rule of somebody's own file.
    assert not conflicts(answer) & {path for path in STAGE if "local" in path}
    assert command.listing(stage) == before


# The choice for make.conf; who has the word on a variable that both set, and whether what only the stage sets is there.
CHOICES = {
    "take-ours": ("ours", False),
    "merge": ("ours", True),
    "keep-theirs": ("theirs", True),
    "config-protect": ("theirs", True),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_each_choice_and_back(choice, i486_spec, i486, stage, oracle):
    whose, has_theirs = CHOICES[choice]
    before = everything(stage)
    _, answer = apply(i486_spec, stage)
    others = [f"--take-ours={path}" for path in conflicts(answer) - {CONF}]
    status, answer = apply(i486_spec, stage, f"--{choice}={CONF}", *others)
    if choice == "merge":
        # CFLAGS and their like are said by both, and no words can be picked: somebody has to decide.
        assert status == 2 and conflicts(answer) == {CONF}
        assert everything(stage) == before
        (change,) = (change for change in answer["changes"] if change["path"] == CONF)
        assert change["conflict"]["reason"] == "merge", change["conflict"]
        mine = i486_spec.parent / "merge.toml"
        lines = (stage / CONF).read_text().splitlines(keepends=True)
        clear = [line for line in lines if not line.startswith(("COMMON_FLAGS", "C", "F"))]
        (stage / CONF).write_text("".join(clear))
        mine.unlink(missing_ok=True)
        before = everything(stage)
        status, answer = apply(i486_spec, stage, f"--{choice}={CONF}", *others)
    assert status == 0, answer
    after = everything(stage)
    for path in STAGE:
        if path not in {CONF, "etc/fstab"}:
            assert after[path] == before[path], f"{path} is nobody's business"
    system = oracle.load(stage)
    assert ("-march=i486" in system["CFLAGS"].split()) == (whose == "ours")
    assert ("mirror.example.org" in system.settings.get("GENTOO_MIRRORS", "")) == has_theirs
    assert system.package("sys-kernel/ugrd-9999").visible
    assert system.package("sys-boot/grub-2.14-r4").use.isdisjoint({"themes", "truetype"})
    beside = stage / "etc/portage/._cfg0000_make.conf"
    assert beside.exists() == (choice == "config-protect")
    if beside.exists():
        shutil.copy(beside, stage / CONF)
        assert "-march=i486" in oracle.load(stage)["CFLAGS"].split()
        (stage / CONF).write_text(MAKE_CONF)
        os.utime(stage / CONF, ns=(before[CONF][-1], before[CONF][-1]))

    there = command.listing(stage)
    status, _ = apply(i486_spec, stage, f"--{choice}={CONF}", *others)
    assert status == 0 and command.listing(stage) == there

    done = command.run("rollback", "--root", stage, "--yes", "--no-sync")
    assert done.status == 0, done.stdout.decode() + done.stderr
    assert everything(stage) == before
    done = command.run("rollback", "1", "--root", stage, "--yes", "--no-sync")
    assert done.status == 0, done.stdout.decode() + done.stderr
    again = everything(stage)
    assert {path: entry[:-1] for path, entry in again.items()} == {path: entry[:-1] for path, entry in after.items()}
