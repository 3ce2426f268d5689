"""Imports a tree with the command, and holds it to its guarantees: in place, afresh, applied and taken back."""

import json
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import applied
import command
from files import differences_on_disk, snapshot
from judge import Judge, Verdict
from machine import copy


@dataclass
class Result:
    """What a run over one tree found."""

    name: str
    in_place: list[str] = field(default_factory=list)
    afresh: list[str] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    rolled_back: list[str] = field(default_factory=list)
    # How many changes were applied.
    changes: int = 0
    # How the files are carried: `entries`, `text`, `node`, `file`.
    carried: Counter = field(default_factory=Counter)
    # For each kind its lines, and how many of them the model does not understand.
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)
    diagnostics: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def broken(self) -> bool:
        return bool(self.in_place or self.afresh or self.applied or self.rolled_back)


def examine(tree: Path, name: str, most: int = 4000, choices: tuple[str, ...] = ()) -> Result:
    """Runs the command over a copy of a tree; what goes wrong on the way breaks the guarantee that it was for."""
    result = Result(name)
    scratch = Path(tempfile.mkdtemp(prefix="portage-config-corpus-"))
    try:
        _examine(copy(tree, scratch / "tree"), scratch, result, most, choices)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return result


def _examine(tree: Path, scratch: Path, result: Result, most: int, choices: tuple[str, ...]) -> None:
    before, spec = snapshot(tree), scratch / "spec.toml"
    imported = command.run("import", "--root", tree, "-o", spec, "--format", "json")
    _read(imported, result)
    result.in_place += [f"import changed the tree: {d}" for d in differences_on_disk(before, snapshot(tree))]
    if imported.status != 0 or not spec.exists():
        errors = [d for d in result.diagnostics if d.startswith("error")] or [imported.stderr.strip()]
        said = f"import: exit status {imported.status}: {'; '.join(errors)}"
        result.in_place.append(said)
        result.afresh.append(said)
        with Judge(tree, most) as judge:
            result.verdict = judge.verdict()
        return
    _in_place(spec, tree, copy(tree, scratch / "copy"), before, result)
    fresh = scratch / "fresh"
    rendered = command.run("render", spec, "--out", fresh, "--allow-world-readable-secrets")
    if rendered.status != 0:
        result.afresh.append(f"render: exit status {rendered.status}: {rendered.stderr.strip()}")
    with Judge(tree, most) as judge:
        result.verdict = judge.judge(fresh) if rendered.status == 0 else judge.verdict()
        found = applied.examine(tree, spec, scratch, judge, choices)
    result.applied, result.rolled_back, result.changes = found.there, found.back, found.changes
    result.afresh += result.verdict.differences


def _in_place(spec: Path, tree: Path, place: Path, before: dict, result: Result) -> None:
    over = command.run("render", spec, "--out", place, "--force", "--allow-world-readable-secrets")
    if over.status != 0:
        result.in_place.append(f"render --force: exit status {over.status}: {over.stderr.strip()}")
    result.in_place += differences_on_disk(before, snapshot(place))
    done = command.run("diff", spec, "--root", tree)
    if done.status != 0:
        text = done.stdout.decode(errors="replace").strip() + done.stderr.strip()
        result.in_place.append(f"diff: exit status {done.status}: {text:.2000}")


def _read(imported: command.Done, result: Result) -> None:
    """The report of an import."""
    try:
        report = json.loads(imported.stdout)
    except ValueError:
        result.in_place.append(f"import: no report: {imported.stderr.strip()}")
        return
    for one in report["diagnostics"]:
        place = one.get("file") or one.get("path") or ""
        if one.get("span"):
            place += f":{one['span']['start']['line']}"
        result.diagnostics.append(f"{one['severity']}[{one['code']}] {place}: {one['message']}")
    for file in (file for root in report["roots"] for file in root.get("files") or []):
        result.carried[file["how"]] += 1
        if kind := file.get("kind"):
            lines, unknown = result.lines.get(kind, (0, 0))
            result.lines[kind] = (lines + file["lines"], unknown + file["unknown"])


def table(results: list[Result]) -> str:
    """All results: a table, and below it what a row cannot hold."""
    head = ("tree", "in place", "afresh", "applied", "rolled back", "entries", "text", "links, folders", "files", "not understood", "rules", "Portage")
    rows = [head, *map(_row, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, *(line for result in results for line in _details(result))])


def _row(result: Result) -> tuple[str, ...]:
    lines, unknown = (sum(column) for column in zip(*result.lines.values())) if result.lines else (0, 0)
    verdict = result.verdict
    matched = verdict.rules - len(verdict.unmatched)
    return (
        result.name,
        "broken" if result.in_place else "ok",
        "broken" if result.afresh else "ok",
        "broken" if result.applied else f"{result.changes} changes" if result.changes else "-",
        "broken" if result.rolled_back else "ok" if result.changes else "-",
        *(str(result.carried[how]) for how in ("entries", "text", "node", "file")),
        f"{unknown} of {lines}",
        f"all {verdict.rules}" if matched == verdict.rules else f"{matched} of {verdict.rules}",
        "refuses it" if verdict.refusal else "ok",
    )


def _details(result: Result) -> list[str]:
    kinds = [f"{kind} {unknown}/{lines}" for kind, (lines, unknown) in sorted(result.lines.items()) if unknown]
    parts = {
        "in place": result.in_place,
        "afresh": result.afresh,
        "applied": result.applied,
        "rolled back": result.rolled_back,
        "lines not understood": [", ".join(kinds)] if kinds else [],
        "rules that match no package": result.verdict.unmatched,
        "Portage refuses the original": [result.verdict.refusal] if result.verdict.refusal else [],
        "Portage says": result.verdict.messages[:20],
        "import says": result.diagnostics,
    }
    lines = [f"  {title}:\n" + "\n".join(f"    {line!s}" for line in said) for title, said in parts.items() if said]
    about = f"{result.verdict.packages} packages, {result.verdict.facts} facts"
    return ["", f"{result.name}: {about}", *lines]
