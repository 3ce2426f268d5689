"""What the real Portage holds of a tree: of each file with rules, what each package gets from it.

Portage's own functions read the files, match the atoms and bring them into order. What the lines of one rank come to is
then asked for packages that have all flags, and for such that have none: a rule of another rank, of a file that is not
there yet, can stand between any two ranks, so what is the same for each rank is the same whatever else is said.
"""

from pathlib import Path

import oracle  # noqa: F401  (prepares the environment for Portage)
from portage._sets.files import StaticFileSet
from portage.dep import Atom, best_match_to_list
from portage.package.ebuild._config.helper import prune_incremental
from portage.util import getconfig, grabfile, grabfile_package, stack_lists
from portage.versions import _pkg_str

import meaning_trees

# One for each way in which the atoms of a tree meet.
PACKAGES = [
    _pkg_str(f"{name}-{version}", slot=slot, repo=repo)
    for name in ("sys-kernel/dracut", "sys-kernel/ugrd", "sys-kernel/other", "app-misc/dracut", "app-misc/other")
    for version in ("107", "108", "108-r6", "109", "110", "112", "199", "300")
    for slot in ("0", "1")
    for repo in ("gentoo", "other")
]
_USE = {word.lstrip("-") for word in meaning_trees.MORE_FLAGS} | {"l10n_de", "l10n_fr", "dracut-cpio"}
_KEYWORDS = {word.lstrip("-") for word in meaning_trees.KEYWORDS}
_ACCEPTED = {"GPL-2", "MIT", "BSD", "one", "two"}


def held(settings, tree: Path) -> dict:
    """What Portage holds of the tree."""
    portage = tree / "etc/portage"
    expand = settings._license_manager.expandLicenseTokens
    masks = settings._use_manager._pusemask_list[-1] if settings._use_manager._pusemask_list else {}
    found = {
        "package.use": _rules(settings._use_manager._pusedict, lambda words: _flags(words, _USE)),
        "package.accept_keywords": _rules(
            settings._keywords_manager.pkeywordsdict, lambda words: _flags(words, _KEYWORDS)
        ),
        "package.license": _rules(settings._license_manager._plicensedict, lambda words: _accepted(expand(list(words)))),
        "package.properties": _rules(settings._ppropertiesdict, _accepted),
        "package.accept_restrict": _rules(settings._paccept_restrict, _accepted),
        "package.env": _rules(settings._penvdict, lambda words: words and tuple(words)),
        "*/* of package.env": settings.configdict["conf"].get("CFLAGS"),
        "profile/package.use.mask": _rules(masks, lambda words: _flags(words, _USE)),
        "profile/use.mask": _switched(grabfile(str(portage / "profile/use.mask"), recursive=1)),
        "make.conf": _variables(portage / "make.conf"),
        "sets": _sets(portage / "sets"),
    }
    for name in ("package.mask", "package.unmask"):
        options = {"recursive": 1, "allow_wildcard": True, "allow_repo": True, "verify_eapi": False, "allow_build_id": True}
        found[name] = _switched(grabfile_package(str(portage / name), **options), ignore_repo=True)
    return found


def _rules(table, comes_to) -> dict:
    answers = {}
    for package in PACKAGES:
        rules = table.get(package.cp) or {}
        ranks: dict = {}
        for atom in _ordered(rules, package):
            ranks.setdefault(_rank(atom), []).extend(rules[atom])
        told = {rank: answer for rank, words in ranks.items() if (answer := comes_to(words))}
        if told:
            answers[f"{package}:{package.slot}::{package.repo}"] = told
    return answers


def _ordered(rules, package) -> list:
    """The atoms that match, as `ordered_by_atom_specificity` has their words."""
    left, found = list(rules), []
    while best := best_match_to_list(package, left):
        left.remove(best)
        found.insert(0, best)
    return found


def _rank(atom) -> str:
    """The row in the table of `best_match_to_list`."""
    if atom.extended_syntax:
        return "=*/*-*x*" if atom.operator else "*/*:0" if atom.slot else "*/*"
    rank = {None: "package", "=*": "glob", "~": "revisions", "=": "exact"}.get(atom.operator, "range")
    return "slot" if atom.slot and rank in ("package", "range") else rank


