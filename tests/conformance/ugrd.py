"""ugrd's parameters, from the table that the library is built with."""

import csv
import tomllib
from functools import cache

from command import REPOSITORY

TABLE = REPOSITORY / "crates/portage-config/data/ugrd-parameters.tsv"

# How ugrd's types look in TOML. A `Path` is written as a string.
TYPES = {
    "bool": bool,
    "str": str,
    "Path": str,
    "int": int,
    "float": (int, float),
    "dict": dict,
    "NoDupFlatList": (list, str),
    "list": list,
}
# Written as bool or name: the compressor may be switched off.
ALSO_BOOL = {"cpio_compression"}


@cache
def parameters() -> dict[str, dict]:
    """Type and default of each parameter."""
    with TABLE.open(newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["parameter"]: row for row in rows}


def default(row: dict):
    """A parameter's default value; `None` where the table has none that can be written."""
    try:
        return tomllib.loads(f"value = {row['default']}")["value"]
    except tomllib.TOMLDecodeError:
        return row["default"] or None


def effective(config: dict) -> dict:
    """What ugrd works with: its defaults, and over them what the file says."""
    return {name: default(row) for name, row in parameters().items()} | config


def has_type(name: str, value) -> bool:
    """Whether a value is of its parameter's type."""
    kind = parameters()[name]["type"]
    if name in ALSO_BOOL and isinstance(value, bool):
        return True
    if isinstance(value, bool) and kind != "bool":
        return False
    return isinstance(value, TYPES[kind])
