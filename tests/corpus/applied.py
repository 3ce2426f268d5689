"""Applies what a tree's import says, and more, to copies of the tree; and goes back.

The spec that an import writes changes nothing of its own tree. A layer over it adds entries to files that are there,
files, folders and a link; the next one takes some of them back, changes others, and drops files of the tree. That is done
once with each choice that somebody can make where a file was there before. After each run a second one writes nothing,
and real Portage makes of the tree what it made of it before, but for what was added. Each way back restores bytes, modes,
owners, links, attributes and times.
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import command
from files import everything, snapshot
from judge import Judge
from machine import copy

CHOICES = ("take-ours", "merge", "keep-theirs", "config-protect")
STATE = "var/lib/portage-config"
# What the state of a root needs around it.
_AROUND = {".", "var", "var/lib"}
_RULES = {"package.use": '"app-added/one" = "added"', "package.accept_keywords": '"app-added/one" = "~amd64"', "package.mask": '"app-added/one" = true'}
_NEW = """["env/added.conf"]
ADDED = "1"
[file."/etc/added/deep/file"]
text = "added\\n"
mode = 0o640
[file."/etc/added/link"]
link = "deep/file"
[file."/etc/added/folder"]
dir = true
"""


@dataclass
class Applied:
    """What went wrong, and how much was tried."""

    there: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    # Changes that were made, with all choices together.
    changes: int = 0


@dataclass
class Run:
    """A copy of a tree, and what is done to it with one choice."""

    choice: str
    place: Path
    found: Applied

    def wrong(self, said: str) -> None:
        self.found.there.append(f"--{self.choice}: {said}")

    def apply(self, spec: Path) -> dict | None:
        """Applies a spec, deciding as somebody would: what cannot be merged is ours. `None`: it was refused."""
        words = ["apply", spec, "--root", self.place, "--yes", "--no-sync", "--allow-world-readable-secrets", "--format", "json"]
        words.append(f"--{self.choice}")
        done = command.run(*words)
        left = [c["path"] for c in _changes(done) if c.get("conflict")] if done.status == 2 else []
        if left:
            before = snapshot(self.place)
            done = command.run(*words, *(f"--take-ours={path}" for path in left))
            if done.status != 0:
                self.unchanged(before, "a run that is refused")
        if done.status != 0:
            self.wrong(f"apply {spec.name}: exit status {done.status}: {done.stdout.decode(errors='replace'):.2000}{done.stderr}")
            return None
        self.found.changes += len(_changes(done))
        before = snapshot(self.place)
        again = command.run(*words, *(f"--take-ours={path}" for path in left))
        if again.status != 0:
            self.wrong(f"apply {spec.name} again: exit status {again.status}: {again.stderr}")
        self.unchanged(before, f"a second apply of {spec.name}")
        return snapshot(self.place)

    def unchanged(self, before: dict, what: str) -> None:
        for said in differences(before, snapshot(self.place)):
            self.wrong(f"{what} changed {said}")

    def rollback(self, generation: int, wanted: dict) -> None:
        """Back to a generation. A file that has what it is to have is not written: it keeps its time."""
        before = snapshot(self.place)
        done = command.run("rollback", generation, "--root", self.place, "--yes", "--no-sync")
        where = f"--{self.choice}, rollback {generation}"
        if done.status != 0:
            self.found.back.append(f"{where}: exit status {done.status}: {done.stdout.decode(errors='replace')}{done.stderr}")
            return
        after = snapshot(self.place)
        wanted = {path: _with_time_of(before.get(path), one) for path, one in wanted.items()}
        self.found.back += [f"{where}: {said}" for said in differences(of_others(wanted), of_others(after))]


def examine(tree: Path, spec: Path, scratch: Path, judge: Judge, choices: tuple[str, ...] = CHOICES) -> Applied:
    """Tries it all; `spec` is the import of `tree`."""
    found = Applied()
    if not choices:
        return found
    layers = [scratch / "more.toml", scratch / "less.toml"]
    edits = additions(tree, spec, scratch)
    head = f"spec = 1\nextends = [{json.dumps(str(spec))}]\n"
    layers[0].write_text(head + _NEW + "".join(edits))
    kept = "".join(edits[::2]).replace("added", "added-later")
    layers[1].write_text(head + kept + dropped(tree, kept))
    for choice in choices:
        place = copy(tree, scratch / f"applied-{choice}")
        _odd_attributes(place)
        run = Run(choice, place, found)
        _one(run, spec, layers, judge)
        shutil.rmtree(place)
    return found


def _one(run: Run, spec: Path, layers: list[Path], judge: Judge) -> None:
    start = snapshot(run.place)
    done = command.run("apply", spec, "--root", run.place, "--yes", "--no-sync", "--allow-world-readable-secrets")
    if done.status != 0:
        run.wrong(f"its own spec: exit status {done.status}: {done.stdout.decode(errors='replace'):.2000}{done.stderr}")
    for said in differences(of_others(start), of_others(snapshot(run.place))):
        # What emerge writes into, where a folder has none.
        if "zz-autounmask" not in said:
            run.wrong(f"its own spec changed {said}")
    first = _last(run.place)
    if not first:
        run.unchanged(start, "its own spec, which is no generation,")
    more = run.apply(layers[0])
    if more is None:
        return
    if run.choice in ("take-ours", "merge"):
        for said in judge.changes(run.place):
            if "added" not in said.lower():
                run.wrong(f"Portage: {said}")
    less = run.apply(layers[1])
    if less is None:
        return
    if refusal := judge.refuses_more(run.place):
        run.wrong(f"Portage: {refusal}")
    for generation, wanted in ((0, start), (first + 2, less), (first + 1, more), (0, start)):
        run.rollback(generation, wanted)


def additions(tree: Path, spec: Path, scratch: Path) -> list[str]:
    """Sections that add an entry each: to files that are there, and in new ones. What the language of a file cannot take
    is left out, as `diff` says."""
    found = []
    kind, _ = _at(tree, "etc/portage/make.conf")
    found.append(f'["make.conf{"/zz-added" if kind == "folder" else ""}"]\nADDED = "added"\n')
    for name, rule in _RULES.items():
        kind, place = _at(tree, f"etc/portage/{name}")
        found.append(f'["{name}{"" if kind == "file" else "/zz-added"}"]\n{rule}\n')
        if kind == "folder":
            files = [f for f in everything(place) if f.is_file() and not f.is_symlink() and _is_read(f.relative_to(place))]
            for file in files[:: max(1, len(files) - 1)][:2]:
                path = _key(f"{name}/{file.relative_to(place)}")
                found.append(f"[{path}]\n{rule}\n[file.{path}]\nmode = 0o640\n")
    return [section for section in found if _can_be(section, tree, spec, scratch)]


def _can_be(section: str, tree: Path, spec: Path, scratch: Path) -> bool:
    layer = scratch / "one.toml"
    layer.write_text(f"spec = 1\nextends = [{json.dumps(str(spec))}]\n{section}")
    done = command.run("diff", layer, "--root", tree, "--format", "json")
    if done.status != 2:
        return True
    codes = {d["code"] for d in json.loads(done.stdout)["diagnostics"] if d["severity"] == "error"}
    assert codes, done
    return False


def dropped(tree: Path, kept: str) -> str:
    """Two files of the tree that go; not such as have something to say still."""
    rules = [f for f in everything(tree / "etc/portage") if f.is_file() and not f.is_symlink()]
    names = [str(f.relative_to(tree / "etc/portage")) for f in rules]
    names = [name for name in names if name.split("/")[0] in _RULES and _is_read(Path(name)) and name.isprintable()]
    names = [name for name in names if name not in _RULES and f"[{_key(name)}]" not in kept]
    return "".join(f'[file.{_key(name)}]\nown = "absent"\n' for name in names[:2])


def differences(before: dict, after: dict) -> list[str]:
    """What differs of two snapshots."""
    paths = [path for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path)]
    return [f"{path!a}: {before.get(path)} became {after.get(path)}" for path in paths]


def of_others(found: dict) -> dict:
    """A snapshot without the state of the root and what is above it. The time of a folder is that of the last change in it, and a link
    has none that anybody could set back."""
    mine = {path: one for path, one in found.items() if path not in _AROUND and path != STATE and not path.startswith(f"{STATE}/")}
    return {path: one if one[0][0] == "-" else _but_time(one) for path, one in mine.items()}


def _but_time(one: tuple | None) -> tuple | None:
    return one and (*one[:2], *one[3:])


def _with_time_of(before: tuple | None, one: tuple) -> tuple:
    return (*one[:2], before[2], *one[3:]) if before and before[3] == one[3] else one


def _last(place: Path) -> int:
    """The number of the last generation."""
    folder = place / STATE / "generations"
    return max(map(int, os.listdir(folder)), default=0) if folder.is_dir() else 0


def _odd_attributes(place: Path) -> None:
    """One file is somebody else's, and has an attribute."""
    for file in (f for f in everything(place) if f.is_file() and not f.is_symlink()):
        time = file.stat().st_mtime_ns
        if os.geteuid() == 0:
            os.chown(file, 250, 250)
        os.setxattr(file, "user.note", b"mine")
        os.utime(file, ns=(time, time))
        return


def _key(path: str) -> str:
    """A path as a key of a spec."""
    return json.dumps(path.replace("@{", "@@{"), ensure_ascii=False)


def _at(tree: Path, path: str) -> tuple[str | None, Path]:
    """What is at a path of a tree, behind links: `file`, `folder` or nothing."""
    place = tree / path
    for _ in range(10):
        if not place.is_symlink():
            break
        target = os.readlink(place)
        place = tree / target.lstrip("/") if target.startswith("/") else place.parent / target
    return ("folder" if place.is_dir() else "file" if place.is_file() else None), place


def _is_read(path: Path) -> bool:
    return not any(part.startswith(".") or part.endswith("~") for part in path.parts) and str(path).isprintable()


def _changes(done: command.Done) -> list[dict]:
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return []
    return [change for root in answer["roots"] for change in root.get("changes") or []]
