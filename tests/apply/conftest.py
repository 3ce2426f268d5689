"""The tests of `apply` and `rollback` share the command and the Portage of the conformance tests."""

import sys
import tempfile
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

import gentoo_repo  # noqa: E402
import machine  # noqa: E402
import oracle as portage_oracle  # noqa: E402


@pytest.fixture(scope="session")
def oracle(tmp_path_factory):
    """The real Portage, with the repository of the conformance tests."""
    return portage_oracle.Oracle(gentoo_repo.write(tmp_path_factory.mktemp("repos") / "gentoo"))


@pytest.fixture(scope="session")
def pair():
    """Two specs, and a root that is as the first one wants it; in memory: nothing waits for a disk."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield machine.Pair(Path(folder))


class Tried:
    """How many points were tried, of which run."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts: dict[str, int] = {}

    def count(self, name, number):
        self.counts[name] = self.counts.get(name, 0) + number


TRIED = Tried()


@pytest.fixture(scope="session")
def tried():
    return TRIED


def pytest_terminal_summary(terminalreporter):
    counts = ", ".join(f"{name} {number}" for name, number in TRIED.counts.items())
    terminalreporter.write_line(f"{sum(TRIED.counts.values())} points tried: {counts}")
