"""The steps of a preset, as `portage-config presets NAME --steps` prints them with the values of the documentation."""

import functools
import json

import command


@functools.cache
def answer(name: str, variants: tuple = (), settings: tuple = ()) -> list[dict]:
    words = [word for variant in variants for word in ("--variant", variant)]
    words += [word for setting in settings for word in ("--set", setting)]
    done = command.run("presets", name, "--steps", "--example", "--format", "json", *words)
    assert done.status == 0, done.stderr
    return json.loads(done.stdout)["steps"]


def steps(name: str, variants=(), settings=()) -> dict[str, dict]:
    """The steps in their order, by their names."""
    found = answer(name, tuple(variants), tuple(settings))
    assert not [step["name"] for step in found if step["open"]], "a parameter has no value"
    return {step["name"]: step for step in found}


def run(name: str, step: str, variants=(), settings=()) -> str:
    """The commands of one step."""
    return steps(name, variants, settings)[step]["run"]
