"""Whether emerge takes the binary package that another machine has built, and what `explain --hosts` says of it."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import command
import gentoo_repo
import oracle  # noqa: F401  (prepares the environment for Portage)
import portage
from portage import xpak

CPV = "app-misc/hello-2.12"
FACTS = {
    "EAPI": "8",
    "SLOT": "0",
    "DESCRIPTION": "what it says of itself, and nothing else",
    "HOMEPAGE": "https://example.org/",
    "IUSE": "+nls X cpu_flags_x86_sse2",
    "KEYWORDS": "x86 ~amd64",
    "LICENSE": "MIT",
    "DEFINED_PHASES": "-",
}
BASE = {
    "make.defaults": 'ARCH="x86"\nACCEPT_KEYWORDS="x86"\nCHOST="i486-pc-linux-gnu"\nUSE_EXPAND="CPU_FLAGS_X86"\n'
    'IUSE_IMPLICIT="x86"\n',
}
CONF = 'CHOST="i486-pc-linux-gnu"\nCFLAGS="-O2 -march=i486"\nACCEPT_LICENSE="*"\nBINPKG_FORMAT="xpak"\n'

# Name, make.conf and files of the builder and of the user beside the usual ones, and whether it is taken.
CASES = [
    ("the-same", {}, {}, True),
    ("other-chost", {}, {"make.conf": 'CHOST="i686-pc-linux-gnu"'}, False),
    ("accepted-chost", {}, {"make.conf": 'CHOST="i686-pc-linux-gnu"\nACCEPT_CHOSTS="i486-pc-linux-gnu i686-pc-linux-gnu"'}, True),
    ("chost-by-pattern", {}, {"make.conf": 'CHOST="i686-pc-linux-gnu"\nACCEPT_CHOSTS="i[3-6]86-pc-linux-.*"'}, True),
    ("chost-by-half-a-pattern", {}, {"make.conf": 'CHOST="i686-pc-linux-gnu"\nACCEPT_CHOSTS="i486 i686-pc-linux-gnu"'}, False),
    ("one-of-two-patterns", {}, {"make.conf": 'ACCEPT_CHOSTS="i686.* i.86-pc-linux-gnu"'}, True),
    ("broken-pattern", {}, {"make.conf": 'ACCEPT_CHOSTS="i486-pc-linux-gnu i(686"'}, False),
    ("own-chost-is-none-of-them", {}, {"make.conf": 'ACCEPT_CHOSTS="i686-pc-linux-gnu"'}, False),
    ("other-flags-of-compilers", {"make.conf": 'CFLAGS="-O3 -march=i486"'}, {}, True),
    ("flag-on", {}, {"make.conf": 'USE="X"'}, False),
    ("flag-off", {}, {"package.use": "app-misc/hello -nls"}, False),
    ("flag-on-on-both", {"make.conf": 'USE="X"'}, {"package.use": "app-misc/hello X"}, True),
    ("flag-of-others", {}, {"make.conf": 'USE="doc"'}, True),
    ("expanded-flag", {}, {"package.use": "*/* CPU_FLAGS_X86: sse2"}, False),
    ("flag-that-is-masked", {"make.conf": 'USE="X"'}, {"make.conf": 'USE="X"', "profile/use.mask": "X"}, False),
    ("masked-there", {}, {"package.mask": "app-misc/hello"}, False),
    ("masked-where-it-is-another", {}, {"package.mask": ">app-misc/hello-3"}, True),
    ("license", {}, {"make.conf": 'ACCEPT_LICENSE="-* GPL-2"'}, False),
    ("license-of-the-package", {}, {"make.conf": 'ACCEPT_LICENSE="-* GPL-2"', "package.license": "app-misc/hello MIT"}, True),
    ("keywords", {}, {"package.accept_keywords": "app-misc/hello -x86"}, False),
    ("patches-there", {}, {"patches/app-misc/hello/a.patch": "x"}, False),
    ("empty-patches-there", {}, {"patches/app-misc/hello/a.patch": None}, True),
    ("signature", {}, {"make.conf": 'FEATURES="binpkg-request-signature"'}, False),
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """One package and one profile."""
    out = tmp_path_factory.mktemp("repos") / "gentoo"
    for name, text in BASE.items():
        gentoo_repo.put(out / "profiles/base" / name, text)
    for name, text in {"repo_name": "gentoo\n", "arch.list": "x86\namd64\n", "categories": "app-misc\n", "eapi": "8\n"}.items():
        gentoo_repo.put(out / "profiles" / name, text)
    gentoo_repo.put(out / "profiles/base/eapi", "8\n")
    gentoo_repo.put(out / "metadata/layout.conf", "masters =\ncache-formats = md5-dict\n")
    for name in ("MIT", "GPL-2"):
        gentoo_repo.put(out / "licenses" / name, f"{name}\n")
    ebuild = "EAPI=8\n" + "".join(f'{key}="{value}"\n' for key, value in FACTS.items() if key not in ("EAPI", "DEFINED_PHASES"))
    gentoo_repo.put(out / f"{os.path.dirname(CPV)}/hello/{os.path.basename(CPV)}.ebuild", ebuild)
    digest = hashlib.md5(ebuild.encode()).hexdigest()
    cache = "".join(f"{key}={FACTS[key]}\n" for key in sorted(FACTS))
    gentoo_repo.put(out / "metadata/md5-cache" / CPV, f"{cache}_md5_={digest}\n")
    return out


def machine(folder: Path, files: dict, repository: Path) -> Path:
    """A machine's folder with its etc/portage."""
    etc = folder / "etc/portage"
    for name, text in {"make.conf": "", **files}.items():
        text = "" if text is None else f"{text}\n"
        gentoo_repo.put(etc / name, CONF + text if name == "make.conf" else text)
    gentoo_repo.put(etc / "repos.conf", f"[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = {repository}\n")
    (etc / "make.profile").symlink_to(repository / "profiles/base")
    return folder


