"""The ebuild of a release, as `scripts/release` writes it into a repository that has no other."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from building import OVERLAY, System
from command import REPOSITORY
from test_repository import pkgcheck

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))


@pytest.fixture(scope="module")
def overlay(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release") / "overlay"
    for part in ("metadata", "profiles"):
        shutil.copytree(OVERLAY / part, folder / part)
    script = [sys.executable, REPOSITORY / "scripts/release", folder, "--allow-dirty", "--offline"]
    done = subprocess.run(script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def ebuild(overlay):
    (ebuild,) = overlay.glob("*/*/*.ebuild")
    return ebuild


def test_pkgcheck_finds_nothing(overlay, gentoo, tmp_path):
    done = pkgcheck(overlay, gentoo, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_portage_knows_each_distfile(overlay, ebuild, gentoo, tmp_path):
    system = System(tmp_path / "s", gentoo, "default/linux/amd64/23.0", "x86_64-pc-linux-gnu", overlay)
    name = f"app-portage/{ebuild.stem}"
    done = system._run("portageq", "metadata", system.root, "ebuild", name, "SRC_URI")
    assert done.status == 0, done.said
    wanted = set(re.findall(r"-> (\S+)", done.said))
    manifest = ebuild.with_name("Manifest").read_text()
    assert wanted == set(re.findall(r"^DIST (\S+)", manifest, re.M)) and len(wanted) > 20
    # Portage leaves it as it is.
    done = system.ebuild(ebuild, "manifest")
    assert done.status == 0 and ebuild.with_name("Manifest").read_text() == manifest, done.said


def test_the_packages_are_there(ebuild):
    version = ebuild.stem.removeprefix("portage-config-")
    manifest = ebuild.with_name("Manifest").read_text()
    for name in ("portage-config", "portage-config-cli"):
        (crate,) = TARGET.glob(f"release-ebuild/package/{name}-{version}.crate")
        data = crate.read_bytes()
        assert f"DIST {crate.name} {len(data)} BLAKE2B {hashlib.blake2b(data).hexdigest()}" in manifest
    with tarfile.open(crate) as tar:
        names = tar.getnames()
    assert {f"portage-config-cli-{version}/{file}" for file in ("Cargo.lock", "Cargo.toml", "src/main.rs")} <= set(names)
    assert f"\tportage-config@{version}\n" in ebuild.read_text()


def test_shellcheck_finds_nothing(ebuild):
    done = subprocess.run(["shellcheck", "--shell=bash", "--exclude=SC2034,SC2154", ebuild], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
