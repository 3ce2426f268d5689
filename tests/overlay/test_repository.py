"""The ebuild repository `overlay/`: real Portage takes it beside ::gentoo, and pkgcheck finds nothing in it."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import sources
from building import OVERLAY, System
from command import REPOSITORY
from oracle import Oracle, Refused

EBUILDS = sorted(OVERLAY.glob("*/*/*.ebuild"))
PACKAGES = sorted({str(ebuild.parent.relative_to(OVERLAY)) for ebuild in EBUILDS})
VENV = Path(sys.prefix) / "bin"


def test_portage_loads_it(gentoo, i486):
    answer = Oracle(gentoo, OVERLAY).load(i486)
    everything = answer.everything()
    repository = answer.settings.repositories["portage-config"]
    assert [master.name for master in repository.masters] == ["gentoo"]
    assert repository.thin_manifest and not repository.missing_repo_name
    assert (OVERLAY / "profiles/eapi").read_text() == "8\n"
    ours = {f"{ebuild.parent.parent.name}/{ebuild.stem}" for ebuild in EBUILDS}
    assert ours <= everything["packages"].keys()
    assert {name.partition("-9")[0] for name in PACKAGES} == {
        "app-portage/portage-config",
        "dev-libs/klibc",
        "sys-apps/mingetty",
        "sys-kernel/ugrd-nbd",
        "sys-libs/musl",
    }


@pytest.mark.parametrize("path,text", [("metadata/layout.conf", None), ("metadata/layout.conf", "masters = no-such\n")])
def test_portage_refuses_it_broken(path, text, gentoo, i486, tmp_path):
    copy = shutil.copytree(OVERLAY, tmp_path / "overlay")
    (copy / path).unlink()
    if text:
        (copy / path).write_text(text)
    with pytest.raises(Refused):
        Oracle(gentoo, copy).load(i486)


def pkgcheck(overlay: Path, gentoo: Path, folder: Path) -> subprocess.CompletedProcess:
    """A scan that fails for each finding, also for a mere note. It writes a cache into the repository."""
    portage = folder / "etc/portage"
    portage.mkdir(parents=True)
    (portage / "make.profile").symlink_to(gentoo / "profiles/default/linux/amd64/23.0")
    (portage / "make.conf").write_text("")
    repos = f"[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = {gentoo}\n[portage-config]\nlocation = {overlay}\n"
    (portage / "repos.conf").write_text(repos)
    scan = ["scan", "--exit", "error,warning,style,info", "--color", "false", "--repo", overlay]
    return subprocess.run(
        [VENV / "pkgcheck", "--config", portage, *scan],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_pkgcheck_finds_nothing(gentoo, tmp_path):
    copy = shutil.copytree(OVERLAY, tmp_path / "overlay")
    done = pkgcheck(copy, gentoo, tmp_path / "config")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


BREAK = [
    ("sys-apps/mingetty/mingetty-1.08.ebuild", 'LICENSE="GPL-2+"', 'LICENSE="GPL-2+x"', "UnknownLicense"),
    ("sys-apps/mingetty/mingetty-1.08.ebuild", "~amd64 ~x86", "~amd64 ~i486", "UnknownKeywords"),
    ("sys-apps/mingetty/metadata.xml", "</pkgmetadata>", "", "PkgBadlyFormedXml"),
    ("sys-apps/mingetty/Manifest", "DIST mingetty-1.08", "DIST mingetty-1.07", "MissingManifest"),
    ("sys-libs/musl/metadata.xml", '<flag name="tools">', '<flag name="toolz">', "UnknownUseFlags"),
    ("app-portage/portage-config/portage-config-9999.ebuild", "inherit cargo", "inherit cargoo", "SourcingError"),
    ("dev-libs/klibc/klibc-2.0.14.ebuild", "sys-kernel/linux-headers", "sys-kernel/linux-header", "NonexistentDeps"),
]


def test_pkgcheck_finds_what_is_broken(gentoo, tmp_path):
    copy = shutil.copytree(OVERLAY, tmp_path / "overlay")
    for path, before, after, _kind in BREAK:
        text = (copy / path).read_text()
        assert before in text
        (copy / path).write_text(text.replace(before, after))
    done = pkgcheck(copy, gentoo, tmp_path / "config")
    assert done.returncode == 1
    for *_, kind in BREAK:
        assert f"{kind}:" in done.stdout, (kind, done.stdout)


@pytest.mark.parametrize("ebuild", EBUILDS, ids=lambda path: path.stem)
def test_shellcheck_finds_nothing(ebuild):
    # What Portage defines is not in the file, and what it reads is not read there.
    done = subprocess.run(["shellcheck", "--shell=bash", "--exclude=SC2034,SC2154", ebuild], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_shellcheck_finds_nothing_in_scripts():
    done = subprocess.run(["shellcheck", OVERLAY / "sys-libs/musl/files/ldconfig.in"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_whole(package):
    folder = OVERLAY / package
    text = "\n".join(ebuild.read_text() for ebuild in folder.glob("*.ebuild"))
    for ebuild in folder.glob("*.ebuild"):
        head = ebuild.read_text().splitlines()[:4]
        assert head[:2] == [
            "# Copyright 2026 The portage-config authors",
            "# Distributed under the terms of the GNU General Public License v2",
        ]
        assert head[3] == "EAPI=8"
    assert (folder / "metadata.xml").exists() and (folder / "Manifest").exists() == ("SRC_URI" in text)
    for keywords in re.findall(r'^KEYWORDS="(.*)"', text, re.M):
        assert keywords == "~amd64 ~x86"


def manifests() -> dict[str, dict[str, str]]:
    """For each distfile what the Manifests say: size and hashes."""
    found = {}
    for manifest in OVERLAY.glob("*/*/Manifest"):
        for line in manifest.read_text().splitlines():
            kind, name, size, *hashes = line.split()
            assert kind == "DIST" and hashes[::2] == ["BLAKE2B", "SHA512"], line
            found[name] = {"size": size, **dict(zip(hashes[::2], hashes[1::2]))}
    return found


def test_a_hash_is_published_for_each_distfile():
    assert {row["file"] for row in sources.published()} == manifests().keys()
    for row in sources.published():
        if row["algorithm"] == "sha512":
            assert manifests()[row["file"]]["SHA512"] == row["hash"], row["file"]


@pytest.mark.parametrize("name", sources.DEBIAN)
def test_hashes_are_those_that_were_published(name):
    data = sources.distfile(name).read_bytes()
    ours = manifests()[name]
    assert int(ours["size"]) == len(data)
    assert ours["BLAKE2B"] == hashlib.blake2b(data).hexdigest() and ours["SHA512"] == hashlib.sha512(data).hexdigest()
    rows = [row for row in sources.published() if row["file"] == name]
    assert rows
    for row in rows:
        assert hashlib.new(row["algorithm"], data).hexdigest() == row["hash"], row["published by"]


def test_portage_makes_the_same_manifests(gentoo, tmp_path):
    copy = shutil.copytree(OVERLAY, tmp_path / "overlay")
    system = System(tmp_path / "system", gentoo, "default/linux/amd64/23.0", "x86_64-pc-linux-gnu", copy)
    for name in sources.DEBIAN:
        shutil.copy(sources.distfile(name), system.distfiles)
    for ebuild in EBUILDS:
        path = copy / ebuild.relative_to(OVERLAY)
        ours = path.with_name("Manifest")
        text = ours.read_text() if ours.exists() else None
        if text and path.parent.name != "musl":
            # Nothing to go by: Portage computes it. Of musl's programs there is the published hash alone.
            ours.unlink()
        done = system.ebuild(path, "manifest")
        assert done.status == 0, done.said
        assert (ours.read_text() if ours.exists() else None) == text


def chosen(system: System, *atoms) -> dict[str, str]:
    """For each package the version and the repository that emerge would take."""
    done = system.emerge("--pretend", "--nodeps", "--color=n", "--verbose", *atoms)
    assert done.status == 0, done.said
    found = {}
    for line in re.findall(r"^\[ebuild[^]]*\] (\S+)", done.said, re.M):
        package, _, repository = line.partition("::")
        name = re.match(r"(.*?)-\d", package)[1]
        found[name] = (package[len(name) + 1 :], repository or "gentoo")
    assert found, done.said
    return found


KEYWORDS = "".join(f"{name}::portage-config ~x86\n" for name in ("sys-libs/musl", "sys-apps/mingetty", "dev-libs/klibc"))


def test_emerge_chooses_ours_where_it_is_told_to(gentoo, tmp_path):
    ask = ("sys-libs/musl", "sys-apps/mingetty", "dev-libs/klibc")
    system = System(tmp_path / "told", gentoo, "default/linux/x86/23.0/i686/musl", "i686-pc-linux-musl")
    system.write("package.accept_keywords/overlay", KEYWORDS)
    assert chosen(system, *(f"{name}::portage-config" for name in ask)) == {
        "sys-libs/musl": ("1.2.5-r100", "portage-config"),
        "sys-apps/mingetty": ("1.08", "portage-config"),
        "dev-libs/klibc": ("2.0.14", "portage-config"),
    }
    assert chosen(system, *ask)["sys-libs/musl"] == ("1.2.5-r100", "portage-config")


def test_on_a_testing_system_ours_needs_the_mask(gentoo, tmp_path):
    system = System(tmp_path / "testing", gentoo, "default/linux/x86/23.0/i686/musl", "i686-pc-linux-musl")
    system.write("package.accept_keywords/overlay", "*/* ~x86\n")
    assert chosen(system, "sys-libs/musl")["sys-libs/musl"] == ("1.2.6-r1", "gentoo")
    # The files that the README shows, and no others.
    shown = re.findall(r"^```sh\n# /etc/portage/(package\.\S+)\n(.*?)^```", (OVERLAY / "README.md").read_text(), re.M | re.S)
    assert [path for path, _ in shown] == [f"package.{name}/portage-config" for name in ("accept_keywords", "mask", "unmask")]
    for path, text in shown:
        system.write(path, text)
    taken = chosen(system, "sys-libs/musl", "app-portage/portage-config")
    assert taken["sys-libs/musl"] == ("1.2.5-r100", "portage-config")
    assert taken["app-portage/portage-config"] == ("9999", "portage-config")


def test_emerge_keeps_gentoos_elsewhere(gentoo, tmp_path):
    system = System(tmp_path / "untold", gentoo, "default/linux/x86/23.0/i686/musl", "i686-pc-linux-musl")
    assert chosen(system, "sys-libs/musl")["sys-libs/musl"] == ("1.2.5-r8", "gentoo")
    for name in ("sys-apps/mingetty", "dev-libs/klibc"):
        done = system.emerge("--pretend", "--nodeps", "--color=n", name)
        assert done.status == 1 and "masked by: ~x86 keyword" in done.said
    without = System(tmp_path / "without", gentoo, "default/linux/x86/23.0/i686/musl", "i686-pc-linux-musl", None)
    without.write("package.accept_keywords/overlay", KEYWORDS)
    assert chosen(without, "sys-libs/musl")["sys-libs/musl"] == ("1.2.5-r8", "gentoo")


def test_the_live_ebuild_is_of_the_workspace():
    package = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["workspace"]["package"]
    (ebuild,) = OVERLAY.glob("app-portage/portage-config/*-9999.ebuild")
    text = ebuild.read_text()
    assert f'RUST_MIN_VER="{package["rust-version"]}.0"' in text and "KEYWORDS" not in text
    # Without a published repository the ebuild says what to set; with one it names it.
    assert re.findall(r'^EGIT_REPO_URI="(.*)"', text, re.M) == [package[key] for key in ("repository",) if key in package]
