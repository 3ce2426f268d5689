"""All that real Portage makes of a settled tree: the strict loader's configuration, its tables, sets, and each package.

Portage reads the tree's own repos.conf; where it reads a `location`, the machine's repository of that name stands in. An
absolute `source` is looked up in the tree first. Both are done in the same way for both trees of a comparison.
"""

import contextlib
import os
import re
import shlex
import subprocess
from pathlib import Path

import oracle
import portage
import portage.output
import portage.repository.config
import portage.util
from _emerge.Package import Package
from _emerge.RootConfig import RootConfig
from portage._sets import load_default_config
from portage._sets.base import DummyPackageSet
from portage._sets.files import ConfigFileSet, StaticFileSet, WorldSelectedPackagesSet, WorldSelectedSetsSet
from portage.binrepo.config import BinRepoConfigLoader
from portage.const import PORTAGE_BIN_PATH
from portage.dep import ExtendedAtomDict

from machine import Machine

_READABLE_SETS = (StaticFileSet, ConfigFileSet, WorldSelectedPackagesSet, WorldSelectedSetsSet, DummyPackageSet)
_USE_TABLES = (
    "_pusedict _usemask_list _use_stable_list _usestablemask_list _useforce_list _usestableforce_list _pusemask_list "
    "_puse_stable_list _pusestablemask_list _pkgprofileuse _puseforce_list _pusestableforce_list"
).split()
_OF_METADATA = {*Package.metadata_keys, "CATEGORY", "PF", "PORTAGE_REPO_NAME", "IUSE_EFFECTIVE"}
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Answers:
    """A tree's answers, as plain values that can be compared."""

    def __init__(self, tree: Path, machine: Machine):
        self.tree, self.machine = tree, machine
        self._real_tree = os.path.realpath(tree)
        self.refusal: str | None = None
        self.repositories: list = []
        self._patched: dict[tuple, list[str]] = {}
        self.found: dict = {}
        messages: list[str] = []
        with self._standing_in(), oracle._listening(messages):
            try:
                self.settings = self._load()
                self._all()
            except Exception as error:
                self.refusal = self._plain(f"{type(error).__name__}: {error}")
        self.messages = [self._plain(line) for said in messages if (line := _ANSI.sub("", said).rstrip())]
        self.found |= {"refusal": self.refusal, "messages": self.messages, "repos.conf": self.repositories}

    def _load(self):
        portage.repository.config._warned_module_options.clear()
        env = {"HOME": "/nonexistent", "LANG": "C.UTF-8"}
        env |= {k: os.environ[k] for k in ("PATH", "PORTAGE_DEPCACHEDIR", "PORTAGE_USERNAME", "PORTAGE_GRPNAME")}
        settings = portage.config(config_root=str(self.tree), target_root=str(self.tree), sysroot="/", eprefix="", env=env)
        settings.validate()
        portage._internal_caller = True  # as emerge: package.keywords is reported
        try:
            settings._keywords_manager
        finally:
            portage._internal_caller = False
        settings.lock()
        return settings

    @contextlib.contextmanager
    def _standing_in(self):
        """Lets the machine's repositories stand in for the tree's, and the tree for `/`."""
        repo, shlex_class, answers = portage.repository.config.RepoConfig, portage.util._getconfig_shlex, self
        init, hook = repo.__init__, shlex_class.sourcehook

        def stand_in(self, name, options, local_config=True):
            answers.repositories.append((name, [(k, answers._plain(v)) for k, v in options.items()]))
            place = answers.machine.location(name)
            if "location" in options and place.is_dir():
                options = {**options, "location": str(place)}
            init(self, name, options, local_config=local_config)

        def below_the_tree(self, file):
            expanded = portage.util.varexpand(file, self.var_expand_map)
            if expanded.startswith("/") and os.path.exists(inside := f"{answers.tree}{expanded}"):
                return shlex.shlex.sourcehook(self, inside)
            return hook(self, file)

        repo.__init__, shlex_class.sourcehook = stand_in, below_the_tree
        try:
            yield
        finally:
            repo.__init__, shlex_class.sourcehook = init, hook

    def _plain(self, thing):
        """A value without this machine's paths, as lists, dictionaries in their order, and strings."""
        if isinstance(thing, str):
            text = str(thing)
            if "/" not in text:
                return text
            text = text.replace(self._real_tree, "TREE").replace(str(self.tree), "TREE")
            return text.replace(str(self.machine.folder), "REPOSITORIES")
        if isinstance(thing, (ExtendedAtomDict, portage.util.LazyItemsDict)) or hasattr(thing, "items"):
            return [(self._plain(k), self._plain(v)) for k, v in thing.items()]
        if isinstance(thing, (set, frozenset)):
            return sorted(self._plain(one) for one in thing)
        if isinstance(thing, (list, tuple)):
            return [self._plain(one) for one in thing]
        if isinstance(thing, portage.repository.config.RepoConfig):
            return thing.name
        return thing if isinstance(thing, (int, bool, type(None))) else self._plain(str(thing))

    # The whole configuration.

    def _all(self) -> None:
        settings = self.settings
        found = self.found
        self.portdb = portage.portagetree(settings=settings).dbapi
        found["variables"] = {k: self._plain(settings.get(k)) for k in sorted(settings)}
        found["layers"] = {
            layer: self._plain(dict(sorted(settings.configdict[layer].items()))) for layer in ("repo", "defaults", "conf")
        }
        found["make.conf, expanded"] = self._plain(dict(sorted(settings._expand_map.items())))
        found["features"] = sorted(settings.features)
        found["use.mask"], found["use.force"] = sorted(settings.usemask), sorted(settings.useforce)
        for name in ("profiles", "profile_path", "user_profile_dir", "pprovideddict", "modules", "prevmaskdict"):
            found[name] = self._plain(getattr(settings, name))
        found["system"] = sorted(map(str, settings.packages))
        found["categories"] = sorted(settings.categories)
        found["soname.provided"] = self._plain([str(s) for s in settings.soname_provided])
        found["tables"] = self._tables()
        repositories = [self._plain(oracle._plain(repo)) for repo in settings.repositories]
        found["repositories"] = [repositories, settings.repositories.prepos_order]
        found["binrepos.conf"] = self._binary_repositories()
        found["mirrors"] = self._plain(portage.util.grabdict(str(self.tree / "etc/portage/mirrors"), recursive=1))
        found["color.map"] = self._colors()
        found["sets"] = self._sets()
        found["packages"] = self._packages()

    def _tables(self) -> dict:
        s = self.settings
        tables = {name: getattr(s._use_manager, name) for name in _USE_TABLES}
        for manager, names in (
            (s._keywords_manager, ("pkeywordsdict", "_pkeywords_list", "_p_accept_keywords")),
            (s._license_manager, ("_plicensedict", "_license_groups", "_accept_license_str")),
            (s._mask_manager, ("_pmaskdict", "_pmaskdict_raw", "_punmaskdict")),
            (s, ("_penvdict", "_ppropertiesdict", "_paccept_restrict", "_accept_properties", "_accept_restrict")),
        ):
            tables |= {name: getattr(manager, name) for name in names}
        bashrcs = [(profile.location, table) for profile, table in s._pbashrcdict.items()]
        return {name: self._plain(table) for name, table in tables.items()} | {"_pbashrcdict": self._plain(bashrcs)}

    def _binary_repositories(self):
        file = self.tree / "etc/portage/binrepos.conf"
        try:
            loaded = BinRepoConfigLoader([str(file)], self.settings) if file.exists() else {}
            return [(name, self._plain(oracle._plain(repo))) for name, repo in loaded.items()]
        except Exception as error:
            return self._plain(f"{type(error).__name__}: {error}")

    def _colors(self):
        output = portage.output
        saved = {k: dict(v) for k, v in (("codes", output.codes), ("_styles", output._styles))}
        try:
            output._parse_color_map(config_root=str(self.tree), onerror=lambda error: print(error))
            return self._plain({**output.codes, **output._styles})
        except Exception as error:
            return self._plain(f"{type(error).__name__}: {error}")
        finally:
            for name, values in saved.items():
                getattr(output, name).clear()
                getattr(output, name).update(values)

    def _sets(self):
        root = RootConfig(self.settings, {"porttree": portage.portagetree(settings=self.settings)}, None)
        try:
            loaded = load_default_config(self.settings, oracle._Trees(root.trees))
            parser = loaded._parser
            found = {"sections": [[name, self._plain(parser.items(name))] for name in parser.sections()]}
            sets = loaded.getSets()
            sets["selected-packages"] = WorldSelectedPackagesSet(self.settings["EROOT"])
            sets["selected-sets"] = WorldSelectedSetsSet(self.settings["EROOT"])
        except Exception as error:
            return self._plain(f"{type(error).__name__}: {error}")
        for name, one in sorted(sets.items()):
            found[name] = [type(one).__name__]
            if isinstance(one, _READABLE_SETS):
                atoms, others = sorted(map(str, one.getAtoms())), sorted(map(str, one.getNonAtoms()))
                about = [str(one.getMetadata(key)) for key in ("description", "long_description")]
                found[name] += [atoms, others, self._plain(one.errors), self._plain(about)]
        return found | {"errors": self._plain(loaded.errors)}

    # The packages.

    def _packages(self) -> dict:
        self._config = portage.config(clone=self.settings)
        self._root = RootConfig(self.settings, {"porttree": portage.portagetree(settings=self.settings)}, None)
        found = {}
        for number, facts in enumerate(self.machine.packages):
            name = f"{facts['cpv']}:{facts['SLOT']}::{facts['repository']} {facts['KEYWORDS'] or 'no keywords'} ({number})"
            try:
                found[name] = self._package(facts)
            except Exception as error:
                found[name] = {"refusal": self._plain(f"{type(error).__name__}: {error}")}
        return found

    def _package(self, facts: dict) -> dict:
        # The licence manager is shared, and a package whose env file sets ACCEPT_LICENSE writes to it.
        self.settings._license_manager.set_accept_license_str(self.settings["ACCEPT_LICENSE"])
        metadata = {key: facts.get(key, "") for key in Package.metadata_keys}
        package = Package(
            type_name="ebuild",
            root_config=self._root,
            cpv=facts["cpv"],
            built=False,
            installed=False,
            onlydeps=False,
            metadata=metadata,
        )
        config = self._config
        config.setcpv(package)
        explicit = {flag.lstrip("+-") for flag in facts["IUSE"].split()}
        enabled = set(config["PORTAGE_USE"].split())
        own = {k: v for k, v in config.configdict["pkg"].items() if k not in _OF_METADATA}
        found = {
            "own variables": own,
            "enabled": sorted(enabled),
            "disabled": sorted(explicit - enabled),
            "masked flags": sorted(config.usemask),
            "forced flags": sorted(config.useforce),
            "package.use": config.puse,
            "visible": bool(package.visible),
            "masks": package.masks or None,
            "stable": bool(config._isStable(package)),
            "keywords": config._getKeywords(package.cpv, metadata),
            "accept keywords": config._getPKeywords(package.cpv, metadata),
            "license": config["ACCEPT_LICENSE"],
            "properties": config["PORTAGE_PROPERTIES"],
            "restrict": config["PORTAGE_RESTRICT"],
            "env files": config._penv,
            "bashrc": config._pbashrc,
            "features": sorted(config.features) if own.get("FEATURES") else None,
        }
        if config._penv:
            found["variables"] = {k: config.get(k) for k in sorted(config)}
        if (self.tree / "etc/portage/patches" / package.category).is_dir():
            found["patches"] = self._patches(package)
        return {key: self._plain(value) for key, value in found.items()}

    def _patches(self, package) -> list[str]:
        """What `eapply_user` of Portage's phase-helpers.sh applies, in its order."""
        category, name, version, revision = package.cpv_split
        variables = {
            "CATEGORY": category,
            "PN": name,
            "P": f"{name}-{version}",
            "PR": revision,
            "SLOT": package.slot,
        }
        key = tuple(variables.values())
        if key not in self._patched:
            env = {"PATH": os.environ["PATH"], "COLUMNS": "80", "PORTAGE_CONFIGROOT": f"{self.tree}/", **variables}
            # A process substitution that ended before bash waits for it is at times none it knows.
            for _ in range(5):
                done = subprocess.run(["bash", "-c", _EAPPLY_USER], env=env, capture_output=True)
                if b"could not generate individual user patch digests" not in done.stdout:
                    break
            self._patched[key] = self._plain(done.stdout.decode(errors="replace")).splitlines()
        return self._patched[key]


def _eapply_user() -> str:
    text = Path(PORTAGE_BIN_PATH, "phase-helpers.sh").read_text()
    _, _, text = text.partition("\nif ___eapi_has_eapply_user; then\n")
    body, _, _ = text.partition("\nfi\n")
    return (
        'eapply() { shift; local f; for f; do echo "$f $(md5sum < "$f")"; done; }\n'
        'eqawarn() { :; }; einfo() { :; }; die() { echo "die: $*"; exit 1; }; __helpers_die() { die "$@"; }\n'
        "T=$(mktemp -d); trap 'rm -r \"$T\"' EXIT; PORTAGE_BUILDDIR=$T; EBUILD_PHASE=prepare\n"
        f"{body}\neapply_user\n"
    )


_EAPPLY_USER = _eapply_user()
