"""Random trees of /etc/portage, and random edits of them: the same number, the same tree."""

import random
from pathlib import Path

# No atom of one list covers another one that is as close to a package: what one line says is then seen in a package,
# whatever the others say.
APART = [
    "sys-kernel/*",
    "*/dracut",
    "*/*:0",
    "=*/*-*99*",
    "sys-kernel/dracut",
    "sys-kernel/ugrd",
    ">=sys-kernel/dracut-110",
    "<=sys-kernel/dracut-200",
    "sys-kernel/dracut:0",
    "sys-kernel/dracut:1",
    "=sys-kernel/dracut-108*",
    "~sys-kernel/dracut-108",
    "=sys-kernel/dracut-108-r6",
]
# And those of which Portage's answer is asked only where nothing differs.
ANY = APART + [
    "*/*",
    "sys-kernel/dracut::gentoo",
    "sys-kernel/*::gentoo",
    "!sys-kernel/dracut",
    ">=sys-kernel/dracut-108",
    ">sys-kernel/dracut-108",
    "<sys-kernel/dracut-112",
    ">=sys-kernel/dracut-110:0",
    "=sys-kernel/dracut-112*",
    "=sys-kernel/dracut-108-r6:0",
]
PATTERNS_ARE_RULES = ("package.accept_keywords",)
FLAGS = "systemd -systemd test -test selinux -selinux -*".split()
MORE_FLAGS = FLAGS + "L10N: de -de dracut-* l10n_de -l10n_*".split()
KEYWORDS = "~x86 -~x86 x86 -x86 ** -*".split()
LICENSES = "GPL-2 -GPL-2 MIT -MIT @GPL -@GPL * -*".split()
WORDS = "one -one two -two * -*".split()
ENVS = "a.conf b.conf c.conf".split()
VARIABLES = "USE FEATURES ACCEPT_LICENSE CFLAGS CXXFLAGS OWN".split()
VALUES = {
    "USE": ["systemd -test", "-test systemd", "-* systemd", "systemd -systemd", "", "${USE} selinux"],
    "FEATURES": ["ccache -sandbox", "-sandbox ccache", "ccache"],
    "ACCEPT_LICENSE": ["* -MIT", "-MIT *", "GPL-2 MIT", "MIT GPL-2"],
    "CFLAGS": ["-O2 -pipe", "-pipe -O2", "${OWN} -g", "${CFLAGS} -g"],
    "CXXFLAGS": ["${CFLAGS}", "-O2 -pipe", "${OWN}"],
    "OWN": ["-O2", "-pipe", "${CFLAGS}"],
}
FOLDERS = {
    "package.use": FLAGS,
    "package.accept_keywords": KEYWORDS,
    "package.license": LICENSES,
    "package.properties": WORDS,
    "package.accept_restrict": WORDS,
    "package.env": ENVS,
    "package.mask": None,
    "package.unmask": None,
    "profile/package.use.mask": FLAGS[:6],
    "profile/use.mask": None,
    "make.conf": None,
    "sets": None,
}
SETS = ["sys-kernel/dracut", "sys-kernel/ugrd", ">=sys-kernel/dracut-110", "sys-kernel/dracut:0", "@other"]
FILES = ["a", "b", "c/d"]

Tree = dict[str, list[str]]


