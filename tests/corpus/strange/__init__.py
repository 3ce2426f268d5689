"""Small strange trees of our own: each construct that real configurations were seen with."""

import os
from pathlib import Path

from strange import files, rules, values
from strange.parts import Link, Script

TREES = {**values.TREES, **rules.TREES, **files.TREES}
PROFILE = Link("../../var/db/repos/gentoo/profiles/default/linux/amd64/23.0")


def write(tree: dict, to: Path) -> Path:
    """Writes a tree: below etc/portage unless a path starts with `/`. A later run gives the same times."""
    if not any(path.startswith("make.profile") for path in tree):
        tree = {"make.profile": PROFILE, **tree}
    tree = tree if "make.conf" in tree or any(p.startswith("make.conf/") for p in tree) else {"make.conf": 'USE="x"\n', **tree}
    for path, content in tree.items():
        place = os.fsencode(to) + b"/" + os.fsencode(path[1:] if path.startswith("/") else f"etc/portage/{path}")
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if isinstance(content, Link):
            os.symlink(os.fsencode(content.target), place)
        elif content is None:
            os.makedirs(place, exist_ok=True)
        else:
            mode = content.mode if isinstance(content, Script) else 0o644
            text = content.text if isinstance(content, Script) else content
            with open(place, "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())
            os.chmod(place, mode)
    for folder, folders, names in os.walk(os.fsencode(to), topdown=False):
        for name in [*names, *folders, b"."]:
            os.utime(os.path.join(folder, name), (1_500_000_000, 1_500_000_000.25 + len(name)), follow_symlinks=False)
    return to
