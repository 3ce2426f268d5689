"""Manifests: what `overlay manifest` writes is byte for byte what real Portage's `ebuild … manifest` writes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from command import run

EBUILD = """EAPI=8
DESCRIPTION="A package to be listed in a Manifest"
HOMEPAGE="https://example.org/"
SRC_URI="https://example.org/${P}.tar.gz doc? ( https://example.org/d -> ${PN}-doc.pdf )"
LICENSE="MIT"
SLOT="0"
KEYWORDS="~amd64"
IUSE="doc"
"""
METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE pkgmetadata SYSTEM "https://www.gentoo.org/dtd/metadata.dtd">
<pkgmetadata>
\t<maintainer type="person"><email>nobody@example.org</email></maintainer>
</pkgmetadata>
"""
FILES = {
    "profiles/categories": "app-misc\n",
    "profiles/arch.list": "amd64\n",
    "profiles/default/eapi": "8\n",
    "profiles/default/make.defaults": 'ARCH="amd64"\n',
    "app-misc/hello/hello-1.0.ebuild": EBUILD,
    "app-misc/hello/hello-1.1-r1.ebuild": EBUILD,
    "app-misc/hello/metadata.xml": METADATA,
    "app-misc/hello/README": "read\n",
    "app-misc/hello/.hidden": "not listed\n",
    "app-misc/hello/files/B.patch": "B\n",
    "app-misc/hello/files/a.patch": "a\n",
    "app-misc/hello/files/sub/b": "b\n",
    "app-misc/hello/files/sub/.git/x": "not listed\n",
    "app-misc/hello/files/CVS/x": "not listed\n",
    "app-misc/hello/files/digest-x": "not listed\n",
    "app-misc/hello/files/odd name": "not listed\n",
    "app-misc/hello/files/empty": "",
}
DISTFILES = {"hello-1.0.tar.gz": b"one\n", "hello-1.1.tar.gz": bytes(9_000_000), "hello-doc.pdf": b"pdf\n"}
PACKAGE = "app-misc/hello"


@pytest.fixture(params=["thin", "full"])
def repository(request, tmp_path):
    """A repository, made by the command, and its distfiles in `distfiles` beside it."""
    repo = tmp_path / "local"
    full = ["--full-manifests"] if request.param == "full" else []
    assert run("overlay", "new", repo, "--name", "local", *full).status == 0
    layout = repo / "metadata/layout.conf"
    layout.write_text(layout.read_text().replace("masters = gentoo", "masters ="))
    for path, text in FILES.items():
        file = repo / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (repo / PACKAGE / "files/link").symlink_to("a.patch")
    (repo / PACKAGE / "files/folder").symlink_to("sub")
    (tmp_path / "distfiles").mkdir()
    for name, content in DISTFILES.items():
        (tmp_path / "distfiles" / name).write_bytes(content)
    return repo


def portage(repo: Path, distdir: Path, work: Path) -> bytes | None:
    """The Manifest that real Portage makes of a copy."""
    copy = shutil.copytree(repo, work / repo.name, symlinks=True)
    config = work / "config"
    (config / "etc/portage").mkdir(parents=True)
    (config / "etc/portage/make.profile").symlink_to(copy / "profiles/default")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "PORTAGE_CONFIGROOT": str(config),
        "ROOT": str(work / "root"),
        "EPREFIX": "",
        "PORTAGE_REPOSITORIES": f"[DEFAULT]\nmain-repo = local\n[local]\nlocation = {copy}\n",
        "DISTDIR": str(distdir),
        "PORTAGE_TMPDIR": str(work / "tmp"),
        "PKGDIR": str(work / "pkg"),
        "FEATURES": "-sandbox -usersandbox -network-sandbox -ipc-sandbox -pid-sandbox -mount-sandbox -userpriv -userfetch",
        "GENTOO_MIRRORS": "",
        "FETCHCOMMAND": "/bin/false",
        **({"PORTAGE_USERNAME": "root", "PORTAGE_GRPNAME": "root"} if os.geteuid() == 0 else {}),
    }
    ebuild = Path(sys.executable).with_name("ebuild")
    done = subprocess.run(
        [sys.executable, ebuild, "hello-1.1-r1.ebuild", "manifest"],
        cwd=copy / PACKAGE,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = copy / PACKAGE / "Manifest"
    return manifest.read_bytes() if manifest.exists() else None


def ours(repo: Path, distdir: Path) -> bytes | None:
    """The Manifest that the command makes, which `verify` then finds nothing wrong with."""
    done = run("overlay", "manifest", "--repo", repo, "--distdir", distdir)
    assert done.status == 0, done.stderr
    assert run("overlay", "verify", "--repo", repo, "--distdir", distdir).status == 0
    manifest = repo / PACKAGE / "Manifest"
    return manifest.read_bytes() if manifest.exists() else None


def test_a_new_manifest_is_the_same(repository, tmp_path):
    distdir = tmp_path / "distfiles"
    theirs = portage(repository, distdir, tmp_path / "portage")
    assert theirs and ours(repository, distdir) == theirs


def test_entries_are_kept_renewed_and_dropped_as_portage_does(repository, tmp_path):
    distdir = tmp_path / "distfiles"
    assert ours(repository, distdir)
    # A distfile that is not there, an ebuild that is gone, a file that changed, one that is new, other lines.
    (distdir / "hello-1.1.tar.gz").unlink()
    (repository / PACKAGE / "hello-1.0.ebuild").unlink()
    (repository / PACKAGE / "files/a.patch").write_text("changed\n")
    (repository / PACKAGE / "files/new.patch").write_text("new\n")
    manifest = repository / PACKAGE / "Manifest"
    manifest.write_text("".join(reversed(manifest.read_text().splitlines(keepends=True))) + "\nodd line\n")
    theirs = portage(repository, distdir, tmp_path / "portage")
    assert theirs and b"hello-1.1.tar.gz" in theirs and b"hello-1.0" not in theirs
    done = run("overlay", "manifest", "--repo", repository, "--distdir", distdir)
    assert done.status == 0 and "`odd line` is no entry of a Manifest" in done.stderr
    assert manifest.read_bytes() == theirs


def test_without_distfiles(repository, tmp_path):
    """A thin Manifest of nothing is no file."""
    for ebuild in (repository / PACKAGE).glob("*.ebuild"):
        ebuild.write_text(EBUILD.replace("SRC_URI", "A"))
    (repository / PACKAGE / "Manifest").write_text("")
    distdir = tmp_path / "distfiles"
    theirs = portage(repository, distdir, tmp_path / "portage")
    assert ours(repository, distdir) == theirs


def test_other_hashes(repository, tmp_path):
    layout = repository / "metadata/layout.conf"
    layout.write_text(layout.read_text().replace("BLAKE2B SHA512", "sha512 SHA256 blake2b"))
    distdir = tmp_path / "distfiles"
    theirs = portage(repository, distdir, tmp_path / "portage")
    assert b" SHA256 " in theirs and ours(repository, distdir) == theirs
