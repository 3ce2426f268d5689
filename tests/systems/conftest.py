"""The tests of the presets: each is rendered once, and judged by the Portage and the consumers of the conformance tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

import command  # noqa: E402
import gentoo_repo  # noqa: E402
import oracle as portage_oracle  # noqa: E402


@pytest.fixture(scope="session")
def gentoo(tmp_path_factory):
    """The repository of the conformance tests."""
    return gentoo_repo.write(tmp_path_factory.mktemp("repos") / "gentoo")


@pytest.fixture(scope="session")
def oracle(gentoo):
    """The real Portage, with that repository."""
    return portage_oracle.Oracle(gentoo)


@pytest.fixture(scope="session")
def oracle_with_overlay(gentoo):
    """The same, with the repository of this project beside it."""
    return portage_oracle.Oracle(gentoo, command.REPOSITORY / "overlay")


@pytest.fixture(scope="session")
def preset_spec(tmp_path_factory):
    """The spec of a preset, with the values of the documentation."""
    folder = tmp_path_factory.mktemp("presets")
    specs = {}

    def get(name):
        if name not in specs:
            specs[name] = command.new(name, folder / f"{name}.toml")
        return specs[name]

    return get


@pytest.fixture(scope="session")
def preset_tree(preset_spec, tmp_path_factory):
    """The tree of a preset. A test that changes it copies it first."""
    trees = {}

    def get(name, variants=()):
        key = name, tuple(variants)
        if key not in trees:
            words = [word for variant in variants for word in ("--variant", variant)]
            trees[key] = command.render(preset_spec(name), tmp_path_factory.mktemp("systems") / "tree", *words)
        return trees[key]

    return get
