"""The files of a tree one by one: what they are on the disk, and what Portage's reader of each makes of it."""

import hashlib
import os
import re
import stat
from pathlib import Path

import consumers
import oracle
from portage.env.loaders import KeyValuePairFileLoader
from portage.util import getconfig, grabdict, grablines
from portage.util.configparser import SafeConfigParser, read_configs

# Below etc/portage; what Portage reads, and how. Everything else must keep its bytes.
_VARIABLES = re.compile(r"make\.conf|(profile|make\.profile)(/.*)?/make\.defaults")
_RULES = re.compile(
    r"package\.(use|accept_keywords|keywords|license|properties|accept_restrict|env)"
    r"|(profile|make\.profile)(/.*)?/package\.(use(\.stable)?(\.mask|\.force)?|accept_keywords|keywords|bashrc)"
    r"|license_groups|mirrors"
)
_ITEMS = re.compile(
    r"package\.(mask|unmask)|categories|arch\.list"
    r"|(profile|make\.profile)(/.*)?/(packages|package\.(mask|unmask|provided)|use(\.stable)?\.(mask|force)|parent|eapi)"
)
# What an import must carry; it may leave the machine's other files alone.
_OF_PORTAGE = re.compile(r"etc/portage(/|$)|etc/make\.(conf|profile)(/|$)|var/lib/portage/world(_sets)?$")
_INI = re.compile(r"(bin)?repos\.conf|sets\.conf")


def snapshot(tree: Path) -> dict[str, tuple]:
    """Each path of a tree: its type, mode, time, content or target, owner, and attributes that somebody gave it."""
    found = {}
    for path in [tree, *everything(tree)]:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            content = os.readlink(path)
        elif stat.S_ISREG(status.st_mode):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            content = None
        name = os.path.relpath(path, tree)
        mode, owner = oct(status.st_mode & 0o7777), (status.st_uid, status.st_gid)
        found[name] = (stat.filemode(status.st_mode), mode, status.st_mtime_ns, content, owner, _attributes(path))
    return found


def _attributes(path: Path) -> dict[str, bytes]:
    if path.is_symlink():
        return {}
    return {name: os.getxattr(path, name) for name in os.listxattr(path) if name.startswith("user.")}


def everything(tree: Path) -> list[Path]:
    found = []
    for folder, folders, files in os.walk(tree):
        folders.sort()
        found += [Path(folder, name) for name in sorted(folders + files)]
    return sorted(found)


def differences_on_disk(before: dict[str, tuple], after: dict[str, tuple]) -> list[str]:
    """What changed between two snapshots, in words."""
    said = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old is None or new is None:
            said.append(f"{path!a}: {'is new' if old is None else 'is gone'}")
        elif old != new:
            names = ("type and mode", "mode", "time", "content or target", "owner", "attributes")
            changed = [name for name, a, b in zip(names, old, new) if a != b]
            said.append(f"{path!a}: {', '.join(changed)}")
    return said


def differences_of_files(original: Path, rendered: Path) -> list[str]:
    """Files that are not in both trees, links with another target, and files that their readers read differently."""
    said = []
    first = {os.path.relpath(p, original): p for p in everything(original)}
    second = {os.path.relpath(p, rendered): p for p in everything(rendered)}
    for path in sorted(first.keys() | second.keys()):
        if path not in second:
            if _OF_PORTAGE.match(path):
                said.append(f"{path!a}: not in the rendered tree")
            continue
        if path not in first:
            said.append(f"{path!a}: only in the rendered tree")
            continue
        one, other = first[path], second[path]
        kinds = [stat.S_IFMT(p.lstat().st_mode) for p in (one, other)]
        if kinds[0] != kinds[1]:
            said.append(f"{path!a}: another type of file")
        elif one.is_symlink():
            if os.readlink(one) != os.readlink(other):
                said.append(f"{path!a}: a link to {os.readlink(other)!a}, not to {os.readlink(one)!a}")
        elif one.is_file():
            if (one.stat().st_mode ^ other.stat().st_mode) & 0o111:
                said.append(f"{path!a}: mode {one.stat().st_mode & 0o7777:o} became {other.stat().st_mode & 0o7777:o}")
            if one.read_bytes() != other.read_bytes() and _reading(original, path) != _reading(rendered, path):
                said.append(f"{path!a}: read differently, {_first_difference(_reading(original, path), _reading(rendered, path))}")
    return said


def _first_difference(one, other) -> str:
    if isinstance(one, list) and isinstance(other, list):
        for a, b in zip([*one, "nothing"], [*other, "nothing"]):
            if a != b:
                return f"{a!a:.200} became {b!a:.200}"
    return f"{one!a:.200} became {other!a:.200}"


def _reading(tree: Path, path: str):
    """What the reader of a file makes of it: pairs in order; of a file that nobody reads, its bytes."""
    file = tree / path
    messages: list[str] = []
    with oracle._listening(messages):
        try:
            read = _read(tree, path, file)
        except Exception as error:
            read = [f"{type(error).__name__}: {error}".replace(str(tree), "TREE")]
    return [*read, *("message: " + line.replace(str(tree), "TREE") for line in messages)]


def _read(tree: Path, path: str, file: Path) -> list:
    _, below, name = path.partition("etc/portage/")
    hidden = any(part.startswith(".") or part.endswith("~") for part in name.split("/"))
    if path == "etc/make.conf":
        return _variables(file)
    if path.startswith("var/lib/portage/"):
        return [words[0] for line in grablines(str(file)) if (words := line.split()) and not words[0].startswith("#")]
    if not below:
        try:
            return [consumers.answer(tree, path)]
        except LookupError:
            return [file.read_bytes()]
    if hidden:
        return [file.read_bytes()]
    if _of(_VARIABLES, name):
        return _variables(file)
    if name.startswith("env/"):
        return _variables(file) if _named_by_package_env(tree, name) else [file.read_bytes()]
    if _of(_RULES, name):
        return list(grabdict(str(file), empty=True, incremental=True).items())
    if _of(_ITEMS, name):
        return [" ".join(words) for line in grablines(str(file)) if (words := _uncommented(line))]
    if _of(_INI, name):
        parser = SafeConfigParser()
        read_configs(parser, [str(file)])
        return [("DEFAULT", list(parser.defaults().items())), *((s, list(parser[s].items())) for s in parser.sections())]
    if name.startswith("sets/") and not name.endswith(".metadata"):
        return [words[0] for line in grablines(str(file)) if (words := line.split()) and not words[0].startswith("#")]
    if _of(re.compile("modules"), name):
        return list(KeyValuePairFileLoader(str(file), None, None).load()[0].items())
    return [file.read_bytes()]


def _of(pattern: re.Pattern, name: str) -> bool:
    """Whether a path is a file of this kind, or lies in a folder of it."""
    match = pattern.match(name)
    return bool(match) and any(pattern.fullmatch(name[:end]) for end in [len(name), *(m.start() for m in re.finditer("/", name))])


def _variables(file: Path) -> list:
    return list((getconfig(str(file), tolerant=True, allow_sourcing=False, expand={}) or {}).items())


def _uncommented(line: str) -> list[str]:
    words = line.split()
    return words[: next((i for i, word in enumerate(words) if word.startswith("#")), len(words))]


def _named_by_package_env(tree: Path, name: str) -> bool:
    rules = grabdict(str(tree / "etc/portage/package.env"), recursive=1, empty=True)
    named = {os.path.normpath(f"env/{word}") for words in rules.values() for word in words}
    return name in named or not re.fullmatch(r"env/[^/]+/[^/]+", name)
