"""No line of the 486 tree is idle: without it, what its consumer makes of the tree changes."""

import pytest

import consumers
from oracle import Refused

# Lines that repeat what the profile, Portage or another consumer has as its default, and why they are written.
REPEATS = {
    ("etc/portage/make.conf", 'CHOST="i486-pc-linux-gnu"'): "said by the profile; CHOST_x86 is not, and the two belong together",
    ("etc/portage/make.conf", 'CPU_FLAGS_X86=""'): "empty in the profile, too: this CPU has none",
    ("etc/portage/make.conf", 'ACCEPT_KEYWORDS="x86"'): "said by the profile: the system is stable on purpose",
    ("etc/portage/make.conf", 'ACCEPT_LICENSE="@FREE"'): "said by the profile: nothing else is wanted on this board",
}


def lines(file):
    """The lines that say something: neither blank nor a comment (a kernel symbol that is off looks like one)."""
    for number, line in enumerate(file.read_text().splitlines(keepends=True)):
        text = line.strip()
        if text and (text[0] not in "#;" or text.endswith(" is not set")):
            yield number, line


def whole_answer(tree, path, oracle):
    """What the consumer of `path` makes of the tree; a refusal is an answer, too."""
    try:
        if path.startswith("etc/portage/"):
            return oracle.load(tree).everything()
        return consumers.answer(tree, path)
    except (Refused, consumers.Broken) as error:
        return f"refused: {error}"


def idle_lines(tree, oracle, files=None):
    """The lines without which nothing changes."""
    portage = oracle.load(tree).everything()
    for file in files or sorted(p for p in tree.rglob("*") if p.is_file() and not p.is_symlink()):
        path = str(file.relative_to(tree))
        before = portage if path.startswith("etc/portage/") else consumers.answer(tree, path)
        text = file.read_text()
        kept = text.splitlines(keepends=True)
        for number, line in lines(file):
            file.write_text("".join(kept[:number] + kept[number + 1 :]))
            if whole_answer(tree, path, oracle) == before:
                yield path, line.strip()
        file.write_text(text)


def test_each_line_counts(changed, oracle):
    idle = set(idle_lines(changed.tree, oracle))
    assert sorted(idle - REPEATS.keys()) == [], "these lines change nothing: take them out, or say above why they stay"
    assert sorted(REPEATS.keys() - idle) == [], "these lines are said to repeat a default, and do not, or are gone"


@pytest.mark.parametrize(
    "path,line",
    [
        ("etc/portage/make.conf", 'GRUB_PLATFORMS="pc"\n'),
        ("etc/portage/package.mask/kernel-486", ">=sys-kernel/gentoo-sources-7.1\n"),
        ("etc/ugrd/config.toml", "loglevel = 5\n"),
    ],
)
def test_an_idle_line_is_found(path, line, changed, oracle):
    file = changed.tree / path
    file.write_text(line + file.read_text())
    assert (path, line.strip()) in set(idle_lines(changed.tree, oracle, [file]))
