"""A machine for one tree: repositories with the profiles, licences and packages that the tree names.

The packages are metadata alone, given to Portage as emerge gives it: several of the same version can differ in keywords
and flags. Both trees that are compared, the original and the rendered one, are settled on the same machine.
"""

import itertools
import os
import re
import shutil
from pathlib import Path

from portage.dep import Atom, match_from_list
from portage.versions import _pkg_str

from rules import Named, Rule, profile_links

ARCHES = "alpha amd64 arm arm64 hppa loong m68k mips ppc ppc64 riscv s390 sparc x86".split()
USE_EXPAND = """ABI_X86 ALSA_CARDS APACHE2_MODULES CAMERAS COLLECTD_PLUGINS CPU_FLAGS_ARM CPU_FLAGS_X86 CURL_SSL ELIBC
GRUB_PLATFORMS INPUT_DEVICES KERNEL L10N LIBREOFFICE_EXTENSIONS LLVM_SLOT LLVM_TARGETS LUA_SINGLE_TARGET LUA_TARGETS
NGINX_MODULES_HTTP PHP_TARGETS POSTGRES_TARGETS PYTHON_SINGLE_TARGET PYTHON_TARGETS QEMU_SOFTMMU_TARGETS
QEMU_USER_TARGETS RUBY_TARGETS SANE_BACKENDS USERLAND VIDEO_CARDS""".split()
VARIETIES = ("stable", "testing", "none")
PER_NAME = 8
GLOBAL_FLAGS = 12
WILD_FLAGS = 60


