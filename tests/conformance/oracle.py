"""Asks the real Portage what a tree means.

A tree is loaded with the strict loader, the one that emerge uses, inside this process: a configuration takes some
milliseconds, so the tests can ask for hundreds of trees. Repositories are given, not taken from the tree's
repos.conf, whose locations do not exist on the test machine; make.profile is followed into the given repository.
"""

import contextlib
import grp
import io
import os
import pwd
import re
import sys
import tempfile
import warnings
from pathlib import Path

_SCRATCH = tempfile.TemporaryDirectory(prefix="portage-config-oracle-")
os.environ.update(
    {
        "EPREFIX": "",
        "NO_COLOR": "1",
        "PORTAGE_CONFIGROOT": _SCRATCH.name,
        "PORTAGE_DEPCACHEDIR": f"{_SCRATCH.name}/depcache",
        # Without them Portage asks for a `portage` user, which only a Gentoo machine has.
        "PORTAGE_USERNAME": pwd.getpwuid(os.getuid()).pw_name,
        "PORTAGE_GRPNAME": grp.getgrgid(os.getgid()).gr_name,
    }
)

import portage  # noqa: E402

portage._disable_legacy_globals()

import portage.package.ebuild.config  # noqa: E402
from _emerge.Package import Package  # noqa: E402
from _emerge.RootConfig import RootConfig  # noqa: E402
from portage.binrepo.config import BinRepoConfigLoader  # noqa: E402
from portage.package.ebuild._config.helper import prune_incremental  # noqa: E402
from portage.repository.config import RepoConfigLoader  # noqa: E402

# About the machine that runs the tests, not about the tree.
_HOST = re.compile(
    r"Problem with sandbox binary|BINPKG_COMPRESS unsupported|fakeroot binary is not installed"
    r"|PORTAGE_BZIP2_COMMAND setting|SELinux module not found"
)
# What differs from load to load whatever the tree says.
_VOLATILE = {"PORTAGE_CONFIGROOT", "PORTAGE_REPOSITORIES", "PORTAGE_BUILDDIR", "ROOT", "EROOT", "PORTAGE_DEPCACHEDIR"}


class Refused(Exception):
    """Portage does not take the tree: an exception of the strict loader, or anything that it printed."""


@contextlib.contextmanager
def _listening(messages):
    out, err = io.StringIO(), io.StringIO()
    saved = sys.stdout, sys.stderr
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sys.stdout, sys.stderr = out, err
        try:
            yield
        finally:
            sys.stdout, sys.stderr = saved
            lines = (err.getvalue() + out.getvalue()).splitlines()
            lines += [str(w.message) for w in caught if "portage" in w.filename]
            messages += [line for line in lines if not _HOST.search(line)]


class Oracle:
    """A set of repositories against which trees are judged. The first repository is the main one."""

    def __init__(self, *repositories: Path):
        self.repositories = repositories
        names = [name.read_text().strip() if (name := r / "profiles/repo_name").exists() else r.name for r in repositories]
        self._repos_conf = f"[DEFAULT]\nmain-repo = {names[0]}\n" + "".join(
            f"[{name}]\nlocation = {path}\nauto-sync = no\n" for name, path in zip(names, repositories)
        )

    def profile(self, tree: Path) -> Path | None:
        """The folder that the tree's make.profile names, looked up in the main repository; `None`: the tree's own."""
        link = tree / "etc/portage/make.profile"
        if not link.is_symlink():
            return None
        _, found, rest = os.readlink(link).partition("/profiles/")
        folder = self.repositories[0] / "profiles" / rest
        if not found or not folder.is_dir():
            raise Refused(f"make.profile: {os.readlink(link)} is not in the repository")
        return folder

    def load(self, tree: Path) -> "Answer":
        """The tree as emerge sees it. Anything that Portage says about it is a refusal."""
        profile = self.profile(tree)
        root = Path(_SCRATCH.name) / "root"
        root.mkdir(exist_ok=True)
        env = {"HOME": _SCRATCH.name, "LANG": "C.UTF-8", "PORTAGE_REPOSITORIES": self._repos_conf}
        env |= {k: os.environ[k] for k in ("PATH", "PORTAGE_DEPCACHEDIR", "PORTAGE_USERNAME", "PORTAGE_GRPNAME")}
        messages: list[str] = []
        try:
            with _listening(messages):
                settings = portage.config(
                    config_root=str(tree),
                    target_root=str(root),
                    sysroot="/",
                    eprefix="",
                    env=env,
                    config_profile_path=str(profile) if profile else None,
                )
                settings.validate()
                portage._internal_caller = True  # as emerge: package.keywords is reported
                try:
                    settings._keywords_manager
                finally:
                    portage._internal_caller = False
                settings.lock()
                answer = Answer(tree, settings)
        except Refused:
            raise
        except Exception as error:
            raise Refused(f"{type(error).__name__}: {error}") from error
        if messages:
            raise Refused("\n".join(messages))
        if not settings.get("ARCH"):
            raise Refused("no ARCH: the profile was not read")
        return answer


