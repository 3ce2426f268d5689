#!/usr/bin/env python3
"""Real Portage, asked again and again: one JSON request on each line of stdin, one JSON answer on each line of stdout.

    judge.py                   stays up
    judge.py --once FILE [-]   one request from a file (or stdin), answered in readable form

Request:

    config_root   the root whose etc/portage is read; make.profile is followed as it stands
    root          ROOT, whose etc/profile.env is read (default: an empty folder)
    repos         [[name, folder], ...]; the first is the main repository
    priorities    {name: number}, for the repositories that have one
    env           the calling environment
    packages      ["cat/pkg-ver::repo", ...], or null for all versions of all repositories
    vars          the variables that are wanted
    careful       true: packages in reverse order, each with a configuration of its own and the whole environment of
                  its ebuild; slower, and must say the same

Answer:

    error         the judge itself failed (a stale cache, a wrong request); nothing else is given then
    fatal         null, or {type, message}: the strict loader, the one that emerge uses, refuses the configuration
    messages      all that Portage printed, each line once
    profiles      the folders of the profile chain, first parent first
    global        {variable: value} before any package is looked at; only the set ones of `vars` and _GLOBAL
    features      FEATURES, sorted
    use_mask      use.mask of the whole chain, sorted
    use_force     use.force of the whole chain, sorted
    system        the atoms of @system, sorted
    profile_set   the atoms of @profile, sorted
    packages      {"cat/pkg-ver::repo": ...}, of each:
        fatal               null, or {type, message}: Portage fails on this package; nothing else is given then
        use                 the enabled flags that IUSE lists
        use_implicit        the enabled flags that IUSE does not list
        use_mask use_force  the masked and the forced flags that IUSE lists
        package_use         what etc/portage/package.use says, as one list of words
        iuse                the flags that IUSE lists
        visible             whether emerge may choose it
        masked_by           some of: chost eapi.deprecated eapi.unsupported invalid keywords license package.mask
                            properties restrict
        mask_atom           the first atom of a package.mask that matches, when nothing unmasks it
        keywords_missing    keywords of the package, one of which would have to be accepted
        license_missing properties_missing restrict_missing
        stable              whether the stable forms of use.mask and the like apply
        keywords            KEYWORDS, after package.keywords of profiles
        accept_keywords     the accepted ones, of this package
        required_use        null: there is none, or it is invalid; else whether the enabled flags satisfy it
        env                 {variable: value} of `vars`, as its ebuild is started with, or as Portage has them where they
                            are kept from ebuilds; null: not set
        features            FEATURES, after package.env
        env_files           the files of package.env that apply, in order
        bashrc              profile.bashrc files and files of package.bashrc of profiles, in order
        patches             the files of etc/portage/patches

Visibility and USE come from the class that emerge uses, asked afresh: its masks first, which is what calculates USE.
An ACCEPT_LICENSE from package.env therefore counts, as it does in emerge when the package is looked at for the first
time. An ACCEPT_KEYWORDS from there, which in Portage reaches the package that is looked at next, is kept from it: each
answer is the one for a package that is looked at alone.

Ebuilds are never run: metadata that is not in a valid md5-cache is an error.
"""

import copy
import gc
import grp
import io
import json
import os
import pwd
import re
import sys
import tempfile
import traceback
import warnings

_SCRATCH = tempfile.TemporaryDirectory(prefix="portage-config-resident-")
_BASE = {
    "HOME": _SCRATCH.name,
    "LANG": "C.UTF-8",
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "PORTAGE_DEPCACHEDIR": f"{_SCRATCH.name}/depcache",
    # Without them Portage asks for a `portage` user, which only a Gentoo machine has.
    "PORTAGE_USERNAME": pwd.getpwuid(os.getuid()).pw_name,
    "PORTAGE_GRPNAME": grp.getgrgid(os.getgid()).gr_name,
}
os.environ.clear()
os.environ.update(_BASE, EPREFIX="", NO_COLOR="1", PORTAGE_CONFIGROOT=_SCRATCH.name, TERM="dumb")

import portage  # noqa: E402

portage._disable_legacy_globals()

import _emerge.Package  # noqa: E402
import portage.dep  # noqa: E402
import portage.eclass_cache  # noqa: E402
import portage.process  # noqa: E402
import portage.repository.config  # noqa: E402
import portage.util.compression_probe  # noqa: E402
import portage.versions  # noqa: E402
from _emerge.Package import Package  # noqa: E402
from _emerge.RootConfig import RootConfig  # noqa: E402
from portage._sets.profiles import PackagesSystemSet  # noqa: E402
from portage._sets.ProfilePackageSet import ProfilePackageSet  # noqa: E402
from portage.dbapi.porttree import portdbapi  # noqa: E402

_GLOBAL = """ACCEPT_CHOSTS ACCEPT_KEYWORDS ACCEPT_LICENSE ACCEPT_PROPERTIES ACCEPT_RESTRICT ARCH CHOST IUSE_IMPLICIT
PORTAGE_ARCHLIST USE USE_EXPAND USE_EXPAND_HIDDEN USE_EXPAND_IMPLICIT USE_EXPAND_UNPREFIXED USE_ORDER""".split()

