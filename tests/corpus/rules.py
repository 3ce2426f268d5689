"""What a tree names: the atoms of its rules, sets and patches with their words, found with Portage's own readers."""

import os
import re
from pathlib import Path

import oracle  # noqa: F401  (prepares the environment for Portage)
from portage.dep import Atom
from portage.exception import InvalidAtom
from portage.util import _recursive_file_list, getconfig, grabdict_package, grabfile_package, grablines

# What a word of the rule is.
WORDS = {
    "package.use": "use",
    "package.accept_keywords": "keywords",
    "package.keywords": "keywords",
    "package.license": "license",
    "package.properties": "properties",
    "package.accept_restrict": "restrict",
    "package.env": "env",
    "package.mask": None,
    "package.unmask": None,
    "profile/package.use": "use",
    "profile/package.use.mask": "use",
    "profile/package.use.force": "use",
    "profile/package.use.stable": "use",
    "profile/package.use.stable.mask": "use",
    "profile/package.use.stable.force": "use",
    "profile/package.accept_keywords": "keywords",
    "profile/package.keywords": "keywords",
    "profile/package.mask": None,
    "profile/package.unmask": None,
    "profile/packages": None,
    "profile/package.bashrc": None,
}
_PLAIN_WORD = re.compile(r"[A-Za-z0-9@][\w+.@-]*\Z", re.ASCII)
_PROFILES = re.compile(r"/profiles/([\w+./-]+)|^[\w-]+:([\w+./-]+)", re.M)


class Rule:
    """One rule: its file (the name of the kind), its atom, its words."""

    def __init__(self, kind: str, atom: Atom, words: list[str]):
        self.kind, self.atom, self.words = kind, atom, words

    def __str__(self):
        return f"{self.kind}: {self.atom}"


class Named:
    """All that a tree names."""

    def __init__(self, tree: Path):
        self.tree = tree
        self.portage = tree / "etc/portage"
        self.rules: list[Rule] = []
        for kind, words in WORDS.items():
            for base in (self.portage, self.portage / "make.profile") if kind.startswith("profile/") else (self.portage,):
                self._rules(kind, base / (kind.removeprefix("profile/") if base != self.portage else kind), words)
        self._items()
        self._patches()
        self.variables = self._variables()
        self.repositories = self._repositories()
        self.profiles = self._profiles()

    def words(self, what: str, cp: str | None = None) -> list[str]:
        """The words of one sort, in reading order, without signs; of rules that may hold for `cp`."""
        found: dict[str, None] = {}
        for rule in self.rules:
            if WORDS.get(rule.kind) == what and (cp is None or _may_be(rule.atom.cp, cp)):
                for word in _flags(rule.words) if what == "use" else rule.words:
                    word = word.lstrip("-+~")
                    if _PLAIN_WORD.match(word) or word in ("*", "**"):
                        found[word] = None
        return list(found)

    def _rules(self, kind: str, path: Path, words: str | None) -> None:
        options = {"recursive": 1, "allow_wildcard": True, "allow_repo": True, "verify_eapi": False, "allow_build_id": True}
        try:
            if words is None and kind != "profile/package.bashrc":
                read = [(atom, []) for atom in grabfile_package(str(path), **options)]
            else:
                read = list(grabdict_package(str(path), **options).items())
        except OSError:  # a folder where Portage wants a file: the judge hears it
            return
        for atom, values in read:
            if not isinstance(atom, Atom):
                atom = _atom(str(atom).lstrip("-*"))
            elif str(atom)[0] in "-*" and atom.cp != "*/*":
                atom = _atom(str(atom).lstrip("-*")) or atom
            if atom:
                self.rules.append(Rule(kind, atom, list(values)))

    def _items(self) -> None:
        """Sets and world: one atom at the start of a line."""
        files = [self.tree / "var/lib/portage/world"]
        if (self.portage / "sets").is_dir():
            files += [Path(folder) / name for folder, _, names in os.walk(self.portage / "sets") for name in sorted(names)]
        for file in files:
            try:
                lines = grablines(str(file))
            except OSError:
                continue
            for line in lines:
                if atom := _atom((line.split() or [""])[0].lstrip("*-")):
                    self.rules.append(Rule("sets", atom, []))

    def _patches(self) -> None:
        for top in ("patches", "env", "savedconfig"):
            for folder in sorted((self.portage / top).glob("*/*")):
                category, (name, _, slot) = folder.parent.name, folder.name.partition(":")
                atom = _atom(f"{category}/{name}") or _atom(f"={category}/{name}")
                if atom and slot:
                    atom = _atom(f"{atom}:{slot}")
                if atom:
                    self.rules.append(Rule(top, atom, []))

    def _variables(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in (self.tree / "etc/make.conf", self.portage / "make.conf", self.portage / "profile/make.defaults"):
            for file in _recursive_file_list(str(path)):
                try:
                    found |= getconfig(file, tolerant=True, allow_sourcing=False, expand=found) or {}
                except Exception:  # the judge hears it
                    continue
        return found

    def _repositories(self) -> list[str]:
        names = {"gentoo": None}
        for file in _recursive_file_list(str(self.portage / "repos.conf")):
            for line in grablines(file):
                if match := re.match(r"\[([\w-]+)\]", line, re.ASCII):
                    names[match[1]] = None
        names.pop("DEFAULT", None)
        return list(names)

    def _profiles(self) -> list[str]:
        """The paths below profiles/ that make.profile, or its parents, name."""
        texts = [os.readlink(link) for link in profile_links(self.tree)]
        for parent in self.portage.glob("make.profile/**/parent"):
            texts.append(parent.read_text(errors="replace"))
        return [(m[1] or m[2]).strip("/") for text in texts for m in _PROFILES.finditer(text)]


def profile_links(tree: Path) -> list[Path]:
    """The links that choose the profile."""
    return [link for place in ("etc/make.profile", "etc/portage/make.profile") if (link := tree / place).is_symlink()]


def _atom(text: str) -> Atom | None:
    try:
        return Atom(text, allow_wildcard=True, allow_repo=True)
    except InvalidAtom:
        return None


def _flags(words: list[str]) -> list[str]:
    """The flags of a rule, those of a USE_EXPAND group with their prefix."""
    prefix, flags = "", []
    for word in words:
        if word.endswith(":"):
            prefix = word[:-1].lower() + "_"
        elif prefix and word != "-*":
            flags.append(prefix + word.lstrip("-+"))
        elif word.endswith("_*"):
            flags.append(word.lstrip("-")[:-1] + "any")
        else:
            flags.append(word)
    return flags


def _may_be(pattern: str, cp: str) -> bool:
    return pattern == cp or "*" in pattern and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), cp) is not None