class Machine:
    """What a tree needs around it, in a throw-away folder."""

    def __init__(self, named: Named, folder: Path, most: int = 4000):
        self.named, self.folder = named, folder
        self._of_name: dict[tuple[str, str], dict[str, str]] = {}
        words = " ".join([*named.profiles, named.variables.get("ACCEPT_KEYWORDS", "")])
        self.arch = next((a for a in re.split(r"[\s/~]+", words) if a in ARCHES), "amd64")
        self.profile = f"default/linux/{self.arch}"
        self.expand = sorted({*USE_EXPAND, *_groups(named)})
        for name in named.repositories:
            self._repository(name)
        self.packages, self.unmatched, self.rules = self._packages(most)

    # The repositories.

    def location(self, name: str) -> Path:
        return self.folder / name

    def _repository(self, name: str) -> None:
        top = self.location(name)
        put(top / "profiles/repo_name", f"{name}\n")
        put(top / "profiles/eapi", "8\n")
        put(top / "metadata/layout.conf", "masters =\nprofile-formats = portage-2\ncache-formats =\n")
        categories = {rule.atom.cp.split("/")[0] for rule in self.named.rules if "*" not in rule.atom.cp} | {"app-any"}
        put(top / "profiles/categories", "".join(f"{c}\n" for c in sorted(categories)))
        if name != "gentoo":
            return
        put(top / "profiles/arch.list", "".join(f"{a}\n" for a in ARCHES))
        groups = {w.lstrip("-@") for w in [*self.named.words("license"), *self._value("ACCEPT_LICENSE")] if "@" in w}
        text = "".join(f"{g} of-{g} in-{g}\n" for g in sorted(groups | {"EULA", "FREE"}))
        put(top / "profiles/license_groups", text)
        for path in {self.profile, *self.named.profiles}:
            put(top / "profiles" / path / "eapi", "8\n")
            put(top / "profiles" / path / "make.defaults", self._defaults())
            put(top / "profiles" / path / "packages", "*app-any/thing\n")

    def _defaults(self) -> str:
        return (
            f'ARCH="{self.arch}"\nACCEPT_KEYWORDS="{self.arch}"\nCHOST="{self.arch}-pc-linux-gnu"\nELIBC="glibc"\nKERNEL="linux"\n'
            f'IUSE_IMPLICIT="prefix"\nUSE_EXPAND="{" ".join(self.expand)}"\nUSE_EXPAND_HIDDEN="ELIBC KERNEL"\n'
            'USE_EXPAND_IMPLICIT="ELIBC KERNEL"\nUSE_EXPAND_VALUES_ELIBC="glibc musl"\nUSE_EXPAND_VALUES_KERNEL="linux"\n'
            'USE="of-profile"\nCFLAGS="-O1"\nCXXFLAGS="${CFLAGS}"\nLDFLAGS="-Wl,-O1"\nVIDEO_CARDS="fbdev"\n'
        )

    def _value(self, variable: str) -> list[str]:
        return self.named.variables.get(variable, "").split()

    # The packages.

    def _packages(self, most: int) -> tuple[list[dict], list[str], int]:
        rules = [r for r in self.named.rules if r.kind != "savedconfig"]
        names: dict[str, list[Rule]] = {"app-any/thing": []}
        for rule in rules:
            names.setdefault(_filled(rule.atom.cp), []).append(rule)
        packages, known = [], {}
        for cp, its in names.items():
            places = _places(its)
            known[cp] = [_pkg_str(f"{cp}-{v}", slot=s, repo=r) for v, s, r in places]
            for number, (version, slot, repository) in enumerate(places):
                # The first in all varieties, what follows in turn.
                for variety in VARIETIES if number == 0 else [VARIETIES[(number + 1) % len(VARIETIES)]]:
                    packages.append({"cpv": f"{cp}-{version}", **self._metadata(cp, slot, repository, variety)})
        everything = [one for those in known.values() for one in those]
        unmatched = []
        for rule in rules:
            candidates = known[_filled(rule.atom.cp)]
            if not match_from_list(rule.atom, candidates) and not match_from_list(rule.atom, everything):
                unmatched.append(str(rule))
        step = max(1, -(-len(packages) // most))
        if step > 1 and step % len(VARIETIES) == 0:
            step += 1
        return packages[::step], unmatched, len(rules)

    def _metadata(self, cp: str, slot: str, repository: str, variety: str) -> dict[str, str]:
        if (cp, variety) not in self._of_name:
            self._of_name[cp, variety] = self._shared(cp, variety)
        return {**self._of_name[cp, variety], "SLOT": slot, "repository": repository}

    def _shared(self, cp: str, variety: str) -> dict[str, str]:
        flags = dict.fromkeys(f for f in self.named.words("use", cp)[:WILD_FLAGS] if f not in ("*", "**"))
        flags |= dict.fromkeys(f.lstrip("-+") for f in self._value("USE")[:GLOBAL_FLAGS] if "*" not in f)
        flags |= dict.fromkeys(["of-profile", "of-nobody"])
        sign = {"stable": "", "testing": "+", "none": ""}[variety]
        others = [k for k in self.named.words("keywords", cp) if k in ARCHES and k != self.arch]
        keywords = {
            "stable": [self.arch, *(f"~{k}" for k in others)],
            "testing": [f"~{self.arch}", *others],
            "none": [],
        }[variety]
        licenses = [w for w in self.named.words("license", cp) if w[0] not in "@*"]
        groups = [f"of-{w[1:]}" for w in self.named.words("license", cp) if w[0] == "@"]
        return {
            "EAPI": "8",
            "IUSE": " ".join(sign + flag for flag in flags if flag),
            "KEYWORDS": " ".join(keywords),
            "LICENSE": " ".join([*licenses, *groups, "of-EULA" if variety == "none" else "Free"]),
            "PROPERTIES": " ".join([*_bare(self.named.words("properties", cp)), "live" if variety == "none" else ""]),
            "RESTRICT": " ".join([*_bare(self.named.words("restrict", cp)), "test"]),
            "DEFINED_PHASES": "-",
        }

    # The tree on the machine.

    def settle(self, tree: Path) -> list[str]:
        """Lets the profile of a tree lie in this machine's repositories; says where it lay."""
        said = []
        main = self.location("gentoo") / "profiles"
        for link in profile_links(tree):
            target = os.readlink(link)
            said.append(f"{link.relative_to(tree)} -> {target}")
            _, found, rest = target.partition("/profiles/")
            if found and (main / rest).is_dir():
                link.unlink()
                link.symlink_to(main / rest)
        folder = tree / "etc/portage/make.profile"
        if folder.is_dir() and not folder.is_symlink():
            for parent in folder.glob("**/parent"):
                text = parent.read_bytes()
                said.append(f"{parent.relative_to(tree)}: {text!r}")
                parent.write_bytes(re.sub(rb"(?m)^/\S*/profiles/|^(\.\./)+\S*/profiles/", os.fsencode(main) + b"/", text))
        elif not os.path.lexists(folder) and not os.path.lexists(tree / "etc/make.profile") and folder.parent.is_dir():
            said.append("no make.profile")
            folder.symlink_to(main / self.profile)
        return said


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def copy(tree: Path, to: Path) -> Path:
    """A copy of a tree: links, modes, times."""
    return Path(shutil.copytree(tree, to, symlinks=True))


def _bare(words: list[str]) -> list[str]:
    return [w for w in words if w[0] not in "@*"]


def _groups(named: Named) -> set[str]:
    """The USE_EXPAND variables that rules name as `NAME:`."""
    words = {w for rule in named.rules if "use" in rule.kind for w in rule.words if w.endswith(":")}
    return {w[:-1].upper() for w in words if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*:", w)}


def _filled(cp: str) -> str:
    """A package that the wildcards of `cp` match: `dev-*/foo*` becomes `dev-any/fooany`."""
    category, _, name = cp.partition("/")
    category = "app-any" if category == "*" else category.replace("*", "any")
    name = "thing" if name == "*" else name.replace("*", "any")
    return f"{category}/{name}"


def _places(rules: list[Rule]) -> list[tuple[str, str, str]]:
    """Version, slot and repository: one for each atom, what lies outside each, and mixtures of them."""
    versions, slots, repositories, found = {}, {}, {}, {}
    for rule in rules:
        atom = rule.atom
        inside, outside = _versions(atom)
        slot = (atom.slot or "0") + (f"/{atom.sub_slot}" if atom.sub_slot else "")
        for version in inside:
            found[version, slot, atom.repo or "gentoo"] = None
        versions |= dict.fromkeys([*inside, *outside])
        slots |= dict.fromkeys([slot, "0"] + ([atom.slot] if atom.slot else []))
        repositories |= dict.fromkeys([atom.repo or "gentoo", "gentoo"])
    if len(slots) > 1:
        slots["of-nobody"] = None
    mixed = itertools.product(versions or ["1"], slots or ["0"], repositories or ["gentoo"])
    for place in mixed:
        if len(found) >= PER_NAME:
            break
        found[place] = None
    return list(found)


def _versions(atom: Atom) -> tuple[list[str], list[str]]:
    """Versions that an atom matches, and versions that it does not."""
    version = (atom.version or "").strip("*")
    if not version:
        return ["1"], ["2.5-r1"]
    if not version[0].isdigit():
        # `=cat/pkg-*_beta*`: any version with that in it.
        version = f"1{version}"
    base = re.sub(r"-r\d+$", "", version)
    first = re.match(r"\d+", base)
    higher, lower = str(int(first[0]) + 1) if first else "99999", "0_alpha"
    match atom.operator:
        case "=":
            return [version], [f"{base}-r99"]
        case "=*":
            return [version, *([f"{version}.5"] if re.fullmatch(r"[\d.]+", version) else [])], [higher]
        case "~":
            return [base, f"{base}-r3"], [higher]
        case ">=":
            return [version, higher], [lower]
        case ">":
            return [higher], [version]
        case "<=":
            return [version, lower], [higher]
        case _:
            return [lower], [version]