_KINDS = {
    "CHOST": "chost",
    "EAPI.deprecated": "eapi.deprecated",
    "EAPI.unsupported": "eapi.unsupported",
    "KEYWORDS": "keywords",
    "LICENSE": "license",
    "PROPERTIES": "properties",
    "RESTRICT": "restrict",
    "invalid": "invalid",
    "package.mask": "package.mask",
}

# About the machine that runs the tests, not about the tree.
_HOST = re.compile(
    r"Problem with sandbox binary|BINPKG_COMPRESS unsupported|fakeroot binary is not installed"
    r"|PORTAGE_BZIP2_COMMAND setting|SELinux module not found"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Unusable(Exception):
    """The question cannot be answered: that is an error of the test, not an answer of Portage."""


def _never(*_args, **_kwargs):
    raise Unusable("a process would have been started: an entry of the md5-cache is missing or stale")


async def _never_async(*_args, **_kwargs):
    _never()


portdbapi._run_metadata_phase = _never_async
portage.process.spawn = _never

_COMPRESSORS = copy.deepcopy(portage.util.compression_probe._compressors)


def _forget():
    """Drops what Portage keeps for the whole process, so that no tree is answered with what another one said."""
    portage.util._eapi_cache.clear()
    portage.dep._use_reduce_cached.cache_clear()
    portage.dep._extended_cp_re_cache.clear()
    portage.repository.config._warned_module_options.clear()
    _emerge.Package._frozensets.clear()
    portage.util.compression_probe._compressors.clear()
    portage.util.compression_probe._compressors.update(copy.deepcopy(_COMPRESSORS))


class _Listening:
    """Collects what is printed; each line counts once."""

    def __init__(self):
        self.lines = {}

    def __enter__(self):
        self.text = io.StringIO()
        self.saved = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = self.text
        self.warnings = warnings.catch_warnings(record=True)
        self.caught = self.warnings.__enter__()
        warnings.simplefilter("always")
        return self

    def __exit__(self, *error):
        self.warnings.__exit__(*error)
        sys.stdout, sys.stderr = self.saved
        said = _COLOUR.sub("", self.text.getvalue()).splitlines()
        # A deprecated call of the judge itself is no word about the tree.
        said += [str(w.message) for w in self.caught if not issubclass(w.category, DeprecationWarning)]
        self.lines.update((line.rstrip(), None) for line in said if line.strip() and not _HOST.search(line))

    def said(self):
        return list(self.lines)


def _atoms(kind, settings):
    return sorted(map(str, kind(settings._locations_manager.profiles_complex).getAtoms()))


def _fatal(error):
    return {"type": type(error).__name__, "message": str(error)}


def answer(request):
    """What Portage makes of one tree."""
    _forget()
    empty = f"{_SCRATCH.name}/root"
    os.makedirs(empty, exist_ok=True)
    main = request["repos"][0][0]
    repositories = f"[DEFAULT]\nmain-repo = {main}\n"
    for name, folder in request["repos"]:
        repositories += f"[{name}]\nlocation = {folder}\nauto-sync = no\n"
        if name in request.get("priorities", {}):
            repositories += f"priority = {request['priorities'][name]}\n"
    env = {**_BASE, **request.get("env", {}), "PORTAGE_REPOSITORIES": repositories}
    listening = _Listening()
    try:
        with listening:
            settings = portage.config(
                config_root=request["config_root"],
                target_root=request.get("root") or empty,
                sysroot="/",
                eprefix="",
                env=env,
            )
            settings.validate()
            portage._internal_caller = True  # as emerge: package.keywords is reported
            try:
                settings._keywords_manager
            finally:
                portage._internal_caller = False
    except Exception as error:
        return {"fatal": _fatal(error), "messages": listening.said()}
    with listening:
        tree = _Tree(settings, request)
        said = {
            "fatal": None,
            "messages": [],
            "profiles": list(settings.profiles),
            "global": {k: v for k in [*_GLOBAL, *tree.vars] if (v := settings.get(k)) is not None},
            "features": sorted(settings.features),
            "use_mask": sorted(settings.usemask),
            "use_force": sorted(settings.useforce),
            "system": _atoms(PackagesSystemSet, settings),
            "profile_set": _atoms(ProfilePackageSet, settings),
            "packages": tree.packages(request.get("packages")),
        }
    said["messages"] = listening.said()
    return said


class _Tree:
    """The packages under one configuration."""

    def __init__(self, settings, request):
        self.settings, self.vars, self.careful = settings, request.get("vars", []), request.get("careful", False)
        settings.lock()
        tree = portage.portagetree(settings=settings)
        self.db = tree.dbapi
        self.root = RootConfig(settings, {"porttree": tree}, None)
        self.patches = os.path.isdir(os.path.join(request["config_root"], "etc/portage/patches"))
        # Portage tells packages apart by their address in memory, which must not be used twice.
        self.kept = []

    def packages(self, wanted):
        names = sorted(self._all()) if wanted is None else list(wanted)
        found = {}
        for name in reversed(names) if self.careful else names:
            cpv, _, repository = name.partition("::")
            if self.careful:
                self._renew()
            elif self.db.doebuild_settings._penv:
                # An ACCEPT_KEYWORDS of package.env would decide whether the next package is stable for use.stable.
                self.db.doebuild_settings.reset()
            try:
                found[name] = self._package(cpv, repository)
            except Unusable:
                raise
            except Exception as error:
                found[name] = {"fatal": _fatal(error)}
                self._renew()
        return {name: found[name] for name in names}

    def _renew(self):
        """The configuration that packages are set in is left in a half-way state by an error."""
        self.db.doebuild_settings = portage.config(clone=self.settings)

    def _all(self):
        db = self.db
        for repository in db.repositories:
            for cp in db.cp_all(trees=[repository.location]):
                yield from (f"{cpv}::{repository.name}" for cpv in db.cp_list(cp, mytree=repository.location))

    def _metadata(self, cpv, repository):
        keys = Package.metadata_keys
        try:
            return dict(zip(keys, self.db.aux_get(cpv, keys, myrepo=repository)))
        except KeyError as error:
            raise Unusable(f"{cpv}::{repository}: no such package: {error}") from error
        except Unusable as error:
            raise Unusable(f"{cpv}::{repository}: {error}") from error

    def _package(self, cpv, repository):
        package = Package(
            type_name="ebuild",
            root_config=self.root,
            cpv=cpv,
            built=False,
            installed=False,
            onlydeps=False,
            metadata=self._metadata(cpv, repository),
        )
        self.kept.append(package)
        masks = package.masks or {}
        enabled, listed = package.use.enabled, package.iuse.all
        settings = self.db.doebuild_settings
        settings.setcpv(package)
        required = package._metadata["REQUIRED_USE"]
        satisfied = None
        if required and "invalid" not in masks:
            satisfied = bool(
                portage.dep.check_required_use(required, enabled, package.iuse.is_valid_flag, eapi=package.eapi)
            )
        return {
            "fatal": None,
            "use": sorted(enabled & listed),
            "use_implicit": sorted(enabled - listed),
            "use_mask": sorted(package.use.mask & listed),
            "use_force": sorted(package.use.force & listed),
            "package_use": settings.puse.split(),
            "iuse": sorted(listed),
            "visible": bool(package.visible),
            "masked_by": sorted(_KINDS[kind] for kind in masks),
            "mask_atom": str(masks["package.mask"]) if "package.mask" in masks else None,
            "keywords_missing": list(masks.get("KEYWORDS", ())),
            "license_missing": sorted(set(masks.get("LICENSE", ()))),
            "properties_missing": sorted(set(masks.get("PROPERTIES", ()))),
            "restrict_missing": sorted(set(masks.get("RESTRICT", ()))),
            "stable": bool(package.stable),
            "keywords": list(self.settings._getKeywords(package.cpv, package._metadata)),
            "accept_keywords": self._accepted(package),
            "required_use": satisfied,
            "env": self._environment(settings),
            "features": sorted(settings.features),
            "env_files": list(settings._penv),
            "bashrc": list(settings._pbashrc),
            "patches": list(self.settings.userPatchFiles(package)) if self.patches else [],
        }

    def _accepted(self, package):
        """As `KeywordsManager.getMissingKeywords` puts them together."""
        manager, settings = self.settings._keywords_manager, self.settings
        accepted = settings.get("ACCEPT_KEYWORDS", "")
        own = manager.getPKeywords(package.cpv, None, None, accepted)
        calling = settings.configdict["backupenv"].get("ACCEPT_KEYWORDS", "").split()
        if own or calling:
            return sorted(manager._getEgroups(calling, [*accepted.split(), *own]))
        return sorted(set(accepted.split()))

    def _environment(self, settings):
        renamed = {"USE": "PORTAGE_USE", "PORTAGE_FEATURES": "FEATURES"}
        # What ebuilds are not told of, Portage itself asks.
        hidden = settings._environ_filter
        environment = settings.environ() if self.careful else settings
        found = {}
        for name in self.vars:
            asked = settings if name in hidden else environment
            found[name] = asked.get(name if self.careful else renamed.get(name, name))
        return found


def respond(request):
    try:
        return answer(request)
    except Exception as error:
        return {"error": str(error) if isinstance(error, Unusable) else traceback.format_exc()}


def main(arguments):
    if arguments[:1] == ["--once"] and len(arguments) == 2:
        with sys.stdin if arguments[1] == "-" else open(arguments[1], encoding="utf-8") as file:
            said = respond(json.load(file))
        json.dump(said, sys.stdout, indent=1, ensure_ascii=False)
        print()
        return "error" in said
    if arguments:
        sys.exit(__doc__)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        gc.freeze()
        for line in sys.stdin:
            json.dump(respond(json.loads(line)), answers, separators=(",", ":"))
            answers.write("\n")
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
