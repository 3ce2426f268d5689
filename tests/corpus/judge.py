"""Whether real Portage makes the same of two trees: the original one and the one that was rendered afresh."""

import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import oracle

from answers import Answers
from files import differences_of_files
from machine import Machine, copy
from rules import Named

_LINE = re.compile(r"line \d+")


@dataclass
class Verdict:
    """What the judge found."""

    differences: list[str] = field(default_factory=list)
    refusal: str | None = None
    messages: list[str] = field(default_factory=list)
    rules: int = 0
    unmatched: list[str] = field(default_factory=list)
    packages: int = 0
    facts: int = 0


class Judge:
    """An original tree on its machine; any number of other trees can be judged against it."""

    def __init__(self, original: Path, most: int = 4000):
        self._scratch = Path(tempfile.mkdtemp(prefix="portage-config-judge-"))
        self.original = original
        messages: list[str] = []
        with oracle._listening(messages):  # Portage's readers complain here; what counts is what the loader says
            self.machine = Machine(Named(original), self._scratch / "repositories", most)
        self._answer, self._profile = self._answers(original)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _answers(self, tree: Path):
        # Each tree stands at the same path: what Portage caches by path or sorts by it is the same.
        place = self._scratch / "root"
        shutil.rmtree(place, ignore_errors=True)
        copy(tree, place)
        profile = self.machine.settle(place)
        return Answers(place, self.machine), profile

    def verdict(self) -> Verdict:
        """What Portage says of the original, before anything is compared with it."""
        answer = self._answer
        return Verdict(
            refusal=answer.refusal,
            messages=answer.messages,
            rules=self.machine.rules,
            unmatched=self.machine.unmatched,
            packages=len(self.machine.packages),
            facts=count(answer.found),
        )

    def changes(self, tree: Path) -> list[str]:
        """What Portage makes of a tree that it does not make of the original; the numbers of lines aside."""
        other, _ = self._answers(tree)
        found = [_LINE.sub("line N", said).partition(" became ") for said in differences(self._answer.found, other.found)]
        return ["".join(said) for said in found if not said[0].endswith(said[2] or "\0")]

    def refuses_more(self, tree: Path) -> str | None:
        """Why Portage does not load a tree, if it loads the original."""
        other, _ = self._answers(tree)
        refusals = [_LINE.sub("line N", answer.refusal or "") for answer in (self._answer, other)]
        return other.refusal if refusals[0] != refusals[1] else None

    def judge(self, rendered: Path, limit: int = 40) -> Verdict:
        """Compares the files one by one, then all that Portage makes of the whole tree."""
        answer, verdict = self._answer, self.verdict()
        verdict.differences += differences_of_files(self.original, rendered)
        other, profile = self._answers(rendered)
        if profile != self._profile:
            verdict.differences.append(f"profile: {self._profile} became {profile}")
        verdict.differences += differences(answer.found, other.found)
        if len(verdict.differences) > limit:
            rest = len(verdict.differences) - limit
            verdict.differences[limit:] = [f"and {rest} more"]
        return verdict


def differences(one, other, where: str = "") -> list[str]:
    """The places where two plain values differ."""
    if type(one) is type(other) and one == other and not isinstance(one, dict):
        return []
    if isinstance(one, dict) and isinstance(other, dict):
        if one.get("refusal") != other.get("refusal"):  # all else is missing on one side
            return [f"{where} refusal: {one.get('refusal')!a} became {other.get('refusal')!a}".strip()]
        said = []
        for key in [*one, *(k for k in other if k not in one)]:
            place = f"{where} / {key}" if where else str(key)
            if key not in one or key not in other:
                said.append(f"{place}: {'only rendered' if key not in one else 'only in the original'}")
            else:
                said += differences(one[key], other[key], place)
        if not said and list(one) != list(other):
            said.append(f"{where}: in another order")
        return said
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        said = []
        for number, (a, b) in enumerate(zip(one, other)):
            said += differences(a, b, f"{where} [{number}]")
        return said
    if isinstance(one, list) and isinstance(other, list):
        return [f"{where}: {what}" for what in _changes(one, other)[:8]]
    return [f"{where}: {one!a:.300} became {other!a:.300}"]


def _changes(one: list, other: list) -> list[str]:
    """The members that are gone or new; never empty for lists that differ."""
    first, second = Counter(map(repr, one)), Counter(map(repr, other))
    said = [f"{member!s:.300} is gone" for member in first - second]
    said += [f"{member!s:.300} is new" for member in second - first]
    return said or [f"in another order: {one!a:.300} became {other!a:.300}"]


def count(value) -> int:
    """How many single facts a plain value holds."""
    if isinstance(value, dict):
        return sum(map(count, value.values()))
    return sum(map(count, value)) if isinstance(value, list) else 1
