"""No line of the systems that live in an initramfs is idle, as in test_idle.py. Scripts are left to the boots, which run them."""

import shutil
from pathlib import Path

import pytest

import idle
import services

MAKE_CONF = "etc/portage/make.conf"
# Preset: its roots, by their place in the output. What lies in a root that is another one is that one's.
ROOTS = {
    "tiny": ("builder", "builder/target", "builder/iso"),
    "initramfs-kexec": ("builder", "builder/usr/src/image", "flash"),
}
# Root, file and line: what the profile says as well. [target] says it because it stays true below another profile.
PROFILE = "the profile says the same; it follows from [target], and stays true below another one"
PLAIN = ['ACCEPT_KEYWORDS="x86"', 'ACCEPT_LICENSE="@FREE"']
FLAGS = [f'{name}="${{COMMON_FLAGS}}"' for name in ("CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS")]
MUSL = ['CHOST="i686-pc-linux-musl"', 'CHOST_x86="i686-pc-linux-musl"']
GLIBC = ['CHOST="i686-pc-linux-gnu"', 'CHOST_x86="i686-pc-linux-gnu"']
REPEATS = {
    "tiny": {("builder", MAKE_CONF, line): PROFILE for line in [*PLAIN, *FLAGS, *MUSL]}
    | {("builder/target", MAKE_CONF, line): PROFILE for line in [*PLAIN, *MUSL]},
    "initramfs-kexec": {("builder", MAKE_CONF, line): PROFILE for line in [*PLAIN, *GLIBC]},
}


def rows(file: Path) -> dict[str, list[str]]:
    """passwd, group and shadow: the accounts by their names, as getpwent(3) and its like have them."""
    found = {}
    for line in file.read_text().splitlines():
        name, *rest = line.split(":")
        if not name or not rest:
            raise idle.consumers.Broken(line)
        found[name] = rest
    return found


def inittab(file: Path) -> tuple:
    """What init starts, and what it would start on a signal."""
    signals = [line for line in file.read_text().splitlines() if line.split(":")[2:3] in (["ctrlaltdel"], ["shutdown"], ["restart"])]
    return services.inittab(file), signals


def words(file: Path) -> list[str]:
    """Files that a script of ours reads as words."""
    return [line for line in file.read_text().splitlines() if not line.startswith("#")]


# Files whose consumers are not those of a whole machine.
OWN = {
    "etc/inittab": inittab,
    "etc/passwd": rows,
    "etc/group": rows,
    "etc/shadow": rows,
    "etc/securetty": words,
    "usr/src/initramfs/kexec.list": services.cpio_list,
    "usr/src/initramfs/recovery.list": services.cpio_list,
    "etc/portage/savedconfig/sys-apps/busybox": idle.consumers.kernel_config,
}


def answer(tree: Path, path: str):
    if path in OWN:
        return OWN[path](tree / path)
    if path.startswith(("system/", "cfg/")):
        return words(tree / path)
    return idle.answer(tree, path)


def files(out: Path, root: str, roots):
    """The files of a root that are read as data, not run."""
    inner = [out / other for other in roots if other.startswith(f"{root}/")]
    for file in idle.files(out / root):
        if not any(file.is_relative_to(other) for other in inner) and not file.read_text().startswith("#!"):
            yield file


def idle_lines(tree: Path, chosen, oracle):
    settings = [file for file in chosen if is_portages(file.relative_to(tree))]
    yield from idle.idle_lines(tree, oracle, settings) if settings else ()
    for file in set(chosen) - set(settings):
        path, text = str(file.relative_to(tree)), file.read_text()
        before, kept = answer(tree, path), text.splitlines(keepends=True)
        for number, line in idle.lines(file):
            file.write_text("".join(kept[:number] + kept[number + 1 :]))
            try:
                same = answer(tree, path) == before
            except idle.consumers.Broken:
                same = False
            if same:
                yield path, line.strip()
        file.write_text(text)


def is_portages(path: Path) -> bool:
    return path.is_relative_to("etc/portage") and str(path) not in OWN


@pytest.mark.parametrize("name", ROOTS)
def test_each_line_counts(name, preset_tree, oracle_with_overlay, tmp_path):
    out = shutil.copytree(preset_tree(name), tmp_path / "tree", symlinks=True)
    found, count = set(), 0
    for root in ROOTS[name]:
        chosen = list(files(out, root, ROOTS[name]))
        found |= {(root, *line) for line in idle_lines(out / root, chosen, oracle_with_overlay)}
        count += sum(1 for file in chosen for _ in idle.lines(file))
    listed = REPEATS[name]
    assert sorted(found - listed.keys()) == [], "these lines change nothing: take them out, or say above why they stay"
    assert sorted(listed.keys() - found) == [], "these lines are said to repeat a default, and do not, or are gone"
    assert len(listed) * 10 < count, f"{len(listed)} of {count} lines"


def test_an_idle_line_is_found(preset_tree, oracle, tmp_path):
    out = shutil.copytree(preset_tree("tiny"), tmp_path / "tree", symlinks=True)
    tree = out / "builder/target"
    file = tree / "etc/mdev.conf"
    # busybox's own mode and owner
    line = "random    root:root 660"
    file.write_text(f"{line}\n{file.read_text()}")
    assert ("etc/mdev.conf", line) in set(idle_lines(tree, [file], oracle))
