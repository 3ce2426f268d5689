"""The steps of a preset, read from the presets' own files: its layers in order, parameters filled with examples."""

import re
import tomllib

from command import REPOSITORY

PRESETS = REPOSITORY / "presets"
PHASES = "prepare stage build boot first-boot tune update".split()
TARGET = {"target.chost": "i486-pc-linux-musl", "target.jobs": "24", "target.load": "25", "target.march": "-march=i486"}


def layers(name: str, seen=None):
    """The tables of a preset and of all below it, the lowest first, each once."""
    seen = set() if seen is None else seen
    if name not in seen:
        seen.add(name)
        table = tomllib.loads((PRESETS / f"{name}.toml").read_text())
        for below in table.get("extends", []):
            yield from layers(below.removeprefix("preset:"), seen)
        yield table
        for root in table.get("root", {}).values():
            for below in root.get("extends", []):
                yield from layers(below.removeprefix("preset:"), seen)
            yield root


def steps(name: str, variants=()) -> dict[str, dict]:
    params, found = dict(TARGET), {}
    tables = list(layers(name))
    tables += [table["variant"][v] for v in variants for table in tables if v in table.get("variant", {})]
    for table in tables:
        for key, said in table.get("param", {}).items():
            value = said.get("value", said.get("default", said.get("example")))
            params |= {key: str(value)} if value is not None else {}
        for key, said in table.get("step", {}).items():
            if said.get("remove"):
                del found[key]
            else:
                found[key] = found.get(key, {}) | said
    for step in found.values():
        step["run"] = re.sub(r"@\{([^}]*)\}", lambda match: params[match[1]], step.get("run", ""))
    return dict(sorted(found.items(), key=lambda item: PHASES.index(item[1]["phase"])))
