"""No line of a preset's tree is idle: without it, what its consumer makes of the tree changes.

Lines that repeat a default are listed with their reason, fewer than a tenth of the lines of each preset.
"""

import shutil

import pytest

import idle

MAKE_CONF = "etc/portage/make.conf"
PRESET = "etc/systemd/system-preset/10-small.preset"

# What the profiles of a 486 say as well.
PROFILE = {
    (MAKE_CONF, 'CPU_FLAGS_X86=""'): "empty in the profile, too: this CPU has none",
    (MAKE_CONF, 'ACCEPT_KEYWORDS="x86"'): "said by the profile: the system is stable on purpose",
    (MAKE_CONF, 'ACCEPT_LICENSE="@FREE"'): "said by the profile: nothing else is wanted on this board",
}
# Lines that repeat what the profile, Portage or another consumer has as its default, and why they are written.
REPEATS = {
    "i486-musl-openrc": PROFILE,
    "i486-musl-iscsi": PROFILE,
    "i486-glibc-systemd": PROFILE
    | {
        (MAKE_CONF, 'CHOST="i486-pc-linux-gnu"'): "said by the profile; CHOST_x86 is not, and the two belong together",
        (PRESET, "disable systemd-userdbd.service"): "only its socket is on by default; the two go together",
        (PRESET, "disable systemd-nsresourced.service"): "only its socket is on by default; the two go together",
    },
    "i486-servers": {
        ("etc/nbd-server/config", "port = 10809"): "the default of nbd-server; it is the boards' parameter, too",
    },
}


def trees(folder):
    """The folders below which paths begin at a root: the tree, or one for each root."""
    return [folder] if (folder / "etc").is_dir() else sorted(p for p in folder.iterdir() if p.is_dir())


@pytest.mark.parametrize("name", REPEATS)
def test_each_line_counts(name, preset_tree, oracle_with_overlay, tmp_path):
    copy = shutil.copytree(preset_tree(name), tmp_path / "tree", symlinks=True)
    found, count = set(), 0
    for tree in trees(copy):
        found |= set(idle.idle_lines(tree, oracle_with_overlay))
        count += sum(1 for file in idle.files(tree) for _ in idle.lines(file))
    repeats = REPEATS.get(name, {})
    assert sorted(found - repeats.keys()) == [], "these lines change nothing: take them out, or say above why they stay"
    assert sorted(repeats.keys() - found) == [], "these lines are said to repeat a default, and do not, or are gone"
    assert len(repeats) * 10 < count, f"{len(repeats)} of {count} lines"


@pytest.mark.parametrize(
    "path,line",
    [
        ("etc/portage/package.mask/kernel-486", ">=sys-kernel/gentoo-sources-7.1\n"),
        ("etc/ugrd/config.toml", "loglevel = 5\n"),
    ],
)
def test_an_idle_line_is_found(path, line, preset_tree, oracle, tmp_path):
    tree = shutil.copytree(preset_tree("i486-glibc-systemd"), tmp_path / "tree", symlinks=True)
    file = tree / path
    file.write_text(line + file.read_text())
    assert (path, line.strip()) in set(idle.idle_lines(tree, oracle, [file]))