class Answer:
    """What Portage makes of one tree."""

    def __init__(self, tree, settings):
        self.tree, self.settings = tree, settings
        porttree = portage.portagetree(settings=settings)
        self.portdb = porttree.dbapi
        self._root = RootConfig(settings, {"porttree": porttree}, None)
        self._packages: dict[str, "PackageAnswer"] = {}
        # The test's repositories stand in for the tree's, whose files are read all the same.
        self.repositories = self._repositories()
        self.binary_repositories = self._binary_repositories()

    def __getitem__(self, variable: str) -> str:
        return self.settings[variable]

    def package(self, cpv: str) -> "PackageAnswer":
        if cpv not in self._packages:
            messages: list[str] = []
            try:
                with _listening(messages):
                    self._packages[cpv] = PackageAnswer(self, cpv)
            except Exception as error:
                raise Refused(f"{cpv}: {type(error).__name__}: {error}") from error
            if messages:
                raise Refused("\n".join(messages))
        return self._packages[cpv]

    def all_packages(self) -> list[str]:
        return [str(cpv) for cp in sorted(self.portdb.cp_all()) for cpv in self.portdb.cp_list(cp)]

    def everything(self) -> dict:
        """All that the tests compare: variables, packages, repositories, sets, mirrors."""
        return self.general() | {"packages": {cpv: self.package(cpv).everything() for cpv in self.all_packages()}}

    def differs(self, everything: dict) -> bool:
        """Whether anything is not as `everything` has it; the first difference ends the search."""
        if any(everything[name] != value for name, value in self.general().items()):
            return True
        packages = everything["packages"]
        names = self.all_packages()
        return names != list(packages) or any(self.package(cpv).everything() != packages[cpv] for cpv in names)

    def general(self) -> dict:
        """What belongs to no package."""
        messages: list[str] = []
        with _listening(messages):
            whole = {
                "variables": self._variables(self.settings),
                "system": sorted(map(str, self.settings.packages)),
                "provided": {k: sorted(v) for k, v in self.settings.pprovideddict.items()},
                "repositories": self.repositories,
                "binary repositories": self.binary_repositories,
                "license groups": self._dictionary("license_groups"),
                "mirrors": self._dictionary("mirrors"),
                "categories": sorted(self.settings.categories),
                "sets": self._sets(),
            }
        if messages:
            raise Refused("\n".join(messages))
        return whole

    def _variables(self, settings) -> dict:
        clean = {}
        for name in sorted(settings):
            if name not in _VOLATILE:
                clean[name] = str(settings.get(name)).replace(str(self.tree), "TREE")
        for name in ("ACCEPT_LICENSE", "ACCEPT_PROPERTIES", "ACCEPT_RESTRICT"):  # stacked, cut only when they are used
            clean[name] = list(dict.fromkeys(prune_incremental(clean.get(name, "").split())))
        if "INHERITED" in clean:  # eclasses as a set: their order changes from run to run
            clean["INHERITED"] = " ".join(sorted(clean["INHERITED"].split()))
        return clean

    def _path(self, name: str) -> str:
        return str(self.tree / "etc/portage" / name)

    def _dictionary(self, name: str) -> dict:
        return portage.util.grabdict(self._path(name), recursive=1)

    def _repositories(self) -> dict:
        found: dict = {}
        if os.path.exists(self._path("repos.conf")):
            options = {k: self.settings[k] for k in ("EPREFIX", "EROOT", "PORTAGE_CONFIGROOT", "ROOT")}
            options["sync-rsync-extra-opts"] = ""
            RepoConfigLoader._parse([self._path("repos.conf")], found, True, options)
        return {name: _plain(repo) for name, repo in found.items()}

    def _binary_repositories(self) -> dict:
        if not os.path.exists(self._path("binrepos.conf")):
            return {}
        return {name: _plain(repo) for name, repo in BinRepoConfigLoader([self._path("binrepos.conf")], self.settings).items()}

    def _sets(self) -> dict:
        from portage._sets import load_default_config

        sets = {}
        folder = self.tree / "etc/portage/sets"
        if folder.is_dir():
            loaded = load_default_config(self.settings, _Trees(self._root.trees))
            for name, one in loaded.getSets().items():
                if (folder / name).is_file():
                    sets[name] = sorted(map(str, one.getAtoms())) + sorted(map(str, one.getNonAtoms()))
            if loaded.errors:
                raise Refused("\n".join(loaded.errors))
        return sets


