"""The ebuild of a release, as `scripts/release` writes it into a repository, and what it installs."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import command
from building import FEATURES, OVERLAY, System
from command import REPOSITORY
from test_repository import pkgcheck

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))


def release(folder: Path) -> None:
    script = [sys.executable, REPOSITORY / "scripts/release", folder, "--allow-dirty", "--offline"]
    done = subprocess.run(script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def overlay(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release") / "overlay"
    for part in ("metadata", "profiles"):
        shutil.copytree(OVERLAY / part, folder / part)
    release(folder)
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


def test_other_versions_keep_their_distfiles(overlay, ebuild, gentoo, tmp_path):
    copy = shutil.copytree(overlay, tmp_path / "overlay")
    manifest = copy / "app-portage/portage-config/Manifest"
    older = manifest.with_name("portage-config-0.0.1.ebuild")
    older.write_text(ebuild.read_text().replace('\nCRATES="\n', '\nCRATES="\n\tzzz@0.0.1\n'))
    ours = manifest.read_text().splitlines(keepends=True)
    system = System(tmp_path / "s", gentoo, "default/linux/amd64/23.0", "x86_64-pc-linux-gnu", copy)
    (system.distfiles / "portage-config-cli-0.0.1.crate").write_bytes(b"older")
    (system.distfiles / "zzz-0.0.1.crate").write_bytes(b"a crate")
    done = system.ebuild(older, "manifest")
    assert done.status == 0, done.said
    both = manifest.read_text()
    assert set(ours) < set(both.splitlines(keepends=True)) and both.count("\n") == len(ours) + 2
    # A crate of this version that is said to be another is put right.
    manifest.write_text(re.sub(r"^(DIST portage-config-cli-(?!0\.0\.1).*? )\d+ ", r"\g<1>1 ", both, flags=re.M))
    assert manifest.read_text() != both
    release(copy)
    assert manifest.read_text() == both
    done = system.ebuild(manifest.with_name(ebuild.name), "manifest")
    assert done.status == 0 and manifest.read_text() == both, done.said


def test_it_installs_what_the_live_ebuild_does(ebuild):
    live = (OVERLAY / "app-portage/portage-config/portage-config-9999.ebuild").read_text()
    install = live[live.index("src_install()") :]
    assert ebuild.read_text().endswith(f"\n\n{install}") and "doman" in install


PAGES = "usr/share/man/man1"
COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/portage-config",
    "fish": "usr/share/fish/vendor_completions.d/portage-config.fish",
    "zsh": "usr/share/zsh/site-functions/_portage-config",
}


@pytest.mark.parametrize("cross", [False, True])
def test_pages_and_completions_come_along(gentoo, cross, tmp_path):
    """The live ebuild, with a cargo that has built already."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "README.md").write_text("a source\n")
    git = ["git", "-C", source, "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    system = System(tmp_path / "s", gentoo, "default/linux/amd64/23.0", "x86_64-pc-linux-gnu")
    system.write("package.accept_keywords/overlay", "app-portage/portage-config **\n")
    cargo = system.folder / "bin/cargo"
    cargo.write_text(f"#!/bin/sh\nmkdir -p target/release && cp {command.COMMAND} target/release/portage-config\n")
    cargo.chmod(0o755)
    words = {"EGIT_REPO_URI": f"file://{source}", "FEATURES": f"{FEATURES} nostrip"}
    root = system.install("app-portage/portage-config", **words, **({"CBUILD": "i686-pc-linux-gnu"} if cross else {}))
    assert (root / "usr/bin/portage-config").exists()
    pages = sorted(path.name.partition(".")[0] for path in root.glob(f"{PAGES}/*"))
    if cross:
        assert pages == [] and not any((root / path).exists() for path in COMPLETIONS.values())
        return
    assert {"portage-config", "portage-config-apply", "portage-config-render"} <= set(pages)
    for shell, path in COMPLETIONS.items():
        said = subprocess.run([command.COMMAND, "completions", shell], capture_output=True, check=True).stdout
        assert (root / path).read_bytes() == said and said


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