def _flags(words, known: set) -> tuple | None:
    """What the words make of all flags, and of none; `None`: nothing."""
    wide = []
    for word in words:
        prefix = word.lstrip("-").removesuffix("*") if word.endswith("_*") else None
        if prefix is None:
            wide.append(word)
        else:
            wide += [("-" if word[0] == "-" else "") + flag for flag in sorted(known) if flag.startswith(prefix)]
    answer = tuple(frozenset(stack_lists([sorted(start), wide], incremental=True)) for start in (known, ()))
    return None if answer == (frozenset(known), frozenset()) else answer


def _accepted(words) -> tuple | None:
    """The same of licenses and properties, where `*` means all."""
    answer = []
    for start in (_ACCEPTED, set()):
        left: set = set()
        for word in prune_incremental([*sorted(start), *words]):
            if word == "*":
                left = set(_ACCEPTED)
            elif word == "-*":
                left = set()
            elif word[0] == "-":
                left.discard(word[1:])
            else:
                left.add(word)
        answer.append(frozenset(left))
    return None if answer == [frozenset(_ACCEPTED), frozenset()] else tuple(answer)


def _switched(lines, ignore_repo: bool = False) -> list:
    """What the lines make of nothing, and of everything that they may take away."""
    names = sorted({str(line).lstrip("-") for line in lines} | {atom for atom in meaning_trees.ANY if atom[0] != "!"})
    atoms = [_atom(name) for name in names] if ignore_repo else [*names, "test", "selinux"]
    starts = ([], atoms)
    answers = [set(map(str, stack_lists([start, lines], incremental=1, ignore_repo=ignore_repo))) for start in starts]
    # What holds for all repositories says all that the same says for one.
    return [sorted(name for name in answer if name.split("::")[0] == name or name.split("::")[0] not in answer) for answer in answers]


def _sets(folder: Path) -> dict:
    """The members of each set, as `@NAME` has them."""
    found = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        members = StaticFileSet(str(file))
        members.load()
        found[str(file.relative_to(folder))] = sorted({*map(str, members.getAtoms()), *members.getNonAtoms()})
    return found


def _atom(name: str):
    return Atom(name, allow_wildcard=True, allow_repo=True)


def _variables(path: Path) -> dict:
    """The variables, whatever those hold that the files do not set."""
    if not path.exists():
        return {}
    known = {name: f"of-{name}" for name in (*meaning_trees.VARIABLES, "HOME")}
    values = getconfig(str(path), expand=known, recursive=True) or {}
    answer: dict = {}
    for name, value in values.items():
        words = value.split()
        if name in ("USE", "FEATURES"):
            known_words = {word.lstrip("-") for word in words} | {"other", "systemd", "selinux", "ccache"}
            told = _stacked(words, known_words)
        elif name == "ACCEPT_LICENSE":
            told = _accepted(words)
        else:
            told = value
        if told is not None:
            answer[name] = told
    return answer


def _stacked(words: list[str], known: set) -> tuple | None:
    known -= {"*"}
    on = frozenset(stack_lists([sorted(known), words], incremental=True))
    off = frozenset(stack_lists([[], words], incremental=True))
    gone = frozenset(known) - on
    if not gone and not off:
        return None
    # What `-*` takes away is everything; what single words take away are these.
    return ("all" if "other" in gone else gone, off)


def resolved(answer) -> dict:
    """What emerge makes of packages that there are, without the order of words that it does not look at."""
    found = {"variables": _sorted(answer._variables(answer.settings))}
    for cpv in ("sys-kernel/dracut-108-r6", "sys-kernel/dracut-112", "sys-kernel/ugrd-2.2.0", "sys-kernel/ugrd-9999"):
        package = answer.package(cpv)
        everything = package.everything()
        del everything["package.use"]
        everything["variables"] = _sorted(everything["variables"])
        # Of several masks Portage names the first that it meets.
        if "package.mask" in everything["masks"]:
            everything["masks"]["package.mask"] = "by some line"
        found[cpv] = everything
    return found


def _sorted(variables: dict) -> dict:
    for name in ("ACCEPT_LICENSE", "ACCEPT_PROPERTIES", "USE", "FEATURES", "ACCEPT_KEYWORDS"):
        value = variables.get(name, "")
        variables[name] = sorted(value.split() if isinstance(value, str) else value)
    variables.pop("PKGUSE", None)
    return variables
