"""The JSON Schema of specs: what the reader accepts validates, and mistakes that a schema can see do not."""

import os
import re
import subprocess
import tomllib

import pytest

import command
import schema

INVALID = sorted((command.REPOSITORY / "crates/portage-config/tests/samples/invalid").glob("*.toml"))

# What no schema sees: it knows one file, no other, and compares no two values.
UNSEEN = {
    "extends-cycle": "what other files say",
    "extends-missing": "whether a file is there",
    "extends-tree": "whether a folder is there",
    "file-and-folder": "a later layer may take one of them away",
    "file-attributes-only": "another layer may give the content",
    "file-text-and-entries": "one path in two tables",
    "fstab-no-type": "another layer may give it",
    "mode-decimal": "the base a number is written in",
    "param-choice": "another layer may give the value",
    "param-open": "the text of parameters",
    "param-type": "another layer may give the value",
    "param-undeclared": "another layer may declare it",
    "param-unset": "another layer may fill it",
    "reference-cycle": "references",
    "remove-missing-word": "what earlier layers say; a warning",
    "root-cycle": "references",
    "root-unknown-host": "another layer may have the root",
    "secret-in-word": "references",
    "version-missing": "a hint",
}


def examples() -> list:
    """The specs that documents show, and the presets and systems."""
    found = []
    for folder in ("presets", "snapshots/cases"):
        found += [(str(f.relative_to(command.REPOSITORY)), f.read_text()) for f in sorted((command.REPOSITORY / folder).rglob("*.toml"))]
    found = [(name, text) for name, text in found if "/out/" not in name and "/portage/" not in name]
    for name in ("README.md", "docs/spec.md", "docs/editors.md"):
        text = (command.REPOSITORY / name).read_text()
        found += [(f"{name} {n}", block) for n, block in enumerate(re.findall(r"^```toml\n(.*?)^```$", text, re.M | re.S))]
    return [pytest.param(text, id=name) for name, text in found]


@pytest.mark.parametrize("text", examples())
def test_what_is_shown_validates(text):
    assert schema.mistakes(text) == []


def test_what_a_preset_becomes_validates(i486_spec):
    assert schema.mistakes(i486_spec.read_text()) == []
    short = command.run("new", command.PRESET, "--example", "--short")
    assert schema.mistakes(short.stdout.decode()) == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_mistakes_are_seen(path):
    try:
        found = schema.mistakes(path.read_text())
    except tomllib.TOMLDecodeError:
        return
    assert bool(found) == (path.stem not in UNSEEN), f"{UNSEEN.get(path.stem)}: {found}"


def test_what_the_reader_accepts_validates(tmp_path):
    """All specs of the library's tests that it reads without an error, thousands of random ones among them."""
    cargo = ["cargo", "test", "--quiet", "--package", "portage-config", "--test", "spec"]
    subprocess.run(cargo, cwd=command.REPOSITORY, env=os.environ | {"PORTAGE_CONFIG_SPECS": str(tmp_path)}, check=True)
    checked, wrong = 0, []
    for path in tmp_path.glob("*.toml"):
        try:
            found = schema.mistakes(path.read_text())
        except tomllib.TOMLDecodeError:
            continue  # TOML 1.1
        checked += 1
        wrong += [f"{path.read_text()}\n{found}"] if found else []
    assert checked > 500 and wrong == []


@pytest.mark.parametrize(
    "text,place",
    [
        ("extend = ['x.toml']", "extend"),
        ("['package.use.mask/x']\n'a/b' = 'x'", "package.use.mask/x"),
        ("[make.conf]\nUSE = 'x'\nextends = ['x.toml']", "make.conf.extends"),
        ("[root.a.'package.uses/x']\n'a/b' = 'x'", "root.a.package.uses/x"),
        ("['package.use/x']\n'a/b' = 'lua'\n'>=a/b' = 'lua'", "package.use/x.>=a/b"),
    ],
)
def test_a_mistake_is_marked_at_its_own_place(text, place):
    assert {found.split(": ")[0] for found in schema.mistakes(text)} == {place}


def test_a_kind_that_is_said_with_as_opens_the_paths():
    section = "['fragments/base']\nUSE = 'x'\n"
    assert schema.mistakes(section) != []
    assert schema.mistakes(section + "[file.'fragments/base']\nas = 'make.conf'\n") == []
    assert schema.mistakes("['/usr/src/board.config']\nCONFIG_SMP = true\n") == []
