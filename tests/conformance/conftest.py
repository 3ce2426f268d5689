"""What several tests share: the test's repository and the tree of the 486 system."""

import os
import shutil

import pytest

import command
import gentoo_repo
import oracle as portage_oracle

# Without reference trees there is nothing to compare.
collect_ignore = [] if "PORTAGE_CONFIG_REFERENCE" in os.environ else ["test_reference.py"]


@pytest.fixture(scope="session")
def gentoo(tmp_path_factory):
    """The test's own ::gentoo."""
    return gentoo_repo.write(tmp_path_factory.mktemp("repos") / "gentoo")


@pytest.fixture(scope="session")
def oracle(gentoo):
    """The real Portage, with that repository."""
    return portage_oracle.Oracle(gentoo)


@pytest.fixture(scope="session")
def i486_spec(tmp_path_factory):
    """The spec of the 486 system, with documentation values."""
    return command.new(command.PRESET, tmp_path_factory.mktemp("i486") / "i486.toml")


@pytest.fixture(scope="session")
def i486(i486_spec, tmp_path_factory):
    """The tree of the 486 system. Tests that change it take `changed`."""
    return command.render(i486_spec, tmp_path_factory.mktemp("i486") / "tree")


@pytest.fixture
def changed(i486, tmp_path):
    """A copy of the tree to take lines from."""
    return Changed(shutil.copytree(i486, tmp_path / "tree", symlinks=True))


class Changed:
    """A tree whose files can lose lines."""

    def __init__(self, tree):
        self.tree = tree

    def without(self, path: str, start: str):
        """The tree without the one line of `path` that starts so."""
        file = self.tree / path
        lines = file.read_text().splitlines(keepends=True)
        rest = [line for line in lines if not line.startswith(start)]
        assert len(lines) - len(rest) == 1, f"{path}: not one line starts with {start!r}"
        file.write_text("".join(rest))
        return self.tree
