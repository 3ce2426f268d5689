"""One process at a time: what the tests keep below target/ is made once, also when several of them run."""

import contextlib
import fcntl
from pathlib import Path


@contextlib.contextmanager
def alone(path: Path):
    """Nobody else is in here for the same path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
