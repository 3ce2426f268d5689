"""Looks for lines of a tree without which nothing changes for its consumers."""

import consumers
import netboot
from oracle import Refused


def lines(file):
    """The lines that say something: neither blank nor a comment (a kernel symbol that is off looks like one)."""
    for number, line in enumerate(file.read_text().splitlines(keepends=True)):
        text = line.strip()
        if text and (text[0] not in "#;" or text.endswith(" is not set") or text.startswith("#!")):
            yield number, line


def answer(tree, path):
    """What the consumer of a file makes of it. nbd-server is asked for more than whether it takes the file."""
    if path == "etc/nbd-server/config":
        return netboot.nbd_server(tree / path)
    return consumers.answer(tree, path)


def changes(tree, path, oracle, before) -> bool:
    """Whether the consumer of `path` makes something else of the tree than before; a refusal is something else."""
    try:
        if path.startswith("etc/portage/"):
            return oracle.load(tree).differs(before)
        return answer(tree, path) != before
    except (Refused, consumers.Broken):
        return True


def files(tree):
    """Its files; the ebuilds that come along have tests of their own."""
    own = tree / "var/db/repos"
    return sorted(
        p for p in tree.rglob("*") if p.is_file() and not p.is_symlink() and not p.is_relative_to(own)
    )


def idle_lines(tree, oracle, chosen=None):
    """The lines without which nothing changes."""
    chosen = chosen or files(tree)
    paths = [str(file.relative_to(tree)) for file in chosen]
    portage = oracle.load(tree).everything() if any(path.startswith("etc/portage/") for path in paths) else None
    for file, path in zip(chosen, paths):
        before = portage if path.startswith("etc/portage/") else answer(tree, path)
        text = file.read_text()
        kept = text.splitlines(keepends=True)
        for number, line in lines(file):
            file.write_text("".join(kept[:number] + kept[number + 1 :]))
            if not changes(tree, path, oracle, before):
                yield path, line.strip()
        file.write_text(text)
