"""Many trees, some at a time."""

import concurrent.futures
import multiprocessing
import tempfile
from dataclasses import dataclass
from pathlib import Path

import applied
import grow
import runner
import strange

# For how many packages Portage is asked.
SMALL, RANDOM = 24, 12


@dataclass
class Job:
    """One tree: a folder, or what is written first; and for how many packages Portage is asked."""

    name: str
    source: Path | str | int
    most: int = SMALL
    # What is chosen where an apply meets a file that is there.
    choices: tuple[str, ...] = applied.CHOICES


def of_folders(folders: list[Path], most: int) -> list[Job]:
    trees = []
    for folder in folders:
        below = [folder] if (folder / "etc").is_dir() else sorted(f for f in folder.iterdir() if (f / "etc").is_dir())
        trees += [Job(tree.resolve().name, tree.resolve(), most) for tree in below]
    return trees


def of_strange() -> list[Job]:
    return [Job(name, name) for name in strange.TREES]


def of_random(seed: int, number: int) -> list[Job]:
    # To one in five something is applied, with one choice.
    choices = {n: (applied.CHOICES[n // 5 % len(applied.CHOICES)],) for n in range(seed, seed + number) if n % 5 == 0}
    return [Job(f"random {n}", n, RANDOM, choices.get(n, ())) for n in range(seed, seed + number)]


def examine(job: Job, keep: Path | None = None) -> runner.Result:
    if isinstance(job.source, Path):
        return runner.examine(job.source, job.name, job.most, job.choices)
    tree = strange.TREES[job.source] if isinstance(job.source, str) else grow.tree(job.source)
    with tempfile.TemporaryDirectory(prefix="portage-config-tree-") as scratch:
        place = strange.write(tree, (keep or Path(scratch)) / job.name.replace(" ", "-"))
        return runner.examine(place, job.name, job.most, job.choices)


def run(jobs: list[Job], processes: int, keep: Path | None = None) -> list[runner.Result]:
    """Examines all, in order. Each process has its own Portage."""
    if processes <= 1 or len(jobs) < 2:
        return [examine(job, keep) for job in jobs]
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(processes, mp_context=context) as pool:
        return list(pool.map(examine, jobs, [keep] * len(jobs)))
