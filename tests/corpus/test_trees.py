"""The guarantees of an import, and of what is applied over it, for strange trees of our own, random ones, and those that `PORTAGE_CORPUS` names."""

import os
from pathlib import Path

import pytest

import many
import strange

BATCH = 10
RANDOM = [many.of_random(start, BATCH) for start in range(0, 100, BATCH)]
STRANGE = many.of_strange()
CORPUS = many.of_folders([Path(os.environ["PORTAGE_CORPUS"])], 200) if os.environ.get("PORTAGE_CORPUS") else []
JOBS = {job.name: job for job in [*STRANGE, *CORPUS, *(job for batch in RANDOM for job in batch)]}


@pytest.fixture(scope="session")
def results(request):
    """The results of the trees whose tests were collected; all are examined before the first test, two at a time."""
    wanted = []
    for item in request.session.items:
        if item.path.name == "test_trees.py" and hasattr(item, "callspec"):
            params = item.callspec.params
            wanted += params["batch"] if "batch" in params else [JOBS[params["name"]]]
    jobs = list({job.name: job for job in wanted}.values())
    return dict(zip((job.name for job in jobs), many.run(jobs, min(2, os.cpu_count() or 1))))


def test_there_are_many():
    assert len(strange.TREES) >= 40 and len(JOBS) == len(STRANGE) + len(CORPUS) + 100


@pytest.mark.parametrize("name", [job.name for job in [*STRANGE, *CORPUS]])
def test_in_place(name, results):
    assert results[name].in_place == []


@pytest.mark.parametrize("name", [job.name for job in [*STRANGE, *CORPUS]])
def test_afresh(name, results):
    assert results[name].afresh == []


@pytest.mark.parametrize("name", [job.name for job in [*STRANGE, *CORPUS]])
def test_applied(name, results):
    assert results[name].applied == []
    assert results[name].changes >= 30


@pytest.mark.parametrize("name", [job.name for job in [*STRANGE, *CORPUS]])
def test_rolled_back(name, results):
    assert results[name].rolled_back == []


@pytest.mark.parametrize("name", [job.name for job in [*STRANGE, *CORPUS]])
def test_every_rule_is_asked_for(name, results):
    verdict = results[name].verdict
    assert verdict.unmatched == []
    assert verdict.refusal or verdict.facts > 300 and verdict.packages >= 3


@pytest.mark.parametrize("batch", RANDOM, ids=[f"{b[0].source}-{b[-1].source}" for b in RANDOM])
def test_random(batch, results):
    found = {job.name: results[job.name] for job in batch}
    assert {name: (r.in_place, r.afresh, r.applied, r.rolled_back) for name, r in found.items() if r.broken} == {}
    assert all(not r.verdict.unmatched for r in found.values())