class _Trees(dict):
    """The trees of a root as the set loader asks for them; there is no installed database."""

    def __init__(self, trees):
        super().__init__(trees)

    def __contains__(self, _key):
        return True

    def __missing__(self, _key):
        return type("NoTree", (), {"dbapi": None})()


def _plain(thing) -> dict:
    values = {}
    for name in [*getattr(type(thing), "__slots__", ()), *getattr(thing, "__dict__", ())]:
        value = getattr(thing, name, None)
        if isinstance(value, (str, int, bool, tuple, list, frozenset, type(None))):
            values[name] = sorted(map(str, value)) if isinstance(value, frozenset) else value
    return values


class PackageAnswer:
    """What Portage makes of one version of a package."""

    def __init__(self, answer: Answer, cpv: str):
        keys = list(Package.metadata_keys)
        metadata = dict(zip(keys, answer.portdb.aux_get(cpv, keys)))
        # Clones share one licence manager, and a package whose env file sets ACCEPT_LICENSE writes to it.
        answer.settings._license_manager.set_accept_license_str(answer.settings["ACCEPT_LICENSE"])
        package = Package(
            type_name="ebuild",
            root_config=answer._root,
            cpv=cpv,
            built=False,
            installed=False,
            onlydeps=False,
            metadata=metadata,
        )
        settings = portage.config(clone=answer.settings)
        settings.setcpv(package)
        self._settings = settings
        self._answer = answer
        explicit = {flag.lstrip("+-") for flag in metadata["IUSE"].split()}
        self.use = explicit & set(package.use.enabled)
        self.masked_flags = explicit & set(settings.usemask)
        self.forced_flags = explicit & set(settings.useforce)
        self.masks = {kind: _words(value) for kind, value in (package.masks or {}).items()}
        self.visible = bool(package.visible)
        self.env_files = list(settings._penv)
        self.package_use = settings.puse
        self.required_use = not metadata["REQUIRED_USE"] or bool(
            portage.dep.check_required_use(
                metadata["REQUIRED_USE"], package.use.enabled, package.iuse.is_valid_flag, eapi=metadata["EAPI"]
            )
        )

    def __getitem__(self, variable: str) -> str:
        return self._settings.get(variable, "")

    def everything(self) -> dict:
        return {
            "variables": self._answer._variables(self._settings),
            "use": sorted(self.use),
            "masked flags": sorted(self.masked_flags),
            "forced flags": sorted(self.forced_flags),
            "masks": self.masks,
            "visible": self.visible,
            "env files": self.env_files,
            "package.use": self.package_use,
            "required use": self.required_use,
            "bashrc": [str(p).replace(str(self._answer.tree), "TREE") for p in self._settings._pbashrc],
        }


def _words(value) -> list[str]:
    return sorted(map(str, value)) if isinstance(value, (list, tuple, set, frozenset)) else [str(value)]