def build(builder: Path, repository: Path, out: Path) -> None:
    """The binary package, as Portage writes it down, without files."""
    conf = f"[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = {repository}\n"
    env = {"PORTAGE_REPOSITORIES": conf, "PATH": os.environ["PATH"]}
    env |= {name: os.environ[name] for name in ("PORTAGE_USERNAME", "PORTAGE_GRPNAME", "PORTAGE_DEPCACHEDIR")}
    settings = portage.config(config_root=str(builder), target_root=str(builder), sysroot="/", eprefix="", env=env)
    settings.setcpv(CPV, mydb={**FACTS, "repository": "gentoo"})
    category, pf = CPV.split("/")
    path = out / category / f"{pf}.tbz2"
    path.parent.mkdir(parents=True)
    with tarfile.open(path, "w:bz2") as tar:
        tar.addfile(tarfile.TarInfo("./empty"), io.BytesIO(b""))
    facts = {key: value for key, value in FACTS.items() if key != "DEFINED_PHASES"}
    facts |= {"CATEGORY": category, "PF": pf, "repository": "gentoo", "BUILD_TIME": "1700000000"}
    facts |= {"CHOST": settings["CHOST"], "USE": settings["PORTAGE_USE"]}
    xpak.tbz2(str(path)).recompose_mem(xpak.xpak_mem({k.encode(): f"{v}\n".encode() for k, v in facts.items()}))


def taken(user: Path, packages: Path, scratch: Path, *more: str) -> tuple[bool, str]:
    """Whether emerge would install it, and what it says."""
    python = Path(sys.executable).parent
    environment = {
        "PATH": f"{python}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(scratch),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "EPREFIX": "",
        # There is no index of the packages.
        "FEATURES": "-pkgdir-index-trusted",
        "PORTAGE_CONFIGROOT": str(user),
        "PORTAGE_USERNAME": os.environ["PORTAGE_USERNAME"],
        "PORTAGE_GRPNAME": os.environ["PORTAGE_GRPNAME"],
        "PKGDIR": str(packages),
        "DISTDIR": str(scratch / "distfiles"),
        "PORTAGE_TMPDIR": str(scratch / "tmp"),
        "PORTAGE_DEPCACHEDIR": str(scratch / "depcache"),
    }
    for folder in ("distfiles", "tmp"):
        (scratch / folder).mkdir()
    options = ["--ignore-default-opts", "--pretend", "--usepkgonly", "--autounmask=n", *more]
    done = subprocess.run(
        [python / "emerge", *options, f"={CPV}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
    said = done.stdout + done.stderr
    is_taken = "[binary" in done.stdout and CPV in done.stdout
    assert is_taken == (done.returncode == 0), said
    assert is_taken or "masked" in said or "no binary packages" in said or "there are no" in said, said
    return is_taken, said


@pytest.mark.parametrize(("builder", "user", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_binary_package_is_taken_as_emerge_takes_it(builder, user, expected, repository, tmp_path):
    builder, user = machine(tmp_path / "builder", builder, repository), machine(tmp_path / "user", user, repository)
    build(builder, repository, tmp_path / "packages")
    judged, said = taken(user, tmp_path / "packages", tmp_path, "--binpkg-respect-use=y")
    assert judged == expected, said
    run = command.run("explain", "--hosts", builder, user, "--repo", f"gentoo={repository}", "--format", "json")
    assert run.status == (0 if judged else 1), run.stdout.decode()
    (answer,) = json.loads(run.stdout)["hosts"]["binaries"]
    assert answer["usable"] == judged, answer
    assert answer["packages"]["total"] == 1


def test_flags_count_where_that_is_asked_for(repository, tmp_path):
    builder, user = machine(tmp_path / "builder", {}, repository), machine(tmp_path / "user", {"make.conf": 'USE="X"'}, repository)
    build(builder, repository, tmp_path / "packages")
    assert taken(user, tmp_path / "packages", tmp_path)[0]