class Grower:
    """Trees as lines by path below etc/portage. `apart`: only atoms of which each says something of its own."""

    def __init__(self, seed: int, apart: bool):
        self.random = random.Random(seed)
        self.apart = apart

    def tree(self) -> Tree:
        tree: Tree = {}
        for folder in self.random.sample(list(FOLDERS), self.random.randint(1, 3)):
            for file in self.random.sample(FILES, self.random.randint(1, 3)):
                tree[f"{folder}/{file}"] = [self.line(folder) for _ in range(self.random.randint(0, 4))]
        return tree

    def atom(self, folder: str) -> str:
        atoms = APART if self.apart else ANY
        wild = [atom for atom in atoms if folder.startswith("profile/") is False or "99" not in atom]
        return self.random.choice(wild)

    def line(self, folder: str) -> str:
        pick = self.random.choice
        if folder == "make.conf":
            name = pick(VARIABLES)
            return f'{name}="{pick(VALUES[name])}"'
        if folder == "profile/use.mask":
            return pick(["test", "-test", "selinux", "-selinux"])
        if folder == "sets":
            return pick(SETS)
        if folder in ("package.mask", "package.unmask"):
            atom = self.atom(folder).lstrip("!")
            return pick(["", "", "-"]) + atom
        words = FOLDERS[folder]
        if folder == "package.use" and not self.apart:
            words = MORE_FLAGS
        return " ".join([self.atom(folder), *self.random.choices(words, k=self.random.choice([0, 1, 1, 2, 2, 3]))])

    def edited(self, tree: Tree) -> Tree:
        """The tree after one to three changes, of which some mean nothing."""
        tree = {path: list(lines) for path, lines in tree.items()}
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            self.random.choice([self.swap, self.shuffle, self.words, self.add, self.drop, self.move, self.rename, self.layout])(tree)
        return tree

    def some(self, tree: Tree, least: int = 1) -> str | None:
        paths = [path for path, lines in tree.items() if len(lines) >= least]
        return self.random.choice(paths) if paths else None

    def swap(self, tree: Tree) -> None:
        if path := self.some(tree, 2):
            lines = tree[path]
            a, b = self.random.sample(range(len(lines)), 2)
            lines[a], lines[b] = lines[b], lines[a]

    def shuffle(self, tree: Tree) -> None:
        if path := self.some(tree, 2):
            self.random.shuffle(tree[path])

    def words(self, tree: Tree) -> None:
        """The words of a line in another order, or one twice."""
        if (path := self.some(tree)) and folder(path) not in ("make.conf", "profile/use.mask"):
            at = self.random.randrange(len(tree[path]))
            if not tree[path][at] or tree[path][at][0] == "#":
                return
            atom, *words = tree[path][at].split()
            if words and self.random.random() < 0.3:
                words.append(words[0])
            self.random.shuffle(words)
            tree[path][at] = " ".join([atom, *words])

    def add(self, tree: Tree) -> None:
        if path := self.some(tree, 0):
            new = self.random.choice(tree[path]) if tree[path] and self.random.random() < 0.3 else self.line(folder(path))
            tree[path].insert(self.random.randint(0, len(tree[path])), new)

    def drop(self, tree: Tree) -> None:
        if path := self.some(tree):
            tree[path].pop(self.random.randrange(len(tree[path])))

    def move(self, tree: Tree) -> None:
        """A line into another file of the folder."""
        if path := self.some(tree):
            line = tree[path].pop(self.random.randrange(len(tree[path])))
            other = tree.setdefault(f"{folder(path)}/{self.random.choice(FILES)}", [])
            other.insert(self.random.randint(0, len(other)), line)

    def rename(self, tree: Tree) -> None:
        if path := self.some(tree):
            free = [name for file in FILES if (name := f"{folder(path)}/{file}") not in tree]
            if free:
                tree[self.random.choice(free)] = tree.pop(path)

    def layout(self, tree: Tree) -> None:
        if path := self.some(tree, 0):
            tree[path].insert(self.random.randint(0, len(tree[path])), self.random.choice(["", "# why"]))
            if "make.conf" not in path:
                tree[path] = [f"  {line.replace(' ', chr(9))} " if line and line[0] != "#" else line for line in tree[path]]


def folder(path: str) -> str:
    return next(name for name in FOLDERS if path.startswith(f"{name}/"))


def write(tree: Tree, top: Path) -> Path:
    """Writes the tree below `top`/etc/portage, with a profile and the files that package.env names."""
    portage = top / "etc/portage"
    portage.mkdir(parents=True)
    (portage / "make.profile").symlink_to("/var/db/repos/gentoo/profiles/default/linux/x86/23.0/i486/systemd")
    for name in ENVS:
        (portage / "env").mkdir(exist_ok=True)
        (portage / "env" / name).write_text(f'CFLAGS="${{CFLAGS}} -D{name[0]}"\n')
    for path, lines in tree.items():
        file = portage / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines))
    return top
