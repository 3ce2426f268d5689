"""What the tests of `overlay/` share: the ::gentoo of the conformance tests, and systems that are built once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

import command  # noqa: E402
import gentoo_repo  # noqa: E402


@pytest.fixture(scope="session")
def gentoo(tmp_path_factory):
    """The stand-in for ::gentoo, with a profile for each of its architectures: pkgcheck asks for one."""
    gentoo = gentoo_repo.write(tmp_path_factory.mktemp("repos") / "gentoo")
    for arch in ("arm64", "riscv"):
        profile = gentoo / "profiles/default/linux" / arch
        gentoo_repo.put(profile / "eapi", "8\n")
        gentoo_repo.put(profile / "parent", "..\n")
        gentoo_repo.put(profile / "make.defaults", f'ARCH="{arch}"\nACCEPT_KEYWORDS="{arch}"\n')
        with (gentoo / "profiles/profiles.desc").open("a") as file:
            file.write(f"{arch}\tdefault/linux/{arch}\tstable\n")
    return gentoo


@pytest.fixture(scope="session")
def i486(tmp_path_factory):
    """The tree of the 486 system."""
    folder = tmp_path_factory.mktemp("i486")
    return command.render(command.new(command.PRESET, folder / "i486.toml"), folder / "tree")
